"""Which rules match which elements, with a bound on the work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import tinycss2
from cssselect2 import ElementWrapper

from glyph_integrations.source.formats.html.css.selectors import Selector, read_selectors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml import etree

    from glyph_integrations.source.formats.html.css.sheets import Rule

MOST_STEPS = 12_000_000
"""Elements that matching may look at for one page: some seconds."""
MOST_STEPS_OF_A_RULE = 1_500_000
_NEW_ELEMENT = 20  # as long as so many steps


class TooMuchWork(Exception):  # noqa: N818 - caught here, never seen by a caller
    """A selector looked at too many elements."""


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
            self.work.count(_NEW_ELEMENT)
            yield child


def list_keys(element: etree._Element) -> list[str]:
    """Return what selectors look elements up by: ``#id``, ``.class``, the name, ``[attribute]``."""
    keys = [str(element.tag)]
    keys += [f"[{name}]" for name in map(str, element.keys())]
    if (identifier := element.get("id")) is not None:
        keys.append(f"#{identifier}")
    keys += [f".{name}" for name in element.get("class", "").split()]
    return keys


class Match(NamedTuple):
    """A rule that matches an element."""

    specificity: tuple[int, ...]
    rule: int
    pseudo_element: str | None


class SelectorIndex:
    """Finds the rules that match an element.

    Attributes:
        dropped: Selectors that could not be understood or took too long, as they are written.
        is_exhausted: Whether matching stopped for the whole page.
    """

    def __init__(self, rules: Sequence[Rule], tree: etree._Element) -> None:
        self._rules = rules
        self._index: dict[str, dict[str, list[Selector]]] = {}
        self._spent: dict[int, int] = {}
        self.dropped: list[str] = []
        self.is_exhausted = False
        present = {key for element in tree.iter("*") for key in list_keys(element)}
        for number, rule in enumerate(rules):
            selectors = read_selectors(rule.prelude, number)
            if selectors is None:
                self.dropped.append(tinycss2.serialize(rule.prelude).strip())
            for selector in selectors or ():
                if selector.pseudo_element in (None, "before", "after") and selector.needs <= present:
                    around = min(selector.above, default="")  # "#" and "." come before names, which are common
                    self._index.setdefault(selector.key, {}).setdefault(around, []).append(selector)

    def match(self, element: PageElement, above: frozenset[str]) -> list[Match]:
        """Return the rules that match an element, in no order.

        Args:
            element: The element.
            above: The keys of the elements around it.
        """
        work = element.work
        if work.steps > MOST_STEPS:
            self.is_exhausted = True
            return []
        return [
            Match(selector.specificity, selector.rule, selector.pseudo_element)
            for selector in self._list_candidates(element, above)
            if selector.above <= above and self._test(selector, element, work)
        ]

    def _list_candidates(self, element: PageElement, above: frozenset[str]) -> Iterator[Selector]:
        for key in ("", *list_keys(element.etree_element)):
            groups = self._index.get(key)
            if groups is None:
                continue
            yield from groups.get("", ())
            if len(groups) > len(above):
                for around in above:
                    yield from groups.get(around, ())
            else:
                for around, selectors in groups.items():
                    if around in above:
                        yield from selectors

    def _test(self, selector: Selector, element: PageElement, work: Work) -> bool:
        """Return whether a selector matches; False once its rule has taken too long."""
        spent = self._spent.get(selector.rule, 0)
        if spent > MOST_STEPS_OF_A_RULE:
            return False
        before = work.steps
        work.limit = before + MOST_STEPS_OF_A_RULE - spent + 1
        matches = False
        try:
            work.count()
            matches = selector.matches(element)
        except (TooMuchWork, RecursionError):
            spent = MOST_STEPS_OF_A_RULE
        spent += work.steps - before
        self._spent[selector.rule] = spent
        if spent > MOST_STEPS_OF_A_RULE:
            self.dropped.append(tinycss2.serialize(self._rules[selector.rule].prelude).strip())
        return matches
