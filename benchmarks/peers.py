"""The same training step, written as others would write it.

Each function takes a Problem and returns a callable that makes one step (forward, backward, update)
and returns the mean loss before it, or None where that cannot be had for the price. A library that is
not installed raises ImportError; a version that would repeat another one is None.
"""

import os
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

STEPS_PER_SCAN = 50
LEARNING_RATE = 1e-4  # small, so that a thousand repetitions leave the work of a step as it was


@dataclass
class Problem:
    """A batch, starting parameters, and what to do with them."""

    sizes: tuple[int, ...]
    n: int
    activation: str
    loss: str
    dtype: type

    def __post_init__(self):
        rng = np.random.default_rng(0)
        self.X = rng.random((self.n, self.sizes[0])).astype(self.dtype)
        self.T = np.eye(self.sizes[-1], dtype=self.dtype)[np.arange(self.n) % self.sizes[-1]]
        layers = list(pairwise(self.sizes))
        self.weights = [(rng.standard_normal(s) / np.sqrt(s[0])).astype(self.dtype) for s in layers]
        self.biases = [np.zeros((1, outputs), self.dtype) for _, outputs in layers]

    def copies(self):
        """Return weights and biases that a contender may change."""
        return [W.copy() for W in self.weights], [B.copy() for B in self.biases]

    @property
    def name(self):
        """Sizes and batch, for the table."""
        return f"{'-'.join(map(str, self.sizes))}, {self.n} sample{'s' * (self.n > 1)}"


def matrix_products(problem):
    """The limit: HW and HᵀD per layer, and DWᵀ for all but the first, into memory set aside before."""
    rng, dtype, n = np.random.default_rng(1), problem.dtype, problem.n
    H = [rng.random((n, size)).astype(dtype) for size in problem.sizes]
    D = [rng.random((n, size)).astype(dtype) for size in problem.sizes]
    products = []
    for layer, W in enumerate(problem.weights):
        inputs, outputs = W.shape
        products.append((H[layer], W, np.empty((n, outputs), dtype)))
        products.append((H[layer].T, D[layer + 1], np.empty((inputs, outputs), dtype)))
        if layer:
            products.append((D[layer + 1], W.T, np.empty((n, inputs), dtype)))
    dot = np.dot

    def step():
        for A, B, product in products:
            dot(A, B, product)

    return step


def textbook(problem):
    """NumPy as a tutorial writes it: every operation makes a new array."""
    weights, biases = problem.copies()
    sigmoid = problem.activation == "sigmoid"

    def f(Z):
        return 1 / (1 + np.exp(-Z)) if sigmoid else np.maximum(Z, 0)

    def f_prime(H):
        return H * (1 - H) if sigmoid else H > 0

    def step(X=problem.X, T=problem.T):
        H = [X]
        for W, B in zip(weights[:-1], biases[:-1], strict=True):
            H.append(f(H[-1] @ W + B))
        Z = H[-1] @ weights[-1] + biases[-1]
        if problem.loss == "cross_entropy":
            E = np.exp(Z - Z.max(axis=1, keepdims=True))
            Y = E / E.sum(axis=1, keepdims=True)
            J = -np.sum(T * np.log(Y)) / len(X)
            D = (Y - T) / len(X)
        else:
            Y = f(Z)
            J = 0.5 * np.sum((Y - T) ** 2) / len(X)
            D = (Y - T) * f_prime(Y) / len(X)
        for layer in reversed(range(len(weights))):
            W_bar, B_bar = H[layer].T @ D, D.sum(axis=0, keepdims=True)
            if layer:
                D = (D @ weights[layer].T) * f_prime(H[layer])
            weights[layer] -= LEARNING_RATE * W_bar
            biases[layer] -= LEARNING_RATE * B_bar
        return J

    return step


def one_at_a_time(problem):
    """The same with a Python loop over the samples, each of them updating the network."""
    if problem.n == 1:
        return None  # the textbook version
    weights, biases = problem.copies()
    single = Problem(problem.sizes, 1, problem.activation, problem.loss, problem.dtype)
    single.weights, single.biases = weights, biases
    step_of_one = textbook(single)

    def step():
        for i in range(problem.n):
            step_of_one(problem.X[i : i + 1], problem.T[i : i + 1])

    return step


def pure_python(problem):
    """Lists and loops, without NumPy, of a network with one hidden layer, one sample and one output."""
    if problem.n > 1 or len(problem.sizes) != 3 or problem.sizes[-1] > 1:
        return None  # a thousand times slower where there is more to do
    from math import exp

    (W1, W2), (B1, B2) = problem.copies()
    X, (t,) = problem.X[0].tolist(), problem.T[0].tolist()
    rows, weights = W1.T.tolist(), W2[:, 0].tolist()  # a row of rows belongs to a hidden unit
    biases, last = B1[0].tolist(), B2.item()

    def step():
        nonlocal last
        h = [
            1 / (1 + exp(-b - sum(w * x for w, x in zip(row, X, strict=False))))
            for row, b in zip(rows, biases, strict=False)
        ]
        y = 1 / (1 + exp(-last - sum(w * x for w, x in zip(weights, h, strict=False))))
        d = (y - t) * y * (1 - y) * LEARNING_RATE
        for unit, value in enumerate(h):
            D = d * weights[unit] * value * (1 - value)
            weights[unit] -= d * value
            biases[unit] -= D
            row = rows[unit]
            for entry, x in enumerate(X):
                row[entry] -= D * x
        last -= d
        return 0.5 * (y - t) ** 2

    return step


def autograd(problem):
    """HIPS autograd: reverse mode by tracing NumPy calls."""
    import autograd.numpy as anp
    from autograd import value_and_grad

    weights, biases = problem.copies()
    parameters = weights + biases

    def J(parameters):
        H = problem.X
        L = len(problem.weights)
        for layer, (W, B) in enumerate(zip(parameters[:L], parameters[L:], strict=True)):
            H = anp.dot(H, W) + B
            if layer < L - 1 or problem.loss != "cross_entropy":
                H = 1 / (1 + anp.exp(-H)) if problem.activation == "sigmoid" else anp.maximum(H, 0)
        if problem.loss == "cross_entropy":
            Z = H - anp.max(H, axis=1, keepdims=True)
            return -anp.sum(problem.T * (Z - anp.log(anp.sum(anp.exp(Z), axis=1, keepdims=True)))) / problem.n
        return 0.5 * anp.sum((H - problem.T) ** 2) / problem.n

    derivative = value_and_grad(J)

    def step():
        loss, gradients = derivative(parameters)
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter -= LEARNING_RATE * gradient
        return loss

    return step


def torch(problem):
    """PyTorch, eager mode, its own SGD."""
    import torch

    torch.set_num_threads(1)
    L = len(problem.weights)
    f = torch.nn.Sigmoid if problem.activation == "sigmoid" else torch.nn.ReLU
    modules = []
    for layer, (W, B) in enumerate(zip(problem.weights, problem.biases, strict=True)):
        linear = torch.nn.Linear(*W.shape, dtype=getattr(torch, np.dtype(problem.dtype).name))
        linear.weight.data = torch.tensor(W.T.copy())
        linear.bias.data = torch.tensor(B[0])
        modules.append(linear)
        if layer < L - 1 or problem.loss != "cross_entropy":
            modules.append(f())
    net = torch.nn.Sequential(*modules)
    optimizer = torch.optim.SGD(net.parameters(), LEARNING_RATE)
    X, T = torch.tensor(problem.X), torch.tensor(problem.T)

    def step():
        optimizer.zero_grad()
        Y = net(X)
        if problem.loss == "cross_entropy":
            J = torch.nn.functional.cross_entropy(Y, T)
        else:
            J = 0.5 * ((Y - T) ** 2).sum() / problem.n
        J.backward()
        optimizer.step()
        return J.item()

    return step


def _jax_update(problem):
    """Return JAX's update of the parameters by one step, not yet compiled, the parameters, X and T."""
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_cpu_enable_async_dispatch", False)  # the loss is read after every step
    L = len(problem.weights)
    X, T = jnp.asarray(problem.X), jnp.asarray(problem.T)
    parameters = [jnp.asarray(part) for part in problem.weights + problem.biases]

    def J(parameters, X, T):
        H = X
        for layer, (W, B) in enumerate(zip(parameters[:L], parameters[L:], strict=True)):
            H = H @ W + B
            if layer < L - 1 or problem.loss != "cross_entropy":
                H = jax.nn.sigmoid(H) if problem.activation == "sigmoid" else jax.nn.relu(H)
        if problem.loss == "cross_entropy":
            return -jnp.sum(T * jax.nn.log_softmax(H)) / problem.n
        return 0.5 * jnp.sum((H - T) ** 2) / problem.n

    def update(parameters, X, T):
        loss, gradients = jax.value_and_grad(J)(parameters, X, T)
        return loss, [p - LEARNING_RATE * g for p, g in zip(parameters, gradients, strict=True)]

    return update, parameters, X, T


def jax(problem):
    """JAX, the whole step compiled; one call per step."""
    update, parameters, X, T = _jax_update(problem)
    import jax

    update = jax.jit(update)

    def step():
        nonlocal parameters
        loss, parameters = update(parameters, X, T)
        return float(loss)

    return step


def jax_scan(problem):
    """JAX, many steps compiled into one call: what a program may do that needs no answer after each step."""
    update, parameters, X, T = _jax_update(problem)
    import jax

    @jax.jit
    def steps(parameters, X, T):
        """Every batch is given, as those of an epoch are, so that no product can be saved."""

        def one(parameters, batch):
            loss, parameters = update(parameters, *batch)
            return parameters, loss

        parameters, losses = jax.lax.scan(one, parameters, (X, T))
        return losses[0], parameters

    X, T = (jax.numpy.tile(array, (STEPS_PER_SCAN, 1, 1)) for array in (X, T))

    def step():
        nonlocal parameters
        loss, parameters = steps(parameters, X, T)
        return float(loss)

    return step


def sklearn(problem):
    """scikit-learn's MLP, `partial_fit` on the batch (its regressor has no f in the last layer)."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    settings = {
        "hidden_layer_sizes": problem.sizes[1:-1],
        "activation": "logistic" if problem.activation == "sigmoid" else "relu",
        "solver": "sgd",
        "momentum": 0,
        "alpha": 0,
        "learning_rate_init": LEARNING_RATE,
        "batch_size": problem.n,
    }
    if problem.loss == "cross_entropy":
        labels, classes = problem.T.argmax(axis=1), np.arange(problem.sizes[-1])
        net = MLPClassifier(**settings).partial_fit(problem.X, labels, classes=classes)
        return lambda: net.partial_fit(problem.X, labels) and None
    T = problem.T if problem.sizes[-1] > 1 else problem.T[:, 0]
    net = MLPRegressor(**settings).partial_fit(problem.X, T)
    return lambda: net.partial_fit(problem.X, T) and None
