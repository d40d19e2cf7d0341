# SPDX-License-Identifier: EUPL-1.2
"""Mails that a page sends while somebody waits for it: the next thing they do is look into their mailbox."""

from typing import Any
from uuid import uuid4

from connectors.mail import Mail, Mailer
from connectors.pdf import Letters
from web.bootstrap import platform

NOT_SENT = (
    "Wir konnten die E-Mail gerade nicht senden. Ihre Eingaben sind noch da. Bitte versuchen Sie es in einigen Minuten "
    "noch einmal."
)


def send(template: str, to: str, subject: str, **values: Any) -> None:
    """Write and send a mail; `template` is named as models name it (`konto/passwort`).

    Raises `MailRefused` and `MailerUnavailable`.
    """
    services = platform().services
    owner, _, name = template.partition("/")
    text = services.provide(Letters).text(f"{owner}/mails/{name}.txt", values)
    services.provide(Mailer).send(Mail(to, subject, text, idempotency_key=f"{owner}-{uuid4().hex}"))


def address(path: str) -> str:
    """A page of ours as it is written in a mail."""
    return platform().settings.base_url.rstrip("/") + path
