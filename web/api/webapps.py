# SPDX-License-Identifier: EUPL-1.2
"""Where the web pages are that clients of Camunda 7 link to: ours.

The Camunda Modeler asks for `/.well-known/camunda-automation-platform/webapps` after a deployment and links to
`COCKPIT/default/#/process-instance/ID`. What stands behind the `#` is not sent to us; a script of the page takes it to
the same address without.
"""

from collections.abc import Callable

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from web.api.answers import answer
from web.api.sharing import HEADERS
from web.security import public

webapps = Blueprint("webapps", __name__)
webapps.before_request(public)

_PAGES: dict[str, Callable[[str], str]] = {
    "process-instance": lambda thing: url_for("inbox.case", case_id=thing),
    "task": lambda thing: url_for("inbox.task", task_id=thing),
}


@webapps.get("/.well-known/camunda-automation-platform/webapps")
def addresses() -> Response:
    """Addresses of what are three applications elsewhere."""
    apps = f"{request.url_root}camunda/app/"
    response = answer({name: f"{apps}{path}/" for name, path in _APPS.items()})
    response.headers.update(HEADERS)
    return response


_APPS = {"adminUrl": "admin", "cockpitUrl": "cockpit", "tasklistUrl": "tasklist"}


@webapps.get("/camunda/app/<app>/", defaults={"path": ""})
@webapps.get("/camunda/app/<app>/<path:path>")
def page(app: str, path: str) -> ResponseReturnValue:
    """The page of ours that is meant: of a case, of a task, else the inbox."""
    words = path.strip("/").split("/")
    for kind, thing in zip(words, words[1:], strict=False):
        if kind in _PAGES and thing:
            return redirect(_PAGES[kind](thing))
    return redirect(url_for("inbox.queue"))
