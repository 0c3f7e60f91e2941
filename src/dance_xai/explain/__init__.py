"""Why this prediction: exact sums, matching windows. Pure arrays."""

from dance_xai.explain.local import explain_clip
from dance_xai.explain.schema import to_json
from dance_xai.explain.summary import ClassSummary, ClassTerm, ConceptSummary, explain_class, explain_concept
from dance_xai.explain.why_not import Contrast, contrast

__all__ = [
    "ClassSummary",
    "ClassTerm",
    "ConceptSummary",
    "Contrast",
    "contrast",
    "explain_class",
    "explain_clip",
    "explain_concept",
    "to_json",
]
