# SPDX-License-Identifier: EUPL-1.2
"""Who works on a task, and who may start a process."""

from typing import Any

from lxml import etree

from engine.bpmn.reading.expressions import expression, split_names
from engine.bpmn.reading.notes import Notes
from engine.bpmn.xml import BPMN, bpmn_children, camunda, extensions, local_name

Attributes = dict[str, Any]


def people_of(element: etree._Element, kind: str, notes: Notes) -> Attributes:
    """The attributes of a node that say who does it."""
    if kind == "startEvent":
        return {"initiator": camunda(element, "initiator")}
    if kind != "userTask":
        _check_roles(element, notes)
        return {}
    performers = [user for role in bpmn_children(element, "humanPerformer") for user in _assigned(role, notes)]
    users, groups = _potential_owners(element, notes)
    if len(performers) + bool(camunda(element, "assignee")) > 1:
        notes.refuse(element, "The task has several performers.", "Leave one, or name potential owners.")
    for role in bpmn_children(element, "performer", "resourceRole"):
        notes.warn(role, f"A {local_name(role)} only describes who is involved; it is not read.")
    return {
        "assignee": camunda(element, "assignee") or next(iter(performers), None),
        "candidate_users": (*split_names(camunda(element, "candidateUsers")), *users),
        "candidate_groups": (*split_names(camunda(element, "candidateGroups")), *groups),
        "due": camunda(element, "dueDate"),
        "follow_up": camunda(element, "followUpDate"),
        "priority": camunda(element, "priority"),
    }


def _check_roles(element: etree._Element, notes: Notes) -> None:
    for role in bpmn_children(element, "humanPerformer", "potentialOwner", "performer", "resourceRole"):
        notes.warn(role, f"A {local_name(role)} only describes who is involved; it is not read.")


def _assigned(role: etree._Element, notes: Notes) -> list[str]:
    expressions = role.iter(f"{{{BPMN}}}resourceAssignmentExpression")
    written = [text for found in expressions if (text := expression(found, "formalExpression", notes))]
    if not written:
        notes.warn(role, f"The {local_name(role)} names nobody in an expression; it is not read.")
    return written


def _potential_owners(holder: etree._Element, notes: Notes) -> tuple[list[str], list[str]]:
    """Users and groups of `user(anna), group(clerks)`; a plain name is a group."""
    users: list[str] = []
    groups: list[str] = []
    for role in bpmn_children(holder, "potentialOwner"):
        for written in _assigned(role, notes):
            _sort(written, users, groups)
    return users, groups


def _sort(written: str, users: list[str], groups: list[str]) -> None:
    for name in split_names(written):
        if name.startswith("user(") and name.endswith(")"):
            users.append(name[len("user(") : -1].strip())
        elif name.startswith("group(") and name.endswith(")"):
            groups.append(name[len("group(") : -1].strip())
        else:
            groups.append(name)


def starters_of(process: etree._Element, notes: Notes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Users and groups that may start a process."""
    users = [*split_names(camunda(process, "candidateStarterUsers"))]
    groups = [*split_names(camunda(process, "candidateStarterGroups"))]
    for starter in extensions(process, "potentialStarter"):
        for written in _assigned(starter, notes):
            _sort(written, users, groups)
    return tuple(users), tuple(groups)
