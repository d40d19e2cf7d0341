# SPDX-License-Identifier: EUPL-1.2
"""An application behind a real server, for browsers and foreign programs."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from flask import Flask
from waitress.server import create_server


@contextmanager
def serving(app: Flask, *, threads: int, port: int = 0) -> Iterator[int]:
    """Serve on a port of this machine, and leave no socket behind."""
    server: Any = create_server(app, host="127.0.0.1", port=port, threads=threads)
    loop = Thread(target=server.run, daemon=True)
    loop.start()
    yield server.effective_port
    server.task_dispatcher.shutdown(True, 5)

    def close() -> None:
        for channel in list(server.active_channels.values()):
            channel.close()
        server.close()

    # The loop closes what it looks at: another thread would take sockets from under its eyes.
    server.trigger.pull_trigger(close)
    loop.join(10)
    assert not loop.is_alive()
