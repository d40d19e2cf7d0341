# SPDX-License-Identifier: EUPL-1.2
"""How built-in functions are declared, found, and handed their arguments."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from engine.feel.errors import Failure
from engine.feel.runtime import Runtime
from engine.feel.values import Function, Value, kind_of

Body = Callable[..., Value]
AnyBody = TypeVar("AnyBody", bound=Body)

# Kinds a parameter may ask for beyond the names of `kind_of`.
_GROUPS: dict[str, tuple[str, ...]] = {
    "point": (
        "number",
        "string",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
    ),
    "day": ("date", "date and time"),
    "clock": ("time", "date and time"),
    "duration": ("days and time duration", "years and months duration"),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its FEEL name, what kind it takes, whether it may be left out or takes all that follow."""

    name: str
    kind: str
    optional: bool
    rest: bool

    @classmethod
    def read(cls, text: str) -> "Parameter":
        """From a declaration: `length: number?` is optional, `*items: any` takes the rest."""
        name, _, kind = text.partition(": ")
        return cls(name.lstrip("*"), kind.rstrip("?"), kind.endswith("?"), name.startswith("*"))

    def fit(self, value: Value) -> Value:
        """The argument in the wanted kind, with the singleton lists of the standard; raises Failure."""
        if value is None and self.optional:
            return None
        if self._takes(value):
            return value
        if isinstance(value, list) and len(value) == 1 and self._takes(value[0]):
            return value[0]
        if self.kind == "list" and value is not None:
            return [value]
        raise Failure(f"`{self.name}` must be {self.kind}, not {kind_of(value)}")

    def _takes(self, value: Value) -> bool:
        kind = kind_of(value)
        return self.kind == "any" or kind == self.kind or kind in _GROUPS.get(self.kind, ())


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a function."""

    parameters: tuple[Parameter, ...]
    body: Body
    needs_runtime: bool

    def takes(self, count: int) -> bool:
        """Whether it can be called with so many arguments."""
        needed = sum(not (parameter.optional or parameter.rest) for parameter in self.parameters)
        return needed <= count and (count <= len(self.parameters) or self.parameters[-1].rest)

    def bind(self, positional: Sequence[Value], named: Mapping[str, Value]) -> list[Value]:
        """The arguments in the order of the parameters; raises Failure when they do not fit."""
        rest = self.parameters[-1] if self.parameters and self.parameters[-1].rest else None
        fixed = self.parameters[:-1] if rest else self.parameters
        if len(positional) > len(fixed) and rest is None:
            raise Failure(f"{len(positional)} arguments are too many")
        unknown = set(named) - {parameter.name for parameter in self.parameters}
        if unknown:
            raise Failure(f"there is no parameter `{min(unknown)}`")
        arguments: list[Value] = []
        for index, parameter in enumerate(fixed):
            if index < len(positional):
                arguments.append(parameter.fit(positional[index]))
            elif parameter.name in named:
                arguments.append(parameter.fit(named[parameter.name]))
            elif parameter.optional:
                arguments.append(None)
            else:
                raise Failure(f"the argument `{parameter.name}` is missing")
        if rest is not None:
            following = [named[rest.name]] if rest.name in named else positional[len(fixed) :]
            arguments.extend(rest.fit(value) for value in following)
        return arguments


class Builtin(Function):
    """A built-in function with all its signatures."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.signatures: list[Signature] = []

    def accepts(self, count: int) -> bool:
        """Whether one of its signatures takes so many arguments."""
        return any(signature.takes(count) for signature in self.signatures)

    def __call__(self, runtime: Runtime, positional: Sequence[Value], named: Mapping[str, Value]) -> Value:
        """The result of the first signature that fits; raises Failure when none does or it has no result."""
        reason = ""
        for signature in self.signatures:
            try:
                arguments = signature.bind(positional, named)
            except Failure as failure:
                reason = reason or str(failure)
                continue
            if signature.needs_runtime:
                return signature.body(runtime, *arguments)
            return signature.body(*arguments)
        raise Failure(reason)


BUILTINS: dict[str, Builtin] = {}


def builtin(name: str, *parameters: str, needs_runtime: bool = False) -> Callable[[AnyBody], AnyBody]:
    """Registers the decorated function as a signature of the FEEL function `name`.

    With `needs_runtime` it receives the Runtime before its arguments.
    """

    def register(body: AnyBody) -> AnyBody:
        read = tuple(Parameter.read(text) for text in parameters)
        BUILTINS.setdefault(name, Builtin(name)).signatures.append(Signature(read, body, needs_runtime))
        return body

    return register


def whole(value: Decimal, what: str) -> int:
    """A number as an int for counting and indexing; raises Failure for fractions and numbers beyond any list."""
    if value.adjusted() > 15 or value != value.to_integral_value():
        raise Failure(f"{what} must be a whole number")
    return int(value)
