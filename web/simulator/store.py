# SPDX-License-Identifier: EUPL-1.2
"""The simulator's memory: one SQLite table of its own. Every change is one statement and so one transaction."""

import json
import secrets
import sqlite3
import threading
import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from engine.clock import Clock

Status = Literal["INITIAL", "PAYED", "FAILED", "CANCELED"]

_CREATE = """
create table if not exists payments (
    transaction_id text primary key,
    originator text not null,
    end_point text not null,
    request_id text not null,
    request text not null,
    amount text not null,
    status text not null default 'INITIAL',
    changed_at text not null,
    unique (originator, end_point, request_id)
)
"""
_CREATE_REFUNDS = """
create table if not exists refunds (
    key text primary key,
    transaction_id text not null,
    amount text not null
)
"""
_REFUND = "insert into refunds (key, transaction_id, amount) values (?, ?, ?) on conflict (key) do nothing"
_REFUNDS = "select amount from refunds where transaction_id = ?"
_INSERT = """
insert into payments (transaction_id, originator, end_point, request_id, request, amount, changed_at)
values (?, ?, ?, ?, ?, ?, ?)
on conflict (originator, end_point, request_id) do nothing
"""
_COLUMNS = "select transaction_id, originator, end_point, request, amount, status, changed_at from payments"
_BY_REQUEST = f"{_COLUMNS} where originator = ? and end_point = ? and request_id = ?"
_BY_TRANSACTION = f"{_COLUMNS} where transaction_id = ?"
_FORGET = "delete from payments where changed_at < ? returning transaction_id"
_OLD = "select count(*) from payments where changed_at < ?"
_SETTLE = "update payments set status = ?, changed_at = ? where transaction_id = ? and status = 'INITIAL'"


@dataclass(frozen=True)
class Payment:
    """One payment as the simulated provider knows it."""

    transaction_id: str
    originator: str
    end_point: str
    #: The PaymentRequest as it was posted.
    request: dict[str, Any]
    amount: Decimal
    status: Status
    changed_at: datetime


class TransactionStore:
    """Payments by transaction id and by request id."""

    def __init__(self, path: Path | str, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        # Without isolation level the driver opens no transactions of its own: each statement stands alone.
        self._connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        weakref.finalize(self, self._connection.close)
        self._run("pragma journal_mode = wal")
        self._run(_CREATE)
        self._run(_CREATE_REFUNDS)

    def add(
        self, originator: str, end_point: str, request: dict[str, Any], amount: Decimal, prefix: str = ""
    ) -> Payment:
        """Remember a payment; the same request id again gives the payment that is there already."""
        key = (originator, end_point, str(request["requestId"]))
        moment = self._clock.now().isoformat()
        text = json.dumps(request, default=_number)
        self._run(_INSERT, (prefix + secrets.token_urlsafe(18), *key, text, str(amount), moment))
        return _payment(self._run(_BY_REQUEST, key)[0])

    def find(self, transaction_id: str) -> Payment | None:
        """The payment of that id, if there is one."""
        rows = self._run(_BY_TRANSACTION, (transaction_id,))
        return _payment(rows[0]) if rows else None

    def settle(self, transaction_id: str, status: Status) -> None:
        """Decide an open payment; one that is decided stays as it is."""
        self._run(_SETTLE, (status, self._clock.now().isoformat(), transaction_id))

    def refund(self, transaction_id: str, amount: Decimal, key: str) -> None:
        """Remember that money was given back; the same key again means the same refund."""
        self._run(_REFUND, (key, transaction_id, str(amount)))

    def refunded(self, transaction_id: str) -> Decimal:
        """How much of a payment was given back."""
        return sum((Decimal(amount) for (amount,) in self._run(_REFUNDS, (transaction_id,))), Decimal(0))

    def forget_before(self, moment: datetime) -> int:
        """Delete payments that have not changed since; how many."""
        return len(self._run(_FORGET, (moment.isoformat(),)))

    def count_before(self, moment: datetime) -> int:
        """How many that would be."""
        return int(self._run(_OLD, (moment.isoformat(),))[0][0])

    def _run(self, statement: str, values: Iterable[str] = ()) -> list[Any]:
        with self._lock:
            return self._connection.execute(statement, tuple(values)).fetchall()


def _payment(row: Any) -> Payment:
    transaction_id, originator, end_point, request, amount, status, changed_at = row
    moment = datetime.fromisoformat(changed_at)
    return Payment(transaction_id, originator, end_point, json.loads(request), Decimal(amount), status, moment)


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value).__name__)
