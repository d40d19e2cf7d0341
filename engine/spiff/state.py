# SPDX-License-Identifier: EUPL-1.2
"""The state of a case as bytes: live tokens and variables, without specs. Every released format must stay loadable."""

from typing import Any
from uuid import UUID

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import AmtsflussError
from engine.spiff.workflow import CaseWorkflow
from engine.values import pack, unpack

FORMAT = 1


class StateUnreadable(AmtsflussError):
    """The stored state has a format that this version does not know."""


def dump_state(workflow: CaseWorkflow) -> bytes:
    """Write the live tokens and the variables."""
    tokens = [
        {
            "id": str(task.id),
            "node": task.task_spec.name,
            "state": TaskState.get_name(task.state),
            "marks": task.internal_data,
        }
        for task in workflow.tokens
    ]
    return pack({"format": FORMAT, "tokens": tokens, "variables": workflow.variables})


def load_state(spec: Any, content: bytes) -> CaseWorkflow:
    """Set a case up again from its spec and its stored state."""
    stored = unpack(content)
    if stored.get("format") != FORMAT:
        raise StateUnreadable
    workflow = CaseWorkflow(spec)
    workflow.variables = stored["variables"]
    for token in stored["tokens"]:
        state = TaskState.get_value(token["state"])
        task = Task(workflow, spec.task_specs[token["node"]], workflow.task_tree, state=state, id=UUID(token["id"]))
        task.internal_data = token["marks"]
        if state == TaskState.READY:
            workflow.enqueue(task)
    return workflow
