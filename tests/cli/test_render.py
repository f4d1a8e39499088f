"""`glyph render`: pages and a manifest, and what goes wrong."""

import io
import json

from PIL import Image

from glyph_integrations import load
from glyph_integrations.rendering import PRESETS


def test_pages_and_manifest_are_written(glyph, novel, tmp_path):
    """Every page is a PNG of the size that the manifest says, and the ranges of all pages tile the text."""
    out = tmp_path / "out"
    result = glyph("render", novel, "-o", out)
    assert (result.code, result.stderr) == (0, "")
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    text = load(novel).text
    at = 0
    for entry in manifest["pages"]:
        with Image.open(out / entry["file"]) as image:
            assert image.size == (entry["width"], entry["height"])
        assert entry["source_pages"] == [{"source": "novel.txt", "page": 1}]
        assert entry["characters"][0] == at
        at = entry["characters"][1]
    assert at == len(text)
    report = manifest["report"]
    assert report["pages"] == len(manifest["pages"]) > 1
    assert report["visual_tokens"] == sum(entry["visual_tokens"] for entry in manifest["pages"])
    assert report["spec"] == "glm4v"
    assert report["style"] == {"name": "glyph", "fingerprint": PRESETS["glyph"].fingerprint}
    assert f"{report['visual_tokens']:,} (glm4v)" in result.stdout
    assert sorted(path.name for path in out.iterdir()) == ["manifest.json", *(e["file"] for e in manifest["pages"])]


def test_json_is_the_manifest(glyph, novel, tmp_path):
    """With --json stdout is the manifest and nothing else."""
    result = glyph("render", novel, "-o", tmp_path / "out", "--json")
    assert result.json == json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))


def test_style_and_spec_are_taken(glyph, novel, tmp_path):
    """A preset and a model by its Hugging Face name decide the pages."""
    result = glyph("render", novel, "-o", tmp_path, "--style", "large", "--spec", "Qwen/Qwen3-VL-8B-Instruct", "--json")
    assert result.json["report"]["style"]["name"] == "large"
    assert result.json["report"]["spec"] == "qwen3-vl"
    assert all(entry["width"] % 32 == entry["height"] % 32 == 0 for entry in result.json["pages"])


def test_pictures_are_listed_with_their_place(glyph, letter, tmp_path):
    """A page without a text layer is shown as a picture: the manifest says which source page it is, and why."""
    result = glyph("render", letter, "-o", tmp_path / "out", "--json")
    pictures = [picture for entry in result.json["pages"] for picture in entry["pictures"]]
    assert [(picture["source"], picture["page"]) for picture in pictures] == [("letter.pdf", 2)]
    assert pictures[0]["reason"]
    assert [place["page"] for entry in result.json["pages"] for place in entry["source_pages"]] == [1, 2]


def test_pages_can_be_forced_to_pictures(glyph, letter, tmp_path):
    """With --pages raster every source page is a picture."""
    result = glyph("render", letter, "-o", tmp_path / "out", "--pages", "raster", "--json")
    assert [picture["page"] for entry in result.json["pages"] for picture in entry["pictures"]] == [1, 2]


def test_several_files_become_one(glyph, novel, letter, tmp_path):
    """Files are read in the order in which they are given."""
    result = glyph("render", novel, letter, "-o", tmp_path / "out", "--json")
    assert [source["name"] for source in result.json["sources"]] == ["novel.txt", "letter.pdf"]
    assert {place["source"] for entry in result.json["pages"] for place in entry["source_pages"]} == {
        "novel.txt",
        "letter.pdf",
    }


def test_standard_input_is_read(glyph, tmp_path):
    """A dash stands for standard input."""
    result = glyph("render", "-", "-o", tmp_path / "out", "--json", stdin="Call me Ishmael.")
    assert result.json["pages"][0]["characters"] == [0, 16]


def test_a_second_rendering_replaces_the_first(glyph, novel, tmp_path):
    """Pages of an earlier, longer rendering go; other files in the folder stay."""
    out = tmp_path / "out"
    first = glyph("render", novel, "-o", out, "--json").json
    (out / "notes.txt").write_text("mine")
    short = tmp_path / "short.txt"
    short.write_text("Call me Ishmael.")
    second = glyph("render", short, "-o", out, "--json").json
    assert len(first["pages"]) > len(second["pages"]) == 1
    assert sorted(path.name for path in out.iterdir()) == ["manifest.json", "notes.txt", "page-0001.png"]


def test_the_same_text_gives_the_same_bytes(glyph, novel, tmp_path):
    """Two runs write the same pages to the byte."""
    for name in ("a", "b"):
        assert glyph("render", novel, "-o", tmp_path / name).code == 0
    for page in (tmp_path / "a").glob("*.png"):
        assert page.read_bytes() == (tmp_path / "b" / page.name).read_bytes()


def test_errors_are_one_line(glyph, novel, tmp_path):
    """A missing file, an unknown model and an unknown style end in exit code 1 and one line on stderr."""
    for arguments, words in (
        (["missing.pdf"], "missing.pdf"),
        ([novel, "--spec", "gpt-2"], "no model spec for 'gpt-2'"),
        ([novel, "--style", "tiny"], "tiny"),
    ):
        result = glyph("render", *arguments, "-o", tmp_path / "out")
        assert (result.code, result.stdout) == (1, "")
        assert result.stderr.startswith("glyph: ")
        assert words in result.stderr
        assert result.stderr.count("\n") == 1


def test_wrong_usage_ends_in_2(glyph, novel):
    """A missing option, a value that is none of the choices and an unknown command are usage errors."""
    assert glyph("render", novel).code == 2
    assert glyph("render", novel, "-o", "out", "--pages", "some").code == 2
    assert glyph("rendr", novel).code == 2
    assert glyph("render", novel, "-o", novel).code == 2


def test_the_process_itself(glyph_process, novel, tmp_path):
    """As a process: results on stdout, an empty stderr, exit code 0; and 1 with one line for an encrypted nothing."""
    result = glyph_process("render", novel, "-o", "out")
    assert (result.code, result.stderr) == (0, "")
    assert "visual tokens" in result.stdout
    assert (tmp_path / "out" / "page-0001.png").read_bytes().startswith(b"\x89PNG")
    failed = glyph_process("render", "missing.pdf", "-o", "out")
    assert (failed.code, failed.stdout) == (1, "")
    assert failed.stderr.count("\n") == 1
    debugged = glyph_process("render", "missing.pdf", "-o", "out", "--debug")
    assert debugged.code == 1
    assert "Traceback" in debugged.stderr


def test_an_encrypted_file_needs_its_password(glyph, tmp_path):
    """Without the password the error says so; with it the file is rendered."""
    import pymupdf

    with pymupdf.open() as document:
        page = document.new_page()
        for line in range(30):
            page.insert_text((72, 72 + 14 * line), f"Secret line {line}, long enough to be a line of text.")
        path = tmp_path / "secret.pdf"
        document.save(path, encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="owner", user_pw="sesame")
    refused = glyph("render", path, "-o", tmp_path / "out")
    assert refused.code == 1
    assert "password" in refused.stderr
    opened = glyph("render", path, "-o", tmp_path / "out", "--password", "sesame", "--json")
    assert opened.code == 0
    with Image.open(io.BytesIO((tmp_path / "out" / "page-0001.png").read_bytes())) as image:
        assert image.getextrema()[0] < 128
