"""``RenderReport``: what a rendering holds, what it costs and what was left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glyph_integrations.counting import TextTokens
    from glyph_integrations.source.text import Dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class RasterPage:
    """A source page, or part of one, that is shown as a picture: which rendered page, which source page, and why."""

    page: int
    source_page: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderReport:
    """What a rendering holds and costs.

    Attributes:
        style: Name of the style.
        style_fingerprint: Its hash.
        spec: Name of the model spec that counted the visual tokens.
        characters: Characters of the source text.
        pages: Rendered pages.
        text_tokens: What the text would cost as text, and whose tokens those are.
        visual_tokens: What the pages cost.
        compression_ratio: Text tokens per visual token; pictures that stand for no text count on one side only.
        seconds: Time spent on loading, and on layout and drawing so far.
        escaped: Characters that no font has or that have no ink, drawn as ``⟦U+XXXX⟧``, with their counts.
        dropped: Text that loading left out.
        raster_pages: Pages that show pictures.
    """

    style: str
    style_fingerprint: str
    spec: str
    characters: int
    pages: int
    text_tokens: TextTokens
    visual_tokens: int
    compression_ratio: float
    seconds: Mapping[str, float]
    escaped: Mapping[str, int]
    dropped: tuple[Dropped, ...]
    raster_pages: tuple[RasterPage, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "style": {"name": self.style, "fingerprint": self.style_fingerprint},
            "spec": self.spec,
            "characters": self.characters,
            "pages": self.pages,
            "text_tokens": {
                "count": self.text_tokens.count,
                "tokenizer": self.text_tokens.tokenizer,
                "exact": self.text_tokens.exact,
            },
            "visual_tokens": self.visual_tokens,
            "compression_ratio": round(self.compression_ratio, 3),
            "seconds": {name: round(value, 4) for name, value in self.seconds.items()},
            "escaped": {f"U+{ord(character):04X}": count for character, count in self.escaped.items()},
            "dropped": [
                {
                    "reason": item.reason,
                    "characters": item.characters,
                    "count": item.count,
                    "text": item.text,
                    "source_page": item.page,
                    "box": item.box and [round(side, 4) for side in item.box],
                    "hidden": item.hidden,
                }
                for item in self.dropped
            ],
            "raster_pages": [
                {"page": item.page, "source_page": item.source_page, "reason": item.reason}
                for item in self.raster_pages
            ],
        }

    def rows(self) -> list[tuple[str, str]]:
        """The report as labelled lines for people."""
        tokens = f"{self.text_tokens.count:,} ({self.text_tokens.tokenizer})"
        count = len(self.raster_pages)
        pictures = f", with {count:,} picture{'s' * (count > 1)}" if count else ""
        rows = [
            ("style", f"{self.style} [{self.style_fingerprint}]"),
            ("characters", f"{self.characters:,}"),
            ("pages", f"{self.pages:,}{pictures}"),
            ("text tokens", tokens),
            ("visual tokens", f"{self.visual_tokens:,} ({self.spec})"),
            ("compression ratio", f"{self.compression_ratio:.2f}×"),
            ("seconds", ", ".join(f"{name} {value:.2f}" for name, value in self.seconds.items())),
        ]
        if self.escaped:
            shown = ", ".join(f"U+{ord(c):04X} × {n:,}" for c, n in list(self.escaped.items())[:8])
            rows.append(("escaped", shown + (", …" if len(self.escaped) > 8 else "")))
        for hidden, label in ((True, "hidden text left out"), (False, "left out")):
            characters: Counter[str] = Counter()
            pieces: Counter[str] = Counter()
            for item in self.dropped:
                if item.hidden is hidden:
                    characters[item.reason] += item.characters
                    pieces[item.reason] += item.count
            if pieces:
                phrases = (
                    f"{reason}: {characters[reason]:,} characters" if characters[reason] else f"{reason}: {count:,}"
                    for reason, count in pieces.items()
                )
                rows.append((label, ", ".join(phrases)))
        return rows

    def __str__(self) -> str:
        return "\n".join(f"{label:<22}{value}" for label, value in self.rows())

    def _repr_html_(self) -> str:
        rows = (f"<tr><th align=left>{escape(k)}</th><td>{escape(v)}</td></tr>" for k, v in self.rows())
        return f"<table>{''.join(rows)}</table>"
