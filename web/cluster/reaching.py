# SPDX-License-Identifier: EUPL-1.2
"""Whether the queue's broker can be reached."""

from kombu import Connection  # type: ignore[attr-defined]  # kombu loads its names when they are asked for

#: Whoever asks waits for the answer.
_SECONDS = 2


def can_be_reached(broker_url: str) -> bool:
    """Try once, for a moment."""
    try:
        with Connection(broker_url, connect_timeout=_SECONDS, transport_options={"socket_timeout": _SECONDS}) as tried:
            tried.ensure_connection(max_retries=1, timeout=_SECONDS)
    except Exception:
        # Each broker's library has errors of its own; whichever it is, the answer is no.
        return False
    return True
