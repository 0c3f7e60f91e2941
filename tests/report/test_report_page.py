"""The report page in a real browser: what it shows, what can be done with it, and who can use it."""

import re

import pytest

from dance_xai.report import report_page
from dance_xai.report.mistakes import mistakes


@pytest.fixture(scope="module")
def data(planted):
    return planted.report()


@pytest.fixture(scope="module")
def address(data, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(report_page(data), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def opened(browser, address):
    """Open the page; at the end nothing may have gone wrong or been asked of the network."""
    contexts, problems = [], []

    def open_page(**options):
        contexts.append(
            browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce", **options)
        )
        page = contexts[-1].new_page()
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: problems.append(dialog.message))
        page.on("request", lambda request: request.url == address or problems.append(request.url))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def expect():
    return pytest.importorskip("playwright.sync_api").expect


def ribbons(page):
    return page.locator(".flow-link")


def test_the_flow_draws_every_weight_once(opened, expect, data):
    page = opened()
    expect(ribbons(page)).to_have_count(int(data.used.sum()))
    found = page.evaluate(
        "[...document.querySelectorAll('.flow-link')].map((r) => [+r.dataset.class, +r.dataset.concept,"
        " +r.getAttribute('stroke-width'), r.classList.contains('minus')])"
    )
    widths = {(k, j): width for k, j, width, _ in found}
    scale = max(width / abs(data.weight[k, j]) for (k, j), width in widths.items() if width > 1.2)
    for k, j, width, minus in found:
        assert width == pytest.approx(max(1.2, abs(data.weight[k, j]) * scale), rel=1e-3)
        assert minus == (data.weight[k, j] < 0)
    shown = page.locator("#flow-rows .num").all_text_contents()
    assert sorted(shown) == sorted(f"{w:+.2f}".replace("-", "−") for w in data.weight[data.used])


def test_the_flow_follows_its_filters(opened, expect, data):
    page = opened()
    rows, used = page.locator("#flow-rows tr:not([hidden])"), data.used
    page.select_option("#flow-class", "0")
    expect(ribbons(page)).to_have_count(int(used[0].sum()))
    expect(rows).to_have_count(int(used[0].sum()))
    page.select_option("#flow-concept", "1")
    expect(ribbons(page)).to_have_count(int(used[0, 1]))
    page.click("#flow-clear")
    expect(ribbons(page)).to_have_count(int(used.sum()))
    page.locator("#flow .pick.object").click()
    expect(ribbons(page)).to_have_count(int(used[:, data.bank.columns("object")].sum()))
    page.click("#flow-clear")
    page.fill("#flow-find", "motion 01")
    expect(ribbons(page)).to_have_count(int(used[:, 1].sum()))
    page.fill("#flow-find", "nothing is called so")
    expect(page.locator("#flow-picture")).to_have_text("No weight fits this filter.")
    page.click("#flow-clear")
    page.select_option("#flow-most", "1")
    expect(ribbons(page)).to_have_count(int(used.any(axis=1).sum()))


def test_a_name_in_the_flow_selects_it_and_leads_to_its_card(opened, expect, data):
    page = opened()
    page.locator('.flow-node[data-concept="1"] text').first.click()
    expect(ribbons(page)).to_have_count(int(data.used[:, 1].sum()))
    expect(page.locator("#flow-concept")).to_have_value("1")
    page.locator("#flow-told a").click()
    expect(page.locator("#concept-1")).to_be_in_viewport()
    page.locator('.flow-node[data-concept="1"] text').first.click()
    expect(ribbons(page)).to_have_count(int(data.used.sum()))


def test_the_flow_is_filtered_by_keyboard(opened, expect, data):
    page = opened()
    page.focus("#flow-most")
    for _ in range(2):
        page.keyboard.press("ArrowUp")
    expect(ribbons(page)).to_have_count(int(data.used.any(axis=1).sum()))
    expect(page.locator("#flow-picture svg")).to_have_attribute("aria-hidden", "true")


def test_a_confused_cell_opens_its_clips_with_reasons(opened, expect, data):
    page, wrong = opened(), mistakes(data)
    last = page.locator(".confusion .miss a").last
    key = last.get_attribute("href").removeprefix("#")
    _, true, predicted = key.split("-")
    mine = [each for each in wrong if (each.true, each.predicted) == (int(true), int(predicted))]
    last.press("Enter")
    expect(page.locator(f"#{key}")).to_have_attribute("open", "")
    expect(page.locator(".pairs details[open]")).to_have_count(1)
    expect(page.locator(f"#{key} code")).to_have_text(sorted(each.clip for each in mine))
    told = page.locator(f"#{key} li").first.text_content()
    first = min(mine, key=lambda each: each.clip)
    assert f"{first.margin:+.2f}".replace("-", "−") in told
    values = page.locator(f"#{key} li").first.locator(".num").all_text_contents()
    assert values[:-1] == [f"{value:+.2f}".replace("-", "−") for _, value in first.terms]
    assert sum(float(value.replace("−", "-")) for value in values) == pytest.approx(round(first.margin, 2))


def test_members_of_a_motion_are_drawn(opened, expect, data):
    page = opened()
    stages = page.locator("#concept-1 .members .stage")
    expect(stages).to_have_count(2)
    stages.last.scroll_into_view_if_needed()
    page.wait_for_function(
        """() => [...document.querySelectorAll('#concept-1 .members canvas')].every((canvas) => {
          const blank = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height });
          return canvas.width > 20 && canvas.toDataURL() !== blank.toDataURL();
        })"""
    )


def test_names_are_text(opened, expect, planted):
    page = opened()
    expect(page.locator("h1")).to_have_text(planted.nasty)
    assert planted.nasty in page.locator("#flow-class option").all_text_contents()
    page.select_option("#flow-class", label=planted.nasty)
    expect(page.locator("#flow-told")).to_contain_text(planted.nasty)


def test_the_page_tells_all_without_scripts(browser, address, expect, data):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    expect(page.locator(".concept:visible")).to_have_count(len(data.bank))
    page.locator(".flow-table summary").click()
    expect(page.locator("#flow-rows tr:visible")).to_have_count(int(data.used.sum()))
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_page(opened, scheme, serious_flaws):
    page = opened(color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    assert serious_flaws(page) == []


def test_links_lead_somewhere(address, data):
    page = report_page(data)
    places = set(re.findall(r'\bid="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= places
