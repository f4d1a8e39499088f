"""What a training run is made of: one value, kept as JSON beside its results."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, get_args

from glyph_integrations.errors import MissingExtraError, RequestError
from glyph_integrations.rendering import render_style
from glyph_integrations.training.architecture import Architecture

if TYPE_CHECKING:
    import os

Task = Literal["transcribe", "locate", "go_on", "find", "interleave", "complete", "ask"]
"""What is learned in a batch; see ``tasks``."""

SAMPLED: Final = "sampled"
"""The style that stands for styles from the paper's space."""

_Config = TypeVar("_Config")
STRICT: Final = {"extra": "forbid"}
"""For pydantic: names that a configuration does not have are refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A task on pages of one size; a batch is of one lesson.

    Attributes:
        task: What is learned.
        batch: Examples of a batch.
        weight: How often it comes, beside the other lessons of its phase.
        width: Of the pages in px; 0 leaves the style its own.
        height: Likewise.
        questions: Questions of an example, for the tasks that ask.
        reply_tokens: Most tokens of a reply that are learned; 0 for all. Where a passage begins is said in the first
            five, and many such questions fit a step.
        tokens: Most tokens of an example, for the tasks that ask; questions that would go beyond are left out, but for
            the first. 0 for any number: then a batch is as slow as its longest example.
        pages: Most pages of an example, for the tasks that show several.
        ending: Share of the pages that end early, as the last of a text does; for the tasks that show one.
        unanswerable: Share of the questions that the shown pages do not answer, for ``ask``.
    """

    __pydantic_config__ = STRICT

    task: Task
    batch: int = 8
    weight: float = 1.0
    width: int = 0
    height: int = 0
    questions: int = 6
    reply_tokens: int = 0
    tokens: int = 0
    pages: int = 1
    ending: float = 0.0
    unanswerable: float = 0.35

    def __post_init__(self) -> None:
        refuse(
            "a lesson",
            (self.task not in get_args(Task), f"its task is one of {', '.join(get_args(Task))}"),
            (min(self.batch, self.questions, self.pages) < 1, "batch, questions and pages are 1 or more"),
            (not 0 <= self.ending <= 1, "ending is a share of the pages, from 0 to 1"),
            (not 0 <= self.unanswerable <= 1, "unanswerable is a share of the questions, from 0 to 1"),
            (
                min(self.weight, self.width, self.height, self.reply_tokens, self.tokens) < 0,
                "weight, width, height, reply_tokens and tokens are not negative",
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A part of a run.

    Attributes:
        steps: How long it lasts.
        lessons: What is learned.
        replies: Whether the text model learns; without it only the vision tower does, from glyph alignment.
    """

    __pydantic_config__ = STRICT

    steps: int
    lessons: tuple[Lesson, ...]
    replies: bool = True

    def __post_init__(self) -> None:
        refuse(
            "a phase",
            (self.steps < 1, "steps are 1 or more"),
            (not any(lesson.weight for lesson in self.lessons), "it needs a lesson with a weight"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """What is read.

    Attributes:
        files: Text files (UTF-8, also ``.gz`` and ``.xz``).
        datasets: Hugging Face datasets, as ``name`` or ``name:column``.
        prose: Weight of passages of the texts.
        shuffled: Weight of their words in random order.
        random: Weight of random strings.
        documents: Weight of synthetic documents.
        questions: Files of texts with questions (see ``AskedTexts``).
        questions_share: Of the documents that are asked about, where there are such files: how many are made of them.
    """

    __pydantic_config__ = STRICT

    files: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    prose: float = 0.4
    shuffled: float = 0.2
    random: float = 0.2
    documents: float = 0.2
    questions: tuple[str, ...] = ()
    questions_share: float = 0.5

    def __post_init__(self) -> None:
        refuse("a corpus", (not 0 <= self.questions_share <= 1, "questions_share is a share, from 0 to 1"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig:
    """A run of continual pretraining or of supervised fine-tuning.

    Attributes:
        model: Checkpoint to begin with: a folder or a hub id; empty for a new one.
        tokenizer: Folder of a new checkpoint's tokenizer.
        architecture: Size of a new checkpoint.
        corpus: What is read.
        phases: What is learned, one after another.
        style: A preset's name, or ``"sampled"`` for styles from the paper's space.
        alignment: Whether glyph alignment is learned beside the replies.
        alignment_weight: Of its loss.
        decisive_weight: How much more tokens weigh that decide what the others copy: the beginning of a reply, and an
            answer that no frame announces.
        frame_weight: Of the loss that tells where the answer's frame opens and closes in its passage.
        misread: Share of the replies' pieces that the model is shown wrongly while it learns what follows them. Its own
            replies are never free of mistakes, and after one it has to find its place on the page again.
        cell_rows: Cells down a visual token, for the alignment: the lines of type that it may show.
        cell_columns: Cells across.
        guidance: Whether attention is guided where alignment is learned (see ``guidance``); for small models that
            learn to read from nothing.
        guidance_weight: Of each of its losses.
        muon: Whether matrices are trained by Muon; else everything is by AdamW.
        matrix_rate: Muon's learning rate.
        rate: AdamW's learning rate.
        vision_share: Of both rates, for the vision tower: below 1 once it can read and the text model learns to.
        warm_up: Steps until the full rate.
        decay: Share of the steps, at the end, in which the rate falls.
        final_rate: What is left of it at the end.
        clip: Largest norm of the gradient.
        bfloat16: Whether products are computed in bfloat16.
        seed: Decides everything that is random.
        workers: Processes that render; 0 renders between the steps.
        save_every: Steps between checkpoints.
        log_every: Steps between lines of the metrics.
    """

    __pydantic_config__ = STRICT

    model: str = ""
    tokenizer: str = ""
    architecture: Architecture = field(default_factory=Architecture)
    corpus: Corpus = field(default_factory=Corpus)
    phases: tuple[Phase, ...]
    style: str = "nano"
    alignment: bool = True
    alignment_weight: float = 0.5
    decisive_weight: float = 1.0
    frame_weight: float = 0.0
    misread: float = 0.0
    cell_rows: int = 2
    cell_columns: int = 6
    guidance: bool = True
    guidance_weight: float = 0.3
    muon: bool = True
    matrix_rate: float = 0.02
    rate: float = 2e-3
    vision_share: float = 1.0
    warm_up: int = 60
    decay: float = 0.3
    final_rate: float = 0.05
    clip: float = 1.0
    bfloat16: bool = True
    seed: int = 0
    workers: int = 1
    save_every: int = 250
    log_every: int = 25

    def __post_init__(self) -> None:
        refuse(
            "a run",
            (not self.phases, "it needs a phase"),
            (
                not self.alignment and not all(phase.replies for phase in self.phases),
                "without alignment a phase has to learn replies",
            ),
            (not 0 <= self.decay <= 1, "decay is a share of the steps, from 0 to 1"),
            (not 0 <= self.misread < 1, "misread is a share of the pieces, from 0 to below 1"),
            (self.clip <= 0, "clip is above 0"),
            (self.decisive_weight <= 0, "decisive_weight is above 0"),
            (self.frame_weight < 0, "frame_weight is not negative"),
            (min(self.warm_up, self.workers) < 0, "warm_up and workers are not negative"),
            (min(self.cell_rows, self.cell_columns) < 1, "cell_rows and cell_columns are 1 or more"),
            (min(self.save_every, self.log_every) < 1, "save_every and log_every are 1 or more"),
        )
        if self.style != SAMPLED:
            render_style(self.style)

    @property
    def steps(self) -> int:
        """Of all phases."""
        return sum(phase.steps for phase in self.phases)

    def phase_at(self, step: int) -> Phase:
        """The phase that a step, from 0, belongs to."""
        for phase in self.phases:
            if step < phase.steps:
                return phase
            step -= phase.steps
        return self.phases[-1]


def read_config(kind: type[_Config], path: str | os.PathLike[str]) -> _Config:
    """Reads a configuration from a JSON file; names that it does not have are refused.

    Raises:
        RequestError: The file is not there, or does not hold such a configuration.
        MissingExtraError: pydantic, which checks it, is not installed.
    """
    name = Path(path).name
    try:
        text = Path(path).read_bytes()
    except OSError as error:
        raise RequestError(f"there is no configuration {name} that can be read") from error
    adapter = _adapter(kind)
    from pydantic import ValidationError

    try:
        read: _Config = adapter.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise RequestError(f"{name}: {place}: {first['msg'].removeprefix('Value error, ')}") from error
    return read


def write_config(config: Any, path: str | os.PathLike[str]) -> None:
    """Writes a configuration as JSON."""
    Path(path).write_text(config_json(config), "utf-8")


def config_json(config: Any) -> str:
    """A configuration as JSON, as ``read_config`` takes it.

    Raises:
        MissingExtraError: pydantic is not installed.
    """
    written: bytes = _adapter(type(config)).dump_json(config, indent=2)
    return written.decode() + "\n"


def _adapter(kind: type[Any]) -> Any:
    try:
        from pydantic import TypeAdapter
    except ImportError as error:
        raise MissingExtraError("Training", package="pydantic", extra="train") from error
    return TypeAdapter(kind)


def refuse(what: str, *rules: tuple[bool, str]) -> None:
    """Refuses a value for the first rule that is broken.

    Raises:
        RequestError: One is.
    """
    for broken, rule in rules:
        if broken:
            raise RequestError(f"{what}: {rule}")
