# SPDX-License-Identifier: EUPL-1.2
"""Serving the town: waitress for the pages, the embedded worker beside it, an orderly end."""

import signal
import socket
from types import FrameType

import click
from waitress.server import create_server

from web.bootstrap import Platform
from web.demo import demo_logins
from web.preparation import has_tables
from web.settings import Settings, share_measures
from web.tenants.opened import ManyTowns, OneTown, Towns, opened_towns
from web.towns import front_of

_THREADS = 8
#: Open lines at a time; each takes a file descriptor, of which a process commonly has 1024.
_CONNECTIONS = 600


def serve(settings: Settings) -> None:
    """Serve until the process is told to stop; then finish requests and the job in hand."""
    with opened_towns(settings) as towns:
        if isinstance(towns, OneTown) and not has_tables(towns.town):
            raise click.ClickException("The database has no tables yet. Run: amt migrate")
        _serve(settings, towns)


def _serve(settings: Settings, towns: Towns) -> None:
    if settings.broker_url:
        share_measures(settings)  # with the workers of this machine
    server = create_server(
        front_of(towns),
        sockets=[_listening(settings)],
        # Whoever waits for work takes no thread from the pages.
        threads=_THREADS + settings.external_waits,
        # Browsers hold their lines open: with waitress's own 100 the next one waits until somebody leaves.
        connection_limit=_CONNECTIONS,
        asyncore_use_poll=True,
        ident=None,
        # The application refuses what is too large with a page of its own; this only bounds what is taken in.
        max_request_body_size=10 * settings.max_upload_mb * 1024 * 1024,
        # Nobody believes them unless told to; that they are there tells that a request came through a proxy.
        clear_untrusted_proxy_headers=False,
    )

    def stop(number: int, frame: FrameType | None) -> None:
        # waitress ends its loop on SystemExit and lets the requests in hand finish; those that only wait go at once.
        towns.send_waiting_away()
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    towns.start_jobs()
    if isinstance(towns, OneTown):
        _greet(towns.town)
    else:
        _greet_operators(settings, towns)
    try:
        server.run()
    finally:
        click.echo("Stopping …")
        server.close()


def _listening(settings: Settings) -> socket.socket:
    """The address to listen on, taken by ourselves: so that an address in use ends in a sentence."""
    opened = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((settings.host, settings.port))
    except OSError as refused:
        opened.close()
        raise click.ClickException(
            f"Port {settings.port} on {settings.host}: {refused.strerror}. Choose another: amt run --port 8001"
        ) from refused
    return opened


def _greet(town: Platform) -> None:
    settings = town.settings
    click.echo(f"\n{settings.town.authority} is served.\n")
    click.echo(f"  For citizens   {settings.base_url}/")
    click.echo(f"  For clerks     {settings.base_url}/inbox")
    if not settings.smtp_url:
        click.echo(f"  Mails go to    {settings.mail_folder}")
    for line in demo_logins(town):
        click.echo(line)
    click.echo("\nStop with Ctrl+C.")


def _greet_operators(settings: Settings, towns: ManyTowns) -> None:
    click.echo(f"\n{len(towns.all())} towns are served at {settings.own_url}, each under its hosts: amt tenant list\n")
    click.echo("Stop with Ctrl+C.")
