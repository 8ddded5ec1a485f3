r"""One number J that says how far a batch is from its targets.

Both losses add up over the samples. The factor 1/n of a mean is not here: it is in one place,
[`Network.loss`][mathnet.network.Network.loss].
"""

import numpy as np

from mathnet.arguments import takes_arrays
from mathnet.reductions import below_largest
from mathnet.shapes import Array, check_shapes


@takes_arrays
def half_squared_error(Y: Array, T: Array) -> float:
    r"""$J = \tfrac12 \sum_{ij} (Y_{ij} - Y^*_{ij})^2$.

    The loss of the [question][backpropagation-is-four-products]: half the dot product of
    the error with itself. The half cancels the 2 of the derivative.

    Parameters
    ----------
    Y : (n, y) array
        Outputs, one sample per row.
    T : (n, y) array
        Targets: $Y^*$ in the formulas.

    Returns
    -------
    J : scalar
        The sum over all entries, so over all samples.

    Raises
    ------
    ShapeError
        If the shapes differ; (n, 1) against (n,) would broadcast to (n, n).

    Examples
    --------
    >>> Y, T = np.array([[0.5, 0.75]]), np.array([[1.0, 0.0]])
    >>> float(half_squared_error(Y, T))
    0.40625
    """
    check_shapes("half_squared_error(Y[n y], T[n y])", Y, T)
    E = Y - T
    J: float = 0.5 * np.sum(E * E)
    return J


@takes_arrays
def half_squared_error_vjp(J_bar: float, J: float | None, Y: Array, T: Array) -> tuple[Array, Array]:
    r"""$\bar Y = \bar J\, (Y - Y^*)$, $\bar{Y^*} = -\bar J\, (Y - Y^*)$.

    The derivative of the loss with respect to an output is that output's error.

    Derivation
    ----------
    ```derivation half-squared-error-vjp
    where  Y, Y^* \in \mathbb{R}^{n \times y}
           J = \tfrac12 \sum_{ij} (Y_{ij} - Y^*_{ij})^2
    \bar Y_{kl}
      &= \bar J\, \frac{\partial J}{\partial Y_{kl}}  && \text{chain rule; } J \text{ is one number} \\
      &= \bar J\, \tfrac12 \sum_{ij} 2\, (Y_{ij} - Y^*_{ij})\, \delta_{ik}\, \delta_{jl}  && \text{power rule} \\
      &= \bar J\, \left[Y - Y^*\right]_{kl}  && \text{the deltas keep } i = k,\ j = l

    \bar{Y^*}_{kl}
      &= \bar J\, \frac{\partial J}{\partial Y^*_{kl}}  && \text{chain rule} \\
      &= -\bar J\, \tfrac12 \sum_{ij} 2\, (Y_{ij} - Y^*_{ij})\, \delta_{ik}\, \delta_{jl}  && \text{the inner derivative is } -1 \\
      &= -\bar J\, \left[Y - Y^*\right]_{kl}  && \text{the deltas keep } i = k,\ j = l
    ```

    Parameters
    ----------
    J_bar : scalar
        Cotangent of the loss; 1 when the loss is what is minimised.
    J : scalar or None
        The loss; not needed.
    Y : (n, y) array
        Outputs.
    T : (n, y) array
        Targets.

    Returns
    -------
    Y_bar : (n, y) array
        Cotangent of the outputs.
    T_bar : (n, y) array
        Cotangent of the targets.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    References
    ----------
    Mathematics Stack Exchange 3250718; Rumelhart, Hinton and Williams (1986).

    Examples
    --------
    >>> Y, T = np.array([[0.5, 0.75]]), np.array([[1.0, 0.0]])
    >>> half_squared_error_vjp(1.0, half_squared_error(Y, T), Y, T)
    (array([[-0.5 ,  0.75]]), array([[ 0.5 , -0.75]]))
    """
    check_shapes("half_squared_error_vjp(J_bar[], J[], Y[n y], T[n y])", J_bar, J, Y, T)
    Y_bar = J_bar * (Y - T)
    return Y_bar, -Y_bar


@takes_arrays
def cross_entropy(Z: Array, T: Array) -> float:
    r"""$J = -\sum_{ij} Y^*_{ij} \log \operatorname{softmax}(Z)_{ij}$.

    How surprised the probabilities softmax(Z) are by the targets. It takes logits, not probabilities:
    the logarithm undoes the exponential, so that nothing overflows and the gradient is short.

    Parameters
    ----------
    Z : (n, y) array
        Logits, one sample per row.
    T : (n, y) array
        Targets, $Y^*$ in the formulas: one-hot rows, or any rows that sum to one.

    Returns
    -------
    J : scalar
        The sum over the samples, in nats.

    Raises
    ------
    ShapeError
        If the shapes differ, or there is no class; class numbers of shape (n,) are not accepted.
    ValueError
        If a row of T does not sum to one, to five digits, or the largest logit of a row is infinite. Targets in an
        array of another library, which may be lazy, are not summed.

    Notes
    -----
    A logit of −∞ means probability 0. Where its target is 0 too, it adds the limit 0 to the sum; elsewhere J is +∞.
    One exponential for each entry, and one logarithm for each row.

    Examples
    --------
    Equal logits for four classes cost log 4 nats:

    >>> float(cross_entropy(np.zeros((1, 4)), np.eye(4)[[2]]) / np.log(4.0))
    1.0
    """
    check_shapes("cross_entropy(Z[n y], T[n y])", Z, T)
    check_rows_sum_to_one("cross_entropy(Z[n y], T[n y])", T)
    Z = below_largest("cross_entropy(Z[n y], T[n y])", Z)  # rows keep their softmax, and exp cannot overflow
    E = np.exp(Z)
    L = Z - np.log(np.sum(E, axis=1, keepdims=True))
    J: float = -np.sum(np.multiply(T, np.where((T == 0) & (E == 0), 0, L)))  # 0 log 0 = 0
    return J


@takes_arrays
def cross_entropy_vjp(J_bar: float, J: float | None, Z: Array, T: Array) -> tuple[Array, Array]:
    r"""$\bar Z = \bar J\, (\operatorname{softmax}(Z) - Y^*)$, $\bar{Y^*} = -\bar J \log \operatorname{softmax}(Z)$.

    The derivative of the loss with respect to the logits is again an error: probabilities minus
    targets. The softmax's own rule has been multiplied in, and almost all of it cancels.

    Derivation
    ----------
    The first formula needs each row of $Y^*$ to sum to one.

    ```derivation cross-entropy-vjp
    where  Z \in \mathbb{R}^{n \times y}
           Y^* \in \mathbb{R}^{n \times y} \text{ rows sum to one}
           Y_{ij} = \frac{e^{Z_{ij}}}{\sum_q e^{Z_{iq}}}
           J = -\sum_{ij} Y^*_{ij} \log Y_{ij}
    \bar Z_{il}
      &= \bar J\, \frac{\partial J}{\partial Z_{il}}  && \text{chain rule; } J \text{ is one number} \\
      &= -\bar J\, \frac{\partial}{\partial Z_{il}}\, \sum_{pj} Y^*_{pj} \left(Z_{pj} - \log \sum_q e^{Z_{pq}}\right)  && \text{logarithm of a quotient} \\
      &= -\bar J \sum_{pj} Y^*_{pj} \left(\delta_{pi}\, \delta_{jl} - \delta_{pi}\, \frac{e^{Z_{pl}}}{\sum_q e^{Z_{pq}}}\right)  && \text{derivative of log-sum-exp} \\
      &= -\bar J \sum_{j} Y^*_{ij} \left(\delta_{jl} - Y_{il}\right)  && \delta_{pi} \text{ keeps } p = i \\
      &= -\bar J \left(Y^*_{il} - Y_{il} \sum_j Y^*_{ij}\right)  && \delta_{jl} \text{ keeps } j = l \\
      &= \bar J \left[Y - Y^*\right]_{il}  && \text{each row of } Y^* \text{ sums to one}

    \bar{Y^*}_{il}
      &= \bar J\, \frac{\partial J}{\partial Y^*_{il}}  && \text{chain rule} \\
      &= -\bar J \log Y_{il}  && J \text{ is linear in } Y^*
    ```

    Parameters
    ----------
    J_bar : scalar
        Cotangent of the loss; 1 when the loss is what is minimised.
    J : scalar or None
        The loss; not needed.
    Z : (n, y) array
        Logits.
    T : (n, y) array
        Targets whose rows sum to one.

    Returns
    -------
    Z_bar : (n, y) array
        Cotangent of the logits.
    T_bar : (n, y) array
        Cotangent of the targets.

    Raises
    ------
    ShapeError
        If the shapes do not fit together, or there is no class.
    ValueError
        As for [`cross_entropy`][mathnet.cross_entropy].

    Notes
    -----
    At a logit of −∞, $\bar Z$ has the limit $-\bar J\, Y^*$, and $\bar{Y^*}$ is infinite. One exponential for each
    entry: they are computed again, not kept from the forward pass.

    References
    ----------
    Bishop (2006), section 4.3.4.

    Examples
    --------
    >>> Z, T = np.log([[1.0, 3.0]]), np.array([[0.0, 1.0]])
    >>> cross_entropy_vjp(1.0, cross_entropy(Z, T), Z, T)[0]
    array([[ 0.25, -0.25]])
    """
    signature = "cross_entropy_vjp(J_bar[], J[], Z[n y], T[n y])"
    check_shapes(signature, J_bar, J, Z, T)
    check_rows_sum_to_one(signature, T)
    Z = below_largest(signature, Z)
    E = np.exp(Z)
    total = np.sum(E, axis=1, keepdims=True)
    Z_bar = J_bar * (E / total - T)
    T_bar = -J_bar * (Z - np.log(total))
    return Z_bar, T_bar


def check_rows_sum_to_one(signature: str, T: Array) -> None:
    """Raise ValueError unless each row of T sums to one."""
    if isinstance(T, np.ndarray):
        for row, total in enumerate(np.sum(T, axis=-1)):
            if not abs(total - 1) <= 1e-5:  # wide enough for float32 rows; a NaN does not pass
                raise ValueError(
                    f"{signature}: each row of T must sum to 1, but row {row} sums to {total:.6g}"
                )
