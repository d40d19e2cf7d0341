# SPDX-License-Identifier: EUPL-1.2
"""The wiring: which database, which neighbours, which clock. Nothing is wired anywhere else."""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import partial

from flask import Flask, current_app

from connectors import girocode
from connectors.documents import contents_at
from connectors.links import Links
from connectors.mail import FolderMailer, Mail, Mailer, MailRefused, SmtpMailer, compose
from connectors.oidc import IdentityProvider, OpenIdConnect
from connectors.payment import ClientCredentials, PaymentProvider, provider_at
from connectors.pdf import Letterhead, Letters, PdfLetters
from connectors.scanner import ClamAV, Scanner
from engine.clock import Clock, SystemClock
from engine.contents import CONTENTS
from engine.db import Database
from engine.dispatch import Dispatcher
from engine.operations import Connector
from engine.services import Services
from engine.worker import Worker
from processes import FOLDER
from web.chores import chores_of
from web.settings import SettingRefused, Settings, Town
from web.simulator import built_in_provider, create_simulator
from web.waiting import Seats, WaitingRoom


@dataclass(frozen=True)
class Platform:
    """A running town: its settings, its database, its neighbours and the worker that serves its jobs."""

    settings: Settings
    db: Database
    services: Services
    #: Runs jobs in this process, unless there is a queue.
    worker: Worker
    connectors: Mapping[type, Connector]
    #: Rung by commits that leave work.
    bell: "Bell"
    #: The built-in bank, mounted beside the town's pages; None when a real payment provider is set.
    simulator: Flask | None = None
    #: Tells workers elsewhere of jobs, when there is a queue.
    dispatcher: Dispatcher | None = None

    @property
    def clock(self) -> Clock:
        """The clock that everything in this town goes by."""
        return self.services.clock

    @property
    def waiting(self) -> WaitingRoom:
        """Where requests of external workers wait for work."""
        return self.bell.waiting

    @property
    def jobs(self) -> Worker | Dispatcher:
        """What looks after jobs in this process: it runs them, or tells the queue."""
        return self.dispatcher or self.worker

    def start_jobs(self) -> None:
        """Let jobs be looked after in a thread of this process."""
        self.jobs.start()

    def close(self) -> None:
        """Send whoever waits away, finish the job in hand and give the database connections back."""
        self.waiting.close()
        self.jobs.stop()
        self.db.close()


def platform() -> Platform:
    """The platform of the application that serves this request."""
    found: Platform = current_app.extensions["amtsfluss"]
    return found


def build_platform(
    settings: Settings,
    *,
    clock: Clock | None = None,
    connectors: Mapping[type, Connector] | None = None,
    seats: Seats | None = None,
) -> Platform:
    """Wire a town together. `connectors` replaces single neighbours by the port they stand for; tests hand in fakes.

    `seats` are those of the process, when it serves several towns.
    """
    clock = clock or SystemClock()
    _check_account(settings.town)
    credentials = _simulator_credentials(settings)
    simulator = _simulator(settings, credentials, clock) if settings.has_simulator else None
    wired: dict[type, Connector] = {
        Mailer: _mailer(settings, clock),
        Letters: PdfLetters(Letterhead(**asdict(settings.town)), [FOLDER]),
        Links: Links(settings.base_url, settings.secret_key),
        PaymentProvider: (
            built_in_provider(simulator, credentials, clock=clock) if simulator else _payment_provider(settings)
        ),
        **_identity_provider(settings, clock),
        **_scanner(settings),
        **(connectors or {}),
    }
    db = Database(settings.database_url, settings.schema)
    if settings.documents:
        with _blaming("AMT_DOCUMENTS"):
            db.info[CONTENTS] = contents_at(settings.documents, settings.documents_key)
    bell = Bell(WaitingRoom(seats or Seats(settings.external_waits)))
    services = Services(clock=clock, connectors=wired, wake=bell.ring, measure=partial(_measure, settings.tenant))
    worker = Worker(db, services, chores_of(settings))
    dispatcher = _dispatcher(settings, db, services)
    bell.listeners.append(dispatcher.wake if dispatcher else worker.wake)
    return Platform(settings, db, services, worker, wired, bell, simulator, dispatcher)


def _dispatcher(settings: Settings, db: Database, services: Services) -> Dispatcher | None:
    if not settings.broker_url:
        return None
    from web.cluster.queue import make_queue, teller  # takes a while to load, which only a cluster has to wait for

    queue = make_queue(settings.broker_url, settings.broker_prefix)
    return Dispatcher(db, services, teller(queue, settings.tenant, settings.broker_prefix))


def _measure(town: str, kind: str, topic: str, outcome: str, seconds: float) -> None:
    from web.measures import note_work  # loads the measuring library, which only now knows who measures together

    note_work(town, kind, topic, outcome, seconds)


def _mailer(settings: Settings, clock: Clock) -> Mailer:
    with _blaming("AMT_MAIL_FROM"):
        compose(Mail("somebody@example.org", "Probe", "Probe", idempotency_key="probe"), settings.mail_from, clock)
    if settings.smtp_url:
        with _blaming("AMT_SMTP_URL"):
            return SmtpMailer(settings.smtp_url, settings.mail_from, clock)
    return FolderMailer(settings.mail_folder, settings.mail_from, clock)


def _payment_provider(settings: Settings) -> PaymentProvider:
    with _blaming("AMT_PAYMENT_URL and AMT_PAYMENT_KEY"):
        webhook = f"{settings.base_url.rstrip('/')}/zahlung/meldung" if settings.is_https else ""
        return provider_at(settings.payment_url, settings.payment_key, webhook, settings.payment_webhook_secret)


def _identity_provider(settings: Settings, clock: Clock) -> dict[type, Connector]:
    """None when the town has none: its pages then offer no such way in."""
    if not settings.oidc_url:
        return {}
    with _blaming("AMT_OIDC_KEY"):
        return {IdentityProvider: OpenIdConnect(settings.oidc_url, settings.oidc_key, settings.oidc_name, clock=clock)}


def _scanner(settings: Settings) -> dict[type, Connector]:
    """None when the town has none: uploads are then checked by their content only."""
    if not settings.clamd_url:
        return {}
    with _blaming("AMT_CLAMD_URL"):
        return {Scanner: ClamAV(settings.clamd_url)}


def _check_account(town: Town) -> None:
    """Better no town than fee notices with an account that does not exist."""
    with _blaming("AMT_TOWN_IBAN, AMT_TOWN_BIC and AMT_TOWN_CREDITOR"):
        girocode.payload(girocode.Transfer(town.creditor, town.iban, Decimal(1), text="Probe", bic=town.bic))


@contextmanager
def _blaming(name: str) -> Iterator[None]:
    """Say which setting it was that something could not be made of."""
    try:
        yield
    except (ValueError, MailRefused) as refused:
        raise SettingRefused(f"{name}: {refused}") from refused


def _simulator(settings: Settings, credentials: ClientCredentials, clock: Clock) -> Flask:
    store = settings.simulator_store
    return create_simulator(store, credentials=credentials, base_url=settings.base_url, clock=clock)


def _simulator_credentials(settings: Settings) -> ClientCredentials:
    """Known to us and to the built-in bank only; the same in every process of the installation."""
    key = settings.secret_key.encode()
    return ClientCredentials("amtsfluss", hmac.new(key, b"testbank", hashlib.sha256).hexdigest())


class Bell:
    """Lets a commit wake whoever runs jobs, which itself needs the services that ring, and external ones that wait."""

    def __init__(self, waiting: WaitingRoom) -> None:
        self.waiting = waiting
        self.listeners: list[Callable[[], None]] = []

    def ring(self) -> None:
        self.waiting.ring()
        for wake in self.listeners:
            wake()
