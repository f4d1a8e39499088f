"""Places on pages by name: ``<|3:7|>`` is line 3, its visual token 7. Readers that point name where they copy from."""

from __future__ import annotations

import re
from typing import Any, Final

_NAME: Final = re.compile(r"<\|(\d+):(\d+)\|>")


def places_of(tokenizer: Any) -> dict[tuple[int, int], int]:
    """Ids of a tokenizer's places by their line and column, both from 0; empty if it has none."""
    named = {}
    for token, number in tokenizer.get_added_vocab().items():
        if found := _NAME.fullmatch(token):
            named[int(found[1]) - 1, int(found[2]) - 1] = int(number)
    return named
