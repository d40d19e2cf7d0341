# SPDX-License-Identifier: EUPL-1.2
"""Single answers: where they lie, how typed text is cleaned, and how it becomes a number or a day."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from engine.clock import TOWN_ZONE

from .model import Answers, Field, Kind

SHOWN = "gezeigt"
"""Name of the hidden input that lists, separated by spaces, the paths of the questions that a page has shown."""

RESERVED_NAMES = frozenset({SHOWN, "entfernen", "hochladen", "hinzufuegen", "weglassen", "aktualisieren", "csrf_token"})
"""Names of inputs and buttons that stand beside the questions."""

_BIDI_OVERRIDES = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")
_GERMAN_DATE = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2})(?::00)?)?(?:\s*Uhr)?")
_LAST_HOUR, _LAST_MINUTE = 23, 59
_PLAIN_NUMBER = re.compile(r"[-+]?[0-9]{1,20}([.,][0-9]{1,10})?")
_GROUPED_NUMBER = re.compile(r"([-+]?[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,6})(?:,([0-9]{1,10}))?")


def answer_at(answers: Mapping[str, Any] | list[Any], path: str) -> Any:
    """The answer at a dotted path, None when there is none. In lists a number names the item, from 0."""
    value: Any = answers
    for key in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(key)
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def put_answer(answers: Answers, path: str, value: Any) -> None:
    """Write an answer at a dotted path, making the groups and items on the way."""
    keys = path.split(".")
    target: Any = answers
    for key, following in pairwise(keys):
        wanted = list if following.isdecimal() else dict
        inner = _held(target, key)
        if not isinstance(inner, wanted):
            inner = wanted()
            _hold(target, key, inner)
        target = inner
    _hold(target, keys[-1], value)


def _held(target: Any, key: str) -> Any:
    if isinstance(target, list):
        return target[int(key)] if int(key) < len(target) else None
    return target.get(key)


def _hold(target: Any, key: str, value: Any) -> None:
    if not isinstance(target, list):
        target[key] = value
        return
    while len(target) <= int(key):
        target.append({})
    target[int(key)] = value


def drop_answer(answers: Answers, path: str) -> None:
    """Remove the answer at a dotted path, and the groups that are empty afterwards; items of lists stay."""
    key, _, rest = path.partition(".")
    inner = answers.get(key)
    if rest and isinstance(inner, list):
        number, _, below = rest.partition(".")
        if number.isdecimal() and int(number) < len(inner) and isinstance(inner[int(number)], dict):
            drop_answer(inner[int(number)], below)
    elif rest and isinstance(inner, dict):
        drop_answer(inner, rest)
        if not inner:
            del answers[key]
    elif not rest:
        answers.pop(key, None)


def clean_text(text: str, *, lines: bool = False) -> str:
    """NFC, without control characters, lone surrogates and direction overrides, trimmed. Keeps line breaks if asked.

    A text in which nothing can be seen, such as zero-width spaces, is empty.
    """
    text = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text))
    if not lines:
        text = text.replace("\n", " ")
    text = text.replace("\t", " ").translate(_BIDI_OVERRIDES)
    text = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs")).strip()
    return "" if all(unicodedata.category(c) in ("Cf", "Zs") for c in text) else text


def parse_number(text: str) -> Decimal | None:
    """A number as people in Germany type it: ``1.234,50``, ``12,5``, also ``12.5``. None when it is not one."""
    text = text.replace("\u2212", "-").replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    grouped = _GROUPED_NUMBER.fullmatch(text)
    if grouped:
        whole, fraction = grouped.groups()
        return Decimal(whole.replace(".", "") + (f".{fraction}" if fraction else ""))
    if _PLAIN_NUMBER.fullmatch(text):
        return Decimal(text.replace(",", "."))
    return None


def parse_date(text: str) -> date | None:
    """A day typed as ``22.11.2026`` or ``2026-11-22``. None when there is no such day."""
    german, iso = _GERMAN_DATE.fullmatch(text.strip()), _ISO_DATE.fullmatch(text.strip())
    if german:
        day, month, year = german.groups()
    elif iso:
        year, month, day = iso.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """A time of day typed as ``14:30``, ``14.30``, ``14 Uhr`` or ``14:30 Uhr``. None when there is no such time."""
    found = _TIME.fullmatch(text.strip())
    if not found or int(found[1]) > _LAST_HOUR or int(found[2] or 0) > _LAST_MINUTE:
        return None
    return time(int(found[1]), int(found[2] or 0))


def moment_of(day: Any, at: Any) -> datetime | None:
    """A moment by the clocks of the town, from a typed day and a typed time; None when there is no such moment."""
    found, clock = parse_date(day) if isinstance(day, str) else day, parse_time(at) if isinstance(at, str) else at
    if not isinstance(found, date) or not isinstance(clock, time):
        return None
    moment = datetime.combine(found, clock, ZoneInfo(TOWN_ZONE))
    # In the night when clocks are put forward an hour is missing.
    is_there = moment.astimezone(UTC).astimezone(moment.tzinfo).time() == clock
    return moment if is_there else None


def conform(field: Field, value: Any) -> Any:
    """A field's answer in its proper type, or None where it has none or cannot be read (what rules get to see)."""
    if value is None or value == "":
        return None
    if field.kind is Kind.NUMBER:
        return _number(value)
    if field.kind in _TIMES:
        wanted, parse = _TIMES[field.kind]
        found = parse(value) if isinstance(value, str) else value
        if type(found) is not wanted:
            return None
        return found.astimezone(ZoneInfo(TOWN_ZONE)) if isinstance(found, datetime) else found
    expected = _ANSWER_TYPES[field.kind]
    return value if isinstance(value, expected) else None


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal | int | float):
        number = Decimal(str(value))
        return number if number.is_finite() else None
    return parse_number(value) if isinstance(value, str) else None


def _parse_moment(text: str) -> datetime | None:
    """As programs write it; without a zone it is a moment of the town."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(TOWN_ZONE))


_TIMES: Mapping[Kind, tuple[type, Callable[[str], Any]]] = {
    Kind.DATE: (date, parse_date),
    Kind.TIME: (time, parse_time),
    Kind.MOMENT: (datetime, _parse_moment),
}
_ANSWER_TYPES: Mapping[Kind, type] = {
    Kind.TEXT: str,
    Kind.TEXTAREA: str,
    Kind.RADIO: str,
    Kind.SELECT: str,
    Kind.CHECKBOX: bool,
    Kind.CONSENT: dict,
    Kind.CHECKLIST: list,
    Kind.FILE: list,
}
