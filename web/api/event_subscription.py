# SPDX-License-Identifier: EUPL-1.2
"""What is waited for: messages, signals and conditions."""

from flask import Response

from engine.queries.listing import Asked
from engine.queries.subscriptions import LISTING, SubscriptionLine, subscription_count, subscriptions
from web.api import blueprint
from web.api.answers import answer, count
from web.api.asked import Question
from web.api.describing import asks, criteria_of, gives
from web.api.guard import granted
from web.api.lists import asked
from web.api.moments import moment_text
from web.api.shapes.runtime import EventSubscription
from web.transaction import session


@blueprint.get("/event-subscription")
@asks(criteria_of(LISTING))
@gives(list[EventSubscription])
def event_subscriptions() -> Response:
    """What fits."""
    wanted = asked(Question.of_request(), LISTING, granted("process-instance"))
    return answer([_described(line) for line in subscriptions(session(), wanted)])


@blueprint.get("/event-subscription/count")
@asks(criteria_of(LISTING))
def event_subscription_count() -> Response:
    """How much fits."""
    wanted = asked(Question.of_request(), LISTING, granted("process-instance"), whole=True)
    return count(subscription_count(session(), wanted))


def described(id: str) -> EventSubscription:
    """One by its id."""
    return _described(subscriptions(session(), Asked({"eventSubscriptionId": id}))[0])


def _described(line: SubscriptionLine) -> EventSubscription:
    return {
        "id": line.id,
        "eventType": line.kind,
        "eventName": line.name or None,
        "executionId": line.token_id,
        "processInstanceId": line.case_id,
        "activityId": line.element_id,
        "createdDate": moment_text(line.created_at),
        "tenantId": None,
    }
