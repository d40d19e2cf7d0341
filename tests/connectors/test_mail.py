# SPDX-License-Identifier: EUPL-1.2
"""The contract of a mailer, kept by the fake, the folder and a real SMTP server."""

import socket
from pathlib import Path

import pytest

from connectors.mail import (
    Attachment,
    FakeMailer,
    FolderMailer,
    Mail,
    MailerUnavailable,
    MailRefused,
    SmtpMailer,
    message_id,
)
from engine.clock import FrozenClock

NOTICE = Attachment("Gebührenbescheid.pdf", "application/pdf", b"%PDF-1.7 \x00\xff")
MAIL = Mail(
    to="maria.muessig@bücher.example",
    subject="Ihr Bewohnerparkausweis – Gebührenbescheid",
    text="Guten Tag,\n\nanbei der Bescheid über 30,00 €.\n.\nIhre Stadt\n",
    attachments=(NOTICE,),
    idempotency_key="auftrag-1",
)


def test_a_mail_arrives_as_it_was_written(mailbox):
    mailbox.mailer.send(MAIL)

    [arrived] = mailbox.arrived()
    assert arrived["Subject"] == "Ihr Bewohnerparkausweis – Gebührenbescheid"
    assert arrived["To"] == "maria.muessig@xn--bcher-kva.example"
    assert arrived["From"].addresses[0].display_name == "Stadt Köditz"
    assert arrived["Date"].datetime.isoformat() == "2026-11-22T11:00:00+00:00"
    assert arrived["Auto-Submitted"] == "auto-generated"
    body = arrived.get_body(("plain",))
    assert body.get_content().splitlines() == MAIL.text.splitlines()
    [attachment] = arrived.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content_type()) == ("Gebührenbescheid.pdf", "application/pdf")
    assert attachment.get_content() == NOTICE.content


def test_sharp_s_in_a_domain_stays_what_it_is(mailbox):
    mailbox.mailer.send(Mail("lena@fußweg.example", MAIL.subject, MAIL.text, idempotency_key="1"))

    assert mailbox.arrived()[0]["To"] == "lena@xn--fuweg-mqa.example"


def test_the_same_key_is_one_mail(mailbox):
    mailbox.mailer.send(MAIL)
    mailbox.mailer.send(MAIL)

    assert len(mailbox.arrived()) == 1


def test_another_key_is_another_mail(mailbox):
    mailbox.mailer.send(MAIL)
    mailbox.mailer.send(Mail(MAIL.to, MAIL.subject, MAIL.text, idempotency_key="1"))

    assert len(mailbox.arrived()) == 2


@pytest.mark.parametrize(
    "mail",
    [
        Mail("maria@example.org", "Guten Tag\r\nBcc: alle@example.org", "Text", idempotency_key="1"),
        Mail("maria@example.org\nBcc: alle@example.org", "Guten Tag", "Text", idempotency_key="1"),
        Mail("maria@example.org, alle@example.org", "Guten Tag", "Text", idempotency_key="1"),
        Mail("maria", "Guten Tag", "Text", idempotency_key="1"),
        Mail("", "Guten Tag", "Text", idempotency_key="1"),
        Mail("maria@example..org", "Guten Tag", "Text", idempotency_key="1"),
        Mail("maria@" + "a" * 70 + ".example", "Guten Tag", "Text", idempotency_key="1"),
        Mail("maria@example.org", "Guten Tag", "Text \ud800", idempotency_key="1"),
        Mail("maria@example.org", "Guten Tag", "Text", idempotency_key=""),
        Mail("maria@example.org", "Hallo", "Text", (Attachment("a\r\nX: y", "text/plain", b""),), "1"),
        Mail("maria@example.org", "Hallo", "Text", (Attachment("a.pdf", "application/pdf\nX: y", b""),), "1"),
        Mail("maria@example.org", "Hallo", "Text", (Attachment("a.pdf", "unsinn", b""),), "1"),
    ],
)
def test_what_cannot_be_sent_is_refused_without_naming_anybody(mailbox, mail):
    with pytest.raises(MailRefused) as refusal:
        mailbox.mailer.send(mail)

    assert "example" not in str(refusal.value)


def test_a_reachable_mailer_says_so(mailbox):
    mailbox.mailer.check()


def test_folder_names_mails_by_time_and_key(tmp_path: Path, clock: FrozenClock):
    mailer = FolderMailer(tmp_path, clock=clock)
    mailer.send(MAIL)
    mailer.send(Mail(MAIL.to, MAIL.subject, MAIL.text, idempotency_key="../../etc/passwd"))

    names = sorted(path.name for path in tmp_path.iterdir())
    assert names[1] == "20261122T110000Z-auftrag-1.eml"
    assert names[0].startswith("20261122T110000Z-") and "/" not in names[0] and ".." not in names[0]


def test_folder_that_is_a_file_is_unavailable(tmp_path: Path):
    (tmp_path / "post").write_text("keine Mappe")

    with pytest.raises(MailerUnavailable):
        FolderMailer(tmp_path / "post").check()


def test_unknown_recipient_is_refused_and_not_named(smtp):
    url, _ = smtp
    with pytest.raises(MailRefused, match="550") as refusal:
        SmtpMailer(url, "amt@example.org").send(Mail("unbekannt@example.org", "a", "b", idempotency_key="1"))

    assert "unbekannt" not in str(refusal.value) and refusal.value.__suppress_context__


def test_full_mailbox_is_tried_again_later(smtp):
    url, _ = smtp
    with pytest.raises(MailerUnavailable, match="452"):
        SmtpMailer(url, "amt@example.org").send(Mail("voll@example.org", "a", "b", idempotency_key="1"))


def test_password_never_travels_unencrypted(smtp):
    url, server = smtp
    with pytest.raises(MailerUnavailable, match="STARTTLS"):
        SmtpMailer(url.replace("//", "//amt:geheim@"), "amt@example.org").send(MAIL)

    assert server.contents == []


def test_server_that_is_gone_is_unavailable():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        mailer = SmtpMailer(f"smtp://127.0.0.1:{taken.getsockname()[1]}", "amt@example.org")
        with pytest.raises(MailerUnavailable):
            mailer.check()
        with pytest.raises(MailerUnavailable):
            mailer.send(MAIL)


@pytest.mark.parametrize("url", ["http://mail", "smtp://", "mail.example.org", "smtp://mail?starttls=vielleicht"])
def test_address_that_is_no_mail_server_is_refused_at_start(url):
    with pytest.raises(ValueError):
        SmtpMailer(url, "amt@example.org")


def test_message_id_follows_from_the_key_alone():
    assert message_id("auftrag-1", "Amt <amt@example.org>") == message_id("auftrag-1", "amt@example.org")
    assert message_id("auftrag-1", "amt@example.org") != message_id("auftrag-2", "amt@example.org")


def test_fake_can_be_switched_off():
    mailer = FakeMailer()
    mailer.unreachable = True

    with pytest.raises(MailerUnavailable):
        mailer.send(MAIL)
    assert mailer.sent == []
