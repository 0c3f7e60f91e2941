"""``dance poses``: the poses of clips for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dance_xai.cli.common import Workers, clip_progress, cores, refuse_unused, say
from dance_xai.data.pose_files.pyskl_lines import pyskl_lines
from dance_xai.types import counted

if TYPE_CHECKING:
    from dance_xai.workflows.posing import Poses

ABOUT = f"""Write the poses of a RUN, or of the clips of some settings, as COCO keypoints or in the layout of PYSKL.

The main actor of each clip is written. With extract.people = "all" in the settings, those of the RUN, everybody is.

PYSKL reads a pickle, which can run code when it is read, so none is written here. These lines of Python make one:

\b
{pyskl_lines()}
""".replace("[", r"\[")
"""What the help says."""


def poses(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help="RUN folder, or TOML file of settings.")],
    out: Annotated[Path, typer.Option(help="JSON file to write.")],
    layout: Annotated[str, typer.Option("--format", help="coco or pyskl.")] = "coco",
    data_root: Annotated[
        Path | None, typer.Option(help="Folder the data paths start at. Default: as when the RUN was made, or here.")
    ] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", help="key=value on top of a file of settings.")] = None,
    cache: Annotated[
        Path | None,
        typer.Option(help="With settings: folder of a fit's finished stages. Default: .dance-cache beside the file."),
    ] = None,
    workers: Workers = None,
) -> None:
    """Write poses; ``ABOUT`` is the help."""
    from dance_xai.cli.common import check_out
    from dance_xai.errors import ConfigError
    from dance_xai.workflows.posing import poses_of_run, write_poses
    from dance_xai.workflows.runs import open_run

    check_out(out, (".json",))
    if layout not in ("coco", "pyskl"):
        raise ConfigError(f"--format: expected coco or pyskl, got {layout!r}; change it")
    if source.suffix == ".toml":
        found = _of_settings(source, settings or [], data_root, cache or out.resolve().parent / ".dance-cache", workers)
    else:
        refuse_unused(context, ("settings", "cache", "workers"), "a file of settings, as a RUN has its poses")
        found = poses_of_run(open_run(source, data_root))
    missing = write_poses(found, out, "coco" if layout == "coco" else "pyskl")
    people, clips, rows = ((len(found.tracks), "track"), (found.clips, "clip"), (found.frames, "pose"))
    say(f"wrote {out}: {counted(*people)} in {counted(*clips)}, {counted(*rows)}")
    if missing:
        say(f"  not seen in any of them: {', '.join(missing)}")
    if layout == "pyskl":
        say("PYSKL reads a pickle; these lines of Python make one:")
        say(pyskl_lines(str(out), str(out.with_suffix(".pkl"))))


def _of_settings(source: Path, settings: list[str], data_root: Path | None, cache: Path, workers: int | None) -> Poses:
    from dance_xai.config import read_config
    from dance_xai.workflows.posing import poses_of_settings

    return poses_of_settings(
        read_config(source, settings),
        data_root or Path(),
        cache=cache,
        workers=cores(workers),
        on_clip=clip_progress(),
    )
