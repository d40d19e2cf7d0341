# SPDX-License-Identifier: EUPL-1.2
"""What operators are told of what has had its time, and of what is not as it must be."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import delete, update

from engine.chores import chores
from engine.clock import FrozenClock
from engine.db import unit_of_work
from engine.models import CaseRow, DefinitionRow, HistoryRow, TaskRow
from engine.verify import Finding
from tests.engine.test_verify import BROKEN
from tests.web.test_cli import amt, town
from tests.web.test_operator_commands import begun, platform, published
from web.bootstrap import Platform, build_platform
from web.chores import KEPT_FOR_TRYING, chores_of
from web.commands.retention import _CHORES
from web.commands.verify import WORDS, in_german
from web.settings import settings_from_environment
from web.simulator.store import TransactionStore

__all__ = ["platform", "town"]


def old(platform: Platform) -> CaseRow:
    """A case that has ended two years ago."""
    case = begun(platform, "permit", key="k1")
    amt("case", "cancel", case.reference, "--reason", "doppelt")
    with unit_of_work(platform.db) as session:
        row = session.get_one(CaseRow, case.id)
        row.ended_at = platform.clock.now() - timedelta(days=730)
    return row


def keep_for(platform: Platform, days: int | None) -> None:
    """The history time to live of all models."""
    with unit_of_work(platform.db) as session:
        session.execute(update(DefinitionRow).values(history_days=days))


# -- amt retention --------------------------------------------------------------------------------------------------


def test_it_is_shown_what_is_due(town: Path, platform: Platform):
    published(town, "permit")
    old(platform)
    keep_for(platform, 365)
    told = amt("retention", "show").output
    for words in ("permit, Fassung 1", "bleiben 365 Tage", "1 beendet, der älteste am", "1 fällig"):
        assert words in told


def test_it_is_shown_that_a_model_says_nothing(town: Path, platform: Platform):
    published(town, "permit")
    old(platform)
    keep_for(platform, None)
    told = amt("retention", "show").output
    assert "bleiben für immer" in told
    assert "camunda:historyTimeToLive" in told


def test_without_a_model_that_is_said(town: Path, platform: Platform):
    assert "Es ist kein Prozessmodell veröffentlicht." in amt("retention", "show").output


def test_a_dry_run_deletes_nothing(town: Path, platform: Platform):
    published(town, "permit")
    old(platform)
    keep_for(platform, 365)
    assert "       1  beendete Vorgänge" in amt("retention", "run", "--dry-run").output
    assert "       1  beendete Vorgänge" in amt("retention", "run").output
    assert "       0  beendete Vorgänge" in amt("retention", "run").output
    assert "keiner beendet" in amt("retention", "show").output


def test_every_chore_has_words(platform: Platform):
    assert {chore.name for chore in [*chores(), *chores_of(platform.settings)]} == set(_CHORES)


def test_old_mails_and_payments_of_the_test_bank_go(town: Path, platform: Platform):
    folder, store = platform.settings.mail_folder, platform.settings.simulator_store
    folder.mkdir()
    (folder / f"{platform.clock.now():%Y%m%dT%H%M%SZ}-new.eml").touch()
    (folder / "20200101T000000Z-old.eml").touch()
    long_ago = FrozenClock(platform.clock.now() - KEPT_FOR_TRYING * 2)
    TransactionStore(store, long_ago).add("amt", "bank", {"requestId": "1"}, Decimal(1))
    told = amt("retention", "run").output
    assert "       1  alte Mails" in told
    assert "       1  alte Zahlungen" in told
    assert [path.name.partition("-")[2] for path in folder.iterdir()] == ["new.eml"]


# -- amt verify -----------------------------------------------------------------------------------------------------


def test_the_demo_town_is_sound(town: Path):
    for words in (("migrate",), ("deploy",), ("demo",)):
        amt(*words)
    built = build_platform(settings_from_environment())
    built.worker.run_until_idle()
    built.close()
    assert amt("verify").output == "Alles in Ordnung.\n"


def test_a_finding_names_the_case_and_what_helps(town: Path, platform: Platform):
    published(town, "permit")
    case = begun(platform, "permit", key="k1")
    with unit_of_work(platform.db) as session:
        session.execute(delete(HistoryRow).where(HistoryRow.kind == "case_started"))
    told = amt("verify", code=1).output
    assert f"{case.reference}: Im Verlauf beginnt der Vorgang 0 Mal statt einmal." in told
    assert "1 Befund." in told


def test_one_case_is_verified_alone(town: Path, platform: Platform):
    published(town, "permit")
    broken, sound = begun(platform, "permit", key="k1"), begun(platform, "permit", key="k2")
    with unit_of_work(platform.db) as session:
        session.execute(delete(TaskRow).where(TaskRow.case_id == broken.id))
        session.execute(delete(HistoryRow).where(HistoryRow.case_id == broken.id))
    assert "Alles in Ordnung." in amt("verify", "--case", sound.reference).output
    assert broken.reference in amt("verify", "--case", broken.reference, code=1).output


def test_an_old_database_is_told_before_anything_else(town: Path):
    told = amt("verify", code=1).output
    assert "Die Datenbank ist auf dem Stand 0," in told
    assert "amt migrate" in told


def test_every_kind_of_finding_has_words():
    assert set(WORDS) - {"database_old"} == set(BROKEN)


def test_what_a_service_finds_is_told_in_its_own_words():
    assert in_german(Finding("x", reason="Etwas fehlt.", cure="Suchen.")) == ("Etwas fehlt.", "Suchen.")
