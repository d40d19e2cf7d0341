# SPDX-License-Identifier: EUPL-1.2
"""Reading BPMN: XML to a plain model, with findings for whatever cannot be run. Knows no SpiffWorkflow."""

from engine.bpmn.formdata import form_of, typed_default
from engine.bpmn.model import Flow, Node, Process, Timer
from engine.bpmn.reading import read_process, read_processes, read_processes_with_findings

__all__ = [
    "Flow",
    "Node",
    "Process",
    "Timer",
    "form_of",
    "read_process",
    "read_processes",
    "read_processes_with_findings",
    "typed_default",
]
