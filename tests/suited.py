"""People in the planted training suit as thirteen discs: cheap, and enough for the weight-free pose estimator."""

from __future__ import annotations

import numpy as np

from dance_xai.planted.palette import PADS, pad_colours

SIZE = (128, 128)
ACTIONS = ("wave", "squat", "kick")
SETTINGS = """
name = "suits"

[data.clips]
path = "clips.csv"

[extract]
poses = "planted"
features = ["planted"]

[motion]
per_clip = 6
min_clips = 2
stride = 8
stability_repeats = 0
windows.frames = 12
clusters.n_clusters = [12]
clusters.refine = 3

[layers]
folds = 2

[head]
folds = 2
"""
"""Of a quick fit to a few such videos."""
_STANDING = {
    "head": (0, -46),
    "shoulder": (11, -32),
    "elbow": (15, -17),
    "wrist": (17, -2),
    "hip": (7, 2),
    "knee": (8, 22),
    "ankle": (9, 42),
}
_SUIT = dict(zip(PADS, pad_colours().round().astype(np.uint8), strict=True))


def joints_of(action: str, beat: float) -> dict[str, tuple[float, float]]:
    """Place of every pad from the middle of the picture, pixels; ``beat`` in cycles of the movement."""
    lift = 0.5 - 0.5 * np.cos(2 * np.pi * beat)  # 0, up to 1, and back
    places = {}
    for pad in PADS:
        side = 1 if pad.startswith("left") else -1
        x, y = _STANDING[pad.removeprefix("left_").removeprefix("right_")]
        if action == "wave" and side == 1 and pad.endswith(("elbow", "wrist")):
            x, y = (x + 8, y - 16 * lift) if pad.endswith("elbow") else (x + 14, y - 56 * lift)
        if action == "squat" and not pad.endswith(("knee", "ankle")):
            y += 18 * lift
        if action == "kick" and side == 1 and pad.endswith(("knee", "ankle")):
            x, y = (x + 12 * lift, y - 10 * lift) if pad.endswith("knee") else (x + 30 * lift, y - 26 * lift)
        places[pad] = (float(side * x), float(y))
    return places


def picture(action: str, beat: float, *, size: tuple[int, int] = SIZE, zoom: float = 1.0) -> np.ndarray:
    """(H, W, 3) uint8 RGB: one person in the middle of a grey room."""
    frame = np.full((*size, 3), 120, dtype=np.uint8)
    rows, columns = np.ogrid[: size[0], : size[1]]
    for pad, (x, y) in joints_of(action, beat).items():
        centre = (size[1] / 2 + zoom * x, size[0] / 2 + zoom * y)
        frame[(columns - centre[0]) ** 2 + (rows - centre[1]) ** 2 < (4.5 * zoom) ** 2] = _SUIT[pad]
    return frame


def performance(action: str, count: int = 24, *, seed: int = 0, size: tuple[int, int] = SIZE) -> list[np.ndarray]:
    """The frames of a clip; the seed says how fast the person is and when the movement begins."""
    rng = np.random.default_rng(seed)
    speed, start = rng.uniform(1.6, 2.4), rng.uniform(0, 1)
    zoom = min(size) / min(SIZE)
    return [picture(action, start + speed * number / 24, size=size, zoom=zoom) for number in range(count)]
