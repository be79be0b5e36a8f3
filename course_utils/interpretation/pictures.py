"""Patterns made visible, and measured."""

import numpy as np
from numpy.typing import ArrayLike


def to_pictures(patterns: ArrayLike) -> np.ndarray:
    """Stretch patterns to values from 0 to 1 for the eye, each by itself.

    The mean becomes grey, and 2.5 standard deviations to each side black and white.
    patterns: (N, height, width, channels).

    >>> to_pictures(np.array([-1, 1]).reshape(1, 1, 2, 1)).ravel()
    array([0.3, 0.7], dtype=float32)
    """
    patterns = np.asarray(patterns, dtype="float32")
    axes = tuple(range(1, patterns.ndim))
    centred = patterns - patterns.mean(axis=axes, keepdims=True)
    spread = patterns.std(axis=axes, keepdims=True)
    return np.clip(0.5 + centred / (5 * np.maximum(spread, 1e-8)), 0, 1)


def orientation_energy(patterns: ArrayLike, directions: int = 8) -> np.ndarray:
    """Return how the energy of each pattern is shared out among directions of its stripes.

    The power of its Fourier transform (channels averaged, the mean and the corners of the
    spectrum left out) is added up by direction: number k holds stripes that run at k / directions
    of 180 degrees, anticlockwise from horizontal. White noise gives about 1 / directions to each.

    patterns: (N, height, width, channels). Returns (N, directions), each row with sum 1.

    >>> upright = np.cos(np.arange(8) * np.pi / 2) * np.ones((8, 1))  # stripes from top to bottom
    >>> orientation_energy(upright[None, :, :, None], directions=4).round(2)
    array([[0., 0., 1., 0.]])
    """
    grey = np.asarray(patterns, dtype="float64").mean(axis=-1)
    grey = grey - grey.mean(axis=(1, 2), keepdims=True)
    power = np.abs(np.fft.fft2(grey)) ** 2
    rows, columns = np.fft.fftfreq(grey.shape[1])[:, None], np.fft.fftfreq(grey.shape[2])[None]
    radius = np.hypot(rows, columns)
    angle = np.arctan2(-rows, columns) + np.pi / 2  # stripes run across their wave's direction
    number = np.round(angle / np.pi * directions).astype(int) % directions
    inside = (radius > 0) & (radius <= 0.5)
    energy = np.stack(
        [(power * (inside & (number == k))).sum((1, 2)) for k in range(directions)], 1
    )
    return energy / np.maximum(energy.sum(axis=1, keepdims=True), 1e-300)
