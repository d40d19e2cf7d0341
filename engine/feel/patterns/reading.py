# SPDX-License-Identifier: EUPL-1.2
"""From the text of a regular expression to its parts."""

from dataclasses import dataclass
from typing import Literal

from engine.feel.errors import Failure
from engine.feel.patterns.characters import (
    Matches,
    anything,
    anything_in_line,
    between,
    category,
    either,
    escaped,
    escaped_character,
    exactly,
    in_any_case,
    opposite,
    without,
)

_MAX_DEPTH = 30
_MAX_REPEAT = 1000


@dataclass(frozen=True, slots=True)
class OneOf:
    """One character of a set."""

    matches: Matches


@dataclass(frozen=True, slots=True)
class Edge:
    """The beginning or end of the text, or of a line."""

    side: Literal["begin", "end"]
    of_line: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts one after the other."""

    parts: tuple["Part", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several parts, the first that fits."""

    parts: tuple["Part", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part several times; `most` of None is without bound."""

    part: "Part"
    least: int
    most: int | None
    lazy: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A part whose text is remembered under a number."""

    number: int
    part: "Part"


@dataclass(frozen=True, slots=True)
class Again:
    """The text of an earlier group once more."""

    number: int
    any_case: bool


Part = OneOf | Edge | Sequence | Choice | Repeat | Group | Again


class PatternReader:
    """Reads one pattern; `groups` counts the remembered groups."""

    def __init__(self, pattern: str, flags: str) -> None:
        unknown = set(flags) - set("smix")
        if unknown:
            raise Failure(f"there is no flag {min(unknown)!r} for regular expressions")
        self._text = _without_blanks(pattern) if "x" in flags else pattern
        self._flags = flags
        self._index = 0
        self._depth = 0
        self._closed: set[int] = set()
        self.groups = 0

    def whole(self) -> Part:
        """The pattern; raises Failure when it is wrong."""
        part = self._choice()
        if self._index < len(self._text):
            raise self._wrong()
        return part

    def _wrong(self) -> Failure:
        return Failure(f"{self._text[:60]!r} is not a regular expression (position {self._index + 1})")

    def _peek(self) -> str:
        return self._text[self._index : self._index + 1]

    def _take(self) -> str:
        if self._index >= len(self._text):
            raise self._wrong()
        self._index += 1
        return self._text[self._index - 1]

    def _accept(self, text: str) -> bool:
        if not self._text.startswith(text, self._index):
            return False
        self._index += len(text)
        return True

    def _choice(self) -> Part:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise Failure("the regular expression is nested too deep")
        parts = [self._sequence()]
        while self._peek() == "|":
            self._index += 1
            parts.append(self._sequence())
        self._depth -= 1
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _sequence(self) -> Part:
        parts: list[Part] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repeated(self._atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _repeated(self, part: Part) -> Part:
        sign = self._peek()
        if sign not in ("*", "+", "?", "{"):
            return part
        self._index += 1
        least, most = self._bounds() if sign == "{" else {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        lazy = self._peek() == "?"
        self._index += lazy
        if self._peek() in ("*", "+", "?", "{"):
            raise self._wrong()
        return Repeat(part, least, most, lazy)

    def _bounds(self) -> tuple[int, int | None]:
        end = self._text.find("}", self._index)
        first, comma, last = self._text[self._index : max(end, self._index)].partition(",")
        if not (first.isascii() and first.isdigit() and (not last or (last.isascii() and last.isdigit()))):
            raise self._wrong()
        self._index = end + 1
        least = int(first[:6])
        most = (int(last[:6]) if last else None) if comma else least
        if least > _MAX_REPEAT or (most is not None and (most > _MAX_REPEAT or most < least)):
            raise Failure(f"a repetition of a regular expression goes up to {_MAX_REPEAT}")
        return least, most

    def _atom(self) -> Part:
        character = self._take()
        if character == "(":
            return self._group()
        if character == "[":
            return OneOf(self._class())
        if character == ".":
            return OneOf(anything if "s" in self._flags else anything_in_line)
        if character in "^$":
            return Edge("begin" if character == "^" else "end", "m" in self._flags)
        if character == "\\" and self._peek() in "123456789" and self._peek():
            return self._again()
        if character == "\\":
            return OneOf(self._escape())
        if character in "*+?{}])":
            self._index -= 1
            raise self._wrong()
        return OneOf(self._cased(exactly(character)))

    def _cased(self, matches: Matches) -> Matches:
        # Letters and ranges of letters lose their case with the flag `i`; categories such as \p{Lu} keep it.
        return in_any_case(matches) if "i" in self._flags else matches

    def _group(self) -> Part:
        if self._accept("?:"):
            part = self._choice()
        else:
            self.groups += 1
            number = self.groups
            part = Group(number, self._choice())
        if not self._accept(")"):
            raise self._wrong()
        if isinstance(part, Group):
            self._closed.add(part.number)
        return part

    def _again(self) -> Part:
        """`\\1`; the number has as many digits as there are groups for it."""
        number = int(self._take())
        while self._peek().isascii() and self._peek().isdigit() and number * 10 + int(self._peek()) <= self.groups:
            number = number * 10 + int(self._take())
        if number not in self._closed:
            raise Failure(f"the regular expression refers to group {number}, which does not end before")
        return Again(number, "i" in self._flags)

    def _escape(self) -> Matches:
        letter = self._take()
        if letter not in "pP":
            return escaped(letter)
        end = self._text.find("}", self._index)
        if not self._accept("{") or end < 0:
            raise self._wrong()
        name, self._index = self._text[self._index : end], end + 1
        return category(name) if letter == "p" else opposite(category(name))

    def _class(self) -> Matches:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise Failure("the regular expression is nested too deep")
        negated = self._accept("^")
        sets: list[Matches] = []
        excluded: Matches | None = None
        while not self._accept("]"):
            if sets and self._accept("-["):
                excluded = self._class()
                if not self._accept("]"):
                    raise self._wrong()
                break
            sets.append(self._class_member())
        self._depth -= 1
        if not sets:
            raise self._wrong()
        matches = opposite(either(sets)) if negated else either(sets)
        return matches if excluded is None else without(matches, excluded)

    def _class_member(self) -> Matches:
        first = self._class_character()
        if not isinstance(first, str):
            return first
        following = self._text[self._index : self._index + 2]
        if following[:1] != "-" or following[1:] in ("]", "[", ""):
            return self._cased(exactly(first))
        self._index += 1
        last = self._class_character()
        if not isinstance(last, str):
            raise self._wrong()
        return self._cased(between(first, last))

    def _class_character(self) -> str | Matches:
        character = self._take()
        if character == "[":
            raise self._wrong()
        if character != "\\":
            return character
        single = escaped_character(self._text[self._index : self._index + 1] or "?!")
        if single is None:
            return self._escape()
        self._index += 1
        return single


def _without_blanks(pattern: str) -> str:
    """The pattern without the blanks that the flag `x` allows for reading; those in `[...]` stay."""
    kept: list[str] = []
    depth = 0
    is_escaped = False
    for character in pattern:
        if not is_escaped:
            depth += (character == "[") - (character == "]" and depth > 0)
        if depth or character not in " \t\n\r":
            kept.append(character)
            is_escaped = character == "\\" and not is_escaped
    return "".join(kept)
