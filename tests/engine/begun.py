# SPDX-License-Identifier: EUPL-1.2
"""Cases that nobody began by hand: a message, a signal or a timer did, or another case."""

from typing import Any

from sqlalchemy import select

from engine.db import unit_of_work
from engine.definitions import Bundle, deploy
from engine.models import CaseRow
from engine.tasks import complete_task
from tests.engine.drawing import between, drawn, user_task
from tests.engine.story import ANNA, MODELS, Story, deploy_model, no_findings


def another(story: Story) -> Story:
    """A second case in the same database."""
    return Story(story.db, story.services, story.clock)


def deployed(story: Story, *models: str) -> Story:
    """Models that wait for something to begin a case of them."""
    for model in models:
        deploy_model(story.db, story.services, model)
    return story


def replaced(story: Story, key: str) -> Story:
    """A newer version of a process, which begins by hand only."""
    newer = drawn(key, *between(user_task("ask", "Ask"), first="ask", last="ask"))
    bundle = Bundle(key, {f"{key}.bpmn": newer, "answer.form": (MODELS / "answer.form").read_bytes()})
    with unit_of_work(story.db) as session:
        deploy(session, story.services, bundle, form_check=no_findings)
    return story


def begun(story: Story, key: str) -> list[Story]:
    """All cases of a process, the oldest first."""
    with story.db.reading() as session:
        found = session.scalars(select(CaseRow.id).where(CaseRow.definition_key == key).order_by(CaseRow.started_at))
        return [Story(story.db, story.services, story.clock, case_id=case_id) for case_id in found]


def opened(story: Story, key: str) -> list[str]:
    """Names of the open tasks in all cases of a process, sorted."""
    return sorted(name for case in begun(story, key) for name in case.open())


def takes_one(story: Story, name: str, /, **answers: Any) -> Story:
    """Somebody completes the first of several open tasks of that name."""
    first = next(task for task in story.tasks() if task.name == name)
    with unit_of_work(story.db) as session:
        complete_task(session, story.services, first.id, answers, ANNA)
    return story
