"""Excel workbooks (XLSX)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.source.media_types import READ_AS

if TYPE_CHECKING:
    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.text import SourceText


class SheetsFormat:
    """Reads each visible sheet as a source page: its name, then its tables with the values as they are displayed.

    A formula shows its result; where the file holds none, because no program has calculated it yet, the formula.
    Pictures, charts' data, text boxes and controls follow the table that they are anchored in, then the comments.
    Hidden sheets, rows and columns are left out and listed.
    """

    name = "sheets"
    isolated = True
    parses_with = ("openpyxl", "glyph_integrations.source.formats.sheets.workbook")
    """Modules that a worker imports once, ahead of its sessions."""

    def accepts(self, blob: Blob, media_type: str) -> bool:  # noqa: ARG002 - the protocol's
        """XLSX and its macro and template variants."""
        return media_type in READ_AS[self.name]

    def load(self, blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
        """Reads the workbook.

        Raises:
            MalformedError: It is damaged.
            TooLargeError: It exceeds the limits.
            EmptyError: It holds nothing visible.
        """
        from glyph_integrations.source.formats.sheets.workbook import load_workbook

        return load_workbook(blob, media_type, options)
