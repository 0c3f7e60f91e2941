"""The sparse head."""
from dance_xai.model.head.fit import SparseHead, fit_head, support_size
from dance_xai.model.head.path import HeadPath, fit_head_path
