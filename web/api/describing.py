# SPDX-License-Identifier: EUPL-1.2
"""What a view takes, said beside it, for the description of the interface.

What it answers need not be said: that is read off the view itself.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from engine.queries.criteria import Criterion
from engine.queries.listing import Listing

View = TypeVar("View", bound=Callable[..., Any])

#: Fields of a body by name, with their type; parameters of a query.
_BODIES = "described_body"
_QUERIES = "described_query"


def takes(**fields: str) -> Callable[[View], View]:
    """The fields of the JSON that is sent: `workerId="string!"` is a text without which nothing can be done."""

    def describe(view: View) -> View:
        setattr(view, _BODIES, fields)
        return view

    return describe


def asks(names: Iterable[str]) -> Callable[[View], View]:
    """The parameters of a query beside paging and sorting: in the address, or in the JSON of a POST."""

    def describe(view: View) -> View:
        setattr(view, _QUERIES, tuple(names))
        return view

    return describe


def criteria_of(listing: Listing) -> tuple[str, ...]:
    """The criteria of a list by which programs ask."""
    return tuple(name for name, meaning in listing.meanings.items() if isinstance(meaning, Criterion))


def body_of(view: Any) -> dict[str, str]:
    """What `takes` said."""
    found: dict[str, str] = getattr(view, _BODIES, {})
    return found


def query_of(view: Any) -> tuple[str, ...]:
    """What `asks` said."""
    found: tuple[str, ...] = getattr(view, _QUERIES, ())
    return found
