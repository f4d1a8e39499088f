"""Transcription: pages back to text, by models for OCR and for measuring what others make out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from glyph_integrations.errors import UnsupportedError
from glyph_integrations.models import Message, TokenUsage
from glyph_integrations.reading.opening import Progress
from glyph_integrations.reading.prompts import transcription_text
from glyph_integrations.rendering import render, render_style
from glyph_integrations.source.text import Picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glyph_integrations.counting import ModelSpec
    from glyph_integrations.models import Finish, GenerationSettings, VisionModel
    from glyph_integrations.reading.opening import ProgressCallback
    from glyph_integrations.rendering import Page, RenderStyle
    from glyph_integrations.source import SourceText

_AT_A_TIME = 16  # pages: each batch is drawn, read and let go
_AS_THEY_LOOK = render_style("glyph").replace(name="as they look", dpi=144.0)  # sources are printed small

Pages = Literal["rendered", "source"]
"""What is transcribed: the pages that a reader would render, or the source's own."""


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
    pages: Pages,
    progress: ProgressCallback | None = None,
) -> Iterator[Transcript]:
    """Reads page after page; see ``Reader.transcribe``."""
    if pages == "source":
        _require_pages(text)
    rendering = render(text, style, model.spec) if pages == "rendered" else None
    total = len(text.pages) if rendering is None else len(rendering)
    prompt = transcription_text(model.spec)
    tell = progress or (lambda _: None)
    for start in range(0, total, _AT_A_TIME):
        tell(Progress(stage="read", done=start, total=total))
        batch = range(start, min(start + _AT_A_TIME, total))
        drawn = (
            [_as_it_looks(text, index, model.spec) for index in batch]
            if rendering is None
            else rendering[start : batch.stop]
        )
        found = model.generate([(Message("user", (page, prompt)),) for page in drawn], settings)
        for index, page, generation in zip(batch, drawn, found, strict=True):
            tell(Progress(stage="read", done=index + 1, total=total))
            yield Transcript(
                page=index,
                text=generation.text,
                source_text=text.page_text(index) if rendering is None else text.text[slice(*page.char_range)],
                finish=generation.finish,
                usage=generation.usage,
            )


def _require_pages(text: SourceText) -> None:
    for source in text.sources:
        if source.media_type != "application/pdf" and not source.media_type.startswith("image/"):
            raise UnsupportedError(
                f"{source.name} ({source.media_type}) has no pages that can be shown as they look: read rendered "
                "pages (PDF files and images have such pages)"
            )


def _as_it_looks(text: SourceText, index: int, spec: ModelSpec) -> Page:
    """A source page as a page of its own: several pictures in one rendering could share a page."""
    picture = Picture(start=0, end=0, page=index, reason="transcription")
    alone = replace(text, text="", regions=text.regions[:0], headings=(), tables=(), verbatim=(), pictures=(picture,))
    return render(alone, _AS_THEY_LOOK, spec)[0]
