"""Sections, records, tables, orders and glossaries, written into a draft with all that they state."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from glyph_integrations.training.corpus.draft import Query
from glyph_integrations.training.corpus.templates import Order, Record, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from glyph_integrations.training.corpus.draft import Draft
    from glyph_integrations.training.corpus.patterns import Pattern
    from glyph_integrations.training.corpus.templates import Column, Extra, Glossary, Statement

_STATED: Final = 0.8  # of what could be stated; the rest can only be asked
_AS_LIST: Final = 0.35
_SENTENCE: Final = 110  # characters, about
_LINE: Final = 45
_CELL: Final = 15
_TRIES: Final = 20
_PAIRS: Final[tuple[Callable[[str, str], str], ...]] = (
    lambda key, value: f"{key}: {value}",
    lambda key, value: f"{key} = {value}",
    lambda key, value: f'"{key}": "{value}",',
    lambda key, value: f"{key} -> {value}",
    lambda key, value: f"{key} | {value}",
)


def write_statements(
    draft: Draft, statements: Sequence[Statement], prose: Sequence[Pattern], *, name: str = "", it: str = ""
) -> None:
    """States most of the statements about ``it``, as a list or among other sentences; leaves the rest open."""
    values = draft.values
    stated: list[Statement] = []
    room = max(draft.left // _SENTENCE, 1)
    for statement in values.rng.sample(statements, len(statements)):
        if len(stated) < room and values.chance(_STATED):
            stated.append(statement)
        else:
            draft.leave_open(_query(statement, name, it))
    if values.chance(_AS_LIST):
        for statement in stated:
            answer = statement.value.fill(values, it)
            line = f"{statement.label}{draft.look.label}{answer}"
            draft.state(draft.write(line), line, _query(statement, name, it), answer)
        return
    for statement in stated:
        write_prose(draft, prose, values.between(0, 2), after=" ")
        answer = statement.value.fill(values, it)
        sentence = values.pick(statement.passages).fill(values, it, answer)
        start = draft.write(sentence, "\n" if values.chance(0.4) else " ")
        draft.state(start, sentence, _query(statement, name, it), answer)
    write_prose(draft, prose, values.between(0, 1), after=" ")
    draft.end_line()


def leave_open(draft: Draft, statements: Iterable[Statement]) -> None:
    """States none of the statements, all of them about the document itself."""
    for statement in statements:
        draft.leave_open(_query(statement))


def _query(statement: Statement, name: str = "", it: str = "") -> Query:
    return Query(statement.questions, statement.kind, name + statement.name, it)


def write_prose(draft: Draft, prose: Sequence[Pattern], count: int, after: str = "\n") -> None:
    """Up to ``count`` sentences that state nothing asked for, while characters are wanted."""
    for left in range(count, 0, -1):
        if draft.left < _SENTENCE // 2:
            break
        draft.say(prose, after if left == 1 else " ")
    if after == "\n":
        draft.end_line()


def write_extra(draft: Draft, extra: Extra, prose: Sequence[Pattern]) -> None:
    """Writes a part that is not one of the document's own sections."""
    if isinstance(extra, Record):
        _write_record(draft, extra, prose)
    elif isinstance(extra, Table):
        _write_table(draft, extra)
    elif isinstance(extra, Order):
        _write_order(draft, extra)
    else:
        _write_glossary(draft, extra)


def _fresh(draft: Draft, pattern: Pattern) -> str | None:
    """What a pattern makes and nothing else in the document is called; None if there is nothing left."""
    for _ in range(_TRIES):
        name = pattern.fill(draft.values)
        if draft.values.claim(f"subject {name}"):
            return name
    return None


def _write_record(draft: Draft, record: Record, prose: Sequence[Pattern]) -> None:
    subject = _fresh(draft, record.subject)
    if subject is not None:
        draft.head(record.headings, subject)
        write_statements(draft, record.statements, prose, name=f"{record.name}/", it=subject)


def _write_table(draft: Draft, table: Table) -> None:
    values = draft.values
    room = max(draft.left // (_LINE + _CELL * len(table.columns)), 2)
    wanted = min(values.between(3, 14), room)
    keys = [key for _ in range(wanted) if (key := _fresh(draft, table.key.cell)) is not None]
    if len(keys) < 2:
        return
    columns = [column for column in table.columns if values.chance(_STATED)] or [table.columns[0]]
    draft.head(table.titles)
    if not table.pairs:
        draft.write(" | ".join([table.key.header, *(column.header for column in columns)]))
    line_of = values.pick(_PAIRS)
    for key in keys:
        cells = [cell for column in columns if (cell := _cell(draft, column)) is not None]
        if len(cells) < len(columns):
            break
        line = line_of(key, cells[0]) if table.pairs else " | ".join([key, *cells])
        start = draft.write(line)
        for column, cell in zip(columns, cells, strict=True):
            draft.state(start, line, _cell_query(table, column, key), cell)
            if column.reverse:
                draft.state(start, line, _row_query(table, column, cell), key)
    _leave_cells_open(draft, table, columns, keys)


def _cell(draft: Draft, column: Column) -> str | None:
    """A cell; one that its row is asked for by occurs only once, and None if no other is left."""
    return _fresh(draft, column.cell) if column.reverse else column.cell.fill(draft.values)


def _leave_cells_open(draft: Draft, table: Table, columns: Sequence[Column], keys: Sequence[str]) -> None:
    """A row that is not there, a cell that is not there, and the columns that are not there."""
    values = draft.values
    shown = values.pick(columns)
    if (key := _fresh(draft, table.key.cell)) is not None:
        draft.leave_open(_cell_query(table, shown, key))
    if shown.reverse and (cell := _cell(draft, shown)) is not None:
        draft.leave_open(_row_query(table, shown, cell))
    for column in table.columns:
        if column not in columns:
            draft.leave_open(_cell_query(table, column, values.pick(keys)))


def _cell_query(table: Table, column: Column, key: str) -> Query:
    return Query(column.questions, column.kind, f"{table.name}/{column.header}", key)


def _row_query(table: Table, column: Column, cell: str) -> Query:
    return Query(column.reverse, "lookup", f"{table.name}/{column.header}/row", cell)


def _write_order(draft: Draft, order: Order) -> None:
    items, missing = _ordered(draft, order)
    draft.head(order.titles)
    lines = [f"{draft.look.bullet(number)}{item}" for number, item in enumerate(items, start=1)]
    starts = [draft.write(line) for line in lines]
    after, before = f"{order.name}/after", f"{order.name}/before"
    for at, (first, second) in enumerate(pairwise(items)):
        evidence = f"{lines[at]}\n{lines[at + 1]}"
        draft.state(starts[at], evidence, Query(order.after, "next", after, first), second)
        draft.state(starts[at], evidence, Query(order.before, "next", before, second), first)
    if missing is not None:
        draft.leave_open(Query(order.after, "next", after, missing))


def _ordered(draft: Draft, order: Order) -> tuple[list[str], str | None]:
    """Items for an order, and one that is not among them."""
    values = draft.values
    count = min(values.between(4, 10), max(draft.left // _LINE, 3))
    if len(order.items) == 1:
        (item,) = order.items
        made = [name for _ in range(count) if (name := _fresh(draft, item)) is not None]
        return made, _fresh(draft, item)
    items = [item.fill(values) for item in order.items]
    taken = sorted(values.rng.sample(range(len(items)), min(count, len(items) - 1)))
    return [items[at] for at in taken], next(item for at, item in enumerate(items) if at not in taken)


def _write_glossary(draft: Draft, glossary: Glossary) -> None:
    values = draft.values
    count = min(values.between(3, 9), max(draft.left // _SENTENCE, 1), len(glossary.terms) - 1)
    terms = values.rng.sample(glossary.terms, len(glossary.terms))
    draft.head(glossary.titles)
    means = values.pick(('"{}" means {}.', '"{}": {}', "{} shall mean {};", "{} - {}"))
    for term, meaning in sorted(terms[:count]):
        line = means.format(term, meaning)
        draft.state(draft.write(line), line, Query(glossary.questions, "definition", glossary.name, term), meaning)
    for term, _ in terms[count : count + 2]:
        draft.leave_open(Query(glossary.questions, "definition", glossary.name, term))
