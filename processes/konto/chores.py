# SPDX-License-Identifier: EUPL-1.2
"""What goes by itself: registrations that nobody confirmed, logins and mailed links whose time is over."""

from sqlalchemy import select

from engine.chores import DAILY, HOURLY, add_chore, removing
from engine.models import CaseRow, DraftRow
from processes.konto.anmeldung import BESTAETIGEN, LINK_GILT
from processes.konto.models import Konto, KontoAntrag, KontoCode, KontoSitzung

add_chore(
    removing(
        "konten_unbestaetigt",
        Konto.id,
        lambda clock: Konto.confirmed_at.is_(None) & (Konto.created_at < clock.now() - LINK_GILT[BESTAETIGEN]),
        HOURLY,
    )
)
add_chore(removing("konto_sitzungen", KontoSitzung.id_hash, lambda clock: KontoSitzung.expires_at < clock.now(), DAILY))
add_chore(removing("konto_codes", KontoCode.code_hash, lambda clock: KontoCode.expires_at < clock.now(), DAILY))
add_chore(
    removing(
        "konto_antraege",
        KontoAntrag.id,
        # Neither the draft nor the case is there any more.
        lambda clock: (
            KontoAntrag.case_id.not_in(select(CaseRow.id))
            | (KontoAntrag.case_id.is_(None) & KontoAntrag.draft_hash.not_in(select(DraftRow.id_hash)))
        ),
        DAILY,
    )
)
