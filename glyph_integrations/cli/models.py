"""``glyph models``: the models that pages can be rendered for."""

from typing import Any

from glyph_integrations.cli.output import Debug, Json, print_json, print_table, reported_errors
from glyph_integrations.counting import ModelSpec, model_specs

A4 = (595, 842)
"""Glyph's published page, A4 at 72 dpi, in px."""


def models(*, as_json: Json = False, debug: Debug = False) -> None:
    """List the models that pages can be rendered for, and what a page costs them."""
    with reported_errors(debug=debug):
        rows = [_row(spec) for spec in model_specs()]
        if as_json:
            print_json(rows)
            return
        print_table(
            ("model", "page px", "tokens", "window", "pages in it", "images", "thinks", "style", "checked against"),
            [
                (
                    row["name"],
                    f"{row['page'][0]}×{row['page'][1]}",
                    row["page_tokens"],
                    row["window"],
                    row["pages_in_window"],
                    row["images_per_request"],
                    row["thinks"],
                    row["default_style"],
                    row["basis"],
                )
                for row in rows
            ],
        )


def _row(spec: ModelSpec) -> dict[str, Any]:
    page = spec.fit(*A4)
    tokens = spec.page_tokens(*page)
    return {
        "name": spec.name,
        "family": spec.family,
        "page": page,
        "visual_tokens": spec.visual_tokens(*page),
        "page_tokens": tokens,
        "factor": spec.factor,
        "min_pixels": spec.min_pixels,
        "max_pixels": spec.max_pixels,
        "max_visual_tokens": spec.max_visual_tokens,
        "window": spec.window,
        "pages_in_window": spec.window // tokens,
        "images_per_request": spec.images_per_request,
        "thinks": spec.thinks,
        "default_style": spec.default_style,
        "misreads_exact_strings": spec.misreads_exact_strings,
        "basis": spec.basis,
    }
