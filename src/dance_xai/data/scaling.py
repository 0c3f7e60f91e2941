"""Frames in another size or in other colours, by PyAV."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

THREADED = 17
"""From this version of PyAV on, a frame is scaled by as many threads as there are cores unless it is told otherwise."""


def scaler() -> Callable[..., Any]:
    """``VideoReformatter.reformat`` on one thread.

    Use one for all frames of a file, as each takes longer to make than to use.
    """
    import av
    from av.video.reformatter import VideoReformatter

    scale = VideoReformatter().reformat
    return partial(scale, threads=1) if int(av.__version__.partition(".")[0]) >= THREADED else scale
