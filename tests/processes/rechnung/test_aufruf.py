# SPDX-License-Identifier: EUPL-1.2
"""Any process can leave the waiting for its payment to `rechnung_zahlung`. Both ends of that model are reached here."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from conftest import Vorgang
from engine.db import unit_of_work
from engine.definitions import Bundle, deploy
from forms import check_form
from processes.rechnung.buchen import Eingang, eingehen
from processes.rechnung.fordern import finden
from tests.processes.scenes import PERSON

TAGE = timedelta(days=1)
MODEL = Path(__file__).parent / "aufruf.bpmn"


@pytest.fixture
def fall(vorgang: Vorgang) -> Vorgang:
    with unit_of_work(vorgang.db) as session:
        deploy(session, vorgang.services, Bundle.from_file(MODEL), form_check=check_form)
    return vorgang.beginnt("aufruf", person=PERSON).jobs_laufen()


def steht(fall: Vorgang) -> str:
    with fall.db.reading() as session:
        return finden(session, fall.variable("forderung")["referenz"]).state


def test_wer_zahlt_bekommt_was_er_will(fall: Vorgang):
    with unit_of_work(fall.db) as session:
        claim = finden(session, fall.variable("forderung")["referenz"], sperren=True)
        money = Eingang("bank", "1", Decimal("30.00"), "EUR", None, fall.clock.now())
        eingehen(session, fall.services, claim, money)
    fall.jobs_laufen().endet_mit("Ausgestellt")
    assert steht(fall) == "bezahlt"


def test_wer_nicht_zahlt_wird_erinnert_und_dann_ist_schluss(fall: Vorgang, postausgang):
    fall.zeit_vergeht(14 * TAGE)
    assert postausgang[-1].subject.startswith("Erinnerung: Ihre Zahlung fehlt noch")
    assert fall.info is not None
    assert postausgang[-1].subject.endswith(f"({fall.info.reference})"), "people know the calling case only"
    assert "30,00" in postausgang[-1].text
    fall.zeit_vergeht(15 * TAGE).endet_mit("Nicht bezahlt")
    assert steht(fall) == "storniert"
    assert len(postausgang) == 1
