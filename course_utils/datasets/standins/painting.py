"""Small tools for drawing with NumPy: outlines as (n, 2) arrays of points, noise, blending."""

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image


def blend(image: np.ndarray, opacity: np.ndarray, colour: ArrayLike) -> None:
    """Lay a colour, or an image of colours, over `image` in place; opacity (h, w) in [0, 1]."""
    image += opacity[..., np.newaxis] * (colour - image)


def spot(
    image: np.ndarray,
    centre: tuple[float, float],
    radius: float,
    colour: ArrayLike,
    strength: float,
    stretch: float = 1.0,
    tilt: float = 0.0,
    softness: float = 0.3,
) -> None:
    """Blend an ellipse of one colour into the image, in place.

    `strength` is its opacity in the middle, `stretch` the ratio of its axes, `tilt` its angle in
    radians, `softness` the share of the radius over which it fades at the border.
    """
    view, x, y = window(image, centre, radius * stretch * (1 + softness) + 1)
    x, y = rotate(x, y, -tilt)
    distance = np.hypot(x / stretch, y) / radius
    blend(view, np.clip((1 - distance) / softness + 0.5, 0, 1) * strength, colour)


def ring(
    image: np.ndarray,
    centre: tuple[float, float],
    radius: float,
    colour: ArrayLike,
    strength: float,
    thickness: float,
) -> None:
    """Blend the outline of a circle into the image, in place."""
    view, x, y = window(image, centre, radius + 3 * thickness)
    across = (np.hypot(x, y) - radius) / thickness
    blend(view, np.exp(-(across**2)) * strength, colour)


def window(
    image: np.ndarray, centre: tuple[float, float], reach: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the view of `image` within `reach` of `centre`, and x and y from there."""
    x, y = centre
    left, top = max(int(x - reach), 0), max(int(y - reach), 0)
    view = image[top : int(y + reach) + 2, left : int(x + reach) + 2]
    rows, columns = view.shape[:2]
    return view, left - x + np.arange(columns), (top - y + np.arange(rows))[:, np.newaxis]


def rotate(x: ArrayLike, y: ArrayLike, angle: float) -> tuple[ArrayLike, ArrayLike]:
    """Return x and y turned by `angle` radians."""
    return x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)


def smooth_noise(rng: np.random.Generator, shape: tuple[int, int], cells: int) -> np.ndarray:
    """Return smooth noise of the given shape, about -1 to 1, with `cells` hills across."""
    coarse = Image.fromarray(rng.uniform(-1, 1, (cells, cells)).astype(np.float32))
    return np.asarray(coarse.resize(shape[::-1], Image.Resampling.BICUBIC))


def oval(x: float, y: float, width: float, height: float) -> np.ndarray:
    """Return an ellipse from its middle and half axes."""
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    return np.stack([x + width * np.cos(angles), y + height * np.sin(angles)], axis=1)


def blob(points: ArrayLike) -> np.ndarray:
    """Return a closed smooth curve near the points given, by cutting corners (Chaikin)."""
    points = np.asarray(points, float)
    for _ in range(3):
        following = np.roll(points, -1, axis=0)
        cut = [0.75 * points + 0.25 * following, 0.25 * points + 0.75 * following]
        points = np.stack(cut, axis=1).reshape(-1, 2)
    return points


def limb(joints: ArrayLike, width: float, end_width: float) -> np.ndarray:
    """Return a band along a curve bent by three joints (a quadratic Bezier curve), tapered."""
    start, bend, end = np.asarray(joints, float)
    t = np.linspace(0, 1, 14)[:, np.newaxis]
    curve = (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end
    along = np.gradient(curve, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-9
    normal = along[:, ::-1] * (-1, 1) * ((1 - t) * width + t * end_width) / 2
    tip = curve[-1:] + along[-1:] * end_width / 2
    return np.concatenate([curve + normal, tip, (curve - normal)[::-1]])


def mirrored(right: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the points given and their mirror images about x = 0, in order around."""
    return [*right, *[(-x, y) for x, y in reversed(right)]]


def shrink(points: ArrayLike, share: float) -> np.ndarray:
    """Return the points moved towards their mean, to `share` of the distance."""
    middle = np.mean(points, axis=0)
    return middle + share * (np.asarray(points) - middle)


def rotation(angle: float) -> np.ndarray:
    """Return the matrix that turns (x, y) columns by `angle` radians."""
    return np.array([(np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))])
