"""Pretrained networks: the policy for weights, photos of every kind, features, the table."""

import inspect
import io
import json
import re
from pathlib import Path
from types import SimpleNamespace

from course_utils import applications, datasets, settings
from course_utils.applications import backbone, comparison, photos, predictions, weights
from course_utils.datasets.catalogue import RemoteFile
from course_utils.datasets.download import WrongFileError
from course_utils.datasets.standins.cells import draw_cell

import h5py
import keras
import numpy as np
import pytest
from keras import layers
from keras.src.applications import mobilenet
from keras.src.legacy.saving import legacy_h5_format
from PIL import Image
from skimage import data
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FILE = "mobilenet_2_5_224_tf_no_top.h5"
KERAS = tuple(map(int, keras.__version__.split(".")[:2]))
SMALL = {"alpha": 0.25, "include_top": False, "input_shape": (224, 224, 3)}


@pytest.fixture(autouse=True)
def fresh(monkeypatch, tmp_path):
    """No notice was shown yet, and no weights are there."""
    monkeypatch.setattr(weights, "_noticed", set())
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def policy(monkeypatch):
    return lambda name: monkeypatch.setenv("COURSE_DATA", name)


@pytest.fixture(scope="module")
def small():
    """The smallest MobileNet with random weights."""
    keras.utils.set_random_seed(5)
    return keras.applications.MobileNet(weights=None, **SMALL)


@pytest.fixture(scope="module")
def weights_file(small, tmp_path_factory):
    """Its weights, in the format of Keras' own files."""
    return as_h5(small, tmp_path_factory.mktemp("weights") / FILE).read_bytes()


def as_h5(model, path):
    with h5py.File(path, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, model)
    return path


def put(body, name=FILE):
    folder = settings.data_dir() / "keras" / "models"
    folder.mkdir(parents=True, exist_ok=True)
    folder.joinpath(name).write_bytes(body)
    return folder / name


def one_sentence(error):
    text = str(error.value)
    assert text.endswith(".") and "\n" not in text
    return text


def assert_same_weights(one, other):
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


# ---- Where weights come from --------------------------------------------------------------------


def test_a_prepared_copy_is_used(policy, small, weights_file):
    policy("real")
    put(weights_file)
    assert_same_weights(applications.load("MobileNet", **SMALL), small)
    assert applications.source() == "real"


def test_weights_are_downloaded_once(policy, small, weights_file, server, monkeypatch):
    policy("real")
    monkeypatch.setattr(mobilenet, "BASE_WEIGHT_PATH", server.url("/"))
    server.answers[f"/{FILE}"] = weights_file
    assert_same_weights(applications.load("MobileNet", **SMALL), small)
    del server.answers[f"/{FILE}"]
    assert_same_weights(applications.load("MobileNet", **SMALL), small)


def test_standin_policy_gives_the_backbone_and_says_so(policy, capsys, weights_file):
    policy("standin")
    put(weights_file)
    model = applications.load("MobileNet", alpha=0.25)
    assert model.name == backbone.NAME
    said = capsys.readouterr().out
    assert "stand-in for MobileNet" in said and "COURSE_DATA_DIR" in said
    assert applications.source() == datasets.source("imagenet") == "stand-in"
    applications.load("MobileNet", alpha=0.25)
    assert not capsys.readouterr().out  # once is enough


@pytest.mark.fault("MobileNet's weights for another size")
@pytest.mark.parametrize("name", ["auto", "real"])
def test_the_weights_for_224_pixels_serve_other_sizes(
    policy, small, weights_file, dead_host, capsys, name
):
    policy(name)
    put(weights_file)
    for side in (128, 160, 192):
        model = applications.load("MobileNet", **SMALL | {"input_shape": (side, side, 3)})
        assert_same_weights(model, small)
        assert (
            f"mobilenet_2_5_{side}_tf_no_top.h5 could not be had; {FILE}" in capsys.readouterr().out
        )
    assert weights._of_224(FILE) == FILE
    assert weights._of_224("mobilenet_v2_a_1.0_96.h5") == "mobilenet_v2_a_1.0_224.h5"


def test_without_a_network_auto_gives_the_backbone(policy, capsys, dead_host):
    policy("auto")
    assert applications.load("MobileNet", **SMALL).name == backbone.NAME
    assert "No network" in capsys.readouterr().out


def test_without_a_network_real_is_an_error(policy, dead_host):
    policy("real")
    with pytest.raises(ConnectionError, match="No network.*COURSE_DATA_DIR"):
        applications.load("MobileNet", **SMALL)


@pytest.fixture
def dead_host(monkeypatch):
    monkeypatch.setattr(mobilenet, "BASE_WEIGHT_PATH", "http://127.0.0.1:9/")


@pytest.mark.parametrize("name", ["auto", "real"])
def test_a_prepared_copy_cut_short_is_an_error_and_kept(policy, weights_file, name):
    policy(name)
    path = put(weights_file[: len(weights_file) // 2])
    with pytest.raises(OSError, match="cut short") as error:
        applications.load("MobileNet", **SMALL)
    assert str(path) in one_sentence(error)
    assert path.exists() and not isinstance(error.value, ConnectionError)


def test_an_empty_file_is_damaged(policy):
    policy("auto")
    put(b"")
    with pytest.raises(OSError, match="cut short"):
        applications.load("MobileNet", **SMALL)


def test_weights_of_another_network_are_never_used(policy, tmp_path):
    policy("auto")
    other = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    put(as_h5(other, tmp_path / "other.h5").read_bytes())
    with pytest.raises(OSError, match="another network's") as error:
        applications.load("MobileNet", **SMALL)
    one_sentence(error)


def test_a_known_hash_is_checked(policy, weights_file):
    policy("auto")
    put(weights_file, "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5")
    with pytest.raises(OSError, match="MD5"):
        applications.load("VGG16", include_top=False, input_shape=(32, 32, 3))


@pytest.mark.parametrize(
    "spoil", [lambda body: body[: len(body) // 2], lambda body: b"<html>log in first</html>"]
)
def test_a_wrong_download_is_told_apart_from_no_network(
    policy, weights_file, server, monkeypatch, spoil, capsys
):
    policy("real")
    monkeypatch.setattr(mobilenet, "BASE_WEIGHT_PATH", server.url("/"))
    server.answers[f"/{FILE}"] = spoil(weights_file)
    with pytest.raises(WrongFileError, match="not a weights file"):
        applications.load("MobileNet", **SMALL)
    assert not list(settings.data_dir().rglob("*.h5"))
    policy("auto")
    assert applications.load("MobileNet", **SMALL).name == backbone.NAME
    said = capsys.readouterr().out
    assert "not a weights file" in said and "No network" not in said


def test_a_file_without_known_size_is_checked_against_what_the_host_states(tmp_path, server):
    server.answers["/data.bin"] = b"12345"
    path = weights.fetch(RemoteFile([server.url("/data.bin")]), tmp_path)
    assert path.read_bytes() == b"12345"


def test_unknown_network():
    with pytest.raises(ValueError, match="did you mean 'MobileNet'"):
        applications.load("Mobilenet")


def test_options_that_do_not_go_together_are_keras_own_error(policy):
    policy("real")
    with pytest.raises(ValueError, match="classes"):
        applications.load("MobileNet", alpha=0.25, classes=7)


def test_random_weights_need_no_file(policy):
    policy("standin")
    assert applications.load("MobileNet", weights=None, alpha=0.25).output_shape == (None, 1000)


# ---- The backbone -------------------------------------------------------------------------------


def test_backbone_is_small_and_has_a_card_and_labels():
    files = {path.name: path for path in backbone._files().iterdir()}
    assert files["weights.npz"].stat().st_size < 2_000_000
    assert len(backbone.labels()) == len(set(backbone.labels())) == backbone.build().output_shape[1]
    assert "## Accuracy" in files["README.md"].read_text(encoding="utf-8")


def test_backbone_takes_any_size():
    model = backbone.build(include_top=False, pooling="avg", alpha=0.25)
    for side in (32, 50, 150):
        assert model(np.zeros((2, side, side, 3), "float32")).shape == (2, 256)


def test_backbone_knows_most_of_the_photographs_it_was_trained_on():
    model = backbone.build()
    photos = {"cat": data.chelsea, "cup of coffee": data.coffee, "astronaut": data.astronaut}
    photos |= {"coins": data.coins, "retina": data.retina, "brick wall": data.brick}
    found = [
        label == applications.classify(model, photo())[0][0] for label, photo in photos.items()
    ]
    assert sum(found) >= 4


def test_features_of_the_backbone_transfer_to_cells_it_has_never_seen():
    sick = np.arange(220) % 2
    cells = [draw_cell(np.random.default_rng([1, n]), bool(s)) for n, s in enumerate(sick)]
    images = np.stack([photos.crop_and_resize(cell, (64, 64)) for cell in cells]) / 127.5 - 1
    features = backbone.build(include_top=False, pooling="avg").predict(images, verbose=0)
    judge = make_pipeline(StandardScaler(), LogisticRegression(C=0.03))
    judge.fit(features[:120], sick[:120])
    assert judge.score(features[120:], sick[120:]) > 0.65  # random weights: 0.53 to 0.62


# ---- Photos -------------------------------------------------------------------------------------

PHOTO = data.chelsea()[:200, :300]


def saved(tmp_path, image, name, **options):
    image.save(tmp_path / name, **options)
    return tmp_path / name


def assert_is_the_photo(found, photo=PHOTO, within=12):
    assert found.dtype == np.uint8 and found.shape == photo.shape
    assert np.abs(found.astype(int) - photo).mean() < within


@pytest.mark.parametrize(
    "given",
    [
        PHOTO,
        PHOTO.astype("float32") / 255,
        PHOTO.astype("float64"),
        PHOTO.astype("int64"),
        PHOTO.astype("uint16") * 257,
        Image.fromarray(PHOTO),
        np.dstack([PHOTO, np.full(PHOTO.shape[:2], 255, np.uint8)]),
    ],
    ids=["uint8", "0 to 1", "0 to 255", "int64", "uint16", "PIL", "RGBA"],
)
def test_arrays_and_images_of_all_kinds(given):
    assert_is_the_photo(applications.read_photo(given), within=1)


def test_grey_becomes_three_channels():
    grey = PHOTO.mean(-1)
    for given in (grey, grey[..., None], grey.astype("uint8"), Image.fromarray(PHOTO).convert("L")):
        found = applications.read_photo(given)
        assert found.shape == PHOTO.shape and (found == found[..., :1]).all()
    assert set(np.unique(applications.read_photo(grey > 128))) == {0, 255}


@pytest.mark.parametrize(
    ("name", "mode", "options"),
    [
        ("plain.jpg", "RGB", {"quality": 95}),
        ("cmyk.jpg", "CMYK", {"quality": 95}),
        ("palette.png", "P", {}),
        ("palette.gif", "P", {}),
        ("plain.webp", "RGB", {}),
    ],
)
def test_files_of_all_modes(tmp_path, name, mode, options):
    image = Image.fromarray(PHOTO)
    image = image.quantize(256) if mode == "P" else image.convert(mode)
    path = saved(tmp_path, image, name, **options)
    assert_is_the_photo(applications.read_photo(path))
    assert_is_the_photo(applications.read_photo(str(path)))


def test_16_bit_png_is_scaled_and_not_clipped(tmp_path):
    grey = PHOTO[..., 0].astype("uint16") * 257
    path = saved(tmp_path, Image.fromarray(grey), "deep.png")
    assert_is_the_photo(applications.read_photo(path), np.repeat(PHOTO[..., :1], 3, 2), within=1)


def test_the_camera_was_held_sideways(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn by 90 degrees clockwise to see it upright
    turned = Image.fromarray(np.rot90(PHOTO).copy())
    path = saved(tmp_path, turned, "turned.jpg", quality=95, exif=exif)
    assert_is_the_photo(applications.read_photo(path))


def test_transparent_parts_become_white(tmp_path):
    clear = np.dstack([PHOTO, np.zeros(PHOTO.shape[:2], np.uint8)])
    path = saved(tmp_path, Image.fromarray(clear), "clear.png")
    for given in (clear, path):
        assert (applications.read_photo(given) == 255).all()


def test_a_hundred_megapixels(tmp_path):
    path = saved(tmp_path, Image.new("L", (10_000, 10_000), 77), "huge.png", compress_level=1)
    found = applications.read_photo(path)
    assert found.shape == (10_000, 10_000, 3) and found[5000, 5000].tolist() == [77] * 3


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        (np.zeros((1, 1, 3), np.uint8), ValueError, "1 x 1 pixels"),
        (np.zeros((2, 9, 9, 3), np.uint8), ValueError, "not a batch"),
        (np.zeros((3, 50, 50), np.uint8), ValueError, "height, width, 3"),
        (np.zeros((0, 9, 3), np.uint8), ValueError, "no pixels"),
        (np.full((9, 9), np.nan), ValueError, "not numbers"),
        (np.linspace(-1, 1, 300).reshape(10, 10, 3), ValueError, "from -1 to 1"),
        (np.full((9, 9), "x"), TypeError, "give numbers"),
        (np.full((9, 9), 300), ValueError, "to 300"),
    ],
)
def test_arrays_that_are_no_photo(given, error, says):
    with pytest.raises(error, match=says) as caught:
        applications.read_photo(given)
    one_sentence(caught)


def test_files_that_are_no_photo(tmp_path):
    jpeg = io.BytesIO()
    Image.fromarray(PHOTO).save(jpeg, "JPEG")
    png = io.BytesIO()
    Image.fromarray(PHOTO).save(png, "PNG")
    bad = {
        "text.jpg": (b"this is no image", "not an image"),
        "empty.png": (b"", "not an image"),
        "short.jpg": (jpeg.getvalue()[:2000], "damaged or cut short"),
        "short.png": (png.getvalue()[:2000], "damaged or cut short"),
    }
    for name, (body, says) in bad.items():
        (tmp_path / name).write_bytes(body)
        with pytest.raises(ValueError, match=says) as caught:
            applications.read_photo(tmp_path / name)
        assert name in one_sentence(caught)
    with pytest.raises(FileNotFoundError, match="no file"):
        applications.read_photo(tmp_path / "nowhere.jpg")
    with pytest.raises(ValueError, match="is a folder"):
        applications.read_photo(tmp_path)


def test_far_too_many_pixels_are_refused_before_they_are_read(tmp_path):
    path = saved(tmp_path, Image.new("1", (20_000, 10_500)), "giant.png")
    with pytest.raises(ValueError, match="200 million pixels"):
        applications.read_photo(path)


def test_the_middle_is_cut_out_and_not_stretched():
    striped = np.zeros((100, 300, 3), np.uint8)
    striped[:, 100:200] = 200
    assert (photos.crop_and_resize(striped, (50, 50)) == 200).all()
    assert photos.crop_and_resize(PHOTO, (224, 160)).shape == (224, 160, 3)
    np.testing.assert_array_equal(photos.crop_and_resize(PHOTO, PHOTO.shape[:2]), PHOTO)


# ---- What is on it ------------------------------------------------------------------------------


def default_names():
    """Yield (name of the network, name of its model), as Keras gives them."""
    for name in weights.names():
        default = inspect.signature(getattr(keras.applications, name)).parameters["name"].default
        yield name, default or {"MobileNet": "mobilenet_0.25_224"}.get(name, name)
    yield "MobileNetV2", "mobilenetv2_1.00_224"
    yield "NASNetLarge", "NASNet"


@pytest.mark.parametrize(("name", "model_name"), list(default_names()))
def test_each_network_gets_its_own_preprocessing(name, model_name):
    model = keras.Sequential([keras.Input((4, 4, 3)), layers.Flatten()], name=model_name)
    module = getattr(keras.applications, name).__module__.rsplit(".", 1)[-1]
    image = np.random.default_rng(0).uniform(0, 255, (2, 4, 4, 3)).astype("float32")
    before = image.copy()
    wanted = getattr(keras.applications, module).preprocess_input(image.copy())
    np.testing.assert_array_equal(applications.preprocess(model, image), wanted)
    np.testing.assert_array_equal(image, before)


def test_classify_agrees_with_keras_step_by_step(policy):
    policy("standin")
    keras.utils.set_random_seed(3)
    model = keras.applications.MobileNetV2(alpha=0.35, weights=None, input_shape=(96, 96, 3))
    prepared = keras.applications.mobilenet_v2.preprocess_input(
        photos.crop_and_resize(PHOTO, (96, 96))[None].astype("float32")
    )
    wanted = model.predict(prepared, verbose=0)[0]
    found = applications.classify(model, PHOTO, top=3)
    np.testing.assert_allclose([share for _, share in found], np.sort(wanted)[:-4:-1], rtol=1e-5)
    name, place = found[0][0].rsplit(" ", 1)
    assert name == "ImageNet class" and wanted[int(place)] == wanted.max()  # Keras' labels are gone


def test_labels_are_keras_own(policy, monkeypatch):
    policy("real")
    names = {str(place): [f"n{place}", f"label_{place}"] for place in range(1000)}
    put(json.dumps(names).encode(), "imagenet_class_index.json")
    monkeypatch.setattr(weights, "check", lambda remote, path: None)
    monkeypatch.setattr(keras.src.applications.imagenet_utils, "CLASS_INDEX", None)
    row = np.zeros((1, 1000))
    row[0, 281] = 0.9
    assert predictions._decode_imagenet(row, 2)[0][0] == ("label 281", 0.9)


def test_classify_without_a_classifier_or_with_an_unknown_model(small):
    with pytest.raises(ValueError, match="include_top=True"):
        applications.classify(small, PHOTO)
    own = keras.Sequential([keras.Input((8, 8, 3)), layers.Flatten(), layers.Dense(1000)], name="x")
    with pytest.raises(ValueError, match="not a network of Keras"):
        applications.classify(own, PHOTO)


# ---- Features -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def base():
    inputs = keras.Input((32, 32, 3))
    x = layers.Conv2D(4, 3, name="first")(inputs)
    x = layers.Add(name="sum")([x, layers.Conv2D(4, 1, name="side")(x)])
    return keras.Model(inputs, layers.Conv2D(6, 3, name="last")(x), name="base")


@pytest.fixture
def batch():
    return np.random.default_rng(0).uniform(0, 255, (2, 32, 32, 3)).astype("float32")


def nested_functional(base):
    inputs = keras.Input((32, 32, 3))
    x = base(inputs / 127.5 - 1, training=False)
    return keras.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling2D()(x)))


def nested_sequential(base):
    scale = layers.Rescaling(1 / 127.5, offset=-1)
    return keras.Sequential([keras.Input((32, 32, 3)), layers.RandomFlip(), scale, base])


def test_input_of_a_sequential_breaks_in_keras_3_and_works_here(batch):
    model = keras.Sequential([keras.Input((32, 32, 3)), layers.Conv2D(4, 3), layers.Flatten()])
    with pytest.raises(AttributeError):
        keras.Model(model.input, model.layers[0].output)
    found = applications.feature_extractor(model, 0).predict_on_batch(batch)
    np.testing.assert_allclose(found, model.layers[0](batch), atol=1e-4)


@pytest.mark.parametrize("nest", [nested_functional, nested_sequential])
def test_layer_of_a_nested_network_breaks_in_keras_3_and_works_here(nest, base, batch):
    model = nest(base)
    if KERAS >= (3, 15):  # earlier ones fail later, or not at all
        with pytest.raises(ValueError):
            keras.Model(model.inputs, model.get_layer("base").get_layer("sum").output)
    found = applications.feature_extractor(model, "sum").predict_on_batch(batch)
    wanted = keras.Model(base.input, base.get_layer("sum").output)(batch / 127.5 - 1)
    np.testing.assert_allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize("nest", [nested_functional, nested_sequential])
def test_output_of_a_nested_network_breaks_in_keras_3_and_works_here(nest, base, batch):
    model = nest(base)
    if KERAS >= (3, 15):
        with pytest.raises(ValueError):
            keras.Model(model.inputs, model.get_layer("base").output)
    for layer in ("base", base):
        found = applications.feature_extractor(model, layer).predict_on_batch(batch)
        np.testing.assert_allclose(found, base(batch / 127.5 - 1), atol=1e-5)


def test_network_nested_twice_and_used_in_several_models(base, batch):
    first, second = nested_functional(base), nested_functional(base)
    outer = keras.Sequential([keras.Input((32, 32, 3)), second])
    wanted = keras.Model(base.input, base.get_layer("last").output)(batch / 127.5 - 1)
    for model in (first, second, outer):
        found = applications.feature_extractor(model, "last").predict_on_batch(batch)
        np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_features_share_the_weights_and_stop_at_the_layer(base):
    model = nested_functional(base)
    extractor = applications.feature_extractor(model, "first")
    kernel = base.get_layer("first").kernel
    assert any(weight is kernel for weight in extractor.weights)
    assert extractor.count_params() == base.get_layer("first").count_params()


def test_features_of_a_real_architecture(small):
    image = np.random.default_rng(0).uniform(-1, 1, (1, 224, 224, 3)).astype("float32")
    extractor = applications.feature_extractor(small, "conv_pw_13_relu")
    np.testing.assert_array_equal(extractor(image), small(image))


def test_layers_that_are_not_there(base):
    with pytest.raises(ValueError, match="no layer 'fist': perhaps 'first'"):
        applications.feature_extractor(base, "fist")
    with pytest.raises(ValueError, match="is the input itself"):
        applications.feature_extractor(base, 0)
    with pytest.raises(ValueError, match="so there is no layer 99"):
        applications.feature_extractor(base, 99)
    with pytest.raises(ValueError, match="has not been built"):
        applications.feature_extractor(keras.Sequential([layers.Dense(2)]), 0)


# ---- The table ----------------------------------------------------------------------------------


def test_published_parameters_are_those_of_keras():
    rows = {row.name: row for row in comparison.published()}
    for name in ("MobileNet", "MobileNetV2", "VGG16", "ResNet50", "DenseNet121", "Xception"):
        with keras.StatelessScope(initialize_variables=False):
            model = getattr(keras.applications, name)(weights=None)
        assert round(model.count_params() / 1e6, 1) == pytest.approx(
            rows[name].parameters / 1e6, abs=0.051
        )
    assert set(rows) - set(weights.names()) == {"MobileNet(alpha=0.25)"}


def test_eight_networks_are_timed_once_and_remembered(monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", "full")
    asked = []
    monkeypatch.setattr(comparison, "measure", lambda name: asked.append(name) or 12.5)
    first = applications.table()
    assert len([row for row in first if row.milliseconds]) == len(asked) >= 8
    assert applications.table() == first and len(asked) == len(comparison.TIMED)
    monkeypatch.setattr(comparison, "_machine", lambda: "another one")
    applications.table()
    assert len(asked) == 2 * len(comparison.TIMED)


def test_quick_profile_times_two_and_a_damaged_memory_is_no_trouble(monkeypatch):
    monkeypatch.setattr(comparison, "measure", lambda name: 3.0)
    folder = settings.writable_dir()
    (folder / "timings.json").write_text('{"machine": ')
    assert len([row for row in applications.table() if row.milliseconds]) == 2


def test_the_smallest_network_is_measured():
    assert 0 < comparison.measure("MobileNet(alpha=0.25)") < 5000


def test_table_reads_as_text_and_as_html():
    shown = comparison.Table(comparison.published())
    assert "VGG16 | 528 MB | 71.3% | 90.1% | 138.4 M | 16 | –" in repr(shown)
    assert shown._repr_html_().count("<tr>") == len(shown) + 1


def test_prefetch_fetches_the_weights_that_the_notebooks_load(monkeypatch):
    notebooks = Path(__file__).parents[1] / "notebooks"
    loaded = set()
    for path in notebooks.glob("*.ipynb"):
        text = path.read_text(encoding="utf-8").replace('\\"', '"')
        loaded |= set(
            re.findall(r'applications\.load\("(\w+)", alpha=([\d.]+)(.*top=False)?', text)
        )
        assert text.count("applications.load(") == text.count(
            'applications.load("MobileNet", alpha'
        )
    fetched = set()

    def load(name, alpha, include_top=True):
        fetched.add((name, str(alpha), "" if include_top else ", include_top=False"))
        return SimpleNamespace(output_shape=(None, 1000))

    monkeypatch.setattr(weights, "load", load)
    monkeypatch.setattr(keras.applications.imagenet_utils, "decode_predictions", fetched.add)
    monkeypatch.setattr(weights.np, "zeros", lambda shape: shape)
    weights.prefetch()
    assert fetched == loaded | {(1, 1000)}
