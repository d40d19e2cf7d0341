# SPDX-License-Identifier: EUPL-1.2
"""The noun of the decision scenarios."""

import pytest

from tests.dmn.building import Model


@pytest.fixture
def model():
    return Model()
