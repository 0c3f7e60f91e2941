"""What a body does over the whole of its active part: ranges, covariances, turning, rhythm, order in time.

Every measure takes a ``Movement`` and is 0 where the joints it needs are not known.
"""

from __future__ import annotations

import numpy as np

from dance_xai.motion.kinematics_body import RATE, Movement
from dance_xai.motion.kinematics_phases import active_seconds, angle_of, distance_of
from dance_xai.types import BoolArray, FloatArray

BANDS = (0.2, 0.6, 1.0, 1.5, 2.0, 2.75, 3.75, 5.0, 7.5)
"""Edges in Hz of the bands of the spectra."""

SLOWEST, FASTEST = 0.4, 5.0  # Hz, of a dominant rate
STILL = 2e-5  # squared statures; movement of less power than this counts as none
SHORT_PATH = 0.03  # statures; a joint that moves no further has no clear time
TRANSFORM = 512  # samples of a Fourier transform at least: 0.06 Hz apart


def ranges(movement: Movement) -> FloatArray:
    """(3, P, d) least, greatest and standard deviation of the positions, statures."""
    points, known = movement.points[movement.active], movement.known[movement.active, :, None]
    centred = _centred(points, known)
    spread = np.sqrt(_mean(centred**2, known))
    return np.stack([*_extremes(points, np.broadcast_to(known, points.shape)), spread])


def angle_ranges(movement: Movement) -> FloatArray:
    """(3, 8) least, greatest and mean cosine of the joint angles."""
    return _three(*angle_of(movement), movement.active)


def distance_ranges(movement: Movement) -> FloatArray:
    """(3, 78) least, greatest and mean distance of all pairs of joints, statures."""
    return _three(*distance_of(movement), movement.active)


def speed_levels(movement: Movement) -> FloatArray:
    """(3, P) mean, greatest and root mean square speed, statures per second."""
    speed, known = movement.speed[movement.active], movement.known[movement.active]
    return np.stack([_mean(speed, known), speed.max(axis=0), np.sqrt(_mean(speed**2, known))])


def position_covariance(movement: Movement) -> FloatArray:
    """(P d (P d + 1) / 2,) signed square roots of the covariances of all coordinates, statures."""
    return _covariance(movement.points[movement.active], movement.known[movement.active])


def velocity_covariance(movement: Movement) -> FloatArray:
    """(P d (P d + 1) / 2,) signed square roots of the covariances of all velocities, statures per second."""
    return _covariance(movement.velocity[movement.active], movement.known[movement.active])


def turning(movement: Movement) -> FloatArray:
    """(P, d (d - 1) / 2) signed square roots of twice the mean area swept per second around the mean position.

    In the plane of x and y, positive is clockwise as seen, since y points down.
    """
    known = movement.known[movement.active, :, None]
    place = _centred(movement.points[movement.active], known)
    velocity = movement.velocity[movement.active] * known
    a, b = np.triu_indices(place.shape[2], 1)
    return _signed_root(_mean(place[..., a] * velocity[..., b] - place[..., b] * velocity[..., a], known))


def spectrum(movement: Movement) -> FloatArray:
    """(bands, P) logarithms of the power per band of ``BANDS``, 0 for a joint at rest."""
    power, hertz = _power(movement)
    inside = (hertz >= np.array(BANDS[:-1])[:, None]) & (hertz < np.array(BANDS[1:])[:, None])  # (bands, frequencies)
    return np.asarray(np.log1p(inside @ power / STILL))


def dominant_rate(movement: Movement) -> FloatArray:
    """(P,) Hz of the strongest repetition of each joint, 0 for a joint at rest."""
    power, hertz = _power(movement)
    power = power[(hertz >= SLOWEST) & (hertz <= FASTEST)]
    hertz = hertz[(hertz >= SLOWEST) & (hertz <= FASTEST)]
    return np.where(power.sum(axis=0) > STILL, hertz[power.argmax(axis=0)], 0)


def timing(movement: Movement) -> FloatArray:
    """(P,) when each joint moves: mean place in the active part weighted by speed, -1 at its start, 1 at its end."""
    speed = movement.speed[movement.active]
    when = np.linspace(-1, 1, len(speed)) if len(speed) > 1 else np.zeros(1)
    return np.asarray(when @ speed / (speed.sum(axis=0) + SHORT_PATH * RATE))


def net_displacement(movement: Movement) -> FloatArray:
    """(P, d) statures from the first to the last known pose of the active part."""
    known, points = movement.known[movement.active], movement.points[movement.active]
    first, last = known.argmax(axis=0), len(known) - 1 - known[::-1].argmax(axis=0)
    joints, some = np.arange(known.shape[1]), np.asarray(known.any(axis=0))
    return np.asarray((points[last, joints] - points[first, joints]) * some[:, None])


def duration(movement: Movement) -> FloatArray:
    """(1,) logarithm of one plus the seconds of the active part."""
    return np.array([np.log1p(active_seconds(movement))])


def share_known(movement: Movement) -> FloatArray:
    """(P,) share of the active part in which each joint is known, 0..1."""
    return np.asarray(movement.known[movement.active].mean(axis=0))


def _power(movement: Movement) -> tuple[FloatArray, FloatArray]:
    """(frequencies, P) squared statures and (frequencies,) Hz, under a Hann window, summed over coordinates.

    A sine of amplitude a has power a^2 / 2 in all, however long it lasts.
    """
    known = movement.known[movement.active, :, None]
    place = _centred(movement.points[movement.active], known)
    window = np.hanning(len(place) + 2)[1:-1]
    size = max(TRANSFORM, len(place))
    lines = np.abs(np.fft.rfft(place * window[:, None, None], size, axis=0)) ** 2
    return 2 * lines.sum(axis=2) / (size * (window**2).sum()), np.fft.rfftfreq(size, 1 / RATE)


def _centred(values: FloatArray, known: BoolArray) -> FloatArray:
    return np.asarray((values - _mean(values, known)) * known)


def _mean(values: FloatArray, known: BoolArray) -> FloatArray:
    """Mean of the first axis where known, 0 where nothing is."""
    return np.asarray((values * known).sum(axis=0) / np.maximum(known.sum(axis=0), 1))


def _extremes(values: FloatArray, known: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Least and greatest along the first axis where known, 0 where nothing is."""
    some = known.any(axis=0)
    low, high = np.where(known, values, np.inf).min(axis=0), np.where(known, values, -np.inf).max(axis=0)
    return np.where(some, low, 0), np.where(some, high, 0)


def _three(values: FloatArray, known: BoolArray, active: slice) -> FloatArray:
    values, known = values[active], known[active]
    return np.stack([*_extremes(values, known), _mean(values, known)])


def _covariance(values: FloatArray, known: BoolArray) -> FloatArray:
    flat = _centred(values, known[..., None]).reshape(len(values), -1)
    full = flat.T @ flat / len(flat)
    return _signed_root(full[np.triu_indices(len(full))])


def _signed_root(values: FloatArray) -> FloatArray:
    return np.asarray(np.sign(values) * np.sqrt(np.abs(values)))
