# SPDX-License-Identifier: EUPL-1.2
"""The public REST API of Camunda 7, for programs: workers, the Camunda Modeler, and what a town has built around it.

Whoever calls proves which machine account it has with every request (header `Authorization`); there are no cookies,
so other pages may call it too and no token against forgery is needed. One file for each resource.
"""

from flask import Blueprint

from web.api.guard import limit_failed_logins, machines_only
from web.api.problems import register_problems
from web.api.sharing import share_with_every_origin
from web.security import csrf

blueprint = Blueprint("api", __name__, url_prefix="/engine-rest")
blueprint.before_request(machines_only)
blueprint.after_app_request(share_with_every_origin)
register_problems(blueprint, blueprint.url_prefix or "")
limit_failed_logins(blueprint)
csrf.exempt(blueprint)

from web.api import (  # noqa: E402, F401 – the views register on the blueprint above
    authorization,
    batch,
    decision_definition,
    deployment,
    event_subscription,
    execution,
    external_task,
    filter,
    group,
    history_activity_instance,
    history_cleanup,
    history_decision_instance,
    history_detail,
    history_identity_link,
    history_incident,
    history_log,
    history_process_instance,
    history_reports,
    history_task,
    history_user_operation,
    history_variable_instance,
    identity,
    incident,
    instance_variables,
    job,
    job_definition,
    many,
    message,
    metrics,
    migration,
    modification,
    openapi,
    process_definition,
    process_instance,
    restart,
    start,
    task,
    task_acts,
    task_forms,
    task_links,
    task_notes,
    task_variables,
    user,
    variable_instance,
    version,
)
