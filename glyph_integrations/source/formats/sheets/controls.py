"""Form controls on sheets: checkboxes, option buttons, lists, buttons, of both kinds that Excel has had."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lxml import etree

from glyph_integrations.errors import MalformedError
from glyph_integrations.source.office import R

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glyph_integrations.source.packages import Part

_VML = "{urn:schemas-microsoft-com:vml}"
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"
_ACTIVE = "{http://schemas.microsoft.com/office/2006/activeX}"
_ON = ("1", "checked", "true")
_PROGRAMS = {"checkbox": "checkbox", "optionbutton": "radio", "commandbutton": "button", "togglebutton": "checkbox"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A control: the number of its shape, its kind in lower case, its state, its label, its row from 1."""

    identifier: str
    kind: str
    state: str = ""
    label: str = ""
    row: int = 1

    def write(self) -> str:
        """The control as a line of text."""
        if self.kind in ("checkbox", "radio"):
            marks = ("☐", "☑") if self.kind == "checkbox" else ("○", "◉")
            mixed = self.state.lower() == "mixed"
            return f"{'▣' if mixed else marks[self.state.lower() in _ON]} {self.label}".strip()
        state = f", {self.state}" if self.state else ""
        return f"[{self.kind}{f': {self.label}' if self.label else ''}{state}]"


def read_controls(sheet: Part, frame: etree._Element) -> dict[str, Control]:
    """The controls of a sheet by the number of their shape; ``frame`` is its XML without the rows."""
    controls: dict[str, Control] = {}
    for drawing in sheet.all("vmlDrawing"):
        controls |= {each.identifier: each for each in _read_vml(drawing)}
    for element in frame.iter("{*}control"):
        identifier = element.get("shapeId", "")
        properties = sheet.related(element.get(f"{R}id"))
        if properties is None or not identifier:
            continue
        row = element.findtext(".//{*}from/{*}row") or "0"
        before = controls.get(identifier) or Control(
            identifier=identifier, kind="control", row=int(row) + 1 if row.isdecimal() else 1
        )
        try:
            controls[identifier] = _read_state(properties.tree, before, properties)
        except MalformedError:
            controls[identifier] = before
    return controls


def _read_vml(part: Part) -> Iterator[Control]:
    """The controls of a VML drawing, in which Excel does not close its line breaks."""
    try:
        tree = etree.fromstring(
            part.data.replace(b"<br>", b"<br/>"), etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
        )
    except (MalformedError, etree.XMLSyntaxError):
        return
    for shape in () if tree is None else tree.iter(f"{_VML}shape"):
        data = shape.find(f"{_EXCEL}ClientData")
        kind = "" if data is None else data.get("ObjectType", "")
        if data is None or kind in ("Note", "Pict", "Drawing", "Shape", ""):
            continue
        place = [piece.strip() for piece in (data.findtext(f"{_EXCEL}Anchor") or "").split(",")]
        box = shape.find(f"{_VML}textbox")
        yield Control(
            identifier=shape.get("id", "").rpartition("_s")[2],
            kind=kind.lower(),
            state=data.findtext(f"{_EXCEL}Checked") or data.findtext(f"{_EXCEL}Val") or "",
            label="" if box is None else " ".join("".join(map(str, box.itertext())).split()),
            row=int(place[2]) + 1 if len(place) > 2 and place[2].isdecimal() else 1,
        )


def _read_state(properties: etree._Element, control: Control, part: Part) -> Control:
    """The control with what its own part says of it."""
    if properties.tag.startswith(_ACTIVE):
        return _read_active(properties, control, part)
    kind = properties.get("objectType", control.kind).lower()
    stated = properties.get("checked") or properties.get("val") or properties.get("sel") or ""
    return replace(control, kind=kind, state=stated if kind not in ("button", "label", "gbox") else "")


def _read_active(properties: etree._Element, control: Control, part: Part) -> Control:
    """An ActiveX control whose state stands in its XML; many keep it in a binary part that is not read."""
    values = {each.get(f"{_ACTIVE}name", ""): each.get(f"{_ACTIVE}value", "") for each in properties}
    program = next((name for name in _PROGRAMS if name in (values.get("ProgID", "") + part.name).lower()), "")
    return replace(
        control,
        kind=_PROGRAMS.get(program, "control"),
        state=values.get("Value", control.state),
        label=values.get("Caption", control.label),
    )
