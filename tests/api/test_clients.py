# SPDX-License-Identifier: EUPL-1.2
"""The public clients of Camunda 7 and of its successors against a server that runs: they notice no difference."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pycamunda.deployment
import pycamunda.externaltask
import pycamunda.incident
import pycamunda.message
import pycamunda.processdef
import pycamunda.processinst
import pycamunda.task
import pytest
import requests
from flask import Flask

from engine.db import unit_of_work
from engine.grants import Grant
from engine.machines import create_token, ensure_machine
from tests.api.client import PASSWORD
from tests.api.conftest import MODELS
from tests.serving import serving
from web.bootstrap import Platform

CLIENTS = Path(__file__).parent / "clients"
NODE = Path(__file__).parents[2] / "tools" / "node.py"
PYTHON = ("camunda", "operaton")
KINDS = (*PYTHON, "javascript")
#: It is the words on the wire that count here, not the database.
pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
#: Long enough for a slow machine, and shorter than anybody would wait for a test.
PATIENCE = 60


@dataclass
class Served:
    """A town that programs reach over HTTP."""

    rest: str
    platform: Platform
    token: str

    def worker(self, kind: str, *acts: str, wait: int = 2000, shown: str = "") -> subprocess.Popen[str]:
        """A worker in a process of its own."""
        shown = shown or f"bearer {self.token}"
        script = ["worker.py", kind] if kind in PYTHON else ["worker.mjs"]
        run = [sys.executable] if kind in PYTHON else [sys.executable, str(NODE), "--in", str(CLIENTS), "node"]
        command = [*run, *script, self.rest, shown, str(wait), *acts]
        return subprocess.Popen(command, cwd=CLIENTS, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def works(self, kind: str, *acts: str, **more: Any) -> list[dict[str, Any]]:
        """What a worker has seen when it is done with these acts."""
        return done(self.worker(kind, *acts, **more))

    def starts(self, **variables: Any) -> str:
        """A case that has something to print."""
        given = {"seiten": 3, "dringend": 0, **variables}
        start = pycamunda.processdef.StartInstance(self.rest, key="druck")
        start.auth = Bearer(self.token)
        for name, value in given.items():
            start.add_variable(name, value, type_="String" if isinstance(value, str) else "Integer")
        found: str = start().id_
        return found

    def asks(self, path: str, **parameters: Any) -> Any:
        """The answer of a GET."""
        response = requests.get(self.rest + path, params=parameters, auth=Bearer(self.token), timeout=PATIENCE)
        assert response.status_code == 200, response.text
        return response.json()


class Bearer(requests.auth.AuthBase):
    """Shows a token."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def done(worker: subprocess.Popen[str]) -> list[dict[str, Any]]:
    """The lines that a worker prints until it ends."""
    try:
        out, errors = worker.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        worker.kill()
        out, errors = worker.communicate()
        raise AssertionError(f"The worker did not come to an end: {out}{errors}") from None
    assert worker.returncode == 0, errors
    return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def served(app: Flask, platform: Platform, publish: Callable[..., None]) -> Iterator[Served]:
    publish("druck")
    with unit_of_work(platform.db) as session:
        everything = [Grant.from_text("*:*")]
        ensure_machine(session, platform.clock, "werk", everything, password=PASSWORD)
        token = create_token(session, platform.clock, "werk", everything).text
    with serving(app, threads=6) as port:
        yield Served(f"http://127.0.0.1:{port}/engine-rest", platform, token)
        platform.waiting.close()


@pytest.mark.parametrize("kind", KINDS)
def test_worker_fetches_and_completes(served: Served, kind: str):
    case_id = served.starts(name="Erika")
    (seen,) = served.works(kind, "complete")
    assert {"name": "Erika", "bogen": 3, "seiten": 3}.items() <= seen["variables"].items()
    assert seen["properties"] == {"farbe": "blau"}
    variables = served.asks(f"/process-instance/{case_id}/variables")
    assert {name: variables[name]["value"] for name in ("wo", "anzahl", "fertig")} == {
        "wo": "Fach 3",
        "anzahl": 3,
        "fertig": 6,
    }
    given = variables["liste"]["value"]
    assert (json.loads(given) if isinstance(given, str) else given) == {"a": [1, 2]}
    assert served.asks("/external-task/count") == {"count": 0}


@pytest.mark.parametrize("kind", KINDS)
def test_worker_fails_until_there_is_an_incident(served: Served, kind: str):
    case_id = served.starts()
    first, second = served.works(kind, "failure", "failure")
    assert first["id"] == second["id"]
    (incident,) = served.asks("/incident")
    assert (incident["incidentType"], incident["incidentMessage"]) == ("failedExternalTask", "Stau")
    assert (incident["processInstanceId"], incident["configuration"]) == (case_id, first["id"])


@pytest.mark.parametrize("kind", KINDS)
def test_worker_reports_an_error_of_the_process(served: Served, kind: str):
    case_id = served.starts()
    served.works(kind, "bpmnError")
    assert served.asks(f"/process-instance/{case_id}/variables/fach")["value"] == 2
    assert served.asks("/task", processInstanceId=case_id)[0]["name"] == "Papier nachlegen"


@pytest.mark.parametrize("kind", KINDS)
def test_worker_shows_name_and_password(served: Served, kind: str):
    served.starts()
    assert len(served.works(kind, "complete", shown=f"basic werk {PASSWORD}")) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_worker_waits_and_is_woken(served: Served, kind: str):
    worker = served.worker(kind, "complete", wait=25_000)
    sat_down(served)
    case_id = served.starts()
    assert len(done(worker)) == 1
    assert served.asks(f"/process-instance/{case_id}/variables/wo")["value"] == "Fach 3"


@pytest.mark.parametrize("kind", PYTHON)
def test_worker_that_waits_in_vain_is_told_so(served: Served, kind: str):
    assert served.works(kind, "complete", wait=100) == [None]


def test_javascript_worker_holds_longer_and_gives_back(served: Served):
    served.starts()
    (seen,) = served.works("javascript", "extendLock")
    task = served.asks(f"/external-task/{seen['id']}")
    assert (task["workerId"], task["lockExpirationTime"]) == ("some-random-id", "2026-11-22T12:00:00.000+0000")
    served.starts()
    (seen,) = served.works("javascript", "unlock")
    assert served.asks(f"/external-task/{seen['id']}")["lockExpirationTime"] is None


def sat_down(served: Served) -> None:
    """Look until somebody waits. Each look is a request, which takes its time."""
    for _ in range(2000):
        if served.platform.waiting.taken:
            return
        served.asks("/engine")
    raise AssertionError("No worker came to wait.")


# -- a client for everything else -------------------------------------------------------------------------------


@pytest.fixture
def pycamunda_session(served: Served) -> Iterator[Callable[[Any], Any]]:
    """Sends a request of pycamunda."""

    def send(request: Any) -> Any:
        request.auth = ("werk", PASSWORD)
        return request()

    yield send


def test_pycamunda_deploys_starts_asks_and_completes(served: Served, pycamunda_session: Callable[[Any], Any]):
    send, rest = pycamunda_session, served.rest
    create = pycamunda.deployment.Create(rest, name="antwort", source="test")
    with (MODELS / "antwort.bpmn").open("rb") as model:
        create.add_resource(model)
        deployed = send(create)
    (definition,) = deployed.deployed_process_definitions.values()
    assert (definition.key, definition.version) == ("antwort", 1)
    assert send(pycamunda.processdef.Get(rest, key="antwort")).id_ == definition.id_
    start = pycamunda.processdef.StartInstance(rest, key="antwort", business_key="BK")
    case = send(start)
    assert [one.id_ for one in send(pycamunda.processinst.GetList(rest, business_key="BK"))] == [case.id_]
    # Without a result it stumbles over the empty answer, which Camunda gives as well.
    message = pycamunda.message.CorrelateSingle(rest, message_name="antwort", business_key="BK", result_enabled=True)
    (reached,) = send(message)
    assert reached.execution.process_instance_id == case.id_
    assert send(pycamunda.processinst.GetList(rest, business_key="BK")) == ()


def test_pycamunda_works_on_tasks_of_both_kinds(served: Served, pycamunda_session: Callable[[Any], Any]):
    send, rest = pycamunda_session, served.rest
    case_id = served.starts()
    fetch = pycamunda.externaltask.FetchAndLock(rest, worker_id="w", max_tasks=5)
    fetch.add_topic("stadt.druck", 60_000)
    (task,) = send(fetch)
    assert (task.process_instance_id, task.variables["bogen"].value) == (case_id, 3)
    send(pycamunda.externaltask.ExtendLock(rest, id_=task.id_, new_duration=120_000, worker_id="w"))
    send(pycamunda.externaltask.SetRetries(rest, id_=task.id_, retries=0))
    (incident,) = send(pycamunda.incident.GetList(rest))
    assert incident.process_instance_id == case_id
    send(pycamunda.externaltask.SetRetries(rest, id_=task.id_, retries=1))
    (task,) = send(fetch)
    complete = pycamunda.externaltask.Complete(rest, id_=task.id_, worker_id="w")
    complete.add_variable("wo", "Fach 3", type_="String")
    send(complete)
    (todo,) = send(pycamunda.task.GetList(rest, process_instance_id=case_id))
    assert todo.name == "Abholen"
    send(pycamunda.task.Claim(rest, id_=todo.id_, user_id="anna"))
    send(pycamunda.task.Complete(rest, id_=todo.id_))
    assert send(pycamunda.processinst.GetList(rest)) == ()
