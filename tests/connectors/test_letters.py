# SPDX-License-Identifier: EUPL-1.2
"""Letters, fake and real: filled, escaped, cut off from the network, readable by a screen reader."""

import subprocess
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import zxingcpp
from PIL import Image, ImageFile

from connectors.girocode import plain_code, svg_data_uri
from connectors.pdf import FakeLetters, LetterRefused, Letters, PdfLetters, formats
from connectors.pdf.letters import EXAMPLE_LETTERHEAD
from engine.errors import ConnectorUnavailable

LETTER = """{% extends "blatt.html" %}
{% block titel %}Bescheid für {{ name }}{% endblock %}
{% block inhalt %}<h1>Bescheid</h1><p>Guten Tag {{ name }}</p>
<table><tr><th scope="row">Betrag</th><td>{{ betrag | euro }}</td></tr></table>
<img src="{{ code }}" alt="Ein Code" style="width: 40mm">{% endblock %}
"""
CONTEXT = {
    "name": "Erika <b>Muster",
    "betrag": Decimal("1234.5"),
    "code": svg_data_uri(plain_code("https://stadt.example/x")),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "brief.html").write_text("nicht dieser: die eigenen Vorlagen gehen vor", encoding="utf-8")
    (tmp_path / "probe.html").write_text(LETTER, encoding="utf-8")
    (tmp_path / "probe.txt").write_text(
        "Guten Tag {{ name }}, {{ betrag | euro }}\n\n{{ stadt.department }}\n\n", encoding="utf-8"
    )
    return tmp_path


@pytest.fixture(params=[FakeLetters, PdfLetters])
def letters(request: pytest.FixtureRequest, folder: Path) -> Iterator[Letters]:
    made: Letters = request.param(EXAMPLE_LETTERHEAD, [folder])
    made.check()
    yield made


@pytest.fixture
def real(folder: Path) -> PdfLetters:
    return PdfLetters(EXAMPLE_LETTERHEAD, [folder])


def test_letter_is_a_pdf(letters):
    assert letters.render("probe.html", CONTEXT).startswith(b"%PDF-1.7")


def test_mail_text_is_filled_in_and_not_escaped(letters):
    assert (
        letters.text("probe.txt", CONTEXT) == "Guten Tag Erika <b>Muster, 1.234,50\N{NO-BREAK SPACE}€\n\nBürgerbüro\n"
    )


@pytest.mark.parametrize("template", ["fehlt.html", "../probe.html"])
def test_unknown_template_is_refused(letters, template):
    with pytest.raises(LetterRefused, match="html"):
        letters.render(template, CONTEXT)


def test_missing_value_is_refused_by_its_name(letters):
    with pytest.raises(LetterRefused, match="betrag"):
        letters.render("probe.html", {"name": "Erika", "code": ""})


def test_value_of_the_wrong_kind_is_refused_without_quoting_it(letters):
    with pytest.raises(LetterRefused, match="wrong kind") as refused:
        letters.render("probe.html", {**CONTEXT, "betrag": "geheim"})
    assert "geheim" not in str(refused.value)


def test_fake_can_be_switched_off():
    letters = FakeLetters()
    letters.unreachable = True
    with pytest.raises(ConnectorUnavailable):
        letters.check()


@pytest.mark.parametrize(
    "address", ["https://fremd.example/bild.png", "file:///etc/hostname", "/../../geheim.png", "http://127.0.0.1:1/x"]
)
def test_nothing_is_fetched_from_outside(real, folder, address):
    (folder / "fremd.html").write_text(
        f'<html lang="de"><title>x</title><img src="{address}" alt="">', encoding="utf-8"
    )
    with pytest.raises(LetterRefused):
        real.render("fremd.html", {})


def test_real_letter_is_tagged_titled_and_in_german(real):
    with pikepdf.open(BytesIO(real.render("probe.html", CONTEXT))) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "Bescheid für Erika <b>Muster"
        assert pdf.Root.Lang == "de"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert {"/H1", "/P", "/Table", "/TH", "/Figure"} <= set(tags(pdf.Root.StructTreeRoot))


def test_code_in_a_real_letter_is_read_by_a_camera(real, tmp_path):
    assert [found.text for found in codes(real.render("probe.html", CONTEXT), tmp_path)] == ["https://stadt.example/x"]


def tags(element: pikepdf.Object) -> Iterator[str]:
    if isinstance(element, pikepdf.Dictionary) and "/S" in element:
        yield str(element.S)
    kids: Any = element.get("/K", []) if isinstance(element, pikepdf.Dictionary) else []
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            yield from tags(kid)


def codes(pdf: bytes, folder: Path) -> list[zxingcpp.Barcode]:
    (folder / "brief.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "150", "-png", "brief.pdf", "seite"], cwd=folder, check=True)
    return [code for page in sorted(folder.glob("seite-*.png")) for code in zxingcpp.read_barcodes(Image.open(page))]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (formats.euro(Decimal("1234567.8")), "1.234.567,80\N{NO-BREAK SPACE}€"),
        (formats.euro(Decimal("-0.5")), "-0,50\N{NO-BREAK SPACE}€"),
        (formats.datum("2026-11-22"), "22.11.2026"),
        (formats.viererblock("RF57KT2026000123"), "RF57 KT20 2600 0123"),
        (formats.jahre(1), "1 Jahr"),
        (formats.jahre(Decimal(2)), "2 Jahre"),
        (formats.hold_together("§ 37 Abs. 5 LVwVfG"), "§\N{NO-BREAK SPACE}37 Abs.\N{NO-BREAK SPACE}5 LVwVfG"),
    ],
)
def test_values_are_written_in_german(written, meant):
    assert written == meant


def test_setting_pages_leaves_the_check_of_uploaded_pictures_alone() -> None:
    import connectors.pdf.setting  # noqa: F401  # WeasyPrint changes Pillow for the whole process when it is imported

    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
