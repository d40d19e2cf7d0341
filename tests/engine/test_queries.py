# SPDX-License-Identifier: EUPL-1.2
"""What lists and pages show of tasks and cases."""

from datetime import timedelta
from typing import Any

import pytest

from engine.db import unit_of_work
from engine.errors import NotAllowed, TaskAlreadyCompleted, TaskNotFound
from engine.identity import Actor, add_user, applicant
from engine.queries.cases import case_by_reference, may_see_case
from engine.queries.milestones import milestones
from engine.queries.tasks import (
    QUEUES,
    Page,
    Queue,
    TaskDetail,
    TaskLine,
    applicant_tasks,
    open_tasks,
    task_counts,
    task_detail,
)
from engine.tasks import claim_task
from tests.engine.story import ANNA, BEN, STRANGER, Story


def queue(story: Story, actor: Actor, name: Queue, **window: int) -> Page[TaskLine]:
    """One page of a queue."""
    with story.db.reading() as session:
        return open_tasks(session, actor, name, story.clock, **window)


def titles(page: Page[TaskLine]) -> list[str]:
    """Titles of the lines, in order."""
    return [line.title for line in page.lines]


def detail(story: Story, task_id: str, actor: Actor) -> TaskDetail:
    """A task for its page."""
    with story.db.reading() as session:
        return task_detail(session, task_id, actor)


@pytest.fixture
def three(story: Story) -> Story:
    """Three open tasks, begun a day apart, the second claimed by Anna."""
    story.starts("one_task", topic="one")
    story.clock.advance(timedelta(days=1))
    story.starts_deployed("one_task", topic="two")
    with unit_of_work(story.db) as session:
        claim_task(session, story.services, story.task("Answer").id, ANNA)
    story.clock.advance(timedelta(days=1))
    return story.starts_deployed("one_task", topic="three")


@pytest.mark.parametrize(
    ("actor", "name", "expected"),
    [
        (ANNA, "meine", ["About two"]),
        (ANNA, "gruppen", ["About one", "About three"]),
        (ANNA, "alle", ["About one", "About two", "About three"]),
        (BEN, "meine", []),
        (BEN, "gruppen", ["About one", "About three"]),
        (STRANGER, "alle", []),
    ],
)
def test_a_queue_shows_what_concerns_the_actor(three: Story, actor: Actor, name: Queue, expected: list[str]):
    assert titles(queue(three, actor, name)) == expected


def test_overdue_tasks_have_a_queue(three: Story):
    three.clock.advance(timedelta(minutes=1))
    assert titles(queue(three, ANNA, "ueberfaellig")) == ["About one"]


@pytest.mark.parametrize("actor", [ANNA, BEN, STRANGER])
def test_counts_agree_with_the_queues(three: Story, actor: Actor):
    with three.db.reading() as session:
        counts = task_counts(session, actor, three.clock)
    assert counts == {name: queue(three, actor, name).total for name in QUEUES}


def test_pages_follow_each_other(three: Story):
    first, last = queue(three, ANNA, "alle", limit=2), queue(three, ANNA, "alle", limit=2, offset=2)
    assert titles(first) + titles(last) == ["About one", "About two", "About three"]
    assert (first.has_more, last.has_more, first.total) == (True, False, 3)


def test_applicants_have_no_inbox(three: Story):
    with pytest.raises(NotAllowed):
        queue(three, applicant(three.case_id), "alle")


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
