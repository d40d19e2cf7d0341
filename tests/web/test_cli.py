# SPDX-License-Identifier: EUPL-1.2
"""The command line, as an operator uses it."""

from __future__ import annotations

import shutil
import socket
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connectors.einvoice import write_xrechnung
from engine.db import unit_of_work
from engine.identity import authenticate
from engine.incidents import open_incident
from engine.models import JobRow
from processes import FOLDER
from tests.invoices import invoice
from tests.statements import Movement, camt
from tests.web.example import MODEL
from web.bootstrap import build_platform
from web.cli import main
from web.settings import settings_from_environment

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
    for command in ("run", "worker", "migrate", "deploy", "check", "demo", "user", "incident"):
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
    for words in (("user", "list"), ("deploy",), ("demo",), ("worker",), ("run", "--port", "0")):
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


def test_people_come_change_and_go(town: Path):
    amt("migrate")
    amt("user", "add", "Eva.Maier", "--group", "kasse", "--generate")
    assert "called Eva.Maier" in amt("user", "add", "eva.maier", "--generate", code=1).output
    changed = amt("user", "groups", "eva.maier", "ordnungsamt", "buergerbuero").output
    assert "Eva.Maier now belongs to buergerbuero, ordnungsamt." in changed
    assert "kasse" not in amt("user", "list").output
    assert "logged out" in amt("user", "deactivate", "EVA.MAIER").output
    assert "switched off" in amt("user", "list").output
    assert "amt user activate Eva.Maier" in amt("user", "password", "eva.maier", "--generate").output
    assert "can log in" in amt("user", "activate", "eva.maier").output
    assert "switched off" not in amt("user", "list").output


def test_a_password_that_was_made_up_lets_in(town: Path):
    amt("migrate")
    amt("user", "add", "eva", "--group", "kasse", "--generate")
    shown = amt("user", "password", "eva", "--generate").output.split("only this once: ")[1].split()[0]
    platform = build_platform(settings_from_environment())
    with platform.db.reading() as session:
        assert authenticate(session, "eva", shown) is not None
    platform.close()
    assert "Use --generate" in amt("user", "password", "eva", code=1).output


@pytest.mark.parametrize(
    "words",
    [("groups", "niemand", "kasse"), ("password", "niemand"), ("activate", "niemand"), ("deactivate", "niemand")],
)
def test_whom_nobody_knows_is_told(town: Path, words: tuple[str, ...]):
    amt("migrate")
    assert "nobody called niemand. See: amt user list" in amt("user", *words, code=1).output


def test_a_group_is_one_that_models_can_name(town: Path):
    amt("migrate")
    amt("user", "add", "eva", "--generate")
    assert "cannot be a group" in amt("user", "groups", "eva", "kasse,amt", code=1).output
    assert "cannot be a group" in amt("user", "add", "ben", "--group", "k" * 101, "--generate", code=1).output
    assert "belongs to applicants" in amt("user", "groups", "eva", "antragsteller", code=1).output
    assert "GROUPS" in amt("user", "groups", "eva", code=2).output


@pytest.mark.parametrize("words", [("run", "--port", "0"), ("worker",)])
def test_misspelt_settings_are_named_without_their_values(
    town: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
):
    monkeypatch.setenv("AMT_SMPT_URL", "smtp://somebody:secret@mail.example")
    monkeypatch.setenv("AMT_QQQQ", "secret")
    # Without tables both end at once; the warning comes first.
    output = amt(*words, code=1).output
    assert "AMT_SMPT_URL is no setting and has no effect. Do you mean AMT_SMTP_URL?" in output
    assert "AMT_QQQQ is no setting" in output
    assert "AMT_DATA_DIR" not in output
    assert "secret" not in output


@pytest.mark.parametrize("name", ["", " ", "eva maier", "e" * 101, "eva\n"])
def test_a_user_name_is_one_that_people_can_type(town: Path, name: str):
    amt("migrate")
    assert "cannot be a user name" in amt("user", "add", name, "--generate", code=1).output


def test_a_file_that_is_no_database_is_told(town: Path):
    (town / "amtsfluss.sqlite3").write_bytes(b"no database at all, only words")
    for words in (("migrate",), ("user", "list")):
        assert "AMT_DATABASE_URL" in amt(*words, code=1).output


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


def test_a_folder_without_a_model_is_told(town: Path, tmp_path: Path):
    folder = tmp_path / "leer"
    folder.mkdir()
    amt("migrate")
    for command in ("check", "deploy"):
        assert "leer: There is no model in it." in amt(command, str(folder), code=1).output


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


def test_a_failed_job_is_listed_and_runs_again(town: Path):
    amt("migrate")
    assert "Es gibt keine Störung." in amt("incident", "list").output
    platform = build_platform(settings_from_environment())
    with unit_of_work(platform.db) as session:
        session.add(failed_job())
        open_incident(
            session, platform.clock, case_id=None, element_id="senden", kind="job_failed", cause=OSError(), job_id="j"
        )
    assert "senden" in amt("incident", "list").output
    amt("incident", "retry", "1")
    with platform.db.reading() as session:
        assert session.get_one(JobRow, "j").state == "ready"
    platform.close()
    assert "Es gibt keine Störung." in amt("incident", "list").output
    assert "offene Störung 1 gibt es nicht" in amt("incident", "retry", "1", code=1).output


def test_after_an_outage_everything_runs_again_at_once(town: Path):
    amt("migrate")
    platform = build_platform(settings_from_environment())
    with unit_of_work(platform.db) as session:
        session.add(failed_job())
        for kind, job_id in (("job_failed", "j"), ("job_failed", "k"), ("step_failed", None)):
            clock, cause = platform.clock, OSError()
            open_incident(session, clock, case_id=None, element_id="senden", kind=kind, cause=cause, job_id=job_id)
    assert "--all" in amt("incident", "retry", code=1).output
    assert "--all" in amt("incident", "retry", "1", "--all", code=1).output
    amt("incident", "retry", "--all")
    assert "1 offen." in amt("incident", "list").output, "a step has no job that could run again"
    assert "Abgehakt" in amt("incident", "retry", "3").output
    with platform.db.reading() as session:
        assert session.get_one(JobRow, "j").state == "ready"
    platform.close()


def failed_job() -> JobRow:
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    row = {"id": "j", "kind": "operation", "state": "failed", "topic": "t", "inputs": b"", "attempts": 5}
    return JobRow(**row, created_at=moment, due_at=moment)


def test_programs_are_let_in_and_stopped(town: Path):
    amt("migrate")
    assert "amt token create" in amt("token", "list").output
    made = amt("token", "create", "drucker", "--grant", "external-task:*:bescheid", "--grant", "task:read").output
    secret = made.strip().rpartition(" ")[2]
    assert secret.startswith("amt_")
    amt("token", "create", "drucker")
    listed = amt("token", "list").output
    assert secret not in listed
    assert "external-task:*:bescheid" in listed
    assert "task:read:*" in listed
    assert "never used" in listed
    assert "Token 1 of drucker" in amt("token", "revoke", "1").output
    assert "no token number 1" in amt("token", "revoke", "1", code=1).output
    amt("token", "revoke", "drucker")
    assert "drucker" not in amt("token", "list").output
    assert "no machine account drucker" in amt("token", "revoke", "drucker", code=1).output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("x", "--grant", "alles"), "is no resource"),
        (("x", "--grant", "task"), "is no permission"),
        (("x", "--grant", "task:zerstoeren"), "is no permission"),
        (("ein name",), "cannot be a name"),
        (("eva",), "already a person"),
    ],
)
def test_tokens_that_cannot_be_made_are_refused_with_a_sentence(town: Path, words: tuple[str, ...], told: str):
    amt("migrate")
    amt("user", "add", "eva", "--generate")
    assert told in amt("token", "create", *words, code=1).output
    assert "amt token create" in amt("token", "list").output


def test_demo_town_has_an_account_for_programs(town: Path):
    amt("migrate")
    amt("deploy")
    assert "demo-rest" in amt("demo").output
    listed = amt("token", "list").output
    assert "demo-rest  (with a password)" in listed
    assert "*:*:*" in listed


def test_statements_are_read_from_a_folder_again_and_again(town: Path, tmp_path: Path):
    amt("migrate")
    folder = tmp_path / "auszuege"
    folder.mkdir()
    (folder / "1.xml").write_bytes(camt([Movement("30.00", text="Gebühr"), Movement("5.00", text="Eis")]))
    (folder / "liesmich.pdf").write_bytes(b"%PDF")
    assert "2 new lines" in amt("statement", str(folder)).output
    assert "0 new lines" in amt("statement", str(folder)).output
    (folder / "2.xml").write_bytes(b"<html/>")
    assert "kein Kontoauszug nach camt" in amt("statement", str(folder), code=1).output


def mail_with(name: str, content: bytes) -> bytes:
    message = EmailMessage()
    message.set_content("anbei")
    message.add_attachment(content, maintype="application", subtype="xml", filename=name)
    return message.as_bytes()


def test_invoices_are_taken_from_files_and_mails_once(town: Path, tmp_path: Path):
    amt("migrate")
    amt("deploy")
    content = write_xrechnung(invoice())
    (tmp_path / "rechnung.xml").write_bytes(content)
    assert "rechnung.xml: ER-2026-00001" in amt("invoice", str(tmp_path / "rechnung.xml")).output
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "1.eml").write_bytes(mail_with("R1.xml", content))
    (folder / "2.eml").write_bytes(mail_with("R2.xml", write_xrechnung(invoice(number="R-2"))))
    (folder / "liesmich.md").write_bytes(b"nichts")
    told = amt("invoice", str(folder)).output
    assert "R1.xml: ER-2026-00001 (known)" in told
    assert "R2.xml: ER-2026-00002" in told
    (folder / "3.eml").write_bytes(mail_with("gruss.txt", b"hallo"))
    assert "3.eml: Hier steckt keine Rechnung" in amt("invoice", str(folder), code=1).output


def test_a_mail_server_may_pipe_a_mail(town: Path):
    amt("migrate")
    amt("deploy")
    mail = mail_with("R.xml", write_xrechnung(invoice()))
    result = CliRunner().invoke(main, ["invoice", "-"], input=mail)
    assert "R.xml: ER-2026-00001" in result.output
