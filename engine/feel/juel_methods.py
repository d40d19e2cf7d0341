# SPDX-License-Identifier: EUPL-1.2
"""The methods of Java that expressions of Camunda 7 call, and the FEEL that gives the same.

Java counts from 0 and ends before the second index; FEEL counts from 1 and takes a length. A method of several classes
(`contains`, `size`) asks at run time which one it has. Text that occurs twice is harmless: expressions change nothing.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from engine.feel.errors import FeelLimitExceeded, FeelSyntaxError
from engine.feel.limits import MAX_EXPRESSION_LENGTH

#: How tight a piece of FEEL holds together.
CONDITIONAL, COMPARED, SUM, PRODUCT, NEGATED, ATOM = 1, 4, 5, 6, 7, 9


class NotTranslatable(FeelSyntaxError):
    """The expression is understood, but FEEL has no equal for a part of it; `expected` is the cure."""

    def __init__(self, line: int, column: int, reason: str, cure: str) -> None:
        super().__init__(line, column, cure)
        self.args = (f"line {line}, column {column}: {reason}",)


@dataclass(frozen=True, slots=True)
class Feel:
    """A piece of FEEL; raises FeelLimitExceeded when it grows too long."""

    text: str
    level: int = ATOM
    #: Whether it gives true or false.
    is_test: bool = False
    #: Whether it is a text written out.
    is_text: bool = False
    #: Whether `+` behind or before it joins texts: it is no number written as a text.
    in_text: bool = False
    #: Its value if it is a whole number.
    number: int | None = None

    def __post_init__(self) -> None:
        if len(self.text) > MAX_EXPRESSION_LENGTH:
            raise FeelLimitExceeded(f"the expression is longer than {MAX_EXPRESSION_LENGTH} characters")

    def within(self, level: int) -> str:
        """Its text where at least this tightness is needed."""
        return self.text if self.level >= level else f"({self.text})"


def quoted(text: str) -> str:
    """The text as a string of FEEL."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def call(name: str, *arguments: str) -> str:
    """The call of a function."""
    return f"{name}({', '.join(arguments)})"


def item(owner: Feel, index: Feel) -> Feel:
    """`owner[index]` and `owner.get(index)` of Java: an entry of a list by number, from 0, or of a map by key."""
    if index.is_text:
        return Feel(call("get value", owner.text, index.text))
    if index.number is not None:
        return Feel(f"{owner.within(ATOM)}[{index.number + 1}]")
    # `sublist` looks `index` up outside the list; a filter would look into its entries first.
    by_number = f"if {index.within(SUM)} < 0 then null else sublist({owner.text}, {_plus_one(index)}, 1)[1]"
    by_key = call("get value", owner.text, index.text)
    return Feel(f"(if {index.within(ATOM)} instance of string then {by_key} else {by_number})")


def _plus_one(index: Feel) -> str:
    return str(index.number + 1) if index.number is not None else f"{index.within(SUM)} + 1"


def _function(name: str) -> Callable[..., Feel]:
    return lambda *parts: Feel(call(name, *(part.text for part in parts)), is_test=name in ("starts with", "ends with"))


def _itself(owner: Feel) -> Feel:
    return owner


def _member(name: str) -> Callable[[Feel], Feel]:
    return lambda owner: Feel(f"get entries({owner.text}).{name}")


def _contains_entry(name: str) -> Callable[[Feel, Feel], Feel]:
    entries = _member(name)
    return lambda owner, wanted: Feel(call("list contains", entries(owner).text, wanted.text), is_test=True)


def _size(owner: Feel) -> Feel:
    counted = owner.within(ATOM)
    return Feel(f"count(if {counted} instance of context then get entries({owner.text}) else {owner.text})")


def _is_empty(owner: Feel) -> Feel:
    empty = call("list contains", '["", [], {}]', owner.text)
    return Feel(f"(if {owner.within(SUM)} = null then null else {empty})", is_test=True)


def _contains(owner: Feel, part: Feel) -> Feel:
    in_text, in_list = call("contains", owner.text, part.text), call("list contains", owner.text, part.text)
    return Feel(f"(if {owner.within(ATOM)} instance of string then {in_text} else {in_list})", is_test=True)


def _equals(owner: Feel, other: Feel) -> Feel:
    """`=` would be null for values of different types; Java says false."""
    return Feel(call("list contains", f"[{owner.text}]", other.text), is_test=True)


def _equals_ignoring_case(owner: Feel, other: Feel) -> Feel:
    return Feel(f"lower case({owner.text}) = lower case({other.text})", COMPARED, is_test=True)


def _trim(owner: Feel) -> Feel:
    return Feel(call("replace", owner.text, quoted(r"^[ \t\n\r]+|[ \t\n\r]+$"), '""'))


def _concat(owner: Feel, other: Feel) -> Feel:
    return Feel(call("string join", f"[{owner.text}, string({other.text})]"))


def _char_at(owner: Feel, index: Feel) -> Feel:
    return Feel(_not_negative(index, call("substring", owner.text, _plus_one(index), "1")))


def _from(owner: Feel, start: Feel) -> Feel:
    """The rest of a text; it is empty when `start` is its length, which FEEL's own function calls outside."""
    if start.number == 0:
        return owner
    cut = call("substring", owner.text, _plus_one(start))
    nothing = f'if {start.within(SUM)} = string length({owner.text}) then "" else {cut}'
    return Feel(_not_negative(start, nothing) if start.number is None else f"({nothing})")


def _between(owner: Feel, start: Feel, end: Feel) -> Feel:
    if start.number is not None and end.number is not None:
        length = end.number - start.number
        if length > 0:
            return Feel(call("substring", owner.text, _plus_one(start), str(length)))
        return Feel('""' if length == 0 else "null")
    cut = call("substring", owner.text, _plus_one(start), f"{end.within(SUM)} - {start.within(PRODUCT)}")
    nothing = f'if {start.within(SUM)} = {end.within(SUM)} then "" else {cut}'
    return Feel(_not_negative(start, nothing))


def _not_negative(index: Feel, otherwise: str) -> str:
    """Java refuses negative indexes; FEEL would count from the end."""
    if index.number is not None:
        return otherwise if otherwise.endswith(")") and not otherwise.startswith("if ") else f"({otherwise})"
    return f"(if {index.within(SUM)} < 0 then null else {otherwise})"


def _index_of(owner: Feel, wanted: Feel) -> Feel:
    parts = (owner.text, wanted.text)
    in_text = f"if {call('contains', *parts)} then string length({call('substring before', *parts)}) else -1"
    in_list = f"if {call('list contains', *parts)} then {call('index of', *parts)}[1] - 1 else -1"
    return Feel(f"(if {owner.within(ATOM)} instance of string then ({in_text}) else ({in_list}))")


def _matches(owner: Feel, pattern: Feel) -> Feel | None:
    """The whole text has to match, as in Java; of a pattern that is computed nobody knows the dialect."""
    return Feel(call("matches", owner.text, f'"^(?:{pattern.text[1:-1]})$"'), is_test=True) if pattern.is_text else None


def _literally(pattern: Feel) -> str | None:
    """A text of which FEEL, which would read it as a pattern, takes each sign as it is; None for a computed one."""
    return _SIGNS.sub(r"\\\\\g<0>", pattern.text) if pattern.is_text and "\\" not in pattern.text else None


def _replace(owner: Feel, old: Feel, new: Feel) -> Feel | None:
    wanted = _literally(old)
    if wanted is None or not new.is_text or set(new.text) & {"$", "\\"}:
        return None
    return Feel(call("replace", owner.text, wanted, new.text))


def _compared(operator: str) -> Callable[[Feel, Feel], Feel]:
    def translate(owner: Feel, other: Feel) -> Feel:
        return Feel(f"{owner.within(SUM)} {operator} {other.within(SUM)}", COMPARED, is_test=True)

    return translate


def _moved(sign: str, unit: str) -> Callable[[Feel, Feel], Feel]:
    def translate(owner: Feel, number: Feel) -> Feel:
        step = f'{number.within(ATOM)} * duration("{unit}")'
        return Feel(f"{owner.within(SUM)} {sign} {step}", SUM)

    return translate


def _single_entry(owner: Feel) -> Feel:
    return Feel(f"get entries({owner.within(ATOM)}[1])[1].value")


def _collected(owner: Feel, name: Feel) -> Feel:
    return Feel(f"(for row in {owner.within(ATOM)} return {call('get value', 'row', name.text)})")


#: What Camunda 7 tells of the rows that a decision gave.
RESULTS: dict[str, Callable[[Feel], Feel]] = {
    "singleResult": lambda owner: Feel(f"{owner.within(ATOM)}[1]"),
    "firstResult": lambda owner: Feel(f"{owner.within(ATOM)}[1]"),
    "resultList": _itself,
    "singleEntry": _single_entry,
}
#: What means more than itself in a pattern.
_SIGNS = re.compile(r"[.*+?^$|(){}\[\]]")
_UNITS = {"Years": "P1Y", "Months": "P1M", "Weeks": "P7D", "Days": "P1D", "Hours": "PT1H", "Minutes": "PT1M"}

#: By name and number of arguments.
METHODS: dict[tuple[str, int], Callable[..., Feel | None]] = {
    ("size", 0): _size,
    ("length", 0): _function("string length"),
    ("isEmpty", 0): _is_empty,
    ("contains", 1): _contains,
    ("containsKey", 1): _contains_entry("key"),
    ("containsValue", 1): _contains_entry("value"),
    ("get", 1): item,
    ("getErrorMessage", 0): lambda owner: Feel(f"{owner.within(ATOM)}.errorMessage"),
    ("getErrorDetails", 0): lambda owner: Feel(f"{owner.within(ATOM)}.errorDetails"),
    ("keySet", 0): _member("key"),
    ("values", 0): _member("value"),
    ("indexOf", 1): _index_of,
    ("startsWith", 1): _function("starts with"),
    ("endsWith", 1): _function("ends with"),
    ("equals", 1): _equals,
    ("equalsIgnoreCase", 1): _equals_ignoring_case,
    ("toLowerCase", 0): _function("lower case"),
    ("toUpperCase", 0): _function("upper case"),
    ("trim", 0): _trim,
    ("replace", 2): _replace,
    ("concat", 1): _concat,
    ("charAt", 1): _char_at,
    ("substring", 1): _from,
    ("substring", 2): _between,
    ("matches", 1): _matches,
    ("toString", 0): _function("string"),
    ("intValue", 0): lambda owner: Feel(call("round down", owner.text, "0")),
    ("longValue", 0): lambda owner: Feel(call("round down", owner.text, "0")),
    ("doubleValue", 0): _itself,
    ("booleanValue", 0): _itself,
    ("toDate", 0): _itself,
    ("before", 1): _compared("<"),
    ("isBefore", 1): _compared("<"),
    ("after", 1): _compared(">"),
    ("isAfter", 1): _compared(">"),
    **{(f"get{name[0].upper()}{name[1:]}", 0): translate for name, translate in RESULTS.items()},
    ("collectEntries", 1): _collected,
    **{(f"plus{name}", 1): _moved("+", unit) for name, unit in _UNITS.items()},
    **{(f"minus{name}", 1): _moved("-", unit) for name, unit in _UNITS.items()},
}
