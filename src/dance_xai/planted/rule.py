"""The planted rule: which motions, object and scene make a class, and who is seen where with what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from dance_xai.planted.moves import MOTION_NAMES
from dance_xai.types import BoolArray, IntArray, Kind

Part = Literal["train", "test", "shifted"]


@dataclass(frozen=True)
class Rule:
    """A clip is of class ``label`` when it shows exactly ``motions``, and the object and scene where named."""

    label: str
    motions: tuple[str, ...]
    object: str | None = None
    scene: str | None = None

    def holds(self, motions: set[str], objects: set[str], scenes: set[str]) -> bool:
        """Whether a clip that shows these concepts is of this class."""
        with_object = self.object is None or self.object in objects
        return motions == set(self.motions) and with_object and (self.scene is None or self.scene in scenes)


RULES: tuple[Rule, ...] = (
    Rule("greeting", ("walk in place", "wave")),
    Rule("hiking", ("walk in place",), scene="Forest"),
    Rule("jumping jacks", ("jumping jack",)),
    Rule("kicking a bag", ("front kick",), object="Punching bag"),
    Rule("marching", ("walk in place",), scene="Street"),
    Rule("punching a bag", ("punch",), object="Punching bag"),
    Rule("skipping rope", ("hop",), object="Jump rope"),
    Rule("squats", ("squat",)),
    Rule("stretching", ("toe touch", "lunge")),
    Rule("taking a seat", ("sit down",), object="Chair"),
    Rule("throwing a ball", ("overhead throw",), object="Ball"),
    Rule("throwing a frisbee", ("overhead throw",), object="Frisbee"),
    Rule("weight lifting", ("squat", "arm raise"), object="Dumbbell"),
)
CLASSES: tuple[str, ...] = tuple(rule.label for rule in RULES)

OBJECTS: tuple[str, ...] = (
    "Ball",
    "Chair",
    "Dumbbell",
    "Frisbee",
    "Jump rope",
    "Punching bag",
    "Backpack",
    "Water bottle",
)
SCENES: tuple[str, ...] = ("Beach", "Forest", "Gym", "Living room", "Park", "Street")
DISTRACTORS: dict[Kind, tuple[str, ...]] = {
    "object": ("Bicycle", "Fishing rod", "Guitar", "Laptop", "Piano", "Umbrella"),
    "scene": ("Airport", "Kitchen", "Library", "Ski slope", "Swimming pool", "Train station"),
}
VISIBLE: dict[Kind, tuple[str, ...]] = {"motion": MOTION_NAMES, "object": OBJECTS, "scene": SCENES}
SMALL = ("Ball", "Frisbee")  # hard to see, so that a scene that goes with one of them is tempting
_BY_CHANCE = ("Backpack", "Water bottle")
_BY_CHANCE_SHARE = 0.2

SHORTCUT_CLASS, SHORTCUT_RIVAL, SHORTCUT_SCENE = "throwing a frisbee", "throwing a ball", "Beach"
SHORTCUT_SHARE = 0.9


def draw_presence(label: str, part: Part, count: int, rng: np.random.Generator) -> dict[Kind, BoolArray]:
    """What ``count`` clips of a class truly show.

    Objects that no rule names are seen by chance. Any scene will do where the rule names none, except
    for the shortcut: its class is at the shortcut scene in 90 % of the train and test clips and
    never in the shifted clips, where the rival class, alike but for the object, takes its place.

    Returns:
        Per kind (count, C) in the order of ``VISIBLE``.
    """
    rule = RULES[CLASSES.index(label)]
    shown = {kind: np.zeros((count, len(names)), dtype=bool) for kind, names in VISIBLE.items()}
    shown["motion"][:, [MOTION_NAMES.index(name) for name in rule.motions]] = True
    if rule.object is not None:
        shown["object"][:, OBJECTS.index(rule.object)] = True
    for name in _BY_CHANCE:
        shown["object"][:, OBJECTS.index(name)] = rng.random(count) < _BY_CHANCE_SHARE
    shown["scene"][np.arange(count), _scenes(rule, part, count, rng)] = True
    return shown


def _scenes(rule: Rule, part: Part, count: int, rng: np.random.Generator) -> IntArray:
    if rule.scene is not None:
        return np.full(count, SCENES.index(rule.scene))
    favoured = SHORTCUT_RIVAL if part == "shifted" else SHORTCUT_CLASS
    beach = SCENES.index(SHORTCUT_SCENE)
    others = rng.choice([i for i in range(len(SCENES)) if i != beach], count)
    if rule.label == favoured:
        return np.where(rng.permutation(count) < round(SHORTCUT_SHARE * count), beach, others)
    if part == "shifted" and rule.label == SHORTCUT_CLASS:
        return others
    return rng.integers(0, len(SCENES), count)
