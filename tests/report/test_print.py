"""Pages on paper: every figure is there, in light colours, and so are the bars."""

import pytest
from tests.report.settling import settle
from tests.report.whole_clip import seen_track, whole

from dance_xai.report import report_page
from dance_xai.report.clip import clip_page

EMPTY = """() => [...document.querySelectorAll('canvas[data-figure]')].filter((c) => {
  const ink = c.width && c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v, i) => i % 4 === 3 && v);
  return c.closest('[hidden], details:not([open])') === null && !ink;
}).length"""
FIGURES = "document.querySelectorAll('canvas[data-figure]').length"
INK = "getComputedStyle(document.documentElement).getPropertyValue('--ink')"
KEPT = """selector => [...document.querySelectorAll(selector)].every(
  (bar) => getComputedStyle(bar).printColorAdjust === 'exact')"""


@pytest.fixture(scope="module")
def addresses(planted, tmp_path_factory):
    bank = planted.bank()
    windows = {int(j): planted.wave(12, "left") for j in bank.columns("motion")}
    clip = clip_page(whole(planted, bank), bank, windows, title="planted", track=seen_track(planted))
    folder = tmp_path_factory.mktemp("paper")
    for name, page in (("clip", clip), ("report", report_page(planted.report()))):
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in ("clip", "report")}


@pytest.fixture
def opened(browser, addresses):
    contexts = []

    def open_page(name):
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 700}, color_scheme="dark"))
        page = contexts[-1].new_page()
        page.goto(addresses[name])
        settle(page)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", ["clip", "report"])
def test_figures_that_nobody_scrolled_to_are_printed_too(opened, name):
    page = opened(name)
    assert page.evaluate(FIGURES) > 3 and page.evaluate(EMPTY) > 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(EMPTY) == 0


def test_paper_is_light_and_the_screen_is_dark_again_afterwards(opened):
    page = opened("clip")
    dark = page.evaluate(INK)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    light = page.evaluate(INK)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert light != dark == page.evaluate(INK)


@pytest.mark.parametrize(
    ("name", "bars"), [("clip", ".waterfall .fill, .stack span, .spot"), ("report", ".weights .fill, .confusion td")]
)
def test_bars_are_printed_and_what_can_only_be_pressed_is_not(opened, name, bars):
    page = opened(name)
    page.emulate_media(media="print")
    assert page.locator(bars).count() and page.evaluate(KEPT, bars)
    assert page.locator("button:visible:not(.stage):not(.spot), input:visible, nav:visible").count() == 0
