"""Mutates files of every format and loads them: ``python benchmarks/fuzz.py --count 10000 --seed 1 --jobs 2``.

Every mutant must end as a text or as one of the package's typed errors, within the time and memory that are promised.
A failing mutant is written to the directory given with ``--keep``; the same seed makes the same mutants.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import sys
import time
import zipfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from glyph_integrations.errors import GlyphError, LoadError
from glyph_integrations.source import load
from glyph_integrations.source.isolation import end_idle_children
from glyph_integrations.source.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_SECONDS = 30.0
MOST_MEMORY = 1 << 30
PROSE = "The lighthouse keeper counted the ships that passed before noon, 12 of them, and wrote their names down. " * 6
KIB = 1 if sys.platform == "darwin" else 1024


class Outcome(NamedTuple):
    """What became of one mutant; ``failure`` is what an untyped exception was."""

    number: int
    name: str
    kind: str
    seconds: float
    failure: str


def main() -> int:
    """Runs the mutants and reports; 1 if a promise was broken."""
    options = _options()
    seeds = [*builtin_seeds(), *directory_seeds(options.seeds)]
    seeds = [seed for seed in seeds if seed[0].endswith(options.only)]
    print(f"{len(seeds)} seeds ({', '.join(sorted({name.rpartition('.')[2] for name, _ in seeds}))})")
    started = time.perf_counter()
    outcomes: Counter[str] = Counter()
    slowest = Outcome(-1, "", "", 0.0, "")
    failures = []
    jobs = ((number, *seeds[number % len(seeds)], options.seed, options.keep) for number in range(options.count))
    with ProcessPoolExecutor(options.jobs) as pool:
        for outcome in pool.map(run, jobs, chunksize=16):
            outcomes[outcome.kind] += 1
            slowest = max(slowest, outcome, key=lambda one: one.seconds)
            if outcome.failure:
                failures.append(outcome)
                print(f"FAILED {outcome.number} {outcome.name}: {outcome.failure}")
        peak = max(pool.map(peak_memory, range(options.jobs * 4)))
    print(f"{options.count:,} mutants in {time.perf_counter() - started:.0f} s")
    print(", ".join(f"{kind} {count:,}" for kind, count in outcomes.most_common()))
    print(f"slowest: {slowest.name} (mutant {slowest.number}, {slowest.kind}) {slowest.seconds:.2f} s")
    print(f"peak memory of a child: {peak / (1 << 20):.0f} MiB")
    return int(bool(failures) or slowest.seconds > MOST_SECONDS + 2 or peak > MOST_MEMORY)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seeds", type=Path, help="a directory of further files to mutate")
    parser.add_argument("--only", default="", help="mutate only seeds whose names end so: pdf")
    parser.add_argument("--keep", type=Path, help="where mutants that break a promise are written")
    return parser.parse_args()


def run(job: tuple[int, str, bytes, int, Path | None]) -> Outcome:
    """Makes one mutant and loads it."""
    number, name, data, seed, keep = job
    mutant = mutate(data, random.Random(f"{seed}:{number}"))  # noqa: S311 - reproducible, not secret
    started = time.perf_counter()
    failure = ""
    try:
        load(mutant, limits=Limits(seconds=MOST_SECONDS, memory=MOST_MEMORY))
        kind = "ok"
    except LoadError as error:
        kind = error.code
        failure = _leak(str(error))
    except GlyphError as error:
        kind, failure = type(error).__name__, _leak(str(error))
    except Exception as error:  # noqa: BLE001 - finding these is the purpose
        kind = "untyped"
        failure = f"{type(error).__name__}: {error}"
    seconds = time.perf_counter() - started
    if keep and (failure or seconds > MOST_SECONDS):
        keep.mkdir(parents=True, exist_ok=True)
        (keep / f"{number}-{name}").write_bytes(mutant)
    return Outcome(number, name, kind, seconds, failure)


def _leak(message: str) -> str:
    """What a message gives away: a path or an address."""
    return f"message leaks: {message}" if str(Path.home()) in message or "0x" in message else ""


def peak_memory(_: int) -> int:
    """Of the largest child that this process has had, in bytes."""
    end_idle_children()  # only what has ended is counted
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * KIB


def mutate(data: bytes, chance: random.Random) -> bytes:
    """One to four changes: flipped bytes, cuts, splices, repeated chunks, changed numbers; zips also inside."""
    if data[:2] == b"PK" and chance.random() < 0.7:
        return _mutate_member(data, chance)
    changes: list[Callable[[bytearray, random.Random], bytearray]] = [_flip, _cut, _splice, _repeat, _renumber]
    mutant = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        if mutant:
            mutant = chance.choices(changes, weights=[4, 1, 2, 2, 3])[0](mutant, chance)
    return bytes(mutant)


def _flip(data: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.choice([1, 2, 8, 64])):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return data


def _cut(data: bytearray, chance: random.Random) -> bytearray:
    return data[: chance.randrange(len(data))]


def _splice(data: bytearray, chance: random.Random) -> bytearray:
    start, end = sorted((chance.randrange(len(data)), chance.randrange(len(data))))
    return data[:start] + data[min(end, start + 2_000) :]


def _repeat(data: bytearray, chance: random.Random) -> bytearray:
    start = chance.randrange(len(data))
    chunk = data[start : start + chance.choice([4, 64, 1_000])]
    return data[:start] + chunk * chance.choice([2, 10, 200]) + data[start:]


def _renumber(data: bytearray, chance: random.Random) -> bytearray:
    """Replaces a run of digits: lengths, counts, sizes and offsets are where parsers trip."""
    places = [i for i in range(len(data)) if 48 <= data[i] <= 57] if len(data) < 200_000 else []
    if not places:
        return _flip(data, chance)
    start = end = chance.choice(places)
    while end < len(data) and 48 <= data[end] <= 57:
        end += 1
    number = chance.choice([b"0", b"-1", b"1", b"65536", b"2147483647", b"99999999999999999999"])
    return data[:start] + bytearray(number) + data[end:]


def _mutate_member(data: bytes, chance: random.Random) -> bytes:
    """Mutates the content of one member, so that the parser behind the zip gets it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [(info, archive.read(info)) for info in archive.infolist()]
    target = chance.randrange(len(members))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (info, content) in enumerate(members):
            archive.writestr(info.filename, mutate(content, chance) if number == target and content else content)
    return out.getvalue()


def directory_seeds(directory: Path | None) -> Iterator[tuple[str, bytes]]:
    """The files of a directory that are not too large to mutate often."""
    for path in sorted(directory.iterdir()) if directory else ():
        if path.is_file() and path.stat().st_size < 4 << 20:
            yield path.name, path.read_bytes()


def builtin_seeds() -> Iterator[tuple[str, bytes]]:
    """A small file of every format whose library is installed."""
    makers = [_pdf, _reportlab, _docx, _pptx, _xlsx, _epub, _odt, _text, _email, _images]
    for maker in makers:
        try:
            yield from maker()
        except ImportError as error:
            print(f"no {maker.__name__.strip('_')} seeds: {error.name} is not installed")


def _pdf() -> Iterator[tuple[str, bytes]]:
    import pymupdf

    made = pymupdf.open()
    for number in range(3):
        page = made.new_page(width=420, height=595)
        page.insert_textbox((40, 40, 380, 200), PROSE, fontsize=10)
        page.draw_rect((40, 220, 380, 260), fill=(0, 0, 0.5))
        page.insert_text((50, 245), f"white on blue {number}", color=(1, 1, 1))
        page.insert_text((50, 300), "hidden", color=(1, 1, 1))
        for row in range(4):
            for column in range(3):
                page.insert_text((60 + 100 * column, 350 + 20 * row), str(row * 1000 + column))
                page.draw_rect((50 + 100 * column, 335 + 20 * row, 150 + 100 * column, 355 + 20 * row))
        page.insert_image((100, 450, 300, 550), stream=_image("PNG"))
        page.add_freetext_annot((50, 560, 250, 580), "a note")
    field = pymupdf.Widget()
    field.field_name, field.field_value = "name", "Ada"
    field.field_type, field.rect = pymupdf.PDF_WIDGET_TYPE_TEXT, pymupdf.Rect(300, 560, 380, 580)
    made[0].add_widget(field)
    made.set_toc([[1, "One", 1], [2, "Two", 2]])
    yield "plain.pdf", made.tobytes()
    yield "packed.pdf", made.tobytes(garbage=3, deflate=True, use_objstms=1)
    yield "open.pdf", made.tobytes(ascii=True, expand=255)
    yield "locked.pdf", made.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="owner")


def _reportlab() -> Iterator[tuple[str, bytes]]:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pageCompression=0)
    for number in range(2):
        canvas.drawString(72, 720, f"page {number}: {PROSE[:80]}")
        canvas.circle(200, 400, 80)
        canvas.showPage()
    canvas.save()
    yield "reportlab.pdf", out.getvalue()


def _docx() -> Iterator[tuple[str, bytes]]:
    import docx

    made = docx.Document()
    made.add_heading("A heading", 1)
    made.add_paragraph(PROSE)
    made.add_paragraph("first", style="List Number")
    table = made.add_table(rows=2, cols=2)
    table.cell(0, 0).text = "cell"
    made.sections[0].header.paragraphs[0].text = "header"
    made.add_picture(io.BytesIO(_image("PNG")))
    yield from _saved("word.docx", made.save)


def _pptx() -> Iterator[tuple[str, bytes]]:
    import pptx

    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[1])
    slide.shapes.title.text = "A slide"
    slide.placeholders[1].text = PROSE
    slide.notes_slide.notes_text_frame.text = "notes"
    yield from _saved("slides.pptx", made.save)


def _xlsx() -> Iterator[tuple[str, bytes]]:
    import openpyxl

    made = openpyxl.Workbook()
    sheet = made.active
    for row in range(20):
        sheet.append([row, f"text {row}", row / 7, f"=A{row + 1}*2"])
    made.create_sheet("second")["B2"] = "lonely"
    yield from _saved("sheets.xlsx", made.save)


def _epub() -> Iterator[tuple[str, bytes]]:
    out = io.BytesIO()
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata/><manifest>'
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>'
    )
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        archive.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="c.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
        )
        archive.writestr("c.opf", package)
        archive.writestr(
            "a.xhtml", f"<html><body><h1>One</h1><p>{PROSE}</p><table><tr><td>1</td></tr></table></body></html>"
        )
    yield "book.epub", out.getvalue()


def _odt() -> Iterator[tuple[str, bytes]]:
    import odfdo

    made = odfdo.Document("text")
    made.body.append(odfdo.Header(1, "A heading"))
    made.body.append(odfdo.Paragraph(PROSE))
    yield from _saved("open.odt", made.save)
    sheets = odfdo.Document("spreadsheet")
    table = odfdo.Table("one", width=3, height=4)
    table.set_value("A1", 12.5)
    table.set_value("B2", "text")
    sheets.body.append(table)
    yield from _saved("open.ods", sheets.save)
    slides = odfdo.Document("presentation")
    page = odfdo.DrawPage("page1", name="one")
    page.append(odfdo.Frame.text_frame(PROSE, size=("8cm", "4cm"), position=("1cm", "1cm")))
    slides.body.append(page)
    yield from _saved("open.odp", slides.save)


def _text() -> Iterator[tuple[str, bytes]]:
    yield "page.html", f"<html><body><h1>One</h1><p>{PROSE}</p><ul><li>x<li>y</ul><table><tr><td>1</table>".encode()
    yield "plain.txt", (PROSE + "漢字 ü é\n").encode()
    yield "latin.txt", ("Füße und Öl, café, naïve. " * 20).encode("latin-1")
    yield "wide.txt", PROSE.encode("utf-16")
    yield "notes.md", f"# One\n\n{PROSE}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n".encode()
    yield "rows.csv", "\n".join(f'{n},"text {n}",{n / 3:.2f}' for n in range(50)).encode()
    yield "values.json", b'{"a": [1, 2, {"b": "text"}], "c": null}'
    yield "rich.rtf", rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0\fs24 Hello \b bold\b0  world \u8364? \par next\par}"


def _email() -> Iterator[tuple[str, bytes]]:
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = "Ships", "keeper@example.org", "harbour@example.org"
    made.set_content(PROSE)
    made.add_alternative(f"<p>{PROSE}</p>", subtype="html")
    made.add_attachment(b"a,b\n1,2\n", maintype="text", subtype="csv", filename="rows.csv")
    yield "message.eml", made.as_bytes()
    yield "box.mbox", b"From keeper@example.org Sat Nov 28 10:00:00 2026\n" + made.as_bytes() + b"\n"
    yield (
        "meeting.ics",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Ships\r\nDTSTART:20261128T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    )
    yield "card.vcf", b"BEGIN:VCARD\r\nFN:Ada Lovelace\r\nTEL:+44 20 7946 0000\r\nEND:VCARD\r\n"


def _images() -> Iterator[tuple[str, bytes]]:
    for kind in ("PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP"):
        yield f"image.{kind.lower()}", _image(kind)


def _image(kind: str) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.radial_gradient("L").resize((90, 70)).convert("RGB").save(out, kind)
    return out.getvalue()


def _saved(name: str, save: Callable[[io.BytesIO], object]) -> Iterator[tuple[str, bytes]]:
    out = io.BytesIO()
    save(out)
    yield name, out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
