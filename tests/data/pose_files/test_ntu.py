"""Skeleton files of NTU RGB+D."""

from __future__ import annotations

import numpy as np
import pytest

from dance_xai.data.pose_files.detections import Given
from dance_xai.data.pose_files.ntu import read_ntu
from dance_xai.data.skeletons import NTU_25
from dance_xai.errors import DataError, ShapeError


def body(start=0.0, state=2, count=25):
    lines = ["72057594037931101 0 1 1 1 1 0 0.02 -0.2 2", str(count)]
    for joint in range(count):
        x, y, z = 0.01 * joint + start, 0.5, 3.0
        lines.append(f"{x} {y} {z} 277.4 191.8 {1000 + joint + start} {500 + joint} -0.2 0.05 0.97 -0.12 {state}")
    return lines


def text(*frames):
    lines = [str(len(frames))]
    for bodies in frames:
        lines += [str(len(bodies)), *(line for one in bodies for line in one)]
    return "\r\n".join(lines) + "\r\n"


def test_bodies_in_pixels_and_metres(save):
    path = save("S001C001P001R001A001.skeleton", text([body()], [], [body(5), body(9, state=1)]))
    (found,) = read_ntu(path, Given())
    people = found.people
    assert (found.clip, found.fps, found.height_width) == ("S001C001P001R001A001", 30.0, (1080, 1920))
    assert (people.skeleton, people.frames, people.frame.tolist()) == (NTU_25, 3, [0, 2, 2])
    np.testing.assert_array_equal(people.confidence[:, 0], [1, 1, 0.5])
    np.testing.assert_allclose(people.xy[1, 3], [1008, 503])
    np.testing.assert_allclose(found.xyz[1, 3], [5.03, -0.5, 3.0], rtol=1e-6)


def test_untracked_joints_and_places_that_are_no_numbers(save):
    lines = body()
    lines[2] = lines[2][:-1] + "0"
    lines[3] = lines[3].replace("1001.0", "nan")
    lines[4] = lines[4].replace("1002.0", "-inf")
    (found,) = read_ntu(save("a.skeleton", text([lines])), Given(fps=15.0))
    assert np.flatnonzero(found.people.confidence[0] == 0).tolist() == [0, 1, 2]
    assert np.isfinite(found.people.xy).all()
    assert found.fps == 15.0


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (text([body()])[:-400], DataError, r"got another or one cut short"),
        (text([body()])[:60], DataError, r"got another or one cut short"),
        ("", DataError, r"got another or one cut short"),
        ("jump over", DataError, r"got another or one cut short"),
        ("0", DataError, r"expected frames for a, got none"),
        (text([body()]) + "7", DataError, r"end of the file after 1 frames, got more"),
        (text([body(count=20)]), ShapeError, r"expected 25 joints per body, got 20 in frame 0"),
    ],
)
def test_bad_files_are_one_clear_line(save, content, error, message):
    with pytest.raises(error, match=message) as caught:
        read_ntu(save("a.skeleton", content), Given())
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="found nothing there"):
        read_ntu(tmp_path / "a.skeleton", Given())
