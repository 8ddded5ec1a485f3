r"""Depth and scale: how large $H$ is on its way through many layers of random weights, and $D$ on its way back.

What is computed is the limit of ever more units, which depends on no random number. There the entries of $Z = HW$ are normal with mean 0.
With `size` for the spread of the weights times the root of the number of inputs, each layer maps mean squares to mean squares:

    forward   Z² = size² · H² of the layer before,   H² = the mean of f(Z z)² over normal numbers z
    backward  D² = the mean of f′(Z z)², times size² · D² of the layer after

The script does the same for what the reader chooses. The tests compare the two with each other, and with networks of random weights.
"""

from collections.abc import Callable, Iterable
from math import log10, sqrt

import numpy as np

from book.hands_on import custom_element, written
from mathnet.elementwise import relu, relu_prime, sigmoid, sigmoid_prime, tanh, tanh_prime
from mathnet.figures import Drawing, figure
from mathnet.shapes import Array

ACTIVATIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "sigmoid": (sigmoid, sigmoid_prime),
    "tanh": (tanh, tanh_prime),
    "relu": (relu, relu_prime),
}
START = ("sigmoid", 1.0, 30)  # activation, size of the weights, layers
LAYERS, POWERS = (2, 50), (-1, 1)  # what can be chosen: the number of layers, the power of ten of the size
SMALLEST, LARGEST = float(np.finfo(np.float32).smallest_normal), float(np.finfo(np.float32).max)

# The mean over normal numbers, as a sum over the middles of equal steps from -8 to 8. None is 0, where relu has its kink.
_STEPS = 40
_NODES = (np.arange(-8 * _STEPS, 8 * _STEPS) + 0.5) / _STEPS
_WEIGHTS = np.exp(-(_NODES**2) / 2) / (sqrt(2 * np.pi) * _STEPS)

_AXES = (4, 12, 24, 48, 96)  # powers of ten at the upper end of the vertical axis
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 348, 30, 216
_WIDTH, _HEIGHT = 360, 252


def sizes(activation: str, size: float, layers: int) -> tuple[list[float], list[float]]:
    """Return the root mean square of H from the input to the last layer, and of D from layer 1 to the last."""
    f, f_prime = ACTIVATIONS[activation]
    squares, slopes = [1.0], []
    for _ in range(layers):
        Z = size * sqrt(squares[-1]) * _NODES
        squares.append(float(_WEIGHTS @ f(Z) ** 2))
        slopes.append(float(_WEIGHTS @ f_prime(Z) ** 2))
    back = [slopes[-1]]
    for slope in slopes[-2::-1]:
        back.append(back[-1] * size**2 * slope)
    return [sqrt(x) for x in squares], [sqrt(x) for x in reversed(back)]


def leaves(on_its_way: Iterable[tuple[int, float]]) -> tuple[int, float] | None:
    """Return the first layer whose number float32 cannot hold in full, and the limit that it passes."""
    for layer, x in on_its_way:
        if not SMALLEST <= x <= LARGEST:
            return layer, SMALLEST if x < SMALLEST else LARGEST
    return None


def ways(H: list[float], D: list[float]) -> dict[str, list[tuple[int, float]]]:
    """Return layers and sizes in the order in which they are computed: H forward, D backward."""
    return {"H": list(enumerate(H)), "D": list(enumerate(D, 1))[::-1]}


def said(H: list[float], D: list[float]) -> str:
    """Return in words where both begin and end, and where they leave float32."""
    last = len(D)
    text = (
        f"H goes from {written(H[0])} at the input to {written(H[-1])} in layer {last}. "
        f"D goes from {written(D[-1])} in layer {last} back to {written(D[0])} in layer 1."
    )
    found = [(name, leaves(way)) for name, way in ways(H, D).items()]
    lost = [
        f" {name} {'falls below float32’s smallest normal number' if left[1] == SMALLEST else 'exceeds float32’s largest number'}, "
        f"{written(left[1])}, in layer {left[0]}."
        for name, left in found
        if left
    ]
    return text + ("".join(lost) or " Both fit into float32 in every layer.")


def depth_and_scale() -> str:
    """Return the figure."""
    activation, size, layers = START
    H, D = sizes(*START)
    static = figure(
        _plot(H, D),
        alt=f"A plot of sizes by layer, on a logarithmic scale, for {layers} layers with {activation} and weights of size {written(size)}. {said(H, D)}",
        caption=f"{layers} layers with {activation}, weights of size {written(size)}: the root mean square of the entries of $H$, on its way forward, and of $D$, "
        "on its way back. With JavaScript you choose layers, size and function.",
    )
    data = {
        "start": {"activation": activation, "size": size, "layers": layers},
        "layers": LAYERS,
        "powers": POWERS,
        "limits": (SMALLEST, LARGEST),
        "steps": _STEPS,
        "axes": _AXES,
        "frame": (_LEFT, _RIGHT, _TOP, _BOTTOM),
    }
    return custom_element("depth-and-scale", static, data)


def _plot(H: list[float], D: list[float]) -> Drawing:
    """Draw both curves, and bands where float32 ends. The layers go from the input, 0, to the right edge."""
    largest = max(abs(log10(x)) for x in H + D)
    end = next(end for end in _AXES if largest <= end)

    def x(layer: int) -> str:
        return f"{_LEFT + (_RIGHT - _LEFT) * layer / len(D):.1f}"

    def y(power: float) -> str:
        return f"{(_TOP + _BOTTOM) / 2 - (_BOTTOM - _TOP) / 2 * power / end:.1f}"

    parts = []
    for name, limit, edge, down in (("below", SMALLEST, -end, -4), ("above", LARGEST, end, 12)):
        inside = max(-end, min(end, log10(limit)))
        hidden = "" if inside != edge else ' visibility="hidden"'
        parts.append(
            f'<path class="band" data-band="{name}" d="M{_LEFT} {y(inside)}H{_RIGHT}V{y(edge)}H{_LEFT}Z"/>'
        )
        parts.append(
            f'<text class="end" data-end="{name}" x="{(_LEFT + _RIGHT) / 2:g}" y="{float(y(edge)) + down:g}"{hidden}>{name} float32</text>'
        )
    for share in (-2, -1, 0, 1, 2):
        power, level = end * share // 2, y(end * share / 2)
        parts.append(f'<path class="level" d="M{_LEFT} {level}H{_RIGHT}"/>')
        parts.append(
            f'<text class="power" x="{_LEFT - 6}" y="{float(level) + 4:.1f}">10<tspan dy="-5">{written(power)}</tspan></text>'
        )
    parts.append(f'<text class="at" x="{_LEFT}" y="{_BOTTOM + 20}">input</text>')
    middle = len(D) // 2
    parts += [
        f'<text class="at" data-layer="{name}" x="{x(layer)}" y="{_BOTTOM + 20}">{layer}</text>'
        for name, layer in (("middle", middle), ("last", len(D)))
    ]
    parts.append(f'<text class="at" x="{(_LEFT + _RIGHT) / 2:g}" y="{_BOTTOM + 34}">layer</text>')
    for name, way in ways(H, D).items():
        points = "L".join(f"{x(layer)} {y(log10(value))}" for layer, value in sorted(way))
        left = leaves(way)
        layer, at, hidden = (left[0], dict(way)[left[0]], "") if left else (0, 1.0, ' visibility="hidden"')
        parts.append(f'<path class="curve" data-curve="{name}" d="M{points}"/>')
        parts.append(
            f'<circle class="lost" data-lost="{name}" r="4.5" cx="{x(layer)}" cy="{y(log10(at))}"{hidden}/>'
        )
    for name, start, words in (("H", _LEFT, "forward →"), ("D", 200, "← back")):
        parts.append(f'<path class="curve" data-key="{name}" d="M{start} 10h26"/>')
        parts.append(
            f'<text class="key" x="{start + 32}" y="15"><tspan class="name">{name}</tspan> {words}</text>'
        )
    return Drawing(f'<g class="depth-plot">{"".join(parts)}</g>', _WIDTH, _HEIGHT)
