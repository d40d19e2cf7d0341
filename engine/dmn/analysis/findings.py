# SPDX-License-Identifier: EUPL-1.2
"""What the analysis of decisions has to say."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Weakness:
    """Something in a readable model that will go wrong, or that may: only the designer knows which cases exist."""

    element_id: str
    reason: str
    cure: str
    severity: Literal["error", "warning"] = "warning"
    element_name: str = ""
