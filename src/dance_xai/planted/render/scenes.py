"""The six places by name."""

from __future__ import annotations

from collections.abc import Callable

from dance_xai.planted.render import indoors, outdoors, town
from dance_xai.planted.render.plate import Plate

SCENES: dict[str, Callable[[Plate], None]] = {
    "Beach": outdoors.beach,
    "Forest": outdoors.forest,
    "Gym": indoors.gym,
    "Living room": indoors.living_room,
    "Park": outdoors.park,
    "Street": town.street,
}
"""What draws each scene of ``rule.SCENES`` on a plate."""


def draw_scene(plate: Plate, scene: str) -> None:
    """Draw a scene on an empty plate."""
    SCENES[scene](plate)
    plate.grain()
