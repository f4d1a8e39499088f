"""``glyph render``: files become PNG pages and a manifest."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

import glyph_integrations
from glyph_integrations.cli.output import (
    Debug,
    Json,
    Password,
    Spec,
    Style,
    print_fields,
    print_json,
    progress,
    reported_errors,
)
from glyph_integrations.cli.sources import Files, Pages, load_files
from glyph_integrations.rendering import Page, Rendering
from glyph_integrations.rendering import render as render_text
from glyph_integrations.source import SourceText

MANIFEST = "manifest.json"


def render(
    files: Files,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the pages.", file_okay=False)],
    style: Style = "glyph",
    spec: Spec = "glm4v",
    pages: Pages = "auto",
    password: Password = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Render FILES to PNG pages and a manifest.json in a folder."""
    with reported_errors(debug=debug):
        text = load_files(files, pages=pages, password=password)
        rendering = render_text(text, style=style, spec=spec)
        manifest = write_pages(text, rendering, output)
        if as_json:
            print_json(manifest)
        else:
            print_fields([*rendering.report.rows(), ("written to", str(output))])


def write_pages(text: SourceText, rendering: Rendering, folder: Path) -> dict[str, Any]:
    """Writes all pages and then the manifest, and removes the pages of the manifest that it replaces.

    Returns:
        The manifest.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _remove_previous(folder)
    digits = max(len(str(len(rendering))), 4)
    entries = []
    for page in progress(rendering, total=len(rendering), description="Rendering"):
        name = f"page-{page.index + 1:0{digits}d}.png"
        (folder / name).write_bytes(page.png())
        entries.append(_entry(text, page, name))
    manifest = {
        "glyph_integrations": glyph_integrations.__version__,
        "sources": [
            {"name": source.name, "media_type": source.media_type, "pages": source.last_page - source.first_page}
            for source in text.sources
        ],
        "report": rendering.report.to_dict(),
        "pages": entries,
    }
    # The manifest comes last and at once: whoever sees it sees all of its pages.
    unfinished = folder / f"{MANIFEST}.part"
    unfinished.write_text(json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8")
    unfinished.replace(folder / MANIFEST)
    return manifest


def _entry(text: SourceText, page: Page, name: str) -> dict[str, Any]:
    return {
        "file": name,
        "characters": list(page.char_range),
        "source_pages": [_place(text, number) for number in page.source_pages],
        "width": page.width,
        "height": page.height,
        "visual_tokens": page.visual_tokens,
        "pictures": [{**_place(text, picture.page), "reason": picture.reason} for picture in page.pictures],
    }


def _place(text: SourceText, page: int) -> dict[str, Any]:
    return {"source": text.source_of_page(page).name, "page": text.pages[page].number}


def _remove_previous(folder: Path) -> None:
    """Removes an earlier manifest and the pages it lists; nothing else in the folder."""
    try:
        entries = json.loads((folder / MANIFEST).read_text("utf-8"))["pages"]
        names = [Path(entry["file"]).name for entry in entries]
    except (OSError, ValueError, KeyError, TypeError):
        return
    for name in names:
        if name.startswith("page-") and name.endswith(".png"):
            (folder / name).unlink(missing_ok=True)
    (folder / MANIFEST).unlink()
