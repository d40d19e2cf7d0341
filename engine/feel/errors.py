# SPDX-License-Identifier: EUPL-1.2
"""What can go wrong with an expression, and who gets to see it.

`FeelSyntaxError`, `FeelLimitExceeded` and `UnknownName` leave the package. `Failure` never does: the evaluator turns it
into a null and a warning, because in FEEL a run-time error is a value.
"""


class FeelError(Exception):
    """Base of everything this package raises."""


class FeelSyntaxError(FeelError):
    """The text is not FEEL. `line` and `column` count from 1; `expected` says what would have been right."""

    def __init__(self, line: int, column: int, expected: str) -> None:
        super().__init__(f"line {line}, column {column}: expected {expected}")
        self.line = line
        self.column = column
        self.expected = expected


class FeelLimitExceeded(FeelError):
    """The expression is too long, too deep, too slow or its values grow too large; it was stopped."""


class UnknownName(FeelError):
    """An expression of Camunda 7 reads a variable that does not exist; `name` is its name.

    In FEEL it would be null.
    """

    def __init__(self, name: str, written: str) -> None:
        super().__init__(f"Unknown property used in expression: {written}. Cause: Cannot resolve identifier '{name}'")
        self.name = name


class Failure(Exception):
    """An operation has no result for these values (internal: becomes null plus a warning)."""
