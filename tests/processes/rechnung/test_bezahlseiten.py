# SPDX-License-Identifier: EUPL-1.2
"""The payer's way through the pages: from the signed address to the test bank and back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from connectors.links import Links
from connectors.payment import FakePaymentProvider, PaymentProvider
from engine.cases import CaseInfo, find_case, start_case
from engine.clock import FrozenClock
from engine.db import unit_of_work
from engine.definitions import Bundle, deploy
from engine.identity import Actor
from engine.operations import Connector
from engine.queries.tasks import tasks_of_case
from engine.tasks import complete_task
from forms import check_form
from processes.rechnung.models import Zahlung
from processes.rechnung.operations import forderung_stornieren
from processes.rechnung.queries import forderungen, klaerungsliste
from tests.web.browser import Browser
from web import create_app
from web.bootstrap import Platform
from web.settings import Settings

MODEL = Path(__file__).parent / "kostenbescheid.bpmn"
CLERK = Actor("anna.berger", "Anna Berger", frozenset({"buergerbuero"}))


@dataclass
class Stadt:
    """A running town with one claim, and somebody who has its address."""

    app: Flask
    platform: Platform
    case: CaseInfo
    reference: str

    @property
    def address(self) -> str:
        links: Links = self.platform.services.provide(Links)
        return urlsplit(links.zahlung(self.reference)).path

    def payer(self) -> Browser:
        client = self.app.test_client()
        assert isinstance(client, Browser)
        return client

    def state(self) -> str:
        with self.platform.db.reading() as session:
            return forderungen(session, self.case.id)[0].state

    def ended_with(self) -> str | None:
        with self.platform.db.reading() as session:
            return find_case(session, self.case.id).ended_with


def build(sqlite_url: str, folder: Path, clock: FrozenClock, fakes: dict[type, Connector]) -> Stadt:
    settings = Settings(
        data_dir=folder,
        database_url=sqlite_url,
        secret_key="only-for-tests",
        base_url="http://localhost",
        rate_limits=False,
        testing=True,
    )
    app = create_app(settings, clock=clock, connectors=fakes)
    app.test_client_class = Browser
    platform: Platform = app.extensions["amtsfluss"]
    with unit_of_work(platform.db) as session:
        deploy(session, platform.services, Bundle.from_file(MODEL), form_check=check_form)
        answers = {"betrag": Decimal("30.00"), "frist": 14}
        case = start_case(session, platform.services, "kostenbescheid", answers, by=CLERK)
        [task] = tasks_of_case(session, case.id)
        complete_task(session, platform.services, task.id, {"unterschrieben": True}, CLERK)
        [claim] = forderungen(session, case.id)
    return Stadt(app, platform, case, claim.reference)


@pytest.fixture
def stadt(sqlite_url: str, tmp_path: Path, clock: FrozenClock) -> Iterator[Stadt]:
    """With the built-in test bank behind the real adapter."""
    town = build(sqlite_url, tmp_path, clock, {})
    yield town
    town.platform.close()


@pytest.fixture
def stadt_mit_fake(
    sqlite_url: str, tmp_path: Path, clock: FrozenClock, provider: FakePaymentProvider
) -> Iterator[Stadt]:
    """With a provider that obeys the test."""
    town = build(sqlite_url, tmp_path, clock, {PaymentProvider: provider})
    yield town
    town.platform.close()


def pay(payer: Browser, stadt: Stadt) -> str:
    """Open the page, press the button; the bank's page."""
    payer.get(stadt.address)
    answer = payer.send(stadt.address)
    assert answer.status_code == 303, answer.text
    return urlsplit(answer.location).path


def decide(payer: Browser, bank_page: str, decision: str) -> str:
    """Play the bank; where it leads."""
    page = payer.get(bank_page)
    seal = page.text.split('name="siegel" value="')[1].split('"')[0]
    answer = payer.post(bank_page, data={"siegel": seal, "entscheidung": decision})
    assert answer.status_code == 303
    return urlsplit(answer.location).path


def test_page_says_what_is_owed(stadt):
    page = stadt.payer().get(stadt.address).text

    for text in ("30,00\N{NO-BREAK SPACE}€", "Kostenbescheid", "06.12.2026", "KB-2026-00001", "Jetzt bezahlen"):
        assert text in page
    assert " ".join(stadt.reference[i : i + 4] for i in range(0, len(stadt.reference), 4)) in page


def test_paying_leads_to_the_bank_and_back_and_the_case_goes_on(stadt):
    payer = stadt.payer()
    way_back = decide(payer, pay(payer, stadt), "zahlen")
    page = payer.get(way_back)

    assert "Vielen Dank, Ihre Zahlung ist eingegangen" in page.text
    assert (stadt.state(), stadt.ended_with()) == ("bezahlt", "Bezahlt")
    assert "Schon bezahlt" in payer.get(stadt.address).text
    assert payer.get(way_back).status_code == 200


def test_lost_way_back_is_found_by_the_worker(stadt, clock):
    payer = stadt.payer()
    lost = decide(payer, pay(payer, stadt), "verlieren")
    assert "Rücksprung ist verloren" in payer.get(lost).text
    clock.advance(timedelta(minutes=1))
    stadt.platform.worker.run_until_idle()

    assert (stadt.state(), stadt.ended_with()) == ("bezahlt", "Bezahlt")


@pytest.mark.parametrize(
    ("decision", "text"),
    [("ablehnen", "Die Zahlung hat nicht geklappt"), ("abbrechen", "Sie haben die Zahlung abgebrochen")],
)
def test_who_did_not_pay_may_try_again(stadt, decision, text):
    payer = stadt.payer()
    result = payer.get(decide(payer, pay(payer, stadt), decision))
    assert text in result.text and "Noch einmal versuchen" in result.text

    again = urlsplit(payer.send(stadt.address).location).path
    assert "Vielen Dank" in payer.get(decide(payer, again, "zahlen")).text


def test_undecided_payment_is_still_being_confirmed(stadt):
    payer = stadt.payer()
    pay(payer, stadt)
    page = payer.get(f"{stadt.address}/zurueck").text

    assert "Ihre Zahlung wird noch bestätigt" in page and "Stand neu abrufen" in page


def test_coming_back_without_having_paid_leads_to_the_claim(stadt):
    answer = stadt.payer().get(f"{stadt.address}/zurueck")

    assert (answer.status_code, urlsplit(answer.location).path) == (303, stadt.address)


def test_double_click_leads_to_one_payment(stadt):
    payer = stadt.payer()
    assert pay(payer, stadt) == pay(payer, stadt)


def test_who_has_paid_cannot_pay_again(stadt):
    payer = stadt.payer()
    decide(payer, pay(payer, stadt), "verlieren")
    answer = payer.send(stadt.address)

    assert (answer.status_code, urlsplit(answer.location).path) == (303, stadt.address)
    assert "Schon bezahlt" in payer.get(stadt.address).text


def test_withdrawn_claim_cannot_be_paid(stadt):
    payer = stadt.payer()
    bank_page = pay(payer, stadt)
    with unit_of_work(stadt.platform.db) as session:
        forderung_stornieren(session, stadt.platform.clock, stadt.reference)
    assert "Nichts mehr zu zahlen" in payer.get(stadt.address).text
    assert payer.send(stadt.address).status_code == 303

    answer = payer.get(decide(payer, bank_page, "zahlen"))
    assert answer.status_code == 303
    with stadt.platform.db.reading() as session:
        assert [line.reason for line in klaerungsliste(session)] == ["nach Ende des Verfahrens"]


def test_late_payer_is_told_so(stadt, clock):
    clock.advance(timedelta(days=15))

    assert "Die Zahlungsfrist ist abgelaufen." in stadt.payer().get(stadt.address).text


def test_forged_address_opens_nothing(stadt):
    payer = stadt.payer()
    links: Links = stadt.platform.services.provide(Links)
    status_token = links.status(stadt.reference).rpartition("/")[2]
    for token in ("unsinn", stadt.reference, status_token, stadt.address.rpartition("/")[2][:-1]):
        for path in (f"/zahlung/{token}", f"/zahlung/{token}/zurueck"):
            assert payer.get(path).status_code == 404
        payer.get(stadt.address)
        assert payer.send(f"/zahlung/{token}").status_code == 404


def test_claim_that_is_gone_is_not_found(stadt):
    links: Links = stadt.platform.services.provide(Links)
    address = urlsplit(links.zahlung("RF741")).path

    assert stadt.payer().get(address).status_code == 404
    assert stadt.payer().get(f"{address}/zurueck").status_code == 404


def test_post_without_token_pays_nothing_and_offers_the_button_again(stadt):
    answer = stadt.payer().post(stadt.address)

    assert answer.status_code == 400 and "Jetzt bezahlen" in answer.text
    with stadt.platform.db.reading() as session:
        assert session.query(Zahlung).count() == 0


def test_address_is_kept_secret(stadt):
    answer = stadt.payer().get(stadt.address)

    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]


def test_provider_that_is_away_is_explained(stadt_mit_fake, provider):
    payer = stadt_mit_fake.payer()
    payer.get(stadt_mit_fake.address)
    provider.unreachable = True
    answer = payer.send(stadt_mit_fake.address)

    assert answer.status_code == 503
    assert "Online bezahlen geht gerade nicht." in answer.text and "Jetzt bezahlen" in answer.text


def test_no_write_lock_is_held_while_the_provider_is_asked(stadt_mit_fake, provider, monkeypatch):
    """Somebody else can write while the provider takes its time."""
    create, db = provider.create, stadt_mit_fake.platform.db

    def slow(request):
        with unit_of_work(db) as session:
            session.query(Zahlung).update({"updated_at": stadt_mit_fake.platform.clock.now()})
        return create(request)

    monkeypatch.setattr(provider, "create", slow)
    payer = stadt_mit_fake.payer()
    payer.get(stadt_mit_fake.address)

    assert payer.send(stadt_mit_fake.address).status_code == 303
