"""The page of a clip with its video, opened: it plays, lights up, keeps step, and is usable by everybody."""

import re
import sys
from dataclasses import replace

import numpy as np
import pytest
from tests.report.settling import settle
from tests.report.whole_clip import FPS, FRAMES, HEIGHT, WIDTH, seen_track, whole

from dance_xai.report.clip import clip_page, take_picture
from dance_xai.report.clip.crops import square_of
from dance_xai.types.numbers import decimal, percent

SEEN_FRAME = """() => {
  const video = document.getElementById('video'), canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const ctx = canvas.getContext('2d');
  ctx.drawImage(video, 0, 0);
  const side = Math.floor(canvas.width / 8);
  const bytes = ctx.getImageData(canvas.width - side, 0, side, canvas.height).data.filter((_, i) => i % 4 !== 3);
  return Math.round(bytes.reduce((sum, each) => sum + each, 0) / bytes.length / 8);
}"""


@pytest.fixture(scope="module")
def explanation(planted):
    return whole(planted, planted.bank(), label="wave_right")


@pytest.fixture(scope="module")
def url(planted, explanation, write_video, numbered_frames, tmp_path_factory):
    folder = tmp_path_factory.mktemp("clip")
    source = write_video(folder / "plain.mp4", numbered_frames(FRAMES, HEIGHT, WIDTH))
    track, bank = seen_track(planted), planted.bank()
    terms = {t.concept: t.match for t in explanation.prediction.contributions if t.match is not None}
    squares = {concept: square_of(track, match) for concept, match in terms.items()}
    stills = [each.frame for each in explanation.phrases_seen]
    picture = take_picture(source, stills=stills, squares=squares)
    windows = {concept: planted.wave(12, "left") for concept in terms}
    page = clip_page(explanation, bank, windows, title=planted.nasty, track=track, picture=picture)
    (folder / "clip.html").write_text(page, encoding="utf-8")
    return (folder / "clip.html").as_uri()


@pytest.fixture(scope="module")
def without_video(planted, explanation, tmp_path_factory):
    bank = planted.bank()
    windows = {each.concept: planted.wave(12, "left") for each in explanation.timelines}
    page = clip_page(explanation, bank, windows, title="no video", track=seen_track(planted))
    path = tmp_path_factory.mktemp("clip") / "clip.html"
    path.write_text(page, encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def opened(browser, url):
    contexts = []

    def open_page(url=url, **options):
        contexts.append(browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options)))
        page = contexts[-1].new_page()
        page.problems, page.asked = [], []
        page.on("console", lambda message: page.problems.append(message.text))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(url)
        wait(page, "!document.getElementById('video') || video.readyState >= 2")
        return page

    yield open_page
    for context in contexts:
        context.close()


def wait(page, condition):
    """Until a condition holds; `wait_for_function` is stopped by the page's content security policy."""
    for _ in range(1200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"{condition} never held")


def frame_of(page):
    return int(page.locator("#seek").input_value())


def show(page, frame):
    page.locator("#seek").evaluate(
        "(input, frame) => { input.value = frame; input.dispatchEvent(new Event('input')) }", frame
    )
    wait(page, "!document.getElementById('video')?.seeking")
    wait(page, f"document.getElementById('time').value.endsWith(' {frame}')")
    settle(page)


@pytest.mark.parametrize("width", [390, 1280])
def test_opens_clean_fits_and_asks_for_nothing(opened, url, width):
    page = opened(viewport={"width": width, "height": 844})
    page.evaluate("document.querySelector('.words').open = true")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    settle(page)
    assert page.problems == []
    assert [asked for asked in page.asked if not asked.startswith("blob:null/")] == [url]
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_video_plays_and_the_time_line_follows(opened):
    page = opened()
    wait(page, "document.getElementById('video').currentTime > 0.2 && !video.paused")
    first = frame_of(page)
    wait(page, f"+document.getElementById('seek').value !== {first}")
    page.locator("#play").click()
    page.wait_for_timeout(200)
    paused = page.evaluate("[video.paused, video.currentTime]")
    assert paused[0]
    assert page.evaluate("video.currentTime") == paused[1]


def test_a_frame_chosen_is_the_frame_on_screen(opened):
    page = opened(reduced_motion="reduce")
    for frame in (0, 7, 29, 13):
        show(page, frame)
        assert page.evaluate(SEEN_FRAME) == frame == frame_of(page)


def test_keys_step_and_play(opened):
    page = opened(reduced_motion="reduce")
    show(page, 10)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    wait(page, "document.getElementById('time').value.endsWith(' 11') && !video.seeking")
    assert page.evaluate(SEEN_FRAME) == 11
    page.keyboard.press(" ")
    wait(page, "!video.paused")
    assert page.locator("#play").get_attribute("aria-label") == "Pause the clip"
    page.keyboard.press(" ")
    wait(page, "video.paused")


def test_motions_light_up_when_they_happen_and_only_then(opened, explanation):
    page = opened(reduced_motion="reduce")
    spans = {line.concept: line.spans for line in explanation.timelines}
    for frame in range(0, FRAMES, 3):
        show(page, frame)
        lit = {int(c) for c in page.locator(".lane-row.lit").evaluate_all("rows => rows.map(r => r.dataset.concept)")}
        shown = {int(c) for c in page.locator(".lane-row").evaluate_all("rows => rows.map(r => r.dataset.concept)")}
        assert lit == {c for c in shown if any(each.start <= frame < each.stop for each in spans[c])}


@pytest.mark.parametrize("filmed", [True, False])
def test_the_prototype_of_a_lane_is_as_far_as_the_clip(opened, url, without_video, filmed):
    """At its best window's first, middle and last frame the figure is at its first, middle and last pose."""
    page = opened(url if filmed else without_video, reduced_motion="reduce")
    spot = page.locator(".lane-row[data-happens] .spot").first
    thumb = page.locator(".lane-row[data-happens] .thumb canvas").first
    thumb.scroll_into_view_if_needed()
    centre, length = (float(spot.get_attribute(f"data-{name}")) for name in ("centre", "length"))
    start, stop = (int(spot.get_attribute(f"data-{name}")) for name in ("start", "stop"))
    drawn = {}
    for frame in range(start, stop):
        show(page, frame)
        drawn[frame] = thumb.evaluate("canvas => canvas.toDataURL()")
        page.evaluate("dispatchEvent(new Event('resize'))")
        settle(page)
        assert drawn[frame] == thumb.evaluate("canvas => canvas.toDataURL()"), "it is not behind the clip"
    inside = [frame for frame in drawn if abs(frame - centre) <= length / 2 - 1]
    assert len({drawn[frame] for frame in inside}) == len(inside), "it moves with every frame"


def test_pressing_a_bar_plays_it_over_and_over(opened):
    page = opened()
    spot = page.locator(".lane-row .spot").last
    start, stop = (int(spot.get_attribute(f"data-{name}")) for name in ("start", "stop"))
    spot.click()
    for _ in range(8):
        page.wait_for_timeout(120)
        settle(page)
        assert start <= frame_of(page) <= stop
    page.locator("#loop").click()
    wait(page, f"+document.getElementById('seek').value > {stop}")
    assert page.locator("#loop").is_hidden()


def test_the_best_frame_of_a_phrase_can_be_shown(opened, explanation):
    page = opened()
    card = page.locator(".phrases li").first
    assert card.locator("img").evaluate("image => image.naturalWidth") > 100
    card.locator(".jump").click()
    name = card.locator(".phrase").inner_text()
    frame = next(each.frame for each in explanation.phrases_seen if each.name == name)
    wait(page, f"document.getElementById('time').value.endsWith(' {frame}')")
    assert page.evaluate("video.paused")


def test_numbers_on_the_page_are_those_of_its_json(opened):
    page = opened()
    told = page.evaluate("JSON.parse(document.getElementById('data').textContent).explanation")
    said = told["classes"][0]
    assert page.locator(".sure").inner_text().startswith(percent(said["probability"]))
    table = page.locator(".waterfall").first
    numbers = table.locator("td.num").all_inner_texts()
    digits = len(numbers[0].split(".")[1])
    terms = table.locator("tr.term td.num").all_inner_texts()
    assert terms == [decimal(term["value"], digits, sign=True) for term in said["contributions"][: len(terms)]]
    assert numbers[-1] == decimal(said["logit"], digits)
    units = [round(float(text.replace("\N{MINUS SIGN}", "-")) * 10**digits) for text in numbers]
    assert sum(units[:-1]) == units[-1]
    worth = dict(zip([t["concept"] for t in said["contributions"]], terms, strict=False))
    for lane in page.locator(".lane-row").all():
        assert lane.locator(".worth").inner_text() == worth[int(lane.get_attribute("data-concept"))]


def test_the_skeleton_can_be_hidden_and_follows_the_forced_colours(opened):
    ink = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter((v, i) => i % 4 == 3 && v).length"
    page = opened(reduced_motion="reduce", forced_colors="active")
    show(page, 5)
    canvas = page.locator("#clip")
    assert canvas.evaluate(ink) > 300
    page.locator("#bones").click()
    settle(page)
    assert canvas.evaluate(ink) == 0


def test_a_pose_at_rest_lies_on_the_picture_of_its_own_moment(opened):
    """Who wants no motion sees the last pose of a window, and behind it the last tile."""
    page = opened(reduced_motion="reduce")
    page.locator(".motion-card").first.scroll_into_view_if_needed()
    tiles = page.evaluate("""() => new Promise((done) => {
      const draw = CanvasRenderingContext2D.prototype.drawImage;
      CanvasRenderingContext2D.prototype.drawImage = function (image, x, y, side, ...rest) {
        if (this.canvas.dataset.figure) done([x / side + 1, image.naturalWidth / side]);
        return draw.call(this, image, x, y, side, ...rest);
      };
      dispatchEvent(new Event('resize'));
    })""")
    assert tiles[0] == tiles[1] > 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_serious(opened, scheme, width, serious_flaws):
    page = opened(viewport={"width": width, "height": 844}, color_scheme=scheme, reduced_motion="reduce")
    page.evaluate("document.querySelector('.words').open = true")
    assert serious_flaws(page) == []


def test_a_ten_second_clip_of_noise_can_be_mailed(planted, explanation, write_video, tmp_path):
    """The worst case: what cannot be compressed."""
    rng = np.random.default_rng(0)
    frames = [np.repeat(np.repeat(rng.integers(0, 256, (45, 60, 3), dtype=np.uint8), 4, 0), 4, 1) for _ in range(40)]
    source = write_video(tmp_path / "noise.mp4", frames * 6)
    track = replace(planted.track(len(frames) * 6), height_width=(180, 240), fps=FPS)
    terms = {t.concept: t.match for t in explanation.prediction.contributions if t.match is not None}
    squares = {concept: square_of(track, match) for concept, match in terms.items()}
    picture = take_picture(source, stills=[each.frame for each in explanation.phrases_seen], squares=squares)
    page = clip_page(explanation, planted.bank(), {}, title="noise", track=track, picture=picture)
    size = len(page.encode())
    sys.stdout.write(f"page of a 9.6 s clip of noise: {size / 1e6:.2f} MB\n")
    assert re.search(r'"mime":"video/', page) and size < 5_000_000
