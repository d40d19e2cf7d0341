# SPDX-License-Identifier: EUPL-1.2
"""Settings from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from web.settings import SettingRefused, settings_from_environment


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
    ],
)
def test_unusable_value_is_refused_by_name(tmp_path: Path, name: str, value: str):
    with pytest.raises(SettingRefused, match=name):
        settings_from_environment({"AMT_DATA_DIR": str(tmp_path), name: value})
