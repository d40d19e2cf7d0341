# SPDX-License-Identifier: EUPL-1.2
"""The ways of a report, as a designer would tell them. Every end event of the model is reached here."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Vorgang
from engine.chores import chores, do_all
from engine.identity import Actor
from processes.maengelmelder.operations import UMKREIS_METER, entfernung
from processes.maengelmelder.queries import MangelUnbekannt, Meldung, meldung, meldungen
from tests.processes.scenes import betreffe

BERND = Actor("bernd.stark", "Bernd Stark", frozenset({"bauhof"}))
MARKT = "48.648300, 9.451100"
#: 20 m and 40 m east of it.
NEBENAN, WEITER = "48.648300, 9.451372", "48.648300, 9.451644"
ERIKA = "erika.muster@example.org"


def angaben(position: str | None = MARKT, kategorie: str = "beleuchtung", email: str | None = ERIKA, **mehr: Any):
    """What the form gives."""
    return {
        "mangel": {"kategorie": kategorie, "beschreibung": "Die Laterne ist aus.", "fotos": None},
        "ort": {"position": position, "adresse": None, **mehr},
        "kontakt": {"email": email},
    }


@pytest.fixture
def melden(vorgang: Vorgang):
    """Somebody reports something; each report is a case of its own."""

    def report(*args: Any, **kwargs: Any) -> Vorgang:
        neu = Vorgang(vorgang.db, vorgang.services, vorgang.clock, by=BERND)
        return neu.beginnt("maengelmelder", **angaben(*args, **kwargs)).jobs_laufen()

    return report


def stand(fall: Vorgang) -> Meldung:
    assert fall.info
    with fall.db.reading() as session:
        return meldung(session, fall.info.reference)


def test_mangel_wird_behoben(melden, postausgang):
    fall = melden()
    assert stand(fall).ist_offen
    assert stand(fall).beschreibung == "", "nobody has read it yet"
    fall.erledigt("Meldung prüfen", entscheidung="beheben", freigegeben=True).jobs_laufen()
    assert stand(fall).beschreibung == "Die Laterne ist aus."
    assert stand(fall).frist == fall.clock.now() + timedelta(days=5)
    fall.erledigt("Mangel beheben", antwort="Leuchtmittel getauscht.").jobs_laufen()
    fall.endet_mit("Meldung abgeschlossen")
    assert (stand(fall).ist_offen, stand(fall).ergebnis) == (False, "Leuchtmittel getauscht.")
    assert betreffe(postausgang) == ["Ihre Meldung ist angekommen", "Ergebnis zu Ihrer Meldung"]
    assert "Leuchtmittel getauscht." in postausgang[-1].text


def test_meldung_wird_abgelehnt_und_bleibt_ungelesen_verborgen(melden, postausgang):
    fall = melden()
    fall.erledigt("Meldung prüfen", entscheidung="ablehnen", antwort="Das ist Sache des Landes.").jobs_laufen()
    fall.endet_mit("Meldung abgeschlossen")
    assert stand(fall).beschreibung == ""
    assert "Sache des Landes" in postausgang[-1].text


def test_wer_keine_adresse_nennt_bekommt_keine_mail(melden, postausgang):
    fall = melden(email=None)
    fall.erledigt("Meldung prüfen", entscheidung="ablehnen", antwort="Schon erledigt.").jobs_laufen()
    fall.endet_mit("Meldung abgeschlossen")
    assert postausgang == []


def test_gleiche_meldung_wird_zusammengefuehrt_und_erfaehrt_das_ergebnis(melden, postausgang):
    erste, zweite = melden(), melden(NEBENAN, email="otto.kurz@example.org")
    assert stand(zweite).haupt == erste.info.reference
    assert zweite.aufgaben() == []
    assert betreffe(postausgang)[-1] == "Ihre Meldung gehört zu einer anderen"
    erste.erledigt("Meldung prüfen", entscheidung="beheben").jobs_laufen()
    erste.erledigt("Mangel beheben", antwort="Leuchtmittel getauscht.").jobs_laufen()
    zweite.endet_mit("Meldung abgeschlossen")
    assert not stand(zweite).ist_offen
    assert {mail.to for mail in postausgang[-2:]} == {ERIKA, "otto.kurz@example.org"}


def test_ohne_adresse_zusammengefuehrt_endet_ohne_mail(melden, postausgang):
    erste, zweite = melden(email=None), melden(NEBENAN, email=None)
    erste.erledigt("Meldung prüfen", entscheidung="ablehnen", antwort="Kein Mangel.").jobs_laufen()
    zweite.endet_mit("Meldung abgeschlossen")
    assert postausgang == []


@pytest.mark.parametrize(
    ("position", "kategorie"),
    [(WEITER, "beleuchtung"), (MARKT, "abfall"), (None, "beleuchtung")],
    ids=["40 m away", "another kind", "no place on the map"],
)
def test_andere_meldung_bleibt_eigen(melden, position: str | None, kategorie: str):
    melden()
    zweite = melden(position, kategorie, adresse="Marktplatz")
    assert stand(zweite).haupt is None
    zweite.wartet_auf("Meldung prüfen")


def test_nach_drei_tagen_ist_es_ein_neuer_mangel(melden):
    erste = melden()
    erste.zeit_vergeht(timedelta(hours=71))
    assert stand(melden()).haupt == erste.info.reference
    erste.zeit_vergeht(timedelta(hours=2))
    assert stand(melden()).haupt is None


def test_nach_dem_abschluss_ist_es_ein_neuer_mangel(melden):
    erste = melden()
    erste.erledigt("Meldung prüfen", entscheidung="ablehnen", antwort="Kein Mangel.").jobs_laufen()
    assert stand(melden()).haupt is None


def test_dritte_meldung_gehoert_zur_ersten_nicht_zur_zweiten(melden):
    erste = melden()
    melden(NEBENAN)
    dritte = melden(MARKT)
    assert stand(dritte).haupt == erste.info.reference


def test_abgeschlossene_meldung_verschwindet_nach_einem_jahr(melden):
    fall = melden()
    fall.erledigt("Meldung prüfen", entscheidung="ablehnen", antwort="Kein Mangel.").jobs_laufen()
    offen = melden()
    fall.clock.advance(timedelta(days=366))
    list(do_all(fall.db, fall.services, chores()))
    with pytest.raises(MangelUnbekannt):
        stand(fall)
    assert stand(offen).ist_offen


def test_listen_zeigen_was_gefragt_ist(melden):
    erste, zweite = melden(), melden(None, "abfall", adresse="Marktplatz")
    zweite.erledigt("Meldung prüfen", entscheidung="ablehnen", antwort="Kein Mangel.").jobs_laufen()
    with erste.db.reading() as session:
        assert [each.kategorie for each in meldungen(session)] == ["abfall", "beleuchtung"]
        assert [each.kategorie for each in meldungen(session, offen=True)] == ["beleuchtung"]
        assert [each.kategorie for each in meldungen(session, kategorien=["abfall"])] == ["abfall"]
        assert meldungen(session, seit=erste.clock.now() + timedelta(hours=1)) == []
        assert len(meldungen(session, nummern=[erste.info.reference], offen=False)) == 1


def test_entfernung_eines_breitengrads():
    """One degree of a meridian is a 360th of the circumference of the mean sphere."""
    assert entfernung(48, 9, 49, 9) == pytest.approx(111_195, abs=1)
    assert (
        entfernung(48.6483, 9.4511, 48.6483, 9.451372) < UMKREIS_METER < entfernung(48.6483, 9.4511, 48.6483, 9.451644)
    )


places = st.tuples(st.floats(47.2, 55.1), st.floats(5.8, 15.1))


@given(places, places)
def test_entfernung_ist_in_beiden_richtungen_gleich(here: tuple[float, float], there: tuple[float, float]):
    assert entfernung(*here, *there) == pytest.approx(entfernung(*there, *here))
    assert entfernung(*here, *here) == 0
