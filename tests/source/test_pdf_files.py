"""PDFs of many producers, where they are at hand beside the repository."""

from __future__ import annotations

from pathlib import Path

import pytest
from pdf_samples import hidden

from glyph_integrations.errors import EncryptedError, MalformedError
from glyph_integrations.source.blob import Blob
from glyph_integrations.source.formats import LoadOptions
from glyph_integrations.source.isolation import load_isolated

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "pdf"
PASSWORDS = {"libreoffice-writer-password.pdf": "openpassword"}
DAMAGED = {"unreadablemetadata.pdf"}  # its tree of pages is gone
COVERED = {"GeoTopo-komprimiert.pdf": 2}  # two labels under white rings, which nobody sees in print either

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the sample PDFs are not at hand")
FILES = sorted(path.name for path in FOLDER.glob("*.pdf"))


def load(name, *, password=None):
    """Loads one of the files."""
    return load_isolated(
        "pdf", Blob(name=name, path=FOLDER / name, password=password), "application/pdf", LoadOptions()
    )


@pytest.mark.parametrize("name", FILES)
def test_file(name):
    """A file is read, or refused for the right reason, and nothing that can be seen is dropped."""
    if name in DAMAGED:
        with pytest.raises(MalformedError):
            load(name)
        return
    if name in PASSWORDS:
        with pytest.raises(EncryptedError):
            load(name)
    text = load(name, password=PASSWORDS.get(name))
    assert sum(hidden(text).values()) == COVERED.get(name, 0)
    assert text.text.strip() or text.pictures


@pytest.mark.skipif("multicolumn.pdf" not in FILES, reason="the sample PDF is not at hand")
def test_two_columns():
    """An article in two columns is read column by column, with hyphens undone and its table in rows."""
    text = load("multicolumn.pdf")
    assert "consectetuer adipiscing elit. Ut purus elit" in text.text
    assert "Nam feugiat lacus vel est" in text.text
    assert "Czech Republic | 10.7 | 78,866 | Prague | Czech" in text.text.splitlines()


@pytest.mark.skipif("google-doc-document.pdf" not in FILES, reason="the sample PDF is not at hand")
def test_ruled_table():
    """A table between rules keeps its rows, and footnote marks do not join the figures."""
    assert (
        "Population | 273.879.750¹ | 83,190,556² | 8,935,112³ | 67,413,000 | 453"
        in load("google-doc-document.pdf").text
    )
