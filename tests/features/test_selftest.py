import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dance_xai.errors import DataError, ShapeError
from dance_xai.features.selftest import check_similarities


def unit(values):
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def check(similarities):
    clips, phrases = (tuple(f"{what} {i}" for i in range(n)) for what, n in zip("cp", similarities.shape, strict=True))
    check_similarities(similarities, clips, phrases)


@pytest.fixture(scope="module")
def real(shared):
    """(2323, 138) cosines of InternVid on Penn Action, and the phrases."""
    features = np.load(shared / "penn_action" / "features.npz")
    texts = np.load(shared / "penn_action" / "text_concepts.npz")
    embeddings = np.concatenate([texts["object_internvid"], texts["scene_internvid"]]).astype(np.float64)
    phrases = np.concatenate([texts["object_texts"], texts["scene_texts"]])
    return unit(features["internvid"].astype(np.float64)) @ unit(embeddings).T, phrases


def embeddings(rng, n, noise):
    """n unit vectors about one direction, as encoders give them, that differ by ``noise``."""
    return unit(np.ones(64) + noise * rng.normal(size=(n, 64)))


@pytest.mark.parametrize("n_clips", [5, 200])
@pytest.mark.parametrize(
    ("clip_noise", "phrase_noise", "message"),
    [
        (1e-5, 1.0, "vary over clips, .* the dual encoder's video part were not loaded"),
        (1.0, 1e-5, "vary over phrases, .* the dual encoder's text part were not loaded"),
        (1e-5, 1e-5, "vary over clips"),
        (0.0, 0.0, "vary over clips"),
    ],
)
def test_a_dead_tower_is_named(n_clips, clip_noise, phrase_noise, message):
    rng = np.random.default_rng(0)
    with pytest.raises(DataError, match=message):
        check(embeddings(rng, n_clips, clip_noise) @ embeddings(rng, 20, phrase_noise).T)


def test_numbers_that_vary_but_give_every_clip_the_same_order_are_refused():
    """The trap of networks that were never trained: they tell bright from dark clips, and long from short phrases."""
    rng = np.random.default_rng(1)
    values = 0.3 + rng.normal(0, 0.02, size=(50, 1)) + rng.normal(0, 0.04, size=(1, 30))
    with pytest.raises(DataError, match="expected clips to differ in which phrases fit, got the same order for all"):
        check(values + rng.normal(0, 2e-4, size=(50, 30)))
    check(values + rng.normal(0, 5e-3, size=(50, 30)))


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 40))
def test_a_working_encoder_passes_whatever_the_numbers(seed, n_clips, n_phrases):
    rng = np.random.default_rng(seed)
    check(embeddings(rng, n_clips, 0.5) @ embeddings(rng, n_phrases, 0.5).T)


@given(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 12))
def test_real_similarities_pass_however_few(real, seed, n_clips, n_phrases):
    similarities, phrases = real
    rng = np.random.default_rng(seed)
    rows, columns = rng.choice(len(similarities), n_clips, False), rng.choice(len(phrases), n_phrases, False)
    check_similarities(similarities[np.ix_(rows, columns)], [str(row) for row in rows], phrases[columns])


def test_all_real_similarities_pass_in_single_precision(real):
    similarities, phrases = real
    check_similarities(similarities.astype(np.float32), [str(i) for i in range(2323)], phrases)


def test_two_equal_clips_or_phrases_are_refused_and_one_is_not():
    row = np.array([[0.1, 0.2, 0.15]])
    check(row)
    check(row.T)
    with pytest.raises(DataError, match=r"vary over clips, got a spread of 0.0e\+00 over 2"):
        check(np.concatenate([row, row]))
    with pytest.raises(DataError, match="vary over phrases"):
        check(np.concatenate([row, row]).T)


def test_a_phrase_that_appears_twice_counts_once():
    check_similarities(np.array([[0.1, 0.1], [0.2, 0.2]]), ["a", "b"], ["grass", "grass"])


def test_nothing_to_test_passes():
    check(np.zeros((3, 0)))
    check(np.zeros((0, 3)))


def test_what_is_not_a_number_is_named():
    values = np.random.default_rng(2).normal(size=(4, 3))
    values[2, 1] = np.nan
    values[3, 0] = np.inf
    with pytest.raises(
        DataError, match=r"got 2 of 12 NaN or infinite, first for clip 'c 2' and phrase 'p 1'; .* float32"
    ):
        check(values)


def test_another_shape_is_refused():
    with pytest.raises(ShapeError, match=r"similarities: expected shape \(2, 3\), got \(3, 2\)"):
        check_similarities(np.zeros((3, 2)), ["a", "b"], ["x", "y", "z"])
