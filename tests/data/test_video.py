"""Videos of every sort, written here and read back."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dance_xai.data.video import Video, read_frames, scan_video
from dance_xai.errors import DataError

SORTS = {
    "h264.mp4": {},
    "h264.mov": {},
    "h264.mkv": {},
    "hevc.mkv": {"codec": "libx265", "options": {"x265-params": "log-level=none"}},
    "ten_bit.mkv": {"codec": "libx265", "pix_fmt": "yuv420p10le", "options": {"x265-params": "log-level=none"}},
    "vp9.webm": {"codec": "libvpx-vp9"},
    "alpha.webm": {"codec": "libvpx-vp9", "pix_fmt": "yuva420p"},
    "alpha.mov": {"codec": "qtrle", "pix_fmt": "argb"},
    "mpeg4.avi": {"codec": "mpeg4"},
    "motion_jpeg.avi": {"codec": "mjpeg", "pix_fmt": "yuvj420p"},
    "mpeg2.ts": {"codec": "mpeg2video"},
    "lossless.mkv": {"codec": "ffv1", "pix_fmt": "yuv444p"},
    "animated.gif": {"codec": "gif", "pix_fmt": "rgb8"},
    "ntsc.mp4": {"fps": Fraction(30000, 1001)},
}


def _numbers(video: Video, **options: object) -> list[tuple[list[int], int]]:
    """Grid points, and the number that is drawn in the frame."""
    shown = read_frames(video, **options)  # type: ignore[arg-type]
    return [(points.tolist(), round(float(frame[:, -3:].mean()) / 8)) for points, frame in shown]


@pytest.mark.parametrize("name", SORTS)
def test_every_sort_gives_all_frames_in_order(name: str, tmp_path: Path, write_video, numbered_frames):
    settings = SORTS[name]
    video = scan_video(write_video(tmp_path / name, numbered_frames(20), **settings))
    assert video.height_width == (48, 64)
    assert video.timeline.fps == pytest.approx(float(settings.get("fps", 25)), rel=1e-3)
    assert _numbers(video) == [([i], i) for i in range(20)]
    frame = next(iter(read_frames(video)))[1]
    assert frame.dtype == np.uint8 and frame.shape == (48, 64, 3)
    np.testing.assert_allclose(frame[4:20, 4:28].mean(axis=(0, 1)), [250, 0, 0], atol=12)
    np.testing.assert_allclose(frame[28:44, 4:28].mean(axis=(0, 1)), [0, 250, 0], atol=12)


@pytest.mark.parametrize("pix_fmt", ["gray", "gray16le"])
def test_grey_videos_are_grey_in_all_three_channels(pix_fmt: str, tmp_path: Path, write_video, numbered_frames):
    video = scan_video(write_video(tmp_path / "grey.mkv", numbered_frames(5), codec="ffv1", pix_fmt=pix_fmt))
    frame = next(iter(read_frames(video)))[1]
    assert (frame == frame[..., :1]).all() and frame[36, 16, 0] > frame[12, 16, 0] > frame[12, 40, 0]


def test_odd_sizes(tmp_path: Path, write_video, numbered_frames):
    frames = numbered_frames(5, 47, 63)
    video = scan_video(write_video(tmp_path / "odd.mkv", frames, codec="ffv1", pix_fmt="yuv444p"))
    assert [frame.shape for _, frame in read_frames(video)] == [(47, 63, 3)] * 5


@pytest.mark.parametrize(("rotation", "red"), [(90, (-12, 12)), (180, (-12, -12)), (-90, (12, -12))])
def test_rotation_is_applied(rotation: int, red: tuple[int, int], tmp_path: Path, write_video, numbered_frames):
    video = scan_video(write_video(tmp_path / "turned.mp4", numbered_frames(4), rotation=rotation))
    frame = next(iter(read_frames(video)))[1]
    assert video.height_width == frame.shape[:2] == ((48, 64) if rotation == 180 else (64, 48))
    np.testing.assert_allclose(frame[red], [250, 0, 0], atol=12)


def test_variable_frame_rate_follows_the_time_stamps(tmp_path: Path, write_video, numbered_frames):
    times = [0.0, 0.1, 0.2, 0.3, 0.8, 0.9]  # a freeze of half a second
    path = write_video(tmp_path / "variable.mkv", numbered_frames(6), times=times)
    assert _numbers(scan_video(path)) == [([0], 0), ([1], 1), ([2], 2), ([3, 4, 5], 3), ([6, 7, 8], 4), ([9], 5)]


def test_a_span_starts_and_ends_where_asked(tmp_path: Path, write_video, numbered_frames):
    path = write_video(tmp_path / "long.mp4", numbered_frames(30), options={"g": "8"})
    assert _numbers(scan_video(path, start=0.4, end=0.8)) == [([i], 10 + i) for i in range(10)]
    assert len(scan_video(path, start=0.8).timeline) == 10
    with pytest.raises(DataError, match=r"expected frames from 7 s to 9 s, got a video of 1\.16 s"):
        scan_video(path, start=7, end=9)


def test_only_what_is_wanted_is_decoded(tmp_path: Path, write_video, numbered_frames):
    video = scan_video(write_video(tmp_path / "v.mp4", numbered_frames(30)))
    assert _numbers(video, wanted=np.array([2, 3, 11])) == [([2], 2), ([3], 3), ([11], 11)]
    assert _numbers(video, wanted=np.array([], dtype=int)) == []


def test_another_rate_repeats_and_skips(tmp_path: Path, write_video, numbered_frames):
    path = write_video(tmp_path / "v.mp4", numbered_frames(20))
    assert [number for _, number in _numbers(scan_video(path, fps=5))] == [0, 5, 10, 15]
    assert [points for points, _ in _numbers(scan_video(path, fps=50))][1] == [2, 3]


def test_large_frames_are_scaled_down(tmp_path: Path, write_video, numbered_frames):
    path = write_video(tmp_path / "wide.mp4", numbered_frames(3, 120, 320))
    video = scan_video(path, max_side=80)
    assert video.height_width == (30, 80)
    assert next(iter(read_frames(video)))[1].shape == (30, 80, 3)


@pytest.mark.parametrize("name", ["v.avi", "v.mkv", "v.mp4"])
@pytest.mark.parametrize("span", [(None, None), (0.48, 0.96)])
def test_frames_that_lean_on_later_ones_are_all_there(name: str, span, tmp_path: Path, write_video, numbered_frames):
    import av

    options = {"bf": "2", "g": "6"}
    path = write_video(tmp_path / name, numbered_frames(31), codec="mpeg4", options=options)
    with av.open(str(path)) as container:
        plain = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    wanted = plain if span == (None, None) else plain[12:24]
    got = [frame for _, frame in read_frames(scan_video(path, start=span[0], end=span[1]))]
    assert len(got) == len(wanted)
    np.testing.assert_array_equal(np.stack(got), np.stack(wanted))


def test_images_are_ordered_by_their_numbers(tmp_path: Path, numbered_frames):
    for number, picture in enumerate(numbered_frames(12)):
        Image.fromarray(picture).save(tmp_path / f"frame{number + 1}.png")
    (tmp_path / "._frame1.png").write_bytes(b"made by a file manager")
    assert [number for _, number in _numbers(scan_video(tmp_path))] == list(range(12))


def test_grey_images_of_16_bits_are_not_white(tmp_path: Path):
    for number in range(3):
        values = np.linspace(0, 60_000, 48 * 64).reshape(48, 64).astype(np.uint16)
        Image.fromarray(values).save(tmp_path / f"{number}.png")
    frame = next(iter(read_frames(scan_video(tmp_path))))[1]
    assert frame.min() == 0 and frame.max() == 233 and len(np.unique(frame)) > 200


def test_a_damaged_image_is_left_out(tmp_path: Path):
    rng = np.random.default_rng(0)
    for number in range(4):
        Image.fromarray(rng.integers(0, 255, (200, 300, 3), dtype=np.uint8)).save(tmp_path / f"{number}.png")
    content = (tmp_path / "2.png").read_bytes()
    second = content.index(b"IDAT", content.index(b"IDAT") + 4)
    (tmp_path / "2.png").write_bytes(content[:second] + b"\0\1\2\3" + content[second + 4 :])
    assert [points.tolist() for points, _ in read_frames(scan_video(tmp_path))] == [[0], [1], [3]]


def test_a_folder_of_images_is_a_video(tmp_path: Path, numbered_frames):
    folder = tmp_path / "0001"
    folder.mkdir()
    for number, picture in enumerate(numbered_frames(6)):
        Image.fromarray(picture).save(folder / f"{number + 1:06d}.png")
    video = scan_video(folder, start=0.04, end=0.16)
    assert (video.timeline.fps, video.height_width) == (25, (48, 64))
    assert _numbers(video) == [([0], 1), ([1], 2), ([2], 3)]


def test_real_videos_state_what_the_data_set_says(shared: Path):
    skeletons = np.load(shared / "utd_mhad" / "skeletons.npz")
    for name, length in list(zip(skeletons["names"], skeletons["lengths"], strict=True))[::80]:
        video = scan_video(shared / "utd_mhad" / "videos" / f"{name}.mp4")
        assert video.height_width == (240, 320) and video.timeline.fps == pytest.approx(30)
        assert abs(len(video.timeline) - int(length)) <= 1
        assert sum(len(points) for points, _ in read_frames(video)) == len(video.timeline)


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing.mp4": (lambda path: None, "found nothing there"),
    "empty.mp4": (lambda path: path.write_bytes(b""), "got an empty file"),
    "text.mp4": (lambda path: path.write_text("hello\n" * 100), "expected a video that can be read"),
    "noise.avi": (lambda path: path.write_bytes(np.random.default_rng(0).bytes(20_000)), "expected a video"),
    "list.m3u8": (lambda path: path.write_text("#EXTM3U\n#EXTINF:9,\nother.ts\n#EXT-X-ENDLIST\n"), "expected a video"),
    "folder": (lambda path: path.mkdir(), "expected images"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_video_is_named_in_one_line(name: str, tmp_path: Path):
    make, message = BROKEN[name]
    make(tmp_path / name)
    with pytest.raises(DataError, match=message) as caught:
        scan_video(tmp_path / name)
    assert "\n" not in str(caught.value) and str(tmp_path / name) in str(caught.value)


def test_a_video_cut_in_the_middle_is_damaged(tmp_path: Path, write_video, numbered_frames):
    content = write_video(tmp_path / "whole.mp4", numbered_frames(30)).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match="expected a video"):
        scan_video(tmp_path / "cut.mp4")


@pytest.mark.parametrize("name", ["v.mkv", "v.avi", "v.mp4"])
def test_a_video_of_which_most_is_lost_is_damaged(name: str, tmp_path: Path, write_video):
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 255, (48, 64, 3), dtype=np.uint8) for _ in range(40)]
    path = write_video(tmp_path / name, pictures, codec="mpeg4", options={"g": "4"})
    content = bytearray(path.read_bytes())
    if name == "v.mp4":  # the index is whole, the pictures are not
        first = content.index(b"mdat") + 400
        content[first : first + 9 * len(content) // 10] = bytes(9 * len(content) // 10)
    else:
        content = content[: len(content) // 4]
    path.write_bytes(bytes(content))
    with pytest.raises(DataError, match=r"damaged|cut off"):
        list(read_frames(scan_video(path)))


def test_sound_alone_is_no_video(tmp_path: Path):
    import av

    with av.open(str(tmp_path / "sound.mp4"), "w") as container:
        stream = container.add_stream("aac", rate=16000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 16000), dtype=np.float32), "fltp", "mono")
        frame.sample_rate = 16000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    with pytest.raises(DataError, match="expected a video with pictures, got audio only"):
        scan_video(tmp_path / "sound.mp4")
