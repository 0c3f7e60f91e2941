"""Settings: what is wrong is named by file, key and fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from dance_xai.config import config_tree, parse_config, read_config
from dance_xai.errors import ConfigError

CONFIGS = sorted((Path(__file__).resolve().parents[1] / "configs").glob("*.toml"))
MINIMAL = 'name = "x"\n[data.clips]\npath = "clips.csv"\n'


@pytest.fixture
def write(tmp_path: Path):
    def _write(text: str) -> Path:
        path = tmp_path / "settings.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return _write


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_shipped_settings_are_valid_and_survive_a_round_trip(path: Path):
    config = read_config(path)
    assert parse_config(config_tree(config), "again") == config


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (MINIMAL + "[head]\nnecc = 3\n", ["settings.toml", "head.necc", "unknown key", "'nec'"]),
        (MINIMAL + "[motion.windows]\nrow = 3\n", ["motion.windows.row", "'rows'"]),
        (MINIMAL + "[motion.clusters]\nmethod = 'kmean'\n", ["motion.clusters.method", "kmeans", "'kmean'"]),
        (MINIMAL + "[head]\nnec = 'many'\n", ["head.nec", "number", "'many'"]),
        (MINIMAL + "[head]\nnec = -1\n", ["head.nec", "greater than", "-1"]),
        (MINIMAL + "[layers]\nfolds = 1\n", ["layers.folds", "greater than", "1"]),
        (MINIMAL + "[motion]\nper_clip = 0\n", ["motion.per_clip", "0"]),
        (MINIMAL + "[motion]\nmirror = false\n", ["motion.mirror", "did you mean motion.windows.mirror?"]),
        (MINIMAL + "seeds = 1\n", ["data.clips.seeds", "unknown key"]),
        ("[data.clips]\npath = 'x'\n", ["name", "expected a value"]),
        ("name = 'x'\n", ["data", "expected a value"]),
        ("name = \n", ["expected TOML"]),
        ("", ["name"]),
    ],
)
def test_a_wrong_setting_names_the_file_the_key_and_the_fix(write, text, words):
    with pytest.raises(ConfigError) as caught:
        read_config(write(text))
    message = str(caught.value)
    assert "\n" not in message and all(word in message for word in words), message


def test_overrides_are_read_as_toml_or_as_text(write):
    config = read_config(write(MINIMAL), ["head.nec=3", "activations=grounded", "motion.clusters.n_clusters=[5, 6]"])
    assert config.head.nec == 3 and config.activations == "grounded" and config.motion.clusters.n_clusters == (5, 6)


@pytest.mark.parametrize("override", ["head", "=3", "name.first=3"])
def test_a_wrong_override_is_named(write, override):
    with pytest.raises(ConfigError, match="--set"):
        read_config(write(MINIMAL), [override])


def test_a_file_that_cannot_be_read(tmp_path: Path):
    for path in (tmp_path / "absent.toml", tmp_path):
        with pytest.raises(ConfigError, match="readable TOML"):
            read_config(path)
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        read_config(tmp_path / "binary.toml")
