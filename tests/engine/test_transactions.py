# SPDX-License-Identifier: EUPL-1.2
"""All or nothing: a command leaves everything it does in one transaction, or no trace."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from engine.cases import start_case
from engine.counters import next_number
from engine.db import Base, Database, after_commit, unit_of_work
from engine.errors import CaseChangedMeanwhile, StepFailed
from engine.models import CaseStateRow, CounterRow, HistoryRow
from engine.movement import moving
from engine.services import Services
from tests.engine.story import ANNA, CITIZEN, Story, deploy_model, rows


@pytest.fixture
def done() -> list[str]:
    """What actions after the commit have done."""
    return []


def rolled_back(db: Database, body: Callable[[Session], None]) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work(db) as session:
        body(session)
        raise ZeroDivisionError


def content(db: Database) -> dict[str, int]:
    """How many rows each table has."""
    with db.reading() as session:
        tables = Base.metadata.sorted_tables
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


# -- commands -----------------------------------------------------------------------------------------------------


def test_a_failing_step_takes_back_what_earlier_steps_wrote(story: Story):
    story.starts("number_then_fail", name="Ada")
    with pytest.raises(StepFailed):
        story.completes("Go")
    with unit_of_work(story.db) as session:
        assert next_number(session, "permits") == 1


def test_a_failing_step_leaves_every_table_as_it_was(story: Story):
    story.starts("number_then_fail", name="Ada")
    before = content(story.db)
    with pytest.raises(StepFailed):
        story.completes("Go")
    assert content(story.db) == before


def test_a_failing_step_says_where_and_not_about_whom(story: Story):
    story.starts("number_then_fail", name="Ada")
    with pytest.raises(StepFailed) as failed:
        story.completes("Go")
    assert (failed.value.case_id, failed.value.element_id) == (story.case_id, "fail")
    assert "Ada" not in failed.value.message


def test_a_case_that_cannot_begin_leaves_nothing_not_even_its_number(story: Story):
    deploy_model(story.db, story.services, "exclusive_gateway")
    before = content(story.db)
    with pytest.raises(StepFailed):
        story.starts_deployed("exclusive_gateway", amount="much")
    assert content(story.db) == before
    assert story.starts_deployed("exclusive_gateway", amount=5).info.reference.endswith("-00001")


def test_a_rolled_back_command_is_not_remembered_by_the_cache(story: Story):
    story.starts("task_loop", enough=False)
    task_id = story.task("Again").id
    with pytest.raises(ZeroDivisionError), unit_of_work(story.db) as session:
        with moving(session, story.services, story.case_id, ANNA) as movement:
            movement.workflow.variables["poison"] = True
        raise ZeroDivisionError
    story.completes("Again", enough=False)
    assert "poison" not in story.variables
    assert story.task("Again").id != task_id


def test_two_commands_in_one_transaction_come_or_go_together(story: Story):
    deploy_model(story.db, story.services, "one_task")
    before = content(story.db)

    def begin_two(session: Session) -> None:
        start_case(session, story.services, "one_task", {"topic": "a"}, by=CITIZEN)
        start_case(session, story.services, "one_task", {"topic": "b"}, by=CITIZEN)

    rolled_back(story.db, begin_two)
    assert content(story.db) == before


def test_a_state_that_changed_meanwhile_is_not_overwritten(story: Story):
    story.starts("task_loop", enough=False)
    with (
        pytest.raises(CaseChangedMeanwhile),
        unit_of_work(story.db) as session,
        moving(session, story.services, story.case_id, ANNA),
    ):
        # What a program without locks would do at this moment.
        session.execute(update(CaseStateRow).values(revision=CaseStateRow.revision + 1))


def test_a_case_that_changed_elsewhere_is_read_anew(story: Story):
    story.starts("task_loop", enough=False)
    elsewhere = Story(story.db, Services(story.clock), story.clock, story.case_id)
    elsewhere.completes("Again", enough=False, seen="elsewhere")
    story.completes("Again", enough=False)
    assert story.variables["seen"] == "elsewhere"
    assert story.passed().count("again") == 2


# -- after the commit ---------------------------------------------------------------------------------------------


def test_actions_run_after_the_commit_once(db: Database, done: list[str]):
    with unit_of_work(db) as session:
        after_commit(session, lambda: done.append("first"))
        after_commit(session, lambda: done.append("second"))
        next_number(session, "x")
        assert done == []
    assert done == ["first", "second"]


def test_the_same_action_left_twice_runs_once(db: Database, done: list[str]):
    def action() -> None:
        done.append("done")

    with unit_of_work(db) as session:
        after_commit(session, action)
        after_commit(session, action)
        next_number(session, "x")
    assert done == ["done"]


def test_actions_see_what_was_committed(db: Database):
    seen: list[int] = []
    with unit_of_work(db) as session:
        next_number(session, "x")
        after_commit(session, lambda: seen.append(rows(db, CounterRow)))
    assert seen == [1]


def test_actions_do_not_run_when_rolled_back(db: Database, done: list[str]):
    def leave_action(session: Session) -> None:
        next_number(session, "x")
        after_commit(session, lambda: done.append("done"))

    rolled_back(db, leave_action)
    assert done == []


def test_actions_of_a_rollback_do_not_run_with_the_next_commit_of_the_session(db: Database, done: list[str]):
    with unit_of_work(db) as session:
        next_number(session, "x")
        after_commit(session, lambda: done.append("done"))
        session.rollback()
        next_number(session, "x")
    assert done == []


def test_the_end_of_a_savepoint_is_not_the_commit(db: Database, done: list[str]):
    with unit_of_work(db) as session:
        after_commit(session, lambda: done.append("done"))
        with session.begin_nested():
            next_number(session, "x")
        assert done == []
    assert done == ["done"]


def test_actions_survive_a_savepoint_that_is_rolled_back(db: Database, done: list[str]):
    with unit_of_work(db) as session:
        after_commit(session, lambda: done.append("done"))
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            raise ZeroDivisionError
    assert done == ["done"]


def test_actions_left_within_a_savepoint_wait_for_the_commit(db: Database, done: list[str]):
    with unit_of_work(db) as session:
        with session.begin_nested():
            after_commit(session, lambda: done.append("done"))
            next_number(session, "x")
        assert done == []
    assert done == ["done"]


def test_actions_left_within_a_savepoint_that_is_rolled_back_do_not_run(db: Database, done: list[str]):
    with unit_of_work(db) as session:
        next_number(session, "x")
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            after_commit(session, lambda: done.append("done"))
            raise ZeroDivisionError
    assert done == []


# -- the database itself ------------------------------------------------------------------------------------------


def test_moments_come_back_aware_and_in_utc(story: Story):
    story.starts("script", name="Ada")
    assert story.info.started_at == datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
    assert story.info.started_at.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(story: Story):
    story.starts("one_task", topic="x")
    with pytest.raises(StatementError, match="needs a zone"), unit_of_work(story.db) as session:
        session.execute(update(HistoryRow).values(at=datetime(2026, 1, 1)))


def test_references_between_tables_are_kept_by_the_database(db: Database):
    with pytest.raises(IntegrityError), unit_of_work(db) as session:
        session.add(CaseStateRow(case_id="gone", revision=0, content=b""))
        session.flush()


def test_reading_does_not_wait_for_a_writer(db: Database):
    with unit_of_work(db) as session:
        next_number(session, "x")
        assert rows(db, CounterRow) == 0
