"""``plan``: does a text fit a model's window, in which style, in how many windows, and is rendering worth it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from glyph_integrations.counting import ModelSpec, TextTokens, count_text_tokens, model_spec
from glyph_integrations.errors import WindowOverflowError
from glyph_integrations.rendering.presets import PRESETS
from glyph_integrations.rendering.rendering import Rendering, render
from glyph_integrations.source.text import SourceText

ANSWER_TOKENS = 8192
"""Tokens of the window left for question and answer (Glyph's published ``max_tokens``), but at most a quarter of it."""
_FROM_SHARP_TO_DENSE = ("glyph-120", "glyph-96", "glyph", "dense")
# Letters and digits mixed, or long runs of digits: what models misread without noticing.
_IDENTIFIER = re.compile(r"(?<!\w)(?=\w*\d)(?=[\w-]*[A-Za-z\d-])[\w-]{8,}(?!\w)")
_DENSE_IDENTIFIERS = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleOption:
    """What one style would cost.

    Attributes:
        style: Name of the preset.
        pages: Pages.
        visual_tokens: Visual tokens of the pages.
        page_tokens: Room they take in the window, with the tokens around each page.
        windows: Windows they need, each with whole pages.
        compression_ratio: Text tokens per visual token.
    """

    style: str
    pages: int
    visual_tokens: int
    page_tokens: int
    windows: int
    compression_ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to bring a text to a model.

    Attributes:
        spec: Name of the model spec.
        budget: Tokens that pages may take in one window.
        text_tokens: What the text costs as text.
        chosen: The sharpest style that fits one window, no sharper than the model's default; else the densest.
        options: All styles that were weighed, from sharp to dense.
        renders: Whether to render at all; if not, the text is better sent as text.
        reason: Why, with the numbers.
    """

    spec: str
    budget: int
    text_tokens: TextTokens
    chosen: StyleOption
    options: tuple[StyleOption, ...]
    renders: bool
    reason: str

    @property
    def fits(self) -> bool:
        """Whether the chosen style fits one window."""
        return self.chosen.windows == 1

    def require_fit(self) -> None:
        """Does nothing if the chosen style fits one window.

        Raises:
            WindowOverflowError: It does not; the message holds the numbers.
        """
        if not self.fits:
            raise WindowOverflowError(
                f"needs {self.chosen.page_tokens:,} visual tokens in style {self.chosen.style!r}, has {self.budget:,} "
                f"({self.spec}): read it in {self.chosen.windows} windows, or take a model with a larger one"
            )


def plan(source_text: SourceText | str, spec: str | ModelSpec = "glm4v", *, budget: int | None = None) -> Plan:
    """Weighs the styles for a text and a model; lays out, draws nothing.

    Args:
        source_text: What would be read.
        spec: The model that would read it.
        budget: Tokens that pages may take in one window; by default the model's window less room for the
            answer (``ANSWER_TOKENS``, or a quarter of a small window).

    Raises:
        UnknownModelError: There is no such spec.
        WindowOverflowError: The budget holds not even one page.
    """
    if isinstance(source_text, str):
        source_text = SourceText.from_string(source_text)
    model = model_spec(spec)
    budget = model.window - answer_room(model) if budget is None else budget
    tokens = count_text_tokens(source_text.text)
    default = model.default_style
    names = dict.fromkeys((default, *_FROM_SHARP_TO_DENSE[_sharpness(default) + 1 :]))
    options = tuple(_option(render(source_text, PRESETS[name], model), tokens, model, budget) for name in names)
    chosen = next((option for option in options if option.windows == 1), options[-1])
    renders, reason = worth_rendering(source_text, tokens, chosen.page_tokens)
    return Plan(
        spec=model.name,
        budget=budget,
        text_tokens=tokens,
        chosen=chosen,
        options=options,
        renders=renders,
        reason=reason,
    )


def answer_room(spec: ModelSpec) -> int:
    """Tokens of a model's window that are left for question and answer."""
    return min(ANSWER_TOKENS, spec.window // 4)


def _sharpness(name: str) -> int:
    return _FROM_SHARP_TO_DENSE.index(name) if name in _FROM_SHARP_TO_DENSE else len(_FROM_SHARP_TO_DENSE)


def _option(rendering: Rendering, tokens: TextTokens, model: ModelSpec, budget: int) -> StyleOption:
    sizes = rendering.page_sizes
    visual = sum(model.visual_tokens(*size) for size in sizes)
    taken = [model.page_tokens(*size) for size in sizes]
    return StyleOption(
        style=rendering.style.name,
        pages=len(sizes),
        visual_tokens=visual,
        page_tokens=sum(taken),
        windows=_windows(taken, budget, model.images_per_request),
        compression_ratio=tokens.count / max(visual, 1),
    )


def _windows(taken: list[int], budget: int, images: int | None) -> int:
    """How many windows whole pages need, filled in order."""
    if max(taken, default=0) > budget:
        raise WindowOverflowError(f"a budget of {budget:,} tokens holds no page: one takes {max(taken):,}")
    windows, room, left = 0, 0, 0
    for tokens in taken:
        if tokens > room or left == 0:
            windows, room, left = windows + 1, budget, images or len(taken)
        room, left = room - tokens, left - 1
    return windows


def worth_rendering(source_text: SourceText, tokens: TextTokens, page_tokens: int) -> tuple[bool, str]:
    """Whether a text is better shown as pages that take so much room than sent as text, and why."""
    if source_text.pictures:
        return True, f"{len(source_text.pictures)} pages or figures can only be shown as pictures"
    if tokens.count <= page_tokens:
        return False, f"as text it takes {tokens.count:,} tokens, as pages {page_tokens:,}"
    text = source_text.text
    share = sum(len(match.group()) for match in _IDENTIFIER.finditer(text)) / max(len(text), 1)
    if share > _DENSE_IDENTIFIERS:
        return False, f"{share:.0%} of it are identifiers or long numbers, which are misread from pages"
    return True, f"as text it takes {tokens.count:,} tokens, as pages {page_tokens:,}"
