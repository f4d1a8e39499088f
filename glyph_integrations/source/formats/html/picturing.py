"""Pictures, drawings and other files within a page, written in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from lxml import etree

from glyph_integrations.source.formats.html.addresses import fetch
from glyph_integrations.source.formats.html.drawings import draw_element, draw_svg
from glyph_integrations.source.formats.html.elements import CODE, EMBEDDED, SILENT
from glyph_integrations.source.formats.html.pictures import Found, describe, find_file, is_decorative
from glyph_integrations.source.visibility import HiddenReason

if TYPE_CHECKING:
    from collections.abc import Callable

    from glyph_integrations.source.builder import TextBuilder
    from glyph_integrations.source.formats.html.lines import Line
    from glyph_integrations.source.formats.html.styling import PageStyles

_POINTS = 72 / 96
_UNSEEN = (HiddenReason.NOT_DISPLAYED, HiddenReason.TRANSPARENT, HiddenReason.CLIPPED, HiddenReason.OFF_PAGE)
NOT_DISPLAYED = "picture that is not displayed"


class Flow(Protocol):
    """The text that pictures stand in."""

    text: Line

    def place(self, show: Callable[[], None]) -> None:
        """Show a picture after the line at hand."""


class Pictures:
    """Writes the pictures of one page.

    Args:
        builder: Takes them up.
        styles: The page's.
        resolve: Gives what an address of the page stands for, where that is at hand.
    """

    def __init__(
        self, builder: TextBuilder, styles: PageStyles, resolve: Callable[[str], tuple[bytes, str] | None] | None
    ) -> None:
        self._builder = builder
        self._styles = styles
        self._resolve = resolve
        self._named: set[str] = set()

    def write_picture(self, element: etree._Element, flow: Flow) -> None:
        """Write an ``img``."""
        width, height = self.measure(element)
        description = describe(element)
        if self._styles.find_reason(element) in _UNSEEN:
            self._builder.drop(NOT_DISPLAYED, description)
            return
        if is_decorative(element, width, height):
            self._builder.skip_picture("decorative picture", description)
            return
        found = find_file(element, self._resolve)
        if found is None:
            flow.text.add(f" [picture: {description}] " if description else "")
        elif 0 < max(width, height) <= 1.5 * self._styles.get(element).font_size and description:
            flow.text.add(f" {description} ")  # as large as a letter: an emoji, an icon
        else:
            self._show(found, element, flow, size=(width, height), is_ornament=element.get("alt") == "")

    def write_drawing(self, element: etree._Element, flow: Flow) -> None:
        """Write an ``svg``: its words, then the drawing, or the pictures in it where it is a frame for these."""
        width, height = self.measure(element)
        words = self._read_words(element)
        if is_decorative(element, width, height) and not words:
            self._builder.skip_picture("decorative picture", describe(element))
            return
        flow.text.add(f" {words} " if words else "")
        images = [address for image in element.iter("image") if (address := _read_link(image))]
        for address in images:
            data, media_type = fetch(address, self._resolve) or (None, "")
            self._show(Found(address=address, data=data, media_type=media_type), element, flow)
        drawn = None if images else draw_element(element)
        if drawn is not None:
            size = (width * _POINTS, height * _POINTS) if width and height else (drawn.width, drawn.height)
            flow.place(
                lambda: self._builder.embedded_picture(
                    drawn.png,
                    name="drawing",
                    media_type="image/png",
                    width=size[0],
                    height=size[1],
                    description=describe(element),
                )
            )
        elif not images and not words:
            self._builder.skip_picture("drawing that shows nothing", describe(element))

    def write_file(self, element: etree._Element, flow: Flow) -> None:
        """Write a picture that an ``object`` or a ``video`` shows; any other file is named in the report."""
        found = find_file(element, self._resolve)
        kind = (element.get("type") or (found.media_type if found else "")).lower()
        if found is not None and (kind.startswith("image/") or (element.tag == "video" and element.get("poster"))):
            self._show(found, element, flow, size=self.measure(element))
        elif not is_decorative(element, *self.measure(element)):
            self._builder.drop(f"not shown: {EMBEDDED[str(element.tag)]}", found.name if found else "", hidden=False)

    def measure(self, element: etree._Element) -> tuple[float, float]:
        """Return the width and height of an element in px; 0 where the page does not say."""
        style = self._styles.get(element)
        sides = []
        for name in ("width", "height"):
            value: Any = style.values.get(name)
            is_stated = hasattr(value, "resolve") and value.part == 0
            sides.append(max(value.resolve(style.font_size), 0.01) if is_stated else 0.0)
        return sides[0], sides[1]

    def _show(
        self,
        found: Found,
        element: etree._Element,
        flow: Flow,
        *,
        size: tuple[float, float] = (0.0, 0.0),
        is_ornament: bool = False,
    ) -> None:
        """Show a picture after the line that it stands in, or name it."""
        width, height = size[0] * _POINTS, size[1] * _POINTS
        data, media_type, description = found.data, found.media_type, describe(element)
        drawn = draw_svg(data) if data is not None and _is_svg(data, media_type) else None
        if drawn is not None:
            data, media_type = drawn.png, "image/png"
            width, height = (width, height) if width or height else (drawn.width, drawn.height)

        def show() -> None:
            if data is not None:
                self._builder.embedded_picture(
                    data, name=found.name, media_type=media_type, width=width, height=height, description=description
                )
            elif is_ornament or found.address in self._named:
                why = "repeated picture" if not is_ornament else "picture without a description not shown"
                self._builder.skip_picture(why, found.name)
            else:
                self._named.add(found.address)
                self._builder.unshown_picture(found.name, found.why_missing, description)

        flow.place(show)

    def _read_words(self, drawing: etree._Element) -> str:
        """Return the words that are seen in a drawing, and report those that are not."""
        words: list[str] = []
        events = etree.iterwalk(drawing, events=("start", "end"))
        for event, element in events:
            if event == "start" and (element.tag in SILENT or element.tag in CODE):
                events.skip_subtree()
                self._report_silent(element, drawing)
                continue
            text = element.text if event == "start" else None if element is drawing else element.tail
            holder = element if event == "start" else element.getparent()
            if not text or text.isspace() or holder is None:
                continue
            reason = self._styles.find_reason(holder)
            if reason is None:
                words.append(text)
            else:
                self._builder.drop(reason, text)
        return " ".join(" ".join(words).split())

    def _report_silent(self, element: etree._Element, drawing: etree._Element) -> None:
        """Report the words of scripts and of descriptions in a drawing, but for the drawing's own description."""
        words = " ".join("".join(map(str, element.itertext())).split())
        if words and words != describe(drawing):
            why = "script or style" if element.tag in CODE else "description within a drawing"
            self._builder.drop(why, words, hidden=False)


def _read_link(element: etree._Element) -> str:
    return next((str(value) for name, value in element.attrib.items() if str(name).endswith("href")), "")


def _is_svg(data: bytes, media_type: str) -> bool:
    return media_type == "image/svg+xml" or b"<svg" in data[:1000].lower()
