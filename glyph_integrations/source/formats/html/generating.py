"""Text that a style sheet puts before and after an element's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml import etree

    from glyph_integrations.source.formats.html.css.computing import Style
    from glyph_integrations.source.visibility import HiddenReason


class Generated(NamedTuple):
    """Generated text.

    Attributes:
        text: Its words.
        reason: Why a person could not see it; None where one could.
        style: Its computed style.
        has_counter: Whether there is a number in it that is not worked out here.
    """

    text: str
    reason: HiddenReason | None
    style: Style
    has_counter: bool


def read_content(tokens: Sequence[Any], element: etree._Element) -> tuple[str, bool]:
    """Return the words of ``content`` (strings, attributes, quotes), and whether there are counters as well."""
    has_counter = any(getattr(token, "lower_name", "") in ("counter", "counters") for token in tokens)
    return "".join(_list_words(tokens, element)), has_counter


def _list_words(tokens: Sequence[Any], element: etree._Element) -> Iterator[str]:
    for token in tokens:
        if token.type == "string":
            yield str(token.value)
        elif token.type == "function" and token.lower_name == "attr":
            name = next((part.value for part in token.arguments if part.type == "ident"), "")
            yield element.get(str(name).lower(), "")
        elif token.type == "ident" and token.lower_value in ("open-quote", "close-quote"):
            yield "“" if token.lower_value == "open-quote" else "”"
