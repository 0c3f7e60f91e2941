import json
import logging
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest

from dance_xai.adapters.hf_backbone import HFBackbone
from dance_xai.adapters.hf_dual import HFDualEncoder
from dance_xai.adapters.hf_loading import check_weights, is_offline, locate, model_name
from dance_xai.adapters.torch_device import Runtime
from dance_xai.errors import ArtifactError, DataError

pytestmark = pytest.mark.usefixtures("no_network")
CPU = Runtime(device="cpu")


@pytest.fixture
def copy(videomae, tmp_path):
    """A copy of a good model, to be damaged."""
    return shutil.copytree(videomae, tmp_path / "videomae")


def change_weights(folder, change):
    from safetensors.numpy import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def change_config(folder, **values):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


LAYER = "videomae.encoder.layer.1.intermediate.dense"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda weights: weights.pop(f"{LAYER}.bias"), r"got 1 missing \(.*layer.1.intermediate.dense.bias\)"),
        (
            lambda weights: (weights.pop("classifier.weight"), weights.pop("fc_norm.bias")),
            r"got 2 missing \(classifier",
        ),
        (
            lambda weights: weights.update({f"{LAYER}.bias": np.zeros(5, np.float32)}),
            r"got 1 of another shape \(.*bias\)",
        ),
        (
            lambda weights: weights.update({f"{LAYER}.scale": np.zeros(5, np.float32)}),
            r"got 1 too many \(.*dense.scale\)",
        ),
        (
            lambda weights: weights.update({LAYER.replace("1", "2") + ".bias": np.zeros(16, np.float32)}),
            "got 1 too many",
        ),
    ],
)
def test_incomplete_or_foreign_weights_are_refused_by_name(copy, change, message):
    change_weights(copy, change)
    with pytest.raises(
        ArtifactError, match=f"videomae: expected the weights of a VideoMAEForVideoClassification, {message}"
    ):
        HFBackbone.load(copy, runtime=CPU)


def test_leftover_weights_of_parts_that_are_not_used_are_fine(copy):
    extra = {"decoder.norm.weight": np.zeros(4, np.float32), "videomae.embeddings.position_ids": np.zeros(4, np.int64)}
    change_weights(copy, lambda weights: weights.update(extra))
    HFBackbone.load(copy, runtime=CPU)


def test_a_head_that_was_never_trained_is_refused(videomae_pretrained, tmp_path):
    """A pretrained network is no classifier, even where its config says so: its head would be random."""
    folder = shutil.copytree(videomae_pretrained, tmp_path / "copy")
    change_config(folder, architectures=["VideoMAEForVideoClassification"])
    with pytest.raises(ArtifactError, match=r"got 2 missing \(classifier.bias, classifier.weight\)"):
        HFBackbone.load(folder, runtime=CPU)


def test_pickled_weights_are_never_read(copy):
    import torch

    (copy / "model.safetensors").unlink()
    torch.save({}, copy / "pytorch_model.bin")
    with pytest.raises(ArtifactError, match=r"expected weights in model.safetensors, got pytorch_model.bin \(a pickle"):
        HFBackbone.load(copy, runtime=CPU)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "preprocessor_config.json"])
def test_a_missing_file_is_an_error_of_one_line(copy, name):
    (copy / name).unlink()
    with pytest.raises(ArtifactError, match=r"videomae.*: expected .*, got.*; ") as caught:
        HFBackbone.load(copy, runtime=CPU)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "preprocessor_config.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", struct.pack("<Q", 10**9) + b"{}"])
def test_a_damaged_file_is_an_error_of_one_line(copy, name, content):
    (copy / name).write_bytes(content)
    with pytest.raises(ArtifactError, match=r"videomae.*: expected .*, got.*; ") as caught:
        HFBackbone.load(copy, runtime=CPU)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("values", [{"model_type": "nothing"}, {"hidden_size": "wide"}, {"num_frames": None}])
def test_a_config_that_does_not_fit_is_an_error_of_one_line(copy, values):
    change_config(copy, **values)
    with pytest.raises(ArtifactError, match=r"videomae.*: expected .*, got.*; ") as caught:
        HFBackbone.load(copy, runtime=CPU)
    assert "\n" not in str(caught.value)


def test_frames_that_the_network_cannot_take_are_an_error_of_one_line(copy, clip):
    change_config(copy, image_size=32)
    backbone = HFBackbone.load(copy, runtime=CPU)
    with pytest.raises(
        DataError, match=r"network input: expected .* got \(1, 4, 3, 16, 16\): .*; check that"
    ) as caught:
        backbone.encode(np.stack([backbone.prepare(frame) for frame in clip])[None])
    assert "\n" not in str(caught.value)


def test_code_that_comes_with_a_model_is_not_run(copy):
    change_config(copy, model_type="own", auto_map={"AutoConfig": "own.Own", "AutoModel": "own.Model"})
    (copy / "own.py").write_text("raise SystemExit('run')")
    with pytest.raises(ArtifactError, match="videomae: expected a complete model"):
        HFBackbone.load(copy, runtime=CPU)


def test_a_missing_tokenizer_is_not_replaced_by_an_empty_one(clip_model, tmp_path):
    folder = shutil.copytree(
        clip_model, tmp_path / "clip", ignore=shutil.ignore_patterns("tokenizer*", "vocab*", "mer*")
    )
    with pytest.raises(ArtifactError, match=r"clip: expected a tokenizer of 74 tokens, .*, got one of 2; "):
        HFDualEncoder.load(folder, runtime=CPU)


def test_weights_in_several_files(copy, transformers, clip):
    model = transformers.VideoMAEForVideoClassification.from_pretrained(copy)
    whole = HFBackbone.load(copy, runtime=CPU)
    (copy / "model.safetensors").unlink()
    model.save_pretrained(copy, max_shard_size="4KB")
    shards = check_weights(copy)
    assert len(shards) > 1
    clips = np.stack([whole.prepare(frame) for frame in clip])[None]
    np.testing.assert_array_equal(HFBackbone.load(copy, runtime=CPU).encode(clips), whole.encode(clips))
    shards[-1].unlink()
    with pytest.raises(ArtifactError, match=f"{shards[-1].name}: expected the file that .* lists, got none"):
        HFBackbone.load(copy, runtime=CPU)


def test_identity_follows_content_and_settings_not_the_place(videomae, copy, tmp_path):
    identity = HFBackbone.load(videomae, runtime=CPU).identity
    assert identity == HFBackbone.load(copy, runtime=CPU).identity and len(identity) == len("videomae:") + 64
    others = [
        HFBackbone.load(videomae, stride=2, runtime=CPU),
        HFBackbone.load(videomae, runtime=Runtime("cpu", "bfloat16")),
    ]
    change_weights(copy, lambda weights: weights["classifier.bias"].__iadd__(1))
    others.append(HFBackbone.load(copy, runtime=CPU))
    frames = json.loads((copy / "preprocessor_config.json").read_text()) | {"image_mean": [0.4, 0.5, 0.5]}
    (copy / "preprocessor_config.json").write_text(json.dumps(frames))
    others.append(HFBackbone.load(copy, runtime=CPU))
    assert len({identity, *(other.identity for other in others)}) == 5


def test_a_model_is_called_as_its_folder_or_as_on_the_hub(tmp_path, monkeypatch):
    folder = tmp_path / "models--owner--videomae-base" / "snapshots" / "0123abc"
    folder.mkdir(parents=True)
    assert model_name(folder) == "videomae-base" and model_name(tmp_path) == tmp_path.name
    monkeypatch.chdir(tmp_path)
    assert model_name(Path()) == tmp_path.name


def test_loading_writes_nothing_and_puts_verbosity_back(copy, capfd, transformers):
    """Weights of a part that is not used would otherwise be reported in a table, below a progress bar."""
    change_weights(copy, lambda weights: weights.update({"decoder.norm.weight": np.zeros(4, np.float32)}))
    log, said = transformers.logging, []
    listener = logging.Handler()
    listener.emit = said.append
    log.add_handler(listener)
    before = log.get_verbosity()
    log.set_verbosity(logging.INFO)
    log.enable_progress_bar()
    try:
        HFBackbone.load(copy, runtime=CPU)
        assert log.get_verbosity() == logging.INFO and log.is_progress_bar_enabled()
    finally:
        log.disable_progress_bar()
        log.set_verbosity(before)
        log.remove_handler(listener)
    captured = capfd.readouterr()
    assert not said and captured.out == captured.err == ""


@pytest.mark.parametrize("source", ["no-such-folder", "a/b/c", "../up", "/nowhere", Path("owner/name")])
def test_what_is_neither_folder_nor_hub_id_is_refused_without_the_network(source):
    with pytest.raises(ArtifactError, match="expected a model folder or a hub id owner/name, got neither"):
        locate(source)


def test_a_hub_id_offline_is_looked_for_in_the_cache_only(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert is_offline()
    with pytest.raises(
        ArtifactError, match=r"owner/no-such-model: expected .* got nothing in the local cache \(offline\)"
    ):
        locate("owner/no-such-model")
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    assert not is_offline()


def test_a_hub_id_without_a_network_is_an_error_of_one_line(no_network):
    with pytest.raises(ArtifactError, match=r"owner/no-such-model: expected .*, got .*; ") as caught:
        locate("owner/no-such-model", offline=False)
    assert "\n" not in str(caught.value) and no_network
    no_network.clear()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("RepositoryNotFoundError", "o/m at main: expected a model on the hub, got none of that name"),
        ("GatedRepoError", "o/m at main: expected a model you may read, got a gated one; .* hf auth login"),
        ("RevisionNotFoundError", "none of that name"),
        ("LocalEntryNotFoundError", "the hub could not be reached; download it once"),
    ],
)
def test_each_answer_of_the_hub_is_explained(monkeypatch, name, message):
    hub = pytest.importorskip("huggingface_hub", reason="huggingface_hub is not installed (extra hf)")

    def answer(*args, **kwargs):
        cls = getattr(hub.errors, name)
        raise cls.__new__(cls)

    monkeypatch.setattr(hub, "snapshot_download", answer)
    with pytest.raises(ArtifactError, match=message):
        locate("o/m", revision="main", offline=False)


def test_only_safe_files_are_asked_for(monkeypatch, tmp_path):
    hub = pytest.importorskip("huggingface_hub", reason="huggingface_hub is not installed (extra hf)")
    asked = {}
    monkeypatch.setattr(hub, "snapshot_download", lambda repo, **options: asked.update(options) or str(tmp_path))
    assert locate("o/m", revision="refs/pr/1", offline=True) == tmp_path
    kept = set(
        hub.utils.filter_repo_objects(
            [
                "config.json",
                "model.safetensors",
                "pytorch_model.bin",
                "onnx/model.onnx",
                "sub/config.json",
                "spiece.model",
            ],
            allow_patterns=asked["allow_patterns"],
            ignore_patterns=asked["ignore_patterns"],
        )
    )
    assert kept == {"config.json", "model.safetensors", "spiece.model"}
    assert asked["revision"] == "refs/pr/1" and asked["local_files_only"] is True
