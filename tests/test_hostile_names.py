"""Names of folders, files, labels and layers are text: whatever they hold, nothing of it runs."""

import html.parser
import json

from course_utils import datasets, explorers, pipelines, plotting
from course_utils.convolution import kernels
from course_utils.datasets import folders
from course_utils.explorers import tensors
from course_utils.publishing import live
from course_utils.reader import notices, progress, tables

import IPython.display
import keras
import nbformat
import numpy as np
import pytest
from PIL import Image

HOSTILE = "\"><img src=x onerror=alert(1)>'<script>alert(2)<!--{{7*7}}$x^{&lt;b&gt;"
IMAGE = np.linspace(0, 1, 64).reshape(8, 8)


class Elements(html.parser.HTMLParser):
    """Gathers the tags of a page and their attributes, those of a frame's own page too."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.data = [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        for name, value in attributes:
            self.attributes.append((name, value or ""))
            if name == "srcdoc":
                self.feed_page(value)

    def feed_page(self, page):
        inner = Elements()
        inner.feed(page)
        self.tags += inner.tags
        self.attributes += inner.attributes

    def handle_data(self, data):
        self.data.append(data)


def shown_as_text(page, scripts=0):
    """Assert that a page holds no tag or attribute of the name, but the name itself."""
    elements = Elements()
    elements.feed(page)
    elements.close()
    assert elements.tags.count("script") == scripts
    assert not [name for name, _ in elements.attributes if name.startswith("on")]
    assert [value for name, value in elements.attributes if name == "src" and value == "x"] == []
    told = [*elements.data, *(value for _, value in elements.attributes)]
    assert any("onerror=alert(1)" in text for text in told)


def network():
    inputs = keras.Input((28, 28, 1))
    x = keras.layers.Conv2D(2, 3, name="conv")(inputs)
    return keras.Model(inputs, keras.layers.Dense(2)(keras.layers.Flatten()(x)), name="net")


def bundles(monkeypatch, module=notices):
    """Have notices shown as in a notebook; return the list that gathers them."""
    shown = []
    monkeypatch.setattr(module, "in_notebook", lambda: True)
    monkeypatch.setattr(IPython.display, "display", lambda bundle, **_: shown.append(bundle))
    return shown


PICTURES = {
    "images": lambda: plotting.show_images([IMAGE], [HOSTILE], title=HOSTILE),
    "tiles": lambda: plotting.show_tiles([IMAGE], [HOSTILE], title=HOSTILE),
    "bars": lambda: plotting.show_bars([1], [HOSTILE], title=HOSTILE, ylabel=HOSTILE),
    "classification": lambda: plotting.show_classification(
        IMAGE, [(HOSTILE, 0.5)], title=HOSTILE, caption=HOSTILE
    ),
    "history": lambda: plotting.show_history({"loss": [1], "accuracy": [1]}, title=HOSTILE),
    "architecture": lambda: plotting.show_architecture(network(), title=HOSTILE),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_titles_and_labels_of_a_picture(kind):
    shown_as_text(PICTURES[kind]().to_html())


def test_the_title_of_a_player():
    steps = plotting.convolution_steps(np.eye(4), kernels["sobel_x"])
    steps.title = HOSTILE
    player = steps.player()
    shown_as_text(player.to_html(), scripts=1)  # its own


def test_a_table_a_notice_and_a_bar(monkeypatch):
    shown_as_text(tables.to_html([HOSTILE], [[HOSTILE]], caption=HOSTILE))
    shown_as_text(progress._bar(0.5, HOSTILE, HOSTILE)["text/html"])
    shown = bundles(monkeypatch)
    notices.notice(HOSTILE)
    shown_as_text(shown[0]["text/html"])


def test_names_in_an_explorer_on_a_page():
    explorer = explorers.threshold([0, 1], [0.1, 0.9], ["plain", HOSTILE])
    data = {live.EXPLORER: tensors.to_text({"name": explorer.name, "data": explorer.data})}
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", data)])
    shown = live.to_html(nbformat.v4.new_notebook(cells=[cell])).cells[0].outputs[0].data
    page = shown["text/html"]
    assert page.count("<") == page.count("</") * 2 == 6  # a place, its words, its data
    start = json.loads(page.partition('json">')[2].partition("</script>")[0])
    assert start["data"]["names"] == ["plain", HOSTILE]


@pytest.mark.fault("folders, files and labels with tags in their names")
def test_a_whole_folder_of_hostile_names(tmp_path, monkeypatch):
    """Its classes, its broken file and what is left out are told, and its pictures shown."""
    monkeypatch.setattr(folders, "_noticed", set())
    name = HOSTILE.replace('"', "'")
    try:
        for label in (name, "cat"):
            (tmp_path / "pets" / label).mkdir(parents=True)
            Image.new("RGB", (9, 9)).save(tmp_path / "pets" / label / "1.png")
        (tmp_path / "pets" / name / f"{name}.png").write_bytes(b"broken")
        (tmp_path / "pets" / name / f"{name}.txt").write_bytes(b"no picture")
    except OSError:
        pytest.skip("this system takes no such names")
    shown = bundles(monkeypatch)
    data = pipelines.batches(tmp_path / "pets", image_size=(8, 8))
    assert data.class_names == [name, "cat"] and len(data.broken) == 1
    assert len(shown) == 2
    for bundle in shown:
        shown_as_text(bundle["text/html"])
    images, labels = next(iter(data))
    titles = [data.class_names[label] for label in labels]
    picture = plotting.show_images(list(images.numpy()), titles, title=datasets.title(name))
    shown_as_text(picture.to_html())
