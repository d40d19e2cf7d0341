# SPDX-License-Identifier: EUPL-1.2
"""The list of what was found, as everybody may see it, and where it lies."""

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base


class Fund(Base):
    """One thing that was found. Who has found it stands in its case only."""

    __tablename__ = "fundsachen"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The file reference, by which whoever has lost it asks for it.
    nummer: Mapped[str] = mapped_column(String(50), unique=True)
    case_id: Mapped[str] = mapped_column(String(36), unique=True)
    #: One of `operations.ARTEN`.
    art: Mapped[str] = mapped_column(String(20))
    #: What everybody may read; details stay with the office, so that only the owner can name them.
    beschreibung: Mapped[str] = mapped_column(String(150))
    fundort: Mapped[str] = mapped_column(String(100))
    fundtag: Mapped[date] = mapped_column(index=True)
    lagerort: Mapped[str] = mapped_column(String(60))
    #: offen | zurueckgegeben | verfallen
    stand: Mapped[str] = mapped_column(String(20), index=True)
    #: Until when the owner can have it back.
    frist: Mapped[date]
    abgeschlossen_am: Mapped[date | None] = mapped_column(index=True)
