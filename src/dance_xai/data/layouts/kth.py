"""The KTH actions: whole videos with or without the official list of sequences, or videos cut into sequences."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path, PurePosixPath

from dance_xai.data.layouts.entries import Entry, Part, gathered, numbered_lines, video_files
from dance_xai.data.layouts.source import ClipsSource
from dance_xai.errors import DataError

SEQUENCES = "00sequences.txt"
TEST_PERSONS = frozenset({2, 3, 5, 6, 7, 8, 9, 10, 22})
FPS = 25.0

_CLASSES = "boxing|handclapping|handwaving|jogging|running|walking"
VIDEO = re.compile(
    rf"(?P<video>person(?P<person>[01]\d|2[0-5])_(?P<label>{_CLASSES})_d[1-4])(_uncomp|(?P<piece>_\d+))?"
)
_SEQUENCE = re.compile(r"(?P<video>person\d\d_[a-z]+_d\d)\s+frames\s+(?P<ranges>\d+-\d+(\s*,\s*\d+-\d+)*)\s*,?")


def kth_entries(source: ClipsSource, root: Path) -> list[Entry]:
    """The clips of KTH; labels and persons come from the file names.

    A whole video is a clip, or, with the list of sequences in the folder, a clip per sequence, numbered from 0. Persons
    1, 4, 11 to 21 and 23 to 25 (the official training and validation persons) are for training, the nine others for
    testing. Videos with other names, and those that the list lacks, cannot be used.

    Raises:
        DataError: There are no videos, or a line of the list is wrong.

    Source: Schuldt, Laptev, Caputo 2004; ``00sequences.txt`` of the data set.
    """
    folder = root / source.path
    listed = _sequences(folder / SEQUENCES) if (folder / SEQUENCES).is_file() else None
    paths = ((str(folder / name), folder / name) for name in video_files(folder))
    return gathered(lambda path: _entries_of(path, listed), paths)


def kth_files(source: ClipsSource, root: Path) -> tuple[Path, ...]:
    """The list of sequences, if it is there."""
    file = root / source.path / SEQUENCES
    return (file,) if file.is_file() else ()


def _entries_of(path: Path, listed: dict[str, list[tuple[float, float]]] | None) -> list[Entry]:
    found = VIDEO.fullmatch(PurePosixPath(path.name).stem)
    if found is None:
        raise DataError(
            f"{path}: expected a name as person01_walking_d1_uncomp.avi or person01_walking_d1_0.mp4; remove the file"
        )
    part: Part = "test" if int(found["person"]) in TEST_PERSONS else "train"
    clip = Entry(str(path), found["label"], path, id=found["video"], part=part, subject=found["person"])
    if found["piece"]:
        return [replace(clip, id=found["video"] + found["piece"])]
    return [clip] if listed is None else _pieces(clip, listed)


def _pieces(clip: Entry, listed: dict[str, list[tuple[float, float]]]) -> list[Entry]:
    times = listed.get(clip.id or "")
    if times is None:
        raise DataError(f"{clip.where}: expected its sequences in {SEQUENCES}, found none; fetch the list again")
    return [replace(clip, id=f"{clip.id}_{n}", start=start, end=end) for n, (start, end) in enumerate(times)]


def _sequences(file: Path) -> dict[str, list[tuple[float, float]]]:
    """Seconds of each sequence by video; frames count from 1 and the last belongs to the sequence."""
    found: dict[str, list[tuple[float, float]]] = {}
    for line, text in numbered_lines(file, "the list of KTH sequences"):
        match = _SEQUENCE.fullmatch(text)
        if match is None and re.match(r"person\d\d_\w+\s+frames", text):
            raise DataError(f"{file}: line {line}: expected frame ranges as 1-95, 96-185, got {text[:80]!r}; mend it")
        if match is not None:
            frames = [[int(frame) for frame in pair.split("-")] for pair in match["ranges"].split(",")]
            found[match["video"]] = [((first - 1) / FPS, last / FPS) for first, last in frames]
    return found
