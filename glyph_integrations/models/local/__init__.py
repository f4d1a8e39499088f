"""Models in this process, through transformers. Importing this package imports torch."""

from __future__ import annotations

from glyph_integrations.models.local.model import TransformersModel

__all__ = ["TransformersModel"]
