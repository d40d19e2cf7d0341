# SPDX-License-Identifier: EUPL-1.2
"""Looking for malware in uploads: the port `Scanner`, ClamAV's daemon behind it, and the fake for tests.

The daemon's protocol is one command (INSTREAM, clamd(8)); the packages that speak it have not been kept for ten years.
"""

import socket
import struct
from abc import ABC, abstractmethod
from urllib.parse import urlsplit

from engine.errors import ConnectorUnavailable
from engine.operations import Connector

_TIMEOUT_SECONDS = 30.0
_PORT = 3310
_CHUNK = 64 * 1024
_LONGEST_ANSWER = 4096


class ScannerUnavailable(ConnectorUnavailable):
    """The scanner does not answer, or could not look at the file: nobody knows whether it is clean."""


class Scanner(Connector, ABC):
    """Says whether a file holds malware."""

    @abstractmethod
    def finds_malware(self, content: bytes) -> bool:
        """Whether something was found. Raises `ScannerUnavailable` when that is not known."""


class ClamAV(Scanner):
    """A ClamAV daemon: `tcp://host[:3310]` or `unix:/run/clamav/clamd.ctl`."""

    def __init__(self, url: str, timeout: float = _TIMEOUT_SECONDS) -> None:
        parts = urlsplit(url)
        if parts.scheme == "tcp" and parts.hostname:
            self._place: tuple[str, int] | str = (parts.hostname, parts.port or _PORT)
        elif parts.scheme == "unix" and parts.path:
            self._place = parts.path
        else:
            raise ValueError("must be tcp://host:3310 or unix:/run/clamav/clamd.ctl")
        self._timeout = timeout

    def finds_malware(self, content: bytes) -> bool:
        chunks = (content[start : start + _CHUNK] for start in range(0, len(content), _CHUNK))
        stream = b"".join(struct.pack(">I", len(chunk)) + chunk for chunk in chunks)
        answer = self._ask(b"zINSTREAM\0" + stream + struct.pack(">I", 0))
        if answer.endswith(b" FOUND"):
            return True
        if answer.endswith(b": OK"):
            return False
        # A file above the daemon's limit ends here too: what was not looked at is not clean.
        raise ScannerUnavailable("the scanner could not look at the file")

    def check(self) -> None:
        """Raise `ScannerUnavailable` when the daemon does not answer."""
        if self._ask(b"zPING\0") != b"PONG":
            raise ScannerUnavailable("the scanner does not answer as ClamAV does")

    def _ask(self, sent: bytes) -> bytes:
        family = socket.AF_UNIX if isinstance(self._place, str) else socket.AF_INET
        try:
            with socket.socket(family, socket.SOCK_STREAM) as line:
                line.settimeout(self._timeout)
                line.connect(self._place)
                line.sendall(sent)
                answer = b""
                while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
                    part = line.recv(_LONGEST_ANSWER)
                    if not part:
                        break
                    answer += part
        except OSError as cause:
            raise ScannerUnavailable("the scanner cannot be reached") from cause
        return answer.rstrip(b"\0")


class FakeScanner(Scanner):
    """Finds what holds the word."""

    def __init__(self, word: bytes = b"MALWARE") -> None:
        self.word = word
        self.looked_at = 0
        self.unreachable = False

    def finds_malware(self, content: bytes) -> bool:
        self.check()
        self.looked_at += 1
        return self.word in content

    def check(self) -> None:
        if self.unreachable:
            raise ScannerUnavailable("the fake scanner is switched off")
