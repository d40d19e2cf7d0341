# SPDX-License-Identifier: EUPL-1.2
"""How process definitions and their instances look in answers, and how queries ask for definitions."""

from engine.cases import CaseInfo
from engine.queries.definitions import ORDERS, DefinitionLine, WantedDefinitions
from web.api.answers import link_to
from web.api.asked import Question
from web.api.guard import granted
from web.api.ids import definition_number, definition_text, incident_kinds, number_of
from web.api.shapes.repository import ProcessDefinition
from web.api.shapes.runtime import ProcessInstance

#: What lists of definitions can be asked for.
DEFINITION_CRITERIA = {
    "processDefinitionId": "text",
    "processDefinitionIdIn": "texts",
    "key": "text",
    "keysIn": "texts",
    "keyLike": "text",
    "name": "text",
    "nameLike": "text",
    "category": "text",
    "categoryLike": "text",
    "resourceName": "text",
    "resourceNameLike": "text",
    "deploymentId": "text",
    "deployedAfter": "moment",
    "deployedAt": "moment",
    "version": "number",
    "latestVersion": "flag",
    "versionTag": "text",
    "versionTagLike": "text",
    "withoutVersionTag": "flag",
    "active": "flag",
    "suspended": "flag",
    "startableInTasklist": "flag",
    "notStartableInTasklist": "flag",
    "tenantIdIn": "texts",
    "withoutTenantId": "flag",
    "includeProcessDefinitionsWithoutTenantId": "flag",
    "incidentId": "text",
    "incidentType": "text",
    "incidentMessage": "text",
    "incidentMessageLike": "text",
}


def described(line: DefinitionLine) -> ProcessDefinition:
    """A process definition."""
    return {
        "id": definition_text(line.key, line.version, line.id),
        "key": line.key,
        "category": line.category,
        "description": line.description,
        "name": line.name or None,
        "version": line.version,
        "resource": line.resource_name,
        "deploymentId": str(line.deployment_id),
        "diagram": None,
        "suspended": line.suspended,
        "tenantId": line.tenant_id,
        "versionTag": line.version_tag,
        "historyTimeToLive": line.history_days,
        "startableInTasklist": line.startable,
    }


def wanted_definitions(question: Question) -> WantedDefinitions:
    """The conditions of a query."""
    return WantedDefinitions(
        keys_granted=granted("process-definition"),
        ids=_ids(question),
        keys=_keys(question),
        key_like=question.text("keyLike"),
        name=question.text("name"),
        name_like=question.text("nameLike"),
        category=question.text("category"),
        category_like=question.text("categoryLike"),
        resource_name=question.text("resourceName"),
        resource_name_like=question.text("resourceNameLike"),
        deployment_id=_row(question, "deploymentId"),
        deployed_after=question.moment("deployedAfter"),
        deployed_at=question.moment("deployedAt"),
        version=question.number("version"),
        newest=question.flag("latestVersion"),
        version_tag=question.text("versionTag"),
        version_tag_like=question.text("versionTagLike"),
        without_version_tag=question.flag("withoutVersionTag"),
        suspended=_suspended(question),
        startable=_startable(question),
        tenants=question.texts("tenantIdIn"),
        without_tenant=question.flag("withoutTenantId"),
        or_without_tenant=question.flag("includeProcessDefinitionsWithoutTenantId"),
        incident_id=_row(question, "incidentId"),
        incident_kinds=incident_kinds(question.text("incidentType")),
        incident_reason=question.text("incidentMessage"),
        incident_reason_like=question.text("incidentMessageLike"),
        orders=[(order.by, order.descending) for order in question.orders(*ORDERS)],
    )


def _ids(question: Question) -> list[int] | None:
    one, several = question.text("processDefinitionId"), question.texts("processDefinitionIdIn")
    if one is None and several is None:
        return None
    wanted = set(several) if several is not None else {one}
    return [definition_number(text) for text in wanted if text is not None and (one is None or text == one)]


def _keys(question: Question) -> list[str] | None:
    one, several = question.text("key"), question.texts("keysIn")
    if one is None:
        return several
    return [one] if several is None or one in several else []


def _row(question: Question, name: str) -> int | None:
    text = question.text(name)
    return None if text is None else number_of(text) or -1


def _suspended(question: Question) -> bool | None:
    if question.flag("suspended"):
        return True
    return False if question.flag("active") else None


def _startable(question: Question) -> bool | None:
    if question.flag("startableInTasklist"):
        return True
    return False if question.flag("notStartableInTasklist") else None


def instance(case: CaseInfo, definition: str, tenant_id: str | None) -> ProcessInstance:
    """A process instance, with the id of its definition."""
    return {
        "links": [link_to(f"/process-instance/{case.id}")],
        "id": case.id,
        "definitionId": definition,
        "definitionKey": case.definition_key,
        "businessKey": case.business_key,
        "caseInstanceId": None,
        "ended": case.state != "active",
        "suspended": case.suspended,
        "tenantId": tenant_id,
    }
