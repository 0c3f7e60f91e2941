"""Tiny networks of random weights, saved as users find them: config, safetensors, processor, tokenizer."""

import json
import socket
import string
from pathlib import Path

import numpy as np
import pytest

SIDE = 16
WORDS = tuple(string.ascii_lowercase + string.digits)


class NetworkUsed(OSError):
    """Raised instead of any connection."""


@pytest.fixture
def no_network(monkeypatch):
    """No connection can be made; attempts are listed, and fail the test unless it clears the list."""
    attempts = []

    def refuse(*args, **kwargs):
        attempts.append(args)
        raise NetworkUsed("no network in tests")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    yield attempts
    assert not attempts, "the network was asked for"


@pytest.fixture
def clip():
    """(4, 20, 28, 3) uint8: four frames, not square, larger than the networks look at."""
    return np.random.default_rng(0).integers(0, 256, size=(4, 20, 28, 3), dtype=np.uint8)


@pytest.fixture(scope="session")
def transformers():
    pytest.importorskip("torch", reason="torch is not installed (extra hf)")
    library = pytest.importorskip("transformers", reason="transformers is not installed (extra hf)")
    library.logging.disable_progress_bar()
    return library


@pytest.fixture(scope="session")
def save(transformers, tmp_path_factory):
    """Save parts into one new folder; the weights follow from a fixed seed and are large enough to matter."""
    import torch

    def save(name, network, config, *parts, change=lambda model: None) -> Path:
        folder = tmp_path_factory.mktemp("models") / name
        torch.manual_seed(0)
        model = network(config)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.add_(0.2 * torch.randn_like(parameter))
            change(model)
        for part in (model, *parts):
            part.save_pretrained(folder)
        return folder

    return save


@pytest.fixture(scope="session")
def small_frames(transformers):
    """The settings of a processor for frames of 16 x 16."""
    return {"size": {"shortest_edge": SIDE}, "crop_size": {"height": SIDE, "width": SIDE}}


VIT = {"hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
VIDEO = VIT | {"image_size": SIDE, "patch_size": 8, "num_frames": 4, "num_labels": 3}


@pytest.fixture(scope="session")
def videomae(transformers, save, small_frames):
    config = transformers.VideoMAEConfig(**VIDEO, tubelet_size=2)
    processor = transformers.VideoMAEImageProcessorPil(**small_frames)
    return save("videomae", transformers.VideoMAEForVideoClassification, config, processor)


@pytest.fixture(scope="session")
def videomae_pretrained(transformers, save, small_frames):
    """As published before fine-tuning: with a decoder that features do not need."""
    decoder = {"decoder_hidden_size": 12, "decoder_num_hidden_layers": 1, "decoder_num_attention_heads": 2}
    config = transformers.VideoMAEConfig(**VIDEO, **decoder, tubelet_size=2, use_mean_pooling=False)
    processor = transformers.VideoMAEImageProcessorPil(**small_frames)
    return save("videomae-pretrained", transformers.VideoMAEForPreTraining, config, processor)


@pytest.fixture(scope="session")
def timesformer(transformers, save, small_frames):
    config = transformers.TimesformerConfig(**VIDEO)
    processor = transformers.VideoMAEImageProcessorPil(**small_frames)
    return save("timesformer", transformers.TimesformerForVideoClassification, config, processor)


@pytest.fixture(scope="session")
def vivit(transformers, save, small_frames):
    config = transformers.VivitConfig(**VIDEO, tubelet_size=[2, 8, 8])
    processor = transformers.VivitImageProcessor(**small_frames)
    return save("vivit", transformers.VivitForVideoClassification, config, processor)


@pytest.fixture(scope="session")
def vjepa2_config(transformers):
    return transformers.VJEPA2Config(
        crop_size=SIDE,
        patch_size=8,
        frames_per_clip=4,
        tubelet_size=2,
        hidden_size=24,
        num_attention_heads=2,
        num_hidden_layers=2,
        mlp_ratio=2,
        num_pooler_layers=1,
        pred_hidden_size=12,
        pred_num_attention_heads=2,
        pred_num_hidden_layers=1,
        pred_num_mask_tokens=2,
        num_labels=3,
    )


def _write_video_settings(folder: Path) -> Path:
    """The settings file of V-JEPA 2, whose own processor cannot be made without torchvision."""
    settings = {
        "video_processor_type": "VJEPA2VideoProcessor",
        "size": {"shortest_edge": 18},
        "crop_size": {"height": SIDE, "width": SIDE},
        "resample": 2,
        "rescale_factor": 1 / 255,
        "image_mean": [0.485, 0.456, 0.406],
        "image_std": [0.229, 0.224, 0.225],
        "do_resize": True,
        "do_center_crop": True,
        "do_rescale": True,
        "do_normalize": True,
    }
    (folder / "video_preprocessor_config.json").write_text(json.dumps(settings), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def vjepa2(transformers, save, vjepa2_config):
    return _write_video_settings(save("vjepa2", transformers.VJEPA2Model, vjepa2_config))


@pytest.fixture(scope="session")
def vjepa2_classifier(transformers, save, vjepa2_config):
    return _write_video_settings(save("vjepa2-ssv2", transformers.VJEPA2ForVideoClassification, vjepa2_config))


@pytest.fixture(scope="session")
def clip_tokenizer(transformers):
    """One token per letter."""
    letters = [*WORDS, *(word + "</w>" for word in WORDS)]
    vocabulary = {word: i for i, word in enumerate([*letters, "<|startoftext|>", "<|endoftext|>"])}
    return transformers.CLIPTokenizer(vocab=vocabulary, merges=[])


def _text(tokenizer, **more):
    ids = {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id}
    return VIT | ids | {"vocab_size": len(tokenizer), "max_position_embeddings": 20} | more


PICTURE = VIT | {"image_size": SIDE, "patch_size": 8}


@pytest.fixture(scope="session")
def clip_model(transformers, save, small_frames, clip_tokenizer):
    config = transformers.CLIPConfig(
        text_config=_text(clip_tokenizer, projection_dim=8), vision_config=PICTURE, projection_dim=8
    )
    processor = transformers.CLIPImageProcessorPil(**small_frames)
    return save("clip", transformers.CLIPModel, config, processor, clip_tokenizer)


@pytest.fixture(scope="session")
def xclip(transformers, save, small_frames, clip_tokenizer):
    mit = {"mit_hidden_size": 8, "mit_intermediate_size": 16, "mit_num_attention_heads": 2, "num_frames": 4}
    config = transformers.XCLIPConfig(
        text_config=_text(clip_tokenizer), vision_config=PICTURE | mit, projection_dim=8, prompt_num_attention_heads=2
    )
    processor = transformers.VideoMAEImageProcessorPil(**small_frames)
    return save("xclip", transformers.XCLIPModel, config, processor, clip_tokenizer)


@pytest.fixture(scope="session")
def siglip2(transformers, save):
    """SigLIP 2 with fixed resolution: a SigLIP network with the tokenizer of Gemma."""
    specials = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    vocabulary = {word: i for i, word in enumerate([*specials, *WORDS, "▁"])}
    tokenizer = transformers.GemmaTokenizer(vocab=vocabulary, merges=[])  # keeps capitals, as published
    config = transformers.SiglipConfig(text_config=_text(tokenizer), vision_config=PICTURE)
    processor = transformers.SiglipImageProcessorPil(size={"height": SIDE, "width": SIDE})
    return save("siglip2", transformers.SiglipModel, config, processor, tokenizer)


@pytest.fixture(scope="session")
def vitpose(transformers, save):
    backbone = transformers.VitPoseBackboneConfig(
        **{key: VIT[key] for key in ("hidden_size", "num_hidden_layers", "num_attention_heads")},
        image_size=[32, 16],
        patch_size=[8, 8],
        mlp_ratio=2,
        out_indices=[2],
    )
    config = transformers.VitPoseConfig(backbone_config=backbone, num_labels=17)
    processor = transformers.VitPoseImageProcessorPil(size={"height": 32, "width": 16})
    return save("vitpose", transformers.VitPoseForPoseEstimation, config, processor)


@pytest.fixture(scope="session")
def rtdetr(transformers, save):
    backbone = transformers.RTDetrResNetConfig(
        embedding_size=8, hidden_sizes=[8, 8, 8, 8], depths=[1, 1, 1, 1], layer_type="basic", out_indices=[2, 3, 4]
    )
    config = transformers.RTDetrConfig(
        backbone_config=backbone,
        encoder_in_channels=[8, 8, 8],
        encoder_hidden_dim=16,
        encoder_ffn_dim=16,
        encoder_attention_heads=2,
        d_model=16,
        decoder_in_channels=[16, 16, 16],
        decoder_layers=1,
        decoder_ffn_dim=16,
        decoder_attention_heads=2,
        decoder_n_points=2,
        num_queries=8,
        num_denoising=0,
        id2label={0: "bicycle", 1: "person", 2: "dog"},
    )
    processor = transformers.RTDetrImageProcessorPil(size={"height": 64, "width": 64})

    def favour_people(model):  # about as often as bicycles
        model.model.decoder.class_embed[0].bias[1] += 1.2

    return save("rtdetr", transformers.RTDetrForObjectDetection, config, processor, change=favour_people)
