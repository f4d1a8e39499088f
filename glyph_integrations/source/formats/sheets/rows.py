"""The rows of a sheet's XML, one at a time, so that a large sheet is never held whole."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, TYPE_CHECKING, NamedTuple

from lxml import etree
from openpyxl.formula.translate import Translator, TranslatorError

from glyph_integrations.source.formats.sheets.dates import read_iso
from glyph_integrations.source.formats.sheets.strings import RichText, read_string, unescape
from glyph_integrations.source.grids import write_letters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


class Cell(NamedTuple):
    """One cell.

    Attributes:
        column: From 1.
        style: The number of its style.
        value: A number, a truth value, a text; None where there is none.
        kind: The type that the file states (``"n"``, ``"s"``, ``"b"``, ``"e"`` …).
        formula: With its equals sign; empty where it has none.
        rich: The number of its value among those of kinds of their own, such as pictures; empty for plain ones.
    """

    column: int
    style: str | None
    value: float | bool | str | RichText | None
    kind: str
    formula: str = ""
    rich: str = ""


class Row(NamedTuple):
    """A row: its number from 1, what the file says of it (height, hidden …), its cells."""

    number: int
    attributes: Mapping[str, str]
    cells: list[Cell]


@dataclass(slots=True)
class _SharedFormula:
    text: str
    origin: str


class SheetReader:
    """Reads one sheet.

    Args:
        file: The sheet's XML.
        strings: The workbook's shared texts.
        from_1904: Whether dates count from 1904.
        report: Is told of what is not understood, with its words.

    ``damage`` says why the rest could not be read, if so.
    """

    def __init__(
        self,
        file: IO[bytes],
        strings: Sequence[str | RichText],
        report: Callable[[str, str], None],
        *,
        from_1904: bool = False,
    ) -> None:
        self.damage = ""
        self._file = file
        self._strings = strings
        self._from_1904 = from_1904
        self._report = report
        self._shared: dict[str, _SharedFormula] = {}

    def rows(self) -> Iterator[Row]:
        """The rows that the file has, in its order."""
        parser = etree.iterparse(
            self._file,
            tag="{*}row",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        number = 0
        try:
            for _, element in parser:
                stated = element.get("r", "")
                number = int(stated) if stated.isdecimal() else number + 1
                if number <= LAST_ROW:
                    yield Row(number, dict(element.attrib), self._read_cells(element, number))
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
        except etree.XMLSyntaxError:
            self.damage = "not well-formed XML"
        except Exception as error:  # noqa: BLE001 - zlib, lzma and zipfile each have their own
            self.damage = f"damaged ({type(error).__name__})"

    def _read_cells(self, row: etree._Element, number: int) -> list[Cell]:
        cells, column = [], 0
        for element in row:
            if not str(element.tag).endswith("}c"):
                if not str(element.tag).endswith("}extLst"):
                    self._report(f"{_local(element)} in a row", "".join(map(str, element.itertext())))
                continue
            place = element.get("r", "")
            column = _find_column(place) or column + 1
            if column <= LAST_COLUMN:
                cells.append(self._read_cell(element, column, place or f"{write_letters(column)}{number}"))
        return cells

    def _read_cell(self, element: etree._Element, column: int, place: str) -> Cell:
        kind = element.get("t", "n")
        stored, formula = None, ""
        text: str | RichText | None = None
        for child in element:
            name = _local(child)
            if name == "v":
                stored = child.text or ""
            elif name == "f":
                formula = self._read_formula(child, place)
            elif name == "is":
                text = read_string(child)
            elif name != "extLst":
                self._report(f"{name} in a cell", "".join(map(str, child.itertext())))
        value = text if text is not None else self._read_value(kind, stored)
        return Cell(column, element.get("s"), value, kind, formula, element.get("vm", ""))

    def _read_value(self, kind: str, stored: str | None) -> float | bool | str | RichText | None:
        if stored is None or (not stored and kind != "str"):
            return None
        value: float | bool | str | RichText | None = None
        match kind:
            case "s":
                known = stored.isdecimal() and int(stored) < len(self._strings)
                value = self._strings[int(stored)] if known else None
            case "b":
                value = stored.strip() in ("1", "true")
            case "n":
                value = read_number(stored)
            case "d":
                date = read_iso(stored, from_1904=self._from_1904)
                value = stored if date is None else date
            case "str" | "inlineStr" | "e":
                value = unescape(stored)
        return self._refuse(f"cell type {kind}", stored) if value is None else value

    def _refuse(self, what: str, stored: str) -> str:
        """What a cell holds, as it stands; reports that it was not understood."""
        self._report(what, stored)
        return stored

    def _read_formula(self, element: etree._Element, place: str) -> str:
        text, index = element.text or "", element.get("si")
        if element.get("t") == "shared" and index is not None:
            if text:
                self._shared[index] = _SharedFormula(text, place)
            elif shared := self._shared.get(index):
                return _translate(shared, place)
        return f"={text}" if text else ""


def read_number(text: str) -> float | None:
    """A number as files write it, an ``int`` where it has no fraction; None where it is not one."""
    try:
        number = float(text)
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _translate(shared: _SharedFormula, place: str) -> str:
    try:
        return str(Translator(f"={shared.text}", origin=shared.origin).translate_formula(place))
    except (TranslatorError, ValueError, IndexError):
        return f"={shared.text}"


def _find_column(place: str) -> int:
    """The column of a cell's name, from 1; 0 where it names none."""
    return _count_letters(place.rstrip("0123456789"))


@lru_cache(maxsize=LAST_COLUMN)
def _count_letters(letters: str) -> int:
    column = 0
    for letter in letters.upper()[:4]:
        if not "A" <= letter <= "Z":
            return 0
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
