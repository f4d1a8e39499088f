"""``Pattern``: a text with slots, compiled once and filled many times."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from glyph_integrations.training.corpus.slots import slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from glyph_integrations.training.corpus.values import Values

_SLOT: Final = re.compile(r"\{([^{}]*)\}|(<>)")
_IT: Final = "it"
IT: Final = f"{{{_IT}}}"
"""The slot for what is spoken of; the only one that questions have."""


class Pattern:
    """A text with slots: ``{it}`` for what is spoken of, ``<>`` for the answer, ``{…}`` for values (see ``slot``).

    Attributes:
        source: The text it was made of.
    """

    __slots__ = ("_format", "_gets", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        specs = [found[1] for found in _SLOT.finditer(source)]  # None for the answer
        self._gets = tuple(_get(spec) for spec in specs)
        self._format = _SLOT.sub("%s", source.replace("%", "%%"))

    def fill(self, values: Values, it: str = "", answer: str = "") -> str:
        """The text with every slot filled."""
        if not self._gets:
            return self.source
        return self._format % tuple([get(values, it, answer) for get in self._gets])


def _get(spec: str | None) -> Callable[[Values, str, str], str]:
    if spec is None:
        return lambda _values, _it, answer: answer
    if spec == _IT:
        return lambda _values, it, _answer: it
    fill = slot(spec)
    return lambda values, _it, _answer: fill(values)
