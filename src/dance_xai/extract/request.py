"""Settings that contradict each other or lack what they need, refused before anything is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dance_xai.data.sources import TEXT_SUFFIX, DataConfig, PhrasesSource
from dance_xai.errors import ConfigError
from dance_xai.extract.settings import ExtractConfig
from dance_xai.features.templates import check_template
from dance_xai.types import Activations


def check_request(data: DataConfig, wanted: ExtractConfig) -> None:
    """Refuse settings that ask for the same thing twice, or for something without what it needs.

    Raises:
        ConfigError: With the two settings.
    """
    texts = [source for source in (data.objects, data.scenes) if source is not None]
    listed = [source for source in texts if source.path.suffix == TEXT_SUFFIX]
    if wanted.poses and data.poses is not None:
        raise ConfigError("extract.poses: expected either this or data.poses, got both; remove one")
    if wanted.encoder and data.video is not None:
        raise ConfigError("extract.encoder: expected either this or data.video, got both; remove one")
    if wanted.encoder and len(listed) < len(texts):
        raise ConfigError(
            "data.objects, data.scenes: expected .txt files for extract.encoder, got embeddings of another encoder; "
            "give the phrases one a line"
        )
    if data.phrases is not None:
        _check_phrases(data, wanted, listed)
    if listed and not wanted.encoder:
        raise ConfigError("extract.encoder: expected a dual encoder for phrases from a .txt file, got none; set it")
    if wanted.people == "all" and not wanted.poses:
        raise ConfigError("extract.people: expected extract.poses for 'all', got none; set it, or people = 'main'")
    if "kinematics" in wanted.features and not wanted.poses and data.poses is None:
        raise ConfigError(
            "extract.features: expected poses for 'kinematics', got none; set extract.poses or data.poses"
        )
    if wanted.templates == ():
        raise ConfigError("extract.templates: expected at least one, got none; leave it out for the usual ones")
    for template in wanted.templates or ():
        check_template("extract.templates", template)


def _check_phrases(data: DataConfig, wanted: ExtractConfig, listed: Sequence[PhrasesSource]) -> None:
    if listed:
        raise ConfigError(
            "data.phrases: expected either this or .txt lists as data.objects and data.scenes, got both; remove one"
        )
    if not wanted.encoder and (data.video is None or data.objects is data.scenes is None):
        raise ConfigError(
            "data.phrases: expected a dual encoder for the phrases, got none; set extract.encoder, or give embeddings "
            "as data.video, data.objects and data.scenes"
        )


def source_faults(
    data: DataConfig, wanted: ExtractConfig, activations: Activations, *, labels: bool
) -> Iterator[ConfigError]:
    """What a fit needs and neither the data nor the videos will give.

    Args:
        data: What is given.
        wanted: What is computed from the videos.
        activations: What the head is fitted on.
        labels: Whether motion concepts are the given labels.
    """
    poses = wanted.poses is not None or data.poses is not None
    texts = [name for name in ("objects", "scenes", "phrases") if getattr(data, name) is not None]
    if texts and not wanted.encoder and data.video is None:
        yield ConfigError(
            f"data.video: expected clip embeddings for the phrases of data.{texts[0]}, got none; set data.video"
        )
    if not (poses or texts or (labels and data.motion_labels is not None)):
        yield ConfigError(
            "extract.poses: expected poses, motion labels or phrases to make concepts of, got none; set extract.poses "
            "or data.poses, or extract.encoder with data.phrases"
        )
    elif activations == "grounded" and not (poses or texts):
        yield ConfigError(
            "activations: expected poses or phrases to measure for 'grounded', got motion labels only; set data.poses"
        )
    if activations == "predicted" and not wanted.features and data.features is None:
        yield ConfigError(
            "activations: expected backbone features for 'predicted', got none; set extract.features "
            "([\"kinematics\"] needs poses only) or data.features, or use 'grounded'"
        )
    if wanted.use_3d and "kinematics" in wanted.features and wanted.poses is not None:
        yield ConfigError(
            "extract.use_3d: expected 3D poses, got those of extract.poses, which are 2D; set it to false"
        )
