# SPDX-License-Identifier: EUPL-1.2
"""One contract for every place where the content of documents can lie: database, folder, a store that speaks S3."""

from __future__ import annotations

import hashlib
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from connectors.documents import FakeContents, FolderContents, contents_at
from engine.clock import FrozenClock
from engine.contents import CONTENTS, Contents, sweep_contents
from engine.db import Database, unit_of_work
from engine.documents import NewDocument, load_document
from engine.errors import ContentLost, ContentStoreUnavailable
from engine.models import DocumentContentRow, DocumentRow
from engine.services import Services
from engine.worker import Worker
from tests.connectors.s3_server import BUCKET, KEY, s3_server
from tests.engine.probes import Bell
from tests.engine.story import Story

LETTER = NewDocument("letter.txt", "text/plain", b"Dear Ada")
DIGEST = hashlib.sha256(LETTER.content).hexdigest()
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
STORES = ["fake", "folder", "s3"]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture(params=STORES)
def contents(request: pytest.FixtureRequest, tmp_path: Path, clock: FrozenClock) -> Contents:
    return store(request, request.param, tmp_path, clock)


def store(request: pytest.FixtureRequest, kind: str, folder: Path, clock: FrozenClock) -> Contents:
    if kind == "fake":
        return FakeContents(clock)
    if kind == "folder":
        return contents_at(f"folder:{folder / 'documents'}")
    town = folder.name.replace("_", "-")
    return contents_at(f"s3://{BUCKET}/{town}?endpoint={request.getfixturevalue('endpoint')}", KEY)


@pytest.fixture
def neighbours(bell: Bell) -> dict[type[Bell], Bell]:
    return {Bell: bell}


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture(params=["database", *STORES])
def story(
    request: pytest.FixtureRequest, sqlite_url: str, services: Services, clock: FrozenClock, tmp_path: Path
) -> Iterator[Story]:
    db = Database(sqlite_url)
    if request.param != "database":
        db.info[CONTENTS] = store(request, request.param, tmp_path, clock)
    yield Story(db, services, clock)
    db.close()


def test_what_is_stored_is_what_is_read(contents: Contents):
    contents.check()
    assert contents.get(DIGEST) is None
    contents.put(DIGEST, LETTER.content)
    contents.put(DIGEST, LETTER.content)
    assert contents.get(DIGEST) == LETTER.content


def test_what_is_removed_is_gone_and_can_be_removed_again(contents: Contents):
    contents.put(DIGEST, LETTER.content)
    contents.remove(DIGEST)
    contents.remove(DIGEST)
    assert contents.get(DIGEST) is None


def test_contents_are_found_by_their_age(contents: Contents, clock: FrozenClock):
    contents.put(DIGEST, LETTER.content)
    later = datetime.now(UTC) + timedelta(days=1000)
    assert list(contents.stored_before(LONG_AGO)) == []
    assert list(contents.stored_before(later)) == [DIGEST]


def test_document_of_a_case_is_read_as_it_was_stored(story: Story):
    assert story.starts("letter", text="Dear Ada").works().variables["read"] == "Dear Ada"


def test_content_lies_in_one_place_only(story: Story):
    story.starts("letter", text="Dear Ada").works()
    with story.db.reading() as session:
        rows = session.scalars(select(DocumentContentRow.content)).all()
    stored = story.db.info.get(CONTENTS)
    assert rows == ([] if stored else [LETTER.content])
    assert stored is None or stored.get(DIGEST) == LETTER.content


def test_what_lay_in_the_database_before_is_read_on(story: Story, clock: FrozenClock):
    newer = story.db.info.pop(CONTENTS, None) or FakeContents(clock)
    story.starts("letter", text="Dear Ada").works()
    story.db.info[CONTENTS] = newer
    assert load_first(story.db) == LETTER.content


@pytest.mark.parametrize(
    ("change", "told"),
    [(lambda held: held.remove(DIGEST), "missing"), (lambda held: held.put(DIGEST, b"Dear Bob"), "damaged")],
)
def test_lost_or_damaged_content_is_never_handed_out(
    sqlite_url: str, services: Services, clock: FrozenClock, change: Callable[[Contents], None], told: str
):
    db = Database(sqlite_url)
    db.info[CONTENTS] = FakeContents(clock)
    Story(db, services, clock).starts("letter", text="Dear Ada").works()
    change(db.info[CONTENTS])
    with pytest.raises(ContentLost, match=told):
        load_first(db)
    db.close()


def test_orphans_are_swept_and_what_is_needed_stays(story: Story):
    story.starts("letter", text="Dear Ada").works()
    held = story.db.info.get(CONTENTS) or FakeContents(story.clock)
    other = hashlib.sha256(b"orphan").hexdigest()
    held.put(other, b"orphan")
    # Stores of others go by the clock on the wall.
    later = FrozenClock(max(datetime.now(UTC), story.clock.now()) + timedelta(days=2))
    with unit_of_work(story.db) as session:
        assert sweep_contents(session, story.clock, held, 10) == 0 or story.clock.now() > datetime.now(UTC)
        sweep_contents(session, later, held, 10)
    assert held.get(other) is None
    if CONTENTS in story.db.info:
        assert held.get(DIGEST) == LETTER.content
    with unit_of_work(story.db) as session:
        session.execute(delete(DocumentRow))
        sweep_contents(session, later, held, 10)
    assert held.get(DIGEST) is None


def test_job_whose_document_cannot_be_stored_is_tried_again(sqlite_url: str, services: Services, clock: FrozenClock):
    db = Database(sqlite_url)
    held = db.info[CONTENTS] = FakeContents(clock)
    story = Story(db, services, clock)
    held.trouble = "The disk is full."
    story.starts("letter", text="Dear Ada").works()
    with db.reading() as session:
        assert session.scalars(select(DocumentRow)).all() == []
    held.trouble = ""
    clock.advance(timedelta(hours=1))
    Worker(db, services).run_until_idle()
    assert load_first(db) == LETTER.content
    db.close()


def test_full_disk_refuses_and_leaves_nothing_half_written(tmp_path: Path):
    folder = FolderContents(tmp_path / "documents")
    folder.put(DIGEST, LETTER.content)
    large = b"x" * 100_000
    with disk_with_room_for(4096), pytest.raises(ContentStoreUnavailable, match="cannot be written"):
        folder.put(hashlib.sha256(large).hexdigest(), large)
    assert [file.name for file in folder.folder.rglob("*") if file.is_file()] == [DIGEST]


def test_folder_on_a_disk_that_is_not_mounted_is_not_made(tmp_path: Path):
    folder = FolderContents(tmp_path / "srv" / "documents")
    for attempt in (folder.check, lambda: folder.put(DIGEST, b""), lambda: folder.get(DIGEST)):
        with pytest.raises(ContentStoreUnavailable, match="No such file"):
            attempt()
    assert not (tmp_path / "srv").exists()


def test_bucket_that_cannot_be_used_is_named_without_secrets(endpoint: str):
    for address in (f"s3://nowhere?endpoint={endpoint}", "s3://documents?endpoint=http://127.0.0.1:1"):
        unusable = contents_at(address, "name:hidden-secret")
        for attempt in (unusable.check, lambda held=unusable: held.put(DIGEST, b"")):
            with pytest.raises(ContentStoreUnavailable, match="bucket of documents") as refused:
                attempt()
            assert "hidden" not in str(refused.value)


@pytest.mark.parametrize("address", ["folder:documents", "folder:", "ftp://x", "s3://", "s3://bucket?secret=x", "x"])
def test_unusable_address_is_refused_with_an_example(address: str):
    with pytest.raises(ValueError, match="folder:/srv/documents"):
        contents_at(address)


def test_key_without_a_secret_is_refused():
    with pytest.raises(ValueError, match="id:secret"):
        contents_at("s3://bucket", "onlyid")


def load_first(db: Database) -> bytes | None:
    with db.reading() as session:
        document_id = session.scalars(select(DocumentRow.id)).one()
        return load_document(session, document_id).content


@contextmanager
def disk_with_room_for(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes: the system refuses the write, as it does on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
