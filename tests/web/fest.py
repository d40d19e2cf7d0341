# SPDX-License-Identifier: EUPL-1.2
"""A case of a street festival: generated forms, tasks without one, a subprocess for each office, a called case."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.cases import CaseInfo, find_case, start_case
from engine.db import unit_of_work
from engine.identity import Actor, applicant
from engine.queries.cases import called_cases
from engine.queries.tasks import tasks_of_case
from engine.tasks import complete_task
from tests.web.example import CITIZEN, PEOPLE
from web.bootstrap import Platform

FAMILY = Path(__file__).parent / "family"
CHECK = "Antrag von Musikverein prüfen"


@dataclass
class Fest:
    """One such case, moved by public commands."""

    town: Platform
    id: str = ""

    def begins(self, **more: Any) -> Fest:
        variables = {"veranstalter": "Musikverein", "wunschort": "Alleenstraße", "stellen": ["Polizei", "Feuerwehr"]}
        with unit_of_work(self.town.db) as session:
            case = start_case(
                session, self.town.services, "fest", {**variables, **more}, by=CITIZEN, business_key="KULTUR-7"
            )
            self.id = case.id
        return self

    def completes(self, name: str, by: str, **answers: Any) -> Fest:
        """Somebody, or the applicant, completes the open task of that name, in this case or in one it has called."""
        actor = applicant(self.id) if by == "applicant" else Actor(by, by.title(), frozenset({PEOPLE[by]}))
        with unit_of_work(self.town.db) as session:
            complete_task(session, self.town.services, self.task(name), answers, by=actor)
        return self

    def is_checked(self) -> Fest:
        return self.completes(CHECK, "anna", ort="Markt", gaeste=50)

    def calls(self) -> Fest:
        """All offices have been asked, so the case has called another."""
        return self.is_checked().completes("Polizei anrufen", "jonas").completes("Feuerwehr anrufen", "jonas")

    def task(self, name: str) -> str:
        with self.town.db.reading() as session:
            found = [
                task
                for case_id in (self.id, *(each.id for each in self.called))
                for task in tasks_of_case(session, case_id)
            ]
        return next(task.id for task in found if task.name == name)

    @property
    def called(self) -> list[CaseInfo]:
        with self.town.db.reading() as session:
            return [each.case for each in called_cases(session, self.id)]

    @property
    def info(self) -> CaseInfo:
        with self.town.db.reading() as session:
            return find_case(session, self.id)
