"""Which parts of plain text have a layout of their own, and which lines are only the heads and feet of its pages."""

from glyph_integrations.source.layout.blocks import find_verbatim
from glyph_integrations.source.layout.heads import RunningHead, find_running_heads, split_pages

__all__ = ["RunningHead", "find_running_heads", "find_verbatim", "split_pages"]
