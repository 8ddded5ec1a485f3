r"""Draw a digit: the network that the page trains, made small enough to be sent along.

Each parameter is rounded to one byte. [`reading`][book.hands_on.digit.figure.reading] is what the script has to show for a picture; the
tests compare the two.
"""

import base64
import functools

import numpy as np
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from book.hands_on import custom_element
from mathnet.dense import affine
from mathnet.elementwise import sigmoid, sigmoid_prime
from mathnet.figures import COLOURS
from mathnet.figures.plots import SIGNS, SMALL, WORDS, plot_svg, signed
from mathnet.losses import half_squared_error
from mathnet.mathml import to_mathml
from mathnet.network import Network
from mathnet.products import hadamard, matmul
from mathnet.shapes import Array

_BASE_17 = "0123456789abcdefg"
SYMBOLS = {
    "X": ("X", "the pixels"),
    "X_bar": (r"\partial J / \partial X", "their gradient"),
    "Y": ("Y", "the outputs"),
    "H": ("H", "hidden values"),
    "W1": ("W_1", "column {}"),
}


@functools.cache
def digits_network() -> tuple[Network, Array, Array]:
    """Train the page's network; return it with the inputs and targets of the test part."""
    digits = load_digits()
    X, T = digits.data / 16, np.eye(10)[digits.target]
    X_train, X_test, T_train, T_test = train_test_split(
        X, T, test_size=0.2, stratify=digits.target, random_state=0
    )
    net = Network([64, 30, 10])
    net.fit(X_train, T_train, epochs=30, batch_size=10, learning_rate=5)
    return net, X_test, T_test


def in_bytes(net: Network) -> tuple[dict[str, dict[str, object]], Network]:
    """Round each parameter of a network to one of 255 steps between the largest and minus the largest of its matrix.

    Returns
    -------
    parameters : dict
        `W1`, `B1`, `W2`, ...: shape, size of a step, and the steps as bytes in base64.
    rounded : Network
        The network with these parameters.
    """
    rounded = Network(net.sizes, net.activation, net.loss_name)
    parameters: dict[str, dict[str, object]] = {}
    for letter, before, after in (("W", net.weights, rounded.weights), ("B", net.biases, rounded.biases)):
        for layer, M in enumerate(before):
            step = float(np.max(np.abs(M))) / 127
            steps = np.round(M / step).astype(np.int8)
            after[layer] = steps * step
            parameters[f"{letter}{layer + 1}"] = {
                "shape": M.shape,
                "step": step,
                "bytes": base64.b64encode(steps.tobytes()).decode(),
            }
    return parameters, rounded


def reading(net: Network, X: Array, T: Array) -> dict[str, Array]:
    """Return what a network of two layers makes of one picture: H, Y, J and the gradient X_bar for the target T."""
    (W1, W2), (B1, B2) = net.weights, net.biases
    Z1 = affine(X, W1, B1)
    H = sigmoid(Z1)
    Z2 = affine(H, W2, B2)
    Y = sigmoid(Z2)
    D2 = hadamard(Y - T, sigmoid_prime(Z2))
    D1 = hadamard(matmul(D2, W2.T), sigmoid_prime(Z1))
    return {"H": H, "Y": Y, "J": np.asarray(half_squared_error(Y, T)), "X_bar": matmul(D1, W1.T)}


def against(X: Array, X_bar: Array) -> Array:
    """Return pictures after a step against their gradients, of which the largest entry moves its pixel by a tenth."""
    largest = np.max(np.abs(X_bar), axis=1, keepdims=True)
    return np.clip(X - 0.1 * X_bar / np.where(largest, largest, 1), 0, 1)


def draw_a_digit() -> str:
    """Return the figure in which a reader draws a digit and sees what the network makes of it."""
    net, X_test, T_test = digits_network()
    parameters, rounded = in_bytes(net)
    first = [int(np.argmax(T_test[:, digit])) for digit in range(10)]  # of each digit in the test part
    images = load_digits().images
    data = {
        "parameters": parameters,
        "symbols": {
            name: {"math": to_mathml(latex), "words": words} for name, (latex, words) in SYMBOLS.items()
        },
        "examples": ["".join(_BASE_17[round(16 * x)] for x in X_test[i]) for i in first],
        "ink": float(images.mean() / 16),
        "colours": SIGNS,
    }
    example = 3
    X, T = X_test[[first[example]]], T_test[[first[example]]]
    seen = reading(rounded, X, T)
    return custom_element("draw-a-digit", _static(X, seen, example), data)


def _static(X: Array, seen: dict[str, Array], digit: int) -> str:
    plot = Figure(figsize=(4.2, 3.8), layout="constrained")
    (picture, outputs), (gradient, hidden) = plot.subplots(2, 2)
    X_bar = seen["X_bar"].reshape(8, 8)
    limit = np.max(np.abs(X_bar))
    picture.imshow(X.reshape(8, 8), cmap="gray_r", vmin=0, vmax=1, interpolation="none", gid="paper")
    outputs.barh(range(10), seen["Y"][0], color=COLOURS["Y"])
    outputs.set(yticks=range(10), xlim=(0, 1), xticks=[0, 0.5, 1])
    outputs.tick_params(labelsize=SMALL, length=0)
    outputs.invert_yaxis()
    gradient.imshow(signed(X_bar, limit), interpolation="none")
    for (i, j), slope in np.ndenumerate(X_bar):
        if abs(slope) >= limit / 8:
            sign = "+" if slope > 0 else "−"
            gradient.text(j, i, sign, ha="center", va="center", fontsize=SMALL)
    hidden.imshow(seen["H"].reshape(6, 5), cmap="gray_r", vmin=0, vmax=1, interpolation="none", gid="paper")
    titles = (
        "the pixels, 1 × 64",
        "the outputs, 1 × 10",
        "the gradient, 1 × 64",
        "the hidden values, 1 × 30",
    )
    for axes, title in zip((picture, outputs, gradient, hidden), titles, strict=True):
        axes.set_title(title, fontsize=WORDS)
        axes.spines[:].set(linewidth=0.5, alpha=0.5)
        if axes is not outputs:
            axes.set(xticks=[], yticks=[])
    said = ", ".join(f"{k}: {y:.2f}" for k, y in enumerate(seen["Y"][0]))
    return plot_svg(
        plot,
        alt=f"A handwritten {digit} of the test part. The ten outputs are {said}. Below, the gradient with respect to the pixels, "
        "as red squares with a plus and blue squares with a minus, and the 30 hidden values as grey squares.",
        caption=f"A {digit} of the test part: its pixels $X$, the outputs $Y$, the gradient $\\partial J/\\partial X$ for the target {digit}, "
        "red with a plus and blue with a minus, and the hidden values $H$, darker for larger. Drawing your own needs JavaScript.",
    )
