# SPDX-License-Identifier: EUPL-1.2
"""A case as a story: it starts, waits, is worked on, hears messages, time passes, it ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from engine.cases import CaseInfo, case_variables, find_case, start_case
from engine.clock import FrozenClock
from engine.db import Base, Database, unit_of_work
from engine.definitions import Bundle, Deployment, deploy
from engine.identity import Actor
from engine.messages import correlate
from engine.models import CaseStateRow
from engine.queries.cases import HistoryLine, history
from engine.queries.tasks import TaskLine, tasks_of_case
from engine.services import Services
from engine.tasks import complete_task
from engine.worker import Worker

MODELS = Path(__file__).parent / "conformance"
CITIZEN = Actor("citizen", "A citizen")
ANNA = Actor("anna", "Anna", frozenset({"clerks"}))
BEN = Actor("ben", "Ben", frozenset({"clerks"}))
STRANGER = Actor("stranger", "A stranger", frozenset({"gardeners"}))


def no_findings(source: bytes) -> Sequence[str]:
    """Forms are checked above the engine."""
    return ()


def deploy_model(db: Database, services: Services, name: str) -> Deployment:
    """Bring in one conformance model with the form and the tables beside it."""
    with unit_of_work(db) as session:
        return deploy(session, services, Bundle.from_file(MODELS / f"{name}.bpmn"), form_check=no_findings)


def rows(db: Database, model: type[Base]) -> int:
    """How many rows a table has."""
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


@dataclass
class Story:
    """One case in one database."""

    db: Database
    services: Services
    clock: FrozenClock
    case_id: str = ""

    # -- what happens -------------------------------------------------------------------------------------------

    def starts(self, model: str, /, **variables: Any) -> "Story":
        """Deploy a conformance model and begin a case of it."""
        deploy_model(self.db, self.services, model)
        return self.starts_deployed(model, **variables)

    def starts_deployed(self, key: str, /, **variables: Any) -> "Story":
        """Begin a case of a process that is deployed already."""
        with unit_of_work(self.db) as session:
            self.case_id = start_case(session, self.services, key, variables, by=CITIZEN).id
        return self

    def completes(self, name: str, /, *, by: Actor = ANNA, **answers: Any) -> "Story":
        """Somebody completes the open task of that name."""
        with unit_of_work(self.db) as session:
            complete_task(session, self.services, self.task(name).id, answers, by)
        return self

    def hears(self, name: str, key: str, /, **payload: Any) -> "Story":
        """A message arrives."""
        with unit_of_work(self.db) as session:
            correlate(session, self.services, name, key, payload)
        return self

    def works(self) -> "Story":
        """A worker does all that is due."""
        Worker(self.db, self.services).run_until_idle()
        return self

    def waits(self, **time: float) -> "Story":
        """Time passes (as for a timedelta), and a worker does what became due."""
        self.clock.advance(timedelta(**time))
        return self.works()

    # -- what is to be seen -------------------------------------------------------------------------------------

    def task(self, name: str) -> TaskLine:
        """The one open task of that name."""
        found = [task for task in self.tasks() if task.name == name]
        assert len(found) == 1, f"{name} is open {len(found)} times; open: {self.open()}"
        return found[0]

    def tasks(self) -> list[TaskLine]:
        """All open tasks."""
        with self.db.reading() as session:
            return tasks_of_case(session, self.case_id)

    def open(self) -> list[str]:
        """Names of the open tasks, sorted."""
        return sorted(task.name for task in self.tasks())

    @property
    def info(self) -> CaseInfo:
        """The case as lists show it."""
        with self.db.reading() as session:
            return find_case(session, self.case_id)

    @property
    def ended_with(self) -> str | None:
        """Name of the end event, None while the case runs."""
        return self.info.ended_with if self.info.state == "completed" else None

    @property
    def variables(self) -> dict[str, Any]:
        """The variables as they are stored."""
        with self.db.reading() as session:
            return case_variables(session, self.services, self.case_id)

    @property
    def history(self) -> list[HistoryLine]:
        """What happened, oldest first."""
        with self.db.reading() as session:
            return history(session, self.case_id)

    def passed(self, kind: str = "completed") -> list[str]:
        """Ids of the elements in the history, by kind of line."""
        return [line.element_id for line in self.history if line.kind == kind and line.element_id]

    def state(self) -> bytes:
        """The stored state as it lies in the database."""
        with self.db.reading() as session:
            content = session.scalar(select(CaseStateRow.content).where(CaseStateRow.case_id == self.case_id))
        assert content is not None
        return content
