# SPDX-License-Identifier: EUPL-1.2
"""What operators do with running cases on the command line."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import tests.engine.probes  # noqa: F401  # the operations that the models name
from engine.cases import CaseInfo, case_variables, find_case, start_case
from engine.db import unit_of_work
from engine.errors import NobodyWaits
from engine.identity import SYSTEM
from engine.incidents import open_incident
from engine.models import JobRow
from engine.queries.tasks import tasks_of_case
from tests.engine.story import MODELS
from tests.web.test_cli import amt, town
from web.bootstrap import Platform, build_platform
from web.settings import settings_from_environment

OPERATORS = MODELS / "operators"
__all__ = ["town"]


@pytest.fixture
def platform(town: Path) -> Iterator[Platform]:
    """The town, migrated, for looking behind the commands."""
    amt("migrate")
    built = build_platform(settings_from_environment())
    yield built
    built.close()


def published(town: Path, model: str, *changes: tuple[str, str]) -> None:
    """Publish an operators' model, changed here and there."""
    folder = town / model
    folder.mkdir(exist_ok=True)
    text = (OPERATORS / f"{model}.bpmn").read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / f"{model}.bpmn").write_text(text, "utf-8")
    for form in OPERATORS.glob("*.form"):
        shutil.copy(form, folder)
    amt("deploy", str(folder))


def begun(platform: Platform, model: str, /, **variables: object) -> CaseInfo:
    """A case of a published model."""
    with unit_of_work(platform.db) as session:
        return start_case(session, platform.services, model, variables, by=SYSTEM)


def state(platform: Platform, case: CaseInfo) -> CaseInfo:
    """How a case stands now."""
    with platform.db.reading() as session:
        return find_case(session, case.id)


def open_tasks(platform: Platform, case: CaseInfo) -> list[str]:
    """Names of the open tasks of a case."""
    with platform.db.reading() as session:
        return sorted(task.name for task in tasks_of_case(session, case.id))


def broken(platform: Platform, case: CaseInfo) -> None:
    """The job of a case has failed for good."""
    with unit_of_work(platform.db) as session:
        job = session.query(JobRow).filter(JobRow.case_id == case.id).one()
        job.state = "failed"
        clock, element = platform.clock, job.element_id
        about = {"case_id": case.id, "element_id": element, "job_id": job.id}
        open_incident(session, clock, kind="job_failed", cause=ConnectionRefusedError(), **about)


# -- amt case -----------------------------------------------------------------------------------------------------


def test_a_case_is_shown_without_people(town: Path, platform: Platform):
    published(town, "ringing")
    case = begun(platform, "ringing", name="Erika Mustermann")
    broken(platform, case)
    shown = amt("case", "show", case.reference).output
    for words in (case.reference, "Fassung 1", "läuft", "ring", "Störung 1", "„Ring“ (ring)", "amt incident retry 1"):
        assert words in shown
    assert "Erika" not in shown
    assert amt("case", "show", case.id).output == shown
    assert "Einen Vorgang APA-1 gibt es nicht." in amt("case", "show", "APA-1", code=1).output


def test_a_case_is_held_and_goes_on(town: Path, platform: Platform):
    published(town, "permit")
    case = begun(platform, "permit", key="k1")
    assert "Angehalten" in amt("case", "suspend", case.reference).output
    assert state(platform, case).suspended
    assert "angehalten" in amt("case", "show", case.reference).output
    assert "Fortgesetzt" in amt("case", "resume", case.reference).output
    assert not state(platform, case).suspended


def test_a_case_is_cancelled_with_a_reason(town: Path, platform: Platform):
    published(town, "permit")
    case = begun(platform, "permit", key="k1")
    assert "--reason" in amt("case", "cancel", case.reference, code=2).output
    assert "Abgebrochen" in amt("case", "cancel", case.reference, "--reason", "doppelt").output
    assert state(platform, case).state == "cancelled"
    assert "schon beendet" in amt("case", "cancel", case.reference, "--reason", "doppelt", code=1).output
    assert "abgebrochen" in amt("case", "show", case.reference).output


def test_a_case_is_put_elsewhere(town: Path, platform: Platform):
    published(town, "places")
    case = begun(platform, "places")
    amt("case", "modify", case.reference, "before:two", "after:left", "flow:to_right", "--set", "betrag=12.50")
    assert open_tasks(platform, case) == ["One", "Right", "Two"]
    with platform.db.reading() as session:
        assert str(case_variables(session, platform.services, case.id)["betrag"]) == "12.50"
    token = re.search(r"right +(\S+)", amt("case", "show", case.reference).output)
    assert token is not None
    amt("case", "modify", case.reference, f"cancel:{token[1]}", "cancel-all:one")
    assert open_tasks(platform, case) == ["Two"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["irgendwie:two"], "ist keine Anweisung"),
        (["before:"], "ist keine Anweisung"),
        (["cancel-all:one", "--set", "a=1"], "brauchen eine Stelle"),
        (["before:two", "--set", "a"], "ist keine Angabe"),
        (["before:nowhere"], "There is no element nowhere"),
        (["before:two@nobody"], "The case has no token nobody."),
    ],
)
def test_an_instruction_that_cannot_be_is_told(town: Path, platform: Platform, words: list[str], told: str):
    published(town, "places")
    case = begun(platform, "places")
    assert told in amt("case", "modify", case.reference, *words, code=1).output
    assert open_tasks(platform, case) == ["One"]


def test_a_step_that_fails_on_the_way_is_named(town: Path, platform: Platform):
    published(town, "fails_later")
    case = begun(platform, "fails_later")
    output = amt("case", "modify", case.reference, "before:fail", code=1).output
    assert "Der Schritt fail scheitert. ValueError" in output
    assert "Erika" not in output


# -- amt model ----------------------------------------------------------------------------------------------------


def test_a_model_is_held_with_its_cases(town: Path, platform: Platform):
    published(town, "permit")
    case = begun(platform, "permit", key="k1")
    assert "permit: Fassung 1 angehalten." in amt("model", "suspend", "permit").output
    assert not state(platform, case).suspended
    assert "1 Vorgang dazu" in amt("model", "suspend", "permit", "--with-cases", "--version", "1").output
    assert state(platform, case).suspended
    assert "permit: Fassung 1 fortgesetzt, 1 Vorgang dazu." in amt("model", "resume", "permit", "--with-cases").output
    assert "nicht veröffentlicht" in amt("model", "suspend", "nothing", code=1).output
    assert "Fassung 7" in amt("model", "resume", "permit", "--version", "7", code=1).output


# -- amt migrate-cases --------------------------------------------------------------------------------------------


def test_cases_go_over_with_progress(town: Path, platform: Platform):
    published(town, "permit")
    cases = [begun(platform, "permit", key=f"k{number}") for number in range(3)]
    published(town, "permit", ('name="Decide"', 'name="Judge"'))
    planned = amt("migrate-cases", "permit", "--from", "1", "--to", "2", "--plan").output
    assert "3 von 3 Vorgängen können umziehen. Geändert wurde nichts." in planned
    assert open_tasks(platform, cases[0]) == ["Decide"]
    done = amt("migrate-cases", "permit", "--from", "1", "--to", "2", "--case", cases[0].reference).output
    assert "1 Vorgang umgezogen, 0 nicht." in done
    done = amt("migrate-cases", "permit", "--from", "1", "--to", "2").output
    assert "1 von 2 Vorgängen\n2 von 2 Vorgängen\n2 Vorgänge umgezogen, 0 nicht." in done
    assert [open_tasks(platform, case) for case in cases] == [["Judge"]] * 3


def test_what_becomes_of_an_element_is_said(town: Path, platform: Platform):
    published(town, "permit")
    case = begun(platform, "permit", key="k1")
    published(town, "permit", ('"decide"', '"judge"'), ('name="Decide"', 'name="Judge"'))
    words = ("migrate-cases", "permit", "--from", "1", "--to", "2")
    stuck = amt(*words, "--plan", code=1).output
    assert "ohne Ziel: decide, late" in stuck
    assert f"{case.reference}: decide: Hier steht der Vorgang, und ein Ziel fehlt." in stuck
    assert "0 von 1 Vorgang" in stuck
    assert "0 Vorgänge umgezogen, 1 nicht." in amt(*words, code=1).output
    done = amt(*words, "--map", "decide=judge", "--map", "late=late", "--anew", "late").output
    assert "decide → judge" in done
    assert "late → late, wird neu gestellt" in done
    assert open_tasks(platform, case) == ["Judge"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--to", "9"], "nicht in den Fassungen 1 und 9"),
        (["--to", "2", "--map", "decide"], "ist keine Zuordnung"),
        (["--to", "2", "--map", "decide=done"], "decide: Das Ziel done ist etwas anderes"),
        (["--to", "2", "--map", "decide=nirgends"], "Das Ziel nirgends gibt es in der neuen Fassung nicht."),
        (["--to", "2", "--anew", "decide"], "Hier wird auf nichts gewartet"),
    ],
)
def test_a_plan_that_cannot_be_is_told(town: Path, platform: Platform, words: list[str], told: str):
    published(town, "permit")
    published(town, "permit", ('name="Decide"', 'name="Judge"'))
    assert told in amt("migrate-cases", "permit", "--from", "1", *words, code=1).output


def test_a_case_that_runs_elsewhere_or_is_over_is_told(town: Path, platform: Platform):
    published(town, "permit")
    over, old = begun(platform, "permit", key="k1"), begun(platform, "permit", key="k2")
    amt("case", "cancel", over.reference, "--reason", "doppelt")
    published(town, "permit", ('name="Decide"', 'name="Judge"'))
    new = begun(platform, "permit", key="k3")
    words = [word for case in (over, old, new) for word in ("--case", case.reference)]
    output = amt("migrate-cases", "permit", "--from", "1", "--to", "2", *words, code=1).output
    assert f"{over.reference}: Der Vorgang ist inzwischen beendet." in output
    assert f"{new.reference}: permit: Der Vorgang läuft nicht auf der alten Fassung." in output
    assert "1 Vorgang umgezogen, 2 nicht." in output


# -- amt incident -------------------------------------------------------------------------------------------------


def test_an_incident_is_explained_and_skipped(town: Path, platform: Platform):
    published(town, "ringing")
    case = begun(platform, "ringing")
    broken(platform, case)
    listed = amt("incident", "list").output
    assert "Der Arbeitsschritt „Ring“ (ring) (probe.ring) ist nach allen Versuchen gescheitert." in listed
    assert "nicht zu erreichen (ConnectionRefusedError)" in listed
    assert "Übersprungen" in amt("incident", "skip", "1", "--set", "rang=von Hand").output
    assert open_tasks(platform, case) == ["After"]
    with platform.db.reading() as session:
        assert case_variables(session, platform.services, case.id) == {"rang": "von Hand"}
    assert "Störung 1 gibt es nicht" in amt("incident", "skip", "1", code=1).output
    assert "Störung 1 gibt es nicht" in amt("incident", "cancel", "1", code=1).output


def test_an_incident_is_given_up(town: Path, platform: Platform):
    published(town, "ringing")
    case = begun(platform, "ringing")
    broken(platform, case)
    assert "Der Vorgang ist damit abgebrochen." in amt("incident", "cancel", "1", "--reason", "doppelt").output
    assert state(platform, case).state == "cancelled"


def test_what_cannot_be_skipped_is_told(town: Path, platform: Platform):
    published(town, "places")
    case = begun(platform, "places")
    with unit_of_work(platform.db) as session:
        about = {"case_id": case.id, "element_id": "one", "kind": "step_failed"}
        open_incident(session, platform.clock, **about, cause=NobodyWaits())
    assert "No job stands there" in amt("incident", "skip", "1", code=1).output
    assert amt("incident", "cancel", "1").output == "Aufgegeben.\n"
