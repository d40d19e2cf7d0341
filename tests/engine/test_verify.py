# SPDX-License-Identifier: EUPL-1.2
"""Looking a town over: a sound one gives nothing, and each promise that is broken in one row is found and named."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from engine.batches import cancel_in_batch
from engine.cache import Cache
from engine.cases import cancel_case
from engine.db import Database, unit_of_work
from engine.definitions import Bundle, deploy
from engine.documents import NewDocument, add_document
from engine.identity import SYSTEM
from engine.models import (
    CandidateRow,
    CaseRow,
    CaseStateRow,
    CounterRow,
    DocumentContentRow,
    HistoryRow,
    IncidentRow,
    JobRow,
    ResourceRow,
    SubscriptionRow,
    TaskRow,
)
from engine.spiff.state import stored_state
from engine.values import pack
from engine.verify import Finding, verify_case, verify_town
from tests.engine.story import MODELS, Story, no_findings, rows

CALL = "call_activities/call_task"
#: Models that stand somewhere, and what they begin with.
STANDING: list[tuple[str, dict[str, Any]]] = [
    ("one_task", {"topic": "bicycles"}),
    ("three_rings", {}),
    ("timer_catch", {"day": date(2026, 11, 24)}),
    ("receive", {"key": "k1"}),
    ("boundary_timer_beside", {}),
    ("boundary_message", {"key": "k2"}),
    (CALL, {}),
    ("external_tasks/one", {"name": "Ada"}),
    ("conditional_events/wait_for_condition", {"level": 1}),
    ("jobs/before", {"n": 0}),
    ("jobs/before_user_task", {}),
    ("multi_instance/user_at_once", {"persons": ["a", "b"]}),
    ("multi_instance/user_in_turn", {"persons": ["a", "b"]}),
]

Break = Callable[[Story, Session], Any]


def found(story: Story) -> list[Finding]:
    """What is wrong in the whole town, seen by a process that remembers nothing."""
    services = replace(story.services, definitions=Cache(10), live_cases=Cache(10))
    return list(verify_town(story.db, services))


def of(story: Story, table: Any) -> Any:
    """The rows of a table that belong to the story's case."""
    return table.case_id == story.case_id


def one_task(story: Story) -> Story:
    """A case that waits for a person."""
    return story.starts("one_task", topic="bicycles")


def ended(story: Story) -> Story:
    """A case that is over."""
    return one_task(story).completes("Answer", answer="yes")


def rings(story: Story) -> Story:
    """A case that waits for a job."""
    return story.starts("three_rings")


def listens(story: Story) -> Story:
    """A case that waits for a message."""
    return story.starts("receive", key="k1")


def waits(story: Story) -> Story:
    """A case that waits for a moment."""
    return story.starts("timer_catch", day=date(2026, 11, 24))


def calls(story: Story) -> Story:
    """A case that waits for another one that it has called."""
    return story.starts(CALL)


def with_letter(story: Story) -> Story:
    """A case with a document."""
    with unit_of_work(one_task(story).db) as session:
        letter = NewDocument("letter.txt", "text/plain", b"Dear Ada")
        add_document(session, story.clock, story.case_id, letter, by="anna")
    return story


def twice_deployed(story: Story) -> Story:
    """Two versions of a process that a message begins."""
    source = (MODELS / "message_events" / "start_by_message.bpmn").read_bytes()
    for content in (source, source + b"\n"):
        with unit_of_work(story.db) as session:
            deploy(session, story.services, Bundle("start", {"start.bpmn": content}), form_check=no_findings)
    return story


def batched(story: Story) -> Story:
    """A batch that has yet to be done."""
    with unit_of_work(one_task(story).db) as session:
        cancel_in_batch(session, story.services, "one_task", [story.case_id], "Enough", SYSTEM)
    return story


def line(story: Story, session: Session, kind: str, **about: Any) -> None:
    """One more line in the history."""
    session.add(HistoryRow(case_id=story.case_id, at=story.clock.now(), kind=kind, details={}, **about))


def job(story: Story, session: Session, **about: Any) -> None:
    """One more job of the case."""
    now = story.clock.now()
    usual = {"id": str(uuid4()), "kind": "timer", "state": "ready", "inputs": pack({}), "created_at": now}
    session.add(JobRow(**{**usual, "due_at": now + timedelta(days=400), "case_id": story.case_id, **about}))


def task(story: Story, session: Session) -> None:
    """One more task of the case."""
    definition = session.scalars(select(CaseRow.definition_id).where(CaseRow.id == story.case_id)).one()
    about = {"element_id": "answer_it", "name": "Answer", "created_at": story.clock.now()}
    session.add(TaskRow(id=str(uuid4()), case_id=story.case_id, definition_id=definition, **about))


def subscription(story: Story, session: Session) -> None:
    """One more message that the case awaits."""
    about = {"element_id": "x", "name": "Reply", "kind": "message", "created_at": story.clock.now()}
    session.add(SubscriptionRow(id=str(uuid4()), case_id=story.case_id, **about))


def incident(story: Story, session: Session) -> None:
    """An open incident whose job is gone."""
    about = {"element_id": "x", "kind": "job_failed", "reason": "x", "created_at": story.clock.now()}
    session.add(IncidentRow(case_id=story.case_id, job_id=str(uuid4()), **about))


def tokens(story: Story, session: Session, change: Callable[[list[list[Any]]], Any]) -> None:
    """Other tokens in the stored state."""
    row = session.get_one(CaseStateRow, story.case_id)
    state = stored_state(row.content)
    change(state["tokens"])
    row.content = pack(state)


def ready(held: list[list[Any]]) -> None:
    """The first token would run on, if anybody let it."""
    held[0][2] = "READY"


def stray(held: list[list[Any]]) -> None:
    """A token where none must be."""
    held.append([str(uuid4()), "answer_it", "STARTED", None, {"entered": True}])


def begins_old(story: Story, session: Session) -> None:
    """The start event of the first version waits."""
    row = session.scalars(select(SubscriptionRow)).one()
    row.definition_id = (row.definition_id or 0) - 1


def unreadable(story: Story, session: Session) -> None:
    """No model is what it was."""
    session.execute(update(ResourceRow).values(content=b""))


def call(**values: Any) -> Break:
    """Something is wrong with the called case."""
    return lambda story, session: session.execute(update(CaseRow).where(CaseRow.depth == 1).values(**values))


def case(**values: Any) -> Break:
    """Something is wrong with the row of the case."""
    return lambda story, session: session.execute(update(CaseRow).where(CaseRow.depth == 0).values(**values))


def gone(table: Any) -> Break:
    """The rows of the case are missing."""
    return lambda story, session: session.execute(delete(table).where(of(story, table)))


def changed(table: Any, **values: Any) -> Break:
    """The rows of the case say something else."""
    return lambda story, session: session.execute(update(table).where(of(story, table)).values(**values))


def caller_ends(story: Story, session: Session) -> None:
    """The case that has called another is over, and the other is not."""
    case(state="completed", ended_at=story.clock.now())(story, session)


#: For each promise: a town, and what breaks it.
BROKEN: dict[str, tuple[Callable[[Story], Story], Break]] = {
    "task_missing": (one_task, gone(TaskRow)),
    "task_left": (ended, task),
    "task_differs": (one_task, changed(TaskRow, element_id="start")),
    "task_misplaced": (one_task, lambda story, session: session.execute(update(CandidateRow).values(taken=True))),
    "job_missing": (rings, gone(JobRow)),
    "job_left": (one_task, lambda story, session: job(story, session, token_id=str(uuid4()))),
    "job_differs": (rings, changed(JobRow, kind="timer")),
    "timer_missing": (waits, gone(JobRow)),
    "subscription_missing": (listens, gone(SubscriptionRow)),
    "subscription_left": (ended, subscription),
    "subscription_differs": (listens, changed(SubscriptionRow, name="Answer")),
    "called_missing": (calls, call(parent_token=str(uuid4()))),
    "caller_missing": (calls, call(parent_id=str(uuid4()))),
    "caller_ended": (calls, caller_ends),
    "state_missing": (one_task, gone(CaseStateRow)),
    "state_unreadable": (one_task, changed(CaseStateRow, content=b"nothing")),
    "nothing_left": (one_task, lambda story, session: tokens(story, session, list.clear)),
    "tokens_left": (ended, lambda story, session: tokens(story, session, stray)),
    "stands_still": (one_task, lambda story, session: tokens(story, session, ready)),
    "end_unclear": (one_task, lambda story, session: case(ended_at=story.clock.now())(story, session)),
    "definition_differs": (one_task, case(definition_key="another")),
    "definition_unreadable": (one_task, unreadable),
    "failure_unseen": (rings, changed(JobRow, state="failed")),
    "incident_left": (one_task, incident),
    "history_start": (one_task, lambda story, session: line(story, session, "case_started")),
    "history_end": (one_task, lambda story, session: line(story, session, "case_ended")),
    "history_after_end": (ended, lambda story, session: line(story, session, "completed")),
    "history_open": (ended, lambda story, session: line(story, session, "entered", token_id=str(uuid4()))),
    "history_order": (
        one_task,
        lambda story, session: session.execute(
            update(HistoryRow)
            .where(HistoryRow.kind == "case_started")
            .values(at=story.clock.now() + timedelta(minutes=2))
        ),
    ),
    "document_lost": (
        with_letter,
        lambda story, session: session.execute(update(DocumentContentRow).values(content=b"Dear Bob")),
    ),
    "counter_behind": (one_task, lambda story, session: session.execute(update(CounterRow).values(last=0))),
    "references_missing": (one_task, lambda story, session: session.execute(update(CounterRow).values(last=2))),
    "batch_stands": (batched, lambda story, session: session.execute(delete(JobRow))),
    "beginning_left": (twice_deployed, begins_old),
    "reference_broken": (one_task, changed(TaskRow, definition_id=77)),
}


@contextmanager
def without_references(db: Database) -> Iterator[Session]:
    """A transaction in which rows may name others that are not there, as after a restore of half a backup."""
    with db.engine.connect() as connection:
        if db.is_sqlite:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN")
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        with Session(connection) as session:
            yield session
            session.commit()
        connection.commit()
        if db.is_sqlite:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            connection.exec_driver_sql("BEGIN")


def test_a_sound_town_gives_nothing(story: Story):
    for model, variables in STANDING:
        story.starts(model, **variables)
    for begin in (ended, with_letter, twice_deployed, batched):
        begin(story)
    with unit_of_work(story.db) as session:
        cancel_case(session, story.services, story.starts_deployed("one_task", topic="x").case_id, "Enough", SYSTEM)
    assert (found(story), rows(story.db, CaseRow)) == ([], len(STANDING) + 5)


@pytest.mark.parametrize("problem", BROKEN)
def test_a_broken_promise_is_found_and_named(story: Story, problem: str):
    begin, breaks = BROKEN[problem]
    begin(story)
    with without_references(story.db) as session:
        breaks(story, session)
    assert problem in {finding.problem for finding in found(story)}


def test_a_finding_names_the_case_and_the_element(story: Story):
    token = one_task(story).task("Answer").id
    with unit_of_work(story.db) as session:
        session.execute(delete(TaskRow))
    assert found(story) == [Finding("task_missing", "ONE-2026-0001", {"element": "answer_it", "token": token})]


def test_one_case_is_looked_at_alone(story: Story):
    first = one_task(story).case_id
    second = story.starts_deployed("one_task", topic="x").case_id
    with unit_of_work(story.db) as session:
        session.execute(delete(TaskRow).where(TaskRow.case_id == first))
    assert [finding.problem for finding in verify_case(story.db, story.services, first)] == ["task_missing"]
    assert list(verify_case(story.db, story.services, second)) == []


def test_looking_changes_nothing_and_says_how_far_it_is(story: Story):
    with_letter(story)
    heard: list[tuple[str, int, int]] = []
    list(verify_town(story.db, story.services, lambda *step: heard.append(step)))
    assert heard == [("cases", 1, 1), ("documents", 1, 1)]


def test_what_an_ended_case_has_sent_on_its_way_is_no_finding(story: Story):
    with unit_of_work(ended(story).db) as session:
        job(story, session, kind="message", topic="Reply")
    assert found(story) == []


def test_many_cases_are_read_in_a_number_of_statements_that_does_not_grow_with_them(
    story: Story, zaehlt_statements: Callable[[], int]
):
    one_task(story)
    list(verify_town(story.db, story.services))
    zaehlt_statements()
    list(verify_town(story.db, story.services))
    one = zaehlt_statements()
    with unit_of_work(story.db) as session:
        about = session.scalars(select(CaseRow)).one()
        copied = {column.name: getattr(about, column.name) for column in CaseRow.__table__.columns}
        for number in range(20):
            new = {"id": str(uuid4()), "reference": f"X-{number}", "state": "completed", "ended_at": about.started_at}
            session.execute(insert(CaseRow).values({**copied, **new}))
    list(verify_town(story.db, story.services))
    zaehlt_statements()
    list(verify_town(story.db, story.services))
    assert zaehlt_statements() == one
