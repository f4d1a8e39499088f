"""What models are trained on: synthetic documents with facts, plain text, and the styles that they are typeset in.

Everything here is deterministic: it draws from the ``random.Random`` that it is given. Nothing here needs torch.
"""

from __future__ import annotations

from glyph_integrations.training.corpus.alphabets import ASCII, LATIN_1, Alphabet
from glyph_integrations.training.corpus.asked_texts import AskedDocuments, AskedTexts
from glyph_integrations.training.corpus.documents import Documents, synthetic_document
from glyph_integrations.training.corpus.facts import (
    FACT_KINDS,
    Fact,
    FactKind,
    SyntheticDocument,
    Unanswerable,
    by_kind,
    drawn,
)
from glyph_integrations.training.corpus.strings import RandomStrings
from glyph_integrations.training.corpus.styles import StyleSampler
from glyph_integrations.training.corpus.texts import DatasetTexts, Mixture, ShuffledWords, TextFiles, TextSource
from glyph_integrations.training.corpus.themes import THEMES, Theme

__all__ = [
    "ASCII",
    "FACT_KINDS",
    "LATIN_1",
    "THEMES",
    "Alphabet",
    "AskedDocuments",
    "AskedTexts",
    "DatasetTexts",
    "Documents",
    "Fact",
    "FactKind",
    "Mixture",
    "RandomStrings",
    "ShuffledWords",
    "StyleSampler",
    "SyntheticDocument",
    "TextFiles",
    "TextSource",
    "Theme",
    "Unanswerable",
    "by_kind",
    "drawn",
    "synthetic_document",
]
