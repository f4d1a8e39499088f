"""Text that leaves no mark on the page: letters of a font without shapes, behind a mask, or used as a clip alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glyph_integrations.source.formats.pdf.lines import Line, Span

MARK = 8
"""Of 255 steps between neighbouring pixels; smoothed edges of the faintest letters that are seen have more."""
SCALE = 0.7
"""Pixels per pt that suffice to see whether there is anything."""


def find_blank(drawn: NDArray[np.uint8], scale: float, lines: list[Line]) -> list[tuple[int, Span]]:
    """The spans in whose boxes the page is of one colour, with their lines' positions; those with letters or digits.

    Args:
        drawn: The whole page in gray, [height, width].
        scale: Its pixels per pt.
        lines: Of the page.
    """
    spans = [
        (number, span)
        for number, line in enumerate(lines)
        for span in line.spans
        if any(map(str.isalnum, line.text[span.start : span.end]))
    ]
    if not spans:
        return []
    step = max(int(scale / SCALE), 1)
    marks = _count_marks(drawn[::step, ::step], [span for _, span in spans], scale / step)
    return [spans[i] for i in np.flatnonzero(marks == 0).tolist()]


def _count_marks(drawn: NDArray[np.uint8], spans: list[Span], scale: float) -> NDArray[np.int32]:
    """In how many places of each span's box neighbouring pixels differ."""
    above, below = drawn[:-1, :-1], drawn[1:, :-1]
    right = drawn[:-1, 1:]
    edges = (np.maximum(above, right) - np.minimum(above, right) > MARK) | (
        np.maximum(above, below) - np.minimum(above, below) > MARK
    )
    total = np.zeros((edges.shape[0] + 1, edges.shape[1] + 1), np.int32)
    np.cumsum(np.cumsum(edges, 0, dtype=np.int32), 1, out=total[1:, 1:])
    boxes = np.array([span.box for span in spans]) * scale
    x0, x1 = (np.clip(side, 0, edges.shape[1]).astype(int) for side in (np.floor(boxes[:, 0]), np.ceil(boxes[:, 2])))
    y0, y1 = (np.clip(side, 0, edges.shape[0]).astype(int) for side in (np.floor(boxes[:, 1]), np.ceil(boxes[:, 3])))
    counts: NDArray[np.int32] = total[y1, x1] - total[y0, x1] - total[y1, x0] + total[y0, x0]
    return counts
