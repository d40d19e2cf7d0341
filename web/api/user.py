# SPDX-License-Identifier: EUPL-1.2
"""The people who may log in. They are changed on the command line, not by programs."""

from collections.abc import Callable

from flask import Response

from engine.queries.people import Person, people
from engine.queries.variables import Condition, holds
from web.api import blueprint
from web.api.answers import answer, count
from web.api.asked import Question
from web.api.describing import asks, gives
from web.api.guard import granted, machine, require
from web.api.problems import missing
from web.api.shapes.town import User
from web.transaction import session

_SORTED_BY: dict[str, Callable[[Person], str]] = {
    "userId": lambda person: person.name,
    "firstName": lambda person: person.first_name,
    "lastName": lambda person: person.last_name,
    "email": lambda person: "",
}

USER_CRITERIA = {
    "id": "text",
    "idIn": "texts",
    "firstName": "text",
    "firstNameLike": "text",
    "lastName": "text",
    "lastNameLike": "text",
    "email": "text",
    "emailLike": "text",
    "memberOfGroup": "text",
    "memberOfTenant": "text",
    "potentialStarter": "text",
}


@blueprint.get("/user")
@asks(USER_CRITERIA)
@gives(list[User])
def users() -> Response:
    """Those who fit."""
    question = Question.of_request()
    span = question.span()
    return answer([profile(person) for person in _found(question)[span.first : span.first + span.most]])


@blueprint.get("/user/count")
@asks(USER_CRITERIA)
def user_count() -> Response:
    """How many fit."""
    return count(len(_found(Question.of_request())))


@blueprint.get("/user/<id>/profile")
@gives(User)
def user_profile(id: str) -> Response:
    """One of them; every account may look at itself."""
    if id == machine().name:
        return answer({"id": id, "firstName": id, "lastName": "", "email": None})
    require("identity", "read", id)
    found = next((person for person in people(session()) if person.name == id), None)
    if found is None:
        raise missing(f"User with id {id[:100]} does not exist")
    return answer(profile(found))


def profile(person: Person) -> User:
    """Somebody. Addresses are kept nowhere."""
    return {"id": person.name, "firstName": person.first_name, "lastName": person.last_name, "email": None}


def like(value: str, pattern: str | None) -> bool:
    """Whether a text fits a pattern; None is no pattern."""
    return pattern is None or holds(Condition("value", "like", pattern), {"value": value})


def _found(question: Question) -> list[Person]:
    keys, ids = granted("identity"), question.texts("idIn")
    of_group = question.text("memberOfGroup")
    equal = {"id": "name", "firstName": "first_name", "lastName": "last_name"}
    asked = {field: question.text(name) for name, field in equal.items() if name in question}
    found = [
        person
        for person in people(session())
        if (keys is None or person.name in keys)
        and (ids is None or person.name in ids)
        and all(getattr(person, field) == value for field, value in asked.items())
        and like(person.first_name, question.text("firstNameLike"))
        and like(person.last_name, question.text("lastNameLike"))
        and (of_group is None or of_group in person.groups)
    ]
    if any(name in question for name in ("email", "emailLike", "memberOfTenant", "potentialStarter")):
        return []
    for order in reversed(question.orders(*_SORTED_BY)):
        found.sort(key=_SORTED_BY[order.by], reverse=order.descending)
    return found
