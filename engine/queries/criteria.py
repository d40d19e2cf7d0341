# SPDX-License-Identifier: EUPL-1.2
"""What lists can be asked for by the names that other programs use: each criterion says what kind of value it takes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, false

from engine.models import CaseRow
from engine.queries.listing import for_tenants
from engine.queries.matching import among, like

#: `flag`: only true asks for something; `truth`: false does too; `moments`: pairs of `gt` or `lt` and a moment.
Kind = Literal["text", "texts", "number", "moment", "moments", "flag", "truth"]


@dataclass(frozen=True)
class Criterion:
    """One thing that a list can be asked for."""

    kind: Kind
    condition: Callable[[Any], ColumnElement[bool]]

    def __call__(self, value: Any) -> ColumnElement[bool]:
        """What it means for a value."""
        return self.condition(value)


def equal(column: Any) -> Criterion:
    """Exactly this text."""
    return Criterion("text", lambda value: column == value)


def one_of(column: Any) -> Criterion:
    """One of these texts."""
    return Criterion("texts", lambda values: among(column, values))


def alike(column: Any) -> Criterion:
    """Like a pattern."""
    return Criterion("text", lambda pattern: like(column, pattern))


def before(column: Any) -> Criterion:
    """Before a moment."""
    return Criterion("moment", lambda moment: column < moment)


def after(column: Any) -> Criterion:
    """After a moment."""
    return Criterion("moment", lambda moment: column > moment)


def moments(column: Any) -> Criterion:
    """Several comparisons with moments."""
    return Criterion("moments", lambda pairs: and_(*(column > at if how == "gt" else column < at for how, at in pairs)))


def at_least(column: Any) -> Criterion:
    """This number or more."""
    return Criterion("number", lambda number: column >= number)


def at_most(column: Any) -> Criterion:
    """This number or less."""
    return Criterion("number", lambda number: column <= number)


def given(condition: Any) -> Criterion:
    """Whether something is so."""
    return Criterion("flag", lambda asked: condition)


def said(condition: Any) -> Criterion:
    """Whether something is so, or is not."""
    return Criterion("truth", lambda is_so: condition if is_so else ~condition)


def nobody(*names: str) -> dict[str, Criterion]:
    """What nothing here has: whoever asks for it gets nothing."""
    return {name: Criterion("text", lambda value: false()) for name in names}


def definition_number(text: str) -> int:
    """The row's number at the end of an id; a text that is no such id names no row."""
    number = text.rpartition(":")[2]
    return int(number) if number.isascii() and number.isdecimal() and len(number) <= 9 else -1


def of_case(definition: Any = CaseRow.definition_id, key: Any = CaseRow.definition_key) -> dict[str, Criterion]:
    """Criteria on the case that something belongs to, and on its process."""
    return {
        "processInstanceId": equal(CaseRow.id),
        "processInstanceIds": one_of(CaseRow.id),
        "processInstanceIdIn": one_of(CaseRow.id),
        "rootProcessInstanceId": equal(CaseRow.root_id),
        "businessKey": equal(CaseRow.business_key),
        "processInstanceBusinessKey": equal(CaseRow.business_key),
        "businessKeyLike": alike(CaseRow.business_key),
        "processDefinitionId": Criterion("text", lambda text: definition == definition_number(text)),
        "processDefinitionKey": equal(key),
        "processDefinitionKeyIn": one_of(key),
        "tenantIdIn": Criterion("texts", lambda tenants: for_tenants(definition, tenants)),
        "withoutTenantId": Criterion("flag", lambda asked: for_tenants(definition, [None])),
    }
