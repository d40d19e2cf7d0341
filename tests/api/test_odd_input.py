# SPDX-License-Identifier: EUPL-1.2
"""Odd values for everything that the description of the interface names: they are refused or find nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api import work
from tests.api.client import ApiClient, json_of
from tests.api.odd import odd_texts

_IN_BODY: tuple[Any, ...] = (None, "", "x", -1, 2**70, 1.5, True, [], ["x", None, 3], {}, {"a": {"b": []}}, "ä'\"\\%")
#: What somebody else's tests ask.
_WORDS = (*work.VALUES, "event-subscription", "message", "signal", "condition", "migration", "modification", "schema")


@pytest.fixture
def known(rest: ApiClient) -> dict[str, dict[str, str]]:
    case = work._started(rest, "antwort")
    town = {"case": case}
    file = {"value": "eA==", "type": "File", "valueInfo": {"filename": "a.txt"}}
    rest.sends(f"/process-instance/{case}/variables/datei", file, method="PUT", expect=204)
    return {word: give(rest, town) for word, give in work.VALUES.items()}


def operations(rest: ApiClient, known: dict[str, dict[str, str]]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, address and description of each."""
    for path, methods in rest.ask("/openapi.json")["paths"].items():
        word = path.strip("/").partition("/")[0]
        if word in _WORDS:
            for method, about in methods.items():
                shown = re.sub(r"\{(\w+)\}", r"<\1>", path)
                usual = work.BODIES.get(f"{method.upper()} {shown}", {})
                yield method.upper(), path.format(**known.get(word, {})), about | {"usual": usual}


def test_odd_values_in_addresses(rest: ApiClient, known: dict[str, dict[str, str]]):
    for method, path, about in operations(rest, known):
        if method != "GET":
            continue
        for one in about["parameters"]:
            name = one["name"]
            for value in odd_texts(one) if one["in"] == "query" else ():
                response = rest.get(f"/engine-rest{path}", query_string={name: value})
                assert response.status_code in (200, 204, 400, 404), (path, name, value, response.text)


def test_odd_values_in_bodies(rest: ApiClient, known: dict[str, dict[str, str]]):
    for method, path, about in operations(rest, known):
        schema = about.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        names = [name for name in schema.get("properties", {}) if name != "asyncResponseTimeout"]
        for name in names:
            for value in _IN_BODY:
                response = rest.open(f"/engine-rest{path}", method=method, json={**about["usual"], name: value})
                # A decision and a job may fail by themselves.
                by_itself = response.status_code == 500 and path.endswith(("/evaluate", "/execute"))
                assert by_itself or response.status_code < 500, (method, path, name, value, response.text)


def test_bodies_that_are_no_objects(rest: ApiClient, known: dict[str, dict[str, str]]):
    for method, path, _ in operations(rest, known):
        if method in ("POST", "PUT"):
            for body in (b"[]", b'"x"', b"{", b"\xff", b'{"a": NaN}', b"[" * 5000):
                response = rest.open(f"/engine-rest{path}", method=method, data=body)
                assert response.status_code < 500 or path.endswith("/execute"), (method, path, body, response.text)


def test_a_part_of_a_form_without_a_name(rest: ApiClient):
    sent = b"--x\r\nContent-Disposition: form-data\r\n\r\nantrag\r\n--x--\r\n"
    form = {"data": sent, "content_type": "multipart/form-data; boundary=x"}
    response = rest.post("/engine-rest/deployment/create", **form)
    assert response.status_code == 400
    assert json_of(response)["message"].startswith("No file name found in the deployment resource")
