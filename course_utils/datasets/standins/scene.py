"""A picture of a pet being painted: furry parts, flat marks and shadows on a photograph."""

from copy import copy
from functools import lru_cache

from course_utils.datasets.standins.painting import blend, rotation, smooth_noise

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image, ImageDraw
from scipy import ndimage

WHITE, DARK, PINK = np.array([(238.0, 232, 224), (34, 28, 28), (206, 142, 136)])
_COATS = np.array(  # main colours of fur, red-green-blue
    [
        (190, 118, 60),
        (140, 128, 118),
        (58, 52, 50),
        (226, 216, 200),
        (112, 76, 50),
        (206, 168, 118),
        (160, 150, 140),
    ],
    float,
)


class Scene:
    """A picture being painted, where the pet is in it, and the pet's coat.

    Parameters
    ----------
    rng : numpy.random.Generator
    image : ndarray of float, shape (height, width, 3)
        The place, 0 to 255; painted on in place.
    box : tuple of float
        Left, top, right, bottom of the pet in its own units. It fills the picture more or less,
        looks to the left or the right, and may be partly outside.
    """

    def __init__(
        self, rng: np.random.Generator, image: np.ndarray, box: tuple[float, float, float, float]
    ):
        self.rng, self.image = rng, image
        height, width = image.shape[:2]
        left, top, right, bottom = box
        scale = rng.uniform(0.85, 1.2) * min(width / (right - left), height / (bottom - top))
        self.matrix = scale * rotation(rng.normal(0, 0.1)) * (rng.choice([-1, 1]), 1)
        middle = np.array((width, height)) * rng.uniform(0.43, 0.57, 2)
        self.origin = middle - self.matrix @ ((left + right) / 2, (top + bottom) / 2)
        self.light = rng.uniform(-1, 1, 2) - (0, 1.2)
        self.shaggy = rng.uniform(0.2, 1.2)
        self._choose_coat(scale)

    def _choose_coat(self, scale):
        rng, shape = self.rng, self.image.shape[:2]
        hue, brightness = rng.normal(1, 0.025, (2, 3)), rng.uniform(0.8, 1.1)
        main, other = rng.choice(_COATS, 2, replace=False) * hue * brightness
        noise = smooth_noise(rng, shape, 6)
        pattern = rng.choice(["plain", "stripes", "patches"], p=[0.45, 0.3, 0.25])
        if pattern == "stripes":
            rows, columns = np.indices(shape) / scale
            mix, other = np.sin(14 * (columns + 0.3 * rows) + 5 * noise) * 0.5 + 0.5, 0.55 * main
        elif pattern == "patches":
            mix = np.clip((noise - rng.uniform(-0.2, 0.3)) * 8, 0, 1)
            other = WHITE if rng.random() < 0.6 else other
        else:
            mix, other = 0.5 + 0.5 * noise, 0.85 * main
        self.coat = main + mix[..., np.newaxis] * (other - main)
        self.bib = rng.random() < 0.4
        self.muzzle = WHITE if self.bib else np.clip(1.15 * main + 10, 0, 245)
        self.paws = WHITE if rng.random() < 0.35 else None
        self.nose = PINK * rng.uniform(0.5, 1)

    def at(self, x: float, y: float, size: float, tilt: float) -> "Scene":
        """Return this scene with its origin at (x, y), enlarged and turned (radians)."""
        part = copy(self)
        part.origin = self.origin + self.matrix @ (x, y)
        part.matrix = self.matrix @ rotation(tilt) * size
        return part

    def fur(
        self,
        outline: ArrayLike,
        colour: ArrayLike | None = None,
        shade: float = 1.0,
        raggedness: float = 1.0,
    ) -> None:
        """Paint a furry part: rounded by light and shade, streaked, with a ragged edge."""
        window, mask = self._rasterise(outline)
        if min(mask.shape) < 2 or not mask.any():
            return  # outside the picture
        size = np.sqrt(mask.sum())
        streaks = _streaks(self.rng, mask.shape)
        soft = ndimage.gaussian_filter(mask, 1.5 * self.shaggy * raggedness + 0.3)
        soft = soft + 1.5 * soft * (1 - soft) * streaks  # moves the edge only where there is one
        opacity = np.clip(1.5 * (soft - 0.5) + 0.5, 0, 1)
        down, right = np.gradient(ndimage.gaussian_filter(mask, 0.15 * size, truncate=2))
        relief = size * (self.light[0] * right + self.light[1] * -down)
        tone = shade * (1 + np.clip(0.35 * relief, -0.4, 0.3) + 0.09 * streaks)
        colour = self.coat[window] if colour is None else colour
        blend(self.image[window], opacity, tone[..., np.newaxis] * colour)

    def mark(self, outline: ArrayLike, colour: ArrayLike, opacity: float = 1.0) -> None:
        """Paint a part without fur (an eye, a nose, a whisker) in one colour."""
        window, mask = self._rasterise(outline)
        blend(self.image[window], opacity * mask, colour)

    def shadow(self, outline: ArrayLike) -> None:
        """Darken the ground, softly."""
        window, mask = self._rasterise(outline, margin=12)
        blend(self.image[window], 0.6 * ndimage.gaussian_filter(mask, 4), 0.0)

    def _rasterise(self, outline, margin=4):
        """Return the window around an outline, as slices, and its anti-aliased mask there."""
        points = np.asarray(outline) @ self.matrix.T + self.origin
        limits = self.image.shape[1::-1]
        low = np.clip(np.floor(points.min(axis=0)).astype(int) - margin, 0, limits)
        high = np.clip(np.ceil(points.max(axis=0)).astype(int) + margin, low, limits)
        window = np.s_[low[1] : high[1], low[0] : high[0]]
        width, height = high - low
        if not width * height:
            return window, np.zeros((height, width))
        fine = Image.new("L", (int(4 * width), int(4 * height)))
        ImageDraw.Draw(fine).polygon([tuple(4 * (point - low)) for point in points], fill=255)
        return window, np.asarray(fine.reduce(4), np.float32) / 255


@lru_cache
def _fur_textures():
    """Return streaks of fur in eight directions, (8, 400, 400), standard deviation 1."""
    noise = np.random.default_rng(0).normal(size=(600, 600)).astype(np.float32)
    streaks = ndimage.gaussian_filter(noise, (3.5, 0.7))
    turned = [ndimage.rotate(streaks, angle, reshape=False, order=1) for angle in range(0, 180, 23)]
    middle = np.stack(turned)[:, 100:500, 100:500]
    return middle / middle.std()


def _streaks(rng, shape):
    """Return streaks of fur in a random direction."""
    textures = _fur_textures()
    top, left = (rng.integers(0, 400 - side) for side in shape)
    return textures[rng.integers(len(textures)), top : top + shape[0], left : left + shape[1]]
