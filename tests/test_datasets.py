"""Data sets: the interface of tfds.load and keras.datasets, the order of sources, each fault."""

import gzip
import hashlib
import inspect
import io
import os
import shutil
import socket
import subprocess
import sys
import zipfile
import zlib

from course_utils import datasets, pipelines, settings
from course_utils.datasets import arrays, catalogue, loader, prepare, prepared
from course_utils.datasets.catalogue import TITLES
from course_utils.datasets.download import RemoteFile, WrongFileError

import numpy as np
import pytest

WAY_OUT = "python -m course_utils prefetch mnist"
TRAIN, TEST = 20, 10  # samples in the small copy of MNIST below


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """No network but this machine, and a loader that has not loaded anything yet."""
    look_up = socket.getaddrinfo

    def look_up_here(host, *args, **kwargs):
        if host != "127.0.0.1":
            raise socket.gaierror("Name or service not known")
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up_here)
    monkeypatch.setattr(arrays, "ARRAY_SUMS", dict.fromkeys(catalogue.ARRAY_FILES, sums()))
    monkeypatch.setattr(loader, "_sources", {})
    monkeypatch.setattr(loader, "_noticed", set())


@pytest.fixture
def auto(monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "auto")


@pytest.fixture
def real(monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "real")


# ---- Stand-ins made by three processes at once --------------------------------------------------

LOAD = """
import tensorflow_datasets
import course_utils.keras_inside.start
from course_utils import datasets
print("ready", flush=True)
input()
(x_train, y_train), (x_test, y_test) = datasets.load_arrays("mnist")
print(x_train.shape, x_test.shape, x_train.dtype, datasets.source("mnist"))
"""


@pytest.fixture(scope="module")
def three_loads(tmp_path_factory):
    """This process and two others load MNIST's stand-in at once into one empty folder."""
    folder = tmp_path_factory.mktemp("shared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_DATA_DIR", str(folder))
        patch.setattr(loader, "_sources", {})
        pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        others = [
            subprocess.Popen([sys.executable, "-c", LOAD], text=True, **pipes) for _ in range(2)
        ]
        import course_utils.keras_inside.start

        for other in others:
            assert other.stdout.readline() == "ready\n", other.stderr.read()
        for other in others:
            other.stdin.write("go\n")
            other.stdin.flush()
        (x_train, y_train), (x_test, y_test) = datasets.load_arrays("mnist")
        outputs = [other.communicate() for other in others]
    return folder, (x_train.shape, x_test.shape), outputs


@pytest.fixture
def with_standin(three_loads, data_folder, monkeypatch):
    """A data folder without the real data, with the stand-in for MNIST already made elsewhere."""
    monkeypatch.setenv("TFDS_DATA_DIR", str(three_loads[0] / "tfds"))
    return data_folder


@pytest.mark.fault("three processes prepare one data set at once")
def test_three_processes_at_once_all_succeed(three_loads):
    folder, shapes, outputs = three_loads
    assert shapes == ((1437, 28, 28), (360, 28, 28))
    for out, err in outputs:
        assert err == ""
        assert out.splitlines()[-1] == "(1437, 28, 28) (360, 28, 28) uint8 stand-in"
    made = [path.name for path in (folder / "tfds" / "mnist_standin").iterdir()]
    assert made == ["1.0.0"]  # no half-made folder beside it


# ---- A small copy of MNIST, prepared as TFDS does -----------------------------------------------


def make_builder(name, folder):
    """Return a builder of 20 and 10 images of 28x28 pixels; image i has the value i."""
    import tensorflow_datasets as tfds

    def info(self):
        features = {
            "image": tfds.features.Image(shape=(28, 28, 1)),
            "label": tfds.features.ClassLabel(num_classes=10),
        }
        return tfds.core.DatasetInfo(
            builder=self,
            features=tfds.features.FeaturesDict(features),
            supervised_keys=("image", "label"),
            disable_shuffling=True,
        )

    def examples(self, count):
        for index in range(count):
            image = np.full((28, 28, 1), index, np.uint8)
            yield index, {"image": image, "label": index % 10}

    def split_generators(self, dl_manager):
        return {"train": self._generate_examples(TRAIN), "test": self._generate_examples(TEST)}

    members = {
        "__module__": __name__,
        "name": name,
        "VERSION": tfds.core.Version("3.0.1"),
        "_info": info,
        "_generate_examples": examples,
        "_split_generators": split_generators,
    }
    with tfds.core.registered.skip_registration():
        kind = type("Small", (tfds.core.GeneratorBasedBuilder,), members)
    return kind(data_dir=folder)


@pytest.fixture(scope="module")
def small_copy(tmp_path_factory):
    import course_utils.keras_inside.start

    folder = tmp_path_factory.mktemp("prepared")
    with prepare.quiet_tfds():
        make_builder("mnist", folder).download_and_prepare()
    return folder


@pytest.fixture
def prepared_mnist(small_copy, data_folder):
    """The folder of a prepared copy of `mnist` in the data folder."""
    shutil.copytree(small_copy, data_folder / "tfds")
    return data_folder / "tfds" / "mnist" / "3.0.1"


# ---- The interface of tfds.load -----------------------------------------------------------------


def test_the_signature_is_that_of_tfds_load():
    import tensorflow_datasets as tfds

    def parameters(function):
        found = inspect.signature(function).parameters.values()
        return [(each.name, each.kind, each.default) for each in found]

    assert parameters(datasets.load) == parameters(tfds.load)


def test_the_returns_are_those_of_tfds_load(prepared_mnist, auto):
    import tensorflow_datasets as tfds

    ours, our_info = datasets.load("mnist", split="test", with_info=True)
    theirs, their_info = tfds.load(
        "mnist",
        split="test",
        with_info=True,
        download=False,
        data_dir=prepared_mnist.parents[1],
    )
    assert ours.element_spec == theirs.element_spec
    for one, other in zip(tfds.as_numpy(ours), tfds.as_numpy(theirs), strict=True):
        assert one["label"] == other["label"]
        np.testing.assert_array_equal(one["image"], other["image"])
    assert our_info.splits["train"].num_examples == their_info.splits["train"].num_examples
    assert our_info.features["label"].num_classes == 10


def test_as_supervised_gives_pairs(prepared_mnist, auto):
    dataset = datasets.load("mnist", split="train", as_supervised=True)
    image, label = next(iter(dataset))
    assert (image.shape, image.dtype.name, label.dtype.name) == ((28, 28, 1), "uint8", "int64")


@pytest.mark.parametrize(
    "split, count", [("train", 20), ("train[:10%]", 2), ("test[5:]", 5), ("train+test", 30)]
)
def test_splits_and_slices(prepared_mnist, auto, split, count):
    assert datasets.load("mnist", split=split).cardinality() == count


def test_no_split_gives_all_and_a_list_gives_a_list(prepared_mnist, auto):
    assert set(datasets.load("mnist")) == {"train", "test"}
    first, second = datasets.load("mnist", split=["train[:5]", "test"])
    assert (first.cardinality(), second.cardinality()) == (5, 10)


def test_batch_size(prepared_mnist, auto):
    assert next(iter(datasets.load("mnist", split="train", batch_size=8)))["image"].shape[0] == 8
    whole = datasets.load("mnist", split="train", batch_size=-1)
    assert whole["image"].shape == (20, 28, 28, 1)


def test_decoders_are_passed_on(prepared_mnist, auto):
    import tensorflow_datasets as tfds

    skip = {"image": tfds.decode.SkipDecoding()}
    dataset = datasets.load("mnist", split="train", decoders=skip)
    assert dataset.element_spec["image"].dtype.name == "string"


def test_images_left_encoded_come_in_the_same_order(prepared_mnist, auto):
    import tensorflow as tf
    import tensorflow_datasets as tfds

    skip = {"image": tfds.decode.SkipDecoding()}
    plain = datasets.load("mnist", split="train")
    for one, other in zip(plain, datasets.load("mnist", split="train", decoders=skip), strict=True):
        assert (tf.io.decode_png(other["image"]) == one["image"]).numpy().all()
        assert one["label"] == other["label"]


def test_data_dir_is_looked_into_instead_of_the_data_folder(small_copy, data_folder, auto):
    dataset = datasets.load("mnist", split="train", data_dir=str(small_copy))
    assert dataset.cardinality() == TRAIN
    assert datasets.source("mnist") == "real"


def test_the_newest_prepared_version_is_read(prepared_mnist, auto):
    newer = prepared_mnist.parent / "3.0.10"
    shutil.copytree(prepared_mnist, newer)
    info = newer / "dataset_info.json"
    info.write_text(info.read_text().replace('"3.0.1"', '"3.0.10"'))
    _, found = datasets.load("mnist", split="test", with_info=True)
    assert str(found.version) == "3.0.10"


def test_google_cloud_storage_is_declined(auto):
    with pytest.raises(ValueError, match="try_gcs"):
        datasets.load("mnist", try_gcs=True)


# ---- The order: prepared copy, download, stand-in -----------------------------------------------


def test_a_prepared_copy_comes_first(prepared_mnist, auto, monkeypatch, capsys):
    monkeypatch.setattr(prepare, "download_and_prepare", lambda *a, **k: pytest.fail("downloaded"))
    assert datasets.load("mnist", split="train").cardinality() == TRAIN
    assert datasets.source("mnist") == "real"
    assert datasets.title("mnist") == "MNIST"
    assert capsys.readouterr().out == ""


def test_a_copy_in_tfds_data_dir_is_found(small_copy, data_folder, auto, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(small_copy))
    assert datasets.load("mnist", split="train").cardinality() == TRAIN


def test_then_the_download(with_standin, small_copy, auto, monkeypatch, capsys):
    import tensorflow_datasets as tfds

    def download(name, folder, **recipe):
        shutil.copytree(small_copy, folder, dirs_exist_ok=True)
        return tfds.builder_from_directory(folder / name / "3.0.1")

    monkeypatch.setattr(prepare, "download_and_prepare", download)
    assert datasets.load("mnist", split="train").cardinality() == TRAIN
    assert datasets.source("mnist") == "real"
    assert (with_standin / "tfds" / "mnist").is_dir()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("problem", [ConnectionError("No network."), WrongFileError("A page.")])
def test_then_the_standin(with_standin, auto, monkeypatch, capsys, problem):
    def download(*args, **kwargs):
        raise problem

    monkeypatch.setattr(prepare, "download_and_prepare", download)
    dataset, info = datasets.load("mnist", split="train", with_info=True)
    assert dataset.cardinality() == 1437
    assert "stand-in" in info.description
    assert datasets.source("mnist") == "stand-in"
    assert str(problem).rstrip(".") in capsys.readouterr().out


def test_the_notice_names_the_standin_and_the_way_out_once(with_standin, auto, capsys):
    datasets.load("mnist", split="train")
    notice = capsys.readouterr().out
    assert "scikit-learn's digits, a stand-in for MNIST" in notice
    assert "No network" in notice and WAY_OUT in notice and "COURSE_DATA_DIR" in notice
    datasets.load("mnist", split="test")
    datasets.load_arrays("mnist")
    assert capsys.readouterr().out == ""


@pytest.mark.fault("a stand-in of another version")
def test_a_standin_of_another_version_is_not_taken(with_standin, data_folder, auto):
    (own,) = settings.tfds_dirs()[1].glob("mnist_standin/[0-9]*")
    newer = shutil.copytree(own, data_folder / "tfds/mnist_standin/9.0.0")
    info = newer / "dataset_info.json"
    info.write_text(info.read_text().replace(f'"{own.name}"', '"9.0.0"'))
    assert str(datasets.load("mnist", with_info=True)[1].version) == own.name


@pytest.mark.fault("a process that holds the lock stands still")
def test_a_kernel_that_waits_for_another_says_so(data_folder, monkeypatch, capsys):
    monkeypatch.setattr(loader, "SECONDS_WITHOUT_A_WORD", 0)
    monkeypatch.setattr(loader, "SECONDS_FOR_ANOTHER_KERNEL", 0)
    with loader._lock(data_folder, "mnist"):
        with pytest.raises(TimeoutError, match="Another kernel has held mnist"):
            with loader._lock(data_folder, "mnist"):
                pytest.fail("two at once")
    assert "this one waits until it is done" in capsys.readouterr().out


def test_a_standin_is_named_in_titles(with_standin, auto):
    datasets.load("mnist", split="train")
    assert datasets.title("mnist") == "scikit-learn's digits, a stand-in for MNIST"


def test_policy_standin_shows_the_standin_though_the_real_data_is_there(
    prepared_mnist, three_loads, monkeypatch, capsys
):
    monkeypatch.setenv("TFDS_DATA_DIR", str(three_loads[0] / "tfds"))
    monkeypatch.setattr(prepare, "download_and_prepare", lambda *a, **k: pytest.fail("downloaded"))
    assert datasets.load("mnist", split="train").cardinality() == 1437
    assert "COURSE_DATA is 'standin'" in capsys.readouterr().out


def test_policy_real_takes_a_prepared_copy(prepared_mnist, real):
    assert datasets.load("mnist", split="test").cardinality() == TEST


def test_policy_real_without_a_network_says_what_to_do(with_standin, real):
    with pytest.raises(ConnectionError) as error:
        datasets.load("mnist")
    assert "No network" in str(error.value) and WAY_OUT in str(error.value)
    with pytest.raises(ConnectionError, match="prefetch fashion_mnist"):
        datasets.load_arrays("fashion_mnist")


def test_policy_real_with_a_wrong_file_says_what_to_do(with_standin, real, monkeypatch):
    def download(*args, **kwargs):
        raise WrongFileError("mnist.npz has 9 bytes.")

    monkeypatch.setattr(prepare, "download_and_prepare", download)
    with pytest.raises(WrongFileError, match=f"9 bytes. .*{WAY_OUT}"):
        datasets.load("mnist")


def test_without_download_policy_real_raises(with_standin, real):
    for load in (datasets.load, datasets.load_arrays):
        with pytest.raises(FileNotFoundError) as error:
            load("mnist", download=False)
        assert str(with_standin) in str(error.value) and WAY_OUT in str(error.value)


def test_without_download_policy_auto_shows_the_standin(with_standin, auto, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: pytest.fail("asked a host"))
    assert datasets.load("mnist", split="test", download=False).cardinality() == 360
    assert datasets.load_arrays("mnist", download=False)[0][0].shape == (1437, 28, 28)


def test_an_unknown_data_set_lists_the_known_ones(prepared_mnist, auto):
    shutil.copytree(prepared_mnist.parent, prepared_mnist.parents[1] / "of_my_own")
    with pytest.raises(ValueError) as error:
        datasets.load("minst")
    assert "'minst'" in str(error.value)
    for name in (*TITLES, "of_my_own"):
        assert name in str(error.value)


def test_source_and_title_without_a_load(auto, monkeypatch):
    """A title can be had for every name: a notebook may show another set than the course's."""
    assert (datasets.source("malaria"), datasets.title("malaria")) == ("real", TITLES["malaria"])
    assert (datasets.source("my_pets"), datasets.title("my_pets")) == ("real", "my_pets")
    assert datasets.title("~/pictures/my_pets/") == "my_pets"
    monkeypatch.setenv("COURSE_DATA", "standin")
    assert datasets.source("malaria") == "stand-in"
    assert datasets.title("malaria") == "generated blood cells, a stand-in for the malaria images"
    assert (datasets.source("my_pets"), datasets.title("my_pets")) == ("real", "my_pets")


# ---- The quick profile --------------------------------------------------------------------------


@pytest.fixture
def limited(monkeypatch):
    """A quick profile that hands over 7 samples of small images or 5 pictures."""
    monkeypatch.setitem(settings.PROFILES, "quick", settings.Profile("quick", digits=7, pictures=5))


def test_quick_hands_over_the_first_of_the_training_part(prepared_mnist, auto, limited):
    images = datasets.load("mnist", split="train", as_supervised=True)
    assert len(images) == 7
    assert [int(image[0, 0, 0]) for image, _ in images] == list(range(7))
    assert len(datasets.load("mnist", split="test")) == TEST
    both = datasets.load("mnist", split=["train[10:]", "test[5:]"])
    assert [len(part) for part in both] == [7, 5]
    assert len(datasets.load("mnist", split="train", batch_size=-1)["label"]) == 7
    assert {name: len(part) for name, part in datasets.load("mnist").items()} == {
        "train": 7,
        "test": TEST,
    }


def test_quick_hands_over_fewer_arrays(data_folder, auto, limited, monkeypatch):
    whole = some_arrays(train=9)
    monkeypatch.setitem(arrays.ARRAY_SUMS, "mnist", sums(train=9))
    write_npz(data_folder / "keras/datasets/mnist.npz", whole)
    (x_train, y_train), test = datasets.load_arrays("mnist")
    assert_same_arrays([(x_train, y_train), test], [(whole[0][0][:7], whole[0][1][:7]), whole[1]])
    for profile in ("full", "demo"):
        monkeypatch.setenv("COURSE_PROFILE", profile)
        assert_same_arrays(datasets.load_arrays("mnist"), whole)


@pytest.mark.parametrize("profile", ["full", "demo"])
def test_full_and_demo_hand_over_everything(prepared_mnist, auto, limited, monkeypatch, profile):
    monkeypatch.setenv("COURSE_PROFILE", profile)
    assert len(datasets.load("mnist", split="train")) == TRAIN


# ---- The arrays of keras.datasets ---------------------------------------------------------------


def some_arrays(train=7, test=3):
    random = np.random.default_rng(0)
    return tuple(
        (random.integers(0, 256, (count, 28, 28), np.uint8), np.arange(count, dtype=np.uint8))
        for count in (train, test)
    )


def sums(**counts):
    """Return what the catalogue has of a data set: here, of some arrays in its place."""
    return tuple(zlib.crc32(part) for pair in some_arrays(**counts) for part in pair)


def assert_same_arrays(found, wanted):
    for found_pair, wanted_pair in zip(found, wanted, strict=True):
        for one, other in zip(found_pair, wanted_pair, strict=True):
            assert one.dtype == np.uint8
            np.testing.assert_array_equal(one, other)


def write_npz(path, arrays):
    (x_train, y_train), (x_test, y_test) = arrays
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)


def write_idx(folder, arrays):
    """Write the four files of Fashion-MNIST in the format of MNIST's authors."""
    folder.mkdir(parents=True, exist_ok=True)
    for part, (images, labels) in zip(("train", "t10k"), arrays, strict=True):
        for values, kind in ((images, "images-idx3"), (labels, "labels-idx1")):
            sizes = np.array(values.shape, ">i4").tobytes()
            data = bytes([0, 0, 8, values.ndim]) + sizes + values.tobytes()
            (folder / f"{part}-{kind}-ubyte.gz").write_bytes(gzip.compress(data))


def test_mnist_from_the_file_of_keras(data_folder, auto, capsys):
    write_npz(data_folder / "keras/datasets/mnist.npz", some_arrays())
    assert_same_arrays(datasets.load_arrays("mnist"), some_arrays())
    assert datasets.source("mnist") == "real"
    assert capsys.readouterr().out == ""


@pytest.mark.fault("another file named `mnist.npz`")
@pytest.mark.parametrize("policy", ["auto", "real"])
def test_another_file_of_the_name_is_not_taken_for_mnist(
    with_standin, data_folder, monkeypatch, policy, capsys
):
    monkeypatch.setenv("COURSE_DATA", policy)
    black = tuple((part[0] * 0, part[1] * 0) for part in some_arrays())
    path = data_folder / "keras/datasets/mnist.npz"
    write_npz(path, black)
    if policy == "real":
        with pytest.raises(ConnectionError, match="prefetch mnist"):
            datasets.load_arrays("mnist")
    else:
        datasets.load_arrays("mnist")
        assert datasets.source("mnist") == "stand-in"
    datasets.load_arrays("mnist") if policy == "auto" else None
    said = capsys.readouterr().out
    assert said.count(f"{path} holds other values than MNIST, and was not used") == 1
    assert path.exists()


def test_fashion_mnist_from_four_idx_files(data_folder, auto):
    write_idx(data_folder / "keras/datasets/fashion-mnist", some_arrays())
    found = datasets.load_arrays("fashion_mnist")
    assert_same_arrays(found, some_arrays())
    found[0][0][0] = 0  # may be written to, as arrays from an .npz file


def test_files_in_keras_home_are_found(data_folder, auto, tmp_path):
    write_npz(tmp_path / "keras_home/datasets/mnist.npz", some_arrays())
    assert_same_arrays(datasets.load_arrays("mnist"), some_arrays())


def test_arrays_from_a_prepared_copy_of_tfds(prepared_mnist, auto):
    (x_train, y_train), (x_test, y_test) = datasets.load_arrays("mnist")
    assert (x_train.shape, x_test.shape) == ((TRAIN, 28, 28), (TEST, 28, 28))
    assert {array.dtype.name for array in (x_train, y_train, x_test, y_test)} == {"uint8"}
    assert x_train[:, 0, 0].tolist() == list(range(TRAIN))
    assert y_train.tolist() == [index % 10 for index in range(TRAIN)]


def test_arrays_from_the_standin(with_standin):
    (x_train, y_train), (x_test, y_test) = datasets.load_arrays("mnist")
    assert (x_train.shape, y_train.shape) == ((1437, 28, 28), (1437,))
    assert (x_test.shape, y_test.shape) == ((360, 28, 28), (360,))
    assert {array.dtype.name for array in (x_train, y_train, x_test, y_test)} == {"uint8"}
    assert (x_train.min(), x_train.max()) == (0, 255)
    assert set(y_train.tolist()) == set(range(10))


def serve_npz(server, monkeypatch, tmp_path, body=None):
    """Let `mnist.npz` come from the server; `body` is sent in its place."""
    write_npz(tmp_path / "served.npz", some_arrays())
    whole = (tmp_path / "served.npz").read_bytes()
    server.answers["/mnist.npz"] = whole if body is None else body
    file = RemoteFile([server.url("/mnist.npz")], len(whole), hashlib.sha256(whole).hexdigest())
    monkeypatch.setitem(loader.ARRAY_FILES, "mnist", ("", [file]))


def test_arrays_are_downloaded_once(server, data_folder, auto, monkeypatch, tmp_path):
    serve_npz(server, monkeypatch, tmp_path)
    for _ in range(2):
        assert_same_arrays(datasets.load_arrays("mnist"), some_arrays())
    assert server.asked == ["/mnist.npz"]
    assert (data_folder / "keras/datasets/mnist.npz").exists()


def test_a_read_only_data_folder_sends_downloads_to_the_users_cache(
    server, data_folder, refuse_writes, auto, monkeypatch, tmp_path
):
    serve_npz(server, monkeypatch, tmp_path)
    refuse_writes(data_folder)
    assert_same_arrays(datasets.load_arrays("mnist"), some_arrays())
    assert_same_arrays(datasets.load_arrays("mnist"), some_arrays())  # now from the cache
    assert server.asked == ["/mnist.npz"]
    assert list(data_folder.iterdir()) == []


def test_a_wrong_download_of_arrays_gives_the_standin(
    server, with_standin, auto, monkeypatch, tmp_path
):
    serve_npz(server, monkeypatch, tmp_path, body=b"<html>Log in first</html>")
    assert datasets.load_arrays("mnist")[0][0].shape == (1437, 28, 28)
    assert not (with_standin / "keras/datasets/mnist.npz").exists()


def test_a_data_set_without_arrays_is_named():
    with pytest.raises(ValueError, match="'malaria' .*'mnist' and 'fashion_mnist'"):
        datasets.load_arrays("malaria")


# ---- Damaged files ------------------------------------------------------------------------------


def assert_damage_is_named(path, load):
    before = path.read_bytes()
    with pytest.raises(OSError, match="is damaged") as error:
        load()
    assert "\n" not in str(error.value)
    assert path.read_bytes() == before
    return str(error.value)


@pytest.mark.fault("an `mnist.npz` that is damaged")
@pytest.mark.parametrize("damage", ["cut", "changed", "web page", "another archive", "empty"])
def test_a_damaged_npz_is_named_and_kept(data_folder, auto, damage):
    path = data_folder / "keras/datasets/mnist.npz"
    write_npz(path, some_arrays())
    whole = path.read_bytes()
    if damage == "another archive":
        np.savez(path, other=np.zeros(3))
    else:
        middle = len(whole) // 2
        path.write_bytes(
            {
                "cut": whole[:middle],
                "changed": whole[: middle - 400] + bytes(800) + whole[middle + 400 :],
                "web page": b"<html></html>",
                "empty": b"",
            }[damage]
        )
    text = assert_damage_is_named(path, lambda: datasets.load_arrays("mnist"))
    assert str(path) in text and "move it away" in text


@pytest.mark.fault("an array that claims ten terabytes")
def test_an_array_that_claims_ten_terabytes_is_named(data_folder, auto):
    path = data_folder / "keras/datasets/mnist.npz"
    path.parent.mkdir(parents=True)
    header = io.BytesIO()
    claim = {"descr": "|u1", "fortran_order": False, "shape": (10 * 2**40,)}
    np.lib.format.write_array_header_2_0(header, claim)
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("x_train", "y_train", "x_test", "y_test"):
            archive.writestr(f"{name}.npy", header.getvalue() + bytes(100))
    assert_damage_is_named(path, lambda: datasets.load_arrays("mnist"))


@pytest.mark.fault("an IDX file that is damaged")
@pytest.mark.parametrize("damage", ["cut", "not gzip", "too few values", "empty"])
def test_a_damaged_idx_file_is_named_and_kept(data_folder, auto, damage):
    folder = data_folder / "keras/datasets/fashion-mnist"
    write_idx(folder, some_arrays())
    path = folder / "train-images-idx3-ubyte.gz"
    whole = path.read_bytes()
    path.write_bytes(
        {
            "cut": whole[: len(whole) // 2],
            "not gzip": b"<html></html>",
            "too few values": gzip.compress(gzip.decompress(whole)[:-9]),
            "empty": gzip.compress(b""),
        }[damage]
    )
    text = assert_damage_is_named(path, lambda: datasets.load_arrays("fashion_mnist"))
    assert str(path) in text


@pytest.mark.fault("a TFRecord file that is cut short")
def test_a_truncated_tfrecord_is_named_and_kept(prepared_mnist, auto):
    path = prepared_mnist / "mnist-train.tfrecord-00000-of-00001"
    path.write_bytes(path.read_bytes()[:-100])
    text = assert_damage_is_named(path, lambda: datasets.load("mnist", split="train"))
    assert str(prepared_mnist) in text and "'train'" in text


ROADS = {
    "load": lambda: datasets.load("mnist", split="test"),
    "load_arrays": lambda: datasets.load_arrays("mnist"),
    "splits": lambda: pipelines.splits("mnist"),
}


@pytest.mark.fault("one wrong byte in a TFRecord file")
@pytest.mark.parametrize("road", ROADS)
def test_one_wrong_byte_in_a_tfrecord_is_named_on_each_road(prepared_mnist, auto, road):
    path = prepared_mnist / "mnist-train.tfrecord-00000-of-00001"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert f"{path.name} has a wrong byte" in assert_damage_is_named(path, ROADS[road])


def test_a_file_is_read_for_wrong_bytes_once(prepared_mnist, auto, monkeypatch):
    datasets.load("mnist")
    monkeypatch.setattr("tensorflow.data.TFRecordDataset", lambda file: pytest.fail("read again"))
    prepared._check_shards(prepared_mnist)


@pytest.mark.fault("no `dataset_info.json`, or no `features.json`")
@pytest.mark.parametrize("name", ["dataset_info.json", "features.json"])
def test_a_missing_description_is_named(prepared_mnist, auto, name):
    (prepared_mnist / name).unlink()
    with pytest.raises(OSError, match=f"{prepared_mnist} is damaged: its {name} is missing"):
        datasets.load("mnist")


@pytest.mark.fault("a `features.json` that is nonsense")
@pytest.mark.parametrize("text", ["", "[]", '{"pythonClassName": "builtins.exit"}', "{nonsense"])
def test_damaged_features_are_named_and_kept(prepared_mnist, auto, text):
    path = prepared_mnist / "features.json"
    path.write_text(text)
    assert str(prepared_mnist) in assert_damage_is_named(path, lambda: datasets.load("mnist"))


@pytest.mark.fault("a data folder that cannot be read")
@pytest.mark.parametrize("place", ["", "tfds", "tfds/mnist"])
def test_a_folder_that_cannot_be_read_is_named(
    prepared_mnist, auto, data_folder, monkeypatch, place
):
    access = os.access

    def refuse(path, mode, **options):
        return path != data_folder / place and access(path, mode, **options)

    monkeypatch.setattr(os, "access", refuse)
    with pytest.raises(PermissionError, match=f"The folder {data_folder / place} cannot be read: "):
        datasets.load("mnist")


@pytest.mark.fault("a data file that cannot be read")
def test_a_file_that_cannot_be_read_is_named(data_folder, auto, monkeypatch):
    path = data_folder / "keras/datasets/mnist.npz"
    write_npz(path, some_arrays())

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(arrays.np, "load", refuse)
    with pytest.raises(PermissionError, match=f"The file {path} cannot be read: "):
        datasets.load_arrays("mnist")


@pytest.mark.fault("a TFRecord file that is missing")
def test_a_missing_tfrecord_is_named(prepared_mnist, auto):
    (prepared_mnist / "mnist-test.tfrecord-00000-of-00001").unlink()
    with pytest.raises(OSError, match="'test' has 0 bytes"):
        datasets.load("mnist", split="train")


@pytest.mark.fault("a `dataset_info.json` that is nonsense")
@pytest.mark.parametrize("text", ["", '{"name": "mnist"', '{"name": "mnist"}', "[]"])
def test_a_damaged_info_is_named_and_kept(prepared_mnist, auto, text):
    path = prepared_mnist / "dataset_info.json"
    path.write_text(text)
    assert str(prepared_mnist) in assert_damage_is_named(path, lambda: datasets.load("mnist"))


# ---- Folders of pictures ------------------------------------------------------------------------


def write_pictures(folder):
    from PIL import Image

    for split, label, count in (
        ("train", "cat", 3),
        ("train", "dog", 2),
        ("validation", "cat", 1),
        ("validation", "dog", 1),
    ):
        place = folder / split / label
        place.mkdir(parents=True)
        for number in range(count):
            colour = (200, 30, number)
            Image.new("RGB", (12 + number, 9), colour).save(place / f"{label}.{number}.jpg")


@pytest.mark.parametrize("name", ["cats_vs_dogs", "my_pets"])
def test_a_folder_of_pictures_is_a_prepared_copy(data_folder, auto, name, capsys):
    write_pictures(data_folder / name)
    dataset, info = datasets.load(name, split="train", as_supervised=True, with_info=True)
    assert info.features["label"].names == ["cat", "dog"]
    assert info.splits["validation"].num_examples == 2
    labels = sorted(int(label) for _, label in dataset)
    assert labels == [0, 0, 0, 1, 1]
    image = next(iter(dataset))[0].numpy()
    assert image.shape[0] == 9 and image.shape[2] == 3
    assert abs(int(image[0, 0, 0]) - 200) < 10
    assert datasets.source(name) == "real"
    assert capsys.readouterr().out == ""


def test_folders_of_pictures_are_among_the_known_names(data_folder, auto):
    write_pictures(data_folder / "my_pets")
    with pytest.raises(ValueError, match="my_pets"):
        datasets.load("my_cars")


# ---- Folders that cannot be written -------------------------------------------------------------


def tree(folder):
    return sorted((str(path), path.stat().st_mtime_ns) for path in folder.rglob("*"))


@pytest.mark.fault("a prepared copy in a read-only folder")
def test_a_prepared_copy_in_a_read_only_folder_is_read(prepared_mnist, auto, refuse_writes):
    folder = prepared_mnist.parents[2]
    refuse_writes(folder)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = tree(folder)
    try:
        assert datasets.load("mnist", split="train").cardinality() == TRAIN
        assert datasets.load_arrays("mnist")[0][0].shape == (TRAIN, 28, 28)
        assert tree(folder) == before
    finally:
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_nowhere_to_write_is_said_in_one_sentence(data_folder, auto, refuse_writes, tmp_path):
    refuse_writes(data_folder, tmp_path / "cache")
    with pytest.raises(PermissionError, match="COURSE_DATA_DIR"):
        datasets.load("mnist")


def test_a_data_dir_that_cannot_be_written_is_named(data_folder, auto, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PermissionError) as error:
        datasets.load("mnist", data_dir=tmp_path / "file" / "folder")
    assert str(tmp_path / "file" / "folder") in str(error.value)


# ---- Preparation through TensorFlow Datasets ----------------------------------------------------


@pytest.fixture(scope="module")
def recipes():
    """Two TFDS recipes whose files have the same name, as MNIST's and Fashion-MNIST's have."""
    import course_utils.keras_inside.start

    import tensorflow_datasets as tfds

    class OneDownloadedSet(tfds.core.GeneratorBasedBuilder):
        VERSION = tfds.core.Version("1.0.0")
        url = ""
        interrupted = False

        def _info(self):
            features = tfds.features.FeaturesDict({"number": np.int64})
            return tfds.core.DatasetInfo(builder=self, features=features)

        def _split_generators(self, dl_manager):
            path = dl_manager.download_and_extract({"numbers": self.url})["numbers"]
            return {"train": self._generate_examples(path)}

        def _generate_examples(self, path):
            for index, number in enumerate(path.read_bytes()):
                if self.interrupted and index == 2:
                    raise KeyboardInterrupt
                yield index, {"number": number}

    class OtherDownloadedSet(OneDownloadedSet):
        pass

    return {"one_downloaded_set": OneDownloadedSet, "other_downloaded_set": OtherDownloadedSet}


def serve(server, recipe, path, numbers):
    """Let a recipe download `numbers`, gzipped, from `path` of the server."""
    from tensorflow_datasets.core.download.checksums import UrlInfo

    body = gzip.compress(bytes(numbers))
    server.answers[path] = body
    recipe.url = server.url(path)
    checksum = hashlib.sha256(body).hexdigest()
    recipe.url_infos = {recipe.url: UrlInfo(size=len(body), checksum=checksum, filename=None)}
    return body


def numbers_of(builder):
    return sorted(int(example["number"]) for example in builder.as_dataset(split="train"))


def test_a_recipe_of_tfds_downloads_extracts_and_prepares(server, recipes, tmp_path, capfd):
    serve(server, recipes["one_downloaded_set"], "/numbers.gz", [3, 1, 4, 1, 5])
    builder = prepare.download_and_prepare("one_downloaded_set", tmp_path)
    assert numbers_of(builder) == [1, 1, 3, 4, 5]
    assert server.asked == ["/numbers.gz"]
    assert capfd.readouterr().out == ""


def test_two_data_sets_with_files_of_one_name_are_not_mixed_up(server, recipes, tmp_path):
    serve(server, recipes["one_downloaded_set"], "/one/numbers.gz", [1, 2, 3])
    serve(server, recipes["other_downloaded_set"], "/other/numbers.gz", [7, 8, 9])
    one = prepare.download_and_prepare("one_downloaded_set", tmp_path)
    other = prepare.download_and_prepare("other_downloaded_set", tmp_path)
    assert (numbers_of(one), numbers_of(other)) == ([1, 2, 3], [7, 8, 9])


def test_a_download_that_was_cut_is_done_again(server, recipes, tmp_path):
    body = serve(server, recipes["one_downloaded_set"], "/numbers.gz", range(200))
    server.answers["/numbers.gz"] = lambda handler: handler.send_body(body[:20], len(body))
    with pytest.raises(WrongFileError):
        prepare.download_and_prepare("one_downloaded_set", tmp_path)
    (part,) = tmp_path.rglob("*numbers.gz*")
    assert part.name == ".numbers.gz.part"
    server.answers["/numbers.gz"] = body
    builder = prepare.download_and_prepare("one_downloaded_set", tmp_path)
    assert numbers_of(builder) == list(range(200))


@pytest.mark.fault("Ctrl-C while a data set is prepared")
def test_a_preparation_that_was_stopped_half_way_is_done_again(
    server, recipes, tmp_path, monkeypatch
):
    recipe = recipes["one_downloaded_set"]
    serve(server, recipe, "/numbers.gz", [1, 2, 3])
    with monkeypatch.context() as patch:
        patch.setattr(recipe, "interrupted", True)
        with pytest.raises(KeyboardInterrupt):
            prepare.download_and_prepare("one_downloaded_set", tmp_path)
    assert not (tmp_path / "one_downloaded_set" / "1.0.0").exists()
    builder = prepare.download_and_prepare("one_downloaded_set", tmp_path)
    assert numbers_of(builder) == [1, 2, 3]
    assert server.asked == ["/numbers.gz"]  # what had arrived whole was used again


@pytest.mark.fault("a half-prepared folder of a process that was killed")
def test_what_a_killed_process_left_does_not_matter(server, recipes, tmp_path):
    serve(server, recipes["one_downloaded_set"], "/numbers.gz", [1, 2, 3])
    downloads = tmp_path / "downloads" / "one_downloaded_set"
    downloads.mkdir(parents=True)
    (downloads / ".numbers.gz.0123").write_bytes(b"half a file")
    incomplete = tmp_path / "one_downloaded_set" / "incomplete.0123_1.0.0"
    incomplete.mkdir(parents=True)
    (incomplete / "one_downloaded_set-train.tfrecord-00000-of-00001").write_bytes(b"half")
    builder = prepare.download_and_prepare("one_downloaded_set", tmp_path)
    assert numbers_of(builder) == [1, 2, 3]
    assert not incomplete.exists()


@pytest.mark.fault("a file whose hash nobody knows")
def test_a_file_without_a_known_checksum_is_not_downloaded(server, recipes, tmp_path):
    recipe = recipes["one_downloaded_set"]
    serve(server, recipe, "/numbers.gz", [1])
    recipe.url_infos = {}
    with pytest.raises(ValueError, match="No size and SHA-256 are known"):
        prepare.download_and_prepare("one_downloaded_set", tmp_path)
    assert server.asked == []


@pytest.mark.parametrize("name", TITLES)
def test_tfds_knows_size_and_checksum_of_every_download(name):
    import tensorflow_datasets as tfds

    infos = tfds.builder_cls(name).url_infos
    assert infos
    for info in infos.values():
        assert info.size > 0 and len(info.checksum) == 64
