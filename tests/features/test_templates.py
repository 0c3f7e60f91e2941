from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dance_xai.errors import ConfigError, DataError, ShapeError
from dance_xai.features.templates import PAPER, TEMPLATES, check_template, embed_wordings, ensemble
from dance_xai.planted.standins.dual import PlantedDual

RNG = np.random.default_rng(0)
FINITE = st.floats(-5, 5)


def names(count):
    return [f"phrase {i}" for i in range(count)]


@pytest.mark.parametrize("kind", ["object", "scene"])
def test_every_kind_has_several_wordings_and_the_papers_first(kind):
    assert TEMPLATES[kind][0] == PAPER and len(set(TEMPLATES[kind])) == len(TEMPLATES[kind]) >= 3
    for template in TEMPLATES[kind]:
        check_template("here", template)


@pytest.mark.parametrize("template", ["A video", "{} and {}", "{0}", "{", "{} }", "{name}", "{!r}"])
def test_a_template_without_one_place_is_refused(template):
    with pytest.raises(ConfigError, match=r"^extract\.templates: expected one \{\}"):
        check_template("extract.templates", template)


def test_each_phrase_is_embedded_in_each_wording():
    asked = []

    def encode(texts):
        asked.append(list(texts))
        return np.array([[len(text), 1.0] for text in texts])

    found = embed_wordings(encode, ["cup", "{x}"], ["A {}", "{} there"])
    assert asked == [["A cup", "A {x}"], ["cup there", "{x} there"]]
    np.testing.assert_array_equal(found[:, :, 0], [[5, 5], [9, 9]])


@given(arrays(float, (3, 4, 5), elements=FINITE), arrays(float, (3, 4, 1), elements=st.floats(0.01, 100)))
def test_norms_of_wordings_and_their_order_do_not_matter(wordings, sizes):
    wordings[..., 0] = 6  # so that they cannot cancel out
    found = ensemble(wordings, names(4))
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(ensemble((wordings * sizes)[::-1], names(4)), found, atol=1e-9)


def test_the_direction_is_that_of_the_mean_of_unit_vectors():
    found = ensemble(np.array([[[10.0, 0]], [[0, 0.1]]]), ["cup"])
    np.testing.assert_allclose(found, [[np.sqrt(0.5), np.sqrt(0.5)]])


def test_one_wording_is_left_as_it_is_but_for_its_norm():
    one = RNG.normal(size=(1, 6, 8)).astype(np.float32)
    expected = one[0] / np.linalg.norm(one[0], axis=1, keepdims=True)
    np.testing.assert_allclose(ensemble(one, names(6)), expected, rtol=1e-5)


def test_averaging_takes_out_what_only_one_wording_says():
    """Each wording is the planted meaning plus a noise of its own; the mean is nearer to the meaning than any."""
    meaning = RNG.normal(size=(30, 64))
    wordings = meaning + 1.0 * RNG.normal(size=(5, 30, 64))

    def likeness(values):
        return (values * meaning).sum(-1) / np.linalg.norm(values, axis=-1) / np.linalg.norm(meaning, axis=-1)

    assert likeness(ensemble(wordings, names(30))).mean() > likeness(wordings).mean() + 0.15


@pytest.mark.parametrize("wordings", [np.zeros((2, 1, 3)), np.array([[[1.0, 0, 0]], [[-2.0, 0, 0]]])])
def test_zeros_and_wordings_that_cancel_out_are_refused(wordings):
    with pytest.raises(DataError, match="phrase 'cup': expected an embedding that is not zero"):
        ensemble(wordings, ["cup"])


def test_shapes_are_checked():
    with pytest.raises(ShapeError, match="wordings"):
        ensemble(np.ones((2, 3, 4)), ["cup"])
    with pytest.raises(ShapeError, match="NaN"):
        ensemble(np.full((2, 1, 4), np.nan), ["cup"])


@pytest.mark.parametrize("kind", ["object", "scene"])
def test_the_planted_encoder_hears_the_same_in_every_wording(kind):
    found = embed_wordings(PlantedDual().encode_text, ["Beach", "Punching bag"], TEMPLATES[kind])
    assert np.ptp(found, axis=0).max() < 1e-6
