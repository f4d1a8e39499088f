"""Prefilled pages on disk: safetensors, keyed by what they were computed from. A damaged file is a miss."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from isal import isal_zlib
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from glyph_integrations.models.local.prefix import PrefilledPages, is_plain

if TYPE_CHECKING:
    from glyph_integrations.models.local.prompts import Prompt

_FORMAT = "glyph-prefilled-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefillStore:
    """A folder of prefilled pages.

    Attributes:
        folder: Where the files lie; made when the first is written.
        model_hash: Of the weights, settings and precision that the keys and values belong to.
    """

    folder: Path
    model_hash: str

    def load(self, prompt: Prompt, cache: Any, owner: object, device: torch.device) -> PrefilledPages | None:
        """Reads the pages that a prompt begins with, if they are there and whole.

        Args:
            prompt: Ends with its last page.
            cache: An empty cache of the model, which is filled.
            owner: The model.
            device: Where keys and values go, unless the layers lie elsewhere.
        """
        path = self._path(prompt)
        try:
            with safe_open(path, framework="pt") as file:
                metadata = file.metadata() or {}
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
        except (OSError, SafetensorError):
            return None
        if metadata.get("format") != _FORMAT or metadata.get("checksum") != _checksum(tensors):
            return None
        for layer in range(len(tensors) // 2):
            cache.update(tensors[f"{layer}.keys"].to(device), tensors[f"{layer}.values"].to(device), layer)
        return PrefilledPages.of(prompt, cache, owner)

    def save(self, pages: PrefilledPages, prompt: Prompt) -> None:
        """Writes pages; a full disk is no error, and caches with a state that is not keys and values stay in memory."""
        if not is_plain(pages.cache):
            return
        tensors = {}
        for number, layer in enumerate(pages.cache.layers):
            tensors[f"{number}.keys"] = layer.keys.contiguous().cpu()
            tensors[f"{number}.values"] = layer.values.contiguous().cpu()
        path = self._path(prompt)
        metadata = {"format": _FORMAT, "checksum": _checksum(tensors)}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False) as part:
                pass
            try:
                save_file(tensors, part.name, metadata)
                os.replace(part.name, path)  # noqa: PTH105
            finally:
                Path(part.name).unlink(missing_ok=True)
        except (OSError, SafetensorError):
            return

    def _path(self, prompt: Prompt) -> Path:
        content = [self.model_hash, prompt.ids.tolist(), [image.fingerprint for image in prompt.images]]
        return self.folder / f"{hashlib.sha256(json.dumps(content).encode()).hexdigest()}.safetensors"


def weights_hash(folder: Path, dtype: torch.dtype) -> str:
    """A hash of a checkpoint's weights and settings, the image preprocessor's included, in one precision.

    Files of the hub's cache are named by their hash and are not read for it.
    """
    digest = hashlib.sha256(str(dtype).encode())
    for file in sorted([*folder.glob("*.safetensors"), *folder.glob("*.json")]):
        real = file.resolve()
        if len(real.name) == hashlib.sha256().digest_size * 2 and not real.suffix:
            digest.update(real.name.encode())
            continue
        with real.open("rb") as opened:
            digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()


def _checksum(tensors: dict[str, torch.Tensor]) -> str:
    value = 0
    for name in sorted(tensors):
        tensor = tensors[name]
        value = isal_zlib.crc32(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode(), value)
        value = isal_zlib.crc32(tensor.contiguous().view(torch.uint8).numpy(), value)
    return f"{value:08x}"
