# SPDX-License-Identifier: EUPL-1.2
"""The inbox: where clerks find their tasks, decide them and look into cases."""

from flask import Blueprint

from web.auth import clerks_only

blueprint = Blueprint("inbox", __name__)
blueprint.before_request(clerks_only)

from web.inbox import case, nachrichten, queues, task  # noqa: E402, F401 – the views register on the blueprint above
