# SPDX-License-Identifier: EUPL-1.2
"""Running PostgreSQL's own tools, which know best what belongs to a database."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import URL

from web.backups import BackupRefused

_DEBIAN = Path("/usr/lib/postgresql")


def run_tool(name: str, database: URL, options: Sequence[str]) -> None:
    """Run it on this database. The password travels in its environment, where other users cannot read it."""
    address = database.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    password = {"PGPASSWORD": str(database.password)} if database.password else {}
    done = subprocess.run(
        [_found(name), f"--dbname={address}", *options],
        env={**password, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        # Its first line names the cause; later ones may hold rows.
        cause = (done.stderr.strip().splitlines() or ["it does not say why"])[0]
        raise BackupRefused(f"{name} failed: {cause}{_newer(done.stderr)}")


def _found(name: str) -> str:
    """Debian keeps the tools of each version in a folder; the newest ones know the older ones' servers."""
    versions = sorted(_DEBIAN.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which(name)
    if found is None:
        raise BackupRefused(f"{name} is not installed. On Debian: apt-get install postgresql-client")
    return found


def _newer(told: str) -> str:
    server = re.search(r"server version: (\d+)", told)
    return f". On Debian: apt-get install postgresql-client-{server[1]}" if server else ""
