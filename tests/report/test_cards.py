from dataclasses import replace

import numpy as np
import pytest

from dance_xai.report import Predictions
from dance_xai.report.cards import class_cards, concept_cards
from dance_xai.report.duplicates import Duplicate
from dance_xai.types.numbers import THIN


def test_each_class_lists_its_weights(planted):
    data = planted.report()
    for k, card in enumerate(class_cards(data)):
        assert {term["column"] for term in card["terms"]} == set(np.flatnonzero(data.used[k]))
        sizes = [abs(term["weight"]) for term in card["terms"]]
        assert sizes == sorted(sizes, reverse=True)
        assert sum(card["percents"].values()) == 100
    widest = max(term["width"] for card in class_cards(data) for term in card["terms"])
    assert widest == pytest.approx(50)


def test_each_class_counts_its_clips(planted):
    data = replace(planted.report(), predictions=Predictions(tuple("abcde"), (0, 0, 1, 1, -1), (0, 1, 1, 0, 0)))
    counts = [(card["n"], card["correct"], card["false"]) for card in class_cards(data)]
    assert counts == [(2, 1, 1), (2, 1, 1), (0, 0, 0)]


def test_a_class_without_weights_has_no_shares(planted):
    data = planted.report()
    data.weight[1] = 0
    assert (class_cards(data)[1]["terms"], class_cards(data)[1]["percents"]) == ([], {})


def test_concepts_warn(planted):
    data = planted.report()
    poor = replace(data.bank.concepts[1], clips=4, quality={"average_precision": 0.1})
    bank = replace(data.bank, concepts=(data.bank.concepts[0], poor, *data.bank.concepts[2:]))
    cards = concept_cards(replace(data, bank=bank))
    assert cards[0]["warnings"] == ["few clips: 3", "not used by any class"]
    assert cards[1]["warnings"][:2] == ["few clips: 4", "hard to recognise: average precision 0.10"]
    assert cards[2]["warnings"] == ["near duplicate of motion 01: poses alike (cosine 0.96)"]


def test_phrases_no_better_than_chance_warn(planted):
    data = planted.report()
    concepts = list(data.bank.concepts)
    concepts[4] = replace(concepts[4], quality={"auc": 0.4875})
    warnings = concept_cards(replace(data, bank=replace(data.bank, concepts=tuple(concepts))))[4]["warnings"]
    assert "label no better than chance: AUC 0.49 for the classes it was proposed for" in warnings


def test_the_nearest_duplicate_is_named_and_the_others_counted(planted):
    alike = (Duplicate(2, 4, "activations", 0.99), Duplicate(1, 2, "centres", 0.97), Duplicate(2, 4, "centres", 0.96))
    cards = concept_cards(replace(planted.report(), duplicates=alike))
    assert cards[2]["warnings"] == ["near duplicate of object 1, and 1 more: activations alike (correlation 0.99)"]
    assert "near duplicate of motion 02: poses alike (cosine 0.97)" in cards[1]["warnings"]


def test_members_beside_the_prototype_have_their_role(planted):
    cards = concept_cards(planted.report())
    assert [(each["key"], each["role"]) for each in cards[1]["members"]] == [("m1-1", "median"), ("m1-2", "furthest")]
    assert cards[0]["members"] == []
    data = planted.report()
    two = concept_cards(replace(data, members={1: data.members[1][:2]}))[1]["members"]
    assert [each["role"] for each in two] == ["furthest"]


def test_rates_are_told_where_the_frame_rate_is_known(planted):
    data = planted.report()
    assert "frames 10–33" in concept_cards(data)[2]["source"]
    for known in (
        replace(data, rates={"0002": 24.0}),
        replace(data, fps=24.0),
        replace(data, fps=9, rates={"0002": 24}),
    ):
        assert concept_cards(known)[2]["source"].endswith(f"0.42–1.42{THIN}s (frames 10–33)")


def test_concepts_name_their_users_and_figures(planted):
    data = planted.report()
    data = replace(data, metrics={"concept_details": [{"concept": 2, "average_precision": 0.625, "prevalence": None}]})
    for j, card in enumerate(concept_cards(data)):
        assert {k for k, _, _ in card["users"]} == set(np.flatnonzero(data.used[:, j]))
    figures = dict(concept_cards(data)[2]["figures"])
    assert figures["train windows"] == "42"
    assert figures["AUC, train clips"] == "0.90"
    assert figures["average precision, test"] == "0.62"
    assert concept_cards(data)[3]["source"] is None
    assert concept_cards(data)[2]["alt"].startswith("the right hand rises above the head")
