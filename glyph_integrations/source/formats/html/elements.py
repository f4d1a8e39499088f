"""The elements of HTML by what they do to the text in them."""

from __future__ import annotations

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "listing",
        "main",
        "menu",
        "nav",
        "ol",
        "optgroup",
        "option",
        "p",
        "plaintext",
        "pre",
        "search",
        "section",
        "select",
        "summary",
        "table",
        "tbody",
        "td",
        "textarea",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "xmp",
    ]
)
LISTS = frozenset({"ul", "ol", "menu", "dir"})
CODE = frozenset({"script", "style", "template", "noembed", "noframes"})
"""Elements whose content is for the browser."""
SILENT = frozenset(
    {"title", "base", "meta", "link", "rp", "desc", "metadata", "defs", "symbol", "param", "source", "track"}
)
"""Elements whose content stands elsewhere: a title in the metadata, the brackets of ``rp`` around ``rt``."""
EMBEDDED = {
    "object": "an object",
    "embed": "an object",
    "video": "a video",
    "audio": "a recording",
    "iframe": "a frame of another page",
    "frame": "a frame of another page",
    "applet": "a program",
}
FALLBACKS = frozenset({"canvas", "meter", "progress"})
INLINE_BOXES = frozenset({"flex", "inline-flex", "grid", "inline-grid", "-webkit-box", "-webkit-flex", "-ms-flexbox"})
"""Displays whose children are boxes of their own, side by side."""

_PHRASES = """
a abbr acronym area b base basefont bdi bdo bgsound big blink br button canvas cite code col colgroup data datalist del
dfn em font frame frameset head i image img input ins isindex kbd keygen label layer link map mark marquee math menuitem
meta meter multicol nobr noscript output param picture progress q rb rbc rp rt rtc ruby s samp slot small source spacer
span strike strong sub sup svg time title track tt u var wbr
"""
_DRAWN = """
animate circle clippath defs desc ellipse filter foreignobject g image line lineargradient marker mask metadata path
pattern polygon polyline radialgradient rect stop switch symbol text textpath tspan use view
"""
# What books and older pages in XML hold besides.
_OTHERS = """
annoref annotation author bodymatter book bridgehead byline case covertitle dateline default docauthor doctitle dtbook
epigraph frontmatter hd imggroup level level1 level2 level3 level4 level5 level6 lic line linegroup linenum lines list
note noteref o:p pagenum poem prodnote rearmatter sent sidebar trigger v:shape w
"""
KNOWN = BLOCKS | LISTS | CODE | SILENT | FALLBACKS | set(EMBEDDED) | set(f"{_PHRASES} {_DRAWN} {_OTHERS}".split())
