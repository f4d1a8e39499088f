"""How often progress is reported."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

INTERVAL = 0.1
"""Seconds between two reports, at least."""


def throttle(report: Callable[[int, int], None]) -> Callable[[int, int], None]:
    """Passes on the first report, the last (all done), and of those between no more than ten a second."""
    last = float("-inf")

    def report_seldom(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done >= total or now - last >= INTERVAL:
            last = now
            report(done, total)

    return report_seldom
