# SPDX-License-Identifier: EUPL-1.2
"""The fee and the deadlines: one rule for every day, inside the legal frame, the same for everybody."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import processes
from engine.clock import FrozenClock
from engine.dmn import Decision, load_decisions

FOLDER = processes.FOLDER / "anwohnerparkausweis"
TODAY = date(2026, 11, 22)
DAYS = st.dates(date(2024, 1, 1), date(2035, 12, 31))
ZONES = ["A", "B", "C"]
#: Nr. 265 of the annex to § 1 GebOSt, euro a year.
LOWEST, HIGHEST = Decimal("10.20"), Decimal("30.70")


def decision(name: str) -> Decision:
    return load_decisions((FOLDER / f"{name}.dmn").read_bytes())[name]


GEBUEHR, FRISTEN = decision("gebuehr"), decision("fristen")


def noon(day: date) -> FrozenClock:
    return FrozenClock(datetime.combine(day, time(12)))


def gebuehr(tag: date, monate: str, zone: str) -> dict[str, Any]:
    (result,) = GEBUEHR.evaluate(
        {"antragsdatum": tag, "parken": {"laufzeit_monate": monate, "zone": zone}}, noon(tag)
    ).outputs
    return result


@given(tag=DAYS, monate=st.sampled_from(["12", "24"]), zone=st.sampled_from(ZONES))
def test_every_day_has_one_fee_inside_the_frame(tag, monate, zone):
    result = gebuehr(tag, monate, zone)
    assert LOWEST <= result["jahresgebuehr"] <= HIGHEST
    assert result["jahre"] * 12 == int(monate)
    assert result["betrag"] == result["jahresgebuehr"] * result["jahre"]
    assert result["gueltig_ab"] <= tag <= (result["gueltig_bis"] or tag)
    assert result["rechtsgrundlage"]
    assert "Beispieldaten" in result["quelle"]


@given(tag=DAYS, monate=st.sampled_from(["12", "24"]))
def test_every_zone_pays_the_same(tag, monate):
    assert len({gebuehr(tag, monate, zone)["betrag"] for zone in ZONES}) == 1


@pytest.mark.parametrize(("tag", "betrag"), [(date(2025, 12, 31), "25.00"), (date(2026, 1, 1), "30.00")])
def test_the_day_of_the_application_decides(tag, betrag):
    assert gebuehr(tag, "12", "A")["betrag"] == Decimal(betrag)


@pytest.mark.parametrize(("monate", "zone"), [("36", "A"), ("12", "Z"), (None, "A")])
def test_unknown_terms_and_zones_have_no_fee(monate, zone):
    scope = {"antragsdatum": TODAY, "parken": {"laufzeit_monate": monate, "zone": zone}}
    assert GEBUEHR.evaluate(scope, noon(TODAY)).outputs == []


def test_every_fee_says_why():
    scope = {"antragsdatum": TODAY, "parken": {"laufzeit_monate": "24", "zone": "B"}}
    (line, *_) = GEBUEHR.evaluate(scope, noon(TODAY)).trace.german()
    assert "60,00 €" in line and "GebOSt" in line


@given(tag=DAYS)
def test_every_day_has_deadlines_in_their_order(tag):
    (result,) = FRISTEN.evaluate({"antragsdatum": tag}, noon(tag)).outputs
    assert 0 < result["zahlung_tage"] <= result["erinnerung_tage"] < result["einstellung_tage"]
    assert result["bearbeitung_tage"] > 0 and result["antwort_tage"] > 0
    assert "Beispieldaten" in result["quelle"]


def test_service_page_names_the_fees_of_the_table():
    page = processes.service("anwohnerparkausweis")
    assert page is not None
    named = re.findall(r"(\d+,\d\d) €", " ".join(page.section("kosten").paragraphs))
    assert named == [f"{gebuehr(TODAY, monate, 'A')['betrag']:.2f}".replace(".", ",") for monate in ("12", "24")]
