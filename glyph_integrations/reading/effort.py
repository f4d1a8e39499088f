"""``Effort``: how much work a search may take before it gives up; counted, not measured, so that it is repeatable."""

from __future__ import annotations

from typing import Final

_MOST: Final = 2_500_000_000


class EffortExceededError(Exception):
    """A search gave up: whether what it looked for is there is not known."""


class Effort:
    """What is left of the work that a search may take, in steps of up to a nanosecond.

    Args:
        steps: How much there is.
        within: An effort of which this is a part, and which is spent with it.
    """

    def __init__(self, steps: int = _MOST, *, within: Effort | None = None) -> None:
        self.left = steps
        self.within = within

    def spend(self, steps: int) -> None:
        """Takes from what is left.

        Raises:
            EffortExceededError: There is not so much.
        """
        exceeded = False
        effort: Effort | None = self
        while effort is not None:
            effort.left -= steps
            exceeded = exceeded or effort.left < 0
            effort = effort.within
        if exceeded:
            raise EffortExceededError

    def share(self, parts: int) -> Effort:
        """Returns one of so many equal parts of what is left."""
        return Effort(max(self.left, 0) // max(parts, 1), within=self)
