"""Slots: what ``{…}`` stands for in a pattern."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from glyph_integrations.training.corpus.values import Values

    Slot = Callable[[Values], str]

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_PHONES: Final = ("(###) 555-####", "+44 20 #### ####", "###-555-####", "+49 ### #######", "0## ### ## ##", "555-####")
_MASKED: Final = re.compile(r"#+|@+|%+|[^#@%]+")
_CHARACTERS: Final = {"#": "0123456789", "@": "ABCDEFGHJKLMNPQRSTUVWXYZ", "%": "0123456789abcdef"}


def slot(spec: str) -> Slot:
    """What fills ``{spec}``.

    ``a|b|c`` is one of the alternatives. Otherwise it is a name, with arguments after a space:

    ``person``, ``firm``, ``town``, ``product``
        A name that occurs nowhere else in the document.
    ``address``, ``email``, ``phone``, ``date``, ``month``, ``weekday``, ``time``, ``uuid``
        What they say.
    ``int 5-90``, ``number 1000-90000``, ``decimal 0.5-9.5``, ``percent 1-20``, ``money 400-3000``
        A number in a range, both ends included; ``number`` groups its digits.
    ``id INV-####``
        An identifier: ``#`` is a digit, ``@`` a capital letter, ``%`` a hexadecimal digit.

    Any other name is that of a word list.
    """
    if "|" in spec:
        alternatives = tuple(spec.split("|"))
        return lambda values: values.pick(alternatives)
    name, _, arguments = spec.partition(" ")
    if name in _RANGES:
        low, high = arguments.split("-")
        return _RANGES[name](low, high)
    if name == "id":
        return _masked(arguments)
    if name in _PLAIN:
        return _PLAIN[name]
    return lambda values: values.word(name)


def _masked(mask: str) -> Slot:
    runs = [(run, _CHARACTERS.get(run[0])) for run in _MASKED.findall(mask)]

    def fill(values: Values) -> str:
        return "".join(
            [run if known is None else "".join(values.rng.choices(known, k=len(run))) for run, known in runs]
        )

    return fill


def _phone() -> Slot:
    forms = [_masked(form) for form in _PHONES]
    return lambda values: values.pick(forms)(values)


def _integer(low: str, high: str) -> Slot:
    least, most = int(low), int(high)
    return lambda values: str(values.between(least, most))


def _grouped(low: str, high: str) -> Slot:
    least, most = int(low), int(high)
    return lambda values: f"{values.between(least, most):,}"


def _decimal(low: str, high: str) -> Slot:
    least, most = float(low), float(high)
    places = max(len(low.partition(".")[2]), len(high.partition(".")[2]))
    return lambda values: f"{least + values.rng.random() * (most - least):.{places}f}"


def _percent(low: str, high: str) -> Slot:
    least, most = int(low), int(high)
    return lambda values: f"{values.between(least * 2, most * 2) / 2:g}{values.pick(('%', ' percent'))}"


def _money(low: str, high: str) -> Slot:
    least, most = int(low), int(high)
    return lambda values: values.money(least, most)


def _time(values: Values) -> str:
    hour, minute = values.between(6, 21), 5 * values.between(0, 11)
    if values.chance(0.6):
        return f"{hour:02}:{minute:02}"
    return f"{(hour - 1) % 12 + 1}:{minute:02} {'am' if hour < 12 else 'pm'}"


_RANGES: Final[dict[str, Callable[[str, str], Slot]]] = {
    "int": _integer,
    "number": _grouped,
    "decimal": _decimal,
    "percent": _percent,
    "money": _money,
}
_PLAIN: Final[dict[str, Slot]] = {
    "person": lambda values: values.person(),
    "firm": lambda values: values.firm(),
    "town": lambda values: values.town(),
    "product": lambda values: values.product(),
    "address": lambda values: values.address(),
    "email": lambda values: values.email(),
    "date": lambda values: values.date(),
    "month": lambda values: values.month(),
    "weekday": lambda values: values.pick(_WEEKDAYS),
    "time": _time,
    "phone": _phone(),
    "uuid": _masked("%%%%%%%%-%%%%-%%%%-%%%%-%%%%%%%%%%%%"),
}
