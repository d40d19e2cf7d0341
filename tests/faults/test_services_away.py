# SPDX-License-Identifier: EUPL-1.2
"""The broker and the database break down while cases run: people notice little, and nothing is lost or done twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from engine.db import Database
from migrations import migrate
from tests.faults.cluster import Cluster, Persistent, eventually
from tests.faults.mails import begins, complete_what_is_open, passed_once, states, town_with_mails
from tools.brokers import free_port, private_redis
from tools.with_postgres import private_server, spelled_for_sqlalchemy

ROUND = 10


class Broker:
    """A Redis that may go away."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._until_it_goes = ExitStack()
        self.comes()

    def comes(self) -> None:
        """Begin to listen, with nothing of what it had."""
        self._until_it_goes.enter_context(private_redis(self.port))

    def goes(self) -> None:
        """Leave without a word."""
        self._until_it_goes.close()


@pytest.fixture
def broker() -> Iterator[Broker]:
    broker = Broker(free_port())
    yield broker
    broker.goes()


def test_work_goes_on_when_broker_and_database_are_back(broker: Broker, tmp_path: Path):
    port = free_port()
    with private_server() as (address, restart):
        db = Database(spelled_for_sqlalchemy(address))
        migrate(db.engine)
        environment = {
            **os.environ,
            "AMT_DATA_DIR": str(tmp_path),
            "AMT_DATABASE_URL": db.url,
            "AMT_BROKER_URL": f"redis://127.0.0.1:{broker.port}/0",
            "AMT_LOG_LEVEL": "WARNING",
        }
        commands = {"web": ["run", "--port", str(port)], "worker": ["worker", "--concurrency", "1"], "beat": ["beat"]}
        token = town_with_mails(db)
        shown = {"Authorization": f"Bearer {token}"}
        with (
            Cluster(environment, commands, tmp_path / "log"),
            httpx.Client(base_url=f"http://127.0.0.1:{port}/engine-rest", headers=shown, timeout=20) as client,
        ):
            program = Persistent(client)
            for number in range(ROUND):
                begins(program, f"all is well {number}")
            broker.goes()
            for number in range(ROUND):
                begins(program, f"no broker {number}")
            broker.comes()
            restart()
            for number in range(ROUND):
                begins(program, f"a new database process {number}")

            def all_have_ended() -> bool:
                complete_what_is_open(program)
                with suppress(OperationalError):  # Our own connections died as well.
                    return states(db) == {"completed": 3 * ROUND}
                return False

            eventually(all_have_ended, "all cases have ended")
        passed_once(db, 3 * ROUND)
        assert len(list((tmp_path / "mail").glob("*.eml"))) == 3 * 3 * ROUND
        db.close()
