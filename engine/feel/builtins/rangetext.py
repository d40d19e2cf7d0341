# SPDX-License-Identifier: EUPL-1.2
"""Reads the text that `range(...)` takes: brackets around two literals, such as `[@"2026-01-01"..@"2026-12-31")`."""

from collections.abc import Callable

from engine.feel.calendars import parse_date
from engine.feel.errors import Failure, FeelSyntaxError
from engine.feel.operators import make_range, negate
from engine.feel.temporal import parse_datetime, parse_duration, parse_temporal, parse_time
from engine.feel.tokens import Token, tokenize
from engine.feel.values import NUMBERS, Range, Value

_READERS: dict[tuple[str, ...], Callable[[str], Value]] = {
    ("date",): parse_date,
    ("time",): parse_time,
    ("date", "and", "time"): parse_datetime,
    ("duration",): parse_duration,
}


def range_from_text(text: str) -> Range:
    """The range; raises Failure for anything but two literals in brackets."""
    try:
        tokens = tokenize(text.strip())[:-1]
    except FeelSyntaxError:
        raise Failure(f"{text[:60]!r} is not a range") from None
    marks = [index for index, token in enumerate(tokens) if token.kind == "operator" and token.text == ".."]
    if len(marks) != 1 or tokens[0].text not in ("[", "(", "]") or tokens[-1].text not in ("]", ")", "["):
        raise Failure(f"{text[:60]!r} is not a range")
    start, end = _literal(tokens[1 : marks[0]]), _literal(tokens[marks[0] + 1 : -1])
    return make_range(start, end, tokens[0].text == "[", tokens[-1].text == "]")


def _literal(tokens: list[Token]) -> Value:
    if [token.text for token in tokens[:1]] == ["-"] and tokens[0].kind == "operator":
        return negate(_literal(tokens[1:]))
    kinds, texts = tuple(token.kind for token in tokens), tuple(token.text for token in tokens)
    if kinds == ("number",):
        return NUMBERS.create_decimal(texts[0])
    if kinds == ("string",):
        return texts[0]
    if kinds == ("operator", "string") and texts[0] == "@":
        return parse_temporal(texts[1])
    if kinds[-3:] == ("operator", "string", "operator") and (texts[-3], texts[-1]) == ("(", ")"):
        reader = _READERS.get(texts[:-3])
        if reader is not None:
            return reader(texts[-2])
    raise Failure("the bounds of a range must be literals")
