"""The form in which models are asked to reply, and how a reply is taken apart.

::

    The notice period is ninety days.                      the answer
    Quote: "… may be terminated on ninety days' notice"    what it rests on, one line for each passage

    NOT IN DOCUMENT                                        or this, alone: abstained
    PAGES: 3, 7-9                                          or this, alone, where the prompt offers pages as text
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from glyph_integrations.reading.numbers import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from glyph_integrations.reading.answer import Check

ABSTENTION: Final = "NOT IN DOCUMENT"
_QUOTE = re.compile(r"[\s>*•–-]{0,80}+Quotes?(?: \d++)?\**+:\**+[ \t]*+")
_MAY_BE_QUOTE = re.compile(r"[\s>*•–-]{0,80}+(?:Q(?:u(?:o(?:t(?:e(?:s?(?: \d*+)?\**+)?)?)?)?)?)?")
_PAGES = re.compile(r"\A\W*+PAGES:([\d\s,;–-]*+)\W*+")
_BEFORE_PAGES = re.compile(r"^\W++")
_RANGE = re.compile(r"(\d++)(?:\s*+[–-]\s*+(\d++))?+")
_MARKS = "\"'“”„«»‘’` "
_PAIRS = ('""', "''", "“”", "„“", "«»", "‘’", "``")
_MOST_PAGES = 1000  # of one range that a model names
_MOST_NUMBERS = 10_000  # of all ranges


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a model replied.

    Attributes:
        text: The answer; after an abstention whatever was said beside it, usually nothing.
        abstained: The reply begins with the line that was agreed on for "the document does not say". Words that mean
            as much are an answer like any other.
        quotes: Passages that it gave, without marks around them.
        pages: Numbers of the pages that it asked to see as text, from 1.
        data: The answer as JSON, where a schema asked for it.
    """

    text: str
    abstained: bool = False
    quotes: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()
    data: Any = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Takes a reply apart."""
        lines = text.strip().split("\n")
        asked, abstained = _PAGES.fullmatch(lines[0]), _is_abstention(lines[0])
        answer: list[str] = []
        quotes: list[str] = []
        for line in lines[1:] if asked or abstained else lines:
            found = _QUOTE.match(line)
            if found:
                quotes.append(line[found.end() :])
            elif quotes:  # a quote of several lines
                quotes[-1] += "\n" + line
            else:
                answer.append(line)
        return cls(
            text="\n".join(answer).strip(),
            abstained=abstained,
            quotes=tuple(filter(None, map(_unmarked, quotes))),
            pages=_numbers(asked.group(1)) if asked else (),
        )

    @classmethod
    def of_data(cls, data: dict[str, Any]) -> Self:
        """Takes a reply apart that follows ``schema.answer_schema``: ``{"answer": …, "quotes": […]}``."""
        answer = data["answer"]
        return cls(
            text="" if answer is None else as_text(answer),
            abstained=answer is None,
            quotes=tuple(filter(None, map(_unmarked, data["quotes"]))),
            data=answer,
        )

    @property
    def words(self) -> str:
        """What it says, as it can be held against the source: of JSON only the values, each on a line of its own."""
        return self.text if self.data is None else "\n".join(_values(self.data))


def as_text(data: Any) -> str:
    """JSON as the text of an answer."""
    return data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)


def corrected(data: Any, checks: Sequence[Check]) -> Any:
    """JSON with the corrections that the source settled; names stay as they are, and numbers stay numbers."""
    stands = {check.read_as: check.text for check in checks if (check.kind, check.status) == ("exact", "corrected")}
    return _replaced(data, stands) if stands else data


def _replaced(data: Any, stands: Mapping[str, str]) -> Any:
    if isinstance(data, dict):
        return {name: _replaced(value, stands) for name, value in data.items()}
    if isinstance(data, list):
        return [_replaced(value, stands) for value in data]
    if isinstance(data, str):
        misread = "|".join(map(re.escape, sorted(stands, key=len, reverse=True)))
        return re.sub(rf"(?<!\w)(?:{misread})(?!\w)", lambda match: stands[match[0]], data)
    number = number_of(stands.get(json.dumps(data), ""))
    form = r"[1-9]\d*" if isinstance(data, int) else r"\d+(?:\.\d+)?"
    return type(data)(number.value) if number and re.fullmatch(form, number.value) else data


class AnswerFilter:
    """Shows the answer of a reply that comes piece by piece, and not what surrounds it.

    What has been shown at the end is ``Reply.parse(whole).text``.
    """

    def __init__(self) -> None:
        self._whole: list[str] = []
        self._shown = 0
        self._line = ""  # the last, so far
        self._passed = 0  # characters of it
        self._space = ""  # that may turn out to end the answer
        self._at: Literal["first line", "answer", "quotes"] = "first line"

    def feed(self, piece: str) -> str:
        """Takes a piece; returns what can be shown of the answer."""
        self._whole.append(piece)
        ready = ""
        while self._at != "quotes" and piece:
            line, newline, piece = piece.partition("\n")
            self._line += line + newline
            ready += self._advance(complete=bool(newline))
            if newline:
                self._line, self._passed = "", 0
        ready = self._space + ready
        shown = ready.rstrip()
        self._space = ready[len(shown) :]
        if not self._shown:
            shown = shown.lstrip()
        self._shown += len(shown)
        return shown

    def finish(self) -> str:
        """Takes the end of the reply; returns the rest of the answer."""
        return Reply.parse("".join(self._whole)).text[self._shown :]

    def _advance(self, *, complete: bool) -> str:
        """What the line, which has grown, adds to the answer."""
        line = self._line
        if self._at == "first line":
            if not line.strip() or (not complete and _may_be_agreed(line)):
                return ""
            self._at = "answer"
            if _PAGES.fullmatch(line.strip("\n")) or _is_abstention(line):
                return ""
        if self._passed == 0 and _QUOTE.match(line):
            self._at = "quotes"
            return ""
        if not complete and self._passed == 0 and _MAY_BE_QUOTE.fullmatch(line):
            return ""
        grown, self._passed = line[self._passed :], len(line)
        return grown


def _values(data: Any) -> Iterator[str]:
    """Strings and numbers within JSON, as text."""
    if isinstance(data, dict | list):
        for value in data.values() if isinstance(data, dict) else data:
            yield from _values(value)
    elif isinstance(data, float) and data.is_integer():
        yield str(int(data))
    elif data is not None and not isinstance(data, bool):
        yield as_text(data)


def _may_be_agreed(line: str) -> bool:
    """Whether a first line that is not complete may yet say that the model abstains, or asks for pages."""
    bare = line.strip(_MARKS + ".*[]()#\n\r\t")
    asked = _BEFORE_PAGES.sub("", line)
    return ABSTENTION.startswith(bare) or bare.startswith(ABSTENTION) or "PAGES:".startswith(asked[:6])


def _is_abstention(line: str) -> bool:
    return line.strip(_MARKS + ".*[]()#\n\r\t") == ABSTENTION


def _unmarked(quote: str) -> str:
    quote = quote.strip()
    if len(quote) > 1 and quote[0] + quote[-1] in _PAIRS:
        quote = quote[1:-1]
    return quote.strip()


def _numbers(text: str) -> tuple[int, ...]:
    """``"3, 7-9"`` as numbers, each once, in the order given."""
    found: dict[int, None] = {}
    for first, last in _RANGE.findall(text):
        begin, end = int(first[:9]), int((last or first)[:9])
        found |= dict.fromkeys(range(begin, min(end, begin + _MOST_PAGES) + 1))
        if len(found) > _MOST_NUMBERS:
            break
    return tuple(found)
