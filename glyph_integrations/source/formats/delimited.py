"""CSV and TSV: one table."""

from __future__ import annotations

import csv
import io
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from glyph_integrations.errors import UnsupportedError
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.detect import looks_like_text
from glyph_integrations.source.encoding import decode
from glyph_integrations.source.media_types import READ_AS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.text import SourceText

_DELIMITERS = ",;\t|"
_SAMPLE = 1 << 14


class DelimitedFormat:
    """Finds the delimiter that cuts the first lines most evenly; the suffix only breaks a tie."""

    name = "delimited"
    isolated = True

    def accepts(self, blob: Blob, media_type: str) -> bool:  # noqa: ARG002 - the protocol's
        """CSV and TSV."""
        return media_type in READ_AS[self.name]

    def load(self, blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
        """Reads the rows; blank lines are left out.

        Raises:
            UnsupportedError: It is binary.
            TooLargeError: It has more characters than the limits allow.
            EmptyError: It holds no text.
        """
        if not looks_like_text(blob.head):
            raise UnsupportedError(f"{blob.name} is not text in any encoding")
        text, encoding = decode(blob.read())
        preferred = "\t" if media_type.endswith("tab-separated-values") else ","
        delimiter, text = _delimiter(text, preferred)
        builder = TextBuilder(options.limits)
        builder.page()
        builder.table(_rows(text, delimiter))
        return builder.finish(
            name=blob.name, media_type=media_type, metadata={"encoding": encoding, "delimiter": delimiter}
        )


def _delimiter(text: str, preferred: str) -> tuple[str, str]:
    """The delimiter, and the text without Excel's ``sep=`` line, which names it."""
    first, _, rest = text.partition("\n") if text.startswith("sep=") else ("", "", "")
    if len(first.strip()) == 5:
        return first[4], rest
    sample = text[:_SAMPLE]
    sample = sample[: sample.rfind("\n")] if len(text) > _SAMPLE and "\n" in sample else sample

    def evenness(delimiter: str) -> tuple[float, bool]:
        widths = Counter(map(len, csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)))
        width, times = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        if width < 2:
            return 0.0, delimiter == preferred
        rows = widths.total()
        cut = 1 - widths[1] / rows
        return (times / rows) ** 2 * cut * min(width, 8), delimiter == preferred

    try:
        return max((preferred, *_DELIMITERS), key=evenness), text
    except csv.Error:
        return preferred, text


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """Rows as CSV has them; from where a quote is never closed, the lines as they stand."""
    position = 0
    reader = csv.reader(_lines(text), delimiter=delimiter)
    try:
        for row in reader:
            if row:
                yield row
            position = reader.line_num
    except csv.Error:
        for line in islice(_lines(text), position, None):
            yield line.rstrip("\r\n").split(delimiter)


def _lines(text: str) -> Iterator[str]:
    """The lines of a text with their ends, without a copy of it."""
    if text.count("\r") != text.count("\r\n"):  # an old Mac's, or mixed
        yield from io.StringIO(text, newline="")
        return
    start = 0
    while (end := text.find("\n", start) + 1) > 0:
        yield text[start:end]
        start = end
    if start < len(text):
        yield text[start:]
