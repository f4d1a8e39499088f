"""Models in this process, through transformers. Importing this package imports torch."""

from __future__ import annotations

from importlib.util import find_spec

from glyph_integrations.errors import MissingExtraError

for _package in ("torch", "transformers", "accelerate"):
    if find_spec(_package) is None:
        raise MissingExtraError("A model in process", package=_package, extra="local")

from glyph_integrations.models.local.model import TransformersModel  # noqa: E402 - after it is known that torch is there

__all__ = ["TransformersModel"]
