# SPDX-License-Identifier: EUPL-1.2
"""The public page behind the code on a resident's parking permit: a warden sees at arm's length whether it is valid."""

from flask import render_template
from flask.typing import ResponseReturnValue

from processes.anwohnerparkausweis.queries import ausweis_by_code
from web.bootstrap import platform
from web.portal import blueprint
from web.security import limiter
from web.transaction import session


@blueprint.get("/ausweis/<code>")
@limiter.limit("60 per minute")
def permit(code: str) -> ResponseReturnValue:
    """Valid, expired or blocked; plate, zone and term. No name and no address."""
    clock = platform().clock
    found = ausweis_by_code(session(), code, clock.today())
    if found is None:
        return render_template("portal/ausweis_unbekannt.html"), 404
    return render_template("portal/ausweis.html", permit=found, now=clock.now())
