# SPDX-License-Identifier: EUPL-1.2
"""A folder as the store of documents: one file for each content, named by its SHA-256."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from engine.contents import Contents
from engine.errors import ContentStoreUnavailable

_DIGEST = re.compile(r"[0-9a-f]{64}")


class FolderContents(Contents):
    """Files in a folder of this machine, or of a network disk that all machines see under the same path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, digest: str, content: bytes) -> None:
        """Whole or not at all: the file gets its name when everything is on the disk."""
        with self._understood("written"):
            # The folder itself is made, but nothing above it: that would be a disk which is not mounted.
            self.folder.mkdir(mode=0o700, exist_ok=True)
            place = self._file(digest)
            place.parent.mkdir(mode=0o700, exist_ok=True)
            unfinished = place.with_name(f".{uuid4().hex}")
            try:
                descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                unfinished.replace(place)
            except OSError:
                with suppress(OSError):
                    unfinished.unlink()
                raise

    def get(self, digest: str) -> bytes | None:
        """The file's bytes."""
        with self._understood("read"):
            self.folder.parent.stat()
            try:
                return self._file(digest).read_bytes()
            except FileNotFoundError:
                return None

    def remove(self, digest: str) -> None:
        """Delete the file."""
        with self._understood("changed"):
            self._file(digest).unlink(missing_ok=True)

    def stored_before(self, moment: datetime) -> Iterator[str]:
        """Files by the moment at which they were written last."""
        with self._understood("read"):
            for part in sorted(self.folder.glob("??")):
                for file in part.iterdir() if part.is_dir() else ():
                    if _DIGEST.fullmatch(file.name) and _written(file) < moment:
                        yield file.name

    def check(self) -> None:
        """Whether it is there and may be written."""
        with self._understood("written"):
            self.folder.mkdir(mode=0o700, exist_ok=True)
            if not os.access(self.folder, os.W_OK | os.X_OK):
                raise PermissionError(13, "Permission denied")

    def files(self) -> Iterator[Path]:
        """All contents, for a backup."""
        with self._understood("read"):
            yield from (file for file in sorted(self.folder.glob("??/*")) if _DIGEST.fullmatch(file.name))

    def _file(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise ValueError("A digest is 64 hexadecimal digits.")
        return self.folder / digest[:2] / digest

    @contextmanager
    def _understood(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as refused:
            raise ContentStoreUnavailable(
                f"The folder of documents {self.folder} cannot be {what}: {refused.strerror}."
            ) from refused


def _written(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)
