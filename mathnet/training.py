r"""One step of gradient descent that allocates nothing: `Network.fit` spends its time here.

The formulas are those of [`Network.gradients`][mathnet.Network.gradients]. What changes is where the
numbers are put: every matrix has its place in memory before the first step. Four observations save
most of the work around the matrix products.

1. Write B as one more row of W, and a column of ones beside H. Then one product gives $HW + \mathbf 1 B$,
   and one product gives both gradients, because $[H\ \mathbf 1]^{\mathsf T} D$ has the rows of
   $\bar W$ and, below them, $\bar B$.
2. All parameters lie in one flat array and all gradients in another, so that the update of a whole
   network is one addition.
3. Every gradient is linear in the last D. Multiply that small matrix by −learning rate / n, and the
   gradients arrive as steps to be added. An optimiser gets them multiplied by 1/n, and makes its steps of them.
4. The derivative of each activation is a function of its output: h(1 − h) for the sigmoid, 1 − h² for
   tanh. Nothing but H must be kept for the way back.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise

import numpy as np
from numpy import (
    add,
    divide,
    dot,
    exp,
    expm1,
    log,
    logaddexp,
    maximum,
    multiply,
    negative,
    sign,
    subtract,
    tanh,
)

from mathnet.optimisers import Optimiser
from mathnet.shapes import Array

Moves = tuple[Optimiser, Iterator[float]]


def _layers(sizes: tuple[int, ...]) -> Iterator[tuple[int, int, int]]:
    """Yield where each layer begins in the flat array, with its inputs and outputs: W, and below it the row B."""
    start = 0
    for inputs, outputs in pairwise(sizes):
        yield start, inputs, outputs
        start += (inputs + 1) * outputs


def parameter_blocks(parameters: Array, sizes: tuple[int, ...]) -> list[Array]:
    """Return views of a flat array: per layer one block of shape (inputs + 1, outputs), W above B."""
    return [
        parameters[start : start + (inputs + 1) * outputs].reshape(inputs + 1, outputs)
        for start, inputs, outputs in _layers(sizes)
    ]


def weight_parts(sizes: tuple[int, ...]) -> list[slice]:
    """Return where the weights of each layer lie in the flat array; what is between them are biases."""
    return [slice(start, start + inputs * outputs) for start, inputs, outputs in _layers(sizes)]


def mean_losses(
    parameters: Array,
    sizes: tuple[int, ...],
    activation: str,
    loss: str,
    X: Array,
    T: Array,
    batch_size: int,
    how: float | Moves,
    random: np.random.Generator,
) -> Iterator[float]:
    """Train for one epoch after another, and yield each epoch's mean loss: see `Network.fit`.

    `how` is the learning rate of plain steps, or an optimiser with the rates of its steps.
    """
    n = len(X)
    X = np.hstack([X, np.ones((n, 1), X.dtype)])
    gradient = np.zeros_like(parameters)
    move: Callable[[], object]
    if isinstance(how, float):
        factor, move = -how, partial(add, parameters, gradient, parameters)
    else:
        optimiser, rates = how
        factor, update = 1.0, optimiser(parameters, gradient, weight_parts(sizes))
        move = lambda: update(next(rates))  # noqa: E731
    steps = {
        rows: loss_and_gradient(parameters, gradient, sizes, activation, loss, rows, factor)
        for rows in {min(batch_size, n), n % batch_size} - {0}
    }
    while True:
        order, total = random.permutation(n), 0.0
        for start in range(0, n, batch_size):
            batch = order[start : start + batch_size]
            X_batch, T_batch, step = steps[len(batch)]
            X.take(batch, 0, X_batch, "clip")  # any other mode would fill X_batch by way of a copy
            T.take(batch, 0, T_batch, "clip")
            total += step()
            move()
        yield total / n


def loss_and_gradient(
    parameters: Array,
    gradient: Array,
    sizes: tuple[int, ...],
    activation: str,
    loss: str,
    n: int,
    factor: float,
) -> tuple[Array, Array, Callable[[], float]]:
    r"""Set up the forward and the backward pass for batches of n samples.

    Parameters
    ----------
    parameters : (p,) array
        All weights and biases, as `parameter_blocks` cuts them.
    gradient : (p,) array
        To be written: the gradient of the batch's mean loss, times the factor.
    sizes, activation, loss
        As in `Network`.
    n : int
        Samples per batch.
    factor : float
        −η makes steps of the gradient, which need only be added.

    Returns
    -------
    X : (n, h + 1) array
        To be filled with a batch of inputs; its last column holds ones.
    T : (n, y) array
        To be filled with the batch's targets.
    step : callable
        Runs forward and backward on X and T, and writes the gradient; returns the loss, summed over the samples.
    """
    dtype = parameters.dtype
    f, times_f_prime = _elementwise(activation, dtype)
    factor_of_D = np.array(factor / n, dtype)
    W_B, W_B_bar = parameter_blocks(parameters, sizes), parameter_blocks(gradient, sizes)
    L = len(sizes) - 1
    H = [np.ones((n, size + 1), dtype) for size in sizes]  # the column of ones is never written again
    nothing: Array = np.empty((0, 0), dtype)  # the inputs have neither
    Z = [nothing, *(np.empty((n, size), dtype) for size in sizes[1:])]  # Z going forward, D coming back
    scratch = [nothing, *(np.empty((n, size), dtype) for size in sizes[1:])]
    T = np.empty((n, sizes[-1]), dtype)

    outputs = [with_ones[:, :-1] for with_ones in H]
    hidden = [(H[layer - 1], W_B[layer - 1], Z[layer], outputs[layer]) for layer in range(1, L)]
    back = [
        (
            H[layer].T,
            Z[layer + 1],
            W_B_bar[layer],
            W_B[layer][:-1].T,
            Z[layer],
            outputs[layer],
            scratch[layer],
        )
        for layer in reversed(range(1, L))
    ]
    X, X_T, D_1, bar_1 = H[0], H[0].T, Z[1], W_B_bar[0]
    H_last, W_B_last, D, Y, scratch_last = H[L - 1], W_B[L - 1], Z[L], outputs[L], scratch[L]
    D_entries, T_entries = D.reshape(-1), T.reshape(-1)
    row = np.empty((n, 1), dtype)
    row_entries = row.reshape(-1)

    def half_squared_error_and_D() -> float:
        f(D, Y)
        subtract(Y, T, D)
        J = 0.5 * float(dot(D_entries, D_entries))
        times_f_prime(D, Y, scratch_last)
        return J

    def cross_entropy_and_D() -> float:
        maximum.reduce(D, axis=1, keepdims=True, out=row)
        subtract(D, row, D)
        J = -float(dot(D_entries, T_entries))
        exp(D, D)
        add.reduce(D, axis=1, keepdims=True, out=row)
        divide(D, row, D)
        subtract(D, T, D)
        log(row_entries, row_entries)
        return J + float(add.reduce(row_entries))

    loss_and_D = {"half_squared_error": half_squared_error_and_D, "cross_entropy": cross_entropy_and_D}[loss]

    def step() -> float:
        for H_below, block, Z_here, H_here in hidden:
            dot(H_below, block, Z_here)
            f(Z_here, H_here)
        dot(H_last, W_B_last, D)
        J = loss_and_D()
        multiply(D, factor_of_D, D)
        for H_T, D_above, block_bar, W_T, D_here, H_here, scratch_here in back:
            dot(H_T, D_above, block_bar)
            dot(D_above, W_T, D_here)
            times_f_prime(D_here, H_here, scratch_here)
        dot(X_T, D_1, bar_1)
        return J

    return X, T, step


_Activation = Callable[[Array, Array], None]
_TimesDerivative = Callable[[Array, Array, Array], None]


def _elementwise(activation: str, dtype: np.dtype[np.floating]) -> tuple[_Activation, _TimesDerivative]:
    """Return f(Z, H), which writes H = f(Z), and times_f_prime(D, H, scratch), which makes D into D ⊙ f′(Z).

    Z may be overwritten. f′(Z) is computed from H.
    """
    zero, half, one = (np.array(number, dtype) for number in (0.0, 0.5, 1.0))

    def identity(Z: Array, H: Array) -> None:
        np.positive(Z, H)

    def times_identity_prime(D: Array, H: Array, scratch: Array) -> None:
        pass

    def sigmoid(Z: Array, H: Array) -> None:
        # ½ + ½ tanh(z/2) cannot overflow, and tanh is faster than exp and a division
        multiply(Z, half, Z)
        tanh(Z, Z)
        multiply(Z, half, Z)
        add(Z, half, H)

    def times_sigmoid_prime(D: Array, H: Array, scratch: Array) -> None:
        subtract(one, H, scratch)
        multiply(H, scratch, scratch)
        multiply(D, scratch, D)

    def times_tanh_prime(D: Array, H: Array, scratch: Array) -> None:
        multiply(H, H, scratch)
        subtract(one, scratch, scratch)
        multiply(D, scratch, D)

    def relu(Z: Array, H: Array) -> None:
        maximum(Z, zero, out=H)

    def times_relu_prime(D: Array, H: Array, scratch: Array) -> None:
        sign(H, scratch)
        multiply(D, scratch, D)

    def softplus(Z: Array, H: Array) -> None:
        logaddexp(Z, zero, H)

    def times_softplus_prime(D: Array, H: Array, scratch: Array) -> None:  # σ(z) = 1 − e^(−h)
        negative(H, scratch)
        expm1(scratch, scratch)
        negative(scratch, scratch)
        multiply(D, scratch, D)

    known: dict[str, tuple[_Activation, _TimesDerivative]] = {
        "identity": (identity, times_identity_prime),
        "sigmoid": (sigmoid, times_sigmoid_prime),
        "tanh": (tanh, times_tanh_prime),
        "relu": (relu, times_relu_prime),
        "softplus": (softplus, times_softplus_prime),
    }
    return known[activation]
