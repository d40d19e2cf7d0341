# SPDX-License-Identifier: EUPL-1.2
"""Reports for other programs: Open311 GeoReport v2, as apps and neighbouring systems speak it."""

from flask import Blueprint

from web.security import csrf, public

PREFIX = "/open311/v2"

blueprint = Blueprint("open311", __name__, url_prefix=PREFIX)
# Reading is for everybody, as the standard wants; writing asks for the key of a machine account in each request.
blueprint.before_request(public)
csrf.exempt(blueprint)

from web.open311 import problems, requests, services  # noqa: E402, F401 – the views register on the blueprint above
