# SPDX-License-Identifier: EUPL-1.2
"""`amt invoice`: take invoices in from files, from a folder, or from a mail that the mail server hands over."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from web.opening import opened_town

_PATHS = click.Path(exists=True, allow_dash=True, path_type=Path)
_MAIL = ".eml"


@click.command()
@click.argument("paths", nargs=-1, required=True, type=_PATHS)
def invoice(paths: tuple[Path, ...]) -> None:
    """Take invoices in.

    PATHS are files or folders of XRechnung, ZUGFeRD, other PDF, pictures, or mails (.eml); `-` is a mail on standard
    input, as a mail server pipes it. What is known already does no harm, so a timer may read the same folder again.
    """
    from connectors.einvoice import InvoiceRefused
    from connectors.scanner import Scanner
    from engine.db import unit_of_work
    from engine.identity import SYSTEM
    from forms.uploads import UploadRefused
    from processes.rechnungseingang.annehmen import annehmen
    from web.receiving import refuse_malware

    refused = 0
    with opened_town() as town:
        for name, content in _files(paths):
            try:
                refuse_malware(town.services.connectors.get(Scanner), content)
                with unit_of_work(town.db) as session:
                    taken = annehmen(session, town.services, name, content, SYSTEM)
            except (InvoiceRefused, UploadRefused) as reason:
                refused += 1
                click.secho(f"{name}: {reason}", fg="red", err=True)
                continue
            click.echo(f"{name}: {taken.kennung}{'' if taken.neu else ' (known)'}")
    if refused:
        raise SystemExit(1)


def _files(paths: tuple[Path, ...]) -> Iterator[tuple[str, bytes]]:
    """Every file by its name; of a mail the invoices that are in it, or the mail itself, to be refused by its name."""
    from processes.rechnungseingang.annehmen import aus_mail

    for name, content in _contents(paths):
        if name.lower().endswith(_MAIL):
            yield from aus_mail(content) or [(name, content)]
        else:
            yield name, content


def _contents(paths: tuple[Path, ...]) -> Iterator[tuple[str, bytes]]:
    from processes.rechnungseingang.annehmen import ARTEN

    endings = {_MAIL, *(f".{ending}" for ending in ARTEN)}
    for path in paths:
        if str(path) == "-":
            yield f"standard input{_MAIL}", sys.stdin.buffer.read()
        elif path.is_dir():
            yield from (
                (file.name, file.read_bytes()) for file in sorted(path.iterdir()) if file.suffix.lower() in endings
            )
        else:
            yield path.name, path.read_bytes()
