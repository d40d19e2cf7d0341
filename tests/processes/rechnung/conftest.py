# SPDX-License-Identifier: EUPL-1.2
"""A case that raises a claim, and a payer who pays it at the fake provider."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.payment import FakePaymentProvider, PaymentStatus
from engine.db import Database, unit_of_work
from engine.definitions import Bundle, deploy
from engine.services import Services
from forms import check_form
from processes.rechnung.ablauf import Ausgang, fetch_payment, start_payment
from processes.rechnung.queries import (
    ForderungInfo,
    Klaerungsfall,
    ZahlungInfo,
    forderung_by_reference,
    forderungen,
    klaerungsliste,
    zahlungen,
)

MODEL = Path(__file__).parent / "kostenbescheid.bpmn"
WAY_BACK = "https://stadt.example/zurueck"


@dataclass
class Kasse:
    """The books, the provider and the payer in front of it."""

    db: Database
    services: Services
    provider: FakePaymentProvider

    def forderung(self, case_id: str) -> ForderungInfo:
        with self.db.reading() as session:
            [found] = forderungen(session, case_id)
            assert found == forderung_by_reference(session, found.reference)
            return found

    def beginnt(self, referenz: str) -> str:
        """„Jetzt bezahlen“; the transaction that the payer is sent to."""
        address = start_payment(self.db, self.services, self.provider, referenz, WAY_BACK)
        [transaction] = [
            key for key, payment in self.provider.payments.items() if payment.started.redirect_url == address
        ]
        return transaction

    def entscheidet(self, transaktion: str, status: PaymentStatus = "paid") -> None:
        self.provider.settle(transaktion, status, self.services.clock.now())

    def kehrt_zurueck(self, referenz: str) -> Ausgang:
        return fetch_payment(self.db, self.services, self.provider, referenz)

    def versuche(self, referenz: str) -> list[ZahlungInfo]:
        with self.db.reading() as session:
            return zahlungen(session, referenz)

    def zu_klaeren(self) -> list[Klaerungsfall]:
        with self.db.reading() as session:
            return klaerungsliste(session)


@pytest.fixture
def kasse(db: Database, services: Services, provider: FakePaymentProvider) -> Kasse:
    return Kasse(db, services, provider)


@pytest.fixture
def fall(db: Database, services: Services, vorgang: Any) -> Any:
    """A case of the test's own process, with a claim of 30,00 € that is due in 14 days, waiting for the money."""
    with unit_of_work(db) as session:
        deploy(session, services, Bundle.from_file(MODEL), form_check=check_form)
    vorgang.beginnt("kostenbescheid", betrag=Decimal("30.00"), frist=14)
    return vorgang


@pytest.fixture
def wartend(fall: Any) -> Any:
    """The same, signed and waiting for the money."""
    return fall.erledigt("Bescheid unterschreiben")
