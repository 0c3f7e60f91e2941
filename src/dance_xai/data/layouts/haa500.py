"""HAA500 as it is downloaded: ``video/<class>/<class>_000.mp4``, twenty videos per class."""

from __future__ import annotations

import re
from pathlib import Path

from dance_xai.data.layouts.entries import Entry, Part, gathered, video_files
from dance_xai.data.layouts.source import ClipsSource
from dance_xai.errors import DataError

TRAIN_VIDEOS = 16

NAME = re.compile(r"(.*/)?(?P<label>[^/]+)/(?P<clip>(?P=label)_(?P<number>0[01]\d))\.\w+")
"""Twenty videos per class, named after it."""


def haa500_entries(source: ClipsSource, root: Path) -> list[Entry]:
    """The videos of HAA500; their numbers say the split.

    Of every class, 000 to 015 are for training. 016, officially for validation, and 017 to 019 are for testing, as in
    the lists of the DANCE paper. Videos with other names cannot be used.

    Raises:
        DataError: There are no videos.

    Source: Chung et al. 2021, section 3; the split lists of the DANCE paper.
    """
    folder = root / source.path
    videos = folder / "video" if (folder / "video").is_dir() else folder
    return gathered(lambda name: [_entry(videos, name)], ((str(videos / name), name) for name in video_files(videos)))


def _entry(videos: Path, name: str) -> Entry:
    found = NAME.fullmatch(name)
    if found is None:
        raise DataError(f"{videos / name}: expected a name as archery/archery_000.mp4; move or remove the file")
    part: Part = "train" if int(found["number"]) < TRAIN_VIDEOS else "test"
    return Entry(str(videos / name), found["label"], videos / name, id=found["clip"], part=part)
