# SPDX-License-Identifier: EUPL-1.2
"""Looking a whole town over, without changing anything: is everything true that must always be true?

`cases` compares what a case says of itself (its state) with the rows that lists and workers go by, `histories` looks at
what is written about it, `town` at what belongs to no single case. It reads in batches, each from one moment of the
database, so a town may be looked over while it works, however large it is.
"""

from engine.verify.findings import Finding, add_invariant
from engine.verify.inspection import verify_case, verify_town

__all__ = ["Finding", "add_invariant", "verify_case", "verify_town"]
