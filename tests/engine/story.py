# SPDX-License-Identifier: EUPL-1.2
"""A case as a story: it starts, waits, is worked on, hears messages, time passes, it ends."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from engine.cases import CaseInfo, case_variables, change_variables, find_case, start_case
from engine.clock import FrozenClock
from engine.db import Base, Database, unit_of_work
from engine.definitions import Bundle, Deployment, deploy
from engine.external import ExternalTask, complete_external, error_external, fail_external
from engine.fetching import fetch_and_lock
from engine.identity import Actor
from engine.messages import correlate
from engine.models import CaseRow, CaseStateRow
from engine.queries.cases import HistoryLine, Incident, history, incidents
from engine.queries.tasks import TaskLine, tasks_of_case
from engine.services import Services
from engine.signals import throw_signal
from engine.spiff.state import stored_scope, stored_state
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
    business_key: str | None = None

    # -- what happens -------------------------------------------------------------------------------------------

    def starts(self, model: str, /, **variables: Any) -> "Story":
        """Deploy a conformance model and begin a case of it."""
        deploy_model(self.db, self.services, model)
        return self.starts_deployed(model.rpartition("/")[2], **variables)

    def starts_deployed(self, key: str, /, **variables: Any) -> "Story":
        """Begin a case of a process that is deployed already."""
        with unit_of_work(self.db) as session:
            case = start_case(session, self.services, key, variables, by=CITIZEN, business_key=self.business_key)
            self.case_id = case.id
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

    def correlates(self, name: str, /, **about: Any) -> CaseInfo | None:
        """A message arrives that says otherwise whom it is for; the case that it reached or began."""
        with unit_of_work(self.db) as session:
            return correlate(session, self.services, name, **about)

    def signals(self, name: str, /, **variables: Any) -> "Story":
        """Somebody outside gives a signal."""
        with unit_of_work(self.db) as session:
            throw_signal(session, self.services, name, variables)
        return self

    def changes(self, **variables: Any) -> "Story":
        """Variables are set from outside."""
        with unit_of_work(self.db) as session:
            change_variables(session, self.services, self.case_id, variables, ANNA)
        return self

    def fetches(self, topic: str, /, *, worker: str = "worker") -> list[ExternalTask]:
        """An external worker fetches what there is of a topic."""
        with unit_of_work(self.db) as session:
            return fetch_and_lock(session, self.services, worker, {topic: timedelta(minutes=1)}, 10, ANNA)

    def delivers(self, topic: str, /, **variables: Any) -> "Story":
        """An external worker fetches work and completes it."""
        task = self.fetches(topic)[0]
        with unit_of_work(self.db) as session:
            complete_external(session, self.services, task.id, "worker", variables, ANNA)
        return self

    def errs(self, topic: str, code: str, /, **variables: Any) -> "Story":
        """An external worker fetches work and reports an error of the process."""
        task = self.fetches(topic)[0]
        with unit_of_work(self.db) as session:
            error_external(session, self.services, task.id, "worker", code, f"{code} happened", variables, ANNA)
        return self

    def fails(self, topic: str, message: str, retries: int, after: timedelta = timedelta(0)) -> "Story":
        """An external worker fetches work and fails at it."""
        task = self.fetches(topic)[0]
        with unit_of_work(self.db) as session:
            fail_external(session, self.services, task.id, "worker", message, retries, after, ANNA)
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

    def standing(self) -> list[str]:
        """Ids of the elements that the case stands at, sorted."""
        return sorted(token["element"] for token in self._tokens() if not token["armed"])

    def armed(self) -> list[str]:
        """Ids of the events that may happen meanwhile, sorted."""
        return sorted(token["element"] for token in self._tokens() if token["armed"])

    def _tokens(self) -> list[dict[str, Any]]:
        tokens = stored_state(self.state())["tokens"]
        above = {parent for _, _, _, parent, marks in tokens if "armed" not in marks}
        return [
            {"element": spec.partition("#")[0], "armed": "armed" in marks}
            for key, spec, _, _, marks in tokens
            # A subprocess or a repeated activity is where its inner tokens are.
            if key not in above and "(" not in spec
        ]

    def sees(self, name: str, /) -> dict[str, Any]:
        """All variables that an open task sees."""
        return stored_scope(self.state(), self.task(name).id)

    def incidents(self) -> list[Incident]:
        """What waits for an operator in this case."""
        with self.db.reading() as session:
            return [incident for incident in incidents(session) if incident.case_id == self.case_id]

    def called(self) -> list["Story"]:
        """The cases that this one has called, oldest first."""
        with self.db.reading() as session:
            found = session.scalars(
                select(CaseRow.id)
                .where(CaseRow.parent_id == self.case_id)
                .order_by(CaseRow.started_at, CaseRow.reference)
            )
            return [replace(self, case_id=case_id) for case_id in found]

    def passed(self, kind: str = "completed") -> list[str]:
        """Ids of the elements in the history, by kind of line."""
        return [line.element_id for line in self.history if line.kind == kind and line.element_id]

    def state(self) -> bytes:
        """The stored state as it lies in the database."""
        with self.db.reading() as session:
            content = session.scalar(select(CaseStateRow.content).where(CaseStateRow.case_id == self.case_id))
        assert content is not None
        return content
