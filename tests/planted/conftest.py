"""One planted world of the default size, shared by the tests of this folder."""

from __future__ import annotations

import pytest

from dance_xai.planted.world import PlantedWorld, make_world


@pytest.fixture(scope="session")
def world() -> PlantedWorld:
    return make_world()
