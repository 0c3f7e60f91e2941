"""``dance explain``: why the model said what it said about one clip."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dance_xai.cli.common import DataRoot, JsonFlag, Workers, cores, percent, print_json, say, table

if TYPE_CHECKING:
    from dance_xai.types import Explanation


def explain(
    run: Annotated[Path, typer.Argument(help="RUN folder.")],
    clip: Annotated[str, typer.Argument(metavar="CLIP_OR_VIDEO", help="Id of a clip of the RUN, or a video file.")],
    out: Annotated[
        Path | None,
        typer.Option(help="File to write: .html page, .json, or .mp4, .gif, .webp video."),
    ] = None,
    data_root: DataRoot = None,
    workers: Workers = None,
    as_json: JsonFlag = False,
) -> None:
    """Explain the prediction for one clip, or for a video nobody has seen: a short sum that adds up to the score."""
    from dance_xai.artifacts import write_file
    from dance_xai.cli.common import check_out, clip_progress, json_bytes
    from dance_xai.explain import to_json
    from dance_xai.report.film import SUFFIXES
    from dance_xai.workflows.explaining import explain_of, page_of
    from dance_xai.workflows.filming import film_clip
    from dance_xai.workflows.picturing import picture_of
    from dance_xai.workflows.runs import open_run
    from dance_xai.workflows.subjects import find_subject

    suffix = check_out(out, (".html", ".json", *SUFFIXES))
    view = open_run(run, data_root)
    subject = find_subject(view, clip, threads=cores(workers))
    explanation = explain_of(view, subject)
    note = None
    if out is not None and suffix in SUFFIXES:
        note = film_clip(view, explanation, subject, clip, out, clip_progress("frames")).note
    elif out is not None and suffix == ".html":
        picture = picture_of(view, explanation, subject, clip)
        note = picture.note
        write_file(out, page_of(view, explanation, subject.track, picture).encode())
    elif out is not None:
        write_file(out, json_bytes(to_json(explanation)))
    if as_json:
        print_json(to_json(explanation))
    else:
        show_explanation(explanation)
        if out is not None:
            say(f"\nwrote {out}" + (f" ({note})" if note else ""))


def show_explanation(explanation: Explanation, top: int = 8) -> None:
    """Print the sum behind the prediction, the frames that show its phrases best, and what would change it."""
    from dance_xai.report.sentences import flip_text, seen_best

    said, other = explanation.prediction, explanation.runner_up
    truth = "" if explanation.true_label is None else f", labelled {explanation.true_label}"
    say(bold=explanation.clip, text=f": {said.label} ({percent(said.probability)} %){truth}")
    say(f"  runner-up {other.label} ({percent(other.probability)} %)")
    say("  " + ", ".join(f"{100 * share:.0f} % {kind}" for kind, share in said.shares.items()))
    rows = [
        [term.name, term.kind, f"{term.activation:+.2f}", f"{term.weight:+.3f}", f"{term.value:+.3f}"]
        for term in said.contributions[:top]
    ]
    rest = sum(term.value for term in said.contributions[top:])
    if len(said.contributions) > top:
        rows.append([f"{len(said.contributions) - top} others", "", "", "", f"{rest:+.3f}"])
    rows += [["bias", "", "", "", f"{said.bias:+.3f}"], ["score", "", "", "", f"{said.logit:+.3f}"]]
    table("", ["concept", "kind", "activation", "weight", "contribution"], rows)
    shown = {term.concept for term in said.contributions[:top]}
    seen = [each for each in explanation.phrases_seen or () if each.concept in shown]
    for each in seen:
        say(f"  best seen: {seen_best(each, explanation.fps)}")
    say(f"  {flip_text(explanation.flip)}")
