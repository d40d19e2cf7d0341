# SPDX-License-Identifier: EUPL-1.2
"""The queue: where it is, what it is told, and which lines it has. It carries a town's name and a job's id, no more."""

from collections.abc import Callable
from functools import partial

from celery import Celery
from kombu import Queue  # type: ignore[attr-defined]  # kombu loads its names when they are asked for

from engine.dispatch import Call
from engine.operations import LINES, find_operation

#: Name of the one thing that workers are told to do.
RUN = "amtsfluss.run"
#: Job kinds that have a line of their own, whatever they call.
_LINE_OF_KIND = {"timer": "timers", "start": "timers"}


def make_queue(broker_url: str, prefix: str = "") -> Celery:
    """The queue behind this address (`amqp://…` or `redis://…`). Installations that share it differ in the prefix."""
    queue = Celery("amtsfluss", broker=broker_url, set_as_current=False)
    queue.conf.update(
        accept_content=["json"],
        task_serializer="json",
        # Nobody reads what Celery would keep: results stand in the job's row and in the history.
        result_backend=None,
        task_ignore_result=True,
        # What a worker holds goes to another when it dies; the job's lease says whether it may be run.
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_queues=[Queue(prefix + line, durable=True) for line in LINES],  # type: ignore[no-untyped-call]  # kombu has few types
        task_default_queue=prefix + LINES[0],
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        # Whoever tells the queue of a job does so again later, rather than waiting for a broker that is away.
        broker_transport_options={"max_retries": 1, "visibility_timeout": 3600},
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
    )
    return queue


def teller(queue: Celery, town: str, prefix: str = "") -> Callable[[Call], None]:
    """What tells this queue of a town's jobs."""
    return partial(_tell, queue, prefix, town)


def line_of(call: Call) -> str:
    """The line in which a job waits: long letters do not hold up mails, nor either of them timers."""
    if call.kind == "operation":
        return find_operation(call.topic).line
    return _LINE_OF_KIND.get(call.kind, LINES[0])


def _tell(queue: Celery, prefix: str, town: str, call: Call) -> None:
    queue.send_task(RUN, args=[town, call.job_id], queue=prefix + line_of(call), retry=False)
