"""Renders a document, saves its pages, and finds a phrase in the pages and in the source.

``python samples/render_document.py [FILE [PHRASE]]``
"""

from __future__ import annotations

import sys
from pathlib import Path

from glyph_integrations import load, render

DEMO = Path(__file__).parent / "documents" / "demo.pdf"


def main(file: Path = DEMO, phrase: str = "GB-7719-K", output: Path = Path("out/sample")) -> None:
    """Prints the report and where the phrase first lies; writes one PNG file for each page."""
    text = load(file)
    pages = render(text, style="glyph")
    output.mkdir(parents=True, exist_ok=True)
    for page in pages:
        (output / f"page-{page.index + 1:03}.png").write_bytes(page.png())
    print(pages.report)

    start = text.text.find(phrase)
    if start < 0:
        print(f"{phrase!r} is not in {file.name}")
        return
    end = start + len(phrase)
    for index in pages.pages_of(start, end):
        page = pages[index]
        for box in page.boxes(start, end):
            x0, y0, x1, y1 = box.x0 * page.width, box.y0 * page.height, box.x1 * page.width, box.y1 * page.height
            print(f"{phrase!r} is on rendered page {index + 1}, at ({x0:.0f}, {y0:.0f}) to ({x1:.0f}, {y1:.0f}) px")
    for place in text.locate(start, end):
        page_label = text.pages[place.page].label
        box = ", ".join(f"{side:.3f}" for side in place.box)
        print(f"{phrase!r} is on page {page_label} of {place.source}, at ({box}) of the page")


if __name__ == "__main__":
    main(*[Path(sys.argv[1])] if len(sys.argv) > 1 else [], *sys.argv[2:3])
