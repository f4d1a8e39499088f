"""Pages and text as trainers hand them to a plain Glm4v model."""

from __future__ import annotations

import pytest

pytest.importorskip("transformers")

import numpy as np
import torch
from PIL import Image
from transformers import AutoTokenizer, Glm4vForConditionalGeneration
from transformers.models.glm4v.image_processing_pil_glm4v import Glm4vImageProcessorPil

from glyph_integrations import RenderStyle, render
from glyph_integrations.errors import RequestError
from glyph_integrations.models import GenerationSettings, Message
from glyph_integrations.models.local.checkpoint import Checkpoint
from glyph_integrations.training.processor import PageProcessor

STYLE = RenderStyle(page_width=140, page_height=112)
QUESTIONS = ("Question: When?", "Question: What is the notice period, and from when is it counted?")


@pytest.fixture(scope="module")
def pages():
    """Two pages of different heights."""
    text = "The notice period is ninety days, counted from the first of the month that follows. " * 4
    first, *_, last = render(text, STYLE)
    return first, last


@pytest.fixture(scope="module")
def checkpoint(tiny_glm4v):
    """The tiny checkpoint's files."""
    return Checkpoint.find(tiny_glm4v)


@pytest.fixture(scope="module")
def processor(checkpoint):
    """Its processor."""
    return PageProcessor(AutoTokenizer.from_pretrained(checkpoint.folder), checkpoint.config, checkpoint.preprocessor)


@pytest.fixture(scope="module")
def plain_model(tiny_glm4v):
    """The checkpoint as the library loads it, its patch embedding as it was."""
    return Glm4vForConditionalGeneration.from_pretrained(tiny_glm4v, dtype=torch.float32).eval()


def conversation(pages, question):
    """A prompt as trainers give it."""
    shown = [{"type": "image", "image": Image.fromarray(page.pixels)} for page in pages]
    return [{"role": "user", "content": [*shown, {"type": "text", "text": question}]}]


def padded(processor, prompts):
    """Prompts as tensors."""
    text = processor.apply_chat_template(prompts, add_generation_prompt=True)
    images = [[part["image"] for part in prompt[0]["content"] if part["type"] == "image"] for prompt in prompts]
    return processor(images=images, text=text, padding=True, return_tensors="pt")


@pytest.mark.parametrize("colour", ["L", "RGB"])
def test_pixels_equal_those_of_the_library(processor, checkpoint, pages, colour):
    """Patches and grids are those of the library's image processor, for gray pages and for coloured ones."""
    settings = checkpoint.preprocessor
    theirs = Glm4vImageProcessorPil(
        size={"shortest_edge": 784, "longest_edge": 9_633_792},
        image_mean=settings["image_mean"],
        image_std=settings["image_std"],
    )
    noise = np.random.default_rng(0).integers(0, 256, (56, 84, 3), np.uint8)
    images = [*(Image.fromarray(page.pixels).convert(colour) for page in pages), Image.fromarray(noise)]
    expected = theirs(images=[image.convert("RGB") for image in images], return_tensors="pt")
    made = processor(images=[images], text=["<|image|>" * 3], return_tensors="pt")
    assert torch.equal(made["image_grid_thw"], expected["image_grid_thw"])
    torch.testing.assert_close(made["pixel_values"], expected["pixel_values"], atol=1e-5, rtol=0)


def test_prompts_equal_those_that_are_read(processor, tiny_model, pages):
    """Token ids are those of the model that reads, a placeholder for each visual token and a type that says so."""
    inputs = processor.apply_chat_template(
        [conversation(pages, QUESTIONS[0])], add_generation_prompt=True, tokenize=True, return_dict=True
    )
    (ids,) = inputs["input_ids"]
    read = tiny_model._format.prompt((Message("user", (*pages, QUESTIONS[0])),))
    assert ids == read.ids.tolist()
    image = processor.tokenizer.convert_tokens_to_ids("<|image|>")
    assert inputs["mm_token_type_ids"] == [[int(token == image) for token in ids]]
    assert inputs["attention_mask"] == [[1] * len(ids)]


def test_rows_are_filled_up_on_the_left(processor, pages):
    """What fills a shorter prompt is masked, is no visual token, and stands before it."""
    inputs = padded(processor, [conversation(pages[:1], QUESTIONS[0]), conversation(pages, QUESTIONS[1])])
    alone = padded(processor, [conversation(pages[:1], QUESTIONS[0])])
    gap = inputs["input_ids"].shape[1] - alone["input_ids"].shape[1]
    assert gap > 0
    assert set(inputs["input_ids"][0, :gap].tolist()) == {processor.tokenizer.pad_token_id}
    for name in ("attention_mask", "mm_token_type_ids"):
        assert not inputs[name][0, :gap].any()
    for name in ("input_ids", "attention_mask", "mm_token_type_ids"):
        assert torch.equal(inputs[name][0, gap:], alone[name][0])


def test_a_plain_model_writes_what_a_reader_would_read(processor, plain_model, tiny_model, pages):
    """Prompts of different lengths in one batch are answered by the plain model as by the model that reads."""
    prompts = [conversation(pages[:1], QUESTIONS[0]), conversation(pages, QUESTIONS[1])]
    inputs = padded(processor, prompts)
    written = plain_model.generate(**inputs, max_new_tokens=12, do_sample=False)[:, inputs["input_ids"].shape[1] :]
    read = tiny_model.generate(
        [(Message("user", (*pages[:1], QUESTIONS[0])),), (Message("user", (*pages, QUESTIONS[1])),)],
        GenerationSettings(max_tokens=12),
    )
    texts = processor.batch_decode(written, skip_special_tokens=True)
    assert [text.strip() for text in texts] == [generation.text for generation in read]


def test_text_alone_has_no_pixels(processor):
    """A prompt without pages is tokens only."""
    inputs = processor(text=["Question: When?"])
    assert set(inputs) == {"input_ids", "attention_mask", "mm_token_type_ids"}


def test_a_page_without_a_place_is_refused(processor, pages):
    """A prompt has to show each of its pages."""
    with pytest.raises(RequestError, match="0 placeholders for 1 pages"):
        processor(images=[[Image.fromarray(pages[0].pixels)]], text=["Question: When?"])


def test_what_is_saved_belongs_to_a_checkpoint(processor, checkpoint, tmp_path):
    """The folder holds the tokenizer and the preprocessor's settings, and nothing that needs this class to be read."""
    processor.save_pretrained(tmp_path)
    again = PageProcessor(AutoTokenizer.from_pretrained(tmp_path), checkpoint.config, checkpoint.preprocessor)
    assert again(text=list(QUESTIONS)) == processor(text=list(QUESTIONS))
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).symlink_to(checkpoint.folder / name)
    assert Checkpoint.find(tmp_path).preprocessor == checkpoint.preprocessor
    assert "PageProcessor" not in "".join(path.read_text("utf-8") for path in tmp_path.glob("*.json"))
