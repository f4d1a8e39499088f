"""``Values``: the names, numbers and dates of one document, each name drawn once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from random import Random

    DateForm = Callable[[int, int, int], str]

T = TypeVar("T")

_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_ORDINALS: Final = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd"}
_DATES: Final[tuple[DateForm, ...]] = (
    lambda day, month, year: f"{day} {_MONTHS[month - 1]} {year}",
    lambda day, month, year: f"{_MONTHS[month - 1]} {day}, {year}",
    lambda day, month, year: f"{year}-{month:02}-{day:02}",
    lambda day, month, year: f"{day:02}.{month:02}.{year}",
    lambda day, month, year: f"{month:02}/{day:02}/{year}",
    lambda day, month, year: f"{day} {_MONTHS[month - 1][:3]} {year}",
    lambda day, month, year: f"{_MONTHS[month - 1]} {day}{_ORDINALS.get(day, 'th')}, {year}",
    lambda day, month, year: f"{day}{_ORDINALS.get(day, 'th')} {_MONTHS[month - 1]} {year}",
)
_OTHER_NOTATION: Final = 0.15  # of the dates are not in the document's usual one
_FIRST_YEAR, _LAST_YEAR = 1994, 2034
_SWISS: Final = str.maketrans(",", "'")
_CONTINENTAL: Final = str.maketrans(",.", ".,")
_MONEY: Final[tuple[Callable[[str], str], ...]] = (
    lambda value: f"${value}",
    lambda value: f"USD {value}",
    lambda value: f"EUR {value}",
    lambda value: f"{value} euros",
    lambda value: f"{value.translate(_CONTINENTAL)} EUR",
    lambda value: f"GBP {value}",
    lambda value: f"CHF {value.translate(_SWISS)}",
)
_DRAWS: Final = 50  # before a name is made of two: then those of a long document are nearly used up
_INITIAL: Final = 0.12  # of the people have a middle initial


class Values:
    """Draws for one document, from word lists by name; no name comes twice.

    Attributes:
        rng: Decides everything.
        words: The lists.
    """

    __slots__ = ("_date_form", "_money_form", "_used", "rng", "words")

    def __init__(self, rng: Random, words: Mapping[str, Sequence[str]]) -> None:
        self.rng = rng
        self.words = words
        self._used: set[str] = set()
        self._date_form = self.pick(_DATES)
        self._money_form = self.pick(_MONEY)

    def pick(self, items: Sequence[T]) -> T:
        """One of them; several times as fast as ``Random.choice``."""
        return items[int(self.rng.random() * len(items))]

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.rng.random() < probability

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self.rng.random() * (high - low + 1))

    def word(self, name: str) -> str:
        """A word of a list; words may come again."""
        return self.pick(self.words[name])

    def claim(self, name: str) -> bool:
        """Keeps a name for whoever asks first; False if it is taken."""
        if name in self._used:
            return False
        self._used.add(name)
        return True

    def person(self) -> str:
        """First name and surname, sometimes a middle initial; nobody else has that surname."""
        surname = self._unclaimed(self._surname, draws=1)
        initial = f" {chr(65 + int(self.rng.random() * 26))}." if self.chance(_INITIAL) else ""
        return f"{self.word('first')}{initial} {surname}"

    def _surname(self) -> str:
        if self.chance(0.3):
            return self.word("surname")
        return self.word("surname_begin") + self.word("surname_end")

    def firm(self) -> str:
        """A firm: what it is called, its trade, its legal form."""
        name = self._unclaimed(lambda: self.word("firm_begin") + self.word("firm_end"))
        return f"{name} {self.word('trade')} {self.word('legal_form')}"

    def town(self) -> str:
        """A town or district."""
        return self._unclaimed(lambda: self.word("town_begin") + self.word("town_end"))

    def product(self) -> str:
        """A product and its number."""
        return self._unclaimed(lambda: f"{self.word('product')} {self.word('series')}{self.between(2, 98) * 10}")

    def _unclaimed(self, draw: Callable[[], str], *, draws: int = _DRAWS) -> str:
        """A name that nobody has; a double one if so many draws gave none."""
        name = draw()
        for _ in range(draws - 1):
            if self.claim(name):
                return name
            name = draw()
        while not self.claim(name):
            name = f"{name}-{draw()}"
        return name

    def address(self) -> str:
        """House number, street and town."""
        return f"{self.between(1, 240)} {self.word('street')} {self.word('way')}, {self.town()}"

    def email(self) -> str:
        """An electronic address."""
        host = (self.word("firm_begin") + self.word("firm_end")).lower()
        return f"{self.word('mailbox')}{self.between(2, 99)}@{host}.{self.word('domain')}"

    def date(self) -> str:
        """A day, mostly in the notation of the document."""
        form = self.pick(_DATES) if self.chance(_OTHER_NOTATION) else self._date_form
        return form(self.between(1, 28), self.between(1, 12), self.between(_FIRST_YEAR, _LAST_YEAR))

    def month(self) -> str:
        """The name of a month."""
        return self.pick(_MONTHS)

    def money(self, low: int, high: int) -> str:
        """An amount in the currency of the document; small ones have cents."""
        if high < 1000:
            return self._money_form(f"{low + self.rng.random() * (high - low):.2f}")
        step = 5 if high < 20_000 else 50
        return self._money_form(f"{self.between(low // step, high // step) * step:,}{self.pick(('', '.00'))}")
