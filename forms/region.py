# SPDX-License-Identifier: EUPL-1.2
"""Which town a postcode of the region belongs to; `postleitzahlen.toml` holds them."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


def town_of(postcode: Any) -> str | None:
    """The town, None when the postcode is unknown here; it saves typing and checks nothing."""
    return _towns().get(postcode) if isinstance(postcode, str) else None


@cache
def _towns() -> dict[str, str]:
    return tomllib.loads(files("forms").joinpath("postleitzahlen.toml").read_text("utf-8"))
