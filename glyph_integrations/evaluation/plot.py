"""The picture of error against compression."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from glyph_integrations.errors import MissingExtraError

if TYPE_CHECKING:
    import os

    from glyph_integrations.evaluation.results import Curve


def require_matplotlib() -> None:
    """Tells before anything is measured that nothing could be drawn.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise MissingExtraError("Drawing the curve", package="matplotlib", extra="train")


def draw(curve: Curve, path: str | os.PathLike[str], *, title: str) -> None:
    """Draws a curve for each kind of text, and writes them as a picture in the format of the path's ending.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    require_matplotlib()
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    ratios = [point.compression.ratio for point in curve.points]
    for kind in dict.fromkeys(kind for point in curve.points for kind in point.errors):
        axes.plot(ratios, [100 * point.errors[kind].rate for point in curve.points], marker="o", label=kind)
    settings = axes.secondary_xaxis("top")
    settings.set_xticks(ratios, [point.setting for point in curve.points], rotation=25, ha="left", fontsize=8)
    axes.set(
        title=title,
        xlabel="compression (text tokens for each visual token)",
        ylabel="character error (%)",
        ylim=(0, None),
    )
    axes.legend()
    axes.grid(alpha=0.3)
    figure.savefig(Path(path), dpi=150)
