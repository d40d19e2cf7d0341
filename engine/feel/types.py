# SPDX-License-Identifier: EUPL-1.2
"""The types of FEEL and whether a value is of one, for `instance of` and type references."""

from engine.feel.nodes import TypeName
from engine.feel.values import Range, Value, kind_of

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


def is_instance(value: Value, wanted: TypeName) -> bool:
    """Whether `value` is of the type; null is of no type but Null."""
    kind = kind_of(value)
    if wanted.name == "Any":
        return value is not None
    if _SIMPLE[wanted.name] != kind:
        return False
    if kind == "list":
        return all(_conforms(item, argument) for argument in wanted.arguments for item in value)
    if kind == "range" and wanted.arguments:
        return _range_of(value, wanted.arguments[0])
    if kind == "context":
        return all(
            entry.key in value and isinstance(entry.value, TypeName) and _conforms(value[entry.key], entry.value)
            for entry in wanted.entries
        )
    return True


def _conforms(value: Value, wanted: TypeName) -> bool:
    return value is None or is_instance(value, wanted)


def _range_of(value: Range, wanted: TypeName) -> bool:
    return all(bound is None or is_instance(bound, wanted) for bound in (value.start, value.end))
