"""A stage in every house."""

import pytest

from tests.unit.actions.stage import Stage
from tests.unit.home import Home


@pytest.fixture
def stage(home: Home) -> Stage:
    return Stage(home)
