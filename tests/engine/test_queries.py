# SPDX-License-Identifier: EUPL-1.2
"""What lists and pages show of tasks and cases."""

from typing import Any

import pytest

from engine.db import unit_of_work
from engine.errors import NotAllowed, TaskAlreadyCompleted, TaskNotFound
from engine.identity import Actor, add_user, applicant
from engine.queries.cases import case_by_reference, may_see_case
from engine.queries.milestones import milestones
from engine.queries.tasks import TaskDetail, applicant_tasks, task_detail
from engine.tasks import claim_task
from tests.engine.story import ANNA, BEN, STRANGER, Story


def detail(story: Story, task_id: str, actor: Actor) -> TaskDetail:
    """A task for its page."""
    with story.db.reading() as session:
        return task_detail(session, task_id, actor)


def test_an_applicant_sees_the_own_tasks_only(story: Story):
    story.starts("applicant_task")
    with story.db.reading() as session:
        assert [line.name for line in applicant_tasks(session, story.case_id)] == ["Ask applicant"]
    story.completes("Ask applicant", by=applicant(story.case_id))
    with story.db.reading() as session:
        assert applicant_tasks(session, story.case_id) == []


def test_a_task_page_has_form_and_variables(story: Story):
    story.starts("one_task", topic="bicycles")
    shown = detail(story, story.task("Answer").id, ANNA)
    assert (shown.form_key, shown.variables) == ("answer", {"topic": "bicycles"})


def test_colleagues_may_look_on_and_are_told_who_has_it(story: Story):
    task_id = story.starts("one_task", topic="bicycles").task("Answer").id
    with unit_of_work(story.db) as session:
        claim_task(session, story.services, task_id, ANNA)
    assert (detail(story, task_id, ANNA).held_by, detail(story, task_id, BEN).held_by) == (None, "anna")


def test_others_may_not_look(story: Story):
    task_id = story.starts("one_task", topic="bicycles").task("Answer").id
    with pytest.raises(NotAllowed):
        detail(story, task_id, STRANGER)


def test_a_completed_task_is_told_apart_from_one_that_never_was(story: Story):
    task_id = story.starts("one_task", topic="bicycles").task("Answer").id
    story.completes("Answer")
    with pytest.raises(TaskAlreadyCompleted):
        detail(story, task_id, ANNA)
    with pytest.raises(TaskNotFound):
        detail(story, "gone", ANNA)


def test_a_case_is_found_by_its_reference_as_people_type_it(story: Story):
    story.starts("one_task", topic="bicycles")
    with story.db.reading() as session:
        found = case_by_reference(session, " one-2026-0001 ")
        assert found is not None
        assert found.id == story.case_id
        assert case_by_reference(session, "ONE-2026-0002") is None


@pytest.mark.parametrize(("actor", "may"), [(ANNA, True), (BEN, True), (STRANGER, False)])
def test_a_case_is_seen_by_those_who_have_or_had_to_do_with_it(story: Story, actor: Actor, may: bool):
    story.starts("one_task", topic="bicycles")
    with story.db.reading() as session:
        assert may_see_case(session, story.services, story.case_id, actor) is may
    story.completes("Answer", by=ANNA)
    with story.db.reading() as session:
        assert may_see_case(session, story.services, story.case_id, actor) is may


def test_an_applicant_sees_the_own_case_only(story: Story):
    other = story.starts("one_task", topic="bicycles").case_id
    story.starts_deployed("one_task", topic="cars")
    with story.db.reading() as session:
        assert may_see_case(session, story.services, story.case_id, applicant(story.case_id))
        assert not may_see_case(session, story.services, story.case_id, applicant(other))


def shown_milestones(story: Story) -> list[tuple[str, bool, bool]]:
    """Text, whether reached, whether next."""
    with story.db.reading() as session:
        found = milestones(session, story.services, story.case_id)
    return [(milestone.text, milestone.reached_at is not None, milestone.current) for milestone in found]


def test_milestones_show_what_was_reached_and_what_comes(story: Story):
    story.starts("milestones", missing=False)
    assert shown_milestones(story) == [("Received", True, False), ("Granted", False, True)]


def test_a_milestone_of_a_side_path_is_the_current_one_while_the_case_stands_there(story: Story):
    story.starts("milestones", missing=False).completes("Check", missing=True)
    assert shown_milestones(story) == [
        ("Received", True, False),
        ("Asked back", False, True),
        ("Granted", False, False),
    ]


def test_a_milestone_of_a_side_path_stays_when_it_was_reached(story: Story):
    story.starts("milestones", missing=False).completes("Check", missing=True).completes("Ask back")
    assert shown_milestones(story) == [
        ("Received", True, False),
        ("Asked back", True, False),
        ("Granted", False, True),
    ]


def test_an_ended_case_has_no_milestones_to_come(story: Story):
    story.starts("milestones", missing=False).completes("Check", missing=False)
    assert shown_milestones(story) == [("Received", True, False), ("Granted", True, False)]


def test_history_names_people_as_they_are_called(story: Story):
    with unit_of_work(story.db) as session:
        add_user(session, story.clock, "anna", "Anna Berger", "demo-anna", ["clerks"])
    story.starts("one_task", topic="bicycles").completes("Answer", by=ANNA)
    names: dict[str, Any] = {line.element_id: line.actor_name for line in story.history if line.kind == "completed"}
    assert names["answer_it"] == "Anna Berger"
