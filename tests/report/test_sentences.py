"""An explanation in sentences."""

from dataclasses import replace

import pytest
from tests.report.whole_clip import timeline, whole

from dance_xai.report.sentences import amount, flip_text, happens, in_words, moment, seen_best
from dance_xai.report.waterfall import waterfall
from dance_xai.types import Contribution, Flip, FlipChange, PhraseSeen


def change(name, before, after):
    return FlipChange(0, "object", name, before, after, 1.0)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([change("a", 1.0, -1.0)], "It would say golf swing if a were weaker (−1.00 instead of +1.00)."),
        (
            [change("a", 1.0, -1.0), change("b", 0.0, 2.0), change("c", 0.5, 0.75)],
            "It would say golf swing if a were weaker (−1.00 instead of +1.00), b were stronger (+2.00 instead of "
            "0.00) and c were stronger (+0.75 instead of +0.50).",
        ),
    ],
)
def test_the_flip(changes, told):
    assert flip_text(Flip("bowl", "golf_swing", tuple(changes), 1.0, -0.1)) == told
    assert flip_text(None).startswith("No change of concepts")


def test_when_a_motion_happens():
    line = timeline(0, "motion 07", 5)
    start, stop = line.spans[0].start, line.spans[0].stop
    assert happens(line, None) == f"motion 07: frames {start}–{stop - 1}, similarity up to 0.90."
    assert f"{start / 25:.2f}–{stop / 25:.2f}" in happens(line, 25.0)
    never = happens(timeline(0, "motion 07", 5, threshold=0.95), 25.0)
    assert never == "motion 07: never near enough (similarity at most 0.90, 0.95 needed)."


def test_the_best_frame():
    seen = PhraseSeen(4, "scene", "gym", 12, 1.5, -0.25)
    assert seen_best(seen, None) == "gym (scene): frame 12, score +1.50, −0.25 on average."
    assert moment(12, 24.0).startswith("0.50") and moment(12, 24.0).endswith("(frame 12)")


@pytest.mark.parametrize(("value", "told"), [(0.1, "stronger"), (-0.1, "weaker"), (0.0, "as")])
def test_how_much(value, told):
    assert amount(Contribution(0, "object", "bag", value, 1.0, value)).startswith(told)


def test_every_part_is_there_and_nothing_is_invented(planted):
    explanation = whole(planted, planted.bank())
    said = explanation.prediction
    fall = waterfall(said.bias, said.contributions, said.logit)
    headings = [heading for heading, _ in in_words(explanation, fall, {})]
    assert len(headings) == 6
    bare = replace(explanation, timelines=(), phrases_seen=None, flip=None, notes=("phrases_seen: no encoder",))
    words = dict(in_words(bare, fall, {}))
    assert "When the motions happen" not in words and "Where objects and scenes are seen best" not in words
    assert words["What could not be told"] == ("phrases_seen: no encoder",)
    rows = words["How the score adds up"]
    assert len(rows) == len(fall.steps)
    assert all(row.endswith(step.text) for row, step in zip(rows, fall.steps, strict=True))
