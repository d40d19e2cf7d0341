# SPDX-License-Identifier: EUPL-1.2
"""`amt feel`, `amt decide`, `amt tck`: ask expressions and decision tables without a town. They read no settings."""

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from engine.dmn import Decision

_MODEL = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_REPORT = click.Path(dir_okay=False, writable=True, path_type=Path)
#: Numbers with more digits than this before or behind the point are written with an exponent.
_DIGITS = 40


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("expression")
@click.option("--context", "given", default="{}", help="The variables, as a JSON object or a FEEL context.")
def feel(expression: str, given: str) -> None:
    """Evaluate a FEEL expression and print {"value": …, "warnings": […]} as JSON.

    \b
    Numbers keep all their digits; dates, times and durations are ISO text. In the context, FEEL is understood
    where JSON has no word for it: @"2026-01-31", also as a JSON string.
    Exit code 1 with line and column when the expression is not FEEL.

    \b
    Examples:
      amt feel '1 + 2'
      amt feel 'if alter >= 18 then "voll" else "halb"' --context '{"alter": 17}'
      amt feel 'tag + duration("P1M")' --context '{"tag": "@\\"2026-01-31\\""}'
    """
    from engine.clock import SystemClock
    from engine.feel import FeelError, evaluate

    scope = _variables(given, "--context")
    try:
        result = evaluate(expression, scope, clock=SystemClock())
    except FeelError as error:
        raise click.ClickException(str(error)) from error
    _print({"value": result.value, "warnings": list(result.warnings)})


@click.command()
@click.argument("file", type=_MODEL)
@click.option("--decision", "name", help="Id or name of the decision; may be left out when there is only one.")
@click.option("--input", "given", default="{}", help="The variables, as a JSON object or a FEEL context.")
@click.option("--date", "day", help="The reference date, such as 2025-06-01: compute as it was on that day.")
@click.option("--explain", is_flag=True, help="Add why: which rules matched, and the lines that people read.")
def decide(file: Path, name: str | None, given: str, day: str | None, explain: bool) -> None:
    """Evaluate a decision of a DMN file and print its result as JSON.

    \b
    Prints {"decision", "value", "outputs", "warnings"}; with --explain also "explanation" and "trace".
    "value" is the result as DMN sees it, "outputs" has one object for each rule that matched.
    With --date the version of that day counts, today() is that day, and so is the variable that the decision
    takes its date from. Files beside FILE are found when it imports them.

    \b
    Example:
      amt decide processes/anwohnerparkausweis/gebuehr.dmn --decision gebuehr --date 2025-06-01 --explain \\
        --input '{"parken": {"laufzeit_monate": "12", "zone": "A"}}'
    """
    from engine.clock import SystemClock
    from engine.dmn import DmnError
    from engine.feel import FeelError

    decision = _decision(file, name)
    scope = _variables(given, "--input")
    try:
        result = decision.evaluate(scope, SystemClock(), None if day is None else _day(day))
    except (DmnError, FeelError) as error:
        raise click.ClickException(str(error)) from error
    answer = {
        "decision": result.trace.decision_id,
        "value": result.value,
        "outputs": result.outputs,
        "warnings": list(result.trace.warnings),
    }
    if explain:
        answer |= {"explanation": result.trace.german(), "trace": result.trace.as_dict()}
    _print(answer)


@click.command()
@click.argument("directory", type=_FOLDER)
@click.option("--failures", type=_REPORT, help="Write every result that did not come out as expected to this file.")
def tck(directory: Path, failures: Path | None) -> None:
    """Run folders of the DMN compatibility kit and count what comes out as it expects.

    DIRECTORY is a checkout of the kit or any folder of it. Prints passed/total for each folder and, last,
    "N passed, M failed". Exit code 0 when it ran, whatever came out.

    \b
    Example:
      amt tck ../tck/TestCases/compliance-level-3 --failures failures.txt
    """
    from engine.clock import SystemClock
    from engine.dmn.tck import run_tck

    report = run_tck(directory, SystemClock())
    for folder in report.folders:
        click.echo(f"{folder.passed:>5}/{folder.total:<5} {folder.name}")
    if failures is not None:
        failures.write_text("".join(f"{failure}\n" for failure in report.failures), encoding="utf-8")
    if not report.folders:
        raise click.ClickException(f"There are no test cases (*-test-*.xml) below {directory}.")
    click.echo(f"{report.passed} passed, {report.failed} failed")


def _decision(file: Path, name: str | None) -> "Decision":
    from engine.dmn import DmnRefused, load_decisions

    beside = [other.read_bytes() for other in sorted(file.parent.glob("*.dmn")) if other != file]
    try:
        decisions = load_decisions(file.read_bytes(), beside)
    except DmnRefused as refused:
        lines = [f"{found.element_id or file.name}: {found.reason} {found.cure}" for found in refused.findings]
        raise click.ClickException("\n".join(lines)) from refused
    if name is None and len(decisions) == 1:
        return next(iter(decisions.values()))
    for known in ("id", "name", "variable"):
        for decision in decisions.values():
            if getattr(decision, known) == name:
                return decision
    listed = ", ".join(decisions)
    raise click.ClickException(
        f"Choose one with --decision: {listed}" if name is None else f"There is no decision {name}. There are: {listed}"
    )


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise click.ClickException(f"{written} is not a date. Write it as in 2025-06-01.") from None


# -- values in ---------------------------------------------------------------------------------------------------


def _variables(written: str, option: str) -> dict[str, Any]:
    """The variables that JSON or FEEL gives."""
    try:
        given = json.loads(written, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_number)
    except ValueError:
        given = _evaluated(written, option)
    except RecursionError:
        raise click.ClickException(f"The value of {option} is nested too deep.") from None
    if not isinstance(given, dict):
        raise click.ClickException(f'{option} must be an object, such as {{"alter": 17}}.')
    return {key: _moments(value, option) for key, value in given.items()}


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _moments(value: Any, option: str) -> Any:
    """The value with `@"…"` in strings read as the date, time or duration that it writes."""
    if isinstance(value, dict):
        return {key: _moments(entry, option) for key, entry in value.items()}
    if isinstance(value, list):
        return [_moments(entry, option) for entry in value]
    if isinstance(value, str) and value.startswith('@"') and value.endswith('"'):
        return _evaluated(value, option)
    return value


def _evaluated(written: str, option: str) -> Any:
    from engine.feel import FeelError, evaluate

    try:
        result = evaluate(written, {})
    except FeelError as error:
        raise click.ClickException(f"The value of {option} is neither JSON nor FEEL: {error}") from error
    if result.warnings:
        raise click.ClickException(f"The value of {option} cannot be used: {'; '.join(result.warnings)}")
    return result.value


# -- values out --------------------------------------------------------------------------------------------------


def _print(answer: Mapping[str, Any]) -> None:
    click.echo(_json(answer))


def _json(value: Any) -> str:
    """JSON in which no number loses a digit."""
    from engine.feel.text import value_text

    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Decimal):
        return f"{value:f}" if abs(value.adjusted()) < _DIGITS and value.is_finite() else str(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_json(entry) for entry in value)}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_json(str(key))}: {_json(entry)}' for key, entry in value.items())}}}"
    if isinstance(value, datetime | time):
        # FEEL writes the name of a zone; ISO text has its offset.
        return json.dumps(value.isoformat())
    return json.dumps(value_text(value), ensure_ascii=False)
