# SPDX-License-Identifier: EUPL-1.2
"""Ids as Camunda 7 forms them, and what they stand for here.

| there                   | here                                                                           |
|-------------------------|--------------------------------------------------------------------------------|
| process definition      | `key:version:number`, the number of the row                                    |
| deployment, incident    | the number of the row                                                          |
| process instance        | the id of the case                                                             |
| execution               | the id of the token; that of the case for the case itself                      |
| activity instance       | `element:token`; the id of the case for the case itself                        |
| … of a repeated one     | `element#multiInstanceBody:token` for the whole, `element:token` for a round   |
| transition instance     | `element:token` too, of a token that waits for a commit                        |
| task, job, subscription | the id of the row; that of a task is its token's                               |
"""

from engine.deployed import Definition, DefinitionInfo
from web.api.problems import missing

#: Row ids are no larger than this in any database.
_LARGEST = 2**31 - 1
BODY = "#multiInstanceBody"


def definition_id(definition: Definition | DefinitionInfo) -> str:
    """A process definition."""
    return definition_text(definition.key, definition.version, definition.id)


def definition_text(key: str, version: int, number: int) -> str:
    """The same from its parts."""
    return f"{key}:{version}:{number}"


def definition_number(text: str) -> int:
    """The row of a process definition; a text that is no such id names no row."""
    return number_of(text.rpartition(":")[2]) or -1


def number_of(text: str) -> int | None:
    """A row's number; None when it is none."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) <= _LARGEST):
        return None
    return int(text)


def row_number(text: str, what: str) -> int:
    """A row's number, or 404 that says what there is not: `row_number(id, "Deployment with id 'x' does not exist")`."""
    found = number_of(text)
    if found is None:
        raise missing(what)
    return found


def activity_instance_id(element_id: str, token_id: str, *, whole: bool = False) -> str:
    """A place at which a case stands; `whole`: of a repeated activity as a whole."""
    return f"{element_id}{BODY if whole else ''}:{token_id}"


def token_of_instance(text: str) -> str:
    """The token in an activity or transition instance id; other ids are left as they are."""
    return text.rpartition(":")[2]


#: Kinds of incidents: here → there.
INCIDENT_TYPES = {
    "job_failed": "failedJob",
    "external_failed": "failedExternalTask",
    "step_failed": "failedStep",
    "form_missing": "formMissing",
}


def incident_type(kind: str) -> str:
    """What an incident is called there."""
    return INCIDENT_TYPES.get(kind, kind)


def incident_kinds(type_name: str | None) -> list[str] | None:
    """The kinds that are called so there; None when nothing is asked."""
    if type_name is None:
        return None
    return [kind for kind, known in INCIDENT_TYPES.items() if known == type_name] or [type_name]
