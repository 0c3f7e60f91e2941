"""The settings of a fit: a TOML file, ``--set key=value`` on top, checked as a whole."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_type_hints

from annotated_types import Ge

from dance_xai.data.dataset import Dataset
from dance_xai.data.sources import DataConfig
from dance_xai.errors import ConfigError, DanceError, DataError
from dance_xai.extract.request import check_request, source_faults
from dance_xai.extract.settings import ExtractConfig
from dance_xai.stages.request import dataset_faults, head_faults, motion_faults
from dance_xai.stages.settings import STRICT, HeadConfig, LayerConfig, MotionConfig, TextConfig
from dance_xai.types import Activations

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError


@dataclass(frozen=True)
class Config:
    """Everything a fit depends on besides the data files.

    Attributes:
        name: What the run is called in reports.
        data: Where the data set lies.
        activations: ``predicted``: concept layers on the backbone feature (the paper). ``grounded``: measured from the
            evidence itself (ours).
        seed: Of every random choice.
        extract: What is computed from the videos.
        motion: Motion concepts.
        text: Object and scene concepts.
        layers: Concept layers.
        head: The sparse head.
    """

    __pydantic_config__ = STRICT
    name: str
    data: DataConfig
    activations: Activations = "predicted"
    seed: Annotated[int, Ge(0)] = 0
    extract: ExtractConfig = field(default_factory=ExtractConfig)
    motion: MotionConfig = field(default_factory=MotionConfig)
    text: TextConfig = field(default_factory=TextConfig)
    layers: LayerConfig = field(default_factory=LayerConfig)
    head: HeadConfig = field(default_factory=HeadConfig)


def read_config(path: Path, overrides: Sequence[str] = ()) -> Config:
    """Read a config file.

    Args:
        path: A TOML file.
        overrides: ``section.key=value`` each, the value as in TOML; a bare word is a string.

    Raises:
        ConfigError: The file cannot be read, or a key or value is wrong; names the file, the key and the fix.
    """
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise ConfigError(f"{path}: expected a readable TOML file, got: {reason}; check the path") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: expected TOML, got: {error}; mend that line") from error
    for override in overrides:
        _override(tree, override)
    return parse_config(tree, str(path))


def parse_config(tree: Any, where: str) -> Config:
    """Check a tree of settings.

    Raises:
        ConfigError: A key or value is wrong.
    """
    from pydantic import ValidationError

    _refuse_endless(tree, where)
    try:
        config = _adapter().validate_python(tree)
        check_request(config.data, config.extract)
    except ValidationError as error:
        raise ConfigError(_explain(error, where)) from None
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from None
    return config


def faults_of(config: Config) -> tuple[ConfigError, ...]:
    """All that keeps the settings from being fitted, whatever the data; each names its key."""
    labels = config.motion.source == "labels"
    return (
        *source_faults(config.data, config.extract, config.activations, labels=labels),
        *motion_faults(config.motion, config.data, poses=_any_poses(config)),
        *head_faults(config.head),
    )


def _any_poses(config: Config) -> bool:
    return config.extract.poses is not None or config.data.poses is not None


def faults_in(config: Config, data: Dataset) -> tuple[DataError, ...]:
    """All that keeps a data set from being fitted with these settings, whatever its videos show."""
    features, use_3d = config.extract.features, config.extract.use_3d
    return tuple(
        dataset_faults(
            data,
            config.motion,
            poses=_any_poses(config),
            use_3d=use_3d and "kinematics" in features,
            folds=bool(features) or data.features is not None,
        )
    )


def refuse_faults(config: Config, data: Dataset | None = None) -> None:
    """Refuse what cannot be fitted before videos are looked at.

    Args:
        config: The settings.
        data: The data set as read; None looks at the settings alone.

    Raises:
        DanceError: The first fault, and how many more there are.
    """
    faults: tuple[DanceError, ...] = faults_of(config)
    faults += () if data is None else faults_in(config, data)
    if faults:
        more = f" ({len(faults) - 1} more wrong; dance check lists all)" if len(faults) > 1 else ""
        raise type(faults[0])(f"{faults[0]}{more}")


def config_tree(config: Config) -> dict[str, Any]:
    """The settings as plain data, defaults included, as stored in a RUN."""
    tree: dict[str, Any] = _adapter().dump_python(config, mode="json")
    return tree


def settings_schema() -> dict[str, Any]:
    """The JSON Schema of the settings file."""
    return _adapter().json_schema()


@cache
def _adapter() -> TypeAdapter[Config]:
    from pydantic import TypeAdapter

    return TypeAdapter(Config)


def _refuse_endless(value: Any, where: str, key: str = "") -> None:
    """Refuse NaN and infinity anywhere in the settings."""
    if isinstance(value, dict):
        for name, each in value.items():
            _refuse_endless(each, where, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list):
        for each in value:
            _refuse_endless(each, where, key)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ConfigError(f"{where}: {key}: expected a finite number, got {value}; change it")


def _override(tree: dict[str, Any], override: str) -> None:
    key, equals, text = override.partition("=")
    if not equals or not key.strip():
        raise ConfigError(f"--set {override}: expected key=value, got {override!r}; write for example --set head.nec=3")
    *sections, last = key.strip().split(".")
    for section in sections:
        tree = tree.setdefault(section, {})
        if not isinstance(tree, dict):
            raise ConfigError(f"--set {override}: expected {section!r} to be a section, got a value; check the key")
    try:
        tree[last] = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        tree[last] = text


def _explain(error: ValidationError, where: str) -> str:
    first, more = error.errors()[0], error.error_count() - 1
    location = [str(part) for part in first["loc"]]
    key = ".".join(location)
    others = f" ({more} more wrong)" if more else ""
    if first["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return f"{where}: {key}: unknown key; {_suggest(location)}{others}"
    if first["type"] in ("missing", "missing_argument"):
        return f"{where}: {key}: expected a value, got none; add it{others}"
    return f"{where}: {key}: {first['msg']}, got {first['input']!r}; change it{others}"


def _suggest(location: list[str]) -> str:
    sections, key = location[:-1], location[-1]
    known = _keys_at(sections)
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    if near:
        return f"did you mean {near[0]!r}?"
    deeper = [name for name in known if key in _keys_at([*sections, name])]
    if deeper:
        return f"did you mean {'.'.join([*sections, deeper[0], key])}?"
    return f"expected one of {', '.join(known)}"


def _keys_at(sections: list[str]) -> list[str]:
    place: Any = Config
    for section in sections:
        hint = get_type_hints(place).get(section) if is_dataclass(place) else None
        place = next((option for option in (hint, *get_args(hint)) if is_dataclass(option)), None)
    return [item.name for item in fields(place)] if is_dataclass(place) else []
