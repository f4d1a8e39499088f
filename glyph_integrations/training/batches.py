"""Examples to batches of tensors.

Shapes: B examples, N tokens of the longest, V visual tokens of all pages, K cells of a visual token, P pieces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from glyph_integrations.training.examples import IGNORED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glyph_integrations.models.local.patches import PatchLayout
    from glyph_integrations.training.examples import Example
    from glyph_integrations.training.pages import CellGrid

PADDING = -1
"""Branch of what fills a row up."""


def batch_of(
    examples: Sequence[Example], layout: PatchLayout, *, pad_token_id: int, cells: CellGrid | None = None
) -> dict[str, Any]:
    """What the network takes.

    Returns:
        ``pixel_values`` and ``image_grid_thw`` as the model takes them; ``input_ids``, ``labels``, ``branches``,
        ``shown_at``, ``shown_cells``, ``shown_names``, ``decisive`` and ``frames`` of shape [B, N], padded at the end;
        with cells also ``cells`` [V, K] and ``places``, ``pieces`` and ``piece_cells`` [P], the places counted over all
        pages of the batch.
    """
    pages = [page for example in examples for page in example.pages]
    batch = {
        "input_ids": _rows([example.ids for example in examples], pad_token_id),
        "labels": _rows([example.labels for example in examples], IGNORED),
        "branches": _rows([example.branches for example in examples], PADDING),
        "shown_at": _rows([example.shown_at for example in examples], -1),
        "shown_cells": _rows([example.shown_cells for example in examples], -1),
        "shown_names": _rows([example.shown_names for example in examples], -1),
        "decisive": _rows([example.decisive for example in examples], 0).bool(),
        "frames": _rows([example.frames for example in examples], -1),
    }
    if pages:
        batch |= layout.inputs([page.page.pixels for page in pages], torch.device("cpu"), torch.uint8)
    if pages and cells is not None:
        counts = [sum(page.visual_tokens for page in example.pages) for example in examples]
        begins = np.cumsum([0, *counts[:-1]])
        places = np.concatenate([example.places + begin for example, begin in zip(examples, begins, strict=True)])
        batch["cells"] = torch.from_numpy(np.concatenate([cells.fill(page) for page in pages]))
        batch["places"] = torch.from_numpy(places)
        batch["piece_cells"] = torch.from_numpy(np.concatenate([example.piece_cells for example in examples]))
        batch["pieces"] = torch.from_numpy(np.concatenate([example.pieces for example in examples]))
    return batch


def _rows(rows: Sequence[np.ndarray], filling: int) -> torch.Tensor:
    filled = np.full((len(rows), max(map(len, rows))), filling, np.int64)
    for row, values in zip(filled, rows, strict=True):
        row[: len(values)] = values
    return torch.from_numpy(filled)
