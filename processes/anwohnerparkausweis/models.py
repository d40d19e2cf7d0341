# SPDX-License-Identifier: EUPL-1.2
"""The town's list of parking permits. It holds plates and dates, and no names: a warden needs none."""

import secrets
from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime

#: Letters and digits that nobody confuses when typing a code from a windscreen.
_ZEICHEN = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_CODE_LAENGE = 16


class Parkausweis(Base):
    """A permit as it was issued; only `gesperrt_am` changes afterwards."""

    __tablename__ = "parkausweise"

    id: Mapped[int] = mapped_column(primary_key=True)
    nummer: Mapped[str] = mapped_column(String(20), unique=True)
    #: What the code on the permit leads to; not to be guessed.
    pruefcode: Mapped[str] = mapped_column(String(32), unique=True)
    #: One case, one permit: a repeated issue fails instead of making a second.
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), unique=True)
    kennzeichen: Mapped[str] = mapped_column(String(20), index=True)
    zone: Mapped[str] = mapped_column(String(10))
    gueltig_ab: Mapped[date]
    gueltig_bis: Mapped[date]
    ausgestellt_am: Mapped[datetime] = mapped_column(UtcDateTime)
    gesperrt_am: Mapped[datetime | None] = mapped_column(UtcDateTime)


def neuer_pruefcode() -> str:
    """Sixteen characters, 80 bits: too many to try."""
    return "".join(secrets.choice(_ZEICHEN) for _ in range(_CODE_LAENGE))
