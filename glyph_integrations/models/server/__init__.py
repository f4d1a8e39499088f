"""Models on a server: vLLM, SGLang, transformers serve, OpenAI, and whatever else speaks the OpenAI API."""

from __future__ import annotations

from glyph_integrations.models.server.model import ServerModel

__all__ = ["ServerModel"]
