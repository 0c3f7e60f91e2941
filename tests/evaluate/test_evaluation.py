import json
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from dance_xai.evaluate.evaluation import evaluate_model
from dance_xai.evaluate.inputs import EvaluationInput
from dance_xai.evaluate.sets import SETS

NECS = (1, 2, 3, 5)
KEYS = {
    "n", "correct", "accuracy", "accuracy_ci", "mean_class_accuracy", "per_class", "confusion", "nonzero", "nec",
    "nec_per_class", "accuracy_at_nec",
    "accuracy_pruned", "anec_5", "anec_avg", "concept_map", "concept_auc", "concept_chance",
    "concept_correlation", "concept_cos_cubed", "concept_left_out", "concept_details", "leakage", "faithfulness",
    "kkt", "seconds", "notes",
}  # fmt: skip


@pytest.fixture(scope="module")
def evaluation(world):
    return evaluate_model(world.inputs, rng=np.random.default_rng(0), necs=NECS, n_random=2)


def test_the_keys_are_a_contract_and_survive_json(evaluation):
    figures = evaluation.to_dict()
    assert set(figures) == KEYS
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures
    assert tuple(figures["accuracy_at_nec"]) == SETS
    assert set(figures["accuracy_at_nec"]["all"]) == {"1", "2", "3", "5"}
    assert replace(evaluation, seconds=1.5).to_dict()["seconds"] == 1.5


def test_figures_are_those_of_the_model(world, evaluation):
    figures, model = evaluation.to_dict(), world.model
    assert figures["n"] == 120
    assert figures["correct"] == int((model.predict(world.test.inputs) == world.test.labels).sum())
    assert figures["nonzero"] == int((np.abs(model.head.weight) > 1e-5).sum())
    assert figures["nec"] == figures["nonzero"] / 4
    assert figures["kkt"] == model.head.kkt
    assert figures["anec_5"]["all"] == figures["accuracy_at_nec"]["all"]["5"]
    assert figures["anec_avg"]["all"] is None  # not all budgets were asked for
    assert [score["known"] for score in figures["concept_details"]] == [120] * 4


def test_the_planted_world_is_told_apart(evaluation):
    curves, quality = evaluation.curves, evaluation.quality
    assert curves["motion"]["3"] >= 0.95
    assert curves["object"]["5"] < 0.6
    assert curves["scene"]["5"] < 0.4
    assert curves["motion"]["2"] >= curves["random"]["2"] + 0.2
    assert evaluation.leakage.random_gap["3"] == pytest.approx(curves["all"]["3"] - curves["random"]["3"])
    assert quality.average_precision["motion"] > 0.95
    assert quality.average_precision["scene"] == pytest.approx(quality.chance["scene"], abs=0.12)
    assert evaluation.faithfulness.sum_error < 1e-10


def test_missing_parts_are_none_with_a_reason(world):
    rows = [replace(part, targets=None) for part in (world.train, world.test)]
    figures = evaluate_model(
        EvaluationInput(world.model, *rows), rng=np.random.default_rng(0), necs=(1,), n_random=1
    ).to_dict()
    assert figures["concept_map"] is None
    assert figures["concept_details"] == []
    assert figures["leakage"]["probe"] is None
    assert figures["leakage"]["evidence_gap"] is None
    assert figures["accuracy_at_nec"]["grounded"] is None
    assert {"concept_map", "probe", "grounded"} <= set(figures["notes"])


def test_a_grounded_model_is_shown_beside_its_evidence(grounded_world):
    result = evaluate_model(grounded_world.inputs, rng=np.random.default_rng(0), necs=(3,), n_random=1)
    assert result.curves["all"] == result.curves["grounded"]
    assert result.curves["random"] is None
    assert result.leakage.evidence_gap is None
    assert {"evidence_gap", "concept_map", "features"} <= set(result.notes)


def test_pruned_heads_stand_beside_the_plain_path(evaluation):
    assert evaluation.pruned["features"]["2"] > evaluation.curves["features"]["2"] + 0.05
    assert list(evaluation.pruned["all"]) == ["1", "2", "3", "5"]
    assert {"accuracy_at_nec", "accuracy_pruned"} <= set(evaluation.notes)


def test_the_same_generator_gives_the_same_figures(world, evaluation):
    again = evaluate_model(world.inputs, rng=np.random.default_rng(0), necs=NECS, n_random=2)
    assert again.to_dict() == evaluation.to_dict()


def test_order_of_test_clips_does_not_matter(world, evaluation):
    order = np.random.default_rng(5).permutation(120)
    rows = replace(world.test, **{name: getattr(world.test, name)[order] for name in ("inputs", "labels", "targets")})
    moved = evaluate_model(replace(world.inputs, test=rows), rng=np.random.default_rng(0), necs=NECS, n_random=2)
    first, second = evaluation.to_dict(), moved.to_dict()
    for key in KEYS - {"faithfulness", "concept_details"}:
        assert second[key] == pytest.approx(first[key]) if isinstance(first[key], float) else True
    assert second["accuracy_at_nec"] == first["accuracy_at_nec"]
    assert second["confusion"] == first["confusion"]
    assert second["faithfulness"]["flips_top"] == first["faithfulness"]["flips_top"]


def test_penn_action(penn):
    result = evaluate_model(penn, rng=np.random.default_rng(0), necs=(2, 3), n_random=1)
    accuracy, quality, faithfulness = result.accuracy, result.quality, result.faithfulness
    assert accuracy.n == 1067
    assert accuracy.accuracy > 0.97
    assert accuracy.interval == pytest.approx((accuracy.accuracy - 0.0085, accuracy.accuracy + 0.0085), abs=0.003)
    activations, targets = penn.concepts[1][:, :79], penn.targets[1][:, :79]
    known = np.isfinite(targets).all(axis=1)
    for score in quality.scores[:79]:
        truth, scores = targets[known, score.concept], activations[known, score.concept]
        assert score.known == known.sum()
        if 0 < truth.sum() < len(truth):
            assert score.average_precision == pytest.approx(average_precision_score(truth, scores))
            assert score.auc == pytest.approx(roc_auc_score(truth, scores))
    assert quality.average_precision["motion"] > 10 * quality.chance["motion"]
    assert result.curves["all"]["3"] > 0.95
    assert result.leakage.random_gap["3"] > 0.01
    assert result.curves["random"]["3"] > result.curves["features"]["3"]
    assert faithfulness.sum_error < 1e-10
    assert (np.array(faithfulness.flips_top) > np.array(faithfulness.flips_random)).all()
