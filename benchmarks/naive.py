# SPDX-License-Identifier: EUPL-1.2
"""Baselines: SpiffWorkflow bare in memory, and the store that anybody would write first.

The naive store keeps one row a case with the whole serialised workflow and a revision, one row an open task, and makes
one commit a completion. It knows no permissions, no history, no jobs.
"""

import time
from collections.abc import Callable
from io import BytesIO
from uuid import uuid4

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import text

from engine.db import Database, unit_of_work


def parsed(model: bytes, key: str) -> tuple[object, object]:
    """The library's own specs of a model."""
    parser = BpmnParser()
    parser.add_bpmn_io(BytesIO(model))
    return parser.get_spec(key), parser.get_subprocess_specs(key)


def bare(model: bytes, key: str, completions: int) -> list[float]:
    """Seconds of each completion in memory."""
    workflow = BpmnWorkflow(*parsed(model, key))
    workflow.do_engine_steps()
    return [_timed(lambda: _complete(workflow)) for _ in range(completions)]


class NaiveStore:
    """Cases as whole serialised workflows."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.serializer = BpmnWorkflowSerializer()
        with unit_of_work(database) as session:
            for table in ("naive_cases", "naive_tasks"):
                session.execute(text(f"DROP TABLE IF EXISTS {table}"))
            session.execute(text("CREATE TABLE naive_cases (id VARCHAR(36) PRIMARY KEY, rev INTEGER, state TEXT)"))
            session.execute(text("CREATE TABLE naive_tasks (id CHAR(36) PRIMARY KEY, case_id CHAR(36), name TEXT)"))

    def start(self, model: bytes, key: str) -> str:
        """A case that waits at its first task."""
        workflow = BpmnWorkflow(*parsed(model, key))
        workflow.do_engine_steps()
        case_id = str(uuid4())
        with unit_of_work(self.database) as session:
            state = self.serializer.serialize_json(workflow)
            session.execute(text("INSERT INTO naive_cases VALUES (:id, 0, :state)"), {"id": case_id, "state": state})
        return case_id

    def complete(self, case_id: str) -> float:
        """Complete the open task; seconds with the commit."""
        return _timed(lambda: self._complete(case_id))

    def _complete(self, case_id: str) -> None:
        lock = "" if self.database.is_sqlite else " FOR UPDATE"
        with unit_of_work(self.database) as session:
            query = text(f"SELECT rev, state FROM naive_cases WHERE id = :id{lock}")
            rev, state = session.execute(query, {"id": case_id}).one()
            workflow = self.serializer.deserialize_json(state)
            _complete(workflow)
            session.execute(text("DELETE FROM naive_tasks WHERE case_id = :id"), {"id": case_id})
            following = workflow.get_next_task(state=TaskState.READY, manual=True)
            if following is not None:
                row = {"id": str(following.id), "case": case_id, "name": following.task_spec.name}
                session.execute(text("INSERT INTO naive_tasks VALUES (:id, :case, :name)"), row)
            change = {"id": case_id, "rev": rev, "state": self.serializer.serialize_json(workflow)}
            session.execute(
                text("UPDATE naive_cases SET rev = rev + 1, state = :state WHERE id = :id AND rev = :rev"), change
            )


def live_tasks(model: bytes, key: str) -> int:
    """How many tasks the library holds after the start, predicted ones among them."""
    workflow = BpmnWorkflow(*parsed(model, key))
    return len(workflow.tasks)


def _complete(workflow: BpmnWorkflow) -> None:
    task = workflow.get_next_task(state=TaskState.READY, manual=True)
    task.run()
    workflow.do_engine_steps()


def _timed(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun
