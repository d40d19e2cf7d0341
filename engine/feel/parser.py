# SPDX-License-Identifier: EUPL-1.2
"""Recursive descent from text to syntax tree; one method per level of precedence."""

from collections.abc import Callable, Iterable

from engine.feel.builtins import BUILTIN_NAMES
from engine.feel.errors import FeelLimitExceeded
from engine.feel.limits import MAX_NESTING
from engine.feel.names import KnownNames
from engine.feel.nodes import (
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    Constant,
    Entry,
    Filter,
    In,
    InstanceOf,
    Name,
    Negate,
    Node,
    Or,
    Path,
    Step,
    Test,
    UnaryTests,
    Verdict,
)
from engine.feel.structures import COMPARISONS, Structures
from engine.feel.unary import uses_input

_FUNCTIONS = KnownNames(BUILTIN_NAMES)
_WORDS = {"true": True, "false": False, "null": None}
# What may follow the closing `[` of a range such as `[1..5[`; anything else makes the bracket a filter.
_AFTER_OPEN_END = frozenset([
    "", ")", "]", "}", ",", ":", "and", "or", "then", "else", "return", "satisfies", "in", "instance", "between",
    "=", "!=", "<", "<=", ">", ">=", "+", "*", "/", ".",
])  # fmt: skip


class Parser(Structures):
    """Parses one expression or one cell of unary tests."""

    def __init__(self, source: str, names: Iterable[str] = ()) -> None:
        super().__init__(source, names, _FUNCTIONS)

    def whole_expression(self) -> Node:
        """The expression that the whole text is."""
        node = self.expression()
        self._end("an operator or the end of the expression")
        return node

    def whole_unary_tests(self) -> UnaryTests:
        """The cell that the whole text is: `-`, tests, or `not(tests)`."""
        if self.text_at(0) == "-" and self.tokens[1].kind == "end":
            return UnaryTests(False, (), span=(0, 1))
        if self._is_negated_cell():
            self.index += 2
            tests = self.tests()
            self.expect(")", "after the tests of `not`")
            cell = UnaryTests(True, tests, span=self.span(0))
        else:
            tests = self.tests()
            cell = UnaryTests(False, tests, span=self.span(0))
        self._end("`,` or the end of the cell")
        return cell

    def _is_negated_cell(self) -> bool:
        # `not(a) and b` is an expression; only a `not(...)` that spans the whole cell negates its tests.
        if not (self.text_at(0) == "not" and self.text_at(1) == "("):
            return False
        depth = 0
        for index, token in enumerate(self.tokens):
            if token.kind == "operator":
                depth += (token.text == "(") - (token.text == ")")
                if token.text == ")" and depth == 0:
                    return self.tokens[index + 1].kind == "end"
        return False

    def _end(self, expected: str) -> None:
        if self.token.kind != "end":
            if self.token.text == "=" and self.index and self.tokens[self.index - 1].text == "=":
                expected = "a single `=` to compare"
            raise self.error(expected)

    # -- expressions, from loose to tight -------------------------------------------------------------------------

    def expression(self) -> Node:
        """Any expression."""
        with self.nested():
            saved, self.range_end = self.range_end, False
            node = self._disjunction()
            self.range_end = saved
            return node

    def _disjunction(self) -> Node:
        begin = self.index
        operands = [self._conjunction()]
        while self.accept("or"):
            operands.append(self._conjunction())
        return operands[0] if len(operands) == 1 else Or(tuple(operands), span=self.span(begin))

    def _conjunction(self) -> Node:
        begin = self.index
        operands = [self._comparison()]
        while self.accept("and"):
            operands.append(self._comparison())
        return operands[0] if len(operands) == 1 else And(tuple(operands), span=self.span(begin))

    def _comparison(self) -> Node:
        begin = self.index
        left = self.sum()
        chained = 0
        while True:
            operator = self.accept(*COMPARISONS, "between", "in")
            if operator is None:
                return left
            chained = self._check_chain(chained)
            left = self._compared(left, operator, begin)

    def _compared(self, left: Node, operator: str, begin: int) -> Node:
        if operator == "between":
            low = self.sum()
            self.expect("and", "between the bounds of `between`")
            high = self.sum()
            return Between(left, low, high, span=self.span(begin))
        if operator == "in":
            tests = self._tests_of_in()
            return In(left, tests, span=self.span(begin))
        if operator == "=" and self.sees("="):
            raise self.error("a single `=` to compare")
        right = self.sum()
        return Compare(operator, left, right, span=self.span(begin))

    def _check_chain(self, length: int) -> int:
        if length >= MAX_NESTING:
            raise FeelLimitExceeded(f"more than {MAX_NESTING} operators follow each other")
        return length + 1

    def sum(self) -> Node:
        """An expression of `+` and `-` and what binds tighter."""
        return self._chain(("+", "-"), self._product)

    def _product(self) -> Node:
        return self._chain(("*", "/"), self._power)

    def _power(self) -> Node:
        return self._chain(("**",), self._negation)

    def _chain(self, operators: tuple[str, ...], operand: Callable[[], Node]) -> Node:
        begin = self.index
        first = operand()
        steps: list[Step] = []
        while (operator := self.accept(*operators)) is not None:
            steps.append(Step(operator, operand(), span=self.span(begin)))
        return Arithmetic(first, tuple(steps), span=self.span(begin)) if steps else first

    def _negation(self) -> Node:
        begin = self.index
        if self.accept("-"):
            with self.nested():
                operand = self._negation()
            return Negate(operand, span=self.span(begin))
        return self._instance()

    def _instance(self) -> Node:
        begin = self.index
        node = self._postfix()
        if self.sees("instance") and self.text_at(1) == "of":
            self.index += 2
            wanted = self.type_name()
            return InstanceOf(node, wanted, span=self.span(begin))
        return node

    def _postfix(self) -> Node:
        begin = self.index
        node = self._primary()
        chained = 0
        while True:
            if self.sees("[") and self.range_end and self.text_after_bracket_ends():
                return node
            opening = self.accept(".", "[", "(")
            if opening is None:
                return node
            chained = self._check_chain(chained)
            node = self._extended(node, opening, begin)

    def _extended(self, node: Node, opening: str, begin: int) -> Node:
        if opening == ".":
            name = self.entry_name()
            if name is None:
                raise self.error("a name after `.`")
            return Path(node, name, span=self.span(begin))
        if opening == "(":
            return self._call(node, begin)
        condition = self.expression()
        self.expect("]", "after the filter")
        return Filter(node, condition, span=self.span(begin))

    def text_after_bracket_ends(self) -> bool:
        """Whether the `[` that comes next closes a range instead of opening a filter."""
        following = self.tokens[self.index + 1]
        return following.kind == "end" or (following.kind in ("operator", "name") and following.text in _AFTER_OPEN_END)

    def _call(self, callee: Node, begin: int) -> Node:
        positional: list[Node] = []
        named: list[Entry] = []
        while not self.sees(")"):
            start = self.index
            name = self._argument_name()
            if name is not None:
                value = self.expression()
                named.append(Entry(name, value, span=self.span(start)))
            else:
                positional.append(self.expression())
            if named and positional:
                raise self.error("either names for all arguments or for none")
            if self.accept(",") is None:
                break
        self.expect(")", "after the arguments")
        return Call(callee, tuple(positional), tuple(named), span=self.span(begin))

    def _argument_name(self) -> str | None:
        name = self.name_before(":", remember=False)
        if name is not None:
            self.index += 1
        return name

    # -- primaries ------------------------------------------------------------------------------------------------

    def _primary(self) -> Node:
        begin = self.index
        token = self.token
        if token.kind == "number":
            self.index += 1
            return Constant(self.number(token.text, token.start), span=self.span(begin))
        if token.kind == "string":
            self.index += 1
            return Constant(token.text, span=self.span(begin))
        name = self.name()
        if name is not None:
            return Name(name, span=self.span(begin))
        word = self.text_at(0)
        if word in _WORDS:
            self.index += 1
            return Constant(_WORDS[word], span=self.span(begin))
        return self._structure(word)

    def _structure(self, word: str) -> Node:
        if word == "(":
            return self.parenthesis()
        if word == "[":
            return self.list_or_range()
        if word == "]":
            begin = self.index
            self.index += 1
            return self.range_from(self.expression(), False, begin)
        if word == "{":
            return self.context()
        if word == "@":
            return self.at_literal()
        if word == "if":
            return self.conditional()
        if word == "for":
            return self.loop()
        if word in ("some", "every"):
            return self.quantified()
        if word == "function":
            return self.function_definition()
        if word == "'":
            raise self.error('double quotes (") around a string')
        raise self.error("a value")

    # -- unary tests ----------------------------------------------------------------------------------------------

    def tests(self) -> tuple[Node, ...]:
        """One or more tests, separated by commas."""
        tests = [self.test()]
        while self.accept(","):
            tests.append(self.test())
        return tuple(tests)

    def test(self) -> Node:
        """`< 5`, a range, or any expression."""
        begin = self.index
        operator = self.accept(*COMPARISONS)
        if operator is None:
            expression = self.expression()
            return Verdict(expression, span=self.span(begin)) if uses_input(expression) else expression
        with self.nested():
            operand = self.sum()
        return Test(operator, operand, span=self.span(begin))

    def _tests_of_in(self) -> tuple[Node, ...]:
        begin = self.index
        if not self.sees("("):
            operator = self.accept(*COMPARISONS)
            operand = self.sum()
            return (Test(operator, operand, span=self.span(begin)) if operator else operand,)
        self.index += 1
        with self.nested():
            first = self.test()
            if self.sees("..") and not isinstance(first, Test):
                start = first.expression if isinstance(first, Verdict) else first
                return (self.range_from(start, False, begin),)
            tests = [first]
            while self.accept(","):
                tests.append(self.test())
        self.expect(")", "after the tests")
        return tuple(tests)
