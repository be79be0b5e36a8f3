"""Numbers as the page reads them: a shape, a kind of number, and bytes."""

import base64
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

Packed = dict[str, Any]


def pack(values: ArrayLike, kind: str = "float32") -> Packed:
    """Return numbers for the page: kind is "float64", "float32", "float16",
    "uint8" or "int8".

    >>> pack([[1, 2]], "uint8")
    {'shape': [1, 2], 'kind': 'uint8', 'bytes': b'\\x01\\x02'}
    """
    array = np.ascontiguousarray(values, np.dtype(kind).newbyteorder("<"))
    return {"shape": list(array.shape), "kind": kind, "bytes": array.tobytes()}


def to_eight_bits(data: Any) -> Any:
    """Return what an explorer starts with, each kernel of a network with eight bits a weight.

    The largest weight of a filter becomes 127 or -127, and ``scales`` say what 1 is worth. That
    halves a page: two networks of 500,000 weights stay below one megabyte.
    """
    if isinstance(data, list):
        return [to_eight_bits(inner) for inner in data]
    if not isinstance(data, dict):
        return data
    whole = {name: to_eight_bits(inner) for name, inner in data.items()}
    if whole.get("kernel", {}).get("kind") == "float16":
        axes = 2 if whole["kind"] == "DepthwiseConvolution" else 1  # that count the filters
        whole["kernel"] = _round(data["kernel"], axes)
    return whole


def _round(kernel, axes):
    weights = np.frombuffer(kernel["bytes"], "<f2").astype(float).reshape(kernel["shape"])
    largest = np.abs(weights).max(axis=tuple(range(weights.ndim - axes)))
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
