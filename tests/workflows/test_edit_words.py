"""Edits on one line."""

from __future__ import annotations

import pytest

from dance_xai.workflows.edit_words import in_words

MANY = [str(number) for number in range(7)]


@pytest.mark.parametrize(
    ("operation", "arguments", "line"),
    [
        ("ablate", {"kinds": [], "concepts": ["ball", "rope"]}, "ablate: concepts ball, rope"),
        ("ablate", {"kinds": [], "concepts": MANY}, "ablate: concepts 7 in all"),
        ("add_class", {"label": "fly", "ids": MANY, "most": 10}, "add class: label fly, ids 7 clips, most 10"),
        ("split", {"concept": "m", "halves": [MANY, ["a", "b"]]}, "split: concept m, halves 7 clips, a, b"),
        (
            "resolve",
            {"only": [], "forbid": [["walk", "sky"], ["*", "scene:road"]], "lam": 0.0021492136},
            "resolve: forbid walk:sky, *:scene:road, lam 0.002149",
        ),
        ("resolve", {"forbid": [["walk", name] for name in MANY], "nec": None}, "resolve: forbid 7 pairs"),
        (
            "change_weight",
            {"label": "a", "change": "scale", "value": 0.5},
            "change weight: label a, change scale, value 0.5",
        ),
        ("resolve", {}, "resolve"),
    ],
)
def test_an_edit_says_what_it_names(operation, arguments, line):
    assert in_words(operation, arguments) == line
