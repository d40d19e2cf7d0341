# SPDX-License-Identifier: EUPL-1.2
"""What an operator reads in the log: everything in its time, what failed for good as a warning."""

import logging
from collections.abc import Iterator

import pytest

from engine import worker
from engine.clock import FrozenClock
from engine.db import Database
from engine.leases import ClaimedJob
from engine.operations import CaseContext
from engine.services import Services


@pytest.mark.parametrize(("outcome", "level"), [("done", "INFO"), ("later", "INFO"), ("failed", "WARNING")])
def test_what_failed_for_good_is_a_warning(
    outcome: str,
    level: str,
    db: Database,
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    context = CaseContext("c", "A-1", "a", "send", "j", clock.now())
    jobs: Iterator[ClaimedJob | None] = iter(
        [ClaimedJob("j", "operation", "c", None, "send", "a.send", None, {"to": "Erika"}, 1, context), None]
    )
    monkeypatch.setattr(worker, "claim_job", lambda *arguments: next(jobs))
    monkeypatch.setattr(worker, "run_job", lambda *arguments: outcome)
    with caplog.at_level(logging.INFO):
        worker.Worker(db, Services(clock, {})).run_until_idle()
    assert [record.levelname for record in caplog.records] == [level]
    assert "Erika" not in caplog.text
