# SPDX-License-Identifier: EUPL-1.2
"""The type with which a variable was sent is the one with which it comes back, wherever it is looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.client import ApiClient

FILE = {"filename": "a.txt", "mimeType": "text/plain", "encoding": "UTF-8"}
#: name → what is sent; it comes back the same unless `BACK` says otherwise.
SENT: dict[str, dict[str, Any]] = {
    "text": {"type": "String", "value": "ö"},
    "truth": {"type": "Boolean", "value": False},
    "short": {"type": "Short", "value": 5},
    "integer": {"type": "Integer", "value": 5},
    "long": {"type": "Long", "value": 5},
    "double": {"type": "Double", "value": 5.0},
    "date": {"type": "Date", "value": "2026-01-02T03:04:05.000+0000"},
    "json": {"type": "Json", "value": '{"a":[1,2.5]}'},
    "xml": {"type": "Xml", "value": "<a b='c'/>"},
    "bytes": {"type": "Bytes", "value": "eA=="},
    "nothing": {"type": "Null", "value": None},
    "file": {"type": "File", "value": "eA==", "valueInfo": FILE},
}
BACK = {**SENT, "file": {"type": "File", "value": None, "valueInfo": FILE}}


@pytest.fixture
def started(rest: ApiClient, publish: Callable[..., None]) -> Callable[..., str]:
    """Begin a case with these variables; its id."""

    def make(variables: dict[str, Any]) -> str:
        publish("meldung")
        found: str = rest.sends("/process-definition/key/meldung/start", {"variables": variables})["id"]
        return found

    return make


def shown(found: dict[str, Any]) -> dict[str, Any]:
    """Variables as they were sent: without what only answers say."""
    return {name: {key: value for key, value in typed.items() if value != {}} for name, typed in found.items()}


def by_name(lines: list[dict[str, Any]]) -> dict[str, Any]:
    return shown({line["name"]: {key: line[key] for key in ("type", "value", "valueInfo")} for line in lines})


def test_types_survive_start_completion_and_history(rest: ApiClient, started: Callable[..., str]):
    case = started(SENT)
    assert shown(rest.ask(f"/process-instance/{case}/variables")) == BACK
    assert by_name(rest.ask("/variable-instance", processInstanceIdIn=case)) == BACK
    (task,) = rest.ask("/task", processInstanceId=case)
    assert shown(rest.ask(f"/task/{task['id']}/variables")) == BACK
    again = {f"{name}2": typed for name, typed in SENT.items()}
    rest.sends(f"/task/{task['id']}/complete", {"variables": again}, expect=204)
    past = by_name(rest.ask("/history/variable-instance", processInstanceId=case))
    assert past == BACK | {f"{name}2": typed for name, typed in BACK.items()}
    changes = rest.ask("/history/detail", processInstanceId=case, variableUpdates="true")
    assert {one["variableName"]: one["variableType"] for one in changes} == {k: v["type"] for k, v in past.items()}


def test_type_of_the_last_value_counts(rest: ApiClient, started: Callable[..., str]):
    case = started({"x": {"type": "Integer", "value": 5}})
    for name, typed in SENT.items():
        rest.sends(f"/process-instance/{case}/variables/x", typed, method="PUT", expect=204)
        assert shown({name: rest.ask(f"/process-instance/{case}/variables/x")}) == {name: BACK[name]}


def test_cases_are_found_by_numbers_of_any_type(rest: ApiClient, started: Callable[..., str]):
    case = started({"short": SENT["short"], "long": SENT["long"], "double": SENT["double"]})
    for condition in ("long_eq_5", "short_gt_4", "long_lteq_5", "double_eq_5", "long_neq_4"):
        assert [one["id"] for one in rest.ask("/process-instance", variables=condition)] == [case], condition
    assert rest.ask("/process-instance", variables="long_lt_5") == []
    assert len(rest.ask("/history/variable-instance", variableTypeIn="Long")) == 1


def test_fields_of_a_start_form_take_their_types(rest: ApiClient, publish: Callable[..., None]):
    publish("meldung")
    form = "/process-definition/key/meldung"
    definition = rest.ask(form)["id"]
    rendered = rest.ask(f"{form}/startForm")["key"]
    assert rendered == f"embedded:engine://engine/:engine/process-definition/{definition}/rendered-form"
    page = rest.get(f"/engine-rest{form}/rendered-form")
    assert (page.mimetype, 'cam-variable-type="Long"' in page.text) == ("application/xhtml+xml", True)
    assert rest.ask(f"{form}/form-variables", variableNames="anzahl")["anzahl"]["type"] == "Long"
    filled = {"wo": {"value": "Markt"}, "seit": {"value": "31/12/2026"}, "eilig": {"value": "true"}}
    case = rest.sends(f"{form}/submit-form", {"variables": filled, "businessKey": "M-1"})
    found = rest.ask(f"/process-instance/{case['id']}/variables")
    assert shown(found) == {
        "anzahl": {"type": "Long", "value": 2},
        "wo": {"type": "String", "value": "Markt"},
        "seit": {"type": "Date", "value": "2026-12-30T23:00:00.000+0000"},
        "eilig": {"type": "Boolean", "value": True},
    }


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({}, "wo"),
        ({"wo": "Markt", "anzahl": 0}, "anzahl"),
        ({"wo": "Markt", "anzahl": "viele"}, "anzahl"),
        ({"wo": "Markt", "seit": "gestern"}, "seit"),
        ({"wo": "Markt", "eilig": "vielleicht"}, "eilig"),
    ],
)
def test_fields_of_a_start_form_are_checked(
    rest: ApiClient, publish: Callable[..., None], given: dict[str, Any], wrong: str
):
    publish("meldung")
    sent = {"variables": {name: {"value": value} for name, value in given.items()}}
    envelope = rest.refuses("/process-definition/key/meldung/submit-form", sent)
    assert (envelope["type"], wrong in envelope["message"]) == ("FormFieldValidatorException", True)
    assert rest.ask("/process-instance/count") == {"count": 0}
