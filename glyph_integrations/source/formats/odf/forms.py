"""Form controls of OpenDocument texts, with what was entered or ticked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.source.formats.odf.names import DRAW, FIELD, FORM, TEXT, XML

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml import etree

_TICKED = ("checked", "true")


class Forms:
    """The controls of one file, by the name that the text refers to."""

    def __init__(self, trees: Iterable[etree._Element]) -> None:
        self._controls: dict[str, etree._Element] = {}
        for tree in trees:
            for form in tree.iter(f"{FORM}form"):
                for control in form.iter():
                    identifier = control.get(f"{XML}id") or control.get(f"{FORM}id")
                    if identifier:
                        self._controls[identifier] = control

    def print_control(self, shape: etree._Element) -> str:
        """Return what a ``draw:control`` shows: its state, its label, its value; empty where it shows nothing."""
        control = self._controls.get(shape.get(f"{DRAW}control", ""))
        return "" if control is None else _print(control)


def print_mark(mark: etree._Element) -> str | None:
    """Return what a ``field:fieldmark`` shows (a box, a choice); None for one that its own text shows."""
    kind = mark.get(f"{FIELD}type", "").rpartition(".")[2]
    settings = {each.get(f"{FIELD}name", ""): each.get(f"{FIELD}value", "") for each in mark.iter(f"{FIELD}param")}
    if kind == "FORMCHECKBOX":
        return "☒" if settings.get("Checkbox_Checked") == "true" else "☐"
    if kind == "FORMDROPDOWN":
        entries = [
            each.get(f"{FIELD}value", "")
            for each in mark.iter(f"{FIELD}param")
            if each.get(f"{FIELD}name") == "Dropdown_ListEntry"
        ]
        at = settings.get("Dropdown_Selected", "0")
        return entries[int(at)] if at.isdecimal() and int(at[:5]) < len(entries) else ""
    return None


def print_choice(field: etree._Element) -> str:
    """Return what a ``text:drop-down`` has chosen."""
    labels = list(field.iter(f"{TEXT}label"))
    chosen = [label for label in labels if label.get(f"{TEXT}current-selected") == "true"]
    text = (field.text or "") + "".join(label.tail or "" for label in labels)
    return text.strip() or "".join(label.get(f"{TEXT}value", "") for label in chosen)


def _print(control: etree._Element) -> str:
    kind = str(control.tag).removeprefix(FORM)
    label = control.get(f"{FORM}label", "")
    if kind in ("checkbox", "radio"):
        states = [control.get(f"{FORM}{name}") for name in ("current-state", "state", "current-selected", "selected")]
        ticked = next((state for state in states if state is not None), "") in _TICKED
        signs = "☒☐" if kind == "checkbox" else "◉○"
        return f"{signs[0] if ticked else signs[1]} {label}".strip()
    if kind in ("listbox", "combobox"):
        chosen = [each.get(f"{FORM}label", "") for each in control if _is_chosen(each)]
        return ", ".join(chosen) or control.get(f"{FORM}current-value") or control.get(f"{FORM}value") or ""
    value = control.get(f"{FORM}current-value") or control.get(f"{FORM}value") or ""
    return value or label or "\n".join("".join(map(str, each.itertext())) for each in control.iter(f"{TEXT}p"))


def _is_chosen(option: etree._Element) -> bool:
    states = (option.get(f"{FORM}current-selected"), option.get(f"{FORM}selected"))
    return next((state for state in states if state is not None), "") == "true"
