# SPDX-License-Identifier: EUPL-1.2
"""Whether rules together answer every input: a walk through the columns that keeps the rules still in question.

The question is hard in general, so the walk has a budget; when it is spent, nothing is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.dmn.analysis.columns import Column


class BudgetSpent(Exception):
    """The walk took too long to give an answer."""


@dataclass
class Cover:
    """Rules as bits; `matching[column][region]` are those that take the region.

    A cell that is too complex to tell counts as taking nothing with `cautious`, so that what is found covered is so
    for sure; else as taking everything, so that what is found uncovered is so for sure.
    """

    columns: Sequence[Column]
    cautious: bool
    budget: int
    matching: list[list[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.matching = [self._matching(column) for column in self.columns]

    def _matching(self, column: Column) -> list[int]:
        found = [0] * (column.everything.bit_length() or 1)
        for rule, taken in enumerate(column.taken):
            mask = taken if taken is not None else 0 if self.cautious else column.everything
            for region in bits(mask):
                found[region] |= 1 << rule
        return found

    def uncovered(self, domains: Sequence[int], rules: int) -> tuple[int, ...] | None:
        """A region in each column, within the domains, that none of the rules takes; None when there is none.

        Raises BudgetSpent.
        """
        answered = [-1] * (len(domains) + 1)
        for place in range(len(domains) - 1, -1, -1):
            answered[place] = answered[place + 1]
            for region in bits(domains[place]):
                answered[place] &= self.matching[place][region]
        covered: set[tuple[int, int]] = set()

        def search(place: int, left: int) -> tuple[int, ...] | None:
            if not left:
                return tuple(next(bits(domain), 0) for domain in domains[place:])
            if left & answered[place] or (place, left) in covered:
                return None
            tried: set[int] = set()
            for region in bits(domains[place]):
                self.budget -= 1
                if self.budget < 0:
                    raise BudgetSpent
                remaining = left & self.matching[place][region]
                if remaining in tried:
                    continue
                tried.add(remaining)
                found = search(place + 1, remaining)
                if found is not None:
                    return (region, *found)
            covered.add((place, left))
            return None

        return search(0, rules) if all(domains) else None


def bits(mask: int) -> "Bits":
    """The places of the bits that are set, lowest first."""
    return Bits(mask)


class Bits:
    """Iterates over set bits."""

    def __init__(self, mask: int) -> None:
        self.mask = mask

    def __iter__(self) -> "Bits":
        return self

    def __next__(self) -> int:
        if not self.mask:
            raise StopIteration
        lowest = self.mask & -self.mask
        self.mask ^= lowest
        return lowest.bit_length() - 1
