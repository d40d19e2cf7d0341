# SPDX-License-Identifier: EUPL-1.2
"""What a batch of steps changed, as plain values for the projections and the history."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from engine.bpmn.model import Node

JobKind = Literal["operation", "timer", "external", "continuation"]
SubscriptionKind = Literal["message", "signal", "conditional"]


@dataclass(frozen=True)
class OpenedTask:
    """A person has something to do."""

    token_id: str
    node: Node
    name: str
    description: str
    assignee: str | None
    candidate_users: tuple[str, ...]
    candidate_groups: tuple[str, ...]
    due_at: datetime | None
    follow_up_at: datetime | None
    priority: int
    form_key: str | None = None


@dataclass(frozen=True)
class NewJob:
    """Something has to happen later or outside."""

    token_id: str
    kind: JobKind
    node: Node
    due_at: datetime
    topic: str = ""
    inputs: dict[str, Any] = field(default_factory=dict)
    priority: int = 0
    exclusive: bool = False
    #: Pauses between attempts, where the model names them.
    pauses: tuple[timedelta, ...] | None = None


@dataclass(frozen=True)
class NewSubscription:
    """A token waits for a message, a signal or a condition."""

    token_id: str
    kind: SubscriptionKind
    node: Node
    name: str
    #: None: found by its case, not by a key.
    correlation_key: str | None = None


@dataclass(frozen=True)
class Outgoing:
    """A message or a signal that leaves the case after the commit."""

    kind: Literal["message", "signal"]
    node: Node
    name: str
    payload: dict[str, Any]
    correlation_key: str | None = None
    business_key: str | None = None
    keep_for: timedelta | None = None


@dataclass(frozen=True)
class Entry:
    """One line of history."""

    kind: str
    token_id: str | None = None
    node: Node | None = None
    details: dict[str, Any] = field(default_factory=dict)
    #: The token that it stands below: the subprocess, or the repeated activity.
    parent_id: str | None = None


@dataclass(frozen=True)
class VariableChange:
    """What a batch made of one variable, seen from before it."""

    #: create | update | delete
    kind: str
    value: Any
    #: The element whose token it belongs to; None for a variable of the case.
    node: Node | None
    #: Whether that is a repeated activity as a whole.
    whole: bool = False
    #: Set before anything happened in the batch.
    early: bool = False


@dataclass
class Changes:
    """Everything that one batch opened, closed and remembers."""

    tasks: dict[str, OpenedTask] = field(default_factory=dict)
    jobs: dict[str, NewJob] = field(default_factory=dict)
    subscriptions: dict[str, NewSubscription] = field(default_factory=dict)
    outgoing: list[Outgoing] = field(default_factory=list)
    closed_tasks: list[str] = field(default_factory=list)
    closed_jobs: list[str] = field(default_factory=list)
    closed_subscriptions: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    #: By the token that the variable belongs to (None: the case) and its name.
    variables: dict[tuple[str | None, str], VariableChange] = field(default_factory=dict)
    ended_with: str | None = None

    def note_variable(self, owner: str | None, name: str, change: VariableChange) -> None:
        """A variable has changed; only what is left of it at the end of the batch counts."""
        before = self.variables.pop((owner, name), None)
        if before is None:
            self.variables[owner, name] = change
        elif change.kind != "delete":
            kind = "create" if before.kind == "create" else "update"
            self.variables[owner, name] = replace(change, kind=kind, early=before.early)
        elif before.kind != "create":
            self.variables[owner, name] = change

    def close_task(self, token_id: str) -> None:
        """A task is no longer open."""
        if self.tasks.pop(token_id, None) is None:
            self.closed_tasks.append(token_id)

    def close_job(self, token_id: str) -> None:
        """A job or timer is no longer wanted."""
        if self.jobs.pop(token_id, None) is None:
            self.closed_jobs.append(token_id)

    def close_subscription(self, token_id: str) -> None:
        """A message is no longer awaited."""
        if self.subscriptions.pop(token_id, None) is None:
            self.closed_subscriptions.append(token_id)
