"""What was measured, for people: rows of a table, and a section of a Markdown file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from glyph_integrations.errors import MalformedError
from glyph_integrations.evaluation.metrics import MOST_BESIDE, interval
from glyph_integrations.evaluation.results import Curve, Unmeasured

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from glyph_integrations.evaluation.results import (
        CharacterErrors,
        Compression,
        Evaluation,
        KeyValues,
        Latency,
        Lookup,
        NaturalQuestions,
    )

Row = tuple[str, str, str]
"""What was measured, the result, and what it rests on."""

COLUMNS: Final = ("measure", "result", "counted")
"""Headings of ``rows``."""

_METHOD: Final = (
    "A character error is an insertion, deletion or substitution (Levenshtein) for each character of the truth; on "
    "both sides runs of white space count as one space. An answer is correct if it has the words of the reference, in "
    f"order and without gaps, and at most {MOST_BESIDE} others, none of which has a digit, negates or offers an "
    "alternative; case and punctuation aside, and numbers by value. Values of keys are compared to the letter, after "
    "the reader has held its answer against the source. Exact match and F1 are SQuAD's. Ranges are Wilson's 95 % "
    "intervals."
)


def rows(evaluation: Evaluation) -> list[Row]:
    """The table of everything but the curve."""
    lookup = evaluation.lookup
    return [
        _compression(evaluation.compression),
        *(_errors(kind, errors) for kind, errors in evaluation.errors.items()),
        *([_gap("lookup", lookup)] if isinstance(lookup, Unmeasured) else _lookup(lookup)),
        *_key_values(evaluation.key_values),
        *_natural_questions(evaluation.natural_questions),
        _latency(evaluation.latency),
    ]


def curve_table(curve: Curve) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Headings and rows of error against compression; what could not be measured is among them, with the reason."""
    kinds = list(dict.fromkeys(kind for point in curve.points for kind in point.errors))
    lines = [
        (
            point.setting,
            f"{point.compression.ratio:.2f}×",
            *(f"{_percent(point.errors[kind].rate)} of {point.errors[kind].characters:,}" for kind in kinds),
        )
        for point in curve.points
    ]
    gaps = [(setting, f"not measured: {reason}", *("" for _ in kinds)) for setting, reason in curve.left_out.items()]
    return ("setting", "compression", *(f"character error, {kind}" for kind in kinds)), lines + gaps


def section(evaluation: Evaluation, *, command: str, day: date, hardware: str, software: str, plot: str = "") -> str:
    """The evaluation as a section of a Markdown file, between markers by which ``put`` finds it again.

    Args:
        evaluation: What was measured.
        command: What measured it.
        day: When.
        hardware: Where.
        software: With which versions.
        plot: The picture of the curve, relative to the file; empty for none.
    """
    begin, end = _markers(evaluation.model)
    parts = [
        f"{begin}\n## {evaluation.model}",
        f"`{command}`, {day.isoformat()}, {hardware}; {software}. Style `{evaluation.style}`, seed {evaluation.seed}.",
        _METHOD,
        _markdown(COLUMNS, rows(evaluation)),
    ]
    if isinstance(evaluation.curve, Curve):
        parts.append(_markdown(*curve_table(evaluation.curve)))
    else:
        parts.append(f"Error against compression: not measured: {evaluation.curve.reason}")
    if plot:
        parts.append(f"![Error against compression of {evaluation.model}]({plot})")
    return "\n\n".join([*parts, end])


def put(document: str, model: str, text: str) -> str:
    """A Markdown document with a model's section replaced, or added at its end.

    Raises:
        MalformedError: The document has one of the section's markers without the other.
    """
    begin, end = _markers(model)
    if begin not in document and end not in document:
        return f"{document.rstrip()}\n\n{text}\n".lstrip()
    before, _, rest = document.partition(begin)
    _, closed, after = rest.partition(end)
    if not closed:
        raise MalformedError(f"the file has one of the markers {begin} and {end} without the other: remove it")
    return before + text + after


def _markers(model: str) -> tuple[str, str]:
    name = re.sub("-{2,}", "-", model)  # two hyphens may not stand in a comment
    return f"<!-- glyph evaluate {name} -->", f"<!-- end of glyph evaluate {name} -->"


def _markdown(columns: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    cells = [list(columns), ["---"] * len(columns), *([_cell(value) for value in line] for line in lines)]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _cell(value: str) -> str:
    return " ".join(value.split()).replace("|", "\\|")


def _gap(measure: str, gap: Unmeasured) -> Row:
    return measure, "not measured", gap.reason


def _compression(found: Compression | Unmeasured) -> Row:
    name = "compression, prose"
    if isinstance(found, Unmeasured):
        return _gap(name, found)
    tokens = f"{found.text_tokens:,} text tokens ({found.tokenizer}) as {found.visual_tokens:,} visual tokens"
    return name, f"{found.ratio:.2f}×", f"{tokens}, {_pages(found.pages)}"


def _errors(kind: str, found: CharacterErrors | Unmeasured) -> Row:
    name = f"character error, {kind}"
    if isinstance(found, Unmeasured):
        return _gap(name, found)
    counted = f"{found.errors:,} of {found.characters:,} characters, {_pages(found.pages)}"
    if found.incomplete:
        counted += f", {found.incomplete} of them cut off or looping"
    return name, _percent(found.rate), counted


def _lookup(found: Lookup) -> list[Row]:
    stated, unstated = found.answerable, found.unanswerable
    where = f"{found.documents} documents, {_pages(found.pages)}"
    lines = [
        _share("lookup: correct", stated.correct, stated.total, where),
        _share("lookup: abstained", stated.abstained, stated.total),
        _share("lookup: silently wrong", stated.wrong, stated.total),
    ]
    for kind, outcomes in found.by_kind.items():
        rest = f"{outcomes.abstained} abstained, {outcomes.wrong} silently wrong"
        lines.append((f"lookup, {kind}: correct", f"{outcomes.correct} of {outcomes.total}", rest))
    if unstated.total:
        lines.append(_share("lookup, unanswerable: abstained", unstated.abstained, unstated.total))
    return lines


def _key_values(found: KeyValues | Unmeasured) -> list[Row]:
    if isinstance(found, Unmeasured):
        return [_gap("key-value retrieval", found)]
    ends = found.outcomes
    corrected = f"{found.corrected} of them corrected from the source; {_pages(found.pages)}"
    return [
        _share("key-value retrieval: exact", ends.correct, ends.total, corrected),
        _share("key-value retrieval: abstained", ends.abstained, ends.total),
        _share("key-value retrieval: silently wrong", ends.wrong, ends.total),
    ]


def _natural_questions(found: NaturalQuestions | Unmeasured) -> list[Row]:
    if isinstance(found, Unmeasured):
        return [_gap("natural questions", found)]
    ends = found.outcomes
    return [
        _share("natural questions: exact match", ends.correct, ends.total, _pages(found.pages)),
        _share("natural questions: abstained", ends.abstained, ends.total),
        ("natural questions: F1", f"{found.f1:.3f}", f"mean of {ends.total}, abstentions as 0"),
    ]


def _latency(found: Latency | Unmeasured) -> Row:
    name = "seconds for a question, rendering and reading included"
    if isinstance(found, Unmeasured):
        return _gap(name, found)
    pages = "–".join(str(count) for count in sorted({min(found.pages), max(found.pages)}))
    spread = f"{min(found.seconds):.2f}–{max(found.seconds):.2f}"
    counted = f"median of {len(found.seconds)} documents ({spread}), {pages} pages each, {found.cores} cores"
    return name, f"{found.median:.2f}", counted


def _share(name: str, hits: int, of: int, more: str = "") -> Row:
    low, high = interval(hits, of)
    counted = f"{100 * low:.0f}–{100 * high:.0f} %"
    return name, f"{hits} of {of}", f"{counted}; {more}" if more else counted


def _percent(rate: float) -> str:
    return f"{100 * rate:.2f} %"


def _pages(count: int) -> str:
    return f"{count:,} page{'s' * (count != 1)}"
