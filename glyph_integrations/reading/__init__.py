"""Models answer questions about whole sources: reading, checking what was read, and saying where it stands."""

from __future__ import annotations

from glyph_integrations.reading.answer import Answer, Check, Citation, Place, Usage
from glyph_integrations.reading.opening import Progress
from glyph_integrations.reading.reader import Reader
from glyph_integrations.reading.session import AnswerStream, AsyncAnswerStream, ReadingSession
from glyph_integrations.reading.transcription import Transcript

__all__ = [
    "Answer",
    "AnswerStream",
    "AsyncAnswerStream",
    "Check",
    "Citation",
    "Place",
    "Progress",
    "Reader",
    "ReadingSession",
    "Transcript",
    "Usage",
]
