"""Charts: curves over a number, bars over names, and the course of a training run."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from course_utils.plotting.alt import describe_line, show_number
from course_utils.plotting.picture import (
    BLUE,
    LINE_STYLES,
    MARKERS,
    ORANGE,
    PALETTE,
    Picture,
    new_axes,
    new_picture,
    wrap,
)

import numpy as np
from matplotlib.ticker import LogLocator, NullFormatter
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    import keras
    from matplotlib.axes import Axes


def show_curves(
    curves: dict,
    x: ArrayLike | None = None,
    *,
    title: str,
    xlabel: str,
    ylabel: str,
    percent: bool = False,
    size: tuple[float, float] = (6.4, 3.6),
    log_x: bool = False,
    log_y: bool = False,
    markers: bool = True,
    chance: float | None = None,
) -> Picture:
    """Draw one line for each entry of `curves`: {label: values}; `x` defaults to 1, 2, 3, …

    percent: values are shares from 0 to 1, shown as per cent; chance: what guessing gives, a grey
    line across, with which the axis starts at 0. Lines differ in colour, dash and marker, so that
    the chart also reads in grey.

    >>> losses = {"training": [0.5, 0.25]}
    >>> show_curves(losses, title="Loss", xlabel="epoch", ylabel="loss").alt
    'Loss. Line chart of loss against epoch. training: from 0.5 at 1 to 0.25 at 2.'
    """
    figure = new_picture(*size, title)
    ax = new_axes(figure)[0, 0]
    draw_curves(ax, curves, x, percent=percent, markers=markers)
    ax.set_xlabel(wrap(xlabel, 10 * size[0]))
    ax.set_ylabel(wrap(ylabel, 10 * size[1]))
    if chance is not None:
        ax.axhline(chance, color="#666666", linestyle=(0, (1, 1.5)), label="chance", zorder=1)
        ax.set_ylim(bottom=0)
        ax.legend(frameon=False)
    if log_x:
        _set_log(ax.xaxis)
    if log_y:
        _set_log(ax.yaxis)
    return figure


def draw_curves(
    ax: "Axes",
    curves: dict,
    x: ArrayLike | None = None,
    *,
    percent: bool = False,
    markers: bool = True,
) -> None:
    """Draw the lines of `show_curves` into axes, with a legend where there are several."""
    for place, (label, values) in enumerate(curves.items()):
        ax.plot(
            _positions(x, values),
            values,
            label=wrap(label, 40),
            color=PALETTE[place % len(PALETTE)],
            linestyle=LINE_STYLES[place % len(LINE_STYLES)],
            marker=MARKERS[place % len(MARKERS)] if markers else None,
            markersize=4.5,
        )
    ax.grid(True, color="#DDDDDD")
    ax.set_axisbelow(True)
    if percent:
        ax.yaxis.set_major_formatter("{x:.0%}")
        low, high = ax.get_ylim()
        if high - low < 0.06:
            ax.yaxis.set_major_formatter("{x:.1%}")
    if len(curves) > 1:
        ax.legend(frameon=False)


def _set_log(axis) -> None:
    """Make an axis logarithmic, with plain numbers at 1, 2 and 5 of each decade."""
    getattr(axis.axes, f"set_{axis.axis_name}scale")("log")
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(NullFormatter())


def show_history(
    history: "keras.callbacks.History | dict[str, list[float]]",
    *,
    title: str,
    metric: str = "accuracy",
) -> Picture:
    """Draw loss and `metric` of a training run by epoch, training beside validation.

    history: what `fit` returns, or its `history` dictionary.

    >>> record = {"loss": [0.5, 0.25], "accuracy": [0.8, 0.9]}
    >>> print(show_history(record, title="A dense network").alt)
    A dense network. Two line charts by epoch. loss: from 0.5 at 1 to 0.25 at 2.
    accuracy: from 80.0% at 1 to 90.0% at 2.
    """
    record = getattr(history, "history", history)
    if metric not in record:
        raise ValueError(f"The history has no {metric!r}; it has {', '.join(record) or 'nothing'}.")
    epochs = np.arange(1, len(record["loss"]) + 1)
    figure = new_picture(8.2, 3.3, title)
    known = np.asarray(record[metric], dtype=float)
    known = known[np.isfinite(known)]
    shares = "loss" not in metric and bool(((known >= 0) & (known <= 1)).all())
    for ax, name in zip(new_axes(figure, 1, 2)[0], ("loss", metric), strict=True):
        named = {"training": record[name]}
        if f"val_{name}" in record:
            named["validation"] = record[f"val_{name}"]
        draw_curves(ax, named, epochs, percent=shares and name == metric)
        ax.set_title(name)
        ax.set_xlabel("epoch")
        ax.xaxis.get_major_locator().set_params(integer=True)
    in_shares = "{:.1%}".format if shares else show_number
    figure.alt = f"{title}. Two line charts by epoch. " + " ".join(
        describe_line(name, values, epochs, in_shares if name.endswith(metric) else show_number)
        for name, values in record.items()
        if name.removeprefix("val_") in ("loss", metric)
    )
    return figure


def show_bars(
    values: ArrayLike,
    labels: Sequence,
    *,
    title: str,
    ylabel: str,
    xlabel: str = "",
    highlight: int | None = None,
    percent: bool = False,
    size: tuple[float, float] = (6.4, 3.0),
) -> Picture:
    """Draw one bar for each value, its number on top; `highlight` is drawn in orange.

    >>> show_bars([0.5, 2], ["dense", "convnet"], title="Time", ylabel="seconds").alt
    'Time. Bar chart of seconds: dense 0.5, convnet 2.'
    """
    values, labels = np.asarray(values, dtype=float), list(labels)
    if len(values) != len(labels):
        raise ValueError(
            f"Each bar needs one label: there are {len(values)} values and {len(labels)} labels."
        )
    figure = new_picture(*size, title)
    ax = new_axes(figure)[0, 0]
    colours = [ORANGE if place == highlight else BLUE for place in range(len(values))]
    names = [wrap(label, 10 * size[0] / max(len(labels), 1)) for label in labels]
    bars = ax.bar(range(len(values)), values, tick_label=names, color=colours, width=0.7)
    texts = [f"{value:.1%}" if percent else f"{value:,.4g}" for value in values]
    ax.bar_label(bars, texts, padding=2, fontsize=8.5)
    ax.set_ylabel(wrap(ylabel, 10 * size[1]))
    ax.set_xlabel(wrap(xlabel, 10 * size[0]))
    ax.margins(y=0.12)
    if percent:
        ax.yaxis.set_major_formatter("{x:.0%}")
    return figure


def _positions(x, values):
    return np.arange(1, len(values) + 1) if x is None else np.asarray(x)
