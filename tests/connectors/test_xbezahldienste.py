# SPDX-License-Identifier: EUPL-1.2
"""What the adapter does when a provider misbehaves; the provider is an answering function."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Literal

import httpx
import pytest

from connectors.payment import (
    ClientCredentials,
    PaymentProviderUnavailable,
    PaymentRefused,
    PaymentRequest,
    XBezahldienste,
)

REQUEST = PaymentRequest("auftrag-1", Decimal("30.00"), "RF741", "Gebühr", "https://stadt.example/zurueck", "RF741")
Handler = Callable[[httpx.Request], httpx.Response]


def answer(
    amount: object = 30.0, currency: str = "EUR", field: str = "grosAmount", **information: object
) -> dict[str, object]:
    return {
        "paymentRequest": {field: amount, "currency": currency},
        "paymentInformation": {
            "transactionId": "t1",
            "transactionRedirectUrl": "https://bank.example/t1",
            "status": "INITIAL",
            **information,
        },
    }


class Wire:
    """Answers for the token itself, hands everything else to `handler`, and remembers what was asked."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.requests: list[httpx.Request] = []
        self.tokens = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.path.endswith("/token"):
            self.tokens += 1
            return httpx.Response(200, json={"access_token": f"token-{self.tokens}", "expires_in": 3600})
        return self.handler(request)


def provider(wire: Wire, version: Literal["1.0", "1.2"] = "1.0") -> XBezahldienste:
    return XBezahldienste(
        "https://zahlung.example/xbd/",
        ClientCredentials("stadt", "geheim"),
        originator_id="Verfahren",
        end_point_id="08116033",
        transport=httpx.MockTransport(wire),
        version=version,
    )


def returning(content: object, code: int = 200) -> Wire:
    return Wire(lambda request: httpx.Response(code, json=content))


@pytest.mark.parametrize(("version", "field"), [("1.0", "grosAmount"), ("1.2", "grossAmount")])
def test_request_follows_the_standard(version, field):
    wire = returning(answer(field=field))
    started = provider(wire, version=version).create(REQUEST)

    assert (started.transaction_id, started.redirect_url) == ("t1", "https://bank.example/t1")
    sent = wire.requests[-1]
    assert sent.url == "https://zahlung.example/xbd/paymenttransaction/Verfahren/08116033"
    assert sent.headers["Authorization"] == "Bearer token-1"
    body = json.loads(sent.content)
    assert body[field] == 30.0 and body["currency"] == "EUR" and body["requestId"] == "auftrag-1"
    assert body["items"][0]["totalNetAmount"] == 30.0 and body["items"][0]["reference"] == "RF741"
    assert {"grosAmount", "grossAmount"} & set(body) == {field}


def test_token_is_fetched_once():
    wire = returning(answer())
    adapter = provider(wire)
    adapter.create(REQUEST)
    adapter.state("t1")

    assert wire.tokens == 1


def test_expired_token_is_renewed_once():
    def only_second_token(request: httpx.Request) -> httpx.Response:
        good = request.headers["Authorization"] == "Bearer token-2"
        return httpx.Response(200, json=answer()) if good else httpx.Response(401)

    assert provider(Wire(only_second_token)).state("t1").status == "initial"


def test_credentials_that_are_not_accepted_are_no_reason_to_give_up():
    adapter = XBezahldienste(
        "https://zahlung.example",
        ClientCredentials("stadt", "falsch"),
        originator_id="a",
        end_point_id="b",
        transport=httpx.MockTransport(lambda request: httpx.Response(401)),
    )
    with pytest.raises(PaymentProviderUnavailable, match="credentials"):
        adapter.check()


@pytest.mark.parametrize(
    "changed",
    [answer(amount=30.01), answer(currency="USD"), answer(transactionRedirectUrl="javascript:alert(1)")],
    ids=["amount", "currency", "address"],
)
def test_answer_to_something_else_is_refused(changed):
    with pytest.raises(PaymentRefused):
        provider(returning(changed)).create(REQUEST)


@pytest.mark.parametrize(
    "content",
    [
        {},
        [],
        "text",
        answer(amount="30"),
        answer(amount=None),
        answer(amount=-1),
        answer(transactionId="another"),
        answer(status="GELUNGEN"),
        answer(status=None),
        {"paymentRequest": {"grosAmount": 30}, "paymentInformation": {"transactionId": "t1", "status": "PAYED"}},
    ],
)
def test_answer_that_makes_no_sense_is_asked_again_later(content):
    with pytest.raises(PaymentProviderUnavailable):
        provider(returning(content)).state("t1")


@pytest.mark.parametrize("code", [400, 403, 404, 409, 422])
def test_refusals_are_final(code):
    with pytest.raises(PaymentRefused):
        provider(returning({"error": "Maria Muster ist gesperrt"}, code)).create(REQUEST)


@pytest.mark.parametrize("code", [302, 401, 408, 429, 500, 502, 503])
def test_troubles_of_the_provider_pass(code):
    with pytest.raises(PaymentProviderUnavailable) as trouble:
        provider(returning({"error": "Maria Muster"}, code)).create(REQUEST)

    assert "Maria" not in str(trouble.value)


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError])
def test_broken_line_is_unavailable(error):
    def broken(request: httpx.Request) -> httpx.Response:
        raise error("broken", request=request)

    with pytest.raises(PaymentProviderUnavailable):
        provider(Wire(broken)).state("t1")


def test_answer_that_is_no_json_is_unavailable():
    wire = Wire(lambda request: httpx.Response(200, text="<html>Wartung</html>"))
    with pytest.raises(PaymentProviderUnavailable):
        provider(wire).state("t1")


@pytest.mark.parametrize(
    ("word", "status"), [("PAYED", "paid"), ("FAILED", "failed"), ("CANCELED", "canceled"), ("INITIAL", "initial")]
)
def test_words_of_the_standard(word, status):
    content = answer(status=word, paymentMethod="PAYPAL", transactionTimestamp="2026-11-22T14:05:00+01:00")
    state = provider(returning(content)).state("t1")

    assert (state.status, state.method) == (status, "PAYPAL")
    assert state.at is not None and state.at.isoformat() == "2026-11-22T14:05:00+01:00"


def test_secret_is_not_in_repr():
    assert "geheim" not in repr(ClientCredentials("stadt", "geheim"))


def test_settings_make_an_adapter():
    adapter = XBezahldienste.from_url("https://pay.example/x?originator=a&endpoint=b&version=1.2", "stadt:ge:heim")
    assert adapter.name == "xbezahldienste"


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://pay.example/x?originator=a&endpoint=b", "stadt"),
        ("https://pay.example/x?originator=a", "stadt:geheim"),
        ("https://pay.example/x?originator=a&endpoint=b&version=3", "stadt:geheim"),
        ("pay.example", "stadt:geheim"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_start(url, key):
    with pytest.raises(ValueError):
        XBezahldienste.from_url(url, key)
