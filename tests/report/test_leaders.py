"""What a summary names, and whether the poses bear it out."""

from dataclasses import replace

import pytest
from tests.report.whole_clip import timeline, whole

from dance_xai.report.leaders import leaders, unseen_text
from dance_xai.report.sentences import in_words
from dance_xai.report.waterfall import waterfall
from dance_xai.types import Contribution, WindowMatch


def term(value, concept=0, *, kind="motion", activation=1.0, match=None):
    return Contribution(concept, kind, f"c{concept}", activation, value / activation, value, match)


def values(terms):
    return [each.value for each in terms]


def test_only_what_counts_is_named():
    one = leaders([term(6.0), term(0.5), term(-0.3)])
    assert (values(one.pro), values(one.contra)) == ([6.0], [])
    two = leaders([term(6.0), term(-3.0), term(2.0), term(1.9)])
    assert (values(two.pro), values(two.contra)) == ([6.0, 2.0], [-3.0])
    assert values(leaders([term(-0.01)]).contra) == [-0.01]
    assert leaders([]) == leaders([term(0.0)])


@pytest.fixture
def led(planted):
    """An explanation whose prediction rests on motions 0 and 1, as their time lines tell it."""
    explanation = whole(planted, planted.bank())

    def explained(*terms, curves=(), activations="predicted", fixed=()):
        first = replace(explanation.prediction, contributions=terms)
        classes = (first, *explanation.classes[1:])
        return replace(explanation, classes=classes, timelines=tuple(curves), activations=activations, fixed=fixed)

    return explained


def test_a_motion_that_no_pose_shows_is_told(led):
    near, far = timeline(0, "c0", 5), timeline(1, "c1", 5, threshold=0.95)
    assert unseen_text(led(term(3.0), curves=[near])) is None
    text = unseen_text(led(term(3.0), term(2.0, 1), curves=[near, far]))
    assert text == (
        "But at no moment do the poses come near enough to c1 (similarity at most 0.90, 0.95 needed); "
        "the model read this from the backbone’s feature."
    )
    measured = unseen_text(led(term(2.0, 1), curves=[far], activations="grounded"))
    assert measured.endswith("needed).")


def test_only_motions_said_to_be_there_are_looked_for(led):
    far = timeline(0, "c0", 5, threshold=0.95)
    assert unseen_text(led(term(3.0, activation=-1.0), curves=[far])) is None
    assert unseen_text(led(term(3.0, kind="scene"))) is None
    assert unseen_text(led(term(3.0, match=WindowMatch(0, 9, 0.5)))) is None
    assert unseen_text(led(term(3.0))) == "But no poses of this clip could be compared with c0."


def test_what_an_edit_fixed_was_read_nowhere(led):
    far = timeline(0, "c0", 5, threshold=0.95)
    assert unseen_text(led(term(3.0), curves=[far], fixed=(0,))) == "But c0 is the same for every clip."
    text = unseen_text(led(term(3.0), term(2.0, 1, kind="scene"), curves=[far], fixed=(1,)))
    assert text.startswith("But at no moment") and text.endswith("feature. But c1 is the same for every clip.")
    assert unseen_text(led(term(3.0), term(0.1, 1), curves=[timeline(0, "c0", 5)], fixed=(1,))) is None


@pytest.mark.parametrize(
    ("threshold", "told"), [(0.904, "0.900, 0.904"), (0.9001, "0.9000, 0.9001"), (0.91, "0.90, 0.91")]
)
def test_what_falls_short_by_little_is_told_with_more_digits(led, threshold, told):
    text = unseen_text(led(term(3.0), curves=[timeline(0, "c0", 5, threshold=threshold)]))
    assert f"(similarity at most {told} needed)" in text


def test_the_text_version_says_so_too(led):
    explanation = led(term(3.0), curves=[timeline(0, "c0", 5, threshold=0.95)])
    said = explanation.prediction
    words = dict(in_words(explanation, waterfall(said.bias, said.contributions, said.logit), {}))
    assert unseen_text(explanation) in words["What the model says"]
