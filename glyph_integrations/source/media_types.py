"""The media types that detection knows, by file name suffix."""

from __future__ import annotations

BINARY = "application/octet-stream"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSB = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
EPUB = "application/epub+zip"
ODT, ODS, ODP = (f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation"))
OPEN_DOCUMENT = (ODT, ODS, ODP)

_NAMED = {
    "application/pdf": "pdf",
    DOCX: "docx docm dotx dotm",
    PPTX: "pptx pptm ppsx ppsm potx potm",
    XLSX: "xlsx xlsm xltx xltm",
    XLSB: "xlsb",
    EPUB: "epub",
    ODT: "odt ott",
    ODS: "ods ots",
    ODP: "odp otp",
    "application/msword": "doc dot",
    "application/vnd.ms-excel": "xls xlt",
    "application/vnd.ms-powerpoint": "ppt pps",
    "application/vnd.ms-outlook": "msg",
    "application/rtf": "rtf",
    "application/zip": "zip",
    "application/gzip": "gz tgz",
    "image/png": "png",
    "image/jpeg": "jpg jpeg jpe",
    "image/tiff": "tif tiff",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/bmp": "bmp dib",
    "message/rfc822": "eml mht mhtml",
    "text/html": "html htm xhtml xht",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv tab",
    "text/markdown": "md markdown mdown mkd mdx",
    "application/json": "json jsonl ndjson geojson ipynb webmanifest",
    "application/yaml": "yaml yml",
    "application/toml": "toml",
    "application/xml": "xml xsd xsl xslt rss atom plist",
    "image/svg+xml": "svg",
    "text/plain": "txt text log cfg conf ini properties env asc nfo srt vtt diff patch",
    "text/x-rst": "rst",
    "text/x-tex": "tex sty cls bib",
    "text/x-org": "org",
    "text/asciidoc": "adoc asciidoc",
    "text/x-python": "py pyi pyx",
    "text/javascript": "js mjs cjs jsx",
    "text/x-typescript": "ts tsx",
    "text/css": "css scss sass less",
    "text/x-c": "c h",
    "text/x-c++": "cc cpp cxx hh hpp hxx cu cuh",
    "text/x-csharp": "cs",
    "text/x-java": "java",
    "text/x-kotlin": "kt kts",
    "text/x-scala": "scala sc",
    "text/x-go": "go",
    "text/x-rust": "rs",
    "text/x-swift": "swift",
    "text/x-ruby": "rb",
    "text/x-php": "php",
    "text/x-perl": "pl pm",
    "text/x-lua": "lua",
    "text/x-r": "r rmd",
    "text/x-julia": "jl",
    "text/x-haskell": "hs",
    "text/x-erlang": "erl",
    "text/x-elixir": "ex exs",
    "text/x-clojure": "clj cljs",
    "text/x-ocaml": "ml mli",
    "text/x-fortran": "f f90 f95",
    "text/x-sh": "sh bash zsh fish",
    "text/x-powershell": "ps1",
    "text/x-sql": "sql",
    "text/x-protobuf": "proto",
    "text/x-asm": "s asm",
    "text/x-cmake": "cmake",
    "text/x-vue": "vue svelte",
    "text/x-template": "j2 jinja jinja2 tmpl erb ejs jsp",
}
BY_SUFFIX = {f".{suffix}": media_type for media_type, suffixes in _NAMED.items() for suffix in suffixes.split()}

READ_AS = {
    "pdf": ("application/pdf",),
    "word": (DOCX,),
    "slides": (PPTX,),
    "sheets": (XLSX,),
    "open document": OPEN_DOCUMENT,
    "epub": (EPUB,),
    "rtf": ("application/rtf", "text/rtf"),
    "html": ("text/html", "application/xhtml+xml"),
    "email": ("message/rfc822",),
    "delimited": ("text/csv", "text/tab-separated-values"),
    "image": ("image/png", "image/jpeg", "image/tiff", "image/webp", "image/gif", "image/bmp"),
    "plain": (
        "text/*",
        "application/json",
        "application/yaml",
        "application/toml",
        "application/xml",
        "image/svg+xml",
    ),
}
"""Names of the built-in formats, with the media types that each reads; the first that has one reads it."""
