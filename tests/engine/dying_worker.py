# SPDX-License-Identifier: EUPL-1.2
"""A worker that is killed with signal 9 just before it sends a certain statement. Run as a program by the fault tests.

Arguments: database URL, moment (ISO), file in which the bell writes down its rings, number of the statement.
"""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event

from engine.clock import FrozenClock
from engine.db import Database
from engine.services import Services
from engine.worker import Worker
from tests.engine.probes import Bell


class WrittenBell(Bell):
    """A bell whose rings outlive the process."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def ring(self, text: str, key: str) -> None:
        """Write the ring down at once."""
        with self._file.open("a") as written:
            written.write(f"{text} {key}\n")


def work(url: str, moment: str, file: str, die_at: int) -> None:
    """Work until killed, or until there is nothing to do."""
    db = Database(url)
    sent = 0

    def count(*arguments: Any) -> None:
        nonlocal sent
        sent += 1
        if sent == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(db.engine, "before_cursor_execute", count)
    event.listen(db.engine, "commit", count)
    services = Services(FrozenClock(datetime.fromisoformat(moment)), {Bell: WrittenBell(Path(file))})
    Worker(db, services).run_until_idle()


if __name__ == "__main__":
    work(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
