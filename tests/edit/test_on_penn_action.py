"""The official model of Penn Action, edited: the cases of its notebook, and heads with constraints."""

from __future__ import annotations

import numpy as np
import pytest

from dance_xai.edit import ablate, add_class, change_weight, drop_class, resolve
from dance_xai.model.head import fit_head
from dance_xai.workflows import importing
from dance_xai.workflows.editing import edit_clips
from dance_xai.workflows.runs import open_run


@pytest.fixture(scope="module")
def official(shared, tmp_path_factory):
    """The released model, its clips, and the rows of test clips."""
    folder = tmp_path_factory.mktemp("official") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importing, "score", lambda *_: {})
        importing.import_official_run(shared / "reference" / "penn_action", folder)
    view = open_run(folder)
    return view.model, edit_clips(view), view.manifest.rows("test")


def right(model, clips, rows):
    said = model.predict(clips.inputs[rows])
    return np.array([model.classes[at] == clips.labels[row] for at, row in zip(said, rows, strict=True)])


def test_a_wrong_clip_is_put_right_by_one_weight_and_back_again(official):
    model, clips, test = official
    assert right(model, clips, test).sum() == 1046
    wrong = test[~right(model, clips, test)]
    logits = model.logits(clips.inputs[wrong])
    truth = np.array([model.classes.index(clips.labels[row]) for row in wrong])
    short = logits.max(axis=1) - logits[np.arange(len(wrong)), truth]
    at = int(short.argmin())
    label, concepts = model.classes[truth[at]], model.concepts(clips.inputs[wrong[[at]]])[0]
    column = int(concepts.argmax())
    change = float((short[at] + 0.01) / concepts[column])
    concept = f"{model.bank.concepts[column].kind}:{model.bank.names[column]}"
    up, _ = change_weight(model, label=label, concept=concept, change="add", value=change)
    assert right(up, clips, wrong[[at]]).all()
    assert right(up, clips, test).mean() > 0.97
    down, _ = change_weight(up, label=label, concept=concept, change="add", value=-change)
    np.testing.assert_allclose(down.logits(clips.inputs[test]), model.logits(clips.inputs[test]), atol=1e-12)


def test_a_head_without_scenes_keeps_97_percent(official):
    model, clips, test = official
    solved, _ = resolve(model, clips, only=["motion", "object"])
    assert not solved.head.weight[:, model.bank.slice("scene")].any() and solved.head.kkt < 1e-8
    assert right(solved, clips, test).mean() >= 0.97
    without, _ = ablate(model, kinds=["motion"])
    again, _ = resolve(without, clips)
    assert right(again, clips, test).mean() > right(without, clips, test).mean() + 0.1


@pytest.mark.parametrize("label", ["jump_rope", "tennis_serve"])
def test_a_class_comes_back_from_ten_clips(official, label):
    model, clips, test = official
    dropped, _ = drop_class(model, label=label)
    rows, labels = clips.training(dropped)
    blind = dropped.with_head(fit_head(dropped.concepts(clips.inputs[rows]), labels, lam=7e-4))
    own = [clips.ids[row] for row in np.flatnonzero(clips.train) if clips.labels[row] == label][:10]
    added, _ = add_class(blind, clips, label=label, ids=own)
    of_class = np.array([clips.labels[row] == label for row in test])
    assert right(added, clips, test[of_class]).mean() > 0.85
    assert right(added, clips, test[~of_class]).mean() > 0.97
