# SPDX-License-Identifier: EUPL-1.2
"""Taking the instances of a plan over, each in a transaction of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from engine.adoption import AdoptedAlready, Adoptee, AdoptionRefused, adopt_case
from engine.cases import CaseInfo
from engine.db import Database, unit_of_work
from engine.errors import AmtsflussError, StepFailed
from engine.identity import Actor
from engine.incidents import reason_of
from engine.services import Services
from web.camunda7.objections import Objection
from web.camunda7.plan import Candidate, TakeoverPlan


@dataclass(frozen=True)
class Taken:
    """What came of one instance."""

    candidate: Candidate
    adoptee: Adoptee
    case: CaseInfo | None = None
    #: Why it did not come; None when it did, or when it was here already.
    objection: Objection | None = None

    @property
    def number(self) -> int:
        """How many instances that are, with those that it has called."""
        return len(list(self.adoptee.family()))


def try_out(db: Database, services: Services, plan: TakeoverPlan, by: Actor) -> None:
    """Let each instance go on here and take that back; what only this shows is added to the plan. Writes nothing."""
    for taken in _each(plan, lambda adoptee: _tried(db, services, adoptee, by)):
        if taken.objection is None:
            continue
        taken.candidate.objections.append(taken.objection)
        for called in list(taken.adoptee.family())[1:]:
            refused = Objection("caller_refused", about=taken.candidate.instance_id)
            plan.candidates[called.origin_id].objections.append(refused)


def take_over(db: Database, services: Services, plan: TakeoverPlan, by: Actor) -> Iterator[Taken]:
    """Let the instances go on here, one after the other; one that cannot stays away, and the others go on."""
    return _each(plan, lambda adoptee: _taken(db, services, adoptee, by))


def _each(plan: TakeoverPlan, adopt: Callable[[Adoptee], CaseInfo]) -> Iterator[Taken]:
    for candidate in plan.to_come:
        adoptee = candidate.adoptee
        assert adoptee is not None, "What can come has been read."
        try:
            case = adopt(adoptee)
        except AdoptedAlready:
            yield Taken(candidate, adoptee)
        except (AmtsflussError, SQLAlchemyError) as failed:
            yield Taken(candidate, adoptee, objection=_objection(failed))
        else:
            yield Taken(candidate, adoptee, case)


def _taken(db: Database, services: Services, adoptee: Adoptee, by: Actor) -> CaseInfo:
    with unit_of_work(db) as session:
        return adopt_case(session, services, adoptee, by)


def _tried(db: Database, services: Services, adoptee: Adoptee, by: Actor) -> CaseInfo:
    with db.writing() as session:
        case = adopt_case(session, services, adoptee, by)
        session.rollback()
    return case


def _objection(failed: Exception) -> Objection:
    element = failed.element_id if isinstance(failed, StepFailed) else ""
    cause = failed.cause if isinstance(failed, StepFailed) else failed
    if isinstance(cause, AdoptionRefused):
        return Objection(cause.problem, cause.element_id)
    return Objection("step", element, reason_of(cause))
