"""The ``glyph`` command: one module for each command, results on stdout, progress and errors on stderr.

Exit codes: 0 done, 1 error, 2 usage, 3 abstained (the document does not hold the answer), 130 interrupted.
"""

from __future__ import annotations

import os
import sys

from glyph_integrations.errors import MissingExtraError


def main() -> None:
    """Runs the command with the arguments of this process; ends it with an exit code."""
    try:
        _run()
    except KeyboardInterrupt:  # before or after a command; within one it says so
        raise SystemExit(130) from None
    except BrokenPipeError:
        # Whoever read the output (head, less) has gone. Nothing may be flushed to it when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None


def _run() -> None:
    try:
        from glyph_integrations.cli.app import app
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"rich", "typer"}:
            raise
        missing = MissingExtraError("The glyph command", package="typer and rich", extra="cli")
        print(f"glyph: {missing}", file=sys.stderr)  # noqa: T201  (there is nothing else to print with)
        raise SystemExit(1) from None
    try:
        app(prog_name="glyph")
    finally:
        sys.stdout.flush()
