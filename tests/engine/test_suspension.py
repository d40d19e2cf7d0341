# SPDX-License-Identifier: EUPL-1.2
"""Holding cases and process models: nothing moves meanwhile, and nothing is lost."""

from datetime import timedelta

import pytest

from engine.cases import cancel_case, change_variables, start_case
from engine.db import Database, unit_of_work
from engine.errors import CallerSuspended, CaseHasEnded, CaseNotFound, CaseSuspended, DefinitionNotFound, StepFailed
from engine.external import complete_external, fail_external
from engine.jobs import run_job
from engine.leases import claim_job, next_due
from engine.messages import correlate
from engine.modification import CancelAll, StartBefore, modify_case
from engine.services import Services
from engine.suspension import Suspension, resume_case, resume_definitions, suspend_case, suspend_definitions
from tests.engine.begun import another, begun, deployed
from tests.engine.story import ANNA, BEN, Story

CALLS = "call_activities"


def suspended(story: Story) -> Story:
    """Ben, an operator, holds the case."""
    with unit_of_work(story.db) as session:
        assert suspend_case(session, story.services, story.case_id, BEN).suspended
    return story


def resumed(story: Story) -> Story:
    """Ben lets it go on."""
    with unit_of_work(story.db) as session:
        assert not resume_case(session, story.services, story.case_id, BEN).suspended
    return story


def model_suspended(story: Story, key: str, version: int | None = None, *, with_cases: bool = False) -> Suspension:
    """Ben holds a process model."""
    with unit_of_work(story.db) as session:
        return suspend_definitions(session, story.services, key, BEN, version=version, with_cases=with_cases)


def model_resumed(story: Story, key: str, *, with_cases: bool = False) -> Suspension:
    """Ben lets it begin cases again."""
    with unit_of_work(story.db) as session:
        return resume_definitions(session, story.services, key, BEN, with_cases=with_cases)


# -- a case -------------------------------------------------------------------------------------------------------


@pytest.mark.shows("process", "case suspended", "executed")
def test_nobody_completes_a_task_of_a_suspended_case(story: Story):
    suspended(story.starts("one_task"))
    with pytest.raises(CaseSuspended):
        story.completes("Answer")
    assert story.open() == ["Answer"]
    assert resumed(story).completes("Answer").info.state == "completed"


@pytest.mark.shows("timerEventDefinition", "case suspended", "executed")
def test_a_timer_that_became_due_meanwhile_fires_afterwards(story: Story):
    suspended(story.starts("boundary_timer")).waits(days=30)
    assert story.open() == ["Ask"]
    assert resumed(story).works().ended_with == "Too late"


def test_jobs_wait_with_their_case(story: Story):
    suspended(story.starts("ring", text="hello"))
    assert story.works().info.state == "active"
    assert next_due(story.db) is None
    assert resumed(story).works().variables["rang"]["text"] == "hello"


def test_a_resumed_case_wakes_the_worker(db: Database, services: Services, story: Story):
    woken: list[bool] = []
    suspended(story.starts("ring", text="hello"))
    object.__setattr__(services, "wake", lambda: woken.append(True))
    resumed(story)
    assert woken == [True]


def test_external_work_of_a_suspended_case_is_not_handed_out(story: Story):
    suspended(story.starts("external_tasks/one", name="Erika"))
    assert story.fetches("town.print") == []
    assert len(resumed(story).fetches("town.print")) == 1


def test_work_that_somebody_holds_cannot_be_delivered_meanwhile(story: Story):
    (task,) = story.starts("external_tasks/one", name="Erika").fetches("town.print")
    suspended(story)
    with pytest.raises(CaseSuspended), unit_of_work(story.db) as session:
        complete_external(session, story.services, task.id, "worker", {"printed": 1}, ANNA)
    with pytest.raises(CaseSuspended), unit_of_work(story.db) as session:
        fail_external(session, story.services, task.id, "worker", "no paper", 0, timedelta(0), ANNA)
    resumed(story)
    with unit_of_work(story.db) as session:
        complete_external(session, story.services, task.id, "worker", {"printed": 1}, ANNA)
    assert story.open() == ["After"]


def test_what_a_worker_holds_comes_back_after_the_case_is_resumed(story: Story):
    story.starts("ring", text="hello")
    job = claim_job(story.db, story.services, "worker")
    assert job is not None
    suspended(story)
    assert run_job(story.db, story.services, job) == "later"
    assert story.works().info.state == "active"
    assert resumed(story).works().variables["rang"]["times"] >= 1
    assert story.incidents() == []


def test_a_message_to_a_suspended_case_is_refused(story: Story):
    suspended(story.starts("receive", key="k"))
    with pytest.raises(CaseSuspended):
        story.hears("Reply", "k")
    assert resumed(story).hears("Reply", "k").open() == ["Read"]


def test_a_suspended_case_does_not_hear_signals(story: Story):
    suspended(story.starts("signal_events/catch_signal")).signals("Alarm")
    assert story.standing() == ["alarm"]
    assert resumed(story).signals("Alarm").open() == ["Leave"]


def test_a_suspended_case_may_be_cancelled(story: Story):
    suspended(story.starts("one_task"))
    with unit_of_work(story.db) as session:
        cancel_case(session, story.services, story.case_id, "applied twice", BEN)
    with pytest.raises(CaseHasEnded):
        resumed(story)


def test_variables_of_a_suspended_case_may_be_changed(story: Story):
    suspended(story.starts("one_task"))
    with unit_of_work(story.db) as session:
        change_variables(session, story.services, story.case_id, {"note": "found"}, BEN)
    assert (story.variables["note"], story.open()) == ("found", ["Answer"])


def test_a_change_that_would_move_a_suspended_case_is_refused(story: Story):
    suspended(story.starts("conditional_events/wait_for_condition", level=1))
    with pytest.raises(CaseSuspended), unit_of_work(story.db) as session:
        change_variables(session, story.services, story.case_id, {"level": 6}, BEN)
    assert story.variables["level"] == 1


def test_tokens_are_taken_off_a_suspended_case_but_none_is_put_on(story: Story):
    suspended(story.starts("one_task"))
    with pytest.raises(CaseSuspended), unit_of_work(story.db) as session:
        modify_case(session, story.services, story.case_id, [CancelAll("answer_it"), StartBefore("answer_it")], BEN)
    assert story.open() == ["Answer"]
    with unit_of_work(story.db) as session:
        assert modify_case(session, story.services, story.case_id, [CancelAll("answer_it")], BEN).state == "cancelled"


def test_history_names_who_held_the_case_once(story: Story):
    resumed(suspended(suspended(story.starts("one_task"))))
    lines = [(line.kind, line.actor) for line in story.history if line.kind.startswith("case_")]
    assert lines == [("case_started", "citizen"), ("case_suspended", "ben"), ("case_resumed", "ben")]


def test_an_unknown_case_is_told(story: Story):
    with pytest.raises(CaseNotFound):
        suspended(story)


# -- cases that call each other -----------------------------------------------------------------------------------


@pytest.mark.shows("callActivity", "case suspended", "executed")
def test_called_cases_are_held_and_resumed_with_their_caller(story: Story):
    (inner,) = suspended(story.starts(f"{CALLS}/call_task")).called()
    with pytest.raises(CaseSuspended):
        inner.completes("Inner")
    with pytest.raises(CallerSuspended):
        resumed(inner)
    resumed(story)
    inner.completes("Inner")
    assert story.open() == ["After"]


def test_a_called_case_is_held_alone(story: Story):
    (inner,) = story.starts(f"{CALLS}/call_task").called()
    assert (suspended(inner).info.suspended, story.info.suspended) == (True, False)
    resumed(inner).completes("Inner")
    assert story.open() == ["After"]


# -- process models -----------------------------------------------------------------------------------------------


@pytest.mark.shows("process", "definition suspended", "executed")
def test_no_case_begins_of_a_suspended_model(story: Story):
    story.starts("one_task")
    assert model_suspended(story, "one_task") == Suspension((1,), 0)
    with pytest.raises(CaseSuspended), unit_of_work(story.db) as session:
        start_case(session, story.services, "one_task", {}, by=ANNA)
    assert story.completes("Answer").info.state == "completed", "cases that go on are not held"
    assert model_resumed(story, "one_task") == Suspension((1,), 0)
    assert another(story).starts_deployed("one_task").open() == ["Answer"]


def test_cases_are_held_with_their_model_on_demand(story: Story):
    story.starts("one_task")
    second = another(story).starts_deployed("one_task")
    assert model_suspended(story, "one_task", with_cases=True) == Suspension((1,), 2)
    assert story.info.suspended and second.info.suspended
    assert model_resumed(story, "one_task", with_cases=True) == Suspension((1,), 2)
    assert not story.info.suspended


def test_called_cases_of_a_held_model_are_held_too(story: Story):
    (inner,) = story.starts(f"{CALLS}/call_task").called()
    assert model_suspended(story, "call_task", with_cases=True).cases == 2
    assert inner.info.suspended


@pytest.mark.shows("timerEventDefinition", "start event, definition suspended", "executed")
def test_a_timer_start_event_waits_with_its_model(story: Story):
    deployed(story, "timer_events/begin_after_a_duration")
    model_suspended(story, "begin_after_a_duration")
    story.waits(days=400)
    assert begun(story, "begin_after_a_duration") == []
    model_resumed(story, "begin_after_a_duration")
    assert len(begun(story.works(), "begin_after_a_duration")) == 1


@pytest.mark.shows("messageEventDefinition", "start event, definition suspended", "refused")
def test_a_message_begins_no_case_of_a_suspended_model(story: Story):
    deployed(story, "correlation/begins_and_waits")
    model_suspended(story, "begins_and_waits")
    with pytest.raises(CaseSuspended), unit_of_work(story.db) as session:
        correlate(session, story.services, "Reply")


@pytest.mark.shows("signalEventDefinition", "start event, definition suspended", "refused")
def test_a_signal_passes_a_suspended_model_by(story: Story):
    deployed(story, "signal_events/start_by_signal")
    other = another(story).starts("signal_events/catch_signal")
    model_suspended(story, "start_by_signal")
    story.signals("Alarm")
    assert (begun(story, "start_by_signal"), other.open()) == ([], ["Leave"])


@pytest.mark.shows("callActivity", "definition suspended", "refused")
def test_a_suspended_model_cannot_be_called(story: Story):
    deployed(story.starts("operators/calling"), "one_task")
    model_suspended(story, "one_task")
    with pytest.raises(StepFailed) as failed:
        story.completes("Begin")
    assert isinstance(failed.value.cause, CaseSuspended)
    model_resumed(story, "one_task")
    assert story.completes("Begin").standing() == ["call"]


@pytest.mark.parametrize("version", [None, 7])
def test_an_unknown_model_is_told(story: Story, version: int | None):
    with pytest.raises(DefinitionNotFound):
        model_suspended(story, "nothing", version)
