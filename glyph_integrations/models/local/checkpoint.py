"""From a folder or a hub id to a model in memory: safetensors only, no code of the checkpoint's own."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import torch
from transformers import AutoConfig, AutoModelForImageTextToText, AutoTokenizer

from glyph_integrations.counting import ModelSpec, model_spec
from glyph_integrations.counting.image_rules import PatchGrid
from glyph_integrations.errors import ModelLoadError, ModelMemoryError, UnknownModelError
from glyph_integrations.models.local.memory import available_bytes, gigabytes

if TYPE_CHECKING:
    from collections.abc import Mapping

NANO: Final = "nano"
"""The name of the reader that is bundled."""

SPEC_OF_TYPE: Final = {
    "glm4v": "glm-4.1v",
    "glm4v_moe": "glm-4.6v",
    "glm46v": "glm-4.6v",
    "glm_ocr": "glm-ocr",
    "qwen2_5_vl": "qwen2.5-vl",
    "qwen3_vl": "qwen3-vl",
    "qwen3_vl_moe": "qwen3-vl",
    "qwen3_5": "qwen3.5",
    "qwen3_5_moe": "qwen3.5",
    "paddleocr_vl": "paddleocr-vl",
    "deepseek_ocr2": "deepseek-ocr-2",
}
"""The families that are read, by ``model_type`` of ``config.json``, and the spec where the name is not known."""
_BUNDLED: Final = Path(__file__).parents[1] / NANO
_FILES = ("*.safetensors", "*.json", "*.jinja", "*.model", "*.txt")
_SMALL = 4 * 2**30  # bytes; a checkpoint below it runs in float32 on a CPU
_ROOM = 0.9  # of the free memory: the rest is for pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A checkpoint on this machine.

    Attributes:
        folder: Where it lies.
        name: The hub id, or the folder's name.
        config: Its configuration, as transformers reads it.
        preprocessor: Its image preprocessor's settings.
    """

    folder: Path
    name: str
    config: Any
    preprocessor: Mapping[str, Any]

    @classmethod
    def find(cls, name: str | os.PathLike[str], *, revision: str | None = None) -> Checkpoint:
        """Finds the bundled checkpoint (``"nano"``), one in a folder, or on the Hugging Face Hub (downloaded once).

        Raises:
            ModelLoadError: There is none, it has no safetensors, or it is of a family that is not read.
        """
        folder = _BUNDLED if name == NANO else Path(name).expanduser().absolute()
        shown = folder.name
        if not folder.is_dir():
            shown = os.fspath(name)
            folder = _downloaded(shown, revision)
        if not any(folder.glob("*.safetensors")):
            raise ModelLoadError(f"{shown} has no weights as safetensors; other weight files are not opened")
        try:
            config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelLoadError(f"{shown}: transformers cannot read its config.json") from error
        if config.model_type not in SPEC_OF_TYPE:
            known = ", ".join(SPEC_OF_TYPE)
            raise ModelLoadError(f"{shown} is of type {config.model_type!r}; read are {known}")
        return cls(folder=folder, name=shown, config=config, preprocessor=_preprocessor(folder))

    @property
    def bytes(self) -> int:
        """Size of its weights as stored."""
        return sum(file.stat().st_size for file in self.folder.glob("*.safetensors"))

    @property
    def spec(self) -> ModelSpec:
        """The spec that its configuration names, else that of its name, else of its family; the window is its own.

        Raises:
            UnknownModelError: Its visual tokens cannot be counted.
        """
        try:
            spec = model_spec(getattr(self.config, "glyph_spec", self.name))
        except UnknownModelError:
            spec = replace(model_spec(SPEC_OF_TYPE[self.config.model_type]), name=self.name)
        text, vision = self.config.get_text_config(), self.config.vision_config
        window = getattr(text, "max_position_embeddings", None) or spec.window
        rule = spec.image_rule
        if isinstance(rule, PatchGrid):
            rule = replace(rule, factor=vision.patch_size * vision.spatial_merge_size)
        return replace(spec, window=window, image_rule=rule)

    def load(
        self, *, device: str | Mapping[str, Any] | None, dtype: torch.dtype | None, quantization: Any
    ) -> tuple[Any, Any]:
        """Loads the model, ready to generate, and its tokenizer.

        Args:
            device: ``"cuda"``, ``"cuda:1"``, ``"mps"``, ``"cpu"``; ``"auto"`` or a device map spreads it over several;
                None takes one GPU if it fits there, else all of them, else the CPU.
            dtype: Of the weights; None takes bfloat16 on a GPU and for large checkpoints, else float32.
            quantization: A quantisation configuration of transformers.

        Raises:
            ModelLoadError: Files are missing or do not belong together.
            ModelMemoryError: It does not fit.
        """
        from safetensors import SafetensorError

        target = _device() if device is None else device
        on_cpu = target == "cpu"
        precision = dtype or (torch.float32 if on_cpu and self.bytes < _SMALL else torch.bfloat16)
        if quantization is None:
            target = self._placed(target, precision, chosen=device is not None)
        try:
            tokenizer = AutoTokenizer.from_pretrained(self.folder, trust_remote_code=False)
            loaded: Any = AutoModelForImageTextToText.from_pretrained(
                self.folder,
                trust_remote_code=False,
                use_safetensors=True,
                dtype=precision,
                device_map=target,
                quantization_config=quantization,
                output_loading_info=True,
            )
        except torch.OutOfMemoryError as error:
            raise ModelMemoryError(f"{self.name} does not fit the device's memory") from error
        except (OSError, ValueError, RuntimeError, SafetensorError) as error:
            reason = _first_line(error).replace(str(self.folder), self.name)
            raise ModelLoadError(f"{self.name} cannot be loaded ({type(error).__name__}): {reason}") from error
        model, info = loaded
        if missing := sorted(info["missing_keys"]):  # the library would go on with random numbers
            raise ModelLoadError(f"{self.name} lacks {len(missing)} of its weights, {missing[0]} among them")
        return model, tokenizer

    def _placed(self, target: Any, precision: torch.dtype, *, chosen: bool) -> Any:
        """Where it goes, once its size is known to fit there."""
        stored = getattr(self.config, "dtype", None) or torch.bfloat16
        needed = self.bytes * precision.itemsize // torch.tensor([], dtype=stored).element_size()
        if not isinstance(target, str) or target == "auto":
            return target
        free = available_bytes(torch.device(target))
        if needed <= free * _ROOM:
            return target
        if not chosen and target.startswith("cuda") and torch.cuda.device_count() > 1:
            return "auto"
        raise ModelMemoryError(
            f"{self.name} needs {gigabytes(needed)} in {str(precision).removeprefix('torch.')}, {target} has "
            f"{gigabytes(free)} free: pass quantization=…, device='auto', or serve it and use Reader.from_server"
        )


def _downloaded(name: str, revision: str | None) -> Path:
    if name.count("/") != 1 or name.startswith((".", "/", "~")):
        shown = Path(name).name
        raise ModelLoadError(f"there is no folder {shown!r}; a model is a folder, or a hub id like 'zai-org/Glyph'")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=list(_FILES)))
    except HFValidationError as error:
        raise ModelLoadError(f"{name!r} is neither a folder nor a hub id like 'zai-org/Glyph'") from error
    except LocalEntryNotFoundError as error:
        raise ModelLoadError(f"{name} is not on this machine and the Hugging Face Hub cannot be reached") from error
    except (HfHubHTTPError, OSError) as error:
        raise ModelLoadError(f"the Hugging Face Hub does not give {name} ({type(error).__name__})") from error


def _preprocessor(folder: Path) -> Mapping[str, Any]:
    """The settings of the image preprocessor, from either of the files that checkpoints keep them in."""
    for name, key in (("preprocessor_config.json", None), ("processor_config.json", "image_processor")):
        try:
            settings = json.loads((folder / name).read_text("utf-8"))
            found: Mapping[str, Any] = settings if key is None else settings[key]
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError) as error:
            raise ModelLoadError(f"{name} of {folder.name} cannot be read") from error
        return found
    raise ModelLoadError(f"{folder.name} has no preprocessor_config.json: how it wants its images is not known")


def _device() -> str:
    if torch.cuda.is_available():
        return "cuda:0"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "")[:200]
