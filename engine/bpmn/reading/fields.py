# SPDX-License-Identifier: EUPL-1.2
"""The form of a task or a start event: one of a file, or fields that the model itself lists."""

import re
from collections import Counter
from typing import Any

from lxml import etree

from engine.bpmn.model import FormField
from engine.bpmn.reading.notes import Notes
from engine.bpmn.xml import camunda, extensions, local_name, members

_TYPES = frozenset({"string", "long", "boolean", "date", "enum"})
#: Constraints by the types of fields at which they can be kept.
_CONSTRAINTS = {
    "required": _TYPES,
    "readonly": _TYPES,
    "min": frozenset({"long"}),
    "max": frozenset({"long"}),
    "minlength": frozenset({"string"}),
    "maxlength": frozenset({"string"}),
}
_FLAGS = frozenset({"required", "readonly"})
#: The name of a field is the name of a variable.
_NAME = re.compile(r"[A-Za-z_ÄÖÜäöüß][A-Za-z0-9_ÄÖÜäöüß]*")


def form_of_node(element: etree._Element, process_id: str, notes: Notes) -> dict[str, Any]:
    """The attributes of a node that say which form it has."""
    key, reference = camunda(element, "formKey"), camunda(element, "formRef")
    if key and reference:
        notes.refuse(element, "It has a formKey and a formRef.", "Leave one of them.")
    binding = camunda(element, "formRefBinding") or "deployment"
    if binding not in ("deployment", "latest"):
        notes.refuse(element, f"The binding {binding} of the form cannot be run.", "Use deployment.")
    elif camunda(element, "formRefVersion"):
        notes.warn(element, "camunda:formRefVersion has no effect without the binding version.", "Remove it.")
    fields = _fields(element, notes)
    if fields and (key or reference):
        reason = "The form is shown; the fields of camunda:formData are not."
        notes.warn(element, reason, "Leave one of them.")
    own = f"formdata:{process_id}:{element.get('id', '')}" if fields else None
    is_elsewhere = key is not None and reference is None
    return {"form_key": reference or key or own, "form_is_elsewhere": is_elsewhere, "form_fields": fields}


def _fields(element: etree._Element, notes: Notes) -> tuple[FormField, ...]:
    found: list[FormField] = []
    for data in extensions(element, "formData"):
        if data.get("businessKey"):
            notes.refuse(element, "A field cannot set the business key.", "Remove businessKey from the form.")
        found += [_field(each, notes) for each in members(data)]
    for name, number in Counter(field.id for field in found).items():
        if number > 1:
            notes.refuse(element, f"Two fields of the form are called {name}.", "Give one of them another id.")
    return tuple(found)


def _field(element: etree._Element, notes: Notes) -> FormField:
    key, kind = element.get("id", "").strip(), element.get("type", "").strip()
    if not _NAME.fullmatch(key):
        cure = "Use letters, digits and _, beginning with a letter."
        notes.refuse(element, f"A field of the form cannot be called {key or 'nothing'}.", cure)
    if kind not in _TYPES:
        cure = f"Use one of {', '.join(sorted(_TYPES))}."
        notes.refuse(element, f"The form field {key} has the type {kind or 'nothing'}, which is not known.", cure)
    parts = list(members(element))
    values = [value for part in parts if local_name(part) == "value" for value in _value(key, part, notes)]
    if kind == "enum" and not values:
        notes.refuse(element, f"The form field {key} has nothing to choose from.", "Add values.")
    if kind != "enum" and values:
        notes.refuse(element, f"The form field {key} has values but is no choice.", "Set its type to enum.")
    if element.get("datePattern"):
        notes.warn(element, "Dates are written as is usual here; the datePattern is not read.")
    return FormField(
        id=key,
        label=element.get("label", "").strip() or key,
        type=kind,
        default=element.get("defaultValue", "").strip() or None,
        values=tuple(values),
        constraints=tuple(
            _constraint(key, kind, each, notes)
            for part in parts
            if local_name(part) == "validation"
            for each in members(part)
        ),
        properties=tuple(
            (each.get("id") or each.get("name") or "", each.get("value", ""))
            for part in parts
            if local_name(part) == "properties"
            for each in members(part)
        ),
    )


def _value(field: str, element: etree._Element, notes: Notes) -> list[tuple[str, str]]:
    key = element.get("id", "").strip()
    if not key:
        notes.refuse(element, f"A value of the form field {field} has no id.", "Give it one.")
        return []
    return [(key, element.get("name", "").strip() or key)]


def _constraint(field: str, kind: str, element: etree._Element, notes: Notes) -> tuple[str, str]:
    name, config = element.get("name", "").strip(), element.get("config", "").strip()
    if name not in _CONSTRAINTS:
        reason = f"The constraint {name} of the form field {field} cannot be checked."
        notes.refuse(element, reason, f"Use {', '.join(sorted(_CONSTRAINTS))}, or a .form file.")
    elif kind in _TYPES and kind not in _CONSTRAINTS[name]:
        reason = f"The constraint {name} means nothing at the form field {field} of the type {kind}."
        notes.refuse(element, reason, "Remove it.")
    elif name not in _FLAGS and not re.fullmatch(r"-?[0-9]{1,15}", config):
        notes.refuse(element, f"The constraint {name} of the form field {field} is no number.", "Set its config.")
    return name, config
