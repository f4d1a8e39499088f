"""Selectors, compiled once and indexed by what the element itself must have, with a bound on the work of matching."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tinycss2
from cssselect2 import ElementWrapper, compile_selector_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from glyph_integrations.source.formats.html.css.sheets import Rule

MOST_STEPS = 12_000_000
"""Elements that matching may look at for one page: some seconds."""
MOST_STEPS_OF_A_RULE = 1_500_000
_LONGEST = 20_000
# What browsers know and cssselect2 does not, in terms of what it does; ``:hover`` matches nothing on a page at rest.
_PSEUDO_CLASSES = {
    "read-only": ":not(input, textarea, [contenteditable])",
    "read-write": ":is(input, textarea, [contenteditable])",
    "optional": ":is(input, select, textarea):not([required])",
    "required": ":is(input, select, textarea)[required]",
    "defined": "",
    "open": "[open]",
    "placeholder-shown": ":is(input, textarea)[placeholder]:not([value])",
    "default": "[checked]",
    **dict.fromkeys(
        ("popover-open", "modal", "fullscreen", "picture-in-picture", "autofill", "-webkit-autofill", "indeterminate",
         "valid", "invalid", "in-range", "out-of-range", "user-valid", "user-invalid", "-moz-focusring", "paused",
         "-moz-placeholder", "-ms-input-placeholder", "-moz-ui-invalid", "focus-within", "target-within", "blank"),
        ":hover",
    ),
}  # fmt: skip


class TooMuchWork(Exception):  # noqa: N818 - caught here, never seen by a caller
    """A selector, or all of them, looked at too many elements."""


class Work:
    """The steps that matching took on one page."""

    def __init__(self) -> None:
        self.steps = 0
        self.limit = 0

    def count(self, steps: int = 1) -> None:
        """Count steps.

        Raises:
            TooMuchWork: There were too many for the rule at hand.
        """
        self.steps += steps
        if self.steps > self.limit:
            raise TooMuchWork


class PageElement(ElementWrapper):  # type: ignore[misc]
    """An element as selectors see it; every step from one to another is counted."""

    def __init__(self, etree_element: Any, parent: PageElement | None, *args: Any, **options: Any) -> None:
        self.work: Work = Work() if parent is None else parent.work
        super().__init__(etree_element, parent, *args, **options)

    @property
    def ancestors(self) -> Iterator[PageElement]:
        """From the parent to the root: no copies, however deep the page."""
        element = self.parent
        while element is not None:
            self.work.count()
            yield element
            element = element.parent

    @property
    def previous_siblings(self) -> Iterator[PageElement]:
        """From the nearest one: no recursion, however many."""
        element = self.previous
        while element is not None:
            self.work.count()
            yield element
            element = element.previous

    @property
    def etree_siblings(self) -> Any:
        """The parent's children; looking through them counts as steps."""
        siblings = self._siblings
        self.work.count(1 + len(siblings) // 16)
        return siblings

    @etree_siblings.setter
    def etree_siblings(self, siblings: Any) -> None:
        self._siblings = siblings

    def iter_children(self) -> Iterator[PageElement]:
        """The children, one by one."""
        for child in super().iter_children():
            self.work.count()
            yield child


class SelectorIndex:
    """Finds the rules that match an element.

    Attributes:
        dropped: Selectors that could not be understood or took too long, as they are written.
        is_exhausted: Whether matching stopped for the whole page.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._by_id: dict[str, list[tuple[Any, int]]] = {}
        self._by_class: dict[str, list[tuple[Any, int]]] = {}
        self._by_name: dict[str, list[tuple[Any, int]]] = {}
        self._others: list[tuple[Any, int]] = []
        self._spent: dict[int, int] = {}
        self.rules = rules
        self.dropped: list[str] = []
        self.is_exhausted = False
        for number, rule in enumerate(rules):
            for selector in self._compile(rule.prelude):
                self._place((selector, number))

    def _compile(self, prelude: Sequence[Any]) -> list[Any]:
        text = tinycss2.serialize(prelude)
        selectors = None if len(text) > _LONGEST else _compile_list(prelude)
        if selectors is None:
            self.dropped.append(text.strip())
            return []
        return selectors

    def _place(self, entry: tuple[Any, int]) -> None:
        selector = entry[0]
        if selector.never_matches or selector.pseudo_element not in (None, "before", "after"):
            return
        if selector.id is not None:
            self._by_id.setdefault(selector.id, []).append(entry)
        elif selector.class_name is not None:
            self._by_class.setdefault(selector.class_name, []).append(entry)
        elif selector.lower_local_name is not None:
            self._by_name.setdefault(selector.lower_local_name, []).append(entry)
        else:
            self._others.append(entry)

    def match(self, element: PageElement) -> list[tuple[tuple[int, ...], int, str | None]]:
        """Return specificity, number of the rule and pseudo-element of all that match, in no order."""
        candidates = list(self._others)
        candidates += self._by_name.get(element.local_name, ())
        if element.id is not None:
            candidates += self._by_id.get(element.id, ())
        for name in element.classes:
            candidates += self._by_class.get(name, ())
        work = element.work
        if work.steps > MOST_STEPS:
            self.is_exhausted = True
            return []
        return [
            (selector.specificity, number, selector.pseudo_element)
            for selector, number in candidates
            if self._test(selector, number, element, work)
        ]

    def _test(self, selector: Any, number: int, element: PageElement, work: Work) -> bool:
        """Return whether a selector matches; False once its rule has taken too long."""
        spent = self._spent.get(number, 0)
        if spent > MOST_STEPS_OF_A_RULE:
            return False
        before = work.steps
        work.limit = before + MOST_STEPS_OF_A_RULE - spent + 1
        matches = False
        try:
            work.count()
            matches = bool(selector.test(element))
        except (TooMuchWork, RecursionError):
            spent = MOST_STEPS_OF_A_RULE
        spent += work.steps - before
        self._spent[number] = spent
        if spent > MOST_STEPS_OF_A_RULE:
            self.dropped.append(tinycss2.serialize(self.rules[number].prelude).strip())
        return matches


def _compile_list(prelude: Sequence[Any]) -> list[Any] | None:
    """Compile a list of selectors; None where one of them is not valid, as browsers drop the rule then.

    Parts with another engine's pseudo-elements are left out: to the engine that knows them the list is valid.
    """
    try:
        return list(compile_selector_list(prelude))
    except Exception:  # noqa: BLE001 - whatever the library or the compiler of its expressions does not expect
        pass
    selectors: list[Any] = []
    for part in _split(prelude):
        text = _rewrite(part)
        if "::-" in text or "::part" in text or "::slotted" in text:
            continue
        try:
            selectors += compile_selector_list(text)
        except Exception:  # noqa: BLE001
            return None
    return selectors


def _split(prelude: Sequence[Any]) -> list[list[Any]]:
    parts: list[list[Any]] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _rewrite(tokens: Sequence[Any]) -> str:
    """Return a selector's text with pseudo-classes that cssselect2 lacks in other words."""
    text: list[str] = []
    for token in tokens:
        if text and text[-1] == ":" and token.type == "ident" and token.lower_value in _PSEUDO_CLASSES:
            text[-1] = _PSEUDO_CLASSES[token.lower_value]
        elif text and text[-1] == ":" and token.type == "function" and token.lower_name in _MATCHES_ANY:
            inner = ",".join(_rewrite(part) for part in _split(token.arguments))
            text.append(f"{_MATCHES_ANY[token.lower_name]}({inner})")
        elif text and text[-1] == ":" and token.type == "function" and token.lower_name == "dir":
            text[-1] = ":not([dir=rtl], [dir=rtl] *)" if "ltr" in token.serialize().lower() else "[dir=rtl]"
        else:
            text.append(token.serialize())
    return "".join(text)


_MATCHES_ANY = {"is": "is", "where": "where", "not": "not", "has": "has", "matches": "is", "-webkit-any": "is",
                "-moz-any": "is"}  # fmt: skip
