# SPDX-License-Identifier: EUPL-1.2
"""The description of the interface (OpenAPI 3), made from the routes that are served.

Words come from the views' docstrings, fields from what `takes` and `asks` say beside them, kinds of answers from the
functions of `web.api.answers` that a view uses.
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
from web.api.describing import body_of, query_of
from web.api.guard import is_open, open_to_all

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
_PAGING = ("firstResult", "maxResults")
_SORTING = ("sortBy", "sortOrder")
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


@lru_cache(maxsize=4)
def _document(app: Flask) -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint.startswith(f"{blueprint.name}."):
            path = _ARGUMENT.sub(r"{\1}", rule.rule.removeprefix(PREFIX))
            paths.setdefault(path, {}).update(_operations(app, rule))
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
            "schemas": {"Problem": _PROBLEM, "Count": _COUNT},
            "responses": {status: _refusal(words) for status, words in _REFUSALS.items()},
        },
    }


def _refusal(words: str) -> dict[str, Any]:
    return {"description": words, "content": {_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


_PROBLEM = {
    "type": "object",
    "required": ["type", "message", "code"],
    "properties": {"type": {"type": "string"}, "message": {"type": "string"}, "code": {"type": "integer"}},
}
_COUNT = {"type": "object", "required": ["count"], "properties": {"count": {"type": "integer"}}}


def _operations(app: Flask, rule: Rule) -> Iterator[tuple[str, dict[str, Any]]]:
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
            "responses": _responses(rule, view),
        }
        if method in ("POST", "PUT"):
            about["requestBody"] = _body(rule, view)
        if is_open(rule.endpoint):
            about["security"] = []
        yield method.lower(), about


def _parameters(rule: Rule, view: Callable[..., Any], method: str) -> list[dict[str, Any]]:
    found = [
        {"name": name, "in": "path", "required": True, "schema": _argument(rule, name)}
        for name in _ARGUMENT.findall(rule.rule)
    ]
    names = [*query_of(view)] if method == "GET" else []
    if "span" in _names(view):
        names += _PAGING
    if "orders" in _names(view) and method == "GET":
        names += _SORTING
    return found + [{"name": name, "in": "query", "schema": _parameter(name)} for name in names]


def _argument(rule: Rule, name: str) -> dict[str, Any]:
    """Some stand for one of a few words."""
    words = re.search(rf"<any\(([^)]*)\):{name}>", rule.rule)
    return {"type": "string", "enum": words[1].split(", ")} if words else {"type": "string", "minLength": 1}


def _parameter(name: str) -> dict[str, Any]:
    if name in _PAGING:
        return {"type": "integer", "minimum": 0}
    return {"type": "string", "enum": ["asc", "desc"]} if name == "sortOrder" else {"type": "string"}


def _body(rule: Rule, view: Callable[..., Any]) -> dict[str, Any]:
    if {"files", "uploaded_value", "read_upload"} & _names(view):
        media: dict[str, Any] = {"multipart/form-data": {"schema": {"type": "object"}}}
        return {"content": media}
    takes = body_of(view)
    properties: dict[str, dict[str, Any]] = {
        name: {"type": kind.rstrip("!"), "nullable": not kind.endswith("!")} for name, kind in takes.items()
    }
    properties |= {name: {} for name in query_of(view)}
    for about in properties.values():
        if about.get("type") == "array":
            about["items"] = {}
    schema: dict[str, Any] = {"type": "object"}
    if properties:
        schema["properties"] = properties
    needed = [name for name, kind in takes.items() if kind.endswith("!")]
    if needed:
        schema["required"] = needed
    return {"required": bool(needed), "content": {_JSON: {"schema": schema}}}


def _responses(rule: Rule, view: Callable[..., Any]) -> dict[str, Any]:
    names = _names(view)
    made = [_MADE[name] for name in _MADE if name in names] or [("200", _JSON), ("204", None)]
    found: dict[str, Any] = {}
    for status, media in made:
        about = found.setdefault(status, {"description": "It went well."})
        if media is not None:
            about.setdefault("content", {})[media] = {"schema": _schema(media, names)}
    found |= {status: {"$ref": f"#/components/responses/{status}"} for status in _REFUSALS}
    return dict(sorted(found.items()))


def _schema(media: str, names: frozenset[str]) -> dict[str, Any]:
    if media == _JSON:
        return {"$ref": "#/components/schemas/Count"} if "count" in names and "answer" not in names else {}
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
            is_ours = getattr(called, "__module__", "").startswith("web.api") and name not in _MADE
            if inspect.isfunction(called) and is_ours:
                pending.append(called)
    return frozenset(found)


def _used(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _used(constant)
