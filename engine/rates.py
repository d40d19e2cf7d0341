# SPDX-License-Identifier: EUPL-1.2
"""Counting attempts within a span of time, for all processes at once: one statement an attempt."""

import hashlib
from datetime import timedelta

from sqlalchemy import case, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.models import RateCountRow


def count_attempt(session: Session, clock: Clock, key: str, span: timedelta, amount: int = 1) -> int:
    """Count, and say how many there are in the span that is running. A span begins with its first attempt."""
    now, hashed = clock.now(), _hash(key)
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(RateCountRow)
    is_over = RateCountRow.expires_at <= now
    counted = session.scalar(
        insert.values(key_hash=hashed, count=amount, expires_at=now + span)
        .on_conflict_do_update(
            index_elements=[RateCountRow.key_hash],
            set_={
                "count": case((is_over, amount), else_=RateCountRow.count + amount),
                "expires_at": case((is_over, now + span), else_=RateCountRow.expires_at),
            },
        )
        .returning(RateCountRow.count)
    )
    return counted or 0


def attempts(session: Session, clock: Clock, key: str) -> tuple[int, float]:
    """How many there are in the span that is running, and when it ends in seconds since 1970."""
    now = clock.now()
    row = session.get(RateCountRow, _hash(key))
    return (0, now.timestamp()) if row is None or row.expires_at <= now else (row.count, row.expires_at.timestamp())


def forget_attempts(session: Session, key: str) -> None:
    """Begin to count anew."""
    session.execute(delete(RateCountRow).where(RateCountRow.key_hash == _hash(key)))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
