# SPDX-License-Identifier: EUPL-1.2
"""What has been reported, as everybody may see it: no word here about who has reported it."""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime


class Mangel(Base):
    """One report. Several about the same thing point at the first.

    The case is named without a foreign key: what was reported stays to be seen when the file is gone.
    """

    __tablename__ = "maengel"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The file reference, and the report's name outside (`service_request_id` of Open311).
    nummer: Mapped[str] = mapped_column(String(50), unique=True)
    case_id: Mapped[str] = mapped_column(String(36), unique=True)
    kategorie: Mapped[str] = mapped_column(String(30), index=True)
    beschreibung: Mapped[str] = mapped_column(Text)
    #: Whether somebody of the town has read the words and found nothing about people in them.
    freigegeben: Mapped[bool]
    #: Degrees, WGS 84; None where only words say where it is.
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    ort: Mapped[str] = mapped_column(String(250))
    #: offen | erledigt
    stand: Mapped[str] = mapped_column(String(20), index=True)
    #: What the town says about it in the end.
    ergebnis: Mapped[str] = mapped_column(Text)
    gemeldet_am: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    aktualisiert_am: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Until when it shall be done.
    frist: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: The first report of the same thing.
    haupt_id: Mapped[int | None] = mapped_column(ForeignKey("maengel.id", ondelete="SET NULL"), index=True)
