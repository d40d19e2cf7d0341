# SPDX-License-Identifier: EUPL-1.2
"""Code for what is written out and for what is read from the scope: literals, lists, contexts, names, paths.

Values from outside are converted to FEEL only as far as an expression reads them.
"""

from collections.abc import Callable, Mapping

from engine.feel.builtins import BUILTINS
from engine.feel.compiling.base import Code, Compiler, makes
from engine.feel.errors import Failure
from engine.feel.nodes import (
    Constant,
    ContextOf,
    HalfRange,
    ListOf,
    Name,
    Node,
    Path,
    RangeOf,
    Unreadable,
)
from engine.feel.operators import half_range, make_range
from engine.feel.runtime import Runtime
from engine.feel.scopes import Scope
from engine.feel.temporal import temporal_property
from engine.feel.values import MISSING, UNCHANGED, Range, Value, kind_of

_TEMPORAL_KINDS = frozenset(["date", "time", "date and time", "days and time duration", "years and months duration"])

# A value, or MISSING, and whether it still has to be converted: `person.name` converts not all of `person`.
Found = tuple[Value, bool]
Finding = Callable[[Runtime, Scope], Found]


@makes(Constant)
def constant(compiler: Compiler, node: Constant) -> Code:
    """A literal."""
    value = node.value
    return lambda run, scope: value


@makes(Unreadable)
def unreadable(compiler: Compiler, node: Unreadable) -> Code:
    """A literal that stands for nothing."""

    def refuse(run: Runtime, scope: Scope) -> Value:
        raise Failure(node.reason)

    return compiler.guarded(node, refuse)


@makes(ListOf)
def list_of(compiler: Compiler, node: ListOf) -> Code:
    """`[a, b]`."""
    items = compiler.codes(node.items)
    return lambda run, scope: [item(run, scope) for item in items]


@makes(ContextOf)
def context_of(compiler: Compiler, node: ContextOf) -> Code:
    """`{a: 1, b: a + 1}`; entries see those before them."""
    entries = [(entry.key, compiler.code(entry.value)) for entry in node.entries]
    keys = [key for key, _ in entries]
    repeated = next((key for index, key in enumerate(keys) if key in keys[:index]), None)

    def build(run: Runtime, scope: Scope) -> Value:
        if repeated is not None:
            raise Failure(f"the entry `{repeated}` occurs twice")
        built: dict[str, Value] = {}
        inner = Scope(built, scope)
        for key, code in entries:
            built[key] = code(run, inner)
        return built

    return compiler.guarded(node, build)


@makes(RangeOf)
def range_of(compiler: Compiler, node: RangeOf) -> Code:
    """`[1..5)`."""
    start, end = compiler.code(node.start), compiler.code(node.end)
    start_included, end_included = node.start_included, node.end_included
    return compiler.guarded(
        node, lambda run, scope: make_range(start(run, scope), end(run, scope), start_included, end_included)
    )


@makes(HalfRange)
def half_range_of(compiler: Compiler, node: HalfRange) -> Code:
    """`(< 5)`."""
    bound, operator = compiler.code(node.bound), node.operator
    return compiler.guarded(node, lambda run, scope: half_range(operator, bound(run, scope)))


@makes(Name)
def name_of(compiler: Compiler, node: Name) -> Code:
    """A variable, or a built-in function as a value."""
    name, place = node.name, compiler.place(node)
    builtin = BUILTINS.get(name, MISSING)

    def read(run: Runtime, scope: Scope) -> Value:
        holder: Scope | None = scope
        while holder is not None:
            if name in holder.names:
                value = holder.names[name]
                if not holder.foreign or type(value) in UNCHANGED:
                    return value
                try:
                    return run.native(value)
                except Failure as failure:
                    run.warn(place, failure)
                    return None
            holder = holder.parent
        run.look_for(name)
        if builtin is MISSING:
            run.warn(place, f"`{name}` is not known here")
            return None
        return builtin

    return read


@makes(Path)
def path(compiler: Compiler, node: Path) -> Code:
    """`person.name`; of a list, the names of all its entries."""
    find = finding(compiler, node)
    name = node.name

    def read(run: Runtime, scope: Scope) -> Value:
        value, foreign = find(run, scope)
        if value is MISSING:
            raise Failure(f"there is no entry `{name}`")
        return run.native(value) if foreign else value

    return compiler.guarded(node, read)


def finding(compiler: Compiler, node: Node) -> Finding:
    """What a name or path leads to, unconverted; may raise Failure."""
    if isinstance(node, Name):
        return _finding_name(node.name)
    if isinstance(node, Path):
        return _finding_entry(finding(compiler, node.base), node.name)
    code = compiler.code(node)
    return lambda run, scope: (code(run, scope), False)


def _finding_name(name: str) -> Finding:
    builtin = BUILTINS.get(name, MISSING)

    def find(run: Runtime, scope: Scope) -> Found:
        found = scope.lookup(name)
        if found[0] is not MISSING:
            return found
        run.look_for(name)
        return builtin, False

    return find


def _finding_entry(base: Finding, name: str) -> Finding:
    def find(run: Runtime, scope: Scope) -> Found:
        value, foreign = base(run, scope)
        if isinstance(value, Mapping):
            return value.get(name, MISSING), foreign
        if value is None or value is MISSING:
            return MISSING, False
        return _property(run, run.native(value) if foreign else value, name), False

    return find


def _property(run: Runtime, base: Value, name: str) -> Value:
    kind = kind_of(base)
    if kind == "list":
        run.spend(len(base))
        return [_entry_or_null(run, item, name) for item in base]
    if kind in _TEMPORAL_KINDS:
        return temporal_property(base, name)
    if isinstance(base, Range):
        return _range_property(base, name)
    raise Failure(f"a {kind} has no property `{name}`")


def _entry_or_null(run: Runtime, item: Value, name: str) -> Value:
    if isinstance(item, dict):
        return item.get(name)
    try:
        return None if item is None else _property(run, item, name)
    except Failure:
        return None


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
