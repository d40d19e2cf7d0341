# SPDX-License-Identifier: EUPL-1.2
"""What was asked for and typed: the page of a long list, and fields without signs that no page can show."""

from flask import request

#: Whoever turns so many pages searches instead.
_LAST = 10_000


def page_number() -> int:
    """The page that the address names, from 1; the first when it names none that there can be."""
    page: int = request.args.get("seite", 1, type=int)
    return min(max(1, page), _LAST)


def typed(name: str, most: int = 250) -> str:
    """What was typed into a field, in one line, without control characters."""
    text = "".join(sign if sign.isprintable() else " " for sign in request.form.get(name, ""))
    return text.strip()[:most]
