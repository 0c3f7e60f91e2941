"""Clip ids from paths: short where that is enough, unique always."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from dance_xai.data.layouts.entries import Entry


def unsuffixed(names: Iterable[str]) -> dict[str, str]:
    """Paths without their suffixes; files that differ in the suffix only keep theirs.

    Args:
        names: Paths with forward slashes; repeated ones count once.

    Source: ours.
    """
    paths = {name: PurePosixPath(name) for name in names}
    stems = {name: str(path.parent / path.stem) for name, path in paths.items()}
    count = Counter(stems.values())
    short = {name: stem if count[stem] == 1 else name for name, stem in stems.items()}
    return short if len(set(short.values())) == len(short) else {name: name for name in stems}


def give_ids(entries: Sequence[Entry], *, short: bool) -> list[Entry]:
    """Give entries without an id one made of their path, without its suffix.

    Several clips cut from one file also carry their seconds, as in ``match@12.5-14.0``.

    Args:
        entries: Clips of a data set; those that cannot be used get none.
        short: Take the file name alone where no two files share it.

    Source: ours.
    """
    nameless = [entry for entry in entries if entry.id is None and entry.wrong is None]
    count = Counter(entry.name for entry in nameless)
    stems = {name: PurePosixPath(name).stem for name in count}
    names = stems if short and len(set(stems.values())) == len(stems) else unsuffixed(count)
    return [
        replace(entry, id=names[entry.name] + _seconds(entry, count[entry.name]))
        if entry.id is None and entry.wrong is None
        else entry
        for entry in entries
    ]


def _seconds(entry: Entry, clips_of_file: int) -> str:
    if clips_of_file == 1 or (entry.start is None and entry.end is None):
        return ""
    return f"@{'' if entry.start is None else entry.start}-{'' if entry.end is None else entry.end}"
