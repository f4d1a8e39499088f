"""The machine and the software that measurements were made with."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Final

_NAMED: Final = ("torch", "transformers")


def cores() -> int:
    """How many CPU cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def hardware() -> str:
    """Processor, cores, and the GPU where torch has been loaded and has one."""
    count = cores()
    parts = [_processor(), f"{count} core{'s' * (count > 1)}"]
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        parts.append(torch.cuda.get_device_name())
    return ", ".join(parts)


def software() -> str:
    """Versions of this package, Python, and the libraries that compute, if they are loaded."""
    loaded = [f"{name} {version(name)}" for name in _NAMED if name in sys.modules]
    return ", ".join(
        [f"glyph-integrations {version('glyph-integrations')}", f"Python {platform.python_version()}", *loaded]
    )


def _processor() -> str:
    """The processor's name; Linux tells it in a file, others through Python."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine()
