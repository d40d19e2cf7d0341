# SPDX-License-Identifier: EUPL-1.2
"""`amt migrate-cases`: take running cases over to another version of their process model."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from web.commands.asking import case_called, operator
from web.opening import opened_town

if TYPE_CHECKING:
    from engine.errors import AmtsflussError
    from engine.migration import MigrationFinding, MigrationPlan
    from web.bootstrap import Platform

#: What a kind of finding says to operators. `{target}` is the element of the new version.
_PROBLEMS: Mapping[str, str] = {
    "twice": "Für dieses Element ist mehr als ein Ziel angegeben.",
    "no_source": "Dieses Element gibt es in der alten Fassung nicht.",
    "no_target": "Das Ziel {target} gibt es in der neuen Fassung nicht.",
    "type": "Das Ziel {target} ist etwas anderes: Aus einer Aufgabe kann nur eine Aufgabe derselben Art werden.",
    "compensation": "Nur eines von beiden, dieses Element oder {target}, macht einen anderen Schritt rückgängig.",
    "loop": "Dieses Element und {target} werden nicht auf dieselbe Weise wiederholt.",
    "scope": "Das Ziel {target} liegt in einem anderen Teilprozess.",
    "host": "Das Ziel {target} hängt an einem anderen Schritt.",
    "event": "Das Ziel {target} wartet auf andere Ereignisse.",
    "trigger": "Hier wird auf nichts gewartet, das neu gestellt werden könnte.",
    "armed_twice": "Auf {target} wird schon durch ein anderes Element gewartet.",
    "unmapped": "Hier steht der Vorgang, und ein Ziel fehlt. Angeben mit: --map {source}=ELEMENT",
    "under_way": "Der Vorgang bewegt sich gerade. Gleich noch einmal versuchen.",
    "no_event": "Kein Ereignis, auf das hier gewartet wird, gibt es in der neuen Fassung noch.",
    "flow": "Der Weg, auf dem der Vorgang hierher kam, führt in der neuen Fassung nicht mehr hierher.",
    "undo": "Etwas ist getan worden, das die neue Fassung nicht rückgängig machen kann.",
    "version": "Der Vorgang läuft nicht auf der alten Fassung.",
    "ended": "Der Vorgang ist inzwischen beendet.",
}


@click.command("migrate-cases")
@click.argument("key", metavar="KEY")
@click.option("--from", "source", type=int, required=True, help="The version on which the cases run.")
@click.option("--to", "target", type=int, required=True, help="The version that they go over to.")
@click.option("--plan", "only_plan", is_flag=True, help="Only say what would be done, and what stands against it.")
@click.option("--case", "case_names", multiple=True, help="Only this case (reference or id); may be repeated.")
@click.option("--map", "maps", multiple=True, metavar="OLD=NEW", help="What becomes of an element; may be repeated.")
@click.option(
    "--anew", multiple=True, metavar="ELEMENT", help="Set this timer or message anew, as the new version says."
)
def migrate_cases(
    key: str,
    source: int,
    target: int,
    only_plan: bool,
    case_names: tuple[str, ...],
    maps: tuple[str, ...],
    anew: tuple[str, ...],
) -> None:
    """Take running cases over to another version of their process model, one after the other.

    Deadlines keep their dates, tasks their owners and answers, messages their keys. Elements of the same id become each
    other; --map says what becomes of others. A case that cannot go over stays as it is, and the others go on.

    \b
    Examples:
      amt migrate-cases anwohnerparkausweis --from 3 --to 4 --plan
      amt migrate-cases anwohnerparkausweis --from 3 --to 4
      amt migrate-cases anwohnerparkausweis --from 3 --to 4 --map pruefen=vorpruefen --anew erinnerung
    """
    with opened_town() as town:
        plan = _plan(town, key, source, target, maps, anew)
        cases = _cases(town, plan, case_names)
        _show_plan(plan, len(cases))
        if only_plan:
            _foretell(town, plan, cases)
        else:
            _migrate(town, plan, cases)


def _plan(
    town: "Platform", key: str, source: int, target: int, maps: Iterable[str], anew: Iterable[str]
) -> "MigrationPlan":
    from engine.definitions import find_definition
    from engine.errors import DefinitionNotFound
    from engine.migration import Mapping as Becomes
    from engine.migration import plan_migration, validate_plan

    with town.db.reading() as session:
        try:
            old, new = (find_definition(session, town.services, key, version=version) for version in (source, target))
        except DefinitionNotFound:
            raise click.ClickException(
                f"{key} ist nicht in den Fassungen {source} und {target} veröffentlicht."
            ) from None
    plan = plan_migration(old, new)
    for written in maps:
        before, sign, after = written.partition("=")
        if not sign:
            raise click.ClickException(f"„{written}“ ist keine Zuordnung. So geht es: --map alt=neu")
        plan = plan.with_mapping(Becomes(before, after))
    for element in anew:
        plan = plan.with_mapping(Becomes(element, plan.targets.get(element, element), update_trigger=True))
    findings = validate_plan(plan)
    if findings:
        raise click.ClickException("So geht es nicht.\n" + "\n".join(_in_german(finding) for finding in findings))
    return plan


def _cases(town: "Platform", plan: "MigrationPlan", case_names: Sequence[str]) -> list[str]:
    from engine.migration import running_cases

    if case_names:
        return [case_called(town, name).id for name in case_names]
    with town.db.reading() as session:
        return running_cases(session, plan)


def _show_plan(plan: "MigrationPlan", cases: int) -> None:
    click.echo(f"{plan.source.name}: von Fassung {plan.source.version} auf Fassung {plan.target.version}")
    for mapping in plan.mappings:
        if mapping.source_element != mapping.target_element or mapping.update_trigger:
            anew = ", wird neu gestellt" if mapping.update_trigger else ""
            click.echo(f"  {mapping.source_element} → {mapping.target_element}{anew}")
    if plan.unmapped:
        click.echo(f"  ohne Ziel: {', '.join(plan.unmapped)}")
    click.echo(f"  {_counted(cases)} auf der alten Fassung")


def _foretell(town: "Platform", plan: "MigrationPlan", cases: Sequence[str]) -> None:
    """Say of each case whether it would go over, and change nothing."""
    from engine.migration import validate_case

    ready = 0
    for case_id in cases:
        with town.db.reading() as session:
            findings = validate_case(session, town.services, plan, case_id)
        ready += not findings
        for finding in findings:
            click.echo(f"  {_reference(town, case_id)}: {_in_german(finding)}")
    click.echo(f"{ready} von {_counted(len(cases), dative=True)} können umziehen. Geändert wurde nichts.")
    if ready < len(cases):
        sys.exit(1)


def _migrate(town: "Platform", plan: "MigrationPlan", cases: Sequence[str]) -> None:
    from engine.migration import migrate_many

    failed = 0
    for one in migrate_many(town.db, town.services, plan, cases, operator()):
        if one.error is not None:
            failed += 1
            click.echo(f"  {_reference(town, one.case_id)}: {_told(one.error)}")
        click.echo(f"{one.number} von {_counted(one.total, dative=True)}")
    click.echo(f"{_counted(len(cases) - failed)} umgezogen, {failed} nicht.")
    if failed:
        sys.exit(1)


def _told(error: "AmtsflussError") -> str:
    from engine.errors import CaseHasEnded, StepFailed
    from engine.incidents import reason_of
    from engine.migration import MigrationRefused

    if isinstance(error, MigrationRefused):
        return "; ".join(_in_german(finding) for finding in error.findings)
    if isinstance(error, CaseHasEnded):
        return "Der Vorgang ist inzwischen beendet."
    return reason_of(error.cause if isinstance(error, StepFailed) else error)


def _in_german(finding: "MigrationFinding") -> str:
    words = _PROBLEMS.get(finding.problem, finding.reason)
    return f"{finding.source_element}: {words.format(source=finding.source_element, target=finding.target_element)}"


def _reference(town: "Platform", case_id: str) -> str:
    return case_called(town, case_id).reference


def _counted(number: int, *, dative: bool = False) -> str:
    if number == 1:
        return "1 Vorgang"
    return f"{number} {'Vorgängen' if dative else 'Vorgänge'}"
