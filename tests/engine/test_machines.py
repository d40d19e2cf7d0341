# SPDX-License-Identifier: EUPL-1.2
"""Programs act by their grants: on any task of the processes that they are granted, and on nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cases import CaseInfo, start_case
from engine.clock import FrozenClock
from engine.db import Database, unit_of_work
from engine.definitions import Bundle, deploy
from engine.errors import NotAllowed, TaskClaimedByAnother
from engine.grants import Grant, GrantRefused, Grants
from engine.identity import Actor, UserExists, add_user
from engine.machines import NameTaken, create_token, prove_token
from engine.queries.cases import history
from engine.queries.tasks import tasks_of_case
from engine.services import Services
from engine.tasks import claim_task, complete_task, release_task
from forms import check_form

MODEL = Path(__file__).parents[1] / "api" / "models" / "antrag.bpmn"
CLERK = Actor("anna", "Anna", frozenset({"clerks"}))


def program(*grants: str) -> Actor:
    return Actor("werk", "werk", grants=Grants(Grant.from_text(grant) for grant in grants))


@pytest.fixture
def case(db: Database, services: Services) -> CaseInfo:
    with unit_of_work(db) as session:
        deploy(session, services, Bundle.from_file(MODEL), form_check=check_form)
        return start_case(session, services, "antrag", {}, by=CLERK)


@pytest.fixture
def task_id(db: Database, case: CaseInfo) -> str:
    with db.reading() as session:
        return tasks_of_case(session, case.id)[0].id


def assignee(db: Database, case: CaseInfo) -> str | None:
    with db.reading() as session:
        return tasks_of_case(session, case.id)[0].assignee


@pytest.mark.parametrize("grants", [["task:update:antrag"], ["*:*"], ["task:*"], ["*:update:antrag"]])
def test_granted_program_claims_for_others_and_completes(
    db: Database, services: Services, case: CaseInfo, task_id: str, grants: list[str]
):
    with unit_of_work(db) as session:
        claim_task(session, services, task_id, program(*grants), for_user="karin")
    assert assignee(db, case) == "karin"
    with pytest.raises(TaskClaimedByAnother), unit_of_work(db) as session:
        claim_task(session, services, task_id, program(*grants), for_user="anna")
    with unit_of_work(db) as session:
        assert complete_task(session, services, task_id, {"ok": True}, program(*grants)).state == "completed"
    with db.reading() as session:
        acts = {line.kind: line.actor for line in history(session, case.id) if line.token_id == task_id}
    assert acts["task_claimed"] == acts["completed"] == "werk"


@pytest.mark.parametrize("grants", [[], ["task:read"], ["task:update:anderes"], ["process-instance:*"]])
def test_what_is_not_granted_is_refused(db: Database, services: Services, task_id: str, grants: list[str]):
    for command in (claim_task, release_task):
        with pytest.raises(NotAllowed), unit_of_work(db) as session:
            command(session, services, task_id, program(*grants))
    with pytest.raises(NotAllowed), unit_of_work(db) as session:
        complete_task(session, services, task_id, {}, program(*grants))


def test_people_cannot_claim_for_others(db: Database, services: Services, case: CaseInfo, task_id: str):
    with unit_of_work(db) as session:
        claim_task(session, services, task_id, CLERK, for_user="karin")
    assert assignee(db, case) == "anna"


def test_grants_name_resource_permission_and_key():
    grants = Grants([Grant.from_text("task:read:a"), Grant.from_text("task:read:b"), Grant.from_text("job:*")])
    assert grants.keys("task", "read") == frozenset({"a", "b"})
    assert grants.keys("job", "delete") is None
    assert grants.keys("task", "update") == frozenset()
    assert grants.allow("task", "read")
    assert grants.allow("task", "read", "a")
    assert not grants.allow("task", "read", "c")
    assert not grants.allow("task", "read", "*")
    assert not grants.allow("task", "update")
    for wrong in ("", "task", "task:", "all:read", "task:see", ":"):
        with pytest.raises(GrantRefused):
            Grant.from_text(wrong)
    assert Grant.from_text("message:create:a:b").key == "a:b"


def test_no_program_has_the_name_of_a_person(db: Database, clock: FrozenClock):
    with unit_of_work(db) as session:
        add_user(session, clock, "Eva", "Eva", "passwort-fuer-tests", [])
        with pytest.raises(NameTaken):
            create_token(session, clock, "eva", [])
        create_token(session, clock, "werk", [])
        with pytest.raises(UserExists):
            add_user(session, clock, "werk", "Werk", "passwort-fuer-tests", [])


def test_token_is_kept_as_a_hash_only(db: Database, clock: FrozenClock):
    with unit_of_work(db) as session:
        token = create_token(session, clock, "werk", [Grant("task", "read")])
    assert len(token.text) > 40
    with db.reading() as session:
        proved = prove_token(session, clock, token.text)
        assert proved is not None
        assert proved.actor.grants == Grants([Grant("task", "read")])
        assert prove_token(session, clock, token.text[:-1]) is None
        assert prove_token(session, clock, token.text, name="anderes") is None
