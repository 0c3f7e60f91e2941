"""``dance figures`` and the explained video of ``dance explain``."""

from xml.etree import ElementTree

import av
from PIL import Image


def test_figures_are_written_in_both_formats(dance, run, tmp_path):
    out = tmp_path / "deep" / "figures"
    clip = "train_02_000"
    said = dance("figures", run, "--out", out, "--clip", clip)
    assert (said.code, said.err) == (0, "")
    names = {"accuracy", "confusion", "weights", "concept-quality", "corrections", "prototypes-1", f"sum-{clip}"}
    found = {path.name for path in out.iterdir()}
    assert {f"{name}.{ending}" for name in names for ending in ("svg", "png")} <= found
    assert all(f"wrote {out / name}" in said.out for name in found)
    for path in out.iterdir():
        if path.suffix == ".svg":
            assert ElementTree.parse(path).getroot().tag.endswith("svg")
        else:
            with Image.open(path) as picture:
                picture.load()
                assert min(picture.size) > 300


def test_one_format(dance, run, tmp_path):
    said = dance("figures", run, "--out", tmp_path / "f", "--format", "SVG")
    assert said.code == 0 and {path.suffix for path in (tmp_path / "f").iterdir()} == {".svg"}


def test_mistakes_are_told_in_one_line(dance, run, tmp_path):
    assert "expected svg or png" in dance("figures", run, "--out", tmp_path / "f", "--format", "pdf").complaint
    assert "found neither" in dance("figures", run, "--out", tmp_path / "f", "--clip", "nothing").complaint
    (tmp_path / "file").touch()
    assert "file" in dance("figures", run, "--out", tmp_path / "file" / "f", "--format", "svg").complaint
    assert ".mp4" in dance("explain", run, "train_02_000", "--out", tmp_path / "x.avi").complaint


def test_a_clip_without_a_video_is_filmed_on_a_plain_ground(dance, run, tmp_path):
    out = tmp_path / "x.gif"
    said = dance("explain", run, "train_02_000", "--out", out)
    assert said.code == 0 and "plain ground" in said.out and f"wrote {out}" in said.out
    assert "frames" in said.err
    with av.open(str(out)) as container:
        frames = sum(1 for _ in container.decode(video=0))
    assert frames > 10
