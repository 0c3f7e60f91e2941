"""What a network sees in a clip, and in which frames it looks."""

from __future__ import annotations

from dataclasses import dataclass

from dance_xai.types.names import FloatArray


@dataclass(frozen=True)
class Sampling:
    """Which frames of a clip a network looks at.

    Attributes:
        frames: T per view.
        stride: None spreads the T frames evenly over the clip (uniform); a number takes every so many frames (dense).
        views: V, temporal views spread evenly over the clip; their results are averaged.
        fps: Frames per second in which ``stride`` counts; None for those of the clip.

    Source: uniform as in TSN (Wang et al. 2016), dense as in VideoMAE (Tong et al. 2022).
    """

    frames: int = 16
    stride: int | None = None
    views: int = 1
    fps: float | None = None


@dataclass(frozen=True, eq=False)
class Features:
    """One vector per clip from a frozen backbone or dual encoder.

    Attributes:
        name: Where they come from, for example ``videomae_b``.
        ids: N clip ids.
        values: (N, D) finite floats.
    """

    name: str
    ids: tuple[str, ...]
    values: FloatArray


@dataclass(frozen=True)
class FeatureBlocks:
    """Of which features a vector is put together, and how they are brought to one size.

    Attributes:
        names: B names of backbones.
        widths: Their D; the vector is as wide as their sum.
        scales: Factor of each block: one over its root mean squared deviation over train clips, so that no block
            outweighs another by its units; 1 for a single block.
    """

    names: tuple[str, ...]
    widths: tuple[int, ...]
    scales: tuple[float, ...]
