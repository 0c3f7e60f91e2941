import csv

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from dance_xai.errors import DataError, ShapeError
from dance_xai.features.affinity import affinities
from dance_xai.types import Features, Phrases

RNG = np.random.default_rng(0)


def video(values):
    return Features("encoder", tuple(f"clip {i}" for i in range(len(values))), values)


def phrases(values):
    return Phrases("object", tuple(f"phrase {i}" for i in range(len(values))), values)


def test_affinities_are_cosines_whatever_the_norms():
    v, t = RNG.normal(size=(7, 5)), RNG.normal(size=(4, 5))
    expected = cosine_similarity(v, t)
    np.testing.assert_allclose(affinities(video(v * 30), phrases(t / 9)), expected, atol=1e-12)


def test_single_precision_in_double_precision_out():
    v, t = RNG.normal(size=(7, 5)).astype(np.float32), RNG.normal(size=(4, 5)).astype(np.float32)
    assert affinities(video(v), phrases(t)).dtype == np.float64


@pytest.mark.parametrize("part", ["video", "text"])
def test_an_encoder_whose_weights_are_missing_is_refused(part):
    """Without its weights, an encoder maps everything to nearly the same point."""
    v, t = RNG.normal(size=(50, 64)), RNG.normal(size=(20, 64))
    dead = RNG.normal(size=64) + 1e-5 * RNG.normal(size=(50 if part == "video" else 20, 64))
    with pytest.raises(DataError, match=f"most likely the weights of the dual encoder's {part} part were not loaded"):
        affinities(video(dead if part == "video" else v), phrases(dead if part == "text" else t))


@pytest.mark.parametrize(
    ("v", "t", "error", "message"),
    [
        (np.ones((3, 4)), np.ones((2, 5)), ShapeError, "as wide as the 4 of 'encoder', got 5"),
        (np.zeros((3, 4)), np.eye(4), DataError, "zeros for 'clip 0'"),
        (np.eye(4), np.eye(4) * [1, 1, 0, 1], DataError, "zeros for 'phrase 2'"),
        (np.full((3, 4), np.inf), np.eye(4), ShapeError, "features 'encoder': expected finite"),
    ],
)
def test_bad_input_is_named(v, t, error, message):
    with pytest.raises(error, match=message):
        affinities(video(v), phrases(t))


def test_real_encoder_passes(shared):
    features = np.load(shared / "penn_action" / "features.npz")
    texts = np.load(shared / "penn_action" / "text_concepts.npz")
    with (shared / "penn_action" / "clips.csv").open() as file:
        assert len(list(csv.DictReader(file))) == len(features["ids"])
    values = affinities(
        Features("internvid", tuple(features["ids"]), features["internvid"]),
        Phrases("scene", tuple(texts["scene_texts"]), texts["scene_internvid"]),
    )
    assert values.shape == (2323, 79) and -0.05 < values.min() < values.max() < 0.3
