"""Character error rates and compression: pages of prose, of its words in random order, and of random strings.

Prose can be guessed from what a language model knows of prose; random strings can only be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from glyph_integrations.counting import count_text_tokens
from glyph_integrations.evaluation.material import drawn_by, full_pages
from glyph_integrations.evaluation.metrics import character_errors
from glyph_integrations.evaluation.results import CharacterErrors, Compression
from glyph_integrations.models import settings_for
from glyph_integrations.reading.transcription import transcribe
from glyph_integrations.rendering import render, render_style
from glyph_integrations.source import SourceText
from glyph_integrations.training.corpus import RandomStrings, ShuffledWords

if TYPE_CHECKING:
    from glyph_integrations.counting import ModelSpec
    from glyph_integrations.models import VisionModel
    from glyph_integrations.reading import Transcript
    from glyph_integrations.rendering import RenderStyle
    from glyph_integrations.training.corpus import TextSource

PROSE: Final = "prose"
SHUFFLED: Final = "shuffled words"
RANDOM: Final = "random strings"
_BESIDE_PAGE: Final = 256  # tokens of a window, for prompt and template
_BESIDE_TEXT: Final = 16  # tokens of a transcript, for its end


def kinds_of(texts: TextSource | None) -> dict[str, TextSource]:
    """What is read, by its kind; without texts only what needs none."""
    strings: dict[str, TextSource] = {RANDOM: RandomStrings()}
    return strings if texts is None else {PROSE: texts, SHUFFLED: ShuffledWords(texts), **strings}


def measure_compression(
    texts: TextSource, spec: ModelSpec, *, style: str | RenderStyle, pages: int, seed: int
) -> Compression:
    """What so many full pages of a text save."""
    text = full_pages(texts, drawn_by(seed, PROSE), pages=pages, style=style, spec=spec)
    tokens = count_text_tokens(text)
    return Compression(
        pages=pages,
        characters=len(text),
        text_tokens=tokens.count,
        tokenizer=tokens.tokenizer,
        visual_tokens=render(text, style, spec).visual_tokens,
    )


def measure_errors(
    model: VisionModel,
    kind: str,
    source: TextSource,
    *,
    style: str | RenderStyle,
    pages: int,
    seed: int,
    max_tokens: int | None = None,
) -> CharacterErrors:
    """Lets a model transcribe so many full pages and counts what it misread.

    Args:
        model: Who transcribes, with the settings that it was published with.
        kind: Of the text; together with the seed it decides what is drawn.
        source: Where text comes from.
        style: How pages are rendered.
        pages: How many.
        seed: Decides what is drawn.
        max_tokens: Of a transcript; by default as many as the longest page has bytes, and the window room.

    Raises:
        ModelError: It could not be asked.
    """
    style = render_style(style)
    text = full_pages(source, drawn_by(seed, kind), pages=pages, style=style, spec=model.spec)
    settings = settings_for(model.spec).replace(max_tokens=max_tokens or _longest(text, style, model.spec))
    found = list(transcribe(model, SourceText.from_string(text), settings, style=style, pages="rendered"))
    counted = [character_errors(_read(one, style), one.source_text) for one in found]
    return CharacterErrors(
        pages=len(found),
        incomplete=sum(one.finish != "stop" for one in found),
        characters=sum(length for _, length in counted),
        errors=sum(errors for errors, _ in counted),
    )


def _longest(text: str, style: RenderStyle, spec: ModelSpec) -> int:
    """Tokens that suffice for any page: one for each byte, and for readers that point a place before each of them."""
    rendering = render(text, style, spec)
    bounds = [page.char_range for page in rendering]
    longest = max(len(text[start:end].encode()) for start, end in bounds)
    room = spec.window - max(spec.page_tokens(*size) for size in rendering.page_sizes) - _BESIDE_PAGE
    return max(min(2 * longest + _BESIDE_TEXT, room), 1)


def _read(transcript: Transcript, style: RenderStyle) -> str:
    """What was read; a mark that the style draws for a line break is a line break, if the reader wrote it as seen."""
    drawn = style.newline_mark if style.newline_mark not in transcript.source_text else ""
    return transcript.text.replace(drawn, "\n") if drawn else transcript.text
