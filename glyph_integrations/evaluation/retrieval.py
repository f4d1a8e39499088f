"""Key-value retrieval: exact strings among others like them, as in "Lost in the Middle" (arXiv 2307.03172)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from glyph_integrations.errors import MalformedError
from glyph_integrations.evaluation.material import drawn_by, records
from glyph_integrations.evaluation.metrics import classify
from glyph_integrations.evaluation.results import Asked, KeyValues
from glyph_integrations.source import SourceText

if TYPE_CHECKING:
    import os

    from glyph_integrations.evaluation.metrics import Outcome
    from glyph_integrations.reading import Answer, Reader


def measure_key_values(reader: Reader, path: str | os.PathLike[str], *, questions: int, seed: int) -> KeyValues:
    """Asks for the value of one key of each of so many objects, drawn from the file.

    An answer is right if it holds the value to the letter, after the reader has checked it against the source.

    Args:
        reader: Who is asked.
        path: A file of records with ``ordered_kv_records``, ``key`` and ``value``.
        questions: How many; all where the file has fewer.
        seed: Decides which.

    Raises:
        NotFoundError: There is no such file.
        MalformedError: It is damaged, or has no such records.
        GlyphError: An object does not fit the model, or the model could not answer.
    """
    found = records(path)
    asked, pages = [], 0
    for record in drawn_by(seed, "key-values").sample(found, min(questions, len(found))):
        text, key, value = _taken_apart(record)
        with reader.open(SourceText.from_string(text)) as session:
            pages += len(session.rendering)
            answer = session.ask(f"What is the value of {key}?")
        asked.append(
            Asked(
                question=answer.question,
                references=(value,),
                answer=answer.text,
                outcome=_outcome(answer, value),
                corrected=any(check.status == "corrected" for check in answer.checks),
            )
        )
    return KeyValues(pages=pages, asked=tuple(asked))


def _taken_apart(record: dict[str, Any]) -> tuple[str, str, str]:
    """The object, a pair on each line; the key that is asked for; its value."""
    try:
        pairs = {str(key): str(value) for key, value in record["ordered_kv_records"]}
        key = str(record["key"])
        return json.dumps(pairs, indent=1, ensure_ascii=False), key, pairs[key]
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedError("a record of key-value pairs has ordered_kv_records, key and value") from error


def _outcome(answer: Answer, value: str) -> Outcome:
    outcome = classify(answer.text, value, abstained=answer.abstained)
    return "wrong" if outcome == "correct" and value not in answer.text else outcome
