# SPDX-License-Identifier: EUPL-1.2
"""When a find leaves the books: three years after it was given back or fell to somebody (§ 977 BGB, § 195 BGB)."""

from datetime import timedelta

from engine.chores import DAILY, add_chore, removing
from processes.fundsache.models import Fund

AUFBEWAHRUNG = timedelta(days=3 * 365)

add_chore(removing("fundsachen", Fund.id, lambda clock: Fund.abgeschlossen_am < clock.today() - AUFBEWAHRUNG, DAILY))
