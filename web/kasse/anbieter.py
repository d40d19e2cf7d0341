# SPDX-License-Identifier: EUPL-1.2
"""How the payment provider is: whether it answers, and how the payments of the last days went."""

from datetime import timedelta

from flask import render_template

from connectors.payment import PaymentProvider, PaymentRefused
from engine.errors import ConnectorUnavailable
from processes.rechnung import kassenbuch
from web.bootstrap import platform
from web.kasse import blueprint
from web.transaction import session

_DAYS = 7


@blueprint.get("/anbieter")
def provider_health() -> str:
    """Asks the provider now, and shows how payments have ended lately."""
    provider, now = platform().services.provide(PaymentProvider), platform().clock.now()
    return render_template(
        "kasse/anbieter.html",
        anbieter=provider,
        problem=_problem(provider),
        tage=_DAYS,
        verlauf=kassenbuch.zahlungsverlauf(session(), provider.name, now - timedelta(days=_DAYS)),
        haengende=kassenbuch.haengende(session(), now),
    )


def _problem(provider: PaymentProvider) -> str:
    """Why the provider does not answer; empty when it does."""
    try:
        provider.check()
    except (ConnectorUnavailable, PaymentRefused) as reason:
        return str(reason)
    return ""
