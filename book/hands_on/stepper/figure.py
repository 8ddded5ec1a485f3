r"""The backprop stepper: forward and backward through the network of the question, one operation at a time, and an update.

A step is a line of Python, run at build, and the same operation for the script, which runs again when a reader changes a
number or updates the weights. The tests compare the two.
"""

import re
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np

from book.hands_on import custom_element, written
from book.hands_on.ripple.figure import START as NETWORK
from mathnet.dense import affine
from mathnet.elementwise import sigmoid, sigmoid_prime
from mathnet.figures import Drawing, figure, matrix, row, stack
from mathnet.mathml import to_mathml
from mathnet.products import dot, hadamard, matmul, outer
from mathnet.shapes import Array


@dataclass(frozen=True)
class Step:
    """One operation; `operation` is its name in `products.js`, `signs` stand before operands and result."""

    code: str
    operation: str
    operands: tuple[str, ...]
    signs: tuple[str, ...]
    product: str
    formula: str
    entry: str
    indices: str
    words: str

    @property
    def result(self) -> str:
        """The name on the left of the code."""
        return self.code.partition(" = ")[0]


FORWARD = (
    Step(
        "Z1 = affine(X, W1, B1)", "affine", ("X", "W1", "B1"), ("", "@", "+", "="), "matrix product, then a sum",
        r"Z_1 = XW_1 + B_1", r"[Z_1]_l = \sum_k X_k\, [W_1]_{kl} + [B_1]_l", "l",
        r"The row $X$ times column $l$ of $W_1$, plus bias $l$.",
    ),
    Step(
        "H = sigmoid(Z1)", "sigmoid", ("Z1",), ("", "σ →"), "no product: f, entry by entry",
        "H = f(Z_1)", "H_l = f([Z_1]_l)", "l",
        r"Each hidden value comes from one entry of $Z_1$.",
    ),
    Step(
        "Z2 = affine(H, W2, B2)", "affine", ("H", "W2", "B2"), ("", "@", "+", "="), "matrix product, then a sum",
        r"Z_2 = HW_2 + B_2", r"[Z_2]_l = \sum_k H_k\, [W_2]_{kl} + [B_2]_l", "l",
        "What came out of the first layer goes into the second.",
    ),
    Step(
        "Y = sigmoid(Z2)", "sigmoid", ("Z2",), ("", "σ →"), "no product: f, entry by entry",
        "Y = f(Z_2)", "Y_l = f([Z_2]_l)", "l",
        "The output of the network.",
    ),
    Step(
        "E = Y - T", "subtract", ("Y", "T"), ("", "−", "="), "no product: a difference",
        "E = Y - Y^*", "E_l = Y_l - Y^*_l", "l",
        "The error: how far the output is from its target.",
    ),
    Step(
        "J = 0.5 * dot(E, E)", "half_dot", ("E", "E"), ("½", "·", "="), "dot product",
        r"J = \tfrac12 E E^{\mathsf T}", r"J = \tfrac12 \sum_l E_l E_l", "",
        "The loss is one number. Here the backward pass begins.",
    ),
)  # fmt: skip

BACKWARD = (
    Step(
        "D2 = hadamard(E, sigmoid_prime(Z2))", "hadamard", ("E", "sigmoid_prime(Z2)"), ("", "⊙", "="), "Hadamard product",
        r"D_2 = \frac{\partial J}{\partial Z_2} = E \odot f'(Z_2)", r"[D_2]_l = E_l\, f'([Z_2]_l)", "l",
        r"$\partial J/\partial Y$ is $E$ itself: the ½ cancels the 2 of the square. Output $l$ depends on entry $l$ of $Z_2$ alone, so no sum is left.",
    ),
    Step(
        "dB2 = D2", "identity", ("D2",), ("", "="), "no product: nothing to compute",
        r"\frac{\partial J}{\partial B_2} = D_2", r"\left[\frac{\partial J}{\partial B_2}\right]_l = [D_2]_l", "l",
        r"Bias $l$ is added to entry $l$ of $Z_2$, and to no other.",
    ),
    Step(
        "dW2 = outer(H, D2)", "outer", ("H.T", "D2"), ("", "@", "="), "outer product",
        r"\frac{\partial J}{\partial W_2} = H^{\mathsf T} D_2", r"\left[\frac{\partial J}{\partial W_2}\right]_{kl} = H_k\, [D_2]_l", "kl",
        r"Weight $kl$ carries $H_k$ to entry $l$ of $Z_2$: one way, so nothing is summed.",
    ),
    Step(
        "dH = matmul(D2, W2.T)", "matmul", ("D2", "W2.T"), ("", "@", "="), "matrix product",
        r"\frac{\partial J}{\partial H} = D_2 W_2^{\mathsf T}", r"\frac{\partial J}{\partial H_k} = \sum_l [D_2]_l\, [W_2]_{kl}", "k",
        r"A hidden value has a way through every output: multiply along each way, add up the ways.",
    ),
    Step(
        "D1 = hadamard(dH, sigmoid_prime(Z1))", "hadamard", ("dH", "sigmoid_prime(Z1)"), ("", "⊙", "="),
        "Hadamard product",
        r"D_1 = \frac{\partial J}{\partial Z_1} = \frac{\partial J}{\partial H} \odot f'(Z_1)", r"[D_1]_l = \frac{\partial J}{\partial H_l}\, f'([Z_1]_l)", "l",
        r"Through $f$ again: $H_l$ depends on entry $l$ of $Z_1$ alone.",
    ),
    Step(
        "dB1 = D1", "identity", ("D1",), ("", "="), "no product: nothing to compute",
        r"\frac{\partial J}{\partial B_1} = D_1", r"\left[\frac{\partial J}{\partial B_1}\right]_l = [D_1]_l", "l",
        "The first layer’s biases, as in the second.",
    ),
    Step(
        "dW1 = outer(X, D1)", "outer", ("X.T", "D1"), ("", "@", "="), "outer product",
        r"\frac{\partial J}{\partial W_1} = X^{\mathsf T} D_1", r"\left[\frac{\partial J}{\partial W_1}\right]_{kl} = X_k\, [D_1]_l", "kl",
        r"The first layer’s weights, as in the second, with $X$ in the place of $H$.",
    ),
)  # fmt: skip

_AGAINST = "a small step against the gradient"

UPDATE = (
    Step(
        "W2_new = W2 - rate * dW2", "update", ("W2", "rate", "dW2"), ("", "−", "·", "="), _AGAINST,
        r"W_2^{\text{new}} = W_2 - \eta\, \frac{\partial J}{\partial W_2}",
        r"[W_2^{\text{new}}]_{kl} = [W_2]_{kl} - \eta \left[\frac{\partial J}{\partial W_2}\right]_{kl}", "kl",
        r"The gradient says which way $J$ grows. A step the other way makes it fall, if the learning rate $\eta$ is small enough.",
    ),
    Step(
        "B2_new = B2 - rate * dB2", "update", ("B2", "rate", "dB2"), ("", "−", "·", "="), _AGAINST,
        r"B_2^{\text{new}} = B_2 - \eta\, \frac{\partial J}{\partial B_2}",
        r"[B_2^{\text{new}}]_l = [B_2]_l - \eta \left[\frac{\partial J}{\partial B_2}\right]_l", "l",
        "All gradients were computed before anything is changed.",
    ),
    Step(
        "W1_new = W1 - rate * dW1", "update", ("W1", "rate", "dW1"), ("", "−", "·", "="), _AGAINST,
        r"W_1^{\text{new}} = W_1 - \eta\, \frac{\partial J}{\partial W_1}",
        r"[W_1^{\text{new}}]_{kl} = [W_1]_{kl} - \eta \left[\frac{\partial J}{\partial W_1}\right]_{kl}", "kl",
        "A gradient has the shape of its parameter, so that the two can be subtracted entry by entry.",
    ),
    Step(
        "B1_new = B1 - rate * dB1", "update", ("B1", "rate", "dB1"), ("", "−", "·", "="), _AGAINST,
        r"B_1^{\text{new}} = B_1 - \eta\, \frac{\partial J}{\partial B_1}",
        r"[B_1^{\text{new}}]_l = [B_1]_l - \eta \left[\frac{\partial J}{\partial B_1}\right]_l", "l",
        "“Next” goes forward again, with the new weights and biases. See what becomes of $J$.",
    ),
)  # fmt: skip

PASSES = {"forward": FORWARD, "backward": BACKWARD, "update": UPDATE}
STEPS = FORWARD + BACKWARD + UPDATE

# Operands that no step makes: the operation that makes each, and what it is made of.
DERIVED = {
    "X.T": ("transpose", "X"),
    "H.T": ("transpose", "H"),
    "W2.T": ("transpose", "W2"),
    "sigmoid_prime(Z1)": ("sigmoid_prime", "Z1"),
    "sigmoid_prime(Z2)": ("sigmoid_prime", "Z2"),
}

# Each name in the code: its name in a figure, in LaTeX, and the variable whose colour it has.
SYMBOLS = {
    "X": ("X", "X", "X"), "W1": ("W_1", "W_1", "W"), "B1": ("B_1", "B_1", "B"), "Z1": ("Z_1", "Z_1", "Z"),
    "H": ("H", "H", "H"), "W2": ("W_2", "W_2", "W"), "B2": ("B_2", "B_2", "B"), "Z2": ("Z_2", "Z_2", "Z"),
    "Y": ("Y", "Y", "Y"), "T": ("Y^*", "Y^*", "T"), "E": ("E", "E", "Y_bar"), "J": ("J", "J", "other"),
    "D2": ("D_2", "D_2", "Z_bar"), "dB2": ("∂J/∂B_2", r"\partial J/\partial B_2", "B_bar"), "dW2": ("∂J/∂W_2", r"\partial J/\partial W_2", "W_bar"),
    "dH": ("∂J/∂H", r"\partial J/\partial H", "H_bar"), "D1": ("D_1", "D_1", "Z_bar"), "dB1": ("∂J/∂B_1", r"\partial J/\partial B_1", "B_bar"),
    "dW1": ("∂J/∂W_1", r"\partial J/\partial W_1", "W_bar"),
    "X.T": ("X^T", r"X^{\mathsf T}", "X"), "H.T": ("H^T", r"H^{\mathsf T}", "H"), "W2.T": ("W_2^T", r"W_2^{\mathsf T}", "W"),
    "rate": ("η", r"\eta", "other"),
    "W2_new": ("W_2", r"W_2^{\text{new}}", "W"), "B2_new": ("B_2", r"B_2^{\text{new}}", "B"),
    "W1_new": ("W_1", r"W_1^{\text{new}}", "W"), "B1_new": ("B_1", r"B_1^{\text{new}}", "B"),
    "sigmoid_prime(Z1)": ("f′(Z₁)", "f'(Z_1)", "Z"), "sigmoid_prime(Z2)": ("f′(Z₂)", "f'(Z_2)", "Z"),
}  # fmt: skip

START = NETWORK | {"rate": [[0.25]]}

# Where a name is seen in the graph: in the units of a layer, or on the edges between two.
_PLACES = {
    "X": "X X.T", "H": "H H.T Z1 B1 dH D1 dB1 B1_new sigmoid_prime(Z1)", "Y": "Y Z2 B2 T E D2 dB2 B2_new sigmoid_prime(Z2)",
    "J": "J", "XH": "W1 dW1 W1_new", "HY": "W2 dW2 W2_new", "YH": "W2.T",
}  # fmt: skip
_LAYERS = {"X": 2, "H": 3, "Y": 2, "J": 1}


def run(inputs: dict[str, list[list[float]]]) -> dict[str, Array]:
    """Run the code of all steps on X, W1, B1, W2, B2, T and the rate; return every value by its name."""
    namespace = {"affine": affine, "sigmoid": sigmoid, "sigmoid_prime": sigmoid_prime}
    namespace |= {"dot": dot, "hadamard": hadamard, "matmul": matmul, "outer": outer}
    values = {name: np.array(M, float) for name, M in inputs.items()}
    for step in STEPS:
        exec(step.code, namespace, values)
    values |= {name: eval(name, namespace, values) for name in DERIVED}
    return {name: np.atleast_2d(value) for name, value in values.items()}


def backprop_stepper() -> str:
    """Return the figure that goes forward and backward through the network step by step."""
    values = run(START)
    data = {
        "inputs": START,
        "derived": DERIVED,
        "symbols": {
            name: {
                "math": to_mathml(latex),
                "words": name,
                "variable": colour.removesuffix("_bar"),
                "cotangent": colour.endswith("_bar"),
            }
            for name, (_, latex, colour) in SYMBOLS.items()
        },
        "steps": [
            asdict(step)
            | {
                "result": step.result,
                "pass": name,
                "formula": to_mathml(step.formula),
                "entry": to_mathml(step.entry),
                "words": re.sub(r"\$([^$]+)\$", lambda formula: to_mathml(formula[1]), step.words),
            }
            for name, steps in PASSES.items()
            for step in steps
        ],
        "graph": _graph(),
        "places": {name: place for place, names in _PLACES.items() for name in names.split()},
        "layers": _LAYERS,
    }
    static = figure(
        *(stack(title, *(_draw(step, values) for step in steps)) for title, steps in PASSES.items()),
        alt="All steps with their numbers. "
        + " ".join(
            f"{title.capitalize()}: {'; '.join(_say(step, values) for step in steps)}."
            for title, steps in PASSES.items()
        ),
        caption="Forward, backward, and an update of the parameters, one operation after the other. With JavaScript the numbers can be changed.",
    )
    return custom_element("backprop-stepper", static, data)


def _draw(step: Step, values: dict[str, Array]) -> Drawing:
    pieces: list[Drawing | str] = []
    for sign, name in zip(step.signs, (*step.operands, step.result), strict=True):
        title, _, colour = SYMBOLS[name]
        pieces += [sign] if sign else []
        pieces.append(matrix(title, np.vectorize(written)(values[name]), colour=colour))
    if sum(piece.width for piece in pieces if isinstance(piece, Drawing)) > 290:  # too wide for a phone
        return stack(row(*pieces[:-2]), row(*pieces[-2:]))
    return row(*pieces)


def _say(step: Step, values: dict[str, Array]) -> str:
    return f"{step.code} is {', '.join(map(written, np.ravel(values[step.result]).tolist()))}"


def _graph() -> str:
    """Return the SVG of the network: units `X-0`, edges `X-0 H-2`; the script writes the values and lights what meets."""

    def centre(layer: str, unit: int) -> tuple[float, float]:
        return 26 + 82 * list(_LAYERS).index(layer), 102 + 60 * (unit - (_LAYERS[layer] - 1) / 2)

    parts = []
    for before, after in pairwise(_LAYERS):
        for i, j in np.ndindex(_LAYERS[before], _LAYERS[after]):
            (x1, y1), (x2, y2) = centre(before, i), centre(after, j)
            parts.append(f'<path data-place="{before}{after}-{i}-{j}" d="M{x1} {y1:g}L{x2} {y2:g}"/>')
    for layer, size in _LAYERS.items():
        parts.append(f'<text class="name" x="{centre(layer, 0)[0]}" y="15">{layer}</text>')
        for unit in range(size):
            x, y = centre(layer, unit)
            parts.append(
                f'<g class="matrix var-{layer if layer != "J" else "other"}" data-place="{layer}-{unit}">'
                f'<circle cx="{x}" cy="{y:g}" r="21"/><text x="{x}" y="{y + 5:g}"></text></g>'
            )
    return f'<svg viewBox="0 0 298 190" aria-hidden="true">{"".join(parts)}</svg>'
