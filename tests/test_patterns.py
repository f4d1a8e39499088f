"""Regular expressions take time in proportion to the text, whatever the text.

``python tests/test_patterns.py`` prints every pattern with the growth that was measured.
"""

from __future__ import annotations

import ast
import gc
import importlib
import json
import pkgutil
import random
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from re import _constants, _parser
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES = ("glyph_integrations", "langchain_glyph", "llama_index_glyph")
METHODS = ("match", "fullmatch", "search", "finditer", "findall", "sub", "subn", "split")
SHORTEST_INPUT = 2_000
LONGEST_INPUT = 64_000
LEAST_SECONDS = 0.004
"""What takes less is not compared: the clock is coarser than that on a busy machine."""
GROWTH = 3.0
"""Time for twice the text: about 2 for linear patterns, 4 and more for others."""
SECONDS_PER_PATTERN = 20
MOST_UNITS = 60
SIMPLE_UNITS = ("a", " ", "0", "-", "\n", ".", "|", "a ", "0,", "<", '"', "(", "aB-")

BOUNDED = {
    "glyph_integrations.source.formats.html.parsing._CHARSET": 4_096,
    "glyph_integrations.source.formats.html.parsing._XHTML": 4_096,
}
"""Patterns that only ever see so many characters, because the code cuts the text before."""


class Use(NamedTuple):
    """A pattern, what it is called, and the methods that the package calls on it."""

    name: str
    pattern: re.Pattern[Any]
    methods: tuple[str, ...]


def list_uses() -> list[Use]:
    """Return every pattern that a module of the packages holds, alone or in a collection."""
    uses = []
    for package in PACKAGES:
        root = importlib.import_module(package)
        for info in pkgutil.walk_packages(root.__path__, f"{package}."):
            if ".__main__" in info.name or ".tests" in info.name:
                continue
            module = importlib.import_module(info.name)
            called = list_calls(Path(str(module.__file__)))
            for name, value in vars(module).items():
                for place, pattern in enumerate(find_patterns(value)):
                    label = f"{info.name}.{name}" + (f"[{place}]" if value is not pattern else "")
                    methods = tuple(called.get(name, ())) if value is pattern else ()
                    uses.append(Use(label, pattern, methods or ("match", "search")))
            uses += list_inline_uses(info.name, Path(str(module.__file__)))
    known: dict[int, Use] = {}
    for use in uses:
        known.setdefault(id(use.pattern), use)
    return list(known.values())


def find_patterns(value: Any, depth: int = 3) -> list[re.Pattern[Any]]:
    """Return the patterns within a value."""
    if isinstance(value, re.Pattern):
        return [value]
    if depth and isinstance(value, dict):
        value = list(value.values())
    if depth and isinstance(value, (tuple, list)):
        return [pattern for item in value for pattern in find_patterns(item, depth - 1)]
    return []


def list_inline_uses(module: str, path: Path) -> list[Use]:
    """Return the patterns that a module writes where it uses them: ``re.sub("…", …)``."""
    uses = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            function = node.func
            literal = node.args[0] if node.args else None
            of_re = isinstance(function.value, ast.Name) and function.value.id == "re"
            if of_re and isinstance(literal, ast.Constant):
                flags = re.DOTALL if "DOTALL" in ast.dump(node) else 0
                uses.append(Use(f"{module}:{node.lineno}", re.compile(literal.value, flags), (function.attr,)))
    return uses


def list_calls(path: Path) -> dict[str, set[str]]:
    """Return which methods a module calls on which of its names."""
    calls: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in METHODS:
            calls.setdefault(node.value.id, set()).add(node.attr)
    return calls


def make_inputs(pattern: re.Pattern[Any]) -> list[Any]:
    """Return pieces that, repeated, lead a pattern into as many dead ends as it has.

    They are samples of the pattern and of each of its parts, of which none may be what the whole wants.
    """
    chance = random.Random(repr(pattern.pattern))  # noqa: S311 - reproducible, not secret
    tree = _parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    units: dict[str, None] = {}
    parts = list_parts(tree)
    for part in sorted(parts, key=lambda part: not repeats(part)):  # what repeats is where time is lost
        for _ in range(3):
            units.setdefault(sample(part, chance)[:60])
    texts = [unit for unit in units if unit][:MOST_UNITS] + list(SIMPLE_UNITS)
    return [text.encode("latin-1", "replace") for text in texts] if isinstance(pattern.pattern, bytes) else texts


def repeats(tree: Any) -> bool:
    """Return whether something within a parsed pattern repeats without a bound."""
    return "MAX_REPEAT" in str(list(tree)) or "MIN_REPEAT" in str(list(tree))


def list_parts(tree: Any) -> list[Any]:
    """Return a parsed pattern, each of its elements, and what they repeat or choose from."""
    parts = [tree]
    for position, (operator, argument) in enumerate(tree):
        parts.append(tree[position : position + 1])
        parts.append(tree[position : position + 2])
        if operator in (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT):
            parts += list_parts(argument[2])
        elif operator is _constants.SUBPATTERN:
            parts += list_parts(argument[3])
        elif operator is _constants.BRANCH:
            for branch in argument[1]:
                parts += list_parts(branch)
        elif operator is _constants.ATOMIC_GROUP:
            parts += list_parts(argument)
    return parts


def sample(tree: Any, chance: random.Random) -> str:
    """Return a text that a parsed pattern matches, or nearly."""
    text = ""
    for operator, argument in tree:
        if operator is _constants.LITERAL:
            text += chr(argument)
        elif operator is _constants.NOT_LITERAL:
            text += "a" if argument != ord("a") else "b"
        elif operator is _constants.ANY:
            text += "a"
        elif operator is _constants.IN:
            text += sample_class(argument, chance)
        elif operator is _constants.BRANCH:
            text += sample(chance.choice(argument[1]), chance)
        elif operator is _constants.SUBPATTERN:
            text += sample(argument[3], chance)
        elif operator is _constants.ATOMIC_GROUP:
            text += sample(argument, chance)
        elif operator in (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT):
            least, most, repeated = argument
            for _ in range(min(max(least, chance.choice((0, 1, 2))), int(most), 40)):
                text += sample(repeated, chance)
    return text


def sample_class(members: Any, chance: random.Random) -> str:
    """Return a character of a class."""
    categories = {
        _constants.CATEGORY_DIGIT: "0",
        _constants.CATEGORY_NOT_DIGIT: "a",
        _constants.CATEGORY_SPACE: " ",
        _constants.CATEGORY_NOT_SPACE: "a",
        _constants.CATEGORY_WORD: "a",
        _constants.CATEGORY_NOT_WORD: ".",
    }
    if members[0][0] is _constants.NEGATE:
        compiled = {chr(a) for op, a in members if op is _constants.LITERAL}
        return next(character for character in "a0 .-~\u00e9" if character not in compiled)
    operator, argument = chance.choice(members)
    if operator is _constants.LITERAL:
        return chr(argument)
    if operator is _constants.RANGE:
        return chr(chance.choice(argument))
    return categories.get(argument, "a")


def run_method(pattern: re.Pattern[Any], method: str, text: Any) -> float:
    """Return the seconds that a method takes on a text, the best of two."""
    empty = text[:0]
    best = float("inf")
    for _ in range(2):
        started = time.process_time()
        if method in ("sub", "subn"):
            pattern.sub(empty, text)
        elif method == "finditer":
            for _ in pattern.finditer(text):
                pass
        else:
            getattr(pattern, method)(text)
        best = min(best, time.process_time() - started)
        if best > 0.5:
            break
    return best


def measure_growth(use: Use, longest: int) -> tuple[float, str]:
    """Return the worst growth of time for twice the text, and where it was met."""
    worst, where = 0.0, ""
    for unit in make_inputs(use.pattern):
        for tail in ("", "\x01", "!"):
            end = tail.encode() if isinstance(unit, bytes) else tail
            for method in use.methods:
                growth = measure_doubling(use.pattern, method, unit, end, longest)
                if growth > worst:
                    worst, where = growth, f"{method} on {unit!r} × n + {tail!r}"
                    if worst > GROWTH:
                        return worst, where
    return worst, where


def measure_doubling(pattern: re.Pattern[Any], method: str, unit: Any, end: Any, longest: int) -> float:
    """Return how many times longer twice a text takes; 0 where even the longest text takes no time worth measuring."""
    size = SHORTEST_INPUT
    before = 0.0
    while size <= longest:
        seconds = run_method(pattern, method, unit * (size // len(unit)) + end)
        if before >= LEAST_SECONDS:
            growth = seconds / before
            if growth <= GROWTH or size * 2 > longest:
                return growth
        if seconds > 1.0:
            return float("inf")
        before = seconds
        size *= 2
    return 0.0


def measure_one(name: str) -> tuple[float, str]:
    """Return the growth of one pattern, measured in a process that is ended if it hangs."""
    try:
        done = subprocess.run(
            [sys.executable, __file__, name], capture_output=True, check=True, timeout=SECONDS_PER_PATTERN, text=True
        )
    except subprocess.TimeoutExpired:
        return float("inf"), f"more than {SECONDS_PER_PATTERN} s"
    growth, where = json.loads(done.stdout)
    return growth, where


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_pattern_is_linear() -> None:
    """No regular expression of the packages takes more than twice the time for twice the text."""
    suspects = [(name, growth, where) for name, growth, where in run_isolated() if growth > GROWTH]
    confirmed = [(name, *measure_one(name)) for name, _, _ in suspects]  # once more: a busy machine stutters
    assert not [finding for finding in confirmed if finding[1] > GROWTH]


def run_isolated() -> list[tuple[str, float, str]]:
    """Return the growth of all patterns, measured in a process that is replaced when one hangs it."""
    findings: list[tuple[str, float, str]] = []
    while True:
        command = [sys.executable, __file__, "--from", str(len(findings))]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
            begun = ""
            for line in read_lines(process):
                begun, growth, where = json.loads(line)
                if growth is not None:
                    findings.append((begun, growth, where))
        if process.returncode == 0:
            return findings
        assert begun, "the process that measures did not begin"
        findings.append((begun, float("inf"), f"more than {SECONDS_PER_PATTERN} s"))


def read_lines(process: subprocess.Popen[str]) -> Iterator[str]:
    """Yield what a process prints; a process that prints nothing for too long is killed."""
    assert process.stdout is not None
    while True:
        timer = threading.Timer(SECONDS_PER_PATTERN, process.kill)
        timer.start()
        line = process.stdout.readline()
        timer.cancel()
        if not line:
            return
        yield line


@pytest.mark.parametrize("text", [r"(a+)+b", r"\s*x|\s*y", r"(?:<!--.*?-->\s*)*<html"])
def test_pumping_finds_what_is_not_linear(text: str) -> None:
    """The measurement tells patterns that are known to blow up from those that are not."""
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import re, test_patterns as t;"
        f"print(t.measure_growth(t.Use('x', re.compile({text!r}, re.DOTALL), ('search',)), 64000)[0])"
    )
    try:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=10, text=True, check=True)
    except subprocess.TimeoutExpired:
        return
    assert float(done.stdout) > GROWTH


def show(line: str) -> None:
    """Print a line at once: the parent process waits for it."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Print one pattern's growth as JSON, those from a number on as lines of JSON, or a table of all."""
    uses = list_uses()
    gc.disable()
    if sys.argv[1:2] == ["--from"]:
        for use in uses[int(sys.argv[2]) :]:
            show(json.dumps((use.name, None, "")))
            show(json.dumps((use.name, *measure_growth(use, BOUNDED.get(use.name, LONGEST_INPUT)))))
    elif len(sys.argv) > 1:
        use = next(use for use in uses if use.name == sys.argv[1])
        show(json.dumps(measure_growth(use, BOUNDED.get(use.name, LONGEST_INPUT))))
    else:
        for name, growth, where in run_isolated():
            show(f"{growth:8.2f}  {name}  {where if growth > GROWTH else ''}")


if __name__ == "__main__":
    main()
