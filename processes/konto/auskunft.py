# SPDX-License-Identifier: EUPL-1.2
"""What the account holds of a person, in full: to read (Art. 15 DSGVO) and to take along (Art. 20 DSGVO)."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.queries.cases import documents
from engine.services import Services
from processes import service
from processes.konto.angaben import angaben
from processes.konto.anmeldung import sitzungen
from processes.konto.antraege import antraege, entwuerfe, retrievals
from processes.konto.einwilligungen import TEXTE
from processes.konto.models import Konto, KontoAnmeldedienst, KontoEinwilligung, KontoPasskey

#: Names the shape of the file; changes when the shape does.
FORMAT = "amtsfluss-konto/1"


def auskunft(session: Session, services: Services, konto_id: str) -> dict[str, Any]:
    """Everything, as JSON: the account, what it knows, what was applied for, and who is logged in where.

    Secrets (password, keys, links) are not data about the person and stay out.
    """
    konto = session.get_one(Konto, konto_id)
    return {
        "format": FORMAT,
        "erstellt_am": _iso(services.clock.now()),
        "konto": {
            "email": konto.email,
            "angelegt_am": _iso(konto.created_at),
            "bestaetigt_am": _iso(konto.confirmed_at),
            "hat_passwort": konto.password_hash is not None,
        },
        "angaben": [
            {"angabe": each.label, "schluessel": each.key, "wert": each.value, "herkunft": each.source_text}
            | {"seit": _iso(each.at)}
            for each in angaben(session, konto_id).values()
        ],
        "einwilligungen": [_einwilligung(row) for row in _mine(session, KontoEinwilligung, konto_id)],
        "entwuerfe": [
            {
                "leistung": _titel(each.process_key),
                "begonnen_am": _iso(each.begun_at),
                "wird_geloescht_am": _iso(each.expires_at),
            }
            for each in entwuerfe(session, services.clock, konto_id)
        ],
        "antraege": [
            {
                "aktenzeichen": each.case.reference,
                "leistung": each.name,
                "eingegangen_am": _iso(each.case.started_at),
                "beendet_am": _iso(each.case.ended_at),
                "dokumente": _dokumente(session, each.case.id),
            }
            for each in antraege(session, konto_id)
        ],
        "passkeys": [
            {"name": row.name, "angelegt_am": _iso(row.created_at), "zuletzt_benutzt_am": _iso(row.used_at)}
            for row in _mine(session, KontoPasskey, konto_id)
        ],
        "anmeldedienste": [
            {"dienst": row.issuer, "kennung": row.subject, "verbunden_am": _iso(row.linked_at)}
            for row in _mine(session, KontoAnmeldedienst, konto_id)
        ],
        "anmeldungen": [
            {"geraet": row.device, "angemeldet_am": _iso(row.created_at), "zuletzt_gesehen_am": _iso(row.seen_at)}
            for row in sitzungen(session, konto_id)
        ],
    }


def _titel(process_key: str) -> str:
    page = service(process_key)
    return page.title if page else process_key


def _einwilligung(row: KontoEinwilligung) -> dict[str, Any]:
    text = TEXTE.get(row.art)
    return {
        "wozu": text.titel if text else row.art,
        "fassung": row.version,
        "erteilt_am": _iso(row.given_at),
        "widerrufen_am": _iso(row.withdrawn_at),
    }


def _dokumente(session: Session, case_id: str) -> list[dict[str, Any]]:
    found = documents(session, case_id, for_applicant=True)
    fetched = retrievals(session, [each.id for each in found])
    return [
        {
            "titel": each.title,
            "datei": each.name,
            "vom": _iso(each.created_at),
            "sha256": each.sha256,
            "abgerufen_am": _iso(fetched.get(each.id)),
        }
        for each in found
    ]


def _mine(session: Session, table: type[Any], konto_id: str) -> list[Any]:
    return list(session.scalars(select(table).where(table.konto_id == konto_id)))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
