# SPDX-License-Identifier: EUPL-1.2
"""What every command does first: read the settings, say how loud the log is, open the town; and close it at the end."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from web.settings import Settings, settings_from_environment

if TYPE_CHECKING:
    from web.bootstrap import Platform


def read_settings() -> Settings:
    """The settings of the environment; from now on the log speaks at their level."""
    settings = settings_from_environment()
    # What we have to say at the wished level; what libraries have to say only when it is a warning.
    logging.basicConfig(level="WARNING", format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for package in ("engine", "processes", "forms", "connectors", "web"):
        logging.getLogger(package).setLevel(settings.log_level)
    return settings


@contextmanager
def opened_town(settings: Settings | None = None) -> "Iterator[Platform]":
    """The town of these settings, or else of the environment, closed at the end. Loads what is heavy only now."""
    from processes import load
    from web.bootstrap import build_platform

    settings = settings or read_settings()
    load()
    town = build_platform(settings)
    try:
        yield town
    finally:
        town.close()
