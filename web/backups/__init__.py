# SPDX-License-Identifier: EUPL-1.2
"""A town in one file, and a town out of one: database, documents, and the secret where it lies beside them.

The archive is a tar file. Its members are `database` (a SQLite file, or what pg_dump writes), `secret_key`,
`documents/<SHA-256>`, and at the end `manifest.json`: an archive that was cut off has none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.errors import AmtsflussError

#: Says how far it is.
Tell = Callable[[str], None]

FORMAT = 1
DATABASE = "database"
SECRET = "secret_key"
DOCUMENTS = "documents/"
MANIFEST = "manifest.json"


class BackupRefused(AmtsflussError):
    """A backup cannot be made or restored; the message says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    """What an archive holds."""

    format: int
    #: The release that made it, and how far its tables were migrated.
    version: str
    revision: str
    made_at: str
    #: sqlite | postgresql, and the part of the database that it was.
    kind: str
    schema: str
    #: Rows by table.
    counts: dict[str, int]
    #: SHA-256 by member; documents are named by theirs.
    checksums: dict[str, str]
    documents: int

    @classmethod
    def read(cls, found: Any) -> "Manifest":
        """From JSON. Raises BackupRefused for what is none."""
        try:
            manifest = cls(**found)
        except TypeError:
            raise BackupRefused("The archive was not made by amt backup.") from None
        if manifest.format != FORMAT:
            raise BackupRefused(f"The archive has format {manifest.format}; this release reads {FORMAT}.")
        return manifest
