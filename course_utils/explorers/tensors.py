"""Numbers as the page reads them: a shape, a kind of number, and bytes."""

import base64
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

Packed = dict[str, Any]
LARGE = 70_000  # numbers of a kernel


def pack(values: ArrayLike, kind: str = "float32") -> Packed:
    """Return numbers for the page: kind is "float64", "float32", "float16",
    "uint8" or "int8".

    >>> pack([[1, 2]], "uint8")
    {'shape': [1, 2], 'kind': 'uint8', 'bytes': b'\\x01\\x02'}
    """
    array = np.ascontiguousarray(values, np.dtype(kind).newbyteorder("<"))
    return {"shape": list(array.shape), "kind": kind, "bytes": array.tobytes()}


def lighten(data: Any) -> Any:
    """Return what an explorer starts with, with large kernels of networks at eight bits a weight.

    Of a filter the largest weight becomes 127 or -127, and ``scales`` say what 1 is worth. A dense
    layer bears that well, and holds most of the weights; small kernels, whose errors would add up,
    keep half precision.
    """
    if isinstance(data, list):
        return [lighten(inner) for inner in data]
    if not isinstance(data, dict):
        return data
    light = {name: lighten(inner) for name, inner in data.items()}
    if len(light.get("kernel", {}).get("bytes", "")) > 2 * LARGE:
        light["kernel"] = _to_eight_bits(light["kernel"])
    return light


def _to_eight_bits(kernel: Packed) -> Packed:
    weights = np.frombuffer(kernel["bytes"], "<f2").astype(float).reshape(kernel["shape"])
    largest = np.abs(weights).max(axis=tuple(range(weights.ndim - 1)))
    scales = np.where(largest > 0, largest, 1) / 127
    return pack(np.rint(weights / scales), "int8") | {"scales": pack(scales)}


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
