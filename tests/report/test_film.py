"""The explained video: all frames, the sound, bars that light up when their concept happens, any shape of clip."""

from dataclasses import replace

import av
import numpy as np
import pytest
from PIL import Image

from dance_xai.data.video import scan_video
from dance_xai.errors import DataError
from dance_xai.report.drawing.colours import DARK
from dance_xai.report.film import Show, write_film
from dance_xai.report.film.frame import Painter, layout_of
from dance_xai.report.film.layout import LARGEST, plan
from dance_xai.types import ConceptSpan, MotionTimeline

FRAMES = 40


@pytest.fixture(scope="module")
def bank(planted):
    return planted.bank()


@pytest.fixture(scope="module")
def explained(planted, bank):
    """The first motion concept happens in frames 10..19, the second mirrored in 30..34, the third never."""
    spans = {0: (ConceptSpan(10, 20, 0.9),), 1: (ConceptSpan(30, 35, 0.8),), 2: ()}
    lines = tuple(
        MotionTimeline(j, f"motion {j:02d}", np.arange(5.0, 35), np.linspace(0.2, 0.9, 30), np.full(30, j == 1), 0.5, s)
        for j, s in spans.items()
    )
    return replace(planted.explanation(bank), timelines=lines)


@pytest.fixture(scope="module")
def track(planted):
    return planted.track(FRAMES)


@pytest.fixture(scope="module")
def talking(write_video, numbered_frames, tmp_path_factory):
    """A video of 40 frames with a tone that is heard in its second half only."""
    path = tmp_path_factory.mktemp("film") / "talking.mp4"
    with av.open(str(path), "w") as container:
        pictures, sound = container.add_stream("libx264", rate=25), container.add_stream("aac", rate=44100)
        pictures.height, pictures.width, pictures.pix_fmt = 120, 160, "yuv420p"
        for frame in numbered_frames(20, 120, 160) * 2:
            container.mux(pictures.encode(av.VideoFrame.from_ndarray(frame, "rgb24")))
        container.mux(pictures.encode())
        seconds = np.arange(int(44100 * FRAMES / 25)) / 44100
        tone = (0.5 * np.sin(2 * np.pi * 440 * seconds) * (seconds >= 0.8)).astype(np.float32)
        for start in range(0, len(tone), 1024):
            frame = av.AudioFrame.from_ndarray(tone[None, start : start + 1024].copy(), "fltp", "mono")
            frame.sample_rate, frame.pts = 44100, start
            container.mux(sound.encode(frame))
        container.mux(sound.encode())
    return path


def loudness(path):
    """Seconds, and how loud each sample is."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        parts = [(frame.time, frame.to_ndarray()[0], frame.sample_rate) for frame in container.decode(stream)]
    times = np.concatenate([start + np.arange(len(samples)) / rate for start, samples, rate in parts])
    return times, np.abs(np.concatenate([samples for _, samples, _ in parts]))


def near(pixel, colour):
    wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return np.abs(np.asarray(pixel, dtype=int) - wanted).max() <= 2


def test_a_film_has_every_frame_and_the_sound(explained, bank, track, talking, tmp_path):
    told = []
    video = scan_video(talking)
    write_film(tmp_path / "x.mp4", Show(explained, bank, video, track), lambda done, total: told.append((done, total)))
    assert told == [(number + 1, FRAMES) for number in range(FRAMES)]
    film = scan_video(tmp_path / "x.mp4")
    assert (len(film.timeline), film.timeline.fps) == (FRAMES, 25)
    assert film.height_width[0] >= 480 and film.height_width[1] >= 640 + 200
    times, loud = loudness(tmp_path / "x.mp4")
    assert times[-1] == pytest.approx(FRAMES / 25, abs=0.05)
    assert loud[(times > 0.1) & (times < 0.7)].max() < 0.05 < 0.3 < loud[(times > 0.9) & (times < 1.5)].max()


def test_the_sound_of_a_part_is_cut_as_its_pictures(explained, bank, track, talking, tmp_path):
    write_film(tmp_path / "x.mp4", Show(explained, bank, scan_video(talking, start=0.6, end=1.2), track))
    times, loud = loudness(tmp_path / "x.mp4")
    assert times[-1] == pytest.approx(0.6, abs=0.05)
    assert loud[times < 0.15].max() < 0.05 < 0.3 < loud[(times > 0.25) & (times < 0.5)].max()


def bars(show, point, picture=None):
    """Whether the bar of each motion concept is lit at a frame, by concept."""
    painter = Painter(show, layout_of(show))
    canvas = painter.frame(point, picture)
    found = {}
    for row, term in enumerate(show.terms):
        if term.kind == "motion":
            bar = painter.bars.bar(row)
            x = bar.x + (bar.width // 2 if term.value > 0 else 0)  # what speaks against the class is hollow
            found[term.concept] = near(canvas.getpixel((x, bar.y + bar.height // 2)), DARK.motion)
    return found


def test_a_bar_that_speaks_against_the_class_is_hollow(explained, bank, track):
    show = Show(explained, bank, None, track, top=9)
    painter = Painter(show, layout_of(show))
    canvas, full = painter.frame(30), {}
    for row, term in enumerate(show.terms):
        bar = painter.bars.bar(row)
        rim, middle = (canvas.getpixel((bar.x + bar.width // 2, bar.y + y)) for y in (0, bar.height // 2))
        if bar.width > 10:
            full.setdefault(term.value > 0, []).append(rim == middle)
    assert all(full[True]) and not any(full[False])


@pytest.mark.parametrize(
    ("frame", "lit"), [(0, None), (10, 0), (15, 0), (19, 0), (25, None), (30, 1), (34, 1), (39, None)]
)
def test_a_bar_is_lit_while_its_concept_happens(explained, bank, track, frame, lit):
    show = Show(explained, bank, None, track, top=9)
    shown = bars(show, frame)
    assert shown and {concept for concept, on in shown.items() if on} == ({lit} & set(shown))


def test_at_a_rate_of_its_own_the_video_shows_the_poses_of_its_moment(explained, bank, track, write_video, tmp_path):
    slow = write_video(tmp_path / "slow.mp4", [np.zeros((48, 64, 3), np.uint8)] * 20, fps=15)  # poses are at 30
    show = Show(explained, bank, scan_video(slow), track, top=9)
    assert show.pose_of.tolist() == [*range(0, 40, 2)]
    layout = layout_of(show)
    black = np.zeros((layout.video.height, layout.video.width, 3), np.uint8)
    assert bars(show, 7, black)[0] and not bars(show, 12, black)[0]


def test_only_what_was_surely_seen_is_drawn(explained, bank, track):
    show = Show(explained, bank, None, track)
    layout = layout_of(show)
    painter = Painter(show, layout)

    def skeleton(point):
        canvas = np.asarray(painter.frame(point))[: layout.video.height, : layout.video.width].astype(int)
        return int((np.abs(canvas - [int(DARK.ground[at : at + 2], 16) for at in (1, 3, 5)]).max(axis=2) > 8).sum())

    assert skeleton(5) > 500
    assert skeleton(FRAMES - 1) == 0  # nobody is present
    assert 0 < skeleton(15) < skeleton(5)  # a wrist is not seen
    unsure = replace(track, confidence=np.where(track.confidence > 0, 0.1, 0))
    painter = Painter(Show(explained, bank, None, unsure), layout)
    assert skeleton(5) == 0


def test_the_figure_is_the_prototype_turned_as_the_clip_shows_it(explained, bank, track):
    show = Show(explained, bank, None, track, top=9)
    assert show.lit(15)[0].concept == 0 and not show.mirrored(0, 15)
    assert show.lit(32)[0].concept == 1 and show.mirrored(1, 32)
    assert show.lit(25) is None
    layout = layout_of(show)
    painter, box = Painter(show, layout), layout.figure
    place = (box.x, box.y, box.x + box.width, box.y + box.height)
    moving = [np.asarray(painter.frame(point).crop(place)).astype(int) for point in (11, 15, 25)]
    assert np.abs(moving[0] - moving[1]).max() > 100
    assert (np.abs(moving[2] - moving[1]).max(axis=2) > 30).sum() > 1000


@pytest.mark.parametrize("size", [(240, 320), (1080, 1920), (1920, 1080), (200, 900), (13, 17), (2160, 4096), (90, 40)])
@pytest.mark.parametrize("counts", [(6, 6, True), (2, 0, False), (0, 0, False)])
def test_layouts_fit(size, counts):
    bars, lanes, figure = counts
    layout = plan(size, bars=bars, lanes=lanes, figure=figure)
    assert layout.width % 2 == layout.height % 2 == 0
    assert layout.width <= LARGEST[0] + 2 and layout.height <= LARGEST[1] + 2
    shown = layout.video
    assert shown.width / shown.height == pytest.approx(size[1] / size[0], rel=0.02)
    places = [shown, layout.lanes, layout.heading, layout.bars, *([layout.figure] if figure else [])]
    taken = np.zeros((layout.height, layout.width), dtype=int)
    for place in places:
        assert place.x >= 0 and place.y >= 0 and place.height > 0 and place.width > 0
        assert place.x + place.width <= layout.width and place.y + place.height <= layout.height
        taken[place.y : place.y + place.height, place.x : place.x + place.width] += 1
    assert taken.max() == 1  # nothing lies on something else
    if size in ((240, 320), (1080, 1920)):
        assert shown.height >= 480 and layout.unit >= 16


def test_a_full_hd_clip_gives_a_full_hd_film():
    layout = plan((1080, 1920), bars=6, lanes=6, figure=True)
    assert abs(layout.width - 1920) <= 2 and abs(layout.height - 1080) <= 2


@pytest.mark.parametrize("size", [(35, 51), (64, 48), (30, 100)])
def test_any_shape_without_people(explained, bank, write_video, tmp_path, size):
    path = write_video(tmp_path / "odd.mkv", [np.full((*size, 3), 90, np.uint8)] * 3, codec="ffv1", pix_fmt="bgr0")
    write_film(tmp_path / "x.mp4", Show(explained, bank, scan_video(path), None))
    assert len(scan_video(tmp_path / "x.mp4").timeline) == 3


def test_a_turned_video(explained, bank, track, write_video, numbered_frames, tmp_path):
    path = write_video(tmp_path / "turned.mp4", numbered_frames(2, 64, 96), rotation=90)
    show = Show(explained, bank, scan_video(path), None)
    layout = layout_of(show)
    assert layout.video.height > layout.video.width
    frame = next(Painter(show, layout).frames())
    wanted = Image.fromarray(np.rot90(numbered_frames(1, 64, 96)[0]).copy()).resize(
        (layout.video.width, layout.video.height)
    )
    assert np.abs(frame[: layout.video.height, : layout.video.width].astype(int) - np.asarray(wanted)).mean() < 6


def test_an_explanation_without_concepts(explained, bank, track):
    said = replace(explained.classes[0], contributions=(), logit=explained.classes[0].bias)
    show = Show(replace(explained, classes=(said, *explained.classes[1:])), bank, None, track)
    assert np.asarray(Painter(show, layout_of(show)).frame(0)).any()


@pytest.mark.parametrize("suffix", ["gif", "webp"])
def test_animations_are_small_and_keep_time(explained, bank, talking, track, tmp_path, suffix):
    write_film(tmp_path / f"x.{suffix}", Show(explained, bank, scan_video(talking), track))
    with Image.open(tmp_path / f"x.{suffix}") as picture:
        assert picture.n_frames == 16  # 1.6 s at 10 frames per second
        assert picture.width <= 720 and picture.height <= 540
        length = 0
        for number in range(picture.n_frames):
            picture.seek(number)
            picture.load()
            length += picture.info["duration"]
    assert length == 1600


def test_names_of_any_kind_are_written(planted, explained, bank, track):
    assert any(planted.nasty in each.label for each in explained.classes)
    Painter(replace_label(explained, bank, track, "日本語 ёжик Straße"), layout_of(Show(explained, bank, None, track)))


def replace_label(explained, bank, track, label):
    first = replace(explained.classes[0], label=label)
    return Show(replace(explained, classes=(first, *explained.classes[1:])), bank, None, track)


def test_what_cannot_be_filmed_or_written_is_said(explained, bank, track, tmp_path):
    with pytest.raises(DataError, match="got neither"):
        Show(explained, bank)
    (tmp_path / "file").touch()
    for suffix in ("mp4", "gif"):
        with pytest.raises(DataError, match=rf"x.{suffix}: expected to write .*check space and rights"):
            write_film(tmp_path / "file" / f"x.{suffix}", Show(explained, bank, None, track))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
