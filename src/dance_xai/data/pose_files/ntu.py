"""Text files ``*.skeleton`` of NTU RGB+D: 25 joints in metres and in pixels of the colour video.

Source: NTU RGB+D, https://github.com/shahroudy/NTURGB-D (layout of the files).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from dance_xai.data.npz import require_file
from dance_xai.data.pose_files.detections import Detections, Given, Sighting, detections_of
from dance_xai.data.skeletons import NTU_25
from dance_xai.errors import DataError, ShapeError

HEIGHT_WIDTH = (1080, 1920)
FPS = 30.0
_BODY = 10
_JOINT = 12
_CERTAINTY = np.array([0.0, 0.5, 1.0])
"""By tracking state: not tracked, inferred, tracked."""


def read_ntu(path: Path, given: Given) -> list[Detections]:
    """Read the bodies of one clip.

    Pixels are those of the colour video (1920 x 1080, 30 frames per second unless the settings say otherwise); metres
    are turned from y up to y down. A joint that was inferred has confidence 0.5. The ids of bodies are not used: the
    sensor gives a person a new one after losing sight.

    Raises:
        DataError: The file is missing, cut short or not of this format.
        ShapeError: A body has another number of joints.
    """
    require_file(path, "a .skeleton file")
    try:
        tokens = iter(path.read_text(encoding="utf-8").split())
        frames = int(next(tokens))
        sightings = [sighting for frame in range(frames) for sighting in _frame(path, tokens, frame)]
    except (OSError, ValueError, StopIteration, RuntimeError) as error:
        raise DataError(
            f"{path}: expected a whole .skeleton file of NTU RGB+D, got another or one cut short; fetch it again"
        ) from error
    if next(tokens, None) is not None:
        raise DataError(f"{path}: expected the end of the file after {frames} frames, got more; fetch it again")
    size, fps = given.height_width or HEIGHT_WIDTH, given.fps or FPS
    return [detections_of(str(path), path.stem, NTU_25, sightings, frames, fps=fps, height_width=size)]


def _frame(path: Path, tokens: Iterator[str], frame: int) -> list[Sighting]:
    return [_body(path, tokens, frame) for _ in range(int(next(tokens)))]


def _body(path: Path, tokens: Iterator[str], frame: int) -> Sighting:
    next(islice(tokens, _BODY - 1, None))
    count = int(next(tokens))
    if count != len(NTU_25.joints):
        raise ShapeError(f"{path}: expected 25 joints per body, got {count} in frame {frame}; fetch the file again")
    table = np.array(list(islice(tokens, count * _JOINT)), dtype=np.float64).reshape(count, _JOINT)
    state = np.clip(table[:, 11], 0, 2).astype(np.int64)
    joints = np.concatenate([table[:, 5:7], _CERTAINTY[state][:, None]], axis=1)
    return Sighting(frame, joints, 1.0, table[:, :3] * np.array([1, -1, 1]))
