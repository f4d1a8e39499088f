"""Words that lie across the text of a page: DRAFT, CONFIDENTIAL, the name of who printed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from glyph_integrations.source.formats.pdf.graphics import area, shared

if TYPE_CHECKING:
    from glyph_integrations.source.formats.pdf.lines import Line

LARGER = 1.8
"""From this many times the size of most text, words that lie across other lines are a watermark."""
LEAST_CROSSED = 2
"""Lines of text that a watermark lies across."""
CROSSED = 0.2
"""Share of the lower one of two boxes that both share, where one line lies across another."""


def lift_watermarks(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """Return the lines of a page without its watermarks, and those.

    A watermark would cut the columns that it lies across.
    """
    if len(lines) <= LEAST_CROSSED:
        return lines, []
    sizes = np.array([line.size for line in lines])
    weights = np.array([len(line.text) for line in lines])
    order = np.argsort(sizes)
    usual = float(sizes[order][np.searchsorted(weights[order].cumsum(), weights.sum() / 2)])
    large = sizes >= LARGER * usual
    if not large.any():
        return lines, []
    boxes = np.array([line.box for line in lines], float)
    text = boxes[~large]
    areas = np.array([area(line.box) for line in lines])[~large]
    marks = {
        number
        for number in np.flatnonzero(large).tolist()
        if (shared(text, lines[number].box) > CROSSED * areas).sum() >= LEAST_CROSSED
    }
    kept = [line for number, line in enumerate(lines) if number not in marks]
    return kept, [lines[number] for number in sorted(marks)]
