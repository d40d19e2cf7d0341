# SPDX-License-Identifier: EUPL-1.2
"""Cases that began in another engine go on here: at the same elements, with the same variables, tasks and due dates.

Each is remembered by what it was called there, so that it comes only once.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.attempts import set_attempts
from engine.bpmn.model import Node
from engine.cases import CaseInfo, begin_case
from engine.db import after_commit
from engine.definitions import is_suspended
from engine.deployed import Definition
from engine.documents import NewDocument, add_document
from engine.errors import AmtsflussError, CallsTooDeep, CaseSuspended
from engine.external import set_retries
from engine.identity import Actor
from engine.models import CaseOriginRow, JobRow, TaskRow
from engine.movement import Movement, beginning, new_case
from engine.operations import find_operation, has_operation
from engine.services import Services
from engine.spiff.activities import ReceiveSpec, ServiceSpec, UserTaskSpec
from engine.spiff.adoption import Adoption, AdoptionRefused, HeldJob, HeldTask, Standing
from engine.spiff.catching import CatchSpec
from engine.spiff.gateways import EventGatewaySpec, JoinSpec
from engine.spiff.host import CALL_DEPTH
from engine.spiff.loops import MultiInstanceSpec
from engine.spiff.subprocesses import AdHocSpec, CallSpec, ScopeSpec
from engine.spiff.throwing import ThrowSpec
from engine.spiff.tokens import Token
from engine.suspension import suspend_case

_LISTENED = frozenset({"start"})
_MANY = 500


class AdoptedAlready(AmtsflussError):
    """The case has come here before."""


@dataclass(frozen=True)
class Adoptee:
    """A case as it stood elsewhere, in terms of the model that it will run on here."""

    #: What it was called there, and where that was.
    origin_id: str
    origin: str
    definition: Definition
    variables: Mapping[str, Any]
    standing: tuple[Standing, ...]
    #: Of event subprocesses of the case itself.
    timers: tuple[HeldJob, ...] = ()
    business_key: str | None = None
    began_at: datetime | None = None
    suspended: bool = False

    def family(self) -> Iterator["Adoptee"]:
        """It, and the cases that it has called, directly or through others."""
        yield self
        for place in _all(self.standing):
            if place.called is not None:
                yield from place.called.family()


def adopted(session: Session, origin_ids: Iterable[str]) -> dict[str, str | None]:
    """Which of these have come here already, with their cases; None where that has been deleted since."""
    asked, found = list(origin_ids), dict[str, str | None]()
    for at in range(0, len(asked), _MANY):
        some = CaseOriginRow.origin_id.in_(asked[at : at + _MANY])
        rows = session.execute(select(CaseOriginRow.origin_id, CaseOriginRow.case_id).where(some))
        found |= {row.origin_id: row.case_id for row in rows}
    return found


def adoption_findings(adoptee: Adoptee) -> list[AdoptionRefused]:
    """Why a case cannot stand here where it stood elsewhere, as far as the model tells; nothing is written.

    Cases that it has called are asked for themselves.
    """
    return list(_findings(adoptee, adoptee.standing, "", None))


def adopt_case(session: Session, services: Services, adoptee: Adoptee, by: Actor) -> CaseInfo:
    """Let a case go on here, with those that it has called.

    Raises `AdoptedAlready`, `AdoptionRefused` or `StepFailed`; whoever opened the transaction then rolls it back.
    """
    known = adopted(session, [each.origin_id for each in adoptee.family()])
    if known:
        raise AdoptedAlready(f"{next(iter(known))} has come here already.")
    for each in adoptee.family():
        for finding in adoption_findings(each):
            raise finding
    adoptions: list[Adoption] = []
    info = begin_case(
        session,
        services,
        adoptee.definition,
        lambda case_id: {},
        by=by,
        business_key=adoptee.business_key,
        put=lambda movement: _settle(movement, adoptee, adoptions),
    )
    for adoption in adoptions:
        _tell_rows(session, services, adoption, by)
    return suspend_case(session, services, info.id, by) if adoptee.suspended else info


def _settle(movement: Movement, adoptee: Adoptee, adoptions: list[Adoption]) -> None:
    def keep(values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: _kept(movement, value) for name, value in values.items()}

    def call(token: Token, called: Adoptee) -> None:
        _go_on_called(movement, token, called, adoptions)

    workflow = movement.workflow
    workflow.write(keep(adoptee.variables))
    workflow.remember("case_started", business_key=movement.case.business_key)
    began = adoptee.began_at and adoptee.began_at.astimezone(movement.clock.zone).strftime("%d.%m.%Y")
    workflow.remember("case_adopted", origin=adoptee.origin, origin_id=adoptee.origin_id, began=began)
    adoption = Adoption(workflow, movement.definition.process, call, keep)
    adoptions.append(adoption)
    origin = CaseOriginRow(origin_id=adoptee.origin_id, case_id=movement.case.id, adopted_at=movement.clock.now())
    movement.session.add(origin)
    adoption.settle(adoptee.standing, adoptee.timers)


def _kept(movement: Movement, value: Any) -> Any:
    if isinstance(value, NewDocument):
        return add_document(movement.session, movement.clock, movement.case.id, value, movement.by.name).reference()
    return value


def _go_on_called(movement: Movement, token: Token, called: Adoptee, adoptions: list[Adoption]) -> None:
    """Let a called case go on below the one that waits for it."""
    if movement.case.depth >= CALL_DEPTH:
        raise CallsTooDeep
    if is_suspended(movement.session, called.definition.id):
        raise CaseSuspended
    root = movement.workflow.root
    number = root.marks.get("calls", 0) + 1
    root.mark(calls=number)
    case = new_case(movement.services, called.definition, f"{movement.case.reference}.{number}", movement.by)
    case.business_key, case.parent_id, case.parent_token = called.business_key, movement.case.id, token.key
    case.root_id, case.depth = movement.case.root_id, movement.case.depth + 1
    token.mark(called=case.id)
    movement.workflow.remember("case_called", token, case_id=case.id, process=called.definition.key)
    with beginning(movement.session, movement.services, called.definition, case, movement.by) as child:
        _settle(child, called, adoptions)


def _tell_rows(session: Session, services: Services, adoption: Adoption, by: Actor) -> None:
    """What only rows know of tasks and jobs: whose a delegated task is, since when it is open, what has failed."""
    for token_id, task in adoption.tasks.items():
        row = session.get_one(TaskRow, token_id, populate_existing=True)
        row.owner, row.delegation = task.owner, task.delegation
        row.created_at = task.created_at or row.created_at
    for token_id, held in adoption.jobs.items():
        job = session.get_one(JobRow, token_id, populate_existing=True)
        job.error = held.error
        if held.retries is None:
            continue
        if job.kind == "external":
            set_retries(session, services, token_id, held.retries, by)
        elif held.retries == 0:
            set_attempts(session, services, token_id, 0)
    session.flush()
    after_commit(session, services.wake)


# -- what the model says ------------------------------------------------------------------------------------------


def _all(standing: Iterable[Standing]) -> Iterator[Standing]:
    for place in standing:
        yield place
        yield from _all(place.inside)


def _findings(
    adoptee: Adoptee, standing: Iterable[Standing], scope: str, body: str | None
) -> Iterator[AdoptionRefused]:
    """`scope` is the subprocess around, `body` the repeated activity whose rounds these are."""
    for place in standing:
        node = adoptee.definition.process.nodes.get(place.element_id)
        if node is None:
            yield AdoptionRefused("no_element", place.element_id, "There is no such element in the model.")
            continue
        if node.parent != scope:
            yield AdoptionRefused("scope", node.id, f"It lies in {node.parent or 'the process itself'} here.")
        yield from _of_place(adoptee, place, node, body)
        if place.whole:
            yield from _findings(adoptee, place.inside, scope, node.id)
        else:
            yield from _findings(adoptee, place.inside, node.id, None)


def _of_place(adoptee: Adoptee, place: Standing, node: Node, body: str | None) -> Iterator[AdoptionRefused]:
    is_repeated = node.loop is not None and node.loop.kind != "standard"
    if body is not None and body != node.id or (place.whole or body is not None) and not is_repeated:
        yield AdoptionRefused("repeated", node.id, "Here it is not repeated for each of several.")
    elif node.loop is not None and not place.whole and body is None:
        yield AdoptionRefused("repeated", node.id, "Here it is repeated, and there it was not.")
    elif place.phase or place.whole:
        return
    elif node.type == "callActivity" and place.called is None:
        yield AdoptionRefused("called", node.id, "Which case it has called is not known.")
    elif _topic(node) and has_operation(_topic(node)) and not find_operation(_topic(node)).is_job:
        if node.type == "intermediateThrowEvent" or any(each.event in _LISTENED for each in node.listeners):
            yield AdoptionRefused("operation", node.id, "Its operation would begin with listeners that have run.")
    elif not _waits(adoptee.definition.spec.task_specs[node.id], node):
        yield AdoptionRefused("kind", node.id, f"At a {node.type} like this nothing is waited for.")


def _topic(node: Node) -> str:
    return node.topic or next((event.topic for event in node.events if event.topic), None) or ""


def _waits(spec: Any, node: Node) -> bool:
    """Whether tokens can stand at an element for longer than a step."""
    match spec:
        case MultiInstanceSpec():
            return True
        case AdHocSpec():
            return False  # which of its activities are done already nobody tells
        case ThrowSpec():
            return node.type != "endEvent" and bool(_topic(node))
        case ServiceSpec():
            return node.expression is None and bool(node.topic)
        case EventGatewaySpec():
            return not node.all_events
        case CatchSpec():
            is_on_the_way = node.type in ("intermediateCatchEvent", "receiveTask")
            return is_on_the_way and (isinstance(spec, ReceiveSpec) or node.event not in ("none", "link"))
    return isinstance(spec, UserTaskSpec | JoinSpec | CallSpec | ScopeSpec)


__all__ = [
    "AdoptedAlready",
    "Adoptee",
    "AdoptionRefused",
    "HeldJob",
    "HeldTask",
    "Standing",
    "adopt_case",
    "adopted",
    "adoption_findings",
]
