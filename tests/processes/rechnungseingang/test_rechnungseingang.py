# SPDX-License-Identifier: EUPL-1.2
"""Invoices to the town, from the file to the bank statement. Every end event of the model is reached here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from email.message import EmailMessage
from io import BytesIO
from typing import Any

import pytest
from lxml import etree
from PIL import Image
from sqlalchemy import select

from conftest import Vorgang
from connectors.einvoice import Invoice, InvoiceRefused, PayTo, write_xrechnung
from connectors.mail import FakeMailer, Mailer
from engine.cases import cancel_case
from engine.db import unit_of_work
from engine.identity import SYSTEM, Actor
from engine.queries.cases import case_by_reference, documents
from engine.verify import verify_town
from processes.gemeinsam.sepa import Konto
from processes.rechnung.auszug import einlesen
from processes.rechnungseingang.annehmen import Angenommen, annehmen, aus_mail
from processes.rechnungseingang.chores import vergessen
from processes.rechnungseingang.models import Eingangsrechnung
from processes.rechnungseingang.queries import eingangsrechnungen, vorgemerkt
from processes.rechnungseingang.zahllauf import zahllaeufe, zahllauf
from tests.invoices import SUPPLIER, invoice
from tests.statements import IBAN, Movement, camt

KASSE = Actor("petra.kohl", "Petra Kohl", frozenset({"kasse"}))
BAUHOF = Actor("bernd.stark", "Bernd Stark", frozenset({"bauhof"}))
UTE = Actor("ute.sommer", "Ute Sommer", frozenset({"anordnung"}))
MAX = Actor("max.roth", "Max Roth", frozenset({"anordnung"}))
BAU_UND_ANORDNUNG = Actor("bernd.stark", "Bernd Stark", frozenset({"bauhof", "anordnung"}))
TOWN = Konto("Stadtkasse Musterstadt", IBAN)
_OUT = BytesIO()
Image.new("RGB", (20, 20), "white").save(_OUT, "PNG")
#: A photo of an invoice: only people can read it.
BILD = _OUT.getvalue()
RICHTIG = {"entscheidung": "ja", "haushaltsstelle": "5410.4221"}
SPAETER = timedelta(days=400)


@dataclass
class Posteingang:
    """The town's invoices, and one of them as a story."""

    fall: Vorgang

    def kommt(self, rechnung: Invoice | bytes, name: str = "rechnung.xml") -> Vorgang:
        """A file arrives; the story goes on with its case."""
        self.nimmt(rechnung, name)
        self.fall.jobs_laufen()
        return self.fall

    def nimmt(self, rechnung: Invoice | bytes, name: str = "rechnung.xml") -> Angenommen:
        content = rechnung if isinstance(rechnung, bytes) else write_xrechnung(rechnung)
        with unit_of_work(self.fall.db) as session:
            taken = annehmen(session, self.fall.services, name, content, KASSE)
            self.fall.info = case_by_reference(session, taken.kennung)
        return taken

    def geprueft(self, rechnung: Invoice) -> Vorgang:
        """Right in every way, waiting for its release."""
        fall = self.kommt(rechnung).erledigt("Sachlich prüfen", von=BAUHOF, **RICHTIG)
        return fall.erledigt("Rechnerisch prüfen", von=KASSE, entscheidung="ja").jobs_laufen()

    def kennung(self) -> str:
        return str(self.fall.variable("eingang")["kennung"])

    def stand(self) -> str:
        with self.fall.db.reading() as session:
            return session.scalars(select(Eingangsrechnung.state).where(Eingangsrechnung.case_id == self.fall.id)).one()

    def lauf(self, bis: date | None = None) -> bytes | None:
        with unit_of_work(self.fall.db) as session:
            until = bis or self.fall.clock.today() + SPAETER
            run = zahllauf(session, self.fall.services, TOWN, until, "Petra Kohl")
            return run.content.encode() if run else None

    def bank_meldet(self, *movements: Movement) -> None:
        with unit_of_work(self.fall.db) as session:
            einlesen(session, self.fall.services, camt(movements), "auszug.xml", IBAN, "Petra Kohl")
        self.fall.jobs_laufen()


@pytest.fixture
def eingang(vorgang: Vorgang) -> Posteingang:
    return Posteingang(vorgang)


def test_kleine_rechnung_von_der_datei_bis_zum_kontoauszug(eingang: Posteingang):
    fall = eingang.geprueft(invoice("500.00"))
    fall.erledigt("Rechnung freigeben", von=UTE, entscheidung="freigeben").jobs_laufen()
    assert eingang.stand() == "freigegeben"
    datei = etree.fromstring(eingang.lauf() or b"")
    assert datei.findtext(".//{*}InstdAmt") == "595.00"
    assert datei.findtext(".//{*}EndToEndId") == eingang.kennung()
    assert datei.findtext(".//{*}Ustrd") == "Rechnung R-1"
    assert eingang.stand() == "angewiesen"
    eingang.bank_meldet(Movement("-595.00", end_to_end=eingang.kennung()))
    fall.endet_mit("Bezahlt")
    assert eingang.stand() == "bezahlt"
    assert list(verify_town(fall.db, fall.services)) == []
    with fall.db.reading() as session:
        assert [each.title for each in documents(session, fall.id)] == ["Rechnung, wie sie kam"]


def test_ueber_der_grenze_geben_zwei_frei_die_nicht_geprueft_haben(eingang: Posteingang):
    fall = eingang.geprueft(invoice("1000.00"))
    for same in (BAU_UND_ANORDNUNG, BAU_UND_ANORDNUNG):
        fall.erledigt("Rechnung freigeben", von=same, entscheidung="freigeben").wartet_auf("Rechnung freigeben")
    fall.erledigt("Rechnung freigeben", von=UTE, entscheidung="freigeben").wartet_auf("Zweite Freigabe")
    for same in (UTE, BAU_UND_ANORDNUNG):
        fall.erledigt("Zweite Freigabe", von=same, entscheidung="freigeben").wartet_auf("Zweite Freigabe")
    assert eingang.stand() == "in_pruefung"
    fall.erledigt("Zweite Freigabe", von=MAX, entscheidung="freigeben")
    assert eingang.stand() == "freigegeben"


def test_dieselbe_datei_wird_einmal_angenommen(eingang: Posteingang):
    first, again = eingang.nimmt(invoice()), eingang.nimmt(invoice())
    assert (first.neu, again.neu) == (True, False)
    assert again.kennung == first.kennung


def test_dieselbe_rechnung_in_anderer_datei_faellt_auf_und_wird_abgelegt(eingang: Posteingang):
    first = eingang.nimmt(invoice())
    fall = eingang.kommt(write_xrechnung(invoice()) + b"\n")
    assert first.kennung in fall.variable("eingang")["befunde"][0]["text"]
    fall.erledigt("Mängel klären", von=KASSE, entscheidung="ablegen").endet_mit("Abgelegt")
    assert eingang.stand() == "abgelegt"


def test_wer_falsch_rechnet_bekommt_die_rechnung_zurueck(eingang: Posteingang):
    wrong = invoice()
    wrong = replace(wrong, totals=replace(wrong.totals, gross=Decimal("600.00"), due=Decimal("600.00")))
    fall = eingang.kommt(wrong)
    assert "BR-CO-15" in [each["regel"] for each in fall.variable("eingang")["befunde"]]
    fall.erledigt("Mängel klären", von=KASSE, entscheidung="zurueckweisen", begruendung="Die Summe stimmt nicht.")
    fall.jobs_laufen().endet_mit("Zurückgewiesen")
    mailer = fall.services.connectors[Mailer]
    assert isinstance(mailer, FakeMailer)
    assert "Die Summe stimmt nicht." in mailer.sent[-1].text
    assert mailer.sent[-1].to == SUPPLIER.email


def test_ein_neues_konto_des_lieferanten_faellt_auf(eingang: Posteingang):
    eingang.geprueft(invoice()).erledigt("Rechnung freigeben", von=UTE, entscheidung="freigeben")
    eingang.lauf()
    fall = eingang.kommt(invoice(number="R-2", pay_to=PayTo("DE02120300000000202051")))
    assert [each["regel"] for each in fall.variable("eingang")["befunde"]] == ["Anderes Konto"]
    eingang.kommt(invoice(number="R-3")).wartet_auf("Sachlich prüfen")


def test_unerhebliche_maengel_halten_nicht_auf(eingang: Posteingang):
    fall = eingang.kommt(invoice(seller=replace(SUPPLIER, vat_id="")))
    fall.erledigt("Mängel klären", von=KASSE, entscheidung="weiter").wartet_auf("Sachlich prüfen")


NEIN: list[tuple[str, Actor, dict[str, Any]]] = [
    ("Sachlich prüfen", BAUHOF, {"entscheidung": "nein"}),
    ("Rechnerisch prüfen", KASSE, {"entscheidung": "nein"}),
    ("Rechnung freigeben", UTE, {"entscheidung": "ablehnen"}),
    ("Zweite Freigabe", MAX, {"entscheidung": "ablehnen"}),
]
JA: dict[str, tuple[Actor, dict[str, Any]]] = {
    "Sachlich prüfen": (BAUHOF, RICHTIG),
    "Rechnerisch prüfen": (KASSE, {"entscheidung": "ja"}),
    "Rechnung freigeben": (UTE, {"entscheidung": "freigeben"}),
}


@pytest.mark.parametrize(("schritt", "person", "antwort"), NEIN, ids=[each[0] for each in NEIN])
def test_jede_pruefung_kann_zurueckweisen(eingang: Posteingang, schritt: str, person: Actor, antwort: dict[str, Any]):
    fall = eingang.kommt(invoice("2000.00"))
    for name, (who, answer) in JA.items():
        if name == schritt:
            break
        fall.erledigt(name, von=who, **answer)
    fall.erledigt(schritt, von=person, **antwort, begruendung=f"Nicht bei {schritt}.").jobs_laufen()
    fall.endet_mit("Zurückgewiesen")
    assert fall.variable("grund") == f"Nicht bei {schritt}."
    assert eingang.lauf() is None


def test_ohne_mailadresse_sagt_es_jemand_dem_absender(eingang: Posteingang):
    fall = eingang.kommt(invoice(seller=replace(SUPPLIER, email="", contact="")))
    fall.erledigt("Sachlich prüfen", von=BAUHOF, entscheidung="nein", begruendung="Nie bestellt.").jobs_laufen()
    fall.erledigt("Absender benachrichtigen", von=KASSE, erledigt=True).endet_mit("Zurückgewiesen")


def test_eine_andere_stelle_hat_bestellt(eingang: Posteingang):
    fall = eingang.kommt(invoice(buyer_reference="08116033-25"))
    assert fall.variable("zustaendig")["gruppe"] == "kasse"
    fall.erledigt("Sachlich prüfen", von=KASSE, entscheidung="andere_stelle", stelle="tiefbau")
    assert fall.variable("zustaendig")["gruppe"] == "tiefbau"
    fall.wartet_auf("Sachlich prüfen")


def test_aus_einem_bild_wird_abgetippt(eingang: Posteingang):
    fall = eingang.kommt(BILD, "rechnung.png")
    typed: dict[str, Any] = {"lieferant": "Malerin Beispiel", "rechnungsnummer": "7", "betrag": Decimal("119.00")}
    typed |= {"rechnungsdatum": "2026-11-01", "faellig_am": "2026-11-30", "iban": "DE89 3704 0044 0532 0130 00"}
    fall.erledigt("Rechnungsdaten erfassen", von=KASSE, **typed).jobs_laufen()
    fall.erledigt("Sachlich prüfen", von=KASSE, **RICHTIG).erledigt("Rechnerisch prüfen", von=KASSE, entscheidung="ja")
    fall.erledigt("Rechnung freigeben", von=UTE, entscheidung="freigeben")
    datei = etree.fromstring(eingang.lauf() or b"")
    assert (datei.findtext(".//{*}Cdtr/{*}Nm"), datei.findtext(".//{*}Ustrd")) == ("Malerin Beispiel", "Rechnung 7")


def test_falsche_iban_faellt_auch_abgetippt_auf(eingang: Posteingang):
    fall = eingang.kommt(BILD, "rechnung.png")
    typed: dict[str, Any] = {"lieferant": "Malerin", "rechnungsnummer": "7", "betrag": Decimal("119.00")}
    fall.erledigt("Rechnungsdaten erfassen", von=KASSE, **typed, iban="DE00", rechnungsdatum="2026-11-01")
    fall.wartet_auf("Mängel klären")


def test_zahllauf_nimmt_nur_faelliges_und_jedes_einmal(eingang: Posteingang):
    eingang.geprueft(invoice(due_on=None)).erledigt("Rechnung freigeben", von=UTE, entscheidung="freigeben")
    with eingang.fall.db.reading() as session:
        [row] = eingangsrechnungen(session, "freigegeben")
        assert row.due_on == date(2026, 10, 1), "30 days after its date when it names no day"
        assert vorgemerkt(session, date(2026, 9, 30)).anzahl == 0
        assert vorgemerkt(session, date(2026, 10, 1)).summe == Decimal("595.00")
    assert eingang.lauf(bis=date(2026, 9, 30)) is None
    assert eingang.lauf(bis=date(2026, 10, 1)) is not None
    assert eingang.lauf() is None
    with eingang.fall.db.reading() as session:
        [run] = zahllaeufe(session)
        assert (run.invoice_count, run.total) == (1, Decimal("595.00"))


def test_wessen_vorgang_beendet_wurde_wird_nicht_bezahlt(eingang: Posteingang):
    fall = eingang.geprueft(invoice()).erledigt("Rechnung freigeben", von=UTE, entscheidung="freigeben")
    with unit_of_work(fall.db) as session:
        cancel_case(session, fall.services, fall.id, "Storniert", SYSTEM)
    assert eingang.lauf() is None
    assert eingang.stand() == "abgelegt"


def test_fremde_abbuchung_beendet_nichts(eingang: Posteingang):
    eingang.geprueft(invoice()).erledigt("Rechnung freigeben", von=UTE, entscheidung="freigeben")
    eingang.lauf()
    eingang.bank_meldet(Movement("-595.00", end_to_end="ER-2026-99999"), Movement("-595.00"))
    assert eingang.stand() == "angewiesen"
    eingang.bank_meldet(Movement("-595.00", end_to_end=eingang.kennung(), bank_reference="7"))
    assert eingang.stand() == "bezahlt"


def mail_mit(*files: tuple[str, bytes]) -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"] = "Rechnung", "rechnung@bau.example"
    message.set_content("anbei")
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def test_aus_einer_mail_kommen_nur_rechnungen():
    mail = mail_mit(("../rechnung.xml", b"<a/>"), ("virus.exe", b"MZ"), ("Scan.PDF", b"%PDF-"))
    assert aus_mail(mail) == [("rechnung.xml", b"<a/>"), ("Scan.PDF", b"%PDF-")]
    assert aus_mail(mail_mit()) == []


@pytest.mark.parametrize(
    ("name", "content"), [("virus.exe", b"MZ"), ("rechnung.xml", b"<a/>"), ("kaputt.pdf", b"%PDF-")]
)
def test_was_keine_rechnung_ist_hinterlaesst_nichts(eingang: Posteingang, name: str, content: bytes):
    with pytest.raises(InvoiceRefused):
        eingang.nimmt(content, name)
    with eingang.fall.db.reading() as session:
        assert eingangsrechnungen(session) == []


def test_rechnungen_werden_nach_acht_jahren_vergessen(eingang: Posteingang):
    fall = eingang.kommt(invoice()).erledigt("Sachlich prüfen", von=BAUHOF, entscheidung="nein", begruendung="Nein.")
    fall.jobs_laufen()
    for years, forgotten in ((8, 0), (9, 1)):
        fall.clock.set(fall.clock.now().replace(year=2026 + years, month=1, day=2))
        with unit_of_work(fall.db) as session:
            assert vergessen(session, fall.services) == forgotten
