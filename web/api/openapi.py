# SPDX-License-Identifier: EUPL-1.2
"""The description of the interface (OpenAPI 3), made from the routes that are served.

Words come from the views' docstrings, fields from what `takes` and `asks` say beside them, kinds of answers from the
functions of `web.api.answers` that a view uses, and what stands in them from the type that `gives` names.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.metadata import version
from types import CodeType
from typing import Any

from flask import Flask, Response, current_app
from werkzeug.routing import Rule

from web.api import blueprint
from web.api.answers import answer
from web.api.describing import body_of, form_of, gives, query_of, shape_of
from web.api.guard import is_open, open_to_all
from web.api.schemas import Schema, parameter, schema_of, sent, sent_components, sent_object
from web.api.shapes.town import Description
from web.api.shapes.values import Count, Problem

PREFIX = "/engine-rest"
_ARGUMENT = re.compile(r"<(?:[^:<>]+:)?(\w+)>")
_JSON = "application/json"
#: Functions that make answers → status and media type.
_MADE: dict[str, tuple[str, str | None]] = {
    "answer": ("200", _JSON),
    "count": ("200", _JSON),
    "nothing": ("204", None),
    "plain": ("200", "text/plain"),
    "page": ("200", "application/xhtml+xml"),
    "file": ("200", "application/octet-stream"),
}
#: Where looking for what a view uses ends.
_ENDS = {*_MADE, "problem", "typed_value"}
_PAGING = [
    {"name": name, "in": "query", "schema": {"type": "integer", "minimum": 0}} for name in ("firstResult", "maxResults")
]
_SORTING = [
    {"name": "sortBy", "in": "query", "schema": {"type": "string"}},
    {"name": "sortOrder", "in": "query", "schema": {"type": "string", "enum": ["asc", "desc"]}},
]
_REFUSALS = {
    "400": "What was sent cannot be understood or done; `message` says why.",
    "401": "No credentials, or wrong ones.",
    "403": "The account has no grant for this; `missingAuthorizations` names it.",
    "404": "There is no such thing.",
    "413": "The request is too large.",
    "415": "What was sent has a content type that is not understood here.",
    "429": "Too many failed logins.",
    "500": "It failed, and nothing of it was kept; `message` says why.",
}


@blueprint.get("/openapi.json")
@open_to_all
@gives(Description)
def openapi() -> Response:
    """This description."""
    return answer(document())


def document() -> dict[str, Any]:
    """The description of what this application serves."""
    return _document(current_app._get_current_object())  # type: ignore[attr-defined]  # werkzeug's proxies know it


def sections() -> list[tuple[str, list[dict[str, Any]]]]:
    """The same by resource, for reading: each operation with its path, method and what it says."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document()["paths"].items():
        for method, about in methods.items():
            found.setdefault(about["tags"][0], []).append({"path": path, "method": method.upper(), **about})
    return sorted(found.items())


def fields(operation: dict[str, Any]) -> list[str]:
    """What can be given to an operation beside what stands in its path."""
    sent = operation.get("requestBody", {}).get("content", {}).get(_JSON, {}).get("schema", {}).get("properties", {})
    return [one["name"] for one in operation["parameters"] if one["in"] == "query"] + list(sent)


def answers(operation: dict[str, Any]) -> list[str]:
    """How an operation may answer: statuses, with the shape of what is answered: `200 Task[]`."""
    return [f"{status} {_shape_name(about)}".strip() for status, about in operation["responses"].items()]


def _shape_name(about: dict[str, Any]) -> str:
    schema = about.get("content", {}).get(_JSON, {}).get("schema", {})
    is_list = schema.get("type") == "array"
    named = schema["items"] if is_list else schema
    name = named.get("$ref", "").rpartition("/")[2]
    return f"{name}[]" if name and is_list else name


@lru_cache(maxsize=4)
def _document(app: Flask) -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    schemas = sent_components()
    schema_of(Problem, schemas)
    schema_of(Count, schemas)
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint.startswith(f"{blueprint.name}."):
            path = _ARGUMENT.sub(r"{\1}", rule.rule.removeprefix(PREFIX))
            paths.setdefault(path, {}).update(_operations(app, rule, schemas))
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Amtsfluss: REST API of Camunda 7",
            "version": version("amtsfluss"),
            "description": "What programs can ask of the town's runtime. Lists take further parameters of Camunda 7; "
            "what is not known is passed over.",
            "license": {"name": "EUPL-1.2"},
        },
        "servers": [{"url": PREFIX}],
        "security": [{"basic": []}, {"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic"},
                "bearer": {"type": "http", "scheme": "bearer"},
            },
            "schemas": dict(sorted(schemas.items())),
            "responses": {status: _refusal(words) for status, words in _REFUSALS.items()},
        },
    }


def _refusal(words: str) -> dict[str, Any]:
    return {"description": words, "content": {_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _operations(app: Flask, rule: Rule, schemas: dict[str, Schema]) -> Iterator[tuple[str, dict[str, Any]]]:
    view = app.view_functions[rule.endpoint]
    summary = (inspect.getdoc(view) or "").split("\n\n")[0].replace("\n", " ")
    methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    for method in methods:
        name = rule.endpoint.partition(".")[2]
        place = re.sub(r"\W+", "_", rule.rule.removeprefix(PREFIX)).strip("_")
        about: dict[str, Any] = {
            "operationId": f"{name}__{method.lower()}_{place}",
            "summary": summary,
            "tags": [rule.rule.removeprefix(PREFIX).strip("/").partition("/")[0]],
            "parameters": _parameters(rule, view, method),
            "responses": _responses(view, schemas),
        }
        if method in ("POST", "PUT"):
            about["requestBody"] = _body(view)
        if is_open(rule.endpoint):
            about["security"] = []
        yield method.lower(), about


def _parameters(rule: Rule, view: Callable[..., Any], method: str) -> list[dict[str, Any]]:
    found = [
        {"name": name, "in": "path", "required": True, "schema": _argument(rule, name)}
        for name in _ARGUMENT.findall(rule.rule)
    ]
    asked = query_of(view) if method in ("GET", "DELETE") else {}
    found += [parameter(name, kind) for name, kind in asked.items()]
    if "span" in _names(view):
        found += _PAGING
    return found + (_SORTING if "orders" in _names(view) and method == "GET" else [])


def _argument(rule: Rule, name: str) -> dict[str, Any]:
    """Some stand for one of a few words."""
    words = re.search(rf"<any\(([^)]*)\):{name}>", rule.rule)
    return {"type": "string", "enum": words[1].split(", ")} if words else {"type": "string", "minLength": 1}


def _body(view: Callable[..., Any]) -> dict[str, Any]:
    form = form_of(view)
    if form is not None:
        schema = sent_object({name: kind for name, kind in form.items() if name != "others"})
        if "others" in form:
            schema["additionalProperties"] = sent(form["others"])
        return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    fields = {**body_of(view), **query_of(view)}
    if "orders" in _names(view):
        fields["sorting"] = "sorting"
    schema = sent_object(fields)
    return {"required": "required" in schema, "content": {_JSON: {"schema": schema}}}


def _responses(view: Callable[..., Any], schemas: dict[str, Schema]) -> dict[str, Any]:
    names = _names(view)
    # A view that always refuses makes nothing.
    made = [_MADE[name] for name in _MADE if name in names]
    found: dict[str, Any] = {}
    for status, media in made:
        about = found.setdefault(status, {"description": "It went well."})
        if media is not None:
            about.setdefault("content", {})[media] = {"schema": _schema(media, view, schemas)}
    found |= {status: {"$ref": f"#/components/responses/{status}"} for status in _REFUSALS}
    return dict(sorted(found.items()))


def _schema(media: str, view: Callable[..., Any], schemas: dict[str, Schema]) -> Schema:
    if media == _JSON:
        shape = shape_of(view)
        return schema_of(Count if shape is Any and "count" in _names(view) else shape, schemas)
    return {"type": "string"} | ({"format": "binary"} if media == "application/octet-stream" else {})


@lru_cache(maxsize=2000)
def _names(view: Callable[..., Any]) -> frozenset[str]:
    """The functions that a view uses, directly or through others of the API."""
    found: set[str] = set()
    pending = [inspect.unwrap(view)]
    seen: set[int] = set()
    while pending:
        function = pending.pop()
        code = getattr(function, "__code__", None)
        if code is None or id(code) in seen:
            continue
        seen.add(id(code))
        for name in _used(code):
            found.add(name)
            called = getattr(function, "__globals__", {}).get(name)
            is_ours = getattr(called, "__module__", "").startswith("web.api") and name not in _ENDS
            if inspect.isfunction(called) and is_ours:
                pending.append(called)
    return frozenset(found)


def _used(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _used(constant)
