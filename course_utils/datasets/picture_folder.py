"""A folder of pictures as a builder of TensorFlow Datasets: splits, slices, info, decoders."""

import os
from pathlib import Path

import course_utils.keras_inside.start
from course_utils import settings
from course_utils.datasets import folders, pictures

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

with tfds.core.registered.skip_registration():

    class PictureFolder(tfds.ImageFolder):
        """Reads a folder that `folders.read_splits` reads; else it is used as `tfds.ImageFolder`.

        Beyond that: more kinds of files, deeper folders, slices such as "train[:80%]", upright
        pictures, and broken files that are left out and named. Where pictures are to be decoded,
        all are decoded once beforehand, to find these.
        """

        def __init__(self, folder: Path, parts: dict[str, folders.Pictures]):
            """folder: where the pictures are; parts: what `folders.read_splits` found there."""
            super(tfds.ImageFolder, self).__init__(data_dir=folder)  # not what that class reads
            self._data_dir = str(folder)
            self.parts = parts
            self.info.features["label"].names = next(iter(parts.values())).class_names
            sizes = {name: len(part.files) for name, part in parts.items()}
            splits = [
                tfds.core.SplitInfo(name=name, shard_lengths=[size], num_bytes=0)
                for name, size in sizes.items()
            ]
            self.info.set_splits(tfds.core.SplitDict(splits))

        def _info(self):
            features = {
                "image": tfds.features.Image(),
                "label": tfds.features.ClassLabel(),
                "image/filename": tfds.features.Text(),
            }
            return tfds.core.DatasetInfo(
                builder=self,
                description="Pictures of one's own, in a folder for each label.",
                features=tfds.features.FeaturesDict(features),
                supervised_keys=("image", "label"),
            )

        def pick(self, split) -> folders.Pictures:
            """Return the pictures of one split or slice, such as "train[10%:]".

            In the quick profile there are fewer of "train": the first, which are mixed evenly.
            Raises ValueError for a split that is not there, or for several at once.
            """
            instructions = tfds.core.ReadInstruction.from_spec(split).to_absolute(self.info.splits)
            if len(instructions) != 1:
                raise ValueError(
                    f"The split {split!r} adds parts of a folder of pictures: load them one by "
                    "one, as split=['train', 'validation'], and join them by concatenate()."
                )
            (part,) = instructions
            limit = settings.profile().pictures if part.splitname == "train" else None
            found = self.parts[part.splitname].pick(slice(part.from_, part.to))
            return found.pick(slice(limit))

        def _as_dataset(self, split, shuffle_files=False, decoders=None, read_config=None):
            part = self.pick(split)
            if not decoders:
                part = _without_broken(part)
            files = [os.fsencode(file) for file in part.files]
            data = tf.data.Dataset.from_tensor_slices((files, np.array(part.labels, np.int64)))
            if shuffle_files:
                data = data.shuffle(len(files))

            @pictures.as_written
            def read(file, label):
                image = tf.io.read_file(file)
                example = {"image": image, "label": label, "image/filename": file}
                if decoders:
                    return self.info.features.decode_example(example, decoders=decoders)
                return example | {"image": pictures.decode(image)}

            return data.map(read, num_parallel_calls=tf.data.AUTOTUNE)


def _without_broken(part: folders.Pictures) -> folders.Pictures:
    """Leave out the pictures that cannot be decoded, and name them in a notice."""

    @pictures.as_written
    def check(file):
        return tf.size(pictures.decode(tf.io.read_file(file)))

    files = tf.data.Dataset.from_tensor_slices([os.fsencode(file) for file in part.files])
    sizes = files.map(check, num_parallel_calls=4 * (os.cpu_count() or 1))
    whole, broken = pictures.read_rows(sizes, len(part.files))
    pictures.tell_broken([part.names[place] for place in broken], len(whole))
    left = sorted(set(range(len(part.files))) - set(broken))
    files, labels = [part.files[place] for place in left], [part.labels[place] for place in left]
    return folders.Pictures(part.folder, files, labels, part.class_names, part.split)
