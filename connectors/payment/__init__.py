# SPDX-License-Identifier: EUPL-1.2
"""Payment providers: the port, the XBezahldienste adapter, and the fake."""

from connectors.payment.fake import FakePaymentProvider
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
from connectors.payment.xbezahldienste import XBezahldienste

__all__ = [
    "ClientCredentials",
    "FakePaymentProvider",
    "PaymentProvider",
    "PaymentProviderUnavailable",
    "PaymentRefused",
    "PaymentRequest",
    "PaymentState",
    "PaymentStatus",
    "StartedPayment",
    "XBezahldienste",
    "purpose_line",
]
