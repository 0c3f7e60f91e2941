"""How much the app takes in and keeps."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """Bounds of one app; what is beyond them is refused with a reason.

    Attributes:
        megabytes: Largest upload, 10^6 bytes each; the default refuses what is seldom one short action.
        seconds: Longest video; explaining takes time and memory in proportion.
        rate: Most frames per second; the length alone does not bound the work.
        megapixels: Largest frame, 10^6 pixels; a small file can hold a frame that fills the memory.
        sessions: Browsers at once; the longest idle one makes room when it has been idle for a minute.
        idle: Seconds after which a session that nobody uses is forgotten.
        kept: Explained videos a session remembers, as numbers; the files are deleted at once.
        waiting: Jobs in the queue of all sessions.
        pages: Written pages a session remembers.
    """

    megabytes: float = 100.0
    seconds: float = 60.0
    rate: float = 240.0
    megapixels: float = 36.0
    sessions: int = 32
    idle: float = 2 * 3600.0
    kept: int = 8
    waiting: int = 16
    pages: int = 8

    @property
    def bytes(self) -> int:
        """Largest upload in bytes."""
        return int(self.megabytes * MEGABYTE)
