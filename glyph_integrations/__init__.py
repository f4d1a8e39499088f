"""Whole documents as compact page images for vision-language models.

::

    from glyph_integrations import load, render

    pages = render(load("contract.pdf"), style="glyph")

The names below are the public API. Each is imported when it is first used, so that importing the package costs
nothing and needs no optional dependency.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glyph_integrations.counting import (
        ModelSpec,
        TextTokens,
        count_text_tokens,
        model_spec,
        model_specs,
    )
    from glyph_integrations.errors import (
        EmptyError,
        EncryptedError,
        GlyphError,
        LoadError,
        MalformedError,
        MissingExtraError,
        NotFoundError,
        StyleError,
        TimedOutError,
        TooLargeError,
        UnknownModelError,
        UnsupportedError,
        WindowOverflowError,
    )
    from glyph_integrations.rendering import (
        Page,
        Rendering,
        RenderStyle,
        plan,
        render,
    )
    from glyph_integrations.source import (
        Limits,
        SourceText,
        load,
    )

_HOMES = {
    "counting": ("ModelSpec", "TextTokens", "count_text_tokens", "model_spec", "model_specs"),
    "errors": (
        "EmptyError", "EncryptedError", "GlyphError", "LoadError", "MalformedError", "MissingExtraError",
        "NotFoundError", "StyleError", "TimedOutError", "TooLargeError", "UnknownModelError", "UnsupportedError",
        "WindowOverflowError",
    ),
    "rendering": ("Page", "RenderStyle", "Rendering", "plan", "render"),
    "source": ("Limits", "SourceText", "load"),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "EmptyError",
    "EncryptedError",
    "GlyphError",
    "Limits",
    "LoadError",
    "MalformedError",
    "MissingExtraError",
    "ModelSpec",
    "NotFoundError",
    "Page",
    "RenderStyle",
    "Rendering",
    "SourceText",
    "StyleError",
    "TextTokens",
    "TimedOutError",
    "TooLargeError",
    "UnknownModelError",
    "UnsupportedError",
    "WindowOverflowError",
    "count_text_tokens",
    "load",
    "model_spec",
    "model_specs",
    "plan",
    "render",
]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("glyph-integrations")
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "__version__"})
