# SPDX-License-Identifier: EUPL-1.2
"""Deployments: bringing models in as the Camunda Modeler sends them, looking at them, taking them back."""

from flask import Response, request

from engine.decisions import decisions, graphs
from engine.definitions import Bundle, Deployment, deploy
from engine.grants import GrantMissing
from engine.queries.definitions import WantedDefinitions, list_definitions
from engine.queries.deployments import (
    ORDERS,
    DeploymentLine,
    ResourceLine,
    WantedDeployments,
    count_deployments,
    deployment_line,
    keys_in_deployment,
    list_deployments,
    resource_content,
    resources_of,
)
from engine.withdrawal import delete_deployment
from forms import check_form
from web.api import blueprint
from web.api.answers import answer, count, file, link_to, nothing
from web.api.asked import MOST_RESULTS, Question, body
from web.api.decision_definition import described as decision
from web.api.decision_definition import described_graph
from web.api.definitions import described
from web.api.describing import asks, gives, takes, takes_form
from web.api.guard import granted, machine, require_any
from web.api.ids import definition_text, number_of, row_number
from web.api.moments import moment_text
from web.api.problems import Refused, missing
from web.api.shapes import repository
from web.api.shapes.repository import DeploymentResource, DeploymentWithDefinitions
from web.bootstrap import platform
from web.transaction import session

_FIELDS = frozenset(
    {
        "deployment-name",
        "deployment-activation-time",
        "deployment-source",
        "deploy-changed-only",
        "enable-duplicate-filtering",
        "tenant-id",
    }
)
_LONGEST_NAME = 200
#: What lists can be asked for.
_CRITERIA = {
    "id": "text",
    "name": "text",
    "nameLike": "text",
    "source": "text",
    "withoutSource": "flag",
    "tenantIdIn": "texts",
    "withoutTenantId": "flag",
    "includeDeploymentsWithoutTenantId": "flag",
    "after": "moment",
    "before": "moment",
}


@blueprint.get("/deployment")
@asks(_CRITERIA)
@gives(list[repository.Deployment])
def deployments() -> Response:
    """Deployments that fit."""
    question = Question.of_request()
    span = question.span()
    found = list_deployments(session(), _wanted(question), limit=span.most, offset=span.first)
    return answer([_described(line) for line in found])


@blueprint.get("/deployment/count")
@asks(_CRITERIA)
def deployment_count() -> Response:
    """How many fit."""
    return count(count_deployments(session(), _wanted(Question.of_request())))


@blueprint.get("/deployment/registered")
@gives(list[str])
def registered_deployments() -> Response:
    """The deployments whose jobs are run here: all of them."""
    wanted = WantedDeployments(keys_granted=granted("deployment"))
    return answer([str(line.id) for line in list_deployments(session(), wanted, limit=MOST_RESULTS, offset=0)])


@blueprint.post("/deployment/create")
@takes_form(**dict.fromkeys(sorted(_FIELDS), "text"), others="file")
@gives(DeploymentWithDefinitions)
def create_deployment() -> Response:
    """Deploy files that belong together."""
    keys = require_any("deployment", "create")
    bundle, is_filtered = _bundle()
    deployed = deploy(
        session(),
        platform().services,
        bundle,
        form_check=check_form,
        source=_field("deployment-source"),
        tenant_id=_field("tenant-id"),
        unless_unchanged=is_filtered,
    )
    _check_keys(deployed, keys)
    return answer(_with_definitions(deployed))


@blueprint.get("/deployment/<deployment_id>")
@gives(repository.Deployment)
def deployment(deployment_id: str) -> Response:
    """One deployment."""
    return answer(_described(_deployment_for("read", deployment_id)))


@blueprint.post("/deployment/<deployment_id>/redeploy")
@takes(resourceIds="texts", resourceNames="texts")
@gives(DeploymentWithDefinitions)
def redeploy(deployment_id: str) -> Response:
    """Make a new version of what was deployed before, or of some of its files."""
    before = _deployment_for("read", deployment_id)
    keys = require_any("deployment", "create")
    deployed = deploy(
        session(),
        platform().services,
        Bundle(before.name, _files_again(before)),
        form_check=check_form,
        source=before.source,
        tenant_id=before.tenant_id,
        unless_unchanged=False,
    )
    _check_keys(deployed, keys)
    return answer(_with_definitions(deployed))


@blueprint.get("/deployment/<deployment_id>/resources")
@gives(list[DeploymentResource])
def deployment_resources(deployment_id: str) -> Response:
    """The files of a deployment."""
    found = _deployment_for("read", deployment_id)
    return answer([_resource(line) for line in resources_of(session(), found.id)])


@blueprint.get("/deployment/<deployment_id>/resources/<resource_id>")
@gives(DeploymentResource)
def deployment_resource(deployment_id: str, resource_id: str) -> Response:
    """One of them."""
    found = _deployment_for("read", deployment_id)
    for line in resources_of(session(), found.id):
        if str(line.id) == resource_id:
            return answer(_resource(line))
    raise missing(f"Deployment resource with resource id '{resource_id}' does not exist.")


@blueprint.get("/deployment/<deployment_id>/resources/<resource_id>/data")
def deployment_resource_data(deployment_id: str, resource_id: str) -> Response:
    """Its content."""
    found = _deployment_for("read", deployment_id)
    content = resource_content(session(), found.id, number=number_of(resource_id))
    if content is None:
        raise missing(f"Deployment resource '{resource_id}' does not exist.")
    return file(content[1], content[0].rpartition("/")[2])


@blueprint.delete("/deployment/<deployment_id>")
@asks({"cascade": "flag"})
def remove_deployment(deployment_id: str) -> Response:
    """Take a deployment back; with `cascade` its cases go too."""
    found = _deployment_for("delete", deployment_id)
    with_cases = Question.of_request().flag("cascade")
    delete_deployment(session(), platform().services, found.id, machine(), with_cases=with_cases)
    return nothing()


def _wanted(question: Question) -> WantedDeployments:
    number = question.text("id")
    return WantedDeployments(
        keys_granted=granted("deployment"),
        id=None if number is None else number_of(number) or -1,
        name=question.text("name"),
        name_like=question.text("nameLike"),
        source=question.text("source"),
        without_source=question.flag("withoutSource"),
        tenants=question.texts("tenantIdIn"),
        without_tenant=question.flag("withoutTenantId"),
        or_without_tenant=question.flag("includeDeploymentsWithoutTenantId"),
        after=question.moment("after"),
        before=question.moment("before"),
        orders=[(order.by, order.descending) for order in question.orders(*ORDERS)],
    )


def _deployment_for(permission: str, text: str) -> DeploymentLine:
    """A deployment, for an account that may do this to each process in it."""
    what = f"Deployment with id '{text}' does not exist"
    found = deployment_line(session(), row_number(text, what))
    if found is None:
        raise missing(what)
    keys = require_any("deployment", permission)
    _check(permission, keys, keys_in_deployment(session(), found.id))
    return found


def _check_keys(deployed: Deployment, keys: frozenset[str] | None) -> None:
    """Whoever may deploy certain processes only may deploy nothing else; what was stored is rolled back."""
    _check("create", keys, {info.key for info in deployed.definitions})


def _check(permission: str, keys: frozenset[str] | None, needed: set[str]) -> None:
    if keys is None:
        return
    lacking = needed - keys or (set() if needed else {"*"})
    for key in sorted(lacking):
        raise GrantMissing(machine().name, "deployment", permission, key)


def _bundle() -> tuple[Bundle, bool]:
    """The files of the form, and whether they are only deployed when something has changed."""
    if request.mimetype != "multipart/form-data":
        raise Refused("A deployment is sent as multipart/form-data.", 415)
    for name in request.form:
        if name not in _FIELDS:
            shown = (name or "")[:100]  # A part whose name cannot be read has none.
            raise Refused(f"No file name found in the deployment resource described by form parameter '{shown}'.")
    resources: dict[str, bytes] = {}
    for _, part in request.files.items(multi=True):
        _check_name(part.filename or "", resources)
        resources[part.filename or ""] = part.read()
    if not resources:
        raise Refused("No deployment resources contained in the form upload.")
    if _field("deployment-activation-time"):
        raise Refused("Deployments take effect at once here; deployment-activation-time cannot be set.")
    filtered = _flag("enable-duplicate-filtering") or _flag("deploy-changed-only")
    return Bundle(_field("deployment-name") or "", resources), filtered


def _files_again(before: DeploymentLine) -> dict[str, bytes]:
    question = Question(body())
    ids, names = question.texts("resourceIds") or [], question.texts("resourceNames") or []
    files: dict[str, bytes] = {}
    for line in resources_of(session(), before.id):
        content = resource_content(session(), before.id, number=line.id)
        if content is not None and (not (ids or names) or str(line.id) in ids or line.name in names):
            files[line.name] = content[1]
    if not files:
        raise missing(f"The deployment {before.id} has none of these resources.")
    return files


def _check_name(name: str, others: dict[str, bytes]) -> None:
    """Names are no paths for us: they stand in a column, and in answers. They only have to be fit for that."""
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise Refused(f"The name of a file has 1 to {_LONGEST_NAME} printable characters.")
    if name in others:
        raise Refused(f"There are two files called {name}.")


def _field(name: str) -> str | None:
    value = request.form.get(name)
    longest = 100 if name == "tenant-id" else _LONGEST_NAME
    if value and (len(value) > longest or "\0" in value):
        raise Refused(f"{name} has at most {longest} characters.")
    return value or None


def _flag(name: str) -> bool:
    return (request.form.get(name) or "").strip().lower() == "true"


def _described(line: DeploymentLine) -> repository.Deployment:
    return {
        "links": [link_to(f"/deployment/{line.id}")],
        "id": str(line.id),
        "name": line.name or None,
        "source": line.source,
        "deploymentTime": moment_text(line.deployed_at),
        "tenantId": line.tenant_id,
    }


def _with_definitions(deployed: Deployment) -> DeploymentWithDefinitions:
    """Also when nothing was new: whoever wants to start what is there needs its id."""
    line = deployment_line(session(), deployed.id)
    assert line is not None
    wanted = WantedDefinitions(deployment_id=deployed.id)
    found = list_definitions(session(), wanted, limit=MOST_RESULTS, offset=0)
    processes = {definition_text(each.key, each.version, each.id): described(each) for each in found}
    asked, services = session(), platform().services
    drawn = [decision(each) for each in decisions(asked, services) if each.deployment_id == deployed.id]
    files = [described_graph(each) for each in graphs(asked, services) if each.deployment_id == deployed.id]
    return {
        **_described(line),
        "deployedProcessDefinitions": processes or None,
        "deployedCaseDefinitions": None,
        "deployedDecisionDefinitions": {each["id"]: each for each in drawn} or None,
        "deployedDecisionRequirementsDefinitions": {each["id"]: each for each in files} or None,
    }


def _resource(line: ResourceLine) -> DeploymentResource:
    return {"id": str(line.id), "name": line.name, "deploymentId": str(line.deployment_id)}
