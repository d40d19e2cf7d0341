# SPDX-License-Identifier: EUPL-1.2
"""Calling the REST API from a benchmark, and how long calls take."""

import http.client
import json
import os
import time
from collections.abc import Callable, Sequence
from statistics import quantiles
from typing import Any
from urllib.parse import urlsplit


class Client:
    """One program with one connection. The smallest client that there is: it takes its time from the same machine."""

    def __init__(self, address: str, credentials: str) -> None:
        parts = urlsplit(address)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        self._headers = {"Authorization": credentials, "Content-Type": "application/json"}

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """What comes back; anything but success ends the measurement."""
        sent = None if body is None else json.dumps(body).encode()
        self._connection.request(method, f"/engine-rest{path}", sent, self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {content[:500]!r}")
        return json.loads(content) if content else None

    def fetch(self, wanted: dict[str, Any]) -> None:
        """Fetch work, and be sure to get as much as was asked for."""
        got = len(self.send("POST", "/external-task/fetchAndLock", wanted))
        if got != wanted["maxTasks"]:
            raise SystemExit(f"{got} pieces of work were fetched instead of {wanted['maxTasks']}.")

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def timed(act: Callable[[], object]) -> float:
    """Milliseconds."""
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def p95(taken: Sequence[float]) -> float:
    """What 95 of 100 calls stay below."""
    return quantiles(taken, n=20)[-1]


def p99(taken: Sequence[float]) -> float:
    """What 99 of 100 calls stay below."""
    return quantiles(taken, n=100)[-1]


def load() -> str:
    """How busy the machine was in the last minute: numbers of a busy machine say little."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
