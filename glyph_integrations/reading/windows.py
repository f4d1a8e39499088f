"""Windows: how many of a rendering's pages a model reads at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from glyph_integrations.errors import WindowOverflowError
from glyph_integrations.rendering import RenderStyle, plan, render
from glyph_integrations.rendering.plan import answer_room

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glyph_integrations.counting import ModelSpec
    from glyph_integrations.rendering import Page, Rendering
    from glyph_integrations.source import SourceText

Overflow = Literal["error", "windows", "denser"]
"""What happens with pages that one window does not hold: refuse, read window by window, or take a denser style."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Window:
    """Consecutive pages that are read together.

    Attributes:
        first: Index of the first in the rendering.
        pages: The pages.
    """

    first: int
    pages: tuple[Page, ...] = field(repr=False)

    @property
    def numbers(self) -> tuple[int, int]:
        """Numbers of the first and the last page, from 1."""
        return self.first + 1, self.first + len(self.pages)

    @property
    def char_range(self) -> tuple[int, int]:
        """The characters ``[start, end)`` of the source text that they show."""
        return self.pages[0].char_range[0], self.pages[-1].char_range[1]


def rendered(
    text: SourceText, spec: ModelSpec, style: str | RenderStyle, overflow: Overflow, tokenizer: str
) -> tuple[Rendering, list[range]]:
    """Renders a text for a model, and says which pages go into which window; draws nothing yet.

    Raises:
        WindowOverflowError: The pages do not fit one window, and ``overflow`` allows nothing else.
    """
    rendering = render(text, style, spec, tokenizer=tokenizer)
    windows = list(split(rendering, spec))
    if len(windows) > 1 and overflow == "denser":
        try:
            weighed = plan(text, spec)
        except WindowOverflowError as error:  # pages of the denser styles are larger than the window
            raise WindowOverflowError(f"no denser style fits {spec.name}: {error}; pass overflow='windows'") from error
        weighed.require_fit()
        rendering = render(text, weighed.chosen.style, spec, tokenizer=tokenizer)
        windows = list(split(rendering, spec))
    if len(windows) > 1 and overflow != "windows":
        needed = sum(spec.page_tokens(*size) for size in rendering.page_sizes)
        limit = f", and at most {spec.images_per_request} images" if spec.images_per_request else ""
        raise WindowOverflowError(
            f"needs {needed:,} visual tokens in style {rendering.style.name!r}, has {_budget(spec):,} "
            f"({spec.name}{limit}): pass overflow='windows' to read it in {len(windows)} windows, overflow='denser' "
            "for a denser style, or take a model with a larger window"
        )
    return rendering, windows


def split(rendering: Rendering, spec: ModelSpec) -> Iterator[range]:
    """Fills windows with whole pages, in order; room for question and answer is left in each.

    Raises:
        WindowOverflowError: One page is larger than a window.
    """
    budget, most = _budget(spec), spec.images_per_request or len(rendering)
    first, taken = 0, 0
    for index, size in enumerate(rendering.page_sizes):
        tokens = spec.page_tokens(*size)
        if tokens > budget:
            raise WindowOverflowError(
                f"page {index + 1} alone needs {tokens:,} tokens, and a window of {spec.name} has {budget:,} for "
                "pages: take smaller pages (RenderStyle.page_height) or a model with a larger window"
            )
        if taken + tokens > budget or index - first >= most:
            yield range(first, index)
            first, taken = index, 0
        taken += tokens
    yield range(first, len(rendering))


def _budget(spec: ModelSpec) -> int:
    return spec.window - answer_room(spec)
