# SPDX-License-Identifier: EUPL-1.2
"""Tasks of a multi-instance: they have the same name, and are told apart by whom they are for."""

from typing import Any

from engine.db import unit_of_work
from engine.identity import Actor
from engine.queries.tasks import TaskLine
from engine.tasks import complete_task
from tests.engine.story import ANNA, Story


def assignees(story: Story) -> list[str]:
    """For whom there is an open task, sorted."""
    return sorted(task.assignee or "" for task in story.tasks())


def answered(story: Story, *persons: str, **answers: Any) -> Story:
    """Each of these persons completes the open task that is theirs."""
    for person in persons:
        (task,) = [task for task in story.tasks() if task.assignee == person]
        done(story, task, by=Actor(person, person), **answers)
    return story


def done(story: Story, task: TaskLine, *, by: Actor = ANNA, **answers: Any) -> Story:
    """One of several open tasks of the same name is completed."""
    with unit_of_work(story.db) as session:
        complete_task(session, story.services, task.id, answers, by)
    return story
