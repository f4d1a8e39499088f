"""Special tokens in texts: whatever a family's tokenizer takes for one is broken, and legible."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from growth import grows_linearly
from hypothesis import given
from hypothesis import strategies as st

from glyph_integrations import models
from glyph_integrations.models.special_tokens import break_special_tokens
from glyph_integrations.reading.alignment import SourceIndex
from glyph_integrations.reading.folding import plain
from glyph_integrations.reading.verification import verify

FAMILIES = {
    "GLM-4.1V, Glyph": "<|endoftext|> [MASK] [gMASK] [sMASK] <sop> <eop> <|system|> <|user|> <|assistant|> "
    "<|observation|> <|begin_of_image|> <|image|> <|end_of_image|> <|begin_of_video|> "
    "<|video|> <|begin_of_box|> <think> </think> <answer> </answer>",
    "GLM-4.5V": "<tool_call> </tool_call> <tool_response> <arg_key> </arg_key> <arg_value> </arg_value> "
    "<|code_prefix|>",
    "Qwen-VL": "<|im_start|> <|im_end|> <|vision_start|> <|vision_pad|> <|image_pad|> <|video_pad|> "
    "<|object_ref_start|> <|box_start|> <|quad_end|> <|fim_prefix|> <|file_sep|> <|repo_name|> <img> "
    "</img> <ref> <box>",
    "DeepSeek": "<｜begin▁of▁sentence｜> <｜User｜> <｜Assistant｜> <｜▁pad▁｜> <｜tool▁calls▁begin｜> <image> <|ref|> "
    "<|/ref|> <|det|> <|grounding|> <|User|> <|Assistant|>",
    "PaddleOCR-VL": "<s> </s> <unk> <|begin_of_sentence|> <|IMAGE_START|> <|IMAGE_PLACEHOLDER|> <|LOC_0|> "
    "<mask:4> <cls> <sep> <fcel> <nl>",
    "Llama": "<|begin_of_text|> <|start_header_id|> <|eot_id|> <|python_tag|> <|reserved_special_token_12|> "
    "<|image|> [INST] [/INST] <<SYS>> <</SYS>>",
    "Mistral": "[INST] [/INST] [IMG] [IMG_BREAK] [IMG_END] [TOOL_CALLS] [AVAILABLE_TOOLS] [/AVAILABLE_TOOLS] "
    "[TOOL_RESULTS] [SYSTEM_PROMPT] [/SYSTEM_PROMPT] [THINK] [/THINK] [BEGIN_AUDIO] [control_11]",
    "Gemma": "<bos> <eos> <pad> <start_of_turn> <end_of_turn> <start_of_image> <image_soft_token> <unused99> "
    "<|turn> <turn|> <|image> <image|> <|channel>",
    "InternVL": "<img> <IMG_CONTEXT> <ref> <quad>",
    "SmolVLM": "<image> <fake_token_around_image> <row_1_col_2> <global-img> <end_of_utterance>",
    "Phi": "<|image_1|> <|end|> <|endoftext10|> <|dummy_id_3|>",
    "OpenAI": "<|endoftext|> <|fim_prefix|> <|fim_middle|> <|endofprompt|> <|start|> <|channel|> <|message|> "
    "<|return|>",
}
TOKENS = sorted({token for tokens in FAMILIES.values() for token in tokens.split()})
NANO = json.loads(Path(models.__path__[0], "nano", "tokenizer.json").read_text("utf-8"))
PLAIN = [
    "a < b and c > d",
    "x <= 3 || y >= 4 |> f <| g",
    "<table><tr><td>Rent</td></tr></table>",
    "[1], [Note], [TODO], a[i], [x]",
    "if (a<b && c>d) { return list<int>; }",
    "“quoted” «so» ‹or so›",
]


@pytest.mark.parametrize("token", TOKENS)
def test_every_token_of_every_family_is_broken(token):
    """Nothing is left of it in any text, and people still read it."""
    for text in (token, f"a{token}b", f"<{token}>", token * 3, f"[{token}]"):
        broken = break_special_tokens(text)
        assert token not in broken
        assert len(broken) == len(text)
        assert plain(broken) == plain(text)
        assert break_special_tokens(broken) == broken


@pytest.mark.parametrize("token", [token["content"] for token in NANO["added_tokens"]])
def test_nano_has_no_other_tokens(token):
    """Nor is any of the bundled reader's left."""
    assert token not in break_special_tokens(token)


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_stays_as_it_is(text):
    """Markup, code, comparisons and brackets are not touched."""
    assert break_special_tokens(text) == text


@given(
    st.lists(st.sampled_from([*TOKENS, "<", ">", "|", "[", "]", "x", "_", " ", "＜", "｜"]), max_size=8).map("".join)
)
def test_tokens_do_not_come_of_tokens(text):
    """What is left after breaking holds no token, however tokens stand in each other."""
    broken = break_special_tokens(text)
    assert not [token for token in TOKENS if token in broken]


def test_tokenizers_see_no_special_token():
    """A tokenizer with all of these added, and nano's own, finds none of them in a broken text."""
    tokenizers = pytest.importorskip("tokenizers")
    text = break_special_tokens(" and ".join(TOKENS))
    letters = {chr(code): code - 0x20 for code in range(0x20, 0x7F)}
    made = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=letters, merges=[]))
    made.normalizer = tokenizers.normalizers.NFKC()
    made.add_special_tokens([tokenizers.AddedToken(token, normalized=True) for token in TOKENS])
    nano = tokenizers.Tokenizer.from_str(json.dumps(NANO))
    for tokenizer in (made, nano):
        special = set(tokenizer.get_added_tokens_decoder())
        assert special & set(tokenizer.encode("".join(TOKENS)).ids)
        assert not special & set(tokenizer.encode(text, add_special_tokens=False).ids)


def test_tiktoken_sees_no_special_token():
    """One of tiktoken, with the special tokens of cl100k_base, takes a broken text though it forbids them all."""
    tiktoken = pytest.importorskip("tiktoken")
    special = ["<|endoftext|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|endofprompt|>"]
    encoding = tiktoken.Encoding(
        "bytes",
        pat_str=r"\S+|\s+",
        mergeable_ranks={bytes([byte]): byte for byte in range(256)},
        special_tokens={token: 256 + at for at, token in enumerate(special)},
    )
    text = "".join(special)
    assert len(encoding.encode(text, allowed_special="all")) == len(special)
    with pytest.raises(ValueError, match="special token"):
        encoding.encode(text)
    assert max(encoding.encode(break_special_tokens(text))) < 256


@pytest.mark.parametrize(
    "text", ["He said <|assistant|> twice.", "The role <｜User｜> is set.", "See [gMASK] and <image> 12."]
)
def test_quotes_of_broken_tokens_are_found(text):
    """A quote that was copied from a broken text stands in the source, to the letter."""
    source = f"Chapter one. {text} The end."
    found = SourceIndex(source).find(break_special_tokens(text))
    assert found.similarity == 1.0
    assert source[found.start : found.end] == text
    (check, *_) = verify("", [break_special_tokens(text)], SourceIndex(source)).checks
    assert (check.status, check.text) == ("found", text)


@pytest.mark.parametrize("piece", ["<", "<|", "|>", "<a", "<a_", "[", "[IMG_", "[/", "<<SYS", "<x-", "<|a"])
def test_time_is_linear(piece):
    """Halves of tokens, however many, cost no more than other text."""
    assert grows_linearly(lambda size: break_special_tokens(piece * size), 5_000)
