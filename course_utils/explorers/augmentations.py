"""The augmentation explorer."""

from course_utils.augmentation import FILL_MODES, RandomAffine
from course_utils.convolution.checks import by
from course_utils.explorers import drawing
from course_utils.explorers.base import Explorer, Panel, button, checkbox, dropdown, slider
from course_utils.plotting import raster

import numpy as np
from numpy.typing import ArrayLike

COUNT = 9
LARGEST = 160  # pixels of a side


class AugmentationExplorer(Explorer):
    """A picture and nine random variants of it; a slider says how far each transform may go.

    Controls: rotation, width_shift, height_shift, shear, zoom, horizontal_flip, vertical_flip,
    fill_mode, another. Panels: original, variants. The nine keep their random numbers while the
    sliders move; the button draws new ones.
    """

    name = "augmentation"
    rows = (
        ("shear", "zoom", "fill_mode"),
        ("horizontal_flip", "vertical_flip", "another"),
    )

    def __init__(self, image: ArrayLike):
        self._image = _to_levels(image)
        self._seed = 0
        controls = {
            "rotation": slider("Rotation", 20, 0, 180, 5),
            "width_shift": slider("Sideways", 0.1, 0, 0.5, 0.05, readout_format=".0%"),
            "height_shift": slider("Up, down", 0.1, 0, 0.5, 0.05, readout_format=".0%"),
            "shear": slider("Shear", 10, 0, 45, 5),
            "zoom": slider("Zoom", 0.2, 0, 0.8, 0.05, readout_format=".0%"),
            "horizontal_flip": checkbox("Flip left and right", True),
            "vertical_flip": checkbox("Flip top and bottom"),
            "fill_mode": dropdown("Beyond", FILL_MODES),
            "another": button("Another nine", self.another),
        }
        super().__init__(controls, {name: Panel() for name in ("original", "variants")})

    def another(self) -> None:
        """Draw nine new variants."""
        self._seed += 1
        self.update()

    def draw(self) -> str:
        values = self.values()
        layer = RandomAffine(
            rotation_range=values["rotation"],
            width_shift_range=values["width_shift"],
            height_shift_range=values["height_shift"],
            shear_range=values["shear"],
            zoom_range=values["zoom"],
            horizontal_flip=values["horizontal_flip"],
            vertical_flip=values["vertical_flip"],
            fill_mode=values["fill_mode"],
            seed=self._seed,
        )
        nine = np.asarray(layer(np.repeat(self._image[None], COUNT, axis=0)))
        page = raster.tile(nine, 3, gap=4, fill=255)
        side = max(self._image.shape[:2])
        words = _in_words(values)
        self._show(
            "variants", "Nine variants", f"Nine variants. {words}", page, 480 / (3 * side + 8)
        )
        self._show("original", "Original", "The picture itself.", self._image, 240 / side)
        return words

    def _show(self, name, title, alt, pixels, scale):
        pixels = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
        self.panels[name].show(
            title=title,
            picture=drawing.encode(pixels, 0, 255),
            alt=alt,
            size=list(pixels.shape[:2]),
            scale=float(scale),
        )


def _to_levels(image):
    """Return a picture as uint8 (H, W, C), at most 160 pixels along each side."""
    pixels = np.asarray(image)
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    if pixels.ndim != 3 or pixels.shape[-1] not in (1, 3, 4) or not pixels.size:
        shape = by(np.shape(image))
        raise ValueError(
            f"The image must have shape (rows, columns) or (rows, columns, channels), "
            f"found {shape}."
        )
    if not np.isfinite(pixels).all():
        raise ValueError("The image has missing or infinite pixels; replace them first.")
    pixels = raster.shrink(pixels[..., :3], LARGEST)
    return raster.to_levels(pixels, *raster.usual_limits(pixels))


def _in_words(values):
    parts = [
        f"rotation up to {values['rotation']}° either way",
        f"shift up to {values['width_shift']:.0%} sideways",
        f"up to {values['height_shift']:.0%} up or down",
        f"shear up to {values['shear']}°",
        f"zoom from {1 - values['zoom']:.2f} to {1 + values['zoom']:.2f}",
    ]
    flips = {"horizontal_flip": "left and right", "vertical_flip": "top and bottom"}
    parts += [f"half of them flipped {way}" for name, way in flips.items() if values[name]]
    words = ", ".join(parts)
    return f"{words[0].upper()}{words[1:]}."
