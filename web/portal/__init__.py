# SPDX-License-Identifier: EUPL-1.2
"""The portal: citizens find a service, apply for it, follow what becomes of it and pay. Nobody needs an account."""

from flask import Blueprint

from web.secrecy import hide_address, let_large_files_in
from web.security import public

blueprint = Blueprint("portal", __name__)
blueprint.before_request(public)
# Before anything looks at the request's body: the size limit and the secrecy of the address hold on error pages too.
blueprint.url_value_preprocessor(let_large_files_in)
blueprint.after_request(hide_address)

from web.portal import (  # noqa: E402, F401 – the views register on the blueprint above
    anwohnerparkausweis,
    application,
    catalogue,
    feed,
    fundsachen,
    instalments,
    legal,
    maengel,
    nachrichten,
    payment,
    receipt,
    reply,
    sending,
    status,
    withdrawing,
)

payment.register(blueprint)
instalments.register(blueprint)
