"""In which order the frames of a file are shown, and at which of them decoding may begin.

Decoders give frames in the order shown, each with the time stamp of its packet. Most containers state in it when the
frame is shown. Some (AVI, MXF) only count packets in the order stored, or state nothing for some packets; there the
order in which the decoder gives the frames is found out by decoding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from dance_xai.types import IntArray

PROOF = 300
"""So many frames that come with rising time stamps show that the stamps of a file are in the order shown."""

SPARE_KEYS = 1
"""Decoding begins so many key frames earlier than it must: pictures that are refreshed strip by strip, or that lean on
others before the key frame, are whole at the next one."""

DRAWN_OVER = {"apng", "gif"}
"""Demuxers whose frames are drawn over those before, also where they are called key frames."""


class Key(NamedTuple):
    """A key frame.

    Attributes:
        place: Among the frames of the file as shown.
        label: Its time stamp.
        target: Time stamp at which to look for it in the file.
    """

    place: int
    label: int
    target: int


class Packets(NamedTuple):
    """What the packets of a stream state, in the order stored, which is the order of decoding.

    Attributes:
        labels: Time stamps; the time of decoding stands in for a missing one, None where that is missing too.
        decoding: Times of decoding; None where missing.
        keys: Positions of key frames.
        step: Usual distance of frames in units of the stream.
    """

    labels: list[int | None]
    decoding: list[int | None]
    keys: list[int]
    step: int

    @property
    def told_apart(self) -> bool:
        """Whether every packet has a time stamp of its own, and time does not start again within the file."""
        stated = [time for time in self.decoding if time is not None]
        return None not in self.labels and len(set(self.labels)) == len(self.labels) and not _falls(stated)

    @property
    def span(self) -> int:
        """From the first time stamp to the last, in units of the stream."""
        stated = [label for label in self.labels if label is not None]
        return max(stated) - min(stated) if len(stated) == len(self.labels) > 0 else len(self.labels) * self.step


@dataclass(frozen=True, eq=False)
class FrameOrder:
    """The S frames of a file as they are shown.

    Attributes:
        stamps: (S,) rising times at which they are shown, in units of the stream.
        labels: (S,) time stamps that the decoder gives them; None where these do not tell frames apart, which are then
            counted from the first.
        keys: Key frames at which decoding may begin, in order.
    """

    stamps: IntArray
    labels: IntArray | None
    keys: tuple[Key, ...] = ()

    def begin(self, first: int) -> Key | None:
        """Where to begin decoding so that all frames from place ``first`` on come out; None for the start of the file.

        Source: ours.
        """
        before = [key for key in self.keys if key.place <= first]
        return before[-1 - SPARE_KEYS] if len(before) > SPARE_KEYS else None


def read_packets(container: Any, stream: Any) -> Packets:
    """What the packets of a stream state; their content is not kept, and packets that are not shown do not count."""
    labels, decoding, keys = list[int | None](), list[int | None](), list[int]()
    leads = container.format.name not in DRAWN_OVER
    for packet in container.demux(stream):
        if packet.size and not packet.is_discard:
            if packet.is_keyframe and leads:
                keys.append(len(labels))
            labels.append(label_of(packet))
            decoding.append(packet.dts)
    rate = stream.average_rate or stream.guessed_rate or 25
    return Packets(labels, decoding, keys, max(1, round(1 / float(rate * stream.time_base))))


def label_of(packet: Any) -> int | None:
    """The time stamp that a decoder will give to the frame of a packet."""
    return packet.pts if packet.pts is not None else packet.dts  # type: ignore[no-any-return]


def find_order(packets: Packets, shown: Iterator[int | None], *, reorders: bool) -> FrameOrder:
    """The order in which the frames of a file are shown.

    Args:
        packets: Of the whole file.
        shown: Time stamps of the frames as the decoder gives them, from the start of the file. They are asked for only
            where the packets leave it open, which costs decoding.
        reorders: Whether the decoder may give frames in another order than they are stored in.

    Source: ours.
    """
    if not packets.told_apart:
        return _counted(packets, sum(1 for _ in shown))
    labels = np.array(packets.labels, dtype=np.int64)
    order: IntArray = np.sort(labels)
    if reorders and not _falls(packets.labels):  # frames stored as shown, or stamps that only count packets
        got = list(islice(shown, PROOF))
        if None in got or _falls(got):
            got += shown
            if None in got or len(set(got)) < len(got) or not set(got) <= set(packets.labels):
                return _counted(packets, len(got))
            order = _as_given(labels, np.array(got, dtype=np.int64))
    return FrameOrder(np.sort(labels), order, _keys(packets, order))


def _as_given(labels: IntArray, got: IntArray) -> IntArray:
    """Labels in the order in which the decoder gave them; those it did not give keep the place they are stored in."""
    given = np.isin(labels, got)
    order = labels.copy()
    order[given] = got
    return order


def _counted(packets: Packets, count: int) -> FrameOrder:
    """Frames that are counted: with the times that are stated if there is one for each, evenly spaced otherwise."""
    stated = [time for time in packets.decoding if time is not None]
    if count == len(packets.labels) and None not in packets.labels and not _falls(stated):
        return FrameOrder(np.sort(np.array(packets.labels, dtype=np.int64)), None)
    return FrameOrder(np.arange(count, dtype=np.int64) * packets.step, None)


def _keys(packets: Packets, order: IntArray) -> tuple[Key, ...]:
    labels = np.array([packets.labels[at] for at in packets.keys], dtype=np.int64)
    sorting = np.argsort(order)
    places = sorting[np.searchsorted(order, labels, sorter=sorting)]
    stated = (packets.decoding[at] for at in packets.keys)
    targets = [label if time is None else time for label, time in zip(labels.tolist(), stated, strict=True)]
    return tuple(map(Key, places.tolist(), labels.tolist(), targets))


def _falls(values: Sequence[int | None]) -> bool:
    """Whether any value is less than the one before; None is not looked at."""
    known = np.array([value for value in values if value is not None], dtype=np.int64)
    return bool((np.diff(known) < 0).any())
