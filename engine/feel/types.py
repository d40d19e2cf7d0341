# SPDX-License-Identifier: EUPL-1.2
"""The types of FEEL and whether a value is of one, for `instance of` and the parameters of functions."""

from collections.abc import Callable

from engine.feel.errors import Failure
from engine.feel.nodes import TypeName
from engine.feel.values import Range, Value, kind_of

# Whether a value is of a type of the host, found by its name; None for names that the host does not know.
FindType = Callable[[str], Callable[[Value], bool] | None]

_SIMPLE = {
    "number": "number",
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "date and time": "date and time",
    "days and time duration": "days and time duration",
    "years and months duration": "years and months duration",
    "list": "list",
    "context": "context",
    "range": "range",
    "function": "function",
    "Null": "null",
}
TYPE_NAMES = frozenset([*_SIMPLE, "Any"])


def is_instance(value: Value, wanted: TypeName, find: FindType | None = None) -> bool:
    """Whether `value` is of the type; null is of no type but Null. Raises Failure for types that nobody knows."""
    kind = kind_of(value)
    if wanted.name == "Any":
        return value is not None
    if wanted.name not in _SIMPLE:
        test = None if find is None else find(wanted.name)
        if test is None:
            raise Failure(f"there is no type `{wanted.name}`")
        return value is not None and test(value)
    if _SIMPLE[wanted.name] != kind:
        return False
    if kind == "list":
        return all(conforms(item, argument, find) for argument in wanted.arguments for item in value)
    if kind == "range" and wanted.arguments:
        return _range_of(value, wanted.arguments[0], find)
    if kind == "context":
        return all(
            entry.key in value and isinstance(entry.value, TypeName) and conforms(value[entry.key], entry.value, find)
            for entry in wanted.entries
        )
    if kind == "function" and wanted.arguments:
        return bool(value.accepts(len(wanted.arguments) - 1))
    return True


def conforms(value: Value, wanted: TypeName, find: FindType | None = None) -> bool:
    """Like `is_instance`, with null fitting every type."""
    return value is None or is_instance(value, wanted, find)


def _range_of(value: Range, wanted: TypeName, find: FindType | None) -> bool:
    return all(bound is None or is_instance(bound, wanted, find) for bound in (value.start, value.end))
