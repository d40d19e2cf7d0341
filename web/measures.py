# SPDX-License-Identifier: EUPL-1.2
"""What is measured of requests, jobs and operations, and how it is written down for Prometheus.

Labels are names from the source and from published models: never paths, ids or people. Imported late, because the
library decides when it is loaded whether the processes of this machine measure together (see `share_measures`).
"""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from engine.queries.load import Load
from web.settings import shared_measures

_REQUEST_BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_WORK_BOUNDS = (0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300)
_OURS = CollectorRegistry()
_REQUESTS = Histogram(
    "amt_request_seconds",
    "Duration of requests",
    ("town", "endpoint", "method", "status"),
    buckets=_REQUEST_BOUNDS,
    registry=_OURS,
)
_WORK = Histogram(
    "amt_work_seconds",
    "Duration of jobs and of operations within a step",
    ("town", "kind", "topic"),
    buckets=_WORK_BOUNDS,
    registry=_OURS,
)
_OUTCOMES = Counter(
    "amt_work_outcomes",
    "Jobs and operations by what came of them",
    ("town", "kind", "topic", "outcome"),
    registry=_OURS,
)


def note_request(town: str, endpoint: str, method: str, status: int, seconds: float) -> None:
    """A request has been answered."""
    _REQUESTS.labels(town, endpoint, method, f"{status // 100}xx").observe(seconds)


def note_work(town: str, kind: str, topic: str, outcome: str, seconds: float) -> None:
    """A job or an operation has been run, well or not."""
    _WORK.labels(town, kind, topic).observe(seconds)
    _OUTCOMES.labels(town, kind, topic, outcome).inc()


def exposition(town: str, counted: Callable[[], Load]) -> bytes:
    """Everything as Prometheus reads it: of all processes of this machine where they measure together."""
    registry = CollectorRegistry()
    registry.register(_Standing(town, counted))
    folder = shared_measures()
    if folder is None:
        registry.register(_OURS)
    else:
        MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]  # the library gives it no types
    return generate_latest(registry)


class _Standing(Collector):
    """What stands in the database, as gauges."""

    def __init__(self, town: str, counted: Callable[[], Load]) -> None:
        self._town = town
        self._counted = counted

    def collect(self) -> Iterator[Metric]:
        """Asked for by the library."""
        load = self._counted()
        cases = GaugeMetricFamily("amt_cases", "Cases by definition and state", labels=["town", "definition", "state"])
        for (key, state), count in load.cases.items():
            cases.add_metric([self._town, key, state], count)
        yield cases
        yield self._one("amt_open_tasks", "Tasks that wait for a person", load.open_tasks)
        yield self._one("amt_due_jobs", "Jobs that are due and have not been run", load.due_jobs)
        yield self._one("amt_longest_wait_seconds", "How long the oldest due job has been due", load.longest_wait)
        yield self._one("amt_failed_jobs", "Jobs that have been given up", load.failed_jobs)
        yield self._one("amt_open_incidents", "Incidents that wait for an operator", load.open_incidents)

    def _one(self, name: str, what: str, value: float) -> Metric:
        family = GaugeMetricFamily(name, what, labels=["town"])
        family.add_metric([self._town], value)
        return family
