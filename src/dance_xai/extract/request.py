"""Settings that contradict each other, refused before anything is read."""

from __future__ import annotations

from collections.abc import Sequence

from dance_xai.data.dataset import TEXT_SUFFIX, DataConfig, PhrasesSource
from dance_xai.errors import ConfigError
from dance_xai.extract.settings import ExtractConfig
from dance_xai.features.templates import check_template


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
