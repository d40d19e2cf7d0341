# SPDX-License-Identifier: EUPL-1.2
"""Parses the parts of an expression that have a beginning and an end: lists, contexts, loops, functions."""

from abc import abstractmethod
from decimal import Decimal, DecimalException

from engine.feel.errors import Failure
from engine.feel.nodes import (
    Constant,
    ContextOf,
    Entry,
    For,
    FunctionOf,
    HalfRange,
    If,
    Iterator,
    ListOf,
    Node,
    Quantified,
    RangeOf,
    TypeName,
    Unreadable,
)
from engine.feel.temporal import parse_temporal
from engine.feel.tokens import syntax_error
from engine.feel.typenames import TypeNames
from engine.feel.values import NUMBERS

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


class Structures(TypeNames):
    """The bracketed and keyword-led parts; what stands inside them is parsed by `expression`."""

    range_end = False

    @abstractmethod
    def expression(self) -> Node:
        """Any expression."""

    @abstractmethod
    def sum(self) -> Node:
        """An expression without comparison and logic, as the bound of a range."""

    def number(self, text: str, offset: int) -> Decimal:
        """The number of a token; raises FeelSyntaxError when it is too large."""
        try:
            return NUMBERS.create_decimal(text)
        except DecimalException:
            raise syntax_error(self.source, offset, "a number below 1e6145") from None

    def parenthesis(self) -> Node:
        """`(expression)`, `(1..5]` or `(< 5)`."""
        begin = self.index
        self.expect("(", "")
        operator = self.accept(*COMPARISONS)
        if operator is not None:
            with self.nested():
                bound = self.sum()
            self.expect(")", "after the range")
            return HalfRange(operator, bound, span=self.span(begin))
        node = self.expression()
        if self.sees(".."):
            return self.range_from(node, False, begin)
        self.expect(")", "after the expression")
        return node

    def list_or_range(self) -> Node:
        """`[1, 2]` or `[1..5)`."""
        begin = self.index
        self.expect("[", "")
        items: list[Node] = []
        while not self.sees("]"):
            items.append(self.expression())
            if len(items) == 1 and self.sees(".."):
                return self.range_from(items[0], True, begin)
            if self.accept(",") is None:
                break
        self.expect("]", "after the list")
        return ListOf(tuple(items), span=self.span(begin))

    def range_from(self, start: Node, start_included: bool, begin: int) -> Node:
        """The rest of a range, from its `..`."""
        self.expect("..", "between the bounds of the range")
        with self.nested():
            saved, self.range_end = self.range_end, True
            end = self.sum()
            self.range_end = saved
        closing = self.accept("]", ")", "[")
        if closing is None:
            raise self.error("`]`, `)` or `[` after the range")
        return RangeOf(start, end, start_included, closing == "]", span=self.span(begin))

    def context(self) -> Node:
        """`{name: value, "any text": value}`."""
        begin = self.index
        self.expect("{", "")
        entries: list[Entry] = []
        while not self.sees("}"):
            entries.append(self._entry())
            if self.accept(",") is None:
                break
        self.expect("}", "after the context")
        return ContextOf(tuple(entries), span=self.span(begin))

    def _entry(self) -> Entry:
        begin = self.index
        if self.token.kind == "string":
            key: str | None = self.token.text
            self.index += 1
            self.known.add(key or "")
        else:
            key = self.name_before(":")
        if key is None:
            raise self.error("the name of an entry")
        self.expect(":", "after the name of the entry")
        value = self.expression()
        return Entry(key, value, span=self.span(begin))

    def at_literal(self) -> Node:
        """`@"2026-01-31"`; what can be read as nothing is null, as the standard says."""
        begin = self.index
        self.expect("@", "")
        token = self.token
        if token.kind != "string":
            raise self.error('a string after `@`, such as @"2026-01-31"')
        self.index += 1
        try:
            return Constant(parse_temporal(token.text), span=self.span(begin))
        except Failure as failure:
            return Unreadable(str(failure), span=self.span(begin))

    def conditional(self) -> Node:
        """`if … then … else …`."""
        begin = self.index
        self.expect("if", "")
        condition = self.expression()
        self.expect("then", "after the condition")
        then = self.expression()
        self.expect("else", "because every `if` needs an `else`")
        otherwise = self.expression()
        return If(condition, then, otherwise, span=self.span(begin))

    def loop(self) -> Node:
        """`for … return …`."""
        begin = self.index
        self.expect("for", "")
        iterators = self._iterators()
        self.expect("return", "after the iterators")
        body = self.expression()
        return For(iterators, body, span=self.span(begin))

    def quantified(self) -> Node:
        """`some … satisfies …`, `every … satisfies …`."""
        begin = self.index
        every = self.accept("some", "every") == "every"
        iterators = self._iterators()
        self.expect("satisfies", "after the iterators")
        condition = self.expression()
        return Quantified(every, iterators, condition, span=self.span(begin))

    def _iterators(self) -> tuple[Iterator, ...]:
        iterators: list[Iterator] = []
        while True:
            begin = self.index
            name = self.name_before("in")
            if name is None:
                raise self.error("a name to iterate with")
            self.expect("in", "after the name")
            source = self.expression()
            end = self.expression() if self.accept("..") else None
            iterators.append(Iterator(name, source, end, span=self.span(begin)))
            if self.accept(",") is None:
                return tuple(iterators)

    def function_definition(self) -> Node:
        """`function(a: number, b) a + b`; an external one is read, and refused when it is evaluated."""
        begin = self.index
        self.expect("function", "")
        self.expect("(", "after `function`")
        parameters: list[str] = []
        types: list[TypeName | None] = []
        while not self.sees(")"):
            name = self.name_before(",", ")", ":")
            if name is None:
                raise self.error("the name of a parameter")
            parameters.append(name)
            types.append(self.type_name() if self.accept(":") else None)
            if self.accept(",") is None:
                break
        self.expect(")", "after the parameters")
        if self.accept("->"):
            self.type_name()
        external = self.accept("external") is not None
        body = self.expression()
        return FunctionOf(tuple(parameters), body, tuple(types), external, span=self.span(begin))
