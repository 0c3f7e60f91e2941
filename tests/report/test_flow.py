from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dance_xai.report.flow import flow, untangle


def test_every_weight_that_counts_is_a_link(planted):
    data = planted.report()
    found = flow(data, [None] * len(data.bank))
    assert {(k, j): w for k, j, w, _ in found["links"]} == {
        (int(k), int(j)): round(float(data.weight[k, j]), 5) for k, j in np.argwhere(data.used)
    }
    sizes = [abs(weight) for _, _, weight, _ in found["links"]]
    assert sizes == sorted(sizes, reverse=True)
    assert [text.replace("−", "-") for *_, text in found["links"]] == [f"{w:+.2f}" for _, _, w, _ in found["links"]]
    assert {k for k, _ in found["classes"]} == {k for k, *_ in found["links"]}
    assert {j for j, *_ in found["concepts"]} == {j for _, j, *_ in found["links"]}


def test_ranks_count_within_a_class(planted):
    data = planted.report()
    found = flow(data, [None] * len(data.bank))
    for k in range(3):
        ranks = [rank for rank, link in zip(found["rank"], found["links"], strict=True) if link[0] == k]
        assert ranks == list(range(1, len(ranks) + 1))


def test_large_models_begin_with_the_largest_weights(planted):
    data = planted.report()
    assert flow(data, [None] * len(data.bank))["most"] == 0
    big = planted.report(planted.bank(60, 2), tuple("abcdef"))
    assert flow(big, [None] * len(big.bank))["most"] == 3


def test_a_model_without_weights_has_no_flow(planted):
    data = planted.report()
    empty = flow(replace(data, weight=np.zeros_like(data.weight)), [None] * len(data.bank))
    assert (empty["links"], empty["classes"], empty["concepts"]) == ([], [], [])


@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(1, 4))
def test_blocks_are_untangled(seed, classes, each):
    """Classes that share nothing come out without any crossing."""
    rng = np.random.default_rng(seed)
    size = np.kron(np.eye(classes), np.ones((1, each))) * rng.uniform(0.5, 2, (classes, classes * each))
    size = size[:, rng.permutation(classes * each)]
    rows, columns = untangle(size)
    assert sorted(rows) == list(range(classes)) and sorted(columns) == list(range(classes * each))
    place = np.argsort(rows)
    owners = place[size[:, columns].argmax(axis=0)]
    assert (np.diff(owners) >= 0).all()


def test_classes_that_share_concepts_come_side_by_side():
    size = np.zeros((4, 4))
    size[[0, 2], 0] = size[[0, 2], 1] = size[[1, 3], 2] = size[[1, 3], 3] = 1
    rows, _ = untangle(size)
    place = np.argsort(rows)
    assert abs(place[0] - place[2]) == abs(place[1] - place[3]) == 1
