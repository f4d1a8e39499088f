"""Plots of runs."""

from __future__ import annotations

import json
import sys

import pytest

pytest.importorskip("matplotlib")

import numpy as np
from PIL import Image

from glyph_integrations.errors import MissingExtraError, RequestError
from glyph_integrations.training import plot_metrics


def write(path, *lines):
    """A file of metrics."""
    path.write_text("".join(json.dumps({"step": step, **line}) + "\n" for step, line in enumerate(lines)), "utf-8")
    return path


def test_curves_are_drawn_beside_the_metrics(tmp_path):
    """Losses are one panel and shares another; a metric that begins later is drawn where it is."""
    metrics = write(
        tmp_path / "metrics.jsonl", {"loss": 3.0}, {"loss": 2.0, "reply_loss": 1.5}, {"loss": 1.0, "reply_loss": 0.5}
    )
    assert plot_metrics(metrics) == tmp_path / "metrics.png"
    with Image.open(tmp_path / "metrics.png") as image:
        losses = image.size
        assert np.asarray(image.convert("RGB")).std() > 5
    write(metrics, {"loss": 3.0, "tokens_right": 0.1}, {"loss": 2.0, "tokens_right": 0.4})
    with Image.open(plot_metrics(metrics)) as image:
        assert image.size == (2 * losses[0], losses[1])


@pytest.mark.parametrize("content", [None, "", "{", '{"step": 1}\n'])
def test_what_holds_no_metrics_is_refused(tmp_path, content):
    """A file that is missing, empty, broken or without losses is named in the error."""
    path = tmp_path / "metrics.jsonl"
    if content is not None:
        path.write_text(content)
    with pytest.raises(RequestError, match=r"metrics\.jsonl holds no"):
        plot_metrics(path)


def test_without_matplotlib_the_error_names_the_extra(tmp_path, monkeypatch):
    """Where there is nothing to draw with, the error says what to install."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError, match=r"glyph-integrations\[train\]"):
        plot_metrics(write(tmp_path / "metrics.jsonl", {"loss": 1.0}))
