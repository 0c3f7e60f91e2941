"""``dance settings``: every key of a settings file, its default and its meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dance_xai.cli.common import print_json, say

if TYPE_CHECKING:
    from dance_xai.workflows.settings import Setting


def settings(
    section: Annotated[str, typer.Argument(help="Only this section or key, for example motion.windows.")] = "",
    schema: Annotated[bool, typer.Option("--json", help="The JSON Schema of the file, for editors.")] = False,
    page: Annotated[bool, typer.Option("--markdown", help="As a page of Markdown.")] = False,
) -> None:
    """Print every key of a settings file with its values, its default and its meaning."""
    from dance_xai.errors import ConfigError
    from dance_xai.workflows.settings import list_settings, settings_page

    if schema:
        from dance_xai.config import settings_schema

        if section or page:
            raise ConfigError("settings: expected --json alone, got more; leave out the section and --markdown")
        return print_json(settings_schema())
    chosen = [each for each in list_settings() if _lies_in(each, section)]
    if not chosen:
        raise ConfigError(f"settings: expected a section or a key of the settings, got {section!r}; see dance settings")
    if page:
        return typer.echo(settings_page(chosen), nl=False)
    _show(chosen)


def _lies_in(setting: Setting, section: str) -> bool:
    path = f"{setting.section}.{setting.key}".removeprefix(".")
    return not section or f"{path}.".startswith(f"{section}.")


def _show(settings: list[Setting]) -> None:
    last = None
    for each in settings:
        if each.section != last:
            say(bold=f"{'' if last is None else chr(10)}{f'[{each.section}]' if each.section else 'at the top'}")
            last = each.section
        default = "must be given" if each.default is None else f"default {each.default}"
        say(f"  {each.key}: {each.kind.replace('`', '')}; {default}")
        if each.meaning:
            say(f"      {each.meaning.replace('`', '')}")
