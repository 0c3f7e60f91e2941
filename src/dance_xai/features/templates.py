"""Phrases worded in several ways for a dual encoder, and their embeddings averaged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from dance_xai.errors import ConfigError, DataError, check_shape
from dance_xai.types import FloatArray, Kind

PAPER = "A video of {}"
"""How the paper words every phrase."""

TEMPLATES: Mapping[Kind, tuple[str, ...]] = {
    "object": (PAPER, "A photo of {}", "A picture of the {}", "A clip with {}", "A video of a person with {}"),
    "scene": (PAPER, "A photo of {}", "A picture of the {}", "A clip in the {}", "A video of a person in the {}"),
}
"""Short and plain, so that they suit phrases in singular, plural and mass; the paper's is among them. Photo and picture
suit encoders trained on images, and the last one names what every clip here shows: a person. Source: ours."""


def check_template(where: str, template: str) -> None:
    """Refuse a template that does not have exactly one place for the phrase.

    Args:
        where: The setting it comes from.
        template: Such as ``"A video of {}"``.

    Raises:
        ConfigError: Not exactly one ``{}``, or other braces.
    """
    if template.count("{}") != 1 or set(template.replace("{}", "")) & set("{}"):
        raise ConfigError(f"{where}: expected one {{}}, got {template!r}; write it once")


def embed_wordings(
    encode: Callable[[Sequence[str]], FloatArray], texts: Sequence[str], templates: Sequence[str]
) -> FloatArray:
    """Embed every phrase in every wording.

    Args:
        encode: n texts -> (n, E), any norm.
        texts: C phrases.
        templates: M templates, each with one ``{}``.

    Returns:
        (M, C, E) as the encoder gives them.
    """
    return np.stack([encode([template.format(text) for text in texts]) for template in templates])


def ensemble(wordings: FloatArray, texts: Sequence[str]) -> FloatArray:
    """One unit vector per phrase: the mean of the unit vectors of its wordings.

    Args:
        wordings: (M, C, E) finite, any norm.
        texts: C phrases, to name one in an error.

    Returns:
        (C, E) of norm 1.

    Raises:
        ShapeError: Not one column per phrase, or not finite.
        DataError: A phrase whose embedding is zero in a wording, or whose wordings cancel each other out.

    Source: CLIP (Radford et al. 2021), section 3.1.4: ensembling over the embedding space.
    """
    check_shape("wordings", wordings, ("M", len(texts), "E"))
    return _unit(_unit(wordings.astype(np.float64), texts).mean(axis=0), texts)


def _unit(values: FloatArray, texts: Sequence[str]) -> FloatArray:
    norm = np.linalg.norm(values, axis=-1, keepdims=True)
    if (norm <= 1e-9).any():
        phrase = texts[int(np.argwhere(norm[..., 0] <= 1e-9)[0, -1])]
        raise DataError(
            f"phrase {phrase!r}: expected an embedding that is not zero, got zeros; most likely the weights of the "
            "dual encoder's text part were not loaded: check its checkpoint"
        )
    return np.asarray(values / norm)
