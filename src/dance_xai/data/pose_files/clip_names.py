"""Which clips the poses of a file are of: those of that id, or those cut from the video of that name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from dance_xai.data.layouts.entries import VIDEO_SUFFIXES
from dance_xai.data.npz import some
from dance_xai.types import Clip

SHOWN = 3
"""Names of each side that an error shows."""

PREFIX = "results_"
"""What the demos of MMPose write before the name of the video."""


class ClipNames:
    """The names under which poses of some clips are found.

    Args:
        clips: N clips. A video that several of them are cut from is one video; videos in different folders that are
            called alike cannot be told by name.
    """

    def __init__(self, clips: Sequence[Clip]) -> None:
        self.clips = tuple(clips)
        self._by_id = {clip.id: clip for clip in self.clips}
        by_name: dict[str, list[Clip]] = defaultdict(list)
        for clip in self.clips:
            by_name[video_name(clip)].append(clip)
        self._by_video = {
            name: tuple(alike) for name, alike in by_name.items() if len({clip.path or clip.id for clip in alike}) == 1
        }

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.of(name))

    def __iter__(self) -> Iterator[Clip]:
        return iter(self.clips)

    def __len__(self) -> int:
        return len(self.clips)

    def of(self, name: str) -> tuple[Clip, ...]:
        """The clips that poses of this name are of; none where no clip or several videos are called so."""
        exact = self._by_id.get(name)
        if exact is not None and not is_whole(name, exact):
            return (exact,)
        return self._by_video.get(plain_name(name), () if exact is None else (exact,))

    def unlike(self, names: Sequence[str]) -> str:
        """Names of both sides, for an error."""
        return f"the clips are called {_shown([clip.id for clip in self.clips])}, the poses {_shown(names)}"


def plain_name(name: str) -> str:
    """The name of a video without folders, suffix, and what a program writes before it."""
    last = PurePosixPath(name.replace("\\", "/")).name
    stem = last.rpartition(".")[0] if last.lower().endswith(VIDEO_SUFFIXES) else last
    return stem.removeprefix(PREFIX)


def video_name(clip: Clip) -> str:
    """The name of the video of a clip; of the clip itself where it names no video."""
    return plain_name(clip.id if clip.path is None else clip.path.name)


def is_whole(name: str, clip: Clip) -> bool:
    """Whether poses of this name are those of the whole video of a clip, whatever part of it the clip is."""
    return plain_name(name) == video_name(clip)


def _shown(names: Sequence[str]) -> str:
    return some([repr(name) for name in names], SHOWN) or "nothing"
