r"""A network: one layer after another, and how it learns.

Layer $r$ takes the outputs below it, $H_{r-1}$ with $H_0 = X$, one sample per row:

```definition network-layer
where  H_{r-1} \in \mathbb{R}^{n \times h},  W_r \in \mathbb{R}^{h \times y},  B_r \in \mathbb{R}^{1 \times y}
       Z_r, H_r \in \mathbb{R}^{n \times y}
       \mathbf 1 \in \mathbb{R}^{n \times 1} \text{ ones},  f \text{ elementwise}
Z_r &= H_{r-1} W_r + \mathbf 1 B_r \\
H_r &= f(Z_r)
```

The last of $R$ layers gives the output $Y = H_R$. The gradients come back in the opposite order. $D_r$ is the gradient of $J$
with respect to $Z_r$, that is $\bar Z_r$. A Hadamard product makes the first one:

```derivation network-last-layer
where  Z_R, Y^* \in \mathbb{R}^{n \times y}
       f \text{ elementwise}
       Y = f(Z_R)
       J = \tfrac{1}{2n} \sum_{ij} (Y_{ij} - Y^*_{ij})^2
\frac{\partial J}{\partial Z_R} = \tfrac1n\, (Y - Y^*) \odot f'(Z_R)
```

A matrix product uses it, and the two together pass it to the layer below:

```derivation network-layer-backward
where  Z_{r-1}, H_{r-1} \in \mathbb{R}^{n \times h},  W_r \in \mathbb{R}^{h \times y},  B_r \in \mathbb{R}^{1 \times y}
       Z_r \in \mathbb{R}^{n \times y}
       \mathbf 1 \in \mathbb{R}^{n \times 1} \text{ ones},  f \text{ elementwise}
       H_{r-1} = f(Z_{r-1})
       Z_r = H_{r-1} W_r + \mathbf 1 B_r
\bar W_r = H_{r-1}^{\mathsf T} \bar Z_r

\bar B_r = \mathbf 1^{\mathsf T} \bar Z_r

\bar Z_{r-1} = (\bar Z_r W_r^{\mathsf T}) \odot f'(Z_{r-1})
```

With one layer this is the layer of the [question][backpropagation-is-four-products]; with two, it is the whole network.
"""

import io
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from itertools import pairwise
from math import isfinite
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from mathnet import elementwise
from mathnet.arguments import finite_numbers, one_of, positive_number, whole_number
from mathnet.dense import affine
from mathnet.losses import check_rows_sum_to_one, cross_entropy, half_squared_error
from mathnet.optimisers import Optimiser, Schedule, check_optimiser, rate_of_step, schedule_of, sgd
from mathnet.products import hadamard, matmul
from mathnet.reductions import softmax
from mathnet.shapes import Array, ShapeError, check_shapes
from mathnet.training import Moves, mean_losses, parameter_blocks

ACTIVATIONS = {  # name: f, f′
    "identity": (elementwise.identity, elementwise.identity_prime),
    "sigmoid": (elementwise.sigmoid, elementwise.sigmoid_prime),
    "tanh": (elementwise.tanh, elementwise.tanh_prime),
    "relu": (elementwise.relu, elementwise.relu_prime),
    "softplus": (elementwise.softplus, elementwise.softplus_prime),
}
LOSSES = {"half_squared_error": half_squared_error, "cross_entropy": cross_entropy}
FORMAT = 1  # of a saved network; what `load` cannot read any more, or not yet, has another number


class Network:
    r"""A network of dense layers: $Y = f(\cdots f(X W_1 + \mathbf 1 B_1) \cdots W_R + \mathbf 1 B_R)$.

    Parameters
    ----------
    sizes : sequence of int
        Inputs, units of each hidden layer, outputs: `[64, 30, 10]`.
    activation : str
        f of every layer: `"identity"`, `"sigmoid"`, `"tanh"`, `"relu"` or `"softplus"`.
    loss : str
        `"half_squared_error"`, the J of the question, or `"cross_entropy"`. With cross-entropy the last layer
        has no f: its outputs are logits, and softmax belongs to the loss.
    seed : int
        Fixes the starting weights and the order in which `fit` takes the samples.
    dtype : dtype
        Of all parameters and results; inputs are converted. `float64` or `float32` for training;
        `complex128` and `object` (exact numbers) for checking gradients.

    Attributes
    ----------
    weights : Parameters of (inputs, outputs) arrays
        $W_1, \dots, W_R$. Each may be replaced by an array of the same shape, which is
        [converted, checked and copied][mathnet.network.Parameters].
    biases : Parameters of (1, outputs) arrays
        $B_1, \dots, B_R$, likewise.
    history : list of float
        The mean loss of every epoch of training so far, of all calls of `fit`.

    Raises
    ------
    ValueError
        For fewer than two sizes, a size that is not a whole number above 0, an unknown activation or
        loss, a data-type that cannot hold fractions, or cross-entropy with a single output.

    Notes
    -----
    Weights start as normal random numbers with variance 1 / inputs (2 / inputs for relu, which lets
    through half of them), so that the spread of Z does not grow with the number of inputs. Biases start at 0.

    A copy, by `copy.copy` as by `copy.deepcopy`, or by way of a pickle, is a network of its own, and goes on as this
    one would: with the same parameters, the same random numbers to come and the same history.

    References
    ----------
    Mathematics Stack Exchange 3250718 for one layer; Rumelhart, Hinton and Williams (1986) for the
    recursion; Nielsen (2015), chapters 1 to 3, for training by batches; LeCun et al. (1998) and
    He et al. (2015) for the scale of the first weights.

    Examples
    --------
    >>> net = Network([2, 3, 1])
    >>> [W.shape for W in net.weights], [B.shape for B in net.biases]
    ([(2, 3), (3, 1)], [(1, 3), (1, 1)])
    """

    def __init__(
        self,
        sizes: Iterable[int],
        activation: str = "sigmoid",
        loss: str = "half_squared_error",
        seed: int = 0,
        dtype: DTypeLike = np.float64,
    ) -> None:
        self.sizes = tuple(whole_number("every size", size) for size in sizes)
        if len(self.sizes) < 2:
            raise ValueError(
                f"sizes needs at least inputs and outputs, such as [64, 10]; got {list(self.sizes)}"
            )
        self.activation = one_of("activation", activation, ACTIVATIONS)
        self.loss_name = one_of("loss", loss, LOSSES)
        if loss == "cross_entropy" and self.sizes[-1] == 1:
            raise ValueError("cross_entropy needs at least 2 outputs: softmax of a single logit is always 1")
        self.seed, self.dtype = whole_number("seed", seed, smallest=0), np.dtype(dtype)
        if self.dtype.kind not in "fcO":
            raise ValueError(f"dtype must be float32, float64, complex128 or object; got {self.dtype}")

        self._random = np.random.default_rng(self.seed)
        gain = 2 if activation == "relu" else 1
        weights, biases = [], []
        for inputs, outputs in pairwise(self.sizes):
            W = self._random.standard_normal((inputs, outputs)) * np.sqrt(gain / inputs)
            weights.append(W.astype(self.dtype))
            biases.append(np.zeros((1, outputs), self.dtype))
        self._weights = Parameters("weights", "W", weights)
        self._biases = Parameters("biases", "B", biases)
        self.history: list[float] = []

    @property
    def weights(self) -> "Parameters":
        r"""$W_1, \dots, W_R$."""
        return self._weights

    @weights.setter
    def weights(self, arrays: Iterable[ArrayLike]) -> None:
        self._weights = Parameters("weights", "W", self._weights._checked(arrays))

    @property
    def biases(self) -> "Parameters":
        r"""$B_1, \dots, B_R$."""
        return self._biases

    @biases.setter
    def biases(self, arrays: Iterable[ArrayLike]) -> None:
        self._biases = Parameters("biases", "B", self._biases._checked(arrays))

    def __copy__(self) -> "Network":
        return deepcopy(self)

    def __repr__(self) -> str:
        return (
            f"Network({list(self.sizes)}, activation={self.activation!r}, loss={self.loss_name!r}, "
            f"seed={self.seed}, dtype={self.dtype})"
        )

    def forward(self, X: Array) -> Array:
        r"""$H_r = f(H_{r-1} W_r + \mathbf 1 B_r)$, from $H_0 = X$ to the outputs $Y = H_R$.

        Parameters
        ----------
        X : (n, h) array
            Inputs, one sample per row.

        Returns
        -------
        Y : (n, y) array
            Outputs; with cross-entropy the logits.

        Raises
        ------
        ShapeError
            If X is not a matrix with one column per input.
        ValueError
            If X has no rows, or an entry that is not a finite number.

        Examples
        --------
        >>> net = Network([2, 1])
        >>> net.weights[0], net.biases[0] = [[2.0], [3.0]], [[-3.0]]
        >>> net.forward([[0, 1], [1, 1]]).round(3)
        array([[0.5  ],
               [0.881]])
        """
        return self._forward(self._inputs("forward", X))[1][-1]

    def layer_values(self, X: Array) -> list[Array]:
        r"""$H_0 = X, H_1, \dots, H_R = Y$: the inputs, and the outputs of every layer.

        Parameters
        ----------
        X : (n, h) array
            Inputs.

        Returns
        -------
        H : list of (n, units) arrays
            One more than there are layers; the last is what `forward` returns.

        Raises
        ------
        ShapeError, ValueError
            As `forward`.

        Examples
        --------
        >>> [H.shape for H in Network([2, 3, 1]).layer_values([[0, 1], [1, 1]])]
        [(2, 2), (2, 3), (2, 1)]
        """
        return self._forward(self._inputs("layer_values", X))[1]

    def loss(self, X: Array, T: Array) -> float:
        r"""$J = \frac1n \sum_{\text{samples}} \text{loss}$: the mean over the samples.

        1/n enters here, and from here into `gradients`. With one sample it is the J of the question.

        Parameters
        ----------
        X : (n, h) array
            Inputs.
        T : (n, y) array
            Targets ($Y^*$ in the formulas), one row per sample, one-hot for classes.

        Returns
        -------
        J : scalar
            Mean loss.

        Raises
        ------
        ShapeError
            If X or T has the wrong width, or they differ in length.
        ValueError
            If there are no rows, an entry is not finite, or (cross-entropy) a row of T does not sum to 1.
        """
        X, T = self._inputs_and_targets("loss", X, T)
        return LOSSES[self.loss_name](self._forward(X)[1][-1], T) / len(X)

    def gradients(self, X: Array, T: Array) -> list[tuple[Array, Array]]:
        r"""$\bar W_r = H_{r-1}^{\mathsf T} D_r$ and $\bar B_r = \mathbf 1^{\mathsf T} D_r$ for every layer.

        The gradient of [`loss`][mathnet.network.Network.loss]. With cross-entropy $D_R = \tfrac1n (\operatorname{softmax}(Z_R) - Y^*)$.

        Derivation
        ----------
        How D comes down one layer: below, $\bar Z$ is $D_{r-1}$ and $\bar V$ is $D_r$.

        ```derivation network-gradients
        where  Z \in \mathbb{R}^{n \times h},  W \in \mathbb{R}^{h \times y},  B \in \mathbb{R}^{1 \times y}
               \mathbf 1 \in \mathbb{R}^{n \times 1} \text{ ones}
               f \text{ elementwise}
               V = f(Z) W + \mathbf 1 B
        \bar Z_{ij}
          &= \sum_{pq} \bar V_{pq}\, \frac{\partial V_{pq}}{\partial Z_{ij}}  && \text{chain rule over all entries of } V \\
          &= \sum_{pq} \bar V_{pq}\, \delta_{pi}\, [f'(Z)]_{ij}\, W_{jq}  && Z_{ij} \text{ reaches row } i \text{ of } V \text{, through } f \text{ and } W_{jq} \\
          &= [f'(Z)]_{ij} \sum_q \bar V_{iq}\, W_{jq}  && \delta_{pi} \text{ keeps } p = i \\
          &= [\bar V W^{\mathsf T}]_{ij}\, [f'(Z)]_{ij}  && \text{matrix product} \\
          &= \left[(\bar V W^{\mathsf T}) \odot f'(Z)\right]_{ij}  && \text{Hadamard product}
        ```

        Parameters
        ----------
        X : (n, h) array
            Inputs.
        T : (n, y) array
            Targets, as for `loss`.

        Returns
        -------
        pairs : list of (W_bar, B_bar)
            One pair per layer, first layer first, shaped like its W and B.

        Raises
        ------
        ShapeError, ValueError
            As `loss`.

        Examples
        --------
        One layer and one sample: $\bar W$ is the outer product of the input and D.

        >>> net = Network([2, 1], activation="identity")
        >>> net.weights[0] = [[0.5], [0.25]]
        >>> [(W_bar, B_bar)] = net.gradients([[1, 2]], [[0]])
        >>> W_bar, B_bar
        (array([[1.],
               [2.]]), array([[1.]]))
        """
        X, T = self._inputs_and_targets("gradients", X, T)
        f_prime = ACTIVATIONS[self.activation][1]
        Z, H = self._forward(X)
        with_softmax = self.loss_name == "cross_entropy"
        D = softmax(Z[-1]) - T if with_softmax else hadamard(H[-1] - T, f_prime(Z[-1]))
        D = D / len(X)
        pairs = []
        for layer, (W, _) in reversed(list(enumerate(self._layers()))):  # Z[layer] = H[layer] W + B
            pairs.append((matmul(H[layer].T, D), D.sum(axis=0, keepdims=True)))
            if layer > 0:
                D = hadamard(matmul(D, W.T), f_prime(Z[layer - 1]))
        return pairs[::-1]

    def fit(
        self,
        X: Array,
        T: Array,
        epochs: int,
        batch_size: int,
        learning_rate: float | Schedule,
        progress: bool | Callable[[int, float], object] | None = None,
        optimiser: Optimiser | None = None,
    ) -> list[float]:
        r"""$W_r \leftarrow W_r - \eta\, \bar W_r$ and $B_r \leftarrow B_r - \eta\, \bar B_r$, batch after batch.

        Stochastic gradient descent. An epoch takes every sample once, in a new random order. Calling
        `fit` again goes on from the present parameters; `weights` and `biases` get new arrays. An
        [optimiser][the-optimisers] takes other steps, with a memory that begins and ends with this call.

        An interrupt (Ctrl-C) or an exception in `progress` ends `fit` and reaches its caller. The network is then what
        `fit` makes of it in as many epochs as were complete: the steps of the last, incomplete one are undone,
        `history` has the losses so far, and the next `fit` goes on from there. So `progress` stops the training early
        by raising an exception of its own.

        Parameters
        ----------
        X : (n, h) array
            Inputs.
        T : (n, y) array
            Targets, as for `loss`.
        epochs : int
            How often every sample is used.
        batch_size : int
            Samples per step. The last batch of an epoch holds what is left.
        learning_rate : float or callable
            η, a positive number; or a schedule, which is called as `schedule(step, steps)` before each of the steps of this
            call, counted from 0, and returns η: `cosine(0.1)`, `warmup(0.1, steps=100)`, or one of your own.
        progress : None, bool or callable
            `True` shows a progress bar; a callable gets `(epoch, loss)` after each epoch, counted from 1. It finds
            what has been learned so far in `weights` and `biases`, and may change them.
        optimiser : None or callable
            Such as `sgd(momentum=0.9)` or `adam()`. Without one, the step is the plain one above.

        Returns
        -------
        history : list of float
            One entry per epoch: the mean over all samples of the loss that each had before the
            step that used it. With one batch per epoch, entry 0 is the loss before training. They are also
            appended to the network's own `history`.

        Raises
        ------
        ShapeError, ValueError
            As `loss`, and for epochs, batch_size or learning_rate that are not positive. Nothing is
            changed then. If a schedule returns something else than a number, 0 or more: then the training
            ends as after an interrupt.
        FloatingPointError
            If the loss or a parameter stops being finite. The network is then as before the call.

        Examples
        --------
        >>> net = Network([1, 1], activation="identity")
        >>> history = net.fit([[0], [1], [2]], [[1], [3], [5]], epochs=200, batch_size=3, learning_rate=0.3)
        >>> net.weights[0].round(3), net.biases[0].round(3)
        (array([[2.]]), array([[1.]]))
        """
        X, T = self._inputs_and_targets("fit", X, T)
        epochs, batch_size = whole_number("epochs", epochs), whole_number("batch_size", batch_size)
        how: float | Moves
        if optimiser is None and not callable(learning_rate):
            how = positive_number("learning_rate", learning_rate)
        else:
            optimiser = check_optimiser("fit", sgd() if optimiser is None else optimiser)
            schedule, steps = schedule_of(learning_rate), epochs * -(-len(X) // batch_size)
            how = optimiser, (rate_of_step(schedule, step, steps) for step in range(steps))
        if not (progress is None or isinstance(progress, bool) or callable(progress)):
            raise ValueError(f"progress must be True, False, None or a callable, got {progress!r}")
        if self.dtype.kind != "f":
            raise ValueError(f"fit needs a network of floats, but its dtype is {self.dtype}")

        parameters = np.concatenate([part.ravel() for layer in self._layers() for part in layer])
        blocks = parameter_blocks(parameters, self.sizes)
        self._use(blocks)
        parts = [*self.weights, *self.biases]
        losses = mean_losses(
            parameters,
            self.sizes,
            self.activation,
            self.loss_name,
            X,
            T,
            batch_size,
            how,
            self._random,
        )
        smaller = f"learning_rate below {how}" if isinstance(how, float) else "smaller learning_rate"
        report = _progress_bar(epochs) if progress is True else progress or None

        def state() -> tuple[int, Array, Mapping[str, Any]]:
            return len(self.history), parameters.copy(), self._random.bit_generator.state

        before = complete = state()
        try:
            for epoch in range(1, epochs + 1):
                with np.errstate(over="ignore", invalid="ignore"):  # reported by the next lines
                    J = next(losses)
                if not (isfinite(J) and np.isfinite(parameters).all()):
                    complete = before
                    raise FloatingPointError(
                        f"training diverged in epoch {epoch}: the loss or a parameter is no longer finite. The "
                        f"parameters are again those from before fit; try a {smaller}"
                    )
                self.history.append(J)
                complete = state()
                if report:
                    report(epoch, J)
                    for part, its in zip(parts, [*self.weights, *self.biases], strict=True):
                        part[...] = its  # another array, if the callable has assigned one
                    self._use(blocks)
                    complete = state()
        except BaseException:  # an interrupt, too
            length, parameters[...], self._random.bit_generator.state = complete
            del self.history[length:]
            self._use(blocks)
            raise
        return self.history[before[0] :]

    def predict(self, X: Array) -> Array:
        r"""$\arg\max_j Y_{ij}$: the class of each sample.

        For the outputs themselves use `forward`; for probabilities, `softmax(net.forward(X))` in a
        network with cross-entropy.

        Parameters
        ----------
        X : (n, h) array
            Inputs.

        Returns
        -------
        classes : (n,) array of int
            The column of each row's largest output. With a single output: 1 where it is above ½, else 0.

        Raises
        ------
        ShapeError, ValueError
            As `forward`.
        """
        return _classes(self._forward(self._inputs("predict", X))[1][-1])

    def score(self, X: Array, T: Array) -> float:
        r"""$\frac1n \sum_i [\arg\max_j Y_{ij} = \arg\max_j Y^*_{ij}]$: the accuracy, from 0 to 1.

        Of a regression it would say nothing, so targets that are not classes are refused; there `loss` is the measure.

        Parameters
        ----------
        X : (n, h) array
            Inputs.
        T : (n, y) array
            Targets: in each row a 1 in the column of the class and 0 elsewhere. With a single output 1 or 0.

        Returns
        -------
        accuracy : float
            The share of samples whose predicted class is that of their target.

        Raises
        ------
        ShapeError
            As `loss`.
        ValueError
            As `loss`, and if a row of T is not a class.

        Examples
        --------
        >>> net = Network([1, 1], activation="identity")
        >>> net.weights[0] = [[1]]
        >>> net.score([[0.2], [0.7], [0.9]], [[0], [1], [0]])  # says 0, 1, 1
        0.6666666666666666
        """
        X, T = self._inputs_and_targets("score", X, T)
        _check_classes(T)
        return float(np.mean(_classes(self._forward(X)[1][-1]) == _classes(T)))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the network to a NumPy archive that `load` reads; plain arrays, no pickle.

        The archive is complete before it takes the place of an older file, so whatever happens in between, one of the
        two is there. Its entries are `format`, a number; `settings`, the arguments of `Network` as JSON; and
        `W1`, `B1`, `W2`, ...

        Parameters
        ----------
        path : str or path
            Name of the file, by custom ending in `.npz`; an existing file is replaced.

        Raises
        ------
        ValueError
            If the parameters are objects, which only a pickle could hold.
        OSError
            If the file cannot be written.
        """
        if self.dtype.kind == "O":
            raise ValueError("a network with dtype=object cannot be saved")
        settings = {
            "sizes": self.sizes,
            "activation": self.activation,
            "loss": self.loss_name,
            "seed": self.seed,
            "dtype": str(self.dtype),
        }
        arrays: dict[str, Any] = {"format": FORMAT, "settings": json.dumps(settings)}
        for number, (W, B) in enumerate(self._layers(), start=1):
            arrays |= {f"W{number}": W, f"B{number}": B}
        archive = io.BytesIO()
        np.savez(archive, **arrays)
        _replace_file(Path(path), archive.getbuffer())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Network":
        """Read a network that `save` wrote.

        Parameters
        ----------
        path : str or path
            Name of the file.

        Returns
        -------
        net : Network
            With the saved parameters. Its random numbers start anew from the random seed, its history is empty.

        Raises
        ------
        OSError
            If there is no such file, or it cannot be read.
        ValueError
            If the file is not a network, or a damaged one, or of another format than this version of mathnet reads.
        """
        content = Path(path).read_bytes()
        try:
            if not content.startswith(
                b"PK"
            ):  # NumPy would take it for a pickle, and say how to read it all the same
                raise ValueError("it is not a NumPy archive")
            with np.load(io.BytesIO(content), allow_pickle=False) as archive:
                saved = dict(archive)
            net = cls(**_settings(saved))
            net.weights = [saved[f"W{number}"] for number in range(1, len(net.sizes))]
            net.biases = [saved[f"B{number}"] for number in range(1, len(net.sizes))]
        except Exception as error:  # NumPy, zipfile and json raise ten kinds for bytes that they cannot read
            raise ValueError(f"cannot read {path} as a network: {error}") from error
        return net

    def _use(self, blocks: list[Array]) -> None:
        """Take views of blocks, W above B, as weights and biases."""
        self._weights = Parameters("weights", "W", [block[:-1] for block in blocks])
        self._biases = Parameters("biases", "B", [block[-1:] for block in blocks])

    def _layers(self) -> list[tuple[Array, Array]]:
        """Return the pairs (W, B), after checking what users may have written into the arrays."""
        weights, biases = self._weights._checked(self._weights), self._biases._checked(self._biases)
        return list(zip(weights, biases, strict=True))

    def _forward(self, X: Array) -> tuple[list[Array], list[Array]]:
        """Return Z of every layer, and the inputs followed by the outputs of every layer."""
        f = ACTIVATIONS[self.activation][0]
        Z, H = [], [X]
        for W, B in self._layers():
            Z.append(affine(H[-1], W, B))
            H.append(f(Z[-1]))
        if self.loss_name == "cross_entropy":
            H[-1] = Z[-1]
        return Z, H

    def _inputs(self, method: str, X: Array) -> Array:
        """Return X as an array of the network's dtype, after every check."""
        X = finite_numbers(method, "X", X, self.dtype)
        check_shapes(f"{method}(X[n {self.sizes[0]}])", X)
        return X

    def _inputs_and_targets(self, method: str, X: Array, T: Array) -> tuple[Array, Array]:
        """Return X and T as arrays of the network's dtype, after every check."""
        X = finite_numbers(method, "X", X, self.dtype)
        T = finite_numbers(method, "T", T, self.dtype)
        check_shapes(f"{method}(X[n {self.sizes[0]}], T[n {self.sizes[-1]}])", X, T)
        if self.loss_name == "cross_entropy":
            check_rows_sum_to_one(method, T)
        return X, T


class Parameters(Sequence[Array]):
    r"""The weights or the biases of a network: one array for each layer, whose shape and dtype stay.

    Written and read like a list. What is assigned, to one entry or to a slice of them, is converted to the
    network's dtype, checked and copied. If it is refused, nothing is changed.

    Parameters
    ----------
    name, letter : str
        How messages call them: `weights` and `W`, or `biases` and `B`.
    arrays : sequence of arrays
        One for each layer. They are taken as they are.

    Raises
    ------
    ShapeError
        On assignment, if the number of arrays or the shape of one of them would change.
    ValueError
        On assignment, if an entry is not a finite number.

    Examples
    --------
    >>> net = Network([2, 1])
    >>> net.weights[0] = [[1], [2]]
    >>> net.weights
    [array([[1.],
           [2.]])]
    >>> net.weights[0] = [[1, 2]]
    Traceback (most recent call last):
    mathnet.shapes.ShapeError: weights(W_1[2 1]): axis 0 of W_1 must be 2, but is 1; got W_1 (1, 2)
    """

    def __init__(self, name: str, letter: str, arrays: Iterable[Array]) -> None:
        self.name, self.letter = name, letter
        self._arrays = list(arrays)
        self._shapes, self._dtype = [array.shape for array in self._arrays], self._arrays[0].dtype

    @overload
    def __getitem__(self, index: int) -> Array: ...
    @overload
    def __getitem__(self, index: slice) -> list[Array]: ...
    def __getitem__(self, index: int | slice) -> Array | list[Array]:
        return self._arrays[index]

    def __setitem__(self, index: int | slice, value: object) -> None:
        arrays: list[Any] = list(self._arrays)
        arrays[index] = value  # type: ignore[index]  # mypy has no list that takes an int or a slice
        self._arrays = self._checked(arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def __repr__(self) -> str:
        return repr(self._arrays)

    def _checked(self, arrays: Iterable[Any]) -> list[Array]:
        """Return arrays that may take the place of these: those that are here already as they are, others as copies."""
        arrays = list(arrays)
        if len(arrays) != len(self):
            raise ShapeError(f"{self.name} needs {len(self)} arrays, one per layer, but got {len(arrays)}")
        checked = []
        for layer, (present, shape, given) in enumerate(
            zip(self, self._shapes, arrays, strict=True), start=1
        ):
            symbol = f"{self.letter}_{layer}"
            array = finite_numbers(self.name, symbol, given, self._dtype)
            if given is not present:
                check_shapes(f"{self.name}({symbol}[{shape[0]} {shape[1]}])", array)
                array = array.copy()
            checked.append(array)
        return checked


def _classes(Y: Array) -> Array:
    return (Y[:, 0] > 0.5).astype(int) if Y.shape[1] == 1 else Y.argmax(axis=1)


def _check_classes(T: Array) -> None:
    """Raise ValueError unless each row of T is a class, as `Network.score` takes it."""
    single = T.shape[1] == 1
    is_class = ((T == 0) | (T == 1)).all(axis=1) & (single | (T.sum(axis=1) == 1))
    for row in np.flatnonzero(~is_class)[:1]:
        needs = "0 or 1, the class" if single else "1 in the column of the class and 0 elsewhere"
        raise ValueError(
            f"score counts right classes, so each row of T must be {needs}, but row {row} is {T[row].tolist()}; "
            "of a regression, loss(X, T) is the measure"
        )


def _progress_bar(epochs: int) -> Callable[[int, float], object]:
    from tqdm.auto import tqdm  # here, because importing it would double the time of `import mathnet`

    bar = tqdm(total=epochs, unit="epoch")

    def show(epoch: int, J: float) -> None:
        bar.set_postfix(loss=f"{J:.4g}", refresh=False)
        bar.update()
        if epoch == epochs:
            bar.close()

    return show


def _settings(saved: Mapping[str, Array]) -> dict[str, Any]:
    """Return the settings in an archive, or raise ValueError unless its format is known and its arrays are those they need."""
    if "format" not in saved:
        raise ValueError("it has no format number, so Network.save did not write it")
    if saved["format"] != FORMAT:
        raise ValueError(
            f"it has format {saved['format']}, but this version of mathnet reads format {FORMAT}; "
            "load it with the version that saved it"
        )
    settings: dict[str, Any] = json.loads(str(saved["settings"]))
    needed = {name: f"{saved[name].dtype} {saved[name].shape}" for name in ("format", "settings")}
    for number, (inputs, outputs) in enumerate(pairwise(settings["sizes"]), start=1):
        needed[f"W{number}"] = f"{settings['dtype']} {(inputs, outputs)}"
        needed[f"B{number}"] = f"{settings['dtype']} {(1, outputs)}"
    got = {name: f"{array.dtype} {array.shape}" for name, array in saved.items()}
    for name in sorted(needed | got):
        if needed.get(name) != got.get(name):
            raise ValueError(
                f"{name} should be {needed.get(name, 'absent')}, but is {got.get(name, 'absent')}"
            )
    return settings


def _replace_file(path: Path, content: bytes | memoryview) -> None:
    """Write a file beside the old one, then put it in its place: at no time is there half a file of this name."""
    path = Path(os.path.realpath(path))  # what a link points to is replaced, not the link
    if path.exists() and not path.is_file():
        path.write_bytes(content)  # a device takes it, a directory refuses
        return
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        with open(beside, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, beside)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
