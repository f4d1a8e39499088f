"""Text with a layout of its own is found block by block; prose stays prose."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glyph_integrations.source import load
from glyph_integrations.source.layout import find_running_heads, find_verbatim, split_pages

PROSE = """\
We intend these documents to be the primary mechanisms for proposing
major new features, for collecting community input on an issue, and for
documenting the design decisions that have gone into the language.  The
author is responsible for building consensus within the community and
documenting dissenting opinions (see "Purpose", below; it is short).
"""
INDENTED = "".join(f"   {line}\n" for line in PROSE.splitlines())
LIST = """\
  o  A Standards Track document describes a new feature or implementation
     for the language. It may also describe an interoperability standard.

  o  An Informational document describes a design issue, or provides
     general guidelines.

1.  Write the summary, which says in one paragraph what it is about and
    why anybody should read it.
2.  Send it in.
"""
DIALOGUE = """\
"You are late," he said.
"I know it, and I am sorry for it, though there was no other way."
"Then sit down."
"""
DIAGRAM = """\
    0                   1                   2                   3
    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
   |          Source Port          |       Destination Port        |
   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+"""
BOXES = """\
+--------+       +-------------+
| READER | ----> | TRANSFORMER |
+--------+       +-------------+
  /     \\\\              |
 /       \\\\             v"""
COLUMNS = """\
Name            Amount   Due
Deposit          4,250   1 March
Notice fee          90   2 April"""
LISTING = """\
total 88
lrwxrwxrwx  1 root root     7 May 20  2025 bin -> usr/bin
-rw-r--r--  1 root root   512 Nov 29 15:38 info.json
drwx------ 11 root root 12288 Nov 29 15:46 root"""
LOG = """\
2024-01-01 10:00:00,123 INFO request handled in 12 ms
2024-01-01 10:00:00,125 WARNING slow answer of the store
2024-01-01 10:00:01,007 INFO request handled in 9 ms"""
SYSLOG = """\
Nov 29 15:38:01 host sshd[412]: Accepted publickey for ann
Nov 29 15:38:02 host systemd[1]: Started Session 1 of user ann."""
TREE = """\
project
├── src
│   └── main.py
└── README.md"""
CODE = """\
    for key, value in table.items():
        if value is None:
            continue
        yield key, value"""
SHELL = """\
    $ git clone project
    $ make check"""
OPTIONS = """\
  -h, --help            show this help message and exit
  -o FILE, --output FILE
                        where to write the result, which may be any
                        file or folder
  --version             show the version"""
CONTENTS = """\
   1. Introduction ............................................... 3
   1.1. Scope .................................................... 3
   2. Lexical Analysis ........................................... 5"""
RST_TABLE = """\
=====  =====
a      b
=====  =====
one    1
=====  ====="""
POEM = """\
Tell me not, in mournful numbers,
    Life is but an empty dream!
For the soul is dead that slumbers,
    And things are not what they seem.

Life is real! Life is earnest!
    And the grave is not its goal;
Dust thou art, to dust returnest,
    Was not spoken of the soul."""
TABBED = "Name\tAmount\tDue\nDeposit\t4,250\t1 March\nFee\t90\t2 April"

LAID_OUT = [
    DIAGRAM,
    BOXES,
    COLUMNS,
    LISTING,
    LOG,
    SYSLOG,
    TREE,
    CODE,
    SHELL,
    OPTIONS,
    CONTENTS,
    RST_TABLE,
    POEM,
    TABBED,
]


def cut(text):
    """Return the parts of a text that have a layout of their own."""
    return [text[start:end] for start, end in find_verbatim(text)]


@pytest.mark.parametrize("block", LAID_OUT)
@pytest.mark.parametrize("around", [PROSE, INDENTED])
def test_blocks_between_prose_are_found_whole(block, around):
    """Tables, drawings, listings, logs, code and verse are found; the paragraphs around them are not."""
    assert cut(f"{around}\n{block}\n\n{around}") == [block]


@pytest.mark.parametrize("block", LAID_OUT)
def test_blocks_alone_are_found_whole(block):
    """A file that is nothing else is laid out from its first line to its last."""
    assert cut(f"{block}\n") == [block]


@pytest.mark.parametrize("text", [PROSE, INDENTED, LIST, DIALOGUE, "One line.", "Heading\n=======\n", "", "\n\n \n"])
def test_prose_is_prose(text):
    """Paragraphs, lists, dialogue and headings have no layout of their own, however they are indented."""
    assert cut(text) == []
    assert cut(f"{PROSE}\n{text}\n{PROSE}") == []


def test_facts_line_by_line_are_prose():
    """Sentences on lines of their own run on."""
    assert cut("The deposit is 4,250 euros.\nThe notice period is ninety days.\nThe landlord is Ann Lee.\n") == []


def test_what_follows_two_colons_is_literal():
    """In reStructuredText an indented block after ``::`` stands as it is, as long as it is indented."""
    literal = "    any words at all, which\n    go on\n\n    and on"
    assert cut(f"{PROSE}\nFor example::\n\n{literal}\n\n{PROSE}") == [literal]


def test_a_table_within_a_paragraph_is_found():
    """Lines of a table that no blank line separates from prose are laid out, the prose is not."""
    assert cut(f"{PROSE}{COLUMNS}\n{PROSE}") == [COLUMNS]


def test_code_within_a_paragraph_is_found():
    """So is indented code."""
    assert cut(f"{PROSE}{CODE}\n{PROSE}") == [CODE]


def test_rows_between_blank_lines_are_one_table():
    """A table that is set with a blank line between its rows is one."""
    rows = "Deposit          4,250   1 March\n\nNotice fee          90   2 April"
    assert cut(f"{PROSE}\n{rows}\n\n{PROSE}") == [rows]


def test_a_long_log_is_judged_by_samples():
    """A block of a million lines is not looked at line by line."""
    text = f"{LOG}\n" * 100_000
    assert cut(text) == [text.rstrip("\n")]


@given(st.text(st.sampled_from("ab. |-+\t\n=:"), max_size=300))
@settings(max_examples=200, deadline=None)
def test_ranges_are_whole_lines_in_order(text):
    """Whatever the text, ranges are whole lines, in order, and do not overlap."""
    before = 0
    for start, end in find_verbatim(text):
        assert before <= start < end <= len(text)
        assert start == 0 or text[start - 1] == "\n"
        assert end == len(text) or text[end] == "\n"
        before = end


def make_report(pages, feed="\f"):
    """Return the pages of a report as a printer of the time set them, 56 lines each."""
    found = []
    for number in range(1, pages + 1):
        head = f"RFC 9999{'The Format of Reports':^48}April 2001\n\n" if number > 1 else "\n\n"
        body = (INDENTED + "\n") * 7
        foot = f"\n\n\nLee{'Standards Track':^56}[Page {number}]\n"
        found.append(head + f"Part {number}.\n\n" + body + foot)
    return feed.join(found)


@pytest.mark.parametrize("feed", ["\f", ""])
def test_running_heads_stay_once(feed):
    """Heads and feet of pages, with or without form feeds between them, stay once; the rest is listed by its words."""
    text = load(make_report(6, feed).encode(), media_type="text/plain")
    assert len(text.pages) == 6 + (not feed)
    assert text.text.count("RFC 9999") == 1
    assert text.text.count("Standards Track") == 1
    assert [text.text.count(f"Part {number}.") for number in range(1, 7)] == [1] * 6
    heads = [item for item in text.dropped if item.reason == "running head"]
    assert sum(item.count for item in heads) == 4 + 5
    assert any("[Page 3]" in item.text for item in heads)
    kept = load(make_report(6, feed).encode(), media_type="text/plain", furniture="keep")
    assert kept.text.count("Standards Track") == 6
    assert kept.dropped == ()


def test_paragraphs_go_on_over_pages():
    """Where a page ends within a sentence, no blank line stays behind its foot."""
    pages = [f"Words {number}.\n\nThe sentence goes\n\nLee   [Page {number}]\n" for number in range(1, 5)]
    text = load("\f".join(pages).encode(), media_type="text/plain").text
    assert "goes\nWords 3." in text


@pytest.mark.parametrize(
    "lines",
    [
        [f"Invoice No. {4748 + number}" for number in range(4)],
        [f"Chapter {number}" for number in range(1, 5)],
        [f"Case 24-{number}: Lee" for number in range(1, 5)],
        ["one", "two", "three", "four"],
    ],
)
def test_lines_that_count_something_else_stay(lines):
    """Invoices, chapters and cases are no page numbers, even where they step with the pages."""
    pages = [[line, "", f"body of {line}"] for line in lines]
    assert find_running_heads(pages) == []


def test_a_line_alone_on_its_page_stays():
    """A page's only line is what it says, not its head."""
    assert find_running_heads([["Confidential"], ["Confidential"], ["Confidential"]]) == []


def test_numbered_lines_at_uneven_distances_are_no_feet():
    """Without form feeds, lines that name pages cut the text only where pages would end."""
    text = "".join(f"{PROSE * number}\nsee page {number}\n\n" for number in range(1, 7))
    assert split_pages(text) == [text]


SLOW = [
    "-" * 50_000,
    "| " * 50_000,
    "a  " * 50_000,
    "Page 1\n\n" * 20_000,
    "x::\n\n" * 20_000,
    " " * 100_000 + "x",
    "1" * 100_000,
]


@pytest.mark.parametrize("text", SLOW)
def test_hostile_text_ends_quickly(text):
    """Patterns take time in proportion to the text."""
    code = "import sys; from glyph_integrations.source import load; load(sys.stdin.buffer, media_type='text/plain')"
    subprocess.run([sys.executable, "-c", code], input=text.encode(), check=True, timeout=10)
