# SPDX-License-Identifier: EUPL-1.2
"""Going over to the same model again changes nothing that can be seen, wherever a case stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from engine.clock import FrozenClock
from engine.db import Base, Database, unit_of_work
from engine.definitions import Bundle, check_bundle, deploy, find_definition, latest_definition
from engine.errors import AmtsflussError
from engine.identity import Actor
from engine.migration import MigrationPlan, migrate_case, plan_migration, validate_plan
from engine.models import (
    CandidateRow,
    DataStoreRow,
    DefinitionRow,
    IncidentRow,
    JobRow,
    KeptMessageRow,
    SubscriptionRow,
    TaskRow,
)
from engine.services import Services
from engine.spiff.host import Limits
from engine.tasks import complete_task
from tests.engine.begun import another
from tests.engine.probes import Bell
from tests.engine.random_models import KEY, Block, as_bpmn, models
from tests.engine.story import BEN, MODELS, Story, no_findings
from tests.engine.test_random_models import Run

#: A few values that models ask for; what a model does not name, it ignores.
VARIABLES = {
    "people": ["Ada", "Bob"],
    "list": [1, 2],
    "items": [1, 2, 3],
    "members": ["Ada", "Bob"],
    "n": 0,
    "amount": 5,
    "number": 3,
    "key": "k",
    "name": "Erika",
    "text": "hello",
    "when": "PT1H",
    "again": False,
    "done": [],
    "log": [],
    "x": 1,
    "a": 1,
    "b": 2,
}
#: A case that goes round in circles is left alone then.
MOST_MOVES = 4


@pytest.fixture
def story(sqlite_url: str, services: Services, clock: FrozenClock) -> Iterator[Story]:
    """On one database only: what is asked of it here is asked of the other elsewhere."""
    database = Database(sqlite_url)
    yield Story(database, services, clock)
    database.close()


def seen(story: Story) -> dict[str, Any]:
    """Everything that lists and pages show of a case, but for the version that it runs on."""
    with story.db.reading() as session:

        def rows(kind: type[Base], *hidden: str) -> list[dict[str, object]]:
            found = session.execute(select(kind.__table__).where(kind.__table__.c.case_id == story.case_id)).mappings()
            shown = [{name: value for name, value in row.items() if name not in hidden} for row in found]
            return sorted(shown, key=lambda row: str(row["id"]))

        groups = session.execute(
            select(CandidateRow.task_id, CandidateRow.group_key)
            .join(TaskRow, TaskRow.id == CandidateRow.task_id)
            .where(TaskRow.case_id == story.case_id)
        ).all()
        return {
            "tasks": rows(TaskRow, "definition_id"),
            "groups": sorted((task, group) for task, group in groups),
            "jobs": rows(JobRow),
            "subscriptions": rows(SubscriptionRow),
            "incidents": rows(IncidentRow),
            "history": [line for line in story.history if line.kind != "case_migrated"],
            "variables": story.variables,
            "standing": story.standing(),
            "armed": story.armed(),
            "state": story.info.state,
        }


def twice(story: Story, bundle: Bundle) -> dict[str, tuple[MigrationPlan, MigrationPlan]]:
    """Deploy the same files twice; plans there and back for each process in them."""
    for number in (1, 2):
        comment = f"<!-- {number} -->".encode()
        resources = {
            name: content + comment if name.endswith(".bpmn") else content for name, content in bundle.resources.items()
        }
        with unit_of_work(story.db) as session:
            deploy(session, story.services, Bundle(bundle.name, resources), form_check=no_findings)
    plans = {}
    with story.db.reading() as session:
        for key in session.scalars(select(DefinitionRow.key).distinct()):
            second = latest_definition(session, story.services, key)
            first = find_definition(session, story.services, key, version=second.version - 1)
            plans[key] = (plan_migration(first, second), plan_migration(second, first))
    return plans


def there_and_back(story: Story, plans: tuple[MigrationPlan, MigrationPlan]) -> None:
    """Take the case over to the other version, and let it be loaded there."""
    onwards = next(plan for plan in plans if plan.source.id == story.info.definition_id)
    with unit_of_work(story.db) as session:
        migrate_case(session, story.services, onwards, story.case_id, BEN)


@dataclass
class Twin:
    """A case that is moved on by whatever can be done next, and perhaps taken over before each move."""

    story: Story
    key: str
    plans: Mapping[str, tuple[MigrationPlan, MigrationPlan]] | None = None
    #: How often it was taken over.
    taken_over: int = 0

    def runs(self) -> list[str]:
        """Begin and move on; what happened then, in lines without ids."""
        try:
            self.story.starts_deployed(self.key, **VARIABLES)
            for _ in range(MOST_MOVES):
                if self.story.info.state != "active":
                    break
                self._is_taken_over()
                self._moves_on()
        except AmtsflussError as error:
            return [*self._told(), type(error).__name__]
        return self._told()

    def _told(self) -> list[str]:
        if not self.story.case_id:
            return []
        return [f"{line.kind} {line.element_id}" for line in self.story.history if line.kind != "case_migrated"]

    def _is_taken_over(self) -> None:
        if self.plans is None:
            return
        before = seen(self.story)
        if any(job["id"] == self.story.case_id for job in before["jobs"]):
            return  # A batch was full and the case is still under way; it is refused then.
        there_and_back(self.story, self.plans[self.key])
        assert seen(self.story) == before
        self.taken_over += 1

    def _moves_on(self) -> None:
        awaited = self._awaited()
        if self.story.tasks():
            self._completes_one()
        elif awaited and awaited[0] == "message":
            self.story.correlates(awaited[1], case_id=self.story.case_id)
        elif awaited:
            self.story.signals(awaited[1])
        else:
            self.story.waits(days=1)

    def _completes_one(self) -> None:
        task = min(self.story.tasks(), key=lambda task: (task.element_id, task.name))
        actor = Actor(task.assignee or "anna", "Anna", frozenset({"clerks"}))
        with unit_of_work(self.story.db) as session:
            complete_task(session, self.story.services, task.id, {}, actor)

    def _awaited(self) -> tuple[str, str] | None:
        with self.story.db.reading() as session:
            found = session.execute(
                select(SubscriptionRow.kind, SubscriptionRow.name)
                .where(SubscriptionRow.case_id == self.story.case_id, SubscriptionRow.kind != "conditional")
                .order_by(SubscriptionRow.element_id)
                .limit(1)
            ).one_or_none()
        return (found.kind, found.name) if found else None


def forgotten(story: Story, since: datetime) -> None:
    """Leave nothing of what went on that the next case could meet; and it begins at the same moment."""
    with unit_of_work(story.db) as session:
        session.execute(delete(JobRow).where(JobRow.case_id.is_not(None)))
        session.execute(delete(SubscriptionRow).where(SubscriptionRow.case_id.is_not(None)))
        session.execute(delete(KeptMessageRow))
        session.execute(delete(DataStoreRow))
    story.services.provide(Bell).rings.clear()
    story.clock.advance(since - story.clock.now())


def conformance_models() -> list[str]:
    """All that can be deployed."""
    found = sorted(MODELS.rglob("*.bpmn"))
    return [str(path.relative_to(MODELS).with_suffix("")) for path in found if is_sound(Bundle.from_file(path))]


def is_sound(bundle: Bundle) -> bool:
    """Whether the linter lets it pass."""
    return not any(finding.severity == "error" for finding in check_bundle(bundle, form_check=no_findings))


@pytest.mark.shows("process", "migrated: everywhere to the same", "executed", point="L")
@pytest.mark.parametrize("model", conformance_models())
def test_a_case_taken_over_at_every_wait_goes_on_like_its_twin(story: Story, model: str):
    story.services = replace(story.services, limits=Limits(batch_steps=200, steps_without_waiting=1000))
    plans = twice(story, Bundle.from_file(MODELS / f"{model}.bpmn"))
    for there, back in plans.values():
        assert (there.unmapped, validate_plan(there), validate_plan(back)) == ((), [], [])
    key, began = model.rpartition("/")[2], story.clock.now()
    expected = Twin(story, key).runs()
    forgotten(story, began)
    twin = Twin(another(story), key, plans)
    assert twin.runs() == expected


class TakenOver(Run):
    """A random process whose case is taken over to the same model before each move."""

    plans: tuple[MigrationPlan, MigrationPlan]

    def move(self, element: str) -> None:
        """Take it over, then move on."""
        there_and_back(self.story, self.plans)
        super().move(element)


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(model=models(), choices=st.lists(st.integers(0, 100), min_size=1, max_size=10))
def test_a_random_process_taken_over_at_every_move_does_what_is_drawn(story: Story, model: Block, choices: list[int]):
    plans = twice(story, Bundle(KEY, {f"{KEY}.bpmn": as_bpmn(model)}))
    expected = Run(story, model).to_its_end(choices, is_forgotten=False)
    taken = TakenOver(story, model)
    taken.plans = plans[KEY]
    told = taken.to_its_end(choices, is_forgotten=False)
    assert {line: times for line, times in told.items() if line[0] != "case_migrated"} == dict(expected)
