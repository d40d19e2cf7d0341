# SPDX-License-Identifier: EUPL-1.2
"""All chores of an installation: those of the tables, and those of the folders that a town without neighbours fills."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from engine.chores import DAILY, PORTION, Chore, chores
from engine.clock import Clock
from engine.contents import contents_of, orphans, sweep_contents
from engine.services import Services
from web.settings import Settings
from web.simulator.store import TransactionStore

#: Mails in the folder and payments at the built-in bank are there to try things out, and hold what people wrote.
KEPT_FOR_TRYING = timedelta(days=90)


def chores_of(settings: Settings) -> list[Chore]:
    """What is to be removed in this installation when it has had its time."""
    found = chores()
    if not settings.smtp_url:
        found.append(_mails(settings.mail_folder))
    if settings.has_simulator:
        found.append(_payments(settings.simulator_store))
    if settings.documents:
        found.append(_CONTENTS)
    return found


def _sweep(session: Session, services: Services) -> int:
    contents = contents_of(session)
    return sweep_contents(session, services.clock, contents, PORTION) if contents else 0


def _swept(session: Session, services: Services) -> int:
    contents = contents_of(session)
    return len([*orphans(session, services.clock, contents)]) if contents else 0


#: What was stored for a form that was never completed, or for a case that has been forgotten.
_CONTENTS = Chore("document_contents", DAILY, _sweep, _swept)


def _mails(folder: Path) -> Chore:
    def portion(session: Session, services: Services) -> int:
        old = [path for path, _ in zip(_old_mails(folder, services.clock), range(PORTION), strict=False)]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    return Chore("mail_folder", DAILY, portion, lambda session, services: len([*_old_mails(folder, services.clock)]))


def _old_mails(folder: Path, clock: Clock) -> Iterator[Path]:
    """Their names begin with the moment at which they were written."""
    limit = f"{clock.now() - KEPT_FOR_TRYING:%Y%m%dT%H%M%SZ}"
    return (path for path in folder.glob("*.eml") if path.name < limit)


def _payments(store: Path) -> Chore:
    def portion(session: Session, services: Services) -> int:
        return _opened(store, services).forget_before(services.clock.now() - KEPT_FOR_TRYING)

    def due(session: Session, services: Services) -> int:
        return _opened(store, services).count_before(services.clock.now() - KEPT_FOR_TRYING)

    return Chore("testbank", DAILY, portion, due)


def _opened(store: Path, services: Services) -> TransactionStore:
    return TransactionStore(store, services.clock)
