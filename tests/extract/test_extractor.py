"""A data set and its videos: what is completed, and what is refused."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest
from PIL import Image

from dance_xai.config import parse_config
from dance_xai.data.dataset import Dataset
from dance_xai.data.skeletons import PENN_13
from dance_xai.errors import ConfigError
from dance_xai.extract.extractor import Extractor
from dance_xai.extract.parts import Parts
from dance_xai.extract.settings import ExtractConfig
from dance_xai.types import Clip, Manifest, PoseTrack, count_reasons

CLIPS = '[data.clips]\npath = "c.csv"\n'
POSES = '[data.poses]\npath = "p.npz"\nskeleton = "penn_13"\n'
VIDEO = '[data.video]\npath = "f.npz"\narray = "v"\n'
OBJECTS = '[data.objects]\npath = "objects.{}"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (POSES + '[extract]\nposes = "planted"', "extract.poses: expected either this or data.poses"),
        (VIDEO + '[extract]\nencoder = "planted"', "extract.encoder: expected either this or data.video"),
        (OBJECTS.format("npz") + '[extract]\nencoder = "planted"', "expected .txt files for extract.encoder"),
        (OBJECTS.format("txt"), "expected a dual encoder for phrases"),
        ('[extract]\nfeatures = ["kinematics"]', "expected poses for 'kinematics'"),
        ('[extract]\ntemplates = ["A video of {}", "A video"]', "extract.templates: expected one {}"),
        ('[extract]\ntemplates = ["{0.real} {}"]', "extract.templates: expected one {}"),
        ("[extract]\ntemplates = []", "extract.templates: expected at least one"),
        ('[extract]\ntemplate = "A video of {}"', "did you mean 'templates'?"),
        ("[extract]\nfps = 1e9", "extract.fps"),
        ('[extract]\ndevice = "gpu"', "extract.device"),
    ],
)
def test_settings_that_contradict_each_other_are_refused_at_once(text: str, message: str):
    with pytest.raises(ConfigError) as caught:
        parse_config(tomllib.loads('name = "x"\n' + CLIPS + text), "my.toml")
    assert message in str(caught.value) and str(caught.value).startswith("my.toml: ")


def test_a_frame_rate_comes_from_the_videos_that_are_there(tmp_path, write_video, numbered_frames):
    clips = tuple(Clip(f"c{n}", "ab"[n % 2], "train", tmp_path / f"c{n}.mp4") for n in range(4))
    for clip in clips[:2]:
        write_video(clip.path, numbered_frames(6), fps=20)
    xy = np.random.default_rng(0).normal(size=(6, 13, 2))
    tracks = tuple(PoseTrack(clip.id, PENN_13, xy, np.ones((6, 13)), np.ones(6, bool)) for clip in clips)
    seen = Extractor(ExtractConfig(), tmp_path)(Dataset(Manifest(clips, ("a", "b")), tracks))
    assert seen.manifest.clips == clips and not seen.manifest.drops
    assert [track.fps for track in seen.tracks] == [20, 20, None, None]


@pytest.mark.parametrize("features", [(), ("kinematics",), ("planted",)])
def test_poses_keep_the_rate_of_their_video_whatever_rate_it_is_looked_at_with(
    tmp_path, write_video, numbered_frames, features
):
    path = write_video(tmp_path / "c.mp4", numbered_frames(6), fps=20)
    clips = (Clip("c0", "a", "train", path), Clip("c1", "b", "train", path))
    xy = np.random.default_rng(0).normal(size=(6, 13, 2))
    tracks = tuple(PoseTrack(clip.id, PENN_13, xy, np.ones((6, 13)), np.ones(6, bool)) for clip in clips)
    config = ExtractConfig(features=features, fps=5)
    seen = Extractor(config, tmp_path, cache=tmp_path / "cache")(Dataset(Manifest(clips, ("a", "b")), tracks))
    assert [(track.fps, len(track.xy)) for track in seen.tracks] == [(20, 6), (20, 6)]
    assert seen.own_tracks


def test_poses_that_state_their_rate_are_as_their_files_say(tmp_path):
    xy = np.random.default_rng(0).normal(size=(6, 13, 2))
    track = PoseTrack("c", PENN_13, xy, np.ones((6, 13)), np.ones(6, bool), 30.0)
    clips = (Clip("c", "a", "train", tmp_path / "c.mp4"),)
    assert not Extractor(ExtractConfig(), tmp_path)(Dataset(Manifest(clips, ("a",)), (track,))).own_tracks


def test_frames_that_cannot_be_decoded_are_told_and_their_clips_stay(tmp_path, parts, numbered_frames, monkeypatch):
    for clip in ("c0", "c1"):
        (tmp_path / clip).mkdir()
        for number, picture in enumerate(numbered_frames(9)):
            Image.fromarray(picture).save(tmp_path / clip / f"{number}.png")
    for number in (7, 8):
        (tmp_path / "c1" / f"{number}.png").write_bytes(b"torn")
    clips = tuple(Clip(name, name, "train", tmp_path / name) for name in ("c0", "c1"))
    monkeypatch.setattr("dance_xai.extract.extractor.load_parts", lambda *_: Parts(parts.poses))
    seen = Extractor(ExtractConfig(poses="counting"), tmp_path)(Dataset(Manifest(clips, ("c0", "c1"))))
    assert seen.manifest.clips == clips
    assert [(drop.stage, drop.item) for drop in seen.manifest.drops] == [("frames", "c1:7"), ("frames", "c1:8")]
    assert count_reasons(seen.manifest.drops) == {"frames: cannot be decoded": 2}
