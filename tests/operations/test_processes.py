# SPDX-License-Identifier: EUPL-1.2
"""Two processes serve one town: whichever answers, people and limits are the same, and jobs are run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from conftest import POSTGRES, emptied_afterwards
from engine.db import Database
from tests.faults.cluster import eventually
from tests.operations.server import Person, Server, gunicorn
from tools.brokers import free_port
from web.bootstrap import build_platform
from web.demo import load_demo
from web.preparation import deploy_slices, slice_folders
from web.settings import Settings


@pytest.fixture(scope="module", params=["postgres"] if POSTGRES else [])
def db(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Where several processes serve there is PostgreSQL."""
    yield from emptied_afterwards(request.getfixturevalue("migrated_postgres"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def server(db: Database, folder: Path) -> Iterator[Server]:
    town = build_platform(Settings(data_dir=folder, database_url=db.url, secret_key="only-for-tests-ok"))
    list(deploy_slices(town, [each for each in slice_folders() if each.name in ("rechnung", "anwohnerparkausweis")]))
    load_demo(town)
    town.close()
    environment = {
        "AMT_DATA_DIR": str(folder),
        "AMT_DATABASE_URL": db.url,
        "AMT_SECRET_KEY": "only-for-tests-ok",
        "AMT_LOG_FORMAT": "json",
    }
    with gunicorn(environment, free_port()) as running:
        yield running


@pytest.fixture
def person(server: Server) -> Iterator[Person]:
    someone = Person(server)
    yield someone
    someone.close()


def test_one_piece_of_work_is_done_by_two_processes(server: Server, person: Person, folder: Path):
    with server.only(0):
        person.get("/anmelden")
    with server.only(1):
        assert person.send("/anmelden", username="anna.berger", password="demo-anna").status_code == 302
    with server.only(0):
        task = re.search(r"/inbox/aufgabe/([0-9a-f-]{36})", person.get("/inbox/").text)
        assert task is not None
    page = f"/inbox/aufgabe/{task[1]}"
    with server.only(1):
        person.get(page)
    with server.only(0):
        person.send(f"{page}/uebernehmen")
    with server.only(1):
        done = person.send(f"{page}/erledigen", entscheidung="genehmigen")
    assert done.status_code == 302, done.text
    with server.only(0):
        assert person.get(page).status_code in {404, 409}
    _both_are_measured(person)
    # They run jobs beside their pages.
    eventually(lambda: any((folder / "mail").glob("*")), "a mail goes out")


def test_limit_of_attempts_holds_for_both_processes(server: Server, person: Person):
    person.get("/anmelden")
    for attempt in range(10):
        with server.only(attempt % 2):
            assert person.send("/anmelden", username="jonas.weiss", password="falsch").status_code == 422
    for number in (0, 1):
        with server.only(number):
            assert person.send("/anmelden", username="jonas.weiss", password="demo-jonas").status_code == 429


def test_every_line_of_the_log_is_json(server: Server):
    """Those of the server, too, which begins before the application is loaded."""
    lines = [json.loads(line) for line in server.log]
    assert {"gunicorn.error"} <= {line["logger"] for line in lines}
    assert [line["message"] for line in lines if "serves" in line["message"]]


def _both_are_measured(person: Person) -> None:
    """Whichever process is asked, it tells what all have done."""
    counts = {
        sample.labels["endpoint"]: sample.value
        for family in text_string_to_metric_families(person.get("/metrics").text)
        for sample in family.samples
        if sample.name == "amt_request_seconds_count"
    }
    assert {"auth.login", "auth.check_login", "inbox.task", "inbox.complete"} <= set(counts)
