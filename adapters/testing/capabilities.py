"""What LangChain's standard suites are told that a model can do."""

from __future__ import annotations


class SeesFiles:
    """Images and PDF files in messages."""

    supports_image_inputs = True
    supports_pdf_inputs = True


class SeesFilesOfTools(SeesFiles):
    """In results of tools too."""

    supports_image_tool_message = True
    supports_pdf_tool_message = True


class OfNano(SeesFiles):
    """The bundled reader: it follows schemas, and its chat template knows of no tools."""

    has_structured_output = True
    has_tool_calling = False
