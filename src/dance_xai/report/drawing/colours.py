"""The colours of pages, in which kinds differ in lightness too, so that they are told apart without colour."""

from __future__ import annotations

from dataclasses import dataclass

from dance_xai.types import Kind


@dataclass(frozen=True)
class Colours:
    """A set of colours that go together, as ``#rrggbb``; the same as in ``templates/page.css``."""

    ground: str
    card: str
    sunk: str
    ink: str
    muted: str
    line: str
    motion: str
    object: str
    scene: str
    left: str
    right: str
    good: str
    bad: str

    @property
    def middle(self) -> str:
        """Of bones that are neither left nor right."""
        return self.ink

    def of(self, kind: Kind) -> str:
        """Colour of a kind of concept."""
        return {"motion": self.motion, "object": self.object, "scene": self.scene}[kind]


LIGHT = Colours(
    ground="#f6f6f3",
    card="#ffffff",
    sunk="#f0f0ec",
    ink="#15171c",
    muted="#565d6b",
    line="#dfe0dc",
    motion="#5a3fd0",
    object="#9c4a00",
    scene="#0a6b60",
    left="#1667c0",
    right="#c0245a",
    good="#17703a",
    bad="#b3261e",
)
DARK = Colours(
    ground="#0e1014",
    card="#16191f",
    sunk="#1d2129",
    ink="#eceef2",
    muted="#a4acba",
    line="#2b303a",
    motion="#a999ff",
    object="#f0a662",
    scene="#55cbb8",
    left="#74b5ff",
    right="#ff86ad",
    good="#6fd394",
    bad="#ff9a90",
)


def mixed(a: str, b: str, share: float) -> str:
    """``share`` (0..1) of colour ``b`` in colour ``a``."""
    parts = ((int(a[at : at + 2], 16), int(b[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in parts)
