r"""The ripple: a 2-3-2 network in which a reader nudges one number and watches the change run through to the loss.

Where several paths lead from the number to the loss, each path brings a share, and the shares add up: the chain rule with
several variables. The drawing is made here; the script moves its numbers and lights its edges. The tests compare the two.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np

from book.hands_on import custom_element
from mathnet.dense import affine
from mathnet.elementwise import sigmoid, sigmoid_prime
from mathnet.figures import Drawing, figure
from mathnet.losses import half_squared_error
from mathnet.mathml import to_mathml
from mathnet.shapes import Array

# The network of the book's chapters.
START = {
    "X": [[1, 2]],
    "W1": [[1, 0, -1], [0, 1, 1]],
    "B1": [[-1, np.log(3) - 2, -np.log(3) - 1]],
    "W2": [[2, 2], [-8, 4], [4, -4]],
    "B2": [[4, np.log(3) - 3]],
    "T": [[1, 0]],
}

_SIZES = {"X": 2, "H": 3, "Y": 2, "J": 1}  # the layers, from left to right
_COLUMNS = {"X": 30, "H": 126, "Y": 222, "J": 314}
_ROW, _RADIUS, _WIDTH, _HEIGHT = 84, 21, 344, 264


@dataclass(frozen=True)
class Path:
    """One way from a number to the loss: the units it goes through, and the slope of every step."""

    units: tuple[str, ...]
    slopes: tuple[float, ...]

    @property
    def share(self) -> float:
        """What the path contributes to the derivative: the product of its slopes."""
        return prod(self.slopes)


def starts() -> list[str]:
    """Return the names of all numbers that can be nudged, as `X-1`, `W1-1-3` and `B2-2`; they count from 1."""
    shapes = {name: np.shape(START[name]) for name in ("X", "W1", "B1")} | {"H": (1, _SIZES["H"])}
    shapes |= {name: np.shape(START[name]) for name in ("W2", "B2")}
    return [
        f"{name}-{j + 1}" if shape[0] == 1 else f"{name}-{i + 1}-{j + 1}"
        for name, shape in shapes.items()
        for i, j in np.ndindex(shape)
    ]


def _place(start: str) -> tuple[str, tuple[int, int]]:
    """Return the matrix that a start names, and row and column of the entry in it."""
    name, *counts = start.split("-")
    *row, column = (int(count) - 1 for count in counts)
    return name, (row[0] if row else 0, column)


def forward(inputs: dict[str, list], start: str, nudge: float = 0.0) -> dict[str, Array]:
    """Return all values of the network, from X to J, after the number called `start` has been moved by `nudge`."""
    values = {name: np.array(entries, float) for name, entries in inputs.items()}
    name, place = _place(start)
    if name in values:
        values[name][place] += nudge
    values["Z1"] = affine(values["X"], values["W1"], values["B1"])
    values["H"] = sigmoid(values["Z1"])
    if name == "H":
        values["H"][place] += nudge
    values["Z2"] = affine(values["H"], values["W2"], values["B2"])
    values["Y"] = sigmoid(values["Z2"])
    return values | {"J": np.array([[half_squared_error(values["Y"], values["T"])]])}


def paths(inputs: dict[str, list], start: str) -> list[Path]:
    """Return every path from a number to the loss."""
    values = forward(inputs, start)
    X, W1, H, W2 = (values[name] for name in ("X", "W1", "H", "W2"))
    slope1, slope2 = sigmoid_prime(values["Z1"])[0], sigmoid_prime(values["Z2"])[0]
    error = (values["Y"] - values["T"])[0]
    name, (i, j) = _place(start)
    match name:
        case "X":
            first = [("H", k, W1[j, k] * slope1[k]) for k in range(_SIZES["H"])]
        case "W1":
            first = [("H", j, X[0, i] * slope1[j])]
        case "B1":
            first = [("H", j, slope1[j])]
        case "H":
            first = [("Y", k, W2[j, k] * slope2[k]) for k in range(_SIZES["Y"])]
        case "W2":
            first = [("Y", j, H[0, i] * slope2[j])]
        case _:
            first = [("Y", j, slope2[j])]

    def onwards(layer: str, unit: int) -> Iterator[Path]:
        """Yield the paths from a unit to the loss."""
        if layer == "Y":
            yield Path((f"Y-{unit + 1}", "J-1"), (error[unit],))
        else:
            for k in range(_SIZES["Y"]):
                for rest in onwards("Y", k):
                    yield Path((f"H-{unit + 1}", *rest.units), (W2[unit, k] * slope2[k], *rest.slopes))

    before = (start,) if name in _SIZES else ()
    return [
        Path((*before, *rest.units), (slope, *rest.slopes))
        for layer, unit, slope in first
        for rest in onwards(layer, unit)
    ]


def ripple(start: str = "H-1") -> str:
    """Return the figure; `start` is the number that is chosen at first."""
    drawn = _network(start)
    shares = paths(START, start)
    total = sum(path.share for path in shares)
    static = figure(
        drawn,
        alt=f"A network with two inputs X, three hidden units H and two outputs Y, joined to the loss J. From {_said(start)} "
        f"{'one way leads' if len(shares) == 1 else f'{len(shares)} ways lead'} to J: "
        + "; ".join(
            f"through {' and '.join(_said(unit) for unit in path.units[:-1] if unit != start)}, which contributes {path.share:g}"
            for path in shares
        )
        + f". Together {total:g}.",
        caption="A change runs along every edge that leads to the loss. Each way brings its share, and the shares add up. "
        "With JavaScript you choose the number that is nudged.",
    )
    symbols = {
        name: {
            "math": to_mathml(rf"\frac{{\partial J}}{{\partial {name[0]}{'_' * (len(name) > 1)}{name[1:]}}}"),
            "words": f"derivatives of J with respect to {name}",
            "variable": name[0],
            "cotangent": True,
        }
        for name in ("X", "W1", "B1", "H", "W2", "B2")
    }
    data = {
        "inputs": START,
        "starts": {name: _said(name) for name in starts()},
        "start": start,
        "symbols": symbols,
    }
    return custom_element("network-ripple", static, data)


def _said(name: str) -> str:
    """Return a name in words for a sentence: `H₁`, `W₂, from H₁ to Y₂`."""
    letter, *counts = name.split("-")
    match letter:
        case "W1" | "W2":
            before, after = ("X", "H") if letter == "W1" else ("H", "Y")
            return f"{_sub(letter)}, from {before}{_low(counts[0])} to {after}{_low(counts[1])}"
        case "B1" | "B2":
            return f"{_sub(letter)}, into {'H' if letter == 'B1' else 'Y'}{_low(counts[0])}"
    return letter if letter == "J" else f"{letter}{_low(counts[0])}"


def _low(digits: str) -> str:
    return digits.translate(str.maketrans("123", "₁₂₃"))


def _sub(letter: str) -> str:
    return letter[0] + _low(letter[1:])


def _centre(unit: str) -> tuple[float, float]:
    layer, count = unit.split("-")
    return _COLUMNS[layer], 136 + _ROW * (int(count) - 1 - (_SIZES[layer] - 1) / 2)


def _network(start: str) -> Drawing:
    """Draw the units with their values; the edges on a path from the start are marked."""
    values = forward(START, start)
    lit = {pair for path in paths(START, start) for pair in zip(path.units, path.units[1:], strict=False)}
    parts = []
    for before, after in (("X", "H"), ("H", "Y"), ("Y", "J")):
        for i in range(_SIZES[before]):
            for j in range(_SIZES[after]):
                ends = f"{before}-{i + 1}", f"{after}-{j + 1}"
                (x1, y1), (x2, y2) = map(_centre, ends)
                weight = {"X": "W1", "H": "W2"}.get(before)
                name = f' data-number="{weight}-{i + 1}-{j + 1}"' if weight else ""
                line = f'd="M{x1:g} {y1:g}L{x2:g} {y2:g}"'
                parts.append(
                    f'<path class="edge{" lit" if ends in lit else ""}" data-edge="{" ".join(ends)}"{name} {line}/>'
                )
                parts.append(
                    f'<path class="target" data-edge="{" ".join(ends)}"{name} {line}/>' if weight else ""
                )
    for layer, size in _SIZES.items():
        x = _COLUMNS[layer]
        parts.append(f'<text class="name" x="{x}" y="16">{layer}</text>')
        for count in range(1, size + 1):
            unit = f"{layer}-{count}"
            y = _centre(unit)[1]
            name = f' data-number="{unit}"' if layer in "XH" else ""
            chosen = " chosen" if unit == start else ""
            colour = f"var-{layer}" if layer != "J" else ""
            parts.append(
                f'<g class="matrix unit {colour}{chosen}" data-unit="{unit}"{name}><circle cx="{x}" cy="{y:g}" r="{_RADIUS}"/>'
                f'<text class="value" x="{x}" y="{y + 5:g}">{values[layer][0, count - 1]:.3g}</text>'
                f'<text class="change" x="{x}" y="{y + _RADIUS + 16:g}"></text></g>'
            )
    return Drawing("".join(parts), _WIDTH, _HEIGHT)
