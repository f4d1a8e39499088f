"""What is drawn on a PDF page besides text: images, fills, rules and other paths, as boxes in pt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pymupdf

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from glyph_integrations.source.formats.pdf.lines import Rect
    from glyph_integrations.source.limits import Limits

RULE_WIDTH = 3.0
"""Up to this width in pt a filled rectangle is a rule."""
RULE_LENGTH = 8.0
MOST_PATHS = 20_000
WHITE = 0.97
"""From this share of every color a fill looks white."""
SHARES_AT_ONCE = 500_000
CORNER = 0.4
"""Of a box's shorter side: larger curves are no corners."""


class Path(NamedTuple):
    """One painted path.

    ``opaque`` is whether it hides what lies under it; ``pieces`` how many lines, curves and rectangles it has;
    ``blank`` whether it is filled with white, as the fields of forms are.
    """

    box: Rect
    pieces: int
    opaque: bool
    plain: bool
    """Nothing but axis-parallel lines and rectangles."""
    blank: bool


@dataclass(slots=True, kw_only=True)
class Graphics:
    """Everything drawn on a page.

    Attributes:
        images: Boxes of images, cut to the page.
        paths: Painted paths that are no rules, cut to the page.
        across: Horizontal rules, [n, 3]: x0, x1, y.
        down: Vertical rules, [n, 3]: y0, y1, x.
        oversized: Pixels across and down of images that are too large to be looked at.
    """

    images: list[Rect]
    paths: list[Path]
    across: NDArray[np.float64]
    down: NDArray[np.float64]
    oversized: list[tuple[int, int]] = field(default_factory=list)


def read_graphics(page: Any, pictured: list[Any], size: tuple[float, float], limits: Limits) -> Graphics:
    """Reads the paths of a page and the images ``pictured`` on it; coordinates are those of the page as displayed.

    Images beyond ``Limits.pixels`` are only counted: they have not been decoded.
    """
    width, height = size
    images = []
    oversized = []
    for block in pictured:
        if block["width"] * block["height"] > limits.pixels:
            oversized.append((block["width"], block["height"]))
            continue
        box = cut(block["bbox"], width, height)
        if box is not None:
            images.append(box)
    paths: list[Path] = []
    across: list[tuple[float, float, float]] = []
    down: list[tuple[float, float, float]] = []
    turn = page.rotation_matrix if page.rotation else None
    for drawing in page.get_cdrawings()[:MOST_PATHS]:
        path = _path(drawing, turn, width, height)
        if path is None:
            continue
        if path.plain and _add_rules(drawing, path, turn, across, down):
            continue
        paths.append(path._replace(plain=path.plain or _is_rounded_box(drawing["items"], path.box)))
    return Graphics(
        images=images,
        paths=paths,
        across=np.array(across, float).reshape(-1, 3),
        down=np.array(down, float).reshape(-1, 3),
        oversized=oversized,
    )


def cut(box: Rect, width: float, height: float) -> Rect | None:
    """The part of a box that lies on the page, or None."""
    x0, y0, x1, y1 = max(box[0], 0.0), max(box[1], 0.0), min(box[2], width), min(box[3], height)
    return (x0, y0, x1, y1) if x0 <= x1 and y0 <= y1 else None


def area(box: Rect) -> float:
    """In pt²."""
    return max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)


def overlap(a: Rect, b: Rect) -> float:
    """The area that two boxes share, in pt²."""
    return max(min(a[2], b[2]) - max(a[0], b[0]), 0.0) * max(min(a[3], b[3]) - max(a[1], b[1]), 0.0)


def shared(boxes: NDArray[np.float64], box: Sequence[float]) -> NDArray[np.float64]:
    """The area that each of many boxes shares with one, in pt²."""
    low, high = np.maximum(boxes[:, :2], box[:2]), np.minimum(boxes[:, 2:], box[2:])
    return np.maximum(high - low, 0.0).prod(1)  # type: ignore[no-any-return]


def find_shares(boxes: NDArray[np.float64], others: NDArray[np.float64]) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """The share of each box that each of many others covers, some boxes at a time: a map has thousands of both.

    Yields:
        The index of the first box, and [boxes, others] for it and those that follow.
    """
    step = max(SHARES_AT_ONCE // max(len(others), 1), 1)
    for start in range(0, len(boxes), step):
        part = boxes[start : start + step, None]
        sides = np.minimum(part[..., 2:], others[:, 2:]) - np.maximum(part[..., :2], others[:, :2])
        extent = np.maximum(part[..., 2:] - part[..., :2], 1e-9)
        yield start, np.maximum(sides, 0.0).prod(2) / extent.prod(2)


def inside(inner: Rect, outer: Rect, margin: float = 0.0) -> bool:
    """Whether the centre of one box lies in the other."""
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] - margin <= x <= outer[2] + margin and outer[1] - margin <= y <= outer[3] + margin


def _path(drawing: dict[str, Any], turn: Any, width: float, height: float) -> Path | None:
    if drawing["type"] not in {"f", "s", "fs"}:
        return None
    box = cut(_turn_box(drawing["rect"], turn), width, height)
    if box is None:
        return None
    filled = "f" in drawing["type"] and drawing.get("fill") is not None
    opaque = filled and (drawing.get("fill_opacity") or 0.0) > 0.5
    items = drawing["items"]
    plain = len(items) <= 400 and all(_axis_parallel(item) for item in items)
    blank = filled and min(drawing["fill"]) > WHITE
    return Path(box, len(items), opaque, plain, blank)


def _turn_box(box: Any, turn: Any) -> Rect:
    if turn is None:
        x0, y0, x1, y1 = box
    else:
        x0, y0, x1, y1 = pymupdf.Rect(box) * turn
    return (x0, y0, x1, y1)


def _axis_parallel(item: Any) -> bool:
    if item[0] == "l":
        (ax, ay), (bx, by) = item[1], item[2]
        return bool(abs(ax - bx) < 0.5 or abs(ay - by) < 0.5)
    return bool(item[0] in {"re", "qu"})


def _is_rounded_box(items: list[Any], box: Rect) -> bool:
    """Whether a path is a box with round corners: upright and level lines, and curves that are small beside it."""
    least = CORNER * min(box[2] - box[0], box[3] - box[1])
    if len(items) > 12 or not any(item[0] == "l" for item in items):
        return False
    return all(
        max(abs(item[1][0] - item[4][0]), abs(item[1][1] - item[4][1])) <= least
        if item[0] == "c"
        else _axis_parallel(item)
        for item in items
    )


def _add_rules(
    drawing: dict[str, Any],
    path: Path,
    turn: Any,
    across: list[tuple[float, float, float]],
    down: list[tuple[float, float, float]],
) -> bool:
    """Adds the path's rules; returns whether it consists of nothing else."""
    stroked, only_rules = "s" in drawing["type"], True
    for item in drawing["items"]:
        if item[0] == "l":
            (ax, ay), (bx, by) = item[1], item[2]
            box = _turn_box((min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)), turn)
        else:
            box = _turn_box(item[1] if item[0] == "re" else pymupdf.Quad(item[1]).rect, turn)
        x0, y0, x1, y1 = box
        if y1 - y0 <= RULE_WIDTH and x1 - x0 >= RULE_LENGTH:
            across.append((x0, x1, (y0 + y1) / 2))
        elif x1 - x0 <= RULE_WIDTH and y1 - y0 >= RULE_LENGTH:
            down.append((y0, y1, (x0 + x1) / 2))
        elif item[0] == "l" or max(x1 - x0, y1 - y0) < RULE_LENGTH:
            only_rules = only_rules and item[0] == "l"
        else:
            only_rules = False
            if stroked:
                across += [(x0, x1, y0), (x0, x1, y1)]
                down += [(y0, y1, x0), (y0, y1, x1)]
    return only_rules and not (path.opaque and path.pieces > 1 and stroked)
