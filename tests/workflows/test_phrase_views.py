"""Phrase sets to look at: of a RUN, and two side by side."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from dance_xai.errors import DataError
from dance_xai.types import Concept, ConceptBank, Drop, PhraseEntry, PhraseSet, PhraseSource
from dance_xai.workflows.phrase_views import differ, for_class, phrases_of_run, rounded, verdict

GIVEN = PhraseSet(
    ("bowl",),
    (
        PhraseEntry("object", "crowd", kept=False, by_user=True),
        PhraseEntry("object", "ball", ("bowl",), 0.5, by_user=True),
        PhraseEntry("object", "pin", ("bowl",)),
        PhraseEntry("scene", "lane"),
    ),
    (PhraseSource("m", ("bowl",), 2),),
)


class Run(dict):
    """The parts of a RUN."""

    def json(self, name):
        return self[name]

    def load(self, name, hint):
        assert isinstance(self[name], hint)
        return self[name]


def view(names, drops, **parts):
    bank = SimpleNamespace(bank=ConceptBank(tuple(Concept(*name) for name in names)))
    return SimpleNamespace(run=Run(parts), bank=bank, drops=drops, manifest=SimpleNamespace(classes=("bowl",)))


def test_a_run_tells_what_was_given_what_became_of_it_and_what_was_measured():
    figures = {"object": {"phrases": {"pin": {"visibility": 0.3, "auc": 0.9}}}}
    drops = (Drop("object", "crowd", "dropped by hand"), Drop("object", "ball", "not predictable", 0.123456))
    kept = [("motion", "motion 01"), ("object", "pin"), ("scene", "lane")]
    found = phrases_of_run(view(kept, (*drops, Drop("clips", "x", "gone")), phrases=GIVEN, quality={"text": figures}))
    assert found.sources == GIVEN.sources and [e.text for e in found.entries] == ["crowd", "ball", "pin", "lane"]
    crowd, ball, pin, _ = found.entries
    assert (verdict(crowd), verdict(ball), verdict(pin)) == ("dropped by hand", "not predictable", "kept")
    assert (ball.value, ball.classes, ball.agreement, ball.kept) == (0.1235, ("bowl",), 0.5, False)
    assert (pin.similarity, pin.auc) == (0.3, 0.9)


def test_a_run_without_a_phrase_set_tells_its_concepts():
    found = phrases_of_run(view([("object", "ball")], (Drop("scene", "lane", "not visible", 0.1),)))
    assert [(e.kind, e.text, verdict(e)) for e in found.entries] == [
        ("object", "ball", "kept"),
        ("scene", "lane", "not visible"),
    ]


def test_a_figure_is_told_once():
    entry = PhraseEntry("object", "ball", kept=False, reason="not visible", value=0.12341, similarity=0.12342)
    assert (rounded(entry).value, rounded(entry).similarity) == (None, 0.1234)


def test_a_difference_is_of_presence_or_of_verdict():
    other = PhraseSet((), (PhraseEntry("object", "crowd"), PhraseEntry("scene", "ball"), *GIVEN.entries[2:]))
    found = differ(GIVEN, other)
    assert [e.text for e in found.added] == ["ball"] and [e.kind for e in found.removed] == ["object"]
    assert [(verdict(c.before), verdict(c.after)) for c in found.changed] == [("dropped by hand", "kept")]
    assert differ(GIVEN, GIVEN) == type(found)((), (), ())


def test_one_class():
    assert [entry.text for entry in for_class(GIVEN, "bowl").entries] == ["ball", "pin"]
    with pytest.raises(DataError, match="expected one of bowl, got another"):
        for_class(GIVEN, "golf")
