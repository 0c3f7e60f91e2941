"""Figures for papers: all that is known is drawn, vectors and pixels agree, and grey is enough to tell things apart."""

import io
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from dance_xai.report.drawing.colours import LIGHT
from dance_xai.report.drawing.lettering import fitted, font_of, width_of, wrapped
from dance_xai.report.drawing.marks import Area, Block, Disc, Drawing, Stroke, Words
from dance_xai.report.drawing.pixels import to_image
from dance_xai.report.drawing.vectors import to_svg
from dance_xai.report.figures import (
    accuracy_figure,
    confusion_figure,
    figure_files,
    prototype_figures,
    quality_figure,
    sum_figure,
    weights_figure,
)
from dance_xai.report.figures.lines import STYLES
from dance_xai.report.figures.plot import Plot
from dance_xai.report.figures.prototypes import PAPER
from dance_xai.report.numbers import round_ticks
from dance_xai.report.waterfall import waterfall

SPACE = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def data(planted):
    report = planted.report()
    details = [
        {"concept": 0, "kind": "motion", "average_precision": 0.75, "prevalence": 0.25, "correlation": 0.1},
        {"concept": 1, "kind": "motion", "average_precision": 0.5, "prevalence": 0.5, "correlation": 0.1},
        {"concept": 3, "kind": "object", "average_precision": None, "prevalence": None, "correlation": -0.5},
    ]
    return replace(report, metrics={**report.metrics, "concept_details": details})


@pytest.fixture(scope="module")
def drawings(data, planted, request):
    explanation = planted.explanation(planted.bank())
    return {
        "accuracy": accuracy_figure(data),
        "confusion": confusion_figure(data),
        "weights": weights_figure(data),
        "quality": quality_figure(data),
        "sum": sum_figure(explanation),
        "prototypes": prototype_figures(data)[0],
    }


NAMES = ("accuracy", "confusion", "weights", "quality", "sum", "prototypes")


def marks(drawing, kind):
    return [mark for mark in drawing.marks if isinstance(mark, kind)]


@pytest.mark.parametrize("name", NAMES)
def test_vectors_are_well_formed_and_escape_names(drawings, name):
    tree = ElementTree.fromstring(to_svg(drawings[name]))
    assert tree.find(f"{SPACE}script") is None
    texts = [each.text for each in tree.iter(f"{SPACE}text")]
    assert texts == [mark.text.replace("\u202f", " ") for mark in marks(drawings[name], Words)]
    assert len(list(tree)) == len(drawings[name].marks) + 2


@pytest.mark.parametrize("name", NAMES)
def test_nothing_lies_beside_the_paper(drawings, name):
    drawing = drawings[name]
    for mark in marks(drawing, Words):
        wide = width_of(mark.text, mark.size, bold=mark.bold)
        before = {"start": 0.0, "middle": wide / 2, "end": wide}[mark.anchor]
        if mark.turned:
            assert -1 <= mark.x - mark.size and mark.x <= drawing.width
            assert -1 <= mark.y - wide + before and mark.y + before <= drawing.height + 1, mark
        else:
            assert -1 <= mark.x - before and mark.x - before + wide <= drawing.width + 1, mark
            assert 0 <= mark.y - 0.7 * mark.size and mark.y <= drawing.height, mark
    for mark in marks(drawing, Block):
        assert mark.x >= 0 and mark.x + mark.width <= drawing.width + 0.01
        assert mark.y >= 0 and mark.y + mark.height <= drawing.height + 0.01


@pytest.mark.parametrize("name", NAMES)
def test_letters_can_be_read_in_print(drawings, name):
    assert min(mark.size for mark in marks(drawings[name], Words)) >= 5.5


def test_pixels_are_at_300_dpi_and_the_same_every_time(drawings):
    first, second = (figure_files(drawings["sum"])["png"] for _ in range(2))
    assert first == second
    picture = Image.open(io.BytesIO(first))
    assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    assert picture.size == tuple(round(side * 300 / 72) for side in (drawings["sum"].width, drawings["sum"].height))


def test_lines_of_sets_differ_without_colour():
    signs = {(dash, sign) for _, _, dash, sign in STYLES.values()}
    assert len(signs) == len(STYLES)


def grey(colour):
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_left_and_right_differ_in_grey():
    assert grey(PAPER.left) - grey(PAPER.right) > 60


def test_accuracy_lies_where_it_belongs(data, drawings):
    drawing = drawings["accuracy"]
    line = max(marks(drawing, Stroke), key=lambda mark: mark.width)  # all concepts
    xs, ys = np.array(line.points).T
    curve = data.metrics["accuracy_at_nec"]["all"]
    budgets, values = np.array([float(key) for key in curve]), np.array(list(curve.values()))
    assert np.corrcoef(np.log(budgets), xs)[0, 1] == pytest.approx(1)
    assert np.corrcoef(values, -ys)[0, 1] == pytest.approx(1)
    texts = [mark.text for mark in marks(drawing, Words)]
    assert "random directions (control)" in texts and "all concepts" in texts
    assert not any("scene" in text for text in texts)  # has no figures


def test_confusion_counts_every_clip(data, drawings):
    counts = [int(mark.text) for mark in marks(drawings["confusion"], Words) if mark.text.isdecimal()]
    assert sum(counts) == len(data.predictions.scored)


def test_weights_are_squares_filled_for_and_hollow_against(data, drawings):
    blocks = marks(drawings["weights"], Block)[:-3]  # without the legend
    hollow = [block for block in blocks if block.colour == "#ffffff"]
    assert len(blocks) - len(hollow) == int(data.used.sum())
    assert len(hollow) == int((data.used & (data.weight < 0)).sum())
    solid = sorted((block.width for block in blocks if block.colour != "#ffffff"), reverse=True)
    wanted = np.sort(np.sqrt(np.abs(data.weight[data.used])))[::-1]
    assert np.array(solid[:5]) / solid[0] == pytest.approx(wanted[:5] / wanted[0])


def test_only_the_largest_weights_of_many_concepts_are_drawn(planted):
    bank = planted.bank(motions=80)
    drawing = weights_figure(planted.report(bank))
    texts = [mark.text for mark in marks(drawing, Words)]
    assert len([text for text in texts if re.match(r"(motion|object|scene) \d", text)]) <= 60
    assert any(text.endswith("concepts that count") and "60 of " in text for text in texts)


def test_quality_shows_each_concept_and_chance(drawings):
    texts = [mark.text for mark in marks(drawings["quality"], Words)]
    assert "mean 0.62" in texts and "mean −0.50" in texts
    assert len(marks(drawings["quality"], Disc)) == 3
    assert "correlation with the target" in texts and "average precision" in texts


def test_the_sum_adds_up_as_shown(planted):
    explanation = planted.explanation(planted.bank())
    drawing = sum_figure(explanation, top=4)
    said = explanation.prediction
    steps = waterfall(said.bias, said.contributions, said.logit, top=4).steps
    texts = [mark.text for mark in marks(drawing, Words)]
    assert [step.text for step in steps] == [text for text in texts if re.fullmatch(r"[+−]?\d+\.\d+", text)]
    shown = [int(step.text.replace("−", "-").replace(".", "")) for step in steps]
    assert sum(shown[:-1]) == shown[-1]


def test_strips_show_the_used_prototypes_strongest_first(data, drawings):
    names = [mark.text for mark in marks(drawings["prototypes"], Words) if mark.bold]
    weight = np.abs(np.where(data.used, data.weight, 0)).max(axis=0)
    motion = data.bank.columns("motion")
    order = sorted((j for j in motion if weight[j] > 0), key=lambda j: -weight[j])
    assert names == [data.bank.concepts[j].name for j in order]
    heads = [mark for mark in marks(drawings["prototypes"], Disc) if mark.colour == LIGHT.ink and mark.radius > 2]
    assert len(heads) == 8 * len(names)


def test_many_prototypes_are_spread_over_figures(planted):
    report = planted.report(planted.bank(motions=25))
    pages = prototype_figures(report)
    used = (report.used.any(axis=0))[report.bank.columns("motion")].sum()
    assert sum(len([mark for mark in marks(page, Words) if mark.bold]) for page in pages) == used
    assert len(pages) == -(-used // 10)


def test_what_is_not_known_is_not_drawn(planted, data):
    empty = replace(data, metrics={}, weight=np.zeros_like(data.weight), predictions=type(data.predictions)())
    assert [make(empty) for make in (accuracy_figure, confusion_figure, weights_figure, quality_figure)] == [None] * 4
    assert prototype_figures(empty) == []
    bare = replace(data.bank, skeleton=None)
    assert prototype_figures(replace(data, bank=bare)) == []


def test_vectors_and_pixels_agree():
    shapes = (
        Block(10, 10, 20, 10, "#ff0000"),
        Disc(50, 15, 5, "#00ff00"),
        Area(((60, 10), (80, 10), (70, 20)), "#0000ff"),
        Stroke(((10, 30), (80, 30)), "#000000", 2),
        Stroke(((10, 40), (80, 40)), "#000000", 2, (5, 5)),
        Block(10, 45, 20, 4, "#000000", 0.5),
    )
    picture = np.asarray(to_image(Drawing(100, 50, shapes), 2.0)).astype(int)
    at = lambda x, y: picture[int(2 * y), int(2 * x)].tolist()  # noqa: E731
    assert at(20, 15) == [255, 0, 0] and at(50, 15) == [0, 255, 0] and at(70, 13) == [0, 0, 255]
    assert at(40, 30) == [0, 0, 0] and at(40, 33) == [255, 255, 255]
    assert [at(x, 40)[0] for x in (12, 17, 22, 27)] == [0, 255, 0, 255]
    assert abs(at(20, 47)[0] - 127) <= 2
    edge = picture[60, :, 0]
    assert (edge < 128).sum() == pytest.approx(2 * 72, abs=3)  # round ends of half the width


def test_turned_words_end_where_they_should():
    picture = np.asarray(to_image(Drawing(60, 60, (Words(30, 50, "HHHH", 10, "#000000", turned=True),)), 2.0))
    rows, columns = np.nonzero(picture[..., 0] < 128)
    assert 96 <= rows.max() <= 100 and 57 <= columns.max() <= 61
    assert rows.min() == pytest.approx(100 - 2 * width_of("HHHH", 10), abs=4)


@pytest.mark.parametrize("text", ["plain", "Straße", "日本語", "naïve − ½ → x²", "", "\x00\n\t", "🙂"])
def test_any_text_is_written(text):
    font, shown = font_of(text, 12)
    assert font.getlength(shown) >= 0
    assert "\n" not in shown
    to_image(Drawing(50, 20, (Words(1, 15, text, 12, "#000000"),)))
    ElementTree.fromstring(to_svg(Drawing(50, 20, (Words(1, 15, text, 12, "#000000"),), title=text)))


def test_without_fonts_on_the_machine_letters_come_with_pillow(monkeypatch):
    monkeypatch.setattr("dance_xai.report.drawing.lettering.FILES", ())
    assert font_of("−1 naïve 日", 12)[1] == "-1 naive ?"


def test_text_is_cut_and_wrapped():
    assert fitted("short", 10, 100) == "short"
    cut = fitted("a rather long text that goes on", 10, 60)
    assert cut.endswith("…") and width_of(cut, 10) <= 60
    lines = wrapped("both arms rise sideways to shoulder height and fall; legs still", 10, 90, 3)
    assert len(lines) == 3 and all(width_of(line, 10) <= 90 for line in lines)
    assert wrapped("both arms rise", 10, 900, 3) == ["both arms rise"]
    assert wrapped("", 10, 90, 3) == []


@pytest.mark.parametrize(("low", "high"), [(0.2, 0.64), (0, 1), (0.971, 0.998), (5, 5), (-0.5, 0.75)])
def test_ticks_enclose_the_values_in_round_steps(low, high):
    ticks = round_ticks(low, high)
    assert ticks[0] <= low + 1e-9 and ticks[-1] >= high - 1e-9 and 2 <= len(ticks) <= 9
    assert np.allclose(np.diff(ticks), ticks[1] - ticks[0])


def test_a_logarithmic_axis():
    plot = Plot(0, 100, 0, 10, (1, 0), (100, 1), logarithmic=True)
    assert plot.x(10) == pytest.approx(50) and plot.y(0.25) == pytest.approx(7.5)
