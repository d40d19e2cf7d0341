# SPDX-License-Identifier: EUPL-1.2
"""Who belongs together, whether somebody knows their password, and what a password must be like; and no tenants."""

from flask import Response
from flask_limiter.util import get_remote_address

from engine.identity import authenticate
from engine.queries.people import people
from web.api import blueprint
from web.api.answers import answer, count
from web.api.asked import Question, body
from web.api.describing import asks, gives, takes
from web.api.guard import machine, require, require_any
from web.api.lists import needed_text
from web.api.problems import Refused, missing
from web.api.shapes.town import AuthenticationResult, GroupInfo, PasswordPolicy, PasswordRule, Tenant
from web.bootstrap import platform
from web.security import limiter
from web.transaction import session

#: As on the command line, where people get theirs.
SHORTEST_PASSWORD = 10
_RULE = "PASSWORD_POLICY_LENGTH"


@blueprint.get("/identity/groups")
@asks(("userId",))
@gives(GroupInfo)
def groups_of_user() -> Response:
    """The groups of somebody, and who else is in them."""
    name = Question.of_request().text("userId")
    if name is None:
        require_any("identity", "read")
        raise Refused("No user id was supplied")
    if name != machine().name:
        require("identity", "read", name)
    return answer(_together(name))


@blueprint.post("/identity/verify")
@limiter.limit(
    "10 per 15 minutes", key_func=lambda: f"verify:{_whom()}", deduct_when=lambda answered: _failed(answered)
)
@takes(username="text!", password="text!")
@gives(AuthenticationResult)
def verify_password() -> Response:
    """Whether a person knows their password. Those of programs are shown with every request anyway."""
    require("identity", "read")
    sent = body()
    name, password = needed_text(sent, "username", 100), needed_text(sent, "password", 1000)
    # Hashing takes long on purpose; a session of its own keeps the write lock free meanwhile.
    with platform().db.reading() as looking:
        found = authenticate(looking, name, password)
    return answer({"authenticatedUser": found.actor.name if found else name, "authenticated": found is not None})


@blueprint.get("/identity/password-policy")
@gives(PasswordPolicy)
def password_policy() -> Response:
    """What a password must be like."""
    require_any("identity", "read")
    return answer({"rules": [_rule()]})


@blueprint.post("/identity/password-policy")
@takes(password="text!")
@gives(PasswordPolicy)
def check_password() -> Response:
    """Whether a password is like that."""
    require_any("identity", "read")
    fits = len(needed_text(body(), "password", 1000)) >= SHORTEST_PASSWORD
    return answer({"rules": [{**_rule(), "valid": fits}], "valid": fits})


@blueprint.get("/tenant")
@gives(list[Tenant])
def tenants() -> Response:
    """There are none; what deployments are labelled with keeps nobody out."""
    return answer([])


@blueprint.get("/tenant/count")
def tenant_count() -> Response:
    """None."""
    return count(0)


@blueprint.get("/tenant/<id>")
def tenant(id: str) -> Response:
    """Not one."""
    require_any("identity", "read")
    raise missing(f"Tenant with id {id[:100]} does not exist")


def _together(name: str) -> GroupInfo:
    known = people(session())
    own = next((person.groups for person in known if person.name == name), ())
    others = [person for person in known if person.name != name and set(person.groups) & set(own)]
    return {
        "groups": [{"id": key, "name": key} for key in own],
        "groupUsers": [
            {
                "id": person.name,
                "firstName": person.first_name,
                "lastName": person.last_name,
                "displayName": f"{person.first_name} {person.last_name}".strip(),
            }
            for person in others
        ],
    }


def _rule() -> PasswordRule:
    return {"placeholder": _RULE, "parameter": {"minLength": str(SHORTEST_PASSWORD)}}


def _whom() -> str:
    name = body().get("username")
    return f"{get_remote_address()}:{str(name)[:100]}"


def _failed(answered: Response) -> bool:
    return answered.is_json and '"authenticated":false' in answered.get_data(as_text=True)
