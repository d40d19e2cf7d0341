# SPDX-License-Identifier: EUPL-1.2
"""Looking at circles of numbers: none is behind what was given out, and no reference is missing without a reason."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.bpmn.model import REFERENCE_FIELD
from engine.cases import reference_pattern
from engine.counters import FORGOTTEN
from engine.definitions import load_definition
from engine.models import CaseRow, CounterRow
from engine.services import Services
from engine.verify.findings import Finding

_REFERENCES = "reference/"


class HighestNumbers:
    """The highest number seen in each circle of references, while cases pass by."""

    def __init__(self) -> None:
        self._highest: dict[str, int] = {}

    def see(self, session: Session, services: Services, cases: Sequence[CaseRow]) -> None:
        """Take in the references of these cases, as their models write them; called ones have none of their own."""
        for case in cases:
            if case.parent_id is not None:
                continue
            try:
                pattern = reference_pattern(load_definition(session, services, case.definition_id))
            except Exception:
                continue  # What is wrong with its model is said of the case.
            found = _as_expression(pattern).fullmatch(case.reference)
            if found:
                circle = f"{_REFERENCES}{case.definition_key}/{found['year']}"
                self._highest[circle] = max(int(found["number"]), self._highest.get(circle, 0))

    def findings(self, session: Session) -> Iterator[Finding]:
        """Circles that would give out a number once more."""
        last = {row.name: row.last for row in session.scalars(select(CounterRow))}
        for circle, number in sorted(self._highest.items()):
            if number > last.get(circle, 0):
                details = {"last": str(last.get(circle, 0)), "number": str(number)}
                yield Finding("counter_behind", circle.removeprefix(_REFERENCES), details)


def missing_references(session: Session) -> Iterator[Finding]:
    """Each reference that was given out belongs to a case that is there, or to one that was deleted on purpose."""
    given = session.scalar(select(func.sum(CounterRow.last)).where(CounterRow.name.startswith(_REFERENCES))) or 0
    forgotten = session.scalar(select(CounterRow.last).where(CounterRow.name == FORGOTTEN)) or 0
    there = session.scalar(select(func.count()).select_from(CaseRow).where(CaseRow.parent_id.is_(None))) or 0
    if given != there + forgotten:
        details = {"given": str(given), "there": str(there), "forgotten": str(forgotten)}
        yield Finding("references_missing", "", details)


@lru_cache(maxsize=500)
def _as_expression(pattern: str) -> re.Pattern[str]:
    """What a reference of this pattern looks like; the linter lets each field stand in it."""
    parts, seen, at = [], set[str](), 0
    for field in REFERENCE_FIELD.finditer(pattern):
        name = field[1]
        parts.append(re.escape(pattern[at : field.start()]))
        parts.append(r"(?:\d+)" if name in seen else rf"(?P<{name}>\d+)")
        seen.add(name)
        at = field.end()
    return re.compile("".join(parts) + re.escape(pattern[at:]))
