# SPDX-License-Identifier: EUPL-1.2
"""What anybody may read about the interface: its description as a page, and templates for the Camunda Modeler."""

from flask import Blueprint, Response, render_template

from web.api.answers import answer
from web.api.openapi import answers, document, fields, sections
from web.modeler import element_templates
from web.security import public

blueprint = Blueprint("everybody", __name__, url_prefix="/api")
# Signatures and addresses are in the source as well, and no data of the town is here.
blueprint.before_request(public)


@blueprint.get("/element-templates.json")
def templates() -> Response:
    """Element templates for the Camunda Modeler."""
    return answer(element_templates())


@blueprint.get("/docs")
def docs() -> str:
    """The description of the interface as a page."""
    return render_template("api/docs.html", document=document(), sections=sections(), fields=fields, answers=answers)
