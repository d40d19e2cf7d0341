# SPDX-License-Identifier: EUPL-1.2
"""Forms of start events and tasks, as clients ask for them, and what they send back."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from markupsafe import Markup

from engine.bpmn import Node, typed_default
from engine.bpmn.model import FormField
from engine.deployed import Definition
from engine.expressions import value_of
from engine.values import as_long
from forms import Kind, load_form, validate
from web.api.problems import Refused, missing
from web.api.shapes.values import Form, FormReference, TypedValue, Variables
from web.api.values import read_value, typed_value
from web.bootstrap import platform

_TYPES = {"checkbox": "Boolean", "datetime": "Date", "number": "Double", "filepicker": "File"}
#: Type of a field in the model → the type of its variable, and of its input.
_INPUTS = {
    "string": ("String", "text"),
    "long": ("Long", "number"),
    "boolean": ("Boolean", "checkbox"),
    "date": ("Date", "date"),
}
_TRUTHS = {"true": True, "false": False}


def form_facts(definition: Definition, node: Node, rendered_at: str, computed: str | None = None) -> Form:
    """Which form it is: ours are deployed with the model, others lie elsewhere, fields of the model are rendered."""
    if node.form_fields:
        return {"key": f"embedded:engine://engine/:engine{rendered_at}", "camundaFormRef": None, "contextPath": None}
    key = computed or node.form_key
    reference: FormReference | None = None
    if key is not None and key in definition.forms:
        reference = {"key": key, "binding": "deployment", "version": None}
    return {"key": None if reference else key, "camundaFormRef": reference, "contextPath": None}


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
) -> Variables:
    """What the form asks for, typed: its fields with their defaults, and the variables that are there already."""
    source = definition.forms.get(node.form_key or "", {})
    found = {key: _with_default(key, field) for key, field in _fields(source.get("components"))}
    known = {**known, **_of_their_types(node, known)}
    found |= {name: typed_value(value, deserialize=deserialize) for name, value in known.items()}
    return {name: typed for name, typed in found.items() if names is None or name in names}


def submitted(
    definition: Definition, node: Node, given: Mapping[str, Any], seen: Mapping[str, Any], what: str
) -> dict[str, Any]:
    """What was filled in, with fields of the model as their types say. Raise `Refused` when it does not fit them.

    Fields that were left out take their defaults; those of a task were set when it was opened.
    """
    if not node.form_fields or node.form_key is None:
        return dict(given)
    around = {**seen, **given}
    defaults = {
        field.id: typed_default(field, value_of(field.default, around, platform().clock))
        for field in node.form_fields
        if field.default is not None and field.id not in around
    }
    values = {**defaults, **given, **_of_their_types(node, given)}
    told = _wrong(definition, node, {**seen, **values})
    if told:
        raise Refused(f"Cannot submit {what}: {'; '.join(told)}", type="FormFieldValidatorException")
    return values


def rendered_form(node: Node, seen: Mapping[str, Any], what: str) -> str:
    """Fields in the model as a plain form, to be put into a page of the client's own."""
    if not node.form_fields:
        raise missing(f"No matching rendered form for {what} found.")
    rows = Markup("").join(_row(field, seen.get(field.id)) for field in node.form_fields)
    return str(Markup('<form name="generatedForm" role="form">{}</form>').format(rows))


def _of_their_types(node: Node, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that are fields of the model, converted; what does not fit stays as it is."""
    return {field.id: _typed_answer(field, values[field.id]) for field in node.form_fields if field.id in values}


def _typed_answer(field: FormField, value: Any) -> Any:
    """Programs may send numbers, days, true and false as texts too."""
    if field.type == "boolean":
        return _TRUTHS.get(value, value) if isinstance(value, str) else value
    return as_long(typed_default(field, value)) if field.type in ("long", "date") else value


def _wrong(definition: Definition, node: Node, seen: Mapping[str, Any]) -> list[str]:
    form = load_form(definition.forms[node.form_key or ""])
    days = {field.path for field in form.fields if field.kind is Kind.DATE}
    answers = {field.id: seen.get(field.id) for field in node.form_fields}
    for name in days & answers.keys():
        value = answers[name]
        answers[name] = value.date() if isinstance(value, datetime) else value
    told = [f"{error.path}: {error.message}" for error in validate(form, answers, clock=platform().clock, context=seen)]
    flags = [field.id for field in node.form_fields if field.type == "boolean"]
    return told + [f"{name}: not true or false" for name in flags if not isinstance(answers[name], bool | None)]


def _with_default(key: str, field: Mapping[str, Any]) -> TypedValue:
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


def _row(field: FormField, value: Any) -> Markup:
    label = Markup('<label for="{}">{}</label>').format(field.id, field.label or field.id)
    kind, control = _INPUTS.get(field.type, _INPUTS["string"])
    about = Markup('id="{id}" name="{id}" cam-variable-name="{id}" cam-variable-type="{kind}"').format(
        id=field.id, kind=kind
    )
    if field.values:
        chosen = Markup(' selected="selected"')
        options = Markup("").join(
            Markup('<option value="{}"{}>{}</option>').format(key, chosen if key == value else "", text)
            for key, text in field.values
        )
        return Markup("<div>{}<select {}>{}</select></div>").format(label, about, options)
    state: Markup | str = ""
    if control == "checkbox":
        state = Markup(' checked="checked"') if value is True else ""
    elif value is not None:
        state = Markup(' value="{}"').format(str(value))
    return Markup('<div>{}<input type="{}" {}{}/></div>').format(label, control, about, state)
