"""How a person makes the pickle that PYSKL reads; this house reads pickles with care and writes none."""

from __future__ import annotations

_LINES = """import json, pathlib, pickle, numpy as np; d = json.loads(pathlib.Path({json!r}).read_text())
for a in d["annotations"]: a.update({{k: np.array(a[k], np.float32) for k in ("keypoint", "keypoint_score")}})
pathlib.Path({pickle!r}).write_bytes(pickle.dumps(d))"""


def pyskl_lines(json: str = "FILE.json", pickle: str = "FILE.pkl") -> str:
    """Python that turns a document of ``pyskl_document`` into a pickle.

    Args:
        json: The file of the document.
        pickle: The file to make.
    """
    return _LINES.format(json=json, pickle=pickle)
