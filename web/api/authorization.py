# SPDX-License-Identifier: EUPL-1.2
"""What accounts may do, as Camunda 7 would say it: derived from their grants, changed on the command line only."""

from collections.abc import Iterable, Iterator

from flask import Response

from engine.grants import ALL, PERMISSIONS, RESOURCES, Grant, Grants
from engine.queries.people import grants_by_account
from web.api import blueprint
from web.api.answers import answer, count
from web.api.asked import Question
from web.api.describing import asks, gives
from web.api.guard import grants, machine, require, require_any
from web.api.problems import Refused, missing
from web.api.shapes.town import Authorization, AuthorizationCheck
from web.transaction import session

#: Number of a kind of thing there → what it is here.
RESOURCE_TYPES = {
    1: "identity",
    2: "identity",
    3: "identity",
    4: "identity",
    5: "task",
    6: "process-definition",
    7: "task",
    8: "process-instance",
    9: "deployment",
    10: "decision",
    11: "identity",
    13: "batch",
    14: "decision",
    17: "history",
    19: "history",
    20: "history",
}
#: What lists can be asked for.
_CRITERIA = {
    "id": "text",
    "type": "number",
    "userIdIn": "texts",
    "groupIdIn": "texts",
    "resourceType": "number",
    "resourceId": "text",
}
#: Beginning of a permission's name there → what it is here.
_PERMISSIONS = {"READ": "read", "CREATE": "create", "DELETE": "delete", "UPDATE": "update", "TASK": "update"}
_OTHERS = {"RETRY_JOB": "update", "SUSPEND": "update", "MIGRATE_INSTANCE": "update", "SUSPEND_INSTANCE": "update"}


@blueprint.get("/authorization")
@asks(_CRITERIA)
@gives(list[Authorization])
def authorizations() -> Response:
    """Those that fit: one's own, and those of others for whoever may know the accounts."""
    question = Question.of_request()
    span = question.span()
    return answer(_found(question)[span.first : span.first + span.most])


@blueprint.get("/authorization/count")
@asks(_CRITERIA)
def authorization_count() -> Response:
    """How many fit."""
    return count(len(_found(Question.of_request())))


@blueprint.get("/authorization/check")
@asks(
    {"permissionName": "text", "resourceName": "text", "resourceType": "number", "resourceId": "text", "userId": "text"}
)
@gives(AuthorizationCheck)
def check_authorization() -> Response:
    """Whether one may do a certain thing, or another account may."""
    if not grants().all:
        require_any("identity", "read")
    question = Question.of_request()
    name, number = question.text("permissionName"), question.number("resourceType")
    if name is None or number is None or "resourceName" not in question:
        raise Refused("permissionName, resourceName and resourceType are needed.")
    thing = question.text("resourceId")
    held = _grants_of(question.text("userId"))
    allowed = all(held.allow(RESOURCE_TYPES.get(number, ""), each, thing) for each in _permissions(name))
    about = {"permissionName": name, "resourceName": question.text("resourceName"), "resourceId": thing}
    return answer({**about, "authorized": allowed})


@blueprint.get("/authorization/<path:id>")
@gives(Authorization)
def authorization(id: str) -> Response:
    """One of them."""
    found = next((each for each in _all() if each["id"] == id), None)
    if found is None:
        require_any("identity", "read")
        raise missing(f"Authorization with id {id[:200]} does not exist.")
    return answer(found)


def _grants_of(account: str | None) -> Grants:
    if account is None or account == machine().name:
        return grants()
    require("identity", "read", account)
    return Grants(grants_by_account(session(), account).get(account, ()))


def _permissions(name: str) -> list[str]:
    if name == "ALL":
        return list(PERMISSIONS)
    found = _OTHERS.get(name) or _PERMISSIONS.get(name.partition("_")[0])
    # Nobody has what is not known here.
    return [found] if found is not None else [""]


def _found(question: Question) -> list[Authorization]:
    kind, users = question.number("type"), question.texts("userIdIn")
    number, thing = question.number("resourceType"), question.text("resourceId")
    found = [
        each
        for each in _all()
        if (kind is None or each["type"] == kind)
        and (users is None or each["userId"] in users)
        and "groupIdIn" not in question
        and (number is None or each["resourceType"] == number)
        and (thing is None or each["resourceId"] == thing)
        and question.text("id") in (None, each["id"])
    ]
    for order in reversed(question.orders("resourceType", "resourceId")):
        found.sort(key=lambda each, by=order.by: each[by], reverse=order.descending)  # type: ignore[misc]  # a default binds the name
    return found


def _all() -> list[Authorization]:
    own = None if grants().allow("identity", "read", ALL) else machine().name
    held = grants_by_account(session(), own)
    return [each for account, given in held.items() for each in _of_account(account, given)]


def _of_account(account: str, given: Iterable[Grant]) -> Iterator[Authorization]:
    by_thing: dict[tuple[str, str], set[str]] = {}
    for grant in given:
        for resource in RESOURCES if grant.resource == ALL else (grant.resource,):
            by_thing.setdefault((resource, grant.key), set()).add(grant.permission)
    for (resource, key), permissions in sorted(by_thing.items()):
        is_all = ALL in permissions or permissions == set(PERMISSIONS)
        for number in (number for number, known in RESOURCE_TYPES.items() if known == resource):
            yield {
                "id": f"{account}:{number}:{key}",
                "type": 1,
                "permissions": ["ALL"] if is_all else sorted(each.upper() for each in permissions),
                "userId": account,
                "groupId": None,
                "resourceType": number,
                "resourceId": key,
                "removalTime": None,
                "rootProcessInstanceId": None,
            }
