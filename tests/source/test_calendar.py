"""Calendars and business cards are read as lines that a person reads, alone and attached to a message."""

from email.message import EmailMessage

import pytest

from glyph_integrations.errors import EmptyError
from glyph_integrations.source import Limits, load

IN_PROCESS = Limits(isolated=False)
EVENT = "BEGIN:VEVENT\r\nUID:{0}@a.b\r\nSUMMARY:{1}\r\nDTSTART:20240301T140000Z\r\nLOCATION:Room {0}\r\nEND:VEVENT\r\n"
CALENDAR = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{EVENT.format(4, 'Budget')}{EVENT.format(5, 'Party')}END:VCALENDAR\r\n"
SHOWN = (
    "Event: Budget\nBegins: 2024-03-01 14:00 UTC\nWhere: Room 4\n\n"
    "Event: Party\nBegins: 2024-03-01 14:00 UTC\nWhere: Room 5\n"
)
CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann Lee\r\nTEL;TYPE=work:+49 30 1\r\nPHOTO;ENCODING=b:AAAA\r\nEND:VCARD\r\n"


def test_calendars(tmp_path):
    """Each event of a calendar says what, when and where; what is for programs is listed."""
    path = tmp_path / "team.ics"
    path.write_bytes(CALENDAR.encode())
    text = load(path)
    assert text.text == SHOWN
    assert text.sources[0].media_type == "text/calendar"
    assert [item.reason for item in text.dropped] == ["property for programs"]


def test_cards():
    """A card is its lines, without its picture."""
    text = load(CARD.encode(), media_type="text/vcard")
    assert text.text == "Name: Ann Lee\nTelephone: +49 30 1\n"


@pytest.mark.parametrize(
    ("data", "subtype", "name", "shown"),
    [
        (CALENDAR, "calendar", "invite.ics", SHOWN),
        (CALENDAR, "calendar", "invite", SHOWN),
        (CARD, "x-vcard", "ann", "Name: Ann Lee\nTelephone: +49 30 1\n"),
        (CARD, "plain", "ann.vcf", "Name: Ann Lee\nTelephone: +49 30 1\n"),
    ],
)
def test_attached_to_a_message(data, subtype, name, shown):
    """An attached calendar or card is read by its media type or its name, as a source of its own."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ann@a.b", "bob@a.b", "Dates"
    message.set_content("See the attachment.")
    message.add_attachment(data.encode(), maintype="text", subtype=subtype, filename=name)
    text = load(message.as_bytes(), media_type="message/rfc822", limits=IN_PROCESS)
    assert f"[attachment: {name}," in text.text
    assert text.text.endswith(shown)
    assert text.sources[1].name == f"source/{name}"


def test_a_calendar_that_says_nothing():
    """A calendar without an event is empty."""
    with pytest.raises(EmptyError):
        load(b"BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n", media_type="text/calendar")
