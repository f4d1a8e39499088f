"""How time grows with size: what holds for untrusted text, whatever the machine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_FACTOR = 8  # linear work takes 8 times as long, quadratic work 64 times
_MOST = 24
_ROUNDS = 3


def grows_linearly(work: Callable[[int], object], size: int) -> bool:
    """Whether ``work`` takes about eight times as long for eight times the size; the best of three rounds counts."""
    small, large = (min(_measure(work, n) for _ in range(_ROUNDS)) for n in (size, size * _FACTOR))
    return large < _MOST * max(small, 1e-4)


def _measure(work: Callable[[int], object], size: int) -> float:
    began = time.thread_time()
    work(size)
    return time.thread_time() - began
