# SPDX-License-Identifier: EUPL-1.2
"""Whether the versions of a decision follow each other day by day."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import pairwise

from engine.dmn.analysis.findings import Weakness
from engine.dmn.dated import versions_of
from engine.dmn.decision import Decision


def weak_validities(decisions: Iterable[Decision]) -> Iterator[Weakness]:
    """Versions that count on the same day, days on which none does, and versions that do not belong together."""
    listed = list(decisions)
    told: set[str] = set()
    for decision in listed:
        versions = versions_of(decision, decision.graph)
        if not versions or decision.name in told:
            continue
        told.add(decision.name)
        for other in listed:
            if other.name == decision.name and not other.dating.is_version:
                reason = f"{decision.name} has versions, but this one has no validity."
                yield Weakness(other.id, reason, "Set valid_from or valid_to.", "error", other.name)
        yield from _differences(versions)
        for earlier, later in pairwise(versions):
            yield from _between(earlier, later)


def _differences(versions: list[Decision]) -> Iterator[Weakness]:
    first = versions[0]
    for version in versions[1:]:
        if version.variable != first.variable:
            reason = f"Versions of {first.name} give their result two names: {first.variable}, {version.variable}."
            yield Weakness(version.id, reason, "Give their variables one name.", "error", version.name)
    references = sorted({version.dating.reference for version in versions} - {""})
    if len(references) > 1:
        reason = f"Versions of {first.name} take their reference date from {' and '.join(references)}."
        yield Weakness(first.id, reason, "Name one variable at reference_date.", "error", first.name)


def _between(earlier: Decision, later: Decision) -> Iterator[Weakness]:
    end, start = earlier.dating.valid_to, later.dating.valid_from
    if end is None or start is None or start <= end:
        day = start or end
        at = f" {day.isoformat()}" if day else " every day"
        reason = f"{earlier.id} and {later.id} are both valid on{at}."
        yield Weakness(
            later.id, reason, "End the earlier version on the day before the later one.", "error", later.name
        )
    elif start - end > timedelta(days=1):
        first, last = end + timedelta(days=1), start - timedelta(days=1)
        days = f"on {first.isoformat()}" if first == last else f"from {first.isoformat()} to {last.isoformat()}"
        reason = f"No version of {later.name} is valid {days}."
        yield Weakness(later.id, reason, "Let the versions follow each other day by day.", "warning", later.name)
