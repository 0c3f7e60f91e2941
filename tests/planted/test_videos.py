"""Video files: readable, repeatable, written once, all or nothing."""

from __future__ import annotations

import json
from dataclasses import replace

import av
import numpy as np
import pytest

from dance_xai.data.manifest import read_manifest
from dance_xai.data.poses import read_pose_npz
from dance_xai.data.skeletons import skeleton
from dance_xai.errors import ConfigError, DataError
from dance_xai.planted.render.encode import content_key, key_of, write_mp4
from dance_xai.planted.rule import DISTRACTORS, OBJECTS, SCENES, SHORTCUT_CLASS, SHORTCUT_RIVAL, SHORTCUT_SCENE
from dance_xai.planted.truth import shortcut
from dance_xai.planted.video_world import make_video_world
from dance_xai.planted.videos import write_video_world, write_videos
from dance_xai.types import KINDS


@pytest.fixture(scope="module")
def two(video_world):
    """The world with its two shortest clips only."""
    shots = sorted(video_world.shots, key=lambda shot: len(shot.joints))
    return replace(video_world, shots=tuple(shots[:2]))


def test_every_player_finds_the_size_rate_and_length(filmed):
    for shot in filmed.shots:
        with av.open(str(filmed.folder / f"{shot.clip}.mp4")) as container:
            stream = container.streams.video[0]
            assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
            assert (stream.height, stream.width) == shot.height_width
            assert float(stream.average_rate) == shot.fps == 15.0
            assert stream.frames == len(shot.joints)


def test_decoded_frames_look_like_the_drawn_ones(filmed, two, tmp_path):
    for shot, clip, track in zip(filmed.shots, filmed.clips, filmed.truth, strict=True):
        assert clip.shape == (len(shot.joints), *shot.height_width, 3)
        assert (track.clip, track.fps, track.height_width) == (shot.clip, shot.fps, shot.height_width)


def test_clips_are_short_and_spans_follow_the_frame_rate(video_world):
    for shot in video_world.shots:
        spans = video_world.spans[shot.clip]
        assert [(beat.motion, beat.start, beat.stop) for beat in shot.beats] == [
            (span.motion, span.start, span.stop) for span in spans
        ]
        assert spans[-1].stop <= len(shot.joints)
    seconds = [len(shot.joints) / shot.fps for shot in make_video_world(clips_per_class=4).shots]
    assert 2.5 < np.mean(seconds) < 4
    assert max(seconds) < 7


def test_the_same_seed_gives_the_same_bytes_whatever_the_workers(two, tmp_path):
    write_videos(two, tmp_path / "one", workers=1)
    write_videos(two, tmp_path / "two", workers=2)
    for shot in two.shots:
        one, other = ((tmp_path / name / f"{shot.clip}.mp4").read_bytes() for name in ("one", "two"))
        assert one == other


def test_what_is_written_is_left_alone_and_what_differs_is_drawn_again(two, tmp_path):
    calls = []
    tracks = write_videos(two, tmp_path, progress=lambda done, total: calls.append((done, total)))
    assert calls == [(1, 2), (2, 2)]
    paths = [tmp_path / f"{shot.clip}.mp4" for shot in two.shots]
    before = [path.stat().st_mtime_ns for path in paths]
    paths[1].write_bytes(b"not a video")
    changed = replace(two, shots=(two.shots[0], replace(two.shots[1], scene="Gym")))
    again = write_videos(changed, tmp_path)
    assert paths[0].stat().st_mtime_ns == before[0]
    assert key_of(paths[1]) == content_key(changed.shots[1]) != content_key(two.shots[1])
    np.testing.assert_array_equal(again[0].xy, tracks[0].xy)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in paths)


def test_a_film_that_breaks_leaves_nothing_behind(tmp_path):
    def frames():
        yield from np.random.default_rng(0).integers(0, 255, (90, 64, 64, 3), dtype=np.uint8)
        assert list(tmp_path.iterdir())  # it has begun
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_mp4(tmp_path / "clip.mp4", frames(), (64, 64), 15.0, "key")
    assert list(tmp_path.iterdir()) == []
    assert key_of(tmp_path / "clip.mp4") is None


def test_a_place_that_cannot_be_written_is_named(two, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match="file") as caught:
        write_videos(two, tmp_path / "file")
    assert "\n" not in str(caught.value)
    with pytest.raises(DataError, match=r"clip\.mp4"):
        write_mp4(tmp_path / "missing" / "clip.mp4", [], (64, 64), 15.0, "key")


def test_the_files_beside_the_clips_are_read_like_any_data_set(two, tmp_path):
    paths = write_video_world(two, tmp_path)
    clips, shifted = (read_manifest(paths[name], path_column="path") for name in ("clips", "shifted"))
    assert clips.ids == two.manifest.ids
    assert clips.clips[0].path == tmp_path / "videos" / f"{clips.ids[0]}.mp4"
    assert set(two.shifted.ids) < set(shifted.ids)
    tracks = read_pose_npz(paths["poses"], skeleton=skeleton("coco_17"))
    assert [track.clip for track in tracks] == [shot.clip for shot in two.shots]
    assert paths["objects"].read_text().splitlines() == [*OBJECTS, *DISTRACTORS["object"]]
    assert paths["scenes"].read_text().splitlines() == [*SCENES, *DISTRACTORS["scene"]]
    truth = json.loads(paths["truth"].read_text())
    assert truth["clips"][two.shots[0].clip]["scene"] == [two.shots[0].scene]


def test_the_rule_and_the_shortcut_are_those_of_the_planted_world(video_world):
    for row, clip in enumerate(video_world.manifest.clips + video_world.shifted.clips):
        motions, objects, scenes = (video_world.shown(kind, row) for kind in KINDS)
        assert [rule.label for rule in video_world.rules if rule.holds(motions, objects, scenes)] == [clip.label]
        shot = video_world.shots[row]
        assert ({shot.scene}, set(shot.objects)) == (scenes, objects)
    found = shortcut(video_world)
    assert (found.label, found.rival, found.scene) == (SHORTCUT_CLASS, SHORTCUT_RIVAL, SHORTCUT_SCENE)
    assert found.train > 0.6 > 0.1 > found.shifted


def test_too_few_clips_are_refused():
    with pytest.raises(ConfigError, match="at least 4"):
        make_video_world(clips_per_class=3)
