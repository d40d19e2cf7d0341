# SPDX-License-Identifier: EUPL-1.2
"""`amt worker` and `amt beat`: running jobs without serving pages, on one machine or on many."""

import signal
import threading
from collections.abc import Callable, Sequence
from types import FrameType
from typing import TYPE_CHECKING

import click

from engine.operations import LINES
from web.opening import read_served, warn_of_unknown_settings
from web.settings import Settings, share_measures

if TYPE_CHECKING:
    from web.tenants.opened import Towns

_UNPREPARED = "The database has no tables yet. Run: amt migrate"


@click.command()
@click.option(
    "--queues",
    default=",".join(LINES),
    show_default=True,
    help="Only jobs of these queues, with commas. Needs AMT_BROKER_URL.",
)
@click.option(
    "--concurrency",
    type=click.IntRange(1, 200),
    help="So many jobs at a time, each in a process of its own. Needs AMT_BROKER_URL. Default: one per core.",
)
def worker(queues: str, concurrency: int | None) -> None:
    """Run jobs and timers without serving pages.

    With AMT_BROKER_URL it hears of jobs by the queue, and any number may run on any number of machines.
    Without, it is a second process beside `amt run`, on the same database.

    \b
    Examples:
      amt worker
      amt worker --queues mail,pdf --concurrency 2
    Stop it with Ctrl+C: jobs that have begun are finished first.
    """
    settings = read_served()
    warn_of_unknown_settings()
    lines = _lines(queues)
    if settings.broker_url and settings.tenant:
        raise click.UsageError("Workers of a queue run the jobs of all towns. Leave --tenant and AMT_TENANT out.")
    if settings.broker_url:
        _work_for_queue(settings, lines, concurrency)
    elif concurrency or set(lines) != set(LINES):
        raise click.UsageError("--queues and --concurrency need AMT_BROKER_URL: without a queue there is one worker.")
    else:
        _work_alone(settings)


@click.command()
def beat() -> None:
    """Tell the queue which jobs and timers become due, and which it has lost. Needs AMT_BROKER_URL.

    One beat leads; a second one stands by and takes over when the first is not heard of for some seconds.
    """
    settings = read_served()
    warn_of_unknown_settings()
    if not settings.broker_url:
        raise click.UsageError("amt beat needs AMT_BROKER_URL. Without a queue the worker looks after timers itself.")
    from web.cluster.beat import Beat
    from web.tenants.opened import opened_towns

    with opened_towns(settings) as towns:
        _have_tables(towns)
        keeper = Beat(towns.all)
        _when_told_to_stop(keeper.stop)
        click.echo("Beat runs. Stop it with Ctrl+C.")
        keeper.run()


def _lines(queues: str) -> Sequence[str]:
    lines = [line.strip() for line in queues.split(",") if line.strip()]
    unknown = [line for line in lines if line not in LINES]
    if unknown or not lines:
        raise click.BadParameter(f"There is no queue {', '.join(unknown)}. There are {', '.join(LINES)}.")
    return lines


def _work_for_queue(settings: Settings, lines: Sequence[str], concurrency: int | None) -> None:
    from web.cluster.worker import work
    from web.tenants.opened import opened_towns

    with opened_towns(settings) as towns:
        _have_tables(towns)
    share_measures(settings)  # with the process of this machine that serves pages, which tells them
    click.echo(f"The worker runs jobs of {', '.join(lines)}. Stop it with Ctrl+C.")
    work(settings, lines, concurrency)


def _work_alone(settings: Settings) -> None:
    from web.tenants.opened import opened_towns

    with opened_towns(settings) as towns:
        _have_tables(towns)
        stop = threading.Event()
        _when_told_to_stop(stop.set)
        towns.start_jobs()
        click.echo("The worker runs. Stop it with Ctrl+C.")
        stop.wait()
        click.echo("Finishing what has begun …")


def _have_tables(towns: "Towns") -> None:
    """One town among several that has none yet is looked after when it has."""
    from web.preparation import has_tables
    from web.tenants.opened import OneTown

    if isinstance(towns, OneTown) and not all(has_tables(town) for town in towns.all()):
        raise click.ClickException(_UNPREPARED)


def _when_told_to_stop(stop: Callable[[], None]) -> None:
    def told(number: int, frame: FrameType | None) -> None:
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
