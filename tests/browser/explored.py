"""A notebook with every explorer, and the same as a page and as slides."""

import inspect
import sys
from pathlib import Path

from course_utils.publishing import live, run, site, slides

import numpy as np
from lecture import SMILEY
from nbformat import v4

CUBE = np.random.default_rng(3).integers(0, 4, (6, 6, 3))
FILTERS = np.random.default_rng(1).integers(-1, 2, (3, 3, 3, 2))


def make_scene(seed):
    """A picture of nine discs, a map of probabilities, forty boxes with scores, and the discs."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:60, :60]
    objects, boxes = np.zeros((60, 60), int), []
    for number, (row, column) in enumerate(np.ndindex(3, 3), start=1):
        middle = 20 * np.array([row, column]) + rng.integers(8, 13, 2)
        away = np.hypot(rows - middle[0], columns - middle[1])
        objects[away < 6] = number
        boxes += [[*(start - 6), *(start + 7)] for start in middle + rng.integers(-3, 4, (4, 2))]
    boxes += [[row, 0, row + 12, 12] for row in (0, 15, 30, 45)]
    noise = rng.random((60, 60))
    found = np.array(boxes).clip(0, 60), np.round(rng.random(40), 2)
    return (objects > 0) * 0.5 + 0.2 * noise, (objects > 0) * 0.6 + 0.4 * noise, found, objects


START = f"""
import numpy as np
from skimage import data
from course_utils import checkpoints, datasets, explorers, models
from course_utils.applications import backbone
photo = data.astronaut()[:160, 140:300]
random = np.random.default_rng(1)
labels = random.integers(0, 2, 300)
probabilities = np.round(0.6 * random.random(300) + 0.4 * labels, 2)
smiley = np.array({SMILEY.tolist()})
CUBE, FILTERS = np.array({CUBE.tolist()}), np.array({FILTERS.tolist()})
(images, _), _ = datasets.load_arrays("mnist")
images = images[:20, ..., None] / np.float32(255)
def trained(model, name):
    with np.load(checkpoints.find(name)[0]) as weights:
        model.set_weights([weights[f"last_{{n}}"] for n in range(len(model.weights))])
    return model
dense = trained(models.dense_mnist(), "dense_beside_convnet")
convnet = trained(models.convnet_mnist(), "convnet_mnist")
{inspect.getsource(make_scene)}
scenes = zip(*map(make_scene, range(2)))
""".strip()
CALLS = [
    "explorers.convolution({'photo': photo, 'smiley': smiley})",
    "explorers.pooling({'photo': photo, 'smiley': smiley})",
    "explorers.augmentation(data.chelsea())",
    "explorers.cube(CUBE, FILTERS)",
    "explorers.receptive_field(convnet, images[0])",
    "explorers.draw_digit(dense, convnet)",
    "explorers.feature_maps(convnet, images)",
    "explorers.classify_photo(backbone.build())",
    "explorers.threshold(labels, probabilities, ['cat', 'dog & <b>wolf</b>'])",
    "explorers.boxes(*scenes)",
]
SLIDE = {"slideshow": {"slide_type": "slide"}}


def write(folder):
    """Write explored.ipynb, a site with its page, and its slides into a folder."""
    cells = [
        v4.new_markdown_cell("# Explored\n\nOne *promise*.\n\nAbout 5 minutes.", metadata=SLIDE)
    ]
    cells += [v4.new_code_cell(source, metadata=SLIDE) for source in (START, *CALLS)]
    notebook = v4.new_notebook(cells=cells)
    path = folder / "explored.ipynb"
    run.notebooks.save(notebook, path)
    done = run.execute(path, COURSE_DATA="standin", COURSE_PROFILE="demo")
    site.write({"explored": done}, folder / "site")
    live.store(done, "explored", folder)
    run.notebooks.save(done, path)
    shown = slides.to_html(live.restore(done, "explored", folder))
    (folder / "slides.html").write_text(shown, encoding="utf-8")


if __name__ == "__main__":  # in a process of its own: Playwright keeps this one's event loop
    write(Path(sys.argv[1]))
