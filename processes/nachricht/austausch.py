# SPDX-License-Identifier: EUPL-1.2
"""Writing and reading messages. Who may is checked by the caller: the secret link, or a clerk's sight of the case."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.errors import AmtsflussError
from engine.models import CaseRow
from processes.nachricht.models import Nachricht

LONGEST = 4000
#: So many may wait to be read in one case: whoever has the link cannot fill the office's desk.
MOST_UNREAD = 20


class NachrichtAbgelehnt(AmtsflussError):
    """The message is empty, too long, or one too many. The message says so in German."""


@dataclass(frozen=True)
class Ungelesen:
    """A case in which something waits to be read."""

    case_id: str
    reference: str
    title: str
    anzahl: int
    seit: datetime


def schreiben(session: Session, clock: Clock, case_id: str, text: str, *, clerk: str = "") -> Nachricht:
    """Send a message: as the clerk of that name, else as the applicant. Raises `NachrichtAbgelehnt`."""
    words = text.replace("\0", "").replace("\r\n", "\n").strip()
    if not words:
        raise NachrichtAbgelehnt("Bitte schreiben Sie etwas.")
    if len(words) > LONGEST:
        raise NachrichtAbgelehnt(f"Die Nachricht ist zu lang: {len(words)} statt höchstens {LONGEST} Zeichen.")
    if not clerk and _unread(session, case_id) >= MOST_UNREAD:
        raise NachrichtAbgelehnt("Es warten schon viele Nachrichten auf uns. Bitte warten Sie auf unsere Antwort.")
    now = clock.now()
    row = Nachricht(
        case_id=case_id,
        vom_amt=bool(clerk),
        autor=clerk[:100],
        text=words,
        am=now,
        gelesen_am=now if clerk else None,
    )
    session.add(row)
    if clerk:
        als_gelesen(session, clock, case_id)
    session.flush()
    return row


def nachrichten(session: Session, case_id: str) -> list[Nachricht]:
    """All messages of a case, the oldest first."""
    return list(session.scalars(select(Nachricht).where(Nachricht.case_id == case_id).order_by(Nachricht.id)))


def als_gelesen(session: Session, clock: Clock, case_id: str) -> None:
    """The town has taken note of everything that the applicant has written so far."""
    open_ones = Nachricht.case_id == case_id, Nachricht.gelesen_am.is_(None)
    session.execute(update(Nachricht).where(*open_ones).values(gelesen_am=clock.now()))


def ungelesene(session: Session, most: int = 500) -> list[Ungelesen]:
    """Cases in which something waits to be read, the longest waiting first."""
    rows = session.execute(
        select(
            CaseRow.id, CaseRow.reference, CaseRow.title, func.count(Nachricht.id), func.min(Nachricht.am).label("seit")
        )
        .join(Nachricht, Nachricht.case_id == CaseRow.id)
        .where(Nachricht.gelesen_am.is_(None))
        .group_by(CaseRow.id, CaseRow.reference, CaseRow.title)
        .order_by("seit")
        .limit(most)
    )
    return [Ungelesen(*row) for row in rows]


def _unread(session: Session, case_id: str) -> int:
    waiting = Nachricht.case_id == case_id, Nachricht.gelesen_am.is_(None)
    return session.scalar(select(func.count(Nachricht.id)).where(*waiting)) or 0
