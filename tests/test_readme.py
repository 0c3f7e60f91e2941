"""The README's Python blocks run, its settings are valid, its commands exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from typer.main import get_command

from dance_xai.cli.app import app
from dance_xai.config import parse_config

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_python_blocks_run_in_order(capsys):
    scope: dict[str, object] = {}
    for block in _blocks("python"):
        exec(compile(block, "README.md", "exec"), scope)
    assert "motion concepts" in capsys.readouterr().out


def test_settings_are_valid():
    (text,) = _blocks("toml")
    assert parse_config(tomllib.loads(text), "README.md").name == "my clips"


def test_commands_and_options_exist():
    group = get_command(app)
    commands = {name: group.get_command(None, name) for name in group.list_commands(None)}
    lines = [line for block in _blocks("console") for line in block.splitlines()]
    used = [line.split("#")[0].split() for line in lines if line.startswith("dance ")]
    assert used
    for _, name, *words in used:
        inner = getattr(commands[name], "commands", {})
        known = [commands[name], *(inner[word] for word in words if word in inner)]
        options = {option for command in known for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options, name


def test_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", "\n".join(_blocks("console")), flags=re.MULTILINE):
        assert f"\n{target}:" in makefile


def test_linked_files_exist():
    for target in re.findall(r"\]\((?!http)([^)]+)\)", README):
        assert (ROOT / target).exists(), target
