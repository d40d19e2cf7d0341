# SPDX-License-Identifier: EUPL-1.2
"""The description of the interface says what is served; templates of the Modeler say what our operations take."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from engine.operations import operations
from tests.api.client import ApiClient
from tests.api.conformance import check_described
from tests.api.test_clients import CLIENTS, NODE
from tests.web.browser import Browser
from web.cli import main
from web.modeler import element_templates

#: What is only there to say why it is not done.
REFUSED = {
    ("post", "/history/batch/set-removal-time"),
    ("post", "/history/cleanup"),
    ("get", "/history/cleanup/job"),
    ("post", "/history/decision-instance/delete"),
    ("post", "/history/decision-instance/set-removal-time"),
    ("post", "/history/process-instance/set-removal-time"),
    ("delete", "/task/{id}"),
    ("post", "/task/create"),
    ("get", "/tenant/{id}"),
}


#: How views read what they are asked.
BY_METHOD = {"text", "texts", "flag", "truth", "number", "moment", "conditions"}
BY_FUNCTION = {"text_of", "needed_text", "texts_of", "number_of", "account_name", "variable_conditions"}


def described(client: ApiClient) -> dict[str, Any]:
    found: dict[str, Any] = client.ask("/openapi.json")
    return found


def test_all_that_is_served_is_described_and_nothing_else(app: Flask, nobody: ApiClient):
    document = described(nobody)
    served = {
        (re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/engine-rest")), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    told = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert served == told


def test_each_operation_is_described_in_full(nobody: ApiClient):
    document = described(nobody)
    seen: set[str] = set()
    for path, methods in document["paths"].items():
        for method, about in methods.items():
            assert about["summary"].endswith((".", ";")), (path, method)
            assert about["operationId"] not in seen
            seen.add(about["operationId"])
            given = {one["name"] for one in about["parameters"] if one["in"] == "path"}
            assert given == set(re.findall(r"\{(\w+)\}", path))
            assert ({"200", "204"} & set(about["responses"])) or (method, path) in REFUSED, (method, path)
            assert {"400", "401", "403", "404", "500"} <= set(about["responses"])
            assert ("requestBody" in about) == (method in ("post", "put"))


def test_kinds_of_answers_are_read_off_the_views(nobody: ApiClient):
    paths = described(nobody)["paths"]

    def answers(path: str, method: str) -> dict[str, Any]:
        found: dict[str, Any] = paths[path][method]["responses"]
        return {status: found[status] for status in found if status < "300"}

    assert set(answers("/external-task/{task_id}/complete", "post")) == {"204"}
    assert set(answers("/message", "post")) == {"200", "204"}
    count = answers("/job/count", "get")["200"]["content"]["application/json"]["schema"]
    assert count == {"$ref": "#/components/schemas/Count"}
    assert "text/plain" in answers("/job/{id}/stacktrace", "get")["200"]["content"]
    assert "application/octet-stream" in answers("/variable-instance/{id}/data", "get")["200"]["content"]


def test_each_answer_has_a_shape(nobody: ApiClient):
    document = described(nobody)
    shapeless = [
        (path, method)
        for path, methods in document["paths"].items()
        for method, about in methods.items()
        for answer in about["responses"].values()
        if answer.get("content", {}).get("application/json", {"schema": "of another kind"})["schema"] == {}
    ]
    assert not shapeless
    task = document["components"]["schemas"]["Task"]
    assert task["properties"]["due"]["nullable"] is True
    assert {"id", "name", "assignee", "taskDefinitionKey"} <= set(task["required"])
    assert "comment" in set(task["properties"]) - set(task["required"])


def test_an_answer_unlike_its_description_is_noticed(app: Flask, rest: ApiClient):
    response = rest.get("/engine-rest/version")
    for odd in ({"version": "7.24.0", "more": 1}, {}, {"version": None}, ["7.24.0"]):
        response.set_data(json.dumps(odd))
        with pytest.raises(AssertionError):
            check_described(app, response)


def test_all_that_views_read_is_described(nobody: ApiClient):
    named = set(_names(described(nobody)))
    read = {name: file.name for file in Path("web/api").glob("*.py") for name in _read_in(file)}
    assert len(read) > 100
    undescribed = {name: file for name, file in read.items() if name not in named}
    assert not undescribed


def _names(described: Any) -> Iterator[str]:
    """Of parameters, of fields of what is sent, wherever they stand."""
    if isinstance(described, list):
        for each in described:
            yield from _names(each)
    elif isinstance(described, dict):
        if isinstance(described.get("name"), str):
            yield described["name"]
        if isinstance(described.get("properties"), dict):
            yield from described["properties"]
        for each in described.values():
            yield from _names(each)


def _read_in(file: Path) -> Iterator[str]:
    """What a module reads from questions and bodies by name: `question.flag("active")`, `text_of(told, "name")`."""
    for node in ast.walk(ast.parse(file.read_text())):
        if not isinstance(node, ast.Call):
            continue
        by_method = isinstance(node.func, ast.Attribute) and node.func.attr in BY_METHOD
        by_function = isinstance(node.func, ast.Name) and node.func.id in BY_FUNCTION
        if by_method or by_function:
            yield from (
                each.value for each in node.args[:2] if isinstance(each, ast.Constant) and isinstance(each.value, str)
            )


def test_fields_and_parameters_are_named(nobody: ApiClient):
    paths = described(nobody)["paths"]
    body = paths["/external-task/{task_id}/complete"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["required"] == ["workerId"]
    assert set(body["properties"]) == {"workerId", "variables", "localVariables"}
    names = {one["name"] for one in paths["/job"]["get"]["parameters"]}
    assert {"processInstanceId", "timers", "dueDates", "sortBy", "sortOrder", "firstResult", "maxResults"} <= names
    assert paths["/engine"]["get"]["security"] == []
    assert "security" not in paths["/job"]["get"]


def test_description_can_be_read_as_a_page(app: Flask):
    app.test_client_class = Browser
    page = app.test_client().get("/api/docs")
    assert page.status_code == 200
    assert "POST /external-task/fetchAndLock" in page.text
    assert "Schnittstelle für Programme" in page.text


# -- templates for the Camunda Modeler --------------------------------------------------------------------------


def test_templates_are_those_that_the_modeler_takes(nobody: ApiClient, tmp_path: Path):
    served = nobody.get("/api/element-templates.json").json
    assert served == json.loads(CliRunner().invoke(main, ["templates"]).output) == element_templates()
    file = tmp_path / "templates.json"
    file.write_text(json.dumps(served))
    command = [sys.executable, str(NODE), "--in", str(CLIENTS), "node", "validate.mjs", str(file)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, f"{len(served)} valid\n"), checked.stderr


def test_each_operation_that_models_name_has_a_template():
    by_topic = {_bound(template, "camunda:topic"): template for template in element_templates()}
    known = {operation.name: operation for operation in operations() if "result" not in operation.inputs}
    assert set(by_topic) == set(known)
    for topic, template in by_topic.items():
        assert _bound(template, "camunda:type") == "external"
        inputs = [
            one["binding"]["name"]
            for one in template["properties"]
            if one["binding"]["type"] == "camunda:inputParameter"
        ]
        assert inputs == list(known[topic].inputs)
    claim = by_topic["rechnung.forderung_anlegen"]
    assert claim["name"] == "Forderung anlegen"
    (public,) = [one for one in claim["properties"] if one["binding"].get("name") == "oeffentlich_rechtlich"]
    assert (public["type"], public["value"]) == ("Dropdown", "=true")


def _bound(template: dict[str, Any], name: str) -> Any:
    (found,) = [one["value"] for one in template["properties"] if one["binding"].get("name") == name]
    return found
