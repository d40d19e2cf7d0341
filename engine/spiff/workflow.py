# SPDX-License-Identifier: EUPL-1.2
"""A case that moves: live tokens under one root, variables in scopes, and the step loop."""

from collections import ChainMap, deque
from collections.abc import Mapping
from time import monotonic
from typing import Any, Protocol
from uuid import UUID

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from engine.bpmn.model import Flow, Node
from engine.clock import Clock
from engine.errors import AmtsflussError
from engine.spiff.changes import Changes, Entry
from engine.values import to_json

#: One batch never takes more steps or seconds than this: a model that circles without waiting ends in an incident.
MAX_STEPS = 10_000
MAX_SECONDS = 30.0


class StepsExceeded(AmtsflussError):
    """The process goes round in circles without ever waiting."""


class TokenGone(AmtsflussError):
    """The token that should move is no longer there."""


class FailedAt(Exception):
    """A step failed; says where."""

    def __init__(self, element_id: str, cause: BaseException) -> None:
        super().__init__(element_id)
        self.element_id = element_id
        self.cause = cause


class Host(Protocol):
    """The world around a moving case: what its steps may ask for while a batch runs."""

    @property
    def clock(self) -> Clock:
        """The time."""
        ...

    def runs_now(self, topic: str) -> bool:
        """Whether the topic's operation runs inside the transaction."""
        ...

    def serves(self, topic: str) -> bool:
        """Whether we serve the topic ourselves (otherwise an external worker does)."""
        ...

    def operate(self, node: Node, inputs: Mapping[str, Any]) -> Any:
        """Run an in-transaction operation."""
        ...

    def decide(self, node: Node, scope: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        """Evaluate a decision: its result and its trace for the history."""
        ...


class CaseWorkflow(Workflow):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """The live tokens of one case. Belongs to one thread at a time."""

    def __init__(self, spec: Any) -> None:
        # `deserializing` keeps the library from predicting a tree and running the start task by itself.
        super().__init__(spec, deserializing=True)
        self.task_tree = Task(self, spec.start, state=TaskState.COMPLETED)
        self.variables: dict[str, Any] = {}
        self.changes = Changes()
        self.host: Host | None = None
        self._queue: deque[Task] = deque()

    @property
    def world(self) -> Host:
        """The host of the running batch."""
        assert self.host is not None, "A case moves only inside a batch."
        return self.host

    @property
    def tokens(self) -> list[Task]:
        """All live tokens."""
        return [task for task in self.tasks.values() if task is not self.task_tree]

    @property
    def has_ended(self) -> bool:
        """Whether no token is left."""
        return len(self.tasks) == 1

    def token(self, token_id: str) -> Task:
        """A live token by its id."""
        task = self.tasks.get(UUID(token_id))
        if task is None:
            raise TokenGone
        return task

    def place(self, element_id: str, flow: Flow | None = None, **marks: Any) -> Task:
        """Put a new token on a node. Marks are remembered with it."""
        task = self.task_tree._add_child(self.spec.task_specs[element_id], TaskState.FUTURE)
        if flow is not None:
            marks["flow"] = flow.id
        task.internal_data.update(marks)
        task.task_spec._update(task)
        return task

    def enqueue(self, task: Task) -> None:
        """A token is ready and will be run by the step loop."""
        self._queue.append(task)

    def advance(self) -> None:
        """Run every token until all of them wait. A token that was cancelled meanwhile is not run."""
        deadline = monotonic() + MAX_SECONDS
        steps = 0
        while self._queue:
            task = self._queue.popleft()
            if task.state != TaskState.READY:
                continue
            steps += 1
            if steps > MAX_STEPS or monotonic() > deadline:
                raise FailedAt(task.task_spec.name, StepsExceeded())
            self._run(task)

    def _run(self, task: Task) -> None:
        try:
            task.run()
        except FailedAt:
            raise
        except Exception as cause:
            raise FailedAt(task.task_spec.name, cause) from cause

    def scope(self, task: Task, *inner: Mapping[str, Any]) -> ChainMap[str, Any]:
        """What an expression at this token sees: inner values, the activity's own variables, the case's."""
        local = task.internal_data.get("local", {})
        return ChainMap(*(dict(values) for values in inner), local, self.variables)

    def write(self, values: Mapping[str, Any]) -> None:
        """Set variables of the case. What could not be stored fails here, at the step that made it."""
        to_json(dict(values))
        self.variables.update(values)

    def remember(self, kind: str, task: Task | None = None, **details: Any) -> None:
        """Write a line of history."""
        node = task.task_spec.node if task is not None else None
        self.changes.entries.append(Entry(kind, str(task.id) if task is not None else None, node, details))

    def forget(self, task: Task) -> None:
        """Take a finished token out of the tree, so that the case costs what is live and not what has been."""
        self.task_tree._children.remove(task.id)
        del self.tasks[task.id]

    def _task_completed_notify(self, task: Task) -> None:
        """The library would now walk the whole tree; nothing of ours depends on it."""
