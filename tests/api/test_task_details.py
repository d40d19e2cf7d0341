# SPDX-License-Identifier: EUPL-1.2
"""What belongs to a task: its form, its variables, comments, attachments."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from tests.api.client import ApiClient


@pytest.fixture
def task(rest: ApiClient, publish: Callable[..., None]) -> str:
    """The address of the task of an instance of `arbeit`."""
    publish("arbeit")
    case = rest.sends("/process-definition/key/arbeit/start", {"variables": {"price": {"value": 5}}})
    (found,) = rest.ask("/task", processInstanceId=case["id"])
    return f"/task/{found['id']}"


@pytest.fixture
def with_file_form(rest: ApiClient, publish: Callable[..., None]) -> str:
    """The address of a task whose form is a file."""
    publish("antrag")
    case = rest.sends("/process-definition/key/antrag/start", {})
    (found,) = rest.ask("/task", processInstanceId=case["id"])
    return f"/task/{found['id']}"


# -- forms ---------------------------------------------------------------------------------------------------------


def test_form_of_fields_is_rendered_and_its_texts_stay_texts(rest: ApiClient, task: str):
    assert rest.ask(f"{task}/form") == {
        "key": f"embedded:engine://engine/:engine{task}/rendered-form",
        "camundaFormRef": None,
        "contextPath": None,
    }
    response = rest.get(f"/engine-rest{task}/rendered-form")
    assert response.mimetype == "application/xhtml+xml"
    assert 'cam-variable-name="betrag" cam-variable-type="Long"' in response.text
    assert "Art &lt;b&gt;" in response.text
    assert '<option value="neu" selected="selected">Neu</option>' in response.text
    rest.refuses(f"{task}/deployed-form", method="GET", status=404)


def test_form_of_a_file_is_handed_out_as_it_was_deployed(rest: ApiClient, with_file_form: str):
    reference = {"key": "antrag-pruefen", "binding": "deployment", "version": None}
    assert rest.ask(f"{with_file_form}/form") == {"key": None, "camundaFormRef": reference, "contextPath": None}
    assert rest.ask(f"{with_file_form}/deployed-form")["id"] == "antrag-pruefen"
    rest.refuses(f"{with_file_form}/rendered-form", method="GET", status=404)


def test_form_variables_are_fields_and_what_is_known(rest: ApiClient, task: str):
    found = rest.ask(f"{task}/form-variables")
    assert found["betrag"] == {"type": "Long", "value": None, "valueInfo": {}}
    assert found["art"]["value"] == "neu"
    assert found["price"]["value"] == 5
    assert list(rest.ask(f"{task}/form-variables", variableNames="art")) == ["art"]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({}, "betrag"),
        ({"betrag": {"value": 0}}, "betrag"),
        ({"betrag": {"value": 5}, "art": {"value": "uralt"}}, "art"),
        ({"betrag": {"value": 5}, "eilig": {"value": "ja"}}, "eilig"),
    ],
)
def test_submitted_fields_are_checked(rest: ApiClient, task: str, given: dict[str, Any], wrong: str):
    envelope = rest.refuses(f"{task}/submit-form", {"variables": given})
    assert (envelope["type"], wrong in envelope["message"]) == ("FormFieldValidatorException", True)
    assert len(rest.ask("/task")) == 1


def test_submitted_form_completes_the_task(rest: ApiClient, task: str):
    day = {"value": "2026-11-30T00:00:00.000+0100", "type": "Date"}
    answers = {"am": day, "eilig": {"value": True}}
    answers["betrag"] = {"value": 3, "type": "Integer"}  # The field says that it is a Long.
    given = rest.sends(f"{task}/submit-form", {"variables": answers, "withVariablesInReturn": True})
    assert given["betrag"] == {"type": "Long", "value": 3, "valueInfo": {}}
    assert given["am"] == {"type": "Date", "value": "2026-11-29T23:00:00.000+0000", "valueInfo": {}}


# -- variables -----------------------------------------------------------------------------------------------------


def test_variables_seen_and_own(rest: ApiClient, task: str):
    assert set(rest.ask(f"{task}/variables")) == {"price", "art", "eigenes"}
    assert set(rest.ask(f"{task}/localVariables")) == {"eigenes"}
    assert rest.ask(f"{task}/variables/price") == {"type": "Integer", "value": 5, "valueInfo": {}}
    rest.sends(f"{task}/variables/price", {"value": 6, "type": "Integer"}, method="PUT", expect=204)
    rest.sends(f"{task}/localVariables/price", {"value": 7}, method="PUT", expect=204)
    assert rest.ask(f"{task}/variables/price")["value"] == 7
    rest.sends(f"{task}/localVariables/price", method="DELETE", expect=204)
    assert rest.ask(f"{task}/variables/price")["value"] == 6
    # Of the task's own only: what lies around it stays.
    rest.sends(f"{task}/localVariables/price", method="DELETE", expect=204)
    assert rest.ask(f"{task}/variables/price")["value"] == 6
    rest.sends(f"{task}/variables/price", method="DELETE", expect=204)
    rest.refuses(f"{task}/variables/price", method="GET", status=404)


def test_several_variables_at_once(rest: ApiClient, task: str):
    changes = {"modifications": {"a": {"value": [1, {"b": "2"}]}, "d": {"value": "{}", "type": "json"}}}
    rest.sends(f"{task}/variables", {**changes, "deletions": ["art"]}, expect=204)
    found = rest.ask(f"{task}/variables", deserializeValues="false")
    assert found["a"]["value"] == '[1,{"b":"2"}]'
    assert found["d"] == {"type": "Json", "value": "{}", "valueInfo": {}}
    assert "art" not in found
    rest.refuses(f"{task}/variables", {})
    rest.refuses(f"{task}/variables", {"modifications": {"x": {"value": "y", "type": "Integer"}}})
    assert "x" not in rest.ask(f"{task}/variables")
    rest.refuses(f"{task}/variables/x", {"value": 1, "type": "Nonsense"}, method="PUT")


def test_files_as_variables(rest: ApiClient, task: str):
    file = {"value": "SGFsbG8=", "type": "File", "valueInfo": {"filename": "a.txt", "mimetype": "text/plain"}}
    rest.sends(f"{task}/variables/brief", file, method="PUT", expect=204)
    response = rest.get(f"/engine-rest{task}/variables/brief/data")
    assert (response.data, response.headers["Content-Disposition"][:10]) == (b"Hallo", "attachment")
    data = {"data": (BytesIO(b"\x00\x01"), "x.bin"), "valueType": "Bytes"}
    assert rest.post(f"/engine-rest{task}/localVariables/roh/data", data=data).status_code == 204
    assert rest.get(f"/engine-rest{task}/localVariables/roh/data").data == b"\x00\x01"
    rest.refuses(f"{task}/variables/price/data", method="GET")
    rest.refuses(f"{task}/variables/nichts/data", method="GET", status=404)
    rest.sends(f"{task}/complete", {"variables": {"noch": file, "betrag": {"value": 1}}}, expect=204)


# -- comments ------------------------------------------------------------------------------------------------------


def test_comments_stay_when_the_task_is_done(rest: ApiClient, task: str):
    added = rest.sends(f"{task}/comment/create", {"message": "Bitte Unterlagen nachreichen."})
    assert (added["userId"], added["taskId"]) == ("demo-rest", task.rpartition("/")[2])
    assert added["links"][0]["href"].endswith(f"{task}/comment/{added['id']}")
    rest.sends(f"{task}/comment", {"id": added["id"], "message": "Erledigt."}, method="PUT", expect=204)
    rest.sends(f"{task}/complete", {}, expect=204)
    (kept,) = rest.ask(f"{task}/comment")
    assert rest.ask(f"/process-instance/{kept['processInstanceId']}/comment") == [kept]
    assert kept["message"] == "Erledigt."
    assert rest.ask(f"{task}/comment/{added['id']}") == kept
    rest.refuses(f"{task}/comment/x", method="GET", status=404)
    rest.sends(f"{task}/comment/{added['id']}", method="DELETE", expect=204)
    assert rest.ask(f"{task}/comment") == []
    rest.sends(f"{task}/comment/create", {"message": "Noch eines."})
    rest.sends(f"{task}/comment", method="DELETE", expect=204)
    assert rest.ask(f"{task}/comment") == []
    for wrong in ({}, {"message": "  "}, {"message": "x" * 4001}):
        rest.refuses(f"{task}/comment/create", wrong)
    rest.refuses("/task/nicht-da/comment", method="GET", status=404)


def test_comments_are_changed_through_their_instance(
    rest: ApiClient, machine: Callable[..., ApiClient], task: str, with_file_form: str
):
    first, second = (rest.sends(f"{task}/comment/create", {"message": each}) for each in ("Eins", "Zwei"))
    case, other = (rest.ask(each)["processInstanceId"] for each in (task, with_file_form))
    path = f"/process-instance/{case}/comment"
    rest.sends(path, {"id": first["id"], "message": "Doch eins"}, method="PUT", expect=204)
    assert rest.ask(f"{task}/comment/{first['id']}")["message"] == "Doch eins"
    machine("task:read").refuses(path, {"id": first["id"], "message": "x"}, method="PUT", status=403)
    rest.refuses(f"/process-instance/{other}/comment/{first['id']}", method="DELETE", status=404)
    rest.refuses(f"{path}/x", method="DELETE", status=404)
    rest.sends(f"{path}/{first['id']}", method="DELETE", expect=204)
    assert [each["id"] for each in rest.ask(path)] == [second["id"]]
    rest.sends(path, method="DELETE", expect=204)
    assert rest.ask(path) == []


# -- attachments ---------------------------------------------------------------------------------------------------


def attach(rest: ApiClient, task: str, **fields: Any) -> TestResponse:
    named = {name.replace("attachment_", "attachment-"): value for name, value in fields.items()}
    return rest.post(f"/engine-rest{task}/attachment/create", data=named)


def png() -> bytes:
    content = BytesIO()
    Image.new("RGB", (2, 2)).save(content, "PNG")
    return content.getvalue()


def test_file_is_attached_fetched_and_taken_off(rest: ApiClient, task: str):
    content = png()
    sent = {"attachment_name": "Foto", "attachment_description": "Vom Garten", "attachment_type": "image"}
    response = attach(rest, task, content=(BytesIO(content), "../foto.png"), **sent)
    added: Any = response.json
    assert (added["name"], added["description"], added["type"], added["url"]) == ("Foto", "Vom Garten", "image", None)
    (listed,) = rest.ask(f"{task}/attachment")
    assert rest.ask(f"{task}/attachment/{added['id']}") == listed
    assert (rest.ask("/task", withCommentAttachmentInfo="true")[0])["attachment"] is True
    data = rest.get(f"/engine-rest{task}/attachment/{added['id']}/data")
    assert (data.data, data.mimetype) == (content, "image/png")
    assert "foto.png" in data.headers["Content-Disposition"]
    rest.sends(f"{task}/complete", {}, expect=204)
    assert rest.ask(f"{task}/attachment") == [listed]
    rest.sends(f"{task}/attachment/{added['id']}", method="DELETE", expect=204)
    rest.refuses(f"{task}/attachment/{added['id']}", method="GET", status=404)


def test_address_and_plain_text_are_attached(rest: ApiClient, task: str):
    linked: Any = attach(rest, task, url="https://stadt.example/a?b=c").json
    assert (linked["url"], linked["name"]) == ("https://stadt.example/a?b=c", "https://stadt.example/a?b=c")
    rest.refuses(f"{task}/attachment/{linked['id']}/data", method="GET", status=404)
    text: Any = attach(rest, task, content=(BytesIO("Grüße".encode()), "brief.txt")).json
    assert rest.get(f"/engine-rest{task}/attachment/{text['id']}/data").text == "Grüße"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"url": "javascript:alert(1)"},
        {"url": "file:///etc/passwd"},
        {"content": b""},
        {"content": b"MZ\x90\x00\x03"},
        {"content": b"<html><script>alert(1)</script></html>"},
        {"content": b"PK\x03\x04zip"},
        {"content": b"%PDF-1.4 broken"},
        {"url": "https://stadt.example", "attachment_name": "x" * 256},
        {"url": "https://stadt.example", "attachment_type": "x" * 101},
    ],
)
def test_what_cannot_be_attached_is_refused_and_nothing_is_stored(rest: ApiClient, task: str, fields: dict[str, Any]):
    if "content" in fields:
        fields = {"content": (BytesIO(fields["content"]), "datei.bin")}
    assert attach(rest, task, **fields).status_code == 400
    assert rest.ask(f"{task}/attachment") == []


def test_notes_of_another_task_are_not_found_through_this_one(rest: ApiClient, task: str, with_file_form: str):
    comment = rest.sends(f"{task}/comment/create", {"message": "x"})
    linked: Any = attach(rest, task, url="https://stadt.example").json
    rest.refuses(f"{with_file_form}/comment/{comment['id']}", method="GET", status=404)
    rest.refuses(f"{with_file_form}/comment/{comment['id']}", method="DELETE", status=404)
    rest.refuses(f"{with_file_form}/attachment/{linked['id']}", method="DELETE", status=404)
