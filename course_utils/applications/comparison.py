"""The networks of Keras Applications side by side: published numbers, and the time they take."""

import json
import os
import platform
import time
from dataclasses import dataclass, replace

from course_utils import settings
from course_utils.reader import tables
from course_utils.reader.progress import Progress

# Published by Keras (keras.io/api/applications): size in MB, top-1 and top-5 accuracy in per cent
# on ImageNet's validation images, millions of parameters, depth (layers with parameters).
# The last row is the smallest MobileNet, as published with TensorFlow's weights.
_PUBLISHED = """
Xception            88   79.0 94.5  22.9  81
VGG16               528  71.3 90.1 138.4  16
VGG19               549  71.3 90.0 143.7  19
ResNet50            98   74.9 92.1  25.6 107
ResNet50V2          98   76.0 93.0  25.6 103
ResNet101           171  76.4 92.8  44.7 209
ResNet101V2         171  77.2 93.8  44.7 205
ResNet152           232  76.6 93.1  60.4 311
ResNet152V2         232  78.0 94.2  60.4 307
InceptionV3         92   77.9 93.7  23.9 189
InceptionResNetV2   215  80.3 95.3  55.9 449
MobileNet           16   70.4 89.5   4.3  55
MobileNetV2         14   71.3 90.1   3.5 105
DenseNet121         33   75.0 92.3   8.1 242
DenseNet169         57   76.2 93.2  14.3 338
DenseNet201         80   77.3 93.6  20.2 402
NASNetMobile        23   74.4 91.9   5.3 389
NASNetLarge         343  82.5 96.0  88.9 533
EfficientNetB0      29   77.1 93.3   5.3 132
EfficientNetB1      31   79.1 94.4   7.9 186
EfficientNetB2      36   80.1 94.9   9.2 186
EfficientNetB3      48   81.6 95.7  12.3 210
EfficientNetB4      75   82.9 96.4  19.5 258
EfficientNetB5      118  83.6 96.7  30.6 312
EfficientNetB6      166  84.0 96.8  43.3 360
EfficientNetB7      256  84.3 97.0  66.7 438
EfficientNetV2B0    29   78.7 94.3   7.2 -
EfficientNetV2B1    34   79.8 95.0   8.2 -
EfficientNetV2B2    42   80.5 95.1  10.2 -
EfficientNetV2B3    59   82.0 95.8  14.5 -
EfficientNetV2S     88   83.9 96.7  21.6 -
EfficientNetV2M     220  85.3 97.4  54.4 -
EfficientNetV2L     479  85.7 97.5 119.0 -
ConvNeXtTiny        109  81.3 -     28.6 -
ConvNeXtSmall       192  82.3 -     50.2 -
ConvNeXtBase        339  85.3 -     88.5 -
ConvNeXtLarge       755  86.3 -    197.7 -
ConvNeXtXLarge      1310 86.7 -    350.1 -
MobileNet(alpha=0.25) 2  49.8 74.2   0.5  55
"""

TIMED = (  # light ones first; the heaviest take seconds to build
    "MobileNet(alpha=0.25)",
    "MobileNet",
    "MobileNetV2",
    "EfficientNetB0",
    "ResNet50",
    "InceptionV3",
    "DenseNet121",
    "Xception",
    "VGG16",
)
ROUNDS = 8


@dataclass(frozen=True)
class Network:
    """A row: size in MB, accuracies from 0 to 1, parameters, depth, milliseconds per image.

    None stands for what is not published, or not measured.
    """

    name: str
    size: float
    top1: float
    top5: float | None
    parameters: float
    depth: int | None
    milliseconds: float | None = None


class Table(list):
    """A list of `Network` that shows itself as a table in a notebook."""

    HEAD = ("network", "size", "top-1", "top-5", "parameters", "depth", "ms per image, here")

    def rows(self) -> list[tuple[str, ...]]:
        """Return the rows as text, in the order of `HEAD`."""
        return [
            (
                network.name,
                f"{network.size:,} MB",
                f"{network.top1:.1%}",
                f"{network.top5:.1%}" if network.top5 else "–",
                f"{network.parameters / 1e6:.1f} M",
                str(network.depth or "–"),
                f"{network.milliseconds:.0f}" if network.milliseconds else "–",
            )
            for network in self
        ]

    def _repr_html_(self) -> str:
        return tables.to_html(self.HEAD, self.rows())

    def __repr__(self) -> str:
        return tables.to_text(self.HEAD, self.rows())


def table() -> Table:
    """Return the networks of Keras Applications, with the time they take on this machine.

    Nine of them are timed, one image at a time, when this is first called (about a minute on two
    cores, no weights are needed), and remembered in the data folder. The quick and the demo
    profile time only the two smallest, and show what is remembered of the others.
    """
    known = _read_timings()
    wanted = TIMED if settings.profile().name == "full" else TIMED[:2]
    missing = [name for name in wanted if name not in known]
    if missing:
        known |= _measure_all(missing)
        _write_timings(known)
    return Table(replace(row, milliseconds=known.get(row.name)) for row in published())


def published() -> list[Network]:
    """Return the published numbers alone, without a time.

    >>> published()[1].name, published()[1].top1
    ('VGG16', 0.713)
    """
    return [_parse(line.split()) for line in _PUBLISHED.strip().splitlines()]


def _parse(cells) -> Network:
    name, size, top1, top5, millions, depth = cells
    return Network(
        name=name,
        size=int(size),
        top1=round(float(top1) / 100, 3),
        top5=None if top5 == "-" else round(float(top5) / 100, 3),
        parameters=float(millions) * 1e6,
        depth=None if depth == "-" else int(depth),
    )


def _measure_all(names) -> dict[str, float]:
    bar = Progress(len(names), "Timing the networks on this machine")
    found = {}
    for place, name in enumerate(names):
        bar.update(place, name)
        found[name] = measure(name)
    bar.close()
    return found


def measure(name: str) -> float:
    """Return the milliseconds that a network of `table` takes for one image.

    Weights do not matter for the time, so random ones are used. Of some rounds the fastest
    counts: in the others the machine had something else to do.
    """
    import course_utils.keras_inside.start

    import keras
    import numpy as np

    plain, _, alpha = name.rstrip(")").partition("(alpha=")
    options = {"alpha": float(alpha)} if alpha else {}
    model = getattr(keras.applications, plain)(weights=None, **options)
    image = np.zeros((1, *model.input_shape[1:]), dtype="float32")
    model.predict_on_batch(image)  # the first call compiles
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        model.predict_on_batch(image)
        seconds.append(time.perf_counter() - start)
    return round(1000 * min(seconds), 1)


def _machine() -> str:
    return f"{platform.node()}, {platform.machine()}, {os.cpu_count()} cores"


def _read_timings() -> dict[str, float]:
    """Return what was measured on this machine before, or nothing."""
    for folder in (settings.data_dir(), settings.writable_dir()):
        try:
            kept = json.loads((folder / "timings.json").read_text(encoding="utf-8"))
            if kept["machine"] == _machine():
                return {name: float(value) for name, value in kept["milliseconds"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # not there, or not usable: it is measured again
    return {}


def _write_timings(known) -> None:
    text = json.dumps({"machine": _machine(), "milliseconds": known}, indent=1)
    try:
        (settings.writable_dir() / "timings.json").write_text(text, encoding="utf-8")
    except OSError:
        pass  # it is measured again next time
