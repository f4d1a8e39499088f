"""What text and images cost: model specs, visual tokens and text tokens. Arithmetic only, no model is loaded."""

from __future__ import annotations

from glyph_integrations.counting.specs import ModelSpec, model_spec, model_specs
from glyph_integrations.counting.text_tokens import TextTokens, count_text_tokens

__all__ = ["ModelSpec", "TextTokens", "count_text_tokens", "model_spec", "model_specs"]
