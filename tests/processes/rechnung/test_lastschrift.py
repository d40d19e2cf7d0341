# SPDX-License-Identifier: EUPL-1.2
"""Collecting by mandate."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from lxml import etree

from engine.clock import FrozenClock
from engine.db import Database, unit_of_work
from processes.gemeinsam.sepa import AuftragAbgelehnt, Konto
from processes.rechnung.fordern import NeueForderung, anlegen, finden
from processes.rechnung.lastschrift import (
    Einzug,
    MandatAbgelehnt,
    einziehen,
    finde_mandat,
    mandat_anlegen,
    widerrufen,
)
from tests.processes.scenes import PERSON, brief

IBAN = "DE89370400440532013000"
TOWN = Konto("Stadt Kirchheim unter Teck", "DE02120300000000202051")
CREDITOR = "DE98ZZZ09999999999"


@pytest.fixture
def mandat(town: Database, clock: FrozenClock) -> int:
    with unit_of_work(town) as session:
        return mandat_anlegen(session, clock, "M-2026-1", "Erika Müller", IBAN, date(2026, 1, 2)).id


def fordert(town: Database, clock: FrozenClock, mandat: int | None, days: int = 0) -> str:
    with unit_of_work(town) as session:
        due = clock.today() + timedelta(days=days)
        new = NeueForderung(Decimal("108.00"), "Hundesteuer 2026\nRF00", due, mandat_id=mandat)
        return anlegen(session, clock, new).reference


def zieht_ein(town: Database, clock: FrozenClock) -> Einzug | None:
    with unit_of_work(town) as session:
        return einziehen(session, clock, TOWN, CREDITOR)


def test_file_names_mandate_reference_and_cents(town: Database, clock: FrozenClock, mandat: int):
    rf = fordert(town, clock, mandat)
    fordert(town, clock, None)
    fordert(town, clock, mandat, days=30)
    found = zieht_ein(town, clock)
    assert found is not None
    assert (found.anzahl, found.summe) == (1, Decimal("108.00"))
    root = etree.fromstring(found.datei)
    assert "pain.008.001.08" in str(root.tag)
    assert root.findtext(".//{*}InstdAmt") == "108.00"
    assert root.findtext(".//{*}EndToEndId") == rf
    assert root.findtext(".//{*}MndtId") == "M-2026-1"
    assert root.findtext(".//{*}DtOfSgntr") == "2026-01-02"
    assert root.findtext(".//{*}Dbtr/{*}Nm") == "Erika Mueller"
    assert "\n" not in str(root.findtext(".//{*}Ustrd"))


def test_what_is_collected_is_collected_once_and_stays_open_until_the_money_is_there(
    town: Database, clock: FrozenClock, mandat: int
):
    rf = fordert(town, clock, mandat)
    assert zieht_ein(town, clock) is not None
    assert zieht_ein(town, clock) is None
    with town.reading() as session:
        assert finden(session, rf).state == "offen"


def test_a_mandate_that_was_taken_back_collects_nothing(town: Database, clock: FrozenClock, mandat: int):
    fordert(town, clock, mandat)
    with unit_of_work(town) as session:
        widerrufen(session, mandat)
    assert zieht_ein(town, clock) is None
    with town.reading() as session, pytest.raises(MandatAbgelehnt, match="gültiges Mandat"):
        finde_mandat(session, "M-2026-1", clock.today())


def test_a_mandate_lapses_after_36_months(town: Database, clock: FrozenClock, mandat: int):
    with town.reading() as session:
        assert finde_mandat(session, "M-2026-1", date(2029, 1, 2)).id == mandat
        with pytest.raises(MandatAbgelehnt, match="verfallen"):
            finde_mandat(session, "M-2026-1", date(2029, 1, 3))


@pytest.mark.parametrize(
    ("referenz", "name", "iban", "vom"),
    [
        ("M-2", "Erika", "DE00370400440532013000", date(2026, 1, 2)),
        ("", "Erika", IBAN, date(2026, 1, 2)),
        ("M" * 36, "Erika", IBAN, date(2026, 1, 2)),
        ("M-2", "", IBAN, date(2026, 1, 2)),
        ("M-2", "Erika", IBAN, date(2099, 1, 2)),
        ("M-2026-1", "Erika", IBAN, date(2026, 1, 2)),
    ],
)
def test_a_mandate_that_no_bank_takes_is_refused(town, clock, mandat, referenz, name, iban, vom):
    with unit_of_work(town) as session, pytest.raises(MandatAbgelehnt):
        mandat_anlegen(session, clock, referenz, name, iban, vom)


def test_a_creditor_identifier_that_is_none_is_refused(town: Database, clock: FrozenClock, mandat: int):
    fordert(town, clock, mandat)
    with pytest.raises(AuftragAbgelehnt, match="Gläubiger-ID"), unit_of_work(town) as session:
        einziehen(session, clock, TOWN, "DE97ZZZ09999999999")


def test_a_letter_of_a_claim_with_a_mandate_says_when_it_is_collected(vorgang, mandat: int, postausgang):
    auftrag = {"zweck": "Hundesteuer", "betrag": Decimal("108.00"), "frist_tage": Decimal(30)}
    auftrag |= {"oeffentlich_rechtlich": True, "posten": [], "rechtsgrundlage": "", "mandat": "M-2026-1"}
    vorgang.beginnt("rechnung_einzug", person=PERSON, auftrag=auftrag).jobs_laufen()
    assert "Sie müssen nichts tun" in brief(postausgang[-1])
    assert "GiroCode" not in brief(postausgang[-1])
