# SPDX-License-Identifier: EUPL-1.2
"""The one thing that a request names, handed out only to accounts that may do that to it.

What does not exist is 404, what is not granted 403; both for reading and for writing.
"""

from engine.cases import CaseInfo, find_case
from engine.definitions import load_definition
from engine.deployed import Definition
from engine.errors import CaseNotFound, DefinitionNotFound
from engine.queries.definitions import newest_id
from web.api.guard import require
from web.api.ids import definition_id, definition_number
from web.api.problems import missing
from web.bootstrap import platform
from web.transaction import session


def case_for(permission: str, case_id: str, resource: str = "process-instance") -> CaseInfo:
    """A case that goes on, for an account that may do this to it."""
    try:
        case = find_case(session(), case_id)
    except CaseNotFound:
        raise missing(f"Process instance with id {case_id} does not exist") from None
    require(resource, permission, case.definition_key)
    return case


def running_case_for(permission: str, case_id: str) -> CaseInfo:
    """The same, only while the case goes on: Camunda's runtime forgets instances that have ended."""
    case = case_for(permission, case_id)
    if case.state != "active":
        raise missing(f"Process instance with id {case_id} does not exist")
    return case


def definition_for(permission: str, text: str, resource: str = "process-definition") -> Definition:
    """A process definition by its id."""
    try:
        found = load_definition(session(), platform().services, definition_number(text))
    except DefinitionNotFound:
        found = None
    if found is None or definition_id(found) != text:
        raise missing(f"No matching definition with id {text}")
    require(resource, permission, found.key)
    return found


def newest_definition_for(
    permission: str, key: str, tenant_id: str | None = None, resource: str = "process-definition"
) -> Definition:
    """The newest version of a process by its key."""
    require(resource, permission, key)
    number = newest_id(session(), key, tenant_id)
    if number is None:
        which = f"tenant-id: {tenant_id}" if tenant_id else "no tenant-id"
        raise missing(f"No matching process definition with key: {key} and {which}")
    return load_definition(session(), platform().services, number)
