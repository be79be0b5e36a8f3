"""Train the course's own backbone: the network that stands in for ImageNet weights.

    python tools/train_backbone.py [--seconds 240]

The pictures come from scikit-image's photographs (crops, also turned and tinted) and from a
generator of textures and shapes, so that the project may use and show all of them. A run ends
after --seconds and keeps its state in `build/backbone`; run it again until it says that it is
done. Weights and labels land beside the backbone's card in `course_utils/applications`.
"""

import argparse
import time
from pathlib import Path

from course_utils import files
from course_utils.applications import backbone

import keras
import numpy as np
import tensorflow as tf
from backbone_pictures import CLASSES, draw

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "course_utils" / "applications" / backbone.NAME
STATE = ROOT / "build" / "backbone"
SIDE = 112  # pixels of a picture; crops of it are trained on
PER_CLASS, HELD_OUT = 200, 20
SCHEDULE = [64] * 8 + [96]  # pixels of the crops, epoch by epoch: small ones are quick
BATCH = 64


def main():
    seconds = _parse_arguments()
    start = time.monotonic()
    STATE.mkdir(parents=True, exist_ok=True)
    HOME.joinpath("labels.txt").write_text("".join(f"{name}\n" for name in CLASSES))
    backbone.labels.cache_clear()
    images, labels = _pictures("training", PER_CLASS, seed=1)
    if time.monotonic() - start > seconds:
        return
    model, epoch = _restore()
    took = 0
    while epoch < len(SCHEDULE):
        if time.monotonic() - start + took > seconds:
            return print(f"{epoch} of {len(SCHEDULE)} epochs are done; run again.")
        begin = time.monotonic()
        batches = _batches(images, labels, SCHEDULE[epoch], seed=epoch)
        history = model.fit(batches, shuffle=False, verbose=0).history
        epoch += 1
        took = time.monotonic() - begin
        print(f"epoch {epoch}: {_words(history)}, {took:.0f} s", flush=True)
        _keep(model, epoch)
    _finish(model)


def _parse_arguments() -> float:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=float("inf"))
    return parser.parse_args().seconds


def _pictures(name, per_class, seed):
    """Return the pictures (N, SIDE, SIDE, 3) uint8 and their labels; drawn once, then kept."""
    path = STATE / f"{name}.npz"
    if not path.exists():
        pairs = [(place, n) for place in range(len(CLASSES)) for n in range(per_class)]
        images = [draw(CLASSES[c], np.random.default_rng([seed, c, n]), SIDE) for c, n in pairs]
        with files.replacing(path) as beside:
            np.savez(beside, images=np.stack(images), labels=np.array(pairs)[:, 0])
    with np.load(path) as kept:
        return kept["images"], kept["labels"]


def _batches(images, labels, side, seed):
    """Return shuffled batches of varied crops, (N, side, side, 3) with values from -1 to 1."""
    margin = side // 8
    data = tf.data.Dataset.from_tensor_slices((_shrink(images, side + margin), labels))

    def vary(batch, label):
        top, left = (tf.random.uniform((), 0, margin + 1, tf.int32) for _ in range(2))
        batch = tf.cast(batch[:, top : top + side, left : left + side], tf.float32) / 127.5 - 1
        batch = tf.image.random_flip_left_right(batch)
        contrast = tf.random.uniform((BATCH, 1, 1, 3), 0.75, 1.25)
        batch = batch * contrast + tf.random.uniform((BATCH, 1, 1, 1), -0.2, 0.2)
        return tf.ensure_shape(tf.clip_by_value(batch, -1, 1), (BATCH, side, side, 3)), label

    data = data.shuffle(len(images), seed=seed).batch(BATCH, drop_remainder=True)
    return data.map(vary, num_parallel_calls=2).prefetch(4)


def _shrink(images, side):
    """Return uint8 images of side x side, without holding them all as floats."""
    parts = np.array_split(images, 50)
    small = [
        tf.cast(tf.image.resize(part, (side, side), antialias=True), tf.uint8) for part in parts
    ]
    return np.concatenate(small)


def _restore():
    """Return the model and the number of epochs it was trained for."""
    kept = sorted(STATE.glob("epoch_*.keras"))
    if kept:
        model = keras.saving.load_model(kept[-1])
        return model, int(kept[-1].stem.removeprefix("epoch_"))
    keras.utils.set_random_seed(7)
    model = backbone.architecture(input_shape=None, include_top=False, pooling="avg")
    outputs = keras.layers.Dropout(0.2)(model.output)
    outputs = keras.layers.Dense(len(CLASSES), activation="softmax")(outputs)
    model = keras.Model(model.inputs, outputs)
    steps = (len(SCHEDULE) + 1) * (len(CLASSES) * PER_CLASS // BATCH)  # the last rate is not 0
    rate = keras.optimizers.schedules.CosineDecay(3e-3, steps)
    model.compile(
        keras.optimizers.AdamW(rate, weight_decay=1e-3),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=10,
    )
    return model, 0


def _keep(model, epoch):
    model.save(STATE / f"epoch_{epoch:02}.keras")


def _finish(model):
    """Write the weights as float16, in the order of a MobileNet with its classifier."""
    weights = model.get_weights()
    kernel, bias = weights[-2:]
    weights = [*weights[:-2], kernel[np.newaxis, np.newaxis], bias]
    np.savez_compressed(HOME / "weights.npz", *[w.astype(np.float16) for w in weights])
    backbone._weights.cache_clear()
    images, labels = _pictures("held_out", HELD_OUT, seed=2)
    ready = backbone.build()
    small = tf.image.resize(images, ready.input_shape[1:3]) / 127.5 - 1
    found = ready.predict(small, verbose=0).argmax(-1)
    size = (HOME / "weights.npz").stat().st_size
    print(f"done: {np.mean(found == labels):.1%} of the held-out pictures, {size:,} bytes")
    wrong = {CLASSES[c]: np.mean(found[labels == c] == c) for c in range(len(CLASSES))}
    for name, share in sorted(wrong.items(), key=lambda pair: pair[1])[:12]:
        print(f"  {name}: {share:.0%}")


def _words(history):
    return ", ".join(f"{name} {values[-1]:.3f}" for name, values in history.items())


if __name__ == "__main__":
    main()
