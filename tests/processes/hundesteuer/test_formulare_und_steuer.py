# SPDX-License-Identifier: EUPL-1.2
"""What is asked of whom, how the tax comes about, and that the letters can be read."""

import subprocess
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pikepdf
import pytest

import processes
from connectors.links import FakeLinks
from connectors.pdf import PdfLetters
from connectors.pdf.letters import EXAMPLE_LETTERHEAD
from engine.clock import FrozenClock
from engine.dmn import load_decisions
from engine.operations import CaseContext
from forms import load_form, read_step, validate, visible_steps
from processes.gemeinsam.operations import schreiben_erstellen

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
CLOCK = FrozenClock(NOW)
FOLDER = processes.FOLDER / "hundesteuer"
FORM = load_form((FOLDER / "antrag.form").read_bytes())
STEUER = load_decisions((FOLDER / "steuer.dmn").read_bytes())["steuer"]
CTX = CaseContext("case-1", "HST-2026-00001", "hundesteuer", "element", "job-1", NOW)
PERSON = {"vorname": "Zoë", "nachname": "Groß", "strasse": "Weg 1", "plz": "73230", "ort": "Kirchheim unter Teck"}


def steps(art: str) -> list[str]:
    return [step.title for step in visible_steps(FORM, {"anliegen": {"art": art}}, clock=CLOCK)]


def hund(**more: Any) -> dict[str, Any]:
    usual = {"name": "Rex", "rasse": "Dackel", "beginn": date(2026, 8, 3), "gefaehrlich": "nein"}
    return usual | {"ermaessigung": "keine"} | more


def steuer(*hunde: dict[str, Any], bereits: int = 0, tag: date = date(2026, 11, 26)) -> dict[str, Any]:
    angaben = {"antragsdatum": tag, "anmeldung": {"bereits": Decimal(bereits), "hunde": list(hunde)}}
    result: dict[str, Any] = STEUER.evaluate(angaben, CLOCK).value
    return result


@pytest.mark.parametrize(
    ("art", "last"),
    [("anmelden", "Ihre Hunde"), ("abmelden", "Hunde abmelden"), ("ummelden", "Hunde, die mit umziehen")],
)
def test_everybody_is_asked_for_their_own_matter_only(art: str, last: str) -> None:
    assert steps(art) == ["Ihr Anliegen", "Angaben zur Person", last]


def test_proofs_are_asked_for_only_where_a_dog_shall_be_exempt() -> None:
    answers: dict[str, Any] = {"anliegen": {"art": "anmelden"}, "person": PERSON | {"email": "zoe@example.org"}}
    answers["anmeldung"] = {"bereits": Decimal(0), "hunde": [hund()]}
    assert validate(FORM, answers, clock=CLOCK) == []
    answers["anmeldung"]["hunde"] = [hund(), hund(ermaessigung="assistenz")]
    assert [error.path for error in validate(FORM, answers, clock=CLOCK)] == ["anmeldung.nachweise"]


def test_a_dog_cannot_have_been_taken_in_tomorrow() -> None:
    answers: dict[str, Any] = {"anliegen": {"art": "anmelden"}}
    answers["anmeldung"] = {"bereits": Decimal(0), "hunde": [hund(), hund(beginn=date(2026, 11, 23))]}
    (wrong,) = (error for error in validate(FORM, answers, clock=CLOCK) if error.path.startswith("anmeldung"))
    assert (wrong.path, wrong.item) == ("anmeldung.hunde.1.beginn", "2. Hund")


def test_the_new_holder_is_asked_for_only_of_a_dog_that_was_given_away() -> None:
    raw = {"abmeldung.hunde.0.grund": ["gestorben"], "abmeldung.hunde.0.neuer_halter": ["Vogt"]}
    step = FORM.step("abmeldung")
    answers = read_step(FORM, step, raw, {"anliegen": {"art": "abmelden"}}, clock=CLOCK)
    assert "neuer_halter" not in answers["abmeldung"]["hunde"][0]


@pytest.mark.parametrize(
    ("hunde", "bereits", "betraege"),
    [
        ([hund()], 0, [36]),  # taken in in August: from September on
        ([hund(beginn=date(2026, 1, 5))], 0, [99]),
        ([hund(beginn=date(2026, 12, 5))], 0, [0]),  # from January on
        ([hund(beginn=date(2024, 12, 5))], 0, [108]),
        ([hund(), hund()], 0, [36, 72]),
        ([hund()], 1, [72]),
        ([hund(ermaessigung="dienst"), hund()], 0, [0, 36]),  # an exempt dog does not count
        ([hund(gefaehrlich="ja"), hund()], 0, [200, 72]),
    ],
)
def test_the_tax_of_this_year(hunde: list[dict[str, Any]], bereits: int, betraege: list[int]) -> None:
    result = steuer(*hunde, bereits=bereits)
    assert [position["betrag"] for position in result["positionen"]] == betraege
    assert result["betrag"] == sum(betraege)


def test_every_rate_says_where_it_comes_from() -> None:
    result = steuer(hund())
    assert "§ 9 Abs. 3 KAG" in result["rechtsgrundlage"]
    assert "Beispieldaten" in result["quelle"]


@pytest.mark.parametrize("number", [1, 12])
def test_the_notice_is_tagged_and_complete(number: int) -> None:
    hunde = [hund(name=f"Hund{n} <b>") for n in range(number)]
    assessed = steuer(*hunde)
    made = schreiben_erstellen(
        PdfLetters(EXAMPLE_LETTERHEAD, [processes.FOLDER]),
        FakeLinks(),
        CLOCK,
        CTX,
        "steuerbescheid",
        "Hundesteuerbescheid",
        PERSON,
        angaben={
            "hunde": hunde,
            "steuer": assessed,
            "eintraege": [{"marke": f"{n:05}", "name": each["name"]} for n, each in enumerate(hunde, 1)],
            "antragsdatum": date(2026, 11, 20),
        },
        forderung={"referenz": "RF57KT2026000123", "betrag": assessed["betrag"], "faellig_am": date(2026, 12, 26)},
    )
    with pikepdf.open(BytesIO(made.content)) as pdf, pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
    read = subprocess.run(["pdftotext", "-layout", "-", "-"], input=made.content, capture_output=True, check=True)
    text = " ".join(read.stdout.decode().replace("\N{NO-BREAK SPACE}", " ").split())
    for needed in ("Hund0 <b>", "00001", "erster Hund", "26.12.2026", "RF57 KT20 2600 0123", "Widerspruch"):
        assert needed in text
