# SPDX-License-Identifier: EUPL-1.2
"""What was found and waits for its owner: a list to search, without what only the owner knows."""

from flask import render_template, request

from processes.fundsache.queries import MOST, fundsachen
from web.portal import blueprint
from web.security import limiter
from web.transaction import session


@blueprint.get("/fundsachen")
@limiter.limit("120 per minute")
def finds() -> str:
    """Things that wait, the ones found last at the top."""
    words = request.args.get("suche", "").strip()[:100]
    return render_template("portal/fundsachen.html", words=words, finds=fundsachen(session(), words), most=MOST)
