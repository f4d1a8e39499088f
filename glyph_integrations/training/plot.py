"""``plot_metrics``: the curves of a run as a picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from glyph_integrations.errors import MissingExtraError, RequestError

if TYPE_CHECKING:
    import os

_PANELS: Final = {"losses": ("loss",), "shares": ("right", "accuracy", "reward")}
"""What is drawn together, and how the names of its metrics end."""


def plot_metrics(metrics: str | os.PathLike[str]) -> Path:
    """Draws losses, and shares that are right, against steps.

    Args:
        metrics: A file of JSON objects, one a line, each with its ``step``.

    Returns:
        The PNG file beside it, of the same name.

    Raises:
        RequestError: The file is not there, or holds no metrics.
        MissingExtraError: matplotlib is not installed.
    """
    path = Path(metrics)
    try:
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise RequestError(f"{path.name} holds no metrics that can be read") from error
    panels = {title: found for title, endings in _PANELS.items() if (found := _names(lines, endings))}
    if not panels:
        raise RequestError(f"{path.name} holds no losses yet: train for some more steps")
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("A plot", package="matplotlib", extra="train") from error

    figure = Figure(figsize=(7 * len(panels), 4), layout="constrained")
    FigureCanvasAgg(figure)
    for axes, (title, names) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True):
        for name in names:
            points = [(line["step"], line[name]) for line in lines if name in line]
            axes.plot(*zip(*points, strict=True), label=name)
        axes.set(title=title, xlabel="step", ylim=(0, None))
        axes.legend()
        axes.grid(alpha=0.3)
    target = path.with_suffix(".png")
    figure.savefig(target, dpi=120, metadata={"Software": None})
    return target


def _names(lines: list[dict[str, float]], endings: tuple[str, ...]) -> list[str]:
    names = dict.fromkeys(name for line in lines for name in line)
    return [name for name in names if name.endswith(endings)]
