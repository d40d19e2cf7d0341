# SPDX-License-Identifier: EUPL-1.2
"""Making and restoring archives of a town. Nothing is changed before everything in an archive has been checked."""

import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import IO

from alembic.script import ScriptDirectory

from connectors.documents import FolderContents
from engine.contents import CONTENTS, Contents
from migrations import configuration
from web.backups import DATABASE, DOCUMENTS, FORMAT, MANIFEST, SECRET, BackupRefused, Manifest, Tell
from web.backups.databases import copy_in, copy_out, kind_and_schema, row_counts
from web.bootstrap import Platform

_EVERY = 1000
_CHUNK = 1024 * 1024


def back_up(town: Platform, file: Path, tell: Tell) -> Manifest:
    """Write the town into a new file. Others go on working; the archive shows one moment."""
    if file.exists():
        raise BackupRefused(f"{file} is there already. Choose another name.")
    if not file.parent.is_dir():
        raise BackupRefused(f"There is no folder {file.parent}.")
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
        database, unfinished = Path(folder, DATABASE), Path(folder, "archive")
        tell("Copying the database …")
        copied = copy_out(town.db, database)
        # Documents are written before their rows: of those that the copy knows, all are there by now.
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as written:
            with tarfile.open(fileobj=written, mode="w") as archive:
                checksums = {DATABASE: _add_file(archive, DATABASE, database)}
                secret = town.settings.data_dir / SECRET
                if secret.is_file() and secret.read_text("ascii").strip() == town.settings.secret_key:
                    checksums[SECRET] = _add_file(archive, SECRET, secret)
                documents = _add_documents(archive, town, copied.digests, tell)
                manifest = Manifest(
                    FORMAT, version("amtsfluss"), copied.revision, town.clock.now().isoformat(), copied.kind,
                    copied.schema, copied.counts, checksums, documents,
                )  # fmt: skip
                _add(archive, MANIFEST, json.dumps(asdict(manifest), indent=1).encode())
            written.flush()
            os.fsync(written.fileno())
        unfinished.replace(file)
    return manifest


def restore(town: Platform, file: Path, tell: Tell, *, force: bool = False) -> Manifest:
    """Put the archive's town in the place of this one, which must be empty unless it is forced."""
    with tempfile.TemporaryDirectory(dir=town.settings.data_dir, prefix=".restore-") as folder:
        tell("Checking the archive …")
        with _understood(file):
            manifest = _checked(file, Path(folder))
        _refuse_what_does_not_fit(town, manifest, force)
        if manifest.documents:
            _put_documents(file, _store(town), tell)
        if SECRET in manifest.checksums:
            _put_secret(town, Path(folder, SECRET))
        tell("Restoring the database …")
        copy_in(town.db, Path(folder, DATABASE))
    counts = row_counts(town.db)
    if counts != manifest.counts:
        wrong = sorted(name for name in {*counts, *manifest.counts} if counts.get(name) != manifest.counts.get(name))
        raise BackupRefused(f"The restored tables do not have the rows that were backed up: {', '.join(wrong)}.")
    return manifest


def _checked(file: Path, folder: Path) -> Manifest:
    """Read everything once; lay database and secret down in the folder. Raises BackupRefused for what is not whole."""
    checksums: dict[str, str] = {}
    documents, manifest = 0, None
    for name, content in _members(file):
        if name == MANIFEST:
            manifest = Manifest.read(json.loads(content.read()))
        elif name.startswith(DOCUMENTS):
            documents += 1
            if hashlib.sha256(content.read()).hexdigest() != name.removeprefix(DOCUMENTS):
                raise BackupRefused(f"The archive is damaged: {name} is not what was stored.")
        elif name in {DATABASE, SECRET}:
            checksums[name] = _laid_down(content, folder / name)
        else:
            raise BackupRefused(f"The archive was not made by amt backup: it holds {name}.")
    if manifest is None:
        raise BackupRefused("The archive is not complete: its end is missing.")
    if checksums != manifest.checksums or documents != manifest.documents:
        raise BackupRefused("The archive is damaged: what it holds is not what its manifest says.")
    return manifest


def revisions() -> list[str]:
    """The revisions that this release knows, the newest first."""
    return [each.revision for each in ScriptDirectory.from_config(configuration()).walk_revisions()]


def _refuse_what_does_not_fit(town: Platform, manifest: Manifest, force: bool) -> None:
    kind, schema = kind_and_schema(town.db)
    if manifest.kind != kind:
        raise BackupRefused(f"The archive is of a {manifest.kind} database, AMT_DATABASE_URL names a {kind} one.")
    if manifest.schema != schema:
        raise BackupRefused(
            f"The archive is of the schema {manifest.schema}, this town's is {schema}. Restore it under its own name."
        )
    if manifest.revision not in revisions():
        raise BackupRefused(f"The archive was made by release {manifest.version}, which is newer than this one.")
    if manifest.documents and town.db.info.get(CONTENTS) is None:
        raise BackupRefused(
            f"The archive holds {manifest.documents} documents. Say where to put them: AMT_DOCUMENTS=folder:/…"
        )
    if not force and any(row_counts(town.db).values()):
        raise BackupRefused("There is a town in this database already. To replace it: amt restore --force")


def _store(town: Platform) -> Contents:
    found: Contents = town.db.info[CONTENTS]
    return found


def _add_documents(archive: tarfile.TarFile, town: Platform, digests: frozenset[str], tell: Tell) -> int:
    contents = town.db.info.get(CONTENTS)
    if not digests:
        return 0
    if not isinstance(contents, FolderContents):
        tell(f"{len(digests)} documents lie in a store of its own and are not in this archive. Back that store up too.")
        return 0
    for number, digest in enumerate(sorted(digests), start=1):
        content = contents.get(digest)
        if content is None or hashlib.sha256(content).hexdigest() != digest:
            raise BackupRefused(f"The document {digest} is missing or damaged in {contents.folder}. See: amt verify")
        _add(archive, DOCUMENTS + digest, content)
        if number % _EVERY == 0 or number == len(digests):
            tell(f"{number} of {len(digests)} documents")
    return len(digests)


def _put_documents(file: Path, contents: Contents, tell: Tell) -> None:
    done = 0
    for name, content in _members(file):
        if name.startswith(DOCUMENTS):
            contents.put(name.removeprefix(DOCUMENTS), content.read())
            done += 1
            if done % _EVERY == 0:
                tell(f"{done} documents")


def _put_secret(town: Platform, found: Path) -> None:
    """Links that were sent, and sessions, are signed with it. One that stands in the environment is left alone."""
    kept = town.settings.data_dir / SECRET
    if kept.is_file() and kept.read_text("ascii").strip() == town.settings.secret_key:
        found.chmod(0o600)
        shutil.move(found, kept)


def _members(file: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with tarfile.open(file, mode="r:") as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content is None:
                raise BackupRefused(f"The archive was not made by amt backup: it holds {member.name}.")
            yield member.name, content


@contextmanager
def _understood(file: Path) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, json.JSONDecodeError) as broken:
        raise BackupRefused(f"{file} cannot be read as an archive: it is damaged or something else.") from broken
    except FileNotFoundError:
        raise BackupRefused(f"There is no file {file}.") from None


def _add_file(archive: tarfile.TarFile, name: str, file: Path) -> str:
    with file.open("rb") as content:
        checksum = hashlib.file_digest(content, "sha256").hexdigest()
        content.seek(0)
        info = tarfile.TarInfo(name)
        info.size, info.mode = file.stat().st_size, 0o600
        archive.addfile(info, content)
    return checksum


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    archive.addfile(info, BytesIO(content))


def _laid_down(content: IO[bytes], file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("wb") as written:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            written.write(chunk)
    return digest.hexdigest()
