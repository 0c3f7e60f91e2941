"""Landmarks of MediaPipe as JSON, CSV and npy."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from dance_xai.data.pose_files.detections import Given
from dance_xai.data.pose_files.mediapipe import read_mediapipe
from dance_xai.data.skeletons import MEDIAPIPE_33
from dance_xai.errors import DataError, ShapeError

SIZE = Given(height_width=(200, 400))


def landmarks(frames=3):
    """(T, 33, 4) x, y, z, visibility; nobody in frame 1."""
    table = np.random.default_rng(0).uniform(0.1, 0.9, (frames, 33, 4))
    table[1] = np.nan
    return table


def points(table):
    return [dict(zip(("x", "y", "z", "visibility"), row.tolist(), strict=True)) for row in table]


def check(found, table):
    people = found.people
    assert (found.clip, people.skeleton, people.frames, people.frame.tolist()) == ("jump", MEDIAPIPE_33, 3, [0, 2])
    np.testing.assert_allclose(people.xy, table[[0, 2], :, :2] * [400, 200], rtol=1e-6)
    np.testing.assert_allclose(people.confidence, table[[0, 2], :, 3], rtol=1e-6)
    assert found.one_person
    assert found.height_width == (200, 400)


def wide_rows(table, naming):
    for frame in table:
        row = {}
        for i, (name, (x, y, _, v)) in enumerate(zip(MEDIAPIPE_33.joints, frame, strict=True)):
            keys = naming(i, name)
            row |= {key: "" if np.isnan(value) else value for key, value in zip(keys, (x, y, v), strict=True)}
        yield row


def long_rows(table):
    for frame, joints in enumerate(table):
        for name, (x, y, z, v) in zip(MEDIAPIPE_33.joints, joints, strict=True):
            if np.isfinite(x):
                yield {"Frame": frame, "landmark": name.upper(), "x": x, "y": y, "z": z, "visibility": v}


def save_csv(path, rows):
    rows = list(rows)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize("wrap", ["bare", "landmarks", "solution", "tasks", "frames"])
def test_json(save, wrap):
    table = landmarks()
    entries = [points(frame) if np.isfinite(frame).all() else None for frame in table]
    document = {
        "bare": entries,
        "landmarks": [{"landmarks": entry} for entry in entries],
        "solution": [{"pose_landmarks": {"landmark": entry}, "frame": i} for i, entry in enumerate(entries) if entry],
        "tasks": [{"pose_landmarks": [entry] if entry else []} for entry in entries],
        "frames": {"width": 400, "height": 200, "fps": 29.97, "frames": entries},
    }[wrap]
    (found,) = read_mediapipe(save("jump.json", document), Given() if wrap == "frames" else SIZE)
    check(found, table)
    assert found.fps == (29.97 if wrap == "frames" else None)


def test_world_landmarks_are_metres(save):
    table = landmarks()[:1]
    document = [{"pose_landmarks": points(table[0]), "pose_world_landmarks": points(table[0] - 0.5)}]
    (found,) = read_mediapipe(save("jump.json", document), SIZE)
    np.testing.assert_allclose(found.xyz, table[..., :3] - 0.5, rtol=1e-5)


@pytest.mark.parametrize("flat", [True, False])
@pytest.mark.parametrize("absent", [np.nan, 0.0])
def test_npy(tmp_path, flat, absent):
    table = landmarks()
    np.save(tmp_path / "jump.npy", np.nan_to_num(table, nan=absent).reshape((3, -1) if flat else table.shape))
    check(read_mediapipe(tmp_path / "jump.npy", SIZE)[0], table)


@pytest.mark.parametrize(
    "rows",
    [
        long_rows,
        lambda table: wide_rows(table, lambda i, name: (f"{name}_x", f"{name}_y", f"{name}_visibility")),
        lambda table: wide_rows(table, lambda i, name: (f"x{i}", f"y{i}", f"v{i}")),
        lambda table: wide_rows(table, lambda i, name: (f"x{i + 1}", f"y{i + 1}", f"v{i + 1}")),
    ],
    ids=["long", "names", "from 0", "from 1"],
)
def test_csv(tmp_path, rows):
    table = landmarks()
    check(read_mediapipe(save_csv(tmp_path / "jump.csv", rows(table)), SIZE)[0], table)


def test_the_size_comes_from_the_video_beside_the_file(save, tmp_path):
    av = pytest.importorskip("av")
    with av.open(str(tmp_path / "jump.mp4"), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(3):
            frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    (found,) = read_mediapipe(save("jump.json", [points(landmarks()[0])]), Given())
    assert found.height_width == (48, 64)
    assert found.fps == pytest.approx(25)


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("a.json", [[{"x": 1}] * 17], ShapeError, r"expected 33 landmarks per person, got 17"),
        ("a.json", [{"pose_landmarks": "x"}], ShapeError, r"expected 33 landmarks per person, got 'x'"),
        ("a.json", ["x"], ShapeError, r"expected 33 landmarks per person, got 'x'"),
        ("a.json", [None, {"left": 1, "right": 2}], DataError, r"pose_landmarks in every frame, got left, right"),
        ("a.json", [], DataError, r"expected a list of frames, got \[\]"),
        ("a.json", {"people": []}, DataError, r"expected a list of frames"),
        ("a.json", [points(np.full((33, 4), 700.0))], DataError, r"landmarks in 0..1 of the frame, got 700"),
        ("a.json", {"frames": [None], "fps": "x", "width": 1, "height": 1}, DataError, r"fps: expected a number"),
        ("a.csv", "", DataError, r"expected a header and rows of landmarks, got none"),
        ("a.csv", "frame,landmark,x\n0,nose,1\n", DataError, r"expected the column y, got frame, landmark, x"),
        ("a.csv", "frame,landmark,x,y\n0,tail,1,1\n", DataError, r"expected a landmark 0..32 or its name, got 'tail'"),
        ("a.csv", "frame,landmark,x,y\n0,33,1,1\n", DataError, r"expected a landmark 0..32"),
        ("a.csv", "frame,landmark,x,y\n0,nose,1,a\n", DataError, r"expected a number in column y, got 'a'"),
        ("a.csv", "frame,landmark,x,y\n,nose,1,1\n", DataError, r"frame to be a whole number"),
        ("a.npy", "text", DataError, r"expected a .npy file of numbers"),
    ],
)
def test_bad_files_are_one_clear_line(save, name, content, error, message):
    path = save(name, content)
    with pytest.raises(error, match=message) as caught:
        read_mediapipe(path, SIZE)
    assert "\n" not in str(caught.value)


def test_arrays_without_visibility_and_unknown_size(tmp_path, save):
    np.save(tmp_path / "a.npy", np.ones((4, 33, 3)))
    with pytest.raises(ShapeError, match=r"\(T, 33, 4\) with x, y, z and visibility, got \(4, 33, 3\)"):
        read_mediapipe(tmp_path / "a.npy", SIZE)
    with pytest.raises(
        DataError, match=r"expected the frame size, .* set height_width, .* put the video b.mp4 beside it"
    ):
        read_mediapipe(save("b.json", [points(landmarks()[0])]), Given())
