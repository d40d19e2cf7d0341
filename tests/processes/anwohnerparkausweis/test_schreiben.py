# SPDX-License-Identifier: EUPL-1.2
"""The real letters: complete, tagged, and with codes that a camera reads."""

import re
import subprocess
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import zxingcpp
from PIL import Image

import processes
from connectors.girocode import Transfer, payload
from connectors.links import FakeLinks
from connectors.pdf import FakeLetters, PdfLetters
from connectors.pdf.letters import EXAMPLE_LETTERHEAD
from engine.clock import FrozenClock
from engine.documents import NewDocument
from engine.operations import CaseContext
from processes.anwohnerparkausweis import operations
from processes.gemeinsam.operations import schreiben_erstellen

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
CLOCK = FrozenClock(NOW)
LINKS = FakeLinks()
CTX = CaseContext("case-1", "APA-2026-00001", "anwohnerparkausweis", "element", "job-1", NOW)
PERSON = {
    "vorname": "Zoë",
    "nachname": "Groß <script>alert(1)</script>",
    "strasse": "Max-Eyth-Straße 8",
    "plz": "73230",
    "ort": "Kirchheim unter Teck",
}
FAHRZEUG = {"kennzeichen": "ES-AB 123"}
PARKEN = {"zone": "B"}
GEBUEHR = {
    "jahresgebuehr": Decimal("30.00"),
    "jahre": Decimal(2),
    "betrag": Decimal("60.00"),
    "rechtsgrundlage": "§ 6a Abs. 5a StVG",
    "quelle": "Beispieldaten",
    "gueltig_ab": date(2026, 1, 1),
}
FORDERUNG = {"referenz": "RF57KT2026000123", "betrag": Decimal("60.00"), "faellig_am": date(2026, 12, 6)}
AUSWEIS = {
    "nummer": "P-2026-00017",
    "pruefcode": "K7QF2M9XABCDEFGH",
    "kennzeichen": "ES-AB 123",
    "zone": "B",
    "gueltig_ab": date(2026, 12, 1),
    "gueltig_bis": date(2027, 11, 30),
}
A4_WIDTH_POINTS = 595
BESCHEIDE: Mapping[str, Mapping[str, Any]] = {
    "gebuehrenbescheid": {"parken": PARKEN, "antragsdatum": date(2026, 11, 20), "gebuehr": GEBUEHR},
    "ablehnungsbescheid": {
        "parken": PARKEN,
        "antragsdatum": date(2026, 11, 20),
        "begruendung": "Die Wohnung liegt in keiner Zone.\n\nDas hat das Melderegister ergeben.",
    },
    "einstellungsbescheid": {"antragsdatum": date(2026, 11, 20), "forderung": FORDERUNG},
}


@pytest.fixture
def letters() -> PdfLetters:
    return PdfLetters(EXAMPLE_LETTERHEAD, [processes.FOLDER])


def bescheid(
    name: str, letters: PdfLetters | FakeLetters, person: Mapping[str, Any] = PERSON, **more: Any
) -> NewDocument:
    return schreiben_erstellen(
        letters,
        LINKS,
        CLOCK,
        CTX,
        vorlage=name,
        titel="Bescheid",
        person=dict(person),
        angaben={"fahrzeug": FAHRZEUG, **BESCHEIDE[name], **more},
        forderung=FORDERUNG if name == "gebuehrenbescheid" else None,
    )


def ausweis(letters: PdfLetters) -> NewDocument:
    return operations.ausweis_erstellen(letters, LINKS, CTX, AUSWEIS)


def words(document: NewDocument) -> str:
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=document.content, capture_output=True, check=True)
    return " ".join(text.stdout.decode().replace("\N{NO-BREAK SPACE}", " ").split())


def codes(document: NewDocument, folder: Path) -> list[str]:
    (folder / "schreiben.pdf").write_bytes(document.content)
    subprocess.run(["pdftoppm", "-r", "150", "-png", "schreiben.pdf", "seite"], cwd=folder, check=True)
    pages = [Image.open(page) for page in sorted(folder.glob("seite-*.png"))]
    return [code.text for page in pages for code in zxingcpp.read_barcodes(page)]


@pytest.mark.parametrize("name", BESCHEIDE)
def test_notice_holds_what_the_law_asks_for(name, letters):
    document = bescheid(name, letters)
    assert document.for_applicant
    text = words(document)
    for needed in (
        "Stadt Musterstadt",
        "APA-2026-00001",
        "22.11.2026",
        "73230 Kirchheim unter Teck",
        "Entscheidung",
        "Gründe",
        "ist ohne Unterschrift gültig (§ 37 Abs. 5 LVwVfG)",
        "Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe Widerspruch bei der "
        "Stadt Musterstadt, Rathausplatz 1, 12345 Musterstadt eingelegt werden.",
        "Art. 6 Abs. 1 Buchst. e DSGVO",
    ):
        assert needed in text
    assert text.index("Entscheidung") < text.index("Gründe") < text.index("Rechtsbehelfsbelehrung")
    assert "Groß <script>alert(1)</script>" in text  # shown as typed, never obeyed


@pytest.mark.parametrize("name", [*BESCHEIDE, "ausweis"])
def test_every_paper_is_tagged_and_titled(name, letters):
    document = ausweis(letters) if name == "ausweis" else bescheid(name, letters)
    with pikepdf.open(BytesIO(document.content)) as pdf, pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"]
        assert pdf.Root.Lang == "de"
        assert pdf.Root.MarkInfo.Marked


def test_fee_notice_says_how_the_fee_comes_about_and_how_it_is_paid(letters):
    text = words(bescheid("gebuehrenbescheid", letters))
    for needed in ("30,00 €", "2 Jahre", "60,00 €", "06.12.2026", "RF57 KT20 2600 0123", "DE02 1203 0000 0000 2020 51"):
        assert needed in text


def test_girocode_is_read_by_a_banking_app(letters, tmp_path):
    transfer = Transfer(
        EXAMPLE_LETTERHEAD.creditor, EXAMPLE_LETTERHEAD.iban, Decimal("60.00"), "RF57KT2026000123", bic="BYLADEM1001"
    )
    assert codes(bescheid("gebuehrenbescheid", letters), tmp_path) == [payload(transfer)]


def test_permit_names_the_car_and_leads_to_its_check_page(letters, tmp_path):
    document = ausweis(letters)
    assert codes(document, tmp_path) == ["https://stadt.example/ausweis/K7QF2M9XABCDEFGH"]
    text = words(document)
    for needed in ("P-2026-00017", "ES-AB 123", "30.11.2027", "01.12.2026", "B"):
        assert needed in text
    with pikepdf.open(BytesIO(document.content)) as pdf:
        assert len(pdf.pages) == 1


def test_long_reasons_run_on_to_further_pages(letters):
    document = bescheid("ablehnungsbescheid", letters, begruendung="Ein langer Satz mit Gründen. " * 400)
    with pikepdf.open(BytesIO(document.content)) as pdf:
        assert len(pdf.pages) > 2


def test_long_names_and_words_stay_on_the_sheet_and_push_the_text_down(letters):
    person = {
        "vorname": "Maximiliane-Friederike Charlotte Wilhelmina",
        "nachname": "X" * 80,
        "strasse": "Bürgermeister-Doktor-Friedrich-Wilhelm-Schwarzenberger-Gedächtnis-Allee 1234 b, Hinterhaus links",
        "plz": "73230",
        "ort": "Sankt Bartholomä am unteren Schwarzachgraben bei Kirchheim unter Teck (Ende)",
    }
    document = bescheid("ablehnungsbescheid", letters, person, begruendung="W" * 2000)
    placed = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=document.content, capture_output=True, check=True)
    word_box = r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.+?)</word>'
    boxes = re.findall(word_box, placed.stdout.decode())
    assert max(float(right) for _, _, right, _, _ in boxes) < A4_WIDTH_POINTS
    end_of_address = next(float(bottom) for _, _, _, bottom, word in boxes if word == "(Ende)")
    subject = next(float(top) for _, top, _, _, word in boxes if word == "Bewohnerparkausweis")
    assert end_of_address < subject
