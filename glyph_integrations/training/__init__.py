"""Training: texts, pages and questions to learn from, pretraining, fine-tuning and reinforcement of readers.

Importing this package imports no torch: names are looked up when they are used.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from glyph_integrations.errors import MissingExtraError

if TYPE_CHECKING:
    from glyph_integrations.training.architecture import Architecture
    from glyph_integrations.training.config import (
        Corpus,
        Lesson,
        Phase,
        TrainingConfig,
        config_json,
        read_config,
        write_config,
    )
    from glyph_integrations.training.lessons import text_source
    from glyph_integrations.training.plot import plot_metrics
    from glyph_integrations.training.recipes import fine_tuning, pretraining
    from glyph_integrations.training.run import train
    from glyph_integrations.training.tokenizer import train_tokenizer

_HOMES: Final = {
    "architecture": ("Architecture",),
    "config": ("Corpus", "Lesson", "Phase", "TrainingConfig", "config_json", "read_config", "write_config"),
    "lessons": ("text_source",),
    "plot": ("plot_metrics",),
    "recipes": ("fine_tuning", "pretraining"),
    "run": ("train",),
    "tokenizer": ("train_tokenizer",),
}
_HOME_OF: Final = {name: home for home, names in _HOMES.items() for name in names}
_TORCH: Final = ("lessons", "run")  # modules that import it
_EXTRA: Final = ("torch", "transformers", "accelerate", "pydantic", "matplotlib")

__all__ = [
    "Architecture",
    "Corpus",
    "Lesson",
    "Phase",
    "TrainingConfig",
    "config_json",
    "fine_tuning",
    "plot_metrics",
    "pretraining",
    "read_config",
    "text_source",
    "train",
    "train_tokenizer",
    "write_config",
]


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = _HOME_OF[name]
    if home in _TORCH:
        for package in _EXTRA:
            if find_spec(package) is None:
                raise MissingExtraError("Training", package=package, extra="train")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
