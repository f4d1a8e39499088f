"""Sources of plain text to learn reading from: files, datasets, their words in random order, and mixtures."""

from __future__ import annotations

import gzip
import lzma
from dataclasses import dataclass
from itertools import accumulate, chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, Self, runtime_checkable

from glyph_integrations.errors import EmptyError, MalformedError, MissingExtraError, NotFoundError
from glyph_integrations.training.corpus.alphabets import ASCII, Alphabet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from random import Random

_OPENERS: Final[Mapping[str, Callable[..., Any]]] = {".gz": gzip.open, ".xz": lzma.open}
_NEAR: Final = 40  # characters within which a sample looks for a space to begin and end at


@runtime_checkable
class TextSource(Protocol):
    """Anything that text can be drawn from."""

    def sample(self, rng: Random, characters: int) -> str:
        """Up to ``characters`` characters, and not many fewer unless the source has no more.

        The same state of ``rng`` gives the same text. It begins and ends with a word wherever there are spaces.
        """


class TextFiles:
    """Text files (UTF-8; ``.gz`` and ``.xz`` are decompressed), read once and held, one byte a character.

    Samples are passages of any of the files, longer files being drawn from more often; they do not cross from one
    file into the next.
    """

    def __init__(self, paths: Iterable[str | Path], *, alphabet: Alphabet = ASCII) -> None:
        """Reads the files and brings them into the alphabet (see ``Alphabet.normalise``).

        Raises:
            NotFoundError: One of them is not there.
            MalformedError: One of them is no UTF-8, or damaged.
            EmptyError: There is no text in them.
        """
        texts = [alphabet.normalise(read_text(Path(path))) for path in paths]
        self._texts = [text for text in texts if text.strip()]
        if not self._texts:
            raise EmptyError("there is no text in the files: name text files that are not empty")
        self._ends = list(accumulate(map(len, self._texts)))

    def sample(self, rng: Random, characters: int) -> str:
        """A passage."""
        (text,) = rng.choices(self._texts, cum_weights=self._ends)
        return _passage(text, rng, characters)


class DatasetTexts:
    """A text column of a Hugging Face dataset, or of any other sequence of mappings.

    Samples begin within a row drawn at random and go on through the rows after it, one line break between two.
    """

    def __init__(self, rows: Sequence[Mapping[str, Any]], *, column: str = "text", alphabet: Alphabet = ASCII) -> None:
        """Takes the rows as they are; they are normalised when they are drawn.

        Raises:
            EmptyError: There are no rows, or they have no such column.
        """
        if not len(rows) or column not in rows[0]:
            raise EmptyError(f"the dataset has no rows with a column {column!r}: name the column that holds its text")
        self._rows = rows
        self._column = column
        self._alphabet = alphabet

    @classmethod
    def load(
        cls,
        name: str,
        *,
        config: str | None = None,
        split: str = "train",
        column: str = "text",
        alphabet: Alphabet = ASCII,
    ) -> Self:
        """Loads a dataset by its name on the Hub, or from a folder; nothing of it is executed.

        Raises:
            MissingExtraError: ``datasets`` is not installed.
            EmptyError: It has no such column.
        """
        try:
            from datasets import load_dataset
        except ImportError as error:
            raise MissingExtraError("Reading a dataset", package="datasets", extra="train") from error
        return cls(load_dataset(name, config, split=split), column=column, alphabet=alphabet)

    def sample(self, rng: Random, characters: int) -> str:
        """A passage, through as many rows as it takes."""
        first = rng.randrange(len(self._rows))
        parts: list[str] = []
        length = 0
        for index in chain(range(first, len(self._rows)), range(first)):
            part = self._alphabet.normalise(str(self._rows[index][self._column]))
            if not parts and len(part) > characters:
                return _passage(part, rng, characters)
            parts.append(part)
            length += len(part) + 1
            if length > characters:
                break
        return cut("\n".join(parts), characters)


@dataclass(frozen=True, slots=True)
class ShuffledWords:
    """The words of another source in random order: to be read, they have to be seen."""

    source: TextSource

    def sample(self, rng: Random, characters: int) -> str:
        """A passage of the source, its words shuffled; its lines keep their numbers of words."""
        lines = [line.split() for line in self.source.sample(rng, characters).split("\n")]
        words = [word for line in lines for word in line]
        rng.shuffle(words)
        drawn = iter(words)
        return "\n".join(" ".join(next(drawn) for _ in line) for line in lines)


class Mixture:
    """Several sources; each sample comes from one of them."""

    def __init__(self, sources: Sequence[tuple[float, TextSource]]) -> None:
        """Takes pairs of weight and source.

        Raises:
            ValueError: There are none, or their weights are negative or sum up to 0.
        """
        self._ends = list(accumulate(weight for weight, _ in sources))
        self._sources = [source for _, source in sources]
        if not sources or min(weight for weight, _ in sources) < 0 or self._ends[-1] <= 0:
            raise ValueError("a mixture needs a source whose weight is above 0, and none below")

    def sample(self, rng: Random, characters: int) -> str:
        """A sample of one of the sources, drawn by weight."""
        (source,) = rng.choices(self._sources, cum_weights=self._ends)
        return source.sample(rng, characters)


def read_text(path: Path) -> str:
    """What a text file holds; ``.gz`` and ``.xz`` are decompressed.

    Raises:
        NotFoundError: It is not there.
        MalformedError: It is no UTF-8, or damaged.
    """
    opener = _OPENERS.get(path.suffix, open)
    try:
        with opener(path, "rt", encoding="utf-8-sig") as file:
            return str(file.read())
    except (UnicodeDecodeError, EOFError, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise MalformedError(f"{path.name} is damaged, or not text in UTF-8") from error
    except OSError as error:
        raise NotFoundError(f"there is no text file {path.name} that can be read") from error


def _passage(text: str, rng: Random, characters: int) -> str:
    """A part of a text; from its beginning if it is no longer than that."""
    start = rng.randrange(max(len(text) - characters, 0) + 1)
    if start and not text[start - 1].isspace():
        spaces = (at for at in range(start, min(start + _NEAR, len(text))) if text[at].isspace())
        start = next(spaces, start - 1) + 1
    return cut(text[start : start + characters + 1], characters)


def cut(text: str, characters: int) -> str:
    """The first characters of a text, up to the end of a word if one is near."""
    if len(text) <= characters:
        return text.strip()
    near = range(characters, max(characters - _NEAR, 0), -1)
    end = next((at for at in near if text[at].isspace()), characters)
    return text[:end].strip() or text[:characters]
