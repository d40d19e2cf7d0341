# SPDX-License-Identifier: EUPL-1.2
"""What is running in a Camunda 7 installation goes on here: from a written dump, and from our own API."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result
from flask import Flask

from engine.clock import FrozenClock
from engine.db import Database, unit_of_work
from engine.definitions import Bundle, deploy
from engine.grants import Grant
from engine.identity import Actor
from engine.machines import create_token
from engine.queries.cases import history
from engine.services import Services
from engine.worker import Worker
from forms import check_form
from tests.api.client import ApiClient
from tests.api.conftest import MODELS, stranger
from web.bootstrap import Platform
from web.camunda7.collecting import Collecting, CollectingFailed
from web.camunda7.dump import Dump as ReadDump
from web.camunda7.plan import plan_takeover
from web.camunda7.taking import take_over
from web.cli import main
from web.inbox.history import events

FOLDER = Path(__file__).parent / "camunda7"
Dump = dict[str, Any]
Import = Callable[..., Result]


@pytest.fixture
def dump() -> Dump:
    """One instance of `anmeldung` at four places, with the one of `rueckfrage` that it has called."""
    read: Dump = json.loads((FOLDER / "bestand.json").read_text("utf-8"))
    return read


@pytest.fixture
def import_(platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Import:
    """The command on a dump, in the town of the API: `import_(dump, "--dry-run", code=1)`."""

    @contextmanager
    def opened() -> Iterator[Platform]:
        yield platform

    monkeypatch.setattr("web.commands.camunda7.opened_town", opened)

    def run(dump: Dump, *words: str, code: int = 0) -> Result:
        path = tmp_path / "dump.json"
        path.write_text(json.dumps(dump), "utf-8")
        result = CliRunner().invoke(main, ["import-camunda7", str(path), *words])
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture
def deployed(platform: Platform) -> None:
    """The models of the dump."""
    for name in ("anmeldung", "rueckfrage"):
        publish_here(platform.db, platform.services, FOLDER / f"{name}.bpmn")


def publish_here(db: Database, services: Services, path: Path) -> None:
    with unit_of_work(db) as session:
        deploy(session, services, Bundle.from_file(path), form_check=check_form)


def one(rest: ApiClient, path: str, **asked: Any) -> Any:
    (found,) = rest.ask(path, **asked)
    return found


def standing(tree: dict[str, Any]) -> Any:
    """Where an instance stands, without ids: elements with what is inside of them."""
    inside = sorted((standing(each) for each in tree.get("childActivityInstances", ())), key=str)
    between = sorted(f"({each['activityId']})" for each in tree.get("childTransitionInstances", ()))
    return [re.sub(r":\d+:.*", "", tree["activityId"]), *inside, *between]


# -- a written dump -----------------------------------------------------------------------------------------------


def test_an_instance_stands_where_it_stood(dump: Dump, import_: Import, deployed: None, rest: ApiClient):
    assert "2 Vorgänge übernommen, 0 nicht." in import_(dump).output
    case = one(rest, "/process-instance", processDefinitionKey="anmeldung")
    called = one(rest, "/process-instance", superProcessInstance=case["id"])
    assert case["businessKey"] == "AZ-77"
    stood = standing(dump["activityInstances"]["i-1001"])
    assert standing(rest.ask(f"/process-instance/{case['id']}/activity-instances")) == stood
    assert standing(rest.ask(f"/process-instance/{called['id']}/activity-instances")) == ["rueckfrage", ["Antworten"]]
    # A second run finds them here.
    assert "1 schon hier" in import_(dump).output
    assert rest.ask("/process-instance/count") == {"count": 2}


def test_variables_keep_their_types_and_scopes(dump: Dump, import_: Import, deployed: None, rest: ApiClient):
    import_(dump)
    case = one(rest, "/process-instance", processDefinitionKey="anmeldung")["id"]
    found = rest.ask("/variable-instance", processInstanceIdIn=case, deserializeValues="false")
    told = {each["name"]: (each["type"], each["value"], each["activityInstanceId"].partition(":")[0]) for each in found}
    assert told == {
        "antragsteller": ("String", "Bürgerin Beispiel", case),
        "zaehler": ("Integer", 1, case),
        "gebuehr": ("Double", 12.5, case),
        "eingang": ("Date", "2026-10-01T06:00:00.000+0000", case),
        "adresse": ("Object", '{"ort":"Musterstadt","nr":7}', case),
        "nachweis": ("File", None, case),
        "geraet": ("String", "Zollstock", "Erheben"),
        "blatt": ("String", "Bürgerin Beispiel", "Drucken"),
        "notiz": ("String", "nur hier", "Pruefen"),
    }
    file = next(each for each in found if each["name"] == "nachweis")
    assert rest.get(f"/engine-rest/variable-instance/{file['id']}/data").data == b"Nachweis"


def test_tasks_timers_and_external_work_are_as_they_were(
    dump: Dump, import_: Import, deployed: None, rest: ApiClient, db: Database
):
    import_(dump)
    task = one(rest, "/task", taskDefinitionKey="Pruefen")
    told = {name: task[name] for name in ("assignee", "owner", "delegationState", "priority", "due", "followUp")}
    assert told == {
        "assignee": "anna.berger",
        "owner": "chefin",
        "delegationState": "PENDING",
        "priority": 80,
        "due": "2026-12-01T11:00:00.000+0000",
        "followUp": "2026-11-25T07:00:00.000+0000",
    }
    assert task["created"] == "2026-10-02T07:15:00.000+0000"
    # The reminder has been sent there already, so only the other timer waits.
    assert one(rest, "/job")["dueDate"] == "2026-12-24T17:00:00.000+0000"
    work = one(rest, "/external-task", topicName="druck")
    assert (work["retries"], work["priority"], work["errorMessage"]) == (2, 7, "Drucker ohne Papier")
    assert one(rest, "/event-subscription")["eventName"] == "zurueckgezogen"


def test_history_says_where_a_case_came_from(
    dump: Dump, import_: Import, deployed: None, rest: ApiClient, db: Database
):
    import_(dump)
    case = one(rest, "/process-instance", processDefinitionKey="anmeldung")["id"]
    with db.reading() as session:
        lines = history(session, case)
    assert "Übernommen aus Camunda 7, dort begonnen am 02.10.2026" in [event.text for event in events(lines)]
    # Neither the listeners nor the script before the fork have run here.
    assert [line.element_name for line in lines if line.kind == "completed"] == []


def test_an_instance_goes_on_to_its_end(dump: Dump, import_: Import, deployed: None, rest: ApiClient):
    import_(dump)
    case = one(rest, "/process-instance", processDefinitionKey="anmeldung")["id"]
    for name in ("Messen", "Antworten"):
        rest.sends(f"/task/{one(rest, '/task', taskDefinitionKey=name)['id']}/complete", {}, expect=204)
    task = one(rest, "/task", taskDefinitionKey="Pruefen")["id"]
    rest.sends(f"/task/{task}/resolve", {}, expect=204)
    rest.sends(f"/task/{task}/complete", {}, expect=204)
    fetch = {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "druck", "lockDuration": 1000}]}
    (work,) = rest.sends("/external-task/fetchAndLock", fetch)
    assert work["variables"]["blatt"]["value"] == "Bürgerin Beispiel"
    rest.sends(f"/external-task/{work['id']}/complete", {"workerId": "w"}, expect=204)
    past = one(rest, "/history/process-instance", processInstanceId=case)
    assert past["state"] == "COMPLETED"


def test_a_carried_timer_fires_when_it_was_due(
    dump: Dump, import_: Import, deployed: None, rest: ApiClient, platform: Platform, clock: FrozenClock
):
    import_(dump)
    worker = Worker(platform.db, platform.services)
    clock.advance(timedelta(days=32))
    worker.run_until_idle()
    assert rest.ask("/task/count", taskDefinitionKey="Pruefen") == {"count": 1}
    clock.advance(timedelta(days=1))
    worker.run_until_idle()
    past = one(rest, "/history/process-instance", processDefinitionKey="anmeldung")
    assert past["state"] == "COMPLETED"


def test_a_dry_run_writes_nothing(dump: Dump, import_: Import, deployed: None, rest: ApiClient):
    told = import_(dump, "--dry-run").output
    assert "2 Vorgänge können übernommen werden, 0 nicht.\nGeändert wurde nichts." in told
    assert "amt user add anna.berger" in told
    assert rest.ask("/process-instance/count") == {"count": 0}
    assert "2 Vorgänge übernommen" in import_(dump).output


def test_what_was_held_is_held(dump: Dump, import_: Import, deployed: None, rest: ApiClient):
    for each in dump["processInstances"]:
        each["suspended"] = True
    import_(dump)
    assert [each["suspended"] for each in rest.ask("/process-instance")] == [True, True]
    fetch = {"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "druck", "lockDuration": 1000}]}
    assert rest.sends("/external-task/fetchAndLock", fetch) == []


def test_work_without_attempts_stays_an_incident(dump: Dump, import_: Import, deployed: None, rest: ApiClient):
    dump["externalTasks"][0]["retries"] = 0
    dump["jobs"][0]["retries"] = 0
    import_(dump)
    found = {each["activityId"]: each["incidentType"] for each in rest.ask("/incident")}
    assert found == {"Drucken": "failedExternalTask", "Verfallen": "failedJob"}


# -- what is refused ----------------------------------------------------------------------------------------------


def tree_of(dump: Dump) -> dict[str, Any]:
    found: dict[str, Any] = dump["activityInstances"]["i-1001"]
    return found


def unknown_definition(dump: Dump) -> None:
    dump["processDefinitions"][0]["key"] = "abmeldung"


def unknown_activity(dump: Dump) -> None:
    tree_of(dump)["childActivityInstances"][0]["activityId"] = "Wiegen"
    dump["tasks"][0]["taskDefinitionKey"] = "Wiegen"
    dump["jobs"].clear()


def another_scope(dump: Dump) -> None:
    inner = tree_of(dump)["childActivityInstances"][1]["childActivityInstances"].pop()
    tree_of(dump)["childActivityInstances"].append(inner)


def nothing_waits(dump: Dump) -> None:
    tree_of(dump)["childActivityInstances"][0]["activityId"] = "Zaehlen"
    dump["tasks"].pop(0)
    dump["jobs"].clear()


def java_object(dump: Dump) -> None:
    dump["variables"]["i-1001"][4]["valueInfo"]["serializationDataFormat"] = "application/x-java-serialized-object"


def file_without_content(dump: Dump) -> None:
    dump["contents"].clear()


def number_that_is_none(dump: Dump) -> None:
    dump["variables"]["i-1001"][1]["value"] = "eins"


def call_of_the_unknown(dump: Dump) -> None:
    dump["callActivities"].clear()


def caller_left_out(dump: Dump) -> None:
    dump["processInstances"].pop(0)


def compensation_left(dump: Dump) -> None:
    dump["eventSubscriptions"][0]["eventType"] = "compensate"


def timer_of_another_model(dump: Dump) -> None:
    dump["jobDefinitions"][1]["activityId"] = "Mahnen"


def timer_without_job(dump: Dump) -> None:
    dump["jobs"].clear()


def job_without_place(dump: Dump) -> None:
    dump["jobs"][0]["jobDefinitionId"] = "jd-9"


def task_left_out(dump: Dump) -> None:
    dump["tasks"].pop(0)


def work_left_out(dump: Dump) -> None:
    dump["externalTasks"].clear()


def no_place(dump: Dump) -> None:
    del dump["activityInstances"]["i-1001"]


def unreadable_place(dump: Dump) -> None:
    del tree_of(dump)["childActivityInstances"][0]["activityId"]


REFUSALS = [
    (unknown_definition, "Das Prozessmodell abmeldung ist hier nicht veröffentlicht."),
    (unknown_activity, "Wiegen: Dieses Element gibt es im Modell hier nicht."),
    (another_scope, "Messen: Dieses Element liegt im Modell hier in einem anderen Teilprozess."),
    (nothing_waits, "Zaehlen: An diesem Element kann hier nichts warten."),
    (java_object, "Die Variable adresse ist ein serialisiertes Java-Objekt."),
    (file_without_content, "Der Inhalt der Variable nachweis fehlt im Abzug."),
    (number_that_is_none, "Die Variable zaehler kann nicht gelesen werden."),
    (call_of_the_unknown, "Rueckfragen: Welchen Vorgang dieser Schritt aufgerufen hat, steht nicht im Abzug."),
    (caller_left_out, "Der Vorgang i-1001, der diesen aufgerufen hat, fehlt im Abzug."),
    (compensation_left, "Schon Erledigtes könnte noch rückgängig gemacht werden (Zurueckgezogen)"),
    (timer_of_another_model, "Mahnen: In Camunda 7 läuft hier eine Frist, die das Modell hier nicht hat."),
    (timer_without_job, "Verfallen: Wann die Frist dieses Elements abläuft, steht nicht im Abzug."),
    (job_without_place, "Zu welcher Stelle der Auftrag j-1 gehört, ist nicht zu erkennen."),
    (task_left_out, "Pruefen: Die Aufgabe dieses Schritts fehlt im Abzug."),
    (work_left_out, "Drucken: Die Arbeit an diesem Schritt (external task) fehlt im Abzug."),
    (no_place, "Wo der Vorgang steht, fehlt im Abzug."),
    (unreadable_place, "Der Abzug ist an dieser Stelle nicht lesbar"),
]


def test_what_cannot_come_is_named_with_a_cure(dump: Dump, import_: Import, deployed: None, rest: ApiClient):
    for spoil, why in REFUSALS:
        spoiled = deepcopy(dump)
        spoil(spoiled)
        told = import_(spoiled, code=1).output
        assert why in told, spoil
        assert "Abhilfe: " in told
    assert rest.ask("/process-instance/count") == {"count": 0}


def test_a_refused_call_keeps_its_caller_away(dump: Dump, import_: Import, deployed: None):
    dump["activityInstances"]["i-1002"]["childActivityInstances"][0]["activityId"] = "Woanders"
    told = import_(dump, code=1).output
    assert "Der aufgerufene Vorgang i-1002 kann nicht übernommen werden." in told
    assert "0 Vorgänge übernommen, 2 nicht." in told


def test_a_fault_in_the_middle_leaves_the_others(dump: Dump, import_: Import, deployed: None, rest: ApiClient):
    for instance in ("i-1", "i-2", "i-3"):
        alone(dump, instance)
    dump["variables"]["i-2"] = [{"id": "v", "name": "frist", "type": "String", "value": "irgendwann",
                                 "executionId": "i-2"}]  # fmt: skip
    told = import_(dump, code=1).output
    assert "Antworten: Der Schritt scheitert: " in told
    assert "4 Vorgänge übernommen, 1 nicht." in told
    assert rest.ask("/process-instance/count") == {"count": 4}
    # Cured there, and collected anew.
    dump["variables"]["i-2"][0]["value"] = "2026-12-01"
    assert "1 Vorgang übernommen, 0 nicht." in import_(dump).output


def alone(dump: Dump, instance: str) -> None:
    """One more instance of `rueckfrage` that stands at its task."""
    definition = "rueckfrage:1:d-0101"
    child = {"id": f"Antworten:{instance}", "activityId": "Antworten", "executionIds": [instance]}
    dump["processInstances"].append({"id": instance, "definitionId": definition, "suspended": False})
    dump["tasks"].append({"id": f"t-{instance}", "taskDefinitionKey": "Antworten", "processInstanceId": instance})
    dump["activityInstances"][instance] = {
        "id": instance,
        "activityId": definition,
        "executionIds": [instance],
        "childActivityInstances": [child],
    }


@pytest.mark.parametrize(
    ("content", "why"),
    [("nichts", "ist kein JSON"), ("[]", "muss ein JSON-Objekt sein"), ("{}", "„processDefinitions“ fehlt."),
     ('{"processDefinitions": 5}', "„processDefinitions“ muss eine Liste sein."),
     ('{"processDefinitions": [5]}', "eine Liste von Objekten mit einer id")],
)  # fmt: skip
def test_a_file_that_is_no_dump_is_refused(content: str, why: str, tmp_path: Path):
    path = tmp_path / "dump.json"
    path.write_text(content, "utf-8")
    result = CliRunner().invoke(main, ["import-camunda7", str(path)])
    assert result.exit_code == 1
    assert why in result.output


# -- rounds, as Camunda 7 tells them ------------------------------------------------------------------------------


def spot(element: str, executions: list[str], *below: Any, ended: tuple[str, ...] = ()) -> dict[str, Any]:
    """One activity instance; `ended` are executions of rounds that are done, which look like transition instances."""
    between = [{"id": each, "activityId": element.partition("#")[0], "executionId": each} for each in ended]
    return {"id": f"{element}:1", "activityId": element, "executionIds": executions,
            "childActivityInstances": list(below), "childTransitionInstances": between}  # fmt: skip


def variable(name: str, value: Any, execution: str, place: str | None) -> dict[str, Any]:
    kind = "Integer" if isinstance(value, int) else "Json" if name == "wer" else "String"
    return {"id": f"{execution}-{name}", "name": name, "type": kind, "value": value, "valueInfo": {},
            "executionId": execution, "activityInstanceId": place, "taskId": None}  # fmt: skip


def counters(execution: str, place: str, *numbers: int) -> list[dict[str, Any]]:
    names = ("nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances", "loopCounter")
    return [variable(name, number, execution, place) for name, number in zip(names, numbers, strict=False)]


@pytest.fixture
def rounds() -> Dump:
    """The second of three goes on in sequence, with its variables at the body; of three at once two are done."""
    body, round_, task = "Jede#multiInstanceBody", "Jede", "Stellung"
    tree = spot(
        "sonderfaelle:1:x", ["i"],
        spot("Reihum#multiInstanceBody", ["e-r"], spot("Reihum", ["e-r"])),
        spot(body, ["e-j", "e-j2"], spot(round_, ["e-j2s"], spot(task, ["e-st"])), ended=("e-j0",)),
    )  # fmt: skip
    tree["id"] = "i"
    known = [
        variable("wer", '["anna","bodo","carla"]', "i", "i"),
        *counters("e-r", "Reihum#multiInstanceBody:1", 3, 1, 1, 1),
        variable("person", "bodo", "e-r", "Reihum#multiInstanceBody:1"),
        *counters("e-j", f"{body}:1", 3, 1, 2),
        variable("loopCounter", 2, "e-j2", f"{round_}:1"),
        variable("stelle", "carla", "e-j2", f"{round_}:1"),
        # One round that is done is still told, another is not.
        variable("loopCounter", 0, "e-j0", None),
        variable("loopCounter", 1, "e-j1", None),
    ]
    timers = {"jd-1": ("Nachhaken", "e-st", "2026-11-23T08:00:00.000+0100"),
              "jd-2": ("NebenherLos", "i", "2026-11-25T08:00:00.000+0100")}  # fmt: skip
    return {
        "processDefinitions": [{"id": "sonderfaelle:1:x", "key": "sonderfaelle", "versionTag": None}],
        "jobDefinitions": [{"id": id, "activityId": told[0], "jobType": "timer-transition"}
                           for id, told in timers.items()],
        "processInstances": [{"id": "i", "definitionId": "sonderfaelle:1:x", "businessKey": None, "suspended": False}],
        "activityInstances": {"i": tree},
        "variables": {"i": known},
        "tasks": [
            {"id": "1", "taskDefinitionKey": "Reihum", "executionId": "e-r", "assignee": "bodo",
             "processInstanceId": "i"},
            {"id": "2", "taskDefinitionKey": task, "executionId": "e-st", "processInstanceId": "i"},
        ],
        "jobs": [{"id": id, "jobDefinitionId": id, "executionId": told[1], "dueDate": told[2], "processInstanceId": "i"}
                 for id, told in timers.items()],
        "externalTasks": [],
        "eventSubscriptions": [],
    }  # fmt: skip


def test_rounds_go_on_where_they_were(
    rounds: Dump, import_: Import, platform: Platform, app: Flask, rest: ApiClient, clock: FrozenClock
):
    publish_here(platform.db, platform.services, FOLDER / "sonderfaelle.bpmn")
    import_(rounds)
    assert {each["name"]: each["assignee"] for each in rest.ask("/task")} == {"Reihum": "bodo", "carla": None}
    assert sorted(each["dueDate"][:10] for each in rest.ask("/job")) == ["2026-11-23", "2026-11-25"]
    rest.sends(f"/task/{one(rest, '/task', name='Reihum')['id']}/complete", {}, expect=204)
    assert one(rest, "/task", name="Reihum")["assignee"] == "carla"
    assert work_off(rest, app, clock) == ["Reihum", "carla"]
    assert one(rest, "/history/process-instance")["state"] == "COMPLETED"


def test_rounds_that_do_not_fit_are_refused(rounds: Dump, import_: Import, platform: Platform):
    publish_here(platform.db, platform.services, FOLDER / "sonderfaelle.bpmn")
    rounds["variables"]["i"][7]["value"] = 2
    told = import_(rounds, code=1).output
    assert "Jede: Die Zähler der Wiederholung fehlen oder passen nicht" in told


# -- from our own API into a second town --------------------------------------------------------------------------


def collected(app: Flask, client: ApiClient) -> Dump:
    """What `amt export-camunda7` would print."""
    headers = {"Authorization": client.authorization or ""}
    transport = httpx.WSGITransport(app=app)
    with httpx.Client(transport=transport, base_url="http://localhost/engine-rest", headers=headers) as there:
        return Collecting(there, lambda words: None).dump()


@pytest.fixture
def second_town(make_app: Callable[..., Flask], migrated_sqlite: Path, tmp_path: Path) -> Flask:
    """An empty town beside the first one, with its own database."""
    shutil.copy(migrated_sqlite, tmp_path / "second.sqlite3")
    return make_app(database_url=f"sqlite:///{tmp_path / 'second.sqlite3'}")


def client_of(app: Flask) -> ApiClient:
    platform: Platform = app.extensions["amtsfluss"]
    with unit_of_work(platform.db) as session:
        token = create_token(session, platform.clock, "umzug", [Grant.from_text("*:*")])
    return stranger(app).with_token(token.text)


@pytest.fixture
def move(
    app: Flask, second_town: Flask, rest: ApiClient, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., ApiClient]:
    """Take all from the first town over to the second, some hours later; a client of the second."""
    monkeypatch.setattr("web.camunda7.collecting.PAGE", 3)

    def moved(*models: Path) -> ApiClient:
        dump = collected(app, rest)
        there: Platform = second_town.extensions["amtsfluss"]
        for model in models:
            publish_here(there.db, there.services, model)
        clock.advance(timedelta(hours=5))
        with there.db.reading() as session:
            plan = plan_takeover(session, there.services, ReadDump(dump))
        assert [each.objections for each in plan.refused] == []
        taken = list(take_over(there.db, there.services, plan, Actor("betrieb", "Betrieb")))
        assert [each.objection for each in taken if each.objection] == []
        new = client_of(second_town)
        assert alike(rest) == alike(new)
        return new

    return moved


def alike(client: ApiClient) -> list[Any]:
    """What must be the same in both towns: where all stand, what they know, what is open, when it is due."""
    names = ("dueDate", "retries", "name", "assignee", "eventName", "activityId", "created", "priority", "businessKey")
    found: list[Any] = []
    for path in ("/process-instance", "/job", "/event-subscription", "/task", "/external-task"):
        found.append(sorted(str({name: each[name] for name in names if name in each}) for each in client.ask(path)))
    for case in client.ask("/process-instance"):
        of = client.ask("/variable-instance", processInstanceIdIn=case["id"])
        own = [(each["activityInstanceId"].partition(":")[0].replace(case["id"], ""), each["name"], str(each["value"]))
               for each in of]  # fmt: skip
        place = standing(client.ask(f"/process-instance/{case['id']}/activity-instances"))
        found.append((str(place), sorted(own)))
    return sorted(found, key=str)


def work_off(client: ApiClient, app: Flask, clock: FrozenClock, *, days: int = 0) -> list[str]:
    """Complete whatever is open until nothing is; the names of the tasks."""
    town: Platform = app.extensions["amtsfluss"]
    done = []
    clock.advance(timedelta(days=days))
    Worker(town.db, town.services).run_until_idle()
    while tasks := client.ask("/task", sortBy="name", sortOrder="asc"):
        done.append(tasks[0]["name"])
        client.sends(f"/task/{tasks[0]['id']}/complete", {}, expect=204)
    return done


def test_rounds_gateways_and_steps_between_transactions_move(
    second_town: Flask,
    rest: ApiClient,
    publish: Callable[..., None],
    move: Callable[..., ApiClient],
    clock: FrozenClock,
):
    publish("weg", "antrag")
    rest.sends("/process-definition/key/weg/start", {"businessKey": "W", "variables": {"zahl": {"value": 5}}})
    rest.sends("/process-definition/key/antrag/start", {"businessKey": "A"})
    new = move(MODELS / "weg.bpmn", MODELS / "antrag.bpmn")
    assert work_off(new, second_town, clock) == ["Antrag prüfen", "Drinnen", "Erledigen", "Erledigen"]
    clock.advance(timedelta(days=2))
    assert work_off(new, second_town, clock) == []
    assert {each["state"] for each in new.ask("/history/process-instance")} == {"COMPLETED"}


def test_sequences_event_subprocesses_and_conditions_move(
    platform: Platform, second_town: Flask, rest: ApiClient, move: Callable[..., ApiClient], clock: FrozenClock
):
    model = FOLDER / "sonderfaelle.bpmn"
    publish_here(platform.db, platform.services, model)
    wer = {"value": '["anna","bodo","carla"]', "type": "Json"}
    given = {"wer": wer, "bereit": {"value": False, "type": "Boolean"}}
    rest.sends("/process-definition/key/sonderfaelle/start", {"variables": given})
    rest.sends("/message", {"messageName": "eilt"}, expect=204)
    first = next(each for each in rest.ask("/task") if each["taskDefinitionKey"] == "Reihum")
    rest.sends(f"/task/{first['id']}/complete", {}, expect=204)

    new = move(model)
    (case,) = new.ask("/process-instance")
    done = work_off(new, second_town, clock)
    assert sorted(done) == ["Reihum", "Reihum", "Schnell", "anna", "bodo", "carla"]
    new.sends("/message", {"messageName": "lieferung"}, expect=204)
    new.sends(f"/process-instance/{case['id']}/variables/bereit", {"value": True}, method="PUT", expect=204)
    assert one(new, "/history/process-instance")["state"] == "COMPLETED"


def test_who_may_not_look_is_told_so(app: Flask, nobody: ApiClient):
    with pytest.raises(CollectingFailed, match="Zugang verweigert \\(401\\)"):
        collected(app, nobody)
