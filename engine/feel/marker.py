# SPDX-License-Identifier: EUPL-1.2
"""Tells expressions from literals in the attributes of a model."""

from collections.abc import Iterator
from functools import lru_cache

from engine.feel.errors import FeelSyntaxError
from engine.feel.juel import change_of, quoted, to_feel
from engine.feel.juel_objects import OfJuel
from engine.feel.tokens import position

_OPENINGS = ("${", "#{")


@lru_cache(maxsize=4096)
def strip_marker(text: str) -> str | None:
    """The FEEL text of `=expr`, `${expr}` or `#{expr}` (`OfJuel`); None for anything else, which is a literal.

    `${...}` is the notation of Camunda 7 and is translated. Text around it is joined to it, as in `Hallo ${name}!`;
    what is null is then left out. `\\${` stands for the two characters. Raises FeelSyntaxError for what has no
    translation, FeelLimitExceeded for what is too long.
    """
    trimmed = text.strip()
    if trimmed.startswith("="):
        return trimmed[1:].strip()
    if not any(opening in trimmed for opening in _OPENINGS):
        return None
    parts = list(_parts(trimmed))
    if len(parts) == 1:
        literal, start, end = parts[0]
        return quoted(literal) if literal else to_feel(trimmed, start, end)
    values = [to_feel(trimmed, start, end) for text, start, end in parts if not text]
    left = iter(values)
    members = (quoted(text) if text else f"string({next(left)})" for text, _, _ in parts)
    joined = f"string join([{', '.join(members)}])"
    return OfJuel(joined, trimmed) if all(isinstance(value, OfJuel) for value in values) else joined


def stripped_change(text: str) -> tuple[str, str | None, bool] | None:
    """What an expression such as `${execution.setVariable('name', value)}` does (see `juel.change_of`).

    None for anything else. Raises like `strip_marker`.
    """
    trimmed = text.strip()
    if not trimmed.startswith(_OPENINGS):
        return None
    end = _end_of_expression(trimmed, 0)
    return change_of(trimmed, 2, end) if end == len(trimmed) - 1 else None


def _parts(text: str) -> Iterator[tuple[str, int, int]]:
    """Literal text, or where an expression begins and ends, in their order."""
    literal: list[str] = []
    offset = 0
    while offset < len(text):
        if text[offset] == "\\" and text.startswith(_OPENINGS, offset + 1):
            literal.append(text[offset + 1 : offset + 3])
            offset += 3
        elif text.startswith(_OPENINGS, offset):
            if literal:
                yield "".join(literal), 0, 0
                literal = []
            end = _end_of_expression(text, offset)
            yield "", offset + 2, end
            offset = end + 1
        else:
            literal.append(text[offset])
            offset += 1
    if literal:
        yield "".join(literal), 0, 0


def _end_of_expression(text: str, start: int) -> int:
    """Where the `}` is that belongs to the `${` at `start`; braces in strings and contexts do not count."""
    depth = 0
    quote = ""
    offset = start + 2
    while offset < len(text):
        character = text[offset]
        if quote:
            if character == "\\":
                offset += 1
            elif character == quote:
                quote = ""
        elif character in "\"'":
            quote = character
        elif character == "{":
            depth += 1
        elif character == "}":
            if depth == 0:
                return offset
            depth -= 1
        offset += 1
    raise FeelSyntaxError(*position(text, start), f"a `}}` for this `{text[start : start + 2]}`")
