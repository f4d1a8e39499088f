"""``glyph styles``: the presets, and how much text a visual token holds in each."""

from importlib.resources import files
from typing import Any

from glyph_integrations.cli.output import Debug, Json, Spec, print_json, print_table, reported_errors
from glyph_integrations.counting import ModelSpec, count_text_tokens, model_spec
from glyph_integrations.rendering import PRESETS, RenderStyle, render
from glyph_integrations.source import SourceText

SAMPLES = {"code": "code", "cjk": "chinese"}
"""What a preset is measured on, where it is not prose."""


def styles(*, spec: Spec = "glm4v", as_json: Json = False, debug: Debug = False) -> None:
    """List the presets, with the text that one visual token holds."""
    with reported_errors(debug=debug):
        model = model_spec(spec)
        rows = [_row(style, model) for style in PRESETS.values()]
        if as_json:
            print_json(rows)
            return
        print_table(
            ("style", "page px", "font", "pt", "dpi", "measured on", "chars per visual token", "compression"),
            [
                (
                    row["name"],
                    f"{row['page'][0]}×{row['page'][1]}",
                    row["font"],
                    f"{row['font_size']:g}/{row['line_height']:g}",
                    f"{row['dpi']:g}",
                    row["sample"],
                    row["characters_per_visual_token"],
                    row["compression_ratio"],
                )
                for row in rows
            ],
        )


def _row(style: RenderStyle, spec: ModelSpec) -> dict[str, Any]:
    sample = SAMPLES.get(style.name, "prose")
    text = sample_text(sample)
    rendering = render(SourceText.from_string(text), style=style, spec=spec)
    # The last page is rarely full: what the others hold is what a long document comes to.
    full = [rendering[index] for index in range(max(len(rendering) - 1, 1))]
    end = full[-1].char_range[1]
    visual_tokens = sum(page.visual_tokens for page in full)
    tokens = count_text_tokens(text[:end])
    return {
        "name": style.name,
        "fingerprint": style.fingerprint,
        "page": (full[0].width, full[0].height),
        "font": style.font,
        "font_size": style.font_size,
        "line_height": style.line_height,
        "dpi": style.dpi,
        "sample": sample,
        "characters_per_visual_token": round(end / visual_tokens, 2),
        "compression_ratio": round(tokens.count / visual_tokens, 2),
        "tokenizer": tokens.tokenizer,
        "spec": spec.name,
    }


def sample_text(name: str, *, length: int = 60_000) -> str:
    """A sample, repeated to a few full pages: prose and Chinese from two novels, code from this package."""
    package = files("glyph_integrations")
    if name == "code":
        modules = sorted((package / "counting").iterdir(), key=lambda module: module.name)
        text = "\n\n".join(module.read_text("utf-8") for module in modules if module.name.endswith(".py"))
    else:
        text = (package / "cli" / "samples" / f"{name}.txt").read_text("utf-8")
    return text * (length // len(text) + 1)
