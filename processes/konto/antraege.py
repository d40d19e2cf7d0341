# SPDX-License-Identifier: EUPL-1.2
"""What a person has applied for: drafts that go on, cases that run, documents with the day they were looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session

from engine.cases import CaseInfo, describe
from engine.clock import Clock
from engine.drafts import fingerprint
from engine.models import CaseRow, DefinitionRow, DraftRow
from processes.konto.models import KontoAbruf, KontoAntrag


@dataclass(frozen=True)
class Entwurf:
    """An application that is not sent yet."""

    #: For `removed`.
    id: int
    process_key: str
    begun_at: datetime
    expires_at: datetime
    #: The draft's id as it was sealed.
    sealed: str


@dataclass(frozen=True)
class Antrag:
    """An application that was sent."""

    case: CaseInfo
    #: What the process is called.
    name: str


def remember_draft(session: Session, clock: Clock, konto_id: str, process_key: str, draft_id: str, sealed: str) -> None:
    """Let a draft belong to an account. The database holds its id only `sealed`."""
    session.add(
        KontoAntrag(
            konto_id=konto_id,
            process_key=process_key,
            begun_at=clock.now(),
            draft_hash=fingerprint(draft_id),
            draft_sealed=sealed,
        )
    )
    session.flush()


def remember_sent(session: Session, draft_id: str, case_id: str) -> None:
    """A draft has become a case: its account, if it has one, follows that."""
    mine = KontoAntrag.draft_hash == fingerprint(draft_id)
    session.execute(update(KontoAntrag).where(mine).values(case_id=case_id, draft_hash=None, draft_sealed=None))


def take_over(session: Session, clock: Clock, konto_id: str, case: CaseInfo) -> None:
    """Let a case that was applied for without an account belong to one; the caller has seen the secret link."""
    if not belongs_to(session, konto_id, case.id):
        session.add(
            KontoAntrag(konto_id=konto_id, process_key=case.definition_key, begun_at=case.started_at, case_id=case.id)
        )
        session.flush()


def owner_of_draft(session: Session, draft_id: str) -> str | None:
    """The account that a draft belongs to."""
    return session.scalar(select(KontoAntrag.konto_id).where(KontoAntrag.draft_hash == fingerprint(draft_id)))


def belongs_to(session: Session, konto_id: str, case_id: str) -> bool:
    """Whether the account has applied for this case."""
    mine = KontoAntrag.konto_id == konto_id, KontoAntrag.case_id == case_id
    return bool(session.scalar(select(exists().where(*mine))))


def entwuerfe(session: Session, clock: Clock, konto_id: str) -> list[Entwurf]:
    """What waits to be finished, what runs out first at the top."""
    rows = session.execute(
        select(KontoAntrag, DraftRow.expires_at)
        .join(DraftRow, DraftRow.id_hash == KontoAntrag.draft_hash)
        .where(KontoAntrag.konto_id == konto_id, DraftRow.case_id.is_(None), DraftRow.expires_at > clock.now())
        .order_by(DraftRow.expires_at)
    )
    return [Entwurf(row.id, row.process_key, row.begun_at, until, row.draft_sealed or "") for row, until in rows]


def antraege(session: Session, konto_id: str) -> list[Antrag]:
    """What was sent, the newest first. Cases whose time is over are gone."""
    rows = session.execute(
        select(CaseRow, DefinitionRow.name)
        .join(DefinitionRow, DefinitionRow.id == CaseRow.definition_id)
        .join(KontoAntrag, KontoAntrag.case_id == CaseRow.id)
        .where(KontoAntrag.konto_id == konto_id)
        .order_by(CaseRow.started_at.desc(), CaseRow.id)
    )
    return [Antrag(describe(row), name) for row, name in rows]


def discard_draft(session: Session, konto_id: str, antrag_id: int) -> None:
    """Throw an unfinished application of the person away, with its files."""
    mine = KontoAntrag.konto_id == konto_id, KontoAntrag.id == antrag_id, KontoAntrag.case_id.is_(None)
    draft_hash = session.scalar(select(KontoAntrag.draft_hash).where(*mine))
    if draft_hash is not None:
        session.execute(delete(DraftRow).where(DraftRow.id_hash == draft_hash, DraftRow.case_id.is_(None)))
        session.execute(delete(KontoAntrag).where(*mine))


def discard_all_drafts(session: Session, konto_id: str) -> None:
    """Throw away everything that the person has begun and not sent."""
    hashes = select(KontoAntrag.draft_hash).where(KontoAntrag.konto_id == konto_id)
    session.execute(
        delete(DraftRow)
        .where(DraftRow.id_hash.in_(hashes), DraftRow.case_id.is_(None))
        .execution_options(synchronize_session=False)
    )


def note_retrieval(session: Session, clock: Clock, konto_id: str, document_id: str) -> None:
    """Remember when a document was fetched first; later times change nothing."""
    if session.get(KontoAbruf, (konto_id, document_id)) is None:
        session.add(KontoAbruf(konto_id=konto_id, document_id=document_id, at=clock.now()))
        session.flush()


def retrievals(session: Session, document_ids: Iterable[str]) -> dict[str, datetime]:
    """Document → when it was fetched first by whoever it is for; those nobody has fetched are missing."""
    wanted = KontoAbruf.document_id.in_(list(document_ids))
    first = select(KontoAbruf.document_id, func.min(KontoAbruf.at)).where(wanted).group_by(KontoAbruf.document_id)
    return dict(session.execute(first).all())
