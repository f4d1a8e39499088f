"""Text to PNG pages: this package against Glyph's own way (reportlab, then poppler, then PNG), in one run.

Every measurement is a process of its own, pinned to one core; both sides take turns. CPU seconds count the process and
all it starts. Needs poppler's ``pdftoppm`` (Debian: ``poppler-utils``) and the ``dev`` extra.

    python benchmarks/render.py [--english FILE] [--chinese FILE] [--rounds N]

Without files, a text of the length of a novel is put together from random words.
"""

from __future__ import annotations

import argparse
import importlib
import io
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

SIZES = (10_000, 100_000, 1_000_000, 10_000_000, 50_000_000)


def ours(text: str, style: str, *, png: bool) -> int:
    """Renders a text with this package; returns the number of pages."""
    from glyph_integrations.rendering import render

    pages = 0
    with tempfile.TemporaryDirectory() as folder:
        for page in render(text, style):
            if png:
                Path(folder, f"{page.index}.png").write_bytes(page.png())
            pages += 1
    return pages


def reference(text: str, font: str) -> int:
    """Renders a text the way Glyph's published code does, with its published configuration.

    595×842 pt, 9 on 10 pt, margins 10, 72 dpi; the page and each paragraph are painted white; thirty lines to a
    Paragraph; poppler in batches of twenty pages; every page cropped to its width and saved as PNG.
    """
    import numpy as np
    from pdf2image import convert_from_bytes, pdfinfo_from_bytes
    from reportlab.lib import colors
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    def white(canvas: Any, _: Any) -> None:
        canvas.setFillColor(colors.white)
        canvas.rect(0, 0, 595, 842, stroke=0, fill=1)

    pdfmetrics.registerFont(TTFont("body", font))
    wrap = "CJK" if any("\u4e00" <= character <= "\u9fff" for character in text) else None
    style = ParagraphStyle("body", fontName="body", fontSize=9, leading=10, wordWrap=wrap, backColor=colors.white)
    lines = escape(text).replace("  ", "&nbsp;&nbsp;").split("\n")
    story = [Paragraph("<br/>".join(lines[at : at + 30]), style) for at in range(0, len(lines), 30)]
    pdf = io.BytesIO()
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), 10)
    template = SimpleDocTemplate(pdf, pagesize=(595, 842), **margins)
    template.build(story, onFirstPage=white, onLaterPages=white)
    data = pdf.getvalue()
    pages = int(pdfinfo_from_bytes(data)["Pages"])
    with tempfile.TemporaryDirectory() as folder:
        for first in range(1, pages + 1, 20):
            batch = convert_from_bytes(data, dpi=72, first_page=first, last_page=min(first + 19, pages))
            for number, page in enumerate(batch, start=first):
                gray = np.array(page.convert("L"))
                inked = np.flatnonzero((np.abs(gray - np.median(gray[:2, :2])) > 5).any(axis=0))
                right = min(page.width, int(inked[-1]) + 11) if inked.size else page.width
                page.crop((0, 0, right, page.height)).save(Path(folder, f"{number}.png"), "PNG")
    return pages


def measure(job: dict[str, object]) -> dict[str, float]:
    """Runs one job in a fresh process on one core."""
    done = subprocess.run(
        [sys.executable, __file__, "--job", json.dumps(job)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr)
    return dict(json.loads(done.stdout))


def run(job: dict[str, str]) -> None:
    """The process of one measurement: prints its figures as JSON."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    text = Path(job["text"]).read_text(encoding="utf-8")
    # Libraries are loaded before the clock starts, on both sides.
    needed = {"reference": ("pdf2image", "reportlab.platypus", "reportlab.pdfbase.ttfonts", "numpy")}
    for module in needed.get(job["side"], ("glyph_integrations.rendering", "glyph_integrations.counting.models")):
        importlib.import_module(module)
    idle = _cpu()
    began = time.perf_counter()
    if job["side"] == "reference":
        pages = reference(text, job["font"])
    else:
        pages = ours(text, job["style"], png=job["side"] == "png")
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    figures = {"cpu": _cpu() - idle, "wall": time.perf_counter() - began, "pages": pages, "peak_mib": peak / 1024}
    print(json.dumps(figures))


def _cpu() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def compare(label: str, text: Path, style: str, font: str, rounds: int) -> None:
    """Takes turns between the sides and prints medians and the ratio of CPU time, round by round."""
    sides: dict[str, list[dict[str, float]]] = {"reference": [], "png": [], "pixels": []}
    for _ in range(rounds):
        for side, results in sides.items():
            results.append(measure({"side": side, "text": str(text), "style": style, "font": font}))
    print(f"\n{label}: {len(text.read_text(encoding='utf-8')):,} characters, style {style}, {rounds} rounds")
    print(f"{'':<28}{'CPU s':>8}{'pages/s':>10}{'peak MiB':>10}{'× reference':>13}")
    names = {"reference": "reportlab → poppler → PNG", "png": "text → PNG", "pixels": "layout and raster alone"}
    for side, results in sides.items():
        cpu = statistics.median(result["cpu"] for result in results)
        ratios = [a["cpu"] / b["cpu"] for a, b in zip(sides["reference"], results, strict=True)]
        print(
            f"{names[side]:<28}{cpu:>8.3f}{results[0]['pages'] / cpu:>10.0f}"
            f"{max(result['peak_mib'] for result in results):>10.0f}{statistics.median(ratios):>13.1f}"
        )


def scaling(folder: Path, words: str) -> None:
    """Prints the time for a page as the text grows."""
    print(f"\nscaling, style glyph\n{'characters':>12}{'pages':>8}{'CPU ms/page':>13}{'peak MiB':>10}")
    for size in SIZES:
        path = folder / f"{size}.txt"
        path.write_text((words * (size // len(words) + 1))[:size], encoding="utf-8")
        result = measure({"side": "png", "text": str(path), "style": "glyph", "font": ""})
        per_page = 1000 * result["cpu"] / result["pages"]
        print(f"{size:>12,}{result['pages']:>8.0f}{per_page:>13.2f}{result['peak_mib']:>10.0f}")
        path.unlink()


def novel(seed: int = 0) -> str:
    """A million characters of random words in paragraphs, in the proportions of English prose."""
    draw = random.Random(seed)  # noqa: S311 - a benchmark, not a secret
    words = ["".join(draw.choices("etaoinshrdlucmfwypvbgk", k=draw.randint(1, 9))) for _ in range(8000)]
    paragraphs = (" ".join(draw.choices(words, k=draw.randint(20, 200))) + "." for _ in range(1700))
    return "\n".join(paragraphs)


def main() -> None:
    """Parses the command line and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--english", type=Path, help="a text file, instead of random words")
    parser.add_argument("--chinese", type=Path, help="a text file in Chinese, measured too")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--job", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        run(json.loads(options.job))
        return
    with tempfile.TemporaryDirectory() as folder:
        english = options.english or Path(folder, "novel.txt")
        if options.english is None:
            english.write_text(novel(), encoding="utf-8")
        from glyph_integrations.rendering.fonts import fallback_fonts, font_data

        sans = Path(folder, "sans.ttf")
        sans.write_bytes(font_data("sans"))
        compare("English", english, "glyph", str(sans), options.rounds)
        if options.chinese is not None:
            cjk = Path(folder, "cjk.ttf")
            cjk.write_bytes(next(data for data in fallback_fonts("sans") if _has(data, "红")))
            compare("Chinese", options.chinese, "cjk", str(cjk), options.rounds)
        scaling(Path(folder), english.read_text(encoding="utf-8"))


def _has(data: bytes, character: str) -> bool:
    from glyph_integrations.rendering.fonts import open_face

    return bool(open_face(data).get_char_index(character))


if __name__ == "__main__":
    main()
