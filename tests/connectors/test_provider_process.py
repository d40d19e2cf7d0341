# SPDX-License-Identifier: EUPL-1.2
"""The adapters against the simulated provider as a process of its own, over real HTTP, also while it misbehaves."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from urllib.parse import parse_qs

import httpx
import pytest

from connectors.payment import (
    ClientCredentials,
    Mollie,
    PaymentProvider,
    PaymentProviderUnavailable,
    PaymentRefused,
    PaymentRequest,
    XBezahldienste,
    provider_at,
)

ROOT = Path(__file__).parents[2]
SECRET = "nur-fuer-tests"
REQUEST = PaymentRequest("auftrag-1", Decimal("30.00"), "RF741", "Gebühr", "https://stadt.example/zurueck", "RF741")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class TestBank:
    """The process, and the payer before its pages."""

    __test__ = False

    store: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def starts(self) -> None:
        command = [str(Path(sys.executable).parent / "amt"), "testbank", "--port", str(self.port)]
        options = ["--store", str(self.store), "--secret", SECRET]
        self.process = subprocess.Popen([*command, *options], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert self.process.stdout.readline().startswith("Test bank at")
        with httpx.Client(transport=httpx.HTTPTransport(retries=20)) as client:
            assert client.get(self.address).status_code == 200

    def dies(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.communicate()

    def fails(self, fault: str, times: int = 1) -> None:
        headers = {"Authorization": f"Bearer {SECRET}"}
        answer = httpx.post(f"{self.address}/faults", json={"fault": fault, "times": times}, headers=headers)
        assert answer.status_code == 200

    def payer(self, address: str, decision: str = "zahlen") -> httpx.Response:
        page = httpx.get(address)
        seal = re.search(r'name="siegel" value="([^"]+)"', page.text)
        assert seal, page.text
        return httpx.post(address, data={"siegel": seal[1], "entscheidung": decision})


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestBank]:
    found = TestBank(tmp_path_factory.mktemp("bank") / "bank.sqlite3")
    found.starts()
    yield found
    found.dies()


@pytest.fixture
def wire() -> Iterator[httpx.BaseTransport]:
    with httpx.HTTPTransport() as found:
        yield found


@pytest.fixture(params=["mollie", "xbezahldienste"])
def provider(request: pytest.FixtureRequest, bank: TestBank, wire: httpx.BaseTransport) -> PaymentProvider:
    if request.param == "mollie":
        return Mollie(bank.address, SECRET, transport=wire)
    credentials = ClientCredentials("stadt", SECRET)
    return XBezahldienste(
        f"{bank.address}/api", credentials, originator_id="Verfahren", end_point_id="08116033", transport=wire
    )


def asked(number: str, amount: str = "30.00", **changes: str) -> PaymentRequest:
    return PaymentRequest(
        number, Decimal(amount), "RF741", "Gebühr", "https://stadt.example/zurueck", "RF741", **changes
    )


@pytest.mark.parametrize(
    ("decision", "status"), [("zahlen", "paid"), ("ablehnen", "failed"), ("abbrechen", "canceled")]
)
def test_payer_decides_and_is_sent_back(bank: TestBank, provider: PaymentProvider, decision: str, status: str):
    started = provider.create(asked(f"entscheidung-{decision}"))
    assert provider.state(started.transaction_id).status == "initial"
    assert bank.payer(started.redirect_url, decision).headers["Location"] == "https://stadt.example/zurueck"
    state = provider.state(started.transaction_id)
    assert (state.status, state.amount, state.currency) == (status, Decimal("30.00"), "EUR")


def test_the_same_request_again_is_the_same_payment(provider: PaymentProvider):
    first, again = (provider.create(asked("doppelt")) for _ in range(2))
    assert first == again


def test_an_unknown_transaction_is_refused(provider: PaymentProvider):
    with pytest.raises(PaymentRefused):
        provider.state("tr_gibtesnicht")


@pytest.mark.parametrize(("fault", "status"), [("late", "initial"), ("failed", "failed")])
def test_what_a_provider_tells_late_or_wrongly_it_tells_rightly_when_asked_again(
    bank: TestBank, provider: PaymentProvider, fault: str, status: str
):
    started = provider.create(asked(f"fehler-{fault}"))
    bank.payer(started.redirect_url)
    bank.fails(fault)
    assert provider.state(started.transaction_id).status == status
    assert provider.state(started.transaction_id).status == "paid"


def test_a_wrong_amount_is_told_as_it_is(bank: TestBank, provider: PaymentProvider):
    started = provider.create(asked("falscher-betrag"))
    bank.payer(started.redirect_url)
    bank.fails("wrong_amount")
    assert provider.state(started.transaction_id).amount == Decimal("31.00")


def test_an_error_of_the_provider_is_no_answer(bank: TestBank, provider: PaymentProvider):
    started = provider.create(asked("fehler-500"))
    bank.fails("status500")
    with pytest.raises(PaymentProviderUnavailable):
        provider.state(started.transaction_id)
    assert provider.state(started.transaction_id).status == "initial"


def test_a_provider_that_dies_in_the_middle_knows_the_payment_when_it_is_back(
    bank: TestBank, provider: PaymentProvider
):
    started = provider.create(asked("absturz"))
    bank.payer(started.redirect_url)
    bank.dies()
    with pytest.raises(PaymentProviderUnavailable):
        provider.state(started.transaction_id)
    bank.starts()
    assert provider.state(started.transaction_id).status == "paid"


def test_a_key_that_is_wrong_is_no_reason_to_give_up(bank: TestBank, wire: httpx.BaseTransport):
    with pytest.raises(PaymentProviderUnavailable, match="does not accept our key"):
        Mollie(bank.address, "falsch", transport=wire).state("tr_x")


def test_mollie_tells_of_a_chargeback(bank: TestBank, wire: httpx.BaseTransport):
    mollie = Mollie(bank.address, SECRET, transport=wire)
    started = mollie.create(asked("rueckbelastung"))
    bank.payer(started.redirect_url)
    bank.fails("chargeback")
    state = mollie.state(started.transaction_id)
    assert (state.status, state.charged_back) == ("paid", Decimal("30.00"))


def test_mollie_gives_back_once_for_each_key_and_never_too_much(bank: TestBank, wire: httpx.BaseTransport):
    mollie = Mollie(bank.address, SECRET, transport=wire)
    started = mollie.create(asked("erstattung"))
    bank.payer(started.redirect_url)
    for _ in range(2):
        mollie.refund(started.transaction_id, Decimal("12.50"), "auftrag-1")
    assert mollie.state(started.transaction_id).refunded == Decimal("12.50")
    with pytest.raises(PaymentRefused):
        mollie.refund(started.transaction_id, Decimal("17.51"), "auftrag-2")
    mollie.refund(started.transaction_id, Decimal("17.50"), "auftrag-3")
    state = mollie.state(started.transaction_id)
    assert (state.status, state.refunded) == ("paid", Decimal("30.00"))


def test_xbezahldienste_gives_nothing_back(bank: TestBank, wire: httpx.BaseTransport):
    credentials = ClientCredentials("stadt", SECRET)
    plain = XBezahldienste(f"{bank.address}/api", credentials, originator_id="V", end_point_id="1", transport=wire)
    assert not plain.gives_back
    with pytest.raises(PaymentRefused, match="transferred"):
        plain.refund("x", Decimal("1.00"), "k")


class _Listener(BaseHTTPRequestHandler):
    calls: Queue[str]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.calls.put(parse_qs(body)["id"][0])
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


def test_mollie_calls_with_nothing_but_the_id_and_may_call_twice(bank: TestBank, wire: httpx.BaseTransport):
    _Listener.calls = Queue()
    with HTTPServer(("127.0.0.1", 0), _Listener) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        mollie = Mollie(
            bank.address, SECRET, webhook_url=f"http://127.0.0.1:{server.server_port}/meldung", transport=wire
        )
        started = mollie.create(asked("meldung"))
        bank.fails("double")
        bank.payer(started.redirect_url)
        told = [_Listener.calls.get(timeout=10) for _ in range(2)]
        server.shutdown()
    assert told == [started.transaction_id] * 2


def test_faults_are_not_for_everybody(bank: TestBank):
    assert httpx.post(f"{bank.address}/faults", json={"fault": "slow"}).status_code == 401


@pytest.mark.parametrize(
    ("url", "key", "kind"),
    [
        ("https://api.mollie.com?kind=mollie", "live_x", "mollie"),
        ("https://api.stripe.com?kind=stripe", "sk_x", "stripe"),
        ("https://pay.example/xbd?originator=a&endpoint=b", "c:d", "xbezahldienste"),
    ],
)
def test_the_address_says_which_provider_it_is(url: str, key: str, kind: str):
    assert provider_at(url, key).name == kind


@pytest.mark.parametrize(
    ("url", "key"),
    [("https://x.example?kind=paypal", "k"), ("ftp://x?kind=mollie", "k"), ("https://x?kind=stripe", "")],
)
def test_an_address_that_is_none_is_refused(url: str, key: str):
    with pytest.raises(ValueError, match="payment provider"):
        provider_at(url, key)
