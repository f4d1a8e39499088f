"""Which files a directory or a pattern stands for."""

from __future__ import annotations

import pytest

from glyph_integrations.errors import NotFoundError
from glyph_integrations.source import load


def names_of(text):
    """Return the names of a text's sources."""
    return [source.name for source in text.sources]


@pytest.fixture
def library(tmp_path):
    """A directory with links that lead out of it, within it, and round in circles; beside it a file of others."""
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "private.txt").write_text("private")
    root = tmp_path / "library"
    (root / "a").mkdir(parents=True)
    (root / "a" / "page 2.txt").write_text("second")
    (root / "a" / "page 10.txt").write_text("tenth")
    (root / "a" / ".hidden.txt").write_text("hidden")
    (root / "leak.txt").symlink_to(tmp_path / "secret.txt")
    (root / "folder").symlink_to(tmp_path / "elsewhere")
    (root / "again.txt").symlink_to(root / "a" / "page 2.txt")
    (root / "broken.txt").symlink_to(root / "gone.txt")
    for name in ("loop", "other loop", "third loop"):
        (root / "a" / name).symlink_to(root)
    return root


@pytest.mark.parametrize("source", ["", "/**", "/**/*"])
def test_links_do_not_lead_out_of_the_directory(library, source) -> None:
    """A directory and patterns in it give only what lies in it, each file once, and name what was left out."""
    text = load(f"{library}{source}")
    assert names_of(text) == ["a/page 2.txt", "a/page 10.txt", "again.txt"]
    assert "secret" not in text.text
    assert "private" not in text.text
    assert any("leak.txt is a link that leads out" in item.reason for item in text.dropped)
    assert any("not read: folder" in item.reason for item in text.dropped)


def test_patterns_with_wildcards_in_folders(library) -> None:
    """A wildcard in the middle of a pattern stands for folders, and hidden files need a pattern that names them."""
    assert names_of(load(f"{library}/*/page*.txt")) == ["a/page 2.txt", "a/page 10.txt"]
    assert names_of(load(f"{library}/a/.hid*")) == [".hidden.txt"]


def test_linked_folders_of_a_pattern_are_not_left(library) -> None:
    """A pattern that reaches through a link to another directory finds nothing there."""
    with pytest.raises(NotFoundError, match="leads out of the directory"):
        load(f"{library}/fold*/*.txt")


def test_directory_that_is_a_link_itself_is_read(library, tmp_path) -> None:
    """Who names a link to a directory means that directory."""
    (tmp_path / "shortcut").symlink_to(library / "a")
    assert names_of(load(tmp_path / "shortcut")) == ["page 2.txt", "page 10.txt"]


def test_empty_path_is_an_error() -> None:
    """An empty string is no name for the working directory."""
    with pytest.raises(NotFoundError, match="empty"):
        load("")
