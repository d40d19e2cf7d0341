# SPDX-License-Identifier: EUPL-1.2
"""How the value of an expression came about: its parts with their values, in German for people who decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.feel.compiling import Compiler
from engine.feel.compiling.functions import apply
from engine.feel.errors import FeelLimitExceeded
from engine.feel.expressions import Expression, parse_for
from engine.feel.german import german_line
from engine.feel.nodes import Constant, Node
from engine.feel.runtime import Clock, Runtime
from engine.feel.scopes import Scope
from engine.feel.types import FindType
from engine.feel.values import Value

_MAX_PARTS = 200
_MAX_DEPTH = 12
_MAX_LINES = 40


@dataclass(frozen=True, slots=True)
class Explanation:
    """A part of an expression, its value, and the parts that it was made of; literals are left out."""

    source: str
    node: Node
    value: Value
    parts: tuple["Explanation", ...] = ()

    @property
    def text(self) -> str:
        """The part as it is written."""
        start, end = self.node.span
        return self.source[start:end]

    def german(self) -> list[str]:
        """One line per part, indented below what it is a part of: `betrag ist mehr als 100: trifft zu`."""
        lines: list[str] = []
        self._write(lines, 0)
        return lines

    def _write(self, lines: list[str], depth: int) -> None:
        if len(lines) >= _MAX_LINES:
            return
        lines.append("  " * depth + german_line(self.node, self.source, self.value))
        for part in self.parts:
            part._write(lines, depth + 1)


class _Recorder:
    """The watch of an explained evaluation; parts beyond the bounds are not kept."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[tuple[Node, list[Explanation]]] = []
        self._kept = 0
        self.whole: list[Explanation] = []

    def begin(self, node: Any) -> None:
        """A part is about to be evaluated."""
        self._open.append((node, []))

    def end(self, value: Value) -> None:
        """The part that began last has this value."""
        node, parts = self._open.pop()
        above = self._open[-1][1] if self._open else self.whole
        self._kept += 1
        if self._open and (
            self._kept > _MAX_PARTS or len(self._open) > _MAX_DEPTH or isinstance(node, Constant) or node.span == (0, 0)
        ):
            return
        above.append(Explanation(self._text, node, value, tuple(parts)))


def explain(
    expression: str | Expression,
    scope: Mapping[str, object],
    *,
    clock: Clock | None = None,
    types: FindType | None = None,
) -> Explanation:
    """The value of the expression and of its parts; of a long evaluation, the first parts.

    Raises FeelSyntaxError, FeelLimitExceeded like `evaluate`.
    """
    if isinstance(expression, str):
        expression = parse_for(expression, scope)
    recorder = _Recorder(expression.text)
    code = Compiler(expression.text, watched=True).code(expression.root)
    run = Runtime(clock, apply, types)
    run.watch = recorder
    try:
        code(run, Scope(scope, None, foreign=True))
    except RecursionError:
        raise FeelLimitExceeded("the evaluation is nested too deep") from None
    return recorder.whole[0]
