"""``OpenSource``: a source loaded, rendered for a model and divided into windows, ready to be asked about."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from glyph_integrations.counting import count_text_tokens
from glyph_integrations.errors import EmptyError, UnsupportedError
from glyph_integrations.reading.alignment import SourceIndex
from glyph_integrations.reading.citations import citations
from glyph_integrations.reading.sources import gather
from glyph_integrations.reading.windows import Window, rendered
from glyph_integrations.rendering.characters import in_ascii

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glyph_integrations.counting import ModelSpec, TextTokens
    from glyph_integrations.reading.alignment import Passage
    from glyph_integrations.reading.answer import Citation
    from glyph_integrations.reading.sources import Sources
    from glyph_integrations.reading.windows import Overflow
    from glyph_integrations.rendering import Rendering, RenderStyle
    from glyph_integrations.source import SourceText


_FOREIGN = 0.05  # of the letters: a name or a quotation in another script does no harm


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a long reading has come.

    Attributes:
        stage: ``"load"``, ``"render"`` (pages), ``"prefill"`` and ``"read"`` (windows; of a
            transcription pages).
        done: How many of them are done.
        total: How many there are.
    """

    stage: Literal["load", "render", "prefill", "read"]
    done: int
    total: int


ProgressCallback = Callable[[Progress], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class OpenSource:
    """A source that can be asked about.

    Attributes:
        text: The source.
        rendering: Its pages for one model.
        windows: Its pages as they are read together.
    """

    text: SourceText
    rendering: Rendering
    windows: tuple[Window, ...]
    tokenizer: str
    _drawing: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _seconds: dict[str, float] = field(default_factory=dict, repr=False)

    @classmethod
    def open(
        cls,
        sources: Sources,
        spec: ModelSpec,
        *,
        style: str | RenderStyle,
        overflow: Overflow,
        tokenizer: str,
        progress: ProgressCallback | None = None,
    ) -> OpenSource:
        """Loads, renders and draws.

        Raises:
            LoadError: A source cannot be loaded, or is nothing that this model reads.
            WindowOverflowError: It does not fit the model's window, and ``overflow`` allows nothing else.
        """
        tell = progress or _ignore
        tell(Progress(stage="load", done=0, total=1))
        text = gather(sources)
        tell(Progress(stage="load", done=1, total=1))
        began = time.perf_counter()
        if not text.text.strip() and not text.pictures:
            raise EmptyError("the source holds neither text nor pictures: there is nothing to read")
        if spec.reads_ascii_only:
            _require_english(text, spec.name)
        rendering, ranges = rendered(text, spec, style, overflow, tokenizer)
        pages = []
        for page in rendering:
            pages.append(page)
            tell(Progress(stage="render", done=len(pages), total=len(rendering)))
        windows = tuple(Window(first=r.start, pages=tuple(pages[r.start : r.stop])) for r in ranges)
        seconds = {"load": text.seconds, "render": time.perf_counter() - began}
        return cls(text=text, rendering=rendering, windows=windows, tokenizer=tokenizer, _seconds=seconds)

    @cached_property
    def batches(self) -> tuple[range, ...]:
        """Indices of the windows that are read at the same time: as many as one window of the model could hold.

        More than one only where something else than its size bounds a window, such as one page at a time.
        """
        spec = self.rendering.spec
        tokens = [sum(spec.page_tokens(page.width, page.height) for page in window.pages) for window in self.windows]
        batches, first = [], 0
        for index in range(1, len(tokens) + 1):
            if index == len(tokens) or sum(tokens[first : index + 1]) > spec.window:
                batches.append(range(first, index))
                first = index
        return tuple(batches)

    @cached_property
    def index(self) -> SourceIndex:
        """Finds passages in the text."""
        return SourceIndex(self.text.text)

    @cached_property
    def window_tokens(self) -> tuple[TextTokens, ...]:
        """What each window's text would cost as text."""
        ranges = (window.char_range for window in self.windows)
        return tuple(count_text_tokens(self.text.text[start:end], self.tokenizer) for start, end in ranges)

    def spans(self, window: Window) -> tuple[tuple[str, int, int], ...]:
        """Which pages of a window show which source: id, first page, last page, from 1; none for a single source."""
        if len(self.text.sources) < 2:
            return ()
        spans = []
        for source in self.text.sources:
            owned = range(source.first_page, source.last_page)
            shown = [page.index + 1 for page in window.pages if any(number in owned for number in page.source_pages)]
            if shown:
                spans.append((source.name, shown[0], shown[-1]))
        return tuple(spans)

    def cite(self, passages: Sequence[Passage]) -> tuple[Citation, ...]:
        """Passages of the text as citations."""
        with self._drawing:
            return citations(passages, self.text, self.rendering)

    def take_seconds(self) -> dict[str, float]:
        """Seconds spent on loading, rendering and prefilling, for the first answer; none for later ones."""
        with self._drawing:
            taken = {"load": 0.0, "render": 0.0, **self._seconds}
            self._seconds.clear()
        return taken

    def add_seconds(self, stage: str, seconds: float) -> None:
        """Adds to what the next answer reports."""
        with self._drawing:
            self._seconds[stage] = self._seconds.get(stage, 0.0) + seconds


def _require_english(text: SourceText, model: str) -> None:
    """Refuses what a model that knows ASCII alone would make nonsense of.

    Raises:
        UnsupportedError: It is a scan, or written in another script.
    """
    letters = Counter(filter(str.isalpha, text.text))
    foreign = sum(count for letter, count in letters.items() if not letter.isascii() and not in_ascii(letter))
    if not text.text.strip():
        raise UnsupportedError(f"{model} reads text, and this source holds pictures only: take Glyph or another model")
    if foreign > _FOREIGN * letters.total():
        raise UnsupportedError(
            f"{model} reads English, and {foreign / letters.total():.0%} of this source's letters are of other "
            "scripts: take Glyph or another model"
        )


def _ignore(_: Progress) -> None:
    """Nobody wants to know."""
