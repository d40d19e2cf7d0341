# SPDX-License-Identifier: EUPL-1.2
"""Runs a pattern over a text: all ways to match at once, character by character, so that no way is tried twice.

Only patterns that refer back to a group (`(a)\\1`) are tried way by way; the steps of the evaluation bound that.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from engine.feel.errors import Failure
from engine.feel.limits import MAX_MATCHED_LENGTH, MAX_PATTERN_LENGTH, check_string_length
from engine.feel.patterns.characters import Matches
from engine.feel.patterns.reading import Again, Choice, Edge, Group, OneOf, Part, PatternReader, Repeat, Sequence

Spend = Callable[[int], None]

# Where the groups begin and end in the text: group 0 is the whole match.
Places = tuple[int, ...]

_MAX_INSTRUCTIONS = 4000
# So many moves of the automaton cost one step of an evaluation.
_MOVES_PER_STEP = 4


@dataclass(frozen=True, slots=True)
class Instruction:
    """`take` a character of a set, `fork` to two places, `save` a position, test an `edge`, or `match`."""

    kind: Literal["take", "fork", "save", "begin", "end", "again", "match"]
    matches: Matches | None = None
    first: int = 0
    second: int = 0
    of_line: bool = False
    any_case: bool = False


class _Program:
    def __init__(self) -> None:
        self.instructions: list[Instruction] = []

    def add(self, instruction: Instruction) -> int:
        if len(self.instructions) >= _MAX_INSTRUCTIONS:
            raise Failure("the regular expression is too large")
        self.instructions.append(instruction)
        return len(self.instructions) - 1

    def fork(self, at: int, preferred: int, other: int) -> None:
        self.instructions[at] = Instruction("fork", first=preferred, second=other)

    def part(self, part: Part) -> None:
        if isinstance(part, OneOf):
            self.add(Instruction("take", part.matches))
        elif isinstance(part, Edge):
            self.add(Instruction(part.side, of_line=part.of_line))
        elif isinstance(part, Sequence):
            for member in part.parts:
                self.part(member)
        elif isinstance(part, Again):
            self.add(Instruction("again", first=part.number, any_case=part.any_case))
        elif isinstance(part, Choice):
            self._choice(part)
        elif isinstance(part, Group):
            self.add(Instruction("save", first=2 * part.number))
            self.part(part.part)
            self.add(Instruction("save", first=2 * part.number + 1))
        else:
            self._repeat(part)

    def _choice(self, choice: Choice) -> None:
        exits: list[int] = []
        for member in choice.parts[:-1]:
            start = self.add(Instruction("fork"))
            self.part(member)
            exits.append(self.add(Instruction("fork")))
            self.fork(start, start + 1, len(self.instructions))
        self.part(choice.parts[-1])
        end = len(self.instructions)
        for place in exits:
            self.fork(place, end, end)

    def _repeat(self, repeat: Repeat) -> None:
        for _ in range(repeat.least):
            self.part(repeat.part)
        if repeat.most is None:
            start = self.add(Instruction("fork"))
            self.part(repeat.part)
            back = self.add(Instruction("fork"))
            self.fork(back, start, start)
            self._leave(start, repeat.lazy)
            return
        starts: list[int] = []
        for _ in range(repeat.most - repeat.least):
            starts.append(self.add(Instruction("fork")))
            self.part(repeat.part)
        for start in starts:
            self._leave(start, repeat.lazy)

    def _leave(self, start: int, lazy: bool) -> None:
        end = len(self.instructions)
        self.fork(start, *((end, start + 1) if lazy else (start + 1, end)))


class Pattern:
    """A regular expression that is ready to run."""

    def __init__(self, instructions: list[Instruction], groups: int) -> None:
        self._instructions = instructions
        self._groups = groups
        self._looks_back = any(instruction.kind == "again" for instruction in instructions)

    def found_in(self, text: str, spend: Spend) -> bool:
        """Whether some part of the text matches."""
        return self._search(_bounded(text), 0, spend) is not None

    def replaced(self, text: str, replacement: str, spend: Spend) -> str:
        """The text with every match replaced; `$1` stands for the first group, `$0` for the whole match."""
        pieces = _replacement(replacement, self._groups)
        parts: list[str] = []
        end = length = 0
        for places in self._matches(_bounded(text), spend):
            parts.append(text[end : places[0]])
            end = places[1]
            filled = "".join(piece if isinstance(piece, str) else _group(text, places, piece) for piece in pieces)
            parts.append(filled)
            length += len(filled)
            check_string_length(length)
        return "".join([*parts, text[end:]])

    def parts_of(self, text: str, spend: Spend) -> list[str]:
        """The text cut at every match."""
        parts: list[str] = []
        begin = 0
        for places in self._matches(_bounded(text), spend):
            parts.append(text[begin : places[0]])
            begin = places[1]
        return [*parts, text[begin:]]

    def _matches(self, text: str, spend: Spend) -> Iterator[Places]:
        """The matches one after the other; those of nothing are left out."""
        start = 0
        while start <= len(text):
            places = self._search(text, start, spend)
            if places is None:
                return
            if places[1] > places[0]:
                yield places
            start = max(places[1], places[0] + 1, start + 1) if places[1] == places[0] else places[1]

    def _search(self, text: str, start: int, spend: Spend) -> Places | None:
        nowhere: Places = (-1,) * (2 * self._groups + 2)
        if self._looks_back:
            tries = (self._try(text, (begin, *nowhere[1:]), spend) for begin in range(start, len(text) + 1))
            return next((places for places in tries if places is not None), None)
        found: Places | None = None
        threads: list[tuple[int, Places]] = []
        for position in range(start, len(text) + 1):
            seen: set[int] = set()
            advanced: list[tuple[int, Places]] = []
            if position > start:
                character = text[position - 1]
                for at, places in threads:
                    if self._instructions[at].kind == "match":
                        # Threads behind this one are less preferred.
                        found = places
                        break
                    matches = self._instructions[at].matches
                    if matches is not None and matches(character):
                        self._follow(at + 1, places, text, position, seen, advanced)
            if found is None:
                begun = (position, *nowhere[1:])
                self._follow(0, begun, text, position, seen, advanced)
            threads = advanced
            spend(1 + len(seen) // _MOVES_PER_STEP)
            if not threads and found is not None:
                return found
        return next((places for at, places in threads if self._instructions[at].kind == "match"), found)

    def _try(self, text: str, begun: Places, spend: Spend) -> Places | None:
        """The match that begins there, way by way in order of preference."""
        pending = [(0, begun[0], begun)]
        seen: set[tuple[int, int, Places]] = set()
        while pending:
            state = at, position, places = pending.pop()
            if state in seen:
                continue
            seen.add(state)
            spend(1)
            instruction = self._instructions[at]
            kind = instruction.kind
            if kind == "match":
                return (places[0], position, *places[2:])
            if kind == "fork":
                pending += [(instruction.second, position, places), (instruction.first, position, places)]
            elif kind == "save":
                slot = instruction.first
                pending.append((at + 1, position, (*places[:slot], position, *places[slot + 1 :])))
            else:
                moved = _moved(instruction, text, position, places)
                if moved is not None:
                    pending.append((at + 1, moved, places))
        return None

    def _follow(
        self, at: int, places: Places, text: str, position: int, seen: set[int], threads: list[tuple[int, Places]]
    ) -> None:
        """Adds what can be reached from `at` without taking a character, in order of preference."""
        pending = [(at, places)]
        while pending:
            at, places = pending.pop()
            if at in seen:
                continue
            seen.add(at)
            instruction = self._instructions[at]
            kind = instruction.kind
            if kind == "fork":
                pending.append((instruction.second, places))
                pending.append((instruction.first, places))
            elif kind == "save":
                slot = instruction.first
                pending.append((at + 1, (*places[:slot], position, *places[slot + 1 :])))
            elif kind == "match":
                threads.append((at, (places[0], position, *places[2:])))
            elif kind == "take":
                threads.append((at, places))
            elif _at_edge(instruction, text, position):
                pending.append((at + 1, places))


def _moved(instruction: Instruction, text: str, position: int, places: Places) -> int | None:
    """Where the text goes on after a character, an edge or the text of a group; None when it does not fit."""
    if instruction.kind == "take":
        fits = position < len(text) and instruction.matches is not None and instruction.matches(text[position])
        return position + 1 if fits else None
    if instruction.kind == "again":
        wanted = _group(text, places, instruction.first)
        found = text[position : position + len(wanted)]
        same = found.casefold() == wanted.casefold() if instruction.any_case else found == wanted
        return position + len(wanted) if same else None
    return position if _at_edge(instruction, text, position) else None


def _at_edge(instruction: Instruction, text: str, position: int) -> bool:
    if instruction.kind == "begin":
        return position == 0 or (instruction.of_line and text[position - 1] == "\n")
    return position == len(text) or (instruction.of_line and text[position] == "\n")


def _group(text: str, places: Places, number: int) -> str:
    begin, end = places[2 * number : 2 * number + 2]
    return text[begin:end] if 0 <= begin <= end else ""


def _replacement(text: str, groups: int) -> list[str | int]:
    """The pieces of a replacement: text, or the number of a group. Raises Failure for a lone `$` or backslash."""
    pieces: list[str | int] = []
    index = 0
    while index < len(text):
        character, following = text[index], text[index + 1 : index + 2]
        if character == "\\" and following in ("\\", "$"):
            pieces.append(following)
            index += 2
        elif character == "$" and following.isascii() and following.isdigit():
            index += 2
            number = int(following)
            # `$12` is group 12 where there are so many, else group 1 and a 2.
            while text[index : index + 1].isdigit() and number * 10 + int(text[index]) <= groups:
                number = number * 10 + int(text[index])
                index += 1
            pieces.append(number if number <= groups else "")
        elif character in "\\$":
            raise Failure("a `$` of the replacement must be followed by the number of a group; write `\\$` for itself")
        else:
            pieces.append(character)
            index += 1
    return pieces


def _bounded(text: str) -> str:
    if len(text) > MAX_MATCHED_LENGTH:
        raise Failure(f"only strings of up to {MAX_MATCHED_LENGTH} characters can be matched")
    return text


@lru_cache(maxsize=256)
def compiled(pattern: str, flags: str) -> Pattern:
    """The pattern, ready to match; raises Failure when it is wrong or too large."""
    if len(pattern) > MAX_PATTERN_LENGTH:
        raise Failure(f"a regular expression has at most {MAX_PATTERN_LENGTH} characters")
    reader = PatternReader(pattern, flags)
    program = _Program()
    program.part(reader.whole())
    program.add(Instruction("match"))
    return Pattern(program.instructions, reader.groups)
