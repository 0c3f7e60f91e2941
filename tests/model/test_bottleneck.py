from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.special import softmax

from dance_xai.errors import ArtifactError, DataError, ShapeError
from dance_xai.model.bottleneck import ConceptBottleneck
from dance_xai.model.head import SparseHead
from dance_xai.model.layer import LinearLayer
from dance_xai.types import Concept, ConceptBank, Kind

N, D, C, Y = 20, 6, 5, 3
KINDS: tuple[Kind, ...] = ("motion", "motion", "object", "object", "scene")


def head(weight: np.ndarray, bias: np.ndarray) -> SparseHead:
    return SparseHead(weight=weight, bias=bias, lam=1e-3, alpha=0.99, kkt=0.0, objective=0.1)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


@pytest.fixture
def model(rng: np.random.Generator) -> ConceptBottleneck:
    return ConceptBottleneck(
        bank=ConceptBank(tuple(Concept(kind, f"{kind} {i}") for i, kind in enumerate(KINDS))),
        classes=("bowl", "jump", "wave"),
        layer=LinearLayer(rng.normal(size=(C, D)), rng.normal(size=C)),
        mean=rng.normal(size=C),
        std=rng.random(C) + 0.5,
        head=head(rng.normal(size=(Y, C)), rng.normal(size=Y)),
        activations="predicted",
        input_name="videomae_b",
    )


def test_the_formula_by_hand(model: ConceptBottleneck, rng: np.random.Generator) -> None:
    x = rng.normal(size=(N, D))
    for row in range(N):
        concepts = [
            (sum(model.layer.weight[c, d] * x[row, d] for d in range(D)) + model.layer.bias[c] - model.mean[c])
            / model.std[c]
            for c in range(C)
        ]
        logits = [sum(model.head.weight[y, c] * concepts[c] for c in range(C)) + model.head.bias[y] for y in range(Y)]
        np.testing.assert_allclose(model.concepts(x)[row], concepts, rtol=1e-12)
        np.testing.assert_allclose(model.logits(x)[row], logits, rtol=1e-11)
        np.testing.assert_allclose(model.probabilities(x)[row], softmax(logits), rtol=1e-11)
        assert model.predict(x)[row] == np.argmax(logits)
    assert model.dimension == D


def test_probabilities_survive_huge_logits(model: ConceptBottleneck) -> None:
    big = model.with_head(head(model.head.weight * 1e6, model.head.bias))
    values = big.probabilities(np.ones((4, D)) * 100)
    assert np.isfinite(values).all()
    np.testing.assert_allclose(values.sum(axis=1), 1)


def test_a_column_of_one_kind_is_a_slice_of_the_bank(model: ConceptBottleneck, rng: np.random.Generator) -> None:
    x = rng.normal(size=(N, D))
    only = np.zeros((Y, C))
    only[:, model.bank.slice("object")] = model.head.weight[:, 2:4]
    logits = model.with_head(head(only, model.head.bias)).logits(x)
    columns = model.bank.columns("object")
    np.testing.assert_allclose(
        logits, model.concepts(x)[:, columns] @ model.head.weight[:, columns].T + model.head.bias
    )


def test_an_edit_gives_a_new_model_and_keeps_the_old(model: ConceptBottleneck, rng: np.random.Generator) -> None:
    x = rng.normal(size=(N, D))
    before = model.logits(x).tobytes()
    edited = model.with_head(head(np.zeros((Y, C)), model.head.bias))
    assert (edited.logits(x) == model.head.bias).all()
    assert model.logits(x).tobytes() == before and edited.layer is model.layer


def test_single_and_double_precision_inputs_and_no_rows(model: ConceptBottleneck, rng: np.random.Generator) -> None:
    x = rng.normal(size=(N, D)).astype(np.float32)
    assert model.logits(x).tobytes() == model.logits(x.astype(np.float64)).tobytes()
    assert model.logits(np.ones((2, D), dtype=np.int64)).shape == (2, Y)
    assert model.predict(np.zeros((0, D))).shape == (0,)
    assert model.probabilities(np.zeros((0, D))).shape == (0, Y)


def broken(x: np.ndarray, value: float) -> np.ndarray:
    x = x.copy()
    x[1, 2] = value
    return x


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros((N, D + 1)), r"videomae_b: expected shape \(N, 6\), got \(20, 7\)"),
        (np.zeros(D), r"videomae_b: expected shape \(N, 6\), got \(6,\)"),
        (broken(np.zeros((N, D)), np.nan), r"videomae_b: expected finite numbers, got 1 NaN or infinite values of 120"),
        (broken(np.zeros((N, D), dtype=np.float32), np.inf), r"videomae_b: expected finite numbers"),
        (np.full((N, D), "a"), r"videomae_b: expected numbers, got dtype <U1"),
        (None, r"videomae_b: expected numbers, got dtype object"),
    ],
)
def test_a_wrong_input_is_one_line(model: ConceptBottleneck, x: Any, message: str) -> None:
    for method in (model.concepts, model.logits, model.probabilities, model.predict):
        with pytest.raises(ShapeError, match=message):
            method(x)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"layer": LinearLayer(np.zeros((C + 1, D)), np.zeros(C + 1))}, r"layer\.weight: expected shape \(5, D\)"),
        ({"layer": LinearLayer(np.full((C, D), np.nan), np.zeros(C))}, r"layer\.weight: expected finite"),
        ({"mean": np.zeros(C - 1)}, r"mean: expected shape \(5\), got \(4,\)"),
        ({"std": np.zeros((C, 1))}, r"std: expected shape"),
        ({"std": np.array([1.0, 0, 1, 1, 1])}, r"std: expected values above 0, got 0\.0 at concept 1; use 1"),
        ({"head": head(np.zeros((Y, C + 1)), np.zeros(Y))}, r"head\.weight: expected shape \(3, 5\), got \(3, 6\)"),
        ({"head": head(np.zeros((Y, C)), np.full(Y, np.inf))}, r"head\.bias: expected finite"),
        ({"classes": ("a", "b")}, r"head\.weight: expected shape \(2, 5\)"),
        ({"classes": ("a", "b", "a")}, r"classes: expected different names"),
        ({"activations": "guessed"}, r"activations: expected one of .* got 'guessed'"),
        (
            {"bank": ConceptBank(tuple(Concept(kind, "x") for kind in KINDS[::-1]))},
            r"bank: expected motion, then object",
        ),
    ],
)
def test_parts_that_do_not_fit_are_refused(model: ConceptBottleneck, change: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        replace(model, **change)


def test_without_a_store_the_way_out_is_named(model: ConceptBottleneck, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ConceptBottleneck, "store", None)
    for call in (lambda: model.save_pretrained("M"), lambda: ConceptBottleneck.from_pretrained("M")):
        with pytest.raises(ArtifactError, match="use: from dance_xai import ConceptBottleneck"):
            call()
    with pytest.raises(ArtifactError):
        model.push_to_hub("a/b")
