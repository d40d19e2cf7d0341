# SPDX-License-Identifier: EUPL-1.2
"""What every command is handed beside its session."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.operations import Connector

if TYPE_CHECKING:
    from engine.definitions import DefinitionCache
    from engine.spiff.live import LiveCases


def _definition_cache() -> "DefinitionCache":
    from engine.definitions import DefinitionCache

    return DefinitionCache()


def _live_cases() -> "LiveCases":
    from engine.spiff.live import LiveCases

    return LiveCases()


def _nobody() -> None:
    """Nobody listens for new jobs."""


@dataclass(frozen=True)
class Services:
    """Clock, neighbours and caches of one running installation."""

    clock: Clock
    connectors: Mapping[type, Connector] = field(default_factory=dict)
    #: Called after a commit that left work to do at once; the embedded worker listens.
    wake: Callable[[], None] = _nobody
    definitions: "DefinitionCache" = field(default_factory=_definition_cache)
    live_cases: "LiveCases" = field(default_factory=_live_cases)

    def provide(self, kind: Any, session: Session | None = None) -> Any:
        """The clock, the session or the connector that an operation asks for by type."""
        from engine.clock import Clock as ClockType

        if kind is ClockType:
            return self.clock
        if kind is Session:
            return session
        for offered, connector in self.connectors.items():
            if issubclass(offered, kind):
                return connector
        raise LookupError(f"No connector of kind {kind.__name__} is wired up.")
