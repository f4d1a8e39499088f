"""``glyph info``: what was loaded, and what it would cost each model."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from glyph_integrations.cli.output import (
    Debug,
    Json,
    Password,
    print_fields,
    print_json,
    print_table,
    reported_errors,
)
from glyph_integrations.cli.sources import Files, Pages, load_files
from glyph_integrations.counting import count_text_tokens
from glyph_integrations.rendering import plan
from glyph_integrations.source import SourceText

MAIN_SPECS = ("glm4v", "glm-4.6v", "qwen3-vl", "gpt-5.5", "claude", "claude-high-resolution", "gemini-3")
"""The models that answer questions, one for each kind of arithmetic."""
PLAN_COLUMNS = {
    "model": "model",
    "style": "style",
    "pages": "pages",
    "visual_tokens": "visual tokens",
    "compression_ratio": "compression",
    "windows": "windows",
    "renders": "render",
    "reason": "because",
}
"""Keys of a plan, and how they are headed in the table."""


def info(
    files: Files, *, pages: Pages = "auto", password: Password = None, as_json: Json = False, debug: Debug = False
) -> None:
    """Show what FILES hold once loaded, and what they would cost each model."""
    with reported_errors(debug=debug):
        text = load_files(files, pages=pages, password=password)
        facts = describe(text)
        if as_json:
            print_json(facts)
        else:
            print_facts(facts)


def describe(text: SourceText) -> dict[str, Any]:
    """What a text holds, as plain data."""
    tokens = count_text_tokens(text.text)
    shown = Counter(page.shown_as for page in text.pages)
    return {
        "sources": [
            {
                "name": source.name,
                "media_type": source.media_type,
                "pages": source.last_page - source.first_page,
                "characters": source.end - source.start,
                "metadata": dict(source.metadata),
            }
            for source in text.sources
        ],
        "pages": {"total": len(text.pages), "text": shown["text"], "raster": shown["raster"]},
        "characters": len(text),
        "headings": len(text.headings),
        "tables": len(text.tables),
        "pictures": [
            {
                "source": text.source_of_page(picture.page).name,
                "page": text.pages[picture.page].number,
                "reason": picture.reason,
                "box": list(picture.box),
            }
            for picture in text.pictures
        ],
        "dropped": [
            {
                "reason": dropped.reason,
                "characters": dropped.characters,
                "count": dropped.count,
                "text": dropped.text,
                "page": None if dropped.page is None else text.pages[dropped.page].number,
                "hidden": dropped.hidden,
            }
            for dropped in text.dropped
        ],
        "text_tokens": {"count": tokens.count, "tokenizer": tokens.tokenizer, "exact": tokens.exact},
        "seconds": round(text.seconds, 3),
        "plans": [_plan(text, name) for name in MAIN_SPECS],
    }


def print_facts(facts: dict[str, Any]) -> None:
    """Prints what ``describe`` found."""
    sources, pages, tokens = facts["sources"], facts["pages"], facts["text_tokens"]
    print_fields(
        [
            *((source["name"], f"{source['media_type']}, {source['pages']:,} pages") for source in sources[:20]),
            *([("…", f"and {len(sources) - 20:,} more")] if len(sources) > 20 else []),
            ("pages", f"{pages['text']:,} as text, {pages['raster']:,} as pictures"),
            ("characters", facts["characters"]),
            ("text tokens", f"{tokens['count']:,} ({tokens['tokenizer']})"),
            ("headings", facts["headings"]),
            ("tables", facts["tables"]),
            ("pictures", _reasons((picture["reason"], 1) for picture in facts["pictures"])),
            ("left out", _reasons((item["reason"], item["characters"]) for item in facts["dropped"])),
            ("seconds", facts["seconds"]),
        ]
    )
    print_table(tuple(PLAN_COLUMNS.values()), [tuple(row[column] for column in PLAN_COLUMNS) for row in facts["plans"]])


def _reasons(counted: Iterable[tuple[str, int]]) -> str:
    total: Counter[str] = Counter()
    for reason, number in counted:
        total[reason] += number
    return ", ".join(f"{number:,} {reason}" for reason, number in total.most_common()) or "none"


def _plan(text: SourceText, model: str) -> dict[str, Any]:
    found = plan(text, model)
    chosen = found.chosen
    return {
        "model": model,
        "style": chosen.style,
        "pages": chosen.pages,
        "visual_tokens": chosen.visual_tokens,
        "compression_ratio": round(chosen.compression_ratio, 2),
        "windows": chosen.windows,
        "budget": found.budget,
        "renders": found.renders,
        "reason": found.reason,
    }
