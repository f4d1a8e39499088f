"""``RandomStrings``: text that no language model could guess."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from glyph_integrations.training.corpus.alphabets import ASCII, Alphabet
from glyph_integrations.training.corpus.texts import cut

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    Maker = Callable[[Random], str]

_ENDINGS: Final = ("", "", "", ",", ".", ";", ":", "?", "!")


@dataclass(frozen=True, slots=True)
class RandomStrings:
    """Strings without meaning: letters in mixed case, numbers, punctuation, hexadecimal digits, UUIDs, codes, paths.

    Attributes:
        alphabet: Where the characters of the freest strings come from.
        strings_per_line: Most strings on a line; the least is 1.
    """

    alphabet: Alphabet = ASCII
    strings_per_line: int = 14

    def sample(self, rng: Random, characters: int) -> str:
        """Lines of strings, separated by spaces."""
        makers = (*_MAKERS, _of("".join(sorted(self.alphabet.characters - {" "})), 1, 14))
        lines: list[str] = []
        length = 0
        while length <= characters:
            line = " ".join([rng.choice(makers)(rng) for _ in range(rng.randint(1, self.strings_per_line))])
            lines.append(line)
            length += len(line) + 1
        return cut("\n".join(lines), characters)


def _of(characters: str, least: int, most: int) -> Maker:
    return lambda rng: "".join(rng.choices(characters, k=rng.randint(least, most)))


_letters: Final = _of(string.ascii_letters, 1, 12)
_lower: Final = _of(string.ascii_lowercase, 2, 11)
_capitals: Final = _of(string.ascii_uppercase, 1, 4)
_digits: Final = _of(string.digits, 2, 7)
_name: Final = _of(string.ascii_lowercase + "_", 2, 8)


def _word(rng: Random) -> str:
    word = _lower(rng)
    return rng.choice((word, word.capitalize(), word.upper())) + rng.choice(_ENDINGS)


def _number(rng: Random) -> str:
    number = rng.randrange(10 ** rng.randint(1, 9))
    forms = (f"{number}", f"{number:,}", f"{number / 100:.2f}", f"-{number}", f"{number % 1000 / 10}%", f"${number:,}")
    return rng.choice(forms)


def _uuid(rng: Random) -> str:
    digits = f"{rng.getrandbits(128):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _code(rng: Random) -> str:
    return _capitals(rng) + rng.choice("-_/.:#") + _digits(rng)


def _path(rng: Random) -> str:
    return rng.choice("/.@:\\").join(_name(rng) for _ in range(rng.randint(2, 4)))


_MAKERS: Final[tuple[Maker, ...]] = (
    _letters,
    _letters,
    _word,
    _word,
    _number,
    _number,
    _of(string.ascii_letters + string.digits, 3, 14),
    _of("0123456789abcdef", 4, 20),
    _of("0123456789ABCDEF", 4, 12),
    _of(string.punctuation, 1, 4),
    _uuid,
    _code,
    _path,
)
