# SPDX-License-Identifier: EUPL-1.2
"""Who has to do with a task: who has it, who owns it, who may take it."""

from typing import Any

from flask import Response

from engine.delegation import Link, LinkType, add_link, links_of_task, remove_link
from web.api import blueprint
from web.api.answers import answer, nothing
from web.api.asked import Question, body
from web.api.describing import asks, gives, takes
from web.api.guard import machine
from web.api.problems import Refused
from web.api.shapes.work import IdentityLink
from web.api.task_query import account_name, acting_on, task_for, task_to_hand_on
from web.bootstrap import platform
from web.transaction import session

_TYPES: dict[str, LinkType] = {"candidate": "candidate", "assignee": "assignee", "owner": "owner"}


@blueprint.get("/task/<id>/identity-links")
@asks(("type",))
@gives(list[IdentityLink])
def identity_links(id: str) -> Response:
    """All of them, or those of a type."""
    wanted = Question.of_request().text("type")
    links = links_of_task(session(), task_for("read", id).id)
    found = [link for link in links if wanted in (None, link.type)]
    return answer([{"userId": link.user, "groupId": link.group, "type": link.type} for link in found])


@blueprint.post("/task/<id>/identity-links")
@takes(type="text!", userId="text", groupId="text")
def add_identity_link(id: str) -> Response:
    """Link somebody or a group to a task."""
    link = _link(body())
    with acting_on(id):
        task_to_hand_on(id)
        add_link(session(), platform().services, id, link, machine())
    return nothing()


@blueprint.post("/task/<id>/identity-links/delete")
@takes(type="text!", userId="text", groupId="text")
def delete_identity_link(id: str) -> Response:
    """Take a link off."""
    link = _link(body())
    with acting_on(id):
        task_to_hand_on(id)
        remove_link(session(), platform().services, id, link, machine())
    return nothing()


def _link(sent: dict[str, Any]) -> Link:
    user, group = account_name(sent, "userId"), account_name(sent, "groupId")
    kind = _TYPES.get(str(sent.get("type")))
    if kind is None:
        raise Refused("The type of an identity link is candidate, assignee or owner.")
    if (user is None) is (group is None):
        raise Refused("Identity Link requires userId or groupId, but not both.")
    if group is not None and kind != "candidate":
        raise Refused("Incompatible usage: cannot use type assignee or owner together with a groupId.")
    return Link(kind, user, group)
