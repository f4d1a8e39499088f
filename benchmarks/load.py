"""Loading long sources: seconds, and the peak memory of the program and of the parsing subprocess.

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

PAGES, CHARACTERS = 1_000, 50_000_000


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
        make(path) if path.is_dir() else measure(path)
        return
    with tempfile.TemporaryDirectory() as folder:
        # Making them too: a process begins with the peak of the one that starts it.
        for name in (".", "text.txt", "pages.pdf"):
            subprocess.run([sys.executable, __file__, str(Path(folder, name))], check=True)


if __name__ == "__main__":
    main()
