"""Invitations (iCalendar) and business cards (vCard) as lines that a person reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glyph_integrations.source.builder import TextBuilder

_LABELS = {
    "SUMMARY": "Event",
    "DTSTART": "Begins",
    "DTEND": "Ends",
    "DUE": "Due",
    "DURATION": "Lasts",
    "RRULE": "Repeats",
    "RECURRENCE-ID": "Occurrence",
    "LOCATION": "Where",
    "ORGANIZER": "Organizer",
    "ATTENDEE": "Attendee",
    "STATUS": "Status",
    "DESCRIPTION": "Description",
    "COMMENT": "Comment",
    "METHOD": "Calendar",
    "FN": "Name",
    "ORG": "Organization",
    "TITLE": "Title",
    "ROLE": "Role",
    "TEL": "Telephone",
    "EMAIL": "E-mail",
    "ADR": "Address",
    "URL": "URL",
    "NOTE": "Note",
    "BDAY": "Birthday",
}
_TECHNICAL = frozenset(
    {
        "BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "UID", "DTSTAMP", "SEQUENCE", "CREATED", "LAST-MODIFIED",
        "TRANSP", "CLASS", "PRIORITY", "REV", "N", "TZID", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME",
    }
)  # fmt: skip
_PICTURES = frozenset({"PHOTO", "LOGO", "KEY", "SOUND"})
_ITEMS = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VCARD"})
"""What a file may hold several of."""
_STRUCTURED = frozenset({"ADR", "ORG", "RRULE"})
_FOLD = re.compile(r"\r?\n[ \t]")
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(?:\d\d)?(Z?))?")
_ESCAPED = re.compile(r"\\([nN\\;,])")


def describe_components(text: str) -> tuple[list[str], list[str]]:
    """Return the lines that say what a calendar or card says, and the names of the properties left out.

    Identifiers and rules of time zones are left out, and so are pictures within cards.
    """
    lines: list[str] = []
    left_out: list[str] = []
    zones = items = 0
    for name, parameters, value in _read_properties(text):
        if name in ("BEGIN", "END") and value.upper() in ("VTIMEZONE", "VALARM"):
            zones += 1 if name == "BEGIN" else -1
        elif name == "BEGIN" and value.upper() in _ITEMS:
            items += 1
            lines += [""] if items > 1 else []
        elif zones > 0 or name in _TECHNICAL or name in _PICTURES or name.startswith("X-"):
            left_out.append(name)
        elif value.strip():
            lines.append(f"{_LABELS.get(name, name.capitalize())}: {_describe_value(name, parameters, value)}")
    return lines, left_out


def write_components(builder: TextBuilder, text: str) -> None:
    """Write what a calendar or card says, an event or card after the other, and report what is left out."""
    lines, left_out = describe_components(text)
    for line in lines:
        builder.line(line)
    if left_out:
        builder.drop("property for programs", ", ".join(left_out), hidden=False, count=len(left_out))


def _read_properties(text: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Yield the name, the parameters and the value of each line, in order."""
    for line in _FOLD.sub("", text).splitlines():
        head, colon, value = _split_at_colon(line)
        if colon:
            name, *parameters = head.split(";")
            pairs = (parameter.partition("=") for parameter in parameters)
            named = {key.upper(): content.strip('"') for key, _, content in pairs}
            yield name.rpartition(".")[2].upper().strip(), named, value


def _split_at_colon(line: str) -> tuple[str, str, str]:
    """Cut a line at the first colon outside quotes."""
    quoted = False
    for at, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == ":" and not quoted:
            return line[:at], ":", line[at + 1 :]
    return line, "", ""


def _describe_value(name: str, parameters: dict[str, str], value: str) -> str:
    if time := _TIME.fullmatch(value.strip()):
        year, month, day, hour, minute, zone = time.groups()
        clock = f" {hour}:{minute}" if hour else ""
        where = " UTC" if zone else f" ({parameters['TZID']})" if "TZID" in parameters else ""
        return f"{year}-{month}-{day}{clock}{where}"
    if name in _STRUCTURED:
        value = value.replace(";", " ")
    plain = _ESCAPED.sub(lambda match: " " if match[1] in "nN" else match[1], value)
    if plain.lower().startswith("mailto:"):
        plain = plain[len("mailto:") :]
    plain = " ".join(plain.split())
    person = parameters.get("CN", "")
    answer = parameters.get("PARTSTAT", "").replace("-", " ").lower()
    shown = f"{person} <{plain}>" if person and person != plain else plain
    return f"{shown}, {answer}" if answer else shown
