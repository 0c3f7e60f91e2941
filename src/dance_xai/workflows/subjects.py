"""What is explained: a clip the RUN knows, or a video it has never seen."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dance_xai.data.container import is_there
from dance_xai.errors import ArtifactError, DanceError, DataError
from dance_xai.features.blocks import put_together
from dance_xai.motion.matching import MotionMatches, match_motions, similarity
from dance_xai.types import Clip, Features, FloatArray, PoseTrack, VideoFacts, WindowMatch
from dance_xai.workflows.runs import RunView, clip_cache

if TYPE_CHECKING:  # what looks at videos is loaded when there is one to look at
    from dance_xai.extract.moments import Moments
    from dance_xai.extract.parts import Parts
    from dance_xai.extract.settings import ExtractConfig
    from dance_xai.extract.watch import Sight


@dataclass(frozen=True, eq=False)
class Subject:
    """Everything the model needs to know of one clip.

    Attributes:
        clip: Its id.
        inputs: (D,) what the model reads: the backbone feature, or the evidence for grounded activations.
        label: Its class, None when unknown.
        track: Poses, None without any.
        matches: Best window per motion concept, by column of the model's bank.
        moments: What the RUN's dual encoder sees at single moments; None where nobody looked.
        notes: What could not be looked at, and why.
    """

    clip: str
    inputs: FloatArray
    label: str | None
    track: PoseTrack | None
    matches: dict[int, WindowMatch]
    moments: Moments | None = None
    notes: tuple[str, ...] = ()

    @property
    def video(self) -> VideoFacts | None:
        """What is known of the clip as a video."""
        if self.track is None:
            return None if self.moments is None else self.moments.video
        height, width = self.track.height_width or (None, None)
        return VideoFacts(len(self.track.xy), self.track.fps, width, height)


def find_subject(view: RunView, name: str, *, threads: int = 1) -> Subject:
    """A clip of the RUN by its id, or else a video file by its path.

    Raises:
        DataError: It is neither.
    """
    if name in view.manifest.ids:
        return known_clip(view, name, threads=threads)
    path = Path(name)
    if is_there(path):
        return new_video(view, path, threads=threads)
    known = ", ".join(_near(name, view.manifest.ids)[:3])
    raise DataError(
        f"{name}: expected a video file, or one of the {len(view.manifest.ids)} clips of the RUN ({known}, ...), "
        "found neither; check the path or the id"
    )


def _near(name: str, ids: Sequence[str]) -> Sequence[str]:
    """The ids that a name may mean: those that end in it, else those spelled much like it, else all."""
    bare = Path(name).with_suffix("").as_posix()
    return [known for known in ids if known.endswith(f"/{bare}")] or difflib.get_close_matches(name, ids) or ids


def known_clip(view: RunView, clip: str, *, threads: int = 1) -> Subject:
    """A clip of the RUN.

    Args:
        view: The RUN.
        clip: Its id.
        threads: Of the decoder, where its video is there to be looked at again.

    Raises:
        DataError: The RUN does not know it, or its poses cannot be read.
    """
    row = view.row(clip)
    moments, notes = look_again(view, clip, threads=threads)
    label, track = view.manifest.clips[row].label, view.track(clip)
    return Subject(clip, view.inputs[row], label, track, view.matches(row), moments, notes + nobody_there(view, track))


def nobody_there(view: RunView, track: PoseTrack | None) -> tuple[str, ...]:
    """A note for a clip whose motions are told although nobody was found in it."""
    if track is None or track.present.any() or not view.model.bank.columns("motion").size:
        return ()
    from dance_xai.extract.extractor import NOBODY

    grounded = view.model.activations == "grounded"
    instead = "they count as in the mean train clip" if grounded else "what is said of them comes from the feature"
    return (f"motion: {NOBODY}, so no motion was measured; {instead}",)


def look_again(view: RunView, clip: str, *, threads: int = 1) -> tuple[Moments | None, tuple[str, ...]]:
    """Moments of a clip of the RUN, or a note why there are none; an explanation does not fail for want of them."""
    if view.text is None or not view.bank.bank.columns("object", "scene").size:
        return None, ()
    try:
        if view.extract.encoder is None:
            return None, ("phrases_seen: the similarities come from files, which say nothing of single frames",)
        if clip not in view.listed:
            raise DataError(f"clip {clip!r}: expected it in the list of clips, got another list; pass --data-root")
        return _moments(view, view.listed[clip], threads), ()
    except DanceError as error:
        return None, (f"phrases_seen: {error}",)


def _moments(view: RunView, clip: Clip, threads: int) -> Moments:
    """Moments of a clip, from the cache beside the RUN where it was looked at before; no model is loaded then."""
    from dance_xai.extract.keep import ClipKeep
    from dance_xai.extract.moments import Moments, moments_key

    keep = ClipKeep(clip_cache(view.cache))
    key = moments_key(clip, view.extract, view.run.json("inputs").get("models", {}), keep)
    moments = keep.load(Moments, key)
    if moments is None:
        moments = _look(view, clip, threads)
        with suppress(ArtifactError):  # a place that cannot be written keeps nobody from an explanation
            keep.save(moments, key)
            keep.close()
    return moments


def _look(view: RunView, clip: Clip, threads: int) -> Moments:
    from dance_xai.extract.loading import load_encoder
    from dance_xai.extract.moments import see_moments

    config = view.extract
    assert config.encoder is not None
    _require_same(view, replace(config, poses=None, features=()))
    return see_moments(clip, load_encoder(config.encoder, config, view.root), config, threads=threads)


def new_video(view: RunView, path: Path, *, threads: int = 1) -> Subject:
    """A video the RUN has never seen, looked at in the way the RUN was made.

    Args:
        view: The RUN.
        path: A video file.
        threads: Frames looked at side by side.

    Raises:
        DataError: The video cannot be read, or the RUN was made from files that do not exist for a new video.
        DanceError: A model cannot be loaded.
    """
    from dance_xai.extract.extractor import NOBODY, track_of
    from dance_xai.extract.loading import load_parts
    from dance_xai.extract.moments import MomentsEye
    from dance_xai.extract.watch import open_clip, watch

    _require_own_eyes(view, path)
    config, clip = view.extract, Clip(path.stem, path=path)
    _require_same(view, config)
    parts = load_parts(config, view.root)
    video = open_clip(clip, config)
    looking = None if parts.encoder is None else MomentsEye(video, parts.encoder)
    others = () if looking is None else (looking,)
    sight = watch(video, parts, batch=config.batch or 8, threads=threads, others=others)
    track = track_of(clip, sight, config) if parts.poses is not None else None
    if track is not None and not track.present.any() and config.nobody == "drop":
        raise DataError(f"{path}: expected somebody to look at, got {NOBODY}; the RUN was made from clips with people")
    matches = _matches(view, track)
    grounded = view.model.activations == "grounded"
    inputs = _evidence(view, sight, parts, matches) if grounded else _feature(view, sight, parts, track)
    moments = None if looking is None else looking.moments()
    found = {} if matches is None else view.by_column(matches, 0)
    return Subject(clip.id, inputs, None, track, found, moments, nobody_there(view, track))


def files_instead_of_eyes(view: RunView) -> tuple[str, ...]:
    """Settings of a RUN whose data came from files, which say nothing of a new video; empty when it sees for itself."""
    data = view.config.data
    given = {"data.poses": data.poses, "data.features": data.features, "data.video": data.video}
    return tuple(name for name, source in given.items() if source is not None)


def _require_own_eyes(view: RunView, path: Path) -> None:
    """Refuse a RUN whose inputs came from files."""
    needed = files_instead_of_eyes(view)
    if needed:
        raise DataError(
            f"{path}: expected a RUN that looks at videos itself, got one made with {' and '.join(needed)} from files; "
            "fit with extract.poses, extract.features or extract.encoder instead"
        )


def _require_same(view: RunView, config: ExtractConfig) -> None:
    """Refuse models of another content than those the RUN was made with: their numbers mean something else."""
    from dance_xai.extract.loading import model_identities

    made_with = view.run.json("inputs").get("models", {})
    for name, found in model_identities(config, view.root).items():
        if made_with.get(name) != found:
            raise ArtifactError(
                f"{name}: expected the model the RUN was made with (SHA-256 {made_with.get(name, 'none')[:12]}...), "
                f"got another ({found[:12]}...); put that file back, or fit again"
            )


def _feature(view: RunView, sight: Sight, parts: Parts, track: PoseTrack | None) -> FloatArray:
    """(D,) put together as in the RUN."""
    assert view.blocks is not None
    vectors = [sight.vectors[backbone.identity] for backbone in parts.backbones]
    if parts.kinematics is not None:
        assert track is not None
        vectors.append(parts.kinematics.encode(track))
    together: FloatArray = put_together([vector[None] for vector in vectors], view.blocks)[0]
    return together


def _matches(view: RunView, track: PoseTrack | None) -> MotionMatches | None:
    motion = view.motion
    if track is None or motion is None or motion.encoder is None or motion.motions is None:
        return None
    body = motion.encoder.body([track], [track.clip])
    return match_motions(motion.encoder, body, motion.motions.centres, stride=view.config.motion.stride)


def _evidence(view: RunView, sight: Sight, parts: Parts, matches: MotionMatches | None) -> FloatArray:
    """(G,) measured as in the RUN; what cannot be measured has the train mean."""
    usual = view.evidence.values[view.manifest.rows("train")].mean(axis=0)
    bank = view.bank.keep(view.evidence.columns)
    motion, text = bank.bank.columns("motion"), bank.bank.columns("object", "scene")
    values = np.full(len(bank.bank), np.nan)
    if matches is not None and view.motion is not None and view.motion.motions is not None:
        values[motion] = similarity(matches.distance[0, bank.source[motion]], view.motion.motions.scale)
    if parts.encoder is not None and view.text is not None:
        vector = sight.vectors[parts.encoder.identity]
        values[text] = view.text.measure(Features(parts.encoder.name, ("new",), vector[None]))[0, bank.source[text]]
    found: FloatArray = np.where(np.isfinite(values), values, usual)
    return found
