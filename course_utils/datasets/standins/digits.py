"""The stand-in for MNIST: scikit-learn's handwritten digits, enlarged.

scikit-learn ships 1,797 digits of the "Optical Recognition of Handwritten Digits" set as 8x8
counts (0 to 16) of the inked pixels in 4x4 blocks of a 32x32 scan. Interpolated and thresholded,
the counts give back crisp strokes, which are then placed as MNIST places its own: in a box of
20x20 pixels, with the centre of mass in the middle of 28x28.
"""

import course_utils.keras_inside.start

import numpy as np
import tensorflow_datasets as tfds
from skimage.transform import resize

TRAIN_SIZE = 1_437  # of 1,797; the other 360 are the test split
_BOX, _SIDE = 20, 28
_OVERSAMPLING = 4


class MnistStandin(tfds.core.GeneratorBasedBuilder):
    """Real handwriting in MNIST's format; see the module's docstring."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        return tfds.core.DatasetInfo(
            builder=self,
            description=(
                "A stand-in for MNIST, made from the 1,797 handwritten digits that ship with "
                "scikit-learn. They are real writing, scanned at 8x8 pixels and enlarged here to "
                "MNIST's 28x28 format. MNIST itself has 70,000 digits of finer resolution by more "
                "writers: expect other accuracies there."
            ),
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=(_SIDE, _SIDE, 1)),
                    "label": tfds.features.ClassLabel(num_classes=10),
                }
            ),
            supervised_keys=("image", "label"),
            homepage="https://archive.ics.uci.edu/dataset/80",
        )

    def _split_generators(self, dl_manager):
        images, labels = load_digits()
        # Cut, not shuffled first: neighbours in scikit-learn's order may be by the same writer.
        return {
            "train": self._generate_examples(images[:TRAIN_SIZE], labels[:TRAIN_SIZE]),
            "test": self._generate_examples(images[TRAIN_SIZE:], labels[TRAIN_SIZE:]),
        }

    def _generate_examples(self, images, labels):
        for index, (image, label) in enumerate(zip(images, labels, strict=True)):
            yield index, {"image": image[..., np.newaxis], "label": int(label)}


def load_digits() -> tuple[np.ndarray, np.ndarray]:
    """Return scikit-learn's digits as MNIST-like images.

    Returns
    -------
    images : ndarray of uint8, shape (1797, 28, 28)
    labels : ndarray of int, shape (1797,)
    """
    from sklearn import datasets  # here, since it takes seconds

    digits = datasets.load_digits()
    boxes = enlarge(digits.images / 16)
    return np.stack([centre_by_mass(box) for box in boxes]), digits.target


def enlarge(counts: np.ndarray) -> np.ndarray:
    """Return (n, 8, 8) inked fractions in [0, 1] as (n, 20, 20) uint8 images of crisp strokes."""
    fine = _BOX * _OVERSAMPLING
    # Interpolation is linear in the pixels and separable: interpolating the unit vectors gives
    # the matrix that does it for rows and columns of all images at once.
    matrix = resize(np.eye(8), (fine, 8), order=3, mode="edge", clip=False)
    smooth = matrix @ counts @ matrix.T
    strokes = np.clip((smooth - 0.6) * 2.5 + 0.5, 0, 1)
    blocks = strokes.reshape(-1, _BOX, _OVERSAMPLING, _BOX, _OVERSAMPLING)
    return np.rint(255 * blocks.mean(axis=(2, 4))).astype(np.uint8)


def centre_by_mass(box: np.ndarray) -> np.ndarray:
    """Return a (20, 20) image on a black (28, 28) canvas, its centre of mass in the middle."""
    rows, columns = np.indices(box.shape)
    weights = box / box.sum()
    middle = (_SIDE - 1) / 2
    top = round(middle - (weights * rows).sum())
    left = round(middle - (weights * columns).sum())
    room = _SIDE - _BOX
    top, left = np.clip([top, left], 0, room)
    canvas = np.zeros((_SIDE, _SIDE), np.uint8)
    canvas[top : top + _BOX, left : left + _BOX] = box
    return canvas
