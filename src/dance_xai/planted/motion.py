"""A motion is a few key poses in time with a smooth curve through them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dance_xai.planted.channels import FOREARMS
from dance_xai.types import FloatArray

FOREARM_LAG = 0.02


@dataclass(frozen=True, eq=False)
class Motion:
    """One motion, from standing back to standing.

    Attributes:
        name: What people call it.
        seconds: How long one repetition takes at normal speed.
        keys: (time in 0..1, pose) from the first at 0 to the last at 1.
        repeats: Fewest and most repetitions in a row.
        cyclic: The last key runs on into the first without a stop.
    """

    name: str
    seconds: float
    keys: tuple[tuple[float, FloatArray], ...]
    repeats: tuple[int, int] = (1, 1)
    cyclic: bool = False

    @cached_property
    def times(self) -> FloatArray:
        return np.array([time for time, _ in self.keys])

    @cached_property
    def poses(self) -> FloatArray:
        return np.stack([values for _, values in self.keys])

    @cached_property
    def slopes(self) -> FloatArray:
        """(P, 29) velocity at each key: none where a channel turns back, so extremes are eased into."""
        rise = np.diff(self.poses, axis=0) / np.diff(self.times)[:, None]
        edge = rise[[-1]] if self.cyclic else np.zeros_like(rise[:1])
        before = np.concatenate([edge, rise])
        after = np.concatenate([rise, rise[:1] if self.cyclic else edge])
        product = before * after
        total = np.where(product > 0, before + after, 1.0)
        return np.where(product > 0, 2 * product / total, 0.0)

    def at(self, phase: FloatArray) -> FloatArray:
        """Poses at phases in 0..1; the forearms come a little late. (F,) -> (F, 29)."""
        values = self._curve(phase)
        late = phase - FOREARM_LAG
        values[:, FOREARMS] = self._curve(late % 1.0 if self.cyclic else np.maximum(late, 0))[:, FOREARMS]
        return values

    def _curve(self, phase: FloatArray) -> FloatArray:
        left = np.clip(np.searchsorted(self.times, phase, side="right") - 1, 0, len(self.times) - 2)
        width = np.diff(self.times)[left][:, None]
        u = (phase - self.times[left])[:, None] / width
        start, stop = self.poses[left], self.poses[left + 1]
        bump = u * (1 - u) * width * ((1 - u) * self.slopes[left] - u * self.slopes[left + 1])
        ease = u * u * (3 - 2 * u)
        return np.asarray(start + ease * (stop - start) + bump)
