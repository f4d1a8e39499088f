"""Prefill once, ask many: the keys and values of pages, kept and continued from.

Every pass is given its positions. The library would otherwise compute them from ``rope_deltas``, which live on the
module and belong to whatever document was read last: with two documents or two threads that is wrong without an error.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from glyph_integrations.models.local.prompts import Prompt
    from glyph_integrations.models.model import PageImage

# What the model's forward takes for some images, in order.
ImageInputs = "Callable[[Sequence[PageImage]], dict[str, Any]]"


@dataclass(frozen=True, kw_only=True, eq=False)
class PrefilledPages:
    """Pages that a model has read: its ``Prefix``.

    Attributes:
        ids: Token ids up to the last page's end.
        fingerprints: Of the pages, in order.
        cache: Keys and values of these tokens, one row. Never changed: what continues works on a copy.
        owner: The model it belongs to.
    """

    ids: NDArray[np.int64]
    fingerprints: tuple[str, ...]
    cache: Any
    owner: object

    @classmethod
    def of(cls, prompt: Prompt, cache: Any, owner: object) -> PrefilledPages:
        """The pages of a prompt that ends with its last page, as ``cache`` holds them."""
        fingerprints = tuple(image.fingerprint for image in prompt.images)
        return cls(ids=prompt.ids, fingerprints=fingerprints, cache=cache, owner=owner)

    @property
    def tokens(self) -> int:
        """Tokens that it holds."""
        return len(self.ids)

    def begins(self, prompt: Prompt) -> bool:
        """Whether a prompt begins with these pages, to the token and the pixel."""
        shown = tuple(image.fingerprint for image in prompt.images[: len(self.fingerprints)])
        return shown == self.fingerprints and bool((prompt.ids[: len(self.ids)] == self.ids).all())


def is_plain(cache: Any) -> bool:
    """Whether all layers keep keys and values of every token, so that padding between them can be masked out."""
    from transformers.cache_utils import DynamicLayer

    return all(type(layer) is DynamicLayer for layer in cache.layers)


def continued(caches: Sequence[Any]) -> Any:
    """A cache that goes on from others, one for each conversation, all of one length; the others stay as they are.

    Layers of keys and values grow by making new tensors, so they share the old ones; layers with a state that is
    written in place (linear attention) are copied, and all conversations go on from the same one.
    """
    from transformers.cache_utils import DynamicLayer

    cache, rows = caches[0], len(caches)
    twin = copy.copy(cache)
    twin.layers = [copy.copy(x) if type(x) is DynamicLayer else copy.deepcopy(x) for x in cache.layers]
    if all(other is cache for other in caches):
        if rows > 1:
            twin.reorder_cache(torch.zeros(rows, dtype=torch.long))  # unlike repeating, layers of every kind do it
        return twin
    for index, layer in enumerate(twin.layers):
        layer.keys = torch.cat([other.layers[index].keys for other in caches])
        layer.values = torch.cat([other.layers[index].values for other in caches])
    return twin


def token_positions(model: Any, ids: torch.Tensor, grid: torch.Tensor | None, image_token_id: int) -> torch.Tensor:
    """Positions of tokens [rows, tokens]: [3, rows, tokens] for models with M-RoPE, else [rows, tokens].

    Args:
        model: The model's inner part, which knows how its pages count.
        ids: On the CPU, without padding.
        grid: Patches of each image (frames, down, across), row after row.
        image_token_id: The placeholder of a visual token.
    """
    if not hasattr(model, "get_rope_index"):
        return torch.arange(ids.shape[1]).expand(ids.shape[0], -1)
    places, _ = model.get_rope_index(
        input_ids=ids, mm_token_type_ids=(ids == image_token_id).int(), image_grid_thw=grid
    )
    result: torch.Tensor = places
    return result


def prefill(
    model: Any,
    prompts: Sequence[Prompt],
    places: torch.Tensor,
    cache: Any,
    image_inputs: Callable[[Sequence[PageImage]], dict[str, Any]],
    *,
    step: int,
    cancel: threading.Event,
) -> None:
    """Reads the pages that the cache does not hold yet, several at a time.

    Args:
        model: The model.
        prompts: With images of equal sizes at the same places.
        places: Positions of their tokens up to the last image's end.
        cache: Where keys and values go; it ends at the end of an image.
        image_inputs: What the model's ``forward`` takes for some images.
        step: Tokens that one pass computes, but always whole images.
        cancel: Once it is set no further pass begins, and the cache is incomplete.
    """
    prompt, rows = prompts[0], len(prompts)
    ids = torch.stack([torch.from_numpy(one.ids[: prompt.pages_end]) for one in prompts])
    done = cache.get_seq_length()
    first = int((prompt.ends <= done).sum())
    while first < len(prompt.ends) and not cancel.is_set():
        last = first + 1
        while last < len(prompt.ends) and (prompt.ends[last] - done) * rows <= step:
            last += 1
        stop = int(prompt.ends[last - 1])
        images = [image for one in prompts for image in one.images[first:last]]
        model(
            input_ids=ids[:, done:stop].to(model.device),
            position_ids=places[..., done:stop].to(model.device),
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
            **image_inputs(images),
        )
        first, done = last, stop


def padded(
    prompts: Sequence[Prompt], places: Sequence[torch.Tensor], pad: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """A batch of prompts; padding stands between the pages and the shorter texts, whose positions it does not shift.

    Args:
        prompts: With pages that end at the same token.
        places: Their ``token_positions``.
        pad: Any token.

    Returns:
        Ids and mask, [rows, tokens], and positions.
    """
    longest = max(len(prompt.ids) for prompt in prompts)
    ids, mask, positions = [], [], []
    for prompt, place in zip(prompts, places, strict=True):
        gap, split = longest - len(prompt.ids), prompt.pages_end
        seen = torch.ones(longest, dtype=torch.long)
        seen[split : split + gap] = 0
        ids.append(torch.from_numpy(np.insert(prompt.ids, split, np.full(gap, pad))))
        mask.append(seen)
        empty = torch.zeros((*place.shape[:-1], gap), dtype=place.dtype)
        positions.append(torch.cat([place[..., :split], empty, place[..., split:]], dim=-1))
    return torch.stack(ids), torch.stack(mask), torch.cat(positions, dim=-2)
