"""Models answer questions about whole sources: reading, checking what was read, and saying where it stands."""

from __future__ import annotations

from glyph_integrations.reading.answer import Answer, Check, Citation, Place, Usage
from glyph_integrations.reading.chat import DocumentChat, Reply
from glyph_integrations.reading.marking import MarkedDocument, mark_document, split_marked
from glyph_integrations.reading.opening import Progress
from glyph_integrations.reading.pictures import pictures
from glyph_integrations.reading.reader import Reader
from glyph_integrations.reading.session import AnswerStream, AsyncAnswerStream, ReadingSession
from glyph_integrations.reading.transcription import Transcript
from glyph_integrations.reading.visual_context import Shown, ShownDocument, Turn, VisualContext

__all__ = [
    "Answer",
    "AnswerStream",
    "AsyncAnswerStream",
    "Check",
    "Citation",
    "DocumentChat",
    "MarkedDocument",
    "Place",
    "Progress",
    "Reader",
    "ReadingSession",
    "Reply",
    "Shown",
    "ShownDocument",
    "Transcript",
    "Turn",
    "Usage",
    "VisualContext",
    "mark_document",
    "pictures",
    "split_marked",
]
