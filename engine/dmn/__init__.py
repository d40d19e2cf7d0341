# SPDX-License-Identifier: EUPL-1.2
"""Decisions of DMN 1.1 to 1.5: read, evaluate, explain.

A model that cannot be run completely and rightly is refused when it is read (`DmnRefused`), never half obeyed.
"""

from engine.dmn.dated import NoVersionValid, ReferenceDateMissing
from engine.dmn.decision import Decision, DecisionResult
from engine.dmn.errors import DmnError, DmnRefused, Finding, RulesDisagree, RulesOverlap, ValueNotConvertible
from engine.dmn.reading import load_decisions
from engine.dmn.trace import Trace

__all__ = [
    "Decision",
    "DecisionResult",
    "DmnError",
    "DmnRefused",
    "Finding",
    "NoVersionValid",
    "ReferenceDateMissing",
    "RulesDisagree",
    "RulesOverlap",
    "Trace",
    "ValueNotConvertible",
    "load_decisions",
]
