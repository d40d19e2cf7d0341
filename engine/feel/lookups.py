# SPDX-License-Identifier: EUPL-1.2
"""Reads names and paths; values from outside are converted to FEEL only as far as an expression reads them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

from engine.feel.builtins import BUILTINS
from engine.feel.errors import Failure
from engine.feel.nodes import Call, Name, Node, Path
from engine.feel.runtime import Runtime
from engine.feel.scopes import Scope
from engine.feel.temporal import temporal_property
from engine.feel.values import MISSING, Range, Value, from_python, kind_of

_TEMPORAL_KINDS = frozenset(["date", "time", "date and time", "days and time duration", "years and months duration"])


class Lookups(ABC):
    """The part of an evaluation that reads the scope."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self._natives: dict[int, tuple[object, Value]] = {}

    @abstractmethod
    def value(self, node: Node, scope: Scope) -> Value:
        """The value of a part of the expression."""

    def _name(self, node: Name, scope: Scope) -> Value:
        value, foreign = self._raw(node, scope)
        if value is MISSING:
            raise Failure(f"`{node.name}` is not known here")
        return self._native(value) if foreign else value

    def _native(self, value: object) -> Value:
        """The FEEL value of a foreign one; a container is converted once per evaluation."""
        if not isinstance(value, Mapping | list | tuple | set | frozenset):
            return from_python(value)
        # The value is kept beside its conversion, so that its id stays its own.
        if id(value) not in self._natives:
            self._natives[id(value)] = (value, from_python(value))
        return self._natives[id(value)][1]

    def _raw(self, node: Node, scope: Scope) -> tuple[Value, bool]:
        """A value, or MISSING, and whether it still has to be converted: `person.name` converts not all of `person`."""
        if isinstance(node, Name):
            found = scope.lookup(node.name)
            return (BUILTINS.get(node.name, MISSING), False) if found[0] is MISSING else found
        if not isinstance(node, Path):
            return self.value(node, scope), False
        base, foreign = self._raw(node.base, scope)
        if isinstance(base, Mapping):
            return base.get(node.name, MISSING), foreign
        if base is None or base is MISSING:
            return MISSING, False
        return self._property(self._native(base) if foreign else base, node.name), False

    def _path(self, node: Path, scope: Scope) -> Value:
        value, foreign = self._raw(node, scope)
        if value is MISSING:
            raise Failure(f"there is no entry `{node.name}`")
        return self._native(value) if foreign else value

    def _property(self, base: Value, name: str) -> Value:
        kind = kind_of(base)
        if kind == "list":
            return [self._entry_or_null(item, name) for item in base]
        if kind in _TEMPORAL_KINDS:
            return temporal_property(base, name)
        if isinstance(base, Range):
            return _range_property(base, name)
        raise Failure(f"a {kind} has no property `{name}`")

    def _entry_or_null(self, item: Value, name: str) -> Value:
        self.runtime.spend(1)
        if isinstance(item, dict):
            return item.get(name)
        return None if item is None else self._property(item, name)

    def _is_defined(self, node: Call, scope: Scope) -> bool:
        arguments = node.positional or tuple(entry.value for entry in node.named)
        if len(arguments) != 1:
            raise Failure("is defined(): takes one argument")
        try:
            return self._raw(arguments[0], scope)[0] is not MISSING
        except Failure:
            return False


def _range_property(limits: Range, name: str) -> Value:
    parts = {
        "start": limits.start,
        "end": limits.end,
        "start included": limits.start_included,
        "end included": limits.end_included,
    }
    if name not in parts:
        raise Failure(f"a range has no property `{name}`")
    return parts[name]
