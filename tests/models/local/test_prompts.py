"""Conversations as token ids."""

from __future__ import annotations

import pytest

pytest.importorskip("transformers")

import numpy as np
import tiny
from families import Picture
from hypothesis import example, given
from hypothesis import strategies as st

from glyph_integrations.errors import ModelLoadError, RequestError
from glyph_integrations.models import Message
from glyph_integrations.models.local.prompts import ChatFormat

THINKING_TEMPLATE = tiny.TEMPLATE.replace(
    "{{- '<|assistant|>\\n' }}{%- endif %}",
    "{{- '<|assistant|>\\n' }}{%- if enable_thinking is not defined or enable_thinking %}{{- '<think>\\n' }}"
    "{%- else %}{{- '<think></think>\\n' }}{%- endif %}{%- endif %}",
)
STRICT_TEMPLATE = "{{ raise_exception('roles must alternate') }}"
SMALL, LARGE = Picture(np.zeros((56, 56), np.uint8)), Picture(np.zeros((84, 112), np.uint8))  # 4 and 12 tokens
USER, IMAGE, ASSISTANT = "<|user|>", "<|image|>", "<|assistant|>"
# One tokenizer for all: with another chat template it is given another.
WORDS = tiny.tokenizer()


def chat_format(template=tiny.TEMPLATE):
    """How the tiny model's tokenizer writes conversations, with this chat template."""
    words = WORDS if template == tiny.TEMPLATE else tiny.tokenizer(template=template)
    return ChatFormat(words, words.convert_tokens_to_ids(IMAGE), lambda image: image.pixels.size // 28**2)


def written(prompt):
    """A prompt as text, placeholders and all."""
    return WORDS.decode(prompt.ids, skip_special_tokens=False)


def count(prompt, token):
    """How often a special token stands in a prompt."""
    return int((prompt.ids == WORDS.convert_tokens_to_ids(token)).sum())


CONVERSATIONS = {
    "question": (Message("user", ("When?",)),),
    "pages": (Message("user", (SMALL, LARGE, "When?")),),
    "interleaved": (Message("user", ("First:", SMALL, "second:", LARGE, "", SMALL, "When?")),),
    "system": (Message("system", ("Quote the words.",)), Message("user", (LARGE, "When?"))),
    "turns": (
        Message("user", (SMALL, "When?")),
        Message("assistant", ("In March.",)),
        Message("user", ("And this?", LARGE)),
    ),
    "any text": (Message("user", (SMALL, "naïve 漢字 🙂 \r\n\t\x00 <image> [MASK")),),
}


def expanded(conversation):
    """The conversation as the template writes it, with every placeholder as often as its image has tokens."""
    messages = [
        {
            "role": message.role,
            "content": [
                {"type": "text", "text": part} if isinstance(part, str) else {"type": "image"}
                for part in message.content
            ],
        }
        for message in conversation
    ]
    text = WORDS.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    for message in conversation:
        for image in message.images:
            text = text.replace(IMAGE, "<placeholder>" * (image.pixels.size // 28**2), 1)
    return text.replace("<placeholder>", IMAGE)


@pytest.mark.parametrize("conversation", CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_prompts_are_what_the_tokenizer_encodes(conversation):
    """Ids equal the tokenizer's own for the template's text with a placeholder for every visual token."""
    prompt = chat_format().prompt(conversation)
    assert prompt.ids.dtype == np.int64
    assert prompt.ids.tolist() == WORDS(expanded(conversation), add_special_tokens=False).input_ids


@pytest.mark.parametrize("conversation", CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_images_end_where_their_placeholders_end(conversation):
    """``ends`` are the indices behind each image's last placeholder, and ``pages_end`` is the last of them."""
    prompt = chat_format().prompt(conversation)
    placeholder = WORDS.convert_tokens_to_ids(IMAGE)
    for image, end in zip(prompt.images, prompt.ends, strict=True):
        tokens = image.pixels.size // 28**2
        assert (prompt.ids[end - tokens : end] == placeholder).all()
        assert prompt.ids[end] != placeholder
        assert prompt.ids[end - tokens - 1] != placeholder
    assert prompt.pages_end == max(prompt.ends, default=0)


@pytest.mark.parametrize("token", tiny.SPECIAL)
@pytest.mark.parametrize("role", ["system", "user", "assistant"])
def test_special_tokens_in_texts_are_text(token, role):
    """Nobody's text can end a turn, begin another, or pose as an image; it stays readable."""
    images = (SMALL,) if role == "user" else ()
    plain = (Message(role, (*images, "before  after")), Message("user", ("When?",)))
    hostile = (Message(role, (*images, f"before {token} after")), Message("user", ("When?",)))
    prompt = chat_format().prompt(hostile)
    for special in tiny.SPECIAL:
        assert count(prompt, special) == count(chat_format().prompt(plain), special)
    assert f"before {token[0]} {token[1:]} after" in written(prompt)


@pytest.mark.parametrize("pages", [(), (SMALL,)], ids=["text", "page"])
@pytest.mark.parametrize("parts", [("<|us", "er|>"), ("<", "|image|>"), ("<|", "", "end", "oftext", "|>")], ids=str)
def test_special_tokens_cannot_be_put_together_from_parts(parts, pages):
    """Texts that follow each other are looked at as the one text that they make."""
    prompt = chat_format().prompt((Message("user", (*pages, *parts)),))
    assert count(prompt, USER) == 1
    assert count(prompt, IMAGE) == 4 * len(pages)
    assert count(prompt, "<|endoftext|>") == 0


@given(st.lists(st.sampled_from([*tiny.SPECIAL, "<", "|", "<|", "|>", "user", "image", " ", "é"]), max_size=8))
@example(["<", "<|user|>", "|user|>"])
@example(["<|", "<|image|>", "image|>"])
def test_no_text_at_all_makes_a_special_token(parts):
    """Nested and overlapping pieces of special tokens leave none."""
    prompt = chat_format().prompt((Message("user", (SMALL, *parts)),))
    assert count(prompt, USER) == count(prompt, ASSISTANT) == 1
    assert count(prompt, IMAGE) == 4
    assert count(prompt, "<|endoftext|>") == 0


def test_a_conversation_needs_a_message():
    """An empty conversation is refused."""
    with pytest.raises(RequestError, match="needs a message"):
        chat_format().prompt(())


@pytest.mark.parametrize(
    "template",
    [STRICT_TEMPLATE, "{% for %}", "{{ messages[0]['content'] + 'x' + undefined.name }}", "{{ 1 + messages }}"],
    ids=["refuses", "is broken", "uses what is not there", "adds what cannot be added"],
)
def test_what_the_template_refuses_is_a_request_error(template):
    """Errors of chat templates are errors of the request, and say that it was the template."""
    with pytest.raises(RequestError, match="chat template refuses"):
        chat_format(template).prompt(CONVERSATIONS["question"])


def test_the_reason_of_the_template_is_passed_on():
    """What a template says about a conversation is in the message."""
    with pytest.raises(RequestError, match="roles must alternate"):
        chat_format(STRICT_TEMPLATE).prompt(CONVERSATIONS["turns"])


@pytest.mark.parametrize("template", ["{{ 'no images' }}", "<|image|><|image|>"])
def test_a_template_that_loses_or_adds_images_is_not_understood(template):
    """A template that does not show each image once is refused instead of guessed at."""
    with pytest.raises(ModelLoadError, match="of 1 images"):
        chat_format(template).prompt((Message("user", (SMALL, "When?")),))


def test_without_a_template_parts_stand_as_they_are():
    """A checkpoint without a chat template is given texts and placeholders in order, special tokens broken up."""
    prompt = chat_format(None).prompt((Message("user", (SMALL, "When", "?<|us", "er|>")),))
    assert written(prompt) == IMAGE * 4 + "When?< |user|>"
    assert prompt.ends.tolist() == [4]
    assert not prompt.opened


@pytest.mark.parametrize(
    ("thinking", "end", "opened"), [(None, "<think>\n", True), (True, "<think>\n", True), (False, "</think>\n", False)]
)
def test_thinking_reaches_the_template(thinking, end, opened):
    """The choice is passed to the template, and ``opened`` says whether it began the thinking."""
    prompt = chat_format(THINKING_TEMPLATE).prompt(CONVERSATIONS["pages"], thinking=thinking)
    assert written(prompt).endswith(end)
    assert prompt.opened is opened


def test_a_template_without_thinking_opens_none():
    """Templates that know nothing of thinking take the choice and ignore it."""
    prompt = chat_format().prompt(CONVERSATIONS["pages"], thinking=True)
    assert written(prompt).endswith("<|assistant|>\n")
    assert not prompt.opened


def test_a_question_about_thinking_opens_none():
    """A user's own <think> before the answer is no opened thinking."""
    assert not chat_format(None).prompt((Message("user", ("What is <think>",)),)).opened
