r"""One number J that says how far a batch is from its targets.

All losses add up over the samples. The factor 1/n of a mean is not here: in a network it is in one place,
[`Network.loss`][mathnet.network.Network.loss]; elsewhere, give the rule `J_bar = 1 / n`. Where a mean is more than that, because
some samples do not count or count more, a setting says so.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mathnet.arguments import number_from_0_below_1, one_of, positive_number, takes_arrays
from mathnet.elementwise import sigmoid, softplus
from mathnet.indexing import check_places
from mathnet.reductions import below_largest
from mathnet.shapes import Array, Integers, ShapeError, check_broadcasts, check_shapes


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
def half_squared_error_jvp(Y_dot: Array, T_dot: Array, J: float | None, Y: Array, T: Array) -> float:
    r"""$\dot J = \sum_{ij} (Y_{ij} - Y^*_{ij}) (\dot Y_{ij} - \dot{Y^*}_{ij})$.

    The inner product of the error with the direction in which the error moves.

    Parameters
    ----------
    Y_dot : (n, y) array
        Tangent of the outputs.
    T_dot : (n, y) array
        Tangent of the targets; zeros where they stay.
    J : scalar or None
        The loss; not needed.
    Y : (n, y) array
        Outputs.
    T : (n, y) array
        Targets.

    Returns
    -------
    J_dot : scalar
        Tangent of the loss.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    Examples
    --------
    >>> Y, T = np.array([[0.5, 0.75]]), np.array([[1.0, 0.0]])
    >>> float(half_squared_error_jvp([[1.0, 2.0]], [[0.0, 0.0]], None, Y, T))
    1.0
    """
    signature = "half_squared_error_jvp(Y_dot[n y], T_dot[n y], J[], Y[n y], T[n y])"
    check_shapes(signature, Y_dot, T_dot, J, Y, T)
    J_dot: float = np.sum((Y - T) * (Y_dot - T_dot))
    return J_dot


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
        If the shapes differ, or there is no class; for class numbers of shape (n,) there is
        [`cross_entropy_with_labels`][mathnet.cross_entropy_with_labels].
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


@takes_arrays
def cross_entropy_jvp(Z_dot: Array, T_dot: Array, J: float | None, Z: Array, T: Array) -> float:
    r"""$\dot J = \sum_{ij} (Y_{ij} - Y^*_{ij})\, \dot Z_{ij} - \sum_{ij} \dot{Y^*}_{ij} \log Y_{ij}$.

    Probabilities minus targets, paired with the direction of the logits; and J is linear in the targets. Y is
    softmax(Z), and each row of $Y^*$ sums to one.

    Parameters
    ----------
    Z_dot : (n, y) array
        Tangent of the logits.
    T_dot : (n, y) array
        Tangent of the targets; zeros where they stay.
    J : scalar or None
        The loss; not needed.
    Z : (n, y) array
        Logits.
    T : (n, y) array
        Targets whose rows sum to one.

    Returns
    -------
    J_dot : scalar
        Tangent of the loss.

    Raises
    ------
    ShapeError
        If the shapes do not fit together, or there is no class.
    ValueError
        As for [`cross_entropy`][mathnet.cross_entropy].

    Notes
    -----
    Where the logit is −∞ and the target stays, its term of the second sum is 0.

    Examples
    --------
    >>> Z, T = np.log([[1.0, 3.0]]), np.array([[0.0, 1.0]])
    >>> float(cross_entropy_jvp([[1.0, 0.0]], [[0.0, 0.0]], None, Z, T))
    0.25
    """
    signature = "cross_entropy_jvp(Z_dot[n y], T_dot[n y], J[], Z[n y], T[n y])"
    check_shapes(signature, Z_dot, T_dot, J, Z, T)
    check_rows_sum_to_one(signature, T)
    Z = below_largest(signature, Z)
    E = np.exp(Z)
    total = np.sum(E, axis=1, keepdims=True)
    L = Z - np.log(total)
    by_target = np.multiply(T_dot, np.where(T_dot == 0, 0, L))  # also where L is −∞
    J_dot: float = np.sum((E / total - T) * Z_dot - by_target)
    return J_dot


@takes_arrays
def cross_entropy_with_labels(
    Z: Array,
    labels: Integers,
    *,
    weight: ArrayLike | None = None,
    label_smoothing: float = 0.0,
    ignore_index: int = -100,
    reduction: str = "sum",
) -> float:
    r"""$J = -\sum_{ij} Q_{ij} \log \operatorname{softmax}(Z)_{ij}$, $Q_{ij} = w_j ((1 - \epsilon)\, T_{ij} + \epsilon / y)$.

    Cross-entropy as it is used: a target is the number of a class, and T is 1 at it, else 0. No one-hot matrix need be made.

    Parameters
    ----------
    Z : (..., y) array
        Logits.
    labels : (...) array of integers
        The classes, from 0 to y − 1.
    weight : (y,) array, optional
        w: how often a class counts; 1, unless told otherwise. A constant, which gets no cotangent.
    label_smoothing : number
        ε, from 0 to below 1: the share of each target that all classes get alike.
    ignore_index : int
        A label that does not count: its row of Q is 0.
    reduction : "sum" or "mean"
        The mean divides by the sum of the weights of the labels that count, as PyTorch does.

    Returns
    -------
    J : scalar
        In nats. 0 if no label counts, where PyTorch's mean is NaN.

    Raises
    ------
    ShapeError
        If the shapes do not fit together, or there is no class.
    ValueError
        If a label that counts is not a class, the largest logit of a row is infinite, or a setting is not one of these.

    Notes
    -----
    A logit of −∞ means probability 0: it costs nothing where Q is 0, and +∞ elsewhere. One exponential for each entry, and one
    logarithm for each row. In PyTorch: `F.cross_entropy`, with `reduction="mean"` unless told otherwise, and the classes along axis 1.

    Examples
    --------
    >>> Z = np.zeros((3, 4))
    >>> float(cross_entropy_with_labels(Z, [2, 0, -100]) / np.log(4.0))
    2.0
    >>> float(cross_entropy_with_labels(Z, [2, 0, -100], reduction="mean") / np.log(4.0))
    1.0
    """
    signature = "cross_entropy_with_labels(Z[... y], labels[...])"
    check_shapes(signature, Z, labels)
    Q, divisor = weighted_targets(signature, Z, labels, weight, label_smoothing, ignore_index, reduction)
    L = log_probabilities(signature, Z)
    J: float = -np.sum(np.multiply(Q, np.where(Q == 0, 0, L))) / divisor  # 0 log 0 = 0
    return J


@takes_arrays
def cross_entropy_with_labels_vjp(
    J_bar: float,
    J: float | None,
    Z: Array,
    labels: Integers,
    *,
    weight: ArrayLike | None = None,
    label_smoothing: float = 0.0,
    ignore_index: int = -100,
    reduction: str = "sum",
) -> tuple[Array, None]:
    r"""$\bar Z_{il} = \bar J \left(P_{il} \sum_j Q_{ij} - Q_{il}\right)$.

    Probability minus target again, $P = \operatorname{softmax}(Z)$; but a row of Q need not add up to 1, so its sum stays in the formula.

    Derivation
    ----------
    For the sum. The mean divides it by a constant.

    ```derivation cross-entropy-with-labels-vjp
    where  Z \in \mathbb{R}^{n \times y},  T \in \mathbb{R}^{n \times y} \text{ rows are one-hot}
           w \in \mathbb{R}^{y} \text{ positive, constant},  \epsilon \in \mathbb{R} \text{ between 0 and 1, constant}
           Q_{ij} = w_j \left((1 - \epsilon)\, T_{ij} + \frac{\epsilon}{y}\right)
           P = \operatorname{softmax}(Z)
           J = -\sum_{ij} Q_{ij} \log P_{ij}
    \bar Z_{il}
      &= \bar J\, \frac{\partial J}{\partial Z_{il}}  && \text{chain rule; } J \text{ is one number} \\
      &= -\bar J \sum_j \frac{Q_{ij}}{P_{ij}}\, P_{ij} (\delta_{jl} - P_{il})  && \text{logarithm, then softmax of row } i \\
      &= -\bar J \sum_j Q_{ij} (\delta_{jl} - P_{il})  && P_{ij} \text{ cancels} \\
      &= \bar J \left(P_{il} \sum_j Q_{ij} - Q_{il}\right)  && \delta_{jl} \text{ keeps } j = l
    ```

    Parameters
    ----------
    J_bar : scalar
        Cotangent of the loss; 1 when the loss is what is minimised.
    J : scalar or None
        The loss; not needed.
    Z : (..., y) array
        Logits.
    labels : (...) array of integers
        The classes.
    weight : (y,) array, optional
        How often a class counts.
    label_smoothing : number
        The share of each target that all classes get alike.
    ignore_index : int
        A label that does not count.
    reduction : "sum" or "mean"
        What J is.

    Returns
    -------
    Z_bar : (..., y) array
        Cotangent of the logits; 0 at the places that are ignored, whatever stands there.
    None
        Labels have no cotangent.

    Raises
    ------
    ShapeError
        If the shapes do not fit together, or there is no class.
    ValueError
        As for [`cross_entropy_with_labels`][mathnet.cross_entropy_with_labels].

    Notes
    -----
    One exponential for each entry: they are computed again, not kept from the forward pass.

    Examples
    --------
    >>> Z = np.log([[1.0, 3.0], [1.0, 1.0]])
    >>> cross_entropy_with_labels_vjp(1.0, None, Z, [1, -100])[0]
    array([[ 0.25, -0.25],
           [ 0.  ,  0.  ]])
    """
    signature = "cross_entropy_with_labels_vjp(J_bar[], J[], Z[... y], labels[...])"
    check_shapes(signature, J_bar, J, Z, labels)
    Q, divisor = weighted_targets(signature, Z, labels, weight, label_smoothing, ignore_index, reduction)
    return J_bar / divisor * probability_minus_target(signature, Z, Q), None


@takes_arrays
def cross_entropy_with_labels_jvp(
    Z_dot: Array,
    labels_dot: None,
    J: float | None,
    Z: Array,
    labels: Integers,
    *,
    weight: ArrayLike | None = None,
    label_smoothing: float = 0.0,
    ignore_index: int = -100,
    reduction: str = "sum",
) -> float:
    r"""$\dot J = \sum_{il} \left(P_{il} \sum_j Q_{ij} - Q_{il}\right) \dot Z_{il}$.

    The gradient, paired with the direction of the logits.

    Parameters
    ----------
    Z_dot : (..., y) array
        Tangent of the logits.
    labels_dot : None
        `None`: integers do not move, so a tangent is not needed.
    J : scalar or None
        The loss; not needed.
    Z : (..., y) array
        Logits.
    labels : (...) array of integers
        The classes.
    weight : (y,) array, optional
        How often a class counts.
    label_smoothing : number
        The share of each target that all classes get alike.
    ignore_index : int
        A label that does not count.
    reduction : "sum" or "mean"
        What J is.

    Returns
    -------
    J_dot : scalar
        Tangent of the loss.

    Raises
    ------
    ShapeError
        If the shapes do not fit together, or there is no class.
    ValueError
        As for [`cross_entropy_with_labels`][mathnet.cross_entropy_with_labels].
    """
    signature = "cross_entropy_with_labels_jvp(Z_dot[... y], J[], Z[... y], labels[...])"
    check_shapes(signature, Z_dot, J, Z, labels)
    Q, divisor = weighted_targets(signature, Z, labels, weight, label_smoothing, ignore_index, reduction)
    J_dot: float = np.sum(probability_minus_target(signature, Z, Q) * Z_dot) / divisor
    return J_dot


@takes_arrays
def binary_cross_entropy_with_logits(Z: Array, T: Array, *, pos_weight: ArrayLike = 1.0) -> float:
    r"""$J = \sum_{ij} (1 - Y^*_{ij}) Z_{ij} + (1 - Y^*_{ij} + w_j Y^*_{ij}) \log(1 + e^{-Z_{ij}})$.

    How surprised the probabilities σ(Z) are by the targets, each entry a question of yes or no of its own. It takes logits: the sigmoid is inside.

    Parameters
    ----------
    Z : (...) array
        Logits.
    T : (...) array
        Targets, $Y^*$ in the formulas: 0 or 1, or probabilities between them.
    pos_weight : number or array
        w: how often a positive counts. An array must broadcast to the shape of Z, such as one number for each column. A constant, which gets no cotangent.

    Returns
    -------
    J : scalar
        The sum over all entries, in nats.

    Raises
    ------
    ShapeError
        If the shapes differ, or that of `pos_weight` does not broadcast to them.

    Notes
    -----
    With w = 1 it is $-\sum_{ij} Y^*_{ij} \log \sigma(Z_{ij}) + (1 - Y^*_{ij}) \log(1 - \sigma(Z_{ij}))$, without its cancellation. The logarithm is the
    [`softplus`][mathnet.softplus] of −z, which does not overflow. Infinite logits have no limit for all targets, and give NaN or ∞. One exponential and one
    logarithm for each entry.

    Examples
    --------
    >>> float(binary_cross_entropy_with_logits([0.0, 1000.0], [1.0, 0.0]) - np.log(2.0))
    1000.0
    """
    signature = "binary_cross_entropy_with_logits(Z[...], T[...])"
    check_shapes(signature, Z, T)
    w = weight_like(signature, pos_weight, Z)
    J: float = np.sum((1 - T) * Z + (1 - T + w * T) * softplus(-Z))
    return J


@takes_arrays
def binary_cross_entropy_with_logits_vjp(
    J_bar: float, J: float | None, Z: Array, T: Array, *, pos_weight: ArrayLike = 1.0
) -> tuple[Array, Array]:
    r"""$\bar Z_{ij} = \bar J ((1 - Y^*_{ij} + w_j Y^*_{ij})\, \sigma(Z_{ij}) - w_j Y^*_{ij})$, $\bar{Y^*}_{ij} = \bar J ((w_j - 1) \log(1 + e^{-Z_{ij}}) - Z_{ij})$.

    With w = 1 the first is probability minus target, as for [`cross_entropy`][mathnet.cross_entropy_vjp].

    Derivation
    ----------
    ```derivation binary-cross-entropy-with-logits-vjp
    where  Z, Y^* \in \mathbb{R}^{n \times y},  w \in \mathbb{R}^{1 \times y} \text{ positive, constant}
           \sigma(x) = \frac{1}{1 + e^{-x}}
           L_{ij} = (1 - Y^*_{ij} + w_j Y^*_{ij}) \log(1 + e^{-Z_{ij}})
           J = \sum_{ij} ((1 - Y^*_{ij}) Z_{ij} + L_{ij})
    \bar Z_{ij}
      &= \bar J\, \frac{\partial J}{\partial Z_{ij}}  && \text{chain rule; } J \text{ is one number} \\
      &= \bar J \left(1 - Y^*_{ij} - (1 - Y^*_{ij} + w_j Y^*_{ij}) \frac{e^{-Z_{ij}}}{1 + e^{-Z_{ij}}}\right)  && \text{one term has } Z_{ij} \\
      &= \bar J \left(1 - Y^*_{ij} - (1 - Y^*_{ij} + w_j Y^*_{ij})\, (1 - \sigma(Z_{ij}))\right)  && \text{definition of } \sigma \\
      &= \bar J \left((1 - Y^*_{ij} + w_j Y^*_{ij})\, \sigma(Z_{ij}) - w_j Y^*_{ij}\right)  && \text{collect}

    \bar{Y^*}_{ij}
      &= \bar J\, \frac{\partial J}{\partial Y^*_{ij}}  && \text{chain rule} \\
      &= \bar J \left((w_j - 1) \log(1 + e^{-Z_{ij}}) - Z_{ij}\right)  && J \text{ is linear in } Y^*
    ```

    Parameters
    ----------
    J_bar : scalar
        Cotangent of the loss; 1 when the loss is what is minimised.
    J : scalar or None
        The loss; not needed.
    Z : (...) array
        Logits.
    T : (...) array
        Targets.
    pos_weight : number or array
        How often a positive counts.

    Returns
    -------
    Z_bar : (...) array
        Cotangent of the logits. With w = 1 and targets from 0 to 1 it is between −1 and 1, times that of the loss.
    T_bar : (...) array
        Cotangent of the targets.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    References
    ----------
    Bishop (2006), section 4.3.2.

    Examples
    --------
    >>> Z, T = np.log([1.0, 3.0]), np.array([0.0, 1.0])
    >>> binary_cross_entropy_with_logits_vjp(1.0, None, Z, T)[0]
    array([ 0.5 , -0.25])
    >>> binary_cross_entropy_with_logits_vjp(1.0, None, Z, T, pos_weight=2)[0]
    array([ 0.5, -0.5])
    """
    signature = "binary_cross_entropy_with_logits_vjp(J_bar[], J[], Z[...], T[...])"
    check_shapes(signature, J_bar, J, Z, T)
    w = weight_like(signature, pos_weight, Z)
    Z_bar = J_bar * ((1 - T + w * T) * sigmoid(Z) - w * T)
    T_bar = J_bar * ((w - 1) * softplus(-Z) - Z)
    return Z_bar, T_bar


@takes_arrays
def binary_cross_entropy_with_logits_jvp(
    Z_dot: Array, T_dot: Array, J: float | None, Z: Array, T: Array, *, pos_weight: ArrayLike = 1.0
) -> float:
    r"""$\dot J = \sum_{ij} (P_{ij} \dot Z_{ij} + Q_{ij} \dot{Y^*}_{ij})$, $P_{ij} = (1 - Y^*_{ij} + w_j Y^*_{ij})\, \sigma(Z_{ij}) - w_j Y^*_{ij}$, $Q_{ij} = (w_j - 1) \log(1 + e^{-Z_{ij}}) - Z_{ij}$.

    With w = 1, probability minus target, paired with the direction of the logits; and J is linear in the targets.

    Parameters
    ----------
    Z_dot : (...) array
        Tangent of the logits.
    T_dot : (...) array
        Tangent of the targets; zeros where they stay.
    J : scalar or None
        The loss; not needed.
    Z : (...) array
        Logits.
    T : (...) array
        Targets.
    pos_weight : number or array
        How often a positive counts.

    Returns
    -------
    J_dot : scalar
        Tangent of the loss.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    """
    signature = "binary_cross_entropy_with_logits_jvp(Z_dot[...], T_dot[...], J[], Z[...], T[...])"
    check_shapes(signature, Z_dot, T_dot, J, Z, T)
    w = weight_like(signature, pos_weight, Z)
    by_logit = ((1 - T + w * T) * sigmoid(Z) - w * T) * Z_dot
    J_dot: float = np.sum(by_logit + ((w - 1) * softplus(-Z) - Z) * T_dot)
    return J_dot


@takes_arrays
def huber(Y: Array, T: Array, *, delta: float = 1.0) -> float:
    r"""$J = \sum_{ij} \ell(Y_{ij} - Y^*_{ij})$, $\ell(e) = \tfrac12 e^2$ for $|e| < \delta$, else $\delta |e| - \tfrac12 \delta^2$.

    The squared error near the target, the absolute error far from it, so that one outlier cannot outweigh all others.

    Parameters
    ----------
    Y : (...) array
        Outputs.
    T : (...) array
        Targets, $Y^*$ in the formulas.
    delta : number
        δ, positive: the size of error from which on the loss is a straight line; a constant, which gets no cotangent.

    Returns
    -------
    J : scalar
        The sum.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If delta is not a positive number.

    Notes
    -----
    In PyTorch: `F.huber_loss(Y, T, delta=delta, reduction="sum")`. Its `smooth_l1_loss` is this over δ.

    Examples
    --------
    >>> float(huber([1.0, 4.0], [0.0, 0.0]))
    4.0
    """
    signature = "huber(Y[...], T[...])"
    check_shapes(signature, Y, T)
    positive_number(f"{signature}: delta", delta)
    E = Y - T
    size = np.where(np.less(E, 0), -E, E)
    J: float = np.sum(np.where(size < delta, 0.5 * E * E, delta * size - 0.5 * delta * delta))
    return J


@takes_arrays
def huber_vjp(
    J_bar: float, J: float | None, Y: Array, T: Array, *, delta: float = 1.0
) -> tuple[Array, Array]:
    r"""$\bar Y_{ij} = \bar J \max(-\delta, \min(Y_{ij} - Y^*_{ij}, \delta))$, $\bar{Y^*}_{ij} = -\bar J \max(-\delta, \min(Y_{ij} - Y^*_{ij}, \delta))$.

    The error, clipped to −δ and δ. Both pieces have the same slope where they meet: there is no kink.

    Derivation
    ----------
    ```derivation huber-vjp
    where  Y, Y^* \in \mathbb{R}^{n \times y},  \delta \in \mathbb{R} \text{ positive, constant}
           \ell(e) = \begin{cases} \tfrac12 e^2 & \text{if } \lvert e \rvert < \delta \\ \delta \lvert e \rvert - \tfrac12 \delta^2 & \text{otherwise} \end{cases}
           J = \sum_{ij} \ell(Y_{ij} - Y^*_{ij})
    \bar Y_{ij}
      &= \bar J\, \frac{\partial J}{\partial Y_{ij}}  && \text{chain rule; } J \text{ is one number} \\
      &= \bar J\, \begin{cases} Y_{ij} - Y^*_{ij} & \text{if } \lvert Y_{ij} - Y^*_{ij} \rvert < \delta \\ \delta \operatorname{sign}(Y_{ij} - Y^*_{ij}) & \text{otherwise} \end{cases}  && \text{each piece by itself} \\
      &= \bar J \max(-\delta, \min(Y_{ij} - Y^*_{ij}, \delta))  && \text{a clip}

    \bar{Y^*}_{ij}
      &= \bar J\, \frac{\partial J}{\partial Y^*_{ij}}  && \text{chain rule} \\
      &= -\bar J \max(-\delta, \min(Y_{ij} - Y^*_{ij}, \delta))  && \text{the inner derivative is } -1
    ```

    Parameters
    ----------
    J_bar : scalar
        Cotangent of the loss; 1 when the loss is what is minimised.
    J : scalar or None
        The loss; not needed.
    Y : (...) array
        Outputs.
    T : (...) array
        Targets, $Y^*$ in the formulas.
    delta : number
        δ, positive: the size of error from which on the loss is a straight line; a constant, which gets no cotangent.

    Returns
    -------
    Y_bar : (...) array
        Cotangent of the outputs: between −δ and δ, times that of the loss.
    T_bar : (...) array
        Cotangent of the targets.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If delta is not a positive number.

    Examples
    --------
    >>> huber_vjp(1.0, None, [0.5, 4.0], [0.0, 0.0])[0]
    array([0.5, 1. ])
    """
    signature = "huber_vjp(J_bar[], J[], Y[...], T[...])"
    check_shapes(signature, J_bar, J, Y, T)
    positive_number(f"{signature}: delta", delta)
    Y_bar = J_bar * np.maximum(np.minimum(Y - T, delta), -delta)
    return Y_bar, -Y_bar


@takes_arrays
def huber_jvp(
    Y_dot: Array, T_dot: Array, J: float | None, Y: Array, T: Array, *, delta: float = 1.0
) -> float:
    r"""$\dot J = \sum_{ij} \max(-\delta, \min(Y_{ij} - Y^*_{ij}, \delta))\, (\dot Y_{ij} - \dot{Y^*}_{ij})$.

    The clipped error, paired with the direction in which the error moves.

    Parameters
    ----------
    Y_dot : (...) array
        Tangent of Y.
    T_dot : (...) array
        Tangent of T.
    J : scalar or None
        The loss; not needed.
    Y : (...) array
        Outputs.
    T : (...) array
        Targets, $Y^*$ in the formulas.
    delta : number
        δ, positive: the size of error from which on the loss is a straight line; a constant, which gets no cotangent.

    Returns
    -------
    J_dot : scalar
        Tangent of the loss.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If delta is not a positive number.
    """
    signature = "huber_jvp(Y_dot[...], T_dot[...], J[], Y[...], T[...])"
    check_shapes(signature, Y_dot, T_dot, J, Y, T)
    positive_number(f"{signature}: delta", delta)
    J_dot: float = np.sum(np.maximum(np.minimum(Y - T, delta), -delta) * (Y_dot - T_dot))
    return J_dot


@takes_arrays
def hinge(Z: Array, T: Array, *, margin: float = 1.0) -> float:
    r"""$J = \sum_{ij} \max(0, c - Y^*_{ij} Z_{ij})$.

    The loss of a support vector machine: what a score lacks to the margin on the side of its target.

    Parameters
    ----------
    Z : (...) array
        Scores.
    T : (...) array
        Targets, $Y^*$ in the formulas: 1 or −1.
    margin : number
        c: a score that is so far on the right side costs nothing; a constant, which gets no cotangent.

    Returns
    -------
    J : scalar
        The sum.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    Examples
    --------
    >>> float(hinge([0.5, 3.0, -2.0], [1.0, 1.0, 1.0]))
    3.5
    """
    signature = "hinge(Z[...], T[...])"
    check_shapes(signature, Z, T)
    J: float = np.sum(np.maximum(margin - T * Z, 0))
    return J


@takes_arrays
def hinge_vjp(
    J_bar: float, J: float | None, Z: Array, T: Array, *, margin: float = 1.0
) -> tuple[Array, Array]:
    r"""$\bar Z_{ij} = -\bar J\, Y^*_{ij}\, [Y^*_{ij} Z_{ij} < c]$, $\bar{Y^*}_{ij} = -\bar J\, Z_{ij}\, [Y^*_{ij} Z_{ij} < c]$.

    Every sample within the margin pulls with the same force, all others not at all.

    Derivation
    ----------
    ```derivation hinge-vjp
    where  Z, Y^* \in \mathbb{R}^{n \times y},  c \in \mathbb{R} \text{ constant}
           J = \sum_{ij} \max(0, c - Y^*_{ij} Z_{ij})
    \bar Z_{ij}
      &= \bar J\, \frac{\partial J}{\partial Z_{ij}}  && \text{chain rule; } J \text{ is one number} \\
      &= -\bar J\, Y^*_{ij}\, [Y^*_{ij} Z_{ij} < c]  && \text{the slope of the larger one}

    \bar{Y^*}_{ij}
      &= \bar J\, \frac{\partial J}{\partial Y^*_{ij}}  && \text{chain rule} \\
      &= -\bar J\, Z_{ij}\, [Y^*_{ij} Z_{ij} < c]  && \text{both factors take the same part}
    ```

    Parameters
    ----------
    J_bar : scalar
        Cotangent of the loss; 1 when the loss is what is minimised.
    J : scalar or None
        The loss; not needed.
    Z : (...) array
        Scores.
    T : (...) array
        Targets, $Y^*$ in the formulas: 1 or −1.
    margin : number
        c: a score that is so far on the right side costs nothing; a constant, which gets no cotangent.

    Returns
    -------
    Z_bar : (...) array
        Cotangent of the scores.
    T_bar : (...) array
        Cotangent of the targets.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    Notes
    -----
    At the margin itself there is no derivative; the code takes 0.

    Examples
    --------
    >>> hinge_vjp(1.0, None, [0.5, 3.0, -2.0], [1.0, 1.0, -1.0])[0]
    array([-1.,  0.,  0.])
    """
    signature = "hinge_vjp(J_bar[], J[], Z[...], T[...])"
    check_shapes(signature, J_bar, J, Z, T)
    within = np.less(T * Z, margin)
    return np.where(within, -J_bar * T, 0), np.where(within, -J_bar * Z, 0)


@takes_arrays
def hinge_jvp(
    Z_dot: Array, T_dot: Array, J: float | None, Z: Array, T: Array, *, margin: float = 1.0
) -> float:
    r"""$\dot J = -\sum_{ij} [Y^*_{ij} Z_{ij} < c]\, (Y^*_{ij} \dot Z_{ij} + Z_{ij} \dot{Y^*}_{ij})$.

    What the products within the margin gain, the loss loses.

    Parameters
    ----------
    Z_dot : (...) array
        Tangent of Z.
    T_dot : (...) array
        Tangent of T.
    J : scalar or None
        The loss; not needed.
    Z : (...) array
        Scores.
    T : (...) array
        Targets, $Y^*$ in the formulas: 1 or −1.
    margin : number
        c: a score that is so far on the right side costs nothing; a constant, which gets no cotangent.

    Returns
    -------
    J_dot : scalar
        Tangent of the loss.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    """
    signature = "hinge_jvp(Z_dot[...], T_dot[...], J[], Z[...], T[...])"
    check_shapes(signature, Z_dot, T_dot, J, Z, T)
    J_dot: float = -np.sum(np.less(T * Z, margin) * (T * Z_dot + Z * T_dot))
    return J_dot


@takes_arrays
def gaussian_nll(M: Array, S: Array, T: Array) -> float:
    r"""$J = \tfrac12 \sum_{ij} (S_{ij} + (M_{ij} - Y^*_{ij})^2 e^{-S_{ij}})$.

    Minus the logarithm of a normal density at the targets, without the constant $\tfrac12 \log 2 \pi$ of each entry: a squared error whose weight is learned.

    Parameters
    ----------
    M : (...) array
        Means.
    S : (...) array
        Logarithms of the variances, so that nothing need be kept positive.
    T : (...) array
        Targets, $Y^*$ in the formulas.

    Returns
    -------
    J : scalar
        The sum.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    Notes
    -----
    In PyTorch: `F.gaussian_nll_loss(M, T, S.exp(), reduction="sum")`, but for variances below its `eps`. One exponential for each entry.

    Examples
    --------
    >>> float(gaussian_nll([1.0, 3.0], [0.0, 0.0], [0.0, 0.0]))
    5.0
    """
    signature = "gaussian_nll(M[...], S[...], T[...])"
    check_shapes(signature, M, S, T)
    E = M - T
    J: float = 0.5 * np.sum(S + E * E * np.exp(-S))
    return J


@takes_arrays
def gaussian_nll_vjp(
    J_bar: float, J: float | None, M: Array, S: Array, T: Array
) -> tuple[Array, Array, Array]:
    r"""$\bar M_{ij} = \bar J\, (M_{ij} - Y^*_{ij})\, e^{-S_{ij}}$, $\bar S_{ij} = \tfrac12\, \bar J\, (1 - (M_{ij} - Y^*_{ij})^2 e^{-S_{ij}})$, $\bar{Y^*}_{ij} = -\bar J\, (M_{ij} - Y^*_{ij})\, e^{-S_{ij}}$.

    The error, less of it where the variance is large; and the variance moves to the squared error.

    Derivation
    ----------
    ```derivation gaussian-nll-vjp
    where  M, S, Y^* \in \mathbb{R}^{n \times y}
           J = \tfrac12 \sum_{ij} \left(S_{ij} + (M_{ij} - Y^*_{ij})^2 e^{-S_{ij}}\right)
    \bar M_{ij}
      &= \bar J\, \frac{\partial J}{\partial M_{ij}}  && \text{chain rule; } J \text{ is one number} \\
      &= \bar J\, (M_{ij} - Y^*_{ij})\, e^{-S_{ij}}  && \text{power rule}

    \bar S_{ij}
      &= \bar J\, \frac{\partial J}{\partial S_{ij}}  && \text{chain rule} \\
      &= \tfrac12\, \bar J\, (1 - (M_{ij} - Y^*_{ij})^2 e^{-S_{ij}})  && \text{the exponential is its own derivative}

    \bar{Y^*}_{ij}
      &= \bar J\, \frac{\partial J}{\partial Y^*_{ij}}  && \text{chain rule} \\
      &= -\bar J\, (M_{ij} - Y^*_{ij})\, e^{-S_{ij}}  && \text{the inner derivative is } -1
    ```

    Parameters
    ----------
    J_bar : scalar
        Cotangent of the loss; 1 when the loss is what is minimised.
    J : scalar or None
        The loss; not needed.
    M : (...) array
        Means.
    S : (...) array
        Logarithms of the variances, so that nothing need be kept positive.
    T : (...) array
        Targets, $Y^*$ in the formulas.

    Returns
    -------
    M_bar : (...) array
        Cotangent of the means.
    S_bar : (...) array
        Cotangent of the logarithms of the variances; 0 where the variance is the squared error.
    T_bar : (...) array
        Cotangent of the targets.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    Examples
    --------
    >>> gaussian_nll_vjp(1.0, None, [1.0, 3.0], [0.0, 0.0], [0.0, 0.0])[:2]
    (array([1., 3.]), array([ 0., -4.]))
    """
    signature = "gaussian_nll_vjp(J_bar[], J[], M[...], S[...], T[...])"
    check_shapes(signature, J_bar, J, M, S, T)
    E = M - T
    M_bar = J_bar * E * np.exp(-S)
    S_bar = 0.5 * (J_bar - M_bar * E)
    return M_bar, S_bar, -M_bar


@takes_arrays
def gaussian_nll_jvp(
    M_dot: Array, S_dot: Array, T_dot: Array, J: float | None, M: Array, S: Array, T: Array
) -> float:
    r"""$\dot J = \sum_{ij} ((M_{ij} - Y^*_{ij})\, e^{-S_{ij}} (\dot M_{ij} - \dot{Y^*}_{ij}) + \tfrac12 (1 - (M_{ij} - Y^*_{ij})^2 e^{-S_{ij}})\, \dot S_{ij})$.

    Each of the three, paired with its direction.

    Parameters
    ----------
    M_dot : (...) array
        Tangent of M.
    S_dot : (...) array
        Tangent of S.
    T_dot : (...) array
        Tangent of T.
    J : scalar or None
        The loss; not needed.
    M : (...) array
        Means.
    S : (...) array
        Logarithms of the variances, so that nothing need be kept positive.
    T : (...) array
        Targets, $Y^*$ in the formulas.

    Returns
    -------
    J_dot : scalar
        Tangent of the loss.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    """
    signature = "gaussian_nll_jvp(M_dot[...], S_dot[...], T_dot[...], J[], M[...], S[...], T[...])"
    check_shapes(signature, M_dot, S_dot, T_dot, J, M, S, T)
    E = M - T
    weighted = E * np.exp(-S)
    J_dot: float = np.sum(weighted * (M_dot - T_dot) + 0.5 * (1 - weighted * E) * S_dot)
    return J_dot


@takes_arrays
def info_nce(X: Array, Y: Array, tau: Array) -> float:
    r"""$J = -\sum_i \log P_{ii}$, $P = \operatorname{softmax}(X Y^{\mathsf T} / \tau)$.

    A cross-entropy over similarities: for each row of X, its own row of Y is the true class among n.

    Parameters
    ----------
    X : (n, d) array
        One row for each sample.
    Y : (n, d) array
        Row i belongs to row i of X; all other rows are wrong answers.
    tau : scalar
        τ, the temperature: not 0.

    Returns
    -------
    J : scalar
        The sum.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If the largest similarity of a row is infinite.

    Notes
    -----
    To compare directions, normalise the rows first. n² · d multiplications and n² exponentials. In PyTorch: `F.cross_entropy(X @ Y.T / tau, torch.arange(n), reduction="sum")`.

    Examples
    --------
    >>> float(info_nce(np.ones((2, 3)), np.ones((2, 3)), 0.5) / np.log(2.0))
    2.0
    """
    signature = "info_nce(X[n d], Y[n d], tau[])"
    check_shapes(signature, X, Y, tau)
    L = log_probabilities(signature, X @ np.transpose(Y) / tau)
    J: float = -np.sum(np.where(np.eye(np.shape(X)[0], dtype=bool), L, 0))
    return J


@takes_arrays
def info_nce_vjp(J_bar: float, J: float | None, X: Array, Y: Array, tau: Array) -> tuple[Array, Array, Array]:
    r"""$\bar X_{kr} = \frac{\bar J}{\tau} \sum_l (P_{kl} - I_{kl}) Y_{lr}$, $\bar Y_{lr} = \frac{\bar J}{\tau} \sum_k (P_{kl} - I_{kl}) X_{kr}$, $\bar \tau = -\frac{\bar J}{\tau^2} \sum_{kl} (P_{kl} - I_{kl}) S_{kl}$.

    Probability minus target, whose ones are on the diagonal, I; then the two matrix products of the similarities $S = X Y^{\mathsf T}$.

    Derivation
    ----------
    ```derivation info-nce-vjp
    where  X, Y \in \mathbb{R}^{n \times d},  \tau \in \mathbb{R} \text{ nonzero},  I \in \mathbb{R}^{n \times n} \text{ identity}
           S = X Y^{\mathsf T}
           P = \operatorname{softmax}(S / \tau)
           J = -\sum_i \log P_{ii}
    \frac{\partial J}{\partial S_{kl}}
      &= -\sum_i \delta_{ki}\, \frac1\tau (\delta_{il} - P_{kl})  && \text{log-softmax of } S / \tau \\
      &= \frac1\tau (P_{kl} - I_{kl})  && \text{the true class of row } k \text{ is } k

    \bar X_{kr}
      &= \bar J\, \frac{\partial J}{\partial X_{kr}}  && \text{chain rule; } J \text{ is one number} \\
      &= \frac{\bar J}{\tau} \sum_l (P_{kl} - I_{kl}) Y_{lr}  && S_{kl} = \sum_r X_{kr} Y_{lr}

    \bar Y_{lr}
      &= \bar J\, \frac{\partial J}{\partial Y_{lr}}  && \text{chain rule} \\
      &= \frac{\bar J}{\tau} \sum_k (P_{kl} - I_{kl}) X_{kr}  && \text{the same product, transposed}

    \bar \tau
      &= \bar J\, \frac{\partial J}{\partial \tau}  && \text{chain rule} \\
      &= -\frac{\bar J}{\tau^2} \sum_{kl} (P_{kl} - I_{kl}) S_{kl}  && \tau \text{ divides all of } S
    ```

    Parameters
    ----------
    J_bar : scalar
        Cotangent of the loss; 1 when the loss is what is minimised.
    J : scalar or None
        The loss; not needed.
    X : (n, d) array
        One row for each sample.
    Y : (n, d) array
        Row i belongs to row i of X; all other rows are wrong answers.
    tau : scalar
        τ, the temperature: not 0.

    Returns
    -------
    X_bar : (n, d) array
        Cotangent of X.
    Y_bar : (n, d) array
        Cotangent of Y.
    tau_bar : scalar
        Cotangent of the temperature.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If the largest similarity of a row is infinite.

    Notes
    -----
    The similarities are computed again. Three matrix products.

    References
    ----------
    Oord, Li and Vinyals (2018).

    Examples
    --------
    >>> info_nce_vjp(1.0, None, [[1.0], [0.0]], [[0.0], [0.0]], 0.5)[1]
    array([[-1.],
           [ 1.]])
    """
    signature = "info_nce_vjp(J_bar[], J[], X[n d], Y[n d], tau[])"
    check_shapes(signature, J_bar, J, X, Y, tau)
    S = X @ np.transpose(Y)
    G = J_bar / tau * (np.exp(log_probabilities(signature, S / tau)) - np.eye(np.shape(X)[0], dtype=X.dtype))
    return G @ Y, np.transpose(G) @ X, -np.sum(G * S) / tau


@takes_arrays
def info_nce_jvp(
    X_dot: Array, Y_dot: Array, tau_dot: Array, J: float | None, X: Array, Y: Array, tau: Array
) -> float:
    r"""$\dot J = \frac{1}{\tau} \sum_{kl} (P_{kl} - I_{kl}) (\dot S_{kl} - S_{kl}\, \dot \tau / \tau)$.

    The similarities move with $\dot S = \dot X Y^{\mathsf T} + X \dot Y^{\mathsf T}$.

    Parameters
    ----------
    X_dot : (n, d) array
        Tangent of X.
    Y_dot : (n, d) array
        Tangent of Y.
    tau_dot : scalar
        Tangent of tau.
    J : scalar or None
        The loss; not needed.
    X : (n, d) array
        One row for each sample.
    Y : (n, d) array
        Row i belongs to row i of X; all other rows are wrong answers.
    tau : scalar
        τ, the temperature: not 0.

    Returns
    -------
    J_dot : scalar
        Tangent of the loss.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If the largest similarity of a row is infinite.
    """
    signature = "info_nce_jvp(X_dot[n d], Y_dot[n d], tau_dot[], J[], X[n d], Y[n d], tau[])"
    check_shapes(signature, X_dot, Y_dot, tau_dot, J, X, Y, tau)
    S = X @ np.transpose(Y)
    G = np.exp(log_probabilities(signature, S / tau)) - np.eye(np.shape(X)[0], dtype=X.dtype)
    S_dot = X_dot @ np.transpose(Y) + X @ np.transpose(Y_dot)
    J_dot: float = np.sum(G * (S_dot - S * tau_dot / tau) / tau)
    return J_dot


def weight_like(signature: str, pos_weight: ArrayLike, Z: Array) -> Array:
    """Return the weight as an array of the type of Z; raise ShapeError unless it broadcasts to the shape of Z."""
    w = np.asarray(pos_weight, Z.dtype)
    check_broadcasts(signature, "pos_weight", w, np.shape(Z), " of Z")
    return w


def check_rows_sum_to_one(signature: str, T: Array) -> None:
    """Raise ValueError unless each row of T sums to one."""
    if isinstance(T, np.ndarray):
        for row, total in enumerate(np.sum(T, axis=-1)):
            if not abs(total - 1) <= 1e-5:  # wide enough for float32 rows; a NaN does not pass
                raise ValueError(
                    f"{signature}: each row of T must sum to 1, but row {row} sums to {total:.6g}"
                )


def weighted_targets(
    signature: str,
    Z: Array,
    labels: Integers,
    weight: ArrayLike | None,
    label_smoothing: float,
    ignore_index: int,
    reduction: str,
) -> tuple[Array, Any]:
    """Return Q, what the logarithms of the probabilities are multiplied by, and the divisor of the mean; raise ValueError for a label that is not a class, and for an unknown setting."""
    classes = np.shape(Z)[-1]
    number_from_0_below_1(f"{signature}: label_smoothing", label_smoothing)
    one_of("reduction", reduction, ["sum", "mean"])
    w = np.ones(classes, Z.dtype) if weight is None else np.asarray(weight, Z.dtype)
    if w.shape != (classes,):
        raise ShapeError(
            f"{signature}: weight must have one number for each of {classes} classes, but has the shape {w.shape}"
        )
    counts = np.expand_dims(labels != ignore_index, -1)
    check_places(signature, "labels", labels, "class", classes, but=ignore_index)
    T = np.equal(np.expand_dims(labels, -1), np.arange(classes)) & counts
    Q: Array = np.where(counts, w * label_smoothing / classes, 0) + np.where(T, w * (1 - label_smoothing), 0)
    if reduction == "sum":
        return Q, 1
    total = np.sum(np.where(T, w, 0))
    return Q, np.where(total == 0, 1, total).astype(Z.dtype)


def probability_minus_target(signature: str, Z: Array, Q: Array) -> Array:
    """Return softmax(Z) times the sum of each row of Q, less Q."""
    E = np.exp(below_largest(signature, Z))
    total = np.sum(Q, axis=-1, keepdims=True)
    P: Array = E / np.sum(E, axis=-1, keepdims=True)
    return np.where(total == 0, 0, P * total) - Q  # also where a row that is ignored holds NaN


def log_probabilities(signature: str, Z: Array) -> Array:
    """Return the logarithm of the softmax of each row."""
    Z = below_largest(signature, Z)
    L: Array = Z - np.log(np.sum(np.exp(Z), axis=-1, keepdims=True))
    return L
