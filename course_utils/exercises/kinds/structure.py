"""What a Keras model is made of, apart from its names; and the first difference between two."""

from typing import Any

from course_utils.exercises.kinds.words import sizes
from course_utils.keras_inside.graph import walk

# The settings of a layer that a question asks about, in the order in which they are compared.
SETTINGS = {
    "filters": "filters",
    "units": "units",
    "kernel_size": "kernel",
    "pool_size": "window",
    "strides": "stride",
    "dilation_rate": "dilation",
    "padding": "padding",
    "rate": "rate",
    "activation": "activation",
}
ACTIVATIONS = ("Activation", "ReLU", "Softmax")  # layers that are nothing but an activation


def layers_of(model: Any) -> list[dict]:
    """Return one dict per layer: its kind, settings, output shape and parameters.

    Inner models are unpacked, inputs left out, and so is a Flatten that finds nothing to flatten.
    An activation that stands as a layer of its own counts as the activation of the layer before
    it, where that has none; else it is of the kind Activation, whichever layer it is written
    with. So equal networks look equal.
    """
    found = []
    for layer in _flatten(model):
        kind = type(layer).__name__
        if kind == "InputLayer" or kind == "Flatten" and len(layer.input.shape) == 2:
            continue
        if kind in ACTIVATIONS and found:
            if found[-1].get("activation") == "linear":
                found[-1]["activation"] = _activation(layer, kind)
                continue
        found.append(_read(layer, kind))
    return found


def _flatten(model) -> list:
    """Return the layers at any depth, without models and without operations such as `+`."""
    found = [layer for layer, _ in walk(model)]
    return [one for one in found if hasattr(one, "count_params") and not hasattr(one, "layers")]


def _read(layer, kind: str) -> dict:
    entry = {"kind": kind, "shape": tuple(layer.output.shape[1:])}
    entry["parameters"] = layer.count_params()
    for attribute, name in SETTINGS.items():
        if hasattr(layer, attribute):
            value = getattr(layer, attribute)
            entry[name] = _activation(layer, kind) if name == "activation" else _plain(value)
    if kind in ACTIVATIONS:
        entry |= {"kind": "Activation", "activation": _activation(layer, kind)}
    return entry


def _activation(layer, kind: str) -> str:
    if kind in ("ReLU", "Softmax"):
        return kind.lower()
    return getattr(layer.activation, "__name__", "linear")


def _plain(value):
    """Return a pair of equal numbers as one: (3, 3) -> 3."""
    if isinstance(value, list | tuple):
        return value[0] if len(set(value)) == 1 else tuple(value)
    return value


def first_difference(found: list[dict], asked: list[dict]) -> str:
    """Return one sentence about the first layer that differs, or "" if none does."""
    for place, (here, there) in enumerate(zip(found, asked, strict=False), start=1):
        if here["kind"] != there["kind"]:
            return (
                f"layer {place} is {here['kind']} where the question asks for {there['kind']} "
                f"(the input does not count)."
            )
        for name in SETTINGS.values():
            if here.get(name) != there.get(name):
                return _tell_setting(place, name, here, there)
    if len(found) < len(asked):
        missing = asked[len(found)]["kind"]
        return (
            f"there are {len(found)} layers, the question asks for {len(asked)}: next, {missing}."
        )
    if len(found) > len(asked):
        return (
            f"there are {len(found)} layers, the question asks for {len(asked)}: "
            f"{found[len(asked)]['kind']} is one too many."
        )
    return ""


def _tell_setting(place: int, name: str, here: dict, there: dict) -> str:
    where = f"layer {place} ({here['kind']})"
    if name == "padding":
        return (
            f"{where} gives {sizes(here['shape'])}: that is {here[name]!r} padding; "
            f"the question asks for {there[name]!r}."
        )
    return f"{where} has {name} {here[name]}; the question asks for {there[name]}."
