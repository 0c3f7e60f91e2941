"""Every setting of a fit with its type, default and meaning, read from where it is defined."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dance_xai.config import settings_schema

Tree = dict[str, Any]
TYPES = {"string": "text", "number": "number", "integer": "whole number", "boolean": "true or false", "null": "none"}
LIMITS = (("minimum", ">="), ("exclusiveMinimum", ">"), ("maximum", "<="), ("exclusiveMaximum", "<"))
ITEM = re.compile(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)

PREFACE = """# Settings

A fit reads a TOML file with these sections and keys; `--set SECTION.KEY=VALUE` changes one on the command line.
Relative paths start at `--data-root`. None stands for a key that is left out; a key without default must be given
where its section is.
`dance settings` prints this page, `dance settings --json` the JSON Schema of the file, for editors.
"""


@dataclass(frozen=True)
class Setting:
    """One key.

    Attributes:
        section: Dotted; empty for keys at the top.
        key: In its section.
        kind: Which values it takes, in words.
        default: As in TOML, the word "None" for a key left out; None where the key must be given.
        meaning: What it does.
    """

    section: str
    key: str
    kind: str
    default: str | None
    meaning: str


def list_settings() -> tuple[Setting, ...]:
    """All settings, section by section."""
    schema = settings_schema()
    return tuple(_walk(schema, schema["$defs"], ""))


def settings_page(settings: Sequence[Setting]) -> str:
    """The settings as a page of Markdown, a table per section."""
    parts, section = [PREFACE], None
    for each in settings:
        if each.section != section:
            section = each.section
            title = f"[{section}]" if section else "At the top"
            parts.append(f"\n## {title}\n\n| key | value | default | meaning |\n|---|---|---|---|\n")
        default = "" if each.default is None else f"`{each.default}`"
        cells = (f"`{each.key}`", each.kind, default, each.meaning)
        parts.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n")
    return "".join(parts)


def _walk(node: Tree, defined: Tree, section: str) -> Iterator[Setting]:
    """The keys of one section, then those of the sections in it."""
    meanings = _meanings(node.get("description", ""))
    deeper: list[tuple[str, Tree]] = []
    for key, value in node["properties"].items():
        path = f"{section}.{key}" if section else key
        if (inner := _section(value, defined)) is not None:
            deeper.append((path, inner))
        else:
            yield Setting(section, key, _kind(value), _default(node, key, value), meanings.get(key, ""))
    for path, inner in deeper:
        yield from _walk(inner, defined, path)


def _section(value: Tree, defined: Tree) -> Tree | None:
    for option in value.get("anyOf", [value]):
        if "$ref" in option:
            inner: Tree = defined[option["$ref"].rsplit("/", 1)[-1]]
            return inner
    return None


def _meanings(doc: str) -> dict[str, str]:
    """What the docstring of a section says of each key."""
    told = inspect.cleandoc(doc).partition("Attributes:\n")[2]
    return {key: re.sub(r"\s+", " ", text.replace("``", "`")) for key, text in ITEM.findall(told)}


def _default(node: Tree, key: str, value: Tree) -> str | None:
    if key in node.get("required", ()):
        return None
    given = value.get("default")
    return "None" if given is None else json.dumps(given)


def _kind(value: Tree) -> str:
    if "anyOf" in value:
        return " or ".join(dict.fromkeys(_kind(option) for option in value["anyOf"] if option.get("type") != "null"))
    if "enum" in value or "const" in value:
        options = [f"`{json.dumps(option)}`" for option in value.get("enum", [value.get("const")])]
        return " or ".join([", ".join(options[:-1]), options[-1]]) if len(options) > 1 else options[0]
    if value["type"] == "array":
        return f"list: {_kind(value['items'])}" if "items" in value else "list"
    name = "path" if value.get("format") == "path" else TYPES[value["type"]]
    return " ".join([name, ", ".join(f"{sign} {value[limit]}" for limit, sign in LIMITS if limit in value)]).strip()
