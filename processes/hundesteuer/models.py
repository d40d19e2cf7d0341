# SPDX-License-Identifier: EUPL-1.2
"""The town's list of dogs and of those who pay for them."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base


class Hund(Base):
    """A dog, from the day it is registered until it is signed off. Its tag number is what people know it by.

    The case is named without a foreign key: the list is kept longer than the file of the registration.
    """

    __tablename__ = "hunde"

    id: Mapped[int] = mapped_column(primary_key=True)
    marke: Mapped[str] = mapped_column(String(20), unique=True)
    case_id: Mapped[str] = mapped_column(String(36), index=True)
    aktenzeichen: Mapped[str] = mapped_column(String(50))
    name: Mapped[str] = mapped_column(String(100))
    rasse: Mapped[str] = mapped_column(String(100))
    chip: Mapped[str | None] = mapped_column(String(15))
    gefaehrlich: Mapped[bool]
    ermaessigung: Mapped[str] = mapped_column(String(20))
    #: For a whole year, in euros.
    jahressteuer: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    steuer_ab: Mapped[date]
    #: The last year that a notice has been made for.
    veranlagt: Mapped[int] = mapped_column(index=True)
    vorname: Mapped[str] = mapped_column(String(100))
    nachname: Mapped[str] = mapped_column(String(100))
    strasse: Mapped[str] = mapped_column(String(150))
    plz: Mapped[str] = mapped_column(String(10))
    ort: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254))
    #: The last day for which tax is owed; None while the dog is registered.
    steuer_bis: Mapped[date | None] = mapped_column(index=True)
    grund: Mapped[str | None] = mapped_column(String(20))
