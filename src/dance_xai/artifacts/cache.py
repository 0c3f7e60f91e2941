"""Results of stages, kept by the content of their arguments. Wraps a pipeline from outside."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast, get_type_hints

from dance_xai.artifacts.fingerprint import code_fingerprint, fingerprint
from dance_xai.artifacts.parts import load_noun, save_noun
from dance_xai.artifacts.sealed import FORMAT
from dance_xai.errors import ArtifactError

P = ParamSpec("P")
R = TypeVar("R")
OnResult = Callable[[str, bool], None]


class StageCache:
    """Calls functions, or hands back what the same call gave before.

    A call is the same when the function (by qualified name), the content of all arguments and the version of this
    package are. Damaged entries are made again. Any number of processes may share a folder.

    Args:
        folder: Where results are kept; None keeps nothing.
        on_result: Told the name of each call and whether its result was kept.
    """

    def __init__(self, folder: str | Path | None, on_result: OnResult | None = None) -> None:
        self.folder = None if folder is None else Path(folder)
        self.on_result = on_result or (lambda name, kept: None)

    def call(self, name: str, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """``function(*args, **kwargs)``, from the cache when it is there.

        Args:
            name: What the files and progress call it.
            function: Pure, with the type of its result annotated.
            *args: Nouns, settings, arrays and plain values; a seed, never a generator.
            **kwargs: The same.

        Raises:
            ArtifactError: Arguments or a result that are not data, or a full disk.
        """
        if self.folder is None:
            return function(*args, **kwargs)
        owner = getattr(function, "__self__", None)
        key = fingerprint(FORMAT, code_fingerprint(), function, owner, args, kwargs)
        path = self.folder / f"{name}-{key[:32]}.noun"
        hint = _result_type(function)
        with suppress(ArtifactError):
            result = load_noun(hint, path)
            self.on_result(name, True)
            return result
        save_noun(function(*args, **kwargs), path)
        self.on_result(name, False)
        return load_noun(hint, path)  # read back, so that a first run and a later one get the same bits


def _result_type(function: Callable[..., R]) -> type[R]:
    hint: Any = get_type_hints(function).get("return")
    if hint is None:
        raise ArtifactError(f"{function}: expected an annotated result, got none; add -> Type to it")
    return cast(type[R], hint)
