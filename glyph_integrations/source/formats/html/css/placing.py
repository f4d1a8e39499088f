"""Where boxes lie, as far as that can be told without laying out the page: bounds that are wrong to one side only."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from glyph_integrations.source.formats.html.css.lengths import WINDOW_HEIGHT, WINDOW_WIDTH, Length

if TYPE_CHECKING:
    from collections.abc import Callable

    from glyph_integrations.source.formats.html.css.shapes import Transform

SOMEWHERE = 1500.0
"""px from the top: what flows may stand as far down as anything is moved up on purpose."""
SMALLEST_BOX = 4.0
"""px: a box that cuts its content to less shows no letter."""

_BLOCK_FLOW = frozenset({"block", "list-item", "flow-root", "table-cell", "table-caption"})
_CUTTING = frozenset({"hidden", "clip", "scroll", "auto", "overlay"})


class Place(NamedTuple):
    """Bounds on where a box lies, in px from the top left corner of the page.

    Attributes:
        left: The rightmost place of its left edge.
        top: The lowest place of its top edge.
        width: Of its content; None where only its content tells.
        height: Likewise.
        shift: How far it was moved to the right on purpose.
        anchor: Left, top and width of the box that absolute positions are measured from.
        is_sliding: Whether it is moved as a whole, as carousels are, so that its parts may lie anywhere.
        is_fixed: Whether scrolling leaves it where it is.
    """

    left: float = 0.0
    top: float = SOMEWHERE
    width: float | None = WINDOW_WIDTH
    height: float | None = None
    shift: float = 0.0
    anchor: tuple[float, float, float] = (0.0, 0.0, WINDOW_WIDTH)
    is_sliding: bool = False
    is_fixed: bool = False

    @property
    def extent(self) -> float:
        """The width, or the window's where that is not known."""
        return WINDOW_WIDTH if self.width is None else self.width


ORIGIN = Place()


def place_box(
    parent: Place, displays: tuple[str, str], size: float, transform: Transform, get: Callable[[str], Any]
) -> Place:
    """Return where the content of a box lies.

    Args:
        parent: Where that of the box around it lies.
        displays: The ``display`` of the box around it, and its own.
        size: Of its font, in px.
        transform: Its own.
        get: Gives the longhands in force.
    """
    display = displays[1]
    position = get("position")

    def px(name: str, whole: float) -> float | None:
        value = get(name)
        return value.resolve(size, whole) if isinstance(value, Length) else None

    if display == "inline" and position not in ("absolute", "fixed"):
        moved = (px("margin-left", parent.extent) or 0.0) + (
            _relative(px, parent.extent) if position == "relative" else 0
        )
        down = (px("top", WINDOW_HEIGHT) or 0.0) if position == "relative" else 0.0
        return parent._replace(left=parent.left + moved, shift=parent.shift + moved, top=parent.top + down)
    if position in ("absolute", "fixed"):
        place = _place_out_of_flow(parent, (0.0, 0.0, WINDOW_WIDTH) if position == "fixed" else parent.anchor, px)
    else:
        is_block = display in _BLOCK_FLOW or display in ("flex", "grid", "table")
        is_plain = is_block and displays[0] in _BLOCK_FLOW and get("float") in ("none", None)
        place = _place_in_flow(parent, get, px, is_plain=is_plain)
    width = place.extent
    across = transform.across.resolve(size, width)
    down = transform.down.resolve(size, place.height or 0.0)
    padding = px("padding-left", width) or 0.0
    anchor = parent.anchor
    left, top = place.left + across, place.top + down
    if position not in ("static", None) or transform.across != Length() or transform.scale != 1:
        anchor = (left, top, width)
    return place._replace(
        left=left + padding,
        top=top,
        shift=place.shift + padding + max(transform.across.px, 0.0),
        anchor=anchor,
        is_sliding=parent.is_sliding or across != 0,
        is_fixed=parent.is_fixed or position == "fixed",
    )


def _relative(px: Callable[[str, float], float | None], whole: float) -> float:
    left = px("left", whole)
    return left if left is not None else -(px("right", whole) or 0.0)


def _place_out_of_flow(
    parent: Place, anchor: tuple[float, float, float], px: Callable[[str, float], float | None]
) -> Place:
    """Place a box that is positioned ``absolute`` or ``fixed``."""
    left_edge, top_edge, whole = anchor
    width, height = px("width", whole), px("height", WINDOW_HEIGHT)
    left, right = px("left", whole), px("right", whole)
    shift = parent.shift
    margin = px("margin-left", whole) or 0.0
    if left is not None:
        start, shift = left_edge + left + margin, left + margin
        if width is None and right is not None:
            width = whole - left - right
    elif right is not None:
        start = left_edge + whole - right - (width or 0.0)
        width = 0.0 if width is None else width
    else:
        start = parent.left + margin
    top, bottom = px("top", WINDOW_HEIGHT), px("bottom", WINDOW_HEIGHT)
    above = px("margin-top", whole) or 0.0
    if top is not None:
        upper = top_edge + top + above
    elif bottom is not None:
        upper = top_edge + WINDOW_HEIGHT - bottom if bottom > WINDOW_HEIGHT else top_edge + SOMEWHERE
    else:
        upper = parent.top + above
    return Place(start, upper, width, height, shift)


def _place_in_flow(
    parent: Place, get: Callable[[str], Any], px: Callable[[str, float], float | None], *, is_plain: bool
) -> Place:
    """Place a box that flows, possibly moved from its place; a plain one begins where the box around it does."""
    whole = parent.extent
    position = get("position")
    width = px("width", whole)
    limit = px("max-width", whole)
    margin, above = px("margin-left", whole), px("margin-top", whole) or 0.0
    moved = _relative(px, whole) if position == "relative" else 0.0
    down = 0.0
    if position == "relative":
        down = px("top", WINDOW_HEIGHT) or -(px("bottom", WINDOW_HEIGHT) or 0.0)
    start = parent.left
    if not is_plain:
        start = math.inf if parent.is_sliding else start + whole
    elif get("margin-left") == "auto" and margin is None and width is not None:
        start += max(whole - width, 0.0)
    if width is None and is_plain and (margin or 0.0) >= 0 and parent.width is not None:
        width = parent.width - (margin or 0.0)
    if limit is not None and width is not None:
        width = min(width, limit)
    offset = (margin or 0.0) + moved
    return Place(
        left=start + offset,
        top=parent.top + down + min(above, 0.0),
        width=width,
        height=px("height", WINDOW_HEIGHT),
        shift=parent.shift + offset,
    )


def cuts_content(get: Callable[[str], Any], display: str, size: float) -> bool:
    """Return whether a box hides what does not fit into it, and has no room for a letter."""
    if display in ("inline", "contents") or display.startswith(("table", "inline-table", "ruby")):
        return False
    if not {get("overflow-x"), get("overflow-y")} & _CUTTING:
        return False

    def px(name: str) -> float | None:
        value = get(name)
        return value.resolve(size, 1000.0) if isinstance(value, Length) else None

    smallest = min(SMALLEST_BOX, size / 2) if size else SMALLEST_BOX
    for side, pads in (("height", ("padding-bottom",)), ("width", ("padding-left", "padding-right"))):
        extent = min((value for value in (px(side), px(f"max-{side}")) if value is not None), default=math.inf)
        extent = max(extent, px(f"min-{side}") or 0.0)
        if get("box-sizing") == "border-box":  # its padding is within
            extent -= (px("padding-top") or 0.0) if side == "height" else 0.0
        else:
            extent += sum(px(pad) or 0.0 for pad in pads)
        if extent < smallest:
            return True
    return _is_pushed_out(get, size)


def _is_pushed_out(get: Callable[[str], Any], size: float) -> bool:
    """Return whether the first line is indented out of a box that cuts it off."""
    indent = get("text-indent")
    return isinstance(indent, Length) and indent.part >= 1 and "nowrap" in (get("white-space") or ()) and size > 0
