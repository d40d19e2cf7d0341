# SPDX-License-Identifier: EUPL-1.2
"""Forms of start events and tasks, as clients ask for them."""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.bpmn import Node
from engine.deployed import Definition
from web.api.problems import Refused, missing
from web.api.values import read_value, typed_value

_TYPES = {"checkbox": "Boolean", "datetime": "Date", "number": "Double", "filepicker": "File"}


def form_facts(definition: Definition, node: Node) -> dict[str, Any]:
    """Which form it is: one of ours is deployed with the model, others lie with another program."""
    is_ours = node.form_key is not None and node.form_key in definition.forms and not node.form_fields
    reference = {"key": node.form_key, "binding": "deployment", "version": None} if is_ours else None
    key = None if is_ours or node.form_fields else node.form_key
    return {"key": key, "camundaFormRef": reference, "contextPath": None}


def deployed_form(definition: Definition, node: Node) -> dict[str, Any]:
    """The form itself, as it was deployed."""
    if node.form_key is None:
        raise Refused(f"{node.id} has no form.")
    source = definition.forms.get(node.form_key)
    if source is None or node.form_fields:
        raise missing(f"The form of {node.id} is not deployed with the process.")
    return dict(source)


def form_variables(
    definition: Definition, node: Node, known: Mapping[str, Any], *, names: list[str] | None, deserialize: bool
) -> dict[str, Any]:
    """What the form asks for, typed: its fields with their defaults, and the variables that are there already."""
    source = definition.forms.get(node.form_key or "", {})
    found = {key: _with_default(key, field) for key, field in _fields(source.get("components"))}
    found |= {name: typed_value(value, deserialize=deserialize) for name, value in known.items()}
    return {name: typed for name, typed in found.items() if names is None or name in names}


def _with_default(key: str, field: Mapping[str, Any]) -> dict[str, Any]:
    kind = _TYPES.get(str(field.get("type")), "String")
    if kind == "Double" and field.get("decimalDigits") == 0:
        kind = "Long"
    default = field.get("defaultValue")
    try:
        value = typed_value(read_value(key, {"value": default, "type": kind}))["value"] if kind != "File" else None
    except Refused:
        value = default
    return {"type": kind, "value": value, "valueInfo": {}}


def _fields(components: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The fields of a form that have a key, those of groups without a path too."""
    for component in components if isinstance(components, list) else ():
        if not isinstance(component, dict):
            continue
        if isinstance(component.get("key"), str):
            yield component["key"], component
        if not component.get("path"):
            yield from _fields(component.get("components"))
