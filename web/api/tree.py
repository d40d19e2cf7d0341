# SPDX-License-Identifier: EUPL-1.2
"""Where a process instance stands, in Camunda's shape: activity instances, and transition instances between them."""

from engine.cases import CaseInfo
from engine.definitions import load_definition
from engine.queries.places import Place, places
from web.api.elements import BODY_TYPE, activity_type
from web.api.ids import BODY, activity_instance_id, definition_id
from web.api.shapes.runtime import ActivityInstance, OfInstance, PlaceOfInstance, TransitionInstance, WithinInstance
from web.bootstrap import platform
from web.transaction import session


def activity_tree(case: CaseInfo) -> ActivityInstance:
    """The tree of a case, whose root is the case itself."""
    definition = load_definition(session(), platform().services, case.definition_id)
    about: OfInstance = {"processInstanceId": case.id, "processDefinitionId": definition_id(definition)}
    return {
        "id": case.id,
        "parentActivityInstanceId": None,
        "activityId": definition_id(definition),
        "activityName": definition.name or None,
        "name": definition.name or None,
        "activityType": "processDefinition",
        **about,
        "executionIds": [case.id],
        "incidentIds": [],
        "incidents": [],
        **_below(case.id, places(session(), definition, case.id), about),
    }


def _below(parent: str, found: tuple[Place, ...], about: OfInstance) -> WithinInstance:
    return {
        "childActivityInstances": [_activity(place, parent, about) for place in found if not place.between],
        "childTransitionInstances": [_transition(place, parent, about) for place in found if place.between],
    }


def _activity(place: Place, parent: str, about: OfInstance) -> ActivityInstance:
    described = _described(place, parent, about)
    return {**described, "executionIds": [place.token_id], **_below(described["id"], place.children, about)}


def _transition(place: Place, parent: str, about: OfInstance) -> TransitionInstance:
    described = _described(place, parent, about)
    return {**described, "executionId": place.token_id, "targetActivityId": described["activityId"]}


def _described(place: Place, parent: str, about: OfInstance) -> PlaceOfInstance:
    node = place.node
    element = node.id + (BODY if place.whole else "")
    return {
        "id": activity_instance_id(node.id, place.token_id, whole=place.whole),
        "parentActivityInstanceId": parent,
        "activityId": element,
        "activityName": node.name or None,
        "name": node.name or None,
        "activityType": BODY_TYPE if place.whole else activity_type(node),
        **about,
        "incidentIds": [str(number) for number in place.incidents],
        "incidents": [{"id": str(number), "activityId": node.id} for number in place.incidents],
    }
