"""The app in a real browser: sent, intervened, edited, undone, saved, opened again; nothing foreign, nothing broken."""

from __future__ import annotations

import io
import re
import shutil
import threading
import time

import pytest
import uvicorn
from PIL import Image
from tests.app.browsing import NASTY

from dance_xai.app import make_app
from dance_xai.app.forms import OPERATIONS
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


def shades(locator):
    """How many different pixels an element shows."""
    return len(Image.open(io.BytesIO(locator.screenshot())).convert("RGB").getcolors(1 << 20))


def test_forced_colours_keep_bars_switches_and_what_is_chosen(served, opened, run, new_video):
    page = opened(served(run), forced_colors="active", reduced_motion="reduce")
    page.set_input_files("#pick", new_video)
    page.wait_for_selector("#said")
    bar, switch = page.locator(".term .step").first, page.locator(".term input[role=switch]").first
    assert shades(bar) > 1
    on = switch.screenshot()
    switch.evaluate("(box) => box.click()")
    page.wait_for_selector("#moved")
    assert switch.screenshot() != on
    edge = "(tabs) => tabs.map((tab) => getComputedStyle(tab).borderBottomColor)"
    current, others = (page.locator(f".tabs a{which}") for which in ("[aria-current]", ":not([aria-current])"))
    assert not {*current.evaluate_all(edge)} & {*others.evaluate_all(edge)}


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
        ("diagnosis", "#look"),
        ("edit", "#edit details"),
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


def open_form(page, operation):
    """The form of an edit, opened by the keyboard."""
    page.locator("#tabs a", has_text="Edit").click()
    form = page.locator(f"details[data-operation={operation}]")
    form.locator("summary").focus()
    page.keyboard.press("Enter")
    form.locator("form").wait_for()
    return form


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_every_form_fits_and_is_accessible(served, opened, run, width, scheme, serious_flaws):
    page = opened(served(run), viewport={"width": width, "height": 844}, color_scheme=scheme)
    page.locator("#tabs a", has_text="Edit").click()
    page.wait_for_selector("#edit details")
    names = page.eval_on_selector_all("#edit details", "all => all.map(each => each.dataset.operation)")
    assert set(names) == set(OPERATIONS)
    page.evaluate("document.querySelectorAll('#edit details').forEach(each => { each.name = ''; each.open = true; })")
    page.wait_for_function("count => document.querySelectorAll('#edit form').length === count", arg=len(names))
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert serious_flaws(page) == [] and page.problems == []


def test_solved_again_by_keyboard_and_refused_in_one_line(served, opened, run):
    page = opened(served(run))
    form = open_form(page, "resolve")
    form.get_by_role("button", name="Add this rule").focus()
    page.keyboard.press("Enter")
    rule = form.locator(".chosen li")
    assert "may not be used for every class" in rule.inner_text()
    form.get_by_role("button", name="Make this edit").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#log li")
    assert page.locator("#log li").inner_text().startswith("resolve: forbid *:")
    page.wait_for_selector("#edit button[type=submit]:focus:not([aria-disabled])")
    assert rule.count() == 1  # to change and to try again
    page.locator("#undo").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#log li.undone")
    page.wait_for_selector("#redo:focus")
    form.get_by_label("Weights per class, at most").fill("0")
    form.get_by_role("button", name="Make this edit").click()
    page.wait_for_selector("#alert:not([hidden])")
    assert "expected a number of weights per class above 0" in page.locator("#alert").inner_text()
    assert page.locator("#log li").count() == 1 and form.get_by_label("Weights per class, at most").input_value() == "0"
    assert page.problems == []


def test_a_class_from_videos_and_a_merge_from_a_concept(served, opened, run, new_video, tmp_path):
    nasty = tmp_path / f"{NASTY}.mp4"
    shutil.copy(new_video, nasty)
    page = opened(served(run))
    form = open_form(page, "add_class")
    form.get_by_label("Name of the class").fill(f"dip {NASTY}")
    form.get_by_label("Send videos").set_input_files([nasty, new_video])
    page.wait_for_function("() => document.querySelectorAll('.both .tick input:checked').length === 2")
    assert NASTY in form.locator(".ticks").inner_text()
    form.get_by_role("button", name="Make this edit").click()
    page.wait_for_selector("#log li")
    assert f"dip {NASTY}" in page.locator("#log li").inner_text()

    page.locator("#tabs a", has_text="Concepts").click()
    page.get_by_role("button", name="Change motion").first.click()
    page.wait_for_selector("dialog[open]")
    chosen = page.locator("dialog h2").inner_text().split("\n")[0].strip()
    page.get_by_role("link", name="merge it with another").click()
    form = page.locator("details[data-operation=merge][open]")
    form.wait_for()
    assert form.get_by_label("First concept").evaluate("one => one.selectedOptions[0].text") in chosen
    form.get_by_label("Second concept").select_option(
        index=form.get_by_label("First concept").evaluate("one => one.selectedIndex ? 0 : 1")
    )
    form.get_by_label("Name of the merged one").fill("both")
    form.get_by_role("button", name="Make this edit").click()
    page.wait_for_function("() => document.querySelectorAll('#log li').length === 2")
    assert page.locator("main img").count() == 0 and page.problems == []


@pytest.mark.parametrize("small_run", ["grounded"], indirect=True)
def test_a_proposed_edit_is_tried_and_undone(served, opened, small_run, doubted, serious_flaws):
    page = opened(served(small_run))
    page.locator("#tabs a", has_text="Diagnosis").click()
    page.locator("#look").focus()
    page.keyboard.press("Enter")
    trying = page.locator("[data-try]").first
    trying.wait_for()
    assert page.locator(".chart polyline").count() >= 6
    before = page.locator("#card").inner_text()
    trying.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-undo]:focus")
    assert page.locator(".shortcut .outcome").count() == 1 and page.locator("#stale").is_visible()
    for width, scheme in ((1280, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert serious_flaws(page) == []
    page.keyboard.press("Enter")
    page.wait_for_selector("#log li.undone")
    page.wait_for_selector("[data-try]")
    page.wait_for_selector("#stale", state="detached")
    assert page.locator(".shortcut .outcome").count() == 0 and page.locator("#card").inner_text() == before
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
