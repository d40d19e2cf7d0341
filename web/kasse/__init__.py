# SPDX-License-Identifier: EUPL-1.2
"""The cashier's pages: what is open, bank statements, what has to be cleared, the journal. For the group `kasse`."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from web.auth import clerks_only, require_group

blueprint = Blueprint("kasse", __name__)


@blueprint.before_request
def cashiers_only() -> ResponseReturnValue | None:
    """The guard of all pages here."""
    to_login = clerks_only()
    if to_login is None:
        require_group("kasse")
    return to_login


from web.kasse import anbieter, auszuege, eingang, forderungen, klaerung, lastschriften, neu, uebersicht  # noqa: E402, F401 – the views register above
