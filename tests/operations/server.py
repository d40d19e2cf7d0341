# SPDX-License-Identifier: EUPL-1.2
"""A real gunicorn with two processes, of which one at a time can be made to stand still."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.architecture.tree import ROOT


@dataclass
class Server:
    """The master, and the processes that serve."""

    master: subprocess.Popen[str]
    port: int
    serving: list[int] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    def wait_for_processes(self, count: int) -> None:
        """Until so many serve."""
        assert self.master.stderr is not None
        for line in self.master.stderr:
            self.log.append(line)
            found = re.search(r"Process (\d+) serves", line)
            if found:
                self.serving.append(int(found[1]))
            if len(self.serving) == count:
                return
        raise AssertionError("".join(self.log))

    @contextmanager
    def only(self, number: int) -> Iterator[None]:
        """Only this one answers; the others stand still meanwhile."""
        others = [each for index, each in enumerate(self.serving) if index != number]
        for each in others:
            os.kill(each, signal.SIGSTOP)
            while Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()[0] != "T":
                os.sched_yield()
        yield
        for each in others:
            os.kill(each, signal.SIGCONT)

    def stop(self) -> int:
        """As a system does it that shuts down."""
        self.master.send_signal(signal.SIGTERM)
        self.log += self.master.communicate(timeout=40)[1].splitlines(keepends=True)
        return self.master.returncode


@contextmanager
def gunicorn(environment: dict[str, str], port: int, processes: int = 2) -> Iterator[Server]:
    """Serve until the end of the block."""
    master = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "web/gunicorn.conf.py", "web.wsgi:application"],
        cwd=ROOT,
        env={**os.environ, **environment, "AMT_PORT": str(port), "AMT_PROCESSES": str(processes)},
        stderr=subprocess.PIPE,
        text=True,
    )
    server = Server(master, port)
    try:
        server.wait_for_processes(processes)
        yield server
    finally:
        code = server.stop()
    assert code == 0, "".join(server.log)


class Person:
    """Somebody with a browser that opens a new connection for every request."""

    def __init__(self, server: Server) -> None:
        self._client = httpx.Client(
            base_url=f"http://127.0.0.1:{server.port}", headers={"Connection": "close"}, timeout=30
        )
        self.token = ""

    def get(self, path: str) -> httpx.Response:
        return self._seen(self._client.get(path))

    def send(self, path: str, **answers: str) -> httpx.Response:
        return self._seen(self._client.post(path, data={"csrf_token": self.token, **answers}))

    def close(self) -> None:
        self._client.close()

    def _seen(self, response: httpx.Response) -> httpx.Response:
        found = re.search(r'name="csrf_token" value="([^"]+)"', response.text)
        self.token = found[1] if found else self.token
        return response
