# SPDX-License-Identifier: EUPL-1.2
"""Whether answers are what the description of the interface says: no field too few, too many, or of another kind."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from flask import Flask
from jsonschema_rs import Validator, validator_for
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from web.api.openapi import document

_REFERENCE = "#/components/responses/"


def check_described(app: Flask, response: TestResponse) -> None:
    """That the description knows such an answer: its status, its media type, and what stands in it."""
    method = response.request.method
    if method not in ("GET", "POST", "PUT", "DELETE"):
        return
    try:
        rule, _ = app.url_map.bind("localhost").match(response.request.path, method, return_rule=True)
    except HTTPException:
        return  # There is no such route, or it does not know the method.
    path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/engine-rest"))
    described = _described(app)
    told = described["paths"][path][method.lower()]["responses"]
    where = (rule.rule, method, response.status_code)
    assert str(response.status_code) in told, where
    if response.mimetype == "application/json":
        answer = told[str(response.status_code)]
        if "$ref" in answer:
            answer = described["components"]["responses"][answer["$ref"].removeprefix(_REFERENCE)]
        schema = json.dumps(answer["content"]["application/json"]["schema"])
        for error in _validator(_routes(app), schema).iter_errors(response.json):
            raise AssertionError(f"{where}: {error}")


def closed(described: dict[str, Any]) -> dict[str, Any]:
    """The same description, by which objects with named fields have no others."""
    changed: dict[str, Any] = _closed(described)
    return changed


def _closed(part: Any) -> Any:
    if isinstance(part, list):
        return [_closed(each) for each in part]
    if not isinstance(part, dict):
        return part
    found = {name: _closed(each) for name, each in part.items()}
    is_object = found.get("type") == "object" and isinstance(found.get("properties"), dict)
    return {"additionalProperties": False, **found} if is_object else found


def _described(app: Flask) -> dict[str, Any]:
    with app.app_context():
        return _of_routes(_routes(app))


@lru_cache(maxsize=4)
def _routes(app: Flask) -> tuple[str, ...]:
    return tuple(sorted(f"{sorted(rule.methods or ())} {rule.rule}" for rule in app.url_map.iter_rules()))


@lru_cache(maxsize=4)
def _of_routes(routes: tuple[str, ...]) -> dict[str, Any]:
    """Each test has an application of its own, but all have the same routes."""
    return closed(document())


@lru_cache(maxsize=500)
def _validator(routes: tuple[str, ...], schema: str) -> Validator:
    components = {"schemas": _of_routes(routes)["components"]["schemas"]}
    return validator_for(_plain({**json.loads(schema), "components": components}))


def _plain(part: Any) -> Any:
    """As JSON Schema says it: what may be null is one of two."""
    if isinstance(part, list):
        return [_plain(each) for each in part]
    if not isinstance(part, dict):
        return part
    found = {name: _plain(each) for name, each in part.items() if name != "nullable" or isinstance(each, dict)}
    return {"anyOf": [found, {"type": "null"}]} if part.get("nullable") is True else found
