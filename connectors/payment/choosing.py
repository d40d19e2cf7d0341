# SPDX-License-Identifier: EUPL-1.2
"""Which provider a town has, by the address that it is given."""

from urllib.parse import parse_qs, urlsplit

from connectors.payment.mollie import Mollie
from connectors.payment.port import PaymentProvider
from connectors.payment.stripe import Stripe
from connectors.payment.xbezahldienste import XBezahldienste


def provider_at(url: str, key: str, webhook_url: str = "", webhook_secret: str = "") -> PaymentProvider:
    """`https://host/path?kind=mollie` and `…?kind=stripe`; without `kind` XBezahldienste. Raises ValueError."""
    parts = urlsplit(url)
    kind = parse_qs(parts.query).get("kind", ["xbezahldienste"])[0]
    if kind == "xbezahldienste":
        return XBezahldienste.from_url(url, key)
    if kind not in ("mollie", "stripe"):
        raise ValueError("The payment provider's kind is xbezahldienste, mollie or stripe.")
    if parts.scheme not in ("http", "https") or not parts.hostname or not key:
        raise ValueError("The payment provider needs an address like https://host?kind=mollie and a key.")
    base = f"{parts.scheme}://{parts.netloc}{parts.path}"
    if kind == "mollie":
        return Mollie(base, key, webhook_url=webhook_url)
    return Stripe(base, key, webhook_secret=webhook_secret)
