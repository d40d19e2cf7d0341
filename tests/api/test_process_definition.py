# SPDX-License-Identifier: EUPL-1.2
"""Process definitions: lists, the model, starting, forms, holding and deleting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.db import unit_of_work
from engine.definitions import Bundle, deploy
from forms import check_form
from tests.api.client import ApiClient
from tests.api.modeler import MODELS
from web.bootstrap import Platform

ANTRAG = (MODELS / "antrag.bpmn").read_bytes()


@pytest.fixture
def three(platform: Platform) -> list[str]:
    """Two versions of one process and one of another, for a tenant."""
    forms = {path.name: path.read_bytes() for path in MODELS.glob("antrag-*.form")}
    second = ANTRAG.replace(b'versionTag="1.0"', b'versionTag="2.0"').replace(b"P30D", b"5")
    other = ANTRAG.replace(b'id="antrag" name="Antrag"', b'id="gesuch" name="Gesuch"').replace(
        b"camunda:versionTag", b'camunda:isStartableInTasklist="false" camunda:versionTag'
    )
    ids = []
    for name, model, tenant in (("a", ANTRAG, None), ("a", second, None), ("g", other, "ost")):
        with unit_of_work(platform.db) as session:
            bundle = Bundle(name, {f"{name}.bpmn": model, **forms})
            deployed = deploy(session, platform.services, bundle, form_check=check_form, tenant_id=tenant)
            info = deployed.definitions[0]
            ids.append(f"{info.key}:{info.version}:{info.id}")
    return ids


def test_lists_are_filtered_sorted_and_paged(rest: ApiClient, three: list[str]):
    first, second, third = three

    def found(**question: object) -> list[str]:
        listed = [each["id"] for each in rest.ask("/process-definition", **question)]
        assert rest.ask("/process-definition/count", **question) == {"count": len(listed)}
        return listed

    assert found() == three
    assert found(unknown="parameter", maxResults="") == three
    assert found(sortBy="version", sortOrder="desc") == [second, first, third]
    assert found(sortBy="key", sortOrder="desc") == [third, first, second]
    for order in ("category", "id", "name", "deploymentId", "deployTime", "tenantId", "versionTag"):
        assert sorted(found(sortBy=order, sortOrder="asc")) == sorted(three)
    assert [each["id"] for each in rest.ask("/process-definition", firstResult=1, maxResults=1)] == [second]
    assert rest.ask("/process-definition", maxResults=0) == []
    assert found(latestVersion="true") == [second, third]
    assert found(key="antrag", latestVersion="true") == found(versionTag="2.0") == [second]
    assert found(key="antrag") == found(keyLike="ant%") == found(nameLike="%trag") == [first, second]
    assert found(keysIn="gesuch,nichts") == found(tenantIdIn="ost") == found(resourceName="g.bpmn") == [third]
    assert found(key="antrag", keysIn="gesuch") == []
    assert found(withoutTenantId="true") == [first, second]
    assert found(tenantIdIn="ost", includeProcessDefinitionsWithoutTenantId="true") == three
    assert found(processDefinitionIdIn=f"{first},{third}") == [first, third]
    assert found(processDefinitionId=second) == [second]
    assert found(version=1) == [first, third]
    assert found(versionTagLike="_.0", latestVersion="true") == [second, third]
    assert found(startableInTasklist="true") == [first, second]
    assert found(notStartableInTasklist="true") == [third]
    assert found(active="true", suspended="false") == three
    assert found(suspended="true") == found(incidentType="failedJob") == found(withoutVersionTag="true") == []
    assert found(category="http://bpmn.io/schema/bpmn") == three
    assert found(deployedAfter="2026-11-22T12:00:00.000+0100") == []
    assert found(deployedAt="2026-11-22T11:00:00.000Z") == three
    for wrong in ("version=x", "sortBy=nichts&sortOrder=asc", "latestVersion=maybe", "version=99999999999999999999"):
        rest.refuses(f"/process-definition?{wrong}", method="GET")


def test_only_granted_definitions_are_seen(machine: Callable[..., ApiClient], three: list[str]):
    client = machine("process-definition:read:gesuch")
    assert [each["id"] for each in client.ask("/process-definition")] == three[2:]
    assert client.ask("/process-definition/count") == {"count": 1}
    assert client.ask(f"/process-definition/{three[2]}")["key"] == "gesuch"
    envelope = client.refuses(f"/process-definition/{three[0]}", method="GET", status=403)
    assert envelope["type"] == "AuthorizationException"
    assert envelope["userId"] == "machine-1"
    assert machine().ask("/process-definition") == []


def test_one_is_reached_by_id_by_key_and_by_tenant(rest: ApiClient, three: list[str]):
    assert rest.ask(f"/process-definition/{three[0]}")["historyTimeToLive"] == 30
    assert rest.ask("/process-definition/key/antrag")["id"] == three[1]
    assert rest.ask("/process-definition/key/gesuch/tenant-id/ost")["tenantId"] == "ost"
    xml = rest.ask(f"/process-definition/{three[0]}/xml")
    assert xml == {"id": three[0], "bpmn20Xml": ANTRAG.decode()}
    assert rest.sends(f"/process-definition/{three[0]}/diagram", method="GET", expect=204) is None
    number = three[0].rpartition(":")[2]
    for wrong in (number, f"antrag:2:{number}", f"x:1:{number}", "x", "antrag:1:²", "antrag:1:" + "9" * 30):
        rest.refuses(f"/process-definition/{wrong}", method="GET", status=404)
    rest.refuses("/process-definition/key/nichts/xml", method="GET", status=404)
    rest.refuses("/process-definition/key/antrag/tenant-id/ost", method="GET", status=404)


def test_instance_is_started_with_typed_variables(rest: ApiClient, three: list[str]):
    variables = {"name": {"value": "Erika", "type": "String"}, "betrag": {"value": 5.5}, "liste": {"value": [1, 2]}}
    sent = {"businessKey": "BK-1", "variables": variables, "withVariablesInReturn": True}
    started = rest.sends("/process-definition/key/antrag/start", sent)
    links = [{"method": "GET", "href": f"http://localhost/engine-rest/process-instance/{started['id']}", "rel": "self"}]
    given = started.pop("variables")
    assert started == {
        "links": links,
        "id": started["id"],
        "definitionId": three[1],
        "definitionKey": "antrag",
        "businessKey": "BK-1",
        "caseInstanceId": None,
        "ended": False,
        "suspended": False,
        "tenantId": None,
    }
    assert given["betrag"] == {"type": "Double", "value": 5.5, "valueInfo": {}}
    assert given["liste"]["value"] == "[1,2]"
    assert rest.ask(f"/process-instance/{started['id']}/variables/name")["value"] == "Erika"
    assert rest.sends(f"/process-definition/{three[0]}/start", {})["definitionId"] == three[0]
    assert rest.sends("/process-definition/key/gesuch/tenant-id/ost/start", None)["tenantId"] == "ost"
    filled = {"variables": {"name": {"value": "Anna"}}, "businessKey": "BK-2"}
    assert rest.sends("/process-definition/key/antrag/submit-form", filled)["businessKey"] == "BK-2"


def test_transient_variables_are_seen_but_not_kept(rest: ApiClient, publish: Callable[..., None]):
    publish("antrag")
    variables = {"geheim": {"value": 1, "valueInfo": {"transient": True}}, "offen": {"value": 1}}
    started = rest.sends("/process-definition/key/antrag/start", {"variables": variables})
    assert set(rest.ask(f"/process-instance/{started['id']}/variables")) == {"offen"}


def test_instance_is_started_elsewhere(rest: ApiClient, publish: Callable[..., None]):
    publish("weg")
    instructions = [
        {
            "type": "startBeforeActivity",
            "activityId": "Drinnen",
            "variables": {"a": {"value": 1}, "b": {"value": 2, "local": True}},
        },
        {"type": "startTransition", "transitionId": "f4"},
    ]
    started = rest.sends("/process-definition/key/weg/start", {"startInstructions": instructions})
    tree = rest.ask(f"/process-instance/{started['id']}/activity-instances")
    assert [each["activityId"] for each in tree["childActivityInstances"]] == ["Bereich"]
    assert [each["activityId"] for each in tree["childTransitionInstances"]] == ["Spaeter"]
    assert rest.ask(f"/process-instance/{started['id']}/variables")["a"]["value"] == 1
    for wrong in (
        {"type": "startBeforeActivity"},
        {"type": "startBeforeActivity", "activityId": 5},
        {"type": "startBeforeActivity", "activityId": "nirgends"},
        {"type": "jump"},
        {},
        5,
    ):
        rest.refuses("/process-definition/key/weg/start", {"startInstructions": [wrong]})
    for sent in ({"startInstructions": 5}, {"businessKey": "x" * 301}, {"skipIoMappings": True}, {"variables": 5}):
        rest.refuses("/process-definition/key/weg/start", sent)
    assert rest.ask("/process-instance/count") == {"count": 1}


def test_account_starts_only_what_it_is_granted(machine: Callable[..., ApiClient], three: list[str]):
    client = machine("process-instance:create:gesuch")
    client.sends("/process-definition/key/gesuch/start", {})
    client.refuses("/process-definition/key/antrag/start", {}, status=403)
    client.refuses(f"/process-definition/{three[0]}/submit-form", {}, status=403)
    assert client.ask("/process-instance") == []


def test_start_form_is_shown(rest: ApiClient, publish: Callable[..., None]):
    publish("antrag", "weg")
    facts = rest.ask("/process-definition/key/antrag/startForm")
    assert facts["camundaFormRef"] == {"key": "antrag-stellen", "binding": "deployment", "version": None}
    assert rest.ask("/process-definition/key/antrag/deployed-start-form")["id"] == "antrag-stellen"
    variables = rest.ask("/process-definition/key/antrag/form-variables")
    assert variables["name"] == {"type": "String", "value": None, "valueInfo": {}}
    assert variables["anzahl"]["value"] == 1
    assert set(rest.ask("/process-definition/key/antrag/form-variables", variableNames="name,x")) == {"name"}
    assert rest.ask("/process-definition/key/weg/startForm")["key"] is None
    rest.refuses("/process-definition/key/weg/deployed-start-form", method="GET")


def test_definitions_are_held_and_resumed(rest: ApiClient, three: list[str]):
    case = rest.sends(f"/process-definition/{three[0]}/start", {})["id"]
    rest.sends(f"/process-definition/{three[0]}/suspended", {"suspended": True}, method="PUT", expect=204)
    envelope = rest.refuses(f"/process-definition/{three[0]}/start", {})
    assert envelope["type"] == "SuspendedEntityInteractionException"
    assert rest.ask("/process-definition/count", suspended="true") == {"count": 1}
    assert rest.ask(f"/process-instance/{case}")["suspended"] is False
    everything = {"suspended": True, "includeProcessInstances": True}
    rest.sends("/process-definition/key/antrag/suspended", everything, method="PUT", expect=204)
    assert rest.ask("/process-definition/count", suspended="true") == {"count": 2}
    assert rest.ask(f"/process-instance/{case}")["suspended"] is True
    back = {"suspended": False, "processDefinitionKey": "antrag", "includeProcessInstances": True}
    rest.sends("/process-definition/suspended", back, method="PUT", expect=204)
    assert rest.ask("/process-definition/count", active="true") == {"count": 3}
    for wrong in ({}, {"suspended": "x"}, {"suspended": True, "executionDate": "2030-01-01T00:00:00"}):
        rest.refuses("/process-definition/key/antrag/suspended", wrong, method="PUT")
    rest.refuses("/process-definition/suspended", {"suspended": True}, method="PUT")


def test_history_time_to_live_is_changed(rest: ApiClient, three: list[str]):
    path = f"/process-definition/{three[0]}"
    rest.sends(f"{path}/history-time-to-live", {"historyTimeToLive": 7}, method="PUT", expect=204)
    assert rest.ask(path)["historyTimeToLive"] == 7
    rest.sends(f"{path}/history-time-to-live", {"historyTimeToLive": None}, method="PUT", expect=204)
    assert rest.ask(path)["historyTimeToLive"] is None
    for wrong in (-1, "x", 2**40):
        rest.refuses(f"{path}/history-time-to-live", {"historyTimeToLive": wrong}, method="PUT")


def test_versions_are_deleted(rest: ApiClient, three: list[str]):
    case = rest.sends(f"/process-definition/{three[1]}/start", {})["id"]
    rest.refuses(f"/process-definition/{three[1]}", method="DELETE")
    rest.sends(f"/process-definition/{three[1]}?cascade=true", method="DELETE", expect=204)
    rest.refuses(f"/process-instance/{case}", method="GET", status=404)
    assert rest.ask("/process-definition/key/antrag")["id"] == three[0]
    rest.sends("/process-definition/key/antrag", method="DELETE", expect=204)
    rest.refuses("/process-definition/key/antrag", method="DELETE", status=404)
    rest.sends("/process-definition/key/gesuch/tenant-id/ost", method="DELETE", expect=204)
    assert rest.ask("/process-definition") == []


def test_statistics_count_what_goes_on(rest: ApiClient, publish: Callable[..., None]):
    publish("antrag", "weg")
    for key in ("antrag", "antrag", "weg"):
        rest.sends(f"/process-definition/key/{key}/start", {})
    question = {"failedJobs": "true", "incidents": "true"}
    counted = {each["definition"]["key"]: each for each in rest.ask("/process-definition/statistics", **question)}
    assert {key: each["instances"] for key, each in counted.items()} == {"antrag": 2, "weg": 1}
    assert counted["antrag"]["incidents"] == []
    places: list[dict[str, Any]] = rest.ask("/process-definition/key/weg/statistics", **question)
    standing = {each["id"]: each["instances"] for each in places}
    assert standing["Erledigen"] == 2
    assert standing["Drinnen"] == standing["Bereich"] == 1
    assert rest.ask("/process-definition/key/weg/static-called-process-definitions") == []
