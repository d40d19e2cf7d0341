# SPDX-License-Identifier: EUPL-1.2
"""Plans of how cases go over from one version of a process model to another: which element becomes which."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from engine.bpmn.model import Node
from engine.deployed import Definition
from engine.errors import AmtsflussError

#: Events that can be set anew: their time, name, key or condition as the new model has it.
TRIGGERS = frozenset({"timer", "message", "signal", "conditional"})


@dataclass(frozen=True)
class Mapping:
    """What becomes of one element."""

    source_element: str
    target_element: str
    #: Wait anew, as the new model says (a timer counts from now), in the place of keeping the time, name or key.
    update_trigger: bool = False


@dataclass(frozen=True)
class MigrationFinding:
    """One reason why a plan, or a case by a plan, cannot be carried out."""

    #: What kind of reason it is, for words in other languages.
    problem: str
    source_element: str
    target_element: str
    #: The reason in an English sentence.
    reason: str
    #: The token that it is about; empty for the plan as such.
    token_id: str = ""

    def __str__(self) -> str:
        return f"{self.source_element}: {self.reason}"


class MigrationRefused(AmtsflussError):
    """The case cannot go over to the other version like that."""

    def __init__(self, findings: Sequence[MigrationFinding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)


@dataclass(frozen=True)
class MigrationPlan:
    """From which version to which, and what becomes of each element at which a token can stand."""

    source: Definition
    target: Definition
    mappings: tuple[Mapping, ...] = ()
    #: Elements for which the generated plan knew no counterpart.
    unmapped: tuple[str, ...] = field(default=())

    @cached_property
    def targets(self) -> dict[str, str]:
        """The element of the target by that of the source."""
        return {mapping.source_element: mapping.target_element for mapping in self.mappings}

    @cached_property
    def updated(self) -> frozenset[str]:
        """Elements of the source that wait anew."""
        return frozenset(mapping.source_element for mapping in self.mappings if mapping.update_trigger)

    def with_mapping(self, mapping: Mapping) -> "MigrationPlan":
        """The same, but for what becomes of one element."""
        others = [other for other in self.mappings if other.source_element != mapping.source_element]
        unmapped = tuple(element for element in self.unmapped if element != mapping.source_element)
        return replace(self, mappings=(*others, mapping), unmapped=unmapped)

    def without(self, source_element: str) -> "MigrationPlan":
        """The same, but for one element nothing is planned."""
        others = tuple(other for other in self.mappings if other.source_element != source_element)
        return replace(self, mappings=others, unmapped=(*self.unmapped, source_element))


def plan_migration(source: Definition, target: Definition) -> MigrationPlan:
    """The plan that suggests itself: elements of the same id and kind that lie in the same scopes."""
    plan = MigrationPlan(source, target)
    unmapped = []
    for node in _outer_first(source):
        suggested = Mapping(node.id, node.id)
        if node.id in target.process.nodes and not any(_unlike(plan, suggested)):
            plan = replace(plan, mappings=(*plan.mappings, suggested))
        else:
            unmapped.append(node.id)
    return replace(plan, unmapped=tuple(unmapped))


def _outer_first(definition: Definition) -> list[Node]:
    """Nodes after those around them and those that they are attached to, otherwise as they stand in the file."""
    process = definition.process
    return sorted(
        process.nodes.values(), key=lambda node: (len(list(process.path(node.id))), node.attached_to is not None)
    )


def validate_plan(plan: MigrationPlan) -> list[MigrationFinding]:
    """Whatever is wrong with a plan, whichever case it is for."""
    findings: list[MigrationFinding] = []
    seen: set[str] = set()
    for mapping in plan.mappings:
        if mapping.source_element in seen:
            findings.append(_finding("twice", mapping, "The plan says more than once what becomes of it."))
        seen.add(mapping.source_element)
        findings += _unlike(plan, mapping)
    return findings + list(_armed_twice(plan))


def _unlike(plan: MigrationPlan, mapping: Mapping) -> Iterator[MigrationFinding]:
    """Why a token cannot go from the one element to the other."""
    source = plan.source.process.nodes.get(mapping.source_element)
    target = plan.target.process.nodes.get(mapping.target_element)
    if source is None:
        yield _finding("no_source", mapping, "There is no such element in the version that the case comes from.")
        return
    if target is None:
        yield _finding("no_target", mapping, f"There is no element {mapping.target_element} in the new version.")
        return
    yield from _another_kind(mapping, source, target)
    around = plan.targets.get(source.parent) if source.parent else ""
    if around != target.parent:
        where = target.parent or "the process itself"
        yield _finding("scope", mapping, f"{target.id} lies in {where}, and that is not what is around it now.")
    if plan.targets.get(source.attached_to or "") != target.attached_to:
        host = target.attached_to or "nothing"
        yield _finding("host", mapping, f"{target.id} is attached to {host}, not to what becomes of its activity.")
    yield from _other_events(plan, mapping, source, target)


def _another_kind(mapping: Mapping, source: Node, target: Node) -> Iterator[MigrationFinding]:
    if source.type != target.type or source.is_event_subprocess != target.is_event_subprocess:
        yield _finding("type", mapping, f"It is a {_kind(source)}, and {target.id} is a {_kind(target)}.")
    if source.for_compensation != target.for_compensation:
        yield _finding("compensation", mapping, f"Of it and {target.id} only one undoes another activity.")
    loops = [node.loop.kind if node.loop else "not repeated" for node in (source, target)]
    if loops[0] != loops[1]:
        yield _finding("loop", mapping, f"It is {loops[0]}, and {target.id} is {loops[1]}.")


def _other_events(plan: MigrationPlan, mapping: Mapping, source: Node, target: Node) -> Iterator[MigrationFinding]:
    kinds, new_kinds = _events(plan.source, source), _events(plan.target, target)
    if kinds != new_kinds or source.all_events != target.all_events:
        shown = [", ".join(each) or "none" for each in (kinds, new_kinds)]
        yield _finding("event", mapping, f"It waits for other events ({shown[0]}) than {target.id} ({shown[1]}).")
    elif mapping.update_trigger and not TRIGGERS & set(new_kinds):
        yield _finding("trigger", mapping, f"{target.id} waits for nothing that could be set anew.")


def _events(definition: Definition, node: Node) -> tuple[str, ...]:
    # Of send and receive tasks only the executable form says that they have an event.
    return tuple(event.kind for event in definition.spec.task_specs[node.id].node.events)


def _armed_twice(plan: MigrationPlan) -> Iterator[MigrationFinding]:
    """Events that watch must not be doubled."""
    first: dict[str, str] = {}
    for mapping in plan.mappings:
        node = plan.source.process.nodes.get(mapping.source_element)
        if node is None or node.type not in ("boundaryEvent", "startEvent"):
            continue
        other = first.setdefault(mapping.target_element, mapping.source_element)
        if other != mapping.source_element:
            yield _finding("armed_twice", mapping, f"{other} becomes {mapping.target_element} already.")


def _finding(problem: str, mapping: Mapping, reason: str) -> MigrationFinding:
    return MigrationFinding(problem, mapping.source_element, mapping.target_element, reason)


def _kind(node: Node) -> str:
    return "event subprocess" if node.is_event_subprocess else node.type
