"""Loaders and the retriever: whole documents, with what LangChain's own loaders say about them."""

from __future__ import annotations

import pytest
from langchain_core.documents.base import Blob

from glyph_integrations import LoadError, RequestError, load
from langchain_glyph import GlyphBlobParser, GlyphLoader, WholeDocumentRetriever, glyph_format_docs


def test_a_pdf_is_one_document(charter):
    """Its text is the core's, and the offsets of its pages lead to what begins them."""
    (document,) = GlyphLoader(charter).load()
    text = load(charter)
    assert document.page_content == text.text
    assert (document.metadata["source"], document.metadata["total_pages"]) == (str(charter), len(text.pages))
    begins = [document.page_content[offset:].lstrip()[:12] for offset in document.metadata["page_offsets"]]
    assert begins[:2] == ["Charter of t", "4. Hire and "]


def test_a_pdf_by_pages(charter):
    """Pages count from 0, as PyMuPDFLoader counts them, and nothing is lost between them."""
    pages = GlyphLoader(charter, mode="page").load()
    assert [page.metadata["page"] for page in pages] == list(range(len(pages)))
    assert [page.metadata["page_label"] for page in pages] == [str(number + 1) for number in range(len(pages))]
    (whole,) = GlyphLoader(charter).load()
    assert "".join("".join(page.page_content.split()) for page in pages) == "".join(whole.page_content.split())


def test_blobs_and_folders(charter, tmp_path):
    """Bytes are detected by their content; each file of a folder is a document under its path."""
    (from_bytes,) = GlyphBlobParser().parse(Blob.from_data(charter.read_bytes(), mime_type="application/pdf"))
    (from_path,) = GlyphBlobParser().parse(Blob.from_path(charter))
    assert from_bytes.page_content == from_path.page_content
    assert from_path.metadata["source"] == str(charter)
    (tmp_path / "a.txt").write_text("First.")
    (tmp_path / "b.md").write_text("# Second")
    documents = GlyphLoader(tmp_path).load()
    assert [document.metadata["source"] for document in documents] == [str(tmp_path / "a.txt"), str(tmp_path / "b.md")]


def test_wrong_use_is_refused(tmp_path):
    """An unknown mode, a file that is not there."""
    with pytest.raises(RequestError, match="mode is"):
        GlyphLoader(tmp_path, mode="chunks")
    with pytest.raises(RequestError, match="mode is"):
        GlyphBlobParser(mode="chunks")
    with pytest.raises(LoadError):
        GlyphLoader(tmp_path / "nothing.pdf").load()


def test_the_retriever_returns_whole_documents(charter, tmp_path):
    """Whatever is asked; pages of a source are put together again, and k takes the first ones."""
    note = tmp_path / "note.txt"
    note.write_text("A note.")
    pages = [*GlyphLoader(charter, mode="page").load(), *GlyphLoader(note).load()]
    retriever = WholeDocumentRetriever.from_documents(pages)
    whole, last = retriever.invoke("anything")
    assert whole.page_content == "\n".join(page.page_content for page in pages[:-1])
    assert [whole.page_content[begin : begin + 9] for begin in whole.metadata["page_offsets"]] == [
        page.page_content[:9] for page in pages[:-1]
    ]
    assert "page" not in whole.metadata
    assert last.page_content == "A note."
    assert len(WholeDocumentRetriever.from_loader(GlyphLoader(charter), k=1).invoke("anything")) == 1


def test_documents_in_a_prompt_have_names(charter):
    """The title or the file's name, and the page where it is one."""
    text = glyph_format_docs(GlyphLoader(charter).load() + GlyphLoader(charter, mode="page").load()[:1])
    assert text.count('"charter.pdf">') == 1
    assert text.count('"charter.pdf, page 1">') == 1
