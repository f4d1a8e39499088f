"""``RenderStyle``: how a text is typeset, as one validated, hashable value."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

from glyph_integrations.errors import StyleError
from glyph_integrations.rendering.fonts import FAMILIES, family_of_file

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_POSITIVE = ("page_width", "page_height", "dpi", "font_size", "line_height", "horizontal_scale", "columns")
_NOT_NEGATIVE = (
    "margin_x",
    "margin_y",
    "left_indent",
    "right_indent",
    "space_before",
    "space_after",
    "border_width",
    "border_padding",
    "column_gap",
    "indent_width",
)


class Geometry(NamedTuple):
    """A style's measures in whole px for one page size; baselines and glyph cells lie on this lattice."""

    width: int
    height: int
    margin_x: int
    margin_y: int
    columns: int
    column_width: int
    column_step: int
    line_height: int
    first_line_indent: int
    left_indent: int
    right_indent: int
    space_before: int
    space_after: int
    border_width: int
    border_padding: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderStyle:
    """How a text is typeset. Lengths are in pt (1/72 inch) as in Glyph's configuration, unless said otherwise.

    The page size is a wish: rendering takes the nearest size that the model reads without resizing it, so at 72 dpi
    595×842 pt become 588×840 px for a model whose factor is 28.

    Attributes:
        name: What it is called; not part of its identity.
        page_width: Width of the page.
        page_height: Height of the page.
        dpi: Pixels per inch. Higher is easier to read and costs more visual tokens.
        margin_x: Left and right margin.
        margin_y: Top and bottom margin.
        font: A family shipped here (``sans``, ``serif``, ``mono``, ``spleen-5x8``, ``spleen-6x12``) or a font file.
        font_size: Size of the type.
        line_height: Distance between baselines; at least the font size.
        alignment: ``left``, ``justify``, ``center`` or ``right``.
        horizontal_scale: Width of the letters, relative to the font's own.
        first_line_indent: Extra indent of a paragraph's first line; negative for a hanging indent.
        left_indent: Indent of every line from the left.
        right_indent: Indent of every line from the right.
        space_before: Space above a paragraph.
        space_after: Space below a paragraph.
        border_width: Rule around a paragraph; 0 for none.
        border_padding: Space between a paragraph and its rule.
        columns: Number of columns.
        column_gap: Space between columns.
        text_colour: ``#rrggbb``.
        page_colour: ``#rrggbb``.
        paragraph_colour: Behind the lines of a paragraph; empty for the page's colour.
        border_colour: Of the rule around a paragraph.
        newline: ``break`` begins a new line; ``mark`` runs on and draws ``newline_mark``.
        newline_mark: The character drawn for a line break; with ``break`` it may be empty.
        newline_colour: Colour of the mark; empty for the text's.
        break_anywhere: Fill every line to the last character instead of breaking between words.
        indent_mark: One glyph that stands for each ``indent_width`` spaces (or one tab) at the start of a line of
            code; empty to draw the spaces themselves.
        indent_width: Spaces for which ``indent_mark`` stands.
        crop_width: Crop a narrow page to the widest line (still to a multiple of the model's factor).
        crop_last_page: Crop the last page, and a page before a picture, to its last line.
        hinting: ``full`` (the font's own), ``light`` (vertical only), ``none``, or ``mono`` (no gray levels).
        subpixel: Place glyphs on quarter pixels instead of whole ones.
        plain_ascii: Draw characters that can be written in ASCII so: typographic quotes and dashes, letters without
            their accents, ``EUR`` for €. For models that read nothing else; offsets stay those of the text.
    """

    name: str = "custom"
    page_width: float = 595.0
    page_height: float = 842.0
    dpi: float = 72.0
    margin_x: float = 10.0
    margin_y: float = 10.0
    font: str = "sans"
    font_size: float = 9.0
    line_height: float = 10.0
    alignment: Literal["left", "justify", "center", "right"] = "left"
    horizontal_scale: float = 1.0
    first_line_indent: float = 0.0
    left_indent: float = 0.0
    right_indent: float = 0.0
    space_before: float = 0.0
    space_after: float = 0.0
    border_width: float = 0.0
    border_padding: float = 0.0
    columns: int = 1
    column_gap: float = 10.0
    text_colour: str = "#000000"
    page_colour: str = "#ffffff"
    paragraph_colour: str = ""
    border_colour: str = "#000000"
    newline: Literal["break", "mark"] = "break"
    newline_mark: str = ""
    newline_colour: str = ""
    break_anywhere: bool = False
    indent_mark: str = ""
    indent_width: int = 4
    crop_width: bool = False
    crop_last_page: bool = True
    hinting: Literal["full", "light", "none", "mono"] = "full"
    subpixel: bool = False
    plain_ascii: bool = False

    def __post_init__(self) -> None:
        for colour in ("text_colour", "page_colour", "paragraph_colour", "border_colour", "newline_colour"):
            object.__setattr__(self, colour, getattr(self, colour).lower())
        for problem in _problems(self):
            raise StyleError(f"RenderStyle {self.name!r}: {problem}")

    @property
    def fingerprint(self) -> str:
        """A stable hash of everything that decides the pixels; a font file counts with its content."""
        values = {key: value for key, value in asdict(self).items() if key != "name"}
        if self.font not in FAMILIES:
            values["font"] = hashlib.sha256(Path(self.font).read_bytes()).hexdigest()
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def has_colour(self) -> bool:
        """Whether any colour in use is not gray, so that pages are RGB."""
        in_use = (self.text_colour, self.page_colour, self.paragraph_colour, self.newline_colour)
        return any(len({rgb[1:3], rgb[3:5], rgb[5:7]}) > 1 for rgb in (*in_use, self._rule_colour) if rgb)

    @property
    def _rule_colour(self) -> str:
        return self.border_colour if self.border_width else ""

    def px(self, points: float) -> int:
        """A length in pt as whole px, halves rounded up."""
        return int(points * self.dpi / 72 + 0.5)

    def geometry(self, width: int, height: int) -> Geometry:
        """The measures in px on a page of this size.

        Raises:
            StyleError: No text fits between the margins.
        """
        margin_x, margin_y, gap = self.px(self.margin_x), self.px(self.margin_y), self.px(self.column_gap)
        frame = self.px(self.border_width) + self.px(self.border_padding)
        column = (width - 2 * margin_x - gap * (self.columns - 1)) // self.columns
        indents = self.px(self.left_indent) + self.px(self.right_indent) + max(self.px(self.first_line_indent), 0)
        # A spelled code point, ⟦U+10FFFF⟧, must fit on a line.
        if column - indents - 2 * frame < 8 * self.px(self.font_size):
            raise StyleError(
                f"RenderStyle {self.name!r}: a page {width} px wide leaves no room for text in its columns"
            )
        if height - 2 * margin_y < 2 * self.px(self.line_height):
            raise StyleError(f"RenderStyle {self.name!r}: a page {height} px high leaves no room between the margins")
        return Geometry(
            width=width,
            height=height,
            margin_x=margin_x,
            margin_y=margin_y,
            columns=self.columns,
            column_width=column,
            column_step=column + gap,
            line_height=self.px(self.line_height),
            first_line_indent=int(self.first_line_indent * self.dpi / 72),
            left_indent=self.px(self.left_indent) + frame,
            right_indent=self.px(self.right_indent) + frame,
            space_before=self.px(self.space_before) + frame,
            space_after=self.px(self.space_after) + frame,
            border_width=self.px(self.border_width),
            border_padding=self.px(self.border_padding),
        )

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed; unknown ones are refused."""
        unknown = set(changes) - {field.name for field in fields(self)}
        if unknown:
            raise StyleError(f"RenderStyle has no field {', '.join(sorted(unknown))}")
        return replace(self, **({"name": f"{self.name}*"} | changes))

    @classmethod
    def from_glyph_config(cls, config: str | Path | Mapping[str, Any]) -> Self:
        """Reads a rendering configuration as Glyph publishes them (``config_en.json``).

        Verdana, which the published files name but which cannot be shipped, becomes the family ``sans`` (DejaVu Sans,
        of the same descent and nearly the same widths) unless the file is there.

        Args:
            config: A JSON file, or its content as a mapping.

        Raises:
            StyleError: It has unknown keys or values, or names a font file that is not there.
        """
        name = "custom"
        if not isinstance(config, Mapping):
            path = Path(config)
            name = path.stem
            try:
                config = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                raise StyleError(f"{path.name} is no readable JSON file") from error
        if not isinstance(config, Mapping):
            raise StyleError("a Glyph configuration is a JSON object")
        unknown = set(config) - set(_GLYPH_KEYS)
        if unknown:
            raise StyleError(f"not keys of a Glyph configuration: {', '.join(sorted(unknown))}")
        values: dict[str, Any] = {"name": name}
        try:
            for key, value in config.items():
                values |= _GLYPH_KEYS[key](value)
        except StyleError:
            raise
        except (TypeError, ValueError, AttributeError) as error:
            raise StyleError(f"{key} cannot be {value!r}") from error
        return cls(**values)


def _page_size(value: Any) -> dict[str, Any]:
    width, height = (float(side) for side in (value.split(",") if isinstance(value, str) else value))
    return {"page_width": width, "page_height": height}


def _newline(value: str) -> dict[str, Any]:
    if "<br" in value:
        mark = re.sub(r"<[^<>]*>", "", value).strip()
        return {"newline": "break", "newline_mark": mark[:1]}
    colour = re.search(r"#[0-9a-fA-F]{6}", value)
    return {"newline": "mark", "newline_mark": "↵", "newline_colour": colour.group().lower() if colour else ""}


def _number(field: str) -> Any:
    return lambda value: {field: float(value)}


def _flag(field: str) -> Any:
    return lambda value: {field: bool(value)}


def _colour(field: str) -> Any:
    return lambda value: {field: str(value).lower()}


_GLYPH_KEYS: dict[str, Any] = {
    "page-size": _page_size,
    "dpi": _number("dpi"),
    "margin-x": _number("margin_x"),
    "margin-y": _number("margin_y"),
    "font-path": lambda value: {"font": family_of_file(value)},
    "font-size": _number("font_size"),
    "line-height": _number("line_height"),
    "font-color": _colour("text_colour"),
    "alignment": lambda value: {"alignment": value.lower()},
    "horizontal-scale": _number("horizontal_scale"),
    "first-line-indent": _number("first_line_indent"),
    "left-indent": _number("left_indent"),
    "right-indent": _number("right_indent"),
    "space-before": _number("space_before"),
    "space-after": _number("space_after"),
    "border-width": _number("border_width"),
    "border-padding": _number("border_padding"),
    "page-bg-color": _colour("page_colour"),
    "para-bg-color": _colour("paragraph_colour"),
    "para-border-color": _colour("border_colour"),
    "auto-crop-width": _flag("crop_width"),
    "auto-crop-last-page": _flag("crop_last_page"),
    "newline-markup": _newline,
}


def _problems(style: RenderStyle) -> list[str]:
    """What contradicts itself; the rules for combinations follow Glyph's pretraining (arXiv 2510.17800, 3.2)."""
    found = [f"{name} must be above 0" for name in _POSITIVE if not getattr(style, name) > 0]
    found += [f"{name} must not be negative" for name in _NOT_NEGATIVE if not getattr(style, name) >= 0]
    if found:
        return found
    colours = ("text_colour", "page_colour", "paragraph_colour", "border_colour", "newline_colour")
    optional = ("paragraph_colour", "newline_colour")
    rules = (
        (style.dpi > 600, "dpi must not be above 600"),
        (style.columns > 8, "columns must not be above 8"),
        (max(style.page_width, style.page_height) * style.dpi / 72 > 8192, "a page side is above 8,192 px"),
        (style.line_height < style.font_size, "line_height must not be below font_size, or lines would overlap"),
        (style.px(style.font_size) < 4, f"{style.font_size} pt at {style.dpi:g} dpi is under 4 px and cannot be read"),
        (not 0.5 <= style.horizontal_scale <= 2, "horizontal_scale must lie between 0.5 and 2"),
        (style.alignment not in {"left", "justify", "center", "right"}, f"unknown alignment {style.alignment!r}"),
        (style.hinting not in {"full", "light", "none", "mono"}, f"unknown hinting {style.hinting!r}"),
        (style.newline not in {"break", "mark"}, f"unknown newline {style.newline!r}"),
        (
            style.newline == "mark" and len(style.newline_mark) != 1,
            "newline='mark' needs a newline_mark of one character",
        ),
        (len(style.newline_mark) > 1, "newline_mark must be one character"),
        (len(style.indent_mark) > 1, "indent_mark must be one character"),
        (bool(style.indent_mark) and style.indent_width < 1, "indent_mark needs an indent_width of at least 1"),
        (-style.first_line_indent > style.left_indent, "a hanging first line would leave the column"),
        (
            style.newline == "mark"
            and bool(style.first_line_indent or style.space_before or style.space_after or style.border_width),
            "run-on text (newline='mark') has no paragraphs to indent, space or frame",
        ),
        (
            style.newline == "mark" and style.alignment in {"center", "right"},
            "run-on text (newline='mark') can only be aligned left or justified",
        ),
        (
            style.break_anywhere and style.alignment == "justify",
            "break_anywhere fills every line, so there is nothing to justify",
        ),
        (style.subpixel and style.hinting in {"full", "mono"}, "subpixel placement needs hinting 'light' or 'none'"),
        (style.subpixel and style.font.startswith("spleen"), "a bitmap font has no subpixel positions"),
        (style.text_colour == style.page_colour, "text_colour equals page_colour: nothing could be read"),
        (style.text_colour == style.paragraph_colour, "text_colour equals paragraph_colour: nothing could be read"),
        (style.newline_colour == style.page_colour, "newline_colour equals page_colour: the mark could not be seen"),
        (style.font not in FAMILIES and not Path(style.font).is_file(), f"font: no family or file {style.font!r}"),
        (
            style.font in FAMILIES and FAMILIES[style.font].pixels not in {None, style.px(style.font_size)},
            f"font {style.font!r} exists only at {FAMILIES[style.font].pixels if style.font in FAMILIES else 0} px",
        ),
        (
            style.font in FAMILIES and FAMILIES[style.font].pixels is not None and style.horizontal_scale != 1,
            "a bitmap font cannot be scaled horizontally",
        ),
    )
    found += [reason for broken, reason in rules if broken]
    found += [
        f"{name} must look like #rrggbb"
        for name in colours
        if not _COLOUR.fullmatch(getattr(style, name)) and not (name in optional and getattr(style, name) == "")
    ]
    return found
