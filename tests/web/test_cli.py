# SPDX-License-Identifier: EUPL-1.2
"""The command line, as an operator uses it."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from processes import FOLDER
from tests.web.example import MODEL
from web.cli import main

SLICE = FOLDER / "anwohnerparkausweis"


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("AMT_DATABASE_URL", "AMT_SECRET_KEY", "AMT_BASE_URL", "AMT_PAYMENT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AMT_DATA_DIR", str(tmp_path))
    return tmp_path


def amt(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def test_help_teaches_with_examples(town: Path):
    assert "amt run --prepare" in amt("--help").output
    for command in ("run", "worker", "migrate", "deploy", "check", "demo", "user"):
        assert amt(command, "--help").output


def test_first_day_of_a_town(town: Path):
    amt("migrate")
    assert "is published" in amt("deploy").output
    assert "has not changed" in amt("deploy").output
    first, second = amt("demo").output, amt("demo").output
    assert "The invented demo town is loaded." in first
    assert "The invented demo town is loaded." not in second
    assert "demo-anna" in second
    assert "anna.berger" in amt("user", "list").output


def test_without_tables_one_is_told_what_to_run(town: Path):
    for words in (("user", "list"), ("deploy",), ("demo",), ("run", "--port", "0")):
        assert "amt migrate" in amt(*words, code=1).output


def test_demo_needs_its_process(town: Path):
    amt("migrate")
    assert "anwohnerparkausweis" in amt("demo", code=1).output


def test_people_are_added_once(town: Path):
    amt("migrate")
    added = amt("user", "add", "eva.maier", "--group", "buergerbuero", "--generate").output
    assert "Eva Maier can log in as eva.maier." in added
    assert "shown only this once" in added
    assert "already" in amt("user", "add", "eva.maier", "--generate", code=1).output
    assert "Use --generate" in amt("user", "add", "noch.wer", code=1).output


def test_check_names_file_element_and_cure(town: Path, tmp_path: Path):
    folder = tmp_path / "kaputt"
    shutil.copytree(MODEL, folder)
    model = folder / "anliegen.bpmn"
    model.write_text(model.read_text("utf-8").replace("webtest.ablegen", "gibt.es.nicht"), "utf-8")
    (folder / "anliegen_pruefung.form").unlink()
    output = amt("check", str(folder), code=1).output
    for words in ("anliegen.bpmn", "pruefen", "Anliegen prüfen", "anliegen_pruefung"):
        assert words in output
    amt("migrate")
    assert "anliegen_pruefung" in amt("deploy", str(folder), code=1).output


def test_check_passes_what_is_delivered(town: Path):
    assert "Everything can be deployed." in amt("check").output
    assert "Everything can be deployed." in amt("check", str(SLICE)).output


def test_wrong_setting_is_named(town: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AMT_PORT", "http")
    assert "AMT_PORT must be a whole number" in amt("migrate", code=1).output


def test_taken_port_is_named(town: Path):
    amt("migrate")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"Port {port}" in amt("run", "--port", port, code=1).output
