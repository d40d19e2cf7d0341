# SPDX-License-Identifier: EUPL-1.2
"""What the description of the interface says is what is served, asked by schemathesis with whatever it allows and not.

Each operation is asked a few times. `AMT_SCHEMA_EXAMPLES=200` asks each that often, which takes a quarter of an hour.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from engine.db import Database
from tests.api.client import ApiClient
from tests.api.conformance import closed
from tests.api.town import BODIES, Values, filled, prepared, word
from web.bootstrap import Platform

EXAMPLES = int(os.environ.get("AMT_SCHEMA_EXAMPLES", "2"))
#: Else texts of our own source are sent: that takes long, and each change of the source changes what is asked.
CONFIG = schemathesis.Config.from_dict({"analysis": {"constants": {"enabled": False}}})
CONFORMANCE: list[CheckFunction] = [
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
#: What a caller's own words can lead to, and is no fault of ours: a step, a job or a decision fails by itself.
BY_ITSELF = re.compile(r"(Step \S+ failed|The job \S+ failed|Cannot evaluate decision \S+): ")


@pytest.fixture
def db(sqlite_url: str) -> Iterator[Database]:
    """What is said and what is given does not depend on the database."""
    database = Database(sqlite_url)
    yield database
    database.close()


@dataclass(frozen=True)
class Known:
    """What is there to be asked about."""

    #: Arguments of addresses, by the first word.
    places: dict[str, Values]
    #: What fields and parameters of these names may mean.
    names: Values
    #: What operations are usually sent.
    bodies: dict[str, Any]

    def aim(self, case: Case[Any], hit: int) -> None:
        """Let a request mean something that is there: in its address, and in what is sent with it."""
        if hit and case.path_parameters:
            places = self.places.get(word(case.operation.path), {})
            case.path_parameters = {name: places.get(name, value) for name, value in case.path_parameters.items()}
        if hit > 1:
            for told in (case.query, case.body):
                if isinstance(told, dict):
                    told.update({name: at for name, at in self.names.items() if name in told})
        if hit > 2 and isinstance(case.body, dict):
            case.body.update(self.bodies.get(case.operation.label, {}))
        if isinstance(case.body, dict) and "asyncResponseTimeout" in case.body:
            case.body["asyncResponseTimeout"] = 0


@pytest.fixture
def known(rest: ApiClient) -> Known:
    """Something of each kind."""
    town, places = prepared(rest)
    names = {
        "processInstanceId": town["case"],
        "processDefinitionId": town["definition"],
        "processDefinitionKey": "antrag",
        "deploymentId": town["deployment"],
        "taskId": places["task"]["id"],
        "executionId": places["execution"]["id"],
        "jobDefinitionId": places["job-definition"]["id"],
    }
    bodies = {re.sub(r"<(?:[^<>]+:)?(\w+)>", r"{\1}", name): filled(body, town) for name, body in BODIES.items()}
    return Known(places, names, bodies)


@pytest.fixture
def afresh(platform: Platform, db: Database, tmp_path: Path, known: Known) -> Callable[[], None]:
    """Puts the town back to how it was prepared."""
    place, kept = Path(db.url.removeprefix("sqlite:///")), tmp_path / "prepared.sqlite3"
    platform.db.close()
    shutil.copy(place, kept)

    def put_back() -> None:
        platform.db.close()
        for left in ("-wal", "-shm"):
            place.with_name(place.name + left).unlink(missing_ok=True)
        shutil.copy(kept, place)

    return put_back


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_each_answer_is_one_that_is_described(
    app: Flask, rest: ApiClient, known: Known, afresh: Callable[[], None], mode: GenerationMode
):
    described = schemathesis.openapi.from_dict(closed(rest.ask("/openapi.json")), config=CONFIG)
    described.app = app
    # What goes wrong is answered as it is in town, and not raised into the test.
    app.testing = False
    wrong: dict[str, str] = {}
    for found in described.get_all_operations():
        assert isinstance(found, Ok), found
        afresh()
        # Nothing can be wrong with what takes nothing.
        with suppress(Unsatisfiable):
            _ask(found.ok(), mode, known, rest.authorization or "", wrong)
    assert not wrong, "\n\n".join(wrong.values())


def _ask(
    operation: APIOperation[Any, Any, Any, Any],
    mode: GenerationMode,
    known: Known,
    authorization: str,
    wrong: dict[str, str],
) -> None:
    """Ask an operation several times, and keep one of each kind of answer that should not be."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode), hit=st.integers(0, 3))
    def asked(case: Case[Any], hit: int) -> None:
        known.aim(case, hit)
        response = case.call(headers={"Authorization": authorization})
        checks = list(CONFORMANCE)
        if response.status_code != 500 or not BY_ITSELF.match(response.json()["message"]):
            checks.append(not_a_server_error)
        try:
            case.validate_response(response, checks=checks)
        except FailureGroup as failures:
            for failure in failures.exceptions:
                wrong.setdefault(f"{operation.label} {failure.title}", f"{case.as_curl_command()}\n{failure}")

    asked()
