"""The colours can be read: WCAG AA, in light and dark."""

import re

import pytest

from dance_xai.report.render import asset

TEXT = [("ink", "bg"), ("ink", "card"), ("ink", "sunk"), ("muted", "bg"), ("muted", "card"), ("muted", "sunk")]
TEXT += [(kind, ground) for kind in ("motion", "object", "scene") for ground in ("bg", "card", f"{kind}-soft")]
TEXT += [("good", "good-soft"), ("bad", "bad-soft"), ("bad", "card"), ("left", "card"), ("bg", "ink")]
DRAWN = [(limb, ground) for limb in ("left", "right", "ink") for ground in ("sunk", "motion-soft")]


def palettes():
    css = asset("page.css")
    light, dark = (dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in re.split(r"@media", css, maxsplit=1))
    return {"light": light, "dark": light | dark}


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, two):
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast(scheme):
    colours = palettes()[scheme]
    poor = {pair: contrast(*(colours[name] for name in pair)) for pair in TEXT}
    assert not {pair: ratio for pair, ratio in poor.items() if ratio < 4.5}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_drawings_have_contrast(scheme):
    colours = palettes()[scheme]
    assert all(contrast(colours[one], colours[two]) >= 3 for one, two in DRAWN)
