r"""Pictures with arrows: the units and weights of a network, its two passes side by side, questions and answers."""

from collections.abc import Sequence

import numpy as np

from mathnet.network import Network
from mathnet.shapes import Array

from .drawing import COLOURS, Drawing, label, matrix, number

_UNIT = 17  # radius
_ROOM = 80  # from one unit to the next
_HEAD = 7  # length of an arrow's head


def network_graph(net: Network, X: Array, *, width: float = 316) -> Drawing:
    """Draw the units of a network with their values for one sample, and its weights as edges.

    An edge is as thick as its weight is large, and dashed where the weight is negative; its number lies on it, where it is
    far from the others. Below each unit is its bias. Every layer and every bundle of edges has its shape.

    Parameters
    ----------
    net : Network
        Of one or more layers of a few units.
    X : (1, x) array
        One sample.
    width : float
        Of the drawing.

    Returns
    -------
    drawing : Drawing
        Of this width, and as high as its largest layer needs.

    Raises
    ------
    ValueError
        If X is not one sample of the network.

    Examples
    --------
    >>> from mathnet import Network
    >>> network_graph(Network([2, 3, 1]), [[1.0, 2.0]]).width
    316
    """
    if np.shape(X) != (1, net.sizes[0]):
        raise ValueError(
            f"the graph shows one sample of the network, X of shape (1, {net.sizes[0]}); got X {np.shape(X)}"
        )
    values = net.layer_values(X)
    names = [
        "X",
        *(["H"] if len(net.weights) == 2 else [f"H_{k + 1}" for k in range(len(net.weights) - 1)]),
        "Y",
    ]
    height = _ROOM * max(net.sizes)
    middle = 44 + height / 2
    x = np.linspace(_UNIT + 8, width - _UNIT - 8, len(names))
    places = [
        [(x[layer], middle + _ROOM * (unit - (size - 1) / 2)) for unit in range(size)]
        for layer, size in enumerate(net.sizes)
    ]
    largest = max(np.abs(W).max() for W in net.weights) or 1
    edges, numbers, below = [], [], []
    taken: list[tuple[float, float]] = [place for column in places for place in column]
    for layer, W in enumerate(net.weights):
        for (i, j), w in np.ndenumerate(W):
            (x1, y1), (x2, y2) = places[layer][i], places[layer + 1][j]
            dashed = " negative" if w < 0 else ""
            thickness = 0.8 + 4.2 * abs(w) / largest
            edges.append(
                f'<path class="edge{dashed}" stroke-width="{thickness:.2f}" d="M{x1:g} {y1:g}L{x2:g} {y2:g}"/>'
            )
            a, b = _free([(x1 + t * (x2 - x1), y1 + t * (y2 - y1)) for t in np.linspace(0.3, 0.7, 17)], taken)
            taken.append((a, b))
            numbers.append(f'<text class="weight" x="{a:.1f}" y="{b + 4:.1f}">{number(w)}</text>')
        mark = f"_{layer + 1}" if len(net.weights) > 1 else ""
        centre = (x[layer] + x[layer + 1]) / 2
        for line, (letter, shape) in enumerate((("W", W.shape), ("B", net.biases[layer].shape))):
            y = 62 + height + 22 * line
            text = f"{letter}{mark}: {shape[0]} × {shape[1]}"
            below.append(
                f'<g class="matrix var-{letter}"><rect x="{centre - 48:g}" y="{y - 12}" width="12" height="12"/></g>{label(text, centre + 8, y)}'
            )
    units = []
    biases = [None, *net.biases]
    for name, its_places, its_values, its_biases in zip(names, places, values, biases, strict=True):
        centre = its_places[0][0]
        units.append(label(name, centre, 14))
        units.append(f'<text class="shape" x="{centre:g}" y="32">1 × {len(its_places)}</text>')
        circles = "".join(
            f'<circle cx="{a:g}" cy="{b:g}" r="{_UNIT}"/><text class="cell" x="{a:g}" y="{b + 5:g}">{number(value)}</text>'
            for (a, b), value in zip(its_places, its_values[0], strict=True)
        )
        units.append(f'<g class="matrix unit var-{name[0]}">{circles}</g>')
        if its_biases is not None:
            texts = (
                f'<text class="weight" x="{a:g}" y="{b + _UNIT + 15:g}">{number(bias)}</text>'
                for (a, b), bias in zip(its_places, its_biases[0], strict=True)
            )
            units.append(f'<g class="matrix var-B bias">{"".join(texts)}</g>')
    svg = f'<g class="matrix var-W">{"".join(edges)}{"".join(numbers)}</g>{"".join(units)}{"".join(below)}'
    return Drawing(svg, width, 96 + height)


def _free(candidates: list[tuple[float, float]], taken: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the candidate that is farthest from all that is taken."""
    return max(candidates, key=lambda place: min(np.hypot(place[0] - x, place[1] - y) for x, y in taken))


def two_passes(
    levels: Sequence[tuple[str, Array, str, Array]], steps: Sequence[tuple[str, ...]], *, width: float = 316
) -> Drawing:
    """Draw the values on their way down and the cotangents on their way up, each beside its variable.

    Parameters
    ----------
    levels : sequence of (name, values, name of the cotangent, its values)
        From the input at the top to the output.
    steps : sequence of (forward, backward) or (forward, backward, gradient)
        What is done between one level and the next, written at the two arrows. The gradient of the step's weights is written
        between them: it is made of the value above on the left and the cotangent below on the right.
    width : float
        Of the drawing.

    Returns
    -------
    drawing : Drawing
        Of this width, and as high as its levels need.

    Raises
    ------
    ValueError
        If a cotangent does not have the shape of its variable, or if there is not one step between every two levels.

    Examples
    --------
    >>> levels = [("X", [[1, 2]], "X_bar", [[6, 8]]), ("Y", [[3, 4]], "Y_bar", [[3, 4]])]
    >>> two_passes(levels, [("+ 2", "· 2")]).width
    316
    """
    if len(steps) != len(levels) - 1:
        raise ValueError(
            f"between {len(levels)} levels there are {len(levels) - 1} steps, each forward and backward; got {len(steps)}"
        )
    left, right = width / 4, 3 * width / 4
    y, parts = 0.0, []
    for k, (name, values, cotangent, theirs) in enumerate(levels):
        colour = f"{name[0]}_bar" if name[0] in COLOURS else "other"
        if np.shape(values) != np.shape(theirs):
            raise ValueError(f"{cotangent} has shape {np.shape(theirs)}, but {name} has {np.shape(values)}")
        for drawing, centre in (
            (matrix(name, values), left),
            (matrix(cotangent, theirs, colour=colour), right),
        ):
            parts.append(drawing.at(centre - drawing.width / 2, y))
        y += drawing.height
        if k < len(steps):
            forward, backward, *gradient = steps[k]
            parts += [arrow(left - 54, y, left - 54, y + 34), label(forward, left + 4, y + 22)]
            parts += [arrow(right - 46, y + 34, right - 46, y), label(backward, right + 12, y + 22)]
            for name in gradient:
                frame = f'<rect class="frame" x="{width / 2 - 36:g}" y="{y + 1:g}" width="72" height="32" rx="4"/>'
                parts.append(f'<g class="matrix cotangent var-W">{frame}</g>{label(name, width / 2, y + 22)}')
            y += 38
    return Drawing("".join(parts), width, y)


def decisions(
    questions: Sequence[tuple[str, str, str, str, str]], last: tuple[str, str], *, width: float = 316
) -> Drawing:
    """Draw questions one below the other, each with one answer that ends at the right and one that goes on below.

    Parameters
    ----------
    questions : sequence of (question, answer, name, formula, other answer)
        The answer leads to what the name and the formula say, the other answer to the next question. A question may
        have two lines.
    last : (name, formula)
        Where the other answer to the last question leads.
    width : float
        Of the drawing.

    Returns
    -------
    drawing : Drawing
        Of this width, with one level for each question.

    Examples
    --------
    >>> decisions([("Shared?", "no", "outer", "a_i b_j", "yes")], ("matrix", "A_ik B_kj")).height
    146
    """
    box, end, step = 158, 104, 92
    parts = []
    for k, (question, answer, name, formula, other) in enumerate(questions):
        y, lines = step * k, question.split("\n")
        parts.append(
            f'<g class="matrix"><rect class="frame" x="1" y="{y + 1}" width="{box}" height="50" rx="6"/></g>'
        )
        for line, text in enumerate(lines):
            at = y + 31 + 19 * (line - (len(lines) - 1) / 2)
            parts.append(f'<text class="words" x="{1 + box / 2:g}" y="{at:g}">{text}</text>')
        parts += [
            arrow(box + 2, y + 26, width - end - 3, y + 26),
            _ending(name, formula, width - end, y, end),
        ]
        parts.append(f'<text class="answer" x="{(box + width - end) / 2:g}" y="{y + 20}">{answer}</text>')
        parts.append(arrow(box / 2, y + 52, box / 2, y + step - 1))
        parts.append(f'<text class="answer" x="{box / 2 + 28:g}" y="{y + 77}">{other}</text>')
    parts.append(_ending(*last, box / 2 - end / 2, step * len(questions), end))
    return Drawing("".join(parts), width, step * len(questions) + 54)


def _ending(name: str, formula: str, x: float, y: float, width: float) -> str:
    middle = x + width / 2
    return (
        f'<g class="matrix"><rect class="cell" x="{x:g}" y="{y + 1}" width="{width - 1:g}" height="50"/></g>'
        f'<text class="words chosen" x="{middle:g}" y="{y + 21}">{name}</text>{label(formula, middle, y + 42)}'
    )


def arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    """Return the SVG of an arrow from one point to another."""
    length = np.hypot(x2 - x1, y2 - y1)
    a, b = (x2 - x1) / length, (y2 - y1) / length
    x, y = x2 - _HEAD * a, y2 - _HEAD * b  # where the head begins
    head = f"M{x2:g} {y2:g}L{x - 4 * b:g} {y + 4 * a:g}L{x + 4 * b:g} {y - 4 * a:g}z"
    return f'<path class="arrow" d="M{x1:g} {y1:g}L{x:g} {y:g}"/><path class="head" d="{head}"/>'
