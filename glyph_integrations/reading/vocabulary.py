"""``Vocabulary``: the exact strings of a source, to look up those of an answer in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import extract

from glyph_integrations.reading.dates import Day, day_of
from glyph_integrations.reading.exact_strings import ExactString, is_reference, normal, scan
from glyph_integrations.reading.numbers import Number, number_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_TRIES: Final = 40_000
_TELLING: Final = 6  # letters and digits: shorter strings resemble too many others
_SHARE: Final = 4  # one edit for so many characters
_CONFUSED: Final = str.maketrans("oliszb6", "0115288")  # after folding case, so B, b, 8 and 6 are one


class _Near(NamedTuple):
    edits: float
    form: str


class Vocabulary:
    """The exact strings of a text, also those that are not worth checking, by their normal forms.

    It is made within about a second: of a text where more than 40,000 places may begin one, it holds the first.

    Attributes:
        is_complete: It holds all of the text.
    """

    def __init__(self, text: str, ranges: Iterable[tuple[int, int]] | None = None) -> None:
        self.is_complete = True
        self._strings: dict[str, ExactString] = {}
        self._numbers: dict[str, set[Number]] = {}
        self._days: set[Day] = set()
        tries = 0
        for start, end in [(0, len(text))] if ranges is None else unite_ranges(ranges):
            for found in scan(text[start:end]):
                tries += 1
                if tries > _MOST_TRIES:
                    self.is_complete = False
                    break
                if found is not None:
                    self._add(found)
        self._references: dict[str, list[str]] = {}
        for form, found in self._strings.items():
            if is_reference(found):
                self._references.setdefault(_family(found), []).append(form)

    def holds(self, asked: ExactString) -> bool:
        """Whether a string stands here, in this or another spelling.

        Numbers are compared by value, and a currency or percent sign only counts where both have one. A date is held
        by every date that names the same day, and one without a year or day by those that go on to name it.
        """
        form = normal(asked.text)
        if form in self._strings:
            return True
        day = day_of(asked.text)
        if day is not None:
            return day in self._days
        number = number_of(asked.text)
        return number is not None and any(number.agrees(other) for other in self._numbers.get(number.value, ()))

    @property
    def size(self) -> int:
        """How many strings it holds."""
        return len(self._strings)

    def nearest(self, asked: ExactString) -> tuple[str, bool]:
        """The one string that ``asked`` is a misreading of, as the source writes it; empty if that is not certain.

        Only strings that name something, of six letters and digits and more, can be told (``is_reference``): they
        have no neighbours by accident. At most a quarter of the characters may differ, and the next candidate must be
        at least twice as far away. Characters that look alike (0 and O, 1, l and I, 5 and S, 8 and B, 6 and b, 2 and
        Z) and those that differ in case count half, and rn for m counts as one.

        Returns:
            The string, and whether there was any candidate: several are no answer, and more text makes it no better.
        """
        form = normal(asked.text)
        if not is_reference(asked) or sum(c.isalnum() for c in form) < _TELLING:
            return "", False
        limit = max(len(form) // _SHARE, 1)
        around = extract(
            form,
            self._references.get(_family(asked), ()),
            scorer=Levenshtein.distance,
            score_cutoff=2 * limit,
            limit=None,
        )
        near = sorted(_Near(_edits(form, other), other) for other, _, _ in around)
        near = [candidate for candidate in near if candidate.edits <= 2 * limit]
        if not near or near[0].edits > limit:
            return "", False
        if len(near) > 1 and near[1].edits < 2 * near[0].edits:
            return "", True
        return " ".join(self._strings[near[0].form].text.split()), True

    def _add(self, found: ExactString) -> None:
        form = normal(found.text, found.kind)
        if form in self._strings:
            return
        self._strings[form] = found
        if found.kind == "date" and (day := day_of(found.text)) is not None:
            self._days |= {day, day._replace(year=0), day._replace(day=0)}
            for part in (day.year, day.day):
                self._numbers.setdefault(str(part), set()).add(Number(str(part)))
        elif found.kind == "number" and (number := number_of(found.text)) is not None:
            self._numbers.setdefault(number.value, set()).add(number)


def _family(found: ExactString) -> str:
    """Kinds that a misread character can turn into each other are one."""
    return "reference" if found.kind in {"identifier", "number"} else found.kind


def _edits(one: str, other: str) -> float:
    alike = Levenshtein.distance(_folded(one), _folded(other))
    return (Levenshtein.distance(one, other) + alike) / 2


def _folded(form: str) -> str:
    return form.casefold().replace("rn", "m").translate(_CONFUSED)


def unite_ranges(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges in order, those that touch made one: pages tile the text, and strings may cross them."""
    united: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if united and start <= united[-1][1]:
            united[-1] = united[-1][0], max(end, united[-1][1])
        else:
            united.append((start, end))
    return united
