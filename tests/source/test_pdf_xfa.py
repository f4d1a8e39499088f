"""XFA forms: the XML of a dynamic one is the document; a static one reads as any form does."""

from __future__ import annotations

import pytest
from pdf_samples import document, page, read

from glyph_integrations.errors import UnsupportedError

TEMPLATE = """<template xmlns="http://www.xfa.org/schema/xfa-template/3.3/"><subform name="lease">
<draw><value><exData><body xmlns="http://www.w3.org/1999/xhtml"><p>Terms of the lease</p></body></exData></value></draw>
<field name="deposit"><caption><value><text>Deposit</text></value></caption><ui><textEdit/></ui></field>
<field name="pets"><caption><value><text>Pets</text></value></caption><ui><checkButton/></ui>
<items><text>yes</text><text>no</text></items></field>
<field name="heat"><caption><value><text>Heating</text></value></caption><ui><choiceList/></ui>
<items><text>Gas</text><text>Electricity</text></items><items save="1"><text>1</text><text>2</text></items></field>
<exclGroup name="kind"><caption><value><text>Kind of tenant</text></value></caption>
<field><caption><value><text>Person</text></value></caption><ui><checkButton/></ui><items><text>P</text></items></field>
<field><caption><value><text>Firm</text></value></caption><ui><checkButton/></ui><items><text>F</text></items></field>
</exclGroup>
<subform name="tenant"><field name="name"><caption><value><text>Name</text></value></caption></field></subform>
<field name="empty"><caption><value><text>Remarks</text></value></caption></field>
<field name="secret" presence="hidden"><caption><value><text>Secret</text></value></caption></field>
</subform></template>"""
DATA = """<xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><lease><deposit>4,250</deposit>
<pets>yes</pets><heat>2</heat><kind>F</kind><tenant><name>Ann</name></tenant><tenant><name>Bob</name></tenant>
<secret>hush</secret><other>kept</other></lease></xfa:data></xfa:datasets>"""
LINES = [
    "Terms of the lease",
    "Deposit: 4,250",
    "☑ Pets",
    "Heating: Electricity",
    "Kind of tenant",
    "☐ Person",
    "☑ Firm",
    "Name: Ann",
    "Name: Bob",
    "Remarks:",
    "other: kept",
]


def form(xml, *, dynamic=True, parts=False):
    """A PDF whose page says that it cannot be shown, with the form beside it."""
    made = document()
    page(made).insert_text((50, 60), "Please wait...")
    streams = []
    for part in xml if parts else [f'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/">{"".join(xml)}</xdp:xdp>']:
        streams.append(made.get_new_xref())
        made.update_object(streams[-1], "<<>>")
        made.update_stream(streams[-1], part.encode())
    names = ("template", "datasets")
    value = "[" + "".join(f"({name}) {xref} 0 R " for name, xref in zip(names, streams, strict=False)) + "]"
    made.xref_set_key(made.pdf_catalog(), "AcroForm", f"<</Fields[]/XFA {value if parts else f'{streams[0]} 0 R'}>>")
    if dynamic:
        made.xref_set_key(made.pdf_catalog(), "NeedsRendering", "true")
    return made


@pytest.mark.parametrize("parts", [True, False], ids=["in parts", "whole"])
def test_dynamic_form_is_read_from_its_xml(parts):
    """Its texts and fields are lines in the order of the template; the placeholder is reported."""
    text = read(form([TEMPLATE, DATA], parts=parts))
    assert text.text.splitlines() == LINES
    assert "XFA" in text.pages[0].reason
    assert [(item.reason, item.text) for item in text.dropped] == [("placeholder of an XFA form", "Please wait...")]


def test_form_beside_pages_of_its_own():
    """Where nothing says that the pages stand in for the form, both are read."""
    assert read(form([TEMPLATE, DATA], dynamic=False)).text.splitlines() == ["Please wait...", *LINES]


def test_data_without_a_template():
    """Values without a template are read with their names."""
    assert "deposit: 4,250" in read(form(["", DATA])).text


@pytest.mark.parametrize("xml", ["<template>", "", '<!DOCTYPE a [<!ENTITY b "c">]><template>&b;</template>'])
def test_form_that_cannot_be_read(xml):
    """A damaged or empty one is a typed error that says what it is."""
    with pytest.raises(UnsupportedError, match="dynamic XFA form"):
        read(form([xml], parts=True))


def test_static_form_reads_as_any_form():
    """A form with fields on its pages is read from them."""
    import pymupdf

    made = form([TEMPLATE, DATA], dynamic=False)
    field = pymupdf.Widget()
    field.field_name, field.field_value, field.field_type = "deposit", "4,250", pymupdf.PDF_WIDGET_TYPE_TEXT
    field.rect = pymupdf.Rect(150, 48, 250, 64)
    made[0].add_widget(field)
    assert "Please wait... 4,250" in read(made).text
