# SPDX-License-Identifier: EUPL-1.2
"""A story whose jobs are done by workers of a queue."""

from __future__ import annotations

from dataclasses import dataclass, field
from queue import Queue

from engine.db import Database
from engine.dispatch import Dispatcher
from engine.services import Services
from tests.engine.story import Story

#: In seconds; the broker is on this machine.
_PATIENCE = 30


@dataclass(frozen=True)
class Town:
    """As much of a town as a worker needs."""

    db: Database
    services: Services


@dataclass
class QueueStory(Story):
    """As `Story`, but the queue is told what is due, and a worker hears of it there."""

    dispatcher: Dispatcher = field(kw_only=True)
    #: Hears of each call that a worker has answered.
    done: Queue[str] = field(kw_only=True)

    def works(self) -> QueueStory:
        """Tell the queue until nothing is left to tell."""
        while calls := self.dispatcher.tell_what_is_due():
            for _ in range(calls):
                self.done.get(timeout=_PATIENCE)
        return self
