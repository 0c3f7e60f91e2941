"""Where the files of the official artefacts lie: known by patterns, not by the name of a data set.

**/aggregated/{W_g.pt, b_g.pt, concepts.txt, metrics.txt}    the sparse head
**/{pose, spatial, place}/{W_c.pt, proj_mean.pt, proj_std.pt, concepts.txt}    the layers of motion, object, scene
**/Video_feature/*_{train,val}_*.pt, **/VLM_feature/*_{train,val}_*.pt    features, the rows in split order
**/hard_label_{train,val}.pkl    motion labels with video names, the rows in split order
**/*_{object,scene}_concept.txt, **/*_{object,scene}_concept_*.pt    phrases and embeddings
"""

from __future__ import annotations

from pathlib import Path

from dance_xai.data.npz import some
from dance_xai.errors import ArtifactError
from dance_xai.types import Kind, Split

SPLIT_NAMES: dict[Split, str] = {"train": "train", "test": "val"}
"""What the official files call each split."""

KIND_FOLDERS: dict[Kind, str] = {"motion": "pose", "object": "spatial", "scene": "place"}
"""What the official files call each kind."""

TEXT_KINDS: tuple[Kind, ...] = ("object", "scene")
HEAD_FILES = ("W_g.pt", "b_g.pt", "concepts.txt", "metrics.txt")
LAYER_FILES = ("W_c.pt", "proj_mean.pt", "proj_std.pt", "concepts.txt")


def find_files(folder: Path) -> dict[str, Path]:
    """Find every file of one data set.

    Returns:
        Paths by short name: ``W_g.pt``, ``pose/W_c.pt``, ``labels train``, ``video val``, ``texts object``, ...

    Raises:
        ArtifactError: Files are missing (all are named), or there is more than one for a pattern.
    """
    patterns = _patterns()
    found = {name: sorted(folder.glob(pattern)) for name, pattern in patterns.items()}
    missing = [patterns[name] for name, paths in found.items() if not paths]
    if missing:
        raise ArtifactError(
            f"{folder}: expected the official artefacts of one data set, found none of {some(missing, 30)}; "
            f"name the folder that holds features, motion labels, text concepts and result"
        )
    twice = [paths for paths in found.values() if len(paths) > 1]
    if twice:
        raise ArtifactError(
            f"{folder}: expected one file of each kind, found {some([path.relative_to(folder) for path in twice[0]])}; "
            f"name the folder of one data set with one result"
        )
    return {name: paths[0] for name, paths in found.items()}


def _patterns() -> dict[str, str]:
    """Glob pattern of each file, by its short name."""
    patterns = {name: f"**/aggregated/{name}" for name in HEAD_FILES}
    patterns |= {f"{folder}/{file}": f"**/{folder}/{file}" for folder in KIND_FOLDERS.values() for file in LAYER_FILES}
    for name in SPLIT_NAMES.values():
        patterns[f"labels {name}"] = f"**/hard_label_{name}.pkl"
        patterns[f"video {name}"] = f"**/Video_feature/*_{name}_*.pt"
        patterns[f"vlm {name}"] = f"**/VLM_feature/*_{name}_*.pt"
    for kind in TEXT_KINDS:
        patterns[f"texts {kind}"] = f"**/*_{kind}_concept.txt"
        patterns[f"embeddings {kind}"] = f"**/*_{kind}_concept_*.pt"
    return patterns
