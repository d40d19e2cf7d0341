# SPDX-License-Identifier: EUPL-1.2
"""A worker whose acknowledgement reaches nobody looks for its broker again.

Celery only logs it. Behind Redis the worker then believes for ever that it still has a job in hand, and takes no other:
it keeps no line open on which it would notice that the broker has gone and come back.
"""

from celery.worker.request import Request
from kombu.asynchronous import get_event_loop


class Acknowledged(Request):  # type: ignore[misc]  # Celery ships no types
    """A call in the hands of a worker."""

    acknowledged: bool

    def acknowledge(self) -> None:
        """Take the call from the queue; when nobody is there, connect anew. The job's row knows that it is done."""
        if self.acknowledged:
            return
        try:
            self.message.ack()
        except self.connection_errors as lost:
            loop = get_event_loop()
            if loop is not None:
                loop.call_soon(_raise, lost)  # type: ignore[no-untyped-call]  # kombu has few types
        self.acknowledged = True


def _raise(lost: Exception) -> None:
    # Raised in the worker's loop it is what a broken line would have been: the worker connects again.
    raise lost
