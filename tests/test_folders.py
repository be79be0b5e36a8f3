"""Folders of pictures: every way in sees the same files, labels and order, and names the rest."""

import io
import os
from pathlib import Path

from course_utils import applications, datasets, pipelines, settings
from course_utils.datasets import folders, loader

import numpy as np
import pytest
from PIL import Image

SIZE = (8, 8)


@pytest.fixture(autouse=True)
def auto(data_folder, monkeypatch):
    """Pictures of one's own; nothing is downloaded, since no set of the course is asked for."""
    monkeypatch.setenv("COURSE_DATA", "auto")
    monkeypatch.setattr(loader, "_sources", {})
    monkeypatch.setattr(folders, "_noticed", set())


@pytest.fixture
def home(data_folder):
    return data_folder / "pets"


def write(place, *names, value=None):
    """Write pictures of one value each, by which they are known again."""
    for number, name in enumerate(names):
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        grey = (10 * number + 5 if value is None else value,) * 3
        kind = {".jfif": "JPEG", ".jpe": "JPEG", ".tif": "TIFF"}.get(path.suffix)
        Image.new("RGB", (12, 9), grey).save(path, kind)


def read_all(place, name="pets"):
    """Return (value, label) of each picture in the order of each of the three ways in."""
    files = folders.read_folder(place)
    batches = pipelines.batches(place, image_size=SIZE)
    ways = {"batches": list(batches.unbatch().as_numpy_iterator())}
    ways["load"] = list(datasets.load(name, split="train", as_supervised=True).as_numpy_iterator())
    train, validation = pipelines.splits(name, 0.3)
    source = train.concatenate(validation)
    ways["splits"] = list(pipelines.batches(source, image_size=SIZE).unbatch().as_numpy_iterator())
    scale = {"batches": 255, "load": 1, "splits": 255}
    return files, {
        way: [(round(float(image.mean()) * scale[way]), int(label)) for image, label in rows]
        for way, rows in ways.items()
    }


def test_three_ways_give_the_same_pictures_labels_and_order(home):
    write(home / "train" / "cat", "1.png", "2.bmp", "deeper/3.tif", "deeper/still/4.webp")
    write(home / "train" / "dog", "1.jfif", "2.jpe", value=200)
    files, ways = read_all(home / "train")
    assert files.class_names == ["cat", "dog"]
    assert files.names == [
        "cat/1.png",
        "dog/1.jfif",
        "cat/2.bmp",
        "cat/deeper/3.tif",
        "dog/2.jpe",
        "cat/deeper/still/4.webp",
    ]
    assert ways["batches"] == [(5, 0), (200, 1), (15, 0), (25, 0), (200, 1), (35, 0)]
    assert ways["load"] == ways["splits"] == ways["batches"]


def test_each_stretch_holds_all_classes_in_like_shares(home):
    write(home / "a", *(f"{number:02}.png" for number in range(40)), value=9)
    write(home / "b", *(f"{number:02}.png" for number in range(10)), value=9)
    labels = folders.read_folder(home).labels
    assert [sum(labels[start : start + 10]) for start in range(0, 50, 10)] == [2] * 5
    train, validation = pipelines.splits("pets", validation=0.2)
    counts = [np.bincount([label for _, label in part]) for part in (train, validation)]
    assert [count.tolist() for count in counts] == [[32, 8], [8, 2]]


@pytest.mark.parametrize("name", ["pets", "path"])
def test_a_folder_without_splits_is_all_for_training_and_can_be_split(home, name):
    write(home / "cat", "1.png", "2.png")
    write(home / "dog", "1.png", "2.png")
    name = str(home) if name == "path" else name
    assert set(datasets.load(name)) == {"train"}
    train, validation = pipelines.splits(name, validation=0.5)
    assert train.class_names == validation.class_names == ["cat", "dog"]
    assert train.file_names == ["cat/1.png", "dog/1.png"]
    assert validation.file_names == ["cat/2.png", "dog/2.png"]
    assert datasets.title(name) == "pets" and datasets.source(name) == "real"


@pytest.mark.parametrize("name", ["val", "valid", "validation"])
def test_a_validation_folder_keeps_the_numbers_of_the_training_folder(home, name):
    write(home / "train", "ant/1.png", "bee/1.png", "cat/1.png")
    write(home / name, "bee/2.png", "cat/2.png")
    (home / name / "ant").mkdir()
    batches = pipelines.batches(home / name, image_size=SIZE)
    assert batches.class_names == ["ant", "bee", "cat"]
    assert [label for _, labels in batches for label in labels.numpy()] == [1, 2]
    _, validation = pipelines.splits("pets")
    assert [int(label) for _, label in validation] == [1, 2]
    assert pipelines.batches(validation, image_size=SIZE).class_names == batches.class_names


def test_the_classes_of_another_folder_can_be_given(tmp_path):
    write(tmp_path / "new", "dog/1.png")
    batches = pipelines.batches(tmp_path / "new", image_size=SIZE, class_names=["cat", "dog"])
    assert batches.class_names == ["cat", "dog"]
    assert next(iter(batches))[1].numpy().tolist() == [1]
    with pytest.raises(ValueError, match="has a folder dog, which is none of the classes cat, cow"):
        pipelines.batches(tmp_path / "new", image_size=SIZE, class_names=["cat", "cow"])
    dataset = datasets.load(tmp_path / "new", split="train", as_supervised=True)
    with pytest.raises(ValueError, match="class_names numbers the labels of a folder"):
        pipelines.batches(dataset, image_size=SIZE, class_names=["cat", "dog"])


@pytest.mark.fault("hidden folders and litter of archives")
@pytest.mark.parametrize("split", ["", "train"])
def test_what_is_no_class(home, split, capsys):
    place = home / split
    write(place, "cat/1.png", "dog/1.png", "cow/.hidden.png", ".ipynb_checkpoints/1.png")
    write(place, "__MACOSX/cat/._1.png", "__MACOSX/cat/2.png", "@eaDir/1.png")
    (place / "a_empty").mkdir()
    (place / "notes").mkdir()
    (place / "notes" / "read me.txt").write_text("no picture")
    (place / "cat" / "Thumbs.db").write_bytes(bytes(20))
    files, ways = read_all(place)
    assert files.class_names == ["cat", "dog"]
    assert {label for rows in ways.values() for _, label in rows} == {0, 1}
    said = f"Left out of {place.name}: notes (no pictures in it).\n"
    assert capsys.readouterr().out == said


@pytest.mark.fault("a set unpacked twice")
def test_a_second_copy_and_loose_pictures_are_left_out_and_named_once(home, capsys):
    write(home, "cat/1.png", "dog/1.png", "pets/cat/1.png", "pets/dog/1.png", "loose.jpg", "b.jpg")
    for _ in range(2):
        batches = pipelines.batches(home, image_size=SIZE)
    assert batches.class_names == ["cat", "dog"]
    assert capsys.readouterr().out == (
        "Left out of pets: pets (its folders have the names of the labels beside it); "
        "b.jpg and 1 more (not in the folder of a label).\n"
    )


def test_a_folder_around_the_labels_is_named(home):
    write(home, "cell_images/sick/1.png", "cell_images/well/1.png")
    for read in (
        lambda: pipelines.batches(home, image_size=SIZE),
        lambda: pipelines.splits("pets"),
    ):
        with pytest.raises(ValueError, match="holds one folder, cell_images, whose folders are s"):
            read()


@pytest.mark.fault("picture files without an ending")
@pytest.mark.fault("files of other kinds among pictures")
def test_each_file_is_used_or_named(home, capsys):
    """A picture is known by its first bytes, too; the rest is named, litter is passed over."""
    write(home / "train", *(f"cat/{n}.png" for n in range(3)), "dog/1.png")
    (home / "train" / "cat" / "0.png").rename(home / "train" / "cat" / "0")
    (home / "train" / "cat" / "1.png").rename(home / "train" / "cat" / "1.JPG_large")
    for name in ("cat/notes.txt", "dog/clip.mp4", "dog/desktop.ini", "dog/.DS_Store"):
        (home / "train" / name).write_bytes(b"\0\0\0\x18ftypisom" + bytes(20))
    files, ways = read_all(home / "train")
    assert sorted(files.names) == ["cat/0", "cat/1.JPG_large", "cat/2.png", "dog/1.png"]
    assert all(rows == ways["batches"] for rows in ways.values())
    assert capsys.readouterr().out == "Left out of train: cat/notes.txt and 1 more (no picture).\n"


@pytest.mark.fault("a pipe, a device or a link to nowhere named as a picture")
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_what_only_looks_like_a_file_is_named_and_not_opened(home, capsys):
    write(home / "train", "cat/1.png", "dog/1.png")
    os.mkfifo(home / "train" / "cat" / "pipe.png")
    for name, target in {"device": "/dev/zero", "nowhere": "/none", "circle": "circle.png"}.items():
        (home / "train" / "cat" / f"{name}.png").symlink_to(target)
    files, _ = read_all(home / "train")
    assert sorted(files.names) == ["cat/1.png", "dog/1.png"]
    assert "cat/circle.png and 3 more (no picture)" in capsys.readouterr().out


@pytest.mark.fault("names with line feeds, or in an old encoding")
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_names_with_line_feeds_or_in_an_old_encoding(home):
    write(home / "train", "cat/1.png", "cat/2.png", "dog/1.png")
    cats = home / "train" / "cat"
    (cats / "1.png").rename(cats / "1\n.png")
    os.rename(cats / "2.png", os.path.join(os.fsencode(cats), b"\xe4.png"))
    files, ways = read_all(home / "train")
    assert len(files.names) == 3 and all(len(rows) == 3 for rows in ways.values())


@pytest.mark.fault("Training, VALID and Testing as names of splits")
@pytest.mark.parametrize(
    "names", [("Training", "Testing"), ("TRAIN", "Valid"), ("train", "Validation")]
)
def test_splits_are_known_by_their_usual_names(home, names):
    for number, name in enumerate(names):
        write(home / name, "a/1.png", "b/1.png", value=100 * number + 50)
    splits = folders.read_splits(home)
    assert [part.class_names for part in splits.values()] == [["a", "b"]] * 2
    assert list(splits) == ["train", "test" if names[1] == "Testing" else "validation"]
    train, rest = pipelines.splits(home, 0.5)
    assert (len(train), len(rest)) == ((1, 1) if names[1] == "Testing" else (2, 2))


@pytest.mark.fault("val and valid side by side")
def test_two_folders_of_one_split_are_refused(home):
    write(home, "train/a/1.png", "val/a/1.png", "valid/a/1.png")
    with pytest.raises(ValueError, match="val and valid, which are one split"):
        pipelines.splits(home)


@pytest.mark.fault("pictures beside the splits, or without labels")
def test_what_lies_beside_the_splits_is_named(home, capsys):
    write(home, "train/a/1.png", "test/1.png", "test/2.png", "extra/a/1.png")
    assert list(folders.read_splits(home)) == ["train"]
    assert capsys.readouterr().out == (
        "Left out of test: 1.png and 1 more (not in the folder of a label).\n"
        "Left out of pets: extra (no split).\n"
    )


@pytest.mark.fault("folders that are linked, or in a circle")
def test_linked_folders_are_followed_once(home, tmp_path):
    write(tmp_path / "elsewhere", "2.png")
    write(home, "a/1.png", "b/1.png")
    try:
        (home / "a" / "more").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
        (home / "a" / "back").symlink_to(home / "a", target_is_directory=True)
    except OSError:
        pytest.skip("no links on this machine")
    assert sorted(folders.read_folder(home).names) == ["a/1.png", "a/more/2.png", "b/1.png"]


def test_three_classes_and_groups_below_them(home):
    write(home, *(f"{label}/group {n}/{n}.png" for label in "abc" for n in range(4)))
    train, validation = pipelines.splits(home, 0.25)
    assert train.class_names == ["a", "b", "c"]
    assert [int(label) for _, label in validation] == [0, 1, 2]


def test_a_label_may_be_called_train(tmp_path):
    write(tmp_path, "bus/1.png", "train/1.png")
    assert pipelines.batches(tmp_path, image_size=SIZE).class_names == ["bus", "train"]


BROKEN = {
    "cat/empty.jpg": b"",
    "cat/page.png": b"<!DOCTYPE html>",
    "dog/phone.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99),
}


@pytest.fixture
def with_broken(home):
    write(home / "train", *(f"{label}/{n}.png" for label in ("cat", "dog") for n in "1yz"))
    file = io.BytesIO()
    Image.new("RGB", (20, 20), (90, 0, 0)).save(file, "JPEG")
    for name, content in (BROKEN | {"dog/cut.jpg": file.getvalue()[:-200]}).items():
        (home / "train" / name).write_bytes(content)
    return home


@pytest.mark.fault("pictures that are broken")
def test_broken_files_are_left_out_and_named_on_every_road(with_broken, capsys):
    names = {*BROKEN, "dog/cut.jpg"}
    whole = pipelines.batches(with_broken / "train", image_size=SIZE)
    assert set(whole.broken) == names
    parts = [pipelines.batches(part, image_size=SIZE) for part in pipelines.splits("pets", 0.4)]
    assert {name for part in parts for name in part.broken} == names
    capsys.readouterr()
    decoded = datasets.load("pets", split="train", as_supervised=True)
    said = capsys.readouterr().out
    assert said.startswith("4 of 10 images cannot be decoded: ") and str(with_broken) not in said
    assert all(name in said for name in names)
    assert len(decoded) == 6
    assert sorted(int(label) for _, label in decoded) == [0, 0, 0, 1, 1, 1]
    assert [len(part) for part in datasets.load("pets", split=["train[:50%]", "train[50%:]"])] == [
        sum(name not in names for name in folders.read_folder(with_broken / "train").names[part])
        for part in (slice(5), slice(5, 10))
    ]


def test_slices_and_decoders_as_with_tfds(home):
    import tensorflow_datasets as tfds

    write(home / "train", *(f"{label}/{number}.png" for label in "ab" for number in range(5)))
    first, rest = datasets.load("pets", split=["train[:80%]", "train[8:]"], as_supervised=True)
    assert (len(first), len(rest)) == (8, 2)
    skip = {"image": tfds.decode.SkipDecoding()}
    example = next(iter(datasets.load("pets", split="train", decoders=skip)))
    path = Path(example["image/filename"].numpy().decode())
    assert example["image"].numpy() == path.read_bytes() and path.parent.name == "a"
    with pytest.raises(ValueError, match="Unknown split 'test'"):
        datasets.load("pets", split="test")
    shuffled = datasets.load("pets", split="train", shuffle_files=True, as_supervised=True)
    assert sorted(int(label) for _, label in shuffled) == [0] * 5 + [1] * 5


def test_quick_takes_some_of_the_training_part(home, monkeypatch):
    monkeypatch.setitem(settings.PROFILES, "quick", settings.Profile("quick", pictures=4))
    names = [f"{label}/{number}.png" for label in "abc" for number in range(4)]
    write(home / "train", *names)
    write(home / "validation", *names)
    train, validation = pipelines.splits("pets")
    assert (len(train), len(validation)) == (4, 12)
    assert train.file_names == ["a/0.png", "b/0.png", "c/0.png", "a/1.png"]
    whole = pipelines.batches(home / "train", image_size=SIZE, batch_size=100)
    assert [len(labels) for _, labels in whole] == [4]
    assert next(iter(whole))[1].numpy().tolist() == [int(label) for _, label in train]
    test = pipelines.batches(home / "validation", image_size=SIZE, batch_size=100)
    assert [len(labels) for _, labels in test] == [12]
    monkeypatch.setenv("COURSE_PROFILE", "demo")
    assert len(pipelines.splits("pets")[0]) == 12


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_upright_as_in_read_photo(tmp_path, kind, orientation):
    pixels = np.zeros((32, 48, 3), "uint8")
    pixels[:16, :24], pixels[16:, :24] = (250, 0, 0), (0, 200, 90)
    image = Image.fromarray(pixels)
    exif = image.getexif()
    exif[0x0112] = orientation
    path = tmp_path / "phone" / "a" / f"1.{kind.lower()}"
    path.parent.mkdir(parents=True)
    image.save(path, kind, exif=exif)
    photo = applications.read_photo(path)
    trained = next(iter(pipelines.batches(tmp_path / "phone", image_size=photo.shape[:2])))[0][0]
    np.testing.assert_allclose(trained * 255, photo, atol=8)
    assert photo.shape[:2] == ((48, 32) if orientation > 4 else (32, 48))


def test_folders_that_cannot_be_used(home):
    with pytest.raises(FileNotFoundError, match="There is no folder .*gone: check its name"):
        datasets.load(home / "gone")
    write(home, "1.png")
    with pytest.raises(ValueError, match=r"holds no pictures laid out <label>/\*\.jpg or"):
        pipelines.splits(home)
    with pytest.raises(ValueError, match=r"'pets' is not known.*laid out <label>/\*\.jpg or"):
        datasets.load("pets")
