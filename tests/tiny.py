"""A tiny Glm4v with random weights: the real architecture, small enough for every test to run it."""

import json
import string
from pathlib import Path

from glyph_integrations.training.tokenizer import CHAT_TEMPLATE as TEMPLATE
from glyph_integrations.training.tokenizer import SPECIAL

SENTENCES = [
    "Answer from the pages above. If the document does not say, answer NOT IN DOCUMENT. Quote the words.",
    "The notice period is ninety days, counted from the first of the month that follows.",
    "Which invoice was paid twice, and when? GB-7719-K, 2024-03-18, for 12,450.00 euro.",
]


def tokenizer(special=SPECIAL, template=TEMPLATE):
    """A byte-level BPE, GLM's by default: it encodes any text. The first of the special tokens ends one."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(
        [*SENTENCES, *string.ascii_letters], trainers.BpeTrainer(vocab_size=400, initial_alphabet=alphabet)
    )
    bpe.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        eos_token=special[0],
        pad_token=special[0],
        additional_special_tokens=list(special[1:]),
        chat_template=template,
        padding_side="left",
    )


def config(words, *, hidden=64, layers=3, vision_hidden=48, vision_depth=2, window=131_072):
    """The configuration, with the special tokens where ``words`` (the tokenizer) has them."""
    from transformers import Glm4vConfig

    ids = {token: words.convert_tokens_to_ids(token) for token in SPECIAL}
    # The default, 0.02, is for widths of thousands; with this much what it writes depends on every page.
    scale = 3 * hidden**-0.5
    return Glm4vConfig(
        text_config={
            "vocab_size": len(words),
            "hidden_size": hidden,
            "intermediate_size": 2 * hidden,
            "num_hidden_layers": layers,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "max_position_embeddings": window,
            "rope_parameters": {
                "rope_type": "default", "rope_theta": 10_000.0, "partial_rotary_factor": 0.5,
                "mrope_section": [hidden // 4 // 4 - 2 * (hidden // 4 // 4 // 3)] + 2 * [hidden // 4 // 4 // 3],
            },
            "pad_token_id": ids["<|endoftext|>"],
            "eos_token_id": [ids["<|endoftext|>"], ids["<|user|>"]],
            "initializer_range": scale,
        },
        vision_config={
            "depth": vision_depth,
            "hidden_size": vision_hidden,
            "num_heads": 4,
            "intermediate_size": 2 * vision_hidden,
            "out_hidden_size": hidden,
            "patch_size": 14,
            "image_size": 336,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "initializer_range": scale,
        },
        image_token_id=ids["<|image|>"],
        video_token_id=ids["<|video|>"],
        image_start_token_id=ids["<|begin_of_image|>"],
        image_end_token_id=ids["<|end_of_image|>"],
        video_start_token_id=ids["<|begin_of_video|>"],
        video_end_token_id=ids["<|end_of_video|>"],
        tie_word_embeddings=False,
        initializer_range=scale,
    )  # fmt: skip


def build(folder: Path, **sizes):
    """Writes the checkpoint that every test reads: weights, configuration, tokenizer, image preprocessor."""
    import torch
    from transformers import Glm4vForConditionalGeneration

    words = tokenizer()
    torch.manual_seed(3)
    model = Glm4vForConditionalGeneration(config(words, **sizes))
    model.generation_config.eos_token_id = model.config.text_config.eos_token_id
    model.generation_config.pad_token_id = model.config.text_config.pad_token_id
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    words.save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(
        json.dumps(
            {
                "image_processor_type": "Glm4vImageProcessor",
                "size": {"shortest_edge": 12_544, "longest_edge": 9_633_792},
                "do_rescale": True,
                "patch_size": 14,
                "temporal_patch_size": 2,
                "merge_size": 2,
                "image_mean": [0.48145466, 0.4578275, 0.40821073],
                "image_std": [0.26862954, 0.26130258, 0.27577711],
            }
        )
    )
    return folder
