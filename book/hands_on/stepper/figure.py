r"""The backprop stepper: forward and backward through the network of the seed question, one operation at a time.

A step is a line of Python, run at build, and the same operation for the script, which runs again when a reader changes a
number. The tests compare the two.
"""

import re
from dataclasses import asdict, dataclass

import numpy as np

from book.hands_on import custom_element, written
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
        r"The row $X$ meets column $l$ of $W_1$, and bias $l$ is added.",
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
        "The loss is one number. Here the way back begins.",
    ),
)  # fmt: skip

BACKWARD = (
    Step(
        "D2 = hadamard(E, sigmoid_prime(Z2))", "hadamard", ("E", "sigmoid_prime(Z2)"), ("", "⊙", "="), "Hadamard product",
        r"D_2 = \frac{\partial J}{\partial Z_2} = E \odot f'(Z_2)", r"[D_2]_l = E_l\, f'([Z_2]_l)", "l",
        r"$\partial J/\partial Y$ is $E$ itself: the ½ cancels the 2 of the square. Output $l$ depends on entry $l$ of $Z_2$ alone, so no sum is left.",
    ),
    Step(
        "B2_bar = D2", "identity", ("D2",), ("", "="), "no product: nothing to compute",
        r"\bar B_2 = \frac{\partial J}{\partial B_2} = D_2", r"[\bar B_2]_l = [D_2]_l", "l",
        r"Bias $l$ is added to entry $l$ of $Z_2$, and to no other.",
    ),
    Step(
        "W2_bar = outer(H, D2)", "outer", ("H.T", "D2"), ("", "@", "="), "outer product",
        r"\bar W_2 = \frac{\partial J}{\partial W_2} = H^{\mathsf T} D_2", r"[\bar W_2]_{kl} = H_k\, [D_2]_l", "kl",
        r"Weight $kl$ carries $H_k$ to entry $l$ of $Z_2$. No letter is shared, nothing is summed.",
    ),
    Step(
        "H_bar = matmul(D2, W2.T)", "matmul", ("D2", "W2.T"), ("", "@", "="), "matrix product",
        r"\bar H = \frac{\partial J}{\partial H} = D_2 W_2^{\mathsf T}", r"\bar H_k = \sum_l [D_2]_l\, [W_2]_{kl}", "k",
        r"A hidden value goes into every output, so the sum over the outputs $l$ stays.",
    ),
    Step(
        "D1 = hadamard(H_bar, sigmoid_prime(Z1))", "hadamard", ("H_bar", "sigmoid_prime(Z1)"), ("", "⊙", "="),
        "Hadamard product",
        r"D_1 = \frac{\partial J}{\partial Z_1} = \bar H \odot f'(Z_1)", r"[D_1]_l = \bar H_l\, f'([Z_1]_l)", "l",
        r"Through $f$ again: $H_l$ depends on entry $l$ of $Z_1$ alone.",
    ),
    Step(
        "B1_bar = D1", "identity", ("D1",), ("", "="), "no product: nothing to compute",
        r"\bar B_1 = \frac{\partial J}{\partial B_1} = D_1", r"[\bar B_1]_l = [D_1]_l", "l",
        "The first layer’s biases, as in the second.",
    ),
    Step(
        "W1_bar = outer(X, D1)", "outer", ("X.T", "D1"), ("", "@", "="), "outer product",
        r"\bar W_1 = \frac{\partial J}{\partial W_1} = X^{\mathsf T} D_1", r"[\bar W_1]_{kl} = X_k\, [D_1]_l", "kl",
        r"The first layer’s weights, as in the second, with $X$ in the place of $H$.",
    ),
)  # fmt: skip

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
    "D2": ("D_2", "D_2", "Z_bar"), "B2_bar": ("B_bar_2", r"\bar B_2", "B_bar"), "W2_bar": ("W_bar_2", r"\bar W_2", "W_bar"),
    "H_bar": ("H_bar", r"\bar H", "H_bar"), "D1": ("D_1", "D_1", "Z_bar"), "B1_bar": ("B_bar_1", r"\bar B_1", "B_bar"),
    "W1_bar": ("W_bar_1", r"\bar W_1", "W_bar"),
    "X.T": ("X^T", r"X^{\mathsf T}", "X"), "H.T": ("H^T", r"H^{\mathsf T}", "H"), "W2.T": ("W_2^T", r"W_2^{\mathsf T}", "W"),
    "sigmoid_prime(Z1)": ("f′(Z₁)", "f'(Z_1)", "Z"), "sigmoid_prime(Z2)": ("f′(Z₂)", "f'(Z_2)", "Z"),
}  # fmt: skip

START = {
    "X": [[1, 2]],
    "W1": [[1, 0, -1], [0, 1, 1]],
    "B1": [[-1, np.log(3) - 2, -np.log(3) - 1]],
    "W2": [[2, 2], [-8, 4], [4, -4]],
    "B2": [[4, np.log(3) - 3]],
    "T": [[1, 0]],
}


def run(inputs: dict[str, list[list[float]]]) -> dict[str, Array]:
    """Run the code of all steps on X, W1, B1, W2, B2 and T; return every value by its name."""
    namespace = {"affine": affine, "sigmoid": sigmoid, "sigmoid_prime": sigmoid_prime}
    namespace |= {"dot": dot, "hadamard": hadamard, "matmul": matmul, "outer": outer}
    values = {name: np.array(M, float) for name, M in inputs.items()}
    for step in FORWARD + BACKWARD:
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
                "pass": "forward" if step in FORWARD else "backward",
                "formula": to_mathml(step.formula),
                "entry": to_mathml(step.entry),
                "words": re.sub(r"\$([^$]+)\$", lambda formula: to_mathml(formula[1]), step.words),
            }
            for step in FORWARD + BACKWARD
        ],
    }
    static = figure(
        *(
            stack(title, *(_draw(step, values) for step in steps))
            for title, steps in (("forward", FORWARD), ("backward", BACKWARD))
        ),
        alt="All steps with their numbers. Forward: "
        + "; ".join(_say(step, values) for step in FORWARD)
        + ". Backward: "
        + "; ".join(_say(step, values) for step in BACKWARD)
        + ".",
        caption="Forward and backward, one operation after the other. With JavaScript the numbers can be changed.",
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
