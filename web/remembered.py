# SPDX-License-Identifier: EUPL-1.2
"""Answers that may be some seconds old, so that whoever asks often costs no more than whoever asks now and then."""

from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """One answer; while it is found, everybody else who asks waits for it instead of finding it too."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = Lock()
        self._held: tuple[float, T] | None = None

    def get(self, find: Callable[[], T]) -> T:
        """The answer as it is remembered, or found now. What goes wrong is not remembered."""
        with self._lock:
            if self._held is None or monotonic() - self._held[0] > self._seconds:
                self._held = (monotonic(), find())
            return self._held[1]
