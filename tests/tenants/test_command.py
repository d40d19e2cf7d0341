# SPDX-License-Identifier: EUPL-1.2
"""`amt tenant`, and every other command on an installation with several towns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from engine.db import Database
from engine.identity import list_users
from web.cli import main
from web.settings import Settings, unknown_settings
from web.tenants.registry import opened_registry
from web.tenants.settings import secrets_of, settings_of


@pytest.fixture(autouse=True)
def environment(installation: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The installation, as commands find it."""
    monkeypatch.setenv("AMT_DATA_DIR", str(installation.data_dir))
    monkeypatch.setenv("AMT_DATABASE_URL", installation.database_url)
    monkeypatch.setenv("AMT_SECRET_KEY", installation.secret_key)
    for name in ("AMT_BASE_URL", "AMT_TENANT", "AMT_BROKER_URL"):
        monkeypatch.delenv(name, raising=False)


def amt(*words: str, code: int = 0, typed: str = "") -> Result:
    result = CliRunner().invoke(main, words, input=typed)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


@pytest.fixture(scope="module")
def added(installation: Settings) -> None:
    """Two towns, added by an operator."""
    env = {
        "AMT_DATA_DIR": str(installation.data_dir),
        "AMT_DATABASE_URL": installation.database_url,
        "AMT_SECRET_KEY": installation.secret_key,
    }
    for name in ("ost", "west"):
        words = ["tenant", "add", name, "--host", f"{name}.example", "--set", f"TOWN_NAME={name.title()}"]
        result = CliRunner().invoke(main, words, env=env)
        assert result.exit_code == 0, result.output
        assert "http://" + name + ".example:8000/" in result.output
        assert ("Restart what is running" in result.output) == (name == "ost")
        assert "TOWN_IBAN" in result.output, "what it still has from others is named"


@pytest.fixture
def ost(installation: Settings, added: None) -> Iterator[Database]:
    database = _database(installation, "ost")
    yield database
    database.close()


def _database(installation: Settings, name: str) -> Database:
    with opened_registry(installation) as registry:
        town = registry.named(name)
        assert town is not None
        settings = settings_of(installation, name, town.hosts, town.settings)
    return Database(settings.database_url, settings.schema)


def test_without_towns_nothing_is_asked_for():
    assert "this installation serves one" in amt("tenant", "list").output
    assert "amt migrate" in amt("tenant", "migrate", code=1).output
    assert "no town called ost" in amt("--tenant", "ost", "user", "list", code=1).output


def test_a_command_acts_on_the_town_that_is_named(ost: Database, monkeypatch: pytest.MonkeyPatch):
    amt("--tenant", "ost", "user", "add", "anna", "--group", "kasse", "--generate")
    assert "anna" in amt("--tenant", "ost", "user", "list").output
    monkeypatch.setenv("AMT_TENANT", "west")
    assert "Nobody can log in yet" in amt("user", "list").output
    with ost.reading() as session:
        assert "anna" in [line.username for line in list_users(session)]


@pytest.mark.parametrize(
    "words",
    [("user", "list"), ("migrate",), ("deploy",), ("incident", "list"), ("token", "list"), ("run", "--prepare")],
)
def test_a_command_that_names_no_town_is_refused(added: None, words: tuple[str, ...]):
    assert "Say which one is meant: amt --tenant NAME" in amt(*words, code=1).output


def test_a_town_that_nobody_knows_is_told(added: None):
    assert "no town called nord" in amt("--tenant", "nord", "user", "list", code=1).output
    assert "no town called nord" in amt("tenant", "set", "nord", "--set", "TOWN_NAME=x", code=1).output


def test_settings_of_a_town_are_listed_changed_and_dropped(added: None):
    amt("tenant", "set", "west", "--set", "TOWN_PHONE=07021", "--host", "west.example", "--host", "rathaus.example")
    listed = amt("tenant", "list").output
    assert "west.example, rathaus.example" in listed
    assert "TOWN_PHONE=07021" in listed
    amt("tenant", "set", "west", "--unset", "TOWN_PHONE")
    assert "TOWN_PHONE" not in amt("tenant", "list").output
    refused = amt("tenant", "set", "west", "--set", "TOWN_IBAN=DE00", code=1).output
    assert "IBAN" in refused
    assert "DE00" not in amt("tenant", "list").output


def test_a_town_that_cannot_be_migrated_holds_up_no_other(ost: Database):
    _has_version(ost, "gibtsnicht")
    result = amt("tenant", "migrate", code=1)
    assert "west is up to date." in result.output
    assert "ost: Can't locate revision identified by 'gibtsnicht'" in result.output
    assert "1 of 2 towns" in result.output
    assert "west" in amt("tenant", "migrate", "west").output
    with ost.engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
        connection.execute(text("INSERT INTO alembic_version SELECT :head"), {"head": _head()})
    amt("tenant", "migrate")


def _has_version(db: Database, version: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def _head() -> str:
    from alembic.script import ScriptDirectory

    from migrations import configuration

    head = ScriptDirectory.from_config(configuration()).get_current_head()
    assert head is not None
    return head


def test_a_removed_town_keeps_its_data_until_they_are_deleted(ost: Database, installation: Settings):
    folder = Path(installation.data_dir, "towns", "west")
    amt("--tenant", "ost", "user", "add", "berta", "--group", "kasse", "--generate")
    assert "kept" in amt("tenant", "remove", "west").output
    assert "no town called west" in amt("--tenant", "west", "user", "list", code=1).output
    assert folder.exists()
    amt("tenant", "add", "west", "--host", "west.example")
    assert "Aborted" in amt("tenant", "remove", "west", "--delete-data", code=1, typed="n\n").output
    amt("tenant", "remove", "west", "--delete-data", typed="y\n")
    assert not folder.exists()
    assert "berta" in amt("--tenant", "ost", "user", "list").output


def test_secrets_of_towns_are_no_misspelt_settings():
    env = {"AMT_OST_PAYMENT_KEY": "x", "AMT_WEST_PAYMENT_KEY": "x", "AMT_TENANT": "ost"}
    assert unknown_settings(env, also=secrets_of("ost")).keys() == {"AMT_WEST_PAYMENT_KEY"}
