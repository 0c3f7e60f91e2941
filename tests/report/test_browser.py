"""The pages, opened: nothing is asked of the network, nothing fails, figures move, phones do not scroll sideways."""

import json
import re

import pytest
from tests.report.settling import settle

from dance_xai.report import clip_page, report_page


@pytest.fixture(scope="module")
def files(planted, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    bank = planted.bank()
    windows = {int(j): planted.wave(12, "left") for j in bank.columns("motion")}
    pages = {
        "clip": clip_page(planted.explanation(bank), bank, windows, title=planted.nasty, track=planted.track()),
        "report": report_page(planted.report()),
    }
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in pages}


@pytest.fixture
def opened(browser, files):
    """Open a page and collect what goes wrong and what is asked for."""
    contexts = []

    def open_page(name, **options):
        contexts.append(browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options)))
        page = contexts[-1].new_page()
        page.problems, page.asked = [], []
        page.on("console", lambda message: page.problems.append(message.text))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(files[name])
        return page

    yield open_page
    for context in contexts:
        context.close()


def pixels(page, selector):
    canvas = page.locator(selector).first
    canvas.scroll_into_view_if_needed()
    page.wait_for_timeout(250)
    settle(page)
    return canvas.evaluate("canvas => canvas.toDataURL()")


def wait_for_movement(page, selector, before):
    """A figure stands still at the end of each round, so movement may take a moment to be seen."""
    page.locator(selector).first.scroll_into_view_if_needed()
    changed = "([selector, before]) => document.querySelector(selector).toDataURL() !== before"
    page.wait_for_function(changed, arg=[selector, before])


def ink(page, selector):
    """How many pixels of a canvas are drawn."""
    return page.locator(selector).first.evaluate(
        "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.filter((v, i) => i % 4 == 3 && v).length"
    )


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["clip", "report"])
def test_opens_clean_and_fits(opened, files, name, width):
    page = opened(name, viewport={"width": width, "height": 844})
    page.emulate_media(color_scheme="dark")
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    settle(page)
    assert page.problems == []
    assert page.asked == [files[name]]
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize(
    ("name", "selector"), [("clip", "#clip"), ("clip", ".stage canvas"), ("report", ".stage canvas")]
)
def test_figures_move_until_they_are_paused(opened, name, selector):
    page = opened(name)
    first = pixels(page, selector)
    assert ink(page, selector) > 500
    wait_for_movement(page, selector, first)
    page.click("#pause-all")
    still = pixels(page, selector)
    assert pixels(page, selector) == still
    page.click("#pause-all")
    wait_for_movement(page, selector, still)


def test_a_click_pauses_both_figures_of_a_motion(opened):
    page = opened("clip")
    stages = page.locator(".motion-card").first.locator(".stage")
    stages.first.click()
    assert [stage.get_attribute("aria-pressed") for stage in stages.all()] == ["true", "true"]
    still = pixels(page, ".motion-card .stage canvas")
    assert pixels(page, ".motion-card .stage canvas") == still
    stages.last.press("Enter")
    assert stages.first.get_attribute("aria-pressed") == "false"


@pytest.mark.parametrize(
    ("name", "selector"), [("clip", "#clip"), ("clip", ".stage canvas"), ("report", ".stage canvas")]
)
def test_reduced_motion_stands_still(opened, name, selector):
    page = opened(name, reduced_motion="reduce")
    still = pixels(page, selector)
    assert ink(page, selector) > 500
    assert pixels(page, selector) == still
    page.click("#pause-all")
    wait_for_movement(page, selector, still)


def test_joints_that_were_not_seen_are_not_drawn(opened):
    page = opened("clip", reduced_motion="reduce")
    seek = page.locator("#seek")
    counts = []
    for frame in (5, 15, 58):
        seek.evaluate("(input, frame) => { input.value = frame; input.dispatchEvent(new Event('input')) }", frame)
        settle(page)
        counts.append(ink(page, "#clip"))
    whole, without_wrist, nobody = counts
    assert nobody < without_wrist < whole
    assert page.locator("#time").inner_text() == "1.93 s · frame 58"


def test_asking_why_not_another_class(opened):
    page = opened("clip")
    options = page.locator("#other option")
    for i in range(options.count()):
        page.select_option("#other", value=str(i))
        shown = page.locator(".answer:visible")
        assert shown.count() == 1
        assert shown.get_attribute("data-answer") == str(i)


def test_watching_a_motion_plays_its_window(opened):
    page = opened("clip")
    spot = page.locator(".spot").last
    start, stop = int(spot.get_attribute("data-start")), int(spot.get_attribute("data-stop"))
    spot.press("Enter")
    page.wait_for_timeout(200)
    settle(page)
    assert start <= int(page.locator("#seek").input_value()) < stop
    assert "now" in spot.get_attribute("class")


def test_the_json_can_be_saved(opened, tmp_path):
    page = opened("clip")
    with page.expect_download() as saving:
        page.click("#download")
    saving.value.save_as(tmp_path / "explanation.json")
    told = json.loads((tmp_path / "explanation.json").read_text(encoding="utf-8"))
    assert (told["schema"], told["clip"]) == ("dance-xai/explanation", "0007")


def test_the_catalogue_can_be_searched(opened):
    page, expect = opened("report"), pytest.importorskip("playwright.sync_api").expect
    cards = page.locator(".concept:visible")
    expect(page.locator("#count")).to_have_text(re.compile("of 7 concepts"))
    page.locator("#used").uncheck()
    expect(cards).to_have_count(7)
    page.locator("#concepts .pick.motion").click()
    expect(cards).to_have_count(3)
    page.fill("#find", "wave right")
    expect(cards).to_have_count(1)
    page.locator("#warned").check()
    expect(page.locator("#count")).to_have_text(re.compile("of 7 concepts"))
    page.evaluate("location.hash = '#concept-4'")
    expect(cards).to_have_count(7)


def test_everything_pressable_is_reachable_by_keyboard_and_named(opened):
    for name in ("clip", "report"):
        page = opened(name)
        nameless = page.evaluate(
            """() => [...document.querySelectorAll('button, select, input, [role=img], nav')].map((each) =>
               each.getAttribute('aria-label') || each.innerText || each.labels?.[0]?.innerText || ''
            ).filter((name) => !name.trim()).length"""
        )
        assert nameless == 0
        assert page.evaluate("document.querySelectorAll('[tabindex=\"-1\"]').length") == 0
