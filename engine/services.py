# SPDX-License-Identifier: EUPL-1.2
"""What every command is handed beside its session."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from engine.cache import Cache
from engine.clock import Clock
from engine.deployed import Definition
from engine.dmn import Decision
from engine.operations import Ambient, Connector
from engine.spiff.host import Limits
from engine.spiff.workflow import CaseWorkflow


def _nobody() -> None:
    """Nobody listens for new jobs."""


def _nobody_measures(kind: str, topic: str, outcome: str, seconds: float) -> None:
    """Nobody wants to know how long work takes."""


@dataclass(frozen=True)
class Services(Ambient):
    """Clock, neighbours and caches of one running installation."""

    clock: Clock
    connectors: Mapping[type[Connector], Connector] = field(default_factory=dict)
    #: Called after a commit that left work to do at once; the embedded worker listens.
    wake: Callable[[], None] = _nobody
    #: Told of each job and operation: its kind, its topic, what came of it, how many seconds it took.
    measure: Callable[[str, str, str, float], None] = _nobody_measures
    #: What a case may cost before it is stopped.
    limits: Limits = field(default_factory=Limits)
    #: Parsed definitions by id; they never change.
    definitions: Cache[int, Definition] = field(default_factory=lambda: Cache(200))
    #: Decisions by deployment, ready to be asked; and what the files of a deployment say of theirs.
    decisions: Cache[int, dict[str, Decision]] = field(default_factory=lambda: Cache(100))
    drawn_decisions: Cache[int, Any] = field(default_factory=lambda: Cache(5000))
    #: Cases as they stand after the commit with that revision. Taken out while somebody moves them.
    live_cases: Cache[tuple[str, int], CaseWorkflow] = field(default_factory=lambda: Cache(500))

    def provide(self, kind: Any, session: Session | None = None) -> Any:
        """The clock, the session or the connector that an operation asks for by type."""
        if kind is Clock:
            return self.clock
        if kind is Services:
            return self
        if kind is Session:
            return session
        for offered, connector in self.connectors.items():
            if issubclass(offered, kind) or isinstance(connector, kind):
                return connector
        raise LookupError(f"No connector of kind {kind.__name__} is wired up.")
