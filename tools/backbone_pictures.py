"""The pictures that the course's backbone learns from: photographs, textures and shapes.

`draw(name, rng, side)` returns one picture of a class as (side, side, 3) uint8. Each is made by
a function of its own below; shapes lie over a plain colour, a texture or a piece of a photograph.
"""

from functools import cache

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage
from skimage import data

# ---- Photographs --------------------------------------------------------------------------------

PHOTOGRAPHS = {
    "astronaut": data.astronaut,
    "brick wall": data.brick,
    "photographer": data.camera,
    "cat": data.chelsea,
    "clock": data.clock,
    "cup of coffee": data.coffee,
    "coins": data.coins,
    "grass": data.grass,
    "gravel": data.gravel,
    "galaxies": data.hubble_deep_field,
    "stained tissue": data.immunohistochemistry,
    "moon": data.moon,
    "motorcycle": lambda: data.stereo_motorcycle()[0],
    "printed page": data.page,
    "retina": data.retina,
    "rocket": data.rocket,
    "handwriting": data.text,
    "horse": lambda: data.horse() * np.uint8(255),
    "living cell": data.cell,
    "blood vessels": data.microaneurysms,
}


@cache
def _photograph(name) -> np.ndarray:
    photo = np.asarray(PHOTOGRAPHS[name]())
    photo = np.repeat(photo[..., None], 3, -1) if photo.ndim == 2 else photo[..., :3]
    shrink = max(1, min(photo.shape[:2]) // 400)
    return photo[::shrink, ::shrink].astype(np.uint8)


def _crop(name, rng, side):
    """Return a piece of a photograph, a third of it to nearly all, turned by up to 20 degrees."""
    photo = _photograph(name)
    length = int(min(photo.shape[:2]) * rng.uniform(0.35, 0.98))
    top, left = (rng.integers(0, room - length + 1) for room in photo.shape[:2])
    piece = Image.fromarray(photo[top : top + length, left : left + length])
    piece = piece.resize((side, side), Image.Resampling.BILINEAR)
    fill = tuple(int(value) for value in photo[::20, ::20].mean((0, 1)))
    piece = piece.rotate(rng.uniform(-20, 20), Image.Resampling.BILINEAR, fillcolor=fill)
    return np.asarray(piece, np.float32)


# ---- Textures: maps of values from 0 to 1, painted with two colours -----------------------------


def _grid(rng, side, turn=True):
    """Return coordinates from -1 to 1, turned and shifted at random."""
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    angle = rng.uniform(0, 2 * np.pi) if turn else 0
    y, x = y * np.cos(angle) + x * np.sin(angle), x * np.cos(angle) - y * np.sin(angle)
    return y + rng.uniform(-1, 1), x + rng.uniform(-1, 1)


def _wave(t):
    return 0.5 + 0.5 * np.sin(2 * np.pi * t)


def _noise(rng, side, smooth):
    """Return blurred noise; what is very smooth is made small and enlarged, which is quicker."""
    coarse = max(1, int(np.min(smooth) // 3))
    small = -(-side // coarse)
    values = rng.standard_normal((small, small), np.float32)
    values = ndimage.gaussian_filter(values, np.divide(smooth, coarse), mode="wrap")
    values = (values - values.min()) / (np.ptp(values) + 1e-6)
    enlarged = Image.fromarray(values).resize((side, side), Image.Resampling.BICUBIC)
    return np.asarray(enlarged)


def stripes(rng, side):
    return _wave(_grid(rng, side)[0] * rng.uniform(2, 8)) > 0.5


def checkerboard(rng, side):
    y, x = _grid(rng, side)
    count = rng.uniform(1.5, 5)
    return (np.floor(y * count) + np.floor(x * count)) % 2


def polka_dots(rng, side):
    y, x = _grid(rng, side)
    count = rng.uniform(2, 5)
    return np.hypot(y * count % 1 - 0.5, x * count % 1 - 0.5) < rng.uniform(0.2, 0.36)


def waves(rng, side):
    y, x = _grid(rng, side)
    bend = rng.uniform(0.08, 0.2) * np.sin(x * rng.uniform(5, 12))
    return _wave((y + bend) * rng.uniform(2, 6))


def zigzag(rng, side):
    y, x = _grid(rng, side)
    bend = np.abs(x * rng.uniform(2, 5) % 1 - 0.5) * rng.uniform(0.5, 0.9)
    return _wave((y + bend) * rng.uniform(2, 4.5)) > 0.5


def tartan(rng, side):
    y, x = _grid(rng, side)
    count = rng.uniform(1.5, 4)
    return (
        0.5 * (_wave(y * count) > 0.6)
        + 0.5 * (_wave(x * count) > 0.6)
        + 0.2 * _wave(3 * (y + x) * count)
    )


def clouds(rng, side):
    return sum(_noise(rng, side, side / 4 / 2**octave) / 2**octave for octave in range(4)) / 1.9


def snow(rng, side):
    return _noise(rng, side, rng.uniform(0.3, 1.2))


def marble(rng, side):
    y, _ = _grid(rng, side)
    return _wave(y * rng.uniform(1, 3) + 2.2 * _noise(rng, side, side / rng.uniform(7, 12))) ** 2


def wood(rng, side):
    y, x = _grid(rng, side)
    rings = np.hypot(y, x * rng.uniform(0.1, 0.4)) + 0.12 * _noise(rng, side, side / 8)
    return 0.8 * (rings * rng.uniform(5, 10) % 1) + 0.2 * _noise(rng, side, (0.3, 4))


def cobbles(rng, side):
    """Cells around random points: dark where two are equally near."""
    near = _two_nearest(rng, side, rng.integers(12, 50))
    return np.clip((near[1] - near[0]) * rng.uniform(4, 9), 0, 1)


def mosaic(rng, side):
    return _two_nearest(rng, side, rng.integers(12, 50))[2] % 7 / 6


def _two_nearest(rng, side, count):
    from scipy.spatial import cKDTree

    points = rng.uniform(-0.1, 1.1, (count, 2))
    grid = np.stack(np.mgrid[0 : 1 : side * 1j, 0 : 1 : side * 1j], -1).reshape(-1, 2)
    distance, index = cKDTree(points).query(grid, k=2)
    return (*distance.T.reshape(2, side, side), index[:, 0].reshape(side, side))


def honeycomb(rng, side):
    y, x = _grid(rng, side)
    count = rng.uniform(2.5, 6)
    y, x = y * count, x * count
    waves = [np.cos(2 * np.pi * (y * np.cos(a) + x * np.sin(a))) for a in (0, 2.0944, 4.1888)]
    return np.clip(0.35 + 0.3 * sum(waves), 0, 1)


def fur(rng, side):
    """Short strokes, all about the same way."""
    strokes = np.zeros((side, side))
    for _ in range(3):
        layer = Image.fromarray((_noise(rng, side, (0.4, rng.uniform(3, 7))) * 255).astype("uint8"))
        layer = layer.rotate(rng.uniform(-15, 15), Image.Resampling.BILINEAR)
        strokes += np.asarray(layer, float) / 255
    turned = np.rot90(strokes, rng.integers(4))
    return np.clip((turned - turned.min()) / np.ptp(turned) * 1.2 - 0.1, 0, 1)


TEXTURES = {
    texture.__name__.replace("_", " "): texture
    for texture in (
        stripes,
        checkerboard,
        polka_dots,
        waves,
        zigzag,
        tartan,
        clouds,
        snow,
        marble,
        wood,
        cobbles,
        mosaic,
        honeycomb,
        fur,
    )
}


def _colour(rng):
    return rng.uniform(0, 255) * 0.5 + rng.uniform(0, 255, 3) * 0.5


def _two_colours(rng):
    """Return two colours that can be told apart."""
    while True:
        one, other = _colour(rng), _colour(rng)
        if np.abs(one - other).sum() > 120:
            return one, other


def _paint_texture(name, rng, side):
    values = np.asarray(TEXTURES[name](rng, side), np.float32)[..., None]
    one, other = _two_colours(rng)
    return one * (1 - values) + other * values


# ---- Shapes: polygons in units of the shape's radius, y down -------------------------------------


def _polygon(count, inner=1.0, start=-np.pi / 2):
    """Return a regular polygon, or a star whose inner corners lie at radius `inner`."""
    angles = start + np.arange(2 * count) * np.pi / count
    radii = np.where(np.arange(2 * count) % 2, inner, 1)
    if inner == 1.0:
        angles, radii = angles[::2], radii[::2]
    return np.c_[np.cos(angles) * radii, np.sin(angles) * radii]


def _oval(x=0.0, y=0.0, width=1.0, height=1.0):
    angles = np.linspace(0, 2 * np.pi, 40)
    return np.c_[x + width * np.cos(angles), y + height * np.sin(angles)]


def _box(left, top, right, bottom):
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def _flower(petals, depth):
    """Return the outline r = 1 - depth + depth * cos(petals * angle)."""
    angles = np.linspace(0, 2 * np.pi, 120)
    radii = 1 - depth + depth * np.cos(petals * angles)
    return np.c_[radii * np.cos(angles), radii * np.sin(angles)]


def _heart():
    t = np.linspace(0, 2 * np.pi, 80)
    y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    return np.c_[np.sin(t) ** 3, -y / 16]


def _spiral(rng):
    t = np.linspace(0.5, rng.uniform(2, 3.5) * 2 * np.pi, 160)
    r = t / t[-1]
    inner = np.c_[r * np.cos(t), r * np.sin(t)]
    return np.r_[inner, inner[::-1] * (1 - 0.12 / np.maximum(r[::-1, None], 0.2))]


def _spots(rng, count, size):
    places = rng.uniform(-0.6, 0.6, (count, 2))
    return [
        (_oval(x, y, s, s * rng.uniform(0.6, 1)), 1)
        for (x, y), s in zip(places, rng.uniform(*size, count), strict=True)
    ]


# Each returns [(outline, colour), ...], painted in turn: 0 the shape's colour, 1 another one,
# 2 the background's.
SHAPES = {
    "disc": lambda rng: [(_oval(), 0)],
    "ring": lambda rng: [(_oval(), 0), (_oval(0, 0, *[rng.uniform(0.45, 0.75)] * 2), 2)],
    "triangle": lambda rng: [(_polygon(3), 0)],
    "square": lambda rng: [(_polygon(4), 0)],
    "hexagon": lambda rng: [(_polygon(6), 0)],
    "star": lambda rng: [(_polygon(5, rng.uniform(0.35, 0.5)), 0)],
    "gear": lambda rng: [(_polygon(rng.integers(9, 14), 0.72), 0), (_oval(0, 0, 0.3, 0.3), 2)],
    "flower": lambda rng: [
        (_flower(rng.integers(4, 8), 0.3), 0),
        (_oval(0, 0, 0.25, 0.25), 1),
    ],
    "plus": lambda rng: (
        [(_box(-1, -w, 1, w), 0) for w in [rng.uniform(0.15, 0.35)]]
        + [(_box(-w, -1, w, 1), 0) for w in [rng.uniform(0.15, 0.35)]]
    ),
    "crescent": lambda rng: [(_oval(), 0), (_oval(rng.uniform(0.35, 0.6), 0, 0.85, 0.85), 2)],
    "heart": lambda rng: [(_heart(), 0)],
    "arrow": lambda rng: [
        (_box(-1, -0.2, 0.3, 0.2), 0),
        (np.array([(0.2, -0.6), (1, 0), (0.2, 0.6)]), 0),
    ],
    "spiral": lambda rng: [(_spiral(rng), 0)],
    "disc with one spot": lambda rng: [(_oval(), 0), *_spots(rng, 1, (0.1, 0.3))],
    "disc with many spots": lambda rng: [
        (_oval(), 0),
        *_spots(rng, rng.integers(6, 14), (0.06, 0.16)),
    ],
    "disc with a rim": lambda rng: [(_oval(), 1), (_oval(0, 0, *[rng.uniform(0.75, 0.9)] * 2), 0)],
    "bow tie": lambda rng: [(np.array([(-1, -0.6), (1, 0.6), (1, -0.6), (-1, 0.6)]), 0)],
    "fish": lambda rng: [
        (np.array([(0.4, 0), (1, -0.5), (1, 0.5)]), 0),
        (_oval(-0.2, 0, 0.8, rng.uniform(0.3, 0.5)), 0),
        (_oval(-0.6, -0.1, 0.08, 0.08), 1),
    ],
    "house": lambda rng: [
        (_box(-0.8, -0.2, 0.8, 1), 0),
        (np.array([(-1, -0.2), (0, -1), (1, -0.2)]), 1),
        (_box(-0.2, 0.4, 0.2, 1), 2),
    ],
    "tree": lambda rng: [
        (_box(-0.12, 0.3, 0.12, 1), 1),
        (_flower(rng.integers(7, 12), 0.1) * 0.7 - (0, 0.3), 0),
    ],
    "fir tree": lambda rng: [
        (_box(-0.1, 0.6, 0.1, 1), 1),
        *[
            (np.array([(-w, y), (0, y - 0.8), (w, y)]), 0)
            for w, y in ((0.75, 0.7), (0.6, 0.25), (0.45, -0.2))
        ],
    ],
    "face": lambda rng: [
        (_oval(), 0),
        *[(_oval(x, -0.25, 0.13, 0.17), 1) for x in (-0.35, 0.35)],
        (_oval(0, 0.4, rng.uniform(0.2, 0.5), 0.1), 1),
    ],
    "mushroom": lambda rng: [
        (_box(-0.22, 0, 0.22, 0.95), 1),
        (_oval()[19:] * (0.95, 0.85), 0),
        *[(_oval(x, -0.35, 0.12, 0.1), 1) for x in (-0.45, 0.1, 0.5)],
    ],
    "sailing boat": lambda rng: [
        (np.array([(-0.9, 0.4), (0.9, 0.4), (0.5, 0.9), (-0.6, 0.9)]), 1),
        (np.array([(-0.05, 0.3), (-0.05, -1), (0.8, 0.3)]), 0),
    ],
    "bird": lambda rng: [
        (np.array([(-0.2, 0), (0.3, -0.9), (0.5, 0.1)]), 1),
        (_oval(0, 0.1, 0.7, 0.3), 0),
        (_oval(-0.7, -0.1, 0.25, 0.22), 0),
        (np.array([(-0.9, -0.15), (-1.2, -0.02), (-0.9, 0.03)]), 1),
    ],
    "snowman": lambda rng: [
        (_oval(0, 0.5, 0.5, 0.5), 0),
        (_oval(0, -0.2, 0.35, 0.35), 0),
        (_oval(0, -0.7, 0.25, 0.25), 0),
    ],
}
UPRIGHT = {
    "house",
    "tree",
    "fir tree",
    "face",
    "mushroom",
    "sailing boat",
    "bird",
    "snowman",
    "fish",
}


def _paint_shape(name, rng, side):
    """Return a shape over a background, a bit shaded, textured and blurred."""
    back = _background(rng, side)
    image = Image.new("L", (2 * side, 2 * side), 0)
    radius = side * rng.uniform(0.45, 0.95)
    centre = side + rng.uniform(-1, 1, 2) * max(0.1 * side, side - radius) * 0.8
    angle = np.deg2rad(rng.uniform(-25, 25) if name in UPRIGHT else rng.uniform(0, 360))
    turn = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    stretch = rng.uniform(0.75, 1, 2) * (rng.choice((-1, 1)), 1)
    painter = ImageDraw.Draw(image)
    for outline, which in SHAPES[name](rng):
        outline = (np.asarray(outline) * stretch @ turn) * radius + centre
        painter.polygon([tuple(point) for point in outline], fill=(1, 2, 0)[which])
    drawn = np.asarray(image)
    one = _fill(rng, side, back)
    other = _fill(rng, side, one)
    for which, fill in ((1, one), (2, other)):
        share = (drawn == which).reshape(side, 2, side, 2).mean((1, 3))[..., None]
        back = back * (1 - share) + fill * share
    return back


def _fill(rng, side, behind):
    """Return a colour unlike what lies behind, with some light and grain in it."""
    mean = behind[::4, ::4].mean((0, 1))
    colour = max((_colour(rng) for _ in range(3)), key=lambda c: np.abs(c - mean).sum())
    light = 1 + rng.uniform(0, 0.5) * (_noise(rng, side, side / 5)[..., None] - 0.5)
    grain = rng.uniform(0, 14) * rng.standard_normal((side, side, 1), np.float32)
    return colour * light + grain


def _background(rng, side):
    kind = rng.random()
    if kind < 0.35:
        back = np.broadcast_to(_colour(rng), (side, side, 3))
        return back * (1 + 0.4 * (_noise(rng, side, side / 4)[..., None] - 0.5))
    if kind < 0.6:
        back = _paint_texture(rng.choice(list(TEXTURES)), rng, side)
    else:
        back = _crop(rng.choice(list(PHOTOGRAPHS)), rng, side)
    haze = rng.uniform(0.2, 0.85)
    blur = rng.uniform(0.3, 2.5)
    return (1 - haze) * ndimage.gaussian_filter(back, (blur, blur, 0)) + haze * _colour(rng)


# ---- All together -------------------------------------------------------------------------------

CLASSES = [*PHOTOGRAPHS, *TEXTURES, *SHAPES]


def draw(name, rng, side) -> np.ndarray:
    """Return one picture of the class `name`, as a camera would take it."""
    if name in PHOTOGRAPHS:
        picture = _crop(name, rng, side)
    elif name in TEXTURES:
        picture = _paint_texture(name, rng, side)
    else:
        picture = _paint_shape(name, rng, side)
    blur = rng.uniform(0, 1.0)
    picture = ndimage.gaussian_filter(np.asarray(picture, np.float32), (blur, blur, 0))
    picture = picture * rng.uniform(0.75, 1.15) * rng.normal(1, 0.05, 3)
    picture += rng.uniform(0, 6) * rng.standard_normal(picture.shape, np.float32)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)
