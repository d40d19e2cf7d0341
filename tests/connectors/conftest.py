# SPDX-License-Identifier: EUPL-1.2
"""The neighbours, once as fake and once for real, behind one face each."""

import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from connectors.mail import FakeMailer, FolderMailer, Mailer, SmtpMailer, compose
from connectors.payment import ClientCredentials, FakePaymentProvider, PaymentProvider, PaymentStatus
from engine.clock import FrozenClock
from web.simulator import built_in_provider, create_simulator

SENDER = "Stadt Köditz <amt@koeditz.example>"
CREDENTIALS = ClientCredentials("stadt", "geheim")


@dataclass
class Mailbox:
    """A mailer, and what has arrived at its other end, each mail once (a mailbox knows a Message-ID again)."""

    mailer: Mailer
    arrived: Callable[[], list[EmailMessage]]


class SmtpServer:
    """What the test server keeps, and whom it does not know."""

    def __init__(self) -> None:
        self.contents: list[bytes] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if address.startswith("unbekannt@"):
            return "550 no such user"
        if address.startswith("voll@"):
            return "452 mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.contents.append(envelope.content)
        return "250 OK"


@pytest.fixture
def smtp() -> Iterator[tuple[str, SmtpServer]]:
    """A real SMTP server on a free port: its address and what it received."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    handler = SmtpServer()
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    yield f"smtp://127.0.0.1:{port}", handler
    server.stop()


@pytest.fixture(params=["fake", "folder", "smtp"])
def mailbox(request: pytest.FixtureRequest, tmp_path: Path, clock: FrozenClock) -> Mailbox:
    """Every mailer there is."""
    if request.param == "fake":
        fake = FakeMailer()
        return Mailbox(fake, lambda: [compose(mail, SENDER, clock) for mail in fake.sent])
    if request.param == "folder":
        folder = tmp_path / "post"
        return Mailbox(
            FolderMailer(folder, SENDER, clock), lambda: _read(p.read_bytes() for p in sorted(folder.iterdir()))
        )
    url, server = request.getfixturevalue("smtp")
    return Mailbox(SmtpMailer(url, SENDER, clock), lambda: _read(server.contents))


def _read(contents: Any) -> list[EmailMessage]:
    messages: dict[str, EmailMessage] = {}
    for content in contents:
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        messages.setdefault(message["Message-ID"], message)
    return list(messages.values())


@dataclass
class Bank:
    """A payment provider, and the payer who decides at its other end."""

    provider: PaymentProvider
    decide: Callable[[str, PaymentStatus], None]


@pytest.fixture
def simulator(clock: FrozenClock) -> Flask:
    app = create_simulator(":memory:", credentials=CREDENTIALS, base_url="https://stadt.example", clock=clock)
    app.testing = True
    return app


@pytest.fixture(params=["fake", "simulator"])
def bank(request: pytest.FixtureRequest, simulator: Flask, clock: FrozenClock) -> Bank:
    """Every payment provider that needs no contract."""
    if request.param == "fake":
        fake = FakePaymentProvider()
        return Bank(fake, lambda transaction_id, status: fake.settle(transaction_id, status, clock.now()))
    return Bank(built_in_provider(simulator, CREDENTIALS, clock=clock), lambda *what: play(simulator, *what))


def play(simulator: Flask, transaction_id: str, status: PaymentStatus) -> None:
    """Press the button on the bank's page."""
    button = {"paid": "zahlen", "failed": "ablehnen", "canceled": "abbrechen"}[status]
    client = simulator.test_client()
    page = client.get(f"/zahlen/{transaction_id}").text
    seal = page.split('name="siegel" value="')[1].split('"')[0]
    answer = client.post(f"/zahlen/{transaction_id}", data={"siegel": seal, "entscheidung": button})
    assert answer.status_code == 303
