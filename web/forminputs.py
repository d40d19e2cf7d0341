# SPDX-License-Identifier: EUPL-1.2
"""The inputs of a question and what stands in them: as it was typed, or the answer as one would type it."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from forms import DATE_PARTS, TIME_PART
from forms.answers import AGAIN, TYPED
from forms.german import german_number
from forms.language import say
from forms.model import Field, Kind
from forms.special import SPECIAL_TYPES
from forms.values import conform
from web.formparts import InputView

_DATE_LABELS = {"tag": ("Tag", 2), "monat": ("Monat", 2), "jahr": ("Jahr", 4)}
_BIRTHDAY = {"tag": "bday-day", "monat": "bday-month", "jahr": "bday-year"}


def typed_text(field: Field, answer: Any) -> str:
    """What stands in an input: as typed, or the answer as one would type it."""
    if field.confirm and isinstance(answer, Mapping):
        return str(answer.get(TYPED, ""))
    if answer is None or isinstance(answer, bool | list | Mapping):
        return ""
    if isinstance(answer, time):
        return f"{answer.hour:02}:{answer.minute:02}"
    number = conform(field, answer) if field.kind is Kind.NUMBER else None
    if number is not None:
        return german_number(number, field.limits.decimals).replace(".", "")
    if field.special and isinstance(answer, str):
        return SPECIAL_TYPES[field.special].show(answer)
    return str(answer)


def inputs_of(field: Field, ident: str, answer: Any) -> tuple[InputView, ...]:
    """The inputs of a question that has several: choices, parts of a date, a second time to type."""
    match field.kind:
        case Kind.DATE:
            return _date_inputs(field, ident, answer)
        case Kind.TEXT if field.confirm:
            again = str(answer.get(AGAIN, "")) if isinstance(answer, Mapping) else typed_text(field, answer)
            label = say("%(label)s wiederholen", label=field.label)
            return (InputView(f"{ident}-{AGAIN}", f"{field.path}.{AGAIN}", again, label),)
        case Kind.MOMENT:
            return _moment_inputs(field, ident, answer)
        case Kind.RADIO | Kind.SELECT | Kind.CHECKLIST:
            chosen = answer if isinstance(answer, list) else [answer]
            return tuple(
                InputView(_nth(ident, n), field.path, option.value, option.label, option.value in chosen)
                for n, option in enumerate(field.options, start=1)
            )
        case Kind.CHECKBOX:
            return (InputView(ident, field.path, "true", field.label, answer is True),)
        case Kind.CONSENT:
            given = isinstance(answer, Mapping) and answer.get("given") is True
            same_words = given and answer.get("text_sha256") == field.consent_sha256
            return (InputView(ident, field.path, "true", field.label, same_words),)
        case _:
            return ()


def _nth(ident: str, number: int) -> str:
    return ident if number == 1 else f"{ident}-{number}"


def _date_inputs(field: Field, ident: str, answer: Any) -> tuple[InputView, ...]:
    """Day, month and year apart: digits only, no calendar to fight with, plain to every screen reader."""
    day = conform(field, answer)
    if isinstance(day, date):
        values = [f"{day.day:02}", f"{day.month:02}", f"{day.year:04}"]
    elif isinstance(answer, Mapping):
        values = [str(answer.get(part, "")) for part in DATE_PARTS]
    else:
        parts = answer.split(".") if isinstance(answer, str) else []
        values = parts if len(parts) == len(DATE_PARTS) else [str(answer or ""), "", ""]
    birthday = field.autocomplete == "bday"
    return tuple(
        InputView(
            id=ident if part == "tag" else f"{ident}-{part}",
            name=f"{field.path}.{part}",
            value=value,
            label=say(_DATE_LABELS[part][0]),
            autocomplete=_BIRTHDAY[part] if birthday else "",
            width=_DATE_LABELS[part][1],
        )
        for part, value in zip(DATE_PARTS, values, strict=True)
    )


def _moment_inputs(field: Field, ident: str, answer: Any) -> tuple[InputView, ...]:
    """Those of the day, and one of the time."""
    moment = conform(field, answer)
    if isinstance(moment, datetime):
        day: Any = {"tag": f"{moment.day:02}", "monat": f"{moment.month:02}", "jahr": f"{moment.year:04}"}
        at = f"{moment.hour:02}:{moment.minute:02}"
    else:
        day = answer
        at = str(answer.get(TIME_PART, "")) if isinstance(answer, Mapping) else ""
    name = f"{field.path}.{TIME_PART}"
    inputs = _date_inputs(field, ident, day)
    return (*inputs, InputView(f"{ident}-{TIME_PART}", name, at, say(field.time_label)))
