# SPDX-License-Identifier: EUPL-1.2
"""Code for functions: their definition and their calls."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time

from engine.feel.builtins import BUILTINS
from engine.feel.builtins.registry import Builtin
from engine.feel.calendars import make_datetime
from engine.feel.compiling.base import Code, Compiler, makes, weight
from engine.feel.compiling.reading import finding
from engine.feel.errors import Failure, UnknownName
from engine.feel.nodes import Call, FunctionOf, Name, Node, TypeName
from engine.feel.runtime import Runtime
from engine.feel.scopes import Scope
from engine.feel.types import conforms
from engine.feel.values import MISSING, FarDate, FarDateTime, Function, HostFunction, Value, kind_of


class Closure(Function):
    """A function written in FEEL, with the scope that it was written in."""

    def __init__(self, node: FunctionOf, body: Code, cost: int, scope: Scope) -> None:
        self.parameters = node.parameters
        self.types = node.types
        self.body = body
        self.cost = cost
        self.scope = scope

    def accepts(self, count: int) -> bool:
        """Whether it has so many parameters."""
        return count == len(self.parameters)


@makes(FunctionOf)
def function_of(compiler: Compiler, node: FunctionOf) -> Code:
    """`function(a, b) a + b`."""
    if node.external:

        def refuse(run: Runtime, scope: Scope) -> Value:
            raise Failure("external functions are not allowed")

        return compiler.guarded(node, refuse)
    body, cost = compiler.code(node.body), weight(node.body)
    return lambda run, scope: Closure(node, body, cost, scope)


@makes(Call)
def call(compiler: Compiler, node: Call) -> Code:
    """`f(1, 2)`, `f(a: 1, b: 2)`."""
    if isinstance(node.callee, Name) and node.callee.name == "is defined":
        return _is_defined(compiler, node)
    name = f"{node.callee.name}()" if isinstance(node.callee, Name) else "function"
    callee = _callee(compiler, node.callee)
    positional = compiler.codes(node.positional)
    named = [(entry.key, compiler.code(entry.value)) for entry in node.named]

    def run_call(run: Runtime, scope: Scope) -> Value:
        run.spend(1)
        function = callee(run, scope)
        arguments = [argument(run, scope) for argument in positional]
        by_name = {key: value(run, scope) for key, value in named}
        try:
            return _apply(run, function, arguments, by_name)
        except Failure as failure:
            raise Failure(f"{name}: {failure}") from None

    return compiler.guarded(node, run_call)


def _callee(compiler: Compiler, callee: Node) -> Code:
    """The function that is called; its code raises Failure when there is none."""
    if isinstance(callee, Name):
        return _named_callee(callee.name)
    code = compiler.code(callee)

    def find(run: Runtime, scope: Scope) -> Value:
        function = code(run, scope)
        if not isinstance(function, Function):
            raise Failure(f"a {kind_of(function)} cannot be called")
        return function

    return find


def _named_callee(name: str) -> Code:
    builtin = BUILTINS.get(name)

    def find(run: Runtime, scope: Scope) -> Value:
        # A variable named like a built-in (`date`, `count`) must not hide the function.
        found, _ = scope.lookup(name)
        function = found if isinstance(found, Function) else builtin
        if function is None:
            raise Failure(f"there is no function `{name}`")
        return function

    return find


def _is_defined(compiler: Compiler, node: Call) -> Code:
    arguments = node.positional or tuple(entry.value for entry in node.named)
    find = finding(compiler, arguments[0]) if len(arguments) == 1 else None

    def test(run: Runtime, scope: Scope) -> Value:
        if find is None:
            raise Failure("is defined(): takes one argument")
        try:
            return find(run, scope)[0] is not MISSING
        except (Failure, UnknownName):
            return False

    return compiler.guarded(node, test)


def apply(run: Runtime, function: Function, arguments: list[Value]) -> Value:
    """Calls any FEEL function by position; raises Failure."""
    return _apply(run, function, arguments, {})


def _apply(run: Runtime, function: Function, positional: Sequence[Value], named: Mapping[str, Value]) -> Value:
    if isinstance(function, Builtin):
        for argument in positional:
            run.spend_on_size(argument)
        result = function(run, positional, named)
        run.spend_on_size(result)
        return result
    if not isinstance(function, Closure | HostFunction):
        raise Failure("this function cannot be called")
    parameters = function.parameters
    if len(positional) + len(named) != len(parameters) or set(named) - set(parameters):
        raise Failure(f"the function takes {len(parameters)} arguments")
    bound = dict(zip(parameters, positional, strict=False)) if positional else dict(named)
    if isinstance(function, HostFunction):
        return function.call([bound[name] for name in parameters])
    run.spend(function.cost)
    for name, wanted in zip(parameters, function.types, strict=False):
        if wanted is not None:
            bound[name] = _brought_into(bound[name], wanted, run)
    with run.deeper():
        return function.body(run, Scope(bound, function.scope))


def _brought_into(value: Value, wanted: TypeName, run: Runtime) -> Value:
    """The argument in the declared type, by the implicit conversions of the standard; null when it does not fit."""
    if conforms(value, wanted, run.find_type):
        return value
    if isinstance(value, list) and len(value) == 1 and conforms(value[0], wanted, run.find_type):
        return value[0]
    if wanted.name == "list" and conforms([value], wanted, run.find_type):
        return [value]
    if wanted.name == "date and time" and isinstance(value, date | FarDate):
        return midnight(value)
    return None


def midnight(day: date | FarDate) -> datetime | FarDateTime:
    """The beginning of a day in UTC, which a date stands for where a date and time is asked for."""
    return make_datetime(day, time(0, 0, tzinfo=UTC))
