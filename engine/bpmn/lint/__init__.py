# SPDX-License-Identifier: EUPL-1.2
"""What a drawn process must keep so that it can be run as it is drawn.

An error is a model that cannot be executed rightly, or is surely wrong; a warning is worth a look.
"""

from collections.abc import Callable, Iterator

from engine.bpmn.lint.activities import check_activities
from engine.bpmn.lint.complaints import Complaint, as_finding
from engine.bpmn.lint.events import check_events
from engine.bpmn.lint.expressions import check_expressions
from engine.bpmn.lint.gateways import check_gateways
from engine.bpmn.lint.joins import check_joins
from engine.bpmn.lint.literals import check_literals
from engine.bpmn.lint.pairs import check_pairs
from engine.bpmn.lint.placement import check_placement
from engine.bpmn.lint.size import check_size
from engine.bpmn.lint.structure import check_structure
from engine.bpmn.lint.subprocesses import check_subprocesses
from engine.bpmn.lint.variables import check_variables
from engine.bpmn.model import Process
from engine.errors import Finding

__all__ = ["lint"]

_RULES: tuple[Callable[[Process], Iterator[Complaint]], ...] = (
    check_structure,
    check_gateways,
    check_events,
    check_pairs,
    check_subprocesses,
    check_activities,
    check_placement,
    check_expressions,
    check_literals,
    check_size,
    check_joins,
    check_variables,
)


def lint(process: Process, resource: str) -> list[Finding]:
    """Everything that keeps the process from being run as it is drawn, and everything that is worth a look."""
    if not _hangs_together(process):
        return []
    complaints = dict.fromkeys(complaint for rule in _RULES for complaint in rule(process))
    return [as_finding(complaint, process, resource) for complaint in complaints]


def _hangs_together(process: Process) -> bool:
    """Whether ids tell elements apart; if they do not, that has been told, and no rule would tell anything true."""
    if "" in process.nodes or "" in process.flows:
        return False
    for node in process.nodes.values():
        around: set[str] = set()
        while node.parent:
            if node.parent in around or node.parent not in process.nodes:
                return False
            around.add(node.parent)
            node = process.nodes[node.parent]
    return True
