# SPDX-License-Identifier: EUPL-1.2
"""The product as a process of its own, what it weighs, and clerks who work at its pages."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from tools.brokers import free_port

PASSWORD = "messung-messung"
#: Of links to the status page, too.
SECRET = "messung-messung-messung-messung-messung"
_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Served:
    """A server that answers."""

    address: str
    process: int
    #: From the command to the first page.
    seconds: float


@contextmanager
def server(url: str, **settings: str) -> Iterator[str]:
    """The address of the product, serving this database in a process of its own."""
    with served(url, **settings) as running:
        yield running.address


@contextmanager
def served(url: str, **settings: str) -> Iterator[Served]:
    """The same with what is known of the process."""
    port = free_port()
    begun = time.perf_counter()
    with amt("run", "--port", str(port), url=url, AMT_PORT=str(port), **settings) as process:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address)
        yield Served(address, process.pid, time.perf_counter() - begun)


@contextmanager
def amt(*words: str, url: str, **settings: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A command of the product that runs until it is no longer needed."""
    with tempfile.TemporaryDirectory() as folder:
        own = {
            "AMT_DATABASE_URL": url,
            "AMT_DATA_DIR": folder,
            "AMT_RATE_LIMITS": "no",
            "AMT_LOG_LEVEL": "WARNING",
            "AMT_SECRET_KEY": SECRET,
        }
        command = [str(Path(sys.executable).parent / "amt"), *words]
        process = subprocess.Popen(command, env=os.environ | own | settings, stdout=subprocess.DEVNULL)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        visitor = Visitor(address)
        try:
            visitor.get("/anmelden")
            return
        except (OSError, HTTPException):
            time.sleep(0.02)
        finally:
            visitor.close()
    raise SystemExit("The server did not come up.")


def memory(process: int) -> dict[str, float]:
    """Megabytes that a process and its children hold, each with what it was called by."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue  # It has ended meanwhile.
        own, parent = lines["Pid"].strip(), lines["PPid"].strip()
        if str(process) in (own, parent) and "VmRSS" in lines:
            found[own] = int(lines["VmRSS"].split()[0]) / 1024
    return found


class Visitor:
    """One browser with one connection, as small as can be: it takes its time from the same machine."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._connection = HTTPConnection(parts.hostname or "", parts.port, timeout=120)
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> str:
        """A page."""
        return self._ask("GET", path, None, 200)

    def post(self, path: str, **sent: str) -> str:
        """Where one is sent after a form."""
        return self._ask("POST", path, urlencode(sent), 302)

    def _ask(self, method: str, path: str, body: str | None, expected: int) -> str:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read().decode()
        if answer.status != expected:
            raise SystemExit(f"{method} {path}: {answer.status} {content[:500]!r}")
        for line in answer.headers.get_all("Set-Cookie") or ():
            self._cookies |= {name: each.value for name, each in SimpleCookie(line).items()}
        return answer.headers["Location"] if expected == 302 else content

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


class Clerk(Visitor):
    """Somebody who has logged in."""

    def __init__(self, address: str, name: str) -> None:
        super().__init__(address)
        self.post("/anmelden", username=name, password=PASSWORD, csrf_token=csrf_token(self.get("/anmelden")))
        self._token = csrf_token(self.get("/inbox/"))

    def complete(self, task_id: str, **answers: str) -> None:
        """Decide a task. What the next page would say of it is taken as read, or the cookie would grow and grow."""
        before = dict(self._cookies)
        self.post(f"/inbox/aufgabe/{task_id}/erledigen", csrf_token=self._token, **answers)
        self._cookies = before


def csrf_token(page: str) -> str:
    """The token that a page's forms carry."""
    found = _CSRF.search(page)
    if not found:
        raise SystemExit("The page has no CSRF token.")
    return found[1]
