"""From a name to a file: where it is looked for, how it is fetched, and what is refused."""

from __future__ import annotations

import hashlib
import http.server
import io
import os
import socket
import stat
import sys
import threading
import types
import zipfile
from contextlib import suppress
from dataclasses import replace
from typing import ClassVar

import pytest

from dance_xai.adapters import download, weights
from dance_xai.adapters.registry import MODELS, Model
from dance_xai.errors import ArtifactError, DanceError, MissingExtraError

CONTENT = b"a network" * 1000
OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "DANCE_OFFLINE")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def packed(**files: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"2023/{name}.onnx", content)
    return whole.getvalue()


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    """No network but this machine's own, no settings of the user, and a cache of its own."""
    reach = socket.socket.connect

    def near(self, address):
        assert address[0] == "127.0.0.1", f"the network was used: {address}"
        return reach(self, address)

    monkeypatch.setattr(socket.socket, "connect", near)
    for name in ("DANCE_MODELS", *OFFLINE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("DANCE_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


class Served(http.server.BaseHTTPRequestHandler):
    """Files by name; ``short`` promises more bytes than it sends."""

    files: ClassVar[dict[str, bytes]] = {}

    def handle(self):
        with suppress(OSError):  # the client has left
            super().handle()

    def do_GET(self):
        name = self.path.rpartition("/")[2]
        content = self.files.get(name)
        self.send_response(404 if content is None else 200)
        self.send_header("Content-Length", str(len(content or b"") + 10 * (name == "short")))
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server():
    files = {"plain": CONTENT, "short": CONTENT, "other": b"other", "zip": packed(end2end=CONTENT), "nozip": CONTENT}
    files |= {"zip2": packed(a=CONTENT, b=CONTENT), "bomb": packed(end2end=b"0" * 9_000_000)}
    handler = type("Files", (Served,), {"files": files})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()


@pytest.fixture
def model(monkeypatch, server):
    """``model(file)`` registers ``tiny`` with that URL."""

    def register(file: str = "plain", **more) -> Model:
        entry = Model("tiny.onnx", sha256(CONTENT), 1, "a test", url=f"{server}{file}", **more)
        monkeypatch.setitem(MODELS, "tiny", entry)
        return entry

    return register


def complaint(name: str, **settings) -> str:
    with pytest.raises(DanceError) as caught:
        weights.locate(name, **settings)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_path_comes_first(tmp_path, model):
    model()
    for place in ("root", "here"):
        (tmp_path / place / "deep").mkdir(parents=True)
        (tmp_path / place / "deep" / "m.onnx").write_bytes(b"x")
    root = tmp_path / "root"
    assert weights.locate(str(root / "deep" / "m.onnx"), root=tmp_path) == root / "deep" / "m.onnx"
    assert weights.locate("deep/m.onnx", root=root) == root / "deep" / "m.onnx"
    os.chdir(tmp_path / "here")
    assert weights.locate("deep/m.onnx", root=root) == root / "deep" / "m.onnx"
    assert weights.locate("deep/m.onnx").resolve() == tmp_path / "here" / "deep" / "m.onnx"
    assert weights.locate("deep/m.onnx", root=tmp_path / "nothing").is_file()
    assert weights.locate("deep", root=root) == root / "deep"
    (root / "tiny").write_bytes(b"another file under a known name")
    assert weights.locate("tiny", root=root) == root / "tiny"


def test_folders_of_the_user_come_before_the_cache(tmp_path, model, monkeypatch):
    model()
    for place in ("one", "two", "cache"):
        (tmp_path / place).mkdir()
        if place != "one":
            (tmp_path / place / "tiny.onnx").write_bytes(CONTENT)
    monkeypatch.setenv("DANCE_MODELS", os.pathsep.join(["", str(tmp_path / "one"), str(tmp_path / "two")]))
    assert weights.locate("tiny") == tmp_path / "two" / "tiny.onnx"
    monkeypatch.delenv("DANCE_MODELS")
    assert weights.locate("tiny") == tmp_path / "cache" / "tiny.onnx"
    assert weights.locate("tiny", cache=tmp_path / "two") == tmp_path / "two" / "tiny.onnx"


@pytest.mark.parametrize(("file", "member"), [("plain", None), ("zip", "end2end.onnx")])
def test_a_model_is_downloaded_once(tmp_path, model, file, member):
    entry, said = model(file, member=member), []
    path = weights.locate("tiny", progress=said.append)
    assert path == tmp_path / "cache" / "tiny.onnx" and path.read_bytes() == CONTENT
    assert said[0] == f"downloading tiny (1 MB, Apache-2.0) from {entry.url} to {tmp_path / 'cache'}"
    assert said[-1] == "  tiny 100 %"
    assert [each.name for each in path.parent.iterdir()] == ["tiny.onnx"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert weights.locate("tiny", offline=True, progress=said.append) == path and len(said) == 2


def test_the_download_is_told_on_standard_error(model, capsys):
    model()
    weights.locate("tiny")
    assert capsys.readouterr().err.startswith("downloading tiny (1 MB")


@pytest.mark.parametrize(
    ("file", "member", "message"),
    [
        (
            "other",
            None,
            rf"other: expected sha256 {sha256(CONTENT)}, got {sha256(b'other')}; .*give the path of the file",
        ),
        ("gone", None, r"gone: expected to download tiny.onnx, got: Not Found"),
        ("short", None, r"expected 9010 bytes, got 9000 before the connection ended"),
        ("nozip", "end2end.onnx", r"expected a zip with end2end.onnx, got: File is not a zip file"),
        ("zip2", "end2end.onnx", r"expected a zip with end2end.onnx, got: 0 files"),
        ("bomb", "end2end.onnx", r"expected about 1 MB, got more than"),
    ],
)
def test_a_bad_download_leaves_nothing_behind(tmp_path, model, file, member, message):
    model(file, member=member)
    with pytest.raises(ArtifactError, match=message) as caught:
        weights.locate("tiny", progress=lambda line: None)
    assert "\n" not in str(caught.value)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_server_that_is_not_there(model, monkeypatch):
    entry = model()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setitem(MODELS, "tiny", replace(entry, url=f"http://127.0.0.1:{unused.getsockname()[1]}/tiny"))
        assert "expected to download tiny.onnx, got: " in complaint("tiny", progress=lambda line: None)


def test_a_cache_that_cannot_be_written(tmp_path, model):
    model()
    (tmp_path / "cache").write_text("a file in the way")
    assert "set DANCE_CACHE to another folder" in complaint("tiny", progress=lambda line: None)


@pytest.mark.parametrize("flag", [*OFFLINE, None])
def test_offline_says_which_file_to_put_where(tmp_path, model, monkeypatch, flag):
    entry = model()
    if flag is not None:
        monkeypatch.setenv(flag, "1")
    said = complaint("tiny", offline=None if flag else True)
    assert said == (
        f"tiny: expected the file tiny.onnx in {tmp_path / 'cache'} or in a folder of DANCE_MODELS, got none, "
        f"and the network is not allowed (offline); put it there, from {entry.url}"
    )
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert weights.locate("tiny", offline=False, progress=lambda line: None).is_file()


def test_a_file_under_a_known_name_is_checked_and_changes_are_seen(tmp_path, model, monkeypatch):
    model()
    path = tmp_path / "tiny.onnx"
    monkeypatch.setenv("DANCE_MODELS", str(tmp_path))
    path.write_bytes(b"other")
    assert f"{path}: expected sha256 {sha256(CONTENT)}, got {sha256(b'other')}; " in complaint("tiny")
    path.write_bytes(CONTENT)
    assert weights.locate("tiny") == path
    os.utime(path, ns=(1, 1))
    path.write_bytes(bytes(reversed(CONTENT)))
    complaint("tiny")


def test_another_published_export_is_accepted(tmp_path, model, monkeypatch):
    model(published=(sha256(b"other"),))
    monkeypatch.setenv("DANCE_MODELS", str(tmp_path))
    (tmp_path / "tiny.onnx").write_bytes(b"other")
    assert weights.locate("tiny") == tmp_path / "tiny.onnx"


def test_a_file_is_read_once(tmp_path, monkeypatch):
    path, read = tmp_path / "m", []
    path.write_bytes(CONTENT)
    monkeypatch.setattr(weights, "content_hash", lambda found: read.append(found) or "hash")
    assert [weights.identity(path), weights.identity(path)] == ["hash", "hash"] and len(read) == 1


def test_the_identity_of_a_folder_is_of_what_is_loaded(tmp_path):
    def folder(name, **files):
        (tmp_path / name).mkdir()
        for file, content in files.items():
            (tmp_path / name / file.replace("_", ".")).write_text(content)
        return weights.identity(tmp_path / name)

    first = folder("a", model_safetensors="1", config_json="2")
    assert folder("b", model_safetensors="1", config_json="2", README_md="read me", onnx="other weights") == first
    others = [
        folder("c", model_safetensors="2", config_json="1"),
        folder("d", model_safetensors="1"),
        folder("e", model_safetensors="1", config_json="2", vocab_txt="a"),
    ]
    assert len({first, *others}) == 4
    with pytest.raises(ArtifactError, match=r"expected weights in model\.safetensors, got none"):
        folder("f", config_json="2")
    with pytest.raises(ArtifactError, match="expected a readable model file, got: No such file"):
        weights.identity(tmp_path / "nothing")


def test_unknown_names_list_near_ones(model):
    assert complaint("movenet-multi").endswith("did you mean movenet-multipose or movenet-lightning?")
    assert complaint("RTMPose-S").split("; ")[1].startswith("did you mean rtmpose-s")
    assert "known names: movenet-multipose, movenet-lightning" in complaint("zzz")
    assert "got neither" in complaint("models/lost.onnx") and "got neither" in complaint("")


def test_models_without_a_download_say_what_to_do():
    assert "hf:Xenova/movenet-multipose-lightning/onnx/model.onnx@" in complaint("movenet-multipose")
    assert "an output feat (b, 1280)" in complaint("efficientnet-lite0")


@pytest.fixture
def hub(monkeypatch, tmp_path):
    """A hub that has every file, and tells what it was asked for."""
    asked = []

    def hf_hub_download(repo, file, *, revision, local_files_only):
        asked.append((repo, file, revision, local_files_only))
        if file == "none.onnx":
            raise OSError("404 Client Error.\nEntry Not Found")
        return str(tmp_path / file)

    def locate_folder(repo, *, revision, offline):
        asked.append((repo, None, revision, offline))
        return tmp_path

    made = types.ModuleType("huggingface_hub")
    made.hf_hub_download = hf_hub_download
    monkeypatch.setitem(sys.modules, "huggingface_hub", made)
    monkeypatch.setattr(weights, "locate_folder", locate_folder)
    return asked


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("hf:org/name/file.onnx", ("org/name", "file.onnx", None, False)),
        ("hf:org/name/onnx/file.onnx@v1.2", ("org/name", "onnx/file.onnx", "v1.2", False)),
        ("hf:org/na.me-1@refs/pr/3", ("org/na.me-1", None, "refs/pr/3", False)),
        ("org/name", ("org/name", None, None, False)),
        ("org/name@abc123", ("org/name", None, "abc123", False)),
    ],
)
def test_hub_ids(hub, name, asked, monkeypatch):
    weights.locate(name)
    monkeypatch.setenv("DANCE_OFFLINE", "1")
    weights.locate(name)
    assert hub == [asked, (*asked[:3], True)]


def test_a_hub_that_has_nothing_is_one_line(hub):
    assert "hf:org/name/none.onnx: expected this file on the hub, got: 404 Client" in complaint("hf:org/name/none.onnx")
    assert "in the hub's cache (offline)" in complaint("hf:org/name/none.onnx", offline=True)


def test_paths_and_files_are_not_taken_for_hub_ids(hub):
    for name in ("models/lost.onnx", "a/b/c", "a/b/lost.onnx", "../a/b", "/a/b"):
        complaint(name)
    assert hub == []


def test_a_hub_id_without_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingExtraError, match=r"dance-xai\[hf\]"):
        weights.locate("hf:org/name/file.onnx")


def test_the_real_hub_library_offline(monkeypatch, tmp_path):
    pytest.importorskip("huggingface_hub")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    assert "in the hub's cache (offline)" in complaint("hf:org/name/file.onnx", offline=True)
    assert "offline" in complaint("org/name", offline=True)


def test_the_cache_folder(monkeypatch, tmp_path):
    assert weights.cache_folder() == tmp_path / "cache"
    monkeypatch.delenv("DANCE_CACHE")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert weights.cache_folder() == tmp_path / ".cache" / "dance-xai" / "models"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert weights.cache_folder() == tmp_path / "Library" / "Caches" / "dance-xai" / "models"


def test_the_registry_is_sound():
    files = [model.file for model in MODELS.values()]
    assert len(set(files)) == len(files)
    for name, model in MODELS.items():
        assert all(len(content) == 64 and int(content, 16) for content in model.contents), name
        assert (model.url is None) == bool(model.instead), name
        assert model.url is None or model.url.startswith("https://"), name
        assert model.detector is None or MODELS[model.detector].family == "yolox", name
        assert (model.url or "").endswith(".zip") == (model.member is not None), name
        assert not weights.HUB_ID.fullmatch(name)


def test_the_registered_checksums_are_those_of_the_real_files(shared):
    for path in sorted((shared / "models").glob("*.onnx")):
        model = MODELS[path.stem]
        assert (model.file, model.sha256) == (path.name, weights.identity(path))
        assert model.megabytes == round(path.stat().st_size / 1e6)


def test_downloads_need_no_scratch_elsewhere(model, monkeypatch):
    """Renaming is only whole on one disk."""
    seen = []
    real = download.tempfile.mkstemp
    monkeypatch.setattr(download.tempfile, "mkstemp", lambda **where: seen.append(where["dir"]) or real(**where))
    path = (model(), weights.locate("tiny", progress=lambda line: None))[1]
    assert set(seen) == {path.parent}
