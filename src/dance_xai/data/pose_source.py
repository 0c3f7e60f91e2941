"""The poses of a data set: which files, of what format, and the tracks of the clips they hold."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from annotated_types import Gt

from dance_xai.data.npz import some
from dance_xai.data.pose_files.clip_names import ClipNames
from dance_xai.data.pose_files.detections import Given, MainActor
from dance_xai.data.pose_files.reading import OnBroken, files_in, read_each, read_main_actors, wanted_places
from dance_xai.data.pose_files.recognise import Format, recognise
from dance_xai.data.pose_spans import cut_to
from dance_xai.data.poses import read_penn_mat, read_pose_npz
from dance_xai.data.skeletons import PENN_13, convert, skeleton
from dance_xai.errors import DataError
from dance_xai.types import Clip, PoseTrack, Skeleton

STRICT = {"extra": "forbid"}

Refuse: TypeAlias = Callable[[Sequence[Clip], DataError], None]
"""Told clips whose poses cannot be used, and why."""


@dataclass(frozen=True)
class PosesSource:
    """A file or folder of poses, and what it does not say itself.

    Attributes:
        path: The file, or a folder of them; for OpenPose the folder of one clip or of such folders. Poses are those of
            the clip of that id, or of the clips cut from the video of that name; by the name of a video they are of the
            whole video, and each clip gets its part.
        skeleton: The joints. Needed for ``npz``; the other formats imply them.
        ids: Name of the array of clip ids (npz).
        lengths: Name of the array of frames per clip (npz).
        xy: Name of the array of joints in pixels (npz).
        format: ``auto`` goes by suffix and content.
        fps: Frames per second, where the file states none.
        height_width: Frame size in pixels, where the file states none.
        xyz: Name of an array of the joints in metres (npz).
        xyz_axes: Which of its axes points to the right as seen, down, and away from the camera; ``x -y z`` where y
            points up.
        convert_to: Skeleton to convert the poses to, by joint name.
    """

    __pydantic_config__ = STRICT
    path: Path
    skeleton: str | None = None
    ids: str = "ids"
    lengths: str = "lengths"
    xy: str = "xy_px"
    format: Literal["auto"] | Format = "auto"
    fps: Annotated[float, Gt(0)] | None = None
    height_width: tuple[Annotated[int, Gt(0)], Annotated[int, Gt(0)]] | None = None
    xyz: str | None = None
    xyz_axes: str = "x y z"
    convert_to: str | None = None


def read_tracks(
    source: PosesSource | None,
    root: Path,
    clips: Sequence[Clip],
    main_actor: MainActor | None = None,
    on_broken: OnBroken | None = None,
) -> tuple[PoseTrack, ...]:
    """The poses of the given clips, in that order; clips without poses have no track.

    Poses are found by the id of a clip or by the name of its video. Poses with the name of the video are of the whole
    video: a clip that is a part of it gets the frames of that part. Poses with an id of another name are of the clip.

    Args:
        source: Where the poses are; None for no tracks.
        root: Where its path starts.
        clips: N clips.
        main_actor: Chooses between several people; needed only for files with several in a frame.
        on_broken: Told each clip whose own file cannot be read, is not of its part of the video, or has another
            skeleton than most; such a clip has no track. Without it that is an error.

    Raises:
        DataError: The poses cannot be read, are of none of the clips, or show several people without ``main_actor``.
    """
    if source is None:
        return ()
    names, path = ClipNames(clips), root / source.path
    broken: dict[str, DataError] = {}

    def refuse(clips: Sequence[Clip], error: DataError) -> None:
        if on_broken is None:
            raise error
        broken.update({clip.id: error for clip in clips})

    read = _read_poses(source, path, names, main_actor, lambda name, error: refuse(names.of(name), error))
    found = tuple(_of_clips(path, read, names, refuse))
    if not found:
        raise next(iter(broken.values()), _of_none(path, read, names))
    if on_broken is not None:
        for clip, error in broken.items():
            on_broken(clip, error)
        found = _of_one_skeleton(found, on_broken)
    return found


def _of_none(path: Path, read: Sequence[PoseTrack], names: ClipNames) -> DataError:
    return DataError(
        f"{path}: expected poses of the clips, got none of {len(names)}: "
        f"{names.unlike([track.clip for track in read])}; name poses after clips or their videos"
    )


def _of_clips(path: Path, read: Sequence[PoseTrack], names: ClipNames, refuse: Refuse) -> Iterator[PoseTrack]:
    """The poses of each clip, those of its part of the video."""
    found: dict[str, list[PoseTrack]] = defaultdict(list)
    for track in read:
        for clip in names.of(track.clip):
            found[clip.id].append(track)
    for clip in names:
        tracks = [track for track in found[clip.id] if track.clip == clip.id] or found[clip.id]
        if len(tracks) > 1:
            several = some([repr(track.clip) for track in tracks])
            raise DataError(f"{path}: expected one set of poses of clip {clip.id!r}, got {several}; keep one")
        if tracks:
            try:
                yield cut_to(tracks[0], clip)
            except DataError as error:
                refuse((clip,), error)


def _of_one_skeleton(tracks: tuple[PoseTrack, ...], on_broken: OnBroken) -> tuple[PoseTrack, ...]:
    """Leave out clips of another skeleton than most."""
    usual = max(Counter(track.skeleton for track in tracks).items(), key=lambda item: item[1], default=(None, 0))[0]
    for track in tracks:
        if usual is not None and track.skeleton != usual:
            reason = f"expected skeleton {usual.name}, as most clips have, got {track.skeleton.name}; set convert_to"
            on_broken(track.clip, DataError(reason))
    return tuple(track for track in tracks if track.skeleton == usual)


def _read_poses(
    source: PosesSource, path: Path, names: ClipNames, main_actor: MainActor | None, on_broken: OnBroken
) -> list[PoseTrack]:
    """Everything that was read; what is of no clip too."""
    size = None if source.height_width is None else (source.height_width[0], source.height_width[1])
    given = Given(None if source.skeleton is None else skeleton(source.skeleton), source.fps, size)
    kind = recognise(path) if source.format == "auto" else source.format
    if kind == "npz":
        tracks = _read_npz_poses(source, path, given)
    elif kind == "penn_mat":
        tracks = _read_penn(path, given, names, on_broken)
    else:
        tracks = read_main_actors(path, kind, given, names=names, main_actor=main_actor, on_broken=on_broken)
    to = None if source.convert_to is None else skeleton(source.convert_to)
    return [_completed(track, given, to) if track.clip in names else track for track in tracks]


def _completed(track: PoseTrack, given: Given, to: Skeleton | None) -> PoseTrack:
    """With what the settings say, where the file does not."""
    known = replace(track, fps=track.fps or given.fps, height_width=track.height_width or given.height_width)
    return known if to is None else convert(known, to)


def _read_npz_poses(source: PosesSource, path: Path, given: Given) -> list[PoseTrack]:
    if given.skeleton is None:
        raise DataError(f"{path}: expected a skeleton for an .npz file, got none; set skeleton to that of its joints")
    return read_pose_npz(
        path,
        skeleton=given.skeleton,
        id_array=source.ids,
        length_array=source.lengths,
        xy_array=source.xy,
        xyz_array=source.xyz,
        xyz_axes=source.xyz_axes,
    )


def _read_penn(path: Path, given: Given, names: ClipNames, on_broken: OnBroken) -> list[PoseTrack]:
    if given.skeleton not in (None, PENN_13):
        raise DataError(
            f"{path}: expected skeleton {PENN_13.name!r} for .mat files, got {given.skeleton.name!r}; "
            f"change it, or set convert_to"
        )
    files = wanted_places(files_in(path, "penn_mat", (".mat",)), names)
    return [track for _, track in read_each(path, files, read_penn_mat, names=names, on_broken=on_broken)]


def pose_reason(error: DataError) -> str:
    """Why the poses of a clip cannot be read, without the name of the file, so that clips bad alike count together."""
    text = str(error)
    return f"poses: {text[max(text.find('expected '), 0) :]}"
