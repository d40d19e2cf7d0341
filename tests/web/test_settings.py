# SPDX-License-Identifier: EUPL-1.2
"""Settings from the environment."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT
from web.bootstrap import build_platform
from web.settings import SettingRefused, settings_from_environment, unknown_settings


def test_defaults_run_everything_embedded(tmp_path: Path):
    settings = settings_from_environment({"AMT_DATA_DIR": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path / 'amtsfluss.sqlite3'}"
    assert settings.has_simulator
    assert settings.base_url == "http://127.0.0.1:8000"
    assert not settings.is_https


def test_secret_is_made_once_and_for_the_owner_only(tmp_path: Path):
    env = {"AMT_DATA_DIR": str(tmp_path)}
    first, second = settings_from_environment(env), settings_from_environment(env)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 64
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
    assert first.secret_key not in repr(first)


def test_data_folder_is_made_for_the_owner_only(tmp_path: Path):
    settings = settings_from_environment({"AMT_DATA_DIR": str(tmp_path / "town" / "var")})
    assert settings.data_dir.stat().st_mode & 0o077 == 0


def test_town_is_named_by_its_settings(tmp_path: Path):
    env = {"AMT_DATA_DIR": str(tmp_path), "AMT_TOWN_NAME": "Weilheim", "AMT_TOWN_NOTE": ""}
    town = settings_from_environment(env).town
    assert (town.name, town.note) == ("Weilheim", "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AMT_PORT", "http"),
        ("AMT_BASE_URL", "stadt.example"),
        ("AMT_RATE_LIMITS", "maybe"),
        ("AMT_LOG_LEVEL", "LOUD"),
        ("AMT_PAYMENT_URL", "ftp://bank.example"),
        ("AMT_PORT", "99999"),
        ("AMT_PORT", "9" * 5000),
        ("AMT_SESSION_HOURS", "0"),
        ("AMT_SESSION_HOURS", "999999999"),
        ("AMT_MAX_UPLOAD_MB", "0"),
        ("AMT_BASE_URL", "http://["),
        ("AMT_BASE_URL", "https://stadt.example:http"),
        ("AMT_BASE_URL", "https://stadt.example/?seite=1"),
        ("AMT_PAYMENT_PAGES", "https://bank.example;script-src *"),
        ("AMT_DATABASE_URL", "nonsense"),
        ("AMT_DATABASE_URL", "mysql://db/amt"),
        ("AMT_DATABASE_URL", "postgresql+psycopg://root@db:http/amt"),
        ("AMT_DATABASE_URL", "sqlite://"),
        ("AMT_SECRET_KEY", "short"),
        ("AMT_DATA_DIR", "/dev/null/data"),
        ("AMT_DATA_DIR", __file__),
    ],
)
def test_unusable_value_is_refused_by_name(tmp_path: Path, name: str, value: str):
    with pytest.raises(SettingRefused, match=name):
        settings_from_environment({"AMT_DATA_DIR": str(tmp_path), name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AMT_SMTP_URL", "mail.stadt.example"),
        ("AMT_SMTP_URL", "smtp://mail.stadt.example:mail"),
        ("AMT_MAIL_FROM", "Stadt\nBcc: everybody@example.org"),
        ("AMT_PAYMENT_URL", "https://bank.example"),
        ("AMT_TOWN_IBAN", "DE00120300000000202051"),
    ],
)
def test_neighbours_that_cannot_be_wired_are_refused_by_name(tmp_path: Path, name: str, value: str):
    settings = settings_from_environment({"AMT_DATA_DIR": str(tmp_path), name: value})
    with pytest.raises(SettingRefused, match=name):
        build_platform(settings)


def test_an_empty_secret_signs_nothing(tmp_path: Path):
    (tmp_path / "secret_key").touch()
    with pytest.raises(SettingRefused, match="secret_key"):
        settings_from_environment({"AMT_DATA_DIR": str(tmp_path)})


def test_the_password_of_the_database_is_not_repeated(tmp_path: Path):
    with pytest.raises(SettingRefused) as refused:
        settings_from_environment({"AMT_DATA_DIR": str(tmp_path), "AMT_DATABASE_URL": "mysql://root:geheim@db/amt"})
    assert "geheim" not in str(refused.value)


def test_an_ipv6_address_is_reached_in_brackets(tmp_path: Path):
    settings = settings_from_environment({"AMT_DATA_DIR": str(tmp_path), "AMT_HOST": "::1"})
    assert settings.base_url == settings.own_url == "http://[::1]:8000"


def test_every_setting_that_is_read_is_known():
    read = set(re.findall(r'"(AMT_[A-Z_]*[A-Z])"', (ROOT / "web/settings.py").read_text("utf-8")))
    assert len(read) > 10
    assert unknown_settings(dict.fromkeys(read | {"AMT_TOWN_NAME", "AMT_TEST_POSTGRES_URL", "HOME"}, "")) == {}


def test_a_misspelt_setting_is_found_with_the_one_that_is_meant():
    env = {"AMT_DATABSE_URL": "", "AMT_TOWN_NAMEN": "", "AMT_TESTING": "", "AMT_X": ""}
    found = unknown_settings(env)
    assert found.keys() == env.keys()
    assert (found["AMT_DATABSE_URL"], found["AMT_TOWN_NAMEN"]) == ("AMT_DATABASE_URL", "AMT_TOWN_NAME")
    assert found["AMT_X"] is None
