r"""The gates: a computational graph that a reader goes through gate by gate, backward from J or forward from one input.

The example is one neuron with a squared error and a penalty on its weight, so that the weight is used twice. The drawing is made
here with all its derivatives; the script shows them one gate at a time, for the reader's own inputs. The tests compare the two.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from book.hands_on import custom_element, written
from mathnet.figures import Drawing, figure

INPUTS = {"w": 2.0, "x": 3.0, "b": -5.0, "t": 3.0}


@dataclass(frozen=True)
class Operation:
    """What a gate computes, and the slope of its result by each of its inputs."""

    sign: str
    value: Callable[..., float]
    slopes: Callable[..., tuple[float, ...]]


OPERATIONS = {
    "multiply": Operation("×", lambda a, b: a * b, lambda a, b: (b, a)),
    "add": Operation("+", lambda a, b: a + b, lambda a, b: (1.0, 1.0)),
    "subtract": Operation("−", lambda a, b: a - b, lambda a, b: (1.0, -1.0)),
    "square": Operation("( )²", lambda a: a * a, lambda a: (2 * a,)),
    "relu": Operation("max", lambda a: max(0.0, a), lambda a: (float(a > 0),)),
}


@dataclass(frozen=True)
class Gate:
    """A step of the computation. `formula` and `slopes` are how it and its slopes are written, one slope for each input."""

    name: str
    operation: str
    inputs: tuple[str, ...]
    formula: str
    slopes: tuple[str, ...]


GATES = (
    Gate("u", "multiply", ("w", "x"), "w · x", ("x", "w")),
    Gate("z", "add", ("u", "b"), "u + b", ("1", "1")),
    Gate("h", "relu", ("z",), "max(0, z)", ("1 if z > 0, else 0",)),
    Gate("e", "subtract", ("h", "t"), "h − t", ("1", "−1")),
    Gate("s", "square", ("e",), "e²", ("2e",)),
    Gate("p", "square", ("w",), "w²", ("2w",)),
    Gate("J", "add", ("s", "p"), "s + p", ("1", "1")),
)

# where each circle is, and where its value is written: below it, above it or on its right
_PLACES = {
    "w": (22, 158, "below"),
    "x": (22, 40, "below"),
    "u": (88, 98, "below"),
    "b": (138, 24, "right"),
    "z": (138, 98, "below"),
    "h": (188, 98, "below"),
    "t": (238, 24, "right"),
    "e": (238, 98, "below"),
    "s": (287, 98, "below"),
    "p": (287, 198, "below"),
    "J": (334, 98, "above"),
}
_RADIUS, _WIDTH, _HEIGHT = 16, 356, 264

Numbers = dict[str, float]
Edges = dict[tuple[str, str], float]


def forward(inputs: Mapping[str, float]) -> Numbers:
    """Return the value of every input and gate."""
    values = dict(inputs)
    for gate in GATES:
        values[gate.name] = OPERATIONS[gate.operation].value(*(values[name] for name in gate.inputs))
    return values


def slopes(values: Numbers) -> Edges:
    """Return the slope on every edge, from an input of a gate to the gate."""
    return {
        (name, gate.name): slope
        for gate in GATES
        for name, slope in zip(
            gate.inputs,
            OPERATIONS[gate.operation].slopes(*(values[name] for name in gate.inputs)),
            strict=True,
        )
    }


def cotangents(values: Numbers) -> tuple[Numbers, Edges]:
    """Return the derivative of J by every value, and the share of it that goes back along every edge."""
    bars, shares = dict.fromkeys(values, 0.0), {}
    bars["J"] = 1.0
    for (name, gate), slope in reversed(slopes(values).items()):
        shares[name, gate] = bars[gate] * slope
        bars[name] += shares[name, gate]
    return bars, shares


def tangents(values: Numbers, start: str) -> tuple[Numbers, Edges]:
    """Return how fast every value moves with one input, and the share of it that comes along every edge."""
    dots, shares = dict.fromkeys(values, 0.0), {}
    dots[start] = 1.0
    for (name, gate), slope in slopes(values).items():
        shares[name, gate] = slope * dots[name]
        dots[gate] += shares[name, gate]
    return dots, shares


def gate_graph() -> str:
    """Return the figure."""
    values = forward(INPUTS)
    bars, _ = cotangents(values)
    said = "; ".join(
        f"{gate.name} = {gate.formula} = {written(values[gate.name])}, derivative {written(bars[gate.name])}"
        for gate in GATES
    )
    derivatives = ", ".join(f"{written(bars[name])} by {name}" for name in INPUTS)
    static = figure(
        _graph(values),
        alt=f"A graph of seven gates. From the inputs {', '.join(f'{name} = {written(x)}' for name, x in INPUTS.items())} it computes {said}. "
        f"The derivatives of J by the inputs are {derivatives}. w is used twice, and its two shares, −12 and 4, are added.",
        caption="Black: the values, from left to right. Coloured: the derivative of $J$ by each of them, from right to left. Two shares arrive at $w$ "
        "and are added. With JavaScript you go through it gate by gate.",
    )
    return custom_element("gate-graph", static, {"inputs": INPUTS, "gates": [asdict(gate) for gate in GATES]})


def _graph(values: Numbers) -> Drawing:
    """Draw the gates, each with its name, value and derivative; the shares of w are written on their edges."""
    bars, shares = cotangents(values)
    lines, labels, nodes = [], [], []
    for name, gate in slopes(values):
        (x1, y1, _), (x2, y2, _) = _PLACES[name], _PLACES[gate]
        lines.append(f'<path class="edge" data-edge="{name} {gate}" d="M{x1} {y1}L{x2} {y2}"/>')
        lift = -24 if y1 == y2 else 5  # level edges are short: their shares are written above the circles
        labels.append(
            f'<text class="share{" seen" if name == "w" else ""}" data-edge="{name} {gate}" '
            f'x="{(x1 + x2) / 2:g}" y="{(y1 + y2) / 2 + lift:g}">{written(shares[name, gate])}</text>'
        )
    signs = {gate.name: OPERATIONS[gate.operation].sign for gate in GATES}
    for name, (x, y, side) in _PLACES.items():
        names = [] if name in INPUTS else [("name", name)]
        words = [*names, ("value", written(values[name])), ("flow", written(bars[name]))]
        first = {"below": y + 31, "above": y - 8 - 15 * len(words), "right": y - 2}[side]
        at = x + 21 if side == "right" else x
        texts = (
            f'<text class="{kind} {side}" x="{at}" y="{first + 15 * line}">{text}</text>'
            for line, (kind, text) in enumerate(words)
        )
        nodes.append(
            f'<g class="node{"" if name in signs else " input"}" data-node="{name}">'
            f'<rect class="target" x="{x - 24}" y="{y - 24}" width="48" height="48"/><circle cx="{x}" cy="{y}" r="{_RADIUS}"/>'
            f'<text class="sign{" long" if len(signs.get(name, name)) > 1 else ""}" x="{x}" y="{y + 5}">{signs.get(name, name)}</text>'
            f"{''.join(texts)}</g>"
        )
    return Drawing(f'<g class="gates">{"".join(lines + labels + nodes)}</g>', _WIDTH, _HEIGHT)
