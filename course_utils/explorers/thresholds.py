"""The threshold explorer."""

import html
from collections.abc import Sequence

from course_utils.explorers import drawing
from course_utils.explorers.base import Explorer, Panel, slider

import numpy as np
from numpy.typing import ArrayLike

BINS = 25
BLUE, VERMILION = "#0072B2", "#D55E00"


class ThresholdExplorer(Explorer):
    """A threshold on probabilities, and what it makes of them.

    Controls: threshold. Panels: histogram, curve, matrix, rates. After each change `counts` holds
    true_positives, false_positives, true_negatives and false_negatives.
    """

    name = "threshold"

    def __init__(
        self,
        labels: ArrayLike,
        probabilities: ArrayLike,
        class_names: Sequence[str] = ("uninfected", "infected"),
    ):
        self._labels, self._probabilities = _check(labels, probabilities)
        self._negative, self._positive = _check_names(class_names)
        self._curve = _roc_curve(self._labels, self._probabilities)
        controls = {
            "threshold": slider("Threshold", 0.5, 0.0, 1.0, 0.01, "480px", readout_format=".2f")
        }
        names = ("histogram", "curve", "matrix", "rates")
        super().__init__(controls, {name: Panel() for name in names})

    def draw(self) -> str:
        threshold = self.controls["threshold"].value
        found = self._probabilities >= threshold
        counts = self.counts = {
            "true_positives": int(np.sum(found & self._labels)),
            "false_negatives": int(np.sum(~found & self._labels)),
            "false_positives": int(np.sum(found & ~self._labels)),
            "true_negatives": int(np.sum(~found & ~self._labels)),
        }
        rates = _rates(counts)
        table = _matrix(counts, self._negative, self._positive)
        self.panels["matrix"].show(title="Confusion matrix", html=table)
        self.panels["rates"].show(title="Rates", html=drawing.bars(rates.values(), rates))
        self.panels["histogram"].show(
            title=f"Probability: {self._positive}", html=self._histogram(threshold)
        )
        self.panels["curve"].show(title="ROC curve", html=self._curve_at(rates))
        return "\n".join(
            [
                f"Sensitivity {rates['sensitivity']:.1%}: {counts['true_positives']} of "
                f"{self._labels.sum()} {self._positive} are found, "
                f"{counts['false_negatives']} are missed.",
                f"Specificity {rates['specificity']:.1%}: {counts['true_negatives']} of "
                f"{(~self._labels).sum()} {self._negative} are cleared, "
                f"{counts['false_positives']} are alarmed for nothing.",
                f"Accuracy {rates['accuracy']:.1%}.",
            ]
        )

    def _histogram(self, threshold):
        """Return both classes' histograms as SVG, one up, one down, with the threshold."""
        width, half = 400, 110
        counts = [
            np.histogram(self._probabilities[chosen], BINS, (0, 1))[0]
            for chosen in (self._labels, ~self._labels)
        ]
        unit, step = (half - 24) / max(max(map(np.max, counts)), 1), width / BINS
        boxes = []
        for place in range(BINS):
            up, down = (unit * count[place] for count in counts)
            x = f'x="{place * step:.1f}" width="{step - 1:.1f}"'
            boxes.append(f'<rect {x} y="{half - up:.1f}" height="{up:.1f}" fill="{VERMILION}"/>')
            boxes.append(f'<rect {x} y="{half:.1f}" height="{down:.1f}" fill="{BLUE}"/>')
        line = threshold * width
        parts = [
            *boxes,
            _line(0, half, width, half),
            _line(line, 0, line, 2 * half, 'stroke-width="3" stroke-dasharray="7 4"'),
            _text(4, 16, f"{self._positive}, up"),
            _text(4, 2 * half - 6, f"{self._negative}, down"),
            *(_text(x * width, 2 * half + 20, f"{x:g}", end) for x, end in AXIS),
        ]
        alt = f"Histograms of the probabilities of both classes; the threshold is {threshold:.2f}."
        return _svg(parts, width, 2 * half + 26, alt)

    def _curve_at(self, rates):
        """Return the ROC curve as SVG, with a dot at the present threshold."""
        side, margin = 220, 30

        def place(false_alarms, sensitivity):
            return margin + false_alarms * side, (1 - sensitivity) * side + 6

        points = " ".join("{:.1f},{:.1f}".format(*place(*point)) for point in self._curve)
        x, y = place(1 - rates["specificity"], rates["sensitivity"])
        parts = [
            f'<rect x="{margin}" y="6" width="{side}" height="{side}" fill="none" '
            'stroke="#767676"/>',
            _line(*place(0, 0), *place(1, 1), 'stroke-dasharray="3 5"'),
            f'<polyline points="{points}" fill="none" stroke="{BLUE}" stroke-width="3"/>',
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8" fill="{VERMILION}" stroke="#fff" '
            f'stroke-width="2"/>',
            _text(margin + side / 2, side + 30, "1 \N{MINUS SIGN} specificity", "middle"),
            f'<g transform="translate(18 {side / 2 + 6}) rotate(-90)">'
            f"{_text(0, 0, 'sensitivity', 'middle')}</g>",
        ]
        alt = (
            f"The ROC curve; the dot is at sensitivity {rates['sensitivity']:.2f} and "
            f"specificity {rates['specificity']:.2f}."
        )
        return _svg(parts, side + margin + 10, side + 40, alt)


AXIS = ((0, "start"), (0.5, "middle"), (1, "end"))


def _check(labels, probabilities):
    """Return labels as booleans and probabilities as floats, both (N,), or ValueError."""
    labels, probabilities = np.asarray(labels).ravel(), np.asarray(probabilities, float).ravel()
    if len(labels) != len(probabilities):
        raise ValueError(
            f"There are {len(labels):,} labels and {len(probabilities):,} probabilities: "
            f"give one of each per sample."
        )
    if set(np.unique(labels)) != {0, 1}:
        raise ValueError(
            "The labels must be 1 for what is to be found and 0 for the rest, and both must occur; "
            f"found {', '.join(map(str, np.unique(labels)[:5]))}."
        )
    if not (np.min(probabilities) >= 0 and np.max(probabilities) <= 1):
        raise ValueError(
            f"The probabilities must lie between 0 and 1, found {np.min(probabilities):g} to "
            f"{np.max(probabilities):g}; a sigmoid or softmax output gives such, and "
            "keras.ops.sigmoid makes them of scores."
        )
    return labels.astype(bool), probabilities


def _rates(counts):
    """Return sensitivity, specificity, precision and accuracy; precision is 0 if none is found."""
    true_positives, false_negatives, false_positives, true_negatives = counts.values()
    found = true_positives + false_positives
    return {
        "sensitivity": true_positives / (true_positives + false_negatives),
        "specificity": true_negatives / (true_negatives + false_positives),
        "precision": true_positives / found if found else 0.0,
        "accuracy": (true_positives + true_negatives) / sum(counts.values()),
    }


def _roc_curve(labels, probabilities):
    """Return (1 - specificity, sensitivity) for each threshold, from the highest down."""
    order = np.argsort(-probabilities, kind="stable")
    ordered = labels[order]
    ends = np.r_[np.flatnonzero(np.diff(probabilities[order])), len(order) - 1]
    ends = ends[np.unique(np.linspace(0, len(ends) - 1, 200).astype(int))]  # enough for the eye
    sensitivity = np.cumsum(ordered)[ends] / labels.sum()
    false_alarms = np.cumsum(~ordered)[ends] / (~labels).sum()
    return [(0.0, 0.0), *zip(false_alarms, sensitivity, strict=True)]


def _check_names(class_names):
    """Return the names of labels 0 and 1."""
    names = [class_names] if isinstance(class_names, str) else list(class_names)
    if len(names) != 2 or not all(isinstance(name, str) and name.strip() for name in names):
        raise ValueError(
            f"class_names is {class_names!r}: give the names of labels 0 and 1, such as "
            "('cat', 'dog')."
        )
    return names


def _matrix(counts, negative, positive):
    """Return the confusion matrix as an HTML table; right answers are framed in bold."""
    negative, positive = html.escape(negative), html.escape(positive)
    good, bad = "#CDE9DD", "#F7DCC9"  # pale green and pale vermilion
    cells = {
        name: f'<td style="background:{good if name.startswith("true") else bad}">'
        f'<b style="font-size:20px">{count:,}</b><br>{name.replace("_", " ")}</td>'
        for name, count in counts.items()
    }
    return (
        '<table class="explorer-table" aria-label="Confusion matrix"><tr><td style="border:0"></td>'
        f'<th scope="col">says {positive}</th><th scope="col">says {negative}</th></tr>'
        f'<tr><th scope="row">is {positive}</th>{cells["true_positives"]}'
        f"{cells['false_negatives']}</tr>"
        f'<tr><th scope="row">is {negative}</th>{cells["false_positives"]}'
        f"{cells['true_negatives']}</tr></table>"
    )


def _svg(parts, width, height, alt):
    return (
        f'<svg class="explorer-drawing" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{html.escape(alt)}" style="width:{width}px;max-width:100%;display:block;'
        f'font:15px sans-serif">{"".join(parts)}</svg>'
    )


def _line(x1, y1, x2, y2, more=""):
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="currentColor" {more}/>'


def _text(x, y, words, anchor="start"):
    words = html.escape(words)
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="currentColor">{words}</text>'
    )
