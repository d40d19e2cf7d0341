# SPDX-License-Identifier: EUPL-1.2
"""States of older formats, read as the present one."""

from typing import Any

#: Stands before the name of an event: the gateway that leads to it is meant.
GATEWAY_OF = "?"


def from_format_1(stored: dict[str, Any]) -> dict[str, Any]:
    """Format 1 had no scopes: boundary events named their host, events behind a gateway their race."""
    tokens: list[list[Any]] = []
    gateways: dict[str, str] = {}
    for token in stored["tokens"]:
        marks = dict(token["marks"])
        host, race = marks.pop("host", None), marks.pop("race", None)
        if host:
            marks["armed"] = True
        state = token["state"]
        if state == "STARTED" and not host:
            marks["entered"] = True
        if race:
            gateways.setdefault(race, token["node"])
            marks["armed"] = True
            marks.pop("entered", None)
        tokens.append([token["id"], token["node"], state, host or race or None, marks])
    # The gateway of a race had left; it stands there again so that its events have something to belong to.
    known = {token[0] for token in tokens}
    for race, event in gateways.items():
        if race not in known:
            tokens.append([race, f"{GATEWAY_OF}{event}", "STARTED", None, {"entered": True}])
    tokens.sort(key=lambda token: token[3] is not None)
    return {"format": 2, "root": {}, "steps": 0, "tokens": tokens, "variables": stored["variables"]}
