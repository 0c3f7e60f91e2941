"""``dance explain``: why the model said what it said about one clip."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dance_xai.cli.common import DataRoot, JsonFlag, Workers, cores, percent, print_json, say, table
from dance_xai.types import counted

if TYPE_CHECKING:
    from dance_xai.types import Explanation
    from dance_xai.workflows.runs import RunView
    from dance_xai.workflows.subjects import Subject

SHOWN = 8
"""Terms of the sum that are printed one by one, the largest first."""


def explain(
    run: Annotated[Path, typer.Argument(help="RUN folder.")],
    clip: Annotated[str, typer.Argument(metavar="CLIP_OR_VIDEO", help="Id of a clip of the RUN, or a video file.")],
    out: Annotated[
        Path | None,
        typer.Option(help="File to write: .html page, .json, or .mp4, .gif, .webp video."),
    ] = None,
    correct: Annotated[
        list[str],
        typer.Option(
            "--set",
            metavar="CONCEPT=VALUE",
            help="Tell too what it would say if a concept were so: standard deviations from the train mean, or off.",
        ),
    ] = [],  # noqa: B006
    remember: Annotated[
        Path | None, typer.Option(help="With --set: file of corrections (.json) to add this one to.")
    ] = None,
    corrections: Annotated[
        Path | None, typer.Option(help="File of corrections: make that of the remembered clip most like this one.")
    ] = None,
    data_root: DataRoot = None,
    workers: Workers = None,
    as_json: JsonFlag = False,
) -> None:
    """Explain the prediction for one clip, or for a video nobody has seen: a short sum that adds up to the score."""
    from threading import Thread

    from dance_xai.cli.common import check_out
    from dance_xai.errors import ConfigError
    from dance_xai.report.encode import SUFFIXES
    from dance_xai.workflows.explaining import explain_of, prepare_page
    from dance_xai.workflows.runs import open_run

    suffix = check_out(out, (".html", ".json", *SUFFIXES))
    if (correct or corrections) and suffix in SUFFIXES:
        given = "--set" if correct else "--corrections"
        raise ConfigError(f"{given} with --out {out}: expected .html or .json, got a video; it shows the clip as it is")
    view = open_run(run, data_root)
    values = _set_by_hand(view, correct) if correct else {}
    if suffix == ".html":
        Thread(target=prepare_page, args=(view,), daemon=True).start()
    subject = _subject(view, clip, cores(workers))
    explanation = explain_of(view, subject)
    if correct or remember is not None or corrections is not None:
        explanation = _corrected(view, subject, explanation, values, remember, corrections)
    if out is None:
        _tell(view, explanation, as_json, corrections)
        return
    note = _write(out, view, explanation, subject, clip, lambda: _tell(view, explanation, as_json, corrections))
    if not as_json:
        say(f"\nwrote {out}" + (f" ({note})" if note else ""))


def _subject(view: RunView, clip: str, threads: int) -> Subject:
    """A clip of the RUN, one that came with an edit, or a video."""
    from dance_xai.workflows.subjects import find_subject

    taught = None
    if view.new_clips is not None:
        from dance_xai.workflows.taught import taught_clip

        taught = taught_clip(view, clip)
    return taught or find_subject(view, clip, threads=threads)


def _set_by_hand(view: RunView, correct: list[str]) -> dict[int, float]:
    from dance_xai.workflows.correcting import read_corrections

    return read_corrections(view, correct)


def _corrected(
    view: RunView,
    subject: Subject,
    explanation: Explanation,
    values: dict[int, float],
    remember: Path | None,
    corrections: Path | None,
) -> Explanation:
    """The explanation with what the model says as concepts are set by hand, here or in the file of corrections."""
    from dance_xai.workflows import remembering
    from dance_xai.workflows.correcting import with_correction

    if remember is not None:
        remembering.remember(view, subject, values, remember)
    if corrections is not None:
        values = remembering.recalled(view, subject, corrections) | values
    return with_correction(view, subject, explanation, values)


def _tell(view: RunView, explanation: Explanation, as_json: bool, corrections: Path | None) -> None:
    """Print the explanation."""
    if as_json:
        from dance_xai.explain import to_json

        print_json(to_json(explanation))
        return
    show_explanation(explanation, looks=_looks(view, explanation), fitted=_fitted_on(view, explanation))
    if corrections is not None and explanation.correction is None:
        say(f"  no clip of {corrections} is like this one")


def _looks(view: RunView, explanation: Explanation) -> dict[int, str]:
    """What the motions of the prediction look like, in words, by column."""
    from dance_xai.report.clip.figures import texts_of

    terms = explanation.prediction.contributions[:SHOWN]
    return texts_of(view.model.bank, (term.concept for term in terms if term.kind == "motion"))


def _fitted_on(view: RunView, explanation: Explanation) -> bool:
    """Whether the clip is one of those that the model was fitted on."""
    known = {clip.id: clip.split for clip in view.manifest.clips}
    return explanation.true_label is not None and known.get(explanation.clip) == "train"


def _write(
    out: Path, view: RunView, explanation: Explanation, subject: Subject, named: str, tell: Callable[[], None]
) -> str | None:
    """Write an explanation as the ending of the file says, and tell it.

    Returns:
        What a person must know of its pictures.
    """
    from dance_xai.artifacts import write_file
    from dance_xai.cli.common import clip_progress, json_bytes
    from dance_xai.explain import to_json

    suffix, note = out.suffix.lower(), None
    if suffix == ".html":
        page, note = _page(view, explanation, subject, named, tell)
        write_file(out, page.encode())
        return note
    if suffix == ".json":
        write_file(out, json_bytes(to_json(explanation)))
    else:
        from dance_xai.workflows.filming import film_clip

        note = film_clip(view, explanation, subject, named, out, clip_progress("frames")).note
    tell()
    return note


def _page(
    view: RunView, explanation: Explanation, subject: Subject, named: str, tell: Callable[[], None]
) -> tuple[str, str | None]:
    """The page of an explanation, told and prepared while its pictures are taken, and what is to be known of these."""
    from concurrent.futures import ThreadPoolExecutor

    from dance_xai.workflows.explaining import page_of
    from dance_xai.workflows.picturing import picture_of

    with ThreadPoolExecutor(1) as pool:
        taking = pool.submit(picture_of, view, explanation, subject, named)
        tell()
        return page_of(view, explanation, subject.track, taking.result), taking.result().note


def show_explanation(explanation: Explanation, *, looks: Mapping[int, str] = {}, fitted: bool = False) -> None:
    """Print the sum behind the prediction, the frames that show its phrases best, and what would change it.

    Args:
        explanation: Of the clip.
        looks: What motions look like, by column.
        fitted: Whether the model was fitted on the clip.
    """
    from dance_xai.report.sentences import correction_text, flip_text, seen_best

    said, other = explanation.prediction, explanation.runner_up
    truth = "" if explanation.true_label is None else f", labelled {explanation.true_label}"
    truth += " (a train clip: the model was fitted on it)" if fitted else ""
    say(bold=explanation.clip, text=f": {said.label} ({percent(said.probability)} %){truth}")
    say(f"  runner-up {other.label} ({percent(other.probability)} %)")
    say("  " + ", ".join(f"{100 * share:.0f} % {kind}" for kind, share in said.shares.items()))
    rows = [
        [term.name, term.kind, f"{term.activation:+.2f}", f"{term.weight:+.3f}", f"{term.value:+.3f}"]
        for term in said.contributions[:SHOWN]
    ]
    rest = sum(term.value for term in said.contributions[SHOWN:])
    if len(said.contributions) > SHOWN:
        rows.append([counted(len(said.contributions) - SHOWN, "other"), "", "", "", f"{rest:+.3f}"])
    rows += [["bias", "", "", "", f"{said.bias:+.3f}"], ["score", "", "", "", f"{said.logit:+.3f}"]]
    table("", ["concept", "kind", "activation", "weight", "contribution"], rows)
    for term in said.contributions[:SHOWN]:
        if term.concept in looks:
            say(f"  {term.name} looks like: {looks[term.concept]}")
    shown = {term.concept for term in said.contributions[:SHOWN]}
    seen = [each for each in explanation.phrases_seen or () if each.concept in shown]
    for each in seen:
        say(f"  best seen: {seen_best(each, explanation.fps)}")
    say(f"  {flip_text(explanation.flip)}")
    for note in explanation.notes:
        say(f"  note: {note}")
    if explanation.correction is not None:
        say(bold="With concepts set by hand")
    for line in correction_text(explanation):
        say(f"  {line}")
