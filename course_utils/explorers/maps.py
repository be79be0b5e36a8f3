"""The feature map explorer."""

import course_utils.keras_inside.start
from course_utils.explorers import drawing
from course_utils.explorers.base import Explorer, Panel, dropdown, slider
from course_utils.explorers.networks import compile_call, map_layers, with_maps
from course_utils.interpretation.layers import to_batch
from course_utils.plotting import raster

import keras
import numpy as np
from numpy.typing import ArrayLike

MOST_IMAGES = 50
MOST_MAPS = 128  # on the page of all maps of a layer
MAP_SIDE, PAGE_SIDE = 196, 352  # pixels of the screen


class FeatureMapExplorer(Explorer):
    """What each filter of each layer answers to a picture.

    Controls: picture, layer, filter. Panels: input, map, maps (all of the layer, the chosen one
    framed).
    """

    name = "feature-maps"

    def __init__(self, model: keras.Model, images: ArrayLike):
        self._names = list(map_layers(model))
        images, _ = to_batch(model, images)
        self._images = images[:MOST_IMAGES]
        network = with_maps(model)
        self._answer = compile_call(lambda batch: network(batch, training=False))
        self._number, self._outputs = None, []
        controls = {
            "picture": slider("Picture", 0, 0, len(self._images) - 1),
            "layer": dropdown("Layer", self._names),
            "filter": slider("Filter", 0, 0, 1),
        }
        super().__init__(controls, {name: Panel() for name in ("input", "map", "maps")})

    def _maps(self, number, layer):
        """Return the maps of a layer, (rows, columns, N); the network runs once for a picture."""
        if number != self._number:
            self._outputs = self._answer(self._images[number : number + 1])
            self._number = number
        return np.asarray(self._outputs[self._names.index(layer)])[0]

    def draw(self) -> str:
        values = self.values()
        layer, maps = values["layer"], self._maps(values["picture"], values["layer"])
        count, shape = maps.shape[-1], maps.shape[:2]
        self.controls["filter"].max = count - 1
        chosen = self.controls["filter"].value
        one = maps[..., chosen]
        high = float(maps.max()) or 1.0
        low = min(float(maps.min()), 0.0)
        self._show_input(self._images[values["picture"]])
        self.panels["map"].show(
            title=f"Filter {chosen} of {layer}: {shape[0]} x {shape[1]}",
            picture=drawing.encode(one, low, high, "cividis"),
            alt=f"Feature map {chosen} of {layer}, from {one.min():.3g} to {one.max():.3g}.",
            size=list(shape),
            scale=drawing.scale_of(shape, side=MAP_SIDE),
        )
        self._show_all(maps[..., :MOST_MAPS] - low, chosen, high - low)
        zero = (one <= 0).mean()
        return "\n".join(
            [
                f"This map goes from {one.min():.3g} to {one.max():.3g}; "
                f"{zero:.0%} of its values are 0 or less.",
                f"Yellow is {high:.3g}, the strongest answer of the {count} filters of this layer.",
            ]
        )

    def _show_input(self, image):
        pixels = image[..., 0] if image.shape[-1] == 1 else image[..., :3]
        low, high = raster.usual_limits(pixels)
        self.panels["input"].show(
            title=f"Picture {self.controls['picture'].value}",
            picture=drawing.encode(pixels, low, high),
            alt=f"The picture that the network sees, {pixels.shape[0]} x {pixels.shape[1]} pixels.",
            size=list(pixels.shape[:2]),
            scale=drawing.scale_of(pixels.shape, side=MAP_SIDE),
        )

    def _show_all(self, maps, chosen, high):
        count = maps.shape[-1]
        columns = 8 if count <= 64 else 16
        maps = raster.shrink(maps, 2 * PAGE_SIDE // columns)
        shape = maps.shape[:2]
        page = drawing.tile_maps(maps, columns, high)
        top, left = raster.tile_place(chosen, columns, shape)
        is_there = chosen < count
        self.panels["maps"].show(
            title="All its maps" if is_there else f"Its first {count} maps",
            picture=drawing.encode(page, 0, 255, drawing.MAPS),
            alt=f"{count} feature maps of the layer on one scale.",
            size=list(page.shape),
            scale=PAGE_SIDE / max(page.shape),
            overlay=drawing.frame(top, left, *shape, page.shape) if is_there else "",
        )
