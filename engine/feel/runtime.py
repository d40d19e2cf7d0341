# SPDX-License-Identifier: EUPL-1.2
"""One evaluation: its clock, its warnings and what it may still spend."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from engine.feel.errors import Failure, FeelLimitExceeded
from engine.feel.limits import MAX_STEPS
from engine.feel.values import Function, Value

_MAX_WARNINGS = 50


class Clock(Protocol):
    """The part of a clock that expressions need."""

    @property
    def zone(self) -> ZoneInfo:
        """The town's time zone."""
        ...

    def now(self) -> datetime:
        """The present moment, with a zone."""
        ...

    def today(self) -> date:
        """The date in the town."""
        ...


class Runtime:
    """What built-ins may ask of the evaluation that calls them."""

    def __init__(self, clock: Clock | None, call: Callable[[Function, list[Value]], Value]) -> None:
        self._clock = clock
        self._steps = MAX_STEPS
        self.call = call
        self.warnings: list[str] = []

    def spend(self, steps: int) -> None:
        """Counts work; raises FeelLimitExceeded when the evaluation has had its share."""
        self._steps -= steps
        if self._steps < 0:
            raise FeelLimitExceeded(f"the evaluation took more than {MAX_STEPS} steps")

    def warn(self, text: str) -> None:
        """Notes why a part of the expression became null."""
        if len(self.warnings) < _MAX_WARNINGS and text not in self.warnings:
            self.warnings.append(text)

    @property
    def clock(self) -> Clock:
        """The clock; raises Failure when the evaluation was given none."""
        if self._clock is None:
            raise Failure("this expression is evaluated without a clock")
        return self._clock
