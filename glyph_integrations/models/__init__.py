"""Vision-language models: in process through transformers, on a server through the OpenAI API.

Importing this package imports neither torch nor openai.
"""

from __future__ import annotations

from glyph_integrations.models.generation import Finish, Generation, GenerationSettings, TokenUsage, settings_for
from glyph_integrations.models.model import Conversation, Message, PageImage, Prefix, Prefixes, VisionModel, images_of
from glyph_integrations.models.tools import ToolCall

__all__ = [
    "Conversation",
    "Finish",
    "Generation",
    "GenerationSettings",
    "Message",
    "PageImage",
    "Prefix",
    "Prefixes",
    "TokenUsage",
    "ToolCall",
    "VisionModel",
    "images_of",
    "settings_for",
]
