"""Checking answers against large and repetitive sources: seconds, and what becomes of each quote.

python benchmarks/verification.py [--characters N] [--quote N]
"""

from __future__ import annotations

import argparse
import random
import time
from typing import TYPE_CHECKING

from glyph_integrations.reading.alignment import SourceIndex
from glyph_integrations.reading.verification import verify

if TYPE_CHECKING:
    from collections.abc import Iterator

SENTENCE = "The tenant pays the rent of EUR 1,200.00 on the first of each month. "


def words(size: int, seed: int) -> str:
    """Text of random words."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    known = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(2, 9))) for _ in range(3000)]
    return " ".join(draw.choices(known, k=size // 6))


def misread(text: str) -> str:
    """Every twentieth character another."""
    return "".join("x" if at % 20 == 0 else character for at, character in enumerate(text))


def sources(size: int) -> Iterator[tuple[str, str]]:
    """Texts of many kinds."""
    yield "random words", words(size, 0)
    yield "one sentence", SENTENCE * (size // len(SENTENCE))
    for piece in ("a", "a ", "1", " ", ".", "a-", "/a"):
        yield f"{piece!r} repeated", piece * (size // len(piece))
    yield "numbers", " ".join(map(str, range(size // 8)))
    yield "identifiers", " ".join(f"AB-{number:06d}-X" for number in range(size // 12))


def quotes(text: str, size: int) -> Iterator[tuple[str, str]]:
    """Quotes of one length: from the text, and from elsewhere."""
    own = text[1000 : 1000 + size]
    yield "its own", own
    yield "its own, misread", misread(own)
    yield "other words", words(size, 1)
    yield "parts of it", " … ".join(text[at : at + 20] for at in range(1000, size, 1000))
    yield "another sentence", misread(SENTENCE * (size // len(SENTENCE)))
    for piece in ("a", ".", "[ ", " "):
        yield f"{piece!r} repeated", f"x{piece * (size // len(piece))}y"
    yield "identifiers", " ".join(f"AC-{number:06d}-Y" for number in range(size // 12))


def main() -> None:
    """Prints a table in Markdown: each quote as a quote, and as an answer whose exact strings are checked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--characters", type=int, default=10_000_000, help="of a source")
    parser.add_argument("--quote", type=int, default=64_000, help="characters of a quote")
    options = parser.parse_args()
    print("| source | quote | as a quote, s | | as an answer, s |\n|---|---|---|---|---|")
    slowest = 0.0
    for name, text in sources(options.characters):
        index = SourceIndex(text)
        for kind, quote in quotes(text, options.quote):
            began = time.perf_counter()
            checks = verify("", [quote], index).checks
            halfway = time.perf_counter()
            verify(quote, [], index)
            ended = time.perf_counter()
            slowest = max(slowest, halfway - began, ended - halfway)
            status = checks[0].status if checks else "no quote"
            print(f"| {name} | {kind} | {halfway - began:.2f} | {status} | {ended - halfway:.2f} |", flush=True)
    print(f"\nThe slowest took {slowest:.2f} s.")


if __name__ == "__main__":
    main()
