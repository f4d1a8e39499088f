"""The computed styles of all elements of a page, and what they mean for its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tinycss2

from glyph_integrations.source.encoding import decode
from glyph_integrations.source.formats.html.addresses import fetch
from glyph_integrations.source.formats.html.css.cascade import NOTHING, Cascade, Declared, Matched, apply
from glyph_integrations.source.formats.html.css.computing import Style, compute_style
from glyph_integrations.source.formats.html.css.defaults import attribute_pairs, default_pairs
from glyph_integrations.source.formats.html.css.matching import PageElement, SelectorIndex, list_keys
from glyph_integrations.source.formats.html.css.media import media_holds
from glyph_integrations.source.formats.html.css.sheets import Sheets
from glyph_integrations.source.formats.html.disclosure import find_disclosed, list_toggling_rules
from glyph_integrations.source.formats.html.generating import Generated, read_content
from glyph_integrations.source.formats.html.looks import Looks
from glyph_integrations.source.formats.html.overlaps import find_overlaps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lxml import etree

    from glyph_integrations.source.visibility import HiddenReason


_MOST_ELEMENTS = 300_000
"""On larger pages style sheets are not applied, which is reported: a book's chapter has a tenth of that."""
_CANVAS = frozenset({"html", "body"})
_ROUNDS = 3
_HIDING = ("display", "visibility", "opacity", "height", "max-height", "width", "max-width", "clip", "clip-path",
           "left", "top", "right", "transform", "content-visibility")  # fmt: skip


class PageStyles:
    """Styles of a page.

    Attributes:
        unread: What of the style sheets could not be taken into account, by reason.
    """

    def __init__(self, tree: etree._Element, sheets: Sheets) -> None:
        self._tree = tree
        self._sheets = sheets
        self._cascade = Cascade(sheets, tree)
        self._styles: dict[etree._Element, Style] = {}
        self._reasons: dict[etree._Element, HiddenReason | None] = {}
        self._on_others: set[etree._Element] = set()
        self._toggled: set[etree._Element] = set()
        self._matches = self._match_all()
        self.unread = self._list_unread()
        self._compute_all(set())
        disclosed: set[etree._Element] = set()
        for _ in range(_ROUNDS):
            more = find_disclosed(tree, lambda element: self.find_reason(element) is None, self._toggled) - disclosed
            if not more:
                break
            disclosed |= more
            self._compute_all(disclosed)

    def get(self, element: etree._Element) -> Style:
        """Return an element's computed style."""
        return self._styles[element]

    def find_reason(self, element: etree._Element) -> HiddenReason | None:
        """Return why a person could not see the text right below an element; None where one could."""
        if element not in self._reasons:
            self._reasons[element] = self._looks.find_reason(
                element, self._styles[element], lies_on_others=element in self._on_others
            )
        return self._reasons[element]

    def generate(self, element: etree._Element, *, is_after: bool) -> Generated | None:
        """Return the text that a style sheet puts before or after an element's own, or None."""
        matched = self._matches.get(element, NOTHING)
        declared = matched.after if is_after else matched.before
        if declared is None:
            return None
        parent = self._styles[element]
        longhands, variables = apply(declared, "", parent.variables)
        style = compute_style(parent, {}, longhands, variables, is_canvas=False)
        text, has_counter = read_content(style.content, element)
        if not (text or has_counter) or style.display == "none":
            return None
        reason = self._looks.find_reason(element, style, lies_on_others=element in self._on_others)
        return Generated(text, reason, style, has_counter)

    def _match_all(self) -> dict[etree._Element, Matched]:
        """Return what the style sheets say, for the elements that they say something of."""
        matches: dict[etree._Element, Matched] = {}
        self._is_too_large = False
        if not self._sheets.rules:
            return matches
        toggles = SelectorIndex(list_toggling_rules(self._sheets.rules), self._tree)
        wrappers: dict[etree._Element, PageElement] = {}
        last: dict[etree._Element, PageElement] = {}
        around: dict[etree._Element, frozenset[str]] = {}
        for element in self._tree.iter("*"):
            if len(wrappers) >= _MOST_ELEMENTS:
                self._is_too_large = True
                return {}
            above = element.getparent() if element is not self._tree else None
            parent = None if above is None else wrappers[above]
            previous = None if above is None else last.get(above)
            index = 0 if previous is None else previous.index + 1
            wrapper = PageElement(element, parent, index, previous, in_html_document=True)
            wrappers[element] = wrapper
            if above is not None:
                last[above] = wrapper
            keys = frozenset() if above is None else around[above]
            matched = self._cascade.match(wrapper, keys)
            if toggles.match(wrapper, keys):
                self._toggled.add(element)
            if len(element):
                own = {key for key in list_keys(element) if key[0] != "["}
                around[element] = keys if own <= keys else keys | own
            if matched is not NOTHING:
                matches[element] = matched
        return matches

    def _list_unread(self) -> list[tuple[str, str]]:
        unread = [("style sheet that is not at hand", address) for address in self._sheets.missing]
        unread += [("style rule that could not be applied", text) for text in self._cascade.index.dropped]
        if self._cascade.index.is_exhausted or self._is_too_large or self._sheets.unread:
            unread.append(("style sheets too large to be applied", ""))
        return unread

    def _compute_all(self, disclosed: set[etree._Element]) -> None:
        """Compute every element's style, from the page's root down; equal ones are computed once."""
        initial = Style(color=None, grounds=None) if self._sheets.missing else Style()
        shared: dict[tuple[Any, ...], Style] = {}
        self._reasons.clear()
        for element in self._tree.iter("*"):
            above = element.getparent() if element is not self._tree else None
            parent = initial if above is None else self._styles[above]
            defaults, attributes = default_pairs(element), attribute_pairs(element)
            matched = self._matches.get(element, NOTHING).element
            inline = element.get("style", "")
            key = (id(parent), element.tag in _CANVAS, defaults, attributes, id(matched), inline)
            if element in disclosed:
                self._styles[element] = self._compute(element, parent, defaults, attributes, matched, reveal=True)
                continue
            style = shared.get(key)
            if style is None:
                style = shared[key] = self._compute(element, parent, defaults, attributes, matched)
            self._styles[element] = style
        self._looks = Looks(self._styles)
        self._on_others = find_overlaps(self._tree, self._styles)

    def _compute(
        self,
        element: etree._Element,
        parent: Style,
        defaults: Sequence[tuple[str, Any]],
        attributes: Sequence[tuple[str, Any]],
        matched: Declared,
        *,
        reveal: bool = False,
    ) -> Style:
        longhands, variables = apply(matched, element.get("style", ""), parent.variables)
        longhands = {**dict(attributes), **longhands}
        if names := longhands.get("animation-name"):
            longhands = self._animate(names, longhands, variables)
        browser = dict(defaults)
        if reveal:
            longhands = {name: value for name, value in longhands.items() if name not in _HIDING}
            if browser.get("display") == "none":
                browser["display"] = "block"
        return compute_style(parent, browser, longhands, variables, is_canvas=element.tag in _CANVAS)

    def _animate(self, names: Any, longhands: dict[str, Any], variables: Any) -> dict[str, Any]:
        """Return the longhands after an animation: its last key frame if that stays, its looks unset if it goes on."""
        for name in names if isinstance(names, tuple) else ():
            frame = self._sheets.keyframes.get(name)
            if frame is None:
                continue
            final, _ = apply(Declared(frame), "", variables)
            if longhands.get("animation-iteration-count") is True:
                longhands = {key: value for key, value in longhands.items() if key not in final}
            elif longhands.get("animation-fill-mode") is True:
                longhands = {**longhands, **final}
        return longhands


def read_styles(
    tree: etree._Element, linked: Sequence[str] | None, resolve: Callable[[str], tuple[bytes, str] | None] | None
) -> PageStyles:
    """Return the styles of a page.

    Args:
        tree: The page.
        linked: The linked style sheets, where they are at hand.
        resolve: Gives what an address stands for, where that is at hand.
    """
    sheets = Sheets()
    for sheet in linked or ():
        sheets.read(sheet)
    missing: list[str] = []
    for element in tree.iter("style", "link"):
        media = element.get("media", "")
        if media and not media_holds(tinycss2.parse_component_value_list(media)):
            continue
        if element.tag == "style":
            if element.get("type", "text/css").strip().lower() in ("", "text/css"):
                sheets.read("".join(map(str, element.itertext())))
        elif _is_style_link(element):
            address = element.get("href", "")
            found = fetch(address, resolve if linked is None else None)
            if found is None:
                missing.append(address)
            else:
                sheets.read(decode(found[0])[0])
    sheets.missing += missing[len(linked or ()) :]
    return PageStyles(tree, sheets)


def _is_style_link(element: etree._Element) -> bool:
    kinds = element.get("rel", "").lower().split()
    return "stylesheet" in kinds and "alternate" not in kinds and element.get("disabled") is None
