"""The public API is a list, and the list is tested."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest

import glyph_integrations

PUBLIC_NAMES = [
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


def test_the_public_names_are_these():
    """Adding or removing a public name is a decision that shows here."""
    assert glyph_integrations.__all__ == PUBLIC_NAMES
    assert set(PUBLIC_NAMES) <= set(dir(glyph_integrations))


@pytest.mark.parametrize("name", PUBLIC_NAMES)
def test_every_public_name_is_there(name):
    """Every name can be imported, is documented, and comes from this package."""
    value = getattr(glyph_integrations, name)
    assert inspect.getdoc(value)
    assert value.__module__.startswith("glyph_integrations.")


def test_type_checkers_see_the_same_names():
    """The imports for type checkers name the same things, from the same modules."""
    tree = ast.parse(Path(glyph_integrations.__file__).read_text("utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {}
    for statement in block.body:
        assert isinstance(statement, ast.ImportFrom)
        module = importlib.import_module(statement.module)
        seen.update({alias.name: getattr(module, alias.name) for alias in statement.names})
    assert seen == {name: getattr(glyph_integrations, name) for name in PUBLIC_NAMES}


def test_other_names_are_refused():
    """A misspelt name is an AttributeError, as in any module."""
    with pytest.raises(AttributeError, match="no attribute 'lod'"):
        glyph_integrations.lod  # noqa: B018


def test_the_version_is_the_distributions():
    """__version__ is what is installed."""
    assert glyph_integrations.__version__ == importlib.metadata.version("glyph-integrations")
