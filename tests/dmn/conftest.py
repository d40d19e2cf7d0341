# SPDX-License-Identifier: EUPL-1.2
"""The noun of the decision scenarios."""

import pytest
from hypothesis import settings

from tests.dmn.building import Model

# A busy machine must not fail a test; how long an example takes is no promise.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture
def model():
    return Model()
