# SPDX-License-Identifier: EUPL-1.2
"""What is wrong with a decision model, or with one evaluation of it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing in a model that keeps it from being used."""

    element_id: str
    reason: str
    cure: str
    element_name: str = ""


class DmnError(Exception):
    """Base of everything this package raises."""


class DmnRefused(DmnError):
    """The model cannot be used; `findings` name every element that is wrong, why, and what to do."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(f"{found.element_id}: {found.reason}" for found in findings))
        self.findings = tuple(findings)


class RulesOverlap(DmnError):
    """More than one rule matches in a table that allows only one."""

    def __init__(self, decision: str, rules: Sequence[str]) -> None:
        super().__init__(f"In the decision {decision} several rules match, but only one may: {', '.join(rules)}.")
        self.decision = decision
        self.rules = tuple(rules)


class RulesDisagree(RulesOverlap):
    """Several rules match in a table that allows this only where all give the same, and they do not."""

    def __init__(self, decision: str, rules: Sequence[str]) -> None:
        DmnError.__init__(self, f"In the decision {decision} rules match with different results: {', '.join(rules)}.")
        self.decision = decision
        self.rules = tuple(rules)


class ValueNotConvertible(DmnError):
    """A value is not of the type that the model declares, and cannot be read as one; `reason` says why."""

    def __init__(self, decision: str, column: str, value: str, wanted: str, reason: str = "") -> None:
        super().__init__(f"In the decision {decision}, {column} is {value}, which is no {wanted}.")
        self.decision = decision
        self.column = column
        self.reason = reason
