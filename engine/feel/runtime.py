# SPDX-License-Identifier: EUPL-1.2
"""One evaluation: its clock, its warnings and what it may still spend."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from time import monotonic
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from engine.feel.errors import Failure, FeelLimitExceeded, UnknownName
from engine.feel.limits import MAX_CALL_DEPTH, MAX_SECONDS, MAX_STEPS
from engine.feel.tokens import position
from engine.feel.types import FindType
from engine.feel.values import UNCHANGED, Function, Value, from_python

#: What is asked of the runtime itself may be missing where no step runs.
ALWAYS_KNOWN = frozenset(["execution"])
_MAX_WARNINGS = 50
# How many steps go by between two looks at the watch.
_STEPS_PER_LOOK = 5_000
# Every so many entries or characters of a value cost one step.
_FREE_SIZE = 20


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


class Watch(Protocol):
    """Learns the value of every part of an expression while it is evaluated."""

    def begin(self, node: Any) -> None:
        """A part is about to be evaluated."""
        ...

    def end(self, value: Value) -> None:
        """The part that began last has this value."""
        ...


# The text of an expression, and where in it something went wrong.
Place = tuple[str, int]
Apply = Callable[["Runtime", Function, list[Value]], Value]


class Runtime:
    """What the parts of an expression and the built-ins may ask of the evaluation that runs them."""

    # Most evaluations never count, call or convert; what they do not need costs them nothing.
    watch: Watch | None = None
    #: The expression of Camunda 7 that this was, in which a name that nobody knows is a mistake.
    juel: str | None = None
    _steps = _looked = MAX_STEPS
    _since = 0.0
    _depth = 0
    _natives: dict[int, tuple[object, Value]] | None = None

    def __init__(self, clock: Clock | None, apply: Apply, find_type: FindType | None = None) -> None:
        self._clock = clock
        self._apply = apply
        self.find_type = find_type
        self.warnings: list[str] = []

    def spend(self, steps: int) -> None:
        """Counts work; raises FeelLimitExceeded when the evaluation has had its share of steps or of time."""
        self._steps -= steps
        if self._steps < 0:
            raise FeelLimitExceeded(f"the evaluation took more than {MAX_STEPS} steps")
        if self._looked - self._steps > _STEPS_PER_LOOK:
            self._looked = self._steps
            self._since = self._since or monotonic()
            if monotonic() - self._since > MAX_SECONDS:
                raise FeelLimitExceeded(f"the evaluation took more than {MAX_SECONDS} seconds")

    def spend_on_size(self, value: Value) -> None:
        """Going through a long value costs; a function in a loop must not do it for free."""
        if isinstance(value, list | dict | str) and len(value) > _FREE_SIZE:
            self.spend(len(value) // _FREE_SIZE)

    def spend_on_all(self, value: Value) -> None:
        """Counts a whole value: a list that holds another twice, sixty times over, is small to build and endless."""
        if isinstance(value, list):
            self.spend(len(value) + 1)
            for item in value:
                self.spend_on_all(item)
        elif isinstance(value, dict):
            self.spend(len(value) + 1)
            for item in value.values():
                self.spend_on_all(item)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """One call of a function inside another; raises FeelLimitExceeded when they are nested too deep."""
        if self._depth >= MAX_CALL_DEPTH:
            raise FeelLimitExceeded(f"functions call each other deeper than {MAX_CALL_DEPTH} levels")
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    def look_for(self, name: str) -> None:
        """Nothing has this name; raises UnknownName where that is a mistake."""
        if self.juel is not None and name not in ALWAYS_KNOWN:
            raise UnknownName(name, self.juel)

    def warn(self, place: Place, reason: object) -> None:
        """Notes why, and where, a part of the expression became null."""
        if len(self.warnings) < _MAX_WARNINGS:
            line, column = position(*place)
            text = f"line {line}, column {column}: {reason}"
            if text not in self.warnings:
                self.warnings.append(text)

    def call(self, function: Function, arguments: list[Value]) -> Value:
        """Calls any FEEL function by position; raises Failure."""
        return self._apply(self, function, arguments)

    def native(self, value: object) -> Value:
        """The FEEL value of one from outside; a container is converted once per evaluation. Raises Failure."""
        kind = type(value)
        if kind in UNCHANGED or kind is Decimal or kind is int:
            return from_python(value)
        if kind is not dict and kind is not list and not isinstance(value, Mapping | list | tuple | set | frozenset):
            return from_python(value)
        if self._natives is None:
            self._natives = {}
        # The value is kept beside its conversion, so that its id stays its own.
        if id(value) not in self._natives:
            self._natives[id(value)] = (value, from_python(value))
        return self._natives[id(value)][1]

    @property
    def clock(self) -> Clock:
        """The clock; raises Failure when the evaluation was given none."""
        if self._clock is None:
            raise Failure("this expression is evaluated without a clock")
        return self._clock
