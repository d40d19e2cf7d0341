# SPDX-License-Identifier: EUPL-1.2
"""What a view takes and gives, said beside it, for the description of the interface.

Of what kind something is that can be sent says a word: `text`, `texts`, `number`, `flag`, … (`web.api.schemas`).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from engine.queries.criteria import Criterion
from engine.queries.listing import Listing

View = TypeVar("View", bound=Callable[..., Any])

_BODY = "described_body"
_FORM = "described_form"
_QUERY = "described_query"
_ANSWER = "described_answer"


def takes(**fields: str) -> Callable[[View], View]:
    """The fields of the JSON that is sent: `workerId="text!"` is a text without which nothing can be done."""
    return _saying(_BODY, fields)


def takes_form(**fields: str) -> Callable[[View], View]:
    """The same for a form with files; `_` stands for a hyphen in names, `others` for parts of any name."""
    return _saying(_FORM, {name.replace("_", "-"): kind for name, kind in fields.items()})


def asks(names: Iterable[str] | Mapping[str, str]) -> Callable[[View], View]:
    """The parameters of a query beside paging and sorting: in the address, or in the JSON of a POST.

    Names without a kind are those of texts.
    """
    return _saying(_QUERY, dict(names) if isinstance(names, Mapping) else dict.fromkeys(names, "text"))


def gives(shape: Any) -> Callable[[View], View]:
    """The type of the JSON that is answered."""
    return _saying(_ANSWER, shape)


def kinds_of(criteria: Mapping[str, Any]) -> dict[str, str]:
    """The criteria by which programs ask, with their kinds."""
    return {name: meaning.kind for name, meaning in criteria.items() if isinstance(meaning, Criterion)}


def criteria_of(listing: Listing) -> dict[str, str]:
    """The same of a list."""
    return kinds_of(listing.meanings)


def body_of(view: Any) -> dict[str, str]:
    """What `takes` said."""
    found: dict[str, str] = getattr(view, _BODY, {})
    return found


def form_of(view: Any) -> dict[str, str] | None:
    """What `takes_form` said."""
    found: dict[str, str] | None = getattr(view, _FORM, None)
    return found


def query_of(view: Any) -> dict[str, str]:
    """What `asks` said."""
    found: dict[str, str] = getattr(view, _QUERY, {})
    return found


def shape_of(view: Any) -> Any:
    """What `gives` said; whatever there is, when nothing was."""
    return getattr(view, _ANSWER, Any)


def _saying(about: str, told: Any) -> Callable[[View], View]:
    def describe(view: View) -> View:
        setattr(view, about, told)
        return view

    return describe
