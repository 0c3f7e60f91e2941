"""Small matrix products run faster on one BLAS thread than on several that wait for each other."""

from __future__ import annotations

import importlib
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

from dance_xai.model.head.datafit import CrossEntropy

SMALL_PRODUCT = 1e9


@cache
def _controller() -> Any:
    return importlib.import_module("threadpoolctl").ThreadpoolController()


def suited_threads(datafit: CrossEntropy) -> AbstractContextManager[Any]:
    """One BLAS thread inside the block if products with the data are small; all of them otherwise."""
    if datafit.size * datafit.shape[0] * datafit.shape[1] >= SMALL_PRODUCT:
        return nullcontext()
    return one_thread()


def one_thread() -> AbstractContextManager[Any]:
    """One BLAS thread inside the block, so that the last bits of products do not depend on the number of cores."""
    limit: AbstractContextManager[Any] = _controller().limit(limits=1, user_api="blas")
    return limit
