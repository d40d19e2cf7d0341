# SPDX-License-Identifier: EUPL-1.2
"""Looking for malware: a real ClamAV daemon with one signature of ours, which is no malware at all."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from connectors.scanner import ClamAV, FakeScanner, ScannerUnavailable

PROBE = b"AMTSFLUSS-PRUEFMUSTER-KEIN-VIRUS"
_PATIENCE_SECONDS = 60
_LIMIT = 2 * 1024 * 1024


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a ClamAV daemon that knows nothing but the probe."""
    folder = tmp_path_factory.mktemp("clamav")
    (folder / "db").mkdir()
    (folder / "db" / "probe.ndb").write_text(f"Amtsfluss.Pruefmuster:0:*:{PROBE.hex()}\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    lines = {
        "TCPAddr": "127.0.0.1",
        "TCPSocket": port,
        "LocalSocket": folder / "clamd.ctl",
        "DatabaseDirectory": folder / "db",
        "Foreground": "yes",
        "StreamMaxLength": _LIMIT,
    }
    if os.geteuid() == 0:
        lines["User"] = "root"  # else it becomes a user who may not read the folder
    config = folder / "clamd.conf"
    config.write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
    program = shutil.which("clamd", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "On Debian: sudo apt-get install clamav-daemon"
    server = subprocess.Popen([program, "-c", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"tcp://127.0.0.1:{port}")
        yield f"tcp://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(address: str) -> None:
    until = monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return ClamAV(address).check()
        except ScannerUnavailable:
            assert monotonic() < until, "the daemon did not start"
            sleep(0.1)  # another program's start cannot be waited for otherwise


def test_clean_file_is_clean(daemon: str):
    assert not ClamAV(daemon).finds_malware(b"harmlos")
    assert not ClamAV(daemon).finds_malware(b"")


@pytest.mark.parametrize("before", [0, 3, 64 * 1024 - 5, 200_000], ids=lambda size: f"after {size} bytes")
def test_malware_is_found_wherever_it_lies(daemon: str, before: int):
    assert ClamAV(daemon).finds_malware(b"x" * before + PROBE + b"y" * 100)


def test_local_socket_answers_as_well(daemon: str, tmp_path_factory: pytest.TempPathFactory):
    path = next(Path(tmp_path_factory.getbasetemp()).glob("clamav*/clamd.ctl"))
    ClamAV(f"unix:{path}").check()
    assert ClamAV(f"unix:{path}").finds_malware(PROBE)


def test_file_above_the_daemons_limit_is_not_called_clean(daemon: str):
    with pytest.raises(ScannerUnavailable):
        ClamAV(daemon).finds_malware(b"x" * (_LIMIT + 1))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "unix:/gibt/es/nicht"])
def test_daemon_that_is_down_is_told(address: str):
    with pytest.raises(ScannerUnavailable):
        ClamAV(address).check()
    with pytest.raises(ScannerUnavailable):
        ClamAV(address).finds_malware(b"x")


@pytest.mark.parametrize("address", ["", "127.0.0.1:3310", "http://127.0.0.1", "unix:", "tcp://"])
def test_address_that_is_none_is_refused(address: str):
    with pytest.raises(ValueError, match=r"tcp://host:3310"):
        ClamAV(address)


def test_fake_does_as_the_real_one():
    fake = FakeScanner()
    assert (fake.finds_malware(b"a MALWARE b"), fake.finds_malware(b"harmlos")) == (True, False)
    fake.unreachable = True
    with pytest.raises(ScannerUnavailable):
        fake.finds_malware(b"x")
