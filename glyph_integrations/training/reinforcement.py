"""Reinforcement learning: replies are sampled in groups, and those better than their group become likelier (GRPO).

Part of the third stage of the paper (arXiv 2510.17800, section 3.3), through TRL's trainer. Where the paper asks a
judge, the documents here know what they answer, and what they do not (``rewards``).
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from PIL import Image

from glyph_integrations.errors import MissingExtraError, ModelLoadError, RequestError
from glyph_integrations.reading.prompts import transcription_text
from glyph_integrations.rendering import render_style
from glyph_integrations.training.config import SAMPLED, STRICT, refuse, write_config
from glyph_integrations.training.corpus import AskedDocuments, StyleSampler, by_kind, drawn
from glyph_integrations.training.pages import TypesetPage, typeset
from glyph_integrations.training.rewards import Completion, PromptKind, RewardConfig, reward_functions
from glyph_integrations.training.tasks import asked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from glyph_integrations.counting import ModelSpec
    from glyph_integrations.training.corpus import SyntheticDocument
    from glyph_integrations.training.processor import PageProcessor

CONFIG: Final = "reinforcement.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinforcementConfig:
    """A run of reinforcement learning; the defaults are the paper's where it names them.

    Two things differ. Groups whose replies are all worth the same teach nothing, as in the paper, which drops them; but
    TRL counts their tokens among those that the loss is divided by, so a step with many of them is smaller (the metric
    ``frac_reward_zero_std`` is their share). And replies are learned from once, with the weights that wrote them: the
    ratio that the clips bound is 1 there, and they do not bind. There is no penalty for leaving the first checkpoint.

    Attributes:
        model: Checkpoint to begin with, of a Glm4v model: a folder or a hub id.
        style: A preset's name, or ``"sampled"`` for styles from the paper's space.
        length: Least and most characters of a document; all its pages are shown.
        questions: Files of texts with questions (see ``AskedTexts``) to be asked beside made-up documents.
        questions_share: Of the documents, where there are such files: how many are made of them.
        unanswerable: Share of the questions that the document does not answer.
        transcriptions: Share of the prompts that ask for the text of a page.
        rewards: What each reward counts.
        group: Replies to a prompt.
        batch: Prompts of a step.
        at_once: Replies that a process learns from at the same time; as many, or a group, are written at a time.
        clip_low: How much less likely than when it was written a token may become, as a share.
        clip_high: How much likelier.
        rate: Learning rate, the same for all steps.
        temperature: That replies are sampled with.
        max_tokens: Most tokens of a reply, thinking included.
        steps: How long it lasts.
        bfloat16: Whether products are computed in bfloat16.
        seed: Decides everything that is random.
        save_every: Steps between checkpoints.
        log_every: Steps between lines of the metrics.
    """

    __pydantic_config__ = STRICT

    model: str
    style: str = "nano"
    length: tuple[int, int] = (400, 2400)
    questions: tuple[str, ...] = ()
    questions_share: float = 0.5
    unanswerable: float = 0.25
    transcriptions: float = 0.1
    rewards: RewardConfig = field(default_factory=RewardConfig)
    group: int = 16
    batch: int = 32
    at_once: int = 16
    clip_low: float = 0.2
    clip_high: float = 0.28
    rate: float = 1e-6
    temperature: float = 1.0
    max_tokens: int = 512
    steps: int = 500
    bfloat16: bool = True
    seed: int = 0
    save_every: int = 50
    log_every: int = 1

    def __post_init__(self) -> None:
        refuse(
            "a run",
            (self.group < 2, "a group has 2 replies or more: they are compared with each other"),
            (not 200 <= self.length[0] <= self.length[1], "length is from 200 characters up, the least first"),
            (not 0 <= self.questions_share <= 1, "questions_share is a share, from 0 to 1"),
            (not 0 <= self.unanswerable <= 1, "unanswerable is a share, from 0 to 1"),
            (not 0 <= self.transcriptions <= 1, "transcriptions is a share, from 0 to 1"),
            (self.temperature <= 0, "temperature must be above 0, or all replies of a group are the same"),
            (min(self.batch, self.at_once, self.max_tokens, self.steps) < 1, "counts are 1 or more"),
            (min(self.save_every, self.log_every) < 1, "save_every and log_every are 1 or more"),
        )
        if self.style != SAMPLED:
            render_style(self.style)

    def written_at_once(self, processes: int) -> int:
        """Replies that all processes together write at a time: whole groups.

        Raises:
            RequestError: The replies of a step cannot be divided so.
        """
        written = math.lcm(self.at_once * processes, self.group)
        if self.batch * self.group % written:
            raise RequestError(
                f"{self.batch} × {self.group} replies of a step cannot be divided into runs of {written}: choose "
                "at_once as a divisor of group, or batch as a multiple"
            )
        return written


def reinforce(
    config: ReinforcementConfig,
    output: str | os.PathLike[str],
    *,
    steps: int | None = None,
    progress: Callable[[Mapping[str, float]], None] | None = None,
) -> Path:
    """Trains until the configuration's last step, or for so many steps from where the last run ended.

    Args:
        config: The run. A run that goes on has to have the configuration that it began with.
        output: Folder of checkpoints, metrics and the result. Each checkpoint in it can be read with, too.
        steps: Stop after so many steps; the next call goes on from there.
        progress: Called with each line of the metrics.

    Returns:
        The folder of the trained model: ``output/model``.

    Raises:
        MissingExtraError: TRL is not installed.
        ModelLoadError: There is no such checkpoint, or it is not of a Glm4v model.
        RequestError: ``steps`` is below 1, or the replies of a step cannot be divided among the processes.
    """
    trainer_class = _trainer_class()
    import torch
    from datasets import Dataset
    from transformers import AutoTokenizer, Glm4vForConditionalGeneration, PrinterCallback

    from glyph_integrations.models.local.checkpoint import Checkpoint
    from glyph_integrations.training.processor import PageProcessor
    from glyph_integrations.training.run import METRICS, MODEL, MetricsFile, bounds

    folder = Path(output)
    last, until = bounds(folder, config.steps, steps)
    start = Checkpoint.find(config.model)
    if start.config.model_type != "glm4v":
        raise ModelLoadError(f"{start.name} is of type {start.config.model_type!r}; only glm4v is trained")
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = AutoTokenizer.from_pretrained(start.folder, trust_remote_code=False, padding_side="left")
    processor = PageProcessor(tokenizer, start.config, start.preprocessor)
    model = Glm4vForConditionalGeneration.from_pretrained(start.folder, dtype=torch.float32)
    functions, weights = reward_functions(config.rewards, _reader(processor, model))
    arguments = _arguments(config, folder, until, weights)
    write_config(config, folder / CONFIG)
    trainer = trainer_class(
        model=model,
        processing_class=processor,
        reward_funcs=functions,
        args=arguments,
        train_dataset=Dataset.from_dict({"number": range(config.steps * config.batch)}).with_transform(
            Prompts(config, start.spec)
        ),
        callbacks=[MetricsFile(folder / METRICS, progress)],
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train(resume_from_checkpoint=None if last is None else str(last))
    trainer.save_model(str(folder / MODEL))
    return folder / MODEL


def _trainer_class() -> type[Any]:
    try:
        from trl import GRPOTrainer
    except ImportError as error:
        raise MissingExtraError("Reinforcement learning", package="trl", extra="train") from error

    class Trainer(GRPOTrainer):  # type: ignore[misc]
        """TRL's trainer; nobody is told over the network that it runs, and no card is written about it."""

        def _send_telemetry(self) -> None: ...

        def create_model_card(self, **_: Any) -> None: ...

    return Trainer


def _arguments(config: ReinforcementConfig, folder: Path, until: int, weights: list[float]) -> Any:
    """TRL's settings for a run up to a step."""
    import torch
    from trl import GRPOConfig

    processes = int(os.environ.get("WORLD_SIZE", "1"))  # as torchrun and accelerate say it
    return GRPOConfig(
        output_dir=str(folder),
        max_steps=until,
        num_generations=config.group,
        generation_batch_size=config.written_at_once(processes),
        per_device_train_batch_size=config.at_once,
        gradient_accumulation_steps=config.batch * config.group // (config.at_once * processes),
        shuffle_dataset=False,
        epsilon=config.clip_low,
        epsilon_high=config.clip_high,
        reward_weights=weights,
        learning_rate=config.rate,
        lr_scheduler_type="constant",
        temperature=config.temperature,
        max_completion_length=config.max_tokens,
        bf16=config.bfloat16,
        use_cpu=not torch.cuda.is_available(),
        seed=config.seed,
        save_steps=config.save_every,
        save_total_limit=2,
        logging_steps=config.log_every,
        log_multimodal=False,
        report_to=[],
        disable_tqdm=True,
    )


class Prompt(NamedTuple):
    """A prompt, and what is right.

    Attributes:
        pages: What is shown.
        text: What stands after the pages.
        kind: What is right.
        reference: The answer, or the text of the page; empty where it is right to abstain.
    """

    pages: Sequence[TypesetPage]
    text: str
    kind: PromptKind
    reference: str


class Prompts:
    """The prompts of a run, each made from its number alone, so that a run can be resumed and divided.

    Args:
        config: Of the run.
        spec: What the model's pages cost.

    Raises:
        LoadError: It names files of questions that cannot be read.
    """

    def __init__(self, config: ReinforcementConfig, spec: ModelSpec) -> None:
        self._config = config
        self._spec = spec
        self._documents = AskedDocuments(config.questions, config.questions_share)

    def __call__(self, rows: dict[str, list[int]]) -> dict[str, list[Any]]:
        """Rows of a dataset by their ``number``, as TRL takes them: a transform of the ``datasets`` library.

        The rows of a group are one prompt, which is made once.
        """
        made = {number: self.prompt(number) for number in dict.fromkeys(rows["number"])}
        prompts = [made[number] for number in rows["number"]]
        return {
            "prompt": [[{"role": "user", "content": prompt.text}] for prompt in prompts],
            "images": [[Image.fromarray(page.page.pixels) for page in prompt.pages] for prompt in prompts],
            "kind": [prompt.kind for prompt in prompts],
            "reference": [prompt.reference for prompt in prompts],
        }

    def prompt(self, number: int) -> Prompt:
        """The prompt of this number: a question about a new document, or a page of it to transcribe."""
        config = self._config
        rng = Random(f"{config.seed}/{number}")  # noqa: S311 - training, not cryptography
        style = StyleSampler().sample(rng) if config.style == SAMPLED else render_style(config.style)
        document = self._documents.draw(rng, length=rng.randint(*config.length))
        pages = list(typeset(document.text, style, self._spec))
        if rng.random() < config.transcriptions or not (document.facts or document.unanswerable):
            page = rng.choice(pages)
            return Prompt([page], transcription_text(self._spec), "transcribe", page.text.strip())
        return Prompt(pages, *_question(document, rng, unanswerable=config.unanswerable))


def _question(document: SyntheticDocument, rng: Random, *, unanswerable: float) -> tuple[str, PromptKind, str]:
    """A question about a document as the model is asked it, what is right, and the answer."""
    if document.unanswerable and (not document.facts or rng.random() < unanswerable):
        return asked(rng.choice(rng.choice(document.unanswerable).questions)), "abstain", ""
    fact = drawn(by_kind(document.facts), rng)
    return asked(rng.choice(fact.questions)), "answer", fact.answer


def _reader(processor: PageProcessor, model: Any) -> Callable[[Sequence[int]], Completion]:
    """Reads completions: tokens to text, and whether the last of them is one that ends a reply."""
    from glyph_integrations.models.local.output import Vocabulary
    from glyph_integrations.models.local.sampling import end_tokens
    from glyph_integrations.models.thinking import OPENING

    tokenizer = processor.tokenizer
    vocabulary = Vocabulary(tokenizer, [*end_tokens(model), tokenizer.eos_token_id])
    # Some templates open the thinking themselves: then it is missing in what the model writes.
    turn = [{"role": "user", "content": "?"}]
    opened = str(processor.apply_chat_template(turn, add_generation_prompt=True)).rstrip().endswith(OPENING)

    def read(tokens: Sequence[int]) -> Completion:
        text = vocabulary.text(tokens)
        return Completion(text=OPENING + text if opened else text, ended=tokens[-1] in vocabulary.ends)

    return read
