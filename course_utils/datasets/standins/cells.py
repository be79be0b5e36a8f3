"""The stand-in for the malaria set: red blood cells from a random generator.

A cell is drawn as the real cut-outs look: stained pink to violet on black, 100 to 190 pixels wide,
with the stepped outline of a coarse segmentation. What tells the classes apart are the parasites:
rings with a dot of chromatin, compact dots, bands, and blobs of cytoplasm around a dot, from vivid
to barely visible. Stain and pallor are a weak hint besides. Shape, light, focus, and the artefacts
that a tired eye takes for a parasite (specks of stain, debris at the rim, bubbles, platelets) are
drawn without regard to the label.

Images are float arrays of shape (height, width, 3) with values from 0 to 255 until the end;
positions are (x, y) and lengths are in pixels.
"""

import io

import course_utils.keras_inside.start
from course_utils.datasets.standins.painting import ring, rotate, smooth_noise, spot

import numpy as np
import tensorflow_datasets as tfds
from PIL import Image
from scipy import ndimage

SIZE = 2_500
PARASITIZED, UNINFECTED = 0, 1

_STAINS = np.array(  # mean colours of the cell body, red-green-blue
    [(226, 168, 156), (214, 140, 148), (182, 172, 190), (150, 122, 172), (196, 110, 152)]
)
# Infected cells come more often from strongly stained slides, as in the real set: colour alone
# is a hint, and not more than that.
_STAIN_WEIGHTS = {True: (0.36, 0.32, 0.1, 0.1, 0.12), False: (0.32, 0.16, 0.32, 0.14, 0.06)}


class MalariaStandin(tfds.core.GeneratorBasedBuilder):
    """Generated blood cells in the format of the malaria set; see the module's docstring."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        return tfds.core.DatasetInfo(
            builder=self,
            description=(
                "A stand-in for the malaria cell images, made of drawings: 2,500 blood cells from "
                "a random generator, half of them with parasites, with varied stain, shape, focus "
                "and artefacts. As in the malaria set, stain depends weakly on the label: strongly "
                "stained cells are more often parasitized, so that colour alone is a hint. "
                "The malaria set itself has 27,558 photographs of cells under the microscope; "
                "nothing learnt from the drawings says anything about a patient."
            ),
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=(None, None, 3)),
                    "label": tfds.features.ClassLabel(names=["parasitized", "uninfected"]),
                }
            ),
            supervised_keys=("image", "label"),
        )

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples()}

    def _generate_examples(self):
        for index in range(SIZE):
            label = index % 2
            image = draw_cell(np.random.default_rng([1880, index]), label == PARASITIZED)
            png = io.BytesIO()
            Image.fromarray(image).save(png, "PNG", compress_level=4)
            png.seek(0)
            yield index, {"image": png, "label": label}


def draw_cell(rng: np.random.Generator, parasitized: bool) -> np.ndarray:
    """Return one cell as a (height, width, 3) uint8 image, with parasites or without."""
    depth = _draw_shape(rng)
    image = _draw_body(rng, depth, parasitized)
    if parasitized:
        for _ in range(rng.choice([1, 2, 3], p=[0.55, 0.3, 0.15])):
            _draw_parasite(rng, image, depth)
    _draw_artefacts(rng, image, depth)
    image = _photograph(rng, image)
    image[_coarse(depth) <= 0] = 0
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


# --- the cell ---------------------------------------------------------------------------------


def _draw_shape(rng):
    """Return a cell's depth below its rim, (height, width): 1 in the middle, negative outside."""
    angles = np.linspace(0, 2 * np.pi, 129)
    roughness = rng.choice([0.03, 0.07, 0.13], p=[0.65, 0.22, 0.13])
    waves = np.arange(2, 9)
    sizes = rng.normal(0, roughness, waves.size) / np.sqrt(waves)
    phases = rng.uniform(0, 2 * np.pi, waves.size)
    rim = 1 + sizes @ np.cos(np.outer(waves, angles) + phases[:, np.newaxis])
    rim *= rng.uniform(54, 78)
    stretch = rng.uniform(1, 1.12) if rng.random() < 0.8 else rng.uniform(1.2, 1.6)
    tilt = rng.uniform(0, np.pi)

    x, y = np.cos(angles) * rim * stretch**0.5, np.sin(angles) * rim / stretch**0.5
    x, y = rotate(x, y, tilt)
    columns = np.arange(np.floor(x.min()), np.ceil(x.max()) + 1, dtype=np.float32)
    rows = np.arange(np.floor(y.min()), np.ceil(y.max()) + 1, dtype=np.float32)
    x, y = rotate(columns, rows[:, np.newaxis], -tilt)
    x, y = x / stretch**0.5, y * stretch**0.5
    return 1 - np.hypot(x, y) / np.interp(np.arctan2(y, x) % (2 * np.pi), angles, rim)


def _draw_body(rng, depth, parasitized):
    """Return the stained cell without anything in it, (height, width, 3)."""
    colour = rng.choice(_STAINS, p=_STAIN_WEIGHTS[parasitized])
    colour = colour + rng.normal(0, 6, 3) + rng.normal(0, 7)
    height, width = depth.shape
    light = 1 + 0.06 * smooth_noise(rng, depth.shape, 6)
    image = light[..., np.newaxis] * colour
    # The pale middle of a cell that is thinner there, more or less marked, rarely in the centre.
    middle = (width * rng.uniform(0.35, 0.65), height * rng.uniform(0.35, 0.65))
    pale = rng.uniform(0, 0.6 if parasitized else 0.95) ** 3
    spot(image, middle, rng.uniform(12, 30), colour + rng.uniform(20, 60), pale, softness=1.0)
    rim = np.clip(1 - depth / rng.uniform(0.04, 0.12), 0, 1)[..., np.newaxis]
    edge = colour + rng.uniform(-30, 30)
    return image + rng.uniform(0, 0.8) * rim * (edge - image)


def _photograph(rng, image):
    """Return the image under uneven light, out of focus and with the noise of a camera."""
    height, width = image.shape[:2]
    slope = rng.normal(0, 0.06, 2)
    across, down = np.linspace(-1, 1, width), np.linspace(-1, 1, height)[:, np.newaxis]
    light = rng.normal(1, 0.05) + slope[0] * across + slope[1] * down
    blur = rng.choice([rng.uniform(0.6, 1.4), rng.uniform(1.4, 2.8)], p=[0.75, 0.25])
    image = ndimage.gaussian_filter(image, (blur, blur, 0), truncate=2.5)
    return image * light[..., np.newaxis] + rng.normal(0, 1.5, image.shape)


# --- parasites --------------------------------------------------------------------------------


def _draw_parasite(rng, image, depth):
    """Draw one parasite somewhere in the cell."""
    x, y = _place(rng, depth, nearest=0.12)
    body = image[int(y), int(x)]
    # Giemsa stain: chromatin takes up purple, cytoplasm a fainter blue-violet.
    stain = body * (0.55, 0.2, 0.6) + rng.normal(0, 8, 3), body * (0.75, 0.55, 0.85)
    strength = rng.uniform(0.5, 1) if rng.random() < 0.88 else rng.uniform(0.1, 0.5)
    size = rng.uniform(4, 7.5)  # radius of the chromatin
    draw = (_draw_ring_form, _draw_dot, _draw_band, _draw_trophozoite)
    draw[rng.choice(4, p=[0.45, 0.15, 0.15, 0.25])](rng, image, x, y, size, stain, strength)


def _draw_ring_form(rng, image, x, y, size, stain, strength):
    chromatin, cytoplasm = stain
    radius, angle = rng.uniform(8, 14), rng.uniform(0, 2 * np.pi)
    ring(image, (x, y), radius, cytoplasm, 0.8 * strength, rng.uniform(1.2, 2.2))
    x, y = x + radius * np.cos(angle), y + radius * np.sin(angle)
    spot(image, (x, y), size, chromatin, strength, rng.uniform(1, 1.5), angle)


def _draw_dot(rng, image, x, y, size, stain, strength, stretch=1.15):
    spot(image, (x, y), size + 1, stain[0], strength, stretch, rng.uniform(0, np.pi))


def _draw_band(rng, image, x, y, size, stain, strength):
    _draw_dot(rng, image, x, y, 0.8 * size, stain, strength, stretch=rng.uniform(1.8, 2.6))


def _draw_trophozoite(rng, image, x, y, size, stain, strength):
    chromatin, cytoplasm = stain
    radius, stretch, tilt = rng.uniform(9, 15), rng.uniform(1, 1.8), rng.uniform(0, np.pi)
    spot(image, (x, y), radius, cytoplasm, 0.7 * strength, stretch, tilt, softness=0.5)
    spot(image, (x + rng.uniform(-6, 6), y + rng.uniform(-6, 6)), size, chromatin, strength)


# --- artefacts, in any cell, with parasites or without ----------------------------------------


def _draw_artefacts(rng, image, depth):
    for _ in range(rng.poisson(0.6)):
        _draw_speck(rng, image, depth)
    for draw in (_draw_debris, _draw_bubble, _draw_platelet):
        if rng.random() < 0.15:
            draw(rng, image, depth)


def _draw_speck(rng, image, depth):
    """Draw a speck of stain: smaller and harder than chromatin, blue, brown or purple."""
    colour = rng.uniform(20, 90) + rng.choice([(10.0, 0, 40), (40, 10, 0), (50, 0, 60)])
    radius, strength = rng.uniform(1.2, 2.8), rng.uniform(0.4, 1)
    spot(image, _place(rng, depth, nearest=0.0), radius, colour, strength, softness=0.15)


def _draw_debris(rng, image, depth):
    """Draw a clump of magenta at the rim."""
    colour = (170, 50, 150) + rng.normal(0, 20, 3)
    x, y = _place(rng, depth, nearest=0.0, farthest=0.12)
    for _ in range(rng.integers(2, 6)):
        place = (x + rng.normal(0, 5), y + rng.normal(0, 5))
        spot(image, place, rng.uniform(3, 8), colour, rng.uniform(0.2, 0.8), softness=0.8)


def _draw_bubble(rng, image, depth):
    """Draw a bubble: bright inside a dark edge."""
    place, radius = _place(rng, depth, nearest=0.1), rng.uniform(4, 11)
    spot(image, place, radius, (245, 245, 245), rng.uniform(0.2, 0.6))
    ring(image, place, radius, (120, 90, 100), rng.uniform(0.2, 0.6), thickness=1.2)


def _draw_platelet(rng, image, depth):
    """Draw a platelet that lies on the cell: violet grains in a pale halo."""
    (x, y), radius = _place(rng, depth, nearest=0.1), rng.uniform(5, 10)
    spot(image, (x, y), 1.5 * radius, (235, 225, 230), 0.4, softness=0.5)
    for grain in rng.normal((x, y), radius / 2.5, (6, 2)):
        spot(image, grain, rng.uniform(2, 4.5), (160, 110, 180), 0.45, softness=0.8)


def _place(rng, depth, nearest, farthest=1.0):
    """Return a random (x, y) in the cell whose depth below the rim is in the range given."""
    rows, columns = np.nonzero((depth >= nearest) & (depth <= farthest))
    index = rng.integers(rows.size)
    return float(columns[index]), float(rows[index])


def _coarse(depth, step=3):
    """Return `depth` in blocks of 3x3 pixels, the resolution of the segmentation."""
    blocks = depth[::step, ::step].repeat(step, axis=0).repeat(step, axis=1)
    return blocks[: depth.shape[0], : depth.shape[1]]
