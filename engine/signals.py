# SPDX-License-Identifier: EUPL-1.2
"""Signals reach everybody who waits for them; conditions are looked at when variables change from outside."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.bpmn import Node
from engine.cases import CaseInfo, begin_case, describe
from engine.definitions import is_suspended, load_definition
from engine.errors import CaseHasEnded, CaseNotFound, CaseSuspended, ExpressionFailed, NobodyWaits
from engine.identity import SYSTEM, Actor
from engine.models import SubscriptionRow
from engine.movement import moving
from engine.scripting import has_come_true
from engine.services import Services
from engine.spiff.workflow import TokenGone
from engine.starts import gather


def throw_signal(
    session: Session, services: Services, name: str, variables: Mapping[str, Any] | None = None, by: Actor = SYSTEM
) -> int:
    """Reach every token that waits for a signal and every process that it starts; returns how many.

    A suspended case does not hear it, and a suspended process model begins none.
    """
    waiting = session.execute(
        select(SubscriptionRow.case_id, SubscriptionRow.id, SubscriptionRow.definition_id, SubscriptionRow.element_id)
        .where(SubscriptionRow.kind == "signal", SubscriptionRow.name == name)
        # Everybody locks cases in this order.
        .order_by(SubscriptionRow.case_id, SubscriptionRow.created_at)
    ).all()
    reached = 0
    for case_id, token_id, definition_id, element_id in waiting:
        if case_id is not None:
            reached += hear_signal(session, services, case_id, token_id, variables or {}, by)
        elif definition_id is not None and not is_suspended(session, definition_id):
            start_by_signal(session, services, definition_id, element_id, token_id, variables or {}, by)
            reached += 1
    return reached


def hear_signal(
    session: Session, services: Services, case_id: str, token_id: str, variables: Mapping[str, Any], by: Actor = SYSTEM
) -> bool:
    """Let one token hear a signal; whether it was still there."""
    try:
        with moving(session, services, case_id, by) as movement:
            movement.workflow.token(token_id)
            movement.resume(token_id, {"variables": dict(variables)})
    except (TokenGone, CaseHasEnded, CaseNotFound, CaseSuspended):
        return False
    return True


def start_by_signal(
    session: Session,
    services: Services,
    definition_id: int,
    element_id: str,
    subscription_id: str,
    variables: Mapping[str, Any],
    by: Actor = SYSTEM,
    *,
    business_key: str | None = None,
) -> CaseInfo | None:
    """Begin a case at its signal start event; None when that waits for more than the signal."""
    definition = load_definition(session, services, definition_id)
    came = {"variables": dict(variables)}
    gathered = gather(session, definition.process.nodes[element_id], definition_id, subscription_id, came)
    if gathered is None:
        return None
    values = gathered.pop("variables")
    return begin_case(
        session,
        services,
        definition,
        lambda case_id: values,
        by=by,
        business_key=business_key,
        element_id=element_id,
        seen=gathered,
    )


def evaluate_conditions(
    session: Session,
    services: Services,
    variables: Mapping[str, Any],
    *,
    business_key: str | None = None,
    definition_id: int | None = None,
    by: Actor = SYSTEM,
) -> list[CaseInfo]:
    """Begin a case of each process whose conditional start event is true with these variables."""
    columns = (SubscriptionRow.definition_id, SubscriptionRow.element_id)
    statement = (
        select(func.min(SubscriptionRow.id), *columns)
        .where(SubscriptionRow.kind == "conditional", SubscriptionRow.definition_id.is_not(None))
        .group_by(*columns)
    )
    if definition_id is not None:
        statement = statement.where(SubscriptionRow.definition_id == definition_id)
    begun = []
    for subscription_id, found_id, element_id in session.execute(statement.order_by(*columns)).all():
        definition = load_definition(session, services, int(found_id or 0))
        node = definition.process.nodes[element_id]
        if not _is_meant(node, variables, services):
            continue
        gathered = gather(session, node, definition.id, subscription_id, {"variables": dict(variables)})
        if gathered is not None:
            values = gathered.pop("variables")
            begun.append(
                begin_case(
                    session,
                    services,
                    definition,
                    lambda case_id, values=values: values,  # type: ignore[misc]  # bound early, called later
                    by=by,
                    business_key=business_key,
                    element_id=element_id,
                    seen=gathered,
                )
            )
    return begun


def _is_meant(node: Node, variables: Mapping[str, Any], services: Services) -> bool:
    """Whether a condition of a start event is true with these variables."""
    for event in node.events:
        if event.condition is None or (event.variable_name and event.variable_name not in variables):
            continue
        try:
            if has_come_true(event.condition, dict(variables), services.clock):
                return True
        except ExpressionFailed:
            continue  # It speaks of variables that are not given, so it is not meant.
    return False


def trigger(
    session: Session, services: Services, case_id: str, token_id: str, variables: Mapping[str, Any], by: Actor
) -> CaseInfo:
    """Say that what a token waits for is done: a receive task without a message, or an event that is not awaited."""
    try:
        with moving(session, services, case_id, by) as movement:
            movement.resume(token_id, {"variables": dict(variables)})
    except TokenGone:
        raise NobodyWaits from None
    return describe(movement.case)
