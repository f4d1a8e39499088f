"""Runs commands as a user would, and real files for them."""

import json
import subprocess
import sys
from dataclasses import dataclass

import pytest

pytest.importorskip("typer")

from typer.testing import CliRunner

from glyph_integrations.cli import readers
from glyph_integrations.cli.app import app
from glyph_integrations.testing import ScriptedModel, sample_pdf

PARAGRAPH = "It was the best of times, it was the worst of times, it was the age of wisdom — 1859, naïve café. "


@dataclass(frozen=True)
class Result:
    """How a command ended and what it said."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self):
        """Stdout as JSON."""
        return json.loads(self.stdout)


@pytest.fixture
def glyph():
    """Runs a command in this process."""

    def run(*arguments, stdin=None):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)
        return Result(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def glyph_process(tmp_path):
    """Runs a command in a process of its own, in an empty folder."""

    def run(*arguments, before="", stdout=subprocess.PIPE):
        program = f"{before}\nfrom glyph_integrations.cli import main\nmain()"
        command = [sys.executable, "-c", program, *map(str, arguments)]
        result = subprocess.run(
            command, stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=120, check=False, cwd=tmp_path
        )
        return Result(result.returncode, result.stdout or "", result.stderr)

    return run


@pytest.fixture
def novel(tmp_path):
    """A plain text file of several pages."""
    path = tmp_path / "novel.txt"
    path.write_text("\n".join(f"{number}. {PARAGRAPH * 6}" for number in range(60)), "utf-8")
    return path


@pytest.fixture
def letter(tmp_path):
    """A PDF of two pages: one of text, and one that is a picture without a text layer."""
    reportlab = pytest.importorskip("reportlab.pdfgen.canvas")
    image = pytest.importorskip("PIL.Image")
    picture = tmp_path / "scan.png"
    image.effect_noise((600, 800), 90).save(picture)
    path = tmp_path / "letter.pdf"
    canvas = reportlab.Canvas(str(path))
    for line in range(40):
        canvas.drawString(72, 770 - 16 * line, f"Line {line} of the letter: {PARAGRAPH[:48]}")
    canvas.showPage()
    canvas.drawImage(str(picture), 0, 0, 595, 842)
    canvas.showPage()
    canvas.save()
    picture.unlink()
    return path


@pytest.fixture
def charter(tmp_path):
    """A contract of three pages, as a PDF file."""
    path = tmp_path / "charter.pdf"
    path.write_bytes(sample_pdf())
    return path


@pytest.fixture
def scripted(monkeypatch):
    """Lets commands ask a model that says what it is told to, instead of loading one."""

    def use(answers, **options):
        model = ScriptedModel(answers, **options)
        monkeypatch.setattr(readers, "_vision_model", lambda *_: model)
        return model

    return use
