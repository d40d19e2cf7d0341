# SPDX-License-Identifier: EUPL-1.2
"""The lists of clerks: what stands in them, in which order, and that they stay cheap when they are long."""

import re
from dataclasses import fields
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, insert, select

from engine.db import unit_of_work
from engine.delegation import Link, TaskChanges, add_link, update_task
from engine.errors import NotAllowed
from engine.identity import Actor, applicant
from engine.models import CandidateRow, CaseRow, TaskRow
from engine.queries.queues import MOST_COUNTED, QUEUES, Page, Queue, open_tasks, task_counts
from engine.tasks import claim_task, release_task
from tests.engine.story import ANNA, BEN, STRANGER, Story


def queue(story: Story, actor: Actor, name: Queue, **window: int) -> Page:
    """One page of a queue."""
    with story.db.reading() as session:
        return open_tasks(session, actor, name, story.clock, **window)


def titles(page: Page) -> list[str]:
    """Titles of the lines, in order."""
    return [line.title for line in page.lines]


def counts(story: Story, actor: Actor) -> dict[Queue, int]:
    """How many wait in each queue."""
    with story.db.reading() as session:
        return task_counts(session, actor, story.clock)


def named(story: Story, title: str) -> TaskRow:
    """The open task of the case with this title."""
    with story.db.reading() as session:
        return session.scalars(select(TaskRow).join(CaseRow).where(CaseRow.title == title)).one()


def change(story: Story, title: str, **changes: Any) -> None:
    """Let the task be otherwise."""
    task = named(story, title)
    as_it_is = {each.name: getattr(task, each.name) for each in fields(TaskChanges)}
    with unit_of_work(story.db) as session:
        update_task(session, story.services, task.id, TaskChanges(**as_it_is | changes), ANNA)


def offer(story: Story, title: str, link: Link) -> None:
    """Let others take the task, too."""
    with unit_of_work(story.db) as session:
        add_link(session, story.services, named(story, title).id, link, ANNA)


def copies(story: Story, number: int) -> None:
    """So many more tasks like the first one, for lists only."""
    with unit_of_work(story.db) as session:
        ids = [str(uuid4()) for _ in range(number)]
        for table, column in ((TaskRow, "id"), (CandidateRow, "task_id")):
            original = dict(session.execute(select(*table.__table__.columns).limit(1)).one()._mapping)
            session.execute(insert(table), [original | {column: each} for each in ids])


def explained(story: Story, name: Queue) -> list[str]:
    """How the database finds the first lines of this queue."""
    asked: list[tuple[str, Any]] = []

    def notice(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(story.db.engine, "before_cursor_execute", notice)
    queue(story, ANNA, name, limit=25)
    event.remove(story.db.engine, "before_cursor_execute", notice)
    statement, parameters = asked[-1]
    explain = "EXPLAIN QUERY PLAN " if story.db.is_sqlite else "EXPLAIN "
    with story.db.engine.connect() as connection:
        return [str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters)]


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
    assert counts(three, actor) == {name: len(queue(three, actor, name).lines) for name in QUEUES}


def test_pages_follow_each_other(three: Story):
    first, last = queue(three, ANNA, "alle", limit=2), queue(three, ANNA, "alle", limit=2, offset=2)
    assert titles(first) + titles(last) == ["About one", "About two", "About three"]
    assert (first.has_more, last.has_more) == (True, False)


def test_applicants_have_no_inbox(three: Story):
    with pytest.raises(NotAllowed):
        queue(three, applicant(three.case_id), "alle")


def test_a_task_of_several_groups_stands_once_in_the_list(three: Story):
    offer(three, "About one", Link("candidate", group="second"))
    both = Actor("anna", "Anna", ANNA.groups | {"second"})
    assert titles(queue(three, both, "gruppen")) == ["About one", "About three"]
    assert counts(three, both)["gruppen"] == 2


def test_a_task_offered_by_name_stands_where_it_would_if_offered_to_the_group(three: Story):
    change(three, "About one", priority=80)
    offer(three, "About one", Link("candidate", user="x"))
    assert titles(queue(three, STRANGER, "gruppen")) == []
    offer(three, "About three", Link("candidate", user=STRANGER.name))
    offer(three, "About one", Link("candidate", user=STRANGER.name))
    assert titles(queue(three, STRANGER, "gruppen")) == ["About one", "About three"]


def test_the_most_urgent_stands_first_then_what_is_due_first_then_the_oldest(three: Story):
    change(three, "About two", due_at=three.clock.now() + timedelta(hours=1))
    change(three, "About one", due_at=None)
    change(three, "About three", due_at=None)
    assert titles(queue(three, ANNA, "alle")) == ["About two", "About one", "About three"]
    change(three, "About three", priority=80)
    assert titles(queue(three, ANNA, "alle")) == ["About three", "About two", "About one"]


def test_what_is_overdue_for_longest_stands_first(three: Story):
    now = three.clock.now()
    for title, priority, days in (("About one", 99, 3), ("About two", 50, 1), ("About three", 10, 2)):
        change(three, title, priority=priority, due_at=now + timedelta(days=days))
    three.clock.advance(timedelta(days=4))
    assert titles(queue(three, ANNA, "ueberfaellig")) == ["About two", "About three", "About one"]


def test_a_task_that_is_given_back_is_free_again(three: Story):
    with unit_of_work(three.db) as session:
        release_task(session, three.services, queue(three, ANNA, "meine").lines[0].id, ANNA)
    assert titles(queue(three, BEN, "gruppen")) == ["About one", "About two", "About three"]


def test_no_list_is_counted_to_its_end(story: Story):
    story.starts("one_task", topic="copied")
    copies(story, MOST_COUNTED - 1)
    exactly = counts(story, ANNA)["gruppen"]
    copies(story, 50)
    assert (exactly, counts(story, ANNA)["gruppen"]) == (MOST_COUNTED, MOST_COUNTED + 1)


@pytest.mark.parametrize("name", ["gruppen", "alle", "ueberfaellig"])
def test_the_list_of_a_group_is_read_in_the_order_of_an_index(story: Story, name: Queue):
    """Otherwise the database would sort all that waits in the town for the first few lines."""
    story.starts("one_task", topic="copied")
    copies(story, 3000)
    with story.db.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    index = "ix_task_candidates_due" if name == "ueberfaellig" else "ix_task_candidates_line_desc"
    steps = [
        step
        for step in explained(story, name)
        if re.search("Scan .*on task_candidates |S.* task_candidates USING", step)
    ]
    assert steps
    assert not [step for step in steps if index not in step]
