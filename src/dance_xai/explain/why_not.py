"""Why this class and not another: the difference of two logits, term by term."""

from __future__ import annotations

from dataclasses import dataclass

from dance_xai.explain.terms import by_size, class_index, shares
from dance_xai.types import ClassExplanation, Contribution, Explanation, Kind


@dataclass(frozen=True)
class Contrast:
    """What puts one class above another: ``bias + sum of contributions == logit``, all of them differences.

    Attributes:
        label: The class that is asked about, by default the prediction.
        other: The class it is held against.
        logit: Logit of ``label`` minus logit of ``other``; above 0 where ``label`` wins.
        bias: Difference of the biases.
        contributions: Per concept: the difference of the weights and of the contributions, without those that are the
            same for both classes; largest absolute value first.
        shares: Share of the absolute contributions per kind, summing to 1 (all 0 without any).
    """

    label: str
    other: str
    logit: float
    bias: float
    contributions: tuple[Contribution, ...]
    shares: dict[Kind, float]


def contrast(explanation: Explanation, other: str, *, label: str | None = None) -> Contrast:
    """Compare two classes of one explanation.

    Args:
        explanation: Of one clip.
        other: Class name that did not win.
        label: Class name it is compared with; None for the prediction.

    Raises:
        DataError: No such class.
    """
    names = tuple(each.label for each in explanation.classes)
    for_class = explanation.classes[class_index(names, label)] if label is not None else explanation.prediction
    against = explanation.classes[class_index(names, other)]
    terms = _difference(for_class, against)
    return Contrast(
        label=for_class.label,
        other=other,
        logit=for_class.logit - against.logit,
        bias=for_class.bias - against.bias,
        contributions=terms,
        shares=shares((term.kind, term.value) for term in terms),
    )


def _difference(one: ClassExplanation, two: ClassExplanation) -> tuple[Contribution, ...]:
    left = {term.concept: term for term in one.contributions}
    right = {term.concept: term for term in two.contributions}
    terms = []
    for concept in left.keys() | right.keys():
        term = left.get(concept) or right[concept]
        weight = _weight(left.get(concept)) - _weight(right.get(concept))
        value = _value(left.get(concept)) - _value(right.get(concept))
        if weight != 0:
            terms.append(Contribution(concept, term.kind, term.name, term.activation, weight, value, match=term.match))
    return by_size(terms)


def _weight(term: Contribution | None) -> float:
    return term.weight if term else 0.0


def _value(term: Contribution | None) -> float:
    return term.value if term else 0.0
