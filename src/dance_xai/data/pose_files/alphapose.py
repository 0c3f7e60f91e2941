"""``alphapose-results.json`` of AlphaPose: COCO results whose certainties and scores may exceed 1.

Source: AlphaPose, docs/output.md.
"""

from __future__ import annotations

from pathlib import Path

from dance_xai.data.pose_files.coco import read_results
from dance_xai.data.pose_files.detections import Detections, Given
from dance_xai.data.pose_files.names import read_json
from dance_xai.errors import DataError


def read_alphapose(path: Path, given: Given) -> list[Detections]:
    """Read the results of AlphaPose with a COCO model of 17 joints.

    ``idx``, its own tracking, is not used. Frames count from 0 to the last one with somebody.

    Raises:
        DataError: The file is missing, not of this format, or written with ``--format cmu`` or ``open``.
        ShapeError: The model has other joints, such as the 26 or 136 of Halpe.
    """
    document = read_json(path)
    if isinstance(document, dict):
        raise DataError(
            f"{path}: expected the list that AlphaPose writes by default, got an object; run it without --format"
        )
    return read_results(path, document, given)
