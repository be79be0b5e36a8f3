"""The stand-in for Fashion-MNIST: ten kinds of garments, drawn.

A garment is a list of parts, `(polygon, shade)`, with (x, y) points in pixels of the 28x28 image
and a shade from 0 to 1. Its measures (width, length, sleeves, heel, ...) come from a random
generator; so do the pattern of its cloth and the folds. As in the real set the garment is light
on black, and shoes point to the left.
"""

import course_utils.keras_inside.start
from course_utils.datasets.standins.painting import rotation, smooth_noise

import numpy as np
import tensorflow_datasets as tfds
from PIL import Image, ImageDraw

TRAIN_SIZE, TEST_SIZE = 1_500, 300
_SIDE = 28
_SCALE = 6  # drawn at 168x168, then averaged
_LABELS = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


class FashionMnistStandin(tfds.core.GeneratorBasedBuilder):
    """Generated garments in Fashion-MNIST's format; see the module's docstring."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        return tfds.core.DatasetInfo(
            builder=self,
            description=(
                "A stand-in for Fashion-MNIST, made of drawings: 1,800 garments of its ten kinds "
                "from a random generator, with varied cut, cloth and brightness. Fashion-MNIST "
                "itself has 70,000 photographs from a shop: it is more varied and harder."
            ),
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=(_SIDE, _SIDE, 1)),
                    "label": tfds.features.ClassLabel(names=list(_LABELS)),
                }
            ),
            supervised_keys=("image", "label"),
        )

    def _split_generators(self, dl_manager):
        return {
            "train": self._generate_examples(range(TRAIN_SIZE)),
            "test": self._generate_examples(range(TRAIN_SIZE, TRAIN_SIZE + TEST_SIZE)),
        }

    def _generate_examples(self, indices):
        for index in indices:
            label = index % len(_LABELS)
            image = draw_garment(np.random.default_rng([2017, index]), label)
            yield index, {"image": image[..., np.newaxis], "label": label}


def draw_garment(rng: np.random.Generator, label: int) -> np.ndarray:
    """Return one garment of the class `label` (0 to 9) as a (28, 28) uint8 image."""
    cloth = _pattern(rng) * _folds(rng)
    brightness = 255 * rng.uniform(0.1, 1) ** 0.3  # dark garments are rarer than light ones
    fine = _rasterise(rng, _PARTS[label](rng)) * cloth * brightness
    picture = fine.reshape(_SIDE, _SCALE, _SIDE, _SCALE).mean(axis=(1, 3))
    picture += rng.normal(0, 4, picture.shape) * (picture > 12)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _rasterise(rng, parts):
    """Return the parts, later ones on top, as a float image of shades in [0, 1].

    The garment is a little smaller, askew and off the centre, and its details may be faint.
    """
    turn = _SCALE * rng.uniform(0.8, 1.02) * rotation(rng.normal(0, 0.07))
    middle = _SCALE * (_SIDE / 2 + rng.normal(0, 1, 2))
    contrast = rng.uniform(0.1, 1)
    image = Image.new("L", (_SIDE * _SCALE, _SIDE * _SCALE))
    draw = ImageDraw.Draw(image)
    for polygon, shade in parts:
        points = (np.array(polygon) - _SIDE / 2) @ turn.T + middle
        fill = round(255 * (1 - contrast * (1 - shade))) if shade else 0
        seam = round(fill * (1 - 0.4 * contrast))
        draw.polygon([tuple(point) for point in points], fill=fill, outline=seam, width=2)
    return np.asarray(image, np.float32) / 255


# --- shapes -----------------------------------------------------------------------------------


def _mirror(right):
    """Return the polygon symmetric about x = 14 whose right side runs down the points given."""
    return [*right, *[(_SIDE - x, y) for x, y in reversed(right)]]


def _both(polygon):
    """Return a polygon and its mirror image about x = 14."""
    return [polygon, [(_SIDE - x, y) for x, y in polygon]]


def _ellipse(x, y, width, height):
    """Return points on the ellipse with the half axes `width` and `height`."""
    angles = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    return list(zip(x + width * np.cos(angles), y + height * np.sin(angles), strict=True))


def _ribbon(points, thickness):
    """Return the polygon of a band of the given thickness (in y and x) along the points."""
    half = thickness / 2
    there = [(x - half, y - half) for x, y in points]
    return there + [(x + half, y + half) for x, y in reversed(points)]


# --- the ten kinds ----------------------------------------------------------------------------


def _torso(rng, width, waist, hem, bottom):
    """Return the body of an upper garment and its shoulder's half width."""
    neck, shoulder = rng.uniform(2.5, 4), width + rng.uniform(-0.5, 0.8)
    right = [
        (14 + neck, 1.2),
        (14 + shoulder, rng.uniform(2.5, 4)),
        (14 + width, 10),
        (14 + waist, 10 + (bottom - 10) * 0.4),
        (14 + hem, bottom),
    ]
    return (_mirror(right), 1.0), shoulder


def _sleeves(rng, shoulder, length):
    """Return two sleeves: short ones (length up to 10) stand out, long ones hang."""
    top = rng.uniform(2.2, 3.2)
    if length <= 10:
        reach = 14 + shoulder + rng.uniform(1.8, 4)
        wide = rng.uniform(3, 4.5)
        sleeve = [
            (14 + shoulder - 1.2, top),
            (reach, top + length * 0.75),
            (reach - wide * 0.8, top + length * 0.75 + wide * 0.5),
            (14 + shoulder - 1.6, top + 7),
        ]
    else:
        reach = 14 + shoulder + rng.uniform(1.6, 3.4)
        wide = rng.uniform(2.2, 3.4)
        sleeve = [
            (14 + shoulder - 1.2, top),
            (reach - 0.8, top + 5),
            (reach, top + length),
            (reach - wide, top + length + 0.4),
            (14 + shoulder - 1.4, top + 9),
        ]
    shade = rng.uniform(0.7, 0.95)
    return [(polygon, shade) for polygon in _both(sleeve)]


def _neckline(rng, depth):
    """Return a round or pointed cut at the neck."""
    width = rng.uniform(2, 3)
    if rng.random() < 0.6:
        return (_ellipse(14, 0.8, width, depth), 0.0)
    return ([(14 - width, 0), (14 + width, 0), (14, depth + 1.5)], 0.0)


def _tshirt(rng):
    width = rng.uniform(5.5, 7.5)
    body, shoulder = _torso(rng, width, width - rng.uniform(0, 1), width, rng.uniform(24, 27.5))
    sleeves = _sleeves(rng, shoulder, rng.uniform(5, 9)) if rng.random() < 0.85 else []
    parts = [*sleeves, body, _neckline(rng, rng.uniform(1.5, 4))]
    if rng.random() < 0.4:  # a print on the chest
        x, y = rng.uniform(2, 4), rng.uniform(1, 3.5)
        shapes = _ellipse(14, 12, x, y), _mirror([(14 + x, 11), (14 + x, 11 + y)])
        parts.append((shapes[rng.integers(2)], rng.choice([0.25, 0.5, 0.8])))
    return parts


def _trouser(rng):
    waist, hip = rng.uniform(3.5, 5), rng.uniform(4.5, 6)
    ankle, spread = rng.uniform(1.6, 3), rng.uniform(2.8, 4.2)
    bottom, crotch = rng.uniform(25, 27.5), rng.uniform(8, 11)
    leg = [
        (14, 0.8),
        (14 + waist, 0.8),
        (14 + hip, 7),
        (14 + spread + ankle / 2, bottom),
        (14 + spread - ankle / 2, bottom),
        (14.4, crotch),
        (14, crotch),
    ]
    seam = (_ribbon([(14, 1.5), (14, crotch)], 0.4), 0.6)
    belt = (_mirror([(14 + waist, 0.8), (14 + waist + 0.2, 2.2)]), rng.uniform(0.6, 0.9))
    return [*[(polygon, 1.0) for polygon in _both(leg)], seam, belt]


def _pullover(rng):
    width = rng.uniform(5.8, 7.5)
    body, shoulder = _torso(rng, width, width - 0.3, width - rng.uniform(0, 1), rng.uniform(23, 27))
    bottom = body[0][4][1]
    cuff = (_mirror([(14 + width - 1, bottom - 1.8), (14 + width - 1, bottom)]), 0.7)
    parts = [*_sleeves(rng, shoulder, rng.uniform(18, 22)), body, cuff]
    if rng.random() < 0.5:  # broad bands
        y = rng.uniform(7, 14)
        band = _mirror([(14 + width, y), (14 + width - 0.3, y + rng.uniform(2, 5))])
        parts.append((band, rng.uniform(0.3, 0.7)))
    return [*parts, _neckline(rng, rng.uniform(1.2, 2.2))]


def _dress(rng):
    width, waist = rng.uniform(3.4, 5), rng.uniform(2.6, 4)
    hem = rng.uniform(3.5, 8)
    body, shoulder = _torso(rng, width, waist, hem, 27.5)
    parts = [body, _neckline(rng, rng.uniform(2, 5))]
    if rng.random() < 0.55:
        parts = [*_sleeves(rng, shoulder, rng.choice([6, 8, 15, 18])), *parts]
    if rng.random() < 0.5:
        parts.append((_mirror([(14 + waist, 14.5), (14 + waist, 15.7)]), 0.5))
    return parts


def _coat(rng):
    width = rng.uniform(6, 7.6)
    body, shoulder = _torso(rng, width, width - 0.6, width + rng.uniform(-0.5, 1), 27.5)
    opening = (_ribbon([(14 + rng.uniform(-1, 1), 4), (14, 27.5)], rng.uniform(0.5, 1)), 0.25)
    collar = [(polygon, 0.6) for polygon in _both([(14, 6), (14, 2), (17, 0.6), (18.2, 4.5)])]
    pockets = _both(_ribbon([(16.2, 19), (18.8, 18.3)], 0.7))
    parts = [*_sleeves(rng, shoulder, rng.uniform(20, 24)), body, opening, *collar]
    if rng.random() < 0.6:
        parts += [(polygon, 0.5) for polygon in pockets]
    return parts


def _shirt(rng):
    width = rng.uniform(5.5, 7)
    body, shoulder = _torso(rng, width, width - 0.7, width - 0.2, rng.uniform(25, 27.5))
    sleeves = _sleeves(rng, shoulder, rng.choice([7, 9, 18, 20, 22]))
    collar = [(polygon, 0.85) for polygon in _both([(14, 4.5), (14.5, 1), (16.8, 0.5), (17, 3.6)])]
    buttons = [(_ellipse(14, y, 0.45, 0.45), 0.35) for y in range(6, 26, 4)]
    strip = (_ribbon([(14, 4), (14, 26)], 0.3), 0.75)
    return [*sleeves, body, *collar, strip, *buttons]


def _sandal(rng):
    heel, sole = rng.choice([0, 0, 4, 9]), rng.uniform(1.5, 3)
    floor, toe = 24 + min(heel / 3, 2.5), rng.uniform(1, 3)
    ground = floor - heel
    ramp = [(toe, floor - 1), (10, floor - 1.2), (19, ground - 1), (26, ground - 1.5)]
    parts = [(_ribbon([(x, y + sole / 2) for x, y in ramp], sole), 0.8)]
    if heel:
        parts.append(([(25, ground - 1), (26.5, ground - 1), (26, floor), (24.8, floor)], 0.7))
    for foot in rng.choice([5, 8, 11, 14], size=rng.integers(1, 4), replace=False):
        end = (foot + 4.5, floor - 1.5 - heel * 0.2)
        strap = [(foot - 1, floor - 1), (foot + 2, floor - 5), end]
        parts.append((_ribbon(strap, rng.uniform(1.3, 2.2)), 1.0))
    ankle = ground - rng.uniform(5, 8)
    parts.append((_ribbon([(19, ankle + 2), (23, ankle), (26, ground - 2)], 1.6), 1.0))
    parts.append((_ribbon([(12, floor - 4), (19, ankle + 2), (22, ground - 1.5)], 1.4), 1.0))
    return parts


def _sneaker(rng):
    floor, height = rng.uniform(19.5, 22), rng.uniform(7, 11)
    sole, toe = rng.uniform(1.3, 2.4), rng.uniform(2.6, 4.2)
    top = floor - height
    upper = [
        (1, floor - 1),
        (2, floor - toe),
        (8, floor - toe - 1.5),
        (rng.uniform(14, 16.5), top),
        (19, top + 1.2),
        (23, top + 1),
        (26, top - rng.uniform(-0.5, 1)),
        (27, floor - 1),
    ]
    parts = [(upper, rng.uniform(0.7, 1))]
    parts.append((_ribbon([(8.5, floor - 2), (16, floor - 5)], 1.6), rng.uniform(0.3, 0.9)))
    for x in (10, 12, 14):
        parts.append((_ribbon([(x, floor - toe - 2), (x + 2, floor - toe)], 0.6), 0.4))
    base = [(0.7, floor - sole * 0.7), (27.3, floor - sole), (27, floor), (1.5, floor)]
    return [*parts, (base, rng.choice([0.45, 1.0]))]


def _bag(rng):
    top, bottom = rng.uniform(8, 13), rng.uniform(22, 26.5)
    upper, lower = rng.uniform(8, 12.5), rng.uniform(9.5, 13)
    grip, rise = rng.uniform(3.5, 8), min(top - 0.6, rng.uniform(3, 11))
    strap = rng.uniform(0.8, 1.5)
    handle = [
        (_ellipse(14, top + 1, grip, rise), 0.85),
        (_ellipse(14, top + 1, grip - strap, rise - strap), 0.0),
    ]
    body = _mirror([(14 + upper, top), (14 + lower, bottom - 1), (14 + lower - 1, bottom)])
    parts = [*handle, (body, 1.0)]
    if rng.random() < 0.6:  # a flap with its clasp
        flap = top + rng.uniform(3, 7)
        parts.append((_mirror([(14 + upper, top), (14 + upper * 0.9, flap)]), 0.75))
        parts.append((_ellipse(14, flap, 1, 1), 0.3))
    elif rng.random() < 0.7:
        parts.append((_ribbon([(14 - upper, top + 2), (14 + upper, top + 2)], 0.6), 0.4))
    return parts


def _ankle_boot(rng):
    floor, heel = rng.uniform(24.5, 27), rng.choice([0, 0, 3, 6])
    shaft, top = rng.uniform(7, 11), rng.uniform(2, 9)
    back, ground = rng.uniform(24, 26.5), floor - heel
    upper = [
        (1.2, floor - 0.5),
        (2, floor - rng.uniform(3, 4.5)),
        (10, ground - 7),
        (back - shaft, top + 6),
        (back - shaft - 0.5, top),
        (back, top - rng.uniform(-0.5, 1)),
        (back + 0.4, ground - 1),
        (18, ground - 0.5),
        (12, floor - 0.5),
    ]
    parts = [(upper, 1.0)]
    if heel:
        front = back - rng.uniform(2, 5)
        block = [(front, ground - 1), (back + 0.4, ground - 1.5), (back, floor)]
        block.append((front + 0.8, floor))
        parts += [(block, 0.75), (_ribbon([(1.5, floor - 0.4), (12, floor - 0.4)], 0.7), 0.5)]
    else:
        sole = _ribbon([(1, floor - 0.5), (back, floor - 0.5)], 1.4)
        parts.append((sole, rng.choice([0.4, 0.7])))
    return parts + _fastening(rng, back - shaft, shaft, top, ground)


def _fastening(rng, front, shaft, top, ground):
    """Return the laces or the zip of a boot."""
    if rng.random() < 0.5:
        rows = np.arange(top + 5, ground - 6, 2.2)
        return [(_ribbon([(front, y), (front + 3.5, y + 1)], 0.6), 0.4) for y in rows]
    middle = front + shaft / 2
    return [(_ribbon([(middle, top + 1), (middle, ground - 6)], 1), 0.6)]


_PARTS = (
    _tshirt,
    _trouser,
    _pullover,
    _dress,
    _coat,
    _sandal,
    _shirt,
    _sneaker,
    _bag,
    _ankle_boot,
)


# --- cloth ------------------------------------------------------------------------------------


def _pattern(rng):
    """Return a cloth of shades in [0, 1], 168x168: plain, striped, checked or flowered."""
    side = _SIDE * _SCALE
    if rng.random() < 0.6:
        return np.ones((side, side))
    waves = np.sin(2 * np.pi * np.arange(side) / _SCALE / rng.uniform(2.5, 6))
    stripes = np.tile(waves > rng.uniform(-0.5, 0.5), (side, 1)).astype(float)
    flowers = _hills(rng, rng.integers(10, 18)) > rng.uniform(0.4, 0.6)
    kinds = stripes, stripes.T, (stripes + stripes.T) / 2, flowers
    return 1 - rng.uniform(0.3, 0.75) * kinds[rng.integers(4)]


def _folds(rng):
    """Return soft light and shade between about 0.75 and 1, 168x168."""
    return 1 - 0.3 * _hills(rng, 5) * rng.uniform(0.4, 1)


def _hills(rng, cells):
    """Return smooth noise in [0, 1], 168x168, with `cells` hills across."""
    side = _SIDE * _SCALE
    return np.clip(0.5 + 0.5 * smooth_noise(rng, (side, side), cells), 0, 1)
