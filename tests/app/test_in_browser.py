"""The app in a real browser: sent, intervened, edited, undone, saved, opened again; nothing foreign, nothing broken."""

from __future__ import annotations

import re
import shutil
import threading
import time

import pytest
import uvicorn
from tests.app.browsing import NASTY

from dance_xai.app import make_app
from dance_xai.cli.serve import listening
from dance_xai.workflows.runs import open_run


@pytest.fixture
def served():
    """``served(run)`` -> the address of an app on it."""
    running = []

    def serve(run, **options):
        place = listening("127.0.0.1", 0)
        app = make_app(open_run(run), **options)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [place]}, daemon=True)
        thread.start()
        running.append((server, thread, place))
        while not server.started:
            time.sleep(0.01)
        return f"http://127.0.0.1:{place.getsockname()[1]}/"

    yield serve
    for server, thread, place in running:
        server.should_exit = True
        thread.join(20)
        place.close()


@pytest.fixture
def opened(browser):
    """Open an address as somebody new, and collect what goes wrong and what is asked for."""
    contexts = []

    def open_page(address, **options):
        contexts.append(browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options)))
        page = contexts[-1].new_page()
        page.set_default_timeout(60_000)
        page.problems, page.asked = [], []
        page.on("console", lambda message: page.problems.append(message.text))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("dialog", lambda dialog: page.problems.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(address)
        page.wait_for_selector("#clips button")
        return page

    yield open_page
    for context in contexts:
        context.close()


def score(page):
    return page.locator(".row.total .num").inner_text()


def test_from_a_video_to_a_saved_model(served, opened, run, new_video, tmp_path):
    nasty = tmp_path / f"{NASTY}.mp4"
    shutil.copy(new_video, nasty)
    address = served(run)
    page = opened(address)
    page.set_input_files("#pick", nasty)
    page.wait_for_selector("#said")
    assert page.locator("#said").inner_text() == "squat down"
    assert NASTY in page.locator(".said .eyebrow").inner_text()
    original = score(page)

    first = page.locator(".term input[role=switch]").first
    first.uncheck()
    assert score(page) != original and page.locator("#moved").is_visible()
    first.check()
    assert score(page) == original
    slider = page.locator(".term input[type=range]").first
    slider.focus()
    page.keyboard.press("Home")
    assert score(page) != original
    page.click("text=Reset")
    assert score(page) == original

    first.uncheck()
    off = score(page)
    page.click("text=Apply as edit")
    page.wait_for_selector("#log li")
    page.wait_for_function("text => document.querySelector('.row.total .num').textContent === text", arg=off)
    page.click("#undo")
    page.wait_for_selector("#log li.undone")
    page.wait_for_function("text => document.querySelector('.row.total .num').textContent === text", arg=original)
    page.click("#redo")
    page.wait_for_selector("#log li:not(.undone)")
    page.fill("#save-name", "kept")
    page.click("#save")
    page.wait_for_function("() => document.getElementById('saved').textContent.startsWith('Written')")
    assert open_run(run.parent / "kept").edits.position == 1

    page.reload()
    page.wait_for_selector("#said")
    assert page.locator("#log li:not(.undone)").count() == 1 and score(page) == off
    page.click("#whole")
    frame = page.frame_locator("iframe")
    assert "squat down" in frame.locator("body").inner_text()
    assert page.problems == []
    assert {url for url in page.asked if not url.startswith((address, "blob:", "data:"))} == set()

    again = opened(served(run.parent / "kept"))
    assert again.locator("#log li").count() == 1


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_every_view_fits_and_is_accessible(served, opened, run, width, scheme, serious_flaws):
    page = opened(served(run, other=open_run(run)), viewport={"width": width, "height": 844}, color_scheme=scheme)
    page.locator("#clips button").first.click()
    page.wait_for_selector("#said")
    for view, wanted in (
        ("explain", "#said"),
        ("catalogue", ".concept"),
        ("failures", "#failures h2"),
        ("compare", "table"),
    ):
        page.locator(f"#tabs a[href='#view={view}']").click()
        page.wait_for_selector(wanted)
        assert page.evaluate("document.documentElement.scrollWidth") == width, view
        assert serious_flaws(page) == [], view
    page.locator("#tabs a").first.click()
    page.locator(".term button.name").first.click()
    page.wait_for_selector("dialog[open]")
    assert serious_flaws(page) == []
    assert page.problems == []


def test_the_score_is_the_logit(served, opened, run):
    page, view = opened(served(run)), open_run(run)
    clip = page.locator("#clips .name").first.inner_text()
    page.locator("#clips button").first.click()
    page.wait_for_selector("#said")
    page.select_option("#rival", "")
    expected = view.model.logits(view.inputs[[view.row(clip)]]).max()
    assert float(score(page).replace("\N{MINUS SIGN}", "-")) == pytest.approx(expected, abs=0.0051)


def test_an_edit_in_another_tab_is_taken_over(served, opened, run):
    page = opened(served(run))
    page.locator("#clips button").first.click()
    page.wait_for_selector("#said")
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("#said")
    other.locator(".term input[role=switch]").first.uncheck()
    other.click("text=Apply as edit")
    other.wait_for_selector("#log li")
    page.locator("#clips button").nth(1).click()
    page.wait_for_selector("#log li")
    page.wait_for_selector("#said")
    assert page.problems == []


def test_refusals_are_shown_as_text(served, opened, run, tmp_path):
    page = opened(served(run))
    words = tmp_path / f"{NASTY}.mp4"
    words.write_text("just some words\n" * 50)
    page.set_input_files("#pick", words)
    page.wait_for_selector("#alert:not([hidden])")
    assert re.search(r"expected a video that can be read", page.locator("#alert").inner_text())
    assert NASTY in page.locator("#alert").inner_text() and page.locator("#alert img").count() == 0
    assert page.problems == []


def test_a_concept_with_a_nasty_name_is_shown_as_text(served, opened, run):
    page = opened(served(run))
    page.locator("#clips button").first.click()
    page.locator(".term button.name").first.click()
    page.fill("dialog input[type=text]", NASTY)
    page.click("dialog >> text=Rename")
    page.wait_for_selector(f"text={NASTY}")
    page.locator("#tabs a", has_text="Concepts").click()
    page.wait_for_selector(f".concept h3:has-text('{NASTY}')")
    assert page.locator("main img").count() == 0 and page.problems == []
