# SPDX-License-Identifier: EUPL-1.2
"""Decisions that change with the law: which version of a decision counts on a reference date.

Versions are decisions of one name in one file, each with its validity in extension properties: `valid_from` and
`valid_to` (the last day that counts), `version` and `source` for the explanation. Whoever asks one of them, or requires
one, gets the one that is valid on the reference date. That is the date asked for, else the variable that the property
`reference_date` names, else today. So an old notice is computed again as it was by asking with its date.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeGuard
from zoneinfo import ZoneInfo

from engine.dmn.errors import DmnError
from engine.dmn.german import german
from engine.dmn.graph import DecisionService, Graph, InputData, Key, Knowledge, Node, Requirement
from engine.dmn.types import converted
from engine.dmn.xml import Element, local_name
from engine.feel import Clock
from engine.feel.errors import Failure

if TYPE_CHECKING:
    from engine.dmn.decision import Decision

_PROPERTIES = ("valid_from", "valid_to", "version", "source", "reference_date")
_DATES_CURE = "Write a date such as 2026-01-31."


class NoVersionValid(DmnError):
    """No version of the decision counts on the reference date."""

    def __init__(self, decision: str, day: date) -> None:
        super().__init__(f"No version of the decision {decision} is valid on {day.isoformat()}.")
        self.decision = decision
        self.day = day


class ReferenceDateMissing(DmnError):
    """Nobody says for which date the decision is asked."""

    def __init__(self, decision: str, variable: str) -> None:
        super().__init__(f"The decision {decision} needs a date in {variable} to choose its version.")
        self.decision = decision
        self.variable = variable


@dataclass(frozen=True, slots=True)
class Dating:
    """The validity of one version; `day` is the reference date for which it was chosen."""

    valid_from: date | None = None
    valid_to: date | None = None
    version: str = ""
    source: str = ""
    reference: str = ""
    day: date | None = None

    @property
    def is_version(self) -> bool:
        """Whether the decision is one of several versions."""
        return self.valid_from is not None or self.valid_to is not None

    def covers(self, day: date) -> bool:
        """Whether the version counts on that day; both ends do."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def german(self) -> str:
        """`Fassung 2024, gültig vom 01.01.2024 bis 31.12.2025, Stichtag 01.06.2025 (Quelle: …)`."""
        start = f"vom {german(self.valid_from)} " if self.valid_from and self.valid_to else ""
        start = start or (f"ab {german(self.valid_from)}" if self.valid_from else "")
        parts = [f"Fassung {self.version}" if self.version else "Fassung"]
        parts.append(f"gültig {start}{f'bis {german(self.valid_to)}' if self.valid_to else ''}")
        parts += [f"Stichtag {german(self.day)}"] if self.day else []
        return ", ".join(parts) + (f" (Quelle: {self.source})" if self.source else "")

    def as_dict(self) -> dict[str, str]:
        """As JSON; what is open or not said is left out."""
        dates = {"valid_from": self.valid_from, "valid_to": self.valid_to, "reference_date": self.day}
        told = {name: day.isoformat() for name, day in dates.items() if day is not None}
        return {key: value for key, value in {"version": self.version, "source": self.source, **told}.items() if value}


UNDATED = Dating()


def read_dating(element: Element, refuse: Callable[[Element, str, str], None]) -> Dating:
    """The extension properties of a decision; what cannot be read is refused."""
    given = {
        item.get("name") or "": (item.get("value") or "").strip()
        for extensions in element
        if local_name(extensions) == "extensionElements"
        for item in extensions.iter()
        if local_name(item) == "property"
    }
    for name in given.keys() - set(_PROPERTIES):
        refuse(element, f"The property {name} is not known.", f"Use one of {', '.join(_PROPERTIES)}.")
    dates: dict[str, date | None] = {}
    for name in ("valid_from", "valid_to"):
        try:
            dates[name] = date.fromisoformat(given[name]) if given.get(name) else None
        except ValueError:
            refuse(element, f"{given[name]} at {name} is not a date.", _DATES_CURE)
    start, end = dates.get("valid_from"), dates.get("valid_to")
    if start and end and end < start:
        refuse(element, "The validity ends before it begins.", "Correct valid_from or valid_to.")
    reference = given.get("reference_date", "")
    if reference and not reference.isidentifier():
        refuse(element, f"{reference} at reference_date is not a variable.", "Write the name of a variable.")
    return Dating(start, end, given.get("version", ""), given.get("source", ""), reference)


def versions_of(decision: "Decision", graph: Graph) -> list["Decision"]:
    """All versions of a decision that is one, itself included, the oldest first; none for others."""
    if not decision.dating.is_version:
        return []
    same = [node for node in _decisions(graph) if node.key[0] == decision.key[0] and node.name == decision.name]
    return sorted(
        (node for node in same if node.dating.is_version), key=lambda node: node.dating.valid_from or date.min
    )


def _decisions(graph: Graph) -> Iterator["Decision"]:
    return (node for node in graph.nodes.values() if _is_decision(node))


def _is_decision(node: Node) -> TypeGuard["Decision"]:
    return not isinstance(node, InputData | Knowledge | DecisionService)


def at_date(
    decision: "Decision", scope: Mapping[str, object], clock: Clock | None, day: date | None
) -> tuple["Decision", Mapping[str, object], Clock | None]:
    """The decision with all it requires in the versions of the reference date, and what it is then asked with.

    Raises NoVersionValid, ReferenceDateMissing.
    """
    if day is None and not any(node.dating.is_version for node in _decisions(decision.graph)):
        return decision, scope, clock
    choice = _Choice(decision.graph, scope, clock, day)
    chosen = choice.resolve(decision)
    if day is None:
        return chosen, scope, clock
    return chosen, {**scope, **dict.fromkeys(choice.references, day)}, None if clock is None else ClockOfDay(clock, day)


class _Choice:
    """Builds the graph as it counts on the reference date."""

    def __init__(self, graph: Graph, scope: Mapping[str, object], clock: Clock | None, day: date | None) -> None:
        self._old = graph
        self._new = Graph(dict(graph.nodes))
        self._scope = scope
        self._clock = clock
        self._day = day
        self._done: dict[Key, Decision] = {}
        self._walked: set[Key] = set()
        self.references: set[str] = set()

    def resolve(self, decision: "Decision") -> "Decision":
        if decision.key not in self._done:
            chosen = self._chosen(decision)
            if chosen.dating.reference:
                self.references.add(chosen.dating.reference)
            requirements = tuple(dict.fromkeys(self._followed(one) for one in chosen.requirements))
            self._done[decision.key] = replace(chosen, requirements=requirements, graph=self._new)
            self._new.nodes[decision.key] = self._done[decision.key]
            self._new.nodes[chosen.key] = self._done[decision.key]
        return self._done[decision.key]

    def _followed(self, requirement: Requirement) -> Requirement:
        node = self._old.nodes[requirement.key]
        if _is_decision(node):
            return replace(requirement, key=self.resolve(node).key)
        if requirement.key not in self._walked:
            self._walked.add(requirement.key)
            for inner in (*getattr(node, "requirements", ()), *getattr(node, "outputs", ())):
                self._followed(inner)
        return requirement

    def _chosen(self, decision: "Decision") -> "Decision":
        versions = versions_of(decision, self._old)
        if not versions:
            return decision
        day = self._reference(decision, versions)
        valid = [version for version in versions if version.dating.covers(day)]
        if not valid:
            raise NoVersionValid(decision.name, day)
        return replace(valid[-1], dating=replace(valid[-1].dating, day=day))

    def _reference(self, decision: "Decision", versions: list["Decision"]) -> date:
        if self._day is not None:
            return self._day
        variable = next((one.dating.reference for one in versions if one.dating.reference), "")
        if variable:
            try:
                day = converted(self._scope.get(variable), "date")
            except Failure:
                day = None
            if not isinstance(day, date):
                raise ReferenceDateMissing(decision.name, variable)
            return day
        if self._clock is None:
            raise ReferenceDateMissing(decision.name, "reference_date")
        return self._clock.today()


class ClockOfDay:
    """Shows the time of another clock on the reference date, for `today()` and `now()`."""

    def __init__(self, clock: Clock, day: date) -> None:
        self._clock = clock
        self._day = day

    @property
    def zone(self) -> ZoneInfo:
        """The town's time zone."""
        return self._clock.zone

    def now(self) -> datetime:
        """The present time of day, on the reference date."""
        return datetime.combine(self._day, self._clock.now().astimezone(self.zone).timetz())

    def today(self) -> date:
        """The reference date."""
        return self._day
