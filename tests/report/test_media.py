"""Small clips: frame by frame on the grid of the poses, small, and played by a browser."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from dance_xai.data.video import scan_video
from dance_xai.errors import DataError
from dance_xai.report import encode
from dance_xai.report.media import grid_frames, small_clip, still


@pytest.fixture(scope="module")
def source(write_video, numbered_frames, tmp_path_factory):
    return write_video(tmp_path_factory.mktemp("media") / "plain.mp4", numbered_frames(30, 240, 320))


def decoded(clip, tmp_path):
    path = tmp_path / f"small.{clip.mime.rpartition('/')[2]}"
    path.write_bytes(clip.data)
    return np.stack(list(grid_frames(scan_video(path))))


def numbers(frames):
    """The number each frame shows, see ``numbered_frames``."""
    return np.round(frames[:, :, -frames.shape[2] // 8 :].mean(axis=(1, 2, 3)) / 8).astype(int)


def noise(frames, height, width):
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (height, width, 3), dtype=np.uint8) for _ in range(frames)]


def test_every_frame_is_its_grid_point(source, tmp_path):
    clip = small_clip(source, max_height=120)
    assert (clip.width, clip.height, clip.fps, clip.frames) == (160, 120, 25.0, 30)
    frames = decoded(clip, tmp_path)
    assert frames.shape == (30, 120, 160, 3)
    assert numbers(frames).tolist() == list(range(30))


def test_colours_survive(source, tmp_path):
    frame = decoded(small_clip(source), tmp_path)[3].astype(int)
    assert np.abs(frame[60, 80] - (250, 0, 0)).max() < 30
    assert np.abs(frame[180, 80] - (0, 250, 0)).max() < 30


def test_a_part_of_a_file_begins_and_ends_where_its_poses_do(source, tmp_path):
    clip = small_clip(source, 0.4, 0.8)
    assert numbers(decoded(clip, tmp_path)).tolist() == list(range(10, 20))
    slower = small_clip(source, 0.4, 0.8, fps=12.5)
    assert slower.fps == 12.5
    assert numbers(decoded(slower, tmp_path)).tolist() == [10, 12, 14, 16, 18]


def test_an_uneven_frame_rate_becomes_even(write_video, numbered_frames, tmp_path):
    times = [0.0, 0.04, 0.08, 0.12, 0.52, 0.56, 0.6, 0.64]
    path = write_video(tmp_path / "freeze.mkv", numbered_frames(8), times=times)
    video, clip = scan_video(path), small_clip(path)
    assert clip.frames == len(video.timeline) == 17
    assert numbers(decoded(clip, tmp_path)).tolist() == video.timeline.source.tolist()


def test_frames_that_cannot_be_decoded_are_held(write_video, numbered_frames, tmp_path):
    path = write_video(tmp_path / "holes.mkv", numbered_frames(12), codec="mjpeg", pix_fmt="yuvj420p")
    content = bytearray(path.read_bytes())
    starts = [at for at in range(len(content) - 3) if content[at : at + 3] == b"\xff\xd8\xff"]
    for number in (0, 5, 6, 11):
        content[starts[number] : starts[number] + 200] = bytes(200)
    path.write_bytes(content)
    assert numbers(decoded(small_clip(path), tmp_path)).tolist() == [1, 1, 2, 3, 4, 4, 4, 7, 8, 9, 10, 10]


def test_turned_videos_stand_upright(write_video, numbered_frames, tmp_path):
    path = write_video(tmp_path / "turned.mp4", numbered_frames(3), rotation=90)
    clip = small_clip(path)
    assert (clip.width, clip.height) == (48, 64)
    assert np.abs(decoded(clip, tmp_path)[0] - next(grid_frames(scan_video(path))).astype(int)).mean() < 8


@pytest.mark.parametrize("size", [(35, 51), (1, 1), (241, 320), (64, 2000)])
def test_odd_sizes_become_even_and_keep_their_shape(write_video, tmp_path, size):
    path = write_video(tmp_path / "odd.mkv", noise(2, *size), codec="ffv1", pix_fmt="bgr0")
    clip = small_clip(path, max_height=200)
    assert clip.width % 2 == clip.height % 2 == 0
    assert clip.height <= 200
    assert clip.width <= 480
    assert clip.width / clip.height == pytest.approx(size[1] / size[0], rel=0.08)


def test_stays_below_the_bytes_allowed_and_says_when_that_is_impossible(write_video, tmp_path):
    path = write_video(tmp_path / "noise.mkv", noise(30, 160, 200), options={"crf": "30", "preset": "ultrafast"})
    full = small_clip(path)
    for most in (len(full.data) // 4, 30_000):
        clip = small_clip(path, max_bytes=most)
        assert 0.3 * most < len(clip.data) <= most
        assert clip.frames == 30
    with pytest.raises(DataError, match=r"noise.mkv: expected a clip that fits into 900 bytes, got 1 s"):
        small_clip(path, max_bytes=900)


def test_a_folder_of_images(tmp_path, numbered_frames):
    for number, frame in enumerate(numbered_frames(5)):
        Image.fromarray(frame).save(tmp_path / f"{number}.png")
    clip = small_clip(tmp_path)
    assert (clip.frames, clip.fps) == (5, 25.0)


def test_a_still_is_the_frame_on_screen(source):
    picture = Image.open(io.BytesIO(still(source, 0.48, max_width=160)))
    assert (picture.format, picture.size) == ("JPEG", (160, 120))
    assert numbers(np.asarray(picture)[None]).tolist() == [12]
    with pytest.raises(DataError, match="correct start and end"):
        still(source, 9.0)


def test_without_an_encoder_the_fix_is_named(monkeypatch, source):
    encode.best_encoder.cache_clear()
    monkeypatch.setattr(encode, "has_encoder", lambda name: False)
    with pytest.raises(DataError, match=r"H\.264 or VP9 encoder"):
        small_clip(source)


PLAY = """async source => {
  const video = document.createElement('video');
  video.muted = true;
  document.body.append(video);
  const canvas = Object.assign(document.createElement('canvas'), {width: 320, height: 240});
  const context = canvas.getContext('2d', {willReadFrequently: true});
  const happens = name => new Promise((done, fail) => {
    video.addEventListener(name, done, {once: true});
    video.addEventListener('error', () => fail(new Error(video.error.message)), {once: true});
  });
  const loaded = happens('loadeddata');
  video.src = source;
  await loaded;
  const drawn = () => {
    context.drawImage(video, 0, 0);
    return Math.round(context.getImageData(310, 120, 1, 1).data[0] / 8);
  };
  const settled = async frame => {  // the picture may follow the event a little later
    for (let tries = 0; drawn() !== frame && tries < 100; tries++) await new Promise(done => setTimeout(done, 50));
    return drawn();
  };
  const shown = [];
  for (const frame of [20, 3, 29]) {
    const sought = happens('seeked');
    video.currentTime = (frame + 0.5) / 25;
    await sought;
    shown.push(await settled(frame));
  }
  const playing = happens('ended');
  video.currentTime = 0.9;
  await video.play();
  await playing;
  return {shown, duration: video.duration};
}"""


@pytest.mark.parametrize("encoder", encode.ENCODERS, ids=lambda encoder: encoder.codec)
def test_a_browser_plays_it_and_jumps_to_each_frame(browser, source, encoder, monkeypatch, tmp_path):
    if not encode.has_encoder(encoder.codec):
        pytest.skip(f"this build of PyAV has no {encoder.codec}")
    monkeypatch.setattr("dance_xai.report.media.best_encoder", lambda: encoder)
    clip = small_clip(source)
    assert clip.mime == encoder.mime
    page = browser.new_page()
    result = page.evaluate(PLAY, f"data:{clip.mime};base64,{base64.b64encode(clip.data).decode()}")
    page.close()
    assert result["shown"] == [20, 3, 29]
    assert result["duration"] == pytest.approx(30 / 25, abs=0.02)
