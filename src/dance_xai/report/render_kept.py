"""Compiled templates, kept where Python keeps compiled modules. Loads jinja2, so that it is imported with it."""

from __future__ import annotations

import hashlib
import marshal
import sys
from contextlib import suppress
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, BytecodeCache

from dance_xai.artifacts import write_file
from dance_xai.errors import ArtifactError

DIGEST = 32


class KeptTemplates(BytecodeCache):
    """Templates compiled once for all processes, as with modules beside them in ``__pycache__``.

    What is kept is taken for the same source, options, Python and jinja2 alone, and only where it is whole. Where
    Python writes no compiled modules (``PYTHONDONTWRITEBYTECODE``, a folder that cannot be written), nothing is kept.

    Args:
        folder: Of the templates.
        options: Everything else that changes what they are compiled to.
    """

    def __init__(self, folder: Path, options: str) -> None:
        self._folder = folder
        self._made_with = f"{jinja2.__version__} {options}".encode()

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The name of the template."""
        return name

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is kept, if it is of this source and whole."""
        with suppress(OSError, NotImplementedError):
            data, head = self._place(bucket).read_bytes(), self._head(bucket)
            code = data[len(head) + DIGEST :]
            if data.startswith(head + hashlib.sha256(code).digest()):
                bucket.code = marshal.loads(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, where that can be written."""
        if not sys.dont_write_bytecode:
            code = marshal.dumps(bucket.code)
            with suppress(ArtifactError, NotImplementedError):
                write_file(self._place(bucket), self._head(bucket) + hashlib.sha256(code).digest() + code)

    def _place(self, bucket: Bucket) -> Path:
        return Path(cache_from_source(str(self._folder / bucket.key)))

    def _head(self, bucket: Bucket) -> bytes:
        made_of = hashlib.sha256(b"\0".join((self._made_with, bucket.checksum.encode())))
        return MAGIC_NUMBER + made_of.digest()
