# SPDX-License-Identifier: EUPL-1.2
"""Message brokers for tests: those of this machine, or private ones in a temporary folder, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

_PATIENCE = 60


@contextmanager
def rabbitmq() -> Iterator[str]:
    """Address of a RabbitMQ: the one in AMT_TEST_AMQP_URL, one that listens here, or a private one."""
    given = os.environ.get("AMT_TEST_AMQP_URL")
    if given:
        yield given
    elif answers(5672, b"AMQP\x00\x00\x09\x01"):
        yield "amqp://guest:guest@127.0.0.1:5672//"
    else:
        with _private_rabbitmq() as address:
            yield address


@contextmanager
def redis() -> Iterator[str]:
    """Address of a Redis, without the number of a database: the one in AMT_TEST_REDIS_URL or a private one."""
    given = os.environ.get("AMT_TEST_REDIS_URL")
    if given:
        yield given
        return
    port = free_port()
    with private_redis(port):
        yield f"redis://127.0.0.1:{port}"


@contextmanager
def private_redis(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A Redis that keeps nothing on disk."""
    program = _program("redis-server", "redis-server")
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with tempfile.TemporaryDirectory() as folder, running([*command, "--dir", folder]) as server:
        wait_for(port, b"PING\r\n")
        yield server


@contextmanager
def _private_rabbitmq() -> Iterator[str]:
    program = _program("/usr/lib/rabbitmq/bin/rabbitmq-server", "rabbitmq-server")
    port, distribution = free_port(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="amtsfluss-rabbitmq-"))
    # As root its start script would change to a user whom the folder does not belong to.
    user = "rabbitmq" if os.geteuid() == 0 and "rabbitmq" in {entry.pw_name for entry in pwd.getpwall()} else None
    config = folder / "rabbitmq.conf"
    config.write_text(f"listeners.tcp.default = 127.0.0.1:{port}\n", encoding="ascii")
    if user:
        shutil.chown(folder, user)
    own = {
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"amtsfluss{port}@localhost",
        "RABBITMQ_CONFIG_FILE": str(config),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
    }
    try:
        with running([program], environment={**os.environ, **own}, user=user, folder=folder):
            wait_for(port, b"AMQP\x00\x00\x09\x01")
            yield f"amqp://guest:guest@127.0.0.1:{port}//"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(
    command: list[str],
    *,
    environment: Mapping[str, str] | None = None,
    user: str | None = None,
    folder: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A server for as long as it is needed."""
    silent = subprocess.DEVNULL
    with subprocess.Popen(
        command, env=environment, user=user, cwd=folder, stdin=silent, stdout=silent, stderr=silent
    ) as server:
        try:
            yield server
        finally:
            server.terminate()
            with suppress(subprocess.TimeoutExpired):
                server.wait(20)
            server.kill()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int, greeting: bytes) -> bool:
    """Whether whoever listens there says something to this greeting."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=3) as line:
            line.settimeout(3)
            line.sendall(greeting)
            return bool(line.recv(1))
    except OSError:
        return False


def wait_for(port: int, greeting: bytes) -> None:
    """Until a server answers."""
    until = monotonic() + _PATIENCE
    while not answers(port, greeting):
        if monotonic() > until:
            sys.exit(f"The server on port {port} did not answer within {_PATIENCE} seconds.")
        sleep(0.1)


def _program(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None:
        sys.exit(f"{name} is missing. On Debian: sudo apt-get install {package}")
    return found
