# SPDX-License-Identifier: EUPL-1.2
"""Two commands at the same moment, made to meet on purpose rather than by chance."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread, current_thread
from typing import Any

from sqlalchemy import event

from engine.db import Database

#: No test waits longer for another thread; reached only when something is broken.
PATIENCE = 20.0


class Racers:
    """Runs a first command up to its commit, lets a second begin, and only then lets the first commit.

    On PostgreSQL the second then waits for the first one's locks; on SQLite it waits for the write lock. Whatever the
    second has read before it came to wait is out of date when it goes on: that is what these tests are about.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def run(self, first: Callable[[], Any], second: Callable[[], Any]) -> list[type[BaseException] | None]:
        """The errors of both, None for the one that succeeded."""
        outcomes: list[type[BaseException] | None] = [None, None]
        at_commit, met = Event(), Event()

        def attempt(place: int, command: Callable[[], Any]) -> None:
            try:
                command()
            except Exception as error:
                outcomes[place] = type(error)
            finally:
                (at_commit if place == 0 else met).set()

        front = Thread(target=attempt, args=(0, first), name="first")
        back = Thread(target=attempt, args=(1, second), name="second")
        with self._before_commit_of("first", at_commit, met), self._on_waiting_statement("second", met):
            front.start()
            assert at_commit.wait(PATIENCE)
            back.start()
            for thread in (front, back):
                thread.join(PATIENCE)
                assert not thread.is_alive(), f"the {thread.name} command hangs"
        return outcomes

    def cross(
        self, first: Callable[[], Any], first_before: str, second: Callable[[], Any], second_before: str
    ) -> list[Any]:
        """Hold the first before a statement, until the second is about to send its own; what came of both.

        Shows whether two commands that lock the same rows do so in the same order. SQLite has one writer at a time, so
        there they simply follow each other.
        """
        outcomes: list[Any] = [None, None]
        at_first, at_second = Event(), Event()

        def attempt(place: int, command: Callable[[], Any]) -> None:
            try:
                outcomes[place] = command()
            except Exception as error:
                outcomes[place] = type(error).__name__
            finally:
                (at_first, at_second)[place].set()

        def look(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            name = current_thread().name
            if name == "first" and first_before in statement and "FOR UPDATE" in statement:
                at_first.set()
                at_second.wait(PATIENCE)
            if name == "second" and second_before in statement:
                at_second.set()

        front = Thread(target=attempt, args=(0, first), name="first")
        back = Thread(target=attempt, args=(1, second), name="second")
        event.listen(self._db.engine, "before_cursor_execute", look)
        front.start()
        assert at_first.wait(PATIENCE)
        back.start()
        for thread in (front, back):
            thread.join(PATIENCE)
            assert not thread.is_alive(), f"the {thread.name} command hangs"
        event.remove(self._db.engine, "before_cursor_execute", look)
        return outcomes

    @contextmanager
    def _before_commit_of(self, name: str, arrived: Event, go_on: Event) -> Iterator[None]:
        def pause(connection: Any) -> None:
            if current_thread().name == name and not arrived.is_set():
                arrived.set()
                go_on.wait(PATIENCE)

        event.listen(self._db.engine, "commit", pause)
        try:
            yield
        finally:
            event.remove(self._db.engine, "commit", pause)

    @contextmanager
    def _on_waiting_statement(self, name: str, met: Event) -> Iterator[None]:
        """Tell when the second is about to send the statement that has to wait for the first."""

        def look(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            waits = "IMMEDIATE" in statement if self._db.is_sqlite else _takes_a_lock(statement)
            if current_thread().name == name and waits:
                met.set()

        event.listen(self._db.engine, "before_cursor_execute", look)
        try:
            yield
        finally:
            event.remove(self._db.engine, "before_cursor_execute", look)


def _takes_a_lock(statement: str) -> bool:
    return "FOR UPDATE" in statement or statement.startswith(("UPDATE", "DELETE", "INSERT"))
