"""The picture behind the person, drawn once per clip at twice the size, and a little wider than the frame."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from dance_xai.planted.camera import AIM, Cameras
from dance_xai.planted.palette import quieted
from dance_xai.types import FloatArray

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

ZOOM = 2
"""Plate pixels per frame pixel; also the fineness with which the picture can move."""

_TILE = 256
_GREY, _GRAIN = 128, 2.5  # middle and strength of the fine unevenness
Colour = Sequence[float] | FloatArray


class Plate:
    """A canvas that knows where things on the floor are seen.

    Args:
        camera: The one camera of the clip.
        margin: Frame pixels to the left, right, top and bottom that the moving picture may show.
        rng: Source of all chance.

    Attributes:
        image: The picture so far, ``ZOOM`` times the size of the frame with its margins.
        draw: Draws on it.
        horizon: Plate row of the horizon.
    """

    def __init__(self, camera: Cameras, margin: tuple[int, int, int, int], rng: np.random.Generator) -> None:
        from PIL import Image, ImageDraw

        height, width = camera.height_width[0]
        left, right, top, bottom = margin
        self.rng = rng
        self.size = (int(width + left + right) * ZOOM, int(height + top + bottom) * ZOOM)
        self.margin = margin
        self._turn, self._tilt = (float(np.deg2rad(angle[0])) for angle in (camera.azimuth, camera.elevation))
        self._distance, self._focal = float(camera.distance[0]), float(camera.focal[0]) * ZOOM
        self._middle = (camera.centre[0] + (left, top)) * ZOOM
        self.horizon = float(self._middle[1] - self._focal * np.tan(self._tilt))
        self.image: Image.Image = Image.new("RGB", self.size)
        self.draw: ImageDraw.ImageDraw = ImageDraw.Draw(self.image)

    def at(self, right: float, toward: float, up: float = 0.0) -> tuple[float, float]:
        """Plate pixel of a point: metres to the right of the person as seen, toward the camera, above the floor."""
        up, cos, sin = up - AIM, np.cos(self._tilt), np.sin(self._tilt)
        scale = self._focal / max(self._distance - (up * sin + toward * cos), 0.05)
        x, y = self._middle + scale * np.array([right, -(up * cos - toward * sin)])
        return float(x), float(y)

    def scale(self, toward: float) -> float:
        """Plate pixels per metre at a distance."""
        return self._focal / max(self._distance - toward, 0.05)

    def span(self, toward: float) -> tuple[float, float]:
        """How far to the left and right the plate reaches at a distance, metres."""
        scale = self.scale(toward)
        return -self._middle[0] / scale, (self.size[0] - self._middle[0]) / scale

    def floor(self) -> tuple[int, FloatArray, FloatArray]:
        """First plate row of the floor, and where its pixels lie in the person's directions (left, forward), metres."""
        first = int(np.clip(np.ceil(self.horizon + 1), 0, self.size[1] - 1))
        rows = np.arange(first, self.size[1])[:, None]
        columns = np.arange(self.size[0])[None]
        down = (rows - self._middle[1]) / self._focal
        cos, sin = np.cos(self._tilt), np.sin(self._tilt)
        far = (AIM + self._distance * sin) / np.maximum(sin + down * cos, 1e-3)
        right = (columns - self._middle[0]) / self._focal * far
        toward = down * far * sin + (self._distance - far) * cos
        turn_cos, turn_sin = np.cos(self._turn), np.sin(self._turn)
        return first, right * turn_cos + toward * turn_sin, toward * turn_cos - right * turn_sin

    def ramp(self, top: Colour, bottom: Colour, first: float = 0, last: float | None = None) -> None:
        """Fill the rows from ``first`` to ``last`` from one colour to the other."""
        first, stop = int(np.clip(first, 0, self.size[1])), self.size[1] if last is None else int(last)
        stop = int(np.clip(stop, first, self.size[1]))
        if stop > first:
            share = np.linspace(0, 1, stop - first)[:, None, None]
            rows = np.asarray(top) * (1 - share) + np.asarray(bottom) * share
            self.put(np.broadcast_to(rows, (stop - first, self.size[0], 3)), first)

    def put(self, pixels: FloatArray, first: int) -> None:
        """Write (h, W, 3) rows of RGB at row ``first``."""
        from PIL import Image

        rows = np.clip(quieted(pixels[:, :1]) if pixels.strides[1] == 0 else pixels, 0, 255).astype(np.uint8)
        self.image.paste(Image.fromarray(np.ascontiguousarray(np.broadcast_to(rows, pixels.shape))), (0, first))

    def ground(self, near: Colour, far: Colour, grain: float, size: float = 0.6) -> None:
        """A floor of one material: its colour fades into the distance, its texture lies in perspective.

        Args:
            near: Colour at the person.
            far: Colour at the horizon.
            grain: Strength of the texture, brightness levels.
            size: Metres of the largest spots.
        """
        first, x, z = self.floor()
        depth = np.linspace(0, 1, len(x))[:, None] ** 0.6
        texture = noise_at(x / size * 40, z / size * 40) * grain * np.clip(depth + 0.25, 0, 1)
        base = np.asarray(far) + (np.asarray(near) - np.asarray(far)) * depth[..., None]
        self.put(base + texture[..., None], first)

    def poly(self, points: Sequence[tuple[float, float]], colour: Colour) -> None:
        """A polygon in plate pixels."""
        self.draw.polygon([value for point in points for value in point], fill=ink(colour))

    def box(self, right: tuple[float, float], up: tuple[float, float], toward: float, colour: Colour) -> None:
        """An upright rectangle that faces the camera, metres."""
        corners = [self.at(right[i], toward, up[j]) for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))]
        self.poly(corners, colour)

    def blob(self, x: float, y: float, wide: float, high: float, colour: Colour) -> None:
        """An ellipse around a plate pixel, half axes in plate pixels."""
        self.draw.ellipse((x - wide, y - high, x + wide, y + high), fill=ink(colour))

    def leaves(
        self, x: float, y: float, wide: float, high: float, colour: Colour, count: int = 14, spread: float = 0.1
    ) -> None:
        """A crown of leaves: many blobs, darker below and lighter above."""
        places = np.clip(self.rng.normal(size=(count, 2)), -1.7, 1.7) * 0.45
        for across, down in places[np.argsort(-places[:, 1])]:
            bright = 1 - 0.22 * down + self.rng.normal() * spread
            size = self.rng.uniform(0.32, 0.55)
            self.blob(
                x + across * wide,
                y + down * high,
                wide * size,
                high * size,
                np.asarray(colour) * np.clip(bright, 0.75, 1.3),
            )

    def grain(self) -> None:
        """Fine unevenness over the whole picture, as every real surface has."""
        from PIL import Image, ImageChops

        spots = Image.new("RGB", self.size)
        tile = _grain_tile()
        for x in range(0, self.size[0], _TILE):
            for y in range(0, self.size[1], _TILE):
                spots.paste(tile, (x, y))
        self.image.paste(ImageChops.add(self.image, spots, offset=-_GREY))


@lru_cache(maxsize=4096)
def _ink(red: int, green: int, blue: int) -> tuple[int, int, int]:
    values = np.clip(quieted(np.array([red, green, blue])), 0, 255).round().astype(int).tolist()
    return values[0], values[1], values[2]


def ink(colour: Colour) -> tuple[int, int, int]:
    """A quiet colour as Pillow wants it, in steps of 4 levels."""
    red, green, blue = (4 * round(float(value) / 4) for value in colour)
    return _ink(red, green, blue)


@cache
def _grain_tile() -> Image.Image:
    """The texture around a middle grey."""
    from PIL import Image

    grey = (_GREY + _GRAIN * _noise_tile()).astype(np.uint8)
    return Image.fromarray(np.repeat(grey[..., None], 3, axis=2))


@cache
def _noise_tile() -> FloatArray:
    """(256, 256) of a texture without seams, mean 0 and standard deviation 1, always the same."""
    rng = np.random.default_rng(20)
    away = np.hypot(*np.meshgrid(*(np.fft.fftfreq(_TILE, 1 / _TILE),) * 2))
    spectrum = np.fft.fft2(rng.normal(size=(_TILE, _TILE))) / np.maximum(away, 3) ** 0.8
    spectrum[0, 0] = 0
    tile = np.fft.ifft2(spectrum).real
    return np.asarray((tile / tile.std()).astype(np.float32))


def noise_at(x: FloatArray, y: FloatArray) -> FloatArray:
    """The texture at places in units of its pixels, repeated without end; broadcasts."""
    return np.asarray(_noise_tile()[x.astype(np.int64) % _TILE, y.astype(np.int64) % _TILE])
