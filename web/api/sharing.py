# SPDX-License-Identifier: EUPL-1.2
"""Letting programs that live in a browser window (the Camunda Modeler, web clients) call from any origin."""

from flask import Response, request

PREFIX = "/engine-rest"
#: What lets pages of any origin call.
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET,POST,PUT,DELETE,OPTIONS",
    "Access-Control-Allow-Headers": "authorization,content-type,accept",
    "Access-Control-Max-Age": "600",
}


def is_for_machines() -> bool:
    """Whether this request goes to the API, also when there is nothing at its address."""
    return request.path == PREFIX or request.path.startswith(f"{PREFIX}/")


def share_with_every_origin(response: Response) -> Response:
    """Safe because nothing here listens to cookies: a foreign page gets no further than a foreign program."""
    if is_for_machines():
        response.headers.update(HEADERS)
    return response
