"""Form fields: their values stand beside their labels, as on the page, and boxes to tick show their state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pymupdf

from glyph_integrations.source.formats.pdf.annotations import HIDDEN, NO_VIEW
from glyph_integrations.source.formats.pdf.graphics import area, inside
from glyph_integrations.source.formats.pdf.lines import Line, Rect
from glyph_integrations.source.formats.pdf.objects import Object, find_page

if TYPE_CHECKING:
    from collections.abc import Iterator

TICKED, UNTICKED = "\N{BALLOT BOX WITH CHECK}", "\N{BALLOT BOX}"
MOST_FIELDS = 20_000
PUSH_BUTTON, COMB, PASSWORD, COMBO = 1 << 16, 1 << 24, 1 << 13, 1 << 17
"""Bits of a field's flags."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A form field on a page.

    Attributes:
        kind: ``"Tx"``, ``"tick"``, ``"combo"``, ``"list"`` or ``"Sig"``.
        box: Where it stands on the displayed page, in pt.
        value: What it says, as a viewer shows it.
        chosen: Which options of a list are chosen.
        ticked: Whether it is ticked.
        hidden: Whether no person sees it.
        comb: Whether each character has a place of its own.
    """

    kind: str
    box: Rect
    value: str = ""
    chosen: tuple[str, ...] = ()
    ticked: bool = False
    hidden: bool = False
    comb: bool = False


class Fields(NamedTuple):
    """The fields of a page, and how many could not be read."""

    read: list[Field]
    damaged: int


class Placed(NamedTuple):
    """Lines with the values of the fields among them, and what the fields hold that the page does not show."""

    lines: list[Line]
    unshown: list[tuple[str, Rect]]


def read_fields(page: Any) -> Fields:
    """Read the fields of a page in their order; one that is damaged does not hinder the others."""
    read: list[Field] = []
    damaged = 0
    turn = page.transformation_matrix * page.rotation_matrix
    for number, raw in enumerate(find_page(page).get("Annots").items()):
        if number == MOST_FIELDS:
            break
        try:
            if raw.get("Subtype").name == "Widget":
                field = _read_field(raw, turn)
                if field is not None:
                    read.append(field)
        except Exception:  # noqa: BLE001 - MuPDF's own classes of errors
            damaged += 1
    return Fields(read, damaged)


def _read_field(raw: Object, turn: Any) -> Field | None:
    x0, y0, x1, y1 = pymupdf.Rect(raw.get("Rect").box) * turn
    kind, flags, value = raw.inherit("FT").name, raw.inherit("Ff").integer, raw.inherit("V")
    box = (x0, y0, x1, y1)
    hidden = bool(raw.get("F").integer & (HIDDEN | NO_VIEW)) or area(box) == 0
    if kind == "Tx" and not flags & PASSWORD:
        return Field(kind=kind, box=box, value=value.text, hidden=hidden, comb=bool(flags & COMB))
    if kind == "Btn" and not flags & PUSH_BUTTON:
        return Field(kind="tick", box=box, ticked=_is_ticked(raw, value), hidden=hidden)
    if kind == "Ch":
        chosen = tuple(_list_chosen(raw.inherit("Opt"), value))
        kind = "combo" if flags & COMBO else "list"
        return Field(kind=kind, box=box, value=", ".join(chosen), chosen=chosen, hidden=hidden)
    if kind == "Sig" and value:
        signer, date = " ".join(value.get("Name").text.split()), value.get("M").text.removeprefix("D:")[:8]
        words = ", ".join(filter(None, [f"signed by {signer}" if signer else "signed", date]))
        return Field(kind=kind, box=box, value=f"[{words}]", hidden=hidden)
    return None


def _is_ticked(raw: Object, value: Object) -> bool:
    """Whether a box is drawn as ticked; where it does not say how it is drawn, whether the field has its value."""
    state = raw.get("AS").name
    if state:
        return state != "Off"
    states = [name for name in raw.get("AP").get("N").keys() if name != "Off"]  # noqa: SIM118 - no dict
    return value.text in (states or ["Yes", "On"])


def _list_chosen(options: Object, value: Object) -> Iterator[str]:
    """What a list shows for the values that it saves."""
    shown: dict[str, str] = {}
    for option in options.items():
        pair = list(option.items())
        if len(pair) == 2:
            shown.setdefault(pair[0].text, pair[1].text)
    for chosen in value.items() if value.is_array else [value]:
        if chosen.text:
            yield shown.get(chosen.text, chosen.text)


def place_values(lines: list[Line], fields: list[Field]) -> Placed:
    """Move the values, which MuPDF reads last, to their labels, and add what is not drawn in letters.

    What is drawn in a field is what it says. A field that is not drawn at all says its value: viewers draw it.
    """
    drawn: dict[Field, list[Line]] = {}
    rest = []
    for line in lines:
        field = next((field for field in fields if not field.hidden and inside(line.box, field.box, 2.0)), None)
        if field is None:
            rest.append(line)
        else:
            drawn.setdefault(field, []).append(line)
    after: dict[int, list[Line]] = {}
    unshown = []
    for field in dict.fromkeys(fields):
        if field.hidden:
            if field.value:
                unshown.append((field.value, field.box))
            continue
        written = _write_field(field, drawn.get(field, []))
        if field.value and field.kind != "list" and _compact(field.value) not in _compact_all(written):
            unshown.append((field.value, field.box))
        label, before = _find_label(field, rest)
        block = rest[label].block if rest else 0
        after.setdefault(label - before, []).extend(replace(line, block=block) for line in written)
    placed = after.pop(-1, [])
    for number, line in enumerate(rest):
        placed += [line, *after.pop(number, [])]
    return Placed(placed, unshown)


def _write_field(field: Field, drawn: list[Line]) -> list[Line]:
    """The lines that show a field."""
    if field.kind == "tick":
        symbol = make_line(TICKED if field.ticked else UNTICKED, field.box)
        return [symbol, *(line for line in drawn if len(line.text.strip()) > 2)]  # not the letter that draws the tick
    if field.kind == "list" and drawn:
        chosen = {_compact(option) for option in field.chosen}
        return [_mark_option(line, chosen) for line in drawn]
    if not drawn:
        return [make_line(" ".join(field.value.split()), field.box)] if field.value.strip() else []
    if field.comb and _compact(field.value) == _compact_all(drawn):
        return [make_line(" ".join(field.value.split()), field.box)]
    return drawn


def _mark_option(line: Line, chosen: set[str]) -> Line:
    symbol = TICKED if _compact(line.text) in chosen else UNTICKED
    return make_line(f"{symbol} {line.text.strip()}", line.box)


def _compact(text: str) -> str:
    return "".join(text.split())


def _compact_all(lines: list[Line]) -> str:
    return "".join(_compact(line.text) for line in lines)


def make_line(text: str, box: Rect) -> Line:
    """A line of text that fills a box, all words of one width for each character."""
    starts = [0, *(place + 1 for place, character in enumerate(text) if character == " ")]
    ends = [*starts[1:], len(text)]
    wide = (box[2] - box[0]) / max(len(text), 1)
    boxes = [
        (box[0] + start * wide, box[1], box[0] + end * wide, box[3]) for start, end in zip(starts, ends, strict=True)
    ]
    return Line(
        text=text,
        box=box,
        block=0,
        size=min(box[3] - box[1], 12.0),
        bold=False,
        font="",
        level=True,
        mono=False,
        all_bold=False,
        starts=starts,
        boxes=np.array(boxes, np.float32),
    )


def _find_label(field: Field, lines: list[Line]) -> tuple[int, bool]:
    """Which line labels a field, and whether the value stands before it: a tick's label is on its right."""
    x0, y0, x1, y1 = field.box
    is_tick = field.kind == "tick"
    distances = []
    for number, line in enumerate(lines):
        beside = min(line.y1, y1) - max(line.y0, y0) > 0.4 * min(line.height, y1 - y0)
        if beside and is_tick and line.x0 >= x1 - 3:
            distances.append((line.x0 - x1, number, True))
        elif beside and line.x1 <= x0 + 3:
            distances.append((x0 - line.x1 + (40 if is_tick else 0), number, False))
        elif line.y1 <= y0 + 3:
            distances.append((200 + y0 - line.y1 + 0.1 * abs(line.x0 - x0), number, False))
    if not distances:
        return 0, True
    _, number, before = min(distances)
    return number, before
