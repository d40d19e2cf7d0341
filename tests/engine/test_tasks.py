# SPDX-License-Identifier: EUPL-1.2
"""Who may take and complete a task, and that one completion is enough."""

import pytest

from engine.db import unit_of_work
from engine.errors import NotAllowed, TaskAlreadyCompleted, TaskClaimedByAnother, TaskNotFound
from engine.identity import SYSTEM, Actor, applicant
from engine.tasks import claim_task, complete_task, release_task, release_tasks_of
from tests.engine.story import ANNA, BEN, STRANGER, Story
from tests.engine.together import Racers


@pytest.fixture
def asked(story: Story) -> Story:
    """A case with one open task for the clerks."""
    return story.starts("one_task", topic="bicycles")


def claim(story: Story, task_id: str, by: Actor) -> None:
    with unit_of_work(story.db) as session:
        claim_task(session, story.services, task_id, by)


def release(story: Story, task_id: str, by: Actor) -> None:
    with unit_of_work(story.db) as session:
        release_task(session, story.services, task_id, by)


def complete(story: Story, task_id: str, by: Actor) -> None:
    with unit_of_work(story.db) as session:
        complete_task(session, story.services, task_id, {"by": by.name}, by)


def test_a_claimed_task_has_an_assignee(asked: Story):
    claim(asked, asked.task("Answer").id, ANNA)
    assert asked.task("Answer").assignee == "anna"


def test_claiming_is_remembered_with_the_name(asked: Story):
    claim(asked, asked.task("Answer").id, ANNA)
    assert [line.actor for line in asked.history if line.kind == "task_claimed"] == ["anna"]


def test_claiming_ones_own_task_again_changes_nothing(asked: Story):
    task_id = asked.task("Answer").id
    claim(asked, task_id, ANNA)
    claim(asked, task_id, ANNA)
    assert len([line for line in asked.history if line.kind == "task_claimed"]) == 1


def test_a_task_claimed_by_another_names_the_holder(asked: Story):
    task_id = asked.task("Answer").id
    claim(asked, task_id, ANNA)
    with pytest.raises(TaskClaimedByAnother) as claimed:
        claim(asked, task_id, BEN)
    assert claimed.value.holder == "anna"


def test_tasks_of_somebody_who_left_go_back_to_their_groups(asked: Story):
    task_id = asked.task("Answer").id
    claim(asked, task_id, ANNA)
    with unit_of_work(asked.db) as session:
        assert release_tasks_of(session, asked.services, "anna", SYSTEM) == 1
    claim(asked, task_id, BEN)
    assert asked.task("Answer").assignee == "ben"


def test_nobody_completes_what_a_colleague_has_claimed(asked: Story):
    task_id = asked.task("Answer").id
    claim(asked, task_id, ANNA)
    with pytest.raises(TaskClaimedByAnother):
        complete(asked, task_id, BEN)
    assert asked.open() == ["Answer"]


def test_nobody_releases_what_a_colleague_has_claimed(asked: Story):
    task_id = asked.task("Answer").id
    claim(asked, task_id, ANNA)
    with pytest.raises(TaskClaimedByAnother):
        release(asked, task_id, BEN)


def test_a_released_task_is_free_for_colleagues(asked: Story):
    task_id = asked.task("Answer").id
    claim(asked, task_id, ANNA)
    release(asked, task_id, ANNA)
    claim(asked, task_id, BEN)
    assert asked.task("Answer").assignee == "ben"


def test_releasing_a_free_task_changes_nothing(asked: Story):
    release(asked, asked.task("Answer").id, ANNA)
    assert "task_released" not in [line.kind for line in asked.history]


def test_a_task_without_groups_cannot_be_given_back(story: Story):
    story.starts("assigned_task", clerk="anna")
    with pytest.raises(NotAllowed):
        release(story, story.task("Decide").id, ANNA)


def test_a_task_for_one_person_is_not_for_the_colleagues(story: Story):
    story.starts("assigned_task", clerk="anna")
    with pytest.raises(NotAllowed):
        complete(story, story.task("Decide").id, BEN)


def test_the_person_whom_a_variable_names_completes_the_task(story: Story):
    assert story.starts("assigned_task", clerk="anna").completes("Decide", by=ANNA).ended_with == "Decided"


@pytest.mark.parametrize("command", [claim, release, complete])
def test_somebody_outside_of_the_groups_may_do_nothing(asked: Story, command):
    with pytest.raises(NotAllowed):
        command(asked, asked.task("Answer").id, STRANGER)


@pytest.mark.parametrize("command", [claim, release, complete])
def test_a_task_that_never_was_is_not_found(asked: Story, command):
    with pytest.raises(TaskNotFound):
        command(asked, "00000000-0000-0000-0000-000000000000", ANNA)


def test_an_unclaimed_task_may_be_completed_by_any_member(asked: Story):
    assert asked.completes("Answer", by=BEN).ended_with == "Answered"


def test_completing_twice_is_told_and_changes_nothing(story: Story):
    story.starts("task_loop", enough=False)
    task_id = story.task("Again").id
    story.completes("Again", enough=False)
    before = (story.state(), story.history)
    with pytest.raises(TaskAlreadyCompleted):
        complete(story, task_id, ANNA)
    assert (story.state(), story.history) == before


def test_completing_a_task_of_an_ended_case_is_told(asked: Story):
    task_id = asked.task("Answer").id
    asked.completes("Answer")
    with pytest.raises(TaskAlreadyCompleted):
        complete(asked, task_id, ANNA)


def test_a_withdrawn_task_counts_as_completed(story: Story):
    story.starts("boundary_timer")
    task_id = story.task("Ask").id
    story.waits(days=2)
    with pytest.raises(TaskAlreadyCompleted):
        complete(story, task_id, ANNA)


def test_who_completed_a_task_stands_in_the_history(asked: Story):
    asked.completes("Answer", by=BEN)
    actors = {line.element_id: line.actor for line in asked.history if line.kind == "completed"}
    assert actors["answer_it"] == "ben"
    assert actors["answered"] == "system"


def test_two_who_complete_at_once_one_wins_and_one_is_told(story: Story, racers: Racers):
    story.starts("task_loop", enough=False)
    task_id = story.task("Again").id
    outcomes = racers.run(lambda: complete(story, task_id, ANNA), lambda: complete(story, task_id, BEN))
    assert outcomes == [None, TaskAlreadyCompleted]
    assert story.passed().count("again") == 1


def test_two_who_claim_at_once_one_wins_and_one_is_told(asked: Story, racers: Racers):
    task_id = asked.task("Answer").id
    outcomes = racers.run(lambda: claim(asked, task_id, ANNA), lambda: claim(asked, task_id, BEN))
    assert outcomes == [None, TaskClaimedByAnother]


def test_claiming_while_a_colleague_completes_is_told(asked: Story, racers: Racers):
    task_id = asked.task("Answer").id
    outcomes = racers.run(lambda: complete(asked, task_id, ANNA), lambda: claim(asked, task_id, BEN))
    assert outcomes == [None, TaskAlreadyCompleted]


def test_releasing_while_completing_in_another_window_is_told(asked: Story, racers: Racers):
    task_id = asked.task("Answer").id
    claim(asked, task_id, ANNA)
    outcomes = racers.run(lambda: complete(asked, task_id, ANNA), lambda: release(asked, task_id, ANNA))
    assert outcomes == [None, TaskAlreadyCompleted]


def test_claiming_in_two_windows_at_once_is_one_claim(asked: Story, racers: Racers):
    task_id = asked.task("Answer").id
    assert racers.run(lambda: claim(asked, task_id, ANNA), lambda: claim(asked, task_id, ANNA)) == [None, None]
    assert [line.kind for line in asked.history].count("task_claimed") == 1


def test_the_applicant_completes_tasks_of_the_own_case(story: Story):
    story.starts("applicant_task").completes("Ask applicant", by=applicant(story.case_id))
    assert story.open() == ["Check"]


def test_the_applicant_of_another_case_may_not(story: Story):
    other = story.starts("applicant_task").case_id
    story.starts_deployed("applicant_task")
    with pytest.raises(NotAllowed):
        complete(story, story.task("Ask applicant").id, applicant(other))


@pytest.mark.parametrize("command", [claim, release, complete])
def test_the_applicant_may_not_touch_tasks_of_the_clerks(story: Story, command):
    story.starts("applicant_task").completes("Ask applicant", by=applicant(story.case_id))
    with pytest.raises(NotAllowed):
        command(story, story.task("Check").id, applicant(story.case_id))


def test_a_clerk_may_not_answer_for_the_applicant(story: Story):
    story.starts("applicant_task")
    with pytest.raises(NotAllowed):
        complete(story, story.task("Ask applicant").id, ANNA)
