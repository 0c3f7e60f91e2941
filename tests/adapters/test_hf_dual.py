from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from dance_xai.adapters.hf_dual import HFDualEncoder
from dance_xai.adapters.torch_device import Runtime
from dance_xai.errors import ArtifactError, ConfigError, DataError
from dance_xai.protocols import VideoTextEncoder
from dance_xai.types import Sampling

pytestmark = pytest.mark.usefixtures("no_network")
CPU = Runtime(device="cpu")
NETWORKS = ("clip_model", "siglip2", "xclip")
PHRASES = ("a tennis racket", "Grass", "a wall")


@pytest.fixture(params=NETWORKS)
def folder(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def by_hand(transformers):
    """The network itself, loaded without our code."""
    return lambda folder: transformers.AutoModel.from_pretrained(folder).eval()


def prepared(encoder, clip):
    return np.stack([encoder.prepare(frame) for frame in clip])[None]


@pytest.mark.parametrize("name", ["clip_model", "siglip2"])
def test_a_clip_is_the_mean_of_its_normalised_frames(name, request, by_hand, clip):
    import torch

    folder = request.getfixturevalue(name)
    encoder = HFDualEncoder.load(folder, frames=4, runtime=CPU)
    clips = np.concatenate([prepared(encoder, clip), prepared(encoder, clip // 2)])
    model, expected = by_hand(folder), []
    for frames in clips:
        with torch.no_grad():
            each = model.get_image_features(pixel_values=torch.from_numpy(frames)).pooler_output.numpy()
        expected.append((each / np.linalg.norm(each, axis=1, keepdims=True)).mean(axis=0))
    np.testing.assert_allclose(encoder.encode_video(clips), expected, atol=1e-5)


def test_xclip_uses_its_video_tower(xclip, by_hand, clip):
    import torch

    encoder = HFDualEncoder.load(xclip, runtime=CPU)
    clips = prepared(encoder, clip)
    with torch.no_grad():
        expected = by_hand(xclip).get_video_features(pixel_values=torch.from_numpy(clips)).pooler_output.numpy()
    np.testing.assert_allclose(encoder.encode_video(clips), expected, atol=1e-5)


def test_xclip_without_its_prompt_generator_is_the_two_towers(xclip, by_hand, transformers, clip):
    """With the generator's scale at zero, the network's own scores are our cosines."""
    import torch

    encoder = HFDualEncoder.load(xclip, runtime=CPU)
    clips = prepared(encoder, clip)
    model = by_hand(xclip)
    tokens = transformers.AutoTokenizer.from_pretrained(xclip)(list(PHRASES), padding=True, return_tensors="pt")
    with torch.no_grad():
        model.prompts_generator.alpha.zero_()
        scores = model(**tokens, pixel_values=torch.from_numpy(clips)).logits_per_video / model.logit_scale.exp()
    video, text = encoder.encode_video(clips), encoder.encode_text(PHRASES)
    unit = [each / np.linalg.norm(each, axis=1, keepdims=True) for each in (video, text)]
    np.testing.assert_allclose(unit[0] @ unit[1].T, scores.numpy(), atol=1e-5)


@pytest.mark.parametrize("name", ["clip_model", "xclip"])
def test_phrases_as_the_text_tower_has_them(name, request, by_hand, transformers):
    import torch

    folder = request.getfixturevalue(name)
    tokenizer, model, expected = transformers.AutoTokenizer.from_pretrained(folder), by_hand(folder), []
    for phrase in PHRASES:  # one by one, so that padding cannot matter
        with torch.no_grad():
            expected.append(
                model.get_text_features(**tokenizer([phrase], return_tensors="pt")).pooler_output[0].numpy()
            )
    np.testing.assert_allclose(HFDualEncoder.load(folder, runtime=CPU).encode_text(PHRASES), expected, atol=1e-5)


def test_siglip_phrases_are_lower_case_and_padded_to_full_length_without_a_mask(siglip2, by_hand, transformers):
    import torch

    tokenizer = transformers.AutoTokenizer.from_pretrained(siglip2)
    ids = np.full((len(PHRASES), 20), tokenizer.pad_token_id)
    for row, phrase in zip(ids, PHRASES, strict=True):
        numbers = tokenizer(phrase.lower())["input_ids"]
        row[: len(numbers)] = numbers
    with torch.no_grad():
        expected = by_hand(siglip2).get_text_features(input_ids=torch.from_numpy(ids)).pooler_output.numpy()
    encoder = HFDualEncoder.load(siglip2, runtime=CPU)
    np.testing.assert_allclose(encoder.encode_text(PHRASES), expected, atol=1e-5)
    np.testing.assert_array_equal(encoder.encode_text(["GRASS"]), encoder.encode_text(["grass"]))


def test_frame_by_frame_is_the_same_as_the_whole_clip_at_once(folder, transformers, clip):
    processor = transformers.AutoImageProcessor.from_pretrained(folder, backend="pil")
    whole = np.asarray(processor(list(clip), return_tensors="np")["pixel_values"]).reshape(1, 4, 3, 16, 16)
    np.testing.assert_array_equal(prepared(HFDualEncoder.load(folder, runtime=CPU), clip), whole)


def test_it_is_a_dual_encoder_with_one_space(folder, clip):
    encoder = HFDualEncoder.load(folder, frames=4, stride=3, views=2, runtime=CPU)
    assert isinstance(encoder, VideoTextEncoder) and encoder.sampling == Sampling(4, 3, 2)
    video, text = encoder.encode_video(prepared(encoder, clip)), encoder.encode_text(PHRASES)
    assert video.dtype == text.dtype == np.float32 and video.shape[1:] == text.shape[1:] and len(text) == 3
    assert np.abs(text[0] - text[1]).max() > 1e-3


def test_frames_are_free_without_a_video_tower_and_fixed_with_one(clip_model, xclip):
    assert HFDualEncoder.load(clip_model, runtime=CPU).sampling.frames == 8
    assert HFDualEncoder.load(xclip, runtime=CPU).sampling.frames == 4
    for folder, frames in ((clip_model, 0), (xclip, 8)):
        with pytest.raises(ConfigError, match="frames: expected"):
            HFDualEncoder.load(folder, frames=frames, runtime=CPU)


@pytest.mark.parametrize(
    ("phrases", "message"),
    [
        (["a ball", "x" * 30], "phrase 'xxxx.*: expected 1 to 20 tokens, got (30|32); shorten"),
        (["a ball", " "], "phrase ' ': expected 1 to 20 tokens, got none"),
        ([], "phrases: expected at least one, got none"),
    ],
)
def test_phrases_that_cannot_be_encoded_are_named(folder, phrases, message):
    with pytest.raises(DataError, match=message):
        HFDualEncoder.load(folder, runtime=CPU).encode_text(phrases)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_is_nearly_the_same(folder, dtype, clip):
    exact, half = (HFDualEncoder.load(folder, frames=4, runtime=Runtime("cpu", each)) for each in ("float32", dtype))
    clips = prepared(exact, clip)
    for expected, values in (
        (exact.encode_video(clips), half.encode_video(clips)),
        (exact.encode_text(PHRASES), half.encode_text(PHRASES)),
    ):
        assert np.linalg.norm(values - expected) < 0.05 * np.linalg.norm(expected)


def test_several_threads_get_what_one_gets(folder):
    encoder = HFDualEncoder.load(folder, frames=4, runtime=CPU)
    clips = np.random.default_rng(2).normal(size=(8, 1, 4, 3, 16, 16)).astype(np.float32)
    texts = [["a ball"], ["grass", "a long white wall"], ["x"], ["a b c d e"]] * 2
    video, text = [encoder.encode_video(each) for each in clips], [encoder.encode_text(each) for each in texts]
    with ThreadPoolExecutor(4) as pool:
        videos, phrases = pool.map(encoder.encode_video, clips), pool.map(encoder.encode_text, texts)
        np.testing.assert_array_equal(list(videos), video)
        for got, expected in zip(phrases, text, strict=True):
            np.testing.assert_array_equal(got, expected)


def test_another_kind_of_network_is_named(videomae):
    with pytest.raises(ArtifactError, match=r"config.json: expected a dual encoder of type clip.* got videomae"):
        HFDualEncoder.load(videomae, runtime=CPU)


def test_a_long_phrase_is_an_error_and_no_message_beside_it(clip_model, capfd):
    encoder = HFDualEncoder.load(clip_model, runtime=CPU)
    encoder._phrases.tokenizer.model_max_length = 20
    with pytest.raises(DataError, match="expected 1 to 20 tokens"):
        encoder.encode_text(["y" * 40])
    assert capfd.readouterr().err == ""
