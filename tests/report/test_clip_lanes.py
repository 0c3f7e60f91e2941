"""The time line: its bars are where its curves are above the threshold."""

import re

import numpy as np
import pytest
from tests.report.whole_clip import FRAMES, whole

from dance_xai.report.clip.lanes import WIDE, lanes


@pytest.fixture
def found(planted):
    bank = planted.bank()
    explanation = whole(planted, bank)
    motions = sorted(
        {term.concept: term for term in explanation.prediction.contributions if term.kind == "motion"}.values(),
        key=lambda term: term.concept,
    )
    return {lane.term.concept: lane for lane in lanes(explanation, motions, FRAMES)}


def heights(area):
    """(frame, height from the top) of the points at the middles of frames."""
    x, y = np.array([[float(v) for v in pair.split(",")] for pair in re.findall(r"[ML]([\d.]+,[\d.]+)", area)]).T
    inside = np.isclose((x / WIDE * FRAMES) % 1, 0.5, atol=0.02)
    return np.floor(x[inside] / WIDE * FRAMES).astype(int), y[inside]


def test_bars_are_where_the_curve_is_above_the_threshold(found):
    assert any(lane.happens for lane in found.values())
    for lane in found.values():
        frames, y = heights(lane.area)
        above = set(frames[y <= lane.threshold + 0.05].tolist())
        spans = {frame for each in lane.moments for frame in range(each.start, each.stop)} if lane.happens else set()
        assert above == spans


def test_bars_lie_at_their_frames_and_know_their_best_window(found):
    for concept, lane in found.items():
        for each in lane.moments:
            assert each.left == pytest.approx(100 * each.start / FRAMES, abs=1e-3)
            assert each.width == pytest.approx(100 * (each.stop - each.start) / FRAMES, abs=1e-3)
            assert each.centre == 2 + 3 * concept + 5.5


def test_a_motion_that_never_happens_shows_its_nearest_window(planted):
    bank = planted.bank()
    for seed in range(20):
        explanation = whole(planted, bank, seed=seed)
        shown = [term for each in explanation.classes for term in each.contributions if term.concept == 2]
        if shown:
            break
    lane = lanes(explanation, shown[:1], FRAMES)[0]
    assert not lane.happens
    assert [(each.start, each.stop) for each in lane.moments] == [(8, 20)]


def test_frames_without_a_window_have_no_curve(planted):
    from dataclasses import replace

    bank = planted.bank()
    explanation = whole(planted, bank)
    motion = [term for term in explanation.prediction.contributions if term.kind == "motion"][:1]
    line = next(each for each in explanation.timelines if each.concept == motion[0].concept)
    keep = np.r_[0:3, 15:19]
    gap = replace(
        line, centres=line.centres[keep], similarity=line.similarity[keep], mirrored=line.mirrored[keep], spans=()
    )
    lane = lanes(replace(explanation, timelines=(gap,)), motion, FRAMES)[0]
    frames, _ = heights(lane.area)
    assert lane.area.count("M") == 2
    assert not set(range(12, 17)) & set(frames.tolist())


def test_no_lanes_without_frames_or_curves(planted):
    from dataclasses import replace

    bank = planted.bank()
    explanation = replace(whole(planted, bank), timelines=())
    motion = [term for term in explanation.prediction.contributions if term.kind == "motion"]
    assert lanes(explanation, motion, 0) == []
    for lane in lanes(explanation, motion, FRAMES):
        assert (lane.area, lane.threshold, lane.happens, len(lane.moments)) == ("", None, False, 1)
