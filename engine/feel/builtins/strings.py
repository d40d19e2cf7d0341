# SPDX-License-Identifier: EUPL-1.2
"""Functions on strings; positions count from 1, negative ones from the end."""

from decimal import Decimal

from engine.feel.builtins.registry import builtin, whole
from engine.feel.errors import Failure
from engine.feel.limits import check_list_size, check_string_length
from engine.feel.patterns import compiled
from engine.feel.runtime import Runtime
from engine.feel.values import Value


@builtin("string length", "string: string")
def string_length(string: str) -> Decimal:
    return Decimal(len(string))


@builtin("upper case", "string: string")
def upper_case(string: str) -> str:
    return string.upper()


@builtin("lower case", "string: string")
def lower_case(string: str) -> str:
    return string.lower()


@builtin("trim", "string: string")
def trim(string: str) -> str:
    return string.strip()


@builtin("contains", "string: string", "match: string")
def contains(string: str, match: str) -> bool:
    return match in string


@builtin("starts with", "string: string", "match: string")
def starts_with(string: str, match: str) -> bool:
    return string.startswith(match)


@builtin("ends with", "string: string", "match: string")
def ends_with(string: str, match: str) -> bool:
    return string.endswith(match)


@builtin("substring", "string: string", "start position: number", "length: number?")
def substring(string: str, start: Decimal, length: Decimal | None) -> str:
    position = whole(start, "the start position")
    if position == 0 or abs(position) > len(string):
        raise Failure("the start position lies outside the string")
    begin = position - 1 if position > 0 else len(string) + position
    if length is None:
        return string[begin:]
    count = int(length) if length.adjusted() < 15 else len(string)
    if count < 1:
        raise Failure("the length must be at least 1")
    return string[begin : begin + count]


@builtin("substring before", "string: string", "match: string")
def substring_before(string: str, match: str) -> str:
    before, found, _ = string.partition(match) if match else ("", "", "")
    return before if found else ""


@builtin("substring after", "string: string", "match: string")
def substring_after(string: str, match: str) -> str:
    if not match:
        return string
    return string.partition(match)[2]


@builtin("matches", "input: string", "pattern: string", "flags: string?", needs_runtime=True)
def matches(runtime: Runtime, string: str, pattern: str, flags: str | None) -> bool:
    return compiled(pattern, flags or "").found_in(string, runtime.spend)


@builtin("replace", "input: string", "pattern: string", "replacement: string", "flags: string?", needs_runtime=True)
def replace(runtime: Runtime, string: str, pattern: str, replacement: str, flags: str | None) -> str:
    return compiled(pattern, flags or "").replaced(string, replacement, runtime.spend)


@builtin("split", "string: string", "delimiter: string", needs_runtime=True)
def split(runtime: Runtime, string: str, delimiter: str) -> list[str]:
    """The parts of the string; `delimiter` is a regular expression, as in the standard."""
    parts = compiled(delimiter, "").parts_of(string, runtime.spend)
    check_list_size(len(parts))
    return parts


@builtin("string join", "list: list", "delimiter: string?")
def string_join(items: list[Value], delimiter: str | None) -> str:
    """The strings in a row; nulls are left out."""
    strings = [item for item in items if item is not None]
    if not all(isinstance(item, str) for item in strings):
        raise Failure("`string join` takes strings only")
    check_string_length(sum(len(item) for item in strings) + len(delimiter or "") * len(strings))
    return (delimiter or "").join(strings)
