# SPDX-License-Identifier: EUPL-1.2
"""Talking to a payment provider over HTTP: what each answer means to us. Nothing a payer typed gets into errors."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import httpx

from connectors.payment.port import PaymentProviderUnavailable, PaymentRefused

TIMEOUT = httpx.Timeout(15.0, connect=5.0)


def send(request: Callable[[], httpx.Response]) -> httpx.Response:
    """The answer, or PaymentProviderUnavailable when there is none."""
    try:
        return request()
    except httpx.TimeoutException as cause:
        raise PaymentProviderUnavailable("The provider does not answer in time.") from cause
    except httpx.HTTPError as cause:
        raise PaymentProviderUnavailable(f"The provider cannot be reached: {type(cause).__name__}.") from cause


def raise_for_status(response: httpx.Response) -> None:
    """PaymentRefused for what will be refused again, PaymentProviderUnavailable for what may work later."""
    code = response.status_code
    if response.is_success:
        return
    if code == httpx.codes.NOT_FOUND:
        raise PaymentRefused("The provider knows no such transaction.")
    # What the body says may quote the payer, so only the code is passed on.
    if response.is_client_error and code not in (401, 408, 425, 429):
        raise PaymentRefused(f"The provider refuses the request ({code}).")
    raise PaymentProviderUnavailable(f"The provider answers with {code}.")


def parse(response: httpx.Response) -> Mapping[str, Any]:
    """The JSON object of an answer, numbers as Decimal."""
    try:
        answer = json.loads(response.content, parse_float=Decimal, parse_int=Decimal)
    except ValueError as cause:
        raise PaymentProviderUnavailable("The provider's answer is not JSON.") from cause
    if not isinstance(answer, dict):
        raise PaymentProviderUnavailable("The provider's answer is not a JSON object.")
    return answer


def part(answer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object of that name."""
    found = answer.get(name)
    if not isinstance(found, dict):
        raise PaymentProviderUnavailable(f"The provider's answer has no {name}.")
    return found


def words(answer: Mapping[str, Any], name: str) -> str:
    """The text of that name, which must not be empty."""
    found = answer.get(name)
    if not isinstance(found, str) or not found:
        raise PaymentProviderUnavailable(f"The provider's answer has no {name}.")
    return found


def answer_to_key(response: httpx.Response) -> Mapping[str, Any]:
    """The JSON object of an answer, from a provider that we log in to by a key in each request."""
    if response.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        raise PaymentProviderUnavailable("The provider does not accept our key.")
    raise_for_status(response)
    return parse(response)
