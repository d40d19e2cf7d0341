# SPDX-License-Identifier: EUPL-1.2
"""When a report leaves the public list: a year after it was closed. Example data of the demo town."""

from datetime import timedelta

from engine.chores import DAILY, add_chore, removing
from processes.maengelmelder.models import Mangel
from processes.maengelmelder.operations import ERLEDIGT

AUFBEWAHRUNG = timedelta(days=365)

add_chore(
    removing(
        "maengel",
        Mangel.id,
        lambda clock: (Mangel.stand == ERLEDIGT) & (Mangel.aktualisiert_am < clock.now() - AUFBEWAHRUNG),
        DAILY,
    )
)
