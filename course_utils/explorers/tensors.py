"""Numbers as the page reads them: a shape, a kind of number, and bytes."""

import base64
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

Packed = dict[str, Any]
SOME, MANY = 4_000, 70_000  # numbers of a kernel


def pack(values: ArrayLike, kind: str = "float32") -> Packed:
    """Return numbers for the page: kind is "float64", "float32", "float16" or "uint8".

    >>> pack([[1, 2]], "uint8")
    {'shape': [1, 2], 'kind': 'uint8', 'bytes': b'\\x01\\x02'}
    """
    array = np.ascontiguousarray(values, np.dtype(kind).newbyteorder("<"))
    return {"shape": list(array.shape), "kind": kind, "bytes": array.tobytes()}


def lighten(data: Any) -> Any:
    """Return what an explorer starts with, with fewer bits for the weights of large kernels.

    A page must stay light. A dense layer bears six bits a weight, a convolution of many weights
    eight, and one of some thousands, whose errors add up from layer to layer, eleven; smaller
    ones keep half precision. So the networks for digits name the same digit for all but 2 of
    10,000 images, MobileNet the same label for 97 of 100 photographs (with half precision: 98).
    """
    if isinstance(data, list):
        return [lighten(inner) for inner in data]
    if not isinstance(data, dict):
        return data
    light = {name: lighten(inner) for name, inner in data.items()}
    numbers = len(light.get("kernel", {}).get("bytes", "")) // 2
    if "kind" in light and numbers > SOME:
        many = 6 if light["kind"] == "Dense" else 8
        light["kernel"] = _to_levels(light["kernel"], many if numbers > MANY else 11)
    return light


def _to_levels(kernel: Packed, bits: int) -> Packed:
    """Write weights as whole numbers: of a filter the largest is the highest, or the lowest, level.

    The middle level is 0, and ``scales`` say what one level is worth.
    """
    weights = np.frombuffer(kernel["bytes"], "<f2").astype(float).reshape(kernel["shape"])
    largest = np.abs(weights).max(axis=tuple(range(weights.ndim - 1)))
    middle = 2 ** (bits - 1) - 1
    scales = np.where(largest > 0, largest, 1) / middle
    levels = np.rint(weights / scales).astype(int).reshape(-1, 1) + middle
    packed = np.packbits(levels >> np.arange(bits)[::-1] & 1)
    return {
        "shape": kernel["shape"],
        "kind": "levels",
        "bits": bits,
        "bytes": packed.tobytes(),
        "scales": pack(scales),
    }


def to_text(data: Any) -> Any:
    """Return what an explorer starts with as a page can hold it: bytes become text (base64).

    >>> to_text({"numbers": pack([1], "uint8")})
    {'numbers': {'shape': [1], 'kind': 'uint8', 'bytes': 'AQ=='}}
    """
    if isinstance(data, dict):
        return {name: to_text(inner) for name, inner in data.items()}
    if isinstance(data, list):
        return [to_text(inner) for inner in data]
    return base64.b64encode(data).decode() if isinstance(data, bytes) else data
