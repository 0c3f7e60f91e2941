"""The sparse head: an exact multinomial logistic regression with elastic net, its path, and the choice of strength."""

from dance_xai.model.head.fit import SparseHead, fit_head, support_size
from dance_xai.model.head.path import HeadPath, fit_head_path
from dance_xai.model.head.selection import LamChoice, choose_lam, heads_at_nec

__all__ = [
    "HeadPath",
    "LamChoice",
    "SparseHead",
    "choose_lam",
    "fit_head",
    "fit_head_path",
    "heads_at_nec",
    "support_size",
]
