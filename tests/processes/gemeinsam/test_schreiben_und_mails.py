# SPDX-License-Identifier: EUPL-1.2
"""Any model can have letters and mails written: it names the template and says what stands in it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

import processes
from connectors.links import FakeLinks
from connectors.mail import FakeMailer, Mail
from connectors.pdf import FakeLetters, LetterRefused
from connectors.pdf.letters import EXAMPLE_LETTERHEAD
from engine.clock import FrozenClock
from engine.documents import NewDocument, StoredDocument
from engine.operations import CaseContext, InputRefused
from processes.gemeinsam.operations import mail_senden, schreiben_erstellen

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
CTX = CaseContext("case-1", "APA-2026-00001", "anwohnerparkausweis", "element", "job-1", NOW)
PERSON = {"vorname": "Zoë", "nachname": "Groß", "strasse": "Weg 1", "plz": "73230", "ort": "Kirchheim unter Teck"}
FORDERUNG = {"referenz": "RF57KT2026000123", "betrag": Decimal("60.00"), "faellig_am": date(2026, 12, 6)}


def letters() -> FakeLetters:
    return FakeLetters(EXAMPLE_LETTERHEAD, [processes.FOLDER])


def schreiben(vorlage: str, **more: Any) -> NewDocument:
    return schreiben_erstellen(letters(), FakeLinks(), FrozenClock(NOW), CTX, vorlage, "Bescheid", PERSON, **more)


def mail(vorlage: str, ctx: CaseContext = CTX, **more: Any) -> Mail:
    mailer = FakeMailer()
    mail_senden(mailer, letters(), FakeLinks(), ctx, vorlage, "Neues", "zoe@example.org", "Zoë Groß", **more)
    (sent,) = mailer.sent
    return sent


def test_a_letter_is_filled_and_named_after_the_case():
    angaben = {"fahrzeug": {"kennzeichen": "ES-AB 1"}, "parken": {"zone": "B"}, "antragsdatum": date(2026, 11, 20)}
    made = schreiben("ablehnungsbescheid", angaben=angaben | {"begruendung": "Darum."})
    assert (made.name, made.title, made.for_applicant) == ("Bescheid_APA-2026-00001.pdf", "Bescheid", True)
    assert "Darum." in made.content.decode()


def test_a_letter_that_lacks_what_stands_in_it_is_refused_with_the_name():
    with pytest.raises(LetterRefused, match="fahrzeug"):
        schreiben("ablehnungsbescheid")


def test_a_mail_tells_the_reference_and_the_status_page():
    sent = mail("gemeinsam/eingang")
    assert (sent.to, sent.subject, sent.idempotency_key) == ("zoe@example.org", "Neues (APA-2026-00001)", "job-1")
    assert FakeLinks().status("case-1") in sent.text


def test_a_mail_carries_a_document():
    document = StoredDocument(
        "7", "case-1", "Bescheid.pdf", "Bescheid", "application/pdf", 3, "0" * 64, True, NOW, b"abc"
    )
    (attachment,) = mail("gemeinsam/eingang", anlage=document).attachments
    assert (attachment.name, attachment.content) == ("Bescheid.pdf", b"abc")


def test_a_mail_about_a_claim_says_where_it_is_paid():
    sent = mail("gebuehrenbescheid", forderung=FORDERUNG)
    assert FakeLinks().zahlung("RF57KT2026000123") in sent.text


def test_a_called_case_writes_in_the_name_of_the_one_that_people_know():
    called = replace(CTX, case_id="case-2", reference="APA-2026-00001.1")
    called = replace(called, outermost_id="case-1", outermost_reference="APA-2026-00001")
    sent = mail("gemeinsam/eingang", ctx=called)
    assert sent.subject.endswith("(APA-2026-00001)")
    assert FakeLinks().status("case-1") in sent.text
    assert "APA-2026-00001.1" not in sent.text


@pytest.mark.parametrize(
    "vorlage", ["../../etc/passwd", "rechnung/mails/x", "gemeinsam/../x", "Eingang", "", "gemeinsam/", "eingang.txt"]
)
def test_no_model_reaches_into_other_folders(vorlage: str):
    with pytest.raises(InputRefused):
        mail(vorlage)
    with pytest.raises(InputRefused):
        schreiben(vorlage)
