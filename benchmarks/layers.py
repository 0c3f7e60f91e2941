"""Concept layers against the paper's loops and against refitting with scikit-learn: seconds and held-out figures.

    python benchmarks/layers.py [--data ../shared] [--steps 3000]

Penn Action, official targets. Folds hold neighbouring clips of a class together, since they show the same recording.
"""

from __future__ import annotations

import argparse
import csv
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.model.adam import CrossEntropyAdam
from dance_xai.model.cos_cubed import CosCubed
from dance_xai.model.layer import ConceptLayerFit, LayerFit
from dance_xai.model.logistic import Logistic
from dance_xai.model.ridge import Ridge
from dance_xai.model.scores import SCORES, average_precision, mean_score
from dance_xai.model.spectrum import spectrum


def load(folder: Path) -> dict[str, np.ndarray]:
    features, labels = np.load(folder / "features.npz"), np.load(folder / "official_motion_labels.npz")
    texts = np.load(folder / "text_concepts.npz")
    with (folder / "clips.csv").open() as file:
        rows = {row["clip"]: row for row in csv.DictReader(file)}
    ids = features["ids"].tolist()
    train = np.array([rows[clip]["split"] == "train" for clip in ids])
    video = unit(features["internvid"])
    seen = [visible(video @ unit(texts[f"{kind}_internvid"]).T, train) for kind in ("object", "scene")]
    return {
        "x": features["videomae_b"].astype(float),
        "train": train,
        "motion": np.where(labels["labels"] < 0, np.nan, labels["labels"]),
        "text": np.concatenate(seen, axis=1),
        "folds": blocks([(rows[clip]["label"], clip) for clip, kept in zip(ids, train, strict=True) if kept]),
    }


def unit(a: np.ndarray) -> np.ndarray:
    wide = a.astype(float)
    return wide / np.linalg.norm(wide, axis=1, keepdims=True)


def visible(affinity: np.ndarray, train: np.ndarray) -> np.ndarray:
    return affinity[:, np.sort(affinity[train], axis=0)[-5:].mean(axis=0) > 0.2]


def blocks(keys: list[tuple[str, str]], k: int = 5) -> np.ndarray:
    folds = np.empty(len(keys), dtype=int)
    for label in {label for label, _ in keys}:
        own = sorted((i for i, key in enumerate(keys) if key[0] == label), key=lambda i: keys[i][1])
        folds[own] = np.arange(len(own)) * k // len(own)
    return folds


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def ridge_refits(x: np.ndarray, y: np.ndarray, folds: np.ndarray) -> None:
    from sklearn.linear_model import Ridge as Peer

    power = spectrum(x).power
    for strength in Ridge().strengths:
        for fold in np.unique(folds):
            Peer(alpha=strength * power).fit(x[folds != fold], y[folds != fold]).predict(x[folds == fold])


def logistic_refits(x: np.ndarray, y: np.ndarray, folds: np.ndarray, concepts: int) -> float:
    """Mean held-out average precision of the strength that is best on held-out folds, on the first concepts."""
    from sklearn.linear_model import LogisticRegression

    best = -np.inf
    for strength in (1.0, 0.1, 0.01):
        held_out = np.zeros((len(x), concepts))
        for fold in np.unique(folds):
            rows = folds != fold
            for c in range(concepts):
                peer = LogisticRegression(C=1 / strength, max_iter=300).fit(x[rows], y[rows, c])
                held_out[~rows, c] = peer.decision_function(x[~rows])
        best = max(best, mean_score(average_precision(held_out, y[:, :concepts])))
    return best


def report(name: str, method: ConceptLayerFit, data: dict[str, np.ndarray], part: str) -> tuple[float, LayerFit]:
    x, y, train = data["x"], data[part], data["train"]
    seconds, fit = timed(lambda: method.fit(x[train], y[train], data["folds"], np.random.default_rng(0)))
    score, first = SCORES[fit.score_name], data["folds"] == 0
    held_out = mean_score(score(fit.out_of_fold[first], y[train][first]))
    test = mean_score(score(fit.layer(x[~train]), y[~train]))
    print(f"{name:34s} {seconds:7.2f} s   held-out fold {held_out:.4f}   test {test:.4f}   {fit.score_name}")
    return seconds, fit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared"))
    parser.add_argument("--steps", type=int, default=3000, help="steps of the paper's motion layer")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    data = load(options.data / "penn_action")
    x, folds, motion = data["x"][data["train"]], data["folds"], data["motion"][data["train"]]
    Ridge().fit(x[:50], data["text"][data["train"]][:50], np.arange(50) % 2, np.random.default_rng(0))

    ours, _ = report("object + scene: ridge", Ridge(), data, "text")
    theirs, _ = report("object + scene: cos-cubed, Adam", CosCubed(), data, "text")
    refits, _ = timed(lambda: ridge_refits(x, data["text"][data["train"]], folds))
    print(f"ridge with all folds: {theirs / ours:.0f} x faster than cos-cubed, {refits / ours:.0f} x than refits\n")

    ours, _ = report("motion: logistic", Logistic(), data, "motion")
    theirs, _ = report("motion: cross-entropy, Adam", CrossEntropyAdam(steps=(options.steps,)), data, "motion")
    known = ~np.isnan(motion).any(axis=1)
    refits, score = timed(lambda: logistic_refits(x[known], motion[known], folds[known], 4))
    refits *= motion.shape[1] / 4
    print(
        f"logistic with all folds: {theirs / ours:.0f} x faster than Adam, {refits / ours:.0f} x than refits", end=" "
    )
    print(f"(extrapolated from 4 concepts, held-out {score:.4f} there)")


if __name__ == "__main__":
    main()
