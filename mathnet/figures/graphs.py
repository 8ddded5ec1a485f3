r"""Pictures with lines: the units and weights of a network, its two passes side by side, the letters of a product."""

import re
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


def letters(formula: str, left: str = "A", right: str = "B") -> Drawing:
    """Draw a product of two factors as a graph: a letter is a node, a factor with two letters an edge, one with one letter hangs on its node.

    Below each node stands what becomes of its letter. A letter that is summed has a dashed circle.

    Parameters
    ----------
    formula : str
        As for `np.einsum`: `ik,kj->ij`. Each factor has one or two letters.
    left, right : str
        The names of the factors.

    Returns
    -------
    drawing : Drawing
        As wide as its letters need.

    Raises
    ------
    ValueError
        If there are not two factors of one or two different letters, or if a kept letter is in neither.

    Examples
    --------
    >>> letters("ij,ij->ij").width < letters("ik,kj->ij").width
    True
    >>> letters("ijk,k->ij")
    Traceback (most recent call last):
        ...
    ValueError: the graph has room for two factors of one or two different letters each, such as ik,kj->ij; got ijk,k->ij
    """
    read = re.fullmatch(r"([a-z]{1,2}),([a-z]{1,2})->([a-z]*)", formula)
    if not read or any(len(set(part)) < len(part) for part in read.groups()):
        raise ValueError(
            f"the graph has room for two factors of one or two different letters each, such as ik,kj->ij; got {formula}"
        )
    first, second, kept = read.groups()
    if unknown := set(kept) - set(first + second):
        raise ValueError(
            f"{formula} keeps {', '.join(sorted(unknown))}, which no factor has; it can keep {', '.join(sorted(set(first + second)))}"
        )
    shared = [letter for letter in first if letter in second]
    order = [
        *(letter for letter in first if letter not in shared),
        *shared,
        *(letter for letter in second if letter not in shared),
    ]
    room, radius, level = 88, 15, 62
    x = {letter: 44 + room * k for k, letter in enumerate(order)}
    both_curved = len(shared) == 2
    parts = []
    for factor, name, side, variable in ((first, left, -1, "H"), (second, right, 1, "W")):
        start, *ends = sorted(x[letter] for letter in factor)
        if not ends:  # it hangs; two at one node are spread
            tip = start + (18 * side if shared else 0)
            line = f"M{start:g} {level}L{tip:g} {level - 36}"
            text = label(name, tip, level - 41)
        elif both_curved:
            line = f"M{start:g} {level}Q{start + room / 2:g} {level + 58 * side} {ends[0]:g} {level}"
            text = label(name, start + room / 2, level - 35 if side < 0 else level + 47)
        else:
            line = f"M{start:g} {level}L{ends[0]:g} {level}"
            text = label(name, start + room / 2, level - 9)
        parts.append(
            f'<g class="matrix var-{variable}"><path class="edge" stroke-width="2" d="{line}"/></g>{text}'
        )
    for letter, at in x.items():
        dashed, fate = ("", "kept") if letter in kept else (' stroke-dasharray="4 3"', "summed")
        parts.append(
            f'<g class="matrix"><circle cx="{at:g}" cy="{level}" r="{radius}"{dashed}/></g>{label(letter, at, level + 5)}'
            f'<text class="shape" x="{at:g}" y="{level + radius + 17}">{fate}</text>'
        )
    return Drawing("".join(parts), 2 * 44 + room * (len(order) - 1), level + 54)


def arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    """Return the SVG of an arrow from one point to another."""
    length = np.hypot(x2 - x1, y2 - y1)
    a, b = (x2 - x1) / length, (y2 - y1) / length
    x, y = x2 - _HEAD * a, y2 - _HEAD * b  # where the head begins
    head = f"M{x2:g} {y2:g}L{x - 4 * b:g} {y + 4 * a:g}L{x + 4 * b:g} {y - 4 * a:g}z"
    return f'<path class="arrow" d="M{x1:g} {y1:g}L{x:g} {y:g}"/><path class="head" d="{head}"/>'
