"""``SourceText``: a source's linear text and the map back to where every character came from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, overload

import numpy as np

from glyph_integrations.source.names import print_name

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

REGION = np.dtype([("start", "<i8"), ("end", "<i8"), ("page", "<i4"), ("box", "<f4", (4,))])
"""One row of ``SourceText.regions``: characters ``[start, end)`` lie in ``box`` of ``pages[page]``."""


class Box(NamedTuple):
    """A rectangle on a page, normalised to 0–1 from the top left corner."""

    x0: float
    y0: float
    x1: float
    y1: float


WHOLE_PAGE = Box(0.0, 0.0, 1.0, 1.0)
_AT_ONCE = 4096
EXCERPT = 120
"""Characters that are kept of what was left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedFile:
    """A file within a source: a picture of a Word file, the attachment of a message.

    Attributes:
        name: As the source calls it, without any folder.
        data: Its bytes.
        media_type: What the source says that it is; empty where it says nothing.
    """

    name: str
    data: bytes = field(repr=False)
    media_type: str = ""


class RasterRequest(NamedTuple):
    """A part of a source page (by its index within the source), to be drawn ``width`` × ``height`` px large."""

    page: int
    box: Box
    width: int
    height: int
    colour: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the array."""
        return (self.height, self.width, 3) if self.colour else (self.height, self.width)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    """One page (slide, sheet, chapter) of a source.

    Attributes:
        number: Position within its source, from 1.
        label: What is printed on it ("iv"), or its name (a sheet), or the number.
        width: Width in pt; 0 where the source has no fixed pages.
        height: Height in pt; 0 where the source has no fixed pages.
        resolution: Pixels per pt of a page that is an image, across or down, whichever are more; 0 for others.
        shown_as: Whether its text is typeset anew or its picture is shown.
        reason: Why it is shown so, for the report.
        origin: Where its words come from: the file's own text, or text recognition whose layer lies over a scan.
    """

    number: int
    label: str = ""
    width: float = 0.0
    height: float = 0.0
    resolution: float = 0.0
    shown_as: Literal["text", "raster"] = "text"
    reason: str = ""
    origin: Literal["text", "ocr"] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading: characters ``[start, end)``, level 1 being the highest."""

    start: int
    end: int
    level: int


class Spans(Sequence[tuple[int, int]]):
    """Ranges of characters, kept as an array: a table may have millions of rows."""

    def __init__(self, pairs: Iterable[tuple[int, int]] | NDArray[np.int64] = ()) -> None:
        array = pairs if isinstance(pairs, np.ndarray) else np.array(list(pairs), np.int64)
        self.array = array.reshape(-1, 2)

    def __len__(self) -> int:
        return len(self.array)

    @overload
    def __getitem__(self, index: int) -> tuple[int, int]: ...
    @overload
    def __getitem__(self, index: slice) -> Spans: ...
    def __getitem__(self, index: int | slice) -> tuple[int, int] | Spans:
        if isinstance(index, slice):
            return Spans(self.array[index])
        return int(self.array[index, 0]), int(self.array[index, 1])

    def __iter__(self) -> Iterator[tuple[int, int]]:
        for first in range(0, len(self.array), _AT_ONCE):
            yield from ((start, end) for start, end in self.array[first : first + _AT_ONCE].tolist())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (Spans, tuple, list)):
            return len(self) == len(other) and all(own == pair for own, pair in zip(self, other, strict=True))
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.array.tobytes())

    def __repr__(self) -> str:
        return f"Spans({list(self[:3])}{', …' if len(self) > 3 else ''})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: characters ``[start, end)``; ``rows`` holds the range of each row, which stays on one line.

    Cells are separated by ``" | "``; line breaks inside a cell became spaces.
    """

    start: int
    end: int
    rows: Spans

    def __post_init__(self) -> None:
        if not isinstance(self.rows, Spans):
            object.__setattr__(self, "rows", Spans(self.rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A source page, a crop of one, or a picture that the source carries, shown as a raster.

    It stands for the characters ``[start, end)``, which are then not typeset (labels inside a figure, the text
    layer of a page of formulas). For a scan and for a picture within a Word file the range is empty.

    Attributes:
        page: Index into ``SourceText.pages``: where it stands.
        box: The part that is shown, of the page or of the embedded picture.
        reason: Why it is not typeset.
        embedded: Index into ``SourceText.embedded``; None for a part of the page itself.
        width: Of an embedded picture, in pt, as the source shows it; 0 for others.
        height: Likewise.
    """

    start: int
    end: int
    page: int
    box: Box = WHOLE_PAGE
    reason: str = ""
    embedded: int | None = None
    width: float = 0.0
    height: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """What was left out of a page for one reason.

    Attributes:
        reason: A ``HiddenReason``, ``"running head"``, ``"decorative picture"``, ``"not understood: w:foo"``, …
        characters: How many characters.
        page: Index into ``SourceText.pages``; None where it belongs to no page.
        box: Around all of it, if that is known.
        hidden: True when no person could have seen it; False for what was left out for another reason.
        text: The words themselves, up to ``EXCERPT`` characters.
        count: How many pieces: words, pictures, lines.
    """

    reason: str
    characters: int
    page: int | None = None
    box: Box | None = None
    hidden: bool = True
    text: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file within a ``SourceText``: characters ``[start, end)`` and pages ``[first_page, last_page)``.

    ``name`` is the file's name (below the directory that was loaded), never an absolute path. ``metadata`` holds
    what the file says about itself (title, author, dates …) and notes about how it was read.
    """

    name: str
    media_type: str
    start: int
    end: int
    first_page: int
    last_page: int
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def printed_name(self) -> str:
        """The name as one line, for prompts and descriptions; see ``names.print_name``."""
        return print_name(self.name)


class Location(NamedTuple):
    """Where characters stand in the source: the source's name, the page's index and the box on it."""

    source: str
    page: int
    box: Box


@dataclass(frozen=True, kw_only=True, eq=False)
class SourceText:
    """A whole source as linear text, with the map from every character to its source page and box.

    Built by ``load``; ``SourceText.from_string`` wraps text that is already at hand. Immutable.

    Attributes:
        text: The text, in reading order, not normalised.
        pages: All source pages, of all sources in order.
        sources: The files it came from.
        regions: Rows of ``REGION``, sorted by start, without overlap. Characters between two regions (separators)
            belong to the one before.
        headings: In order.
        tables: In order.
        pictures: In order; ranges do not overlap.
        verbatim: Ranges of whole lines with a layout of their own (code, diagrams, tables of spaces, verse), in
            order, typeset as they stand; the rest is prose, which is reflowed.
        dropped: What did not enter ``text``, with reasons.
        embedded: The pictures that the sources carry, each once.
        attachments: Files that a source carries and that are not read yet: ``load`` reads them and leaves none.
        seconds: Time that loading took.
        origins: How ``rasters`` reaches the pages' pictures; one for each source.
    """

    text: str
    pages: tuple[SourcePage, ...]
    sources: tuple[Source, ...]
    regions: NDArray[np.void]
    headings: tuple[Heading, ...] = ()
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
    verbatim: tuple[tuple[int, int], ...] = ()
    dropped: tuple[Dropped, ...] = ()
    embedded: tuple[EmbeddedFile, ...] = ()
    attachments: tuple[EmbeddedFile, ...] = ()
    seconds: float = 0.0
    origins: tuple[Any, ...] = field(default=(), repr=False)

    @classmethod
    def from_string(cls, text: str, *, name: str = "text") -> SourceText:
        """Wraps text that needs no loading: one source page without dimensions."""
        regions = np.zeros(1 if text else 0, REGION)
        if text:
            regions[0] = (0, len(text), 0, WHOLE_PAGE)
        source = Source(name=name, media_type="text/plain", start=0, end=len(text), first_page=0, last_page=1)
        return cls(text=text, pages=(SourcePage(number=1, label="1"),), sources=(source,), regions=regions)

    def __len__(self) -> int:
        return len(self.text)

    def __repr__(self) -> str:
        names = ", ".join(source.name for source in self.sources[:3]) + (", …" if len(self.sources) > 3 else "")
        return (
            f"SourceText({names}: {len(self.text):,} characters, {len(self.pages):,} pages, "
            f"{len(self.tables):,} tables, {len(self.pictures):,} pictures)"
        )

    def locate(self, start: int, end: int) -> tuple[Location, ...]:
        """Says where characters ``[start, end)`` stand in the source, one location per region, in order.

        A region that is only partly asked for is cut proportionally to its characters.

        Raises:
            IndexError: The range is not within the text.
        """
        if not 0 <= start <= end <= len(self.text):
            raise IndexError(f"range [{start}, {end}) is not within the text of {len(self.text)} characters")
        starts = self.regions["start"]
        first = max(int(np.searchsorted(starts, start, "right")) - 1, 0)
        last = int(np.searchsorted(starts, max(end, start + 1), "left"))
        return tuple(self._location(row, start, end) for row in self.regions[first:last])

    def page_text(self, page: int) -> str:
        """The text of the source page with this index; empty if it has none."""
        regions = self.regions[self.regions["page"] == page]
        return self.text[int(regions["start"].min()) : int(regions["end"].max())] if len(regions) else ""

    def page_starts(self, source: Source) -> tuple[int, ...]:
        """Where the text of each page of a source begins; a page without text begins where the next one does."""
        rows = self.regions[slice(*np.searchsorted(self.regions["start"], (source.start, source.end)))]
        pages, firsts = np.unique(rows["page"], return_index=True)
        begins = dict(zip(pages.tolist(), rows["start"][firsts].tolist(), strict=True))
        starts, after = [], source.end
        for page in range(source.last_page - 1, source.first_page - 1, -1):
            after = min(begins.get(page, after), after)
            starts.append(after if page > source.first_page else source.start)
        return tuple(reversed(starts))

    def _location(self, row: np.void, start: int, end: int) -> Location:
        page = int(row["page"])
        x0, y0, x1, y1 = (float(side) for side in row["box"])
        length = max(int(row["end"] - row["start"]), 1)
        left = min(max(start - int(row["start"]), 0), length) / length
        right = min(max(end - int(row["start"]), 0), length) / length
        box = (
            Box(x0, y0, x1, y1)
            if self.pages[page].width == 0
            else Box(x0 + (x1 - x0) * left, y0, x0 + (x1 - x0) * max(right, left), y1)
        )
        return Location(self.source_of_page(page).name, page, box)

    def source_of_page(self, page: int) -> Source:
        """The source that the page with this index belongs to."""
        for source in self.sources:
            if source.first_page <= page < source.last_page:
                return source
        raise IndexError(f"there is no page {page}: the text has {len(self.pages)}")

    def rasters(
        self, sizes: Iterable[tuple[Picture, int, int]], *, colour: bool = False
    ) -> Generator[NDArray[np.uint8], None, None]:
        """Draws pictures at the given sizes, one after another, each when it is asked for.

        Args:
            sizes: Pictures of this text, each with the width and height in px that it is drawn at.
            colour: Draw in RGB instead of gray.

        Yields:
            Arrays of shape [height, width], or [height, width, 3] in colour.

        Raises:
            LoadError: The source can no longer be read or drawn.
        """
        for (source, embedded), group in groupby(
            sizes, key=lambda size: (self.source_of_page(size[0].page), size[0].embedded)
        ):
            origin, first_page = self.origins[self.sources.index(source)], source.first_page
            if embedded is not None:
                origin = origin.for_embedded(self.embedded[embedded])
            yield from origin.rasters(
                RasterRequest(picture.page - first_page if embedded is None else 0, picture.box, width, height, colour)
                for picture, width, height in group
            )

    def extent(self, picture: Picture) -> tuple[float, float]:
        """Return the width and height in pt of the whole that ``picture.box`` is a part of; 0 where not known."""
        if picture.embedded is not None:
            return picture.width, picture.height
        page = self.pages[picture.page]
        return page.width, page.height

    def to_bytes(self) -> bytes:
        """Everything but ``origins`` as plain data (JSON, UTF-8 and array bytes), for caches and other processes."""
        text = self.text.encode("utf-8", "surrogatepass")
        values = {
            name: [asdict(value) for value in getattr(self, name)]
            for name in ("pages", "sources", "headings", "pictures", "dropped")
        }
        rows = [table.rows.array for table in self.tables]
        files = self.embedded + self.attachments
        head = json.dumps(
            {
                **values,
                "verbatim": self.verbatim,
                "tables": [(table.start, table.end, len(table.rows)) for table in self.tables],
                "seconds": self.seconds,
                "bytes": len(text),
                "files": [(file.name, file.media_type, len(file.data)) for file in files],
                "embedded": len(self.embedded),
            }
        ).encode()
        arrays = (*(array.tobytes() for array in rows), self.regions.tobytes())
        return b"".join((len(head).to_bytes(8, "little"), head, text, *(file.data for file in files), *arrays))

    @classmethod
    def from_bytes(cls, data: bytes) -> SourceText:
        """The inverse of ``to_bytes``.

        Raises:
            ValueError: The bytes are not what ``to_bytes`` writes.
        """
        try:
            start = 8 + int.from_bytes(data[:8], "little")
            head = json.loads(data[8:start])
            middle = position = start + head["bytes"]
            files = []
            for name, media_type, length in head["files"]:
                file = data[position : position + length]
                files.append(EmbeddedFile(name=name, media_type=media_type, data=file))
                position += length
            tables = []
            for first, last, count in head["tables"]:
                rows = np.frombuffer(data[position : position + 16 * count], np.int64)
                tables.append(Table(start=first, end=last, rows=Spans(rows)))
                position += 16 * count
            return cls(
                embedded=tuple(files[: head["embedded"]]),
                attachments=tuple(files[head["embedded"] :]),
                text=data[start:middle].decode("utf-8", "surrogatepass"),
                pages=tuple(SourcePage(**value) for value in head["pages"]),
                sources=tuple(Source(**value) for value in head["sources"]),
                regions=np.frombuffer(data[position:], REGION),
                headings=tuple(Heading(**value) for value in head["headings"]),
                tables=tuple(tables),
                pictures=tuple(Picture(**{**value, "box": Box(*value["box"])}) for value in head["pictures"]),
                verbatim=tuple((start, end) for start, end in head["verbatim"]),
                dropped=tuple(
                    Dropped(**{**value, "box": Box(*value["box"]) if value["box"] else None})
                    for value in head["dropped"]
                ),
                seconds=float(head["seconds"]),
            )
        except (KeyError, TypeError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise ValueError("these bytes are no SourceText") from error


def concatenate(texts: Sequence[SourceText], *, separator: str = "\n") -> SourceText:
    """Joins several texts into one, in order, every offset and page index shifted."""
    if len(texts) == 1:
        return texts[0]
    parts: list[str] = []
    joined: dict[str, list[Any]] = {
        name: []
        for name in (
            "pages",
            "sources",
            "regions",
            "headings",
            "tables",
            "pictures",
            "verbatim",
            "dropped",
            "embedded",
            "attachments",
            "origins",
        )
    }
    offset = page = 0
    for text in texts:
        if parts:
            parts.append(separator)
            offset += len(separator)
        parts.append(text.text)
        regions = text.regions.copy()
        regions["start"] += offset
        regions["end"] += offset
        regions["page"] += page
        joined["regions"].append(regions)
        joined["pages"] += text.pages
        joined["origins"] += text.origins
        joined["sources"] += [
            replace(
                source,
                start=source.start + offset,
                end=source.end + offset,
                first_page=source.first_page + page,
                last_page=source.last_page + page,
            )
            for source in text.sources
        ]
        joined["headings"] += [replace(h, start=h.start + offset, end=h.end + offset) for h in text.headings]
        joined["tables"] += [
            replace(
                table,
                start=table.start + offset,
                end=table.end + offset,
                rows=Spans(table.rows.array + offset),
            )
            for table in text.tables
        ]
        first_embedded = len(joined["embedded"])
        joined["pictures"] += [
            replace(
                picture,
                start=picture.start + offset,
                end=picture.end + offset,
                page=picture.page + page,
                embedded=None if picture.embedded is None else picture.embedded + first_embedded,
            )
            for picture in text.pictures
        ]
        joined["embedded"] += text.embedded
        joined["attachments"] += text.attachments
        joined["verbatim"] += [(start + offset, end + offset) for start, end in text.verbatim]
        joined["dropped"] += [replace(d, page=None if d.page is None else d.page + page) for d in text.dropped]
        offset += len(text.text)
        page += len(text.pages)
    regions = np.concatenate(joined.pop("regions")) if texts else np.zeros(0, REGION)
    return SourceText(
        text="".join(parts),
        regions=regions,
        seconds=sum(text.seconds for text in texts),
        **{name: tuple(values) for name, values in joined.items()},
    )
