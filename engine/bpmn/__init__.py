# SPDX-License-Identifier: EUPL-1.2
"""Reading BPMN: XML to a plain model, with findings for whatever cannot be run. Knows no SpiffWorkflow."""

from engine.bpmn.model import Flow, Node, Process, Timer
from engine.bpmn.reading import read_process

__all__ = ["Flow", "Node", "Process", "Timer", "read_process"]
