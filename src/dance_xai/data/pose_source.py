"""The poses of a data set: which files, of what format, and the tracks of the clips they hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Gt

from dance_xai.data.pose_files.detections import Given, MainActor
from dance_xai.data.pose_files.reading import OnBroken, files_in, read_each, read_main_actors
from dance_xai.data.pose_files.recognise import Format, recognise
from dance_xai.data.poses import read_penn_mat, read_pose_npz
from dance_xai.data.skeletons import PENN_13, convert, skeleton
from dance_xai.errors import DataError
from dance_xai.types import PoseTrack

STRICT = {"extra": "forbid"}


@dataclass(frozen=True)
class PosesSource:
    """A file or folder of poses, and what it does not say itself.

    Attributes:
        path: The file, or a folder of them; for OpenPose the folder of one clip or of such folders.
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
    ids: tuple[str, ...],
    main_actor: MainActor | None = None,
    on_broken: OnBroken | None = None,
) -> tuple[PoseTrack, ...]:
    """The poses of the given clips, in that order; clips without poses have no track.

    Args:
        source: Where the poses are; None for no tracks.
        root: Where its path starts.
        ids: Clip ids.
        main_actor: Chooses between several people; needed only for files with several in a frame.
        on_broken: Told each clip whose own file cannot be read, or has another skeleton than most; such a clip has no
            track. Without it that is an error.

    Raises:
        DataError: The poses cannot be read, are of none of the clips, or show several people without ``main_actor``.
    """
    if source is None:
        return ()
    broken: dict[str, DataError] = {}
    refuse = None if on_broken is None else broken.setdefault
    by_clip = {track.clip: track for track in _read_poses(source, root / source.path, ids, main_actor, refuse)}
    found = tuple(by_clip[clip] for clip in ids if clip in by_clip)
    if on_broken is not None:
        for clip, error in (broken if found else {}).items():
            on_broken(clip, error)
        found = _of_one_skeleton(found, on_broken)
    if not found and broken:
        raise next(iter(broken.values()))
    if not found:
        raise DataError(
            f"{root / source.path}: expected poses of the clips, got none of {len(ids)}; check the clip ids"
        )
    return found


def _of_one_skeleton(tracks: tuple[PoseTrack, ...], on_broken: OnBroken) -> tuple[PoseTrack, ...]:
    """Leave out clips of another skeleton than most."""
    usual = max(Counter(track.skeleton for track in tracks).items(), key=lambda item: item[1], default=(None, 0))[0]
    for track in tracks:
        if usual is not None and track.skeleton != usual:
            reason = f"expected skeleton {usual.name}, as most clips have, got {track.skeleton.name}; set convert_to"
            on_broken(track.clip, DataError(reason))
    return tuple(track for track in tracks if track.skeleton == usual)


def _read_poses(
    source: PosesSource, path: Path, ids: tuple[str, ...], main_actor: MainActor | None, on_broken: OnBroken | None
) -> list[PoseTrack]:
    size = None if source.height_width is None else (source.height_width[0], source.height_width[1])
    given = Given(None if source.skeleton is None else skeleton(source.skeleton), source.fps, size)
    kind = recognise(path) if source.format == "auto" else source.format
    if kind == "npz":
        tracks = _read_npz_poses(source, path, given)
    elif kind == "penn_mat":
        tracks = _read_penn(path, given, ids, on_broken)
    else:
        tracks = read_main_actors(path, kind, given, ids=ids, main_actor=main_actor, on_broken=on_broken)
    tracks = [replace(track, fps=track.fps or given.fps, height_width=track.height_width or size) for track in tracks]
    return tracks if source.convert_to is None else [convert(track, skeleton(source.convert_to)) for track in tracks]


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


def _read_penn(path: Path, given: Given, ids: tuple[str, ...], on_broken: OnBroken | None) -> list[PoseTrack]:
    if given.skeleton not in (None, PENN_13):
        raise DataError(
            f"{path}: expected skeleton {PENN_13.name!r} for .mat files, got {given.skeleton.name!r}; "
            f"change it, or set convert_to"
        )
    files = files_in(path, "penn_mat", (".mat",))
    return [track for _, track in read_each(path, files, read_penn_mat, ids=ids, on_broken=on_broken)]


def pose_reason(error: DataError) -> str:
    """Why the poses of a clip cannot be read, without the name of the file, so that clips bad alike count together."""
    text = str(error)
    return f"poses: {text[max(text.find('expected '), 0) :]}"
