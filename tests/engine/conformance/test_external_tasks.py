# SPDX-License-Identifier: EUPL-1.2
"""Work that other programs fetch, lock, and report back on: nobody gets what another holds, nothing gets lost."""

from datetime import timedelta
from typing import Any

import pytest

from engine.db import unit_of_work
from engine.external import (
    ExternalTask,
    ExternalTaskNotFound,
    LockedByAnother,
    complete_external,
    error_external,
    extend_lock,
    fail_external,
    unlock_external,
)
from engine.fetching import fetch_and_lock
from engine.identity import Actor
from engine.incidents import retry_incident
from tests.engine.conformance.test_events import NOTHING, left_open
from tests.engine.story import ANNA, Story

PRINTER = Actor("printer", "The printer")
TEN_MINUTES = timedelta(minutes=10)


def fetch(
    story: Story, *topics: str, worker: str = "w1", most: int = 10, lock: timedelta = TEN_MINUTES
) -> list[ExternalTask]:
    """What a worker gets to do; without topics: printing."""
    with unit_of_work(story.db) as session:
        wanted = dict.fromkeys(topics or ("town.print",), lock)
        return fetch_and_lock(session, story.services, worker, wanted, most, PRINTER)


def complete(story: Story, task: ExternalTask, worker: str = "w1", **variables: Any) -> Story:
    """A worker has done its work."""
    with unit_of_work(story.db) as session:
        complete_external(session, story.services, task.id, worker, variables, PRINTER)
    return story


def fail(
    story: Story, task: ExternalTask, retries: int, after: timedelta = timedelta(0), message: str = "jam"
) -> Story:
    """A worker could not do its work."""
    with unit_of_work(story.db) as session:
        fail_external(session, story.services, task.id, "w1", message, retries, after, PRINTER, details="line 1")
    return story


# -- fetching ---------------------------------------------------------------------------------------------------


@pytest.mark.shows("serviceTask", "external, waiting", "executed", point="1.1")
def test_a_topic_that_no_operation_serves_waits_for_a_worker(story: Story):
    story.starts("external_tasks/one", name="Ada").works()
    assert (story.standing(), story.info.state) == (["work"], "active")


@pytest.mark.shows("serviceTask", "external, fetched", "executed")
def test_a_worker_is_told_what_to_do_and_for_whom(story: Story):
    story.business_key = "BK-1"
    (task,) = fetch(story.starts("external_tasks/one", name="Ada"))
    assert (task.topic, task.case_id, task.element_id) == ("town.print", story.case_id, "work")
    assert task.business_key == "BK-1"
    assert task.variables["text"] == "Hello Ada"


@pytest.mark.shows("serviceTask", "external, variables", "executed")
def test_a_worker_sees_the_variables_of_the_case(story: Story):
    (task,) = fetch(story.starts("external_tasks/plain", name="Ada"))
    assert task.variables["name"] == "Ada"


@pytest.mark.shows("serviceTask", "external, topics", "executed")
def test_a_worker_gets_only_the_topics_it_asks_for(story: Story):
    story.starts("external_tasks/two_topics")
    assert [task.element_id for task in fetch(story, "town.post")] == ["post"]


@pytest.mark.shows("serviceTask", "external, several topics", "executed")
def test_a_worker_may_ask_for_several_topics(story: Story):
    story.starts("external_tasks/two_topics")
    assert sorted(task.element_id for task in fetch(story, "town.post", "town.print")) == ["post", "print"]


@pytest.mark.shows("serviceTask", "external, most", "executed")
def test_a_worker_gets_no_more_than_it_wants(story: Story):
    story.starts("external_tasks/plain").starts_deployed("plain").starts_deployed("plain")
    assert (len(fetch(story, most=2)), len(fetch(story, most=2)), len(fetch(story, most=2))) == (2, 1, 0)


@pytest.mark.shows("taskPriority", "order", "executed", point="3")
def test_urgent_work_is_given_out_first(story: Story):
    story.starts("external_tasks/priorities")
    assert [(task.element_id, task.priority) for task in fetch(story)] == [("high", 50), ("low", 1)]


@pytest.mark.shows("serviceTask", "external, multi-instance", "executed")
def test_each_item_is_work_of_its_own(story: Story):
    tasks = fetch(story.starts("external_tasks/items", names=["Ada", "Ben"]))
    assert sorted(task.variables["text"] for task in tasks) == ["Ada", "Ben"]
    complete(story, tasks[0])
    assert complete(story, tasks[1]).ended_with == "Over"


# -- locks ------------------------------------------------------------------------------------------------------


@pytest.mark.shows("serviceTask", "external, locked", "executed")
def test_what_one_worker_holds_no_other_gets(story: Story):
    fetch(story.starts("external_tasks/plain"))
    assert fetch(story, worker="w2") == []


@pytest.mark.shows("serviceTask", "external, lock tells its end", "executed")
def test_a_worker_is_told_until_when_it_holds_its_work(story: Story):
    (task,) = fetch(story.starts("external_tasks/plain"))
    assert task.locked_until == story.clock.now() + TEN_MINUTES


@pytest.mark.shows("serviceTask", "external, lock expired", "executed")
def test_work_is_given_to_another_when_the_lock_has_run_out(story: Story):
    (task,) = fetch(story.starts("external_tasks/plain"))
    story.clock.advance(TEN_MINUTES + timedelta(seconds=1))
    assert [other.id for other in fetch(story, worker="w2")] == [task.id]


@pytest.mark.shows("serviceTask", "external, completed by another", "executed")
def test_nobody_completes_what_another_holds(story: Story):
    (task,) = fetch(story.starts("external_tasks/plain"))
    with pytest.raises(LockedByAnother):
        complete(story, task, worker="w2")
    assert story.standing() == ["work"]


@pytest.mark.shows("serviceTask", "external, lock lost to another", "executed")
def test_who_lost_the_lock_to_another_comes_too_late(story: Story):
    (task,) = fetch(story.starts("external_tasks/plain"))
    story.clock.advance(TEN_MINUTES + timedelta(seconds=1))
    fetch(story, worker="w2")
    with pytest.raises(LockedByAnother):
        complete(story, task)
    assert complete(story, task, worker="w2").open() == ["After"]


@pytest.mark.shows("serviceTask", "external, lock extended", "executed")
def test_a_lock_may_be_extended(story: Story):
    (task,) = fetch(story.starts("external_tasks/plain"))
    with unit_of_work(story.db) as session:
        extend_lock(session, story.services, task.id, "w1", timedelta(hours=2), PRINTER)
    story.clock.advance(timedelta(hours=1))
    assert fetch(story, worker="w2") == []


@pytest.mark.shows("serviceTask", "external, lock extended by another", "executed")
def test_nobody_extends_the_lock_of_another(story: Story):
    (task,) = fetch(story.starts("external_tasks/plain"))
    with pytest.raises(LockedByAnother), unit_of_work(story.db) as session:
        extend_lock(session, story.services, task.id, "w2", timedelta(hours=2), PRINTER)


@pytest.mark.shows("serviceTask", "external, unlocked", "executed")
def test_work_that_was_given_back_goes_to_another(story: Story):
    (task,) = fetch(story.starts("external_tasks/plain"))
    with unit_of_work(story.db) as session:
        unlock_external(session, story.services, task.id, PRINTER)
    assert [other.id for other in fetch(story, worker="w2")] == [task.id]


# -- done -------------------------------------------------------------------------------------------------------


@pytest.mark.shows("serviceTask", "external, completed", "executed")
def test_the_case_goes_on_when_the_work_is_done(story: Story):
    (task,) = fetch(story.starts("external_tasks/one", name="Ada"))
    assert complete(story, task, printed=3).open() == ["After"]


@pytest.mark.shows("serviceTask", "external, result through a mapping", "executed")
def test_output_mappings_see_what_the_worker_gives(story: Story):
    (task,) = fetch(story.starts("external_tasks/one", name="Ada"))
    assert complete(story, task, printed=3).variables["pages"] == 3


@pytest.mark.shows("serviceTask", "external, result without a mapping", "executed")
def test_without_a_mapping_what_the_worker_gives_becomes_variables_of_the_case(story: Story):
    (task,) = fetch(story.starts("external_tasks/plain"))
    assert complete(story, task, printed=3).variables == {"printed": 3}


@pytest.mark.shows("serviceTask", "external, completed twice", "executed")
def test_work_is_completed_once(story: Story):
    (task,) = fetch(story.starts("external_tasks/plain"))
    complete(story, task)
    with pytest.raises(ExternalTaskNotFound):
        complete(story, task)


@pytest.mark.shows("serviceTask", "external, unknown", "executed")
def test_work_that_does_not_exist_cannot_be_completed(story: Story):
    (task,) = fetch(story.starts("external_tasks/plain"))
    with pytest.raises(ExternalTaskNotFound), unit_of_work(story.db) as session:
        complete_external(session, story.services, task.id[::-1], "w1", {}, PRINTER)


@pytest.mark.shows("sendTask", "external", "executed", point="1.1")
def test_a_send_task_may_be_done_by_a_worker(story: Story):
    (task,) = fetch(story.starts("external_tasks/send_task"), "town.post")
    assert complete(story, task).ended_with == "Over"


@pytest.mark.shows("messageEventDefinition", "end, external", "executed", point="1.3")
def test_a_message_end_may_be_sent_by_a_worker(story: Story):
    (task,) = fetch(story.starts("external_tasks/message_end"), "town.post")
    assert (task.element_id, story.info.state) == ("over", "active")
    assert complete(story, task).ended_with == "Over"


@pytest.mark.shows("serviceTask", "external, after a store and load", "executed")
def test_a_worker_may_complete_a_case_that_has_to_be_loaded(story: Story):
    (task,) = fetch(story.starts("external_tasks/plain"))
    story.services.live_cases.clear()
    assert complete(story, task).open() == ["After"]


# -- failed -----------------------------------------------------------------------------------------------------


@pytest.mark.shows("serviceTask", "external, failed with retries", "executed")
def test_failed_work_can_be_fetched_again(story: Story):
    (task,) = fetch(story.starts("external_tasks/plain"))
    fail(story, task, retries=2)
    assert [(again.id, again.retries) for again in fetch(story, worker="w2")] == [(task.id, 2)]


@pytest.mark.shows("serviceTask", "external, failed with a pause", "executed")
def test_failed_work_rests_as_long_as_the_worker_says(story: Story):
    (task,) = fetch(story.starts("external_tasks/plain"))
    fail(story, task, retries=2, after=timedelta(minutes=5))
    story.clock.advance(timedelta(minutes=4, seconds=59))
    assert fetch(story) == []
    story.clock.advance(timedelta(seconds=1))
    assert len(fetch(story)) == 1


@pytest.mark.shows("incident", "external task without retries", "executed")
def test_work_without_retries_becomes_an_incident(story: Story):
    (task,) = fetch(story.starts("external_tasks/plain"))
    assert fail(story, task, retries=1).incidents() == []
    (task,) = fetch(story)
    (incident,) = fail(story, task, retries=0).incidents()
    assert incident.element_id == "work"
    assert fetch(story) == []


@pytest.mark.shows("incident", "external task, mended", "executed")
def test_work_whose_incident_was_mended_can_be_fetched_again(story: Story):
    (task,) = fetch(story.starts("external_tasks/plain"))
    (incident,) = fail(story, task, retries=0).incidents()
    with unit_of_work(story.db) as session:
        retry_incident(session, story.services, incident.id, ANNA)
    assert [again.id for again in fetch(story)] == [task.id]
    assert story.incidents() == []


@pytest.mark.shows("serviceTask", "external, failure reported by another", "executed")
def test_nobody_reports_the_failure_of_another(story: Story):
    (task,) = fetch(story.starts("external_tasks/plain"))
    with pytest.raises(LockedByAnother), unit_of_work(story.db) as session:
        fail_external(session, story.services, task.id, "w2", "jam", 0, timedelta(0), PRINTER)
    assert story.incidents() == []


@pytest.mark.shows("serviceTask", "external, failure that the model maps to an error", "executed", point="3")
def test_a_failure_that_the_model_takes_for_an_error_is_caught(story: Story):
    (task,) = fetch(story.starts("external_tasks/mapped_error"))
    assert fail(story, task, retries=3, message="no paper").ended_with == "Refused"


@pytest.mark.shows("serviceTask", "external, another failure than the mapped one", "executed")
def test_another_failure_stays_a_failure(story: Story):
    (task,) = fetch(story.starts("external_tasks/mapped_error"))
    assert fail(story, task, retries=3).info.state == "active"
    assert len(fetch(story)) == 1


# -- errors and withdrawals -------------------------------------------------------------------------------------


@pytest.mark.shows("errorEventDefinition", "boundary, thrown by a worker", "executed", point="8")
def test_an_error_of_a_worker_is_caught_at_the_boundary(story: Story):
    (task,) = fetch(story.starts("external_tasks/boundaries"))
    with unit_of_work(story.db) as session:
        error_external(session, story.services, task.id, "w1", "E1", "no paper", {"tray": 2}, PRINTER)
    assert (story.ended_with, story.variables["tray"]) == ("Refused", 2)
    assert left_open(story) == NOTHING


@pytest.mark.shows("errorEventDefinition", "thrown by a worker, nobody catches it", "executed", point="G")
def test_an_error_of_a_worker_that_nobody_catches_does_not_pass_silently(story: Story):
    (task,) = fetch(story.starts("external_tasks/boundaries"))
    with unit_of_work(story.db) as session:
        error_external(session, story.services, task.id, "w1", "E2", "other", {}, PRINTER)
    (incident,) = story.incidents()
    assert (incident.element_id, story.standing(), story.info.state) == ("work", ["work"], "active")
    assert "UnhandledBpmnError" in incident.reason
    assert fetch(story) == []


@pytest.mark.shows("timerEventDefinition", "boundary of an external task", "executed")
def test_a_timer_takes_the_work_from_its_worker(story: Story):
    (task,) = fetch(story.starts("external_tasks/boundaries"))
    assert story.waits(hours=1).ended_with == "Given up"
    with pytest.raises(ExternalTaskNotFound):
        complete(story, task)


@pytest.mark.shows("timerEventDefinition", "boundary of an external task done in time", "executed")
def test_work_done_in_time_withdraws_its_timer(story: Story):
    (task,) = fetch(story.starts("external_tasks/boundaries"))
    assert complete(story, task).ended_with == "Over"
    assert left_open(story) == NOTHING
