# SPDX-License-Identifier: EUPL-1.2
"""Execution: the only package that imports SpiffWorkflow.

SpiffWorkflow gives the task tree, the task states and the life cycle of a task spec. The specs are ours and are built
from our own reading of the model; nothing is predicted, finished branches leave the tree at once, `task.data` stays
empty, and the step loop is ours. `docs/adr` says why.
"""

import logging

# The library logs every change of a token's state, at INFO; our history says the same and says it better.
logging.getLogger("spiff").setLevel(logging.WARNING)
