"""The sparse head: multinomial logistic regression with elastic net, exact, with a certificate.

minimise  mean CE(W c + b)  +  lam * alpha * |W|_1  +  lam * (1 - alpha) / 2 * |W|_2^2
          datafit.py           penalty.py

solver.py      proximal Newton on a working set;  coordinate.py: its compiled inner loop
fit.py         one lam          path.py     many          selection.py   lam by cross-validation
nec.py         the best head of a given size;  support.py: which weights it keeps
"""

from dance_xai.model.head.fit import SparseHead, fit_head, support_size
from dance_xai.model.head.nec import heads_at_nec
from dance_xai.model.head.path import HeadPath, fit_head_path
from dance_xai.model.head.selection import LamChoice, choose_lam

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
