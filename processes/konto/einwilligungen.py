# SPDX-License-Identifier: EUPL-1.2
"""What a person has agreed to in their account: given, seen and taken back, with the words of that day."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.clock import Clock
from processes.konto.models import KontoEinwilligung

BEKANNTGABE = "bekanntgabe"
VORBELEGEN = "vorbelegen"


@dataclass(frozen=True)
class Text:
    """What is agreed to. New words get a new version; nobody has agreed to them yet."""

    titel: str
    text: str
    version: str


TEXTE: Mapping[str, Text] = {
    BEKANNTGABE: Text(
        "Bescheide im Konto bekommen",
        "Bescheide zu Anträgen in diesem Konto gelten als bekannt gegeben, sobald ich sie hier abrufe, und zwar am Tag "
        "nach dem Abruf. Rufe ich einen Bescheid nicht innerhalb von zehn Tagen ab, gilt er nicht als bekannt gegeben "
        "(§ 41 Abs. 2a LVwVfG).",
        "2026-11",
    ),
    VORBELEGEN: Text(
        "Anträge mit meinen Angaben beginnen",
        "Name, Anschrift und Telefon aus diesem Konto stehen beim nächsten Antrag schon im Formular. Was ich in "
        "Anträgen angebe, wird dafür in diesem Konto gespeichert. Ich kann es vor dem Absenden ändern.",
        "2026-11",
    ),
}


@dataclass(frozen=True)
class Stand:
    """How it stands with one consent."""

    art: str
    text: Text
    given: KontoEinwilligung | None


def einwilligungen(session: Session, konto_id: str) -> list[Stand]:
    """Every consent that can be given, with the one in force."""
    valid = _valid(session, konto_id)
    return [Stand(art, text, valid.get(art)) for art, text in TEXTE.items()]


def has_agreed(session: Session, konto_id: str, art: str) -> bool:
    """Whether the person agrees to the words as they are today."""
    return art in _valid(session, konto_id)


def give(session: Session, clock: Clock, konto_id: str, art: str) -> None:
    """Agree. Again is once."""
    if not has_agreed(session, konto_id, art):
        version = TEXTE[art].version
        session.add(KontoEinwilligung(konto_id=konto_id, art=art, version=version, given_at=clock.now()))
        session.flush()


def withdraw(session: Session, clock: Clock, konto_id: str, art: str) -> None:
    """Take it back, from now on (Art. 7 Abs. 3 DSGVO)."""
    mine = KontoEinwilligung.konto_id == konto_id, KontoEinwilligung.art == art
    open_ones = KontoEinwilligung.withdrawn_at.is_(None)
    session.execute(update(KontoEinwilligung).where(*mine, open_ones).values(withdrawn_at=clock.now()))


def _valid(session: Session, konto_id: str) -> dict[str, KontoEinwilligung]:
    given = select(KontoEinwilligung).where(
        KontoEinwilligung.konto_id == konto_id, KontoEinwilligung.withdrawn_at.is_(None)
    )
    return {
        row.art: row for row in session.scalars(given) if row.art in TEXTE and TEXTE[row.art].version == row.version
    }
