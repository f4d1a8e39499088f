"""``ReadingNetwork``: a vision-language model together with what it is trained on.

Shapes: B examples, N tokens, V visual tokens, K cells, H hidden width, W vocabulary; T trunk tokens of an example.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from transformers import Glm4vForConditionalGeneration

from glyph_integrations.models.local.patches import FoldedPatchEmbedding, PatchLayout
from glyph_integrations.models.local.prefix import token_positions
from glyph_integrations.training.examples import IGNORED
from glyph_integrations.training.pages import CellGrid

if TYPE_CHECKING:
    from glyph_integrations.models.local.checkpoint import Checkpoint


class AlignmentHead(nn.Module):
    """Reads visual tokens out: which character lies in each of their cells, and which pieces of text they show.

    A model that learns to read from nothing needs it: without, the vision tower has only the distant answer to learn
    from. The second part draws visual tokens towards the embeddings of what they show.

    Args:
        width: H.
        cells: How visual tokens are divided.
    """

    def __init__(self, width: int, cells: CellGrid) -> None:
        super().__init__()
        self.classes = cells.classes
        self.characters = nn.Linear(width, cells.rows * cells.columns * cells.classes)
        self.pieces = nn.Linear(width, width)

    def forward(
        self,
        features: torch.Tensor,
        cells: torch.Tensor,
        places: torch.Tensor,
        pieces: torch.Tensor,
        embeddings: torch.Tensor,
    ) -> dict[str, torch.Tensor]:
        """The losses, and the share of characters that are right.

        Args:
            features: Visual tokens as the text model gets them, [V, H].
            cells: Classes of their cells, [V, K].
            places: Visual token of each piece, [P].
            pieces: Pieces of text, [P].
            embeddings: Of the vocabulary, [W, H].
        """
        scores = self.characters(features).view(-1, self.classes).float()
        truth = cells.flatten()
        ink = truth > 0
        likely = (self.pieces(features) @ embeddings.T).float().log_softmax(-1)
        return {
            "characters_loss": cross_entropy(scores, truth),
            "pieces_loss": -likely[places, pieces].mean(),
            "characters_right": (scores.detach().argmax(-1)[ink] == truth[ink]).float().mean(),
        }


class ReadingNetwork(Glm4vForConditionalGeneration):
    """A Glm4v model with its losses: that of the replies and, where wanted, that of glyph alignment.

    It is saved and loaded as any model of the library; whoever loads it as a plain Glm4v leaves the alignment aside.

    Args:
        config: The model's. Where it has ``alignment_cells`` (``{"rows": 2, "columns": 6}``), alignment is learned too.
    """

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        cells = getattr(config, "alignment_cells", None)
        self.cells = None if cells is None else CellGrid(**cells)
        self.alignment = None
        if self.cells is not None:
            self.alignment = AlignmentHead(config.text_config.hidden_size, self.cells)
        self.alignment_weight = 0.5

    @classmethod
    def of_checkpoint(cls, checkpoint: Checkpoint, *, cells: CellGrid | None) -> ReadingNetwork:
        """Loads a checkpoint for training, in float32; what it lacks of the alignment begins at random.

        Args:
            checkpoint: Of any Glm4v model.
            cells: How visual tokens are divided for the alignment; None learns replies alone.
        """
        config = checkpoint.config
        config.alignment_cells = None if cells is None else {"rows": cells.rows, "columns": cells.columns}
        network: ReadingNetwork = cls.from_pretrained(checkpoint.folder, config=config, dtype=torch.float32)
        network.fold(PatchLayout.of_checkpoint(config, checkpoint.preprocessor))
        return network

    def fold(self, layout: PatchLayout) -> None:
        """Lets the vision tower take bytes, cut as the layout says."""
        self.model.visual.patch_embed = FoldedPatchEmbedding(self.model.visual.patch_embed, layout)

    def forward(  # type: ignore[override]
        self,
        input_ids: torch.Tensor,
        labels: torch.Tensor,
        branches: torch.Tensor,
        pixel_values: torch.Tensor | None = None,
        image_grid_thw: torch.Tensor | None = None,
        cells: torch.Tensor | None = None,
        places: torch.Tensor | None = None,
        pieces: torch.Tensor | None = None,
        *,
        replies: bool = True,
    ) -> dict[str, torch.Tensor]:
        """The losses of a batch (see ``batches.batch_of``); ``loss`` is what is minimised.

        Args:
            input_ids: [B, N].
            labels: [B, N].
            branches: [B, N].
            pixel_values: Patches of all pages, as bytes.
            image_grid_thw: Patches down and across of each page.
            cells: [V, K].
            places: [P].
            pieces: [P].
            replies: Whether the text model runs; without it only the alignment is learned.
        """
        inner = self.model
        embeddings = inner.get_input_embeddings()
        losses: dict[str, torch.Tensor] = {}
        features = None
        if pixel_values is not None:
            pixels = pixel_values.to(embeddings.weight.dtype)
            features = torch.cat(inner.get_image_features(pixels, image_grid_thw).pooler_output)
        if self.alignment is not None and features is not None:
            losses |= self.alignment(features, cells, places, pieces, embeddings.weight)
            losses["loss"] = self.alignment_weight * (losses["characters_loss"] + 0.5 * losses["pieces_loss"])
        if replies:
            embedded = embeddings(input_ids)
            if features is not None:
                shown = (input_ids == self.config.image_token_id).unsqueeze(-1)
                embedded = embedded.masked_scatter(shown, features.to(embedded.dtype))
            states = inner.language_model(
                inputs_embeds=embedded,
                position_ids=self.positions(input_ids, branches, image_grid_thw).to(input_ids.device),
                attention_mask=branch_mask(branches),
                use_cache=False,
            ).last_hidden_state
            learned = labels[:, 1:] != IGNORED
            scores = self.lm_head(states[:, :-1][learned]).float()
            truth = labels[:, 1:][learned]
            losses["reply_loss"] = cross_entropy(scores, truth)
            losses["tokens_right"] = (scores.detach().argmax(-1) == truth).float().mean()
            losses["loss"] = losses.get("loss", 0) + losses["reply_loss"]
        return losses

    def positions(
        self, input_ids: torch.Tensor, branches: torch.Tensor, image_grid_thw: torch.Tensor | None
    ) -> torch.Tensor:
        """Positions [3, B, N]: the trunk's as the model counts them; each branch goes on from its trunk's end."""
        image_id = self.config.image_token_id
        known: dict[object, torch.Tensor] = {}
        positions = torch.zeros(3, *input_ids.shape, dtype=torch.long)
        grids = None if image_grid_thw is None else image_grid_thw.cpu()
        ids, members = input_ids.cpu(), branches.cpu()
        used = 0
        for row in range(len(ids)):
            length = int((members[row] == 0).sum())
            trunk = ids[row, :length]
            shown = trunk == image_id
            images = _images(shown, grids, used, self.config.vision_config.spatial_merge_size)
            key = length, shown.numpy().tobytes(), images.numpy().tobytes() if images is not None else b""
            if key not in known:
                known[key] = token_positions(self.model, trunk[None], images, image_id)[:, 0]
            used += 0 if images is None else len(images)
            positions[:, row, :length] = known[key]
            rest = members[row, length:]
            starts = torch.cat([torch.ones(1, dtype=torch.bool), rest[1:] != rest[:-1]]) if len(rest) else rest.bool()
            counted = torch.arange(len(rest))
            begin = torch.where(starts, counted, 0).cummax(0).values if len(rest) else counted
            positions[:, row, length:] = counted - begin + known[key].max() + 1
        return positions


def branch_mask(branches: torch.Tensor) -> torch.Tensor | None:
    """Who may see whom, [B, 1, N, N]: what came before, of the trunk and of one's own branch.

    None where no example has more than one branch: there the causal order says it all.
    """
    if int(branches.max()) <= 1:
        return None
    causal = torch.ones(branches.shape[1], branches.shape[1], dtype=torch.bool, device=branches.device).tril()
    trunk = (branches == 0).unsqueeze(1)
    own = branches.unsqueeze(1) == branches.unsqueeze(2)
    return ((trunk | own) & causal).unsqueeze(1)


def _images(shown: torch.Tensor, grids: torch.Tensor | None, used: int, merge: int) -> torch.Tensor | None:
    """The grids of the images of one example, which has as many visual tokens as ``shown``."""
    left = int(shown.sum())
    if grids is None or not left:
        return None
    stop = used
    while left > 0:
        left -= int(grids[stop].prod()) // merge**2
        stop += 1
    return grids[used:stop]
