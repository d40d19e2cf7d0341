# SPDX-License-Identifier: EUPL-1.2
"""Payment providers: the port, the adapters for XBezahldienste, Mollie and Stripe, and the fake."""

from connectors.payment.choosing import provider_at
from connectors.payment.fake import FakePaymentProvider
from connectors.payment.mollie import Mollie
from connectors.payment.port import (
    ClientCredentials,
    PaymentProvider,
    PaymentProviderUnavailable,
    PaymentRefused,
    PaymentRequest,
    PaymentState,
    PaymentStatus,
    StartedPayment,
    purpose_line,
)
from connectors.payment.stripe import Stripe
from connectors.payment.xbezahldienste import XBezahldienste

__all__ = [
    "ClientCredentials",
    "FakePaymentProvider",
    "Mollie",
    "PaymentProvider",
    "PaymentProviderUnavailable",
    "PaymentRefused",
    "PaymentRequest",
    "PaymentState",
    "PaymentStatus",
    "StartedPayment",
    "Stripe",
    "XBezahldienste",
    "provider_at",
    "purpose_line",
]
