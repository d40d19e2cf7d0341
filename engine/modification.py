# SPDX-License-Identifier: EUPL-1.2
"""Operators put a case elsewhere: tokens are put on elements and taken off, all in one transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from engine.cases import CaseInfo, begin_case, changing, describe
from engine.deployed import Definition
from engine.errors import ModificationRefused
from engine.identity import Actor
from engine.movement import Movement
from engine.services import Services
from engine.spiff.modification import Given, Rearrangement

#: Why a case has ended from which an operator took the last token.
NOTHING_LEFT = "An operator has taken the last token off."


@dataclass(frozen=True)
class StartBefore:
    """Put a token on an element: an activity, a gateway, an event that then happens."""

    element_id: str
    #: Written where they are nearest to the place, else into the case.
    variables: Mapping[str, Any] = field(default_factory=dict)
    #: Of the outermost thing that is begun: a subprocess around the element, or the element itself.
    local: Mapping[str, Any] = field(default_factory=dict)
    #: Which subprocess, where several go on: the id of its token. That of a repeated activity adds a round to it; that
    #: of the case begins all scopes anew.
    ancestor: str | None = None
    #: Of a repeated activity one round is begun, not the whole: one more if it goes on, else the first and last.
    one_round: bool = False


@dataclass(frozen=True)
class StartAfter:
    """Put a token on the one flow that leaves an element."""

    element_id: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    local: Mapping[str, Any] = field(default_factory=dict)
    ancestor: str | None = None
    one_round: bool = False


@dataclass(frozen=True)
class StartFlow:
    """Let a token take a flow."""

    flow_id: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    local: Mapping[str, Any] = field(default_factory=dict)
    ancestor: str | None = None
    one_round: bool = False


@dataclass(frozen=True)
class CancelToken:
    """Take one token off, with all that goes on below it. A scope of which it was the last one goes with it."""

    token_id: str


@dataclass(frozen=True)
class CancelAll:
    """Take all tokens off an element."""

    element_id: str


Instruction: TypeAlias = StartBefore | StartAfter | StartFlow | CancelToken | CancelAll


def modify_case(
    session: Session, services: Services, case_id: str, instructions: Sequence[Instruction], by: Actor
) -> CaseInfo:
    """Carry the instructions out one after the other, then let the case run. Raises `ModificationRefused`.

    What is begun first keeps the scope in which something else is cancelled afterwards; the other way round the scope
    is ended and begun anew. The case itself stays until all is done, and ends as cancelled if nothing is left then.
    From a suspended case tokens are only taken off: whatever would begin is refused with `CaseSuspended`.
    """
    if not instructions:
        raise ModificationRefused("There is nothing to be done.")
    with changing(session, services, case_id, by) as movement:
        workflow = movement.workflow
        told = [_told(instruction) for instruction in instructions]
        workflow.remember("case_modified", instructions=told)
        _rearrange(movement, instructions)
    return describe(movement.case)


def begin_case_at(
    session: Session,
    services: Services,
    definition: Definition,
    variables_for: Callable[[str], dict[str, Any]],
    instructions: Sequence[Instruction],
    *,
    by: Actor,
    business_key: str | None = None,
    passing: Iterable[str] = (),
) -> CaseInfo:
    """Begin a case elsewhere than at its start: with tokens where the instructions put them."""
    if not instructions:
        raise ModificationRefused("There is nothing to begin at.")

    def put(movement: Movement) -> None:
        told = [_told(instruction) for instruction in instructions]
        movement.workflow.remember("case_started", business_key=business_key, instructions=told)
        _rearrange(movement, instructions)

    return begin_case(
        session, services, definition, variables_for, by=by, business_key=business_key, put=put, passing=passing
    )


def _rearrange(movement: Movement, instructions: Sequence[Instruction]) -> None:
    rearrangement = Rearrangement(movement.workflow, movement.definition.process)
    with rearrangement.kept_alive():
        for instruction in instructions:
            _carry_out(rearrangement, instruction)
    if movement.workflow.root.live:
        movement.look()
    else:
        movement.cancel(NOTHING_LEFT)


def _carry_out(rearrangement: Rearrangement, instruction: Instruction) -> None:
    match instruction:
        case CancelToken(token_id):
            rearrangement.cancel_token(token_id)
        case CancelAll(element_id):
            rearrangement.cancel_all(element_id)
        case StartBefore(element_id, variables, local, ancestor, one_round):
            rearrangement.start_before(element_id, Given(variables, local, ancestor, one_round))
        case StartAfter(element_id, variables, local, ancestor, one_round):
            rearrangement.start_after(element_id, Given(variables, local, ancestor, one_round))
        case StartFlow(flow_id, variables, local, ancestor, one_round):
            rearrangement.start_flow(flow_id, Given(variables, local, ancestor, one_round))


def _told(instruction: Instruction) -> dict[str, Any]:
    """The instruction for the history: the names of its variables, not their values."""
    match instruction:
        case CancelToken(token_id):
            return {"cancel_token": token_id}
        case CancelAll(element_id):
            return {"cancel_all": element_id}
        case StartBefore(place):
            name = "start_before"
        case StartAfter(place):
            name = "start_after"
        case StartFlow(place):
            name = "start_flow"
    return {name: place, "variables": sorted({*instruction.variables, *instruction.local})}
