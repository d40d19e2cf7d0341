# SPDX-License-Identifier: EUPL-1.2
"""Whether the queue's broker can be reached."""

from typing import Any

from kombu import Connection  # type: ignore[attr-defined]  # kombu loads its names when they are asked for

#: Whoever asks waits for the answer.
_SECONDS = 2


def _connection(broker_url: str) -> Any:
    patience = {"socket_timeout": _SECONDS, "socket_connect_timeout": _SECONDS}
    return Connection(broker_url, connect_timeout=_SECONDS, transport_options=patience)  # type: ignore[no-untyped-call]  # kombu has few types


def can_be_reached(broker_url: str) -> bool:
    """Try once, for a moment."""
    try:
        with _connection(broker_url) as tried:
            tried.ensure_connection(max_retries=1, timeout=_SECONDS)
    except Exception:
        # Each broker's library has errors of its own; whichever it is, the answer is no.
        return False
    return True
