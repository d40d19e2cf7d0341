# SPDX-License-Identifier: EUPL-1.2
"""Element templates of the Camunda Modeler: each of our operations becomes selectable at a service task.

They are made from the signatures, so that they cannot say anything else than what will be run.
"""

import inspect
import json
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any, get_origin

from engine.documents import StoredDocument
from engine.operations import Operation, Parameter, operations

#: How the Modeler knows what a file of templates is; it fetches nothing from there.
SCHEMA = "https://unpkg.com/@camunda/element-templates-json-schema/resources/schema.json"
_KINDS: dict[Any, str] = {
    str: "Text",
    int: "ganze Zahl",
    Decimal: "Zahl",
    bool: "ja oder nein",
    date: "Datum",
    datetime: "Zeitpunkt",
    StoredDocument: "Dokument des Vorgangs",
    dict: "zusammengesetzte Angabe",
    list: "Liste",
}
_EXPRESSION = "FEEL-Ausdruck, beginnt mit ="
#: The name under which whoever records the result of a job is handed it; no model can give it.
_RESULT = "result"


def element_templates() -> list[dict[str, Any]]:
    """A template for each operation that a model can name."""
    return [_template(operation) for operation in operations() if _RESULT not in operation.inputs]


def _template(operation: Operation) -> dict[str, Any]:
    told = _told(operation)
    when = "Läuft als Auftrag nach dem Speichern." if operation.is_job else "Läuft im selben Schritt."
    return {
        "$schema": SCHEMA,
        "name": _shortened(operation.title),
        "id": f"amtsfluss.{operation.name}",
        "description": f"{operation.title} {when}",
        "appliesTo": ["bpmn:ServiceTask"],
        "groups": [{"id": "eingaben", "label": "Eingaben"}, {"id": "ergebnis", "label": "Ergebnis"}],
        "properties": [
            _hidden("camunda:type", "external"),
            _hidden("camunda:topic", operation.name),
            *(_input(operation, parameter, told.get(parameter.name, "")) for parameter in operation.inputs.values()),
            _output(),
        ],
    }


def _hidden(name: str, value: str) -> dict[str, Any]:
    return {"type": "Hidden", "value": value, "binding": {"type": "property", "name": name}}


def _input(operation: Operation, parameter: Parameter, told: str) -> dict[str, Any]:
    kind = _KINDS.get(get_origin(parameter.type) or parameter.type, "beliebig")
    shown: dict[str, Any] = {
        "label": _label(parameter.name),
        "description": f"{told or _label(parameter.name)} ({kind}); {_EXPRESSION}",
        "type": "String",
        "value": _usual(operation, parameter),
        "group": "eingaben",
        "binding": {"type": "camunda:inputParameter", "name": parameter.name},
        "constraints": {"notEmpty": True},
    }
    if parameter.type is bool:
        choices = [("Ja", "=true"), ("Nein", "=false"), (f"Variable {parameter.name}", f"={parameter.name}")]
        shown |= {"type": "Dropdown", "choices": [{"name": name, "value": value} for name, value in choices]}
    return shown


def _output() -> dict[str, Any]:
    return {
        "label": "Ergebnis in Variable",
        "description": "Name der Variablen, in die das Ergebnis geschrieben wird",
        "type": "String",
        "value": "ergebnis",
        "group": "ergebnis",
        "binding": {"type": "camunda:outputParameter", "source": "=result"},
    }


def _usual(operation: Operation, parameter: Parameter) -> str:
    """What stands there at first: the variable of the same name, or what the function takes when nothing is given."""
    default = inspect.signature(operation.function).parameters[parameter.name].default
    if default is inspect.Parameter.empty:
        return f"={parameter.name}"
    if default is None:
        return "=null"
    if isinstance(default, bool):
        return "=true" if default else "=false"
    return f"={default}" if isinstance(default, int | Decimal) else f"={json.dumps(str(default), ensure_ascii=False)}"


def _told(operation: Operation) -> dict[str, str]:
    """What the function's docstring says of its parameters, in lines such as `zweck: wofür gezahlt wird`."""
    text = inspect.getdoc(operation.function) or ""
    lines = (re.fullmatch(r"\s*(\w+): (.+)", line) for line in text.splitlines()[1:])
    return {found[1]: found[2] for found in lines if found and found[1] in operation.inputs}


def _label(name: str) -> str:
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _shortened(title: str) -> str:
    """The title up to where it begins to explain."""
    return re.split(r"[:,;.]", title, maxsplit=1)[0].strip()[:80]
