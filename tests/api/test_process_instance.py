# SPDX-License-Identifier: EUPL-1.2
"""Process instances: lists, variables and files, the tree of where they stand, changing and ending them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from engine.db import unit_of_work
from engine.models import CaseRow
from engine.queries.cases import documents
from tests.api import modeler
from tests.api.client import ApiClient
from web.bootstrap import Platform


@pytest.fixture
def start(rest: ApiClient, publish: Callable[..., None]) -> Callable[..., str]:
    """Start an instance of `antrag` or another model: `start(business_key="a", x=1)`."""
    publish("antrag", "weg")

    def begin(key: str = "antrag", business_key: str | None = None, **variables: Any) -> str:
        typed = {name: {"value": value} for name, value in variables.items()}
        sent = {"businessKey": business_key, "variables": typed}
        found: str = rest.sends(f"/process-definition/key/{key}/start", sent)["id"]
        return found

    return begin


def test_lists_are_filtered_sorted_and_paged(rest: ApiClient, start: Callable[..., str]):
    a, b, c = start(business_key="A-1"), start(business_key="B-2"), start("weg")

    def found(**question: Any) -> list[str]:
        listed = [each["id"] for each in rest.ask("/process-instance", **question)]
        assert rest.ask("/process-instance/count", **question) == {"count": len(listed)}
        asked = rest.sends("/process-instance", question)
        assert [each["id"] for each in asked] == listed
        assert rest.sends("/process-instance/count", question) == {"count": len(listed)}
        return listed

    definition = rest.ask(f"/process-instance/{a}")["definitionId"]
    everything = found(sortBy="instanceId", sortOrder="asc")
    assert everything == sorted([a, b, c])
    assert found(sortBy="businessKey", sortOrder="desc", processDefinitionKey="antrag") == [b, a]
    assert sorted(found(processDefinitionId=definition)) == sorted([a, b])
    assert found(processDefinitionId="antrag:1:0") == found(processDefinitionKey="x") == []
    assert found(businessKey="A-1") == found(businessKeyLike="A%") == found(processInstanceIds=a) == [a]
    assert found(processDefinitionKeyIn="weg,x") == found(processDefinitionKeyNotIn="antrag") == [c]
    assert found(activityIdIn="Drinnen") == [c]
    assert sorted(found(activityIdIn="Pruefen,Drinnen")) == everything
    assert sorted(found(rootProcessInstances="true", leafProcessInstances="true", active="true")) == everything
    for none in ("suspended", "withIncident"):
        assert found(**{none: "true"}) == []
    for name in ("incidentId", "incidentType", "incidentMessage", "incidentMessageLike", "superProcessInstance",
                 "subProcessInstance", "caseInstanceId", "deploymentId", "tenantIdIn"):  # fmt: skip
        assert found(**{name: "0"}) == []
    assert sorted(found(withoutTenantId="true")) == everything
    first = rest.ask("/process-instance", sortBy="instanceId", sortOrder="asc", firstResult=1, maxResults=1)
    assert [each["id"] for each in first] == everything[1:2]
    either = {"orQueries": [{"businessKey": "A-1", "processDefinitionKey": "weg"}]}
    assert sorted(each["id"] for each in rest.sends("/process-instance", either)) == sorted([a, c])
    order = {
        "sorting": [{"sortBy": "definitionKey", "sortOrder": "desc"}, {"sortBy": "businessKey", "sortOrder": "asc"}]
    }
    assert [each["id"] for each in rest.sends("/process-instance", order)] == [c, a, b]
    for wrong in ({"sorting": [{"sortBy": "x", "sortOrder": "asc"}]}, {"orQueries": [5]}, {"active": "maybe"}):
        rest.refuses("/process-instance", wrong)


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("zahl_eq_5", 1),
        ("zahl_eq_5.0", 1),
        ("zahl_neq_5", 1),
        ("zahl_gt_4", 2),
        ("zahl_gteq_5,zahl_lt_7", 1),
        ("zahl_lteq_7", 2),
        ("zahl_eq_true", 0),
        ("text_eq_Abc", 1),
        ("text_like_A%", 1),
        ("text_like_A_c", 1),
        ("text_like_\\%", 0),
        ("text_notLike_A%", 1),
        ("text_gt_B", 1),
        ("wahr_eq_true", 1),
        ("wahr_eq_1", 0),
        ("nichts_eq_null", 2),
        ("fehlt_neq_5", 0),
        ("tag_gt_2026-01-01T00:00:00.000+0000", 1),
        ("TEXT_eq_abc", 0),
    ],
)
def test_instances_are_found_by_their_variables(rest: ApiClient, start: Callable[..., str], condition: str, count: int):
    start(zahl=5, text="Abc", wahr=True, nichts=None)
    start(zahl=7, text="Xyz", wahr=False, nichts=None)
    dated = {"variables": {"tag": {"value": "2026-05-01T00:00:00.000+0000", "type": "Date"}}}
    rest.sends("/process-definition/key/antrag/start", dated)
    assert len(rest.ask("/process-instance", variables=condition)) == count
    assert rest.ask("/process-instance/count", variables=condition) == {"count": count}


def test_variable_conditions_are_sent_as_json_too(rest: ApiClient, start: Callable[..., str]):
    case = start(text="Abc")
    condition = {"name": "TEXT", "operator": "eq", "value": "aBC"}
    ask = {"variables": [condition], "variableNamesIgnoreCase": True, "variableValuesIgnoreCase": True}
    assert [each["id"] for each in rest.sends("/process-instance", ask)] == [case]
    for wrong in ([5], [{"operator": "eq"}], [{"name": "x", "operator": "is"}]):
        rest.refuses("/process-instance", {"variables": wrong})
    rest.refuses("/process-instance?variables=x", method="GET")


def test_variables_are_read_set_and_deleted(rest: ApiClient, start: Callable[..., str]):
    path = f"/process-instance/{start(a=1, b={'c': [1.5, True]})}/variables"
    assert rest.ask(path)["a"] == {"type": "Integer", "value": 1, "valueInfo": {}}
    assert rest.ask(f"{path}/b")["value"] == {"c": [1.5, True]}
    assert rest.ask(f"{path}/b", deserializeValue="false")["value"] == '{"c":[1.5,true]}'
    assert rest.ask(path, deserializeValues="false")["b"]["type"] == "Object"
    rest.sends(f"{path}/neu", {"value": "x", "type": "string"}, method="PUT", expect=204)
    changes = {"modifications": {"a": {"value": 2}}, "deletions": ["b", "gibt-es-nicht"]}
    rest.sends(path, changes, expect=204)
    assert {name: each["value"] for name, each in rest.ask(path).items()} == {"a": 2, "neu": "x"}
    rest.sends(f"{path}/neu", method="DELETE", expect=204)
    rest.refuses(f"{path}/neu", method="GET", status=404)
    for wrong in ({"value": 1, "type": "String"}, 5, {"value": 1, "type": "X"}):
        rest.refuses(f"{path}/a", wrong, method="PUT")
    rest.refuses(path, {})
    rest.refuses(path, {"modifications": []})
    rest.refuses("/process-instance/nichts/variables", method="GET", status=404)


def test_json_stays_json_and_objects_stay_objects(rest: ApiClient, start: Callable[..., str]):
    path = f"/process-instance/{start()}/variables"
    rest.sends(f"{path}/j", {"value": '{"a":1}', "type": "json"}, method="PUT", expect=204)
    info = {"serializationDataFormat": "application/json", "objectTypeName": "java.util.LinkedHashMap"}
    rest.sends(f"{path}/o", {"value": '{"a":1}', "type": "object", "valueInfo": info}, method="PUT", expect=204)
    rest.sends(f"{path}/x", {"value": "<a/>", "type": "xml"}, method="PUT", expect=204)
    assert rest.ask(path, deserializeValues="false") == {
        "j": {"type": "Json", "value": '{"a":1}', "valueInfo": {}},
        "o": {"type": "Object", "value": '{"a":1}', "valueInfo": info},
        "x": {"type": "Xml", "value": "<a/>", "valueInfo": {}},
    }


def test_files_and_bytes_are_sent_and_fetched(rest: ApiClient, start: Callable[..., str]):
    case = start()
    path = f"/process-instance/{case}/variables"
    info = {"filename": "bescheid.txt", "mimetype": "text/plain", "encoding": "UTF-8"}
    file = {"value": base64.b64encode("Grüße".encode()).decode(), "type": "file", "valueInfo": info}
    rest.sends(f"{path}/datei", file, method="PUT", expect=204)
    shown = {"filename": "bescheid.txt", "mimeType": "text/plain", "encoding": "UTF-8"}
    assert rest.ask(f"{path}/datei") == {"type": "File", "value": None, "valueInfo": shown}
    data = rest.get(f"/engine-rest{path}/datei/data")
    assert (data.data.decode(), data.mimetype) == ("Grüße", "text/plain")
    assert data.headers["Content-Disposition"].startswith('attachment; filename="bescheid.txt"')
    rest.sends(f"{path}/bytes", {"value": "AAE=", "type": "Bytes"}, method="PUT", expect=204)
    assert rest.ask(f"{path}/bytes")["value"] == "AAE="
    assert rest.get(f"/engine-rest{path}/bytes/data").data == b"\x00\x01"
    upload = modeler.form({"valueType": "File"}, {"data": b"%PDF"})
    sent = rest.post(f"/engine-rest{path}/anlage/data", data=upload, headers=modeler.HEADERS)
    assert sent.status_code == 204, sent.text
    assert rest.get(f"/engine-rest{path}/anlage/data").data == b"%PDF"
    empty = modeler.form({"valueType": "Integer"}, {"data": b"1"})
    assert rest.post(f"/engine-rest{path}/x/data", data=empty, headers=modeler.HEADERS).status_code == 400
    rest.sends(f"{path}/text", {"value": "x"}, method="PUT", expect=204)
    rest.refuses(f"{path}/text/data", method="GET")
    rest.refuses(f"{path}/nichts/data", method="GET", status=404)


def test_a_reference_opens_no_document_of_another_case(rest: ApiClient, start: Callable[..., str]):
    victim, other = start(), start()
    file = {"value": "eA==", "type": "File", "valueInfo": {"filename": "a.txt"}}
    rest.sends(f"/process-instance/{victim}/variables/f", file, method="PUT", expect=204)
    with_id = rest.ask(f"/process-instance/{victim}/variables", deserializeValues="false")
    assert "document_id" not in str(with_id)
    town: Platform = rest.application.extensions["amtsfluss"]
    with town.db.reading() as session:
        document = documents(session, victim)[0].id
    forged = {"value": {"document_id": document, "name": "a.txt", "media_type": "text/plain", "size": 1}}
    rest.sends(f"/process-instance/{other}/variables/f", forged, method="PUT", expect=204)
    rest.refuses(f"/process-instance/{other}/variables/f/data", method="GET", status=404)
    missing = {"value": {"document_id": "nichts", "name": "a.txt", "media_type": "text/plain", "size": 1}}
    rest.sends(f"/process-instance/{other}/variables/f", missing, method="PUT", expect=204)
    rest.refuses(f"/process-instance/{other}/variables/f/data", method="GET", status=404)


def test_tree_shows_where_it_stands(rest: ApiClient, start: Callable[..., str]):
    case = start("weg")
    tree = rest.ask(f"/process-instance/{case}/activity-instances")
    definition = rest.ask(f"/process-instance/{case}")["definitionId"]
    assert (tree["id"], tree["activityId"], tree["activityType"]) == (case, definition, "processDefinition")
    assert tree["parentActivityInstanceId"] is None
    assert tree["executionIds"] == [case]
    below = {each["activityId"]: each for each in tree["childActivityInstances"]}
    assert {name: each["activityType"] for name, each in below.items()} == {
        "Erledigen#multiInstanceBody": "multiInstanceBody",
        "Bereich": "subProcess",
        "Vereinen": "parallelGateway",
        "Rennen": "eventBasedGateway",
    }
    body = below["Erledigen#multiInstanceBody"]
    assert body["id"].startswith("Erledigen#multiInstanceBody:")
    assert [each["activityId"] for each in body["childActivityInstances"]] == ["Erledigen", "Erledigen"]
    item = body["childActivityInstances"][0]
    assert (item["parentActivityInstanceId"], item["activityType"]) == (body["id"], "userTask")
    assert item["id"] == f"Erledigen:{item['executionIds'][0]}"
    assert below["Bereich"]["childActivityInstances"][0]["activityName"] == "Drinnen"
    (waiting,) = tree["childTransitionInstances"]
    assert (waiting["activityId"], waiting["targetActivityId"]) == ("Spaeter", "Spaeter")
    assert waiting["executionId"]


def test_instance_is_modified(rest: ApiClient, start: Callable[..., str]):
    case = start("weg")

    def standing() -> list[str]:
        tree = rest.ask(f"/process-instance/{case}/activity-instances")
        found = [*tree["childActivityInstances"], *tree["childTransitionInstances"]]
        return sorted(each["activityId"] for each in found)

    tree = rest.ask(f"/process-instance/{case}/activity-instances")
    body = next(each for each in tree["childActivityInstances"] if "#" in each["activityId"])
    item = body["childActivityInstances"][0]["id"]
    path = f"/process-instance/{case}/modification"
    rest.sends(path, {"instructions": [{"type": "cancel", "activityInstanceId": item}]}, expect=204)
    assert "Erledigen#multiInstanceBody" in standing()
    instructions = [
        {"type": "startBeforeActivity", "activityId": "Drinnen", "ancestorActivityInstanceId": "nichts"},
        {"type": "cancel", "activityId": "Erledigen#multiInstanceBody"},
        {"type": "cancel", "transitionInstanceId": tree["childTransitionInstances"][0]["id"]},
        {"type": "cancel", "activityId": "Rennen"},
    ]
    rest.refuses(path, {"instructions": instructions})
    instructions[0].pop("ancestorActivityInstanceId")
    rest.sends(path, {"instructions": instructions, "skipCustomListeners": False}, expect=204)
    assert standing() == ["Bereich", "Vereinen"]
    for wrong in ([], [{"type": "cancel"}], [{"type": "cancel", "activityId": "x"}], 5):
        rest.refuses(path, {"instructions": wrong})
    rest.refuses(path, {"instructions": instructions, "skipIoMappings": True})


def test_instances_are_held_resumed_and_ended(rest: ApiClient, start: Callable[..., str]):
    a, b = start(business_key="A"), start(business_key="B")
    rest.sends(f"/process-instance/{a}/suspended", {"suspended": True}, method="PUT", expect=204)
    assert rest.ask("/process-instance", suspended="true")[0]["id"] == a
    rest.sends(
        "/process-instance/suspended", {"suspended": True, "processInstanceIds": [a, b]}, method="PUT", expect=204
    )
    assert rest.ask("/process-instance/count", suspended="true") == {"count": 2}
    query = {"suspended": False, "processInstanceQuery": {"businessKey": "B"}}
    rest.sends("/process-instance/suspended", query, method="PUT", expect=204)
    assert rest.ask("/process-instance", suspended="true")[0]["id"] == a
    by_key = {"suspended": False, "processDefinitionKey": "antrag"}
    rest.sends("/process-instance/suspended", by_key, method="PUT", expect=204)
    assert rest.ask("/process-instance/count", active="true") == {"count": 2}
    rest.refuses("/process-instance/suspended", {"suspended": True}, method="PUT")
    rest.refuses(f"/process-instance/{a}/suspended", {}, method="PUT")
    rest.sends(f"/process-instance/{a}", method="DELETE", expect=204)
    rest.refuses(f"/process-instance/{a}", method="GET", status=404)
    rest.refuses(f"/process-instance/{a}", method="DELETE", status=404)
    rest.sends(f"/process-instance/{a}?failIfNotExists=false", method="DELETE", expect=204)
    rest.refuses(f"/process-instance/{b}?skipIoMappings=true", method="DELETE")
    assert rest.ask("/process-instance/count") == {"count": 1}


def test_account_sees_and_changes_only_what_it_is_granted(machine: Callable[..., ApiClient], start: Callable[..., str]):
    own, foreign = start("weg"), start()
    client = machine("process-instance:read:weg", "process-instance:update:weg")
    assert [each["id"] for each in client.ask("/process-instance")] == [own]
    client.sends(f"/process-instance/{own}/variables/a", {"value": 1}, method="PUT", expect=204)
    for path, method, body in (
        ("", "GET", None),
        ("", "DELETE", None),
        ("/variables", "GET", None),
        ("/variables/a", "PUT", {"value": 1}),
        ("/suspended", "PUT", {"suspended": True}),
        ("/modification", "POST", {"instructions": [{"type": "cancel", "activityId": "Pruefen"}]}),
    ):
        client.refuses(f"/process-instance/{foreign}{path}", body, method=method, status=403)
    client.refuses(f"/process-instance/{own}", method="DELETE", status=403)
    ids = {"suspended": True, "processInstanceIds": [own, foreign]}
    client.refuses("/process-instance/suspended", ids, method="PUT", status=403)
    assert client.ask("/process-instance/count", suspended="true") == {"count": 0}
    by_query = {"suspended": True, "processInstanceQuery": {}}
    client.sends("/process-instance/suspended", by_query, method="PUT", expect=204)
    assert client.ask("/process-instance/count", suspended="true") == {"count": 1}


def test_a_question_waits_for_nobody_who_writes(rest: ApiClient, start: Callable[..., str], platform: Platform):
    case = start()
    with unit_of_work(platform.db) as session:
        session.execute(update(CaseRow).where(CaseRow.id == case).values(title="wird gerade geschrieben"))
        assert rest.sends("/process-instance/count", {}) == {"count": 1}
        assert rest.sends("/process-instance", {"variables": []})[0]["id"] == case
