# SPDX-License-Identifier: EUPL-1.2
"""Connections that the server has closed meanwhile, as when it is restarted, are replaced before they are used."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import text

from engine.db import Database


def test_connections_that_were_lost_while_idle_are_replaced(db: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("engine.db._FRESH", 0.0)
    town = Database(db.url)
    with town.reading() as first, town.reading() as second:
        assert first.scalar(text("SELECT 1")) == second.scalar(text("SELECT 1"))
    close_all(db)

    with town.writing() as session:
        assert session.scalar(text("SELECT 2")) == 2
    town.close()


def close_all(db: Database) -> None:
    """What a restart does to connections; SQLite has no server that could be restarted."""
    if db.is_sqlite:
        return
    with psycopg.connect(db.url.replace("+psycopg", "")) as administrator:
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        administrator.execute(f"SELECT pg_terminate_backend(pid, 5000) {others}")
