"""How replies are held against the truth. Everything here is a pure function of texts and counts."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from rapidfuzz.distance import Levenshtein

from glyph_integrations.reading.numbers import number_of

if TYPE_CHECKING:
    from collections.abc import Iterable

Outcome = Literal["correct", "abstained", "wrong"]
"""What became of a question. Wrong is silently so: nothing tells the user."""

MOST_BESIDE: Final = 6
"""Words that an answer may have beside the reference."""

_AROUND_WORDS: Final = "\"'“”‘’«»()[]{}.,;:!?*`"
# An answer that says one of these beside the reference takes it back, or offers something else too.
_HEDGES: Final = {
    "and", "but", "cannot", "either", "except", "neither", "never", "no", "nor", "not", "or", "unless", "without"
}  # fmt: skip
_ARTICLES: Final = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION: Final = frozenset(string.punctuation)


def character_errors(read: str, truth: str) -> tuple[int, int]:
    """Counts the characters that were misread.

    In both texts every run of white space (line breaks too) becomes one space first, and none is left at the ends:
    where a line ends on a page is no part of its text.

    Returns:
        The Levenshtein distance (insertions, deletions and substitutions each cost 1), and the length of the truth;
        their quotient is the character error rate, which exceeds 1 where more was written than there is.
    """
    read, truth = " ".join(read.split()), " ".join(truth.split())
    return Levenshtein.distance(read, truth), len(truth)


def classify(answer: str, reference: str | None, *, abstained: bool = False) -> Outcome:
    """What became of a question.

    Args:
        answer: What was said. To say nothing is to abstain.
        reference: What should be said; None where the document does not say, so that every answer is wrong.
        abstained: Whether the reader said that the document does not say.
    """
    if abstained or not answer.strip():
        return "abstained"
    return "correct" if reference is not None and matches(answer, reference) else "wrong"


def matches(answer: str, reference: str) -> bool:
    """Whether an answer says what the reference says.

    Its words must be those of the reference, in order and without gaps; case, white space, compatibility forms and
    the punctuation around words do not count, and numbers are equal if their values are (``1,200.00`` is ``1200``).
    Beside them it may have up to ``MOST_BESIDE`` words, if none of these has a digit, negates or names an
    alternative: "The rent is 900 euro" says "900"; "900 or 950", "not 900" and a copied paragraph do not.
    """
    said, wanted = _words(answer), _words(reference)
    beside = len(said) - len(wanted)
    if not wanted or not 0 <= beside <= MOST_BESIDE:
        return False
    return any(
        all(map(_same, said[start : start + len(wanted)], wanted))
        and all(map(_is_harmless, said[:start] + said[start + len(wanted) :]))
        for start in range(beside + 1)
    )


def exact_match(answer: str, references: Iterable[str]) -> bool:
    """Whether an answer is one of the references, as SQuAD counts it: case, punctuation and articles aside."""
    return _squad(answer) in map(_squad, references)


def f1(answer: str, references: Iterable[str]) -> float:
    """The words that an answer shares with the reference that suits it best, as SQuAD counts them, 0 to 1."""
    said = _squad(answer).split()
    return max((_overlap(said, _squad(reference).split()) for reference in references), default=0.0)


def says_any(text: str, phrases: Iterable[str]) -> bool:
    """Whether a text holds one of the phrases, as SQuAD compares words."""
    padded = f" {_squad(text)} "
    return any(f" {folded} " in padded for folded in map(_squad, phrases) if folded)


def interval(hits: int, of: int) -> tuple[float, float]:
    """Wilson's interval: where the true share lies in 95 of 100 samples like this one.

    Raises:
        ValueError: The sample is empty.
    """
    if of < 1:
        raise ValueError("an interval needs a sample of at least one")
    z, share = 1.96, hits / of
    middle = share + z * z / (2 * of)
    spread = z * (share * (1 - share) / of + z * z / (4 * of * of)) ** 0.5
    return max((middle - spread) / (1 + z * z / of), 0.0), min((middle + spread) / (1 + z * z / of), 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """How many questions ended in which way."""

    correct: int = 0
    abstained: int = 0
    wrong: int = 0

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Outcomes:
        """Counts them."""
        counts = Counter(outcomes)
        return cls(correct=counts["correct"], abstained=counts["abstained"], wrong=counts["wrong"])

    @property
    def total(self) -> int:
        """All of them."""
        return self.correct + self.abstained + self.wrong


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold().split()
    return [bare for word in folded if (bare := word.strip(_AROUND_WORDS))]


def _same(said: str, wanted: str) -> bool:
    if said == wanted:
        return True
    one, other = number_of(said), number_of(wanted)
    return one is not None and other is not None and one == other


def _is_harmless(word: str) -> bool:
    return word not in _HEDGES and not word.endswith("n't") and not any(map(str.isdigit, word))


def _squad(text: str) -> str:
    """As SQuAD's evaluation compares: lower case, no punctuation, no articles, single spaces; in this order."""
    bare = "".join(character for character in text.lower() if character not in _PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", bare).split())


def _overlap(said: list[str], wanted: list[str]) -> float:
    if not said or not wanted:
        return float(said == wanted)
    shared = sum((Counter(said) & Counter(wanted)).values())
    return 2 * shared / (len(said) + len(wanted))
