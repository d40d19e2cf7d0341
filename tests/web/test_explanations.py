# SPDX-License-Identifier: EUPL-1.2
"""Every incident is explained in German: what, why, and what helps."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

import connectors
import engine
import processes
from engine.errors import AmtsflussError
from engine.incidents import reason_of
from engine.queries.cases import Incident
from web.explanations import explain

INCIDENT = Incident(
    7, "c", "APA-1", "senden", "job_failed", "", datetime(2026, 11, 22, tzinfo=UTC), "operation", "mail"
)
NAMED = [
    "ExpressionFailed",
    "NoFlowMatches",
    "UnhandledBpmnError",
    "StepsExceeded",
    "DefinitionNotFound",
    "ConnectorUnavailable",
    "NobodyWaits",
    "SeveralWait",
    "ScriptFailed",
    "DecisionFailed",
    "CaseSuspended",
    "WorkersDied",
    "ExternalWorkFailed",
    "OperationUnknown",
]


def our_errors() -> list[type[AmtsflussError]]:
    """All that the engine, the connectors and the services can raise."""
    for package in (engine, connectors, processes):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(".child"):  # runs in a process of its own
                importlib.import_module(module.name)
    return list(dict.fromkeys(_below(AmtsflussError)))


def _below(kind: type[AmtsflussError]) -> Iterator[type[AmtsflussError]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def failed(reason: str, kind: str = "job_failed", job_kind: str = "operation") -> Incident:
    return replace(INCIDENT, reason=reason, kind=kind, job_kind=job_kind)


@pytest.mark.parametrize("kind", ["job_failed", "step_failed", "external_failed", "form_missing", "of another program"])
@pytest.mark.parametrize("job_kind", ["operation", "timer", "continuation", "message", "signal", "start", "batch", ""])
def test_all_errors_are_explained_at_all_places(kind: str, job_kind: str):
    for error in our_errors():
        told = explain(failed(f"{error.__name__}: something", kind, job_kind), "Bescheid senden")
        for words in (told.what, told.why, told.cure):
            assert words
            assert not {"{", "}", "None"} & set(words.split())
            assert words[-1] in ".!" or words.endswith("something"), words


@pytest.mark.parametrize("name", NAMED)
def test_what_often_happens_has_its_own_words(name: str):
    own, other = (explain(failed(f"{each}: x")) for each in (name, "SomethingElse"))
    assert own.why != other.why


def test_element_and_message_are_named():
    told = explain(failed("NobodyWaits: No case waits.", job_kind="message"), "Zahlung melden")
    assert told.what == "Die Nachricht „mail“ von „Zahlung melden“ (senden) kam nach allen Versuchen nicht an."
    assert "amt incident skip 7" in told.cure


def test_a_foreign_error_is_called_by_its_kind_only():
    told = explain(failed(reason_of(ValueError("Erika Mustermann"))))
    assert told.why == "Im Programm trat ein Fehler auf, mit dem es nicht gerechnet hat (ValueError)."
    assert "Erika" not in str(told)
    assert "amt incident retry 7" in told.cure


def test_what_a_program_reports_is_told_in_its_words():
    told = explain(failed("Papier: {fehlt}", kind="paperJam", job_kind=""))
    assert told.what == "An „senden“ ist eine Störung gemeldet."
    assert told.why == "Ein anderes Programm hat sie gemeldet (paperJam): Papier: {fehlt}"
    assert "amt incident retry 7" in told.cure
    assert explain(failed("", kind="paperJam", job_kind="")).why.endswith("und nichts dazu gesagt.")


def test_who_worked_at_a_step_tries_again_themselves():
    told = explain(failed("ValueError", kind="step_failed"))
    assert "amt incident skip" not in told.cure
    assert "noch einmal versuchen" in told.cure


@pytest.mark.parametrize("kind", ["TimeoutError", "ConnectionRefusedError", "OSError"])
def test_connections_that_fail_are_waited_for(kind: str):
    assert "Gegenstelle" in explain(failed(kind)).cure
