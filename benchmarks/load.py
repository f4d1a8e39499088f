"""Loading long sources: seconds, and the peak memory of the program and of the parsing subprocess.

For a filing of 200 pages of statements, also the CPU time beside that of MuPDF's own ``get_text(sort=True)``, both in
one process, in turns.

python benchmarks/load.py
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

PAGES, CHARACTERS = 1_000, 50_000_000
STATEMENTS, ROWS, ROUNDS = 200, 46, 3


def words(count: int, draw: random.Random) -> str:
    """Random words of prose-like lengths."""
    return " ".join("".join(draw.choices("etaoinshrdlucmfwypvbgk", k=draw.randint(1, 9))) for _ in range(count))


def make(folder: Path) -> None:
    """Writes a text of 50 million characters and a PDF of 1,000 dense pages."""
    import pymupdf

    draw = random.Random(0)  # noqa: S311 - a benchmark, not a secret
    paragraph = words(20_000, draw) + "\n"
    (folder / "text.txt").write_text((paragraph * (CHARACTERS // len(paragraph) + 1))[:CHARACTERS], encoding="utf-8")
    document = pymupdf.open()
    for _ in range(PAGES):
        page = document.new_page()
        page.insert_textbox((50, 50, 545, 800), words(600, draw), fontsize=10)
    document.save(folder / "pages.pdf")


def make_filing(path: Path) -> None:
    """Writes 200 pages of statements as filings have them: shaded cell by cell, signs in columns of their own."""
    from reportlab.pdfgen.canvas import Canvas

    draw = random.Random(0)  # noqa: S311 - a benchmark, not a secret
    canvas = Canvas(str(path), pagesize=(612, 792))
    for page in range(STATEMENTS):
        canvas.setFont("Times-Bold", 9)
        canvas.drawString(40, 740, f"Consolidated statements, part {page + 1}")
        for x, year in ((400, "2023"), (480, "2022"), (560, "2021")):
            canvas.drawRightString(x, 722, year)
            canvas.line(x - 60, 718, x, 718)
        for row in range(ROWS):
            _draw_row(canvas, draw, row, 705 - 14 * row)
        canvas.showPage()
    canvas.save()


def _draw_row(canvas: Any, draw: random.Random, row: int, y: float) -> None:
    if row % 2 == 0:
        canvas.setFillColorRGB(0.8, 0.93, 1.0)
        for x, wide in ((40, 290), (330, 12), (342, 60), (410, 12), (422, 60), (490, 12), (502, 60)):
            canvas.rect(x, y - 3, wide, 14, stroke=0, fill=1)
        canvas.setFillColorRGB(0, 0, 0)
    canvas.setFont("Times-Roman", 9)
    canvas.drawString(44 + 8 * (row % 3), y, words(6, draw)[:48])
    for x in (400, 480, 560):
        if row % 5 == 0:
            canvas.drawString(x - 64, y, "$")
        amount = f"{draw.randint(1, 99_999):,}"
        canvas.drawRightString(x - 3, y, f"({amount}" if row % 7 == 3 else amount)
        if row % 7 == 3:
            canvas.drawString(x - 3, y, ")")
        if row % 9 == 8:
            canvas.line(x - 60, y - 3, x, y - 3)


def compare(path: Path) -> None:
    """Prints the CPU time of loading a PDF beside that of MuPDF's sorted text, in turns in this process."""
    import pymupdf

    from glyph_integrations.source import Limits, load

    ours: list[float] = []
    plain: list[float] = []
    for _ in range(ROUNDS):
        began = time.process_time()
        with pymupdf.open(path) as document:
            for page in document:
                page.get_text(sort=True)
        plain.append(time.process_time() - began)
        began = time.process_time()
        load(path, limits=Limits(isolated=False))
        ours.append(time.process_time() - began)
    ratio = min(ours) / min(plain)
    print(f"{path.name}: {min(ours):.2f} s of CPU, get_text(sort=True) {min(plain):.2f} s: {ratio:.2f}x")


def measure(path: Path) -> None:
    """Loads one file and prints what it took; one process per file, so that peaks do not mix."""
    from glyph_integrations.source import load
    from glyph_integrations.source.isolation import end_idle_children

    began = time.perf_counter()
    text = load(path)
    seconds = time.perf_counter() - began
    end_idle_children()  # only what has ended is counted
    own, child = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(
        f"{path.name}: {len(text.pages):,} pages, {len(text):,} characters in {seconds:.1f} s; "
        f"peak {own:.0f} MiB, subprocess {child:.0f} MiB"
    )


def main() -> None:
    """Makes the files and measures each in a process of its own."""
    if len(sys.argv) > 1:
        path = Path(sys.argv[1])
        if path.is_dir():
            make(path)
            make_filing(path / "filing.pdf")
        else:
            compare(path) if path.name == "filing.pdf" else measure(path)
        return
    with tempfile.TemporaryDirectory() as folder:
        # Making them too: a process begins with the peak of the one that starts it.
        for name in (".", "text.txt", "pages.pdf", "filing.pdf"):
            subprocess.run([sys.executable, __file__, str(Path(folder, name))], check=True)


if __name__ == "__main__":
    main()
