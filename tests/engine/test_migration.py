# SPDX-License-Identifier: EUPL-1.2
"""Cases go over to another version of their model and keep what they have: time, answers, locks, what they wait for."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.cases import change_variables
from engine.db import unit_of_work
from engine.external import complete_external
from engine.incidents import retry_incident
from engine.migration import Mapping, migrate_case, migrate_many, running_cases
from engine.models import CandidateRow, JobRow, SubscriptionRow, TaskRow
from engine.plans import MigrationRefused
from engine.spiff.host import Limits
from engine.suspension import suspend_case
from engine.tasks import claim_task
from tests.engine.begun import another
from tests.engine.conformance.test_events import NOTHING, left_open
from tests.engine.probes import Bell
from tests.engine.story import ANNA, BEN, Story
from tests.engine.versions import migrated, newer, plan, renaming

PERMIT = "operators/permit"
REMINDER = """
    <boundaryEvent id="remind" attachedToRef="decide" cancelActivity="false">
      <timerEventDefinition><timeDuration>P7D</timeDuration></timerEventDefinition>
    </boundaryEvent>
    <userTask id="reminded" name="Remind" camunda:candidateGroups="clerks"/>
    <sequenceFlow id="f9" sourceRef="remind" targetRef="reminded"/>
"""
WATCH = """
    <subProcess id="watch" triggeredByEvent="true">
      <startEvent id="withdrawn"><signalEventDefinition signalRef="s_back"/></startEvent>
      <endEvent id="taken_back" name="Taken back"/>
      <sequenceFlow id="w1" sourceRef="withdrawn" targetRef="taken_back"/>
    </subProcess>
"""
BACK = '<signal id="s_back" name="Back"/>'
END = '<endEvent id="too_late"'


def renamed(story: Story, *changes: tuple[str, str]) -> None:
    """A second version of the permit, in which the task has another id, name and form."""
    judge = ('name="Decide" camunda:formRef="answer"', 'name="Judge" camunda:formRef="judgement"')
    newer(story, PERMIT, *renaming("decide", "judge"), judge, *changes)


def job(story: Story) -> JobRow:
    """The only job."""
    with story.db.reading() as session:
        return session.scalars(select(JobRow)).one()


def row(story: Story) -> TaskRow:
    """The only open task."""
    with story.db.reading() as session:
        return session.scalars(select(TaskRow)).one()


def half_done(story: Story) -> Story:
    """Anna has taken the task and filled in half of it; ten of fourteen days have passed."""
    story.starts(PERMIT, key="k1")
    task = story.task("Decide")
    with unit_of_work(story.db) as session:
        claim_task(session, story.services, task.id, ANNA)
        answers = {"remark": "half a sen"}
        change_variables(session, story.services, story.case_id, answers, ANNA, token_id=task.id, local=True)
    return story.waits(days=10)


# -- what is kept -------------------------------------------------------------------------------------------------


@pytest.mark.shows("process", "migrated: half-entered answers, claimed task, due date", "executed", point="L")
def test_a_claimed_task_with_half_of_its_answers_goes_over_as_it_is(story: Story):
    half_done(story)
    before = row(story)
    renamed(story)
    migrated(story, plan(story, "permit", Mapping("decide", "judge"), Mapping("late", "late")))
    after = row(story)
    assert (after.id, after.assignee, after.due_at, after.created_at, after.priority) == (
        before.id,
        "anna",
        before.due_at,
        before.created_at,
        before.priority,
    )
    assert (after.element_id, after.name, after.form_key) == ("judge", "Judge", "judgement")
    assert (after.definition_id, story.info.definition_id) == (story.info.definition_id, after.definition_id)
    with story.db.reading() as session:
        assert session.scalars(select(CandidateRow.group_key).where(CandidateRow.task_id == after.id)).all() == [
            "clerks"
        ]
    assert story.sees("Judge") == {"key": "k1", "remark": "half a sen"}


@pytest.mark.shows("timerEventDefinition", "boundary, migrated", "executed", point="L")
def test_a_deadline_of_14_days_does_not_begin_anew(story: Story):
    half_done(story)
    due = job(story).due_at
    renamed(story, ("P14D", "P30D"))
    migrated(story, plan(story, "permit", Mapping("decide", "judge"), Mapping("late", "late")))
    assert job(story).due_at == due
    assert story.waits(days=3, hours=23).open() == ["Judge"]
    assert story.waits(hours=1).open() == ["Decide late"]


@pytest.mark.shows("timerEventDefinition", "boundary, migrated, set anew", "executed", point="L")
def test_a_deadline_is_set_anew_when_the_plan_says_so(story: Story):
    half_done(story)
    newer(story, PERMIT, ("P14D", "P30D"))
    migrated(story, plan(story, "permit", Mapping("late", "late", update_trigger=True)))
    assert job(story).due_at == story.clock.now() + timedelta(days=30)
    assert story.waits(days=29).open() == ["Decide"]
    assert story.waits(days=1).open() == ["Decide late"]


@pytest.mark.shows("timerEventDefinition", "cycle, migrated", "executed", point="L")
def test_a_cycle_goes_on_counting(story: Story):
    story.starts("timer_events/remind_three_times")
    first = job(story)
    story.clock.advance(first.due_at - story.clock.now())
    seen = len(story.works().open())
    newer(story, "timer_events/remind_three_times")
    migrated(story, plan(story, "remind_three_times"))
    for _ in range(5):
        story.waits(days=30)
    assert len(story.open()) == seen + 2


@pytest.mark.shows("messageEventDefinition", "migrated", "executed", point="L")
def test_a_message_is_awaited_under_the_key_that_it_had(story: Story):
    story.starts(PERMIT, key="k1")
    newer(story, PERMIT, ('name="Paid"/>', 'name="Transferred"/>'), ('value="=key"', 'value="new"'))
    migrated(story, plan(story, "permit"))
    assert story.hears("Paid", "k1").completes("Decide").ended_with == "Done"


@pytest.mark.shows("messageEventDefinition", "migrated, set anew", "executed", point="L")
def test_a_message_is_awaited_as_the_new_model_says_when_the_plan_says_so(story: Story):
    story.starts(PERMIT, key="k1")
    newer(story, PERMIT, ('name="Paid"/>', 'name="Transferred"/>'), ('value="=key"', 'value="new"'))
    migrated(story, plan(story, "permit", Mapping("paid", "paid", update_trigger=True)))
    assert story.hears("Transferred", "new").completes("Decide").ended_with == "Done"


def test_a_token_that_waits_at_a_join_goes_on_waiting(story: Story):
    story.starts(PERMIT, key="k1").hears("Paid", "k1")
    renamed(story)
    migrated(story, plan(story, "permit", Mapping("decide", "judge")))
    assert story.standing() == ["join", "judge"]
    assert story.completes("Judge").ended_with == "Done"


@pytest.mark.shows("serviceTask", "external, migrated", "executed", point="L")
def test_what_an_external_worker_holds_it_still_delivers(story: Story):
    (task,) = story.starts("external_tasks/one", name="Erika").fetches("town.print")
    newer(story, "external_tasks/one", ('name="After"', 'name="Afterwards"'), *renaming("work", "print"))
    migrated(story, plan(story, "one", Mapping("work", "print")))
    assert (job(story).locked_by, job(story).element_id) == ("worker", "print")
    with unit_of_work(story.db) as session:
        complete_external(session, story.services, task.id, "worker", {"printed": 2}, ANNA)
    assert (story.open(), story.variables["pages"]) == (["Afterwards"], 2)


def test_a_failed_job_keeps_its_incident_and_runs_again(story: Story, bell: Bell):
    bell.fails(*[OSError("gone")] * 5)
    story.starts("operators/ringing").works()
    for _ in range(4):
        story.waits(hours=2)
    newer(story, "operators/ringing", *renaming("ring", "chime"))
    migrated(story, plan(story, "ringing", Mapping("ring", "chime")))
    (incident,) = story.incidents()
    assert (incident.element_id, job(story).attempts) == ("chime", 5)
    with unit_of_work(story.db) as session:
        retry_incident(session, story.services, incident.id, BEN)
    assert (story.works().open(), story.incidents(), story.variables["rang"]) == (["After"], [], "hello")


@pytest.mark.shows("callActivity", "migrated", "executed", point="L")
def test_called_cases_go_on_and_return_to_the_new_version(story: Story):
    (inner,) = story.starts("call_activities/call_task").called()
    newer(story, "call_activities/call_task", ('name="After"', 'name="Afterwards"'))
    migrated(story, plan(story, "call_task"))
    inner.completes("Inner")
    assert story.open() == ["Afterwards"]


@pytest.mark.shows("multiInstanceLoopCharacteristics", "migrated", "executed", point="8")
def test_rounds_are_counted_on(story: Story):
    story.starts("operators/rounds", people=["A", "B"]).completes("Ask A").completes("Check A")
    newer(story, "operators/rounds", ('name="Turn"', 'name="Turn ${person}"'))
    migrated(story, plan(story, "rounds"))
    assert story.completes("Ask B").completes("Check B").open() == ["Turn A"]
    assert story.completes("Turn A").open() == ["Turn B"]
    assert story.completes("Turn B").ended_with == "Done"


@pytest.mark.shows("multiInstanceLoopCharacteristics", "sequential, migrated", "executed", point="8")
def test_rounds_in_turn_keep_whose_turn_it_is(story: Story):
    story.starts("operators/rounds", people=["A", "B"])
    for name in ("Ask A", "Check A", "Ask B", "Check B", "Turn"):
        story.completes(name)
    newer(story, "operators/rounds", ('name="Turn"', 'name="Turn ${person}"'))
    migrated(story, plan(story, "rounds"))
    assert (story.open(), story.variables) == (["Turn B"], {"people": ["A", "B"]})
    assert story.completes("Turn B").ended_with == "Done"


@pytest.mark.shows("compensateEventDefinition", "migrated", "executed", point="8")
def test_what_has_been_done_can_still_be_undone(story: Story):
    story.starts("operators/undone").completes("Book")
    newer(story, "operators/undone", *renaming("release", "give_back"), *renaming("book", "reserve"))
    changed = (Mapping("book", "reserve"), Mapping("booked", "booked"), Mapping("release", "give_back"))
    migrated(story, plan(story, "undone", *changed))
    assert story.completes("Ask").standing() == ["give_back"]
    assert story.completes("Release").ended_with == "Done"


def test_a_suspended_case_goes_over_and_stays_suspended(story: Story):
    story.starts(PERMIT, key="k1")
    with unit_of_work(story.db) as session:
        suspend_case(session, story.services, story.case_id, BEN)
    newer(story, PERMIT, ('name="Decide"', 'name="Judge"'), (END, REMINDER + END))
    migrated(story, plan(story, "permit"))
    assert (story.info.suspended, story.open()) == (True, ["Judge"])
    with story.db.reading() as session:
        assert set(session.scalars(select(JobRow.suspended))) == {True}
    assert story.waits(days=90).open() == ["Judge"]


# -- what is new, what is gone ------------------------------------------------------------------------------------


@pytest.mark.shows("boundaryEvent", "migrated: new in the target", "executed", point="8")
def test_a_boundary_event_that_is_new_is_armed(story: Story):
    half_done(story)
    newer(story, PERMIT, (END, REMINDER + END))
    migrated(story, plan(story, "permit"))
    assert story.armed() == ["late", "remind"]
    assert story.waits(days=3).open() == ["Decide"]
    assert story.waits(days=1).open() == ["Decide late"], "its seven days begin when it is armed"


@pytest.mark.shows("boundaryEvent", "migrated: gone in the target", "executed", point="8")
def test_a_boundary_event_that_is_gone_watches_no_more(story: Story):
    newer(story, PERMIT, (END, REMINDER + END))
    story.starts_deployed("permit", key="k1")
    newer(story, PERMIT)
    migrated(story, plan(story, "permit"))
    assert (story.armed(), job(story).element_id) == (["late"], "late")
    assert story.waits(days=8).open() == ["Decide"]


@pytest.mark.shows("startEvent", "event subprocess, migrated: new in the target", "executed", point="8")
def test_an_event_subprocess_that_is_new_is_armed(story: Story):
    story.starts(PERMIT, key="k1")
    newer(story, PERMIT, (END, WATCH + END), ("<process", BACK + "<process"))
    migrated(story, plan(story, "permit"))
    assert story.signals("Back").ended_with == "Taken back"
    assert left_open(story) == NOTHING


@pytest.mark.shows("startEvent", "event subprocess, migrated: gone in the target", "executed", point="8")
def test_an_event_subprocess_that_is_gone_watches_no_more(story: Story):
    newer(story, PERMIT, (END, WATCH + END), ("<process", BACK + "<process"))
    story.starts_deployed("permit", key="k1")
    newer(story, PERMIT)
    migrated(story, plan(story, "permit"))
    assert (story.signals("Back").open(), story.armed()) == (["Decide"], ["late"])
    with story.db.reading() as session:
        assert session.scalars(select(SubscriptionRow.element_id)).all() == ["paid"]


def test_an_event_that_has_happened_for_good_is_not_armed_again(story: Story):
    newer(story, PERMIT, (END, REMINDER + END))
    story.starts_deployed("permit", key="k1")
    assert story.waits(days=7).open() == ["Decide", "Remind"]
    newer(story, PERMIT, (END, REMINDER + END), ("P7D", "P1D"))
    migrated(story, plan(story, "permit"))
    assert story.armed() == ["late"]


@pytest.mark.shows("eventBasedGateway", "migrated", "executed", point="8")
def test_events_behind_a_gateway_follow_the_new_model(story: Story):
    story.starts("operators/race")
    newer(story, "operators/race", *renaming("no", "never"), ('name="No"', 'name="Never"'))
    migrated(story, plan(story, "race"))
    assert story.armed() == ["never", "yes"]
    assert story.correlates("Never", case_id=story.case_id)
    assert story.ended_with == "Refused"
    assert left_open(story) == NOTHING


@pytest.mark.shows("parallelGateway", "migrated: a step more before the join", "executed", point="8")
def test_a_step_drawn_before_a_join_counts_as_taken(story: Story):
    story.starts("operators/places").completes("One").completes("Left")
    step = '<userTask id="more" name="More" camunda:candidateGroups="clerks"/>'
    step += '<sequenceFlow id="f7" sourceRef="more" targetRef="join"/>'
    newer(story, "operators/places", ('sourceRef="left" targetRef="join"', 'sourceRef="left" targetRef="more"'),
          ('<endEvent id="done"', step + '<endEvent id="done"'))  # fmt: skip
    migrated(story, plan(story, "places"))
    assert story.standing() == ["join", "right"]
    assert story.completes("Right").open() == ["Two"]


@pytest.mark.shows("parallelGateway", "migrated: a way less into the join", "executed", point="8")
def test_a_join_that_waits_for_nothing_more_goes_on(story: Story):
    story.starts("operators/places").completes("One").completes("Left")
    newer(story, "operators/places", ('<sequenceFlow id="f4" sourceRef="right" targetRef="join"/>', ""))
    migrated(story, plan(story, "places"))
    assert story.open() == ["Right", "Two"]


# -- how it is told and done --------------------------------------------------------------------------------------


def test_a_case_that_is_moving_is_told_to_wait(story: Story):
    story.services = replace(story.services, limits=Limits(batch_steps=50))
    story.starts("circle", n=0).completes("Begin")
    newer(story, "circle")
    with pytest.raises(MigrationRefused) as refused:
        migrated(story, plan(story, "circle"))
    assert {finding.problem for finding in refused.value.findings} == {"under_way"}


def test_history_names_who_and_from_where_to_where(story: Story):
    story.starts(PERMIT, key="k1")
    newer(story, PERMIT)
    migrated(story, plan(story, "permit"))
    (line,) = [line for line in story.history if line.kind == "case_migrated"]
    assert (line.actor, line.details) == ("ben", {"source": "permit:1", "target": "permit:2"})


@pytest.mark.parametrize("is_forgotten", [False, True])
def test_a_case_in_memory_is_that_of_the_new_version(story: Story, is_forgotten: bool):
    story.starts(PERMIT, key="k1")
    newer(story, PERMIT, ('name="Too late"', 'name="Far too late"'))
    migrated(story, plan(story, "permit"))
    if is_forgotten:
        story.services.live_cases.clear()
    story.waits(days=14).completes("Decide late")
    assert story.info.ended_with == "Far too late"


def test_many_go_over_one_by_one(story: Story):
    stuck = story.starts(PERMIT, key="k1").waits(days=14)
    second, third = (another(story).starts_deployed("permit", key=key) for key in ("k2", "k3"))
    newer(story, PERMIT, *renaming("decided_late", "decided_later"))
    planned = plan(story, "permit")
    with story.db.reading() as session:
        cases = running_cases(session, planned)
    assert cases[0] == stuck.case_id
    came = list(migrate_many(story.db, story.services, planned, cases, BEN))
    assert [(one.number, one.total, one.error is None) for one in came] == [(1, 3, False), (2, 3, True), (3, 3, True)]
    assert str(came[0].error) == "decided_late: A token stands there, and nothing is planned for it."
    versions = [case.info.definition_id for case in (stuck, second, third)]
    assert versions == [planned.source.id, planned.target.id, planned.target.id]


def test_a_case_that_is_told_of_twice_goes_over_once(story: Story):
    story.starts(PERMIT, key="k1")
    newer(story, PERMIT)
    planned = plan(story, "permit")
    first, second = migrate_many(story.db, story.services, planned, [story.case_id] * 2, BEN)
    assert first.error is None
    assert str(second.error) == "permit: The case does not run on version 1 of permit."


def test_a_refusal_leaves_the_case_where_it_is(story: Story):
    story.starts(PERMIT, key="k1")
    renamed(story)
    before = story.state()
    with pytest.raises(MigrationRefused), unit_of_work(story.db) as session:
        migrate_case(session, story.services, plan(story, "permit"), story.case_id, BEN)
    assert (story.state(), story.passed("case_migrated")) == (before, [])
    assert story.completes("Decide").hears("Paid", "k1").ended_with == "Done"
