# SPDX-License-Identifier: EUPL-1.2
"""Two towns on one installation, and one of everything in each: people, a case, a draft, a document, a program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import Client

from connectors.links import Links
from connectors.mail import FakeMailer, Mailer
from connectors.payment import FakePaymentProvider, PaymentProvider
from connectors.pdf import FakeLetters, Letters
from engine.clock import FrozenClock
from engine.db import Base, unit_of_work
from engine.definitions import Bundle, deploy, latest_definition
from engine.documents import NewDocument, add_document
from engine.drafts import new_draft, save_answers
from engine.grants import Grant
from engine.identity import add_user
from engine.machines import create_token
from engine.operations import Connector
from forms import check_form
from tests.api.client import ApiClient
from tests.web.browser import Browser
from tests.web.example import MODEL, begin, open_task
from web.bootstrap import Platform
from web.settings import Settings
from web.tenants.opened import ManyTowns
from web.tenants.registry import Registry
from web.towns import TownsFront

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PASSWORD = "passwort-fuer-tests"
#: Stands in everything that belongs to a town, and may be read in no other.
MARKS = {"ost": "Ostwaldstein", "west": "Westerbrunn"}


@dataclass
class Country:
    """An installation, opened by a process that serves it."""

    settings: Settings
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(NOW))
    mailers: dict[str, FakeMailer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.registry = Registry(self.settings, self.clock)
        self.towns = ManyTowns(self.settings, self.registry, clock=self.clock, connectors=self._fakes)
        self.front = TownsFront(self.towns)

    def add(self, name: str, *hosts: str, **settings: str) -> None:
        """Register a town; its tables are somebody else's business."""
        self.registry.add(self.registry.candidate(name, hosts or (f"{name}.example",), settings))

    def town(self, name: str) -> Platform:
        return self.towns.named(name)

    def app(self, name: str, client: type[Browser] | type[ApiClient]) -> Flask:
        """The application behind the front; its clients ask it by its host."""
        app = self.front.app_of_town(self.town(name))
        app.test_client_class = client
        return app

    def visitor(self) -> Client:
        """Somebody with a browser, for whom the front decides who answers."""
        return Client(self.front)

    def _fakes(self, name: str) -> Mapping[type, Connector]:
        mailer = self.mailers.setdefault(name, FakeMailer())
        return {Mailer: mailer, PaymentProvider: FakePaymentProvider(), Letters: FakeLetters()}


@dataclass(frozen=True)
class Belongings:
    """What a town has: ids as they stand in addresses, and what opens doors in it."""

    name: str
    values: dict[str, str]
    cookie: str
    csrf_token: str
    machine_token: str


def settle(country: Country, name: str, clerk: str) -> Belongings:
    """Let a town have one of everything; its mark stands in all of it."""
    town = country.town(name)
    with unit_of_work(town.db) as session:
        add_user(session, town.clock, clerk, MARKS[name], PASSWORD, ["buergerbuero", "kasse"])
        deploy(session, town.services, Bundle.from_folder(MODEL), form_check=check_form)
        token = create_token(session, town.clock, f"{clerk}-programm", [Grant.from_text("*:*")])
        definition = latest_definition(session, town.services, "anliegen")
        draft = new_draft(session, town.clock, definition.id)
        save_answers(session, town.clock, draft.id, {"person": {"name": MARKS[name]}})
    case = begin(town, MARKS[name])
    with unit_of_work(town.db) as session:
        content = NewDocument("nachweis.txt", "text/plain", MARKS[name].encode(), for_applicant=True)
        document = add_document(session, town.clock, case.id, content, clerk)
    links = town.services.provide(Links)
    values = {
        "case_id": case.id,
        "task_id": open_task(town, case),
        "document_id": document.id,
        "draft_id": draft.id,
        "file_id": "1",
        "step_key": "gruppe_person",
        "name": "anliegen",
        "code": "unbekannt",
        "art": "bekanntgabe",
        "antrag_id": "7",
        "auszug_id": "7",
        "umsatz_id": "7",
        "lauf_id": "7",
        "mandat_id": "7",
        "weg": "storno",
        "referenz": "RF18539007547034",
        "number": "unbekannt",
        "ending": "json",
        "app": "tasklist",
        "path": "x",
        "filename": "nichts.css",
    }
    browser = country.app(name, Browser).test_client()
    assert isinstance(browser, Browser)
    browser.log_in(clerk)
    cookie = browser.get_cookie("amtsfluss")
    assert cookie is not None
    signed = {"status": links.status(case.id), "zahlung": links.zahlung("RF18539007547034")}
    values |= {f"token:{purpose}": address.rpartition("/")[2] for purpose, address in signed.items()}
    return Belongings(name, values, cookie.value, browser.token, token.text)


def address(rule: Rule, values: Mapping[str, str]) -> str:
    """Where this route shows what the values name."""
    purpose = rule.rule.strip("/").partition("/")[0]
    given = {**values, "token": values.get(f"token:{purpose}", "unbekannt")}
    built = rule.build({name: given[name] for name in rule.arguments})
    assert built is not None
    return built[1]


def everything_in(town: Platform) -> dict[str, list[Any]]:
    """All rows of all tables: whoever changed one is found out."""
    with town.db.reading() as session:
        return {
            table.name: sorted(map(repr, session.execute(table.select()).all()))
            for table in Base.metadata.sorted_tables
        }
