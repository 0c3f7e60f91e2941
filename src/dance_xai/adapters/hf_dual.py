"""Networks of transformers as dual encoders: CLIP, SigLIP, SigLIP 2 and X-CLIP (extra ``hf``)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dance_xai.adapters.hf_frames import FrameProcessor, load_frame_processor
from dance_xai.adapters.hf_loading import load_network, load_tokenizer, locate, model_identity, model_name, read_json
from dance_xai.adapters.torch_device import Runtime, Torch
from dance_xai.errors import ArtifactError, ConfigError, DataError, check_shape
from dance_xai.types import FloatArray, IntArray, Sampling, UInt8Array

VERSION = 1
"""Raise when the same frames or phrases give another result."""

FRAMES = 8  # of networks for single images; as many as the video tower of X-CLIP looks at
PADDED = ("siglip",)
"""Families trained on lower-case text padded to full length on the right, without an attention mask."""
FAMILIES = ("clip", "siglip", "xclip")


class PhraseTokenizer:
    """Phrases -> token numbers. Locked: fast tokenizers may not be used by two threads at once."""

    def __init__(self, tokenizer: Any, longest: int, padded: bool) -> None:
        self.tokenizer = tokenizer
        self.longest = longest
        self.padded = padded
        self._lock = threading.Lock()

    def __call__(self, texts: Sequence[str]) -> tuple[IntArray, ...]:
        """n phrases -> (n, L) int64 token numbers, and the (n, L) attention mask where the network wants one.

        Raises:
            DataError: A phrase is empty or has too many tokens; none is cut silently.
        """
        texts = [text.lower() if self.padded else text for text in texts]
        with self._lock:
            lengths = [len(ids) for ids in self.tokenizer(texts, verbose=False)["input_ids"]]
            self._check(texts, lengths)
            padding = {"padding": "max_length", "max_length": self.longest} if self.padded else {"padding": True}
            tokens = self.tokenizer(texts, **padding, padding_side="right", return_tensors="np")
        names = ("input_ids",) if self.padded else ("input_ids", "attention_mask")
        return tuple(np.asarray(tokens[name], dtype=np.int64) for name in names)

    def _check(self, texts: Sequence[str], lengths: Sequence[int]) -> None:
        for text, length in zip(texts, lengths, strict=True):
            if not text.strip() or length > self.longest:
                got = length if text.strip() else "none"
                raise DataError(
                    f"phrase {text[:60]!r}: expected 1 to {self.longest} tokens, got {got}; shorten or remove it"
                )


class HFDualEncoder:
    """Clips and phrases in one space, where cosine means agreement.

    CLIP, SigLIP, SigLIP 2 see single frames: a clip is the mean of its frames' normalised embeddings. X-CLIP has a
    video tower that looks across frames. Its prompt generator, which mixes the video at hand into the text when
    scoring, is left out, since a phrase needs one embedding for all clips: similarities are those of the two towers
    alone.
    Get one by ``HFDualEncoder.load``; the constructor reads nothing.

    All methods are safe to call from several threads at once as long as ``runtime.threads`` is None (the tokenizer is
    locked).

    Source: Radford et al. 2021 (CLIP), Zhai et al. 2023 (SigLIP), Ni et al. 2022 (X-CLIP); mean of frames as in
    CLIP4Clip (Luo et al. 2021).
    """

    def __init__(
        self,
        name: str,
        identity: str,
        sampling: Sampling,
        frames: FrameProcessor,
        phrases: PhraseTokenizer,
        network: Torch,
        runtime: Runtime,
    ) -> None:
        self.name = name
        self.identity = identity
        self.sampling = sampling
        self._frames = frames
        self._phrases = phrases
        self._network = network
        self._runtime = runtime
        self._clips: Callable[[Torch], Torch] = (
            self._video_tower if hasattr(network, "get_video_features") else self._frame_mean
        )

    @classmethod
    def load(
        cls,
        source: str | Path,
        *,
        frames: int | None = None,
        stride: int | None = None,
        views: int = 1,
        fps: float | None = None,
        revision: str | None = None,
        offline: bool | None = None,
        runtime: Runtime | None = None,
    ) -> HFDualEncoder:
        """Load both towers, the image processor and the tokenizer.

        Args:
            source: Folder or hub id.
            frames: T; None for 8, or for what a video tower was trained on.
            stride: None spreads T frames over the clip, a number takes every so many (dense).
            views: Temporal views.
            fps: Frames per second in which ``stride`` counts.
            revision: On the hub.
            offline: As in ``locate``.
            runtime: Device, number format, batch size.

        Raises:
            ArtifactError: Not found, incomplete, or not a dual encoder.
            ConfigError: A number of frames that the network cannot take.
        """
        runtime = runtime or Runtime()
        folder = locate(source, revision=revision, offline=offline)
        family = _family(folder)
        network = load_network(folder, "AutoModel", runtime)
        sampling = Sampling(_frames(network, folder, frames), stride, views, fps)
        text = network.config.text_config
        tokenizer = load_tokenizer(folder, text.vocab_size)
        phrases = PhraseTokenizer(tokenizer, int(text.max_position_embeddings), family in PADDED)
        settings = {"version": VERSION, "sampling": vars(sampling), "dtype": runtime.dtype_name}
        name = model_name(folder)
        identity = model_identity(name, [folder], settings)
        return cls(name, identity, sampling, load_frame_processor(folder), phrases, network, runtime)

    def prepare(self, frame: UInt8Array) -> np.ndarray[Any, Any]:
        """One frame (H, W, 3) uint8 RGB -> (3, h, w) float32, as the model's own processor makes it."""
        return self._frames(frame)

    def encode_video(self, clips: np.ndarray[Any, Any]) -> FloatArray:
        """(B, T, 3, h, w) prepared frames -> (B, E) float32.

        Raises:
            ShapeError: Another number of frames.
            DataError: Results that are not finite, or a clip that does not fit the memory.
        """
        check_shape(f"clips for {self.name}", clips, ("B", self.sampling.frames, 3, "h", "w"))
        return self._runtime.run(self._clips, clips)

    def encode_text(self, texts: Sequence[str]) -> FloatArray:
        """n phrases -> (n, E) float32.

        Raises:
            DataError: No phrase, or one that is empty or too long.
        """
        if not texts:
            raise DataError("phrases: expected at least one, got none; leave the call out")
        return self._runtime.run(self._text_tower, *self._phrases(texts))

    def _text_tower(self, ids: Torch, mask: Torch = None) -> Torch:
        return _pooled(self._network.get_text_features(input_ids=ids, attention_mask=mask))

    def _frame_mean(self, clips: Torch) -> Torch:
        embeddings = _pooled(self._network.get_image_features(pixel_values=clips.flatten(0, 1)))  # (B * T, E)
        unit = embeddings / embeddings.norm(dim=-1, keepdim=True)
        return unit.unflatten(0, clips.shape[:2]).mean(dim=1)

    def _video_tower(self, clips: Torch) -> Torch:
        return _pooled(self._network.get_video_features(pixel_values=clips))


def _pooled(output: Torch) -> Torch:
    """The projected embedding; older versions of transformers return it bare."""
    return getattr(output, "pooler_output", output)


def _family(folder: Path) -> str:
    family = str(read_json(folder / "config.json").get("model_type"))
    if family in FAMILIES:
        return family
    what = "SigLIP 2 NaFlex, whose images differ in size" if family == "siglip2" else family
    raise ArtifactError(
        f"{folder / 'config.json'}: expected a dual encoder of type {', '.join(FAMILIES)} (SigLIP 2 with fixed "
        f"resolution is of type siglip), got {what}; choose another model"
    )


def _frames(network: Torch, folder: Path, asked: int | None) -> int:
    """T: fixed by a video tower, free for single images."""
    trained = getattr(network.config.vision_config, "num_frames", None)
    frames = (trained or FRAMES) if asked is None else asked
    if frames < 1 or (trained and frames != trained):
        raise ConfigError(f"frames: expected {trained or '1 or more'} for {folder.name}, got {asked}; leave it out")
    return int(frames)
