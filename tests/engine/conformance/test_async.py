# SPDX-License-Identifier: EUPL-1.2
"""Steps that a worker takes after the commit: where they pause, how failures are repeated, in which order they run."""

from typing import Any

import pytest

from engine.cases import cancel_case
from engine.db import unit_of_work
from engine.incidents import retry_incident
from engine.leases import claim_job
from engine.models import JobRow
from engine.tasks import complete_task
from tests.engine.conformance.test_events import NOTHING, left_open
from tests.engine.story import ANNA, Story, rows


def retried(story: Story) -> Story:
    """Somebody has mended the cause and lets the failed job of the case run again."""
    (incident,) = story.incidents()
    with unit_of_work(story.db) as session:
        retry_incident(session, story.services, incident.id, ANNA)
    return story.works()


# -- before and after -------------------------------------------------------------------------------------------


@pytest.mark.shows("asyncBefore", "script task", "executed", point="3")
def test_a_step_that_waits_for_the_worker_is_not_taken_in_the_same_transaction(story: Story):
    story.starts("jobs/before", n=0)
    assert (story.variables["n"], story.info.state) == (0, "active")
    assert story.works().ended_with == "Over"
    assert story.variables["n"] == 1


@pytest.mark.shows("asyncBefore", "where the token is", "executed")
def test_a_token_that_waits_for_the_worker_stands_at_its_activity(story: Story):
    assert story.starts("jobs/before", n=0).standing() == ["count"]


@pytest.mark.shows("asyncBefore", "after a store and load", "executed")
def test_a_worker_takes_the_step_of_a_case_that_it_has_to_load(story: Story):
    story.starts("jobs/before", n=0)
    story.services.live_cases.clear()
    assert story.works().ended_with == "Over"


@pytest.mark.shows("asyncBefore", "nothing left", "executed")
def test_a_step_taken_by_the_worker_leaves_no_job(story: Story):
    story.starts("jobs/before", n=0).works()
    assert left_open(story) == NOTHING


@pytest.mark.shows("asyncBefore", "user task", "executed")
def test_a_user_task_may_be_opened_by_the_worker(story: Story):
    story.starts("jobs/before_user_task")
    assert story.open() == []
    assert story.works().open() == ["Ask"]


@pytest.mark.shows("asyncBefore", "start event", "executed")
def test_a_case_may_be_begun_by_the_worker(story: Story):
    story.starts("jobs/before_start")
    assert (story.open(), story.info.state) == ([], "active")
    assert story.works().open() == ["Ask"]


@pytest.mark.shows("asyncBefore", "gateway", "executed")
def test_a_gateway_may_be_decided_by_the_worker(story: Story):
    story.starts("jobs/before_gateway").completes("Ask", number=1)
    assert story.ended_with is None
    assert story.works().ended_with == "One"


@pytest.mark.shows("asyncBefore", "gateway, variable changed meanwhile", "executed")
def test_the_worker_decides_by_what_is_true_when_it_comes(story: Story):
    story.starts("jobs/before_gateway").completes("Ask", number=1).changes(number=2)
    assert story.works().ended_with == "Other"


@pytest.mark.shows("asyncBefore", "end event", "executed")
def test_an_end_may_be_reached_by_the_worker(story: Story):
    story.starts("jobs/before_end").completes("Ask")
    assert story.info.state == "active"
    assert story.works().ended_with == "Over"


@pytest.mark.shows("asyncBefore", "subprocess", "executed")
def test_a_subprocess_may_be_entered_by_the_worker(story: Story):
    story.starts("jobs/before_subprocess")
    assert story.open() == []
    assert story.works().open() == ["Ask"]


@pytest.mark.shows("asyncAfter", "user task", "executed", point="3")
def test_what_follows_a_task_may_be_left_to_the_worker(story: Story):
    story.starts("jobs/after").completes("Ask", colour="red")
    assert (story.open(), story.variables) == ([], {"colour": "red"})
    assert story.works().open() == ["Next"]


@pytest.mark.shows("asyncAfter", "in the history", "executed")
def test_a_task_before_a_pause_is_completed_once(story: Story):
    story.starts("jobs/after").completes("Ask").works()
    assert story.passed().count("ask") == 1


@pytest.mark.shows("asyncAfter", "together with asyncBefore", "executed")
def test_the_worker_may_come_before_and_after(story: Story):
    story.starts("jobs/before_and_after", n=0)
    first = claim_job(story.db, story.services, "worker")
    assert first is not None and (first.element_id, rows(story.db, JobRow)) == ("count", 1)
    story.waits(minutes=6)
    assert (story.ended_with, story.variables["n"]) == ("Over", 10)


# -- failures ---------------------------------------------------------------------------------------------------


@pytest.mark.shows("failedJobRetryTimeCycle", "number and pause", "executed", point="3")
def test_a_failing_job_is_tried_as_often_as_the_model_says(story: Story):
    story.starts("jobs/failing", n=0).works().waits(minutes=10)
    assert story.incidents() == []
    assert len(story.waits(minutes=10).incidents()) == 1


@pytest.mark.shows("failedJobRetryTimeCycle", "pause", "executed")
def test_a_failing_job_is_not_tried_before_its_pause_is_over(story: Story):
    story.starts("jobs/failing", n=0).works().waits(minutes=9).waits(seconds=59)
    story.waits(seconds=1).waits(minutes=9, seconds=59)
    assert story.incidents() == []


@pytest.mark.shows("failedJobRetryTimeCycle", "list of pauses", "executed", point="3")
def test_the_pauses_of_a_failing_job_may_differ(story: Story):
    story.starts("jobs/failing_list").works().waits(minutes=1).waits(minutes=4, seconds=59)
    assert story.incidents() == []
    assert len(story.waits(seconds=1).incidents()) == 1


@pytest.mark.shows("failedJobRetryTimeCycle", "not given", "executed")
def test_a_failing_job_is_tried_again_even_if_the_model_says_nothing(story: Story):
    story.starts("jobs/failing_by_default").works()
    assert story.incidents() == []
    for _ in range(4):
        story.waits(hours=1)
    assert len(story.incidents()) == 1


@pytest.mark.shows("incident", "failed job", "executed", point="8")
def test_the_incident_of_a_failed_job_names_the_element_and_no_person(story: Story):
    story.starts("jobs/failing_list").works().waits(minutes=1).waits(minutes=5)
    (incident,) = story.incidents()
    assert (incident.element_id, incident.kind) == ("fail", "job_failed")
    assert "Somebody" not in incident.reason


@pytest.mark.shows("incident", "failure behind the job's own element", "executed", point="8")
def test_the_incident_names_the_element_that_failed_and_not_where_the_job_began(story: Story):
    story.starts("jobs/failing_behind", n=0).works()
    for _ in range(4):
        story.waits(hours=1)
    assert [incident.element_id for incident in story.incidents()] == ["fail"]


@pytest.mark.shows("asyncBefore", "failure", "executed", point="8")
def test_a_failed_job_leaves_the_case_as_it_was_before_the_job(story: Story):
    story.starts("jobs/failing_behind", n=0).works()
    assert (story.variables["n"], story.standing()) == (0, ["go"])


@pytest.mark.shows("asyncBefore", "what was done before the failure", "executed", point="8")
def test_a_failed_job_keeps_what_was_done_before_it(story: Story):
    story.starts("jobs/failing", n=0).works()
    assert story.variables["n"] == 1


@pytest.mark.shows("incident", "mended", "executed", point="8")
def test_a_job_may_run_again_when_its_cause_is_mended(story: Story):
    story.starts("jobs/mended", amount=None).works().changes(amount=8)
    assert story.ended_with is None
    assert retried(story).ended_with == "Over"
    assert (story.variables["half"], story.incidents()) == (4, [])


@pytest.mark.shows("asyncBefore", "failure in another branch", "executed", point="8")
def test_a_failed_job_does_not_hold_up_the_other_branches(story: Story):
    story.starts("jobs/failing_beside", n=0).works()
    assert (story.variables["n"], story.standing()) == (1, ["fail"])


@pytest.mark.shows("asyncBefore", "token withdrawn before its next attempt", "executed", point="E")
def test_a_job_whose_token_was_withdrawn_never_runs_again(story: Story):
    story.starts("jobs/withdrawn").works().waits(minutes=30)
    assert story.ended_with == "Over"
    assert left_open(story) == NOTHING


# -- order ------------------------------------------------------------------------------------------------------


@pytest.mark.shows("jobPriority", "order", "executed", point="3")
def test_jobs_of_higher_priority_run_first(story: Story):
    assert story.starts("jobs/priorities", order=[]).works().variables["order"] == ["high", "middle", "low"]


@pytest.mark.shows("exclusive", "true", "executed", point="10")
def test_jobs_of_one_case_run_one_after_the_other(story: Story):
    story.starts("jobs/exclusive_jobs")
    assert claim_job(story.db, story.services, "one") is not None
    assert claim_job(story.db, story.services, "two") is None


@pytest.mark.shows("exclusive", "another case", "executed", point="10")
def test_jobs_of_different_cases_run_at_the_same_time(story: Story):
    story.starts("jobs/exclusive_jobs").starts_deployed("exclusive_jobs")
    claimed = [claim_job(story.db, story.services, f"worker {n}") for n in range(3)]
    assert [job is not None for job in claimed] == [True, True, False]
    assert len({job.case_id for job in claimed if job}) == 2


@pytest.mark.shows("exclusive", "dead worker", "executed", point="10")
def test_an_exclusive_job_whose_worker_died_frees_the_case_in_the_end(story: Story):
    story.starts("jobs/exclusive_jobs")
    claim_job(story.db, story.services, "one")
    assert story.waits(minutes=6).info.state == "completed"


@pytest.mark.shows("exclusive", "false", "executed")
def test_jobs_of_one_case_may_run_at_the_same_time_if_the_model_says_so(story: Story):
    story.starts("jobs/shared_jobs")
    claimed = [claim_job(story.db, story.services, f"worker {n}") for n in range(2)]
    assert sorted(job.element_id for job in claimed if job) == ["one", "two"]


# -- repeated activities ----------------------------------------------------------------------------------------


@pytest.mark.shows("asyncBefore", "parallel multi-instance", "executed")
def test_each_item_has_a_job_of_its_own(story: Story):
    story.starts("jobs/items", numbers=[1, 2, 3], sums=[])
    assert (rows(story.db, JobRow), story.variables["sums"]) == (3, [])
    assert story.works().ended_with == "Over"
    assert sorted(story.variables["sums"]) == [2, 3, 4]


@pytest.mark.shows("asyncBefore", "sequential multi-instance", "executed")
def test_items_in_turn_have_one_job_at_a_time(story: Story):
    story.starts("jobs/items_in_turn", numbers=[1, 2, 3], sums=[])
    assert rows(story.db, JobRow) == 1
    assert story.works().ended_with == "Over"
    assert story.variables["sums"] == [2, 3, 4]


@pytest.mark.shows("asyncAfter", "multi-instance", "executed")
def test_the_worker_comes_once_after_all_items(story: Story):
    story.starts("jobs/behind_items", numbers=[1, 2])
    for task in story.tasks():
        completes_by_id(story, task.id)
    assert story.open() == []
    assert story.works().open() == ["Next"]


@pytest.mark.shows("asyncBefore", "multi-instance, one item fails", "executed", point="8")
def test_an_item_that_fails_does_not_undo_the_others(story: Story):
    story.starts("jobs/one_item_fails", numbers=[1, 0, 5]).works()
    assert len(story.incidents()) == 1
    assert rows(story.db, JobRow) == 1


def completes_by_id(story: Story, task_id: str, **answers: Any) -> None:
    """Complete one of several tasks of the same name."""
    with unit_of_work(story.db) as session:
        complete_task(session, story.services, task_id, answers, ANNA)


@pytest.mark.shows("asyncBefore", "parallel and inclusive join", "executed", point="3")
@pytest.mark.parametrize("join", ["before_parallel_join", "before_inclusive_join"])
def test_each_token_waits_for_the_worker_before_it_waits_for_the_others(story: Story, join: str):
    story.starts(f"jobs/{join}").completes("Right")
    assert story.standing() == ["join", "join"]
    assert rows(story.db, JobRow) == 2
    assert story.works().open() == ["After"]
    assert story.completes("After").ended_with == "Done"


@pytest.mark.shows("asyncBefore", "inclusive join, a token still before it", "executed", point="3")
@pytest.mark.parametrize("join", ["before_parallel_join", "before_inclusive_join"])
def test_a_join_waits_for_a_token_that_waits_for_the_worker_before_it(story: Story, join: str):
    story.starts(f"jobs/{join}").works()
    assert (story.standing(), rows(story.db, JobRow)) == (["join", "right"], 0)
    story.services.live_cases.clear()
    assert story.completes("Right").open() == []
    assert story.works().open() == ["After"]


@pytest.mark.shows("asyncBefore", "parallel join, cancelled", "executed")
@pytest.mark.parametrize("worked", [False, True])
def test_a_case_may_be_cancelled_while_tokens_wait_at_such_a_join(story: Story, worked: bool):
    story.starts("jobs/before_parallel_join")
    if worked:
        story.works()
    with unit_of_work(story.db) as session:
        cancel_case(session, story.services, story.case_id, "no longer wanted", ANNA)
    assert left_open(story) == NOTHING
