"""The API models' arithmetic against examples that were published or worked out by hand."""

import pytest

from glyph_integrations.counting import model_spec

# GPT-4o and GPT-4.1: the examples of OpenAI's guide, and two bills that users published, which settle the rounding
# (https://community.openai.com/t/1281361; less 8 tokens of text).
TILES = {
    (1024, 1024): 85 + 4 * 170,
    (2048, 4096): 85 + 6 * 170,
    (512, 512): 85 + 1 * 170,
    (513, 512): 85 + 2 * 170,
    (2049, 513): 1453 - 8,
    (2050, 513): 773 - 8,
    (588, 840): 85 + 4 * 170,
    (512, 1024): 85 + 2 * 170,
    (8000, 100): 85 + 4 * 170,
}


@pytest.mark.parametrize(("size", "tokens"), TILES.items())
def test_openai_tiles(size, tokens):
    """GPT-4o costs a base and the tiles that remain after both reductions; nothing is enlarged."""
    assert model_spec("gpt-4o").visual_tokens(*size) == tokens
    assert model_spec("gpt-4.1").visual_tokens(*size) == tokens


@pytest.mark.parametrize(
    ("name", "base", "tile"), [("gpt-5", 70, 140), ("o3", 75, 150), ("gpt-4o-mini", 2833, 5667), ("gpt-4o", 85, 170)]
)
def test_openai_tile_prices(name, base, tile):
    """Each family has its own base and tile price."""
    assert model_spec(name).visual_tokens(1024, 1024) == base + 4 * tile


def test_openai_patches():
    """The guide's examples: 1024×1024 is 1,024 patches; 1800×2400 is reduced to 33×44; the multiplier comes last."""
    rule = model_spec("gpt-4.1-mini").image_rule
    assert rule.grid(1024, 1024) == (32, 32)
    assert rule.grid(1800, 2400) == (33, 44)
    assert model_spec("gpt-4.1-mini").visual_tokens(1024, 1024) == 1659  # 1,024 · 1.62 = 1,658.88
    assert model_spec("gpt-5-nano").visual_tokens(588, 840) == 1262  # 19 · 27 · 2.46 = 1,261.98
    assert model_spec("o4-mini").visual_tokens(1800, 2400) == 2498  # 1,452 · 1.72 = 2,497.44
    assert rule.grid(100_000, 10) == (1536, 1)


# Input tokens for one image at detail "high" on GPT-6, from https://huggingface.co/datasets/JOHNISKING/image-token-cost
PATCH_BILLS = {
    (256, 256): 77,
    (512, 512): 308,
    (768, 768): 692,
    (1024, 1024): 1229,
    (1280, 720): 1104,
    (1920, 1080): 2448,
    (1080, 1920): 2448,
    (2560, 1440): 2931,
    (3840, 2160): 2931,
    (4032, 3024): 2942,
}


@pytest.mark.parametrize(("size", "tokens"), PATCH_BILLS.items())
def test_openai_patch_bills(size, tokens):
    """The newest models' patches are those that were billed, the rounding and the reduction included."""
    assert model_spec("gpt-5.5").visual_tokens(*size) == tokens


# From the same data: Claude Haiku 4.5 with 65 tokens of prompt, Claude 5.5 with 77.
STANDARD_BILLS = {
    (256, 256): 165,
    (512, 512): 426,
    (768, 768): 849,
    (1024, 1024): 1434,
    (1280, 720): 1261,
    (1920, 1080): 1625,
}
HIGH_BILLS = {(256, 256): 177, (512, 512): 438, (768, 768): 861, (1024, 1024): 1446, (1920, 1080): 2768}


@pytest.mark.parametrize(("size", "tokens"), STANDARD_BILLS.items())
def test_claude_bills(size, tokens):
    """Claude's standard tier bills 28 px patches of the image, reduced to 1,568 of them."""
    assert model_spec("claude-haiku-4-5").visual_tokens(*size) == tokens - 65


@pytest.mark.parametrize(("size", "tokens"), HIGH_BILLS.items())
def test_claude_high_resolution_bills(size, tokens):
    """The high-resolution tier reduces nothing of up to 4,784 patches."""
    assert model_spec("claude-opus-5").visual_tokens(*size) == tokens - 77


def test_claude_resizes_as_its_guide_says():
    """The guide's examples: an A4 scan becomes 924×1307, a screenshot 1456×819; the high tier keeps the scan."""
    standard, high = model_spec("claude").image_rule, model_spec("claude-opus-4-7").image_rule
    assert standard.resized(1075, 1520) == (924, 1307)
    assert standard.resized(1920, 1080) == (1456, 819)
    assert high.resized(1075, 1520) == (1075, 1520)
    assert standard.visual_tokens(1_000_000, 1) <= 56


def test_gemini_tiles():
    """258 tokens up to 384×384; the guide's 960×540 is 3 by 2 tiles; a page is 2 by 3."""
    spec = model_spec("gemini-2.5-flash")
    assert spec.visual_tokens(384, 384) == 258
    assert spec.visual_tokens(960, 540) == 6 * 258
    assert spec.visual_tokens(588, 840) == 2 * 3 * 258  # unit 392: 588/392 = 1.5, 840/392 = 2.14
    assert spec.visual_tokens(768, 768) == 4 * 258
    assert model_spec("gemini-3-pro-preview").visual_tokens(588, 840) == 1120


def test_deepseek_ocr_modes():
    """Table 1 of the paper: 64, 100, 256 and 400 tokens, and n·100 + 256 for Gundam, here with 2 by 3 tiles."""
    tokens = {
        name: model_spec(f"deepseek-ocr-{name}").visual_tokens(595, 842) for name in ("tiny", "small", "base", "large")
    }
    assert tokens == {"tiny": 64, "small": 100, "base": 256, "large": 400}
    gundam = model_spec("deepseek-ai/DeepSeek-OCR")
    assert gundam.visual_tokens(595, 842) == 6 * 100 + 256
    assert gundam.visual_tokens(640, 640) == 256
    # The sequence also holds a separator for each row and view: 8 · 9 + 1, and 3 · 10 + 16 + 1 more than the above.
    assert model_spec("deepseek-ocr-tiny").page_tokens(512, 512) == 73
    assert gundam.page_tokens(595, 842) == 856 + 47


def test_pages_that_fill_their_tiles_cost_least():
    """For tile models the fitted page is whole tiles: fewer tokens for each px than the page that was asked for."""
    spec = model_spec("gpt-4o")
    assert spec.fit(588, 840) == (512, 1024)
    assert spec.visual_tokens(512, 1024) / (512 * 1024) < spec.visual_tokens(588, 840) / (588 * 840)
