# SPDX-License-Identifier: EUPL-1.2
"""Workers die at any moment: nothing is lost, nothing is recorded twice, effects repeat with their key at most."""

import random
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from engine.db import Database
from engine.leases import LEASE
from engine.models import JobRow
from engine.services import Services
from engine.verify import verify_town
from engine.worker import Worker
from tests.engine.dying_worker import WrittenBell
from tests.engine.probes import Bell
from tests.engine.story import Story, rows

#: Ends what a server still holds for clients that have died, and waits until it has (at most ten seconds).
BURY = text(
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' AND state <> 'idle' AND pid <> pg_backend_pid()"
)
#: More statements than a worker sends for one case of `three_rings`.
BOUND = 200
ELEMENTS = ["count_one", "count_two", "count_three", "first", "over", "second", "start", "third"]


class PowerCut(BaseException):
    """Ends a worker without a word."""


def cut_at(story: Story, bell: Bell, number: int) -> bool:
    """Let a worker die just before a statement or a commit; False when it had finished before that."""
    db = Database(story.db.engine.url.render_as_string(hide_password=False))
    connections: list[Any] = []
    sent = 0

    def count(*arguments: Any) -> None:
        nonlocal sent
        sent += 1
        if sent == number:
            raise PowerCut

    event.listen(db.engine, "connect", lambda connection, record: connections.append(connection))
    event.listen(db.engine, "before_cursor_execute", count)
    event.listen(db.engine, "commit", count)
    try:
        Worker(db, Services(story.clock, {Bell: bell})).run_until_idle()
    except PowerCut:
        return True
    finally:
        # What is left of a dead process: connections that end in the middle.
        for connection in connections:
            connection.close()
    return False


def finish(story: Story, bell: Bell) -> None:
    """Another worker comes, later than the lease of the dead one and after the database has noticed the death."""
    if story.db.engine.dialect.name == "postgresql":
        with story.db.engine.connect() as connection:
            connection.execute(BURY)
    story.clock.advance(LEASE + timedelta(seconds=1))
    Worker(story.db, Services(story.clock, {Bell: bell})).run_until_idle()


def check(story: Story, numbers_before: int) -> None:
    """The case is over, each element was passed once, and the numbers have no gap."""
    assert story.ended_with == "Over"
    assert sorted(story.passed()) == sorted(ELEMENTS)
    numbers = [story.variables[name] for name in ("one", "two", "three")]
    assert numbers == [numbers_before + 1, numbers_before + 2, numbers_before + 3]
    assert rows(story.db, JobRow) == 0


def test_a_worker_may_die_before_any_statement(story: Story):
    story.starts("three_rings").works()
    for number in range(1, BOUND):
        bell = Bell()
        story.starts_deployed("three_rings")
        has_died = cut_at(story, bell, number)
        finish(story, bell)
        check(story, numbers_before=3 * number)
        assert len(set(bell.keys)) == 3
        assert max(Counter(bell.keys).values()) <= 2, "more than the one effect in hand was repeated"
        if not has_died:
            assert list(verify_town(story.db, story.services)) == []
            return
    pytest.fail(f"The worker sends more than {BOUND} statements.")


@pytest.mark.parametrize("turn", range(2))
def test_a_worker_killed_with_signal_9_loses_nothing(story: Story, tmp_path: Path, turn: int):
    point = random.SystemRandom().randrange(1, 45)
    rings = tmp_path / "rings"
    rings.touch()
    story.starts("three_rings")
    url = story.db.engine.url.render_as_string(hide_password=False)
    program = [sys.executable, "-m", "tests.engine.dying_worker"]
    arguments = [url, story.clock.now().isoformat(), str(rings), str(point)]
    killed = subprocess.run([*program, *arguments], cwd=Path(__file__).parents[2], timeout=60, check=False)
    assert killed.returncode in (-signal.SIGKILL, 0), f"died at statement {point}"
    finish(story, WrittenBell(rings))
    check(story, numbers_before=0)
    keys = Counter(line.split()[1] for line in rings.read_text().splitlines())
    assert len(keys) == 3
    assert max(keys.values()) <= 2
    assert list(verify_town(story.db, story.services)) == []
