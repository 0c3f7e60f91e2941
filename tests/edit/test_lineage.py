"""Where the concepts of an edited model come from, and what they must predict."""

from __future__ import annotations

import numpy as np

from dance_xai.edit import EditChain
from dance_xai.edit.lineage import Origin, inherited, origins


def test_origins_follow_every_edit(model, clips):
    known = [(c, label) for c, label, train in zip(clips.ids, clips.labels, clips.train, strict=True) if train]
    bowl, wave = ([c for c, label in known if label == wanted][:6] for wanted in ("bowl", "wave"))
    chain, now = EditChain.start(model), model
    for operation, arguments in (
        ("split", {"concept": "motion 02", "halves": [bowl, wave]}),
        ("rename", {"old": "motion 02 b", "new": "waving"}),
        ("merge", {"first": "motion 03", "second": "motion 01", "name": "both"}),
        ("remove", {"concepts": ["rope", "scene:ball"]}),
        ("merge", {"first": "both", "second": "waving", "name": "all"}),
        ("ablate", {"kinds": ["scene"]}),
    ):
        now, chain = chain.apply(now, clips, operation, arguments)
    found = origins(model.bank, chain.active)
    assert now.bank.names == ("motion 02 a", "all", "ball", "gym")
    assert found == (Origin((1,), tuple(bowl)), Origin((2, 0, 1)), Origin((3,)), Origin((5,)))


def test_targets_of_merged_and_halved_concepts():
    nan = np.nan
    targets = np.array([[1, 0, 0.2, 0.4], [0, 0, 0.6, 0.0], [1, 1, 0.1, 0.3], [nan, nan, 0.5, 0.5]])
    found = (Origin((0, 1)), Origin((0,), ("a",)), Origin((2, 3)), Origin((3,)))
    wanted = [[1, 1, 0.3, 0.4], [0, 0, 0.3, 0.0], [1, nan, 0.2, 0.3], [nan, nan, 0.5, 0.5]]
    np.testing.assert_allclose(inherited(targets, 2, ("a", "b", "c", "d"), found), wanted)
