"""The control words of RTF that matter to a reader of its text."""

from __future__ import annotations

CHARACTERS = {
    "line": "\n", "lbr": "\n", "column": "\n", "tab": "\t", "emdash": "—", "endash": "–", "emspace": "\u2003",
    "enspace": "\u2002", "qmspace": "\u2005", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "~": "\u00a0", "-": "\u00ad", "_": "\u2011", "{": "{", "}": "}", "\\": "\\", "\n": "\n",
    "\r": "\n", "zwj": "\u200d", "zwnj": "\u200c", "ltrmark": "\u200e", "rtlmark": "\u200f",
}  # fmt: skip
"""Words and signs that stand for a character."""

TABLES = frozenset({"fonttbl", "colortbl", "stylesheet", "info"})
"""Groups that say what numbers in the text mean, or what the file is."""

TEXTLESS = frozenset({
    "bkmkstart", "bkmkend", "atrfstart", "atrfend", "atnid", "atndate", "atnref", "atnicn", "atnparent", "atntime",
    "pntxta", "pntxtb", "nonesttables", "nonshppict", "shprslt", "tc", "xe", "rxe", "txe", "ftnsep", "ftnsepc",
    "ftncn", "aftnsep", "aftnsepc", "aftncn", "filetbl", "revtbl", "userprops", "template", "mmathPict", "objname",
    "background", "themedata", "generator", "listtable", "listoverridetable", "rsidtbl", "colorschememapping",
    "latentstyles", "datastore", "xmlnstbl", "mmathPr", "wgrffmtfilter", "panose", "falt", "fname", "fontemb",
    "fontfile", "blipuid", "docvar", "oldcprops", "oldpprops", "oldtprops", "oldsprops", "passwordhash", "pgptbl",
    "protusertbl", "company", "operator", "hlinkbase", "manager", "category", "ffname", "ffdeftext", "ffformat",
    "ffhelptext", "ffstattext", "ffentrymcr", "ffexitmcr", "objalias", "objsect", "objtime", "datafield",
    "pgdsctbl", "pgdsc", "defchp", "defpap", "pnseclvl", "pn", "writereservhash", "mailmerge", "fchars", "lchars",
    "aptablestyle", "tblstyle", "listpicture", "ebcstart", "ebcend",
    "factoidname", "keycode", "staticval", "propname", "linkval", "hl", "hlfr", "hlsrc", "hlloc", "bliptag",
    "annotationid", "pnaiueo", "rsidroot", "xmlopen", "xmlclose", "xmlattr", "xmlname", "password", "snext",
})  # fmt: skip
"""Groups that hold no text, or text that is shown elsewhere."""

STARRED = frozenset({
    "shpinst", "shptxt", "ud", "annotation", "atnauthor", "moMath", "moMathPara", "listtext", "footnote", "pntext",
    "nesttableprops", "shppict", "fldinst", "formfield", "ffl", "objdata", "objclass", "picprop", "sp", "sn", "sv",
    "shpgrp", "do", "cs", "ts", "ds", "tsrowd",
})  # fmt: skip
"""Groups that a reader may skip, but that are understood here."""

ASIDE = {
    "footnote": "footnote", "annotation": "comment", "atnauthor": "author", "fldinst": "instruction", "ffl": "choice",
    "objclass": "class", "sn": "name", "sv": "value",
    "header": "header", "headerl": "header", "headerr": "header", "headerf": "header",
    "footer": "footer", "footerl": "footer", "footerr": "footer", "footerf": "footer",
}  # fmt: skip
"""Groups whose text stands elsewhere, and what they are."""

SYMBOLS = "symbols"
CHARSETS = {
    2: SYMBOLS, 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "big5", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 255: "cp437",
}  # fmt: skip
"""Encodings of a font's bytes, by the number that the font table gives."""
