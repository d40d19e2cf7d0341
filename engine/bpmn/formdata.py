# SPDX-License-Identifier: EUPL-1.2
"""The form that the fields of `camunda:formData` make, in the form-js schema that `.form` files have."""

import re
from datetime import date
from typing import Any

from engine.bpmn.model import FormField, Node
from engine.feel import FeelError, strip_marker
from engine.values import as_long

_TYPES = {"string": "textfield", "long": "number", "boolean": "checkbox", "date": "datetime", "enum": "select"}
_LENGTHS = {"minlength": "minLength", "maxlength": "maxLength"}
_BOUNDS = {"min": "min", "max": "max"}
_WHOLE = re.compile(r"-?[0-9]{1,15}")
#: How modellers write the default of a date: as its usual pattern does, or as people do.
_DAY = re.compile(r"([0-9]{2})[/.]([0-9]{2})[/.]([0-9]{4})")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def form_of(node: Node) -> dict[str, Any]:
    """The schema of a node's own form; its id is the node's form key."""
    return {
        "type": "default",
        "id": node.form_key,
        "schemaVersion": 18,
        "components": [_component(field) for field in node.form_fields],
    }


def typed_default(field: FormField, value: Any) -> Any:
    """A default as an answer to the field would be, for models write all of them as text; what does not fit stays."""
    typed = _default(field, value) if isinstance(value, str) else value
    if field.type == "long":
        return as_long(typed)
    if field.type == "date" and isinstance(typed, str) and _ISO.fullmatch(typed):
        try:
            return date.fromisoformat(typed)
        except ValueError:
            return typed
    return typed


def _component(field: FormField) -> dict[str, Any]:
    kind = _TYPES.get(field.type, "textfield")
    constraints = dict(field.constraints)
    component: dict[str, Any] = {"id": f"field_{field.id}", "key": field.id, "type": kind, "label": field.label}
    if field.type == "long":
        component["decimalDigits"] = 0
    if field.type == "date":
        component |= {"subtype": "date", "dateLabel": field.label}
    if field.type == "enum":
        component["values"] = [{"value": value, "label": label} for value, label in field.values]
    if _is_on(constraints, "readonly"):
        component["readonly"] = True
    if validate := _validate(field, constraints):
        component["validate"] = validate
    properties = dict(field.properties)
    if field.default is not None:
        rule = _rule(field.default)
        if rule is None:
            component["defaultValue"] = _default(field, field.default)
        else:
            properties["amt.default"] = rule
    if properties:
        component["properties"] = properties
    return component


def _is_on(constraints: dict[str, str], name: str) -> bool:
    return constraints.get(name, "false").lower() != "false"


def _validate(field: FormField, constraints: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if _is_on(constraints, "required") and not _is_on(constraints, "readonly"):
        found["required"] = True
    limits = {"string": _LENGTHS, "long": _BOUNDS}.get(field.type, {})
    for name, key in limits.items():
        if name in constraints:
            found[key] = int(constraints[name])
    return found


def _rule(written: str) -> str | None:
    """A default that is computed when the form is opened; a broken one is left for the check of the form to tell."""
    try:
        return None if (expression := strip_marker(written)) is None else f"={expression}"
    except FeelError:
        return written


def _default(field: FormField, written: str) -> Any:
    """A literal default as the form language has it; what does not fit is left for the check of the form to tell."""
    if field.type == "long" and _WHOLE.fullmatch(written):
        return int(written)
    if field.type == "boolean":
        return written.lower() == "true"
    if field.type == "date" and (day := _DAY.fullmatch(written)):
        return f"{day[3]}-{day[2]}-{day[1]}"
    return written
