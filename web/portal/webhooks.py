# SPDX-License-Identifier: EUPL-1.2
"""Calls of the payment provider. They are believed in nothing but that there is news: the state is asked for.

Whoever knocks here learns nothing: an unknown transaction is answered like a known one. A provider that cannot be
asked just now is told to call again.
"""

import logging

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from connectors.payment import PaymentProvider, PaymentProviderUnavailable, PaymentRefused
from processes.rechnung.ablauf import take_news
from web.bootstrap import platform
from web.security import csrf, limiter, public

_MOST_BYTES = 64 * 1024
_log = logging.getLogger(__name__)

blueprint = Blueprint("meldung", __name__)
blueprint.before_request(public)
# Another program calls, without a session that could be abused.
csrf.exempt(blueprint)


@blueprint.post("/zahlung/meldung")
@limiter.limit("600 per minute")
def payment_news() -> ResponseReturnValue:
    """There is news about a payment, says somebody."""
    request.max_content_length = _MOST_BYTES
    here, provider = platform(), platform().services.provide(PaymentProvider)
    try:
        transaction = provider.news(dict(request.headers.items()), request.get_data(), here.clock.now())
        if transaction is None:
            _log.warning("A call about payments was not from our provider or about no payment.")
        elif not take_news(here.db, here.services, provider, transaction):
            _log.warning("A call was about a payment that is not ours.")
    except PaymentProviderUnavailable:
        return _heard(503)
    except PaymentRefused as refused:
        _log.warning("A payment that there is news of could not be asked for: %s", refused.message)
    return _heard()


def _heard(status: int = 200) -> Response:
    return Response("", status, mimetype="text/plain")
