"""A tiny model for all tests that need a real one, loaded once."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def tiny_glm4v(tmp_path_factory):
    """The folder of a tiny Glm4v checkpoint with random weights."""
    pytest.importorskip("transformers")
    from tiny import build

    return build(tmp_path_factory.mktemp("models") / "tiny-glm4v")


@pytest.fixture(scope="session")
def tiny_model(tiny_glm4v):
    """The checkpoint, loaded as users load theirs."""
    from glyph_integrations.models.local import TransformersModel

    return TransformersModel.load(tiny_glm4v)
