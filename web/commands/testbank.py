# SPDX-License-Identifier: EUPL-1.2
"""`amt testbank`: the simulated payment provider as a process of its own, for trying a town against it."""

from pathlib import Path

import click

from connectors.payment import ClientCredentials


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8401, show_default=True, help="Where to listen.")
@click.option("--store", type=click.Path(path_type=Path), default=Path("testbank.sqlite3"), help="Its own database.")
@click.option("--client", default="stadt", show_default=True, help="The client id of XBezahldienste.")
@click.option("--secret", default="testgeheimnis", show_default=True, help="Client secret, Mollie key, key of /faults.")
def testbank(host: str, port: int, store: Path, client: str, secret: str) -> None:
    """Simulate a payment provider.

    It speaks XBezahldienste under /api and Mollie under /v2, and fails on demand (POST /faults). Nothing is ever paid.
    """
    from waitress import serve

    from web.simulator import create_simulator

    app = create_simulator(
        store, credentials=ClientCredentials(client, secret), base_url=f"http://{host}:{port}", mount_path=""
    )
    click.echo(f"Test bank at http://{host}:{port} (XBezahldienste: /api, Mollie: /v2, faults: /faults)")
    serve(app, host=host, port=port, threads=8)
