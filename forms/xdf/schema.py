# SPDX-License-Identifier: EUPL-1.2
"""The data of a schema as JSON Schema (2020-12), by the ids of FIM: what others send or receive."""

from typing import Any

from .model import Base, Element, Group, Schema, XdfField

_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "text_latin": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "format": "time"},
    "datetime": {"type": "string", "format": "date-time"},
    "bool": {"type": "boolean"},
    "num": {"type": "number"},
    "num_int": {"type": "integer"},
    "num_currency": {"type": "number", "multipleOf": 0.01},
    "file": {"type": "string", "contentEncoding": "base64"},
    "obj": {"type": "string", "contentEncoding": "base64"},
}


def json_schema(schema: Schema) -> dict[str, Any]:
    """The schema of an object with all that is asked for."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:fim:{schema.id}:{schema.version}",
        "title": schema.label,
        **_object(schema.children),
    }


def _object(elements: tuple[Element, ...]) -> dict[str, Any]:
    asked = [element for element in elements if not (isinstance(element, XdfField) and element.art == "label")]
    required = list(dict.fromkeys(element.id for element in asked if element.minimum > 0))
    return {
        "type": "object",
        "properties": {element.id: _element(element) for element in asked},
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _element(element: Element) -> dict[str, Any]:
    one = _object(element.children) if isinstance(element, Group) else _field(element)
    if not element.is_list:
        return {"title": element.label, **one}
    return {"title": element.label, "type": "array", "items": one, **_bounds(element)}


def _bounds(element: Base) -> dict[str, int]:
    bounds = {"minItems": element.minimum}
    return bounds if element.maximum is None else bounds | {"maxItems": element.maximum}


def _field(field: XdfField) -> dict[str, Any]:
    if field.codes is not None and field.codes.codes:
        return {"oneOf": [{"const": code, "title": name} for code, name in field.codes.codes]}
    if field.codes is not None:
        return {"type": "string", "$comment": f"{field.codes.urn} {field.codes.version}".strip()}
    found = dict(_TYPES.get(field.type, {"type": "string"}))
    for name, key in (("minLength", "minLength"), ("maxLength", "maxLength")):
        if found["type"] == "string" and field.limits.get(name, "").isdecimal():
            found[key] = int(field.limits[name])
    for name, key in (("minValue", "minimum"), ("maxValue", "maximum")):
        if found["type"] in ("number", "integer") and _is_number(field.limits.get(name, "")):
            found[key] = float(field.limits[name])
    if found["type"] == "string" and field.limits.get("pattern"):
        found["pattern"] = f"^(?:{field.limits['pattern']})$"
    return found


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
