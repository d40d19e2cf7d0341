# SPDX-License-Identifier: EUPL-1.2
"""Deploy from the Camunda Modeler and from others: what is sent, what comes back, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api import modeler
from tests.api.client import ApiClient, json_of
from web.bootstrap import Platform

ANTRAG = ("antrag.bpmn", "antrag-stellen.form", "antrag-pruefen.form")
MODEL = (modeler.MODELS / "antrag.bpmn").read_bytes()


def create(client: ApiClient, body: bytes) -> TestResponse:
    return client.post("/engine-rest/deployment/create", data=body, headers=modeler.HEADERS)


def answered_to(client: ApiClient, body: bytes) -> Any:
    return json_of(create(client, body))


def deployed(client: ApiClient, *names: str, **more: Any) -> dict[str, Any]:
    response = create(client, modeler.deployment(*(names or ANTRAG), **more))
    assert response.status_code == 200, response.text
    answered: dict[str, Any] = json_of(response)
    return answered


def test_modeler_deploys_and_runs(nobody: ApiClient, rest: ApiClient):
    """The calls of the Deploy and the Run button in their order."""
    ask = "/engine-rest/deployment?maxResults=0"
    assert nobody.get(ask, headers={"Accept": "application/json", "Origin": "file://"}).status_code == 401
    preflight = nobody.options(
        "/engine-rest/deployment/create",
        headers={
            "Origin": "file://",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization",
        },
    )
    assert preflight.status_code == 200
    assert json_of(rest.get(ask)) == []
    assert rest.ask("/version") == {"version": "7.24.0"}
    answered = deployed(rest)
    number = answered["id"]
    assert answered["links"] == [
        {"method": "GET", "href": f"http://localhost/engine-rest/deployment/{number}", "rel": "self"}
    ]
    assert (answered["name"], answered["source"], answered["tenantId"]) == ("antrag", "Camunda Modeler", None)
    assert answered["deploymentTime"] == "2026-11-22T11:00:00.000+0000"
    assert answered["deployedDecisionDefinitions"] is None
    ((definition_id, definition),) = answered["deployedProcessDefinitions"].items()
    assert definition == {
        "id": definition_id,
        "key": "antrag",
        "category": "http://bpmn.io/schema/bpmn",
        "description": "Ein Antrag wird geprüft.",
        "name": "Antrag",
        "version": 1,
        "resource": "antrag.bpmn",
        "deploymentId": number,
        "diagram": None,
        "suspended": False,
        "tenantId": None,
        "versionTag": "1.0",
        "historyTimeToLive": 30,
        "startableInTasklist": True,
    }
    assert definition_id.startswith("antrag:1:")
    started = rest.sends(f"/process-definition/{definition_id}/start", {"businessKey": None, "variables": None})
    assert started["definitionId"] == definition_id


def test_decisions_of_a_deployment_are_said(rest: ApiClient):
    table = {"gebuehr.dmn": (modeler.MODELS / "rules" / "gebuehr.dmn").read_bytes()}
    first = deployed(rest, "antwort.bpmn", name="gebuehr", files=table)
    made = first["deployedDecisionDefinitions"]
    assert made == {each["id"]: each for each in rest.ask("/decision-definition", deploymentId=first["id"])}
    graphs = first["deployedDecisionRequirementsDefinitions"]
    assert graphs == {each["id"]: each for each in rest.ask("/decision-requirements-definition")}
    assert {each["decisionRequirementsDefinitionId"] for each in made.values()} == set(graphs)
    assert deployed(rest, "antwort.bpmn", name="gebuehr", files=table) == first
    assert deployed(rest)["deployedDecisionDefinitions"] is None


def test_unchanged_files_are_not_deployed_again_but_said_to_be_there(rest: ApiClient):
    first, second = deployed(rest), deployed(rest)
    assert second == first
    changed = answered_to(
        rest, modeler.deployment(*ANTRAG[1:], files={"antrag.bpmn": MODEL.replace(b'1.0"', b'1.1"', 2)})
    )
    assert next(iter(changed["deployedProcessDefinitions"].values()))["version"] == 2


def test_without_filtering_each_deployment_is_a_new_version(rest: ApiClient):
    files = {name: (modeler.MODELS / name).read_bytes() for name in ANTRAG}
    for version in (1, 2):
        answered = answered_to(rest, modeler.form({"deployment-name": "antrag"}, files))
        assert next(iter(answered["deployedProcessDefinitions"].values()))["version"] == version
    again = answered_to(rest, modeler.form({"deployment-name": "antrag", "deploy-changed-only": "true"}, files))
    assert again["deployedProcessDefinitions"] == answered["deployedProcessDefinitions"]


def test_model_that_cannot_run_is_refused_with_its_elements(rest: ApiClient):
    broken = MODEL.replace(b'targetRef="Pruefen"', b'targetRef="Nirgends"')
    envelope = answered_to(rest, modeler.deployment(*ANTRAG[1:], files={"antrag.bpmn": broken}))
    assert (envelope["type"], envelope["code"]) == ("ParseException", 0)
    assert envelope["message"].startswith("ENGINE-09005 Could not parse BPMN process.")
    found = envelope["details"]["antrag.bpmn"]["errors"]
    assert found[0]["elementIds"] == [found[0]["mainElementId"]]
    missing = create(rest, modeler.deployment("antrag.bpmn"))
    assert missing.status_code == 400
    found = json_of(missing)["details"]["antrag.bpmn"]["errors"]
    assert {each["mainElementId"] for each in found} == {"Eingang", "Pruefen"}
    assert all(each["line"] > 1 for each in found)
    assert rest.ask("/deployment/count") == {"count": 0}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no xml",
        b"<a/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]><l>&c;</l>',
        b"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'>" + b"<a>" * 5000,
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_model_is_refused(rest: ApiClient, content: bytes):
    response = create(rest, modeler.deployment(files={"x.bpmn": content}))
    assert response.status_code == 400
    assert json_of(response)["type"] == "ParseException"
    assert "x.bpmn" in json_of(response)["details"]


def test_forms_and_decisions_are_checked(rest: ApiClient):
    for name, content in {"x.form": b"{", "y.form": b"[" * 3000, "x.dmn": b"<a/>"}.items():
        response = create(rest, modeler.deployment(files={name: content}))
        assert response.status_code == 400
        assert name in json_of(response)["details"]


def test_form_data_that_make_no_deployment_are_refused(rest: ApiClient):
    assert "No deployment resources" in answered_to(rest, modeler.form({"deployment-name": "x"}, {}))["message"]
    assert "No file name found" in answered_to(rest, modeler.form({"antrag.bpmn": "<a/>"}, {}))["message"]
    later = modeler.form({"deployment-activation-time": "2030-01-01T00:00:00"}, {"a.txt": b""})
    assert "take effect at once" in answered_to(rest, later)["message"]
    assert create(rest, modeler.form({"deployment-name": "x" * 201}, {"a.txt": b""})).status_code == 400
    assert create(rest, modeler.form({}, {"x" * 201: b""})).status_code == 400
    twice = modeler.form({}, {"a.txt": b"1"}).replace(b"--\r\n", b"\r\n") + modeler.form({}, {"a.txt": b"2"})
    assert create(rest, twice).status_code == 400
    rest.refuses("/deployment/create", {"name": "x"}, status=415)
    assert rest.ask("/deployment/count") == {"count": 0}


def test_names_that_look_like_paths_are_only_names(rest: ApiClient):
    name = "../../etc/passwd"
    answered = answered_to(rest, modeler.form({"deployment-name": name}, {name: b"text"}))
    resources = rest.ask(f"/deployment/{answered['id']}/resources")
    assert [each["name"] for each in resources] == [name]
    data = rest.get(f"/engine-rest/deployment/{answered['id']}/resources/{resources[0]['id']}/data")
    assert "passwd" in data.headers["Content-Disposition"]
    assert "/" not in data.headers["Content-Disposition"].partition("''")[0]


def test_lists_are_filtered_sorted_and_paged(rest: ApiClient):
    first = deployed(rest)
    second = answered_to(rest, modeler.form({"deployment-name": "Zweite", "tenant-id": "ost"}, {"a.txt": b"1"}))
    assert rest.ask("/deployment/count") == {"count": 2}
    ids = [first["id"], second["id"]]

    def found(**question: object) -> list[str]:
        listed = [each["id"] for each in rest.ask("/deployment", **question)]
        assert rest.ask("/deployment/count", **question) == {"count": len(listed)}
        return listed

    assert found() == ids
    assert found(sortBy="name", sortOrder="asc") == ids[::-1]
    assert found(sortBy="id", sortOrder="desc") == ids[::-1]
    assert [each["id"] for each in rest.ask("/deployment", firstResult=1, maxResults=1)] == ids[1:]
    assert (
        found(id=ids[0]) == found(name="antrag") == found(nameLike="ant%") == found(withoutTenantId="true") == ids[:1]
    )
    assert found(source="Camunda Modeler") == ids[:1]
    assert found(tenantIdIn="ost,west") == found(withoutSource="true") == ids[1:]
    assert found(tenantIdIn="ost", includeDeploymentsWithoutTenantId="true") == ids
    assert found(after="2026-11-22T12:00:00.000+0100") == []
    assert found(before="2026-11-22T12:00:01.000+0100") == ids
    assert found(id="nein") == found(nameLike="ant\\%") == []
    assert rest.ask("/deployment/registered") == ids
    for wrong in ("sortBy=id", "sortBy=nichts&sortOrder=asc", "maxResults=x", "firstResult=-1", "after=gestern"):
        rest.refuses(f"/deployment?{wrong}", method="GET")


def test_deployment_and_its_files_are_shown(rest: ApiClient):
    number = deployed(rest)["id"]
    assert rest.ask(f"/deployment/{number}")["name"] == "antrag"
    resources = rest.ask(f"/deployment/{number}/resources")
    assert sorted(each["name"] for each in resources) == sorted(ANTRAG)
    model = next(each for each in resources if each["name"] == "antrag.bpmn")
    assert rest.ask(f"/deployment/{number}/resources/{model['id']}") == model
    data = rest.get(f"/engine-rest/deployment/{number}/resources/{model['id']}/data")
    assert data.data == MODEL
    for path in ("/0", "/nein", f"/{number}/resources/0", f"/{number}/resources/x/data", "/99999999999999999999"):
        rest.refuses(f"/deployment{path}", method="GET", status=404)


def test_some_files_can_be_deployed_again(rest: ApiClient):
    number = deployed(rest)["id"]
    again = rest.sends(f"/deployment/{number}/redeploy", {})
    assert next(iter(again["deployedProcessDefinitions"].values()))["version"] == 2
    only = rest.sends(f"/deployment/{number}/redeploy", {"resourceNames": ["antrag-pruefen.form"]})
    assert only["deployedProcessDefinitions"] is None
    rest.refuses(f"/deployment/{number}/redeploy", {"resourceIds": ["0"]}, status=404)


def test_deployment_is_taken_back_with_its_cases_or_not_at_all(rest: ApiClient, platform: Platform):
    first = deployed(rest)
    second = rest.sends(f"/deployment/{first['id']}/redeploy", {})
    case = rest.sends("/process-definition/key/antrag/start", {})
    envelope = rest.refuses(f"/deployment/{second['id']}", method="DELETE")
    assert "Cases began" in envelope["message"]
    assert rest.ask("/process-instance/count") == {"count": 1}
    rest.sends(f"/deployment/{second['id']}?cascade=true", method="DELETE", expect=204)
    rest.refuses(f"/process-instance/{case['id']}", method="GET", status=404)
    assert [each["version"] for each in rest.ask("/process-definition")] == [1]
    rest.sends(f"/deployment/{first['id']}", method="DELETE", expect=204)
    rest.refuses(f"/deployment/{first['id']}", method="DELETE", status=404)
    third = deployed(rest)
    ids = {next(iter(each["deployedProcessDefinitions"])).rpartition(":")[2] for each in (first, second, third)}
    assert len(ids) == 3, "ids are given once"


def test_account_deploys_only_the_processes_it_is_granted(rest: ApiClient, machine: Callable[..., ApiClient]):
    own = machine("deployment:*:antrag", "process-definition:read:antrag")
    number = deployed(own)["id"]
    other = {"x.bpmn": MODEL.replace(b'id="antrag"', b'id="anderes"'), **_forms()}
    response = create(own, modeler.deployment(name="anderes", files=other))
    assert response.status_code == 403
    assert json_of(response)["missingAuthorizations"] == [
        {"permissionName": "CREATE", "resourceName": "deployment", "resourceId": "anderes"}
    ]
    assert create(own, modeler.form({}, {"a.txt": b""})).status_code == 403
    foreign = answered_to(rest, modeler.deployment(name="anderes", files=other))["id"]
    assert [each["id"] for each in own.ask("/deployment")] == [number]
    own.refuses(f"/deployment/{foreign}", method="GET", status=403)
    own.refuses(f"/deployment/{foreign}", method="DELETE", status=403)
    machine("deployment:create").refuses(f"/deployment/{number}", method="GET", status=403)


def _forms() -> dict[str, bytes]:
    return {name: (modeler.MODELS / name).read_bytes() for name in ANTRAG[1:]}


def test_large_request_is_refused(rest: ApiClient, app: Any):
    app.config["MAX_CONTENT_LENGTH"] = 2000
    response = create(rest, modeler.deployment(files={"x.bpmn": b"x" * 4000}))
    assert response.status_code == 413
    assert json.loads(response.data)["type"] == "RestException"
