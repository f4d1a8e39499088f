"""``Lessons``: the batches of a run, each made from its number alone.

That makes runs repeatable, resumable at any step and divisible among processes: nothing has to be remembered.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any, Final

import torch
from torch.utils.data import Dataset

from glyph_integrations.errors import EmptyError, StyleError
from glyph_integrations.reading.prompts import transcription_text
from glyph_integrations.rendering import render_style
from glyph_integrations.training import tasks
from glyph_integrations.training.batches import batch_of
from glyph_integrations.training.config import SAMPLED
from glyph_integrations.training.corpus import (
    AskedDocuments,
    DatasetTexts,
    Documents,
    Mixture,
    RandomStrings,
    ShuffledWords,
    StyleSampler,
    TextFiles,
)
from glyph_integrations.training.examples import IGNORED
from glyph_integrations.training.pages import typeset

if TYPE_CHECKING:
    from collections.abc import Callable

    from glyph_integrations.counting import ModelSpec
    from glyph_integrations.models.local.patches import PatchLayout
    from glyph_integrations.rendering import RenderStyle
    from glyph_integrations.training.config import Corpus, Lesson, Task, TrainingConfig
    from glyph_integrations.training.corpus import TextSource
    from glyph_integrations.training.examples import Encoder, Example
    from glyph_integrations.training.pages import CellGrid, TypesetPage

_SNIPPET: Final = (20, 900)  # characters of a text before another one follows it
_TRIES: Final = 1000
_BEYOND: Final = (-0.4, 0.0, 1.0, 2.0, 8.0)  # pages of a document, about, beside those that are asked about


class Lessons(Dataset[dict[str, Any]]):
    """The batches of a run.

    Args:
        config: Of the run.
        spec: What the model's pages cost.
        layout: How they are cut.
        encoder: Encodes examples for it.
        cells: Of the glyph alignment; None where it is not learned.
        source: Where texts come from.
        processes: How many processes train together; each gets its own batches.

    Raises:
        LoadError: The corpus names files of questions that cannot be read.
    """

    def __init__(
        self,
        config: TrainingConfig,
        *,
        spec: ModelSpec,
        layout: PatchLayout,
        encoder: Encoder,
        cells: CellGrid | None,
        source: TextSource,
        processes: int = 1,
    ) -> None:
        self._config = config
        self._spec = spec
        self._layout = layout
        self._encoder = encoder
        self._cells = cells
        self._source = source
        self._processes = processes
        self._documents = AskedDocuments(config.corpus.questions, config.corpus.questions_share)
        self._prompt = transcription_text(spec)
        self._makers: dict[Task, Callable[[Random, RenderStyle, Lesson], list[Example]]] = {
            "transcribe": self._transcribe,
            "locate": self._locate,
            "go_on": self._go_on,
            "find": self._find,
            "interleave": self._interleave,
            "complete": self._complete,
            "ask": self._ask,
        }

    def __len__(self) -> int:
        return self._config.steps * self._processes

    def __getitem__(self, index: int) -> dict[str, Any]:
        """The batch of this number; ``replies`` says whether the text model learns from it."""
        rng = Random(f"{self._config.seed}/{index}")  # noqa: S311 - training, not cryptography
        phase = self._config.phase_at(index // self._processes)
        (lesson,) = rng.choices(phase.lessons, [lesson.weight for lesson in phase.lessons])
        examples = self._makers[lesson.task](rng, self._style(rng, lesson), lesson)
        batch = batch_of(examples, self._layout, pad_token_id=self._encoder.pad_token_id, cells=self._cells)
        if self._config.misread:
            batch["input_ids"] = misread(batch["input_ids"], batch["labels"], self._config.misread, rng)
        return {**batch, "replies": phase.replies}

    def _encoder_of(self, lesson: Lesson) -> Encoder:
        return self._encoder.limited(most=lesson.reply_tokens or None, room=lesson.tokens or None)

    def _style(self, rng: Random, lesson: Lesson) -> RenderStyle:
        if self._config.style != SAMPLED:
            return _sized(render_style(self._config.style), lesson)
        sampler = StyleSampler()
        for _ in range(_TRIES):
            with suppress(StyleError):  # its type or its margins are too large for the page: draw again
                style = _sized(sampler.sample(rng), lesson)
                style.geometry(*self._spec.fit(style.px(style.page_width), style.px(style.page_height)))
                return style
        raise StyleError(f"no sampled style fits pages of {lesson.width}×{lesson.height} px: make them larger")

    def _pages(self, rng: Random, style: RenderStyle, count: int) -> list[TypesetPage]:
        """So many full pages of texts that follow each other."""
        pages: list[TypesetPage] = []
        parts: list[str] = []
        length = 400
        while len(pages) < count:
            while sum(map(len, parts)) < length:
                parts.append(self._text(rng))
            *full, _ = typeset("\n".join(parts), style, self._spec)  # the last is shorter
            pages = [page for page in full if page.text.strip()]
            length = max(2 * length if not pages else int(length * (count + 1) / len(pages) * 1.1), length + 1)
        return pages[:count]

    def _single_pages(self, rng: Random, style: RenderStyle, lesson: Lesson, count: int) -> list[TypesetPage]:
        """So many pages, some of which end early."""
        pages = self._pages(rng, style, count)
        if lesson.ending:
            pages = [self._ended(page, rng, style) if rng.random() < lesson.ending else page for page in pages]
        return pages

    def _ended(self, page: TypesetPage, rng: Random, style: RenderStyle) -> TypesetPage:
        """The beginning of a page, ended as its style ends last pages."""
        text = page.text[: rng.randint(1, len(page.text))]
        return next(typeset(text, style, self._spec)) if text.strip() else page

    def _runs(self, rng: Random, style: RenderStyle, lesson: Lesson) -> list[list[TypesetPage]]:
        """For each example two or more pages that follow each other."""
        count = max(lesson.pages, 2)
        pages = self._pages(rng, style, lesson.batch * count)
        return [pages[start : start + count] for start in range(0, len(pages), count)]

    def _text(self, rng: Random) -> str:
        for _ in range(_TRIES):
            if text := self._source.sample(rng, rng.randint(*_SNIPPET)):
                return text
        raise EmptyError("the corpus gives no text: name files or datasets whose text is in Latin letters")

    def _transcribe(self, rng: Random, style: RenderStyle, lesson: Lesson) -> list[Example]:
        pages = self._single_pages(rng, style, lesson, lesson.batch)
        return [tasks.transcribe(page, self._encoder, self._prompt) for page in pages]

    def _go_on(self, rng: Random, style: RenderStyle, lesson: Lesson) -> list[Example]:
        pages = self._single_pages(rng, style, lesson, lesson.batch)
        return [
            tasks.go_on(
                page, rng, self._encoder_of(lesson), questions=lesson.questions, characters=rng.randint(10, 100)
            )
            for page in pages
        ]

    def _locate(self, rng: Random, style: RenderStyle, lesson: Lesson) -> list[Example]:
        pages = self._single_pages(rng, style, lesson, lesson.batch + 1)
        return [
            tasks.locate(page, other.text, rng, self._encoder_of(lesson), questions=lesson.questions)
            for page, other in pairwise(pages)
        ]

    def _find(self, rng: Random, style: RenderStyle, lesson: Lesson) -> list[Example]:
        pages = self._single_pages(rng, style, lesson, lesson.batch + 1)
        return [
            tasks.find_passages(page, other.text, rng, self._encoder_of(lesson), questions=lesson.questions)
            for page, other in pairwise(pages)
        ]

    def _interleave(self, rng: Random, style: RenderStyle, lesson: Lesson) -> list[Example]:
        return [tasks.interleave(pages, rng, self._encoder) for pages in self._runs(rng, style, lesson)]

    def _complete(self, rng: Random, style: RenderStyle, lesson: Lesson) -> list[Example]:
        return [tasks.complete(pages, rng, self._encoder) for pages in self._runs(rng, style, lesson)]

    def _ask(self, rng: Random, style: RenderStyle, lesson: Lesson) -> list[Example]:
        (one,) = self._pages(rng, style, 1)
        encoder = self._encoder_of(lesson)
        examples = []
        for _ in range(lesson.batch):
            shown = rng.randint(1, lesson.pages)
            length = max(int(len(one.text) * (shown + rng.choice(_BEYOND))), 200)
            document = self._documents.draw(rng, length=length)
            pages = list(typeset(document.text, style, self._spec))
            first = rng.randrange(max(len(pages) - shown, 0) + 1)
            window = range(first, min(first + shown, len(pages)))
            example = tasks.ask_facts(
                document,
                pages,
                window,
                rng,
                encoder,
                questions=lesson.questions,
                unanswerable=lesson.unanswerable,
            )
            examples.append(example)
        return examples


def _sized(style: RenderStyle, lesson: Lesson) -> RenderStyle:
    points = 72 / style.dpi
    sides = {"page_width": lesson.width * points, "page_height": lesson.height * points}
    return style.replace(**{side: length for side, length in sides.items() if length})


def misread(input_ids: torch.Tensor, labels: torch.Tensor, share: float, rng: Random) -> torch.Tensor:
    """Token ids of which a share of those that are learned is exchanged for others that are; all [B, N]."""
    generator = torch.Generator().manual_seed(rng.getrandbits(63))
    learned = labels != IGNORED
    wrong = learned & (torch.rand(labels.shape, generator=generator) < share)
    others = labels[learned]
    drawn = torch.randint(len(others), (int(wrong.sum()),), generator=generator)
    return input_ids.masked_scatter(wrong, others[drawn])


def text_source(corpus: Corpus) -> TextSource:
    """The mixture that a configuration describes.

    Raises:
        LoadError: A file is not there, is damaged, or holds no text.
        ValueError: No source that is there has a weight.
    """
    texts: list[TextSource] = []
    if corpus.files:
        texts.append(TextFiles(corpus.files))
    for named in corpus.datasets:
        name, _, column = named.partition(":")
        texts.append(DatasetTexts.load(name, column=column or "text"))
    parts: list[tuple[float, TextSource]] = [(corpus.random, RandomStrings()), (corpus.documents, Documents())]
    for text in texts:
        parts += [(corpus.prose / len(texts), text), (corpus.shuffled / len(texts), ShuffledWords(text))]
    return Mixture(parts)
