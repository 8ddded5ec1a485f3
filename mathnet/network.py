r"""A network: one layer after another, and how it learns.

Layer $l$ takes the outputs below it, $H_{l-1}$ with $H_0 = X$, one sample per row:

```definition network-layer
where  H_{l-1} \in \mathbb{R}^{n \times h},  W_l \in \mathbb{R}^{h \times y},  B_l \in \mathbb{R}^{1 \times y}
       Z_l, H_l \in \mathbb{R}^{n \times y}
       \mathbf 1 \in \mathbb{R}^{n \times 1} \text{ ones},  f \text{ elementwise}
Z_l &= H_{l-1} W_l + \mathbf 1 B_l \\
H_l &= f(Z_l)
```

The last one, $H_L$, is the output $Y$. The gradients come back in the opposite order. $D_l$ is the gradient of $J$
with respect to $Z_l$, that is $\bar Z_l$. A Hadamard product makes the first one:

```derivation network-last-layer
where  Z_L, Y^* \in \mathbb{R}^{n \times y}
       f \text{ elementwise}
       Y = f(Z_L)
       J = \tfrac{1}{2n} \sum_{ij} (Y_{ij} - Y^*_{ij})^2
\frac{\partial J}{\partial Z_L} = \tfrac1n\, (Y - Y^*) \odot f'(Z_L)
```

A matrix product uses it, and the two together hand it down:

```derivation network-layer-backward
where  Z_{l-1}, H_{l-1} \in \mathbb{R}^{n \times h},  W_l \in \mathbb{R}^{h \times y},  B_l \in \mathbb{R}^{1 \times y}
       Z_l \in \mathbb{R}^{n \times y}
       \mathbf 1 \in \mathbb{R}^{n \times 1} \text{ ones},  f \text{ elementwise}
       H_{l-1} = f(Z_{l-1})
       Z_l = H_{l-1} W_l + \mathbf 1 B_l
\bar W_l = H_{l-1}^{\mathsf T} \bar Z_l

\bar B_l = \mathbf 1^{\mathsf T} \bar Z_l

\bar Z_{l-1} = (\bar Z_l W_l^{\mathsf T}) \odot f'(Z_{l-1})
```

One layer is that of the [seed question][backpropagation-is-four-products]; two are the whole network that it is
about.
"""

import zipfile
from collections.abc import Callable, Iterable
from itertools import pairwise
from os import PathLike

import numpy as np

from mathnet import elementwise
from mathnet.arguments import finite_numbers, one_of, whole_number
from mathnet.dense import affine
from mathnet.losses import check_rows_sum_to_one, cross_entropy, half_squared_error
from mathnet.products import hadamard, matmul
from mathnet.reductions import softmax
from mathnet.shapes import Array, ShapeError, check_shapes
from mathnet.training import mean_losses, parameter_blocks

ACTIVATIONS = {  # name: f, f′
    "identity": (elementwise.identity, elementwise.identity_prime),
    "sigmoid": (elementwise.sigmoid, elementwise.sigmoid_prime),
    "tanh": (elementwise.tanh, elementwise.tanh_prime),
    "relu": (elementwise.relu, elementwise.relu_prime),
    "softplus": (elementwise.softplus, elementwise.softplus_prime),
}
LOSSES = {"half_squared_error": half_squared_error, "cross_entropy": cross_entropy}


class Network:
    r"""A network of dense layers: $Y = f(\cdots f(X W_1 + \mathbf 1 B_1) \cdots W_L + \mathbf 1 B_L)$.

    Parameters
    ----------
    sizes : sequence of int
        Inputs, units of each hidden layer, outputs: `[64, 30, 10]`.
    activation : str
        f of every layer: `"identity"`, `"sigmoid"`, `"tanh"`, `"relu"` or `"softplus"`.
    loss : str
        `"half_squared_error"`, the J of the seed question, or `"cross_entropy"`. With cross-entropy the last layer
        has no f: its outputs are logits, and softmax belongs to the loss.
    seed : int
        Fixes the starting weights and the order in which `fit` takes the samples.
    dtype : dtype
        Of all parameters and results; inputs are converted. `float64` or `float32` for training;
        `complex128` and `object` (exact numbers) for checking gradients.

    Attributes
    ----------
    weights : list of (inputs, outputs) arrays
        $W_1, \dots, W_L$. Entries may be replaced by arrays of the same shape.
    biases : list of (1, outputs) arrays
        $B_1, \dots, B_L$, likewise.

    Raises
    ------
    ValueError
        For fewer than two sizes, a size that is not a whole number above 0, an unknown activation or
        loss, a data-type that cannot hold fractions, or cross-entropy with a single output.

    Notes
    -----
    Weights start as normal random numbers with variance 1 / inputs (2 / inputs for relu, which lets
    through half of them), so that the spread of Z does not grow with the number of inputs. Biases start at 0.

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
        dtype: np.dtype | type = np.float64,
    ):
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
        self.weights, self.biases = [], []
        for inputs, outputs in pairwise(self.sizes):
            W = self._random.standard_normal((inputs, outputs)) * np.sqrt(gain / inputs)
            self.weights.append(W.astype(self.dtype))
            self.biases.append(np.zeros((1, outputs), self.dtype))

    def __repr__(self) -> str:
        return (
            f"Network({list(self.sizes)}, activation={self.activation!r}, loss={self.loss_name!r}, "
            f"seed={self.seed}, dtype={self.dtype})"
        )

    def forward(self, X: Array) -> Array:
        r"""$H_l = f(H_{l-1} W_l + \mathbf 1 B_l)$, from $H_0 = X$ to the outputs $Y = H_L$.

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
        return self._forward(self._rows("forward", X))[1][-1]

    def loss(self, X: Array, T: Array) -> float:
        r"""$J = \frac1n \sum_{\text{samples}} \text{loss}$: the mean over the samples.

        1/n enters here, and from here into `gradients`. With one sample it is the J of the seed question.

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
        X, T = self._rows("loss", X, T)
        return LOSSES[self.loss_name](self._forward(X)[1][-1], T) / len(X)

    def gradients(self, X: Array, T: Array) -> list[tuple[Array, Array]]:
        r"""$\bar W_l = H_{l-1}^{\mathsf T} D_l$ and $\bar B_l = \mathbf 1^{\mathsf T} D_l$ for every layer.

        The gradient of [`loss`][mathnet.network.Network.loss]. With cross-entropy $D_L = \tfrac1n (\operatorname{softmax}(Z_L) - Y^*)$.

        Derivation
        ----------
        How D comes down one layer: below, $\bar Z$ is $D_{l-1}$ and $\bar V$ is $D_l$.

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
        X, T = self._rows("gradients", X, T)
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
        learning_rate: float,
        progress: bool | Callable[[int, float], object] | None = None,
    ) -> list[float]:
        r"""$W_l \leftarrow W_l - \eta\, \bar W_l$ and $B_l \leftarrow B_l - \eta\, \bar B_l$, batch after batch.

        Stochastic gradient descent. An epoch takes every sample once, in a new random order. Calling
        `fit` again goes on from the present parameters; `weights` and `biases` get new arrays.

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
        learning_rate : float
            η, a positive number.
        progress : None, bool or callable
            `True` shows a progress bar; a callable gets `(epoch, loss)` after each epoch, counted from 1.

        Returns
        -------
        history : list of float
            One entry per epoch: the mean over all samples of the loss that each had just before the
            step that used it. With one batch per epoch, entry 0 is the loss before training.

        Raises
        ------
        ShapeError, ValueError
            As `loss`, and for epochs, batch_size or learning_rate that are not positive. Nothing is
            changed then.
        FloatingPointError
            If the loss or a parameter stops being finite. The parameters are put back to those
            before the call.

        Examples
        --------
        >>> net = Network([1, 1], activation="identity")
        >>> history = net.fit([[0], [1], [2]], [[1], [3], [5]], epochs=200, batch_size=3, learning_rate=0.3)
        >>> net.weights[0].round(3), net.biases[0].round(3)
        (array([[2.]]), array([[1.]]))
        """
        X, T = self._rows("fit", X, T)
        epochs, batch_size = whole_number("epochs", epochs), whole_number("batch_size", batch_size)
        if not (np.isscalar(learning_rate) and np.isreal(learning_rate) and 0 < learning_rate < np.inf):
            raise ValueError(f"learning_rate must be a positive number, got {learning_rate!r}")
        if not (progress is None or isinstance(progress, bool) or callable(progress)):
            raise ValueError(f"progress must be True, False, None or a callable, got {progress!r}")
        if self.dtype.kind != "f":
            raise ValueError(f"fit needs a network of floats, but its dtype is {self.dtype}")

        before = self.weights, self.biases
        parameters = np.concatenate([part.ravel() for layer in self._layers() for part in layer])
        blocks = parameter_blocks(parameters, self.sizes)
        self.weights, self.biases = [block[:-1] for block in blocks], [block[-1:] for block in blocks]
        losses = mean_losses(
            parameters,
            self.sizes,
            self.activation,
            self.loss_name,
            X,
            T,
            batch_size,
            learning_rate,
            self._random,
        )

        from tqdm import tqdm  # here, because importing it would double the time of `import mathnet`

        history = []
        bar = tqdm(range(1, epochs + 1), unit="epoch", disable=progress is not True)
        for epoch in bar:
            with np.errstate(over="ignore", invalid="ignore"):  # reported by the next lines
                J = next(losses)
            if not (np.isfinite(J) and np.isfinite(parameters).all()):
                self.weights, self.biases = before
                raise FloatingPointError(
                    f"training diverged in epoch {epoch}: the loss or a parameter is no longer finite. The "
                    f"parameters are again those from before fit; try a learning_rate below {learning_rate}"
                )
            history.append(J)
            if progress is True:
                bar.set_postfix(loss=f"{J:.4g}", refresh=False)
            elif progress:
                progress(epoch, J)
        return history

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
        return _classes(self._forward(self._rows("predict", X))[1][-1])

    def score(self, X: Array, T: Array) -> float:
        r"""$\frac1n \sum_i [\arg\max_j Y_{ij} = \arg\max_j Y^*_{ij}]$: the accuracy, from 0 to 1.

        Parameters
        ----------
        X : (n, h) array
            Inputs.
        T : (n, y) array
            Targets, as for `loss`.

        Returns
        -------
        accuracy : float
            The share of samples whose predicted class is that of their target.

        Raises
        ------
        ShapeError, ValueError
            As `loss`.
        """
        X, T = self._rows("score", X, T)
        return float(np.mean(_classes(self._forward(X)[1][-1]) == _classes(T)))

    def save(self, path: str | PathLike) -> None:
        """Write the network to a NumPy archive that `load` reads; plain arrays, no pickle.

        Parameters
        ----------
        path : str or path
            Name of the file, by custom ending in `.npz`; an existing file is overwritten.

        Raises
        ------
        ValueError
            If the parameters are objects, which only a pickle could hold.
        """
        if self.dtype.kind == "O":
            raise ValueError("a network with dtype=object cannot be saved")
        W_and_B = {
            f"{name}{number}": array
            for number, layer in enumerate(self._layers(), start=1)
            for name, array in zip("WB", layer, strict=True)
        }
        with open(path, "wb") as file:
            np.savez(file, activation=self.activation, loss=self.loss_name, seed=self.seed, **W_and_B)

    @classmethod
    def load(cls, path: str | PathLike) -> "Network":
        """Read a network that `save` wrote.

        Parameters
        ----------
        path : str or path
            Name of the file.

        Returns
        -------
        net : Network
            With the saved parameters. Its random numbers start anew from the seed.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is not a network, or a damaged one.
        """
        try:
            with open(path, "rb") as file, np.load(file, allow_pickle=False) as saved:
                numbers = range(1, (len(saved.files) - 3) // 2 + 1)
                weights, biases = [saved[f"W{i}"] for i in numbers], [saved[f"B{i}"] for i in numbers]
                net = cls(
                    [weights[0].shape[0], *(W.shape[1] for W in weights)],
                    str(saved["activation"]),
                    str(saved["loss"]),
                    int(saved["seed"]),
                    weights[0].dtype,
                )
            net.weights, net.biases = weights, biases
            net._layers()
        except FileNotFoundError:
            raise
        except (
            ValueError,
            TypeError,
            KeyError,
            IndexError,
            AttributeError,
            OSError,
            EOFError,
            zipfile.BadZipFile,
        ) as e:
            raise ValueError(f"{path} is not a network saved by mathnet ({e})") from e
        return net

    def _layers(self) -> list[tuple[Array, Array]]:
        """Return the pairs (W, B), after checking what users may have put into the lists."""
        for name, parameters in (("weights", self.weights), ("biases", self.biases)):
            if len(parameters) != len(self.sizes) - 1:
                raise ShapeError(
                    f"{name} needs {len(self.sizes) - 1} entries, one per layer, but has {len(parameters)}"
                )
        layers = []
        for i, (inputs, outputs) in enumerate(pairwise(self.sizes)):
            W = finite_numbers(f"layer {i + 1}", "W", self.weights[i], self.dtype)
            B = finite_numbers(f"layer {i + 1}", "B", self.biases[i], self.dtype)
            check_shapes(f"layer {i + 1}(W[{inputs} {outputs}], B[1 {outputs}])", W, B)
            layers.append((W, B))
        return layers

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

    def _rows(self, method: str, X: Array, T: Array | None = None):
        """Return X, or X and T, as arrays of the network's dtype, after every check."""
        h, y = self.sizes[0], self.sizes[-1]
        X = finite_numbers(method, "X", X, self.dtype)
        if T is None:
            check_shapes(f"{method}(X[n {h}])", X)
            return X
        T = finite_numbers(method, "T", T, self.dtype)
        check_shapes(f"{method}(X[n {h}], T[n {y}])", X, T)
        if self.loss_name == "cross_entropy":
            check_rows_sum_to_one(method, T)
        return X, T


def _classes(Y: Array) -> Array:
    return (Y[:, 0] > 0.5).astype(int) if Y.shape[1] == 1 else Y.argmax(axis=1)
