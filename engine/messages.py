# SPDX-License-Identifier: EUPL-1.2
"""Messages: each is delivered to exactly one token that waits, or begins a case, or is kept until somebody waits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from engine.cases import CaseInfo, begin_case, describe
from engine.definitions import load_definition
from engine.errors import CaseHasEnded, NobodyWaits, SeveralWait
from engine.identity import SYSTEM, Actor
from engine.models import CaseRow, CaseStateRow, KeptMessageRow, SubscriptionRow
from engine.movement import moving
from engine.services import Services
from engine.spiff.state import stored_scope, stored_state
from engine.spiff.workflow import TokenGone
from engine.starts import gather
from engine.values import pack, unpack

#: More candidates than this are not opened one by one to compare their variables.
MOST_CANDIDATES = 500


@dataclass(frozen=True)
class Message:
    """What arrives: a name, whom it is for, and what it brings."""

    name: str
    #: Compared with the `correlationKey` of whoever waits.
    key: str | None = None
    business_key: str | None = None
    case_id: str | None = None
    #: Variables that the waiting case must have with these values.
    correlation_keys: Mapping[str, Any] = field(default_factory=dict)
    #: Seen by the output mappings of the event only.
    payload: Mapping[str, Any] = field(default_factory=dict)
    #: Written into the case, because the sender may.
    variables: Mapping[str, Any] = field(default_factory=dict)
    #: Variables that the waiting token must have of its own, with these values.
    local_keys: Mapping[str, Any] = field(default_factory=dict)
    #: Written where the token stands.
    local: Mapping[str, Any] = field(default_factory=dict)

    @property
    def compares(self) -> bool:
        """Whether whoever waits must be opened to know whether it is meant."""
        return bool(self.correlation_keys or self.local_keys)


@dataclass(frozen=True)
class Correlated:
    """Whom a message has reached."""

    case: CaseInfo
    #: The token that has waited; None: the case has begun with the message.
    token_id: str | None


def correlate(
    session: Session,
    services: Services,
    name: str,
    key: str | None = None,
    payload: Mapping[str, Any] | None = None,
    *,
    business_key: str | None = None,
    correlation_keys: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
    case_id: str | None = None,
    keep_for: timedelta | None = None,
    by: Actor = SYSTEM,
) -> CaseInfo | None:
    """Give a message to the one token that waits for it; None when it is kept, or only one part of a start.

    Who waits with a correlation key is found by it; others by business key, case or variables. If no token waits, a
    process that such a message starts begins a case. Raises `NobodyWaits` or `SeveralWait`; the caller decides
    whether the message is late or wrong.
    """
    message = Message(name, key, business_key, case_id, correlation_keys or {}, payload or {}, variables or {})
    if "\0" in name + (key or "") + (business_key or ""):
        raise NobodyWaits  # No database holds such a text, so nobody can have asked for it.
    try:
        reached = correlate_one(session, services, message, by)
    except NobodyWaits:
        if keep_for is None:
            raise
        keep(session, services, message, keep_for)
        return None
    return reached.case if reached else None


def correlate_one(session: Session, services: Services, message: Message, by: Actor) -> Correlated | None:
    """The same for a message as a whole; None when it is only one part of a start."""
    waiting = _waiting(session, message)
    if len(waiting) > 1:
        raise SeveralWait
    if waiting:
        return Correlated(deliver(session, services, *waiting[0], message, by), waiting[0][1])
    started = _started_by(session, message)
    if started is None:
        raise NobodyWaits
    begun = _begin(session, services, *started, message, by)
    return Correlated(begun, None) if begun else None


def correlate_all(session: Session, services: Services, message: Message, by: Actor) -> list[Correlated]:
    """Give a message to everybody who waits for it and is meant, and begin a case of the process that it starts."""
    waiting = sorted(_waiting(session, message, MOST_CANDIDATES + 1))
    if len(waiting) > MOST_CANDIDATES:
        raise SeveralWait("Too many cases wait for this message to reach all of them at once.")
    reached = []
    for case_id, token_id in waiting:
        try:
            reached.append(Correlated(deliver(session, services, case_id, token_id, message, by), token_id))
        except NobodyWaits:
            continue  # What the message did before has ended this.
    started = _started_by(session, message)
    begun = _begin(session, services, *started, message, by) if started is not None else None
    return [*reached, *([Correlated(begun, None)] if begun else [])]


def deliver(session: Session, services: Services, case_id: str, token_id: str, message: Message, by: Actor) -> CaseInfo:
    """Give a message to a certain token that waits for it."""
    seen = {"payload": dict(message.payload), "variables": dict(message.variables), "local": dict(message.local)}
    try:
        with moving(session, services, case_id, by) as movement:
            movement.workflow.remember("message_received", movement.workflow.token(token_id), name=message.name)
            movement.resume(token_id, seen)
    except (TokenGone, CaseHasEnded):
        raise NobodyWaits from None
    return describe(movement.case)


def keep(session: Session, services: Services, message: Message, keep_for: timedelta) -> None:
    """Keep a message until somebody waits for it or its time runs out."""
    now = services.clock.now()
    session.execute(delete(KeptMessageRow).where(KeptMessageRow.expires_at <= now))
    content = {"payload": dict(message.payload), "variables": dict(message.variables)}
    session.add(
        KeptMessageRow(
            name=message.name,
            correlation_key=message.key,
            business_key=message.business_key,
            content=pack(content),
            created_at=now,
            expires_at=now + keep_for,
        )
    )
    session.flush()


def deliver_kept(session: Session, services: Services, kept_id: int) -> None:
    """Try a kept message again; it stays kept if it still fits nobody."""
    row = session.get(KeptMessageRow, kept_id, with_for_update=True)
    if row is None or row.expires_at <= services.clock.now():
        return
    content = unpack(row.content)
    message = Message(row.name, row.correlation_key, row.business_key, None, {}, **content)
    waiting = _waiting(session, message)
    if len(waiting) == 1:
        session.delete(row)
        session.flush()
        deliver(session, services, *waiting[0], message, SYSTEM)


def _waiting(session: Session, message: Message, most: int = 2) -> list[tuple[str, str]]:
    """Case and token of whoever waits for this message, so many at most."""
    statement = (
        select(SubscriptionRow.case_id, SubscriptionRow.id)
        .where(SubscriptionRow.kind == "message", SubscriptionRow.name == message.name)
        .where(SubscriptionRow.case_id.is_not(None))
    )
    if message.key is not None:
        # A token without a key of its own is meant only when something else says which case it is.
        by_key = SubscriptionRow.correlation_key == message.key
        known = message.business_key or message.case_id or message.compares
        statement = statement.where(or_(by_key, SubscriptionRow.correlation_key.is_(None)) if known else by_key)
    elif not (message.business_key or message.case_id or message.compares):
        statement = statement.where(SubscriptionRow.correlation_key.is_(None))
    if message.case_id is not None:
        statement = statement.where(SubscriptionRow.case_id == message.case_id)
    if message.business_key is not None:
        statement = statement.join(CaseRow, CaseRow.id == SubscriptionRow.case_id)
        statement = statement.where(CaseRow.business_key == message.business_key)
    limit = MOST_CANDIDATES + 1 if message.compares else most
    found = [(str(case_id), token_id) for case_id, token_id in session.execute(statement.limit(limit))]
    if not message.compares:
        return found
    if len(found) > MOST_CANDIDATES:
        raise SeveralWait("Too many cases wait for this message to compare their variables; use a correlation key.")
    return [one for one in found if _has_values(session, *one, message)][:most]


def _has_values(session: Session, case_id: str, token_id: str, message: Message) -> bool:
    content = session.scalar(select(CaseStateRow.content).where(CaseStateRow.case_id == case_id))
    if content is None:
        return False
    seen, own = stored_scope(content, token_id), _own(content, token_id) if message.local_keys else {}
    compared = ((message.correlation_keys, seen), (message.local_keys, own))
    return all(name in at and at[name] == value for wanted, at in compared for name, value in wanted.items())


def _own(content: bytes, token_id: str) -> dict[str, Any]:
    """The variables of the token's own; of what only watches, those of what it watches."""
    about = {key: (parent, marks) for key, _, _, parent, marks in stored_state(content)["tokens"]}
    parent, marks = about.get(token_id, (None, {}))
    if "armed" in marks and parent in about:
        marks = about[parent][1]
    local: dict[str, Any] = marks.get("local", {})
    return local


def _started_by(session: Session, message: Message) -> tuple[int, str, str] | None:
    """The definition that this message starts, its start event, and what waits for it there."""
    if message.case_id is not None:
        return None
    found = session.execute(
        select(SubscriptionRow.definition_id, SubscriptionRow.element_id, SubscriptionRow.id)
        .where(SubscriptionRow.kind == "message", SubscriptionRow.name == message.name)
        .where(SubscriptionRow.definition_id.is_not(None))
        .limit(2)
    ).all()
    if len(found) > 1:
        raise SeveralWait("More than one process begins with this message.")
    return (int(found[0].definition_id or 0), found[0].element_id, found[0].id) if found else None


def _begin(
    session: Session,
    services: Services,
    definition_id: int,
    element_id: str,
    subscription_id: str,
    message: Message,
    by: Actor,
) -> CaseInfo | None:
    definition = load_definition(session, services, definition_id)
    came = {
        "payload": dict(message.payload),
        "variables": {**message.correlation_keys, **message.variables, **message.local},
    }
    gathered = gather(session, definition.process.nodes[element_id], definition_id, subscription_id, came)
    if gathered is None:
        return None
    variables = gathered["variables"]
    return begin_case(
        session,
        services,
        definition,
        lambda case_id: variables,
        by=by,
        business_key=message.business_key,
        element_id=element_id,
        seen={"payload": gathered["payload"]},
    )
