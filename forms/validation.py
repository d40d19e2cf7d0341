# SPDX-License-Identifier: EUPL-1.2
"""Checking answers. Every message says what is wrong and how to mend it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import regex

from engine.clock import Clock

from .conditions import Visibility, holds
from .german import german_number
from .language import say
from .model import Field, Form, Kind, Limits, Repeat, Step, walk
from .repeating import with_items
from .special import SPECIAL_TYPES, Unreadable
from .values import answer_at, conform

_LONG_LABEL = 80
_PATTERN_SECONDS = 0.2
_FIRST_YEAR, _LAST_YEAR = 1850, 2200
_WHOLE_YEAR = "Bitte prüfen Sie das Jahr und geben Sie es mit vier Ziffern an."


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one answer. ``message`` is a German sentence for the person who typed it."""

    path: str
    label: str
    message: str
    #: Of which item of a list, such as "2. Hund".
    item: str = ""


def validate(
    form: Form,
    answers: Mapping[str, Any],
    *,
    step: Step | None = None,
    clock: Clock | None = None,
    context: Mapping[str, Any] | None = None,
) -> list[FieldError]:
    """What is wrong with the answers, of one step or of the whole form, in its order; at most one error a question.

    Hidden questions are not looked at. ``context`` are variables of the case that expressions may name.
    """
    form = with_items(form, answers)
    visibility = Visibility(form, answers, clock=clock, context=context)
    steps = [form.steps[step.index]] if step else list(form.steps)
    errors: list[FieldError] = []
    for part in (part for each in steps for part in walk(each.components)):
        if not isinstance(part, Field | Repeat) or not visibility.shows(part):
            continue
        message = _wrong_number(part) if isinstance(part, Repeat) else _wrong_answer(part, answers, visibility, clock)
        if message:
            errors.append(FieldError(part.path, part.label, message, part.item))
    return errors


def _wrong_answer(field: Field, answers: Mapping[str, Any], visibility: Visibility, clock: Clock | None) -> str | None:
    return None if field.readonly else _wrong(field, answer_at(answers, field.path), visibility.scope, clock)


def _wrong_number(repeat: Repeat) -> str | None:
    number = len(repeat.items)
    if number < repeat.minimum:
        return say(
            "Bitte machen Sie bei „%(label)s“ mindestens %(minimum)s-mal Angaben.",
            label=repeat.label,
            minimum=repeat.minimum,
        )
    if number > repeat.maximum:
        return say(
            "Bei „%(label)s“ gehen höchstens %(maximum)s. Bitte entfernen Sie die übrigen.",
            label=repeat.label,
            maximum=repeat.maximum,
        )
    return None


def is_required(field: Field, scope: Mapping[str, Any], clock: Clock | None) -> bool:
    """Whether an answer must be given, as the other answers stand."""
    return field.required or (field.required_if is not None and holds(field.required_if, scope, clock=clock))


def _wrong(field: Field, value: Any, scope: Mapping[str, Any], clock: Clock | None) -> str | None:
    if _is_empty(field, value):
        return _missing(field) if is_required(field, scope, clock) else None
    message = _CHECKS[field.kind](field, value)
    if message:
        return message
    typed = conform(field, value)
    if field.no_past and clock and _is_past(typed, clock):
        return "Das Datum liegt in der Vergangenheit. Bitte geben Sie heute oder einen späteren Tag an."
    if field.check and not holds(field.check, scope, clock=clock, value=typed):
        return field.check_message
    return None


def _is_past(typed: Any, clock: Clock) -> bool:
    if isinstance(typed, datetime):
        return typed < clock.now()
    return isinstance(typed, date) and typed < clock.today()


def _is_empty(field: Field, value: Any) -> bool:
    if field.kind is Kind.CHECKBOX:
        return value is not True
    if field.kind is Kind.CONSENT:
        return not (isinstance(value, Mapping) and value.get("given") is True)
    return value is None or value == "" or value == [] or value == {}


def _missing(field: Field) -> str:
    label = field.label if len(field.label) <= _LONG_LABEL else f"{field.label[:_LONG_LABEL].rsplit(' ', 1)[0]} …"
    name = say("„%(label)s“", label=label)
    match field.kind:
        case Kind.RADIO | Kind.SELECT:
            return say("Bitte wählen Sie bei %(name)s eine Möglichkeit aus.", name=name)
        case Kind.CHECKLIST:
            return say("Bitte wählen Sie bei %(name)s mindestens eine Möglichkeit aus.", name=name)
        case Kind.CHECKBOX:
            return say("Bitte kreuzen Sie an: %(name)s", name=name)
        case Kind.CONSENT:
            return say("Ohne Ihre Einwilligung geht es nicht weiter. Bitte kreuzen Sie an: %(name)s", name=name)
        case Kind.FILE:
            return say("Bitte laden Sie bei %(name)s eine Datei hoch.", name=name)
        case Kind.DATE:
            return say("Bitte geben Sie bei %(name)s ein Datum mit Tag, Monat und Jahr an.", name=name)
        case Kind.TIME:
            return say("Bitte geben Sie bei %(name)s eine Uhrzeit an, zum Beispiel 14:30.", name=name)
        case Kind.MOMENT:
            return say("Bitte geben Sie bei %(name)s Tag und Uhrzeit an.", name=name)
        case _:
            return say("Bitte füllen Sie das Feld %(name)s aus.", name=name)


def _check_text(field: Field, value: Any) -> str | None:
    if field.confirm and isinstance(value, Mapping):
        return say("Beide Eingaben bei „%(label)s“ müssen gleich sein. Bitte vergleichen Sie sie.", label=field.label)
    if not isinstance(value, str):
        return say("Bitte füllen Sie das Feld „%(label)s“ neu aus.", label=field.label)
    length, limits = len(value), field.limits
    if length > limits.max_length:
        return say(
            "Der Text hat %(length)s Zeichen, erlaubt sind höchstens %(max_length)s. Bitte kürzen Sie ihn.",
            length=length,
            max_length=limits.max_length,
        )
    if length < limits.min_length:
        return say("Bitte geben Sie mindestens %(min_length)s Zeichen ein.", min_length=limits.min_length)
    if field.special:
        try:
            SPECIAL_TYPES[field.special].normalise(value)
        except Unreadable as reason:
            return str(reason)
    if limits.pattern and not _matches(limits.pattern, value):
        example = f" {field.hint}" if field.hint else ""
        return say(
            "Die Eingabe hat nicht die richtige Form. Bitte prüfen Sie „%(label)s“.%(example)s",
            label=field.label,
            example=example,
        )
    return None


def _matches(pattern: str, value: str) -> bool:
    """As in form-js the pattern may match anywhere; a pattern that takes too long counts as not met."""
    try:
        return regex.search(pattern, value, flags=regex.ASCII, timeout=_PATTERN_SECONDS) is not None
    except TimeoutError:
        return False


def _check_number(field: Field, value: Any) -> str | None:
    number = conform(field, value)
    if not isinstance(number, Decimal):
        return "Bitte geben Sie eine Zahl ein, zum Beispiel 12 oder 12,5."
    return _check_range(field.limits, number)


def _check_range(limits: Limits, number: Decimal) -> str | None:
    exponent = number.normalize().as_tuple().exponent
    if limits.decimals is not None and isinstance(exponent, int) and -exponent > limits.decimals:
        if limits.decimals == 0:
            return "Bitte geben Sie eine ganze Zahl ein, ohne Komma."
        return say("Bitte geben Sie höchstens %(decimals)s Stellen nach dem Komma ein.", decimals=limits.decimals)
    if limits.minimum is not None and number < limits.minimum:
        return say("Bitte geben Sie %(minimum)s oder mehr ein.", minimum=german_number(limits.minimum))
    if limits.maximum is not None and number > limits.maximum:
        return say("Bitte geben Sie %(maximum)s oder weniger ein.", maximum=german_number(limits.maximum))
    return None


def _check_date(field: Field, value: Any) -> str | None:
    day = conform(field, value)
    if isinstance(value, Mapping) and re.fullmatch("[0-9]{2}", str(value.get("jahr", ""))):
        return _WHOLE_YEAR
    if not isinstance(day, date):
        return "Dieses Datum gibt es nicht. Bitte geben Sie Tag, Monat und Jahr an, zum Beispiel 22.11.2026."
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        return _WHOLE_YEAR
    return None


def _check_time(field: Field, value: Any) -> str | None:
    if isinstance(conform(field, value), time):
        return None
    return "Diese Uhrzeit gibt es nicht. Bitte geben Sie Stunde und Minute an, zum Beispiel 14:30."


def _check_moment(field: Field, value: Any) -> str | None:
    moment = conform(field, value)
    if isinstance(moment, datetime):
        return None if _FIRST_YEAR <= moment.year <= _LAST_YEAR else _WHOLE_YEAR
    if isinstance(value, Mapping) and re.fullmatch("[0-9]{2}", str(value.get("jahr", ""))):
        return _WHOLE_YEAR
    return "Diesen Tag oder diese Uhrzeit gibt es nicht. Bitte prüfen Sie beides, zum Beispiel 22.11.2026 und 14:30."


def _check_choice(field: Field, value: Any) -> str | None:
    if field.option_label(value) is None:
        return say("Bitte wählen Sie bei „%(label)s“ eine der angebotenen Möglichkeiten.", label=field.label)
    return None


def _check_checklist(field: Field, value: Any) -> str | None:
    if not isinstance(value, list) or any(field.option_label(item) is None for item in value):
        return say("Bitte wählen Sie bei „%(label)s“ nur angebotene Möglichkeiten.", label=field.label)
    return None


def _check_consent(field: Field, value: Any) -> str | None:
    if value.get("text_sha256") != field.consent_sha256 or value.get("version") != field.consent_version:
        return "Der Text der Einwilligung wurde geändert. Bitte lesen Sie ihn und stimmen Sie erneut zu."
    return None


def _check_files(field: Field, value: Any) -> str | None:
    if not isinstance(value, list) or field.files is None:
        return say("Bitte laden Sie die Datei bei „%(label)s“ neu hoch.", label=field.label)
    if len(value) > field.files.max_files:
        most = field.files.max_files
        files = say("eine Datei") if most == 1 else say("%(most)s Dateien", most=most)
        return say("Hier geht höchstens %(files)s. Bitte entfernen Sie die übrigen.", files=files)
    return None


def _fine(field: Field, value: Any) -> str | None:
    return None


_CHECKS: Mapping[Kind, Callable[[Field, Any], str | None]] = {
    Kind.TEXT: _check_text,
    Kind.TEXTAREA: _check_text,
    Kind.NUMBER: _check_number,
    Kind.DATE: _check_date,
    Kind.TIME: _check_time,
    Kind.MOMENT: _check_moment,
    Kind.CHECKBOX: _fine,
    Kind.CONSENT: _check_consent,
    Kind.RADIO: _check_choice,
    Kind.SELECT: _check_choice,
    Kind.CHECKLIST: _check_checklist,
    Kind.FILE: _check_files,
}
