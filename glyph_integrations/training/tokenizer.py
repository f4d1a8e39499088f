"""A byte-level BPE with GLM's special tokens and chat template, trained on the texts that a model will read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from glyph_integrations.errors import MissingExtraError, RequestError
from glyph_integrations.models.thinking import BOX
from glyph_integrations.training.pointing import COLUMNS, LINES, place_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable

END_OF_TEXT: Final = "<|endoftext|>"
END_OF_TURN: Final = "<|user|>"
SPECIAL: Final = (
    END_OF_TEXT, "[MASK]", "[gMASK]", "[sMASK]", "<sop>", "<eop>", "<|system|>", END_OF_TURN, "<|assistant|>",
    "<|observation|>", "<|begin_of_image|>", "<|end_of_image|>", "<|begin_of_video|>", "<|end_of_video|>",
    "<|image|>", "<|video|>",
)  # fmt: skip
"""GLM-4V's special tokens. As in GLM's own format the next turn's token ends a turn."""
THINKING: Final = ("<think>", "</think>")
"""Tokens of their own, but text: a reader sees them."""

CHAT_TEMPLATE: Final = """[gMASK]<sop>
{%- for message in messages %}
{{- '<|' + message['role'] + '|>\\n' }}
{%- if message['content'] is string %}
{{- message['content'] }}
{%- else %}
{%- for part in message['content'] %}
{%- if part['type'] == 'image' %}{{- '<|begin_of_image|><|image|><|end_of_image|>' }}
{%- elif part['type'] == 'text' %}{{- part['text'] }}
{%- endif %}
{%- endfor %}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|assistant|>\\n' }}{%- endif %}
"""

# Words with the space before them, digits, signs and line breaks one by one: what a small model can spell.
_PIECES: Final = r" ?[A-Za-z]+| ?[0-9]|\n| ?[^A-Za-z0-9\n ]| "


def train_tokenizer(texts: Iterable[str], *, vocabulary: int = 1024, lines: int = LINES, columns: int = COLUMNS) -> Any:
    """Trains a tokenizer.

    Args:
        texts: What its pieces are taken from.
        vocabulary: Most pieces, special tokens included, at least 274 for the bytes and the special tokens; those for
            places and answers (see ``pointing``) come on top.
        lines: Lines of type of the largest page whose places have names.
        columns: Visual tokens in such a line.

    Returns:
        A ``PreTrainedTokenizerFast``.

    Raises:
        RequestError: The vocabulary has no room for the bytes.
        MissingExtraError: tokenizers or transformers is not installed.
    """
    try:
        from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
        from transformers import PreTrainedTokenizerFast
    except ImportError as error:
        raise MissingExtraError("Training", package="transformers", extra="train") from error

    alphabet = pre_tokenizers.ByteLevel.alphabet()
    least = len(alphabet) + len(SPECIAL) + len(THINKING)
    if vocabulary < least:
        raise RequestError(f"a vocabulary has {least} pieces or more: all bytes and the special tokens")
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_PIECES), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    bpe.decoder = decoders.ByteLevel()
    size = vocabulary - len(SPECIAL) - len(THINKING)
    bpe.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False))
    bpe.add_tokens([AddedToken(token, special=False, normalized=False) for token in THINKING])
    special = (*SPECIAL, *place_tokens(lines, columns), *BOX)
    bpe.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    make: Any = PreTrainedTokenizerFast
    return make(
        tokenizer_object=bpe,
        eos_token=END_OF_TEXT,
        pad_token=END_OF_TEXT,
        additional_special_tokens=list(special[1:]),
        chat_template=CHAT_TEMPLATE,
        padding_side="left",
        clean_up_tokenization_spaces=False,
    )
