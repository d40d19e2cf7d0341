# SPDX-License-Identifier: EUPL-1.2
"""The world around a moving case: what its steps may ask for while a batch runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from engine.bpmn.model import Called, Node
from engine.clock import Clock

#: A batch is stored after this many steps or seconds and goes on in a transaction of its own.
BATCH_STEPS = 2_000
BATCH_SECONDS = 5.0
#: A case that takes more steps than this without ever waiting goes round in circles.
STEPS_WITHOUT_WAITING = 2_000_000
#: More live tokens than this and the case is stopped rather than the machine.
LIVE_TOKENS = 100_000
#: How deep calls may be nested.
CALL_DEPTH = 30


@dataclass(frozen=True)
class Limits:
    """What a case may cost before it is stopped."""

    batch_steps: int = BATCH_STEPS
    batch_seconds: float = BATCH_SECONDS
    steps_without_waiting: int = STEPS_WITHOUT_WAITING
    live_tokens: int = LIVE_TOKENS


@dataclass(frozen=True)
class Thrown:
    """An error or an escalation on its way to whoever catches it."""

    kind: str
    code: str | None
    message: str = ""
    variables: Mapping[str, Any] | None = None
    #: The element that threw it.
    element_id: str = ""


@dataclass(frozen=True)
class CallEnded:
    """How a called case ended: with its variables, or with an error that it did not catch."""

    variables: Mapping[str, Any]
    error: Thrown | None = None


class Host(Protocol):
    """What a case asks its surroundings for."""

    @property
    def clock(self) -> Clock:
        """The time."""
        ...

    @property
    def limits(self) -> Limits:
        """What the case may cost."""
        ...

    @property
    def context(self) -> Mapping[str, Any]:
        """What expressions may know of the case beside its variables: processBusinessKey, processInstanceId, …"""
        ...

    def runs_now(self, topic: str) -> bool:
        """Whether the topic's operation runs inside the transaction."""
        ...

    def serves(self, topic: str) -> bool:
        """Whether we serve the topic ourselves (otherwise an external worker does)."""
        ...

    def operate(self, topic: str, node: Node, inputs: Mapping[str, Any]) -> Any:
        """Run an in-transaction operation."""
        ...

    def decide(self, node: Node, scope: Mapping[str, Any]) -> tuple[Any, list[dict[str, Any]], dict[str, Any]]:
        """Evaluate a decision: its result as the model wants it, all that it gave, and its trace for the history."""
        ...

    def call(
        self, token_id: str, called: Called, element: str, business_key: str | None, variables: dict[str, Any]
    ) -> tuple[str, CallEnded | None]:
        """Begin a called case: its id, and how it ended if it did so at once."""
        ...

    def cancel_called(self, case_id: str) -> None:
        """End a called case whose caller is gone."""
        ...

    def tell_callers(self, signal: str, variables: Mapping[str, Any]) -> None:
        """Let the calling cases hear a signal."""
        ...

    def escape(self, thrown: Thrown) -> bool:
        """Hand an error or escalation that nobody here catches to the calling case; whether anybody took it."""
        ...

    def open_task(self, token_id: str) -> Mapping[str, Any]:
        """What people have made of an open task: its name, assignee, description and priority."""
        ...

    def stored_value(self, store: str) -> Any:
        """The value of a data store."""
        ...

    def store_value(self, store: str, value: Any) -> None:
        """Change the value of a data store."""
        ...
