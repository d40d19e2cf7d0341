# SPDX-License-Identifier: EUPL-1.2
"""Processes of a cluster are killed at random while cases run: each case ends once, each mail is sent once."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from conftest import emptied_afterwards
from engine.db import Database
from tests.faults.cluster import Cluster, Persistent, eventually
from tests.faults.mails import begins, complete_what_is_open, passed_once, states, town_with_mails
from tools.brokers import free_port

CASES = 200
KILLS = 8


@pytest.fixture
def db(migrated_postgres: str) -> Iterator[Database]:
    yield from emptied_afterwards(migrated_postgres)


@pytest.fixture
def mail_folder(tmp_path: Path) -> Path:
    return tmp_path / "mail"


@pytest.fixture
def token(db: Database) -> str:
    return town_with_mails(db)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def cluster(db: Database, tmp_path: Path, token: str, port: int) -> Iterator[Cluster]:
    environment = {
        **os.environ,
        "AMT_DATA_DIR": str(tmp_path),
        "AMT_DATABASE_URL": db.url,
        "AMT_BROKER_URL": f"{os.environ['AMT_TEST_REDIS_URL']}/0",
        "AMT_BROKER_PREFIX": f"test-{uuid4().hex[:8]}-",
        "AMT_RATE_LIMITS": "no",
        "AMT_LOG_LEVEL": "WARNING",
    }
    commands = {
        "web": ["run", "--port", str(port)],
        "worker": ["worker", "--concurrency", "1"],
        "worker of mails": ["worker", "--concurrency", "1", "--queues", "mail"],
        "beat": ["beat"],
        "second beat": ["beat"],
    }
    with Cluster(environment, commands, tmp_path / "log") as running:
        yield running


@pytest.fixture
def program(port: int, token: str) -> Iterator[Persistent]:
    address, shown = f"http://127.0.0.1:{port}/engine-rest", {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=address, headers=shown, timeout=20) as client:
        yield Persistent(client)


def test_cases_end_once_whoever_is_killed(cluster: Cluster, program: Persistent, db: Database, mail_folder: Path):
    fate = random.SystemRandom()
    deaths = sorted(fate.sample(range(CASES), KILLS))
    for number in range(CASES):
        begins(program, f"BK-{number}")
        if number in deaths:
            name = fate.choice(list(cluster.commands))
            cluster.kill(name)
            cluster.start(name)

    def all_have_ended() -> bool:
        complete_what_is_open(program)
        return states(db) == {"completed": CASES}

    eventually(all_have_ended, "all cases have ended")
    passed_once(db, CASES)
    assert len(list(mail_folder.glob("*.eml"))) == 3 * CASES
