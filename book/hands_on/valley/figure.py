r"""A narrow valley: the path of an optimiser over two weights, for a learning rate and a memory that the reader chooses.

The loss is $J = \tfrac12 (p^2 + 25 q^2)$. The path is that of `mathnet.optimisers`; the script makes the same steps, and the tests compare both.
"""

from collections.abc import Callable, Iterator
from math import copysign

import numpy as np

from book.hands_on import custom_element, written
from mathnet.figures import Drawing, figure
from mathnet.optimisers import Optimiser, adam, sgd

CURVATURES, FROM, STEPS = (1.0, 25.0), (10.0, 1.0), 100
OPTIMISERS: dict[str, Callable[[float], Optimiser]] = {
    "plain": lambda memory: sgd(),
    "momentum": lambda memory: sgd(momentum=memory),
    "Nesterov": lambda memory: sgd(momentum=memory, nesterov=memory > 0),
    "Adam": lambda memory: adam(betas=(memory, 0.999)),
}
PRESETS = [  # words, optimiser, learning rate, memory
    ("plain, best: 2/26", "plain", 2 / 26, 0.9),
    ("plain, too long: 0.081", "plain", 0.081, 0.9),
    ("momentum, best: 1/9 and 4/9", "momentum", 1 / 9, 4 / 9),
    ("momentum 0.9", "momentum", 0.02, 0.9),
    ("Nesterov 2/3", "Nesterov", 0.04, 2 / 3),
    ("Adam", "Adam", 0.5, 0.9),
]
START = PRESETS[3]
POWERS, MOST = (-3, 0.3), 0.99  # what can be chosen: the power of ten of the rate, the largest memory

_LEVELS = (0.5, 4, 14, 32, 62.5)
_EDGES = (12.0, 2.4)  # of p and q in the picture
_MIDDLE, _UNITS = (180, 106), (14, 38)  # in pixels: where 0 lies, and how long 1 is
_WIDTH, _HEIGHT = 360, 214


def walk(optimiser: str, rate: float, memory: float) -> list[tuple[float, float]]:
    """Return the points p, q from the start to the last step."""
    w, gradient = np.array(FROM), np.zeros(2)
    update, points = OPTIMISERS[optimiser](memory)(w, gradient, []), [FROM]
    for _ in range(STEPS):
        gradient[:] = CURVATURES * w
        update(rate)
        points.append((float(w[0]), float(w[1])))
    return points


def losses(points: list[tuple[float, float]]) -> list[float]:
    """Return J at each point."""
    a, b = CURVATURES
    return [0.5 * (a * p * p + b * q * q) for p, q in points]


def said(points: list[tuple[float, float]]) -> str:
    """Return in words where J ends, and since when it is small."""
    J = losses(points)
    text = f"J begins at {written(J[0])}. After {STEPS} steps it is {written(J[-1])}"
    if J[-1] > J[0]:
        return f"{text}: the steps are too long."
    if J[-1] > J[0] / 1000:
        return f"{text}, more than a thousandth of that."
    last = max(step for step, its in enumerate(J) if its > J[0] / 1000)
    return f"{text}; from step {last + 1} on it stays below a thousandth."


def inside(points: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Yield the points up to the first that lies outside of the picture; in its place comes the one where the path leaves it."""
    before = points[0]
    for point in points:
        out = [
            (copysign(edge, x) - x_before) / (x - x_before)
            for x_before, x, edge in zip(before, point, _EDGES, strict=True)
            if abs(x) > edge
        ]
        if out:
            share = min(out)
            yield (
                before[0] + share * (point[0] - before[0]),
                before[1] + share * (point[1] - before[1]),
            )
            return
        yield point
        before = point


def narrow_valley() -> str:
    """Return the figure."""
    _, optimiser, rate, memory = START
    points = walk(optimiser, rate, memory)
    static = figure(
        _plot(points),
        alt="A narrow valley: flat ellipses of equal J around 0. A path of dots begins at p = 10, q = 1: "
        f"{optimiser} {written(memory)}, learning rate {written(rate)}. {said(points)}",
        caption=f"{optimiser.capitalize()} {written(memory)}, learning rate {written(rate)}: {STEPS} steps from $p = 10$, $q = 1$, on lines of equal $J$. "
        "With JavaScript you choose the optimiser, its rate and its memory.",
    )
    data = {
        "curvatures": CURVATURES,
        "from": FROM,
        "steps": STEPS,
        "start": START,
        "presets": PRESETS,
        "powers": POWERS,
        "most": MOST,
        "edges": _EDGES,
        "middle": _MIDDLE,
        "units": _UNITS,
    }
    return custom_element("narrow-valley", static, data)


def _plot(points: list[tuple[float, float]]) -> Drawing:
    (x_0, y_0), (right, up) = _MIDDLE, _UNITS
    (a, b), (p_edge, q_edge) = CURVATURES, _EDGES
    parts = [
        '<marker id="valley-step" viewBox="-2 -2 4 4" markerWidth="4" markerHeight="4" markerUnits="userSpaceOnUse"><circle r="2"/></marker>'
    ]
    parts += [
        f'<ellipse class="level" cx="{x_0}" cy="{y_0}" rx="{(2 * J / a) ** 0.5 * right:.1f}" ry="{(2 * J / b) ** 0.5 * up:.1f}"/>'
        for J in _LEVELS
    ]
    parts.append(
        f'<path class="axis" d="M{x_0 - p_edge * right:g} {y_0}H{x_0 + p_edge * right:g}M{x_0} {y_0 - q_edge * up:g}V{y_0 + q_edge * up:g}"/>'
    )
    parts.append(f'<text class="name" x="{x_0 + p_edge * right - 4:g}" y="{y_0 - 6}">p</text>')
    parts.append(f'<text class="name" x="{x_0 + 10}" y="{y_0 - q_edge * up + 8:g}">q</text>')
    for p in (-10, 10):
        parts.append(f'<text x="{x_0 + p * right}" y="{y_0 + 16}">{written(p)}</text>')
    for q in (-2, 2):
        parts.append(f'<text x="{x_0 - 12}" y="{y_0 - q * up + 4}">{written(q)}</text>')
    dots = " ".join(f'marker-{place}="url(#valley-step)"' for place in ("start", "mid", "end"))
    path = "L".join(f"{x_0 + right * p:.1f} {y_0 - up * q:.1f}" for p, q in inside(points))
    parts.append(f'<path class="walk" d="M{path}" {dots}/>')
    return Drawing(f'<g class="valley-plot">{"".join(parts)}</g>', _WIDTH, _HEIGHT)
