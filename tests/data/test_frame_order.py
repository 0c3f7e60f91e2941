"""Frames of every container come out in the order shown, and those of a span are the same as in the whole file."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dance_xai.data import frame_order
from dance_xai.data.frame_order import FrameOrder, Packets, find_order
from dance_xai.data.video import Video, lost_points, read_frames, scan_video
from dance_xai.errors import DataError

COUNT = 80
H265 = "log-level=none:scenecut=0:keyint={}:open-gop={}"


def h264(g: int, **more: str) -> dict[str, object]:
    return {"options": {"g": str(g), "sc_threshold": "0", "bf": "3"} | more}


def mpeg(codec: str, g: int) -> dict[str, object]:
    return {"codec": codec, "options": {"g": str(g), "bf": "2", "sc_threshold": "1000000000"}}


def hevc(g: int, open_gop: int = 0) -> dict[str, object]:
    return {"codec": "libx265", "options": {"x265-params": H265.format(g, open_gop)}}


SORTS: dict[str, dict[str, object]] = {
    "b_frames.avi": h264(25),
    "long.avi": h264(250),
    "no_b_frames.avi": h264(20, bf="0"),
    "mpeg4.avi": mpeg("mpeg4", 15),
    "b_frames.mxf": h264(25),
    "short.ts": h264(10),
    "second.ts": h264(30),
    "long.ts": h264(250),
    "open.ts": h264(20, **{"x264-params": "open-gop=1"}),
    "refreshed.ts": h264(20, **{"x264-params": "intra-refresh=1"}),
    "hevc.ts": hevc(30),
    "hevc_open.ts": hevc(15, 1),
    "mpeg2.ts": mpeg("mpeg2video", 250),
    "short.mpg": mpeg("mpeg2video", 12),
    "long.mpg": mpeg("mpeg2video", 250),
    "mpeg1.mpg": mpeg("mpeg1video", 30),
    "some_unstamped.mpg": h264(25),
    "unstamped.h264": h264(25),
    "elementary.m2v": mpeg("mpeg2video", 12),
    "h264.flv": h264(30),
    "sorenson.flv": {"codec": "flv", "options": {"g": "30"}},
    "h264.mkv": h264(30),
    "open.mkv": h264(20, **{"x264-params": "open-gop=1"}),
    "vp8.webm": {"codec": "libvpx", "options": {"g": "20"}},
    "vp9.webm": {"codec": "libvpx-vp9", "options": {"g": "20", "cpu-used": "8", "deadline": "realtime"}},
    "wmv2.wmv": {"codec": "wmv2", "options": {"g": "30"}},
    "mpeg4.asf": mpeg("mpeg4", 30),
    "h264.mp4": h264(25),
    "open.mp4": h264(20, **{"x264-params": "open-gop=1"}),
    "hevc_open.mp4": hevc(15, 1),
    "h264.mov": h264(25),
    "animated.gif": {"codec": "gif", "pix_fmt": "rgb8"},
    "animated.apng": {"codec": "apng", "pix_fmt": "rgb24"},
    "motion_jpeg.avi": {"codec": "mjpeg", "pix_fmt": "yuvj420p"},
}
"""Files with key frames near and far, frames that lean on later ones, and time stamps of every kind."""


def coded_frames(count: int = COUNT) -> list[np.ndarray]:
    """Noise that moves, with the number of the frame as seven bars above it, black or white."""
    noise = np.random.default_rng(0).integers(0, 255, (32, 56, 3), dtype=np.uint8)
    bars = [np.repeat([255 * (number >> bit & 1) for bit in range(7)], 8) for number in range(count)]
    above = [np.broadcast_to(bar[None, :, None], (16, 56, 3)) for bar in bars]
    return [np.concatenate([above[n], np.roll(noise, 2 * n, axis=1)]).astype(np.uint8) for n in range(count)]


def number_in(frame: np.ndarray) -> int:
    return sum(1 << bit for bit in range(7) if frame[4:12, 8 * bit + 2 : 8 * bit + 6].mean() > 127)


def packets_of(path: Path) -> tuple[list[bytes], list[bool]]:
    import av

    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        return [bytes(packet) for packet in packets], [packet.is_keyframe for packet in packets]


def stored(path: Path, contents: list[bytes], keys: list[bool], codec: str = "mpeg4") -> Path:
    """Packets as they are in an AVI."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.height, stream.width, stream.pix_fmt = 48, 56, "yuv420p"
        container.start_encoding()
        for number, (content, key) in enumerate(zip(contents, keys, strict=True)):
            packet = av.Packet(content)
            packet.stream, packet.time_base, packet.is_keyframe = stream, Fraction(1, 25), key
            packet.pts = packet.dts = number
            container.mux(packet)
    return path


def packed(path: Path, write: Callable[..., Path]) -> Path:
    """As DivX packs them: a frame together with the one that leans on it, then a packet that only says so."""
    how = {"codec": "mpeg4", "options": {"bf": "1", "g": "15", "sc_threshold": "1000000000"}}
    contents, keys = packets_of(write(path.with_name("apart.avi"), coded_frames(), **how))
    kinds = [content[content.index(b"\0\0\1\xb6") + 4] >> 6 for content in contents]
    for at in [at for at, kind in enumerate(kinds) if kind == 2]:
        contents[at - 1], contents[at] = contents[at - 1] + contents[at], b"\0\0\1\xb6\x50\xf0\x7f"
    marked = [content.replace(content[content.find(b"Lavc") :][:13], b"DivX503b1393p") for content in contents[:1]]
    return stored(path, [*marked, *contents[1:]], keys)


def edited(path: Path, write: Callable[..., Path]) -> Path:
    """An MP4 whose edit list begins within a group of pictures."""
    import av

    source = write(path.with_name("whole.mp4"), coded_frames(), **h264(25))
    with av.open(str(source)) as old, av.open(str(path), "w", options={"avoid_negative_ts": "disabled"}) as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(video=0):
            if packet.dts is not None:
                shift = int(Fraction(10, 25) / packet.time_base)
                packet.pts, packet.dts, packet.stream = packet.pts - shift, packet.dts - shift, stream
                new.mux(packet)
    return path


def still(path: Path, write: Callable[..., Path]) -> Path:
    """Pictures of which only what changes is drawn."""
    frames = coded_frames()
    for frame in frames:
        frame[16:, :28] = 0
    return write(path, frames, codec="apng", pix_fmt="rgb24")


def twice(path: Path, write: Callable[..., Path]) -> Path:
    """Two files one after the other, so that time starts again."""
    halves = [coded_frames()[:40], coded_frames()[40:]]
    parts = [write(path.with_name(f"{n}.ts"), half, **h264(10)).read_bytes() for n, half in enumerate(halves)]
    path.write_bytes(b"".join(parts))
    return path


MADE: dict[str, Callable[[Path, Callable[..., Path]], Path]] = {
    "packed.avi": packed,
    "edit.mp4": edited,
    "still.apng": still,
    "twice.ts": twice,
}
FIRST = {"edit.mp4": 10}
"""Number of the first frame that is shown."""


@pytest.fixture(scope="module")
def make(tmp_path_factory, write_video) -> Callable[[str], Path]:
    """``make(name)``: a file of ``SORTS`` or ``MADE``, written once."""
    folder, there = tmp_path_factory.mktemp("sorts"), dict[str, Path]()

    def write(name: str) -> Path:
        if name not in there:
            path = folder / name
            made = name in MADE
            there[name] = MADE[name](path, write_video) if made else write_video(path, coded_frames(), **SORTS[name])
        return there[name]

    return write


def whole(path: Path) -> list[np.ndarray]:
    """What a decoder gives, in its order."""
    import av

    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def read(video: Video) -> tuple[list[list[int]], list[np.ndarray]]:
    shown = list(read_frames(video, threads=1))
    return [points.tolist() for points, _ in shown], [frame for _, frame in shown]


@pytest.mark.parametrize("name", [*SORTS, *MADE])
def test_frames_come_in_the_order_shown(name: str, make):
    video = scan_video(make(name))
    points, frames = read(video)
    first = FIRST.get(name, 0)
    assert points == [[i] for i in range(COUNT - first)] and video.timeline.fps == pytest.approx(25, rel=1e-3)
    assert [number_in(frame) for frame in frames] == list(range(first, COUNT))
    np.testing.assert_array_equal(np.stack(frames), np.stack(whole(make(name))))
    assert not len(lost_points(video))


@pytest.mark.parametrize("name", [*SORTS, *MADE])
def test_a_span_is_the_same_as_in_the_whole(name: str, make):
    times, frames = scan_video(make(name)).timeline.times, whole(make(name))

    @settings(max_examples=6)
    @given(first=st.integers(1, len(frames) - 2), length=st.integers(1, 20))
    def check(first: int, length: int) -> None:
        last = min(first + length, len(frames) - 1)
        video = scan_video(make(name), start=float(times[first]), end=float(times[last]))
        points, got = read(video)
        assert points == [[i] for i in range(last - first)] and not len(lost_points(video))
        np.testing.assert_array_equal(np.stack(got), np.stack(frames[first:last]))

    check()
    for first in (30, 55):  # more than a second behind the only key frame of some
        _, got = read(scan_video(make(name), start=float(times[first]), end=float(times[first + 5])))
        np.testing.assert_array_equal(np.stack(got), np.stack(frames[first : first + 5]))


@pytest.mark.parametrize("name", ["short.ts", "b_frames.avi", "short.mpg", "h264.mp4", "h264.mkv", "packed.avi"])
def test_long_files_are_not_decoded_from_their_start(name: str, make, monkeypatch):
    video = scan_video(make(name), start=2.6, end=2.8)
    begin = video.order.begin(video.timeline.first)
    assert begin is not None and 0 < begin.place <= 65
    monkeypatch.setattr(frame_order.FrameOrder, "begin", lambda *_: begin)
    assert [number_in(frame) for frame in read(video)[1]] == list(range(65, 70))


def test_a_file_that_cannot_be_searched_is_decoded_from_its_start(make, monkeypatch):
    video = scan_video(make("short.ts"), start=2.0, end=2.2)
    begin = video.order.begin(50)
    for wrong in (begin._replace(target=begin.target + 10**6), begin._replace(label=1)):
        monkeypatch.setattr(frame_order.FrameOrder, "begin", lambda *_, wrong=wrong: wrong)
        assert [number_in(frame) for frame in read(video)[1]] == list(range(50, 55))


def test_only_wanted_frames_of_a_file_stored_in_another_order(make):
    wanted = np.array([0, 10, 20, 27, 28])
    shown = list(read_frames(scan_video(make("b_frames.avi")), wanted=wanted))
    assert [points.tolist() for points, _ in shown] == [[i] for i in wanted]
    assert [number_in(frame) for _, frame in shown] == wanted.tolist()


@pytest.mark.parametrize("name", ["b_frames.avi", "short.avi", "h264.mkv", "h264.mp4", "short.ts"])
@pytest.mark.parametrize("cut", [False, True])
def test_frames_that_are_lost_are_counted_and_shift_no_other(name: str, cut: bool, tmp_path: Path, write_video):
    how = {"options": {"g": "10", "bf": "2", "sc_threshold": "0"}}
    path = write_video(tmp_path / name, coded_frames(), **how)
    contents, _ = packets_of(path)
    data = bytearray(path.read_bytes())
    for hit in contents[41:44]:
        at = data.find(hit[-60:])
        if at >= 0:  # whole in the file, and not in pieces of a transport stream
            data[at - len(hit) + 64 : at + 60] = bytes(len(hit) - 4)
    path.write_bytes(bytes(data))
    span = (1.2, 2.8) if cut else (0.0, 3.2)
    video, lost = scan_video(path, start=span[0], end=span[1]), list[int]()
    shown = [(points.tolist(), number_in(frame)) for points, frame in read_frames(video, lost=lost, threads=1)]
    first = round(span[0] * 25)
    assert sorted([point for points, _ in shown for point in points] + lost) == list(range(len(video.timeline)))
    np.testing.assert_array_equal(lost_points(video, threads=1), lost)
    sound = [(point + first, number) for points, number in shown for point in points if not 38 <= point + first <= 50]
    assert all(place == number for place, number in sound) and len(sound) >= len(video.timeline) - 13


def test_lost_frames_are_counted_to_the_end_whatever_is_wanted(tmp_path: Path, numbered_frames):
    from PIL import Image

    for number, picture in enumerate(numbered_frames(8)):
        Image.fromarray(picture).save(tmp_path / f"{number}.png")
    for number in (2, 6):
        (tmp_path / f"{number}.png").write_bytes(b"no image")
    lost: list[int] = []
    shown = list(read_frames(scan_video(tmp_path), wanted=np.array([1, 2, 3]), lost=lost))
    assert [points.tolist() for points, _ in shown] == [[1], [3]] and lost == [2, 6]
    assert lost_points(scan_video(tmp_path)).tolist() == [2, 6]


def packets(
    labels: list[int | None], decoding: list[int | None] | None = None, keys: list[int] | None = None
) -> Packets:
    return Packets(labels, labels if decoding is None else decoding, keys or [0], 1)


def test_frames_are_asked_for_only_where_it_is_open():
    def never():
        raise AssertionError
        yield

    order = find_order(packets([0, 4, 2, 1, 3], [-2, -1, 0, 1, 2]), never(), reorders=True)
    assert order.labels is not None and order.labels.tolist() == [0, 1, 2, 3, 4]
    assert find_order(packets([0, 1, 2]), never(), reorders=False).labels.tolist() == [0, 1, 2]


def test_a_file_whose_frames_come_as_stored_is_not_decoded_to_its_end():
    frames = iter(range(1000))
    find_order(packets(list(range(1000))), frames, reorders=True)
    assert next(frames) == frame_order.PROOF


def test_lost_frames_of_another_order_keep_the_place_they_are_stored_in():
    order = find_order(packets([0, 1, 2, 3, 4, 5, 6, 7], keys=[0, 4]), iter([0, 2, 1, 3, 5, 4, 7]), reorders=True)
    assert order.labels.tolist() == [0, 2, 1, 3, 5, 4, 6, 7] and order.stamps.tolist() == list(range(8))
    assert [key[:2] for key in order.keys] == [(0, 0), (5, 4)]


@pytest.mark.parametrize(
    ("labels", "decoding", "stamps"),
    [
        ([0, 1, 1, 5], [0, 1, 2, 3], [0, 1, 1, 5]),  # two at the same time
        ([0, 2, 1, 3], [0, 2, 1, 3], [0, 1, 2, 3]),  # time starts again
        ([0, None, 2, 3], [0, None, 2, 3], [0, 1, 2, 3]),
        ([None] * 4, [None] * 4, [0, 1, 2, 3]),
    ],
)
def test_frames_that_cannot_be_told_apart_are_counted(labels, decoding, stamps):
    order = find_order(packets(labels, decoding), iter([None] * 4), reorders=False)
    assert order.labels is None and order.stamps.tolist() == stamps and order.begin(3) is None


def test_decoding_begins_a_key_frame_early():
    keys = tuple(frame_order.Key(place, place, place) for place in (0, 10, 20, 30))
    order = FrameOrder(np.arange(40), np.arange(40), keys)
    assert [order.begin(first) and order.begin(first).place for first in (0, 9, 10, 19, 20, 35)] == [
        None, None, 0, 0, 10, 20,
    ]  # fmt: skip


def test_a_file_of_which_most_is_lost_is_refused_in_one_line(make, tmp_path: Path):
    content = bytearray(make("b_frames.avi").read_bytes())
    content[len(content) // 4 : -len(content) // 20] = bytes(len(content) - len(content) // 4 - len(content) // 20)
    (tmp_path / "v.avi").write_bytes(bytes(content))
    with pytest.raises(DataError, match=r"^[^\n]*(damaged|cut off)[^\n]*$"):
        read(scan_video(tmp_path / "v.avi"))
