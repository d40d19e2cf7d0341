# SPDX-License-Identifier: EUPL-1.2
"""From posted strings to typed answers. What cannot be converted stays as it was typed, so that nothing is lost."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from engine.clock import Clock

from .conditions import settled
from .model import Answers, Field, Form, Kind, Step
from .region import town_of
from .repeating import change_items, step_with_items
from .special import SPECIAL_TYPES, Unreadable
from .values import SHOWN, answer_at, clean_text, conform, moment_of, parse_date, parse_number, parse_time, put_answer

Raw = Mapping[str, Sequence[str]]

DATE_PARTS = ("tag", "monat", "jahr")
"""A date is asked for in three inputs, named ``<path>.tag``, ``<path>.monat``, ``<path>.jahr``."""
TIME_PART = "uhrzeit"
"""The input for the time of a moment, beside those of its date."""

TYPED, AGAIN = "eingabe", "wiederholung"
"""The two inputs of what is asked for twice: the second is named ``<path>.wiederholung``."""

_TRUE = frozenset({"true", "on", "1", "ja"})


def read_step(
    form: Form,
    step: Step,
    raw: Raw,
    current: Mapping[str, Any],
    *,
    clock: Clock | None = None,
    context: Mapping[str, Any] | None = None,
) -> Answers:
    """All answers after a step has been posted: those of the step read anew, the others kept, hidden ones dropped.

    ``raw`` is what the browser sent (``request.form.to_dict(flat=False)``); ``context`` are variables of the case that
    conditions may look at. Files are not read here: they are uploaded and removed one by one. A button that adds or
    removes an item of a list has done so afterwards.
    """
    _, step = step_with_items(form, step, current)
    answers = deepcopy(dict(current))
    shown = shown_paths(raw)
    for field in step.fields:
        if field.readonly or field.kind is Kind.FILE or (shown is not None and field.path not in shown):
            continue
        value = _READERS[field.kind](field, raw, answer_at(current, field.path))
        put_answer(answers, field.path, value)
    _put_in_towns(step, answers)
    change_items(step, answers, raw)
    return settled(form, answers, clock=clock, context=context)


def _put_in_towns(step: Step, answers: Answers) -> None:
    """Where the postcode is known and the town was left out."""
    for field in step.fields:
        if field.town_of and not answer_at(answers, field.path):
            town = town_of(answer_at(answers, field.town_of))
            if town:
                put_answer(answers, field.path, town)


def shown_paths(raw: Raw) -> frozenset[str] | None:
    """The questions that the posted page has shown; None when it does not say, then all of them have been."""
    return frozenset(" ".join(raw[SHOWN]).split()) if raw.get(SHOWN) else None


def _read_text(field: Field, raw: Raw, current: Any) -> Any:
    """One text. What was typed twice and is not the same stays as these two."""
    if not raw.get(field.path):
        return current
    text = _normal(field, raw[field.path][-1])
    repeated = raw.get(f"{field.path}.{AGAIN}") if field.confirm else None
    if not repeated or _normal(field, repeated[-1]) == text:
        return text
    return {TYPED: text or "", AGAIN: clean_text(repeated[-1])}


def _normal(field: Field, typed: str) -> str | None:
    text = clean_text(typed, lines=field.kind is Kind.TEXTAREA)
    if not text:
        return None
    if field.special and len(text) <= field.limits.max_length:
        try:
            return SPECIAL_TYPES[field.special].normalise(text)
        except Unreadable:
            return text
    return text


def _read_number(field: Field, raw: Raw, current: Any) -> Any:
    if not raw.get(field.path):
        return current
    text = clean_text(raw[field.path][-1])
    number = parse_number(text)
    return (text or None) if number is None else number


def _read_date(field: Field, raw: Raw, current: Any) -> Any:
    """Three inputs, or one holding the whole date; an unreadable date in three inputs stays as these three."""
    names = [f"{field.path}.{part}" for part in DATE_PARTS]
    if not any(raw.get(name) for name in names):
        if not raw.get(field.path):
            return current
        text = clean_text(raw[field.path][-1])
        return parse_date(text) or text or None
    parts = [clean_text(raw[name][-1]) if raw.get(name) else "" for name in names]
    filled = [part for part in parts if part]
    if not filled:
        return None
    whole = parse_date(".".join(filled)) if len(filled) != 2 else None
    return whole or dict(zip(DATE_PARTS, parts, strict=True))


def _read_time(field: Field, raw: Raw, current: Any) -> Any:
    if not raw.get(field.path):
        return current
    text = clean_text(raw[field.path][-1])
    read = parse_time(text)
    return (text or None) if read is None else read


def _read_moment(field: Field, raw: Raw, current: Any) -> Any:
    """The inputs of a date and one of a time; what is no moment stays as these four."""
    names = [*(f"{field.path}.{part}" for part in DATE_PARTS), f"{field.path}.{TIME_PART}"]
    if not any(raw.get(name) for name in names):
        return conform(field, raw[field.path][-1]) or current if raw.get(field.path) else current
    day = _read_date(field, raw, None)
    at = clean_text(raw[names[-1]][-1]) if raw.get(names[-1]) else ""
    if day is None and not at:
        return None
    moment = moment_of(day, at)
    if moment is not None:
        return moment
    typed = [clean_text(raw[name][-1]) if raw.get(name) else "" for name in names]
    return dict(zip((*DATE_PARTS, TIME_PART), typed, strict=True))


def _read_checkbox(field: Field, raw: Raw, current: Any) -> Any:
    return any(text.strip().lower() in _TRUE for text in raw.get(field.path, ()))


def _read_consent(field: Field, raw: Raw, current: Any) -> Any:
    return {
        "given": _read_checkbox(field, raw, current),
        "version": field.consent_version,
        "text_sha256": field.consent_sha256,
    }


def _read_choice(field: Field, raw: Raw, current: Any) -> Any:
    if not raw.get(field.path):
        return current
    return _known_or_clean(field, raw[field.path][-1]) or None


def _read_checklist(field: Field, raw: Raw, current: Any) -> Any:
    chosen = [_known_or_clean(field, text) for text in raw.get(field.path, ())]
    return list(dict.fromkeys(text for text in chosen if text))


def _known_or_clean(field: Field, text: str) -> str:
    return text if field.option_label(text) is not None else clean_text(text)


_READERS: Mapping[Kind, Callable[[Field, Raw, Any], Any]] = {
    Kind.TEXT: _read_text,
    Kind.TEXTAREA: _read_text,
    Kind.NUMBER: _read_number,
    Kind.DATE: _read_date,
    Kind.TIME: _read_time,
    Kind.MOMENT: _read_moment,
    Kind.CHECKBOX: _read_checkbox,
    Kind.CONSENT: _read_consent,
    Kind.RADIO: _read_choice,
    Kind.SELECT: _read_choice,
    Kind.CHECKLIST: _read_checklist,
}
