# SPDX-License-Identifier: EUPL-1.2
"""The cashier's list of payments that somebody has to look at: late, twice, or for nothing that we know."""

from flask import render_template
from flask.typing import ResponseReturnValue

from processes.rechnung.queries import klaerungsliste
from web.auth import require_group
from web.inbox import blueprint
from web.transaction import session


@blueprint.get("/kasse")
def payments() -> ResponseReturnValue:
    """Payments that arrived late or twice, newest first."""
    require_group("kasse")
    return render_template("inbox/payments.html", payments=klaerungsliste(session()))
