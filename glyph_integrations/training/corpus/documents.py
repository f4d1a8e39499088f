"""Synthetic documents: contracts, invoices, manuals and the like, of any length, and what can be asked of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from glyph_integrations.training.corpus.blocks import leave_open, write_extra, write_prose, write_statements
from glyph_integrations.training.corpus.draft import Draft
from glyph_integrations.training.corpus.facts import SyntheticDocument
from glyph_integrations.training.corpus.templates import Glossary, Order, split
from glyph_integrations.training.corpus.texts import cut
from glyph_integrations.training.corpus.values import Values

if TYPE_CHECKING:
    from random import Random

    from glyph_integrations.training.corpus.templates import DocumentTemplate

_SECTION: Final = 450  # characters, about
_SHORT_EXTRA: Final = 250  # characters that the shortest table or record takes
_END: Final = 80  # characters that may be missing
_PROSE: Final = 0.3  # of what fills a document up


def synthetic_document(rng: Random, *, length: int, held_out: bool = False) -> SyntheticDocument:
    """Makes up a document.

    Every question has one right answer in the text, or none: what a document states of itself it states once, and
    everything else is said of a name (a person, a room, a product) that occurs in one place. The same state of
    ``rng`` gives the same document.

    Args:
        rng: Decides everything.
        length: Wanted characters, from 200 up; the text comes within 300 of it, or a tenth.
        held_out: Draw from the names, templates and questions that are kept for evaluation.

    Raises:
        ValueError: The length is below 200.
    """
    if length < 200:
        raise ValueError("a document has 200 characters or more")
    source = split(held_out=held_out)
    values = Values(rng, source.words)
    template = values.pick(source.documents)
    draft = Draft(values, template.name, length)
    _fill(draft, template)
    text = draft.text
    draft.ask_for_sections(source)
    draft.ask_for_words(source, text)
    return SyntheticDocument(
        text=text,
        facts=tuple(sorted(draft.facts, key=lambda fact: fact.start)),
        unanswerable=tuple(draft.unanswerable),
        kind=template.name,
    )


def _fill(draft: Draft, template: DocumentTemplate) -> None:
    values, prose = draft.values, template.prose
    opening, *sections = template.sections
    draft.write(values.pick(template.titles).fill(values))
    write_statements(draft, opening.statements, prose)
    once = [extra for extra in template.extras if isinstance(extra, Order | Glossary)]
    often = [extra for extra in template.extras if not isinstance(extra, Order | Glossary)]
    values.rng.shuffle(once)
    while draft.left > _END:
        wanted = len(sections) * _SECTION
        if sections and values.rng.random() * draft.left < wanted:
            section = sections.pop(0)
            draft.head(section.headings)
            write_statements(draft, section.statements, prose)
        elif draft.left < _SHORT_EXTRA or values.chance(_PROSE):
            if draft.left > _SHORT_EXTRA:
                draft.head(template.headings)
            write_prose(draft, prose, values.between(2, 6))
        elif once and values.chance(0.3):
            write_extra(draft, once.pop(), prose)
        else:
            write_extra(draft, values.pick(often), prose)
    leave_open(draft, [statement for section in sections for statement in section.statements])


class Documents:
    """Synthetic documents as plain text."""

    def sample(self, rng: Random, characters: int) -> str:
        """A document of about so many characters; short ones are parts of one."""
        text = synthetic_document(rng, length=max(characters, 200)).text
        return cut(text, characters) if len(text) > 2 * characters else text
