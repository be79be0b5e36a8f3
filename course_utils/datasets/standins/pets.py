"""The stand-in for cats and dogs: pets from a random generator, over real textures.

A pet is built of furry parts (head, ears, muzzle, body, legs, tail) in one of four poses. Both
kinds share coats, sizes, poses and places; what tells them apart is what tells cats from dogs:
pointed ears, a short muzzle, whiskers and a thin tail against hanging or blunt ears, a long muzzle
and a thick tail. Some dogs prick their ears, too. The places are cut from photographs that ship
with scikit-image (no network is needed to read them).

Parts are given in the pet's own units: x to the right, y down, the radius of a head about 1.
`Scene` turns them into pixels.
"""

import io
from functools import lru_cache

import course_utils.keras_inside.start
from course_utils.datasets.standins.painting import blob, limb, mirrored, oval, shrink
from course_utils.datasets.standins.scene import DARK, PINK, WHITE, Scene

import numpy as np
import tensorflow_datasets as tfds
from PIL import Image
from scipy import ndimage

SIZE = 1_000
CAT, DOG = 0, 1


class CatsVsDogsStandin(tfds.core.GeneratorBasedBuilder):
    """Generated pets in the format of `cats_vs_dogs`; see the module's docstring."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        return tfds.core.DatasetInfo(
            builder=self,
            description=(
                "A stand-in for cats_vs_dogs, made of drawings: 1,000 cats and dogs from a random "
                "generator, in varied poses, sizes and coats, over textures cut from photographs "
                "that ship with scikit-image. The set itself has 23,262 photographs of pets, which "
                "are far more varied: a network trained on the drawings does not know real pets."
            ),
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(),
                    "image/filename": tfds.features.Text(),
                    "label": tfds.features.ClassLabel(names=["cat", "dog"]),
                }
            ),
            supervised_keys=("image", "label"),
        )

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples()}

    def _generate_examples(self):
        for index in range(SIZE):
            label = index % 2
            image = draw_pet(np.random.default_rng([2013, index]), label)
            jpeg = io.BytesIO()
            Image.fromarray(image).save(jpeg, "JPEG", quality=88)
            jpeg.seek(0)
            name = f"{('cat', 'dog')[label]}.{index // 2}.jpg"
            yield name, {"image": jpeg, "image/filename": name, "label": label}


def draw_pet(rng: np.random.Generator, label: int) -> np.ndarray:
    """Return one picture of a cat (label 0) or a dog (1), (height, width, 3) uint8."""
    sides = rng.integers(150, 201, 2)
    sides[rng.integers(2)] = 200
    image = _draw_place(rng, *sides)
    pose = (_portrait, _sitting, _standing, _lying)[rng.choice(4, p=[0.4, 0.3, 0.15, 0.15])]
    pose(rng, image, label == DOG)
    return _photograph(rng, image)


def _photograph(rng, image):
    """Return the image as a camera would take it: exposure, colour cast, focus and noise."""
    cast = rng.normal(1, 0.025, 3) * rng.uniform(0.8, 1.15)
    blur = rng.uniform(0.3, 0.9)
    image = ndimage.gaussian_filter(image * cast.astype(np.float32), (blur, blur, 0))
    image += rng.uniform(1, 5) * rng.standard_normal(image.shape, np.float32)
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


# --- places -----------------------------------------------------------------------------------


@lru_cache
def _textures():
    """Return the photographs the places are cut from, (height, width, 3) uint8 each."""
    from skimage import data

    tints = {"brick": (1.1, 0.85, 0.75), "grass": (0.8, 1.05, 0.6), "gravel": (1.0, 0.95, 0.88)}
    grey = [getattr(data, name)()[..., np.newaxis] * np.array(tints[name]) for name in tints]
    colour = [data.coffee(), data.rocket(), data.stereo_motorcycle()[0]]
    return [np.asarray(np.clip(photo, 0, 255), np.uint8) for photo in grey + colour]


def _draw_place(rng, height, width):
    """Return a background, (height, width, 3) float: one texture, or a wall above a floor."""
    place = _cut_texture(rng, height, width)
    if rng.random() < 0.5:
        horizon = int(height * rng.uniform(0.35, 0.75))
        place[horizon:] = _cut_texture(rng, height, width)[horizon:]
        place[horizon : horizon + 3] *= 0.7
    return place


def _cut_texture(rng, height, width):
    """Return a random piece of a random texture, at a random scale, tint and sharpness."""
    textures = _textures()
    texture = textures[rng.integers(len(textures))]
    side = rng.integers(100, 380)
    top, left = (rng.integers(0, room - side) for room in texture.shape[:2])
    piece = Image.fromarray(texture[top : top + side, left : left + side]).resize((width, height))
    piece = np.asarray(piece, np.float32)
    blur, haze = rng.uniform(0.5, 3), rng.uniform(0.1, 0.8)
    piece = ndimage.gaussian_filter(piece, (blur, blur, 0))
    # Haze is one colour over the texture, as a carpet or a painted wall has.
    paint = rng.uniform(50, 210) + rng.normal(0, 18, 3)
    return ((1 - haze) * piece + haze * paint).astype(np.float32)


# --- poses ------------------------------------------------------------------------------------


def _portrait(rng, image, dog):
    """Paint head and chest."""
    scene = Scene(rng, image, box=(-1.3, -1.4, 1.3, 2.0))
    scene.fur(blob([(-0.6, 0.2), (-1.2, 1.5), (-1.6, 3.5), (1.6, 3.5), (1.2, 1.5), (0.6, 0.2)]))
    if scene.bib:
        scene.fur(blob([(-0.4, 0.7), (0, 2.6), (0.4, 0.7)]), WHITE)
    _head(scene.at(0, 0, 1, rng.normal(0, 0.15)), dog, yaw=rng.uniform(-0.7, 0.7))


def _sitting(rng, image, dog):
    """Paint a pet that sits and looks at us."""
    scene = Scene(rng, image, box=(-1.5, -1.5, 1.5, 3.7))
    width = rng.uniform(0.85, 1.15)
    scene.shadow(oval(0, 3.5, 1.9, 0.35))
    _tail(scene, dog, start=(0.9, 3.2), side=1)
    flank = [(0.5, 0.4), (0.9 * width, 1.6), (1.2 * width, 2.9), (0.6, 3.5)]
    scene.fur(blob(mirrored(flank)))
    for side in (-1, 1):
        scene.fur(oval(side * 0.95 * width, 3.0, 0.48, 0.55))
    if scene.bib:
        scene.fur(blob([(-0.4, 0.7), (-0.2, 2.2), (0.2, 2.2), (0.4, 0.7)]), WHITE)
    for side in (-1, 1):
        _leg(scene, dog, [(side * 0.42, 1.7), (side * 0.4, 2.6), (side * 0.38, 3.45)])
    _head(scene.at(0, 0, rng.uniform(0.85, 1.05), rng.normal(0, 0.15)), dog, rng.uniform(-0.8, 0.8))


def _standing(rng, image, dog):
    """Paint a pet that stands or walks to the right, its head turned more or less to us."""
    scene = Scene(rng, image, box=(-2.9, -2.3, 2.9, 2.2))
    scene.shadow(oval(-0.2, 2.1, 2.6, 0.3))
    step = rng.uniform(-0.35, 0.35)
    _tail(scene, dog, start=(-2.2, -0.2), side=-1)
    for x in (-1.6, 1.0):  # the far legs lie in the shade
        _leg(scene, dog, [(x, 0.3), (x + step, 1.2), (x + step, 2.0)], shade=0.65)
    scene.fur(limb([(1.1, 0.1), (1.7, -0.5), (2.0, -1.1)], 0.75, 0.6))
    chest = rng.uniform(0.75, 1.1)
    back = [(-2.3, -0.4), (-1.0, -0.65), (0.5, -0.5), (1.6, -0.6)]
    scene.fur(blob([*back, (1.8, 0.3), (1.0, chest), (-1.0, 0.65), (-2.3, 0.5)]))
    for x in (-1.9, 1.25):
        _leg(scene, dog, [(x, 0.3), (x - step, 1.2), (x - step, 2.1)])
    turned = rng.uniform(0.2, 1.0)
    _head(scene.at(1.95, -1.05, rng.uniform(0.75, 0.95), rng.normal(0, 0.15)), dog, turned)


def _lying(rng, image, dog):
    """Paint a pet that lies, its head to the right."""
    scene = Scene(rng, image, box=(-2.7, -2.0, 2.4, 1.4))
    scene.shadow(oval(-0.3, 1.15, 2.9, 0.35))
    _tail(scene, dog, start=(-2.3, 0.7), side=-1)
    scene.fur(blob([(-2.6, 0.9), (-2.2, -0.5), (0.2, -0.7), (1.4, -0.3), (1.7, 1.1), (0, 1.2)]))
    scene.fur(oval(-1.5, 0.5, 0.85, 0.68))
    _leg(scene, dog, [(-1.6, 1.0), (-1.2, 1.1), (-0.6, 1.1)])
    for y in (0.85, 1.1):
        _leg(scene, dog, [(0.7, y - 0.2), (1.4, y), (2.1, y)])
    head = scene.at(1.2, -0.5, rng.uniform(0.85, 1.0), rng.normal(0, 0.2))
    _head(head, dog, rng.uniform(-0.4, 0.9))


# --- parts of the body ------------------------------------------------------------------------


def _leg(scene, dog, joints, shade=1.0):
    """Paint a leg along three joints, and its paw."""
    width = scene.rng.uniform(0.36, 0.5) if dog else scene.rng.uniform(0.3, 0.42)
    scene.fur(limb(joints, width * 1.3, width), shade=shade)
    x, y = joints[-1]
    scene.fur(oval(x + 0.05, y, 0.75 * width, 0.45 * width), scene.paws, shade)


def _tail(scene, dog, start, side):
    """Paint the tail, to the left (side -1) or right (1): a cat's is thin and long."""
    rng, (x, y) = scene.rng, start
    if dog:
        length, rise = rng.uniform(0.6, 1.3), rng.uniform(-0.2, 1.2)
        joints = [start, (x + side * 0.7 * length, y + 0.1), (x + side * length, y - rise)]
        scene.fur(limb(joints, rng.uniform(0.35, 0.5), 0.2))
    else:
        length, rise = rng.uniform(0.7, 1.3), rng.uniform(0.4, 2.2)
        joints = [start, (x + side * 1.6 * length, y + 0.2), (x + side * 0.9 * length, y - rise)]
        scene.fur(limb(joints, 0.28, 0.2))


def _head(head, dog, yaw):
    """Paint a head of radius 1 at the origin of `head`, turned by `yaw` (-1 to 1) to the side."""
    (_dog_head if dog else _cat_head)(head, head.rng, yaw)


def _cat_head(head, rng, yaw):
    lean, height = rng.uniform(-0.1, 0.2), rng.uniform(1.25, 1.6)
    for side in (-1, 1):
        tip = (side * (0.72 + lean) - 0.15 * yaw, -height)
        ear = [(side * 0.12, -0.7), tip, (side * 0.95, -0.3)]
        head.fur(ear, raggedness=0.4)
        head.mark(shrink(ear, 0.6), PINK * 0.85, 0.75)
    head.fur(blob(mirrored([(0.5, -0.85), (0.95, -0.3), (1.05, 0.3), (0.6, 0.85)])))
    across = 0.45 * yaw
    for side in (-1, 1):
        head.fur(oval(across + side * 0.2, 0.42, 0.29, 0.23), head.muzzle, raggedness=0.4)
    _mouth(head, across, 0.34, 0.22)
    head.mark([(across - 0.13, 0.2), (across + 0.13, 0.2), (across, 0.36)], head.nose)
    iris = ((150, 170, 70), (200, 160, 60), (110, 160, 180))[rng.integers(3)]
    _eyes(head, 0.42, -0.08, 0.2, yaw, np.array(iris, float), rng.uniform(0.05, 0.13))
    for side in (-1, 1):
        for drop in (-0.15, 0.0, 0.15):
            end = (across + side * rng.uniform(0.9, 1.2), 0.4 + 1.5 * drop)
            whisker = [(across + side * 0.25, 0.42 + drop / 3), end, end]
            head.mark(limb(whisker, 0.03, 0.02), WHITE, 0.7)


def _dog_head(head, rng, yaw):
    ears = rng.choice(["hanging", "folded", "pricked"], p=[0.66, 0.22, 0.12])
    shade = rng.uniform(0.6, 1.0)
    if ears != "hanging":
        _blunt_ears(head, ears == "folded", shade, yaw)
    head.fur(blob(mirrored([(0.45, -0.95), (0.85, -0.4), (0.8, 0.4), (0.45, 0.95)])))
    across = 0.75 * yaw
    length, width = rng.uniform(0.5, 0.75), rng.uniform(0.65, 0.85)
    if rng.random() < 0.35:
        tongue = [(across, length + 0.15), (across, length + 0.4), (across + 0.05, length + 0.6)]
        head.mark(limb(tongue, 0.28, 0.24), PINK)
    muzzle = [(0, 0.1), (0.6 * across, 0.3), (across, length)]
    head.fur(limb(muzzle, width, 0.8 * width), head.muzzle)
    _mouth(head, across, length + 0.02, 0.25)
    head.mark(oval(across, length - 0.12, 0.2, 0.15), DARK)
    head.mark(oval(across - 0.06, length - 0.18, 0.06, 0.03), WHITE, 0.5)
    _eyes(head, 0.37, -0.2, 0.14, yaw, np.array((96.0, 58, 30)), 0.09)
    if ears == "hanging":
        _hanging_ears(head, shade, yaw)


def _hanging_ears(head, shade, yaw):
    drop = head.rng.uniform(0.4, 0.9)
    ear = [(0.4, -0.85), (1, -0.75), (1.3, 0.1), (1.1, drop), (0.8, drop - 0.2), (0.75, -0.3)]
    for side in (-1, 1):
        head.fur(blob([(side * x - 0.15 * yaw, y) for x, y in ear]), shade=shade)


def _blunt_ears(head, folded, shade, yaw):
    """Paint a dog's ears that stand: blunt, and folded over at the tip or not."""
    for side in (-1, 1):
        top = -1.25 if folded else -1.5
        ear = [(0.1, -0.6), (0.4, top), (0.85, top), (1.0, -0.2)]
        head.fur(blob([(side * x - 0.15 * yaw, y) for x, y in ear]), shade=shade)
        if folded:
            flap = [(0.35, top + 0.05), (0.95, top + 0.1), (1.1, -0.65), (0.75, -0.75)]
            head.fur(blob([(side * x - 0.15 * yaw, y) for x, y in flap]), shade=0.8 * shade)


def _eyes(head, apart, y, radius, yaw, iris, pupil):
    for side in (-1, 1):
        x = side * apart * (1 - 0.25 * abs(yaw)) + 0.35 * yaw
        wide = radius * (1 - 0.4 * max(0.0, side * yaw))  # the far eye is seen from the side
        head.mark(oval(x, y, 1.25 * wide, 1.05 * radius), DARK, 0.85)
        head.mark(oval(x, y, wide, 0.8 * radius), iris)
        head.mark(oval(x, y, min(pupil, wide), 0.75 * radius), DARK * 0.5)
        head.mark(oval(x - 0.05, y - 0.06, 0.045, 0.045), WHITE)


def _mouth(head, x, y, reach):
    head.mark(limb([(x, y), (x, y + 0.08), (x, y + 0.15)], 0.04, 0.04), DARK, 0.8)
    for side in (-1, 1):
        lip = [(x, y + 0.13), (x + side * reach / 2, y + 0.26), (x + side * reach, y + 0.12)]
        head.mark(limb(lip, 0.04, 0.03), DARK, 0.7)
