"""The explorer to draw a digit in, with two networks that answer while it is drawn."""

import course_utils.keras_inside.start
from course_utils.explorers import drawing
from course_utils.explorers.base import Explorer, Panel, button, panel_row, read_static, row
from course_utils.explorers.networks import compile_call, map_layers, with_maps
from course_utils.interpretation import convolutions
from course_utils.interpretation.outputs import check_outputs, to_probabilities
from course_utils.plotting import raster

import anywidget
import ipywidgets
import keras
import numpy as np
import tensorflow as tf
import traitlets
from numpy.typing import ArrayLike

SIDE = 28
SHIFT, TURN = 2, 15  # pixels, degrees
MAPS_SIDE = 382  # pixels of the screen: two pages of maps side by side


class Canvas(anywidget.AnyWidget):
    """A drawing of 28 x 28 pixels, white on black, for mouse, finger, pen and keyboard.

    value : its 784 bytes, row by row.
    redrawn : how often Python changed it; the browser redraws for that alone, since an echo of
        its own older strokes would wipe out newer ones.
    """

    value = traitlets.Bytes(bytes(SIDE * SIDE)).tag(
        sync=True, from_json=lambda value, _: bytes(value)
    )

    redrawn = traitlets.Int(0).tag(sync=True)

    _css = read_static("canvas.css")
    _esm = read_static("canvas.js")

    @property
    def pixels(self) -> np.ndarray:
        """The drawing as (28, 28) numbers from 0 to 1."""
        return np.frombuffer(self.value, np.uint8).reshape(SIDE, SIDE) / np.float32(255)

    @pixels.setter
    def pixels(self, pixels: ArrayLike) -> None:
        with self.hold_sync():
            self.value = raster.to_levels(pixels, 0, 1).tobytes()
            self.redrawn += 1


class DigitExplorer(Explorer):
    """A drawing, what two networks see in it, and the maps of the second.

    Controls: canvas, left, right, up, down, rotate_left, rotate_right, thicken, clear (buttons can
    be pressed from Python with ``click()``). Panels: dense, convnet, and maps_1 to maps_3 for the
    first three convolutions.
    """

    name = "draw-digit"

    def __init__(self, dense: keras.Model, convnet: keras.Model):
        for model in (dense, convnet):
            check_outputs(model)
        self._models = {"dense": dense, "convnet": convnet}
        self._names = list(map_layers(convnet))
        self._convolutions = convolutions(convnet)[:3]
        self._answer = compile_call(_both(dense, convnet))
        found = [outputs.shape[1:] for outputs in self._answer(np.zeros((1, SIDE, SIDE, 1)))[:2]]
        if found != [(10,), (10,)]:
            raise ValueError(
                f"Both networks must give ten probabilities; found outputs of shape {found[0]} "
                f"and {found[1]}."
            )
        controls = {"canvas": Canvas()} | {
            name: button(label, lambda change=change: self._change(change))
            for name, (label, change) in CHANGES.items()
        }
        panels = {name: Panel() for name in ("dense", "convnet")}
        panels |= {f"maps_{place}": Panel() for place in range(1, len(self._convolutions) + 1)}
        super().__init__(controls, panels)

    def arrange(self) -> list[ipywidgets.Widget]:
        canvas, *buttons = self.controls.values()
        dense, convnet, *maps = self.panels.values()
        later = ipywidgets.VBox(maps[1:])
        answers = panel_row([canvas, panel_row([dense, convnet])])
        return [answers, row(buttons), panel_row([*maps[:1], later])]

    def draw(self) -> str:
        pixels = self.controls["canvas"].pixels
        dense, convnet, *maps = map(np.asarray, self._answer(pixels[None, :, :, None]))
        is_empty = not pixels.any()
        words = []
        for name, title, answer in zip(
            ("dense", "convnet"), ("Dense network", "Convnet"), (dense, convnet), strict=True
        ):
            shares, best = np.zeros(10), None
            if not is_empty:
                (shares,) = to_probabilities(self._models[name], answer)
                best = int(shares.argmax())
            self.panels[name].show(title=title, html=drawing.bars(shares, range(10), best))
            if not is_empty:
                words.append(f"{title}: {best}, with {drawing.percent(shares[best])}.")
        for place, name in enumerate(self._convolutions, start=1):
            self._show_maps(place, maps[self._names.index(name)][0])
        return "\n".join(words) or "Draw a digit, large and in the middle; both networks answer."

    def _show_maps(self, place, maps):
        count, shape = maps.shape[-1], maps.shape[:2]
        columns = 8 if count <= 32 else 16 if count <= 64 else 32
        page = drawing.tile_maps(maps, columns, float(maps.max()) or 1.0)
        self.panels[f"maps_{place}"].show(
            title=f"Convolution {place}: {count} maps of {shape[0]} x {shape[1]}",
            picture=drawing.encode(page, 0, 255, drawing.MAPS),
            alt=f"The {count} feature maps of convolution {place}, bright where a filter responds.",
            size=list(page.shape),
            scale=MAPS_SIDE / max(page.shape),
        )

    def _change(self, change):
        canvas = self.controls["canvas"]
        canvas.pixels = change(canvas.pixels)

    def show(self, digit: ArrayLike) -> None:
        """Put a digit on the canvas: (28, 28) numbers from 0 to 1 or from 0 to 255."""
        pixels = np.asarray(digit, np.float32).squeeze()
        if pixels.shape != (SIDE, SIDE):
            raise ValueError(
                f"A digit must have {SIDE} x {SIDE} pixels, found {np.shape(digit)}; "
                f"a vector is turned by digit.reshape(28, 28)."
            )
        if not np.isfinite(pixels).all():
            raise ValueError("The digit has missing or infinite pixels; replace them first.")
        self.controls["canvas"].pixels = pixels / (255 if pixels.max() > 1 else 1)


def _both(dense, convnet):
    """Return the function that gives both networks' answers, then all maps of the second."""
    network = with_maps(convnet)
    dense = keras.Model(dense.inputs[0], dense.outputs[0])  # without lists and dictionaries
    shapes = [(-1, *model.inputs[0].shape[1:]) for model in (dense, convnet)]

    def answer(images):
        *maps, second = network(tf.reshape(images, shapes[1]), training=False)
        return [dense(tf.reshape(images, shapes[0]), training=False), second, *maps]

    return answer


def _shift(rows, columns):
    def shift(pixels):
        moved = np.roll(pixels, (rows, columns), axis=(0, 1))
        for axis, amount in enumerate((rows, columns)):  # what left at one side comes in nowhere
            edge = [slice(None)] * 2
            edge[axis] = slice(0, amount) if amount > 0 else slice(SIDE + amount, SIDE)
            moved[tuple(edge)] = 0
        return moved

    return shift


def _rotate(degrees):
    def rotate(pixels):
        from scipy import ndimage

        return ndimage.rotate(pixels, degrees, reshape=False, order=1)

    return rotate


def _thicken(pixels):
    from scipy import ndimage

    return ndimage.grey_dilation(pixels, footprint=[[0, 1, 0], [1, 1, 1], [0, 1, 0]])


CHANGES = {
    "left": ("Shift left", _shift(0, -SHIFT)),
    "right": ("Shift right", _shift(0, SHIFT)),
    "up": ("Shift up", _shift(-SHIFT, 0)),
    "down": ("Shift down", _shift(SHIFT, 0)),
    "rotate_left": ("Rotate left", _rotate(TURN)),
    "rotate_right": ("Rotate right", _rotate(-TURN)),
    "thicken": ("Thicken", _thicken),
    "clear": ("Clear", np.zeros_like),
}
