# SPDX-License-Identifier: EUPL-1.2
"""A town goes into a file while it is worked in, and goes on elsewhere."""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, make_url, text

from conftest import BACKENDS, POSTGRES
from connectors.mail import FakeMailer, Mailer
from connectors.pdf import FakeLetters, Letters
from engine.clock import FrozenClock
from engine.db import Database, unit_of_work
from engine.documents import NewDocument, add_document, load_document
from engine.identity import load_actor
from engine.models import CaseRow, DocumentRow, JobRow
from engine.operations import Connector
from engine.queries.tasks import tasks_of_case
from engine.tasks import complete_task
from processes import FOLDER
from web.backups import BackupRefused
from web.backups.archives import back_up, restore
from web.bootstrap import Platform, build_platform
from web.cli import main
from web.demo import load_demo
from web.preparation import deploy_slices
from web.settings import Settings

SECRET = "only-for-tests-only"
LETTER = NewDocument("brief.txt", "text/plain", b"Sehr geehrte Frau Beispiel")


class Towns:
    """Opens towns, and closes them at the end."""

    def __init__(self, folder: Path, clock: FrozenClock) -> None:
        self.opened: list[Platform] = []
        self._folder = folder
        self._clock = clock

    def open(self, name: str, url: str = "", **changes: str) -> Platform:
        folder = self._folder / name
        folder.mkdir()
        (folder / "secret_key").write_text(changes.pop("secret_key", SECRET))
        settings = Settings(
            data_dir=folder,
            database_url=url or f"sqlite:///{folder / 'amtsfluss.sqlite3'}",
            secret_key=(folder / "secret_key").read_text(),
        )
        fakes: dict[type, Connector] = {Mailer: FakeMailer(), Letters: FakeLetters(folders=[FOLDER])}
        documents = replace(settings, documents=changes.get("documents", f"folder:{folder / 'documents'}"))
        town = build_platform(documents, clock=self._clock, connectors=fakes)
        self.opened.append(town)
        return town


@pytest.fixture
def towns(tmp_path: Path, clock: FrozenClock) -> Iterator[Towns]:
    opened = Towns(tmp_path, clock)
    yield opened
    for town in opened.opened:
        town.close()


@pytest.fixture
def town(towns: Towns, db: Database) -> Platform:
    """People, cases in all states, jobs that are due, and documents in a folder."""
    made = towns.open("here", db.url)
    list(deploy_slices(made, [FOLDER / "anwohnerparkausweis"]))
    load_demo(made)
    with unit_of_work(made.db) as session:
        case_id = session.query(CaseRow.id).filter(CaseRow.state == "active").order_by(CaseRow.id).first()
        assert case_id is not None
        add_document(session, made.clock, case_id[0], LETTER, by="anna.berger")
    return made


@pytest.fixture
def elsewhere(town: Platform, migrated_elsewhere: str, towns: Towns) -> Platform:
    """An empty installation with the same kind of database."""
    return towns.open("elsewhere", migrated_elsewhere, secret_key="another-secret-of-its-own")


@pytest.fixture
def migrated_elsewhere(db: Database) -> Iterator[str]:
    """Where another database of this kind lies; the SQLite file is made when it is first opened."""
    if db.is_sqlite:
        yield ""
        return
    name = f"amtsfluss_test_{uuid4().hex[:12]}"
    server = create_engine(make_url(db.url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield make_url(db.url).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    server.dispose()


def nobody(line: str) -> None:
    """Listens to no progress."""


def test_town_goes_on_elsewhere_where_it_was_backed_up(town: Platform, elsewhere: Platform, tmp_path: Path):
    archive = tmp_path / "backup.tar"
    town.start_jobs()  # jobs are run while the archive is written
    manifest = back_up(town, archive, nobody)
    town.worker.stop()
    assert archive.stat().st_mode & 0o077 == 0
    restored = restore(elsewhere, archive, nobody)
    assert restored.counts == manifest.counts
    assert restored.counts["cases"] >= 8
    assert (elsewhere.settings.data_dir / "secret_key").read_text() == SECRET
    elsewhere.worker.run_until_idle()
    with elsewhere.db.reading() as session:
        stored = session.query(DocumentRow.id).filter(DocumentRow.name == LETTER.name).one()[0]
        assert load_document(session, stored).content == LETTER.content
        assert session.query(JobRow).filter(JobRow.state == "failed").count() == 0
    assert _approved(elsewhere)


def _approved(town: Platform) -> bool:
    """A clerk completes the first open task of some case, which goes on."""
    with unit_of_work(town.db) as session:
        anna = load_actor(session, "anna.berger")
        assert anna is not None
        cases = session.query(CaseRow.id).filter(CaseRow.state == "active").order_by(CaseRow.id)
        open_tasks = [task for (each,) in cases for task in tasks_of_case(session, each)]
        task = next(each for each in open_tasks if each.name == "Antrag prüfen" and each.assignee in (None, anna.name))
        complete_task(session, town.services, task.id, {"entscheidung": "genehmigen"}, by=anna)
    with town.db.reading() as session:
        return task.id not in {each.id for each in tasks_of_case(session, task.case_id)}


def test_town_that_is_there_is_not_replaced_unless_forced(town: Platform, tmp_path: Path):
    archive = tmp_path / "backup.tar"
    back_up(town, archive, nobody)
    with unit_of_work(town.db) as session:
        session.query(CaseRow).update({"title": "geändert"})
    with pytest.raises(BackupRefused, match="--force"):
        restore(town, archive, nobody)
    assert titles(town) == {"geändert"}
    restore(town, archive, nobody, force=True)
    assert "geändert" not in titles(town)


@pytest.fixture
def small(towns: Towns, sqlite_url: str) -> Platform:
    """A town without cases."""
    return towns.open("small", sqlite_url)


@pytest.fixture
def archive(small: Platform, tmp_path: Path) -> Path:
    file = tmp_path / "small.tar"
    back_up(small, file, nobody)
    return file


@pytest.mark.parametrize(
    ("at", "told"), [(0.5, "damaged|complete"), (0.99, "damaged|complete")], ids=["half", "without its end"]
)
def test_archive_that_was_cut_off_changes_nothing(towns: Towns, archive: Path, at: float, told: str):
    content = archive.read_bytes()
    archive.write_bytes(content[: int(len(content.rstrip(b"\0")) * at)])
    target = towns.open("target")
    with pytest.raises(BackupRefused, match=told):
        restore(target, archive, nobody)
    assert not (target.settings.data_dir / "documents").exists()


def test_archive_with_one_wrong_byte_changes_nothing(towns: Towns, archive: Path):
    content = bytearray(archive.read_bytes())
    content[len(content) // 3] ^= 1
    archive.write_bytes(content)
    with pytest.raises(BackupRefused, match="damaged"):
        restore(towns.open("target"), archive, nobody)


def test_archive_of_somebody_else_is_refused(towns: Towns, tmp_path: Path):
    strange = tmp_path / "strange.tar"
    with tarfile.open(strange, "w") as made:
        info = tarfile.TarInfo("../../etc/passwd")
        info.size = 1
        made.addfile(info, BytesIO(b"x"))
    with pytest.raises(BackupRefused, match="not made by amt backup"):
        restore(towns.open("target"), strange, nobody)


def test_backup_never_writes_over_a_file(small: Platform, archive: Path):
    before = archive.read_bytes()
    with pytest.raises(BackupRefused, match="already"):
        back_up(small, archive, nobody)
    assert archive.read_bytes() == before


def test_documents_need_a_place(town: Platform, towns: Towns, db: Database, migrated_elsewhere: str, tmp_path: Path):
    archive = tmp_path / "backup.tar"
    back_up(town, archive, nobody)
    with pytest.raises(BackupRefused, match="AMT_DOCUMENTS"):
        restore(towns.open("target", migrated_elsewhere, documents=""), archive, nobody)


def test_missing_document_is_found_while_there_is_still_a_town(town: Platform, tmp_path: Path):
    shutil.rmtree(town.settings.data_dir / "documents")
    with pytest.raises(BackupRefused, match="amt verify"):
        back_up(town, tmp_path / "backup.tar", nobody)
    assert not (tmp_path / "backup.tar").exists()


def test_commands_say_what_they_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    run = CliRunner()
    for name in ("here", "there"):
        monkeypatch.setenv("AMT_DATA_DIR", str(tmp_path / name))
        if name == "here":
            assert run.invoke(main, ["migrate"]).exit_code == 0
            done = run.invoke(main, ["backup", str(tmp_path / "a.tar")])
            assert "holds 0 cases" in done.output
        else:
            assert "All tables have their rows" in run.invoke(main, ["restore", str(tmp_path / "a.tar")]).output


def titles(town: Platform) -> set[str]:
    with town.db.reading() as session:
        return {title for (title,) in session.query(CaseRow.title)}


@pytest.fixture(params=BACKENDS)
def two_servers(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Addresses of two empty databases; on SQLite each data folder has its own."""
    if request.param == "sqlite":
        yield ["", ""]
        return
    names = [f"amtsfluss_test_{uuid4().hex[:12]}" for _ in range(2)]
    server = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        for name in names:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield [server.url.set(database=name).render_as_string(hide_password=False) for name in names]
    with server.connect() as connection:
        for name in names:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    server.dispose()


def test_one_town_of_many_is_restored_under_its_name(
    two_servers: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    run, archive = CliRunner(), str(tmp_path / "a.tar")
    for number, url in enumerate(two_servers):
        monkeypatch.setenv("AMT_DATA_DIR", str(tmp_path / str(number)))
        monkeypatch.setenv("AMT_DATABASE_URL", url)
        for name in ("neustadt", "altstadt"):
            added = run.invoke(main, ["tenant", "add", name, "--host", f"{name}.example"])
            assert added.exit_code == 0, added.output
        if number == 0:
            run.invoke(main, ["--tenant", "neustadt", "deploy", str(FOLDER / "anwohnerparkausweis")])
            assert run.invoke(main, ["backup", archive]).exit_code != 0
            done = run.invoke(main, ["--tenant", "neustadt", "backup", archive])
            assert "holds 0 cases" in done.output, done.output
        else:
            refused = run.invoke(main, ["--tenant", "altstadt", "restore", archive]) if url else None
            assert refused is None or "under its own name" in refused.output
            done = run.invoke(main, ["--tenant", "neustadt", "restore", archive])
            assert "All tables have their rows" in done.output, done.output
            again = run.invoke(main, ["--tenant", "neustadt", "deploy", str(FOLDER / "anwohnerparkausweis")])
            assert "has not changed" in again.output
