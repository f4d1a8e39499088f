"""The one rule of what a person could not see."""

from __future__ import annotations

import pytest

from glyph_integrations.source.text import Box
from glyph_integrations.source.visibility import BLACK, WHITE, Color, HiddenReason, Look, find_hidden_reason

PAGE = Box(0.0, 0.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("look", "reason"),
    [
        (Look(displayed=False), HiddenReason.NOT_DISPLAYED),
        (Look(painted=False), HiddenReason.INVISIBLE_MODE),
        (Look(opacity=0.0), HiddenReason.TRANSPARENT),
        (Look(size=1.0), HiddenReason.TINY),
        (Look(box=Box(1.2, 0.1, 1.4, 0.2)), HiddenReason.OFF_PAGE),
        (Look(box=Box(-0.5, 0.1, -0.2, 0.1)), HiddenReason.OFF_PAGE),
        (Look(box=Box(0.1, 0.1, 0.2, 0.2), clip=Box(0.5, 0.5, 1.0, 1.0)), HiddenReason.CLIPPED),
        (Look(covered=True), HiddenReason.COVERED),
        (Look(color=WHITE, background=WHITE), HiddenReason.SAME_COLOR),
        (Look(color=Color(250, 250, 250), background=WHITE), HiddenReason.SAME_COLOR),
        (Look(color=Color(200, 200, 200), background=WHITE, opacity=0.3), HiddenReason.SAME_COLOR),
    ],
)
def test_what_nobody_can_see_has_its_reason(look: Look, reason: HiddenReason) -> None:
    """Each way to hide is told by its own reason."""
    assert find_hidden_reason(look) is reason


@pytest.mark.parametrize(
    "look",
    [
        Look(),
        Look(color=WHITE),
        Look(color=WHITE, background=BLACK),
        Look(color=Color(225, 225, 225), background=WHITE),
        Look(size=4.0),
        Look(opacity=0.4, color=BLACK, background=WHITE),
        Look(box=Box(0.9, 0.0, 1.2, 0.1)),
        Look(box=Box(0.2, 0.2, 0.2, 0.2), clip=PAGE),
    ],
)
def test_what_can_be_seen_has_none(look: Look) -> None:
    """Light, small, faint and cut text is read as long as a person could read it, and so is what is not known."""
    assert find_hidden_reason(look) is None
