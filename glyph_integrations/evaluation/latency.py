"""Seconds from a text to an answer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from glyph_integrations.evaluation.lookup import papers
from glyph_integrations.evaluation.machine import cores
from glyph_integrations.evaluation.results import Latency
from glyph_integrations.source import SourceText

if TYPE_CHECKING:
    from glyph_integrations.reading import Reader


def measure_latency(reader: Reader, *, documents: int, pages: int, seed: int) -> Latency:
    """Times one question about each of some documents: rendering, reading and answering.

    A document before them, which does not count, warms up whatever is slow only once.

    Raises:
        GlyphError: A document does not fit the model, or the model could not answer.
    """
    drawn = papers(
        reader.model.spec,
        style=reader.style,
        documents=documents + 1,
        pages=pages,
        questions=documents + 1,
        seed=seed + 1,  # not those of the lookup questions, which a server may have kept
    )
    seconds, read = [], []
    for paper in drawn:
        began = time.perf_counter()
        with reader.open(SourceText.from_string(paper.text)) as session:
            session.ask(paper.queries[0].question)
            seconds.append(time.perf_counter() - began)
            read.append(len(session.rendering))
    return Latency(pages=tuple(read[1:]), seconds=tuple(seconds[1:]), cores=cores())
