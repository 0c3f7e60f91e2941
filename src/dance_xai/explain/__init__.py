"""Why this prediction: exact sums, matching windows. Pure arrays."""

import sys
from types import ModuleType
from typing import Any

from dance_xai.explain.best_frame import best_frames
from dance_xai.explain.flip import fewest_changes, smallest_change
from dance_xai.explain.local import explain_clip
from dance_xai.explain.schema import json_schema, to_json
from dance_xai.explain.summary import ClassSummary, ClassTerm, ConceptSummary, explain_class, explain_concept
from dance_xai.explain.timeline import motion_timelines
from dance_xai.explain.why_not import Contrast, contrast
from dance_xai.types import Explanation

__all__ = [
    "ClassSummary",
    "ClassTerm",
    "ConceptSummary",
    "Contrast",
    "best_frames",
    "contrast",
    "explain_class",
    "explain_clip",
    "explain_concept",
    "fewest_changes",
    "json_schema",
    "motion_timelines",
    "smallest_change",
    "to_json",
]


class _CallablePackage(ModuleType):
    """``dance_xai.explain(...)`` is ``explain_clip(...)``, and the package stays a package."""

    def __call__(self, *args: Any, **kwargs: Any) -> Explanation:
        return explain_clip(*args, **kwargs)


sys.modules[__name__].__class__ = _CallablePackage
