# SPDX-License-Identifier: EUPL-1.2
"""What the town's bank writes: statements as camt.053, camt.052, camt.054 and MT940."""

from connectors.bank.reading import read_statements
from connectors.bank.statements import Line, Statement, StatementRefused

__all__ = ["Line", "Statement", "StatementRefused", "read_statements"]
