# SPDX-License-Identifier: EUPL-1.2
"""When a permit leaves the town's list: a year after it has run out nobody asks for it any more.

Until then the file of its case is kept too. The year is example data of the demo town.
"""

from datetime import timedelta

from engine.chores import DAILY, add_chore, removing
from processes.anwohnerparkausweis.models import Parkausweis

AUFBEWAHRUNG = timedelta(days=365)

add_chore(
    removing(
        "parkausweise", Parkausweis.id, lambda clock: Parkausweis.gueltig_bis < clock.today() - AUFBEWAHRUNG, DAILY
    )
)
