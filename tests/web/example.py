# SPDX-License-Identifier: EUPL-1.2
"""A tiny process for the pages' tests, its people, and shortcuts through public commands."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from engine.cases import CaseInfo, start_case
from engine.db import unit_of_work
from engine.identity import APPLICANT_GROUP, Actor
from engine.operations import operation
from engine.queries.tasks import tasks_of_case
from web.bootstrap import Platform

MODEL = Path(__file__).parent / "model"
PEOPLE = {"anna": "buergerbuero", "jonas": "buergerbuero", "karin": "ordnungsamt", "petra": "kasse"}
CITIZEN = Actor(APPLICANT_GROUP, "Antragstellerin", frozenset({APPLICANT_GROUP}))


class StepBreaks(Exception):
    """Raised on purpose."""


@operation("webtest.ablegen")
def ablegen(session: Session, vermerk: str) -> None:
    """Ergebnis ablegen; scheitert auf Wunsch."""
    if vermerk == "kaputt":
        raise StepBreaks("with somebody's name in it")


def begin(town: Platform, name: str) -> CaseInfo:
    with unit_of_work(town.db) as session:
        return start_case(session, town.services, "anliegen", {"person": {"name": name}}, by=CITIZEN)


def open_task(town: Platform, case: CaseInfo) -> str:
    with town.db.reading() as session:
        return tasks_of_case(session, case.id)[0].id
