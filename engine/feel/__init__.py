# SPDX-License-Identifier: EUPL-1.2
"""FEEL, the expression language of DMN 1.5: parse, evaluate, explain what is wrong.

Run-time errors are values: a part that has no result becomes null and leaves a warning in the `Result`. Only three
things are raised: `FeelSyntaxError` for text that is no FEEL, `FeelLimitExceeded` for expressions that would take too
much time or memory, `UnknownName` for JUEL that reads what is not there. Expressions reach nothing but the values of
the scope: no attributes, no Python.
"""

from engine.feel.errors import FeelError, FeelLimitExceeded, FeelSyntaxError, UnknownName
from engine.feel.explaining import Explanation, explain
from engine.feel.expressions import (
    Expression,
    Result,
    check_unary_tests,
    evaluate,
    evaluate_unary_tests,
    parse,
    parse_unary_tests,
)
from engine.feel.marker import strip_marker, stripped_change
from engine.feel.names import free_names
from engine.feel.runtime import Clock
from engine.feel.types import FindType
from engine.feel.values import Range, YearsMonths

__all__ = [
    "Clock",
    "Explanation",
    "Expression",
    "FeelError",
    "FeelLimitExceeded",
    "FeelSyntaxError",
    "FindType",
    "Range",
    "Result",
    "UnknownName",
    "YearsMonths",
    "check_unary_tests",
    "evaluate",
    "evaluate_unary_tests",
    "explain",
    "parse",
    "parse_unary_tests",
    "strip_marker",
    "stripped_change",
    "variables_of",
]


def variables_of(expression: str | Expression, names: frozenset[str] = frozenset()) -> set[str]:
    """The names that the expression reads from its scope; names bound by `for`, `some`, `every` do not count.

    `names` are variables whose names are more than one word. Raises FeelSyntaxError, FeelLimitExceeded.
    """
    if isinstance(expression, str):
        expression = parse(expression, names)
    return free_names(expression.root)
