# SPDX-License-Identifier: EUPL-1.2
"""FEEL, the expression language of DMN 1.5: parse, evaluate, explain what is wrong.

Run-time errors are values: a part that has no result becomes null and leaves a warning in the `Result`. Only two
things are raised: `FeelSyntaxError` for text that is no FEEL, `FeelLimitExceeded` for expressions that would take too
much time or memory. Expressions reach nothing but the values of the scope: no attributes, no Python.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from engine.feel.errors import FeelError, FeelLimitExceeded, FeelSyntaxError
from engine.feel.evaluator import Evaluator
from engine.feel.marker import strip_marker
from engine.feel.names import free_names, long_names
from engine.feel.nodes import Node
from engine.feel.parser import Parser
from engine.feel.runtime import Clock
from engine.feel.values import Range, Value, YearsMonths

__all__ = [
    "Clock",
    "Expression",
    "FeelError",
    "FeelLimitExceeded",
    "FeelSyntaxError",
    "Range",
    "Result",
    "YearsMonths",
    "check_unary_tests",
    "evaluate",
    "evaluate_unary_tests",
    "parse",
    "parse_unary_tests",
    "strip_marker",
    "variables_of",
]


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression, or a parsed cell of unary tests."""

    text: str
    root: Node


@dataclass(frozen=True, slots=True)
class Result:
    """What an evaluation gave; `warnings` say why parts of it became null."""

    value: Value
    warnings: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def parse(text: str, names: frozenset[str] = frozenset()) -> Expression:
    """The expression that `text` is. Raises FeelSyntaxError, FeelLimitExceeded.

    `names` are variables whose names are more than one word, such as `Monthly Salary`.
    """
    try:
        return Expression(text, Parser(text, names).whole_expression())
    except RecursionError:
        raise FeelLimitExceeded("the expression is nested too deep") from None


@lru_cache(maxsize=4096)
def parse_unary_tests(text: str, names: frozenset[str] = frozenset()) -> Expression:
    """The cell of a decision table that `text` is. Raises FeelSyntaxError, FeelLimitExceeded."""
    try:
        return Expression(text, Parser(text, names).whole_unary_tests())
    except RecursionError:
        raise FeelLimitExceeded("the expression is nested too deep") from None


def evaluate(expression: str | Expression, scope: Mapping[str, object], *, clock: Clock | None = None) -> Result:
    """The value of the expression with the names of `scope`.

    `clock` is what `now()` and `today()` read; without it they are null. Raises FeelSyntaxError for text that is no
    FEEL, FeelLimitExceeded when the evaluation grows beyond its bounds.
    """
    if isinstance(expression, str):
        expression = parse(expression, long_names(scope))
    evaluator = Evaluator(clock)
    value = evaluator.run(expression.root, scope)
    return Result(value, tuple(evaluator.runtime.warnings))


def check_unary_tests(
    tests: str | Expression, value: object, scope: Mapping[str, object], *, clock: Clock | None = None
) -> Result:
    """Like `evaluate_unary_tests`, with null for "cannot be told" and the warnings that say why."""
    if isinstance(tests, str):
        tests = parse_unary_tests(tests, long_names(scope))
    evaluator = Evaluator(clock)
    verdict = evaluator.run(tests.root, scope, {"?": value})
    return Result(verdict, tuple(evaluator.runtime.warnings))


def evaluate_unary_tests(
    tests: str | Expression, value: object, scope: Mapping[str, object], *, clock: Clock | None = None
) -> bool:
    """Whether `value` passes the tests of a decision table cell: `-`, `< 5, [7..9]`, `not("A")`, `? > limit`."""
    return check_unary_tests(tests, value, scope, clock=clock).value is True


def variables_of(expression: str | Expression) -> set[str]:
    """The names that the expression reads from its scope; names bound by `for`, `some`, `every` do not count."""
    if isinstance(expression, str):
        expression = parse(expression)
    return free_names(expression.root)
