"""A show as a file: mp4 with its sound, or a small animation for pages and slides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dance_xai.errors import DataError
from dance_xai.report.encode import best_encoder, video_file
from dance_xai.report.film.frame import Painter, layout_of
from dance_xai.report.film.show import Show
from dance_xai.report.film.sound import Sound
from dance_xai.types import IntArray

if TYPE_CHECKING:
    from PIL.Image import Image

QUALITY = 20

SMALL = (720, 540)
"""Largest canvas of an animation."""

MOST_FPS, MOST_FRAMES = 10.0, 200
"""Of an animation: 20 seconds at 10 frames per second; a longer clip is shown with fewer frames per second."""

Progress = Callable[[int, int], None]
"""Told how many frames of how many are done."""


def write_film(path: Path, show: Show, progress: Progress | None = None) -> None:
    """Write an explained video, all or nothing; memory does not grow with the length of an mp4.

    Args:
        path: A file that ends in ``.mp4``, ``.gif`` or ``.webp``; folders on the way are made.
        show: What is shown.
        progress: Told after each frame.

    Raises:
        DataError: The video cannot be read, or the file cannot be written.
    """
    new = path.with_name(f".{path.stem}.new{path.suffix.lower()}")
    write = _write_mp4 if new.suffix == ".mp4" else _write_animation
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.touch()
        write(new, show, progress or (lambda done, total: None))
        new.replace(path)
    except OSError as error:
        raise DataError(f"{path}: expected to write there, got: {error.strerror}; check space and rights") from error
    finally:
        if new.parent.is_dir():
            new.unlink(missing_ok=True)


def _write_mp4(path: Path, show: Show, progress: Progress) -> None:
    layout = layout_of(show)
    sound = None if show.video is None else Sound(show.video)
    size = layout.height, layout.width
    with video_file(path, best_encoder(), size, show.fps, quality=QUALITY) as file:
        if sound is not None:
            sound.attach(file.container)
        for done, picture in enumerate(Painter(show, layout).frames(), start=1):
            file.add(picture)
            if sound is not None:
                sound.pump(file.container, done / show.fps)
            progress(done, show.frames)
        if sound is not None:
            sound.finish(file.container)


def _write_animation(path: Path, show: Show, progress: Progress) -> None:
    seconds = show.frames / show.fps
    pause = max(round(100 / min(MOST_FPS, show.fps)), int(np.ceil(100 * seconds / MOST_FRAMES)))  # hundredths
    points = np.unique(np.minimum(np.rint(np.arange(0, seconds, pause / 100) * show.fps), show.frames - 1))
    painter = Painter(show, layout_of(show, SMALL))

    first, *rest = _pictures(painter, points.astype(np.int64), path.suffix == ".gif", progress)
    options: dict[str, Any] = {"optimize": False} if path.suffix == ".gif" else {"quality": 80, "method": 3}
    first.save(path, save_all=True, append_images=rest, duration=10 * pause, loop=0, **options)


def _pictures(painter: Painter, points: IntArray, indexed: bool, progress: Progress) -> list[Image]:
    """The frames as images; with 256 colours, the same for all, when ``indexed``, so that nothing flickers."""
    from PIL import Image

    shown, palette = list[Image.Image](), None
    for done, frame in enumerate(painter.frames(points), start=1):
        picture = Image.fromarray(frame)
        if indexed:
            palette = palette or painter.all_lit(picture).quantize(256, method=Image.Quantize.MEDIANCUT)
            picture = picture.quantize(palette=palette, dither=Image.Dither.NONE)
        shown.append(picture)
        progress(done, len(points))
    return shown
