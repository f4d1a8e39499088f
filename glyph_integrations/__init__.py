"""Whole documents as compact page images for vision-language models.

::

    from glyph_integrations import Reader

    answer = Reader("zai-org/Glyph").ask("contract.pdf", "What is the notice period?")

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
        CutDocumentWarning,
        EmptyError,
        EncryptedError,
        GlyphError,
        LoadError,
        MalformedError,
        MissingExtraError,
        ModelError,
        ModelLoadError,
        ModelMemoryError,
        NotFoundError,
        RequestError,
        ResponseError,
        ServerBusyError,
        ServerError,
        ServerRefusedError,
        ServerTimeoutError,
        StyleError,
        TimedOutError,
        TooLargeError,
        UnknownModelError,
        UnsupportedError,
        WindowOverflowError,
    )
    from glyph_integrations.models import (
        Generation,
        GenerationSettings,
        Message,
        ToolCall,
        VisionModel,
        settings_for,
    )
    from glyph_integrations.models.local import (
        TransformersModel,
    )
    from glyph_integrations.models.server import (
        ServerModel,
    )
    from glyph_integrations.reading import (
        Answer,
        AnswerStream,
        AsyncAnswerStream,
        Citation,
        DocumentChat,
        MarkedDocument,
        Progress,
        Reader,
        ReadingSession,
        Reply,
        Shown,
        ShownDocument,
        Transcript,
        Turn,
        Usage,
        VisualContext,
        mark_document,
        pictures,
        split_marked,
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
        "CutDocumentWarning", "EmptyError", "EncryptedError", "GlyphError", "LoadError", "MalformedError",
        "MissingExtraError", "ModelError", "ModelLoadError", "ModelMemoryError", "NotFoundError",
        "RequestError", "ResponseError", "ServerBusyError", "ServerError", "ServerRefusedError",
        "ServerTimeoutError", "StyleError", "TimedOutError", "TooLargeError", "UnknownModelError",
        "UnsupportedError", "WindowOverflowError",
    ),
    "models": ("Generation", "GenerationSettings", "Message", "ToolCall", "VisionModel", "settings_for"),
    "models.local": ("TransformersModel",),
    "models.server": ("ServerModel",),
    "reading": (
        "Answer", "AnswerStream", "AsyncAnswerStream", "Citation", "DocumentChat", "MarkedDocument", "Progress",
        "Reader", "ReadingSession", "Reply", "Shown", "ShownDocument", "Transcript", "Turn", "Usage",
        "VisualContext", "mark_document", "pictures", "split_marked",
    ),
    "rendering": ("Page", "RenderStyle", "Rendering", "plan", "render"),
    "source": ("Limits", "SourceText", "load"),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Answer",
    "AnswerStream",
    "AsyncAnswerStream",
    "Citation",
    "CutDocumentWarning",
    "DocumentChat",
    "EmptyError",
    "EncryptedError",
    "Generation",
    "GenerationSettings",
    "GlyphError",
    "Limits",
    "LoadError",
    "MalformedError",
    "MarkedDocument",
    "Message",
    "MissingExtraError",
    "ModelError",
    "ModelLoadError",
    "ModelMemoryError",
    "ModelSpec",
    "NotFoundError",
    "Page",
    "Progress",
    "Reader",
    "ReadingSession",
    "RenderStyle",
    "Rendering",
    "Reply",
    "RequestError",
    "ResponseError",
    "ServerBusyError",
    "ServerError",
    "ServerModel",
    "ServerRefusedError",
    "ServerTimeoutError",
    "Shown",
    "ShownDocument",
    "SourceText",
    "StyleError",
    "TextTokens",
    "TimedOutError",
    "TooLargeError",
    "ToolCall",
    "Transcript",
    "TransformersModel",
    "Turn",
    "UnknownModelError",
    "UnsupportedError",
    "Usage",
    "VisionModel",
    "VisualContext",
    "WindowOverflowError",
    "count_text_tokens",
    "load",
    "mark_document",
    "model_spec",
    "model_specs",
    "pictures",
    "plan",
    "render",
    "settings_for",
    "split_marked",
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
