# SPDX-License-Identifier: EUPL-1.2
"""What a server with several processes serves: `gunicorn -c web/gunicorn.conf.py web.wsgi:application`.

Each process imports this for itself, after it was forked: connections, threads and caches are its own.
"""

from processes import load
from web.opening import read_installation, warn_of_unknown_settings
from web.preparation import has_tables
from web.settings import SettingRefused
from web.tenants.opened import OneTown, towns_of
from web.towns import front_of


def begin() -> None:
    """Look after jobs in this process, too."""
    _towns.start_jobs()


def send_waiting_away() -> None:
    """Programs that wait for work would hold up the end."""
    _towns.send_waiting_away()


def end() -> None:
    """Finish the job in hand and give all connections back."""
    _towns.close()


_settings = read_installation()
warn_of_unknown_settings()
load()
_towns = towns_of(_settings)
if isinstance(_towns, OneTown) and not has_tables(_towns.town):
    raise SettingRefused("The database has no tables yet. Run: amt migrate")
application = front_of(_towns)
