# SPDX-License-Identifier: EUPL-1.2
"""What clients ask first: which version speaks, and whether there is an engine at all."""

from flask import Response

from web.api import blueprint
from web.api.answers import answer
from web.api.describing import gives
from web.api.guard import open_to_all
from web.api.shapes.town import Engine, Version

#: The version of Camunda 7 whose REST API this is; the Modeler chooses what it checks by it.
SPOKEN = "7.24.0"


@blueprint.get("/version")
@gives(Version)
def version() -> Response:
    """The version of the API."""
    return answer({"version": SPOKEN})


@blueprint.get("/engine")
@open_to_all
@gives(list[Engine])
def engines() -> Response:
    """The engines; there is one."""
    return answer([{"name": "default"}])
