"""Imports point one way: from the commands down to the nouns, never back, never between siblings."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "dance_xai"
LAYERS = (
    ("_version", "errors"),
    ("types",),
    ("protocols",),
    ("data", "motion", "text", "features", "targets", "planted", "adapters"),
    ("model",),
    ("artifacts", "explain", "edit", "evaluate"),
    ("diagnose", "shift"),
    ("stages", "extract"),
    ("config",),
    ("pipeline",),
    ("report",),
    ("workflows",),
    ("app",),
    ("cli",),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
HEAVY = {"numba", "scipy", "sklearn", "pydantic", "rich", "typer", "jinja2", "PIL", "av", "safetensors"}
FILES = sorted(path for path in SOURCE.rglob("*.py") if path != SOURCE / "__init__.py")


def _home(path: Path) -> str:
    first = path.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


def _imports(tree: ast.AST) -> list[str]:
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        assert not (isinstance(node, ast.ImportFrom) and node.level), "relative imports hide where they point"
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_point_down(path: Path):
    home = _home(path)
    assert home in RANK, f"{home} has no place in the house; give it one in LAYERS and in docs/architecture.md"
    for name in _imports(ast.parse(path.read_text(encoding="utf-8"))):
        parts = name.split(".")
        if parts[0] != "dance_xai" or len(parts) == 1:
            continue
        target = parts[1]
        if target in RANK and target != home:
            assert RANK[target] < RANK[home], f"{path.name} in {home} may not import from {target}"


def test_the_documented_house_is_the_real_one():
    text = (SOURCE.parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
    for entry in SOURCE.iterdir():
        if entry.name.startswith(("__", ".")) or entry.suffix not in ("", ".py"):
            continue
        assert f"{entry.name}" in text, f"docs/architecture.md does not mention {entry.name}"


@pytest.mark.parametrize(
    "package",
    ["motion", "text", "features", "targets", "model", "explain", "edit", "evaluate", "diagnose", "shift", "stages"],
)
def test_the_middle_neither_reads_nor_prints(package: str):
    banned = {"open", "print", "input"}
    for path in (SOURCE / package).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = {
            node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not calls & banned, f"{path.name} calls {calls & banned}"
        seeds = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "seed"]
        assert not [node for node in seeds if ast.unparse(node) == "np.random.seed"], f"{path.name} sets a global seed"
