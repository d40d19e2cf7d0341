# SPDX-License-Identifier: EUPL-1.2
"""When a dog leaves the town's list: four full years after the one in which tax was last owed for it.

Until then an assessment can still be changed (§ 169 AO, by way of § 3 KAG). Example data of the demo town.
"""

from datetime import date

from engine.chores import DAILY, add_chore, removing
from processes.hundesteuer.models import Hund

AUFBEWAHRUNG_JAHRE = 4

add_chore(
    removing(
        "hunde", Hund.id, lambda clock: Hund.steuer_bis < date(clock.today().year - AUFBEWAHRUNG_JAHRE, 1, 1), DAILY
    )
)
