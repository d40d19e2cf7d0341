# SPDX-License-Identifier: EUPL-1.2
"""Messages from outside, delivered to exactly one waiting token."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases import CaseInfo, describe
from engine.errors import CaseHasEnded, NobodyWaits, SeveralWait
from engine.identity import SYSTEM
from engine.models import SubscriptionRow
from engine.movement import moving
from engine.services import Services
from engine.spiff.workflow import TokenGone


def correlate(session: Session, services: Services, name: str, key: str, payload: Mapping[str, Any]) -> CaseInfo:
    """Give a message to the one case that waits for this name and key.

    Raises `NobodyWaits` or `SeveralWait`; the caller decides whether the message is late or wrong.
    """
    if "\0" in name + key:
        raise NobodyWaits  # No database holds such a text, so nobody can have asked for it.
    waiting = session.execute(
        select(SubscriptionRow.case_id, SubscriptionRow.token_id)
        .where(SubscriptionRow.name == name, SubscriptionRow.correlation_key == key)
        .limit(2)
    ).all()
    if not waiting:
        raise NobodyWaits
    if len(waiting) > 1:
        raise SeveralWait
    try:
        with moving(session, services, waiting[0].case_id, SYSTEM) as movement:
            movement.workflow.remember("message_received", movement.workflow.token(waiting[0].token_id), name=name)
            movement.resume(waiting[0].token_id, {"payload": dict(payload)})
    except (TokenGone, CaseHasEnded):
        raise NobodyWaits from None
    return describe(movement.case)
