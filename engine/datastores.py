# SPDX-License-Identifier: EUPL-1.2
"""Data stores: named values that outlive the cases that read and write them."""

from typing import Any

from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.models import DataStoreRow
from engine.values import pack, unpack


def stored_value(session: Session, name: str) -> Any:
    """The present value, None where nothing was ever stored."""
    row = session.get(DataStoreRow, name)
    return unpack(row.content) if row is not None else None


def store_value(session: Session, clock: Clock, name: str, value: Any) -> None:
    """Put a value in the place of the present one."""
    row = session.get(DataStoreRow, name, with_for_update=True)
    if row is None:
        session.add(DataStoreRow(name=name, content=pack(value), changed_at=clock.now()))
    else:
        row.content, row.changed_at = pack(value), clock.now()
    session.flush()
