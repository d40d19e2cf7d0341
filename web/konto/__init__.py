# SPDX-License-Identifier: EUPL-1.2
"""Mein Rathaus: the account of a citizen. Everything that the portal offers works without one."""

from flask import Blueprint

from web.citizens import citizens_only
from web.secrecy import hide_address
from web.security import keep_address_secret, public

#: The way in: register, confirm, log in, a new password.
entrance = Blueprint("zugang", __name__)
entrance.before_request(public)
#: What only whoever is logged in sees.
blueprint = Blueprint("konto", __name__)
blueprint.before_request(citizens_only)
for pages in (entrance, blueprint):
    pages.before_request(keep_address_secret)
    pages.after_request(hide_address)

from web.konto import (  # noqa: E402, F401 – the views register on the blueprints above
    angaben,
    anmeldedienst,
    anmelden,
    auskunft,
    passkeys,
    registrieren,
    sicherheit,
    uebersicht,
)
