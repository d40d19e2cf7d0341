# SPDX-License-Identifier: EUPL-1.2
"""Jobs of a town run in that town, whoever runs them: a few threads for all towns, or a worker of a queue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from queue import Queue
from typing import cast

import pytest

from connectors.mail import FakeMailer, Mail, Mailer
from engine.cases import start_case
from engine.db import unit_of_work
from engine.definitions import deploy
from engine.dispatch import Dispatcher
from engine.operations import CaseContext, operation
from forms import check_form
from tests.engine.drawing import between, bundle_of, service_task
from tests.tenants.country import Country
from tests.web.example import CITIZEN
from web.cluster.beat import Beat
from web.cluster.worker import run_certain_job
from web.tenants.registry import TenantUnknown

_PATIENCE = 30


@operation("towntest.gruessen")
def gruessen(mailer: Mailer, kontext: CaseContext, an: str) -> None:
    """Einen Gruß schicken."""
    mailer.send(Mail(an, "Gruß", "Guten Tag", idempotency_key=kontext.idempotency_key))


class HeardMailer(FakeMailer):
    """Tells the test that something was sent."""

    def __init__(self, heard: Queue[Mail]) -> None:
        super().__init__()
        self._heard = heard

    def send(self, mail: Mail) -> None:
        super().send(mail)
        self._heard.put(mail)


@pytest.fixture
def heard() -> Queue[Mail]:
    return Queue()


@pytest.fixture
def served(country: Country, heard: Queue[Mail]) -> Iterator[Country]:
    """The country in a process of its own, in which greetings can be sent."""
    mailers: dict[str, FakeMailer] = {name: HeardMailer(heard) for name in ("ost", "west")}
    process = Country(country.settings, country.clock, mailers)
    for name in ("ost", "west"):
        town = process.town(name)
        with unit_of_work(town.db) as session:
            model = bundle_of(
                *between(service_task("gruss", "towntest.gruessen", an="${an}"), first="gruss", last="gruss")
            )
            deploy(session, town.services, model, form_check=check_form)
    yield process
    process.towns.close()


def greet(country: Country, name: str) -> None:
    town = country.town(name)
    with unit_of_work(town.db) as session:
        start_case(session, town.services, "drawn", {"an": f"{name}@example.org"}, by=CITIZEN)


def test_jobs_of_all_towns_are_looked_after_by_a_few_threads(served: Country, heard: Queue[Mail]):
    served.towns.start_jobs()
    for name in ("ost", "west"):
        greet(served, name)
    assert {heard.get(timeout=_PATIENCE).to for _ in range(2)} == {"ost@example.org", "west@example.org"}
    sent = {name: [mail.to for mail in mailer.sent] for name, mailer in served.mailers.items()}
    assert sent == {"ost": ["ost@example.org"], "west": ["west@example.org"]}


def test_jobs_that_were_left_before_are_found_without_anybody_asking_for_the_town(
    served: Country, country: Country, heard: Queue[Mail]
):
    greet(country, "west")
    served.towns.start_jobs()
    assert heard.get(timeout=_PATIENCE).to == "west@example.org"
    assert served.mailers["ost"].sent == []


def test_what_a_queue_tells_of_one_town_is_nothing_in_another(served: Country, heard: Queue[Mail]):
    told: list[tuple[str, str]] = []
    greet(served, "west")
    for name in ("ost", "west"):
        town = served.town(name)
        Dispatcher(town.db, town.services, lambda call, name=name: told.append((name, call.job_id))).tell_what_is_due()  # type: ignore[misc]  # bound early
    ((name, job_id),) = told
    assert name == "west"
    run_certain_job(served.town("ost"), job_id)
    assert heard.empty()
    run_certain_job(served.town(name), job_id)
    assert [mail.to for mail in served.mailers["west"].sent] == ["west@example.org"]


def test_a_town_that_nobody_knows_is_not_opened(served: Country):
    with pytest.raises(TenantUnknown, match="no town called nord"):
        served.town("nord")
    assert not served.settings.data_dir.joinpath("towns", "nord").exists()


def test_one_beat_goes_through_all_towns(served: Country):
    looked: list[str] = []
    towns = [
        replace(town, dispatcher=cast(Dispatcher, _Noting(town.settings.tenant, looked))) for town in served.towns.all()
    ]
    beat = Beat(lambda: towns, holder="one")
    assert beat.look() == 2
    assert sorted(looked) == ["ost", "west"]
    beat.stop()
    beat.run()


class _Noting:
    """Stands where a town tells its queue of jobs."""

    def __init__(self, name: str, looked: list[str]) -> None:
        self._name = name
        self._looked = looked

    def look(self) -> None:
        self._looked.append(self._name)
