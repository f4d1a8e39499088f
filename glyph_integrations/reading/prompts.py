"""What models are told: pages first, everything else in text after them, the question last but for how to reply.

Never rendered, always text: the question, instructions, earlier turns, exact strings and pages expanded to text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from glyph_integrations.models.model import Message
from glyph_integrations.reading.replies import ABSTENTION
from glyph_integrations.rendering.characters import in_ascii
from glyph_integrations.source.names import print_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glyph_integrations.counting import ModelSpec
    from glyph_integrations.models.model import Conversation, PageImage

_REPLY: Final = (
    "Answer from the document on the pages above and from nothing else. After the answer, copy the words of the "
    'document that it rests on, exactly, each passage on a line of its own that begins with "Quote: ".\n'
    f"If the document does not hold the answer, reply only: {ABSTENTION}"
)
_REPLY_JSON: Final = (
    'Answer from the document on the pages above and from nothing else, as a JSON object: "answer" holds the answer, '
    'or null if the document does not hold it; "quotes" lists the words of the document that it rests on, copied '
    "exactly."
)
_OFFER: Final = (
    "If you have to read pages more closely to be sure, reply only with their numbers, at most {most}, like this: "
    "PAGES: 3, 7. You will then get their text."
)
_CHOOSE: Final = (
    "Do not answer yet. Which pages, at most {most}, have to be read closely to answer? Reply only with their numbers, "
    "like this: PAGES: 3, 7"
)
_MERGE: Final = (
    "A document too long to be read at once was read in parts. Each part was asked the same question by itself:\n"
    "{question}\n\n{parts}\n\n"
    "Put these answers together into one answer to the question, from nothing else. Where they contradict each other, "
    "say so. After the answer, repeat the quotes that it rests on, each on a line of its own that begins with "
    '"Quote: ".'
)
# The prompts that these models were trained with, by the name of their spec.
_TRANSCRIBE: Final = {
    "nano": "Transcribe.",
    "glm-ocr": "Text Recognition:",
    "paddleocr-vl": "OCR:",
    "deepseek-ocr": "\nFree OCR. ",
}
_TRANSCRIBE_CHAT: Final = "Transcribe the text on this page exactly, line by line. Write nothing else."


def conversation(pages: Sequence[PageImage], text: str, history: Sequence[tuple[str, str]] = ()) -> Conversation:
    """One user message of pages and text; earlier questions and answers stand between the pages and the new text."""
    if not history:
        return (Message("user", (*pages, text)),)
    (first, answer), *later = history
    turns = [Message("user", (*pages, first)), Message("assistant", (answer,))]
    for question, answer in later:
        turns += [Message("user", (question,)), Message("assistant", (answer,))]
    return (*turns, Message("user", (text,)))


def question_text(
    question: str,
    *,
    notes: Sequence[str] = (),
    offered: int = 0,
    choose: bool = False,
    as_json: bool = False,
    instructed: bool = True,
) -> str:
    """The text after the pages.

    Args:
        question: The user's, word for word.
        notes: What stands before it: which pages show which source, exact strings, pages as text.
        offered: How many pages the model may ask to see as text.
        choose: Ask for these pages instead of an answer.
        as_json: Ask for a JSON object.
        instructed: Say how to reply. Models that were trained on the form of replies get the question alone, in plain
            ASCII and without notes.
    """
    if not instructed:
        plain = "".join(in_ascii(character) or character for character in question)
        return f"Question: {plain}" + ("\nReply as JSON." if as_json else "")
    parts = [*filter(None, notes), f"Question: {question}"]
    if choose:
        parts.append(_CHOOSE.format(most=offered))
    else:
        parts.append(_REPLY_JSON if as_json else _REPLY)
        if offered:
            parts.append(_OFFER.format(most=offered))
    return "\n\n".join(parts)


def legend(sources: Sequence[tuple[str, int, int]], numbers: tuple[int, int] | None = None) -> str:
    """What the pages are, where that needs saying.

    Args:
        sources: Which pages show which source (id, first page, last page, from 1); none where there is only one source.
        numbers: Numbers of the first and the last page, where they are part of a longer document.
    """
    spans = [f"{_numbered(a, b)} {'shows' if a == b else 'show'} {print_name(name)}" for name, a, b in sources]
    if numbers is None:
        return f"Of the pages above, {'; '.join(spans)}." if spans else ""
    part = f"Above {'is' if numbers[0] == numbers[1] else 'are'} {_numbered(*numbers)} of a longer document"
    return f"{part}: {'; '.join(spans)}." if spans else f"{part}."


def _numbered(first: int, last: int) -> str:
    return f"page {first}" if first == last else f"pages {first} to {last}"


def expanded_page(number: int, text: str) -> str:
    """The text of one page."""
    return f"Page {number} as text:\n{text}"


def merge_text(question: str, parts: Sequence[tuple[str, str, Sequence[str]]]) -> str:
    """Answers of several windows (which pages, answer, quotes) to be put together."""
    written = []
    for pages, answer, quotes in parts:
        lines = [f"{pages}: {answer}", *(f'Quote: "{quote}"' for quote in quotes)]
        written.append("\n".join(lines))
    return _MERGE.format(question=question, parts="\n\n".join(written))


def transcription_text(spec: ModelSpec) -> str:
    """How a model is asked to transcribe a page."""
    name = next((name for name in _TRANSCRIBE if spec.name.startswith(name)), None)
    return _TRANSCRIBE_CHAT if name is None else _TRANSCRIBE[name]
