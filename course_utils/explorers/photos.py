"""The explorer that classifies a photograph of one's own."""

import os
from collections.abc import Callable

import course_utils.keras_inside.start
from course_utils.applications import classify, preprocess, read_photo
from course_utils.applications.photos import crop_and_resize
from course_utils.datasets.photographs import read_bytes
from course_utils.explorers import drawing
from course_utils.explorers.base import Explorer, Panel, dropdown, read_static
from course_utils.explorers.networks import compile_grad_cam
from course_utils.interpretation import overlay

import anywidget
import keras
import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

TOP = 5
SIDE = 224  # pixels, for networks that take any size
PICTURE_SIDE = 250  # pixels of the screen


class PhotoPicker(anywidget.AnyWidget):
    """A button that brings a photo from the reader's disk or camera.

    The browser shrinks it to 1,024 pixels before it is sent: Jupyter closes the connection on a
    message above 10 MB, and photographs of today can be larger. A file that the browser cannot
    show, as a phone's HEIC, is sent as it is; if it is above 8 MB, empty.
    `on_photo(name, content)` is called with the bytes of the file.
    """

    _esm = read_static("photo_picker.js")

    def __init__(self, on_photo: Callable[[str, bytes], None]):
        super().__init__()
        self._on_photo = on_photo
        self.on_msg(lambda _, message, files: self.receive(message["name"], bytes(files[0])))

    def receive(self, name: str, content: bytes) -> None:
        """Take a file as the browser sends it."""
        self._on_photo(name, content)


class PhotoExplorer(Explorer):
    """A photograph, its five likeliest classes, and the places that speak for one of them.

    Controls: upload (a file of the disk or the camera), label (which of the five the heat map is
    for). Panels: photo, heat, labels. A new network is made ready on a grey picture first.
    """

    name = "classify-photo"

    def __init__(self, model: keras.Model):
        self._model = model
        self._size = [side or SIDE for side in model.input_shape[1:3]]
        self._heat = compile_grad_cam(model)
        self._photo, self._heats = None, {}
        self._classify(np.full((*self._size, 3), 128, np.uint8))
        controls = {
            "upload": PhotoPicker(self._receive),
            "label": dropdown("Heat map", [("no photo yet", 0)], width="380px"),
        }
        super().__init__(controls, {name: Panel() for name in ("photo", "heat", "labels")})

    def show(self, photo: str | os.PathLike | Image.Image | ArrayLike) -> None:
        """Classify a photo: a path, a PIL image or an array, see `applications.read_photo`."""
        with self.silently():
            self._load(photo)
        self.update()

    def _receive(self, name, content):
        """Classify a file that came from the browser, or say why not."""
        try:
            if not content:
                raise ValueError(
                    f"{name} came empty: a picture above 8 MB that this browser cannot show is to "
                    "be made a JPEG."
                )
            self.show(read_bytes(content, name))
        except ValueError as problem:
            self.status.say(str(problem), problem=True)

    def _load(self, photo):
        pixels = crop_and_resize(read_photo(photo), self._size)
        self._labels = self._classify(pixels)
        self._photo, self._heats = pixels, {}
        choice = self.controls["label"]
        choice.options = [(label, place) for label, _, place in self._labels]
        choice.value = self._labels[0][2]

    def _classify(self, pixels):
        """Return (label, probability, class number) of the likeliest classes."""
        labels = classify(self._model, pixels, TOP)
        _, scores = self._heat(preprocess(self._model, pixels[None]), 0)
        places = np.argsort(-scores)[:TOP]
        return [(*label, int(place)) for label, place in zip(labels, places, strict=True)]

    def draw(self) -> str:
        if self._photo is None:
            return "Choose a photograph, or take one with the camera."
        chosen = self.controls["label"].value
        if chosen not in self._heats:
            images = preprocess(self._model, self._photo[None])
            self._heats[chosen], _ = self._heat(images, chosen)
        names, values, places = zip(*self._labels, strict=True)
        name = names[places.index(chosen)]
        self._show("photo", "What the network sees", self._photo / 255, "The photo, cut square.")
        heat = overlay(self._photo, self._heats[chosen])
        self._show("heat", f"Where it sees: {name}", heat, f"Bright where {name} is seen.")
        self.panels["labels"].show(title="Likeliest", html=drawing.bars(values, names, 0))
        listed = ", ".join(f"{n} {drawing.percent(v)}" for n, v, _ in self._labels)
        return f"{self._model.name} says: {listed}.\nThe heat map (Grad-CAM) is for {name}."

    def _show(self, name, title, pixels, alt):
        self.panels[name].show(
            title=title,
            picture=drawing.encode(pixels, 0, 1),
            alt=alt,
            size=list(pixels.shape[:2]),
            scale=PICTURE_SIDE / max(pixels.shape[:2]),
        )
