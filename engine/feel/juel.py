# SPDX-License-Identifier: EUPL-1.2
"""Translates the expressions of Camunda 7 models (`${a == 1 && !b}`) to FEEL, as far as that is honest.

The dialect of the platform writes FEEL inside `${...}` too, so text that is FEEL already stays as it is.
"""

import re

from engine.feel.errors import FeelLimitExceeded, FeelSyntaxError
from engine.feel.limits import MAX_EXPRESSION_LENGTH, MAX_NESTING
from engine.feel.tokens import position

_TOKEN = re.compile(
    r"""\s+ | "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | \d+(?:\.\d+)?(?:[eE][+-]?\d+)? | [^\W\d]\w*
      | == | != | <= | >= | && | \|\| | \*\* | \.\. | [-+*/%<>=!?:().,\[\]{}@]""",
    re.VERBOSE | re.DOTALL,
)
_OPERATORS = {
    "==": "=", "eq": "=", "ne": "!=", "&&": "and", "||": "or", "lt": "<", "gt": ">", "le": "<=", "ge": ">=",
    "div": "/",
}  # fmt: skip
_OPEN, _CLOSE = "([{", ")]}"


def to_feel(text: str) -> str:
    """The FEEL for a JUEL expression without its `${` and `}`; raises FeelSyntaxError, FeelLimitExceeded."""
    return "".join(_Translation(text).expression()).strip()


class _Translation:
    def __init__(self, text: str) -> None:
        if len(text) > MAX_EXPRESSION_LENGTH:
            raise FeelLimitExceeded(f"the expression is longer than {MAX_EXPRESSION_LENGTH} characters")
        self._text = text
        self._tokens = self._split()
        self._index = 0
        self._depth = 0

    def _split(self) -> list[tuple[str, int]]:
        tokens: list[tuple[str, int]] = []
        offset = 0
        while offset < len(self._text):
            match = _TOKEN.match(self._text, offset)
            if match is None:
                raise self._error(offset, f"no character {self._text[offset]!r} in an expression")
            tokens.append((match.group(), offset))
            offset = match.end()
        return tokens

    def _error(self, offset: int, expected: str) -> FeelSyntaxError:
        return FeelSyntaxError(*position(self._text, offset), expected)

    def expression(self) -> list[str]:
        """Translated pieces up to the end, a closing bracket, a comma or the `:` of an enclosing ternary."""
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise FeelLimitExceeded(f"the expression is nested deeper than {MAX_NESTING} levels")
        pieces: list[str] = []
        while self._index < len(self._tokens):
            token, offset = self._tokens[self._index]
            if token in (")", "]", "}", ",", ":"):
                break
            if token == "?" and self._is_ternary(pieces):
                pieces = self._ternary(pieces, offset)
            else:
                pieces.extend(self._piece(token, offset))
        self._depth -= 1
        return pieces

    def _is_ternary(self, pieces: list[str]) -> bool:
        return bool("".join(pieces).strip())

    def _ternary(self, condition: list[str], offset: int) -> list[str]:
        self._index += 1
        then = self.expression()
        if self._index >= len(self._tokens) or self._tokens[self._index][0] != ":":
            raise self._error(offset, "a `:` after the `?`")
        self._index += 1
        otherwise = self.expression()
        parts = ("".join(part).strip() for part in (condition, then, otherwise))
        return ["(if {} then {} else {})".format(*parts)]

    def _piece(self, token: str, offset: int) -> list[str]:
        self._index += 1
        if token in _OPEN:
            return self._bracket(token, offset)
        if token == "!" or (token == "not" and not self._next_is("(")):
            return ["not(", *self._operand(offset), ")"]
        if token == "empty":
            operand = "".join(self._operand(offset)).strip()
            return [f'({operand} = null or {operand} = "" or {operand} = [])']
        if token in ("%", "mod"):
            raise self._error(offset, "`modulo(a, b)` instead of `%`")
        if token.startswith("'"):
            return ['"' + token[1:-1].replace("\\'", "'").replace('"', '\\"') + '"']
        if token in _OPERATORS:
            return [f" {_OPERATORS[token]} " if token.isalpha() else _OPERATORS[token]]
        if token == ".":
            self._refuse_method(offset)
        return [token]

    def _bracket(self, opening: str, offset: int) -> list[str]:
        pieces = [opening]
        closing = _CLOSE[_OPEN.index(opening)]
        while True:
            pieces.extend(self.expression())
            if self._index >= len(self._tokens):
                raise self._error(offset, f"`{closing}` for this `{opening}`")
            token = self._tokens[self._index][0]
            self._index += 1
            pieces.append(token)
            if token in _CLOSE:
                return pieces

    def _operand(self, offset: int) -> list[str]:
        """What `!` applies to: a bracket, or a name with its path and arguments."""
        pieces: list[str] = []
        self._skip_space()
        if self._index >= len(self._tokens):
            raise self._error(offset, "a value after `!`")
        token, at = self._tokens[self._index]
        pieces.extend(self._piece(token, at))
        while self._index < len(self._tokens) and self._tokens[self._index][0] in (".", "(", "["):
            token, at = self._tokens[self._index]
            pieces.extend(self._piece(token, at))
            if token == "." and self._index < len(self._tokens):
                pieces.extend(self._piece(*self._tokens[self._index]))
        return pieces

    def _skip_space(self) -> None:
        while self._index < len(self._tokens) and self._tokens[self._index][0].isspace():
            self._index += 1

    def _next_is(self, text: str) -> bool:
        return any(token == text for token, _ in self._tokens[self._index : self._index + 2] if not token.isspace())

    def _refuse_method(self, offset: int) -> None:
        following = [token for token, _ in self._tokens[self._index : self._index + 2]]
        if len(following) == 2 and following[0].isidentifier() and following[1] == "(":
            raise self._error(offset, f"no method call `.{following[0]}(...)`; use a FEEL function or a service task")
