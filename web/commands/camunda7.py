# SPDX-License-Identifier: EUPL-1.2
"""`amt export-camunda7` and `amt import-camunda7`: move what is running in a Camunda 7 installation into the town."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.commands.asking import operator
from web.opening import opened_town

if TYPE_CHECKING:
    from web.bootstrap import Platform
    from web.camunda7.objections import Objection
    from web.camunda7.plan import Candidate, TakeoverPlan

_SECONDS = 60.0


@click.command("export-camunda7")
@click.argument("url", metavar="URL")
@click.option("--user", envvar="AMT_CAMUNDA7_USER", help="An account there. Default: AMT_CAMUNDA7_USER, or none.")
@click.option("--password", envvar="AMT_CAMUNDA7_PASSWORD", default="", hidden=True)
def export_camunda7(url: str, user: str | None, password: str) -> None:
    """Collect what is running in Camunda 7 through its REST API, and print it as JSON. Changes nothing there.

    URL is the address of the REST API. The password is read from AMT_CAMUNDA7_PASSWORD. The output holds all variables
    of all open instances: keep it as safe as the database.

    \b
    Example:
      amt export-camunda7 http://localhost:8080/engine-rest > dump.json
    """
    import httpx

    from web.camunda7.collecting import Collecting, CollectingFailed

    try:
        with httpx.Client(base_url=url, auth=(user, password) if user else None, timeout=_SECONDS) as client:
            dump = Collecting(client, lambda words: click.echo(words, err=True)).dump()
    except (CollectingFailed, httpx.InvalidURL) as failed:
        raise click.ClickException(str(failed)) from failed
    click.echo(json.dumps(dump, ensure_ascii=False))


@click.command("import-camunda7")
@click.argument("path", metavar="DUMP.json", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would be taken over, and what stands against the rest.")
def import_camunda7(path: Path, dry_run: bool) -> None:
    """Let the open instances of a Camunda 7 go on here: same elements, variables, tasks and due dates.

    Deploy the process models first. Each instance is taken over in a transaction of its own; one that cannot be is
    named with its reason, and the others go on. None is taken over twice, so the command may be repeated. Exit code 1
    when one was refused.

    \b
    Examples:
      amt import-camunda7 dump.json --dry-run
      amt import-camunda7 dump.json
    """
    from web.camunda7.dump import DumpUnreadable, read_dump
    from web.camunda7.plan import plan_takeover
    from web.camunda7.taking import try_out

    try:
        dump = read_dump(path)
    except DumpUnreadable as wrong:
        raise click.ClickException(str(wrong)) from None
    with opened_town() as town:
        with town.db.reading() as session:
            plan = plan_takeover(session, town.services, dump)
        try_out(town.db, town.services, plan, operator())
        _show(plan)
        if dry_run:
            click.echo("Geändert wurde nichts.")
        failed = 0 if dry_run else _take(town, plan)
    if failed or plan.refused:
        sys.exit(1)


def _show(plan: "TakeoverPlan") -> None:
    """Say of each process model how many of its instances can come, and of the others why not."""
    candidates = plan.candidates.values()
    click.echo(f"{_counted(len(candidates))} im Abzug")
    for key, number in sorted(Counter(each.key for each in candidates).items()):
        of_key = [each for each in candidates if each.key == key]
        refused, here = sum(bool(each.objections) for each in of_key), sum(each.is_here for each in of_key)
        already = f", {here} schon hier" if here else ""
        click.echo(f"  {key}: {number - refused - here} von {number} können übernommen werden{already}")
    if plan.refused:
        click.echo("Nicht übernommen werden können:")
    for each in plan.refused:
        _say(each, each.objections)
    if plan.hints:
        click.echo("Zu beachten:")
    for hint in plan.hints:
        click.echo(f"  {hint}")
    ready = sum(each.can_come for each in candidates)
    click.echo(f"{_counted(ready)} {'kann' if ready == 1 else 'können'} übernommen werden, {len(plan.refused)} nicht.")


def _take(town: "Platform", plan: "TakeoverPlan") -> int:
    """Take the instances over; how many could not be after all."""
    from web.camunda7.taking import take_over

    done, failed = 0, 0
    for taken in take_over(town.db, town.services, plan, operator()):
        if taken.objection is not None:
            failed += taken.number
            _say(taken.candidate, [taken.objection])
        elif taken.case is not None:
            done += taken.number
            click.echo(f"  {taken.case.reference}  übernommen, dort {taken.candidate.instance_id}")
    click.echo(f"{_counted(done)} übernommen, {failed + len(plan.refused)} nicht.")
    return failed


def _say(candidate: "Candidate", objections: "Iterable[Objection]") -> None:
    named = f" ({candidate.business_key})" if candidate.business_key else ""
    click.echo(f"  {candidate.key} {candidate.instance_id}{named}")
    for line in _lines(objections):
        click.echo(f"    {line}")


def _lines(objections: "Iterable[Objection]") -> Iterator[str]:
    for each in dict.fromkeys(objections):
        at = f"{each.element_id}: " if each.element_id else ""
        yield f"{at}{each.why}"
        yield f"  Abhilfe: {each.cure}"


def _counted(number: int) -> str:
    return "1 Vorgang" if number == 1 else f"{number} Vorgänge"
