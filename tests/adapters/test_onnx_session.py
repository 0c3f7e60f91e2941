"""ONNX files that are none, or of another network: one line that names the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.tiny_rtmpose import save

from dance_xai.adapters import onnx_session
from dance_xai.adapters.frame_cnn import FrameCNN
from dance_xai.adapters.movenet import MoveNet
from dance_xai.adapters.onnx_session import layout, open_session, provider_of, try_session
from dance_xai.data.skeletons import COCO_17
from dance_xai.errors import ArtifactError, MissingExtraError
from dance_xai.extract.loading import load_backbone, load_poses
from dance_xai.extract.settings import ExtractConfig

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed (extra onnx)")
pytest.importorskip("onnx", reason="onnx is not installed (extra test)")

CPU = "CPUExecutionProvider"
KINDS: dict[str, Callable[[Path], object]] = {
    "pose": lambda path: MoveNet(path, COCO_17, device="cpu"),
    "features": lambda path: FrameCNN(path, device="cpu"),
}


def one_line(make: Callable[[], object], clue: str) -> None:
    with pytest.raises(ArtifactError, match=clue) as caught:
        make()
    assert "\n" not in str(caught.value)


def cnn(path: Path, side: int | str = 8, name: str = "feat") -> Path:
    """Its feature is the mean of each channel."""
    nodes = [("ReduceMean", "x", name, {"axes": [2, 3], "keepdims": 0})]
    return save(path, nodes, [("x", ["b", 3, side, side])], [(name, ["b", 3])])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("content", [b"", b"hello", bytes(4000), b"<html>404</html>", b"\x80\x04K\x01."])
def test_what_is_no_model(kind: str, content: bytes, tmp_path: Path):
    (tmp_path / "model.onnx").write_bytes(content)
    one_line(lambda: KINDS[kind](tmp_path / "model.onnx"), r"model.onnx: expected an? ")


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_that_is_not_there_or_a_folder(kind: str, tmp_path: Path):
    for path in (tmp_path / "model.onnx", tmp_path):
        one_line(lambda path=path: KINDS[kind](path), rf"{path.name}: expected an ONNX model, found nothing there")


def test_a_model_cut_short(shared: Path, tmp_path: Path):
    for name, make in (("movenet-lightning", KINDS["pose"]), ("efficientnet-lite0", KINDS["features"])):
        content = (shared / "models" / f"{name}.onnx").read_bytes()
        (tmp_path / "model.onnx").write_bytes(content[: len(content) // 2])
        one_line(lambda make=make: make(tmp_path / "model.onnx"), r"model.onnx: expected an ONNX model, got: ")


def test_a_model_of_another_kind(shared: Path, tmp_path: Path):
    models = shared / "models"
    cases = [
        ("pose", models / "efficientnet-lite0.onnx", r"efficientnet-lite0.onnx: expected a MoveNet"),
        ("features", models / "movenet-lightning.onnx", r"movenet-lightning.onnx: expected input \(b, 3, S, S\)"),
        ("features", models / "movenet-multipose.onnx", r"movenet-multipose.onnx: expected input \(b, 3, S, S\)"),
        ("features", cnn(tmp_path / "free.onnx", side="s"), r"free.onnx: expected input \(b, 3, S, S\)"),
        ("features", cnn(tmp_path / "logits.onnx", name="logits"), r"logits.onnx: expected .* output 'feat'.* logits"),
    ]
    for kind, path, clue in cases:
        one_line(lambda kind=kind, path=path: KINDS[kind](path), clue)


def test_the_same_through_the_settings(shared: Path, tmp_path: Path):
    cnn_file, pose_file = (
        str(shared / "models" / f"{name}.onnx") for name in ("efficientnet-lite0", "movenet-lightning")
    )
    config = ExtractConfig()
    one_line(lambda: load_poses(cnn_file, config, tmp_path), r"expected a MoveNet .* check which model this is")
    one_line(lambda: load_backbone(pose_file, config, tmp_path), r"expected input .* check which model this is")
    one_line(lambda: load_poses("no.onnx", config, tmp_path), r"no.onnx: expected the path of a model")


def test_a_model_of_two_inputs_names_its_file(tmp_path: Path):
    two = [("x", [1, 3, 8, 8]), ("y", [1, 3, 8, 8])]
    path = save(tmp_path / "two.onnx", [("Add", "x y", "feat", {})], two, [("feat", [1, 3, 8, 8])])
    for make in KINDS.values():
        one_line(lambda make=make: make(path), r"two.onnx: expected a model with one input, got 2")


def test_layout_and_results(tmp_path: Path):
    session = open_session(cnn(tmp_path / "m.onnx"), "cpu")
    assert layout(session) == (("b", 3, 8, 8), "tensor(float)", ("feat",))
    frames = np.arange(2 * 3 * 64, dtype=np.float32).reshape(2, 3, 8, 8)
    np.testing.assert_allclose(session.run(None, {"x": frames})[0], frames.mean(axis=(2, 3)), rtol=1e-6)


def test_a_device_that_is_not_there_is_not_the_fault_of_the_file(tmp_path: Path):
    import onnxruntime

    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("there is a GPU")
    with pytest.raises(ArtifactError, match=r"^device: expected cpu or auto, got 'cuda'.*or use cpu$"):
        open_session(cnn(tmp_path / "m.onnx"), "cuda")


@pytest.mark.parametrize("device", ["auto", "cuda"])
def test_a_gpu_whose_libraries_are_missing_is_no_silent_cpu(device: str, tmp_path: Path, monkeypatch):
    import onnxruntime

    real, path = onnxruntime.InferenceSession, cnn(tmp_path / "m.onnx")
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider", CPU])
    monkeypatch.setattr(onnxruntime, "InferenceSession", lambda path, options, providers: real(path, options, [CPU]))
    monkeypatch.setattr(onnx_session, "nvidia", lambda: True)
    one_line(lambda: open_session(path, device), rf"^device: expected the NVIDIA GPU for '{device}', got {CPU}.*'cpu'$")
    assert provider_of(open_session(path, "cpu")) == CPU
    monkeypatch.setattr(onnx_session, "nvidia", lambda: False)
    if device == "auto":
        assert provider_of(open_session(path, device)) == CPU


def test_a_session_is_tried():
    assert try_session("cpu") == CPU


def test_without_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    with pytest.raises(MissingExtraError, match=r"onnxruntime.*pip install 'dance-xai\[onnx\]'"):
        open_session(tmp_path / "m.onnx")
