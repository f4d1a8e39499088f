"""Tiny checkpoints of every family that is read: the real architectures, random weights, files as the real ones have.

Chat templates, special tokens and the settings of image preprocessors are each family's own, shortened.
"""

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import tiny

HIDDEN, VISION = 64, 48  # hidden sizes of the language model and of the vision tower
SCALE = 1.5 * HIDDEN**-0.5  # of the weights: with this much what is written depends on every page


@dataclass(frozen=True)
class Picture:
    """A page: gray values of shape [height, width], or RGB of shape [height, width, 3]."""

    pixels: Any

    @property
    def fingerprint(self):
        """Of size and pixels."""
        return hashlib.sha256(repr(self.pixels.shape).encode() + self.pixels.tobytes()).hexdigest()

    @property
    def image(self):
        """For the image processors of transformers."""
        from PIL import Image

        return Image.fromarray(self.pixels).convert("RGB")

    def png(self):
        """As a file."""
        data = io.BytesIO()
        self.image.save(data, "PNG")
        return data.getvalue()


@dataclass(frozen=True, kw_only=True)
class Family:
    """How the checkpoints of one family look.

    Attributes:
        name: Its ``model_type``.
        special: Its special tokens; the first ends answers.
        image: The placeholder of a visual token.
        config: Makes its configuration from a function from tokens to their ids.
        preprocessor: The settings of its image preprocessor.
        processor: Module and class of that preprocessor in transformers.
        template: Its chat template, if it has one.
        bos: What its tokenizer puts before every text, if anything.
        settings_file: Where those settings lie.
    """

    name: str
    special: tuple[str, ...]
    image: str
    config: Callable[[Callable[[str], int]], dict[str, Any]]
    preprocessor: dict[str, Any]
    processor: tuple[str, str]
    template: str | None = None
    bos: str | None = None
    settings_file: str = "preprocessor_config.json"

    def image_processor(self, folder):
        """The library's own, as a checkpoint configures it."""
        module, name = self.processor
        return getattr(import_module(f"transformers.models.{module}"), name).from_pretrained(folder)

    def build(self, folder: Path):
        """Writes a checkpoint."""
        import torch
        from transformers import AutoConfig, AutoModelForImageTextToText

        words = self._tokenizer()
        config = self.config(words.convert_tokens_to_ids)
        config["text_config"]["vocab_size"] = len(words)
        torch.manual_seed(3)
        model = AutoModelForImageTextToText.from_config(AutoConfig.for_model(self.name, **config))
        with torch.no_grad():
            for values in model.parameters():
                if values.ndim > 1 and values.std() < SCALE / 2:  # routers and positions begin at zero
                    values.normal_(std=SCALE)
        model.generation_config.eos_token_id = [words.eos_token_id]
        model.generation_config.pad_token_id = words.eos_token_id
        model.save_pretrained(folder)
        words.save_pretrained(folder)
        nested = self.settings_file == "processor_config.json"
        settings = {"image_processor": self.preprocessor} if nested else self.preprocessor
        (folder / self.settings_file).write_text(json.dumps(settings))
        return folder

    def _tokenizer(self):
        words = tiny.tokenizer(self.special, self.template)
        if self.bos:
            from tokenizers.processors import TemplateProcessing

            words.backend_tokenizer.post_processor = TemplateProcessing(
                single=f"{self.bos} $A", special_tokens=[(self.bos, words.convert_tokens_to_ids(self.bos))]
            )
        return words


def _text(**more):
    return {
        "hidden_size": HIDDEN,
        "intermediate_size": 2 * HIDDEN,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 131_072,
        "initializer_range": SCALE,
        **more,
    }


def _rope(*sections, **more):
    return {
        "rope_parameters": {"rope_type": "default", "rope_theta": 10_000.0, "mrope_section": list(sections), **more}
    }


def _vision(**more):
    return {
        "depth": 2,
        "hidden_size": VISION,
        "num_heads": 4,
        "intermediate_size": 2 * VISION,
        "out_hidden_size": HIDDEN,
        "initializer_range": SCALE,
        **more,
    }


def _glm(text, vision):
    """GLM-4.1V and what came after it."""

    def config(token):
        return {
            "text_config": text,
            "vision_config": _vision(patch_size=14, **vision),
            "image_token_id": token("<|image|>"),
            "video_token_id": token("<|video|>"),
            "image_start_token_id": token("<|begin_of_image|>"),
            "image_end_token_id": token("<|end_of_image|>"),
            "video_start_token_id": token("<|begin_of_video|>"),
            "video_end_token_id": token("<|end_of_video|>"),
        }

    return {
        "special": tiny.SPECIAL,
        "template": tiny.TEMPLATE,
        "image": "<|image|>",
        "config": config,
        "processor": ("glm46v.image_processing_pil_glm46v", "Glm46VImageProcessorPil"),
        "preprocessor": {
            "size": {"shortest_edge": 12_544, "longest_edge": 9_633_792},
            "do_rescale": True,
            "patch_size": 14,
            "temporal_patch_size": 2,
            "merge_size": 2,
            "image_mean": [0.48145466, 0.4578275, 0.40821073],
            "image_std": [0.26862954, 0.26130258, 0.27577711],
            "image_processor_type": "Glm46VImageProcessor",
            "processor_class": "Glm46VProcessor",
        },
    }


QWEN_SPECIAL = (
    "<|im_end|>", "<|endoftext|>", "<|im_start|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>",
    "<|image_pad|>", "<|video_pad|>",
)  # fmt: skip
QWEN_TEMPLATE = """
{%- if messages[0]['role'] != 'system' %}
{{- '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
{{- '<|im_start|>' + message['role'] + '\\n' }}
{%- if message['content'] is string %}
{{- message['content'] }}
{%- else %}
{%- for part in message['content'] %}
{%- if part['type'] == 'image' %}{{- '<|vision_start|><|image_pad|><|vision_end|>' }}
{%- elif 'text' in part %}{{- part['text'] }}
{%- endif %}
{%- endfor %}
{%- endif %}
{{- '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}
"""
# Qwen3.5 begins the thinking itself.
QWEN_3_5_TEMPLATE = QWEN_TEMPLATE.replace(
    "'<|im_start|>assistant\\n' }}",
    "'<|im_start|>assistant\\n<think>\\n' + ('\\n</think>\\n\\n' if enable_thinking is false else '') }}",
)


def _qwen(text, vision, images, template=QWEN_TEMPLATE):
    def config(token):
        return {
            "text_config": {"bos_token_id": None, "eos_token_id": token("<|im_end|>"), **text},
            "vision_config": _vision(**vision),
            "image_token_id": token("<|image_pad|>"),
            "video_token_id": token("<|video_pad|>"),
            "vision_start_token_id": token("<|vision_start|>"),
            "vision_end_token_id": token("<|vision_end|>"),
        }

    return {
        "special": QWEN_SPECIAL,
        "template": template,
        "image": "<|image_pad|>",
        "config": config,
        "processor": ("qwen2_vl.image_processing_pil_qwen2_vl", "Qwen2VLImageProcessorPil"),
        "preprocessor": {"temporal_patch_size": 2, "merge_size": 2, **images},
    }


QWEN_2_5_IMAGES = {
    "min_pixels": 3_136,
    "max_pixels": 12_845_056,
    "patch_size": 14,
    "image_mean": [0.48145466, 0.4578275, 0.40821073],
    "image_std": [0.26862954, 0.26130258, 0.27577711],
    "image_processor_type": "Qwen2VLImageProcessor",
    "processor_class": "Qwen2_5_VLProcessor",
}
QWEN_3_IMAGES = {
    "size": {"longest_edge": 16_777_216, "shortest_edge": 65_536},
    "patch_size": 16,
    "image_mean": [0.5, 0.5, 0.5],
    "image_std": [0.5, 0.5, 0.5],
    "image_processor_type": "Qwen2VLImageProcessorFast",
    "processor_class": "Qwen3VLProcessor",
}
QWEN_3_ROPE = _rope(4, 2, 2, mrope_interleaved=True)
QWEN_3_VISION = {"patch_size": 16, "num_position_embeddings": 64, "deepstack_visual_indexes": [0, 1]}
QWEN_3_5_TEXT = _text(
    num_hidden_layers=4,  # three of linear attention, one of full attention
    head_dim=32,
    linear_num_key_heads=2,
    linear_num_value_heads=4,
    linear_key_head_dim=16,
    linear_value_head_dim=16,
    **_rope(2, 1, 1, mrope_interleaved=True, partial_rotary_factor=0.25),
)
QWEN_3_5_VISION = {"patch_size": 16, "num_position_embeddings": 64}
EXPERTS = {"moe_intermediate_size": 32, "num_experts_per_tok": 2}

PADDLE_SPECIAL = (
    "</s>", "<unk>", "<s>", "<|begin_of_sentence|>", "<|IMAGE_PLACEHOLDER|>", "<|VIDEO_PLACEHOLDER|>",
    "<|IMAGE_START|>", "<|IMAGE_END|>",
)  # fmt: skip
PADDLE_TEMPLATE = """<|begin_of_sentence|>
{%- for message in messages %}
{%- if message['role'] == 'user' %}{{- 'User: ' }}
{%- elif message['role'] == 'assistant' %}{{- 'Assistant:\\n' }}
{%- endif %}
{%- if message['content'] is string %}
{{- message['content'] }}
{%- else %}
{%- for part in message['content'] %}
{%- if part['type'] == 'image' %}{{- '<|IMAGE_START|><|IMAGE_PLACEHOLDER|><|IMAGE_END|>' }}{%- endif %}
{%- endfor %}
{%- for part in message['content'] %}
{%- if part['type'] == 'text' %}{{- part['text'] }}{%- endif %}
{%- endfor %}
{%- endif %}
{{- '</s>' if message['role'] == 'assistant' else '\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- 'Assistant:\\n' }}{%- endif %}
"""


def _paddle(token):
    return {
        "text_config": _text(head_dim=16, pad_token_id=0, eos_token_id=token("</s>"), **_rope(2, 3, 3)),
        "vision_config": {
            "hidden_size": VISION,
            "intermediate_size": 2 * VISION,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "image_size": 112,
            "patch_size": 14,
            "spatial_merge_size": 2,
            "initializer_range": SCALE,
        },
        "image_token_id": token("<|IMAGE_PLACEHOLDER|>"),
        "video_token_id": token("<|VIDEO_PLACEHOLDER|>"),
        "vision_start_token_id": token("<|IMAGE_START|>"),
        "vision_end_token_id": token("<|IMAGE_END|>"),
    }


DEEPSEEK_SPECIAL = ("<｜end▁of▁sentence｜>", "<｜begin▁of▁sentence｜>", "<｜▁pad▁｜>", "<image>")


def _deepseek(token):
    return {
        "text_config": _text(
            max_position_embeddings=8_192,
            num_key_value_heads=4,
            n_routed_experts=4,
            n_shared_experts=1,
            mlp_layer_types=["dense", "sparse", "sparse"],
            bos_token_id=token("<｜begin▁of▁sentence｜>"),
            eos_token_id=token("<｜end▁of▁sentence｜>"),
            **EXPERTS,
        ),
        "vision_config": {
            "sam_config": {
                "hidden_size": 16,
                "output_channels": 8,
                "num_hidden_layers": 2,
                "num_attention_heads": 1,
                "global_attn_indexes": [],  # in the real one some layers look beyond windows, which takes long
                "downsample_channels": [16, VISION],
                "initializer_range": SCALE,
            },
            "encoder_config": {
                "hidden_size": VISION,
                "intermediate_size": 2 * VISION,
                "num_hidden_layers": 2,
                "num_attention_heads": 4,
                "num_key_value_heads": 2,
                "initializer_range": SCALE,
            },
        },
        "image_token_id": token("<image>"),
    }


FAMILIES = (
    Family(
        name="glm4v_moe",
        **_glm(
            _text(
                n_routed_experts=4,
                first_k_dense_replace=1,
                use_qk_norm=False,
                **EXPERTS,
                **_rope(2, 1, 1, partial_rotary_factor=0.5),
            ),
            {"image_size": 336},
        ),
    ),
    Family(
        name="glm46v",
        **_glm(
            {"model_type": "glm4v_text", **_text(**_rope(2, 1, 1, partial_rotary_factor=0.5))},
            {"model_type": "glm4v_vision", "image_size": 336},
        ),
    ),
    Family(name="glm_ocr", **_glm(_text(head_dim=16, **_rope(2, 3, 3)), {"image_size": 336})),
    Family(
        name="qwen2_5_vl",
        **_qwen(
            _text(**_rope(2, 3, 3)),
            {"patch_size": 14, "window_size": 112, "fullatt_block_indexes": [1]},
            QWEN_2_5_IMAGES,
        ),
    ),
    Family(name="qwen3_vl", **_qwen(_text(head_dim=16, **QWEN_3_ROPE), QWEN_3_VISION, QWEN_3_IMAGES)),
    Family(
        name="qwen3_vl_moe",
        **_qwen(_text(head_dim=16, num_experts=4, **EXPERTS, **QWEN_3_ROPE), QWEN_3_VISION, QWEN_3_IMAGES),
    ),
    Family(name="qwen3_5", **_qwen(QWEN_3_5_TEXT, QWEN_3_5_VISION, QWEN_3_IMAGES, QWEN_3_5_TEMPLATE)),
    Family(
        name="qwen3_5_moe",
        **_qwen(
            {
                **{name: value for name, value in QWEN_3_5_TEXT.items() if name != "intermediate_size"},
                "num_experts": 4,
                "shared_expert_intermediate_size": 32,
                **EXPERTS,
            },
            QWEN_3_5_VISION,
            QWEN_3_IMAGES,
            QWEN_3_5_TEMPLATE,
        ),
    ),
    Family(
        name="paddleocr_vl",
        special=PADDLE_SPECIAL,
        template=PADDLE_TEMPLATE,
        image="<|IMAGE_PLACEHOLDER|>",
        config=_paddle,
        processor=("paddleocr_vl.image_processing_pil_paddleocr_vl", "PaddleOCRVLImageProcessorPil"),
        preprocessor={
            "min_pixels": 147_384,
            "max_pixels": 2_822_400,
            "patch_size": 14,
            "temporal_patch_size": 1,
            "merge_size": 2,
            "resample": 3,
            "do_convert_rgb": True,
            "do_rescale": True,
            "rescale_factor": 1 / 255,
            "do_normalize": True,
            "image_mean": [0.5, 0.5, 0.5],
            "image_std": [0.5, 0.5, 0.5],
            "image_processor_type": "PaddleOCRVLImageProcessor",
        },
    ),
    Family(
        name="deepseek_ocr2",
        special=DEEPSEEK_SPECIAL,
        bos="<｜begin▁of▁sentence｜>",
        image="<image>",
        config=_deepseek,
        processor=("deepseek_ocr2.image_processing_pil_deepseek_ocr2", "DeepseekOcr2ImageProcessorPil"),
        settings_file="processor_config.json",
        preprocessor={
            "crop_to_patches": True,
            "min_patches": 2,
            "max_patches": 6,
            "size": {"height": 1024, "width": 1024},
            "tile_size": 768,
            "background_color": [127, 127, 127],
            "image_mean": [0.5, 0.5, 0.5],
            "image_std": [0.5, 0.5, 0.5],
            "image_processor_type": "DeepseekOcr2ImageProcessor",
        },
    ),
)
