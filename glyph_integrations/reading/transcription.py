"""Transcription: pages back to text, by models for OCR and for measuring what others make out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from glyph_integrations.models import Message, TokenUsage
from glyph_integrations.reading.prompts import transcription_text
from glyph_integrations.rendering import render
from glyph_integrations.source.text import Picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glyph_integrations.models import Finish, GenerationSettings, VisionModel
    from glyph_integrations.rendering import Rendering, RenderStyle
    from glyph_integrations.source import SourceText

_AT_A_TIME = 16  # pages: each batch is drawn, read and let go


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What a model read on one page.

    Attributes:
        page: Index of the page: of the rendering, or of the source where its own pages were read.
        text: What it read.
        source_text: What stands there; empty where only the picture knows.
        finish: Why it ended; anything but ``"stop"`` is incomplete.
        usage: What it cost.
    """

    page: int
    text: str
    source_text: str
    finish: Finish
    usage: TokenUsage


def transcribe(
    model: VisionModel,
    text: SourceText,
    settings: GenerationSettings,
    *,
    style: str | RenderStyle,
    pages: Literal["rendered", "source"],
) -> Iterator[Transcript]:
    """Reads page after page; see ``Reader.transcribe``."""
    shown = text if pages == "rendered" else _as_pictures(text)
    rendering = render(shown, style, model.spec)
    prompt = transcription_text(model.spec)
    for start in range(0, len(rendering), _AT_A_TIME):
        drawn = rendering[start : start + _AT_A_TIME]
        found = model.generate([(Message("user", (page, prompt)),) for page in drawn], settings)
        for page, generation in zip(drawn, found, strict=True):
            index = page.index if pages == "rendered" else page.pictures[0].page
            yield Transcript(
                page=index,
                text=generation.text,
                source_text=_stands_there(text, rendering, page.index, pages),
                finish=generation.finish,
                usage=generation.usage,
            )


def _as_pictures(text: SourceText) -> SourceText:
    """The same source with every page shown as it is."""
    pictures = tuple(Picture(start=0, end=0, page=page, reason="transcription") for page in range(len(text.pages)))
    return replace(text, text="", regions=text.regions[:0], headings=(), tables=(), pictures=pictures)


def _stands_there(text: SourceText, rendering: Rendering, index: int, pages: Literal["rendered", "source"]) -> str:
    if pages == "rendered":
        start, end = rendering[index].char_range
        return text.text[start:end]
    regions = text.regions[text.regions["page"] == rendering[index].pictures[0].page]
    return text.text[int(regions["start"].min()) : int(regions["end"].max())] if len(regions) else ""
