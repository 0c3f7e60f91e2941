import dataclasses
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from dance_xai.adapters.hf_backbone import HFBackbone
from dance_xai.adapters.torch_device import Runtime
from dance_xai.errors import ArtifactError, ConfigError, ShapeError
from dance_xai.protocols import VideoBackbone
from dance_xai.types import Sampling

pytestmark = pytest.mark.usefixtures("no_network")
CPU = Runtime(device="cpu")
CLASSIFIERS = ("videomae", "timesformer", "vivit", "vjepa2_classifier")
NETWORKS = (*CLASSIFIERS, "videomae_pretrained", "vjepa2")


@pytest.fixture(params=NETWORKS)
def folder(request):
    return request.getfixturevalue(request.param)


def prepared(backbone, clip):
    return np.stack([backbone.prepare(frame) for frame in clip])[None]  # (1, T, C, h, w)


def head_input(transformers, folder, clips):
    """What the classifier is given, caught by a hook."""
    import torch

    model = transformers.AutoModelForVideoClassification.from_pretrained(folder).eval()
    caught = []
    model.classifier.register_forward_pre_hook(lambda module, given: caught.append(given[0]))
    with torch.no_grad():
        model(torch.from_numpy(clips))
    return caught[0].numpy()


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_features_of_a_classifier_are_the_input_of_its_head(name, request, transformers, clip):
    folder = request.getfixturevalue(name)
    backbone = HFBackbone.load(folder, runtime=CPU)
    clips = np.concatenate([prepared(backbone, clip), prepared(backbone, clip[::-1])])
    features = backbone.encode(clips)
    np.testing.assert_allclose(features, head_input(transformers, folder, clips), atol=1e-5)
    assert features.dtype == np.float32 and np.abs(features[0] - features[1]).max() > 1e-3


def test_videomae_is_the_normalised_mean_of_its_tokens(videomae, transformers, clip):
    import torch

    backbone = HFBackbone.load(videomae, runtime=CPU)
    clips = prepared(backbone, clip)
    model = transformers.VideoMAEForVideoClassification.from_pretrained(videomae).eval()
    with torch.no_grad():
        expected = model.fc_norm(model.videomae(torch.from_numpy(clips)).last_hidden_state.mean(1)).numpy()
    np.testing.assert_allclose(backbone.encode(clips), expected, atol=1e-5)


@pytest.mark.parametrize(("name", "network"), [("videomae_pretrained", "VideoMAEModel"), ("vjepa2", "VJEPA2Model")])
def test_features_of_a_network_without_a_head_are_the_mean_of_its_tokens(name, network, request, transformers, clip):
    import torch

    folder = request.getfixturevalue(name)
    backbone = HFBackbone.load(folder, runtime=CPU)
    clips = prepared(backbone, clip)
    with torch.no_grad():
        tokens = (
            getattr(transformers, network).from_pretrained(folder).eval()(torch.from_numpy(clips)).last_hidden_state
        )
    np.testing.assert_allclose(backbone.encode(clips), tokens.mean(1).numpy(), atol=1e-5)


@pytest.mark.parametrize("name", ["videomae", "timesformer", "vivit"])
def test_frame_by_frame_is_the_same_as_the_whole_clip_at_once(name, request, transformers, clip):
    folder = request.getfixturevalue(name)
    processor = transformers.AutoImageProcessor.from_pretrained(folder, backend="pil")
    whole = np.asarray(processor(list(clip), return_tensors="np")["pixel_values"])
    one_by_one = prepared(HFBackbone.load(folder, runtime=CPU), clip)
    np.testing.assert_array_equal(one_by_one, whole)
    assert one_by_one.dtype == np.float32 and one_by_one.shape == (1, 4, 3, 16, 16)


def test_vjepa2_frames_follow_its_settings_without_torchvision(vjepa2, clip):
    from PIL import Image

    backbone = HFBackbone.load(vjepa2, runtime=CPU)
    small = np.asarray(Image.fromarray(clip[0]).resize((25, 18), Image.Resampling.BILINEAR))  # 20 x 28 -> 18 x 25.2
    middle = small[1:17, 4:20] / 255
    expected = (middle - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    np.testing.assert_allclose(backbone.prepare(clip[0]), expected.transpose(2, 0, 1), atol=1e-5)


def test_it_is_a_backbone_that_says_how_to_sample(folder):
    backbone = HFBackbone.load(folder, stride=2, views=3, fps=12.5, runtime=CPU)
    assert isinstance(backbone, VideoBackbone)
    assert backbone.sampling == Sampling(frames=4, stride=2, views=3, fps=12.5)
    assert HFBackbone.load(folder, runtime=CPU).sampling == Sampling(frames=4)
    assert backbone.name == folder.name


def test_vjepa2_takes_other_numbers_of_frames_and_videomae_does_not(vjepa2, videomae, clip):
    assert HFBackbone.load(vjepa2, frames=2, runtime=CPU).encode(np.zeros((1, 2, 3, 16, 16), np.float32)).shape == (
        1,
        24,
    )
    for folder, frames, message in (
        (vjepa2, 3, "a multiple of 2"),
        (videomae, 8, "expected 4"),
        (vjepa2, 0, "multiple"),
    ):
        with pytest.raises(ConfigError, match=message):
            HFBackbone.load(folder, frames=frames, runtime=CPU)


def test_batches_change_nothing(videomae):
    clips = np.random.default_rng(1).normal(size=(5, 4, 3, 16, 16)).astype(np.float32)
    whole = HFBackbone.load(videomae, runtime=CPU).encode(clips)
    parts = HFBackbone.load(videomae, runtime=dataclasses.replace(CPU, batch_size=2, threads=1)).encode(clips)
    np.testing.assert_allclose(parts, whole, atol=1e-5)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_is_nearly_the_same(folder, dtype, clip):
    exact, half = HFBackbone.load(folder, runtime=CPU), HFBackbone.load(folder, runtime=Runtime("cpu", dtype))
    expected, features = (each.encode(prepared(each, clip)) for each in (exact, half))
    assert features.dtype == np.float32
    assert np.linalg.norm(features - expected) < 0.05 * np.linalg.norm(expected)


def test_several_threads_get_what_one_gets(folder):
    backbone = HFBackbone.load(folder, runtime=CPU)
    clips = np.random.default_rng(2).normal(size=(8, 1, 4, 3, 16, 16)).astype(np.float32)
    alone = [backbone.encode(each) for each in clips]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            np.testing.assert_array_equal(list(pool.map(backbone.encode, clips)), alone)


def test_a_clip_of_another_length_is_refused(videomae):
    backbone = HFBackbone.load(videomae, runtime=CPU)
    with pytest.raises(
        ShapeError, match=r"clips for videomae: expected shape \(B, 4, 3, h, w\), got \(1, 8, 3, 16, 16\)"
    ):
        backbone.encode(np.zeros((1, 8, 3, 16, 16), np.float32))
    with pytest.raises(ShapeError, match=r"frame: expected \(H, W, 3\) uint8"):
        backbone.prepare(np.zeros((20, 20), np.uint8))


def test_a_network_that_is_no_video_network_is_named(clip_model):
    with pytest.raises(ArtifactError, match=r"config.json: expected a video network .* got CLIPModel; choose another"):
        HFBackbone.load(clip_model, runtime=CPU)


def test_a_network_without_a_head_to_find_is_refused(save, transformers, videomae):
    config = transformers.VideoMAEConfig.from_pretrained(videomae, num_labels=0)
    folder = save("headless", transformers.VideoMAEForVideoClassification, config)
    with pytest.raises(ArtifactError, match=r"expected one linear classification head .* got 0"):
        HFBackbone.load(folder, runtime=CPU)
