# SPDX-License-Identifier: EUPL-1.2
"""Giving a claim up, and telling the case that collects it, which then writes to the debtor."""

from sqlalchemy.orm import Session

from engine.errors import NobodyWaits, SeveralWait
from engine.messages import correlate
from engine.services import Services
from processes.rechnung.fordern import stornieren, verzichten
from processes.rechnung.models import Forderung

#: What a case hears whose claim was given up, with the reference as key.
MESSAGE = "forderung_erledigt"


def aufgeben(session: Session, services: Services, forderung: Forderung, weg: str, by: str, grund: str) -> None:
    """Take a claim back (`storno`), remit it (`erlass`) or stop asking for it (`niederschlagung`).

    Raises ForderungIstErledigt. A case that does not wait just now finds out by itself when it looks next.
    """
    if weg == "storno":
        stornieren(session, services.clock, forderung, by, grund)
    else:
        verzichten(session, services.clock, forderung, weg, by, grund)
    try:
        with session.begin_nested():
            correlate(session, services, MESSAGE, forderung.reference, {"art": weg, "grund": grund})
    except (NobodyWaits, SeveralWait):
        return
