"""Generated blood smears: whole fields under the microscope, with every cell known.

A field is 128 x 128 pixels and shows 20 to 40 red cells, some of them with malaria parasites, some
touching or overlapping. Stain, light and focus belong to the patient and the slide. What is no red
cell (platelets, specks of stain, bubbles, now and then a white cell) is drawn, too, and belongs to
the background. Nobody drew these outlines by hand: the generator knows them. There is no real set
that these stand in for, so they are shown under every data policy, and named for what they are.

Images are float arrays of shape (height, width, 3) with values from 0 to 255 until the end;
positions are (x, y) and lengths are in pixels.
"""

import io

import course_utils.keras_inside.start
from course_utils.datasets.standins.painting import ring, rotate, smooth_noise, spot, window

import numpy as np
import tensorflow_datasets as tfds
from PIL import Image
from scipy import ndimage

SIDE = 128
HEALTHY, INFECTED = 0, 1
FIELDS = {"train": (80, 8), "test": (10, 10)}  # patients, and fields of each
_FIRST_PATIENT = {"train": 0, "test": 1000}
_CLEAR = np.array((236.0, 228, 226))  # the glass between the cells


class BloodSmears(tfds.core.GeneratorBasedBuilder):
    """Generated blood smears with masks and boxes; see the module's docstring."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        return tfds.core.DatasetInfo(
            builder=self,
            description=(
                "Drawings of blood smears from a random generator: 740 fields of 128 x 128 pixels "
                "with 20 to 40 red blood cells each, from 90 made-up patients, of whom ten are in "
                "the test part alone. `cells` numbers the cells from 1, 0 is what is no red cell; "
                "where two overlap, a pixel belongs to the upper one. `objects` holds the box of "
                "each cell, in order, and whether it is infected. Nothing learnt from the drawings "
                "says anything about a patient."
            ),
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=(SIDE, SIDE, 3)),
                    "cells": tfds.features.Image(shape=(SIDE, SIDE, 1)),
                    "objects": tfds.features.Sequence(
                        {
                            "bbox": tfds.features.BBoxFeature(),
                            "label": tfds.features.ClassLabel(names=["healthy", "infected"]),
                        }
                    ),
                    "patient": np.int64,
                }
            ),
            supervised_keys=("image", "cells"),
        )

    def _split_generators(self, dl_manager):
        return {split: self._generate_examples(split) for split in FIELDS}

    def _generate_examples(self, split):
        patients, fields = FIELDS[split]
        for index in range(patients * fields):
            patient = _FIRST_PATIENT[split] + index // fields
            image, cells, labels = draw_field(patient, index % fields)
            yield (
                index,
                {
                    "image": _to_png(image),
                    "cells": _to_png(cells),
                    "objects": [
                        {"bbox": _box_of(cells == number), "label": int(label)}
                        for number, label in enumerate(labels, start=1)
                    ],
                    "patient": patient,
                },
            )


def _to_png(image):
    png = io.BytesIO()
    Image.fromarray(image).save(png, "PNG", compress_level=4)
    png.seek(0)
    return png


def _box_of(mask):
    """Return the box around a mask as TensorFlow Datasets keeps it: from 0 to 1, top left first."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    top, left, bottom, right = rows[0], columns[0], rows[-1] + 1, columns[-1] + 1
    return tfds.features.BBox(
        ymin=top / SIDE, xmin=left / SIDE, ymax=bottom / SIDE, xmax=right / SIDE
    )


# --- the patient and the field ------------------------------------------------------------------


def draw_field(patient: int, field: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a field: image (128, 128, 3) and cells (128, 128), both uint8, and labels (cells,).

    `cells` numbers the cells from 1; `labels` says of each whether it is healthy (0) or infected
    (1). The same patient and field give the same drawing each time.

    >>> image, cells, labels = draw_field(3, 0)
    >>> image.shape, int(cells.max()) == len(labels), 20 <= len(labels) <= 40
    ((128, 128, 3), True, True)
    """
    of_patient = np.random.default_rng([1897, patient])
    stain = np.array((205.0, 140, 158)) + of_patient.normal(0, (14, 16, 14))
    radius = of_patient.uniform(7.6, 8.8)
    ill = of_patient.random() < 0.8
    share = float(np.exp(of_patient.uniform(np.log(0.03), np.log(0.4)))) if ill else 0.0
    pallor = of_patient.uniform(0.1, 0.55)

    rng = np.random.default_rng([1897, patient, 1 + field])
    image = np.ones((SIDE, SIDE, 3)) * (_CLEAR + rng.normal(0, 4, 3))
    image += 5 * smooth_noise(rng, (SIDE, SIDE), 5)[..., np.newaxis]
    for _ in range(rng.poisson(1.5)):
        _draw_platelet(rng, image, rng.uniform(0, SIDE, 2))
    cells = np.zeros((SIDE, SIDE), np.uint8)
    taken = [_draw_white_cell(rng, image)] if rng.random() < 0.15 else []
    labels = []
    for place in _places(rng, radius, taken):
        infected = rng.random() < share
        _draw_cell(rng, image, cells, len(labels) + 1, place, stain, pallor, infected)
        labels.append(INFECTED if infected else HEALTHY)
    _draw_artefacts(rng, image)
    cells, labels = _keep_visible(cells, np.array(labels))
    return _photograph(rng, image), cells, labels


def _places(rng, radius, taken):
    """Return (x, y, radius) of 20 to 40 cells; some are drawn to others, and a few overlap."""
    wanted, placed = rng.integers(21, 41), []
    for _ in range(4000):
        size = radius * rng.normal(1, 0.06)
        if placed and rng.random() < 0.4:
            x, y, other = placed[rng.integers(len(placed))]
            angle, apart = rng.uniform(0, 2 * np.pi), rng.uniform(0.84, 1.06) * (size + other)
            x, y = x + apart * np.cos(angle), y + apart * np.sin(angle)
        else:
            x, y = rng.uniform(2, SIDE - 2, 2)
        if not (2 <= x < SIDE - 2 and 2 <= y < SIDE - 2):
            continue
        near = [np.hypot(x - a, y - b) / (size + c) for a, b, c in placed]
        free = all(np.hypot(x - a, y - b) > 1.05 * (size + c) for a, b, c in taken)
        if free and (not near or min(near) > 0.84):
            placed.append((x, y, size))
        if len(placed) == wanted:
            break
    return placed


def _keep_visible(cells, labels):
    """Number the cells anew, without those of which next to nothing is to be seen."""
    sizes = np.bincount(cells.ravel(), minlength=len(labels) + 1)[1:]
    kept = np.flatnonzero(sizes >= 20)
    new = np.zeros(len(labels) + 1, np.uint8)
    new[kept + 1] = np.arange(1, len(kept) + 1)
    return new[cells], labels[kept]


# --- what lies in it ----------------------------------------------------------------------------


def _draw_cell(rng, image, cells, number, place, stain, pallor, infected):
    x, y, radius = place
    view, across, down = window(image, (x, y), 1.5 * radius)
    numbers, _, _ = window(cells, (x, y), 1.5 * radius)
    waves = np.arange(2, 6)
    roughness = rng.choice([0.02, 0.05], p=[0.8, 0.2])
    sizes, phases = rng.normal(0, roughness, waves.size), rng.uniform(0, 2 * np.pi, waves.size)
    stretch, tilt = rng.uniform(1, 1.18), rng.uniform(0, np.pi)
    across, down = rotate(across, down, -tilt)
    across, down = across / stretch**0.5, down * stretch**0.5
    turns = waves[:, np.newaxis, np.newaxis] * np.arctan2(down, across)
    ripples = np.cos(turns + phases[:, np.newaxis, np.newaxis])
    rim = radius * (1 + np.tensordot(sizes, ripples, 1))
    depth = rim - np.hypot(across, down)  # below the rim, in pixels

    colour = stain + rng.normal(0, 5, 3) + rng.normal(0, 5)
    body = np.clip(depth + 0.5, 0, 1)[..., np.newaxis]
    # Cells are glass: where two overlap, the light passes through both, and it is darker there.
    view *= 1 - body * (1 - colour / _CLEAR)
    edge = np.exp(-(((depth - 1) / 1.2) ** 2))[..., np.newaxis]
    view *= 1 - 0.08 * rng.uniform(0.3, 1) * edge
    middle = (x + rng.normal(0, 0.8), y + rng.normal(0, 0.8))
    pale = pallor * rng.uniform(0.3, 1.1)
    spot(image, middle, radius * rng.uniform(0.35, 0.5), _CLEAR, pale, softness=1.0)
    numbers[depth > 0] = number
    if infected:
        for _ in range(rng.choice([1, 2], p=[0.8, 0.2])):
            _draw_parasite(rng, image, (x, y), radius)


def _draw_parasite(rng, image, middle, radius):
    """Draw a ring with a dot of chromatin, or a compact blob, inside the cell."""
    away, angle = rng.uniform(0, 0.45) * radius, rng.uniform(0, 2 * np.pi)
    x, y = middle[0] + away * np.cos(angle), middle[1] + away * np.sin(angle)
    x, y = np.clip((x, y), 1, SIDE - 2)
    chromatin = np.array((110.0, 35, 120)) + rng.normal(0, 10, 3)
    strength = rng.uniform(0.65, 1) if rng.random() < 0.9 else rng.uniform(0.3, 0.65)
    if rng.random() < 0.65:
        size, angle = rng.uniform(1.8, 2.8), rng.uniform(0, 2 * np.pi)
        ring(image, (x, y), size, (140, 95, 165), 0.75 * strength, 0.7)
        x, y = x + size * np.cos(angle), y + size * np.sin(angle)
        spot(image, (x, y), rng.uniform(1.0, 1.5), chromatin, strength, softness=0.6)
    else:
        stretch, tilt = rng.uniform(1, 1.6), rng.uniform(0, np.pi)
        spot(image, (x, y), rng.uniform(2, 3), (150, 100, 170), 0.7 * strength, stretch, tilt)
        spot(image, (x, y), rng.uniform(1.1, 1.8), chromatin, strength, softness=0.6)


def _draw_platelet(rng, image, place):
    """Draw a platelet: violet grains in a pale blue patch, smaller than a cell."""
    radius = rng.uniform(2, 3.6)
    spot(image, place, 1.3 * radius, (200, 185, 215), 0.7, softness=0.6)
    for grain in rng.normal(place, radius / 2.2, (5, 2)):
        spot(image, np.clip(grain, 0, SIDE - 1), rng.uniform(0.7, 1.3), (150, 95, 170), 0.6)


def _draw_white_cell(rng, image):
    """Draw a white blood cell, larger than the red ones, and return (x, y, radius)."""
    (x, y), radius = rng.uniform(14, SIDE - 14, 2), rng.uniform(11, 14)
    spot(image, (x, y), radius, (205, 195, 222), 0.9, rng.uniform(1, 1.15), softness=0.15)
    for _ in range(rng.integers(2, 5)):
        lobe = np.clip(rng.normal((x, y), radius / 3, 2), 0, SIDE - 1)
        spot(image, lobe, radius * rng.uniform(0.35, 0.5), (115, 70, 150), 0.9)
    return x, y, radius


def _draw_artefacts(rng, image):
    """Draw specks of stain, anywhere, and now and then a bubble."""
    for _ in range(rng.poisson(3)):
        colour = rng.uniform(40, 100) + rng.choice([(10.0, 0, 40), (40, 10, 0)])
        spot(image, rng.uniform(0, SIDE, 2), rng.uniform(0.5, 1.0), colour, rng.uniform(0.4, 0.9))
    if rng.random() < 0.3:
        place, radius = rng.uniform(0, SIDE, 2), rng.uniform(2, 6)
        spot(image, place, radius, (246, 246, 246), 0.5)
        ring(image, place, radius, (150, 130, 140), 0.6, thickness=0.8)


def _photograph(rng, image):
    """Return the field under uneven light, out of focus and with a camera's noise, as uint8."""
    slope = rng.normal(0, 0.07, 2)
    across, down = np.linspace(-1, 1, SIDE), np.linspace(-1, 1, SIDE)[:, np.newaxis]
    light = rng.normal(0.97, 0.05) + slope[0] * across + slope[1] * down
    light = light - rng.uniform(0, 0.1) * (across**2 + down**2)
    blur = rng.choice([rng.uniform(0.3, 0.7), rng.uniform(0.7, 1.1)], p=[0.75, 0.25])
    image = ndimage.gaussian_filter(image, (blur, blur, 0), truncate=2.5)
    image = image * light[..., np.newaxis] + rng.normal(0, 2.5, image.shape)
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)
