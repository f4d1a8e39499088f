"""How often progress is reported."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

INTERVAL = 0.1
"""Seconds between two reports, at least."""


class CallbackError(BaseException):
    """Carries what a callback raised past all that turns the errors of parsers into ours."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


@contextmanager
def raised_by_callback() -> Iterator[None]:
    """Raise what a callback raised within the block as the callback raised it."""
    try:
        yield
    except CallbackError as carrier:
        raise carrier.error from None


def throttle(report: Callable[[int, int], None]) -> Callable[[int, int], None]:
    """Passes on the first report, the last (all done), and of those between no more than ten a second."""
    last = float("-inf")

    def report_seldom(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done >= total or now - last >= INTERVAL:
            last = now
            try:
                report(done, total)
            except Exception as error:
                raise CallbackError(error) from error

    return report_seldom
