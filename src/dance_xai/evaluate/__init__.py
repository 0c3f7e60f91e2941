"""Accuracy, sparsity, concept quality and controls. Pure arrays."""

import sys
from types import ModuleType
from typing import Any

from dance_xai.evaluate.evaluation import Evaluation, evaluate_model
from dance_xai.evaluate.inputs import EvaluationInput, EvaluationRows

__all__ = ["Evaluation", "EvaluationInput", "EvaluationRows", "evaluate_model"]


class _CallablePackage(ModuleType):
    """``dance_xai.evaluate(...)`` is ``evaluate_model(...)``, and the package stays a package."""

    def __call__(self, *args: Any, **kwargs: Any) -> Evaluation:
        return evaluate_model(*args, **kwargs)


sys.modules[__name__].__class__ = _CallablePackage
