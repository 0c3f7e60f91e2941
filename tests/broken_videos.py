"""Videos broken in many ways, and a few odd ones that can be watched all the same."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from tests.suited import performance


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
    "picture.mp4": (lambda path, shop: picture_file(path, "JPEG"), SINGLE),
    "picture.avi": (lambda path, shop: picture_file(path, "PNG"), SINGLE),
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


def picture_file(path: Path, kind: str) -> None:
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


def mixed(path: Path) -> None:
    """Frames that change their size halfway."""
    sizes = [(128, 128)] * 12 + [(192, 96)] * 12
    _motion_jpeg(path, [_as_jpeg(performance("kick", 24, size=size)[n]) for n, size in enumerate(sizes)])


def huge(path: Path) -> None:
    """Eight frames of 7680 x 4320."""
    small = performance("kick", size=(135, 240))[:12:6]
    big = [_as_jpeg(np.repeat(np.repeat(frame, 32, axis=0), 32, axis=1)) for frame in small]
    _motion_jpeg(path, big * 4)
