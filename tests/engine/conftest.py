# SPDX-License-Identifier: EUPL-1.2
"""The nouns of the engine's tests: a bell as the only neighbour, and a story on each database."""

import pytest

from engine.clock import FrozenClock
from engine.db import Database
from engine.operations import Connector
from engine.services import Services
from tests.engine.probes import Bell
from tests.engine.story import Story
from tests.engine.together import Racers


@pytest.fixture
def bell() -> Bell:
    """The neighbour that the probe operations call."""
    return Bell()


@pytest.fixture
def neighbours(bell: Bell) -> dict[type[Connector], Connector]:
    """In the place of the town's neighbours."""
    return {Bell: bell}


@pytest.fixture
def story(db: Database, services: Services, clock: FrozenClock) -> Story:
    """A case to tell a story with."""
    return Story(db, services, clock)


@pytest.fixture
def racers(db: Database) -> Racers:
    """Two commands that meet."""
    return Racers(db)
