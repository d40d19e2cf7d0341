# SPDX-License-Identifier: EUPL-1.2
"""Schemas for the description of the interface: of answers, made from their types, and of what is sent."""

from dataclasses import asdict
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from web.api.shapes.values import SentValue
from web.api.shapes.work import MigrationInstruction

Schema = dict[str, Any]
_PLAIN: dict[Any, Schema] = {
    Any: {},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
}
_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
#: Kinds of what is sent → schema. The first are those of criteria (`engine.queries.criteria`).
_SENT: dict[str, Schema] = {
    "text": _TEXT,
    "texts": _TEXTS,
    "number": {"type": "integer"},
    "moment": {"type": "string", "format": "date-time"},
    "moments": {"type": "array", "items": {"$ref": "#/components/schemas/ComparedMoment"}},
    "flag": {"type": "boolean"},
    "truth": {"type": "boolean"},
    "any": {},
    "object": {"type": "object"},
    "objects": {"type": "array", "items": {"type": "object"}},
    "file": {"type": "string", "format": "binary"},
    "conditions": {"type": "array", "items": {"$ref": "#/components/schemas/VariableCondition"}},
    "sorting": {"type": "array", "items": {"$ref": "#/components/schemas/Sorting"}},
    "variables": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/SentValue"}},
    "topics": {"type": "array", "items": {"$ref": "#/components/schemas/FetchTopic"}},
    "instructions": {"type": "array", "items": {"$ref": "#/components/schemas/Instruction"}},
    "migrationInstructions": {"type": "array", "items": {"$ref": "#/components/schemas/SentMigrationInstruction"}},
    "migrationPlan": {"$ref": "#/components/schemas/SentMigrationPlan"},
}
#: In an address these are texts, whatever they are in JSON: `price_gteq_5,name_eq_x`, `gt_2026-11-22T12:00:00Z`.
_WRITTEN_OUT = ("moments", "conditions", "objects", "any")


def sent(kind: str) -> Schema:
    """What may be sent as something of that kind; with `!` it must be."""
    schema = _SENT[kind.rstrip("!")]
    if kind.endswith("!") or not schema:
        return schema
    return nullable(schema)


def sent_object(fields: dict[str, str]) -> Schema:
    """What may be sent as JSON with fields of these kinds."""
    schema: Schema = {"type": "object"}
    if fields:
        schema["properties"] = {name: sent(kind) for name, kind in fields.items()}
    if needed := [name for name, kind in fields.items() if kind.endswith("!")]:
        schema["required"] = needed
    return schema


def parameter(name: str, kind: str) -> Schema:
    """A parameter of an address; several texts are separated by commas."""
    if kind in _WRITTEN_OUT:
        return {"name": name, "in": "query", "schema": _TEXT}
    several = {"style": "form", "explode": False} if kind == "texts" else {}
    return {"name": name, "in": "query", **several, "schema": _SENT[kind]}


def nullable(schema: Schema) -> Schema:
    """The same, or null."""
    return {"nullable": True, "allOf": [schema]} if "$ref" in schema else {**schema, "nullable": True}


def schema_of(shape: Any, found: dict[str, Schema]) -> Schema:
    """The schema of a type; those that have a name are put into `found`, and referred to."""
    if shape in _PLAIN:
        return _PLAIN[shape]
    if is_typeddict(shape):
        _find(shape, found)
        return {"$ref": f"#/components/schemas/{shape.__name__}"}
    origin, parts = get_origin(shape), get_args(shape)
    if origin is Annotated:
        return {**schema_of(parts[0], found), **asdict(parts[1])}
    if origin is NotRequired:
        return schema_of(parts[0], found)
    if origin is list:
        return {"type": "array", "items": schema_of(parts[0], found)}
    if origin is dict:
        return {"type": "object", "additionalProperties": schema_of(parts[1], found)}
    if origin is Literal:
        return {"type": "string", "enum": list(parts)}
    if origin in (Union, UnionType):
        return _one_of([schema_of(part, found) for part in parts if part is not NoneType], NoneType in parts)
    raise TypeError(f"There is no schema for {shape}.")


def _one_of(schemas: list[Schema], or_null: bool) -> Schema:
    schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    if not or_null:
        return schema
    return {**nullable(schema), **({"enum": [*schema["enum"], None]} if "enum" in schema else {})}


def _find(shape: Any, found: dict[str, Schema]) -> None:
    name = shape.__name__
    if name in found:
        return
    schema = found[name] = {"type": "object", "description": shape.__doc__ or ""}
    hints = get_type_hints(shape, include_extras=True)
    schema["properties"] = {field: schema_of(kind, found) for field, kind in hints.items()}
    if shape.__required_keys__:
        schema["required"] = [field for field in hints if field in shape.__required_keys__]


def sent_components() -> dict[str, Schema]:
    """The named schemas of what is sent."""
    found: dict[str, Schema] = {}
    schema_of(SentValue, found)
    schema_of(MigrationInstruction, found)
    return found | _NAMED


_NAMED: dict[str, Schema] = {
    "ComparedMoment": {
        "type": "object",
        "required": ["operator", "value"],
        "properties": {"operator": {"type": "string", "enum": ["gt", "lt"]}, "value": _SENT["moment"]},
    },
    "VariableCondition": {
        "type": "object",
        "required": ["name", "operator"],
        "properties": {
            "name": _TEXT,
            "operator": {"type": "string", "enum": ["eq", "neq", "gt", "gteq", "lt", "lteq", "like", "notLike"]},
            "value": {},
        },
    },
    "Sorting": {
        "type": "object",
        "required": ["sortBy", "sortOrder"],
        "properties": {
            "sortBy": _TEXT,
            "sortOrder": {"type": "string", "enum": ["asc", "desc"]},
            "parameters": sent_object({"variable": "text", "type": "text"}),
        },
    },
    "FetchTopic": sent_object(
        {
            "topicName": "text!",
            "lockDuration": "number!",
            "variables": "texts",
            "localVariables": "flag",
            "businessKey": "text",
            "processDefinitionId": "text",
            "processDefinitionIdIn": "texts",
            "processDefinitionKey": "text",
            "processDefinitionKeyIn": "texts",
            "processDefinitionVersionTag": "text",
            "processVariables": "object",
            "withoutTenantId": "flag",
            "tenantIdIn": "texts",
            "deserializeValues": "flag",
            "includeExtensionProperties": "flag",
        }
    ),
    "Instruction": sent_object(
        {
            "type": "text!",
            "activityId": "text",
            "activityInstanceId": "text",
            "transitionId": "text",
            "transitionInstanceId": "text",
            "ancestorActivityInstanceId": "text",
            "variables": "variables",
        }
    ),
    "SentMigrationInstruction": sent_object(
        {"sourceActivityIds": "texts!", "targetActivityIds": "texts!", "updateEventTrigger": "flag"}
    ),
    "SentMigrationPlan": sent_object(
        {
            "sourceProcessDefinitionId": "text!",
            "targetProcessDefinitionId": "text!",
            "instructions": "migrationInstructions",
            "variables": "variables",
        }
    ),
}
_NAMED["Instruction"]["properties"]["type"] = {
    "type": "string",
    "enum": ["cancel", "startBeforeActivity", "startAfterActivity", "startTransition"],
}
