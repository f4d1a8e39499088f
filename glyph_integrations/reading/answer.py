"""``Answer``: what a model said about a source, where it stands there, and what it cost."""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass, field
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, Literal

from glyph_integrations.rendering.png import encode

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    from glyph_integrations.models.generation import Finish
    from glyph_integrations.source.text import Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Part of a page: of the source, or of the rendering.

    Attributes:
        index: Index of the page, from 0: into ``SourceText.pages``, or into the rendering.
        box: Normalised to 0–1 from the top left corner.
        width: Of the page; pt in a source (0 where it has no fixed pages), px in a rendering.
        height: Of the page, likewise.
    """

    index: int
    box: Box
    width: float
    height: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Citation:
    """A passage of the source that an answer rests on.

    Attributes:
        quote: The passage as it stands in the source.
        source: Id of the source.
        page: Number of its (first) page within that source, from 1.
        label: What is printed on that page ("iv"), or the name of the sheet.
        start: First character in ``SourceText.text``.
        end: Character after the last.
        places: Where it lies in the source, in order; it may span lines and pages.
        rendered: Where it lies on the rendered pages that the model read.
        similarity: 1.0 where the model quoted it to the letter, else how near its words came, 0–1.
        crop: The part of the rendered page that shows it: gray or RGB values.
    """

    quote: str
    source: str
    page: int
    label: str
    start: int
    end: int
    places: tuple[Place, ...]
    rendered: tuple[Place, ...]
    similarity: float
    crop: NDArray[np.uint8] | None = field(default=None, repr=False)

    @property
    def box(self) -> Box:
        """The first of ``places``, without its page."""
        return self.places[0].box

    @property
    def image(self) -> Image | None:
        """The crop as a Pillow image."""
        if self.crop is None:
            return None
        from PIL import Image

        return Image.fromarray(self.crop)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, without the crop."""
        return {
            "quote": self.quote,
            "source": self.source,
            "page": self.page,
            "label": self.label,
            "characters": [self.start, self.end],
            "places": [_place(place) for place in self.places],
            "rendered": [_place(place) for place in self.rendered],
            "similarity": round(self.similarity, 4),
        }

    def _repr_png_(self) -> bytes | None:
        return None if self.crop is None else encode(self.crop)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One string of an answer, held against the source.

    Attributes:
        kind: A ``"quote"``, or an ``"exact"`` string: an identifier, number, date, amount or address.
        text: As it stands in the answer now.
        status: ``"found"`` in the source; ``"corrected"`` from it, after the model had misread it; ``"absent"``;
            ``"unchecked"`` where the search would have taken too long, so that nobody knows.
        read_as: What the model had written, where it was corrected.
    """

    kind: Literal["quote", "exact"]
    text: str
    status: Literal["found", "corrected", "absent", "unchecked"]
    read_as: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What an answer cost, all passes and windows together.

    Attributes:
        text_tokens: What the source would cost as text.
        tokenizer: Whose text tokens those are; ``"estimate"`` where no tokenizer is on the machine.
        visual_tokens: What its pages cost.
        expansion_tokens: Text that went with the pages: the factsheet of exact strings, and pages expanded to text;
            and visual tokens of pages shown once more, sharper.
        prompt_tokens: Prompts as the host counted them, cached tokens included.
        output_tokens: Generated, thinking included.
        cached_tokens: Of the prompts, tokens that had been prefilled before.
        seconds: ``load``, ``render``, ``prefill``, ``decode``.
    """

    text_tokens: int = 0
    tokenizer: str = "estimate"
    visual_tokens: int = 0
    expansion_tokens: int = 0
    prompt_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def compression_ratio(self) -> float:
        """Text tokens for each token that stands for the document: pages and expansion, not prompt and question."""
        return self.text_tokens / max(self.visual_tokens + self.expansion_tokens, 1)

    def __add__(self, other: Usage) -> Usage:
        """Both together; the tokenizer is that of the first."""
        stages = dict.fromkeys((*self.seconds, *other.seconds))
        return Usage(
            text_tokens=self.text_tokens + other.text_tokens,
            tokenizer=self.tokenizer,
            visual_tokens=self.visual_tokens + other.visual_tokens,
            expansion_tokens=self.expansion_tokens + other.expansion_tokens,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            seconds={stage: self.seconds.get(stage, 0.0) + other.seconds.get(stage, 0.0) for stage in stages},
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        seconds = {name: round(value, 4) for name, value in self.seconds.items()}
        return {**asdict(self), "seconds": seconds, "compression_ratio": round(self.compression_ratio, 3)}


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What a model said about a source.

    Attributes:
        question: What it was asked.
        text: The answer; empty if abstained. Exact strings that were misread are corrected.
        abstained: The model said that the document does not hold the answer, or its reply was withheld.
        withheld: What it replied, as far as it came, where that was too unlikely to pass for an answer
            (``ModelSpec.least_likelihood``).
        citations: Passages of the source that it quoted.
        checks: What was held against the source, and how that ended.
        finish: Why it ended: ``"stop"``; ``"length"`` and ``"repetition"`` where it is incomplete; ``"unlikely"`` where
            it was withheld.
        thinking: What the model thought before it answered.
        data: The answer as JSON, if it was asked for by a schema.
        usage: What it cost.
        logprob: Mean log probability of its tokens, where the host tells.
        model: Name of the model.
        style: Name of the style that the pages were rendered in.
        windows: Answers to the windows of a document too long for one, before they were merged.
        expanded: Indices of the rendered pages whose source text (or sharper picture) the model was given too.
    """

    question: str
    text: str
    abstained: bool = False
    withheld: str = ""
    citations: tuple[Citation, ...] = ()
    checks: tuple[Check, ...] = ()
    finish: Finish = "stop"
    thinking: str = field(default="", repr=False)
    data: Any = None
    usage: Usage = field(default_factory=Usage, repr=False)
    logprob: float | None = None
    model: str = ""
    style: str = ""
    windows: tuple[Answer, ...] = field(default=(), repr=False)
    expanded: tuple[int, ...] = ()

    @cached_property
    def verified(self) -> bool:
        """Whether something of it was held against the source, and all of that stands there (corrected or not)."""
        return bool(self.checks) and all(check.status in {"found", "corrected"} for check in self.checks)

    def __str__(self) -> str:
        return "Not in the document." if self.abstained else self.text

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "question": self.question,
            "text": self.text,
            "abstained": self.abstained,
            "withheld": self.withheld,
            "verified": self.verified,
            "citations": [citation.to_dict() for citation in self.citations],
            "checks": [asdict(check) for check in self.checks],
            "finish": self.finish,
            "thinking": self.thinking,
            "data": self.data,
            "usage": self.usage.to_dict(),
            "logprob": self.logprob,
            "model": self.model,
            "style": self.style,
            "windows": [window.to_dict() for window in self.windows],
            "expanded": list(self.expanded),
        }

    def _repr_html_(self) -> str:
        """The answer, and each citation with the crop of its page."""
        state = "not in the document" if self.abstained else "verified" if self.verified else "not verified"
        parts = [f"<p><b>{escape(self.question)}</b></p><p>{escape(self.text)}</p>"]
        parts.append(f"<p><small>{state} · {self.usage.compression_ratio:.2f}× · {escape(self.model)}</small></p>")
        for citation in self.citations:
            where = f"{citation.source}, page {citation.label or citation.page}"
            parts.append(f"<blockquote>{escape(citation.quote)}<br><small>{escape(where)}</small>")
            if citation.crop is not None:
                data = base64.b64encode(encode(citation.crop)).decode()
                parts.append(f'<br><img src="data:image/png;base64,{data}" style="max-width: 100%">')
            parts.append("</blockquote>")
        return "".join(parts)


def _place(place: Place) -> dict[str, Any]:
    return {
        "index": place.index,
        "box": [round(side, 5) for side in place.box],
        "width": place.width,
        "height": place.height,
    }
