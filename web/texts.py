# SPDX-License-Identifier: EUPL-1.2
"""How moments, days, money and sizes read on a page, in its language. Used as Jinja filters."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from urllib.parse import urlsplit

from babel.dates import format_date, format_timedelta
from babel.numbers import format_currency, format_decimal
from flask import Flask, url_for

from engine.queries.tasks import TaskLine
from forms.language import GERMAN, language, say
from web.bootstrap import platform

_LOCALES = {"de": "de_DE", "en": "en_GB"}


def register(app: Flask) -> None:
    """Make the filters and `asset()` known to every template."""
    app.jinja_env.filters.update(
        tag=day, uhrzeit=time_of_day, zeitpunkt=moment, relativ=relative, euro=money, anzahl=count, groesse=file_size
    )
    app.jinja_env.filters["aufgabe"] = task_name
    app.jinja_env.globals.update(asset=asset)


def day(value: date | datetime | str | None) -> str:
    """22.11.2026, in the town's zone."""
    found = _local(value)
    if found is None:
        return ""
    return f"{found:%d.%m.%Y}" if language() == GERMAN else format_date(found, "d MMMM y", locale=_locale())


def time_of_day(value: datetime | str | None) -> str:
    """14:05 Uhr, in the town's zone."""
    found = _local(value)
    if not isinstance(found, datetime):
        return ""
    return f"{found:%H:%M} Uhr" if language() == GERMAN else f"{found:%H:%M}"


def moment(value: date | datetime | str | None) -> str:
    """22.11.2026, 14:05 Uhr; only the day for a day."""
    found = _local(value)
    return f"{day(found)}, {time_of_day(found)}" if isinstance(found, datetime) else day(found)


def relative(value: date | datetime | str | None) -> str:
    """In 3 Tagen, morgen, vor 2 Stunden: counted in calendar days of the town, in hours within a day."""
    found = _local(value)
    if found is None:
        return ""
    clock = platform().clock
    the_day = found.date() if isinstance(found, datetime) else found
    days = (the_day - clock.today()).days
    if days == 0 and isinstance(found, datetime):
        distance = found - clock.now()
        if abs(distance) < timedelta(minutes=1):
            return say("gerade eben") if distance <= timedelta(0) else say("gleich")
        return format_timedelta(distance, add_direction=True, locale=_locale(), threshold=1.2)
    named = {-1: "gestern", 0: "heute", 1: "morgen"}
    return say(named.get(days, "")) or format_timedelta(
        timedelta(days=days), add_direction=True, locale=_locale(), threshold=1.2
    )


def money(value: Decimal | int | str | None, currency: str = "EUR") -> str:
    """1.234,50 €; nothing for nothing. Rounds half up to the cent. `currency` is a code of ISO 4217."""
    if value is None or value == "":
        return ""
    amount = Decimal(value).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return format_currency(amount, currency, locale=_locale())


def count(value: int) -> str:
    """1.240"""
    return format_decimal(value, locale=_locale())


def task_name(task: TaskLine) -> str:
    """What a task is called; one without a name of its own after its process, for nobody knows it by its id."""
    return task.name if task.name != task.element_id else f"Aufgabe ({task.definition_name})"


def file_size(value: int) -> str:
    """820 KB or 2,4 MB."""
    if value < 1024 * 1024:
        return f"{format_decimal(max(1, round(value / 1024)), locale=_locale())} KB"
    return f"{format_decimal(Decimal(value) / (1024 * 1024), format='0.0', locale=_locale())} MB"


def asset(name: str) -> str:
    """The address of a built file; changes with the file, so that browsers may keep it for a year."""
    from flask import current_app

    path = Path(current_app.static_folder or "") / name
    version = str(int(path.stat().st_mtime)) if path.is_file() else "0"
    return url_for("static", filename=name, v=version)


def own_path(target: str | None) -> str | None:
    """The target if it leads to a page of this town, else None: nobody is sent away to another site."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or not target.isprintable():
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc and "\\" not in target else None


def _locale() -> str:
    return _LOCALES[language()]


def _local(value: date | datetime | str | None) -> date | datetime | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        return value.astimezone(platform().clock.zone) if value.tzinfo else value.replace(tzinfo=platform().clock.zone)
    return value
