"""``ReadingNetwork``: a vision-language model together with what it is trained on.

Shapes: B examples, N tokens, V visual tokens, K cells, H hidden width, W vocabulary; T trunk tokens of an example.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch
from torch import nn
from torch.nn.functional import cross_entropy, normalize, softplus
from transformers import Glm4vConfig, Glm4vForConditionalGeneration

from glyph_integrations.errors import ModelLoadError
from glyph_integrations.models.local.patches import FoldedPatchEmbedding, PatchLayout
from glyph_integrations.models.local.prefix import token_positions
from glyph_integrations.training.examples import IGNORED
from glyph_integrations.training.guidance import Guidance
from glyph_integrations.training.pages import CellGrid

if TYPE_CHECKING:
    import os

    from glyph_integrations.models.local.checkpoint import Checkpoint


_CODES: Final = 8  # codes of pieces that the width of a visual token has room for, without overlap
_MATCHED: Final = 64  # dimensions in which pieces and visual tokens are compared
_SHARPNESS: Final = 20.0  # largest score of a match
_POSITIONS: Final = 64  # rows and columns of visual tokens that are told apart
_GUIDED: Final = (
    "asked_first_loss",
    "asked_loss",
    "before_loss",
    "found_loss",
    "here_loss",
    "ahead_loss",
    "cell_loss",
)  # in this order, lest sums differ between processes


class AlignmentHead(nn.Module):
    """Reads visual tokens out: where they lie, which character lies in each of their cells, which piece begins there.

    A model that learns to read from nothing needs it: without, the vision tower has only the distant answer to learn
    from. Pieces are told by the embeddings that the text model has of them, so that visual tokens hold, cell by cell,
    what the text model has to say; and through a code narrow enough for one head of its attention to carry. A second
    code, for each line of a visual token, is learned by contrast: pieces have to find the lines that show them.

    Args:
        width: H.
        cells: How visual tokens are divided.
    """

    def __init__(self, width: int, cells: CellGrid) -> None:
        super().__init__()
        self.classes = cells.classes
        self.rows, self.columns = cells.rows, cells.columns
        self.characters = nn.Linear(width, cells.cells * cells.classes)
        self.code = width // _CODES
        self.codes = nn.Linear(width, cells.cells * self.code)
        self.words = nn.Linear(self.code, width)
        self.slot = nn.Linear(width, cells.cells)
        self.asked = nn.Linear(width, _MATCHED, bias=False)
        self.shown = nn.Linear(width, cells.rows * _MATCHED, bias=False)
        self.position = nn.Linear(width, 2 * _POSITIONS)

    def forward(
        self,
        features: torch.Tensor,
        *,
        cells: torch.Tensor,
        places: torch.Tensor,
        pieces: torch.Tensor,
        piece_cells: torch.Tensor,
        positions: torch.Tensor,
        embeddings: torch.Tensor,
    ) -> dict[str, torch.Tensor]:
        """The losses, and the shares of characters and pieces that are right.

        Args:
            features: Visual tokens as the text model gets them, [V, H].
            cells: Classes of their cells, [V, K].
            places: Visual token of each piece, [P].
            pieces: Pieces of text, [P].
            piece_cells: Cells that they begin in, [P].
            positions: Row and column of each visual token on its page, [V, 2].
            embeddings: Of the vocabulary, [W, H].
        """
        scores = self.characters(features).view(-1, self.classes).float()
        truth = cells.flatten()
        ink = truth > 0
        right = (scores.detach().argmax(-1) == truth) & ink
        codes = self.codes(features).view(len(features), -1, self.code)[places, piece_cells]
        likely = (self.words(codes) @ embeddings.T).float()
        shown = max(len(pieces), 1)  # a page of signs alone may show no piece
        return {
            "characters_loss": cross_entropy(scores, truth),
            "pieces_loss": cross_entropy(likely, pieces, reduction="sum") / shown,
            "characters_right": right.sum() / ink.sum().clamp(min=1),
            "pieces_right": (likely.detach().argmax(-1) == pieces).sum() / shown,
            "position_loss": cross_entropy(
                self.position(features).view(-1, _POSITIONS).float(), positions.clamp(max=_POSITIONS - 1).flatten()
            ),
            **self._matched(features, self.rows * places + piece_cells // self.columns, pieces, embeddings),
        }

    def _matched(
        self, features: torch.Tensor, lines: torch.Tensor, pieces: torch.Tensor, embeddings: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """How badly pieces find the lines of visual tokens that show them, and how many find one."""
        if not len(pieces):
            nothing = features.new_zeros(())
            return {"match_loss": nothing, "matches_right": nothing}
        known, which = torch.unique(pieces, return_inverse=True)
        queries = normalize(self.asked(embeddings[known]).float(), dim=-1)
        keys = normalize(self.shown(features).view(-1, _MATCHED).float(), dim=-1)
        scores = _SHARPNESS * queries @ keys.T
        shows = torch.zeros(scores.shape, dtype=torch.bool, device=scores.device)
        shows[which, lines] = True
        others = scores.masked_fill(shows, float("-inf")).logsumexp(-1)
        best = shows.gather(1, scores.detach().argmax(-1, keepdim=True)).squeeze(1)
        return {
            "match_loss": softplus(others[which] - scores[which, lines]).mean(),
            "matches_right": best[which].float().mean(),
        }

    def cell_loss(self, states: torch.Tensor, shown_cells: torch.Tensor) -> torch.Tensor:
        """How badly states of the text model, [B, N, H], tell the cell of the next token, [B, N]; -1 is not asked."""
        known = shown_cells[:, 1:] >= 0
        scores = self.slot(states[:, :-1][known]).float()
        return cross_entropy(scores, shown_cells[:, 1:][known], reduction="sum") / known.sum().clamp(min=1)


class ReadingNetwork(Glm4vForConditionalGeneration):  # type: ignore[no-untyped-call]
    """A Glm4v model with its losses: that of the replies and, where wanted, that of glyph alignment.

    It is saved as a Glm4v, the alignment beside it; whoever loads it as a plain Glm4v leaves that aside.

    Args:
        config: The model's. Where it has ``alignment_cells`` (``{"rows": 2, "columns": 6}``), alignment is learned too.
    """

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        cells = getattr(config, "alignment_cells", None)
        self.alignment = None
        if cells is not None:
            self.alignment = AlignmentHead(config.text_config.hidden_size, CellGrid(**cells))
        self.alignment_weight = 0.5
        self.decisive_weight = 1.0
        self.frame_weight = 0.0
        self.guidance_weight = 0.3
        self._guidance: Guidance | None = None

    @classmethod
    def of_checkpoint(cls, checkpoint: Checkpoint, *, cells: CellGrid | None) -> ReadingNetwork:
        """Loads a checkpoint for training, in float32; what it lacks of the alignment begins at random.

        Args:
            checkpoint: Of any Glm4v model.
            cells: How visual tokens are divided for the alignment; None learns replies alone.

        Raises:
            ModelLoadError: It is of another family.
        """
        config = checkpoint.config
        if config.model_type != "glm4v":
            raise ModelLoadError(f"{checkpoint.name} is of type {config.model_type!r}; only 'glm4v' is trained")
        config.alignment_cells = None if cells is None else {"rows": cells.rows, "columns": cells.columns}
        network: ReadingNetwork = cls.from_pretrained(checkpoint.folder, config=config, dtype=torch.float32)
        network.fold(PatchLayout.of_checkpoint(config, checkpoint.preprocessor))
        return network

    def fold(self, layout: PatchLayout) -> None:
        """Lets the vision tower take bytes, cut as the layout says."""
        self.model.visual.patch_embed = FoldedPatchEmbedding(self.model.visual.patch_embed, layout)

    def guide(self) -> None:
        """Lets attention be guided; it has to be that of ``attention``, and alignment has to be learned."""
        self._guidance = Guidance(self.model.language_model.layers, CellGrid(**self.config.alignment_cells))

    def save_pretrained(self, save_directory: str | os.PathLike[str], *arguments: Any, **options: Any) -> None:
        """Saves all that a run goes on with; the configuration names the class that reads it."""
        super().save_pretrained(save_directory, *arguments, **options)
        self.config.architectures = [Glm4vForConditionalGeneration.__name__]
        self.config.save_pretrained(save_directory)

    def save_reader(self, folder: str | os.PathLike[str], *, dtype: torch.dtype = torch.float32) -> None:
        """Saves the model alone, without the alignment: a Glm4v like any other, its weights in a precision."""
        values = self.config.to_dict()
        del values["alignment_cells"]
        with torch.device("meta"):
            reader = Glm4vForConditionalGeneration(Glm4vConfig.from_dict(values))
        weights = {
            name: tensor.to(dtype) for name, tensor in self.state_dict().items() if not name.startswith("alignment.")
        }
        reader.load_state_dict(weights, assign=True)
        reader.tie_weights()
        reader.generation_config = self.generation_config
        reader.save_pretrained(folder)

    def forward(
        self,
        *,
        input_ids: torch.Tensor,
        labels: torch.Tensor,
        branches: torch.Tensor,
        pixel_values: torch.Tensor | None = None,
        image_grid_thw: torch.Tensor | None = None,
        cells: torch.Tensor | None = None,
        places: torch.Tensor | None = None,
        pieces: torch.Tensor | None = None,
        piece_cells: torch.Tensor | None = None,
        shown_at: torch.Tensor | None = None,
        shown_cells: torch.Tensor | None = None,
        shown_names: torch.Tensor | None = None,
        decisive: torch.Tensor | None = None,
        frames: torch.Tensor | None = None,
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
            piece_cells: [P].
            shown_at: [B, N].
            shown_cells: [B, N].
            shown_names: [B, N].
            decisive: [B, N].
            frames: [B, N].
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
            losses |= self.alignment(
                features,
                cells=cells,
                places=places,
                pieces=pieces,
                piece_cells=piece_cells,
                positions=self._rows_and_columns(image_grid_thw).to(features.device),
                embeddings=embeddings.weight,
            )
            losses["loss"] = self.alignment_weight * (
                losses["characters_loss"]
                + 0.5 * (losses["pieces_loss"] + losses["match_loss"] + losses["position_loss"])
            )
        if replies:
            embedded = embeddings(input_ids)
            if features is not None:
                shown = (input_ids == self.config.image_token_id).unsqueeze(-1)
                embedded = embedded.masked_scatter(shown, features.to(embedded.dtype))
            if self._guidance is not None and shown_at is not None and shown_cells is not None:
                self._guidance.begin(shown_at, shown_cells, labels)
            states = inner.language_model(
                inputs_embeds=embedded,
                position_ids=self.positions(input_ids, branches, image_grid_thw).to(input_ids.device),
                attention_mask=branch_mask(branches),
                use_cache=False,
            ).last_hidden_state
            learned = labels[:, 1:] != IGNORED
            scores = self.lm_head(states[:, :-1][learned]).float()
            truth = labels[:, 1:][learned]
            each = cross_entropy(scores, truth, reduction="none")
            weights = torch.ones_like(each)
            if decisive is not None:
                weights[decisive[:, 1:][learned]] = self.decisive_weight
            losses["reply_loss"] = (weights * each).sum() / weights.sum()
            losses["tokens_right"] = (scores.detach().argmax(-1) == truth).float().mean()
            losses["loss"] = losses.get("loss", 0) + losses["reply_loss"]
            if frames is not None and self.frame_weight:
                losses["frame_loss"] = frame_loss(scores, truth, frames[:, 1:][learned])
                losses["loss"] = losses["loss"] + self.frame_weight * losses["frame_loss"]
            losses |= self._guided(shown_cells, shown_names)
            losses["loss"] = losses["loss"] + self.guidance_weight * sum(
                losses[name] for name in _GUIDED if name in losses
            )
        return losses

    def _guided(self, shown_cells: torch.Tensor | None, shown_names: torch.Tensor | None) -> dict[str, torch.Tensor]:
        if self._guidance is None or self.alignment is None or shown_cells is None or shown_names is None:
            return {}
        states: Any = self._guidance.states
        found: Any = self._guidance.found
        named = shown_names >= 0
        said = self.lm_head(self.model.language_model.norm(found[named])).float()
        return {
            **self._guidance.end(),
            "found_loss": cross_entropy(said, shown_names[named], reduction="sum") / named.sum().clamp(min=1),
            "cell_loss": self.alignment.cell_loss(states, shown_cells),
        }

    def _rows_and_columns(self, image_grid_thw: torch.Tensor | None) -> torch.Tensor:
        """Row and column of the visual tokens of all pages, [V, 2]."""
        vision: Any = self.config.vision_config
        grids = () if image_grid_thw is None else (image_grid_thw[:, 1:] // vision.spatial_merge_size).tolist()
        return torch.cat([torch.cartesian_prod(torch.arange(rows), torch.arange(columns)) for rows, columns in grids])

    def positions(
        self, input_ids: torch.Tensor, branches: torch.Tensor, image_grid_thw: torch.Tensor | None
    ) -> torch.Tensor:
        """Positions [3, B, N]: the trunk's as the model counts them; each branch goes on from its trunk's end."""
        image_id: int = self.config.image_token_id
        vision: Any = self.config.vision_config
        known: dict[object, torch.Tensor] = {}  # examples of a batch often have trunks of one shape
        positions = torch.zeros(3, *input_ids.shape, dtype=torch.long)
        ids, members = input_ids.cpu(), branches.cpu()
        grids = torch.zeros(0, 3, dtype=torch.long) if image_grid_thw is None else image_grid_thw.cpu()
        for row, (tokens, member) in enumerate(zip(ids, members, strict=True)):
            length = int((member == 0).sum())
            trunk = tokens[:length]
            shown = trunk == image_id
            images = _images(int(shown.sum()), grids, vision.spatial_merge_size)
            grids = grids[len(images) :]
            key = shown.numpy().tobytes(), images.numpy().tobytes()
            if key not in known:
                grid = images if len(images) else None
                known[key] = token_positions(self.model, trunk[None], grid, image_id)[:, 0]
            positions[:, row, :length] = known[key]
            positions[:, row, length:] = _counted(member[length:]) + known[key].max() + 1
        return positions


def frame_loss(scores: torch.Tensor, truth: torch.Tensor, frames: torch.Tensor) -> torch.Tensor:
    """How badly it is told, before every token, whether the answer's frame opens or closes here: nats for each part.

    In the replies' loss a frame is two tokens among a hundred that copy. To weigh these two more would open frames too
    often; here not to open one counts as much.

    Args:
        scores: Of the vocabulary, [T, W].
        truth: The tokens that follow, [T].
        frames: The part of a frame that might, -1 for none, [T].
    """
    asked = frames >= 0
    frames, truth = frames[asked], truth[asked]
    likely = scores[asked].log_softmax(-1).gather(1, frames[:, None]).squeeze(1).clamp(max=-1e-6)
    stands = truth == frames
    wrong = torch.where(stands, -likely, -torch.log1p(-likely.exp()))
    return wrong.sum() / stands.sum().clamp(min=1)


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


def _images(tokens: int, grids: torch.Tensor, merge: int) -> torch.Tensor:
    """The first of the images, up to so many visual tokens."""
    ends = (grids.prod(-1) // merge**2).cumsum(0)
    return grids[: int((ends <= tokens).sum())]


def _counted(members: torch.Tensor) -> torch.Tensor:
    """Index of each token within its branch; the tokens of a branch follow each other."""
    index = torch.arange(len(members))
    starts = torch.ones(len(members), dtype=torch.bool)
    starts[1:] = members[1:] != members[:-1]
    return index - torch.where(starts, index, 0).cummax(0).values
