"""The public names of training."""

from __future__ import annotations

import subprocess
import sys

import pytest

from glyph_integrations import training

NAMES = [
    "Architecture", "Corpus", "Lesson", "Phase", "TrainingConfig", "config_json", "fine_tuning", "plot_metrics",
    "pretraining", "read_config", "text_source", "train", "train_tokenizer", "write_config",
]  # fmt: skip


def ended(program):
    """How a fresh interpreter ends."""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=200)


def test_the_public_names_are_these():
    """All of them are there, and nobody gets another by accident."""
    pytest.importorskip("transformers")
    assert training.__all__ == NAMES
    assert all(getattr(training, name).__name__ == name for name in NAMES)
    assert set(NAMES) <= set(dir(training))
    with pytest.raises(AttributeError, match="no attribute 'fit'"):
        training.fit  # noqa: B018


def test_importing_training_brings_in_no_torch():
    """Configurations, recipes and the corpus are there without torch, transformers, pydantic or matplotlib."""
    result = ended(
        "import sys\nfor name in ('torch', 'transformers', 'pydantic', 'matplotlib', 'datasets', 'trl'):\n"
        "    sys.modules[name] = None\n"
        "from glyph_integrations.training import Architecture, fine_tuning, pretraining, plot_metrics\n"
        "import glyph_integrations.training.corpus\npretraining()"
    )
    assert result.stderr == ""


@pytest.mark.parametrize("package", ["torch", "matplotlib"])
def test_what_training_needs_is_named_before_it_begins(package):
    """Where a package of the extra is not installed the error says so at once, not after hours."""
    result = ended(f"import sys; sys.modules[{package!r}] = None\nfrom glyph_integrations.training import train")
    last = result.stderr.strip().splitlines()[-1]
    assert last.endswith(f"Training needs {package}: pip install 'glyph-integrations[train]'")
