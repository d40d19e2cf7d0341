# SPDX-License-Identifier: EUPL-1.2
"""What is waited for, from the outside: messages, signals and conditions, by cases and by process models."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from engine.models import CaseRow, CaseStateRow, DefinitionRow, SubscriptionRow
from engine.queries.criteria import Criterion, equal, given, of_case
from engine.queries.listing import AnyRow, Asked, Listing
from engine.spiff.state import stored_state


@dataclass(frozen=True)
class SubscriptionLine:
    """One thing that is waited for."""

    id: str
    kind: str
    name: str
    element_id: str
    case_id: str | None
    definition_id: int
    definition_key: str
    created_at: datetime

    @property
    def token_id(self) -> str | None:
        """The token that waits; None for a start event."""
        return self.id if self.case_id is not None else None


def _waiting_at(execution: str) -> ColumnElement[bool]:
    return and_(SubscriptionRow.case_id.is_not(None), or_(SubscriptionRow.id == execution, CaseRow.id == execution))


LISTING = Listing(
    select(SubscriptionRow, DefinitionRow.id, DefinitionRow.key)
    .outerjoin(CaseRow, CaseRow.id == SubscriptionRow.case_id)
    .join(DefinitionRow, DefinitionRow.id == func.coalesce(CaseRow.definition_id, SubscriptionRow.definition_id))
    .where(SubscriptionRow.kind.in_(("message", "signal", "conditional"))),
    {
        **of_case(DefinitionRow.id, DefinitionRow.key),
        "eventSubscriptionId": equal(SubscriptionRow.id),
        "eventType": equal(SubscriptionRow.kind),
        "eventName": equal(SubscriptionRow.name),
        "activityId": equal(SubscriptionRow.element_id),
        "executionId": Criterion("text", _waiting_at),
        "includeEventSubscriptionsWithoutTenantId": given(true()),
    },
    {"created": SubscriptionRow.created_at, "tenantId": DefinitionRow.id},
    (SubscriptionRow.created_at, SubscriptionRow.id),
    DefinitionRow.key,
)


def subscriptions(session: Session, asked: Asked) -> list[SubscriptionLine]:
    """What fits."""
    return [_line(row) for row in LISTING.rows(session, asked)]


def subscription_count(session: Session, asked: Asked) -> int:
    """How many fit."""
    return LISTING.count(session, asked)


def waits_for(session: Session, case_id: str, execution: str, kind: str, name: str | None = None) -> list[str]:
    """The tokens by which an execution waits: its own, those that watch it, or those of its whole case."""
    asked = Asked({"processInstanceId": case_id, "eventType": kind})
    found = subscriptions(session, asked if name is None else asked.with_conditions(eventName=name))
    if execution == case_id:
        return [one.id for one in found]
    content = session.scalar(select(CaseStateRow.content).where(CaseStateRow.case_id == case_id))
    above = {key: parent for key, _, _, parent, _ in stored_state(content)["tokens"]} if content else {}
    return [one.id for one in found if execution in (one.id, above.get(one.id))]


def _line(row: AnyRow) -> SubscriptionLine:
    waiting, definition_id, key = row
    return SubscriptionLine(
        id=waiting.id,
        kind=waiting.kind,
        name=waiting.name,
        element_id=waiting.element_id,
        case_id=waiting.case_id,
        definition_id=definition_id,
        definition_key=key,
        created_at=waiting.created_at,
    )
