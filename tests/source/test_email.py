"""E-mails keep the headers that people read, the body, and every attachment that can be read."""

import io
from email.message import EmailMessage

import pytest
from PIL import Image

from glyph_integrations.source import Limits, load


@pytest.fixture
def mail():
    """A message with a body in two forms."""
    message = EmailMessage()
    message["From"] = "Ann <ann@example.org>"
    message["To"] = "bob@example.org"
    message["Subject"] = "Grüße"
    message["Date"] = "Mon, 01 Jan 2024 10:00:00 +0000"
    message.set_content("Hello Bob,\nschön.\n")
    message.add_alternative("<p>Hello <b>Bob</b></p>", subtype="html")
    return message


HEADERS = """From: Ann <ann@example.org>
To: bob@example.org
Date: Mon, 01 Jan 2024 10:00:00 +0000
Subject: Grüße
"""


def test_headers_and_body(mail):
    """Headers come as lines, then the plain body, once."""
    text = load(mail.as_bytes())
    assert text.text == f"{HEADERS}\nHello Bob,\nschön.\n"
    assert text.sources[0].media_type == "message/rfc822"
    assert text.sources[0].metadata["title"] == "Grüße"


def test_html_body():
    """A body in HTML alone is read as HTML, hidden text left out."""
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "x", "a@example.org", "b@example.org"
    message.set_content("<p>seen</p><p hidden>secret</p>", subtype="html")
    text = load(message.as_bytes())
    assert "seen" in text.text
    assert "secret" not in text.text
    assert [item.reason for item in text.dropped] == ["not displayed"]


def test_attachments(mail):
    """Attachments follow as sources of their own; those that cannot be read are listed with name, size and reason."""
    picture = io.BytesIO()
    Image.new("L", (20, 10)).save(picture, "PNG")
    inner = EmailMessage()
    inner["Subject"], inner["From"], inner["To"] = "Inner", "c@example.org", "d@example.org"
    inner.set_content("inner text")
    mail.add_attachment(b"a,b\n1,2\n", maintype="text", subtype="csv", filename="../../t.csv")
    mail.add_attachment(b"\x00\x01\x02" * 50, maintype="application", subtype="octet-stream", filename="x.bin")
    mail.add_attachment(picture.getvalue(), maintype="image", subtype="png", filename="p.png")
    mail.add_attachment(inner)
    text = load(mail.as_bytes())
    assert "[attachment: t.csv, 8 bytes]\n" in text.text
    assert "[attachment: x.bin, 150 bytes]\n" in text.text
    assert "[attachment not read: source/x.bin is application/octet-stream, which no format reads" in text.text
    assert text.dropped[0].reason.startswith("not read: source/x.bin")
    assert "a | b\n1 | 2\n" in text.text
    assert "inner text" in text.text
    assert [source.name for source in text.sources] == [
        "source",
        "source/t.csv",
        "source/x.bin",
        "source/p.png",
        "source/part 4",
    ]
    assert len(text.origins) == 5
    assert next(text.rasters([(text.pictures[0], 20, 10)])).shape == (10, 20)


def test_nesting_is_limited():
    """Messages within messages are read to the limit; below it they are listed."""
    message = EmailMessage()
    message["Subject"] = "level 9"
    message.set_content("deepest")
    for level in range(8, 0, -1):
        outer = EmailMessage()
        outer["Subject"], outer["From"], outer["To"] = f"level {level}", "a@example.org", "b@example.org"
        outer.set_content(f"text {level}")
        outer.add_attachment(message)
        message = outer
    text = load(message.as_bytes(), limits=Limits(nesting=3)).text
    assert "text 3" in text
    assert "text 4" not in text
    assert "nested too deeply" in text


def test_encodings():
    """The charset that a part states is used."""
    data = (
        b"From: a@example.org\r\nTo: b@example.org\r\nSubject: =?koi8-r?B?8NLJ18XU?=\r\n"
        b"Content-Type: text/plain; charset=koi8-r\r\n\r\n" + "Привет".encode("koi8-r")
    )
    text = load(data).text
    assert "Subject: Привет" in text
    assert text.endswith("\nПривет\n")
