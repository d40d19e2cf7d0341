# SPDX-License-Identifier: EUPL-1.2
"""The types of a model and whether values are of them (DMN 1.5, 7.3.3 and 10.3.2.9).

A value that does not fit is first brought into the type where the standard says so: one thing becomes a list of one
and back, a date becomes its midnight in UTC.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from engine.dmn.types import converted
from engine.feel import Expression, check_unary_tests, evaluate
from engine.feel.errors import Failure
from engine.feel.text import value_text
from engine.feel.values import Function, Value, kind_of

# Reads a value from outside as a built-in type; raises Failure.
Reading = Callable[[Value, str | None], Value]


@dataclass(eq=False, slots=True)
class Type:
    """A type: `builtin` (a FEEL name), a list `of` something, a context with `parts`, a function, or anything.

    Filled in after it is made, because types may refer to each other in any order.
    """

    name: str
    builtin: str | None = None
    of: "Type | None" = None
    parts: dict[str, "Type"] | None = None
    is_function: bool = False
    takes: tuple["Type", ...] | None = None
    gives: "Type | None" = None
    allowed: Expression | None = None
    constraint: Expression | None = None
    same_as: "Type | None" = field(default=None, repr=False)

    @property
    def plain(self) -> str | None:
        """The FEEL name of the built-in type that this is in the end."""
        return self.builtin if self.same_as is None else self.same_as.plain

    @property
    def results(self) -> "Type":
        """What the type of a function says of its results; modelers also write the type of the results itself."""
        if self.same_as is not None:
            return self if self.same_as.results is self.same_as else self.same_as.results
        return (self.gives or ANY) if self.is_function else self

    @property
    def is_any(self) -> bool:
        """Whether every value fits."""
        plain = self.builtin is None and self.of is None and self.parts is None and not self.is_function
        return plain and self.allowed is None and self.constraint is None and self.same_as is None


ANY = Type("Any")


def read_as_declared(value: Value, wanted: str | None) -> Value:
    """For values of a case, which may arrive as text: `"2026-01-31"` for a date. Raises Failure."""
    return converted(value, wanted)


def as_it_is(value: Value, wanted: str | None) -> Value:
    """For values that were computed: nothing is read from text. Raises Failure when it is of another type."""
    kind = kind_of(value)
    if wanted is None or kind == wanted or (wanted == "duration" and kind.endswith("duration")):
        return value
    if wanted == "date and time" and kind == "date":
        return _midnight(value)
    raise Failure(f"{_shown(value)} is a {kind}, not a {wanted}")


def conform(value: Value, wanted: Type, read: Reading = as_it_is) -> Value:
    """The value as one of the type; null always is. Raises Failure with the reason when it is none."""
    if value is None or wanted.is_any:
        return value
    if wanted.same_as is not None:
        fitted = conform(value, wanted.same_as, read)
    elif wanted.of is not None:
        fitted = _list(value, wanted.of, read)
    elif isinstance(value, list) and wanted.builtin != "list":
        if len(value) != 1:
            raise Failure(f"a list of {len(value)} entries is no {wanted.name}")
        return conform(value[0], wanted, read)
    elif wanted.parts is not None:
        fitted = _context(value, wanted, read)
    elif wanted.is_function:
        if not isinstance(value, Function):
            raise Failure(f"{_shown(value)} is no function")
        fitted = value
    elif wanted.builtin == "list" and not isinstance(value, list):
        fitted = [value]
    else:
        fitted = read(value, wanted.builtin)
    _check(fitted, wanted)
    return fitted


def is_shaped(value: Value, wanted: Type) -> bool:
    """Whether a value is an instance of the type, as `instance of` asks: allowed values do not matter."""
    if value is None or wanted.same_as is not None:
        return value is None or (wanted.same_as is not None and is_shaped(value, wanted.same_as))
    if wanted.of is not None:
        return isinstance(value, list) and all(is_shaped(item, wanted.of) for item in value)
    if wanted.parts is not None:
        parts = wanted.parts.items()
        return isinstance(value, dict) and all(name in value and is_shaped(value[name], part) for name, part in parts)
    if wanted.is_function:
        return isinstance(value, Function) and (wanted.takes is None or value.accepts(len(wanted.takes)))
    kind = kind_of(value)
    return wanted.builtin in (None, kind) or (wanted.builtin == "duration" and kind.endswith("duration"))


def _list(value: Value, of: Type, read: Reading) -> Value:
    items = value if isinstance(value, list) else [value]
    fitted = [conform(item, of, read) for item in items]
    return value if value is items and all(a is b for a, b in zip(fitted, items, strict=True)) else fitted


def _context(value: Value, wanted: Type, read: Reading) -> Value:
    if not isinstance(value, dict):
        raise Failure(f"{_shown(value)} is no {wanted.name}")
    fitted: dict[str, Value] = {}
    for name, part in (wanted.parts or {}).items():
        if name not in value and read is as_it_is:
            raise Failure(f"the entry `{name}` of {wanted.name} is missing")
        try:
            fitted[name] = conform(value.get(name), part, read)
        except Failure as failure:
            raise Failure(f"{name}: {failure}") from None
    if all(name in value and fitted[name] is value[name] for name in fitted):
        return value
    return {**value, **fitted}


def _check(value: Value, wanted: Type) -> None:
    for tests in (wanted.allowed, wanted.constraint):
        if tests is not None and value is not None and check_unary_tests(tests, value, {}).value is not True:
            raise Failure(f"{_shown(value)} is not among the allowed values ({tests.text[:80]})")


def _midnight(day: Value) -> Value:
    return evaluate('date and time(day, time("00:00:00Z"))', {"day": day}).value


def _shown(value: Value) -> str:
    return value_text(value)[:80]
