# SPDX-License-Identifier: EUPL-1.2
"""A payment provider in memory, played by the test."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from connectors.payment.port import (
    PaymentProvider,
    PaymentProviderUnavailable,
    PaymentRefused,
    PaymentRequest,
    PaymentState,
    PaymentStatus,
    StartedPayment,
)


@dataclass
class FakePayment:
    """What the fake remembers of one payment."""

    request: PaymentRequest
    started: StartedPayment
    state: PaymentState


class FakePaymentProvider(PaymentProvider):
    """Payments stay open until the test calls `settle(transaction_id)` or `settle(transaction_id, "failed")`."""

    name = "fake"
    gives_back = True

    def __init__(self) -> None:
        self.payments: dict[str, FakePayment] = {}
        self.refunds: dict[str, Decimal] = {}
        self.unreachable = False
        self.refuses = False

    def create(self, request: PaymentRequest) -> StartedPayment:
        self.check()
        if self.refuses:
            raise PaymentRefused("The fake provider was told to refuse.")
        for payment in self.payments.values():
            if payment.request.request_id == request.request_id:
                return payment.started
        transaction_id = f"fake-{len(self.payments) + 1}"
        started = StartedPayment(transaction_id, f"https://bank.example/zahlen/{transaction_id}")
        state = PaymentState("initial", request.amount, request.currency)
        self.payments[transaction_id] = FakePayment(request, started, state)
        return started

    def state(self, transaction_id: str) -> PaymentState:
        self.check()
        try:
            return self.payments[transaction_id].state
        except KeyError:
            raise PaymentRefused("The provider knows no such transaction.") from None

    def refund(self, transaction_id: str, amount: Decimal, key: str) -> None:
        self.check()
        if self.refuses:
            raise PaymentRefused("The fake provider was told to refuse.")
        payment = self.payments[transaction_id]
        if key not in self.refunds:
            self.refunds[key] = amount
            payment.state = replace(payment.state, refunded=payment.state.refunded + amount)

    def check(self) -> None:
        if self.unreachable:
            raise PaymentProviderUnavailable("The fake provider is switched off.")

    def settle(
        self,
        transaction_id: str,
        status: PaymentStatus = "paid",
        at: datetime = datetime(2026, 11, 22, 13, 5, tzinfo=UTC),
    ) -> None:
        """Decide how a payment ends, as the payer would on the provider's page."""
        payment = self.payments[transaction_id]
        method = "CREDITCARD" if status == "paid" else None
        payment.state = replace(payment.state, status=status, method=method, at=at)
