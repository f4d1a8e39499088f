"""``train``: runs a configuration through the library's trainer, from its last checkpoint if there is one."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import torch
from transformers import AutoTokenizer, Trainer, TrainerCallback, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint

from glyph_integrations.models.local.checkpoint import Checkpoint
from glyph_integrations.models.local.patches import PatchLayout
from glyph_integrations.training import attention
from glyph_integrations.training.config import TrainingConfig, write_config
from glyph_integrations.training.examples import Encoder
from glyph_integrations.training.lessons import Lessons, text_source
from glyph_integrations.training.network import ReadingNetwork
from glyph_integrations.training.optimizers import MuonWithAdamW, warm_stable_decay
from glyph_integrations.training.pages import CellGrid
from glyph_integrations.training.tokenizer import END_OF_TURN

if TYPE_CHECKING:
    import os

METRICS: Final = "metrics.jsonl"
CONFIG: Final = "training.json"


def train(config: TrainingConfig, output: str | os.PathLike[str], *, steps: int | None = None) -> Path:
    """Trains until the configuration's last step, or for so many steps from where the last run ended.

    Args:
        config: The run. A run that goes on has to have the configuration that it began with, but for ``phases``
            that are appended.
        output: Folder of checkpoints, metrics and the result.
        steps: Stop after so many steps; the next call goes on from there.

    Returns:
        The folder of the trained model: ``output/model``.
    """
    folder = Path(output)
    folder.mkdir(parents=True, exist_ok=True)
    last = get_last_checkpoint(str(folder))
    start = _start(config, folder)
    write_config(config, folder / CONFIG)
    checkpoint = Checkpoint.find(start)
    tokenizer = AutoTokenizer.from_pretrained(start, trust_remote_code=False)
    cells = CellGrid() if config.alignment else None
    network = ReadingNetwork.of_checkpoint(checkpoint, cells=cells)
    network.alignment_weight = config.alignment_weight
    if not torch.cuda.is_available():
        attention.install(network)
    layout = PatchLayout.of_checkpoint(checkpoint.config, checkpoint.preprocessor)
    encoder = Encoder(
        tokenizer,
        image_token_id=checkpoint.config.image_token_id,
        layout=layout,
        end_token_id=_end_of_turn(tokenizer),
    )
    done = int(last.rpartition("-")[2]) if last else 0
    arguments = TrainingArguments(
        output_dir=str(folder),
        max_steps=config.steps if steps is None else min(done + steps, config.steps),
        per_device_train_batch_size=1,  # an item is a batch
        dataloader_num_workers=config.workers,
        train_sampling_strategy="sequential",
        bf16=config.bfloat16,
        use_cpu=not torch.cuda.is_available(),
        max_grad_norm=config.clip,
        save_steps=config.save_every,
        save_total_limit=2,
        logging_steps=config.log_every,
        seed=config.seed,
        report_to=[],
        remove_unused_columns=False,
        accelerator_config={"dispatch_batches": False, "even_batches": False},
    )
    lessons = Lessons(
        config,
        spec=checkpoint.spec,
        layout=layout,
        encoder=encoder,
        cells=cells,
        source=text_source(config.corpus),
        processes=arguments.world_size,
    )
    trainer = ReadingTrainer(
        model=network,
        args=arguments,
        train_dataset=lessons,
        data_collator=_only,
        processing_class=tokenizer,
        callbacks=[MetricsFile(folder / METRICS)],
        optimizers=_optimizers(network, config),
    )
    trainer.train(resume_from_checkpoint=last)
    trainer.save_model(str(folder / "model"))
    return folder / "model"


class ReadingTrainer(Trainer):
    """The library's trainer; it also reports the parts of the loss."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._parts: dict[str, list[torch.Tensor]] = defaultdict(list)

    def compute_loss(self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, **_: Any) -> Any:  # noqa: FBT001, FBT002
        """The loss of a batch; its parts are kept for the next line of the log."""
        losses = model(**inputs)
        for name, value in losses.items():
            if name != "loss":
                self._parts[name].append(value.detach())
        return (losses["loss"], losses) if return_outputs else losses["loss"]

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Adds the means of the parts since the last line."""
        means = {name: float(torch.stack(values).mean()) for name, values in self._parts.items()}
        self._parts.clear()
        super().log({**logs, **means}, start_time)


class MetricsFile(TrainerCallback):
    """Appends what is logged to a file, a JSON object a line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **_: Any) -> None:
        """A line."""
        del args, control
        if state.is_world_process_zero:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"step": state.global_step, **(logs or {})}) + "\n")


def _start(config: TrainingConfig, folder: Path) -> Path | str:
    """The checkpoint that training begins with; a new one is made once."""
    if config.model:
        return config.model
    created = folder / "start"
    if not (created / "config.json").is_file():
        tokenizer = AutoTokenizer.from_pretrained(config.tokenizer, trust_remote_code=False)
        config.architecture.create(created, tokenizer, seed=config.seed)
    return created


def _optimizers(network: ReadingNetwork, config: TrainingConfig) -> tuple[torch.optim.Optimizer, Any]:
    optimizer: torch.optim.Optimizer = (
        MuonWithAdamW(network.named_parameters(), matrix_rate=config.matrix_rate, rate=config.rate)
        if config.muon
        else torch.optim.AdamW(network.parameters(), lr=config.rate, betas=(0.9, 0.95), weight_decay=0.0)
    )
    schedule = warm_stable_decay(
        optimizer, steps=config.steps, warm_up=config.warm_up, decay=config.decay, final=config.final_rate
    )
    return optimizer, schedule


def _end_of_turn(tokenizer: Any) -> int:
    """GLM's turns end with the next turn's token; others end with the end of the text."""
    known = tokenizer.get_vocab()
    return int(known.get(END_OF_TURN, tokenizer.eos_token_id))


def _only(items: list[dict[str, Any]]) -> dict[str, Any]:
    (batch,) = items
    return batch
