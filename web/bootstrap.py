# SPDX-License-Identifier: EUPL-1.2
"""The wiring: which database, which neighbours, which clock. Nothing is wired anywhere else."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app

from connectors.mail import FolderMailer, Mailer, SmtpMailer
from engine.clock import Clock, SystemClock
from engine.db import Database
from engine.operations import Connector
from engine.services import Services
from engine.worker import Worker
from web.settings import Settings


@dataclass(frozen=True)
class Platform:
    """A running town: its settings, its database, its neighbours and the worker that serves its jobs."""

    settings: Settings
    db: Database
    services: Services
    worker: Worker
    connectors: Mapping[type, Connector]

    @property
    def clock(self) -> Clock:
        """The clock that everything in this town goes by."""
        return self.services.clock

    def close(self) -> None:
        """Stop the worker and give the database connections back."""
        self.worker.stop()
        self.db.close()


def platform() -> Platform:
    """The platform of the application that serves this request."""
    found: Platform = current_app.extensions["amtsfluss"]
    return found


def build_platform(
    settings: Settings, *, clock: Clock | None = None, connectors: Mapping[type, Connector] | None = None
) -> Platform:
    """Wire a town together. `connectors` replaces single neighbours, by the port they stand for (tests hand in fakes)."""
    clock = clock or SystemClock()
    wired = {**neighbours(settings, clock), **(connectors or {})}
    db = Database(settings.database_url)
    bell = _Bell()
    services = Services(clock=clock, connectors=wired, wake=bell.ring)
    worker = Worker(db, services)
    bell.worker = worker
    return Platform(settings, db, services, worker, wired)


def neighbours(settings: Settings, clock: Clock) -> dict[type, Connector]:
    """Every port of the town with the adapter that the settings ask for."""
    return {Mailer: _mailer(settings, clock)}


def _mailer(settings: Settings, clock: Clock) -> Mailer:
    if settings.smtp_url:
        return SmtpMailer(settings.smtp_url, settings.mail_from, clock)
    return FolderMailer(settings.mail_folder, settings.mail_from, clock)


class _Bell:
    """Lets a commit wake the worker, which itself needs the services that ring."""

    worker: Worker | None = None

    def ring(self) -> None:
        if self.worker is not None:
            self.worker.wake()
