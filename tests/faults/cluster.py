# SPDX-License-Identifier: EUPL-1.2
"""A small cluster of real processes that a test may kill, and people who do not give up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
#: Nobody waits longer, however slow the machine.
PATIENCE = 120


@dataclass
class Cluster:
    """Web, workers and beats by their names. Each can be killed and comes again, as under systemd."""

    environment: dict[str, str]
    commands: dict[str, list[str]]
    log: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Begin a process in a group of its own, so that a kill takes its children too."""
        command = [str(Path(sys.executable).with_name("amt")), *self.commands[name]]
        with self.log.open("ab") as log:
            self.running[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, name: str) -> None:
        """Signal 9, to all that belongs to it."""
        process = self.running[name]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def __enter__(self) -> Cluster:
        for name in self.commands:
            self.start(name)
        return self

    def __exit__(self, *problem: object) -> None:
        for name, process in self.running.items():
            if process.poll() is None:
                self.kill(name)


@dataclass(frozen=True)
class Persistent:
    """A program that asks again when nobody answers."""

    client: httpx.Client

    def asks(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The first answer that is not a breakdown of whoever gives it."""
        until = monotonic() + PATIENCE
        while monotonic() < until:
            with suppress(httpx.TransportError):
                answer = self.client.request(method, path, **more)
                if answer.status_code < 500:
                    return answer
            pause()
        raise AssertionError(f"Nobody answered {method} {path}.")


def eventually(is_so: Callable[[], bool], what: str) -> None:
    """Look until it is so."""
    until = monotonic() + PATIENCE
    while not is_so():
        assert monotonic() < until, f"It never happened: {what}"
        pause()


def pause() -> None:
    """Between two looks at processes of others, who cannot tell us."""
    sleep(0.1)
