"""Pictures cut out of a video show the frames and the places they say."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from tests.report.whole_clip import HEIGHT, WIDTH, seen_track

from dance_xai.errors import DataError
from dance_xai.report.clip import take_picture
from dance_xai.report.clip.crops import Square, square_of
from dance_xai.report.clip.picture import SIDE, TILES
from dance_xai.types import WindowMatch


@pytest.fixture(scope="module")
def source(write_video, numbered_frames, tmp_path_factory):
    return write_video(tmp_path_factory.mktemp("pictures") / "plain.mp4", numbered_frames(30, HEIGHT, WIDTH))


def opened(jpeg):
    return np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB")).astype(int)


def number(picture):
    """See ``numbered_frames``."""
    return round(float(picture[:, -picture.shape[1] // 8 :].mean()) / 8)


def test_stills_are_the_frames_asked_for(source):
    found = take_picture(source, stills=[3, 17, 17])
    assert {frame: number(opened(jpeg)) for frame, jpeg in found.stills.items()} == {3: 3, 17: 17}
    assert (found.clip.frames, found.note, dict(found.strips)) == (30, None, {})
    slower = take_picture(source, stills=[3], rate=12.5)
    assert number(opened(slower.stills[3])) == 6, "frames count at the rate of the poses"


def test_tiles_are_the_window_frame_by_frame(source, planted):
    match = WindowMatch(4, 16, 0.9)
    square = replace(square_of(seen_track(planted), match), left=WIDTH / HEIGHT - 0.25, top=0.4, side=0.25)
    strip, tiles = take_picture(source, squares={7: square}).strips[7]
    picture = opened(strip)
    side = min(SIDE, HEIGHT // 4)
    assert picture.shape == (side, tiles * side, 3) and tiles == 12, "what is small is not enlarged"
    shown = [round(float(picture[:, at * side : (at + 1) * side].mean()) / 8) for at in range(tiles)]
    assert shown == list(range(4, 16))
    long = replace(square, start=0, stop=30)
    assert take_picture(source, squares={7: long}).strips[7][1] == TILES


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_pose_lies_on_its_picture(planted, mirrored):
    """A frame that is bright where the left wrist is; the square shows it where the pose has that joint."""
    track = seen_track(planted)
    match = WindowMatch(0, 8, 0.9, mirrored)
    square = square_of(track, match)
    poses, seen = square.place(track)
    wrist = track.skeleton.joints.index("left_wrist")
    shown = track.skeleton.mirror[wrist] if mirrored else wrist
    for row in (0, 5):
        x, y = track.xy[row, wrist]
        picture = np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint8)
        picture[round(y) - 2 : round(y) + 3, round(x) - 2 : round(x) + 3] = 255
        tile = square.cut(picture, 200)[..., 0].astype(float)
        centre = [(tile.sum(axis=axis) * (np.arange(200) + 0.5)).sum() / tile.sum() for axis in (0, 1)]
        assert seen[row, shown]
        assert np.abs(poses[row, shown] * 200 - centre).max() < 4


def test_the_whole_body_is_inside_and_absence_has_no_square(planted):
    track = seen_track(planted)
    poses, seen = square_of(track, WindowMatch(0, 12, 0.9)).place(track)
    assert poses[seen].min() >= 0 and poses[seen].max() <= 1
    assert square_of(track, WindowMatch(27, 30, 0.9)) is None
    assert square_of(replace(track, height_width=None), WindowMatch(0, 12, 0.9)) is None


def test_a_damaged_video_is_refused(tmp_path):
    (tmp_path / "broken.mp4").write_bytes(b"no video")
    with pytest.raises(DataError, match=r"broken\.mp4"):
        take_picture(tmp_path / "broken.mp4")


def test_what_lies_beyond_the_frame_is_black():
    picture = np.arange(1, 13, dtype=np.uint8).reshape(4, 3, 1).repeat(3, axis=2)
    tile = Square(0, 1, left=-0.25, top=0.5, side=1.25, mirrored=False).cut(picture, 5)
    assert tile[..., 0].tolist() == [[0, 7, 8, 9, 0], [0, 10, 11, 12, 0], [0] * 5, [0] * 5, [0] * 5]
    assert not Square(0, 1, left=5.0, top=-9.0, side=1.0, mirrored=True).cut(picture, 4).any()


def test_a_clip_too_large_is_encoded_again_but_seen_once(source, monkeypatch):
    whole = take_picture(source, stills=[3, 17])
    monkeypatch.setattr("dance_xai.report.clip.picture.MAX_BYTES", len(whole.clip.data) // 2)
    small = take_picture(source, stills=[3, 17])
    assert len(small.clip.data) < len(whole.clip.data)
    assert dict(small.stills) == dict(whole.stills)


def test_stills_are_larger_than_the_clip_and_no_larger_than_needed(write_video, numbered_frames, tmp_path):
    path = write_video(tmp_path / "large.mp4", numbered_frames(3, 720, 960))
    square = Square(0, 2, left=0.2, top=0.1, side=0.5, mirrored=False)
    found = take_picture(path, stills=[1], squares={0: square})
    assert (found.clip.width, found.clip.height) == (426, 320)
    assert opened(found.stills[1]).shape == (270, 360, 3)
    assert opened(found.strips[0][0]).shape == (SIDE, 2 * SIDE, 3)
