"""Videos broken in many ways: each is one line of ``dance check`` and one reason of a fit, and no more."""

from __future__ import annotations

import csv
import os
import re
import shutil
import tracemalloc
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.suited import ACTIONS, performance

from dance_xai.artifacts import read_run
from dance_xai.config import read_config
from dance_xai.extract.clips import see_clip
from dance_xai.extract.keep import ClipKeep
from dance_xai.extract.loading import load_parts
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.types import Clip, Manifest
from dance_xai.workflows.checking import check_data
from dance_xai.workflows.fitting import fit_run

SETTINGS = """
name = "suits"

[data.clips]
path = "clips.csv"

[extract]
poses = "planted"
features = ["planted"]

[motion]
per_clip = 6
min_clips = 2
stride = 8
stability_repeats = 0
windows.frames = 12
clusters.n_clusters = [12]
clusters.refine = 3

[layers]
folds = 2

[head]
folds = 2
"""


@dataclass(frozen=True)
class Workshop:
    """What broken videos are made of; ``write`` is ``write_video``."""

    folder: Path
    write: Callable[..., Path]

    def whole(self, name: str, **how: object) -> bytes:
        """The content of a good video of that name."""
        place = self.folder / f"whole_{name}"
        how = {"options": {"g": "4"}} | how
        return self.write(place, performance("wave", 40, seed=9), **how).read_bytes()

    def index_first(self, name: str) -> bytes:
        """The same with the index before the pictures, as for the web."""
        import av

        self.whole(name)
        place = self.folder / f"first_{name}"
        with (
            av.open(str(self.folder / f"whole_{name}")) as old,
            av.open(str(place), "w", options={"movflags": "faststart"}) as new,
        ):
            stream = new.add_stream_from_template(old.streams.video[0])
            for packet in old.demux(video=0):
                if packet.dts is not None:
                    packet.stream = stream
                    new.mux(packet)
        return place.read_bytes()


NOISE = np.random.default_rng(0).bytes(50_000)


def text(words: str) -> Callable[[Path, Workshop], object]:
    return lambda path, shop: path.write_text(words)


def content(data: bytes) -> Callable[[Path, Workshop], object]:
    return lambda path, shop: path.write_bytes(data)


def cut(share: float, *, first: bool = False, **how: object) -> Callable[[Path, Workshop], object]:
    """A good video of which only the first part was copied."""

    def make(path: Path, shop: Workshop) -> None:
        whole = shop.index_first(path.name) if first else shop.whole(path.name, **how)
        path.write_bytes(whole[: int(share * len(whole))])

    return make


def damaged(mark: bytes, filling: Callable[[int], bytes], first: float = 0.0, last: float = 1.0):
    """A good video in which what follows a mark is overwritten, from and to a share of the rest."""

    def make(path: Path, shop: Workshop) -> None:
        whole = bytearray(shop.index_first(path.name))
        start = whole.index(mark) + len(mark)
        low, high = (start + int(share * (len(whole) - start)) for share in (first, last))
        whole[low:high] = filling(high - low)
        path.write_bytes(bytes(whole))

    return make


def renamed(mark: bytes, to: bytes) -> Callable[[Path, Workshop], object]:
    return lambda path, shop: path.write_bytes(shop.whole(path.name).replace(mark, to))


def frames(*pictures: np.ndarray, **how: object) -> Callable[[Path, Workshop], object]:
    return lambda path, shop: shop.write(path, pictures, **how)


def without_pictures(path: Path, shop: Workshop) -> None:
    """A file with a video stream and no frame in it."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.height, stream.width, stream.pix_fmt = 48, 64, "yuv420p"
        container.start_encoding()


def sound(path: Path, shop: Workshop, *, cover: bool = False) -> None:
    """A second of silence, perhaps with a picture on its cover."""
    import av
    from av.stream import Disposition

    with av.open(str(path), "w") as container:
        audio = container.add_stream("pcm_s16le" if path.suffix == ".wav" else "aac", rate=16000)
        picture = container.add_stream("mjpeg", rate=1) if cover else None
        if picture is not None:
            picture.height, picture.width, picture.pix_fmt = 48, 64, "yuvj420p"
            picture.disposition = Disposition.attached_pic
        shape, kind = ((1, 16000), np.int16) if path.suffix == ".wav" else ((1, 16000), np.float32)
        silence = av.AudioFrame.from_ndarray(np.zeros(shape, kind), "s16" if kind is np.int16 else "fltp", "mono")
        silence.sample_rate = 16000
        if picture is not None:
            container.mux(picture.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), "rgb24")))
            container.mux(picture.encode())
        container.mux(audio.encode(silence))
        container.mux(audio.encode())


def archive(path: Path, shop: Workshop) -> None:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("v.mp4", shop.whole("zipped.mp4"))


def images(count: int, *, broken: int = 0) -> Callable[[Path, Workshop], object]:
    """A folder of images, the last of them not images."""

    def make(path: Path, shop: Workshop) -> None:
        path.mkdir()
        for number, picture in enumerate(performance("wave", count)):
            place = path / f"{number:06d}.png"
            Image.fromarray(picture).save(place)
            if number >= count - broken:
                place.write_bytes(place.read_bytes()[:60])

    return make


def leads(to: str) -> Callable[[Path, Workshop], object]:
    return lambda path, shop: path.symlink_to(to)


def black(count: int) -> list[np.ndarray]:
    return [np.zeros((64, 64, 3), np.uint8)] * count


def snow(count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [np.repeat(rng.integers(0, 255, (64, 64, 1), dtype=np.uint8), 3, axis=2) for _ in range(count)]


NOT_READ = "expected a video that can be read, got"
NOTHING = "expected a video file, found nothing there"
NOBODY = "nobody found in"
SINGLE = "got a single frame"
LOST = r"that can be decoded|as the file states|can be read"
ONE = performance("wave", 1)[0]
BROKEN: dict[str, tuple[Callable[[Path, Workshop], object], str]] = {
    "missing.mp4": (lambda path, shop: None, NOTHING),
    "empty.mp4": (content(b""), "got an empty file"),
    "text.mp4": (text("not a video\n" * 100), NOT_READ),
    "page.mp4": (text("<!DOCTYPE html><html><body>404 Not Found</body></html>"), NOT_READ),
    "json.mov": (text('{"error": "quota exceeded"}'), NOT_READ),
    "pdf.avi": (content(b"%PDF-1.7\n" + NOISE[:3000]), NOT_READ),
    "noise.mp4": (content(NOISE), "expected a video"),
    "zeros.mkv": (content(bytes(50_000)), "expected a video"),
    "archive.mp4": (archive, "expected a video"),
    "pointer.mp4": (text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 132\n"), NOT_READ),
    "playlist.mp4": (text("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nwave0.mp4\n#EXT-X-ENDLIST\n"), "expected a v"),
    "concat.mp4": (text("ffconcat version 1.0\nfile wave0.mp4\n"), "expected a video"),
    "session.mp4": (
        text("v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\n"),
        "exp",
    ),
    "subtitles.mkv": (text("1\n00:00:00,000 --> 00:00:09,000\nHello\n\n"), "expected a video"),
    "picture.mp4": (lambda path, shop: _picture(path, "JPEG"), SINGLE),
    "picture.avi": (lambda path, shop: _picture(path, "PNG"), SINGLE),
    "still.gif": (frames(ONE, codec="gif", pix_fmt="rgb8"), SINGLE),
    "single.mp4": (frames(ONE), SINGLE),
    "sound.mp4": (sound, "got audio only"),
    "sound.wav": (sound, "got audio only"),
    "cover.mp4": (lambda path, shop: sound(path, shop, cover=True), "expected a video with pictures, got audio"),
    "none.mp4": (without_pictures, "expected frames, got|expected a video"),
    "none.avi": (without_pictures, "expected frames, got|expected a video"),
    "none.mkv": (without_pictures, "expected frames, got|expected a video"),
    "no_index.mp4": (cut(0.6), NOT_READ),
    "only_begun.mp4": (content(b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41"), NOT_READ),
    "cut.mp4": (cut(0.4, first=True), LOST),
    "cut.mkv": (cut(0.3), LOST),
    "cut.avi": (cut(0.4, codec="mpeg4"), LOST),
    "zeroed.mp4": (damaged(b"mdat", bytes), LOST),
    "scrambled.mp4": (damaged(b"mdat", lambda size: NOISE[:size]), LOST),
    "middle_lost.mp4": (damaged(b"mdat", bytes, 0.1, 0.9), LOST),
    "index_lost.mp4": (damaged(b"moov", lambda size: NOISE[:size], 0, 0.05), "expected"),
    "other_codec.mp4": (renamed(b"avc1", b"zzzz"), "expected"),
    "no_settings.mp4": (renamed(b"avcC", b"free"), "expected"),
    "black.mp4": (frames(*black(20)), NOBODY),
    "snow.mp4": (frames(*snow(20)), NOBODY),
    "no_images": (lambda path, shop: path.mkdir(), "expected images"),
    "one_image": (images(1), SINGLE),
    "broken_images": (images(6, broken=6), "expected an image"),
    "half_images": (images(9, broken=7), LOST),
    "dangling.mp4": (leads("nowhere.mp4"), NOTHING),
    "circle.mp4": (leads("circle.mp4"), NOTHING),
    "device.mp4": (leads("/dev/zero"), NOTHING),
    "pipe.mp4": (lambda path, shop: os.mkfifo(path), NOTHING),
    f"{'long' * 70}.mp4": (lambda path, shop: None, NOTHING),
    "late.mp4": (frames(*performance("wave", 12)), "expected frames from 5 s"),
    "short.mp4": (frames(*performance("wave", 12)), SINGLE),
}
"""What is put in the place of a video, and a clue of what is said about it."""

SPANS = {"late.mp4": ("5", "6"), "short.mp4": ("0.2", "0.24")}
FINE = ("huge.mkv", "mixed.mkv", "begun_late.mp4", "nearly_whole.mp4")


def _picture(path: Path, kind: str) -> None:
    Image.fromarray(ONE).save(path, kind)


def _as_jpeg(picture: np.ndarray) -> bytes:
    content = BytesIO()
    Image.fromarray(picture).save(content, "JPEG", quality=95)
    return content.getvalue()


def _motion_jpeg(path: Path, pictures: Sequence[bytes]) -> None:
    """A stream of pictures of any sizes."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=8)
        stream.height, stream.width, stream.pix_fmt = 128, 128, "yuvj420p"
        for number, content in enumerate(pictures):
            packet = av.Packet(content)
            packet.stream, packet.time_base, packet.pts, packet.dts = stream, Fraction(1, 8), number, number
            container.mux(packet)


def _mixed(path: Path) -> None:
    """Frames that change their size halfway."""
    sizes = [(128, 128)] * 12 + [(192, 96)] * 12
    _motion_jpeg(path, [_as_jpeg(performance("kick", 24, size=size)[n]) for n, size in enumerate(sizes)])


def _huge(path: Path) -> None:
    """Eight frames of 7680 x 4320."""
    small = performance("kick", size=(135, 240))[:12:6]
    big = [_as_jpeg(np.repeat(np.repeat(frame, 32, axis=0), 32, axis=1)) for frame in small]
    _motion_jpeg(path, big * 4)


def _rows(folder: Path, write: Callable[..., Path]) -> list[list[str]]:
    """Write the good clips, and list them."""
    rows = []
    for action in ACTIONS:
        for number in range(6):
            name = f"{action}{number}.mp4"
            write(folder / name, performance(action, seed=number))
            rows.append([name, name, action, "train" if number < 4 else "test", "", ""])
    return rows


@pytest.fixture(scope="module")
def world(tmp_path_factory, write_video) -> Path:
    """18 good clips, four odd ones, and all the broken ones among them; ``good.csv`` lists no broken ones."""
    folder = tmp_path_factory.mktemp("suits")
    shop = Workshop(tmp_path_factory.mktemp("workshop"), write_video)
    rows = _rows(folder, write_video)
    _huge(folder / "huge.mkv")
    _mixed(folder / "mixed.mkv")
    damaged(b"mdat", bytes, 0, 0.1)(folder / "begun_late.mp4", shop)
    cut(0.9, first=True)(folder / "nearly_whole.mp4", shop)
    rows += [[name, name, "kick", "train", "", ""] for name in FINE]
    _write_csv(folder / "good.csv", rows)
    for number, (name, (make, _)) in enumerate(BROKEN.items()):
        make(folder / name, shop)
        split = ("train", "train", "test")[number % 3]
        rows.insert(2 * number % 40, [name, name, ACTIONS[number % len(ACTIONS)], split, *SPANS.get(name, ("", ""))])
    _write_csv(folder / "clips.csv", rows)
    (folder / "settings.toml").write_text(SETTINGS)
    return folder


def _write_csv(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["clip", "path", "label", "split", "start", "end"], *rows])


@pytest.fixture(scope="module")
def fitted(world: Path) -> Path:
    """A RUN of everything, with the cache beside it."""
    fit_run(read_config(world / "settings.toml"), world, world / "run", cache=world / "cache", workers=2)
    return world / "run"


@pytest.fixture(scope="module")
def checked(world: Path):
    return check_data(read_config(world / "settings.toml"), world, workers=2)


def test_there_are_forty_and_more():
    assert len(BROKEN) >= 40


@pytest.mark.parametrize("name", BROKEN)
def test_each_is_one_line_of_check(name: str, checked):
    (problem,) = [problem for problem in checked.problems if problem.clip == name]
    _assert_says(problem.what, BROKEN[name][1])
    assert problem.advice and "\n" not in problem.what + problem.advice


def _assert_says(what: str, clue: str) -> None:
    assert re.search(clue, what), what
    assert "Error" not in what and "Errno" not in what, what


@pytest.mark.parametrize("name", BROKEN)
def test_each_is_left_out_of_a_fit_with_the_reason(name: str, fitted: Path):
    run = read_run(fitted)
    (drop,) = [item for item in run.json("drops")["items"] if item["item"] == name]
    assert drop["stage"] == "clips"
    _assert_says(drop["reason"], BROKEN[name][1])
    assert name not in run.load("manifest", Manifest).ids


def test_good_and_odd_clips_are_all_there(world: Path, fitted: Path, checked):
    with (world / "good.csv").open() as file:
        good = [row["clip"] for row in csv.DictReader(file)]
    manifest = read_run(fitted).load("manifest", Manifest)
    assert sorted(manifest.ids) == sorted(good) and set(FINE) <= set(good)
    assert {problem.clip for problem in checked.problems} == set(BROKEN)
    assert (checked.clips, checked.classes) == (len(good) + len(BROKEN), 3)


def test_nothing_of_them_enters_the_model(world: Path, fitted: Path):
    config = read_config(world / "settings.toml", ["data.clips.path=good.csv"])
    fit_run(config, world, world / "clean", cache=world / "cache", workers=1)
    clean, mixed = (read_run(run).load("model", ConceptBottleneck) for run in (world / "clean", fitted))
    assert clean.bank.names == mixed.bank.names
    np.testing.assert_array_equal(clean.head.weight, mixed.head.weight)
    np.testing.assert_array_equal(clean.layer.weight, mixed.layer.weight)


def test_the_commands_say_so(world: Path, fitted: Path, dance):
    said = dance("check", world / "settings.toml", "--data-root", world, "--workers", 2)
    assert said.code == 0
    for name in BROKEN:
        assert sum(line.startswith(f"  {name} ") for line in said.out.splitlines()) == 1
    again = dance("fit", world / "settings.toml", "--data-root", world, "--out", fitted, "--cache", world / "cache")
    assert again.code == 0, again.err
    assert sum(line.startswith("  left out ") for line in again.out.splitlines()) >= 10
    assert "nobody found in any frame" in again.out


def test_frames_of_another_size_are_brought_to_that_of_the_first(world: Path):
    config = read_config(world / "settings.toml").extract
    sight = see_clip(Clip("m", path=world / "mixed.mkv"), load_parts(config, world), config, ClipKeep(None))
    assert sight.height_width == (128, 128) and sight.length == 24
    assert sight.people is not None and np.unique(sight.people.frame).tolist() == list(range(24))


def test_memory_does_not_grow_with_the_size_of_frames(world: Path):
    config = read_config(world / "settings.toml").extract
    parts = load_parts(config, world)
    tracemalloc.start()
    sight = see_clip(Clip("h", path=world / "huge.mkv"), parts, config, ClipKeep(None))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sight.height_width == (720, 1280)
    assert sight.people is not None and np.unique(sight.people.frame).tolist() == list(range(8))
    assert peak < 2 * 7680 * 4320 * 3, "less than two frames as they come"


def test_a_class_of_broken_clips_alone_is_one_line(world: Path, tmp_path: Path, dance):
    bad = ["empty.mp4", str(world / "empty.mp4"), "spin", "train", "", ""]
    _write_csv(tmp_path / "clips.csv", [*_listed(world), bad])
    shutil.copy(world / "settings.toml", tmp_path)
    arguments = ("--data-root", tmp_path, "--out", tmp_path / "run", "--cache", world / "cache")
    said = dance("fit", tmp_path / "settings.toml", *arguments).complaint
    assert "expected train clips of every class, got none of 'spin'" in said and "empty file" in said


def _listed(world: Path) -> list[list[str]]:
    with (world / "good.csv").open() as file:
        return [
            [row["clip"], str(world / row["path"]), row["label"], row["split"], "", ""] for row in csv.DictReader(file)
        ]
