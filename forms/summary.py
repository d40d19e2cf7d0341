# SPDX-License-Identifier: EUPL-1.2
"""Answers in words: for the page on which a person checks them, and for the clerk who decides on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from engine.clock import Clock

from .answers import DATE_PARTS, TIME_PART, TYPED
from .conditions import Visibility
from .german import german_number, german_value
from .language import say
from .model import Computed, Field, Form, Kind, Step, walk
from .special import SPECIAL_TYPES
from .values import answer_at, conform

NO_ANSWER = "Keine Angabe"


@dataclass(frozen=True)
class SummaryLine:
    """One question and its answer. ``files`` holds what was uploaded, as it lies in the answers."""

    label: str
    value: str
    path: str
    answered: bool = True
    files: tuple[Mapping[str, Any], ...] = ()
    #: Of which item of a list, such as "2. Hund".
    item: str = ""


@dataclass(frozen=True)
class SummarySection:
    """The answers of one step."""

    step: Step
    title: str
    lines: list[SummaryLine]


def summary(
    form: Form,
    answers: Mapping[str, Any],
    *,
    clock: Clock | None = None,
    context: Mapping[str, Any] | None = None,
) -> list[SummarySection]:
    """The answers of every step that is asked, hidden questions left out; steps without questions too."""
    visibility = Visibility(form, answers, clock=clock, context=context)
    sections: list[SummarySection] = []
    for step in visibility.steps():
        lines = [
            _line(part, answer_at(answers, part.path)) if isinstance(part, Field) else _follows(part, visibility)
            for part in walk(step.components)
            if isinstance(part, Field) or (isinstance(part, Computed) and part.label)
            if visibility.shows(part)
        ]
        if lines:
            sections.append(SummarySection(step, step.title, lines))
    return sections


def _line(field: Field, value: Any) -> SummaryLine:
    files = tuple(item for item in value if isinstance(item, Mapping)) if _is_files(field, value) else ()
    text = shown_value(field, value)
    return SummaryLine(field.label, text or say(NO_ANSWER), field.path, bool(text), files, field.item)


def _follows(part: Computed, visibility: Visibility) -> SummaryLine:
    text = computed_text(part, visibility)
    return SummaryLine(part.label, text or say(NO_ANSWER), part.path, bool(text), item=part.item)


def computed_text(part: Computed, visibility: Visibility) -> str:
    """A computed value in words; empty when nothing follows yet."""
    value = answer_at(visibility.scope, part.path)
    if isinstance(value, Decimal):
        text = german_number(value, part.decimals)
    else:
        text = german_value(value)
    return " ".join(word for word in (text, part.suffix) if word) if text else ""


def _is_files(field: Field, value: Any) -> bool:
    return field.kind is Kind.FILE and isinstance(value, list)


def shown_value(field: Field, value: Any) -> str:
    """An answer in words; empty when there is none. What could not be read is shown as it was typed."""
    if value is None or value == "" or value == []:
        return ""
    typed = conform(field, value)
    match typed:
        case bool():
            return say("Ja") if typed else say("Nein")
        case Decimal():
            number = german_number(typed, field.limits.decimals)
            return " ".join(part for part in (field.prefix, number, field.suffix) if part)
        case datetime() | date() | time():
            return german_value(typed)
    match field.kind:
        case Kind.RADIO | Kind.SELECT:
            return field.option_label(value) or str(value)
        case Kind.CHECKLIST if isinstance(value, list):
            return ", ".join(field.option_label(item) or str(item) for item in value)
        case Kind.CONSENT if isinstance(value, Mapping):
            return (
                say("Zugestimmt (Fassung %(version)s)", version=value.get("version"))
                if value.get("given") is True
                else say("Nicht zugestimmt")
            )
        case Kind.FILE if isinstance(value, list):
            return ", ".join(str(item.get("name", "")) for item in value if isinstance(item, Mapping))
        case Kind.DATE if isinstance(value, Mapping):
            return ".".join(str(value.get(part, "")) for part in DATE_PARTS)
        case Kind.MOMENT if isinstance(value, Mapping):
            day = ".".join(str(value.get(part, "")) for part in DATE_PARTS)
            return f"{day}, {value.get(TIME_PART, '')}"
        case Kind.TEXT | Kind.TEXTAREA if isinstance(value, Mapping):
            return str(value.get(TYPED, ""))
        case Kind.TEXT if field.special and isinstance(value, str):
            return _adorned(field, SPECIAL_TYPES[field.special].show(value))
        case _:
            return _adorned(field, str(value))


def _adorned(field: Field, text: str) -> str:
    return " ".join(part for part in (field.prefix, text, field.suffix) if part)
