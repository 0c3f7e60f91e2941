"""Every setting is told of, with its real default, and the page of the documentation is that of this version."""

from pathlib import Path

import pytest

from dance_xai.config import config_tree, parse_config
from dance_xai.workflows.settings import list_settings, settings_page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "settings.md"
ALL_SECTIONS = {
    "name": "all",
    "data": {
        "clips": {"path": "c", "split": {"by": "subject"}},
        "features": {"path": "f", "array": "a"},
        "poses": {"path": "p"},
        "video": {"path": "v", "array": "a"},
        "objects": {"path": "o"},
        "scenes": {"path": "s"},
    },
}


def leaves(tree, section=""):
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{section}.{key}".removeprefix("."))
        else:
            yield (section, key), value


def test_every_key_of_a_file_is_listed_with_its_default():
    told = {(each.section, each.key): each for each in list_settings()}
    real = dict(leaves(config_tree(parse_config(ALL_SECTIONS, "all"))))
    assert told.keys() == real.keys()
    for place, setting in told.items():
        if setting.default == "None":
            assert real[place] is None, place
        elif setting.default is not None:
            assert repr(real[place]).lower().replace("'", '"') == setting.default.lower(), place


@pytest.mark.parametrize("setting", list_settings(), ids=lambda each: f"{each.section}.{each.key}")
def test_every_key_says_what_it_means_and_takes(setting):
    assert setting.meaning.endswith((".", ")"))
    assert setting.kind


def test_the_page_of_the_documentation_is_of_this_version():
    assert PAGE.read_text(encoding="utf-8") == settings_page(list_settings()), (
        "write it again: dance settings --markdown > docs/settings.md"
    )
