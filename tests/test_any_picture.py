"""Pictures as they come: each kind of file is read, and looks the same on every road."""

import base64
import io
import re

from course_utils import applications, datasets, pipelines
from course_utils.datasets import folders, loader

import numpy as np
import pytest
from PIL import Image

# 48 x 32 pixels, red on the left and blue on the right, as a phone's camera would pack them.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAA"
    "AAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAABoQABAAAAAAAAACgAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABo"
    "dmMxAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEA"
    "GEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAA"
    "AwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAADAAAAAB"
    "AAAAIAAAAAH////wAAAAAv///+AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAADBt"
    "ZGF0AAAAJCgBr1j5Et3/0Yv/XpIZ9ac776DxbvU+5+haeO5NBupe0yC5iw=="
)
RAMP = np.tile(np.linspace(0, 255, 48).astype("uint8"), (32, 1))
COLOURS = np.stack([RAMP, RAMP[:, ::-1], np.full_like(RAMP, 60)], -1)


def packed(pixels, kind, **options):
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def half_seen():
    """Opaque on the left, and on the right a hidden colour that nobody sees."""
    alpha = np.where(np.arange(48) < 24, 255, 0) * np.ones((32, 1))
    return np.dstack([COLOURS, alpha]).astype("uint8"), np.where(alpha[..., None] > 0, COLOURS, 255)


def kinds():
    colours, grey = Image.fromarray(COLOURS), RAMP[..., None] * np.ones(3)
    seen, on_white = half_seen()
    palette = colours.quantize(64)
    shown = np.asarray(palette.convert("RGB"))
    other = Image.new("RGB", colours.size, "green")
    return {
        "phone.heic": (HEIC, None),
        "seen.png": (packed(seen, "PNG"), on_white),
        "seen.webp": (packed(seen, "WEBP", lossless=True, exact=True), on_white),
        "seen.tif": (packed(seen, "TIFF"), on_white),
        "palette.bmp": (packed(palette, "BMP"), shown),
        "palette.gif": (packed(palette, "GIF"), shown),
        "moving.webp": (
            packed(colours, "WEBP", save_all=True, append_images=[other], lossless=True),
            COLOURS,
        ),
        "moving.png": (packed(colours, "PNG", save_all=True, append_images=[other]), COLOURS),
        "pages.tif": (packed(colours, "TIFF", save_all=True, append_images=[other]), COLOURS),
        "floats to 1.tif": (packed(RAMP.astype("float32") / 255, "TIFF"), grey),
        "floats to 255.tif": (packed(RAMP.astype("float32"), "TIFF"), grey),
        "of 16 bits.tif": (packed(RAMP.astype("uint16") * 257, "TIFF"), grey),
        "of 16 bits.png": (packed(RAMP.astype("uint16") * 257, "PNG"), grey),
        "of 32 bits.tif": (packed(RAMP.astype("int32") * 257 * 257, "TIFF"), grey),
        "small numbers of 32 bits.tif": (packed(RAMP.astype("int32"), "TIFF"), grey),
        "inks.tif": (packed(colours.convert("CMYK"), "TIFF"), COLOURS),
        "black and white.png": (
            packed(Image.fromarray(RAMP > 99), "PNG"),
            255.0 * (RAMP > 99)[..., None] * np.ones(3),
        ),
    }


@pytest.fixture
def home(data_folder, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "auto")
    monkeypatch.setattr(loader, "_sources", {})
    monkeypatch.setattr(folders, "_noticed", set())
    return data_folder / "odd"


@pytest.mark.fault("palettes, inks, 16 and 32 bits, transparency, animations")
def test_every_kind_is_the_same_picture_on_every_road(home, capsys):
    files = kinds()
    (home / "a").mkdir(parents=True)
    for name, (content, _) in files.items():
        (home / "a" / name).write_bytes(content)
    names = [name.removeprefix("a/") for name in folders.read_folder(home).names]
    assert names == sorted(files)
    batch = next(iter(pipelines.batches(home, image_size=(32, 48))))[0].numpy() * 255
    loaded = datasets.load("odd", split="train", as_supervised=True).as_numpy_iterator()
    for name, trained, (decoded, _) in zip(names, batch, loaded, strict=True):
        photo = applications.read_photo(home / "a" / name)
        wanted = photo if files[name][1] is None else files[name][1]
        for found in (photo, trained, decoded):
            assert found.shape == (32, 48, 3), name
            assert abs(found - np.asarray(wanted, "float64")).max() <= 2, name
    assert capsys.readouterr().out == ""


@pytest.mark.fault("a phone's HEIC")
def test_a_phones_picture_has_its_colours():
    photo = applications.read_photo(HEIC)
    assert photo.shape == (32, 48, 3)
    np.testing.assert_allclose(photo[16, [4, -4]], [[200, 30, 30], [30, 60, 200]], atol=6)


@pytest.mark.fault("a photo in memory")
@pytest.mark.parametrize(
    "way",
    [
        bytes,
        bytearray,
        memoryview,
        io.BytesIO,
        lambda content: io.BufferedReader(io.BytesIO(content)),
    ],
)
def test_a_photo_comes_from_memory(way):
    content = packed(COLOURS, "PNG")
    np.testing.assert_array_equal(applications.read_photo(way(content)), COLOURS)


@pytest.mark.fault("a photo at an address")
def test_a_photo_comes_from_an_address(server, data_folder, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_DATA", "auto")
    server.answers["/cat photo.png"] = packed(COLOURS, "PNG")
    address = server.url("/cat%20photo.png?size=large")
    server.answers["/cat%20photo.png"] = server.answers["/cat photo.png"]
    np.testing.assert_array_equal(applications.read_photo(address), COLOURS)
    assert not list(data_folder.rglob("*"))
    server.answers["/page"] = b"<!DOCTYPE html>"
    with pytest.raises(ValueError, match="/page is not an image"):
        applications.read_photo(server.url("/page"))
    for url in (server.url("/gone.jpg"), "http://127.0.0.1:9/cat.jpg"):
        with pytest.raises(ConnectionError, match=f"{re.escape(url)} could not be had .*download"):
            applications.read_photo(url)
    monkeypatch.setenv("COURSE_DATA", "standin")
    with pytest.raises(ConnectionError, match="COURSE_DATA is 'standin'.*download it"):
        applications.read_photo(address)


UNREADABLE = {
    "HTML": (b"<!DOCTYPE html>", "is not an image"),
    "nothing": (b"", "is not an image"),
    "a part": (packed(COLOURS, "PNG")[:-60], "is damaged or cut short"),
    "half a HEIC": (HEIC[:-20], "is damaged or cut short"),
    "NaN": (packed(np.full((32, 48), np.nan, "float32"), "TIFF"), "not numbers"),
    "below 0": (packed(np.full((32, 48), -7, "float32"), "TIFF"), "values from -7 to -7"),
}


@pytest.mark.fault("a picture of NaN, of HTML, or half of one")
@pytest.mark.parametrize("what", UNREADABLE)
def test_what_cannot_be_read_is_named_on_every_road(what, home, capsys):
    content, says = UNREADABLE[what]
    for name, body in (("good.png", packed(COLOURS, "PNG")), ("odd.png", content)):
        (home / "a").mkdir(parents=True, exist_ok=True)
        (home / "a" / name).write_bytes(body)
    assert pipelines.batches(home, image_size=(8, 8)).broken == ["a/odd.png"]
    assert len(list(datasets.load("odd", split="train", as_supervised=True))) == 1
    assert capsys.readouterr().out.count("a/odd.png") == 2
    with pytest.raises(ValueError, match=rf"odd\.png .*{says}") as caught:
        applications.read_photo(home / "a" / "odd.png")
    assert "\n" not in str(caught.value)
