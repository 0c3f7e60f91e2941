"""Phrases that are listed, for classes however they are spelled."""

from __future__ import annotations

import pytest

from dance_xai.errors import DataError
from dance_xai.text.listed import ListedProposer
from dance_xai.types import Proposal

LISTED = (
    Proposal("object", "ball", "tennis serve"),
    Proposal("object", "net", "bowl"),
    Proposal("object", "Balls", "Tennis_Serve"),
    Proposal("scene", "court", "tennis serve"),
    Proposal("object", "racket", "tennis serve"),
)


@pytest.mark.parametrize("label", ["tennis_serve", "TennisServe", "TENNIS SERVE", "tennis-serve", "ｔennis serve"])
def test_class_names_compare_without_case_and_separators(label):
    found = ListedProposer("set", LISTED).propose((label,), "object")
    assert found == (Proposal("object", "ball", label), Proposal("object", "racket", label))


def test_phrases_come_in_the_order_of_the_classes_asked_for():
    found = ListedProposer("set", LISTED).propose(("bowl", "tennis serve"), "object")
    assert [each.text for each in found] == ["net", "ball", "racket"]


def test_a_class_may_have_phrases_of_one_kind_only():
    assert ListedProposer("set", LISTED).propose(("bowl",), "scene") == ()


@pytest.mark.parametrize(("label", "hint"), [("tenis_serve", "near names: Tennis_Serve;"), ("zzz", "no name is near")])
def test_a_class_that_is_missing_is_one_line_with_near_names(label, hint):
    with pytest.raises(DataError, match=hint) as caught:
        ListedProposer("set", LISTED).propose(("bowl", label), "scene")
    assert str(caught.value).startswith(f"set: expected phrases for the class {label!r}, got none;")
    assert "\n" not in str(caught.value)


def test_phrases_of_no_class_are_proposed_once():
    proposer = ListedProposer("list", (Proposal("object", "ball", ""),))
    assert proposer.propose(("a", "b"), "object") == proposer.propose((), "object") == proposer.listed
    assert proposer.propose(("a",), "scene") == ()
