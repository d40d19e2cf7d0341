# SPDX-License-Identifier: EUPL-1.2
"""Execution: the only package that imports SpiffWorkflow.

SpiffWorkflow gives the task tree, the task states and the life cycle of a task spec. The specs are ours and are built
from our own reading of the model; nothing is predicted, finished branches leave the tree at once, `task.data` stays
empty, and the step loop is ours. `docs/adr` says why.
"""
