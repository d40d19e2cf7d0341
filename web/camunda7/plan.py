# SPDX-License-Identifier: EUPL-1.2
"""Which instances of a dump can go on here, and what stands against the others. Writes nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from engine.adoption import Adoptee, adopted, adoption_findings
from engine.definitions import find_definition, is_suspended
from engine.deployed import Definition
from engine.errors import DefinitionNotFound
from engine.queries.people import people
from engine.services import Services
from web.camunda7.dump import Dump, Json
from web.camunda7.objections import Objection
from web.camunda7.reading import Reading
from web.camunda7.values import moment


@dataclass
class Candidate:
    """One instance of the dump."""

    instance_id: str
    key: str
    business_key: str
    #: The instance that has called it; it comes with that one.
    caller: str | None = None
    adoptee: Adoptee | None = None
    objections: list[Objection] = field(default_factory=list)
    #: It has come in an earlier run.
    is_here: bool = False

    @property
    def began_at(self) -> datetime | None:
        """When it began there, as far as the dump knows."""
        return self.adoptee.began_at if self.adoptee is not None else None

    @property
    def can_come(self) -> bool:
        """Whether nothing stands against it."""
        return self.adoptee is not None and not self.objections and not self.is_here


@dataclass
class TakeoverPlan:
    """All instances of a dump, in its order."""

    candidates: dict[str, Candidate]
    #: What operators should know, though it stands against nothing.
    hints: list[str]

    @property
    def to_come(self) -> list[Candidate]:
        """The instances to be taken over, the oldest first, without those that come with the one that called them."""
        found = [each for each in self.candidates.values() if each.can_come and each.caller is None]
        return sorted(found, key=lambda each: each.began_at or datetime.max.replace(tzinfo=UTC))

    @property
    def refused(self) -> list[Candidate]:
        """Those against which something stands."""
        return [each for each in self.candidates.values() if each.objections]


def plan_takeover(session: Session, services: Services, dump: Dump) -> TakeoverPlan:
    """Read every instance, and compare it with the models that are deployed here."""
    return _Planning(session, services, dump).plan()


class _Planning:
    def __init__(self, session: Session, services: Services, dump: Dump) -> None:
        self._session, self._services, self._dump = session, services, dump
        self._known = adopted(session, dump.instances)
        self._definitions: dict[str, Definition | None] = {}
        self._hints: dict[str, None] = {}
        self._found: dict[str, Candidate] = {}

    def plan(self) -> TakeoverPlan:
        for instance_id in self._dump.instances:
            self._candidate(instance_id)
        for candidate in self._found.values():
            self._look_upwards(candidate)
        for hint in (*self._about_people(), *self._about_locks(), *self._about_cycles()):
            self._hints[hint] = None
        ordered = {instance_id: self._found[instance_id] for instance_id in self._dump.instances}
        return TakeoverPlan(ordered, list(self._hints))

    def _candidate(self, instance_id: str) -> Candidate:
        """Read once, also where it is found below the instance that has called it."""
        if instance_id in self._found:
            return self._found[instance_id]
        instance = self._dump.instances[instance_id]
        drawn = self._dump.definitions.get(str(instance.get("definitionId")), {})
        key = str(drawn.get("key") or instance.get("definitionKey") or instance.get("definitionId") or "?")
        candidate = Candidate(instance_id, key, str(instance.get("businessKey") or ""))
        candidate.caller = self._dump.callers.get(instance_id)
        candidate.is_here = instance_id in self._known
        self._found[instance_id] = candidate
        if candidate.is_here:
            return candidate
        definition = self._definition(key, drawn.get("versionTag"))
        if definition is None:
            candidate.objections.append(Objection("no_definition", about=key))
            return candidate
        if is_suspended(self._session, definition.id):
            candidate.objections.append(Objection("suspended_definition", about=key))
        reading = Reading(self._dump, instance_id, definition, self._called)
        candidate.adoptee = reading.adoptee()
        candidate.objections += reading.objections
        if candidate.adoptee is not None and not _is_broken(reading):
            findings = adoption_findings(candidate.adoptee)
            told = {(each.problem, each.element_id) for each in candidate.objections}
            told |= {("called", each.element_id) for each in candidate.objections if "called" in each.problem}
            candidate.objections += [
                Objection(each.problem, each.element_id)
                for each in findings
                if (each.problem, each.element_id) not in told
            ]
        return candidate

    def _called(self, instance_id: str) -> Adoptee | None:
        candidate = self._candidate(instance_id)
        return candidate.adoptee if candidate.can_come else None

    def _look_upwards(self, candidate: Candidate) -> None:
        """A called instance comes only with the one that called it."""
        if candidate.caller is None or candidate.is_here:
            return
        caller = self._found.get(candidate.caller)
        if caller is None:
            candidate.objections.append(Objection("caller_missing", about=candidate.caller))
        elif not self._comes(caller) and not candidate.objections:
            candidate.objections.append(Objection("caller_refused", about=candidate.caller))

    def _comes(self, candidate: Candidate) -> bool:
        seen: set[str] = set()
        while candidate.instance_id not in seen:
            seen.add(candidate.instance_id)
            if not candidate.can_come:
                return False
            if candidate.caller is None:
                return True
            above = self._found.get(candidate.caller)
            if above is None:
                return False
            candidate = above
        return False

    def _definition(self, key: str, tag: str | None) -> Definition | None:
        if tag:
            try:
                return find_definition(self._session, self._services, key, version_tag=tag)
            except DefinitionNotFound:
                self._hints[
                    f"{key}: Eine Fassung „{tag}“ (version tag) ist hier nicht veröffentlicht; es gilt die neueste."
                ] = None
        if key not in self._definitions:
            try:
                self._definitions[key] = find_definition(self._session, self._services, key)
            except DefinitionNotFound:
                self._definitions[key] = None
        return self._definitions[key]

    # -- hints --------------------------------------------------------------------------------------------------

    def _about_people(self) -> Iterator[str]:
        here = {person.name for person in people(self._session)}
        named = {task.get(role) for task in self._coming("tasks") for role in ("assignee", "owner")}
        for name in _sorted(named - here):
            yield f"Aufgaben gehören {name}, und ein solches Konto gibt es hier nicht. Anlegen mit: amt user add {name}"

    def _about_locks(self) -> Iterator[str]:
        now = self._services.clock.now()
        for work in self._coming("externalTasks"):
            if work.get("workerId") and _is_later(work.get("lockExpirationTime"), now):
                yield (
                    f"An „{work.get('topicName')}“ arbeitet {work['workerId']} in Camunda 7 gerade noch. "
                    "Erst das Programm anhalten, sonst geschieht die Arbeit zweimal."
                )

    def _about_cycles(self) -> Iterator[str]:
        for job in self._coming("jobs"):
            for kind in self._dump.job_definitions.get(str(job.get("jobDefinitionId")), ()):
                rule = str(kind.get("jobConfiguration") or "").removeprefix("CYCLE: ")
                if rule[:1] == "R" and rule[1:2].isdigit():
                    yield f"{kind.get('activityId')}: Die Wiederholungen ({rule}) werden von vorn gezählt."

    def _coming(self, noun: str) -> Iterator[Json]:
        """Tasks, jobs or external tasks of the instances that can come."""
        for candidate in self._found.values():
            if candidate.can_come:
                yield from self._dump.of(noun, candidate.instance_id)


def _is_broken(reading: Reading) -> bool:
    return any(each.problem == "broken" for each in reading.objections)


def _is_later(written: object, now: datetime) -> bool:
    try:
        until = moment(written)
    except ValueError:
        return False
    return until is not None and until > now


def _sorted(names: Iterable[object]) -> list[str]:
    return sorted(str(name) for name in names if name)
