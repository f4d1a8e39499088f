"""``train``: runs a configuration through the library's trainer, from its last checkpoint if there is one."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import torch
from transformers import AutoTokenizer, PrinterCallback, Trainer, TrainerCallback, TrainingArguments, set_seed

from glyph_integrations.errors import RequestError
from glyph_integrations.models.local.checkpoint import Checkpoint
from glyph_integrations.models.local.patches import PatchLayout
from glyph_integrations.training import attention
from glyph_integrations.training.architecture import PREPROCESSOR_FILE, write_preprocessor
from glyph_integrations.training.config import TrainingConfig, write_config
from glyph_integrations.training.examples import Encoder
from glyph_integrations.training.lessons import Lessons, text_source
from glyph_integrations.training.network import ReadingNetwork
from glyph_integrations.training.optimizers import MuonWithAdamW, by_rate, warm_stable_decay
from glyph_integrations.training.pages import CellGrid
from glyph_integrations.training.tokenizer import END_OF_TURN

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping

METRICS: Final = "metrics.jsonl"
"""Losses and shares, a JSON object a line, in the folder of a run."""
CONFIG: Final = "training.json"
"""The configuration of a run, in its folder."""
MODEL: Final = "model"
"""The trained model, in the folder of its run."""


def train(
    config: TrainingConfig,
    output: str | os.PathLike[str],
    *,
    steps: int | None = None,
    progress: Callable[[Mapping[str, float]], None] | None = None,
) -> Path:
    """Trains until the configuration's last step, or for so many steps from where the last run ended.

    Args:
        config: The run. A run that goes on has to have the configuration that it began with, but for ``phases``
            that are appended.
        output: Folder of checkpoints, metrics and the result. Each checkpoint in it can be read with, too.
        steps: Stop after so many steps; the next call goes on from there.
        progress: Called with each line of the metrics.

    Returns:
        The folder of the trained model: ``output/model``.

    Raises:
        RequestError: The configuration names no model and no tokenizer, or ``steps`` is below 1.
        LoadError: A text file is not there, or cannot be read.
        ModelLoadError: The checkpoint to begin with cannot be loaded.
    """
    folder = Path(output)
    last, until = bounds(folder, config.steps, steps)
    source = text_source(config.corpus)
    arguments = _arguments(config, folder, until)
    with arguments.main_process_first(local=False):
        start = _start(config, folder)
        write_config(config, folder / CONFIG)
    set_seed(config.seed)  # what the checkpoint lacks begins at random
    tokenizer = AutoTokenizer.from_pretrained(start.folder, trust_remote_code=False)
    grid = CellGrid(rows=config.cell_rows, columns=config.cell_columns)
    cells = grid if config.alignment else None
    network = ReadingNetwork.of_checkpoint(start, cells=cells)
    network.alignment_weight = config.alignment_weight
    network.decisive_weight = config.decisive_weight
    network.frame_weight = config.frame_weight
    network.guidance_weight = config.guidance_weight
    guided = config.alignment and config.guidance
    if guided or not torch.cuda.is_available():
        attention.install(network, vision=not torch.cuda.is_available())
    if guided:
        network.guide()
    layout = PatchLayout.of_checkpoint(start.config, start.preprocessor)
    lessons = Lessons(
        config,
        spec=start.spec,
        layout=layout,
        encoder=Encoder(
            tokenizer,
            image_token_id=start.config.image_token_id,
            layout=layout,
            end_token_id=_end_of_turn(tokenizer),
            cells=grid,
        ),
        cells=cells,
        source=source,
        processes=arguments.world_size,
    )
    trainer = ReadingTrainer(
        preprocessor=start.preprocessor,
        model=network,
        args=arguments,
        train_dataset=lessons,
        data_collator=_only,
        processing_class=tokenizer,
        callbacks=[MetricsFile(folder / METRICS, progress)],
        optimizers=_optimizers(network, config),
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train(resume_from_checkpoint=None if last is None else str(last))
    if trainer.is_world_process_zero():
        # What was computed in bfloat16 reads as well from weights in it, at half the size.
        network.save_reader(folder / MODEL, dtype=torch.bfloat16 if config.bfloat16 else torch.float32)
        tokenizer.save_pretrained(folder / MODEL)
        write_preprocessor(start.preprocessor, folder / MODEL)
    return folder / MODEL


class ReadingTrainer(Trainer):
    """The library's trainer; it also reports the parts of the loss, and saves all that reading needs.

    Args:
        preprocessor: Settings of the model's image preprocessor.
        options: The trainer's own.
    """

    def __init__(self, *, preprocessor: Mapping[str, Any], **options: Any) -> None:
        super().__init__(**options)
        self._preprocessor = preprocessor
        self._parts: dict[str, list[torch.Tensor]] = defaultdict(list)

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,  # noqa: FBT001, FBT002 - the library's signature
        num_items_in_batch: torch.Tensor | int | None = None,  # noqa: ARG002 - as above
    ) -> Any:
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

    def _save(self, output_dir: str | None = None, state_dict: dict[str, Any] | None = None) -> None:
        super()._save(output_dir, state_dict)
        if self.args.should_save:
            write_preprocessor(self._preprocessor, Path(output_dir or str(self.args.output_dir)))


class MetricsFile(TrainerCallback):
    """Appends losses and shares to a file, a JSON object a line.

    A run that goes on from a checkpoint takes back what was written after it.

    Args:
        path: The file.
        progress: Called with each line.
    """

    def __init__(self, path: Path, progress: Callable[[Mapping[str, float]], None] | None = None) -> None:
        self._path = path
        self._progress = progress

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Cuts the file at the step that training goes on from."""
        del args, control
        if state.is_world_process_zero and self._path.is_file():
            lines = self._path.read_text("utf-8").splitlines(keepends=True)
            kept = [line for line in lines if line.endswith("\n") and json.loads(line)["step"] <= state.global_step]
            self._path.write_text("".join(kept), "utf-8")

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **_: Any) -> None:
        """A line; what the trainer says of a whole run has no ``loss``, and is left out."""
        del args, control
        if not state.is_world_process_zero or "loss" not in (logs or {}):
            return
        line = {"step": state.global_step, **(logs or {})}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        if self._progress is not None:
            self._progress(line)


def bounds(folder: Path, total: int, steps: int | None) -> tuple[Path | None, int]:
    """The checkpoint that a run goes on from, and the step that it goes on to.

    Args:
        folder: Of the run.
        total: Steps of the whole run.
        steps: How many to go on for; None for all that are left.

    Raises:
        RequestError: ``steps`` is below 1.
    """
    if steps is not None and steps < 1:
        raise RequestError("train for 1 step or more")
    last = last_checkpoint(folder)
    done = 0 if last is None else _step_of(last)
    return last, total if steps is None else min(done + steps, total)


def last_checkpoint(folder: Path) -> Path | None:
    """The last checkpoint of a run that was written whole: the trainer's state is written last."""
    whole = [found.parent for found in folder.glob("checkpoint-*/trainer_state.json")]
    return max(whole, key=_step_of, default=None)


def _step_of(checkpoint: Path) -> int:
    return int(checkpoint.name.rpartition("-")[2])


def _start(config: TrainingConfig, folder: Path) -> Checkpoint:
    """The checkpoint that training begins with; a new one is made once."""
    if config.model:
        begin = Checkpoint.find(config.model)
        folder.mkdir(parents=True, exist_ok=True)
        return begin
    created = folder / "start"
    if not (created / PREPROCESSOR_FILE).is_file():
        if not Path(config.tokenizer, "tokenizer.json").is_file():
            named = f"{Path(config.tokenizer).name} is no folder of one" if config.tokenizer else "none is named"
            raise RequestError(f"a new model needs a tokenizer, and {named}: make it with: glyph train tokenizer")
        tokenizer = AutoTokenizer.from_pretrained(config.tokenizer, trust_remote_code=False)
        config.architecture.create(created, tokenizer, seed=config.seed)
    return Checkpoint.find(created)


def _arguments(config: TrainingConfig, folder: Path, until: int) -> TrainingArguments:
    """The library's settings for a run up to a step.

    Raises:
        RequestError: There are several GPUs and only this process.
    """
    arguments = TrainingArguments(
        output_dir=str(folder),
        max_steps=until,
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
        disable_tqdm=True,
        remove_unused_columns=False,
        accelerator_config={"dispatch_batches": False, "even_batches": False},
    )
    if arguments.n_gpu > 1:
        raise RequestError(
            f"there are {arguments.n_gpu} GPUs: start a process for each with torchrun --nproc-per-node, or choose one "
            "with CUDA_VISIBLE_DEVICES"
        )
    return arguments


def _optimizers(network: ReadingNetwork, config: TrainingConfig) -> tuple[torch.optim.Optimizer, Any]:
    optimizer: torch.optim.Optimizer = (
        MuonWithAdamW(
            network.named_parameters(),
            matrix_rate=config.matrix_rate,
            rate=config.rate,
            vision_share=config.vision_share,
        )
        if config.muon
        else torch.optim.AdamW(
            by_rate(network.named_parameters(), config.rate, config.vision_share), betas=(0.9, 0.95), weight_decay=0.0
        )
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
