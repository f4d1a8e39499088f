"""The table of models: every number, with its source. The rules that use them are in ``image_rules``.

Sources, by what the comments call them:

- config: the checkpoint's ``config.json`` (``max_position_embeddings``) on the Hugging Face Hub.
- preprocessor: the checkpoint's ``preprocessor_config.json`` there. Its limits take precedence over the defaults of the
  transformers classes, which are wider for Glm4v (7,500 tokens for an image instead of 6,144).
- card: the provider's published list of models.

The open models' arithmetic is compared with the image processors of transformers 5.23 in the tests. DeepSeek-OCR is
not in transformers: its numbers are those of its paper (arXiv 2510.18234). The API models follow published formulas.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from glyph_integrations.counting.billing_rules import BilledPatches, BilledTiles, CropUnits, FlatPrice, PaddedPatches
from glyph_integrations.counting.image_rules import FixedSquare, PatchGrid, TilesAndOverview
from glyph_integrations.counting.specs import ModelSpec

TRANSFORMERS = "equal to transformers 5.23"
PAPER = "its paper"
FORMULA = "published formula"
BILLS = "published formula and published bills"

# preprocessor: size 12,544–9,633,792 counts both frames that an image is doubled into, so half of it is px of an image.
GLM_GRID = PatchGrid(factor=28, min_pixels=6_272, max_pixels=4_816_896, enlarge="both")
# preprocessor: min_pixels 3,136, max_pixels 12,845,056.
QWEN_2_5_GRID = PatchGrid(factor=28, min_pixels=3_136, max_pixels=12_845_056)
# preprocessor: size 65,536–16,777,216, patch 16, merge 2; the same for Qwen3.5.
QWEN_3_GRID = PatchGrid(factor=32, min_pixels=65_536, max_pixels=16_777_216)
# preprocessor: min_pixels 147,384, max_pixels 2,822,400.
PADDLE_GRID = PatchGrid(factor=28, min_pixels=147_384, max_pixels=2_822_400, enlarge="sides")

OPEN_MODELS: Final = (
    # Glyph's post-training uses 131,072 tokens (config), two tokens frame each image, and it always thinks.
    ModelSpec(
        name="glm4v", family="glm", image_rule=GLM_GRID, window=131_072, basis=TRANSFORMERS, overhead_tokens=2,
        thinks=True, default_style="glyph", patterns=("glyph", "glyph-*", "glm4v*"),
    ),
    # config: 65,536 for GLM-4.1V and GLM-4.5V.
    ModelSpec(
        name="glm-4.1v", family="glm", image_rule=GLM_GRID, window=65_536, basis=TRANSFORMERS, overhead_tokens=2,
        thinks=True, patterns=("glm-4.1v*", "glm-4.5v*"),
    ),
    # config: 131,072; thinking can be turned off.
    ModelSpec(
        name="glm-4.6v", family="glm", image_rule=GLM_GRID, window=131_072, basis=TRANSFORMERS, overhead_tokens=2,
        thinks=True, patterns=("glm-4.6v*",),
    ),
    # config: 131,072. It transcribes.
    ModelSpec(
        name="glm-ocr", family="glm", image_rule=GLM_GRID, window=131_072, basis=TRANSFORMERS, overhead_tokens=2,
        patterns=("glm-ocr*",),
    ),
    # config: 128,000.
    ModelSpec(
        name="qwen2.5-vl", family="qwen", image_rule=QWEN_2_5_GRID, window=128_000, basis=TRANSFORMERS,
        overhead_tokens=2, patterns=("qwen2.5-vl*", "qwen2_5_vl*"),
    ),
    # config: 262,144 for the three below. Separate editions think.
    ModelSpec(
        name="qwen3-vl-thinking", family="qwen", image_rule=QWEN_3_GRID, window=262_144, basis=TRANSFORMERS,
        overhead_tokens=2, thinks=True, patterns=("qwen3-vl*thinking*",),
    ),
    ModelSpec(
        name="qwen3-vl", family="qwen", image_rule=QWEN_3_GRID, window=262_144, basis=TRANSFORMERS, overhead_tokens=2,
        patterns=("qwen3-vl*", "qwen3_vl*"),
    ),
    ModelSpec(
        name="qwen3.5", family="qwen", image_rule=QWEN_3_GRID, window=262_144, basis=TRANSFORMERS, overhead_tokens=2,
        thinks=True, patterns=("qwen3.5-*", "qwen3_5*"),
    ),
    # config: 8,192 for all DeepSeek-OCR; modes and their tokens: table 1 of the paper. They transcribe.
    ModelSpec(
        name="deepseek-ocr-tiny", family="deepseek-ocr", image_rule=FixedSquare(side=512), window=8_192, basis=PAPER,
        default_style="large",
    ),
    ModelSpec(
        name="deepseek-ocr-small", family="deepseek-ocr", image_rule=FixedSquare(side=640), window=8_192, basis=PAPER,
        default_style="large",
    ),
    ModelSpec(
        name="deepseek-ocr-base", family="deepseek-ocr", image_rule=FixedSquare(side=1024), window=8_192, basis=PAPER,
    ),
    ModelSpec(
        name="deepseek-ocr-large", family="deepseek-ocr", image_rule=FixedSquare(side=1280), window=8_192, basis=PAPER,
    ),
    # Gundam is what its repository runs by default: 2 to 9 tiles of 640 px and an overview of 1,024 px.
    ModelSpec(
        name="deepseek-ocr-gundam", family="deepseek-ocr",
        image_rule=TilesAndOverview(tile=640, overview=1024, min_tiles=2, max_tiles=9, row_separators=True),
        window=8_192, basis=PAPER, patterns=("deepseek-ocr",),
    ),
    # config: 8,192; preprocessor: 2 to 6 tiles of 768 px and an overview of 1,024 px.
    ModelSpec(
        name="deepseek-ocr-2", family="deepseek-ocr",
        image_rule=TilesAndOverview(tile=768, overview=1024, min_tiles=2, max_tiles=6, row_separators=False),
        window=8_192, basis=TRANSFORMERS, patterns=("deepseek-ocr-2*", "deepseek_ocr2*"),
    ),
    # config: 131,072. It transcribes.
    ModelSpec(
        name="paddleocr-vl", family="paddleocr", image_rule=PADDLE_GRID, window=131_072, basis=TRANSFORMERS,
        overhead_tokens=2, patterns=("paddleocr-vl*",),
    ),
    # A small reader of our own: any page from one token up. It was not taught to use lists of exact strings.
    ModelSpec(
        name="nano", family="glm", window=4_096, basis=TRANSFORMERS, overhead_tokens=2, images_per_request=1,
        image_rule=PatchGrid(factor=28, min_pixels=784, max_pixels=1_605_632, enlarge="both"), default_style="nano",
        misreads_exact_strings=False, instructed=False, reads_ascii_only=True, least_likelihood=0.12,
        patterns=("nano", "glyph-nano*"),
    ),
)  # fmt: skip

# OpenAI, guide "Images and vision": base and tile tokens, patch budgets and multipliers; up to 500 images for a
# request. Windows: card.
OPENAI_MODELS: Final = (
    ModelSpec(
        name="gpt-4o", family="openai", image_rule=BilledTiles(base=85, per_tile=170), window=128_000, basis=BILLS,
        images_per_request=500, patterns=("gpt-4o-20*", "gpt-4o-latest", "chatgpt-4o*"),
    ),
    ModelSpec(
        name="gpt-4o-mini", family="openai", image_rule=BilledTiles(base=2_833, per_tile=5_667), window=128_000,
        basis=FORMULA, images_per_request=500, patterns=("gpt-4o-mini-20*",),
    ),
    ModelSpec(
        name="gpt-4.1", family="openai", image_rule=BilledTiles(base=85, per_tile=170), window=1_047_576, basis=BILLS,
        images_per_request=500, patterns=("gpt-4.1-20*",),
    ),
    ModelSpec(
        name="gpt-4.1-mini", family="openai", image_rule=BilledPatches(multiplier=Fraction("1.62"), patches=1_536),
        window=1_047_576, basis=FORMULA, images_per_request=500, patterns=("gpt-4.1-mini-20*",),
    ),
    ModelSpec(
        name="gpt-4.1-nano", family="openai", image_rule=BilledPatches(multiplier=Fraction("2.46"), patches=1_536),
        window=1_047_576, basis=FORMULA, images_per_request=500, patterns=("gpt-4.1-nano-20*",),
    ),
    ModelSpec(
        name="o3", family="openai", image_rule=BilledTiles(base=75, per_tile=150), window=200_000, basis=FORMULA,
        images_per_request=500, thinks=True, patterns=("o1", "o1-20*", "o1-pro*", "o3-20*", "o3-pro*"),
    ),
    ModelSpec(
        name="o4-mini", family="openai", image_rule=BilledPatches(multiplier=Fraction("1.72"), patches=1_536),
        window=200_000, basis=FORMULA, images_per_request=500, thinks=True, patterns=("o4-mini-20*",),
    ),
    ModelSpec(
        name="gpt-5", family="openai", image_rule=BilledTiles(base=70, per_tile=140), window=400_000, basis=FORMULA,
        images_per_request=500, thinks=True, patterns=("gpt-5-20*", "gpt-5-chat*", "gpt-5.1", "gpt-5.1-20*"),
    ),
    ModelSpec(
        name="gpt-5-mini", family="openai", image_rule=BilledPatches(multiplier=Fraction("1.62"), patches=1_536),
        window=400_000, basis=FORMULA, images_per_request=500, thinks=True,
        patterns=("gpt-5-mini-20*", "gpt-5.4-mini*"),
    ),
    ModelSpec(
        name="gpt-5-nano", family="openai", image_rule=BilledPatches(multiplier=Fraction("2.46"), patches=1_536),
        window=400_000, basis=FORMULA, images_per_request=500, thinks=True,
        patterns=("gpt-5-nano-20*", "gpt-5.4-nano*"),
    ),
    # The guide gives no multiplier; bills of GPT-5.5 and GPT-6 show 1.2 and a budget of 2,500 patches at detail "high".
    ModelSpec(
        name="gpt-5.5", family="openai", image_rule=BilledPatches(multiplier=Fraction("1.2"), patches=2_500),
        window=1_050_000, basis=BILLS, images_per_request=500, thinks=True,
        patterns=("gpt-5.4", "gpt-5.4-20*", "gpt-5.4-pro*", "gpt-5.5*", "gpt-5.6*", "gpt-6*"),
    ),
)  # fmt: skip

# Anthropic, guides "Vision" and "Coordinates and bounding boxes": 1,568 px and tokens in the standard tier, 2,576 px
# and 4,784 tokens in the high-resolution tier (Opus 4.7 and everything newer). 100 images for a request with a window
# of 200,000 tokens, 600 with larger ones; with more than 20 images no side may exceed 2,000 px. Windows: card.
CLAUDE_MODELS: Final = (
    ModelSpec(
        name="claude", family="claude", image_rule=PaddedPatches(longest_side=1_568, tokens=1_568), window=200_000,
        basis=BILLS, images_per_request=100, thinks=True,
        patterns=(
            "claude-3*", "claude-sonnet-4*", "claude-haiku-4*", "claude-opus-4", "claude-opus-4-20*",
            "claude-opus-4-0*", "claude-opus-4?1*", "claude-opus-4?5*", "claude-opus-4?6*",
        ),
    ),
    ModelSpec(
        name="claude-high-resolution", family="claude", image_rule=PaddedPatches(longest_side=2_576, tokens=4_784),
        window=1_000_000, basis=BILLS, images_per_request=600, thinks=True,
        patterns=(
            "claude-opus-4?7*", "claude-opus-4?8*", "claude-opus-5*", "claude-sonnet-5*", "claude-haiku-5*",
            "claude-fable-*", "claude-mythos-*",
        ),
    ),
)  # fmt: skip

# Google, guides "Image understanding" and "Media resolution": 3,600 images for a request; Gemini 3 gives an image up to
# 1,120 tokens at its default resolution (bills show 1,065 to 1,101, prompt included). Windows: card.
GEMINI_MODELS: Final = (
    ModelSpec(
        name="gemini", family="gemini", image_rule=CropUnits(), window=1_048_576, basis=FORMULA,
        images_per_request=3_600, thinks=True, patterns=("gemini-1.5*", "gemini-2.*"),
    ),
    ModelSpec(
        name="gemini-3", family="gemini", image_rule=FlatPrice(tokens=1_120), window=1_048_576, basis=FORMULA,
        images_per_request=3_600, thinks=True, patterns=("gemini-3*",),
    ),
)  # fmt: skip

MODELS: Final[tuple[ModelSpec, ...]] = OPEN_MODELS + OPENAI_MODELS + CLAUDE_MODELS + GEMINI_MODELS
"""All specs; where several patterns match a name, the first counts."""
