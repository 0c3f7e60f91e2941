"""``dance doctor``: what is installed, what works, and what to do about the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dance_xai.cli.common import JsonFlag, print_json, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dance_xai.workflows.installation import Finding


def doctor(as_json: JsonFlag = False) -> None:
    """Check libraries, devices, video codecs, model files and folders, by using them.

    Nothing is downloaded, and nothing that is written stays.

    Ends with exit code 2 when something is broken; an extra that is not installed is not.
    """
    from dataclasses import asdict

    from dance_xai._version import __version__
    from dance_xai.errors import DanceError
    from dance_xai.workflows.installation import inspect_installation

    findings = inspect_installation()
    broken = [f"{found.group} {found.name}" for found in findings if found.state == "broken"]
    if as_json:
        rows = [asdict(found) for found in findings]
        print_json({"version": __version__, "ok": not broken, "findings": rows})
    else:
        show_findings(findings)
    if broken:
        raise DanceError(f"doctor: expected nothing broken, got {', '.join(broken)}; do what the lines above say")


def show_findings(findings: Sequence[Finding]) -> None:
    """Print the findings, group by group."""
    group = ""
    for found in findings:
        if found.group != group:
            say(bold=f"{chr(10) if group else ''}{found.group}")
            group = found.group
        say(f"  {found.state:<8} {found.name:<19} {found.detail}")
        if found.action:
            say(f"  {'':<8} {'':<19} -> {found.action}")
