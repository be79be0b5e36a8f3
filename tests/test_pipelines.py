"""pipelines.batches: what comes out, in which order the stages stand, and each fault by name."""

import io
import shutil
from pathlib import Path

from course_utils import datasets, pipelines

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from skimage.transform import resize

SIZE = (8, 10)
RNG = np.random.default_rng(0)
# Smooth pictures, as photographs are: two waves of different lengths in each channel.
ROWS, COLUMNS = np.mgrid[:30, :24][..., None] / 30
SMOOTH = 127.5 + 60 * np.sin(5 * ROWS + [0, 1, 2]) + 60 * np.cos(4 * COLUMNS + [0, 2, 4])
RGB = SMOOTH.astype("uint8")


def encode(image, file_format="PNG", **options):
    file = io.BytesIO()
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    image.save(file, file_format, **options)
    return file.getvalue()


def flat(value, shape=(12, 9)):
    """A grey picture of one value, so that it can be known again."""
    return np.full((*shape, 3), value, "uint8")


def encoded_dataset(files):
    return tf.data.Dataset.from_tensor_slices((files, np.arange(len(files))))


def read(batches):
    """All images and all labels of one epoch."""
    images, labels = zip(*batches.as_numpy_iterator(), strict=True)
    return np.concatenate(images), np.concatenate(labels)


def write_folder(folder, count=3):
    """Pictures `cat/0.png` … and `dog/0.png` …, each of a value of its own."""
    for label, name in enumerate(("cat", "dog")):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            picture = flat(100 * label + 10 * number)
            (folder / name / f"{number}.png").write_bytes(encode(picture))
    return folder


VALUES = np.arange(0, 250, 25)
FLAT_FILES = [encode(flat(value, (10 + value % 7, 12))) for value in VALUES]
BROKEN_FILES = {
    "cut short PNG": encode(RGB)[:-300],
    "cut short JPEG": encode(RGB, "JPEG")[:-300],
    "empty": b"",
    "text": b"hello",
    "cut short TIFF": encode(RGB, "TIFF")[:-300],
    "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99),
}


# What comes out


def test_batches_of_float32_from_0_to_1_with_labels():
    batches = pipelines.batches(encoded_dataset(FLAT_FILES), image_size=SIZE, batch_size=4)
    assert [len(labels) for _, labels in batches] == [4, 4, 2]
    image_spec, _ = batches.element_spec
    assert image_spec == tf.TensorSpec((None, *SIZE, 3), tf.float32)
    images, labels = read(batches)
    np.testing.assert_array_equal(labels, np.arange(10))
    np.testing.assert_allclose(images, np.ones((10, *SIZE, 3)) * VALUES[:, None, None, None] / 255)


@pytest.mark.parametrize("size", [(20, 24), (40, 31), (15, 12)])
def test_resizing_down_to_a_half_is_that_of_keras(size):
    images, _ = read(pipelines.batches(encoded_dataset([encode(RGB)]), image_size=size))
    expected = keras.ops.image.resize(RGB, size, antialias=False)
    np.testing.assert_allclose(images[0] * 255, expected, atol=0.501)  # it is rounded to uint8


@pytest.mark.parametrize("size", [(7, 24), (5, 6)])
def test_resizing_below_a_half_is_that_of_keras_with_antialiasing(size):
    images, _ = read(pipelines.batches(encoded_dataset([encode(RGB)]), image_size=size))
    expected = keras.ops.image.resize(RGB, size, antialias=True)
    np.testing.assert_allclose(images[0] * 255, expected, atol=0.501)


@pytest.mark.parametrize("size", [(22, 18), (40, 40), (10, 8)])
def test_resizing_agrees_with_the_lectures_skimage_loop(size):
    images, _ = read(pipelines.batches(encoded_dataset([encode(RGB)]), image_size=size))
    difference = abs(images[0] - resize(RGB, size)) * 255
    assert difference.mean() < 1 and difference.max() < 8


def test_one_decoder_for_all_kinds_of_images():
    rgb = Image.fromarray(RGB)
    grey = np.asarray(rgb.convert("L"))
    transparent = np.dstack([RGB, np.full(RGB.shape[:2], 51, "uint8")])
    on_white = RGB * 0.2 + 255 * 0.8
    palette = rgb.convert("P")
    deep = (grey.astype("uint16") * 257).astype("uint16")
    kinds = {
        "grey PNG": (encode(grey), grey[..., None], 0),
        "grey JPEG": (encode(grey, "JPEG", quality=95), grey[..., None], 6),
        "grey and alpha": (encode(rgb.convert("LA")), grey[..., None], 0),
        "black and white": (encode(rgb.convert("1")), rgb.convert("1").convert("RGB"), 0),
        "RGBA": (encode(transparent), on_white, 1),
        "palette": (encode(palette), palette.convert("RGB"), 0),
        "16 bits": (encode(deep), grey[..., None], 1),
        "CMYK JPEG": (encode(rgb.convert("CMYK"), "JPEG", quality=95), RGB, 12),
        "JPEG": (encode(rgb, "JPEG", quality=95), RGB, 12),
        "GIF": (encode(palette, "GIF"), palette.convert("RGB"), 0),
        "BMP": (encode(rgb, "BMP"), RGB, 0),
        "WebP": (encode(rgb, "WEBP", lossless=True), RGB, 0),
        "WebP with transparency": (
            encode(transparent, "WEBP", lossless=True, exact=True),
            on_white,
            1,
        ),
        "TIFF": (encode(rgb, "TIFF"), RGB, 0),
        "TIFF of 16 bits": (encode(deep, "TIFF"), grey[..., None], 1),
        "AVIF": (encode(rgb, "AVIF", quality=100, subsampling="4:4:4"), RGB, 4),
    }
    dataset = encoded_dataset([file for file, _, _ in kinds.values()])
    images, _ = read(pipelines.batches(dataset, image_size=RGB.shape[:2], on_broken="raise"))
    for image, (kind, (_, expected, tolerance)) in zip(images * 255, kinds.items(), strict=True):
        difference = abs(image - np.asarray(expected, "float32")).max()
        assert difference <= tolerance + 0.01, f"{kind}: differs by {difference}"


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_decoded_images_become_three_channels(channels):
    picture = RNG.integers(0, 256, (*SIZE, channels), dtype="uint8")
    expected = picture[..., :3] if channels > 2 else picture[..., [0, 0, 0]]
    if channels in (2, 4):  # the last is how much of it is seen, over white
        share = picture[..., -1:] / 255
        expected = np.round(expected * share + 255 * (1 - share))
    known = tf.data.Dataset.from_tensors((picture, 1))
    signature = (tf.TensorSpec((None, None, None), tf.uint8), tf.TensorSpec((), tf.int32))
    unknown = tf.data.Dataset.from_generator(lambda: [(picture, 1)], output_signature=signature)
    for dataset in (known, unknown):
        images, _ = read(pipelines.batches(dataset, image_size=SIZE))
        np.testing.assert_allclose(images[0] * 255, expected, atol=1.001)


def test_a_folder_and_a_dataset_give_the_same_batches(tmp_path):
    folder = write_folder(tmp_path / "pets")
    files = [folder / name / f"{number}.png" for number in range(3) for name in ("cat", "dog")]
    labels = [0, 1] * 3
    dataset = tf.data.Dataset.from_tensor_slices(([file.read_bytes() for file in files], labels))
    from_folder = pipelines.batches(str(folder), image_size=SIZE)
    from_dataset = pipelines.batches(dataset, image_size=SIZE)
    for found, expected in zip(read(from_folder), read(from_dataset), strict=True):
        np.testing.assert_array_equal(found, expected)
    assert from_folder.class_names == ["cat", "dog"]
    assert from_dataset.class_names is None


def test_hidden_files_and_folders_are_no_pictures_and_no_labels(tmp_path):
    write_folder(tmp_path)
    for name in (".ipynb_checkpoints/0.png", "cat/._0.png", "cat/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"not a picture")
    batches = pipelines.batches(tmp_path, image_size=SIZE, on_broken="raise")
    assert batches.class_names == ["cat", "dog"] and len(read(batches)[1]) == 6


def test_the_length_is_known():
    files = [*FLAT_FILES, b"broken"]
    batches = pipelines.batches(encoded_dataset(files), image_size=SIZE, batch_size=4)
    assert len(batches) == 3
    filtered = encoded_dataset(FLAT_FILES).filter(lambda image, label: label < 5)
    assert len(pipelines.batches(filtered, image_size=SIZE, batch_size=4)) == 2


def test_keras_trains_on_it():
    dataset = encoded_dataset([*FLAT_FILES, b"broken"])
    batches = pipelines.batches(dataset, image_size=SIZE, batch_size=4, shuffle=True)
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10)])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    history = model.fit(batches, epochs=2, shuffle=False, verbose=0)
    assert history.params["steps"] == 3
    assert np.isfinite(history.history["loss"]).all()


# Training and validation


def filenames(split):
    """The files of a folder's split in the order of the loader, as paths."""
    data = datasets.load("pets", split=split)
    return [Path(example["image/filename"].decode()) for example in data.as_numpy_iterator()]


@pytest.fixture
def pets(data_folder):
    """Pictures of two splits: `pets/train` and `pets/validation`."""
    for split, count in (("train", 4), ("validation", 2)):
        write_folder(data_folder / "pets" / split, count)
    return data_folder / "pets"


def test_a_folder_with_a_validation_split_keeps_it(pets):
    for source, split in zip(pipelines.splits("pets", 0.5), ("train", "validation"), strict=True):
        images, labels = zip(*source.as_numpy_iterator(), strict=True)
        paths = filenames(split)
        assert list(images) == [path.read_bytes() for path in paths]
        assert [("cat", "dog")[label] for label in labels] == [path.parent.name for path in paths]


def test_a_folder_without_a_validation_split_gives_its_last_images(pets):
    shutil.rmtree(pets / "validation")
    train, validation = (list(part.as_numpy_iterator()) for part in pipelines.splits("pets", 0.25))
    assert (len(train), len(validation)) == (6, 2)
    together = [image for image, _ in train + validation]
    assert together == [path.read_bytes() for path in filenames("train")]


def test_a_data_set_without_a_validation_split_is_cut_as_tfds_cuts_it():
    import tensorflow_datasets as tfds

    skip = {"image": tfds.decode.SkipDecoding()}
    for source, split in zip(pipelines.splits("mnist"), ("[:80%]", "[80%:]"), strict=True):
        known = datasets.load("mnist", split="train" + split, as_supervised=True, decoders=skip)
        assert len(source) == len(known)
        assert list(source.as_numpy_iterator()) == list(known.as_numpy_iterator())


def test_the_parts_are_sources_for_batches(pets):
    train, validation = (
        pipelines.batches(source, image_size=SIZE) for source in pipelines.splits("pets")
    )
    assert len(read(train)[1]) == 8 and len(read(validation)[1]) == 4


@pytest.mark.parametrize("share", [0, 1, 1.5, -0.2, "0.2", float("nan")])
def test_a_part_that_would_be_empty(share):
    with pytest.raises(ValueError, match=r"validation is .*: give a share"):
        pipelines.splits("mnist", share)


# The order of the stages


def test_each_image_is_decoded_once():
    decoded = []

    def count(image, label):
        tf.py_function(lambda label: decoded.append(int(label)), [label], [])
        return image, label

    dataset = encoded_dataset(FLAT_FILES).map(count)
    batches = pipelines.batches(dataset, image_size=SIZE, shuffle=True)
    assert decoded == list(range(10))
    for _ in range(3):
        read(batches)
    next(iter(batches.take(1)))
    assert len(decoded) == 10


def test_the_cache_holds_uint8(monkeypatch):
    cached = []
    cache = tf.data.Dataset.cache
    monkeypatch.setattr(
        tf.data.Dataset, "cache", lambda data: cached.append(data.element_spec[0]) or cache(data)
    )
    pipelines.batches(encoded_dataset(FLAT_FILES), image_size=SIZE)
    assert cached == [tf.TensorSpec((*SIZE, 3), tf.uint8)]


def test_augmentation_is_new_in_each_epoch_and_comes_after_scaling():
    noise = keras.layers.GaussianNoise(0.1, seed=3)  # it is off unless told that this is training
    batches = pipelines.batches(encoded_dataset(FLAT_FILES), image_size=SIZE, augment=noise)
    first, second = read(batches)[0], read(batches)[0]
    plain = VALUES[:, None, None, None] / 255
    assert np.std(first - plain) == pytest.approx(0.1, rel=0.1)
    assert np.std(second - first) == pytest.approx(0.1 * np.sqrt(2), rel=0.1)


def test_augmentation_may_be_a_function_of_a_batch():
    seen = []

    def mirror(images):
        seen.append(images.shape.as_list())
        return 1 - images

    dataset = encoded_dataset(FLAT_FILES)
    images, _ = read(pipelines.batches(dataset, image_size=SIZE, augment=mirror))
    np.testing.assert_allclose(images[:, 0, 0, 0], 1 - VALUES / 255, atol=1e-6)
    assert seen == [[len(VALUES), *SIZE, 3], [None, *SIZE, 3]]  # tried on the first batch


def test_the_courses_augmentation_is_the_same_in_each_run_with_a_seed():
    from course_utils.augmentation import RandomAffine

    def two_epochs():
        affine = RandomAffine(rotation_range=90, horizontal_flip=True, seed=1)
        batches = pipelines.batches(
            encoded_dataset([encode(RGB)] * 6), image_size=SIZE, augment=affine, batch_size=2
        )
        return [read(batches)[0] for _ in range(2)]

    (first, second), again = two_epochs(), two_epochs()
    np.testing.assert_array_equal([first, second], again)
    assert abs(first - second).max() > 0.05


def test_shuffle_is_whole_new_each_epoch_and_fixed_by_its_seed():
    def three_orders(seed):
        dataset = encoded_dataset(FLAT_FILES)
        batches = pipelines.batches(dataset, image_size=SIZE, shuffle=True, seed=seed)
        return [read(batches)[1].tolist() for _ in range(3)]

    orders = three_orders(seed=1)
    assert all(sorted(order) == list(range(10)) for order in orders)
    assert len({tuple(order) for order in orders}) == 3
    assert three_orders(seed=1) == orders != three_orders(seed=2)


def test_shuffled_images_keep_their_labels():
    batches = pipelines.batches(encoded_dataset(FLAT_FILES), image_size=SIZE, shuffle=True)
    images, labels = read(batches)
    np.testing.assert_allclose(images[:, 0, 0, 0] * 255, VALUES[labels], atol=1e-4)


# Broken images


@pytest.mark.parametrize("kind", BROKEN_FILES)
def test_a_broken_image_is_left_out_and_its_position_named(kind, capfd):
    files = [*FLAT_FILES[:3], BROKEN_FILES[kind], *FLAT_FILES[3:]]
    batches = pipelines.batches(encoded_dataset(files), image_size=SIZE)
    images, labels = read(batches)
    np.testing.assert_array_equal(labels, [0, 1, 2, *range(4, 11)])
    np.testing.assert_allclose(images[:, 0, 0, 0] * 255, VALUES, atol=1e-4)
    assert batches.broken == [3]
    said, log_lines = capfd.readouterr()
    assert said == (
        "1 of 11 images cannot be decoded: position 3 (counted from 0). The others are used.\n"
    )
    assert log_lines == ""


def test_broken_files_of_a_folder_are_named(tmp_path, capsys):
    write_folder(tmp_path)
    (tmp_path / "cat" / "1.png").write_bytes(BROKEN_FILES["cut short PNG"])
    (tmp_path / "dog" / "9.JPG").write_bytes(b"")
    (tmp_path / "dog" / "8.jpg").symlink_to(tmp_path / "gone.jpg")
    (tmp_path / "dog" / "thumbnails.jpg").mkdir()  # not an image: passed over
    batches = pipelines.batches(tmp_path, image_size=SIZE)
    assert sorted(batches.broken) == ["cat/1.png", "dog/9.JPG"]
    assert "2 of 7 images" in (said := capsys.readouterr().out)
    assert "cat/1.png, dog/9.JPG" in said and str(tmp_path) not in said
    assert "dog/8.jpg (no picture)" in said
    np.testing.assert_array_equal(np.sort(read(batches)[1]), [0, 0, 1, 1, 1])


def test_many_broken_images_make_a_short_notice(capsys):
    files = [FLAT_FILES[0]] + [b"broken"] * 8
    batches = pipelines.batches(encoded_dataset(files), image_size=SIZE)
    assert batches.broken == list(range(1, 9))
    assert "1, 2, 3, 4, 5 and 3 more" in capsys.readouterr().out


def test_whole_images_need_no_notice(capsys):
    assert pipelines.batches(encoded_dataset(FLAT_FILES), image_size=SIZE).broken == []
    assert capsys.readouterr().out == ""


def test_broken_images_are_an_error_on_request(tmp_path):
    write_folder(tmp_path)
    (tmp_path / "cat" / "1.png").write_bytes(b"broken")
    with pytest.raises(ValueError, match=r"^1 of 6 images cannot be decoded: cat/1\.png; repair"):
        pipelines.batches(tmp_path, image_size=SIZE, on_broken="raise")


def test_nothing_but_broken_images_is_an_error():
    with pytest.raises(ValueError, match="2 of 2 images cannot be decoded"):
        pipelines.batches(encoded_dataset([b"a", b"b"]), image_size=SIZE)


def test_an_error_of_the_source_is_not_taken_for_a_broken_image():
    def fail(image, label):
        tf.py_function(lambda: 1 // 0, [], [])
        return image, label

    with pytest.raises(tf.errors.OpError, match="ZeroDivisionError"):
        pipelines.batches(encoded_dataset(FLAT_FILES).map(fail), image_size=SIZE)


# What an augmentation may do


def augmented(augment, **options):
    data = encoded_dataset(FLAT_FILES)
    options = {"image_size": SIZE, "batch_size": 4} | options
    return pipelines.batches(data, augment=augment, **options)


def test_labels_go_along_with_a_function_of_both():
    def mix(images, labels):
        labels = tf.one_hot(labels, 10)
        return (images + images[::-1]) / 2, (labels + labels[::-1]) / 2

    images, labels = read(augmented(mix, batch_size=10))
    plain, numbers = read(augmented(None, batch_size=10))
    np.testing.assert_allclose(images, (plain + plain[::-1]) / 2, atol=1e-6)
    np.testing.assert_array_equal(labels, (np.eye(10) + np.eye(10)[::-1])[numbers] / 2)


def test_a_second_argument_with_a_default_is_no_label():
    def scale(images, strength=0.5):
        return images * strength

    images, labels = read(augmented(scale))
    np.testing.assert_allclose(images, read(augmented(None))[0] / 2)
    np.testing.assert_array_equal(labels, np.arange(10))


@pytest.mark.parametrize(
    "layer",
    [
        keras.layers.RandomBrightness(0.2),
        keras.layers.RandomErasing(),
        keras.Sequential([keras.layers.RandomFlip(), keras.layers.RandomContrast(0.5)]),
    ],
)
def test_layers_that_are_set_to_255(layer):
    with pytest.raises(ValueError, match=r"^Random\w+ is set to .*: give it value_range=\(0, 1\)"):
        augmented(layer)


def test_the_same_layers_set_to_1():
    layers = [
        keras.layers.RandomBrightness(0.2, value_range=(0, 1), seed=1),
        keras.layers.RandomErasing(value_range=(0, 1), seed=1),
        keras.layers.RandomContrast(0.5, value_range=(0, 1), seed=1),
    ]
    images, _ = read(augmented(keras.Sequential(layers)))
    assert 0 <= images.min() and images.max() <= 1


@pytest.mark.parametrize("layer", [keras.layers.MixUp(), keras.layers.CutMix()])
def test_layers_that_mix_pictures_without_their_labels(layer):
    with pytest.raises(ValueError, match="mixes pictures, and here their labels would stay"):
        augmented(layer)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda images: images * 255, "values from 0 to 225, and images have 0 to 1"),
        (lambda images: images / 0, "values from nan to nan"),
        (lambda images, labels: images, "a function of images and labels returns both"),
        (lambda images: images[:1], r"makes \(1, 8, 10, 3\) of a batch of shape \(4, 8, 10, 3\)"),
        (lambda images: images[..., 0], r"makes \(4, 8, 10\) of a batch"),
        (lambda images: (images, 0), "makes tuple of a batch"),
        (lambda images, labels: (images, labels[:1]), "return as many images"),
    ],
)
def test_functions_that_give_what_no_batch_may_be(function, message):
    with pytest.raises(ValueError, match=message):
        augmented(function, batch_size=10 if "225" in message else 4)


def test_trying_a_layer_leaves_its_seed_where_it_was():
    layers = [keras.layers.RandomFlip("vertical", seed=3) for _ in range(2)]
    waves = tf.data.Dataset.from_tensor_slices(([RGB] * 16, range(16)))
    images, _ = read(pipelines.batches(waves, image_size=RGB.shape[:2], augment=layers[0]))
    expected = layers[1](np.stack([RGB] * 16) / np.float32(255), training=True)
    np.testing.assert_allclose(images, expected, atol=1e-6)


# What a data set is known by


def recipe_of(files=FLAT_FILES, labels=range(10), **options):
    dataset = tf.data.Dataset.from_tensor_slices((files, list(labels)))
    return pipelines.batches(dataset, **({"image_size": SIZE} | options)).recipe


def test_a_recipe_is_known_again_on_every_machine():
    """Fails on a machine, or with a release, that would make another hash of the same data."""
    files = [bytes([66, 77]) + flat_bmp for flat_bmp in BMP_BODIES]
    assert recipe_of(files, (0, 1), batch_size=2, shuffle=True, seed=4) == RECIPE


def one_pixel_bmp(blue, green, red):
    """A picture of 1x1 pixel, byte by byte, without the two letters BM."""
    head = (58).to_bytes(4, "little") + bytes(4) + (54).to_bytes(4, "little")
    info = b"".join(n.to_bytes(4, "little") for n in (40, 1, 1, 1 + (24 << 16), 0, 4, 0, 0, 0, 0))
    return head + info + bytes([blue, green, red, 0])


BMP_BODIES = [one_pixel_bmp(10, 20, 30), one_pixel_bmp(40, 50, 60)]
RECIPE = "5882e46cbd5accd7"


def turn(images):
    return images[:, ::-1]


def mirror_rows(images):
    return images[:, :, ::-1]


OTHER_RECIPES = {
    "another file": {"files": [encode(flat(7)), *FLAT_FILES[1:]]},
    "another order": {"files": FLAT_FILES[::-1]},
    "another label": {"labels": [1, *range(1, 10)]},
    "fewer files": {"files": FLAT_FILES[:9], "labels": range(9)},
    "another size": {"image_size": SIZE[::-1]},
    "other batches": {"batch_size": 5},
    "shuffled": {"shuffle": True, "seed": 1},
    "with another seed": {"shuffle": True, "seed": 2},
    "a layer": {"augment": keras.layers.RandomFlip(seed=1)},
    "a layer with another seed": {"augment": keras.layers.RandomFlip(seed=2)},
    "a function": {"augment": turn},
    "another function": {"augment": mirror_rows},
}


def test_each_difference_makes_another_recipe():
    recipes = {name: recipe_of(**options) for name, options in OTHER_RECIPES.items()}
    assert len({recipe_of(), *recipes.values()}) == 1 + len(OTHER_RECIPES), recipes


def test_the_same_data_have_the_same_recipe():
    assert recipe_of() == recipe_of()
    layers = [keras.layers.RandomFlip(seed=1) for _ in range(2)]  # Keras gives them other names
    assert recipe_of(augment=layers[0]) == recipe_of(augment=layers[1])
    assert recipe_of(augment=turn) == recipe_of(augment=turn)


def test_decoded_images_have_a_recipe_too():
    pictures = RNG.integers(0, 256, (3, *SIZE, 3), dtype="uint8")
    assert recipe_of(pictures, range(3)) == recipe_of(pictures.copy(), range(3))
    assert recipe_of(pictures, range(3)) != recipe_of(pictures[::-1], range(3))


def test_broken_files_do_not_count(capsys):
    with_broken = recipe_of([FLAT_FILES[0], b"broken", *FLAT_FILES[1:]], [0, 9, *range(1, 10)])
    assert with_broken == recipe_of()


def test_what_cannot_be_told_has_no_recipe():
    strength = np.float32(0.5)
    assert recipe_of(augment=lambda images: images * strength) is None


# Sources and options that cannot be used


def test_there_is_no_such_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no folder .*gone"):
        pipelines.batches(tmp_path / "gone", image_size=SIZE)


def test_a_folder_of_splits_is_no_folder_of_labels(tmp_path):
    write_folder(tmp_path / "train")
    with pytest.raises(ValueError, match="its folders are train: give the folder just above"):
        pipelines.batches(tmp_path, image_size=SIZE)


def test_a_folder_without_labels(tmp_path):
    (tmp_path / "0.png").write_bytes(FLAT_FILES[0])
    with pytest.raises(ValueError, match="its folders are none"):
        pipelines.batches(tmp_path, image_size=SIZE)


def test_an_empty_dataset():
    with pytest.raises(ValueError, match="holds no images"):
        pipelines.batches(encoded_dataset(FLAT_FILES).take(0), image_size=SIZE)


def test_an_endless_dataset():
    with pytest.raises(ValueError, match="never ends: leave out its repeat"):
        pipelines.batches(encoded_dataset(FLAT_FILES).repeat(), image_size=SIZE)


def test_a_dataset_of_dicts_lacks_as_supervised():
    dataset = tf.data.Dataset.from_tensor_slices({"image": FLAT_FILES, "label": range(10)})
    with pytest.raises(ValueError, match="yields a dict .* as_supervised=True"):
        pipelines.batches(dataset, image_size=SIZE)


def test_batched_or_float_images():
    batched = tf.data.Dataset.from_tensors((RGB, 0)).batch(1)
    with pytest.raises(ValueError, match="not in batches"):
        pipelines.batches(batched, image_size=SIZE)
    with pytest.raises(ValueError, match="are float64 of shape .* or uint8"):
        pipelines.batches(tf.data.Dataset.from_tensors((SMOOTH, 0)), image_size=SIZE)


def test_arrays_are_no_source():
    with pytest.raises(TypeError, match="source is a ndarray: give a folder"):
        pipelines.batches(RGB, image_size=SIZE)


@pytest.mark.parametrize(
    ("option", "error", "message"),
    [
        ({"image_size": 100}, ValueError, r"image_size is 100: give \(height, width\)"),
        ({"image_size": (100, 0)}, ValueError, r"image_size is \(100, 0\)"),
        ({"image_size": (100, 100, 3)}, ValueError, r"image_size is \(100, 100, 3\)"),
        ({"batch_size": 0}, ValueError, "batch_size is 0"),
        ({"batch_size": None}, ValueError, "batch_size is None"),
        ({"augment": 0.2}, TypeError, "augment is a float: give a Keras layer or a function"),
        ({"on_broken": "ignore"}, ValueError, "on_broken is 'ignore': give 'skip' or 'raise'"),
    ],
)
def test_options_that_cannot_be_used(option, error, message):
    with pytest.raises(error, match=message):
        pipelines.batches(encoded_dataset(FLAT_FILES), **({"image_size": SIZE} | option))
