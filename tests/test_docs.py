"""What the documentation shows runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from glyph_integrations import load
from glyph_integrations.source import registry

ROOT = Path(__file__).parent.parent


def blocks(name, language):
    """The code blocks of a document in one language."""
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)


def test_the_readmes_code_runs(monkeypatch, capsys):
    """The README's Python example runs as it stands, from the root of the repository."""
    monkeypatch.chdir(ROOT)
    for block in blocks("README.md", "python"):
        exec(compile(block, "README.md", "exec"), {})  # noqa: S102 - our own documentation
    assert "compression ratio" in capsys.readouterr().out


def test_the_example_of_a_format_loads_its_files(monkeypatch, tmp_path):
    """The format in docs/formats.md, offered through the entry point, reads a file that no other format would."""
    (code,) = blocks("docs/formats.md", "python")
    names = {}
    exec(compile(code, "docs/formats.md", "exec"), names)  # noqa: S102 - our own documentation

    class Offered:
        @staticmethod
        def load():
            return names["SubtitleFormat"]

    monkeypatch.setattr(registry, "entry_points", lambda **_: [Offered])
    registry._installed.cache_clear()
    (tmp_path / "film.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHello.\n")
    try:
        text = load(tmp_path / "film.srt")
    finally:
        registry._installed.cache_clear()
    assert text.sources[0].media_type == "application/x-subrip"
    assert text.text.splitlines()[-1] == "Hello."


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]
)
def test_links_lead_to_files_that_exist(name):
    """Every relative link in the documentation has its target."""
    found = re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / name).read_text(encoding="utf-8"))
    assert [target for target in found if not ((ROOT / name).parent / target).exists()] == []
