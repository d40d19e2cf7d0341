# SPDX-License-Identifier: EUPL-1.2
"""Parsing with a memory, and evaluating."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from engine.feel.compiling import Code, Compiler
from engine.feel.compiling.functions import apply
from engine.feel.errors import FeelLimitExceeded
from engine.feel.juel_objects import OfJuel
from engine.feel.names import inner_names, long_names
from engine.feel.nodes import Node
from engine.feel.parser import Parser
from engine.feel.runtime import Clock, Runtime
from engine.feel.scopes import Scope
from engine.feel.types import FindType
from engine.feel.values import Value

_NO_NAMES: frozenset[str] = frozenset()
# Where a name inside a variable may be longer than a word: `person.e-mail`, `people[Last Name = "X"]`.
_MAY_NAME_ENTRIES = re.compile(r"\[|\.\s*[^\W\d][\w ]*[-+*/']")


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression, or a parsed cell of unary tests."""

    text: str
    root: Node
    code: Code = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "code", Compiler(self.text).code(self.root))


class Result(NamedTuple):
    """What an evaluation gave; `warnings` say where and why parts of it became null."""

    value: Value
    warnings: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def parse(text: str, names: frozenset[str] = _NO_NAMES) -> Expression:
    """The expression that `text` is. Raises FeelSyntaxError, FeelLimitExceeded.

    `names` are variables whose names are more than one word, such as `Monthly Salary`.
    """
    try:
        return Expression(text, Parser(text, names).whole_expression())
    except RecursionError:
        raise FeelLimitExceeded("the expression is nested too deep") from None


@lru_cache(maxsize=4096)
def parse_unary_tests(text: str, names: frozenset[str] = _NO_NAMES) -> Expression:
    """The cell of a decision table that `text` is. Raises FeelSyntaxError, FeelLimitExceeded."""
    try:
        return Expression(text, Parser(text, names).whole_unary_tests())
    except RecursionError:
        raise FeelLimitExceeded("the expression is nested too deep") from None


def parse_for(text: str, scope: Mapping[str, object], *, tests: bool = False) -> Expression:
    """The expression, or the cell of unary tests, with the names of the scope. Raises like `parse`."""
    looks_inside = ("." in text or "[" in text) and _may_name_entries(text)
    inner = inner_names(scope) if looks_inside else _NO_NAMES
    return _parsed(text, tuple(scope), inner, tests)


@lru_cache(maxsize=4096)
def _parsed(text: str, names: tuple[str, ...], inner: frozenset[str], tests: bool) -> Expression:
    return (parse_unary_tests if tests else parse)(text, long_names(names) | inner)


@lru_cache(maxsize=4096)
def _may_name_entries(text: str) -> bool:
    return _MAY_NAME_ENTRIES.search(text) is not None


def evaluate(
    expression: str | Expression,
    scope: Mapping[str, object],
    *,
    clock: Clock | None = None,
    types: FindType | None = None,
) -> Result:
    """The value of the expression with the names of `scope`.

    `clock` is what `now()` and `today()` read; without it they are null. `types` finds the types of the host that
    `instance of` may name. Raises FeelSyntaxError for text that is no FEEL, FeelLimitExceeded when the evaluation
    grows beyond its bounds, UnknownName when FEEL that was JUEL reads what is not there.
    """
    run = Runtime(clock, apply, types)
    if isinstance(expression, OfJuel):
        run.juel = expression.written
    if isinstance(expression, str):
        expression = parse_for(expression, scope)
    return _run(expression.code, Scope(scope, None, True), run)


def check_unary_tests(
    tests: str | Expression,
    value: object,
    scope: Mapping[str, object],
    *,
    clock: Clock | None = None,
    types: FindType | None = None,
) -> Result:
    """Like `evaluate_unary_tests`, with null for "cannot be told" and the warnings that say why."""
    if isinstance(tests, str):
        tests = parse_for(tests, scope, tests=True)
    inner = Scope({"?": value}, Scope(scope, None, True), True)
    return _run(tests.code, inner, Runtime(clock, apply, types))


def _run(code: Code, scope: Scope, run: Runtime) -> Result:
    try:
        value = code(run, scope)
        if isinstance(value, list | dict):
            run.spend_on_all(value)
    except RecursionError:
        raise FeelLimitExceeded("the evaluation is nested too deep") from None
    return Result(value, tuple(run.warnings) if run.warnings else ())


def evaluate_unary_tests(
    tests: str | Expression,
    value: object,
    scope: Mapping[str, object],
    *,
    clock: Clock | None = None,
    types: FindType | None = None,
) -> bool:
    """Whether `value` passes the tests of a decision table cell: `-`, `< 5, [7..9]`, `not("A")`, `? > limit`."""
    return check_unary_tests(tests, value, scope, clock=clock, types=types).value is True
