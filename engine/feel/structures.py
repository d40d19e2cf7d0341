# SPDX-License-Identifier: EUPL-1.2
"""Parses the parts of an expression that have a beginning and an end: lists, contexts, loops, functions, types."""

from abc import abstractmethod
from decimal import Decimal, DecimalException

from engine.feel.errors import Failure
from engine.feel.nodes import (
    Constant,
    ContextOf,
    Entry,
    For,
    FunctionOf,
    If,
    Iterator,
    ListOf,
    Node,
    Quantified,
    RangeOf,
    TypeName,
)
from engine.feel.reader import Reader
from engine.feel.temporal import parse_temporal
from engine.feel.tokens import syntax_error
from engine.feel.types import TYPE_NAMES
from engine.feel.values import NUMBERS


class Structures(Reader):
    """The bracketed and keyword-led parts; what stands inside them is parsed by `expression`."""

    range_end = False

    @abstractmethod
    def expression(self) -> Node:
        """Any expression."""

    @abstractmethod
    def sum(self) -> Node:
        """An expression without comparison and logic, as the bound of a range."""

    def number(self, text: str, offset: int) -> Decimal:
        try:
            return NUMBERS.create_decimal(text)
        except DecimalException:
            raise syntax_error(self.source, offset, "a number below 1e6145") from None

    def parenthesis(self) -> Node:
        self.expect("(", "")
        node = self.expression()
        if self.sees(".."):
            return self.range_from(node, False)
        self.expect(")", "after the expression")
        return node

    def list_or_range(self) -> Node:
        self.expect("[", "")
        items: list[Node] = []
        while not self.sees("]"):
            items.append(self.expression())
            if len(items) == 1 and self.sees(".."):
                return self.range_from(items[0], True)
            if self.accept(",") is None:
                break
        self.expect("]", "after the list")
        return ListOf(tuple(items))

    def range_from(self, start: Node, start_included: bool) -> Node:
        self.expect("..", "between the bounds of the range")
        with self.nested():
            saved, self.range_end = self.range_end, True
            end = self.sum()
            self.range_end = saved
        closing = self.accept("]", ")", "[")
        if closing is None:
            raise self.error("`]`, `)` or `[` after the range")
        return RangeOf(start, end, start_included, closing == "]")

    def context(self) -> Node:
        self.expect("{", "")
        entries: list[Entry] = []
        while not self.sees("}"):
            entries.append(self._entry())
            if self.accept(",") is None:
                break
        self.expect("}", "after the context")
        return ContextOf(tuple(entries))

    def _entry(self) -> Entry:
        if self.token.kind == "string":
            key: str | None = self.token.text
            self.index += 1
            self.known.add(key or "")
        else:
            key = self.name_before(":")
        if key is None:
            raise self.error("the name of an entry")
        self.expect(":", "after the name of the entry")
        return Entry(key, self.expression())

    def at_literal(self) -> Node:
        self.expect("@", "")
        token = self.token
        if token.kind != "string":
            raise self.error('a string after `@`, such as @"2026-01-31"')
        self.index += 1
        try:
            return Constant(parse_temporal(token.text))
        except Failure:
            raise syntax_error(self.source, token.start, "a date, time, date and time or duration after `@`") from None

    def conditional(self) -> Node:
        self.expect("if", "")
        condition = self.expression()
        self.expect("then", "after the condition")
        then = self.expression()
        self.expect("else", "because every `if` needs an `else`")
        return If(condition, then, self.expression())

    def loop(self) -> Node:
        self.expect("for", "")
        iterators = self._iterators()
        self.expect("return", "after the iterators")
        return For(iterators, self.expression())

    def quantified(self) -> Node:
        every = self.accept("some", "every") == "every"
        iterators = self._iterators()
        self.expect("satisfies", "after the iterators")
        return Quantified(every, iterators, self.expression())

    def _iterators(self) -> tuple[Iterator, ...]:
        iterators: list[Iterator] = []
        while True:
            name = self.name_before("in")
            if name is None:
                raise self.error("a name to iterate with")
            self.expect("in", "after the name")
            source = self.expression()
            end = self.expression() if self.accept("..") else None
            iterators.append(Iterator(name, source, end))
            if self.accept(",") is None:
                return tuple(iterators)

    def function_definition(self) -> Node:
        self.expect("function", "")
        self.expect("(", "after `function`")
        parameters: list[str] = []
        while not self.sees(")"):
            name = self.name_before(",", ")", ":")
            if name is None:
                raise self.error("the name of a parameter")
            parameters.append(name)
            if self.accept(":"):
                self.type_name()
            if self.accept(",") is None:
                break
        self.expect(")", "after the parameters")
        if self.sees("external"):
            raise self.error("a FEEL body, because external functions are not allowed")
        return FunctionOf(tuple(parameters), self.expression())

    def type_name(self) -> TypeName:
        """A type such as `number`, `list<string>` or `context<a: number>`."""
        with self.nested():
            name = self._type_word()
            if name not in ("list", "range", "context", "function") or self.accept("<") is None:
                return TypeName(name)
            arguments: list[TypeName] = []
            entries: list[Entry] = []
            while not self.sees(">"):
                if name == "context":
                    key = self.name_before(":")
                    if key is None:
                        raise self.error("the name of an entry")
                    self.expect(":", "after the name")
                    entries.append(Entry(key, self.type_name()))
                else:
                    arguments.append(self.type_name())
                if self.accept(",") is None:
                    break
            self.expect(">", "after the type")
            if name == "function":
                self.expect("->", "before the type of the result")
                arguments.append(self.type_name())
            return TypeName(name, tuple(arguments), tuple(entries))

    def _type_word(self) -> str:
        words: list[str] = []
        for ahead in range(5):
            words.append(self.text_at(ahead))
        for length in (5, 4, 3, 1):
            name = " ".join(words[:length])
            if name in TYPE_NAMES:
                self.index += length
                return name
        raise self.error("a type")
