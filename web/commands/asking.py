# SPDX-License-Identifier: EUPL-1.2
"""What the commands of operators read in the same way: which case is meant, and values of variables."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from engine.cases import CaseInfo
    from engine.identity import Actor
    from web.bootstrap import Platform


def operator() -> "Actor":
    """Whom the history names for what is done on the command line."""
    from engine.identity import Actor

    return Actor("betrieb", "Technischer Betrieb")


def case_called(town: "Platform", written: str) -> "CaseInfo":
    """The case of this reference or id, or one sentence that there is none."""
    from engine.cases import find_case
    from engine.errors import CaseNotFound
    from engine.queries.cases import case_by_reference

    with town.db.reading() as session:
        found = case_by_reference(session, written)
        if found is not None:
            return found
        try:
            return find_case(session, written)
        except CaseNotFound:
            raise click.ClickException(f"Einen Vorgang {written} gibt es nicht.") from None


def values_given(written: Iterable[str]) -> dict[str, Any]:
    """Variables as `name=value`: a value is JSON, or else a text."""
    return dict(_value(each) for each in written)


def _value(written: str) -> tuple[str, Any]:
    name, sign, value = written.partition("=")
    if not sign or not name.isidentifier():
        raise click.ClickException(f"„{written}“ ist keine Angabe. So geht es: --set betrag=12.50")
    try:
        return name, json.loads(value, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_number)
    except ValueError:
        return name, value
    except RecursionError:
        raise click.ClickException(f"Der Wert von {name} ist zu tief verschachtelt.") from None


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


SET = click.option(
    "--set", "given", multiple=True, metavar="NAME=VALUE", help="A variable; VALUE is JSON or a text. May be repeated."
)
