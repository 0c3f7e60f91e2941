"""Models known by a short name: which file, of which content, from where, under which licence.

A file is known by its SHA-256 alone; where it was found does not matter. Where a published file is another export of
the same weights, its checksum is listed beside ours and both are accepted. Checksums of published files that could not
be downloaded and hashed for this table are those that several independent projects pin for the very same URL.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Model:
    """One file that has a short name.

    Attributes:
        file: What it is called in a folder of models.
        sha256: Its content, 64 hexadecimal digits.
        megabytes: Size of the file, or of the download; rounded.
        what: What it does, in a few words.
        licence: SPDX name, as the publisher states it; data it was trained on may have terms of their own.
        url: Where it is downloaded from; None when no published file has one of the known contents.
        member: Where the download is a zip: the name of the file in it.
        published: Content of further exports of the same weights that are taken for the same model.
        instead: What to do where there is nothing to download.
        detector: For a pose model that looks at boxes: the short name of what finds them.
        family: For a detector: how frames are made ready for it, ``yolox`` or ``rtmdet``.
    """

    file: str
    sha256: str
    megabytes: int
    what: str
    licence: str = "Apache-2.0"
    url: str | None = None
    member: str | None = None
    published: tuple[str, ...] = ()
    instead: str = ""
    detector: str | None = None
    family: str | None = None

    @property
    def contents(self) -> tuple[str, ...]:
        """Every accepted checksum."""
        return (self.sha256, *self.published)


_OPENMMLAB = "https://download.openmmlab.com/mmpose/v1/projects/rtmposev1/onnx_sdk/"
_HUGGING_FACE = "https://huggingface.co/"


def _openmmlab(
    stem: str, sha256: str, megabytes: int, what: str, *, detector: str | None = None, family: str | None = None
) -> Model:
    """A model of OpenMMLab as ``rtmlib`` fetches it: a zip with the file ``end2end.onnx``."""
    url = f"{_OPENMMLAB}{stem}.zip"
    return Model(
        f"{stem}.onnx", sha256, megabytes, what, url=url, member="end2end.onnx", detector=detector, family=family
    )


MODELS: dict[str, Model] = {
    # The published export (19,049,169 bytes) is another file than ours, and its checksum could not be confirmed.
    "movenet-multipose": Model(
        file="movenet-multipose.onnx",
        sha256="9378fface04d6aea0ede3afa0cb4af5782267abf79aabe143c5f1bf8e4ce6be9",
        megabytes=19,
        what="poses of up to six people (COCO-17)",
        instead="or give another export of the same weights by its hub id: hf:Xenova/movenet-multipose-lightning/"
        "onnx/model.onnx@8506174df310cf154b97352afa98d1ea4b1e4b47",
    ),
    # Ours and the published export (9,413,268 bytes) differ as files; several projects pin the checksum of the latter.
    "movenet-lightning": Model(
        file="movenet-lightning.onnx",
        sha256="ca451724eb2cfa2b601110bbd3bca56595f8c6f4009b2e0fe4a6e7ba557c9ab6",
        megabytes=9,
        what="pose of one person (COCO-17)",
        url=f"{_HUGGING_FACE}Xenova/movenet-singlepose-lightning/resolve/"
        "ed0f314bb7356fd1dbf1e4f52c2d40791bf6534f/onnx/model.onnx",
        published=("1ad4f8d6c2f776a9967db3993c9ca740bc350104f9d37c151dc183fc29a464ad",),
    ),
    # Published exports end in class scores only; this one also gives the 1280 features before them.
    "efficientnet-lite0": Model(
        file="efficientnet-lite0.onnx",
        sha256="6e696758a684f93a3c7aa28d5650179ecea74d5c00970022ff6025df74b16f21",
        megabytes=19,
        what="features of single frames (ImageNet), outputs feat (1280) and logits",
        instead="or export EfficientNet-Lite0 to ONNX with an output feat (b, 1280) and give the path of that file",
    ),
    "rtmpose-s": _openmmlab(
        "rtmpose-s_simcc-body7_pt-body7_420e-256x192-acd4a1ef_20230504",
        "9aeb635b83f86aea45cf45d85798f7eba1a162de8e0d721c44e54fe5eebaf47d",
        21,
        "pose in a person's box (COCO-17), small",
        detector="yolox-tiny",
    ),
    "rtmpose-m": _openmmlab(
        "rtmpose-m_simcc-body7_pt-body7_420e-256x192-e48f03d0_20230504",
        "5c0a4bf67953e6d2ac43ce15e77dc9d5d354ae18430a47d2c5963a7bc5683e3c",
        54,
        "pose in a person's box (COCO-17), medium",
        detector="yolox-m",
    ),
    "yolox-tiny": _openmmlab(
        "yolox_tiny_8xb8-300e_humanart-6f3252f9",
        "ceb11c07298f95c50d7c5abeb906d03340c85f23aa79e3e66966e7fb6c307250",
        20,
        "boxes of people, for rtmpose-s",
        family="yolox",
    ),
    "yolox-m": _openmmlab(
        "yolox_m_8xb8-300e_humanart-c2c7a14a",
        "3dea6513388889f0fff4b77bf7a26013600321b9eb9ceb0e9a400a82572f5f23",
        101,
        "boxes of people, for rtmpose-m",
        family="yolox",
    ),
    "rtmdet-nano": _openmmlab(
        "rtmdet_nano_8xb32-100e_coco-obj365-person-05d8511e",
        "8297e829ccc5590c8e2d32d5a211f322a0585fb7467eec85eb12c9525b0b95d6",
        4,
        "boxes of people, smallest",
        family="rtmdet",
    ),
}
"""Every model that has a short name."""
