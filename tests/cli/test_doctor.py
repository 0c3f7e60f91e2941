"""``dance doctor``: what it finds, what it advises, and when it fails."""

from __future__ import annotations

import importlib
import json
import re
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from dance_xai.adapters import onnx_session
from dance_xai.adapters.registry import MODELS
from dance_xai.adapters.weights import identity
from dance_xai.workflows import codecs, installation
from dance_xai.workflows.codecs import CODECS, H264, try_codec, try_writing
from dance_xai.workflows.installation import BASE, EXTRAS, Finding

FLAGS = ("DANCE_OFFLINE", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "DANCE_MODELS")


@pytest.fixture(autouse=True)
def plain(monkeypatch, tmp_path):
    """No settings of the user."""
    for name in FLAGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DANCE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(installation, "nvidia", lambda: False)
    monkeypatch.setattr(sys, "platform", "linux")


@pytest.fixture
def hide(monkeypatch):
    """``hide(module, ...)``: as if they were not installed."""
    return lambda *names: [monkeypatch.setitem(sys.modules, name, None) for name in names]


@pytest.fixture
def quick(monkeypatch):
    """Without the codecs, which have their own tests."""
    monkeypatch.setattr(installation, "CODECS", ())


def findings(part) -> dict[str, Finding]:
    return {found.name: found for found in part()}


def test_everything_is_looked_at_and_listed(dance):
    said = dance("doctor", "--json")
    tree = json.loads(said.out)
    assert (said.code, said.err, tree["ok"]) == (0, "", True)
    rows = {(row["group"], row["name"]): row for row in tree["findings"]}
    expected = {("extras", name) for name in EXTRAS} | {("models", name) for name in MODELS}
    expected |= {("videos", f"read {codec.name}") for codec in CODECS} | {("videos", "write h264")}
    expected |= {("devices", name) for name in ("cpu", "torch", "onnxruntime")}
    assert rows.keys() >= expected | {("places", "network"), ("places", "cache")}
    assert all(row["state"] in ("ok", "missing", "broken") for row in rows.values())
    assert all(row["action"] for row in rows.values() if row["state"] != "ok")


def test_with_the_base_install_alone_nothing_is_broken(dance, hide, quick):
    hide(*(module for modules in EXTRAS.values() for module in modules.values()), "cv2")
    said = dance("doctor")
    assert (said.code, said.err) == (0, "")
    for extra in EXTRAS:
        assert f"-> pip install 'dance-xai[{extra}]'" in said.out
    assert re.search(r"missing +hf +not installed: torch, transformers, huggingface-hub\n", said.out)
    assert re.search(r"missing +onnxruntime +not installed\n", said.out)
    assert re.search(r"ok +libraries +numpy \d", said.out)


def test_an_extra_of_which_a_part_is_missing(hide):
    hide("transformers")
    found = findings(installation._extras)["hf"]
    assert found.state == "missing" and found.detail.endswith("not installed: transformers")
    assert "huggingface-hub" in found.detail and found.action == "pip install 'dance-xai[hf]'"


def test_a_library_that_cannot_be_loaded_is_broken(dance, quick, monkeypatch):
    real = importlib.import_module

    def load(name):
        if name == "rtmlib":
            raise ImportError("libGL.so.1: cannot open\nshared object file")
        return real(name)

    pytest.importorskip("rtmlib", exc_type=ImportError)
    monkeypatch.setattr(importlib, "import_module", load)
    said = dance("doctor")
    assert said.complaint == "dance: doctor: expected nothing broken, got extras rtmpose; do what the lines above say"
    assert (
        "broken   rtmpose             rtmlib cannot be loaded: libGL.so.1: cannot open shared object file\n" in said.out
    )


def test_the_libraries_listed_are_those_the_package_asks_for():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    def names(requirements):
        return {re.split(r"[<>=\[]", each)[0] for each in requirements}

    assert names(project["dependencies"]) == set(BASE)
    for extra, requirements in project["optional-dependencies"].items():
        if extra in EXTRAS:
            assert names(requirements) - {"dance-xai"} == set(EXTRAS[extra])
        else:
            assert extra in ("test", "lint", "bench", "docs", "ray", "all"), f"dance doctor does not know {extra}"


def test_torch_is_not_loaded_without_a_gpu(monkeypatch):
    loaded = []
    monkeypatch.setattr(installation, "_version", lambda *_: "2.13.0")
    monkeypatch.setattr("dance_xai.adapters.torch_device.require", lambda *names: loaded.append(names))
    assert installation._torch_device().detail == "cpu, dtype float32 recommended"
    assert loaded == []


@pytest.mark.parametrize(
    ("version", "state", "detail"),
    [("2.13.0+cpu", "missing", "cpu only, though there is an NVIDIA GPU"), ("2.13.0", "broken", "no driver")],
)
def test_a_gpu_that_torch_does_not_use(monkeypatch, version, state, detail):
    def fail(*_):
        raise RuntimeError("no\ndriver")

    monkeypatch.setattr(installation, "nvidia", lambda: True)
    monkeypatch.setattr(installation, "_version", lambda *_: version)
    monkeypatch.setattr("dance_xai.adapters.torch_device.require", fail)
    found = installation._torch_device()
    assert (found.state, found.detail) == (state, detail) and found.action


def test_a_gpu_that_onnxruntime_does_not_use(monkeypatch):
    pytest.importorskip("onnxruntime")
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: ["CPUExecutionProvider"])
    assert installation._onnx_device().state == "ok"
    monkeypatch.setattr(installation, "nvidia", lambda: True)
    found = installation._onnx_device()
    assert found.state == "missing" and "onnxruntime-gpu" in found.action and "CPUExecutionProvider" in found.detail


@pytest.mark.parametrize(("gpu", "state"), [(True, "broken"), (False, "ok")])
def test_a_provider_that_is_listed_and_does_not_work(monkeypatch, gpu, state):
    pytest.importorskip("onnxruntime")
    listed = ["CUDAExecutionProvider", "AzureExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: listed)
    real = __import__("onnxruntime").InferenceSession
    cpu = ["CPUExecutionProvider"]  # as onnxruntime falls back, without a word at this level of its log
    monkeypatch.setattr("onnxruntime.InferenceSession", lambda path, options, providers: real(path, options, cpu))
    monkeypatch.setattr(onnx_session, "nvidia", lambda: gpu)
    found = installation._onnx_device()
    assert found.state == state and "Azure" not in found.detail
    assert "CPUExecutionProvider" in found.detail and bool(found.action) == gpu


def test_onnxruntime_is_tried_not_asked(monkeypatch):
    pytest.importorskip("onnxruntime")
    monkeypatch.setattr("onnxruntime.InferenceSession", lambda *_, **__: 1 / 0)
    found = installation._onnx_device()
    assert found.state == "broken" and found.action


def test_an_old_pyav_that_cannot_read_videos_is_broken(dance, monkeypatch):
    monkeypatch.delattr("av.stream.Disposition")  # as before PyAV 14.2
    said = dance("doctor")
    assert "videos read h264" in said.complaint and re.search(r"broken +read h264 .*Disposition", said.out)


@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
def test_codecs_are_tried_in_silence(codec, capfd):
    state, detail = try_codec(codec)
    if state == "missing":
        pytest.skip(detail)
    assert state == "ok"
    assert capfd.readouterr() == ("", "")


def test_what_a_codec_lacks():
    assert try_codec(replace(H264, decoders=("nothing",)))[0] == "missing"
    assert try_codec(replace(H264, encoders=("nothing",))) == (
        "ok",
        "a decoder is there; not tried, for want of an encoder",
    )


@pytest.mark.parametrize("lights", [[40, 120], [40, 120, 20], []])
def test_frames_that_come_back_wrong_are_broken(monkeypatch, lights):
    monkeypatch.setattr(codecs, "_decoded", lambda content: lights)
    assert try_codec(H264)[0] == "broken"


def test_an_encoder_that_fails_is_broken(dance, quick, monkeypatch):
    def fail(*_):
        raise OSError("[Errno 5] Generic\nerror")

    monkeypatch.setattr(codecs, "_encoded", fail)
    assert try_writing() == ("broken", "[Errno 5] Generic error")
    assert "videos write h264" in dance("doctor").complaint
    monkeypatch.setattr(codecs, "H264", replace(H264, encoders=("nothing",)))
    assert try_writing()[0] == "missing"


def test_pyav_that_cannot_be_loaded(hide):
    hide("av")
    (found,) = installation._videos()
    assert (found.name, found.state) == ("PyAV", "broken") and "--force-reinstall av" in found.action


def test_model_files_are_checked(tmp_path, monkeypatch, dance, quick):
    good, bad = MODELS["rtmpose-s"], MODELS["yolox-tiny"]
    (tmp_path / good.file).write_bytes(b"good")
    monkeypatch.setitem(MODELS, "rtmpose-s", replace(good, sha256=identity(tmp_path / good.file)))
    monkeypatch.setenv("DANCE_MODELS", str(tmp_path))
    found = findings(installation._models)
    assert (found["rtmpose-s"].state, found["rtmpose-s"].detail) == ("ok", f"{tmp_path / good.file}, checksum ok")
    assert (found["yolox-m"].state, found["yolox-m"].action) == ("missing", "downloaded at first use (101 MB)")
    assert found["movenet-multipose"].action.startswith(
        f"put movenet-multipose.onnx into {tmp_path / 'cache'}, or give"
    )
    (tmp_path / bad.file).write_bytes(b"bad")
    said = dance("doctor")
    assert "got models yolox-tiny;" in said.complaint
    assert re.search(
        rf"broken +yolox-tiny +{re.escape(str(tmp_path / bad.file))}: expected sha256 .*\n +-> remove it", said.out
    )


def test_the_real_model_files(shared, monkeypatch):
    monkeypatch.setenv("DANCE_MODELS", str(shared / "models"))
    found = findings(installation._models)
    assert {name for name, each in found.items() if each.state == "ok"} == {
        path.stem for path in (shared / "models").glob("*.onnx")
    }


def test_a_folder_of_models_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setenv("DANCE_MODELS", str(tmp_path / "lost"))
    found = findings(installation._models)["DANCE_MODELS"]
    assert found.state == "broken" and str(tmp_path / "lost") in found.detail


def test_offline_flags_are_told(tmp_path, monkeypatch):
    assert "downloads are allowed (no offline flag is set)" in findings(installation._places)["network"].detail
    monkeypatch.setenv("DANCE_OFFLINE", "1")
    assert findings(installation._places)["network"].detail == "nothing is downloaded (DANCE_OFFLINE=1)"
    put = findings(installation._models)["rtmpose-s"].action
    assert put == f"put {MODELS['rtmpose-s'].file} into {tmp_path / 'cache'}, from {MODELS['rtmpose-s'].url}"


def test_the_cache_folder(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    assert findings(installation._places)["cache"].detail == f"{folder}, writable, 0 MB"
    assert not folder.exists()
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "m").write_bytes(bytes(2_400_000))
    assert findings(installation._places)["cache"].detail == f"{folder}, writable, 2 MB"
    monkeypatch.setenv("DANCE_CACHE", str(folder / "sub" / "m" / "below"))
    assert findings(installation._places)["cache"].state == "broken"
