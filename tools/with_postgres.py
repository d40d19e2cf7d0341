# SPDX-License-Identifier: EUPL-1.2
"""Runs a command with AMT_TEST_POSTGRES_URL set to a PostgreSQL server on which databases may be created.

Taken in this order: the variable itself when it is set already; a server of this machine that trusts local users;
a private server in a temporary folder, started for this command and stopped after it.

python tools/with_postgres.py pytest
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

VARIABLE = "AMT_TEST_POSTGRES_URL"
# Where distributions let a server listen by default: TCP on loopback, Debian's and upstream's sockets.
PLACES = (
    "postgresql://postgres@127.0.0.1:5432/postgres",
    "postgresql://postgres@/postgres?host=/var/run/postgresql",
    "postgresql:///postgres?host=/var/run/postgresql",
)
MAY_CREATE = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"


@contextmanager
def server() -> Iterator[str]:
    """Address of a usable server, in SQLAlchemy's spelling."""
    if os.environ.get(VARIABLE):
        yield os.environ[VARIABLE]
        return
    found = next((place for place in PLACES if usable(place)), None)
    if found:
        yield spelled_for_sqlalchemy(found)
        return
    with private_server() as (address, _):
        yield spelled_for_sqlalchemy(address)


def usable(address: str) -> bool:
    """True when we get in without a password and may create databases there."""
    try:
        with psycopg.connect(address, connect_timeout=3) as connection:
            row = connection.execute(MAY_CREATE).fetchone()
            return bool(row and row[0])
    except psycopg.Error:
        return False


def spelled_for_sqlalchemy(address: str) -> str:
    return address.replace("postgresql://", "postgresql+psycopg://", 1)


@contextmanager
def private_server() -> Iterator[tuple[str, Callable[[], None]]]:
    """A server of our own that only a socket in a temporary folder reaches, and what tears it down and begins it anew.

    Durability against power cuts is off: it is for tests.
    """
    binaries = server_binaries()
    folder = Path(tempfile.mkdtemp(prefix="amtsfluss-postgres-"))
    user = unprivileged_user()
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    settings = f"-k {folder} -c listen_addresses= -c fsync=off -c full_page_writes=off"
    control = [str(binaries / "pg_ctl"), "-D", str(data), "-w"]
    try:
        run([str(binaries / "initdb"), "-A", "trust", "-U", "postgres", "-E", "UTF8", "-D", str(data)], user, folder)
        run([*control, "-l", str(folder / "log"), "-o", settings, "start"], user, folder)
        try:
            begin = [*control, "-l", str(folder / "log"), "-o", settings, "-m", "immediate", "restart"]
            yield f"postgresql://postgres@/postgres?host={folder}", lambda: run(begin, user, folder)
        finally:
            run([*control, "-m", "immediate", "stop"], user, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def server_binaries() -> Path:
    """Folder of initdb and pg_ctl; Debian keeps them off the path, one folder a version."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not versions:
        sys.exit("No PostgreSQL server here. On Debian: sudo apt-get install postgresql; or set " + VARIABLE)
    return versions[-1].parent


def unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root; then it runs as the user that its package made, or as nobody."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def run(command: list[str], user: str | None, folder: Path) -> None:
    done = subprocess.run(command, user=user, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def main(command: list[str]) -> int:
    with server() as address:
        return subprocess.run(command, env={**os.environ, VARIABLE: address}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
