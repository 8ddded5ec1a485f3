r"""Operations that couple the entries along an axis: sums, means, the largest, and the softmax.

An elementwise function has a diagonal Jacobian, so its rule is a Hadamard product. Here every output depends on all inputs
along an axis. Going back, a reduction hands its one cotangent to each of them, times a weight:

| $y$ | weight of $x_i$ among n entries |
|---|---|
| sum | 1 |
| mean | 1 / n |
| max | 1 for the largest, else 0; equal shares at a tie |
| min | 1 for the smallest, else 0; equal shares at a tie |
| var | 2 $(x_i - \mu)$ / n, with the mean $\mu$ |
| std | $(x_i - \mu)$ / (n y); 0 if y is 0 |
| norm | $x_i$ / y; 0 if y is 0 |
| prod | the product of the others |
| logsumexp | softmax(x) at i |

`axis` and `keepdims` mean what they mean in NumPy. The default is all entries; `softmax`, `log_softmax`,
`logsumexp` and the running sum `cumsum` work along the last axis unless told otherwise.
"""

import math
from operator import index

import numpy as np

from mathnet.arguments import takes_arrays
from mathnet.shapes import Array, ShapeError, check_shapes

Axes = int | tuple[int, ...] | None
"""One axis, several, or all of them."""


@takes_arrays
def softmax(Z: Array, *, axis: int = -1) -> Array:
    r"""$Y_{ij} = e^{Z_{ij}} / \sum_k e^{Z_{ik}}$.

    Turns each row of logits into positive numbers that sum to one.

    Not an elementwise function: adding to one logit lowers the other outputs of its row.

    Parameters
    ----------
    Z : (..., k) array
        Logits.
    axis : int
        The axis that is normalised: the last one, unless told otherwise.

    Returns
    -------
    Y : (..., k) array
        Probabilities along the axis.

    Raises
    ------
    ShapeError
        If Z is a scalar, has no such axis, or its rows have no entry.
    ValueError
        If the largest logit of a row is infinite: a row of −∞ alone, or one with +∞.

    Notes
    -----
    The largest logit of a row is subtracted first: the quotient stays the same, and `exp` cannot overflow.
    A logit of −∞ beside a finite one gets the limit, probability 0 and gradient 0. A NaN makes its row NaN.
    One exponential for each entry, and two sweeps along each row. An array of another library, which may be lazy, is not
    looked into: its infinite rows become NaN.

    Examples
    --------
    >>> softmax(np.log([[1.0, 2.0, 5.0]]))
    array([[0.125, 0.25 , 0.625]])
    """
    check_shapes("softmax(Z[... k])", Z)
    E = np.exp(below_largest("softmax(Z[... k])", Z, axis))
    Y: Array = E / np.sum(E, axis=axis, keepdims=True)
    return Y


@takes_arrays
def softmax_vjp(Y_bar: Array, Y: Array, Z: Array | None, *, axis: int = -1) -> tuple[Array]:
    r"""$\bar Z_{ij} = Y_{ij} \left(\bar Y_{ij} - \sum_k \bar Y_{ik} Y_{ik}\right)$.

    Take each row of $\bar Y$, subtract its average weighted by the row of Y (a dot product), then
    multiply entry by entry (a Hadamard product).

    Derivation
    ----------
    First the Jacobian of one row, by the quotient rule; then the chain rule:

    ```derivation softmax-vjp
    where  Z \in \mathbb{R}^{n \times k}
           Y_{ij} = \frac{e^{Z_{ij}}}{\sum_q e^{Z_{iq}}}
    \frac{\partial Y_{ij}}{\partial Z_{il}}
      &= \frac{e^{Z_{ij}}\, \delta_{jl} \sum_q e^{Z_{iq}} - e^{Z_{ij}}\, e^{Z_{il}}}{\left(\sum_q e^{Z_{iq}}\right)^2}  && \text{quotient rule} \\
      &= Y_{ij}\, \delta_{jl} - Y_{ij} Y_{il}  && \text{definition of } Y \\
      &= Y_{ij} \left(\delta_{jl} - Y_{il}\right)  && \text{factor out } Y_{ij}

    \bar Z_{il}
      &= \sum_{pj} \bar Y_{pj}\, \frac{\partial Y_{pj}}{\partial Z_{il}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pj} \bar Y_{pj}\, \delta_{pi}\, Y_{ij} \left(\delta_{jl} - Y_{il}\right)  && \text{row } p \text{ depends on row } i \text{ only for } p = i \\
      &= \sum_j \bar Y_{ij} Y_{ij}\, \delta_{jl} - \sum_j \bar Y_{ij} Y_{ij} Y_{il}  && \delta_{pi} \text{ keeps } p = i \\
      &= Y_{il} \left(\bar Y_{il} - \sum_j \bar Y_{ij} Y_{ij}\right)  && \delta_{jl} \text{ keeps } j = l
    ```

    Parameters
    ----------
    Y_bar : (..., k) array
        Cotangent of the probabilities.
    Y : (..., k) array
        Output of [`softmax`][mathnet.softmax].
    Z : (..., k) array or None
        Logits; not needed, because Y carries all that matters.
    axis : int
        The axis that was normalised.

    Returns
    -------
    Z_bar : (..., k) array
        Cotangent of the logits. Each row sums to zero.

    Raises
    ------
    ShapeError
        If the shapes differ.

    Notes
    -----
    No exponential: Y is all that must be kept from the forward pass.

    References
    ----------
    Goodfellow, Bengio and Courville (2016), section 6.2.2.3.

    Examples
    --------
    A constant cotangent is annihilated, since the rows of Y always sum to one:

    >>> Y = np.array([[0.125, 0.25, 0.625]])
    >>> softmax_vjp(np.ones((1, 3)), Y, np.log(Y))[0]
    array([[0., 0., 0.]])
    """
    check_shapes("softmax_vjp(Y_bar[... k], Y[... k], Z[... k])", Y_bar, Y, Z)
    check_axes("softmax_vjp(Y_bar[... k], Y[... k], Z[... k])", Y, axis)
    Z_bar = Y * (Y_bar - np.sum(Y_bar * Y, axis=axis, keepdims=True))
    return (Z_bar,)


@takes_arrays
def softmax_jvp(Z_dot: Array, Y: Array, Z: Array | None, *, axis: int = -1) -> Array:
    r"""$\dot Y_{ij} = Y_{ij} \left(\dot Z_{ij} - \sum_k \dot Z_{ik} Y_{ik}\right)$.

    The same program as the rule that goes back: the Jacobian of a row, $Y_j (\delta_{jl} - Y_l)$, is symmetric.

    Parameters
    ----------
    Z_dot : (..., k) array
        Tangent of the logits.
    Y : (..., k) array
        Output of [`softmax`][mathnet.softmax].
    Z : (..., k) array or None
        Logits; not needed.
    axis : int
        The axis that was normalised.

    Returns
    -------
    Y_dot : (..., k) array
        Tangent of the probabilities. Each row sums to zero.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    check_shapes("softmax_jvp(Z_dot[... k], Y[... k], Z[... k])", Z_dot, Y, Z)
    check_axes("softmax_jvp(Z_dot[... k], Y[... k], Z[... k])", Y, axis)
    Y_dot: Array = Y * (Z_dot - np.sum(Z_dot * Y, axis=axis, keepdims=True))
    return Y_dot


@takes_arrays
def logsumexp(Z: Array, *, axis: int = -1, keepdims: bool = False) -> Array:
    r"""$Y_i = \log \sum_k e^{Z_{ik}}$.

    A soft maximum: between the largest entry and that plus log k.

    Parameters
    ----------
    Z : (..., k) array
        Logits.
    axis : int
        The axis that goes: the last one, unless told otherwise.
    keepdims : bool
        Whether it stays, with size 1.

    Returns
    -------
    Y : (...) array
        One number for each row.

    Raises
    ------
    ShapeError
        If Z is a scalar, has no such axis, or its rows have no entry.
    ValueError
        If the largest logit of a row is infinite.

    Notes
    -----
    The largest logit is subtracted before the exponential and added after the logarithm, so nothing overflows.

    Examples
    --------
    >>> Y = logsumexp([[1000.0, 1000.0]]) - 1000
    >>> bool(np.isclose(Y, np.log(2.0)).all())
    True
    """
    check_shapes("logsumexp(Z[... k])", Z)
    E = np.exp(below_largest("logsumexp(Z[... k])", Z, axis))
    Y: Array = np.max(Z, axis=axis, keepdims=True) + np.log(np.sum(E, axis=axis, keepdims=True))
    return Y if keepdims else np.squeeze(Y, axis=axis)


@takes_arrays
def logsumexp_vjp(
    Y_bar: Array, Y: Array, Z: Array, *, axis: int = -1, keepdims: bool = False
) -> tuple[Array]:
    r"""$\bar Z_{ij} = \bar Y_i\, e^{Z_{ij} - Y_i}$.

    The derivative of the soft maximum is the softmax: the entries share the cotangent, in parts that add up to one.

    Derivation
    ----------
    ```derivation logsumexp-vjp
    where  Z \in \mathbb{R}^{n \times k}
           Y_i = \log \sum_q e^{Z_{iq}}
    \bar Z_{ij}
      &= \sum_p \bar Y_p\, \frac{\partial Y_p}{\partial Z_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \bar Y_i\, \frac{e^{Z_{ij}}}{\sum_q e^{Z_{iq}}}  && \text{the logarithm, then the sum; } p = i \text{ alone has } Z_{ij} \\
      &= \bar Y_i\, e^{Z_{ij} - Y_i}  && \text{the sum is } e^{Y_i}
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the result.
    Y : (...) array
        Output of [`logsumexp`][mathnet.logsumexp].
    Z : (..., k) array
        Logits.
    axis : int
        The axis that went.
    keepdims : bool
        Whether it stayed, with size 1.

    Returns
    -------
    Z_bar : (..., k) array
        Cotangent of the logits.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    Notes
    -----
    Z and Y must be kept from the forward pass: then no sum and no maximum are needed, and the exponent is never positive.
    """
    axes = check_axes("logsumexp_vjp(Y_bar, Y, Z)", Z, axis, keepdims, Y_bar=Y_bar, Y=Y)
    return (with_axes(Y_bar, axes, keepdims) * np.exp(Z - with_axes(Y, axes, keepdims)),)


@takes_arrays
def logsumexp_jvp(Z_dot: Array, Y: Array, Z: Array, *, axis: int = -1, keepdims: bool = False) -> Array:
    r"""$\dot Y_i = \sum_k e^{Z_{ik} - Y_i}\, \dot Z_{ik}$.

    The mean of the tangents, weighted with the softmax.

    Parameters
    ----------
    Z_dot : (..., k) array
        Tangent of the logits.
    Y : (...) array
        Output of [`logsumexp`][mathnet.logsumexp].
    Z : (..., k) array
        Logits.
    axis : int
        The axis that went.
    keepdims : bool
        Whether it stayed, with size 1.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    """
    check_shapes("logsumexp_jvp(Z_dot[...], Z[...])", Z_dot, Z)
    axes = check_axes("logsumexp_jvp(Z_dot, Y, Z)", Z, axis, keepdims, Y=Y)
    Y_dot: Array = np.sum(Z_dot * np.exp(Z - with_axes(Y, axes, keepdims)), axis=axes, keepdims=keepdims)
    return Y_dot


@takes_arrays
def log_softmax(Z: Array, *, axis: int = -1) -> Array:
    r"""$Y_{ij} = Z_{ij} - \log \sum_k e^{Z_{ik}}$.

    The logarithm of the softmax, without its quotient: a probability that would round to 0 keeps its logarithm.

    Parameters
    ----------
    Z : (..., k) array
        Logits.
    axis : int
        The axis that is normalised: the last one, unless told otherwise.

    Returns
    -------
    Y : (..., k) array
        Logarithms of probabilities: 0 or less.

    Raises
    ------
    ShapeError
        If Z is a scalar, has no such axis, or its rows have no entry.
    ValueError
        If the largest logit of a row is infinite.

    Examples
    --------
    >>> log_softmax([[0.0, -1000.0]])
    array([[    0., -1000.]])
    """
    check_shapes("log_softmax(Z[... k])", Z)
    Z = below_largest("log_softmax(Z[... k])", Z, axis)
    Y: Array = Z - np.log(np.sum(np.exp(Z), axis=axis, keepdims=True))
    return Y


@takes_arrays
def log_softmax_vjp(Y_bar: Array, Y: Array, Z: Array | None, *, axis: int = -1) -> tuple[Array]:
    r"""$\bar Z_{ij} = \bar Y_{ij} - e^{Y_{ij}} \sum_k \bar Y_{ik}$.

    Each logit raises its own output, and lowers all of its row by its probability.

    Derivation
    ----------
    ```derivation log-softmax-vjp
    where  Z \in \mathbb{R}^{n \times k}
           Y_{ij} = Z_{ij} - \log \sum_q e^{Z_{iq}}
    \bar Z_{ij}
      &= \sum_{pl} \bar Y_{pl}\, \frac{\partial Y_{pl}}{\partial Z_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{l} \bar Y_{il} \left(\delta_{lj} - \frac{e^{Z_{ij}}}{\sum_q e^{Z_{iq}}}\right)  && \text{row } i \text{ alone has } Z_{ij} \\
      &= \sum_{l} \bar Y_{il} \left(\delta_{lj} - e^{Y_{ij}}\right)  && \text{the quotient is the softmax} \\
      &= \bar Y_{ij} - e^{Y_{ij}} \sum_l \bar Y_{il}  && \delta_{lj} \text{ keeps } l = j
    ```

    Parameters
    ----------
    Y_bar : (..., k) array
        Cotangent of the result.
    Y : (..., k) array
        Output of [`log_softmax`][mathnet.log_softmax].
    Z : (..., k) array or None
        Logits; not needed.
    axis : int
        The axis that was normalised.

    Returns
    -------
    Z_bar : (..., k) array
        Cotangent of the logits. Each row sums to zero.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    Notes
    -----
    Y is all that must be kept from the forward pass.
    """
    check_shapes("log_softmax_vjp(Y_bar[... k], Y[... k], Z[... k])", Y_bar, Y, Z)
    check_axes("log_softmax_vjp(Y_bar[... k], Y[... k], Z[... k])", Y, axis)
    return (Y_bar - np.exp(Y) * np.sum(Y_bar, axis=axis, keepdims=True),)


@takes_arrays
def log_softmax_jvp(Z_dot: Array, Y: Array, Z: Array | None, *, axis: int = -1) -> Array:
    r"""$\dot Y_{ij} = \dot Z_{ij} - \sum_k e^{Y_{ik}}\, \dot Z_{ik}$.

    The tangent of a logit, less the mean of its row, weighted with the probabilities.

    Parameters
    ----------
    Z_dot : (..., k) array
        Tangent of the logits.
    Y : (..., k) array
        Output of [`log_softmax`][mathnet.log_softmax].
    Z : (..., k) array or None
        Logits; not needed.
    axis : int
        The axis that was normalised.

    Returns
    -------
    Y_dot : (..., k) array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    """
    check_shapes("log_softmax_jvp(Z_dot[... k], Y[... k], Z[... k])", Z_dot, Y, Z)
    check_axes("log_softmax_jvp(Z_dot[... k], Y[... k], Z[... k])", Y, axis)
    Y_dot: Array = Z_dot - np.sum(np.exp(Y) * Z_dot, axis=axis, keepdims=True)
    return Y_dot


@takes_arrays
def sum(X: Array, *, axis: Axes = None, keepdims: bool = False) -> Array:
    r"""$Y = \sum_{ij} X_{ij}$.

    The sum of all entries, or of those along some axes.

    Parameters
    ----------
    X : (...) array
        Any shape.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    keepdims : bool
        Whether they stay, with size 1.

    Returns
    -------
    Y : array
        Of the shape of X without the axes. In NumPy: `np.sum(X, axis=axis, keepdims=keepdims)`.

    Raises
    ------
    ShapeError
        If X has no such axis.

    Examples
    --------
    >>> sum([[1.0, 2.0], [3.0, 4.0]], axis=0)
    array([4., 6.])
    """
    axes = check_axes("sum(X)", X, axis)
    Y: Array = np.sum(X, axis=axes, keepdims=keepdims)
    return Y


@takes_arrays
def sum_vjp(
    Y_bar: Array, Y: Array | None, X: Array, *, axis: Axes = None, keepdims: bool = False
) -> tuple[Array]:
    r"""$\bar X_{pq} = \bar Y$.

    Every entry gets the cotangent of the sum that it is in: the cotangent is repeated, where the function had added up.
    It is the counterpart of [`unbroadcast`][mathnet.unbroadcast].

    Derivation
    ----------
    For all entries; with an axis, the same for each slice along it:

    ```derivation sum-vjp
    where  X \in \mathbb{R}^{n \times m}
           Y = \sum_{ij} X_{ij}
    \bar X_{pq}
      &= \bar Y\, \frac{\partial Y}{\partial X_{pq}}  && \text{chain rule; } Y \text{ is one number} \\
      &= \bar Y \sum_{ij} \delta_{ip}\, \delta_{jq}  && X_{ij} \text{ is } X_{pq} \text{ only for } i = p,\ j = q \\
      &= \bar Y  && \text{the deltas keep } i = p,\ j = q
    ```

    Parameters
    ----------
    Y_bar : array
        Cotangent of the result.
    Y : array or None
        The result; not needed.
    X : (...) array
        What was reduced.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    keepdims : bool
        Whether they stay, with size 1.

    Returns
    -------
    X_bar : (...) array
        Cotangent of X.

    Raises
    ------
    ShapeError
        If X has no such axis, or Y_bar or Y has not the shape of the result.

    Notes
    -----
    Only the shape of X is used.

    Examples
    --------
    >>> sum_vjp([10.0, 20.0], None, np.ones((3, 2)), axis=0)[0]
    array([[10., 20.],
           [10., 20.],
           [10., 20.]])
    """
    axes = check_axes("sum_vjp(Y_bar, Y, X)", X, axis, keepdims, Y_bar=Y_bar, Y=Y)
    return (np.multiply(with_axes(Y_bar, axes, keepdims), np.ones_like(X)),)


@takes_arrays
def sum_jvp(
    X_dot: Array, Y: Array | None, X: Array | None, *, axis: Axes = None, keepdims: bool = False
) -> Array:
    r"""$\dot Y = \sum_{ij} \dot X_{ij}$.

    A sum is linear: it is its own derivative.

    Parameters
    ----------
    X_dot : (...) array
        Tangent of X.
    Y : array or None
        The result; not needed.
    X : (...) array or None
        What was reduced; not needed.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    keepdims : bool
        Whether they stay, with size 1.

    Returns
    -------
    Y_dot : array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If X has no such axis, or the shapes do not fit together.
    """
    check_shapes("sum_jvp(X_dot[...], X[...])", X_dot, X)
    axes = check_axes("sum_jvp(X_dot, Y, X)", X_dot, axis, keepdims, Y=Y)
    Y_dot: Array = np.sum(X_dot, axis=axes, keepdims=keepdims)
    return Y_dot


@takes_arrays
def mean(X: Array, *, axis: Axes = None, keepdims: bool = False) -> Array:
    r"""$Y = \frac{1}{nm} \sum_{ij} X_{ij}$.

    The sum, divided by the number of entries that are in it.

    Parameters
    ----------
    X : (...) array
        Any shape.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    keepdims : bool
        Whether they stay, with size 1.

    Returns
    -------
    Y : array
        Of the shape of X without the axes. In NumPy: `np.mean(X, axis=axis, keepdims=keepdims)`.

    Raises
    ------
    ShapeError
        If X has no such axis, or no entry along it.

    Examples
    --------
    >>> mean([[1.0, 2.0], [3.0, 4.0]], axis=0)
    array([2., 3.])
    """
    axes = check_axes("mean(X)", X, axis)
    Y: Array = np.sum(X, axis=axes, keepdims=keepdims) / number_of("mean(X)", X, axes)
    return Y


@takes_arrays
def mean_vjp(
    Y_bar: Array, Y: Array | None, X: Array, *, axis: Axes = None, keepdims: bool = False
) -> tuple[Array]:
    r"""$\bar X_{pq} = \frac{1}{nm}\, \bar Y$.

    As for the sum, divided by the number of entries. With an axis, that is its size: n entries in a column, m in a row.

    Derivation
    ----------
    For all entries; with an axis, the same for each slice along it:

    ```derivation mean-vjp
    where  X \in \mathbb{R}^{n \times m}
           Y = \frac{1}{nm} \sum_{ij} X_{ij}
    \bar X_{pq}
      &= \bar Y\, \frac{\partial Y}{\partial X_{pq}}  && \text{chain rule; } Y \text{ is one number} \\
      &= \frac{\bar Y}{nm} \sum_{ij} \delta_{ip}\, \delta_{jq}  && X_{ij} \text{ is } X_{pq} \text{ only for } i = p,\ j = q \\
      &= \frac{1}{nm}\, \bar Y  && \text{the deltas keep } i = p,\ j = q
    ```

    Parameters
    ----------
    Y_bar : array
        Cotangent of the result.
    Y : array or None
        The result; not needed.
    X : (...) array
        What was reduced.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    keepdims : bool
        Whether they stay, with size 1.

    Returns
    -------
    X_bar : (...) array
        Cotangent of X.

    Raises
    ------
    ShapeError
        If X has no such axis, or no entry along it, or Y_bar or Y has not the shape of the result.

    Notes
    -----
    Only the shape of X is used.

    Examples
    --------
    >>> mean_vjp([10.0, 20.0], None, np.ones((2, 2)), axis=0)[0]
    array([[ 5., 10.],
           [ 5., 10.]])
    """
    signature = "mean_vjp(Y_bar, Y, X)"
    axes = check_axes(signature, X, axis, keepdims, Y_bar=Y_bar, Y=Y)
    number = number_of(signature, X, axes)
    return (np.multiply(with_axes(Y_bar, axes, keepdims) / number, np.ones_like(X)),)


@takes_arrays
def mean_jvp(
    X_dot: Array, Y: Array | None, X: Array | None, *, axis: Axes = None, keepdims: bool = False
) -> Array:
    r"""$\dot Y = \frac{1}{nm} \sum_{ij} \dot X_{ij}$.

    A mean is linear: its tangent is the mean of the tangents.

    Parameters
    ----------
    X_dot : (...) array
        Tangent of X.
    Y : array or None
        The result; not needed.
    X : (...) array or None
        What was reduced; not needed.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    keepdims : bool
        Whether they stay, with size 1.

    Returns
    -------
    Y_dot : array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If X has no such axis, or no entry along it, or the shapes do not fit together.
    """
    check_shapes("mean_jvp(X_dot[...], X[...])", X_dot, X)
    signature = "mean_jvp(X_dot, Y, X)"
    axes = check_axes(signature, X_dot, axis, keepdims, Y=Y)
    number = number_of(signature, X_dot, axes)
    Y_dot: Array = np.sum(X_dot, axis=axes, keepdims=keepdims) / number
    return Y_dot


@takes_arrays
def var(X: Array, *, axis: Axes = None, correction: float = 0, keepdims: bool = False) -> Array:
    r"""$Y = \frac{1}{nm} \sum_{ij} (X_{ij} - \mu)^2$, $\mu = \frac{1}{nm} \sum_{ij} X_{ij}$.

    The variance: the mean of the squared deviations from the mean. A correction c divides by nm − c.

    Parameters
    ----------
    X : (...) array
        Any shape.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    correction : number
        What is subtracted from the number of entries before it divides: 1 for the estimate from a sample.
    keepdims : bool
        Whether the axes stay, with size 1.

    Returns
    -------
    Y : array
        Of the shape of X without the axes. In NumPy: `np.var(X, axis=axis, ddof=correction, keepdims=keepdims)`.

    Raises
    ------
    ShapeError
        If X has no such axis, or no entry along it.
    ValueError
        If the correction leaves nothing to divide by.

    Notes
    -----
    Two sweeps: first the mean, then the squares of what is left. The mean of the squares minus the square of the mean is
    the same number, but loses its digits where the mean is large.

    Examples
    --------
    >>> float(var([1.0, 2.0, 3.0, 6.0])), float(var([1.0, 3.0], correction=1))
    (3.5, 2.0)
    """
    axes = check_axes("var(X)", X, axis)
    divisor = divisor_of("var(X)", X, axes, correction)
    D = deviations(X, axes)
    Y: Array = np.sum(D * D, axis=axes, keepdims=keepdims) / divisor
    return Y


@takes_arrays
def var_vjp(
    Y_bar: Array,
    Y: Array | None,
    X: Array,
    *,
    axis: Axes = None,
    correction: float = 0,
    keepdims: bool = False,
) -> tuple[Array]:
    r"""$\bar X_{pq} = \frac{2}{nm}\, \bar Y\, (X_{pq} - \mu)$.

    The entries move away from their mean, each in proportion to its distance. The mean moves too, but that changes nothing: the
    deviations from it sum to zero.

    Derivation
    ----------
    For all entries, without a correction; with an axis, the same for each slice along it:

    ```derivation var-vjp
    where  X \in \mathbb{R}^{n \times m}
           \mu = \frac{1}{nm} \sum_{ij} X_{ij}
           Y = \frac{1}{nm} \sum_{ij} (X_{ij} - \mu)^2
    \bar X_{pq}
      &= \bar Y\, \frac{\partial Y}{\partial X_{pq}}  && \text{chain rule; } Y \text{ is one number} \\
      &= \bar Y\, \frac{2}{nm} \sum_{ij} (X_{ij} - \mu) \left(\delta_{ip}\, \delta_{jq} - \frac{1}{nm}\right)  && X_{pq} \text{ is in its own deviation, and in } \mu \\
      &= \frac{2}{nm}\, \bar Y\, (X_{pq} - \mu)  && \text{the deviations sum to zero}
    ```

    Parameters
    ----------
    Y_bar : array
        Cotangent of the result.
    Y : array or None
        The result; not needed.
    X : (...) array
        What was reduced.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    correction : number
        What is subtracted from the number of entries before it divides: 1 for the estimate from a sample.
    keepdims : bool
        Whether the axes stay, with size 1.

    Returns
    -------
    X_bar : (...) array
        Cotangent of X. Its entries sum to zero along the axes.

    Raises
    ------
    ShapeError
        If X has no such axis, or no entry along it, or Y_bar or Y has not the shape of the result.
    ValueError
        If the correction leaves nothing to divide by.

    Notes
    -----
    X must be kept from the forward pass; its mean is computed again.

    Examples
    --------
    >>> var_vjp(1.0, None, [1.0, 2.0, 3.0, 6.0])[0]
    array([-1. , -0.5,  0. ,  1.5])
    """
    signature = "var_vjp(Y_bar, Y, X)"
    axes = check_axes(signature, X, axis, keepdims, Y_bar=Y_bar, Y=Y)
    divisor = divisor_of(signature, X, axes, correction)
    return (2 * with_axes(Y_bar, axes, keepdims) / divisor * deviations(X, axes),)


@takes_arrays
def var_jvp(
    X_dot: Array,
    Y: Array | None,
    X: Array,
    *,
    axis: Axes = None,
    correction: float = 0,
    keepdims: bool = False,
) -> Array:
    r"""$\dot Y = \frac{2}{nm} \sum_{ij} (X_{ij} - \mu)\, \dot X_{ij}$.

    Twice the mean of the deviations times their tangents.

    Parameters
    ----------
    X_dot : (...) array
        Tangent of X.
    Y : array or None
        The result; not needed.
    X : (...) array
        What was reduced.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    correction : number
        What is subtracted from the number of entries before it divides: 1 for the estimate from a sample.
    keepdims : bool
        Whether the axes stay, with size 1.

    Returns
    -------
    Y_dot : array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If X has no such axis, or no entry along it, or the shapes do not fit together.
    ValueError
        If the correction leaves nothing to divide by.
    """
    check_shapes("var_jvp(X_dot[...], X[...])", X_dot, X)
    signature = "var_jvp(X_dot, Y, X)"
    axes = check_axes(signature, X, axis, keepdims, Y=Y)
    divisor = divisor_of(signature, X, axes, correction)
    Y_dot: Array = 2 * np.sum(deviations(X, axes) * X_dot, axis=axes, keepdims=keepdims) / divisor
    return Y_dot


@takes_arrays
def max(X: Array, *, axis: Axes = None, keepdims: bool = False) -> Array:
    r"""$Y = \max_{ij} X_{ij}$.

    The largest entry, of all or along some axes.

    Parameters
    ----------
    X : (...) array
        Any shape.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    keepdims : bool
        Whether they stay, with size 1.

    Returns
    -------
    Y : array
        Of the shape of X without the axes. In NumPy: `np.max(X, axis=axis, keepdims=keepdims)`.

    Raises
    ------
    ShapeError
        If X has no such axis, or no entry along it.

    Examples
    --------
    >>> max([[1.0, 5.0], [3.0, 4.0]], axis=1)
    array([5., 4.])
    """
    axes = check_axes("max(X)", X, axis)
    number_of("max(X)", X, axes)
    Y: Array = np.max(X, axis=axes, keepdims=keepdims)
    return Y


@takes_arrays
def max_vjp(
    Y_bar: Array, Y: Array | None, X: Array, *, axis: Axes = None, keepdims: bool = False
) -> tuple[Array]:
    r"""$\bar X_{pq} = \bar Y\, [X_{pq} \ge Y]$.

    The largest entry gets the cotangent, and all others 0. At a tie there is no derivative; here the largest ones share
    the cotangent equally.

    Derivation
    ----------
    For all entries; with an axis, the same for each slice along it:

    ```derivation max-vjp
    where  X \in \mathbb{R}^{n \times m}
           Y = \max_{ij} X_{ij}
    \bar X_{pq}
      &= \bar Y\, \frac{\partial Y}{\partial X_{pq}}  && \text{chain rule; } Y \text{ is one number} \\
      &= \bar Y\, [X_{pq} \ge Y]  && Y \text{ moves with the largest entry alone}
    ```

    Parameters
    ----------
    Y_bar : array
        Cotangent of the result.
    Y : array or None
        The result; not needed.
    X : (...) array
        What was reduced.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    keepdims : bool
        Whether they stay, with size 1.

    Returns
    -------
    X_bar : (...) array
        Cotangent of X.

    Raises
    ------
    ShapeError
        If X has no such axis, or no entry along it, or Y_bar or Y has not the shape of the result.

    Notes
    -----
    The shares of a tie add up to one, so the cotangent is neither lost nor doubled. A NaN makes the maximum NaN, and the
    cotangent of all entries that it was chosen from, with NumPy's warning. X must be kept from the forward pass.

    Examples
    --------
    >>> max_vjp(1.0, None, [7.0, 3.0, 7.0])[0]
    array([0.5, 0. , 0.5])
    """
    signature = "max_vjp(Y_bar, Y, X)"
    axes = check_axes(signature, X, axis, keepdims, Y_bar=Y_bar, Y=Y)
    share = shares_of_the_largest(signature, X, axes)
    return (np.multiply(with_axes(Y_bar, axes, keepdims), share),)


@takes_arrays
def max_jvp(X_dot: Array, Y: Array | None, X: Array, *, axis: Axes = None, keepdims: bool = False) -> Array:
    r"""$\dot Y = \sum_{ij} [X_{ij} \ge Y]\, \dot X_{ij}$.

    The tangent of the largest entry; at a tie the mean of the tangents of the largest ones, as the rule that goes back shares.

    Parameters
    ----------
    X_dot : (...) array
        Tangent of X.
    Y : array or None
        The result; not needed.
    X : (...) array
        What was reduced.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    keepdims : bool
        Whether they stay, with size 1.

    Returns
    -------
    Y_dot : array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If X has no such axis, or no entry along it, or the shapes do not fit together.
    """
    check_shapes("max_jvp(X_dot[...], X[...])", X_dot, X)
    signature = "max_jvp(X_dot, Y, X)"
    axes = check_axes(signature, X_dot, axis, keepdims, Y=Y)
    share = shares_of_the_largest(signature, X, axes)
    Y_dot: Array = np.sum(np.multiply(X_dot, share), axis=axes, keepdims=keepdims)
    return Y_dot


@takes_arrays
def min(X: Array, *, axis: Axes = None, keepdims: bool = False) -> Array:
    r"""$Y = \min_{ij} X_{ij}$.

    The smallest entry, of all or along some axes.

    Parameters
    ----------
    X : (...) array
        Any shape.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    keepdims : bool
        Whether they stay, with size 1.

    Returns
    -------
    Y : array
        Of the shape of X without the axes. In NumPy: `np.min(X, axis=axis, keepdims=keepdims)`.

    Raises
    ------
    ShapeError
        If X has no such axis, or no entry along it.

    Examples
    --------
    >>> min([[1.0, 5.0], [3.0, 4.0]], axis=1)
    array([1., 3.])
    """
    axes = check_axes("min(X)", X, axis)
    number_of("min(X)", X, axes)
    Y: Array = np.min(X, axis=axes, keepdims=keepdims)
    return Y


@takes_arrays
def min_vjp(
    Y_bar: Array, Y: Array | None, X: Array, *, axis: Axes = None, keepdims: bool = False
) -> tuple[Array]:
    r"""$\bar X_{pq} = \bar Y\, [X_{pq} \le Y]$.

    As for [`max`][mathnet.max_vjp]: the smallest entry gets the cotangent, and at a tie the smallest ones share it equally.

    Derivation
    ----------
    For all entries; with an axis, the same for each slice along it:

    ```derivation min-vjp
    where  X \in \mathbb{R}^{n \times m}
           Y = \min_{ij} X_{ij}
    \bar X_{pq}
      &= \bar Y\, \frac{\partial Y}{\partial X_{pq}}  && \text{chain rule; } Y \text{ is one number} \\
      &= \bar Y\, [X_{pq} \le Y]  && Y \text{ moves with the smallest entry alone}
    ```

    Parameters
    ----------
    Y_bar : array
        Cotangent of the result.
    Y : array or None
        The result; not needed.
    X : (...) array
        What was reduced.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    keepdims : bool
        Whether they stay, with size 1.

    Returns
    -------
    X_bar : (...) array
        Cotangent of X.

    Raises
    ------
    ShapeError
        If X has no such axis, or no entry along it, or Y_bar or Y has not the shape of the result.

    Notes
    -----
    The smallest entries of X are the largest of −X. X must be kept from the forward pass.

    Examples
    --------
    >>> min_vjp(1.0, None, [3.0, 7.0, 3.0])[0]
    array([0.5, 0. , 0.5])
    """
    signature = "min_vjp(Y_bar, Y, X)"
    axes = check_axes(signature, X, axis, keepdims, Y_bar=Y_bar, Y=Y)
    share = shares_of_the_largest(signature, -X, axes)
    return (np.multiply(with_axes(Y_bar, axes, keepdims), share),)


@takes_arrays
def min_jvp(X_dot: Array, Y: Array | None, X: Array, *, axis: Axes = None, keepdims: bool = False) -> Array:
    r"""$\dot Y = \sum_{ij} [X_{ij} \le Y]\, \dot X_{ij}$.

    The tangent of the smallest entry; at a tie the mean of the tangents of the smallest ones.

    Parameters
    ----------
    X_dot : (...) array
        Tangent of X.
    Y : array or None
        The result; not needed.
    X : (...) array
        What was reduced.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    keepdims : bool
        Whether they stay, with size 1.

    Returns
    -------
    Y_dot : array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If X has no such axis, or no entry along it, or the shapes do not fit together.
    """
    check_shapes("min_jvp(X_dot[...], X[...])", X_dot, X)
    signature = "min_jvp(X_dot, Y, X)"
    axes = check_axes(signature, X_dot, axis, keepdims, Y=Y)
    share = shares_of_the_largest(signature, -X, axes)
    Y_dot: Array = np.sum(np.multiply(X_dot, share), axis=axes, keepdims=keepdims)
    return Y_dot


@takes_arrays
def prod(X: Array, *, axis: Axes = None, keepdims: bool = False) -> Array:
    r"""$Y = \prod_{ij} X_{ij}$.

    The product of all entries, or of those along some axes.

    Parameters
    ----------
    X : (...) array
        Any shape.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    keepdims : bool
        Whether they stay, with size 1.

    Returns
    -------
    Y : array
        Of the shape of X without the axes. In NumPy: `np.prod(X, axis=axis, keepdims=keepdims)`.

    Raises
    ------
    ShapeError
        If X has no such axis.

    Notes
    -----
    A product over nothing is 1.

    Examples
    --------
    >>> prod([[1.0, 2.0], [3.0, 4.0]], axis=0)
    array([3., 8.])
    """
    axes = check_axes("prod(X)", X, axis)
    Y: Array = np.prod(X, axis=axes, keepdims=keepdims)
    return Y


@takes_arrays
def prod_vjp(
    Y_bar: Array, Y: Array | None, X: Array, *, axis: Axes = None, keepdims: bool = False
) -> tuple[Array]:
    r"""$\bar x_p = \bar y \left(\prod_{i=1}^{p-1} x_i\right) \left(\prod_{i=p+1}^{n} x_i\right)$.

    The derivative by an entry is the product of all others: those before it, and those after it. Nothing is divided, so zeros need no care: beside one zero, that entry alone has a cotangent.

    Derivation
    ----------
    For the entries in a row; with an axis, the same for each slice along it:

    ```derivation prod-vjp
    where  x \in \mathbb{R}^{n}
           y = \prod_i x_i
    \bar x_p
      &= \bar y\, \frac{\partial y}{\partial x_p}  && \text{chain rule; } y \text{ is one number} \\
      &= \bar y \prod_{i \ne p} x_i  && y \text{ is linear in } x_p \\
      &= \bar y \left(\prod_{i=1}^{p-1} x_i\right) \left(\prod_{i=p+1}^{n} x_i\right)  && \text{those before, those after}
    ```

    Parameters
    ----------
    Y_bar : array
        Cotangent of the result.
    Y : array or None
        The result; not needed.
    X : (...) array
        What was reduced.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    keepdims : bool
        Whether they stay, with size 1.

    Returns
    -------
    X_bar : (...) array
        Cotangent of X.

    Raises
    ------
    ShapeError
        If X has no such axis, or Y_bar or Y has not the shape of the result.

    Notes
    -----
    Two running products, and two multiplications for each entry. X must be kept from the forward pass.

    Examples
    --------
    >>> prod_vjp(1.0, None, [2.0, 0.0, 3.0])[0]
    array([0., 6., 0.])
    """
    axes = check_axes("prod_vjp(Y_bar, Y, X)", X, axis, keepdims, Y_bar=Y_bar, Y=Y)
    return (with_axes(Y_bar, axes, keepdims) * product_of_the_others(X, axes),)


@takes_arrays
def prod_jvp(X_dot: Array, Y: Array | None, X: Array, *, axis: Axes = None, keepdims: bool = False) -> Array:
    r"""$\dot y = \sum_p \dot x_p \left(\prod_{i=1}^{p-1} x_i\right) \left(\prod_{i=p+1}^{n} x_i\right)$.

    The product rule: each entry moves in turn, and the others stay.

    Parameters
    ----------
    X_dot : (...) array
        Tangent of X.
    Y : array or None
        The result; not needed.
    X : (...) array
        What was reduced.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    keepdims : bool
        Whether they stay, with size 1.

    Returns
    -------
    Y_dot : array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If X has no such axis, or the shapes do not fit together.
    """
    check_shapes("prod_jvp(X_dot[...], X[...])", X_dot, X)
    axes = check_axes("prod_jvp(X_dot, Y, X)", X, axis, keepdims, Y=Y)
    Y_dot: Array = np.sum(X_dot * product_of_the_others(X, axes), axis=axes, keepdims=keepdims)
    return Y_dot


@takes_arrays
def std(X: Array, *, axis: Axes = None, correction: float = 0, keepdims: bool = False) -> Array:
    r"""$Y = \sqrt{\frac{1}{nm} \sum_{ij} (X_{ij} - \mu)^2}$, $\mu = \frac{1}{nm} \sum_{ij} X_{ij}$.

    The standard deviation: the root of the variance, with its correction.

    Parameters
    ----------
    X : (...) array
        Any shape.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    correction : number
        What is subtracted from the number of entries before it divides: 1 for the estimate from a sample.
    keepdims : bool
        Whether the axes stay, with size 1.

    Returns
    -------
    Y : array
        Of the shape of X without the axes. In NumPy: `np.std(X, axis=axis, ddof=correction, keepdims=keepdims)`.

    Raises
    ------
    ShapeError
        If X has no such axis, or no entry along it.
    ValueError
        If the correction leaves nothing to divide by.

    Examples
    --------
    >>> float(std([1.0, 5.0])), float(std([1.0, 3.0, 5.0], correction=1))
    (2.0, 2.0)
    """
    axes = check_axes("std(X)", X, axis)
    divisor = divisor_of("std(X)", X, axes, correction)
    D = deviations(X, axes)
    Y: Array = np.sqrt(np.sum(D * D, axis=axes, keepdims=keepdims) / divisor)
    return Y


@takes_arrays
def std_vjp(
    Y_bar: Array, Y: Array, X: Array, *, axis: Axes = None, correction: float = 0, keepdims: bool = False
) -> tuple[Array]:
    r"""$\bar X_{pq} = \frac{\bar Y}{nm}\, \frac{X_{pq} - \mu}{Y}$.

    Each deviation in units of the standard deviation: that of the variance, over twice the result.

    Derivation
    ----------
    For all entries, without a correction; with an axis, the same for each slice along it:

    ```derivation std-vjp
    where  X \in \mathbb{R}^{n \times m}
           \mu = \frac{1}{nm} \sum_{ij} X_{ij}
           v = \frac{1}{nm} \sum_{ij} (X_{ij} - \mu)^2
           Y = \sqrt v
    \bar X_{pq}
      &= \bar Y\, \frac{\partial Y}{\partial X_{pq}}  && \text{chain rule; } Y \text{ is one number} \\
      &= \bar Y\, \frac{1}{2 \sqrt v}\, \frac{\partial v}{\partial X_{pq}}  && \text{the root} \\
      &= \bar Y\, \frac{1}{2 \sqrt v}\, \frac{2}{nm}\, (X_{pq} - \mu)  && \text{the variance} \\
      &= \frac{\bar Y}{nm}\, \frac{X_{pq} - \mu}{Y}  && \text{definition of } Y
    ```

    Parameters
    ----------
    Y_bar : array
        Cotangent of the result.
    Y : array
        The result.
    X : (...) array
        What was reduced.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    correction : number
        What is subtracted from the number of entries before it divides: 1 for the estimate from a sample.
    keepdims : bool
        Whether the axes stay, with size 1.

    Returns
    -------
    X_bar : (...) array
        Cotangent of X.

    Raises
    ------
    ShapeError
        If X has no such axis, or no entry along it, or Y_bar or Y has not the shape of the result.
    ValueError
        If the correction leaves nothing to divide by.

    Notes
    -----
    Where all entries are equal the formula is 0 / 0, and there is no derivative; the code takes 0. X and Y must be kept from the forward pass.

    Examples
    --------
    >>> std_vjp(2.0, 2.0, [1.0, 5.0])[0], std_vjp(2.0, 0.0, [3.0, 3.0])[0]
    (array([-1.,  1.]), array([0., 0.]))
    """
    signature = "std_vjp(Y_bar, Y, X)"
    axes = check_axes(signature, X, axis, keepdims, Y_bar=Y_bar, Y=Y)
    divisor = divisor_of(signature, X, axes, correction)
    s = with_axes(Y, axes, keepdims)
    return (with_axes(Y_bar, axes, keepdims) * deviations(X, axes) / (divisor * np.where(s == 0, 1, s)),)


@takes_arrays
def std_jvp(
    X_dot: Array, Y: Array, X: Array, *, axis: Axes = None, correction: float = 0, keepdims: bool = False
) -> Array:
    r"""$\dot Y = \frac{1}{nm} \sum_{ij} \frac{X_{ij} - \mu}{Y}\, \dot X_{ij}$.

    The mean of the deviations, in units of the standard deviation, times their tangents; 0 where all entries are equal.

    Parameters
    ----------
    X_dot : (...) array
        Tangent of X.
    Y : array
        The result.
    X : (...) array
        What was reduced.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    correction : number
        What is subtracted from the number of entries before it divides: 1 for the estimate from a sample.
    keepdims : bool
        Whether the axes stay, with size 1.

    Returns
    -------
    Y_dot : array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If X has no such axis, or no entry along it, or the shapes do not fit together.
    ValueError
        If the correction leaves nothing to divide by.
    """
    check_shapes("std_jvp(X_dot[...], X[...])", X_dot, X)
    signature = "std_jvp(X_dot, Y, X)"
    axes = check_axes(signature, X, axis, keepdims, Y=Y)
    divisor = divisor_of(signature, X, axes, correction)
    along = np.sum(deviations(X, axes) * X_dot, axis=axes, keepdims=keepdims)
    Y_dot: Array = along / (divisor * np.where(Y == 0, 1, Y))
    return Y_dot


@takes_arrays
def norm(X: Array, *, axis: Axes = None, keepdims: bool = False) -> Array:
    r"""$Y = \sqrt{\sum_{ij} X_{ij}^2}$.

    The length of a vector, or of all entries taken as one; of matrices, the Frobenius norm.

    Parameters
    ----------
    X : (...) array
        Any shape.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    keepdims : bool
        Whether they stay, with size 1.

    Returns
    -------
    Y : array
        Of the shape of X without the axes. In NumPy: `np.sqrt(np.sum(X * X, axis=axis, keepdims=keepdims))`.

    Raises
    ------
    ShapeError
        If X has no such axis.

    Notes
    -----
    The squares overflow where an entry is beyond 1e154, in float32 beyond 1e19: scale such an array first.

    Examples
    --------
    >>> norm([[3.0, 4.0], [5.0, 12.0]], axis=1)
    array([ 5., 13.])
    """
    axes = check_axes("norm(X)", X, axis)
    Y: Array = np.sqrt(np.sum(X * X, axis=axes, keepdims=keepdims))
    return Y


@takes_arrays
def norm_vjp(Y_bar: Array, Y: Array, X: Array, *, axis: Axes = None, keepdims: bool = False) -> tuple[Array]:
    r"""$\bar X_{pq} = \bar Y\, \frac{X_{pq}}{Y}$.

    The cotangent times the unit vector in the direction of X.

    Derivation
    ----------
    For all entries; with an axis, the same for each slice along it:

    ```derivation norm-vjp
    where  X \in \mathbb{R}^{n \times m} \text{ nonzero}
           Y = \sqrt{\sum_{ij} X_{ij}^2}
    \bar X_{pq}
      &= \bar Y\, \frac{\partial Y}{\partial X_{pq}}  && \text{chain rule; } Y \text{ is one number} \\
      &= \bar Y\, \frac{1}{2 Y} \sum_{ij} 2\, X_{ij}\, \delta_{ip}\, \delta_{jq}  && \text{root of a sum of squares} \\
      &= \bar Y\, \frac{X_{pq}}{Y}  && \text{the deltas keep } i = p,\ j = q
    ```

    Parameters
    ----------
    Y_bar : array
        Cotangent of the result.
    Y : array
        The result.
    X : (...) array
        What was reduced.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    keepdims : bool
        Whether they stay, with size 1.

    Returns
    -------
    X_bar : (...) array
        Cotangent of X.

    Raises
    ------
    ShapeError
        If X has no such axis, or Y_bar or Y has not the shape of the result.

    Notes
    -----
    Where all entries are 0 the formula is 0 / 0, and there is no derivative; the code takes 0. X and Y must be kept from the forward pass.

    Examples
    --------
    >>> norm_vjp(10.0, 5.0, [3.0, 4.0])[0], norm_vjp(10.0, 0.0, [0.0, 0.0])[0]
    (array([6., 8.]), array([0., 0.]))
    """
    axes = check_axes("norm_vjp(Y_bar, Y, X)", X, axis, keepdims, Y_bar=Y_bar, Y=Y)
    t = with_axes(Y, axes, keepdims)
    return (with_axes(Y_bar, axes, keepdims) * X / np.where(t == 0, 1, t),)


@takes_arrays
def norm_jvp(X_dot: Array, Y: Array, X: Array, *, axis: Axes = None, keepdims: bool = False) -> Array:
    r"""$\dot Y = \sum_{ij} \frac{X_{ij}}{Y}\, \dot X_{ij}$.

    How far the tangent goes in the direction of X; 0 where X is 0.

    Parameters
    ----------
    X_dot : (...) array
        Tangent of X.
    Y : array
        The result.
    X : (...) array
        What was reduced.
    axis : int or tuple of int
        The axes that go; all of them, unless told otherwise.
    keepdims : bool
        Whether they stay, with size 1.

    Returns
    -------
    Y_dot : array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If X has no such axis, or the shapes do not fit together.
    """
    check_shapes("norm_jvp(X_dot[...], X[...])", X_dot, X)
    axes = check_axes("norm_jvp(X_dot, Y, X)", X, axis, keepdims, Y=Y)
    Y_dot: Array = np.sum(X * X_dot, axis=axes, keepdims=keepdims) / np.where(Y == 0, 1, Y)
    return Y_dot


@takes_arrays
def cumsum(X: Array, *, axis: int = -1) -> Array:
    r"""$Y_{ij} = \sum_{q=1}^{j} X_{iq}$.

    The running sum along an axis: each result adds up the entries so far.

    Parameters
    ----------
    X : (..., n) array
        Any shape with the axis.
    axis : int
        Along which axis the sum runs: the last one, unless told otherwise.

    Returns
    -------
    Y : (..., n) array
        Of the shape of X. In NumPy: `np.cumsum(X, axis=axis)`.

    Raises
    ------
    ShapeError
        If X has no such axis.

    Examples
    --------
    >>> cumsum([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    array([[ 1.,  3.,  6.],
           [ 4.,  9., 15.]])
    """
    (along,) = check_axes("cumsum(X)", X, axis)
    Y: Array = np.cumsum(X, axis=along)
    return Y


@takes_arrays
def cumsum_vjp(Y_bar: Array, Y: Array | None, X: Array | None, *, axis: int = -1) -> tuple[Array]:
    r"""$\bar X_{ij} = \sum_{q=j}^{n} \bar Y_{iq}$.

    An early entry is part of all later results, so it gets the cotangents of all of them: the running sum from the end.

    Derivation
    ----------
    ```derivation cumsum-vjp
    where  X \in \mathbb{R}^{m \times n},  Y \in \mathbb{R}^{m \times n}
           Y_{ij} = \sum_{q=1}^{j} X_{iq}
    \bar X_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial X_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{q=1}^{n} \bar Y_{iq}\, [q \ge j]  && X_{ij} \text{ is part of } Y_{iq} \text{ if } q \ge j \\
      &= \sum_{q=j}^{n} \bar Y_{iq}  && \text{from the end}
    ```

    Parameters
    ----------
    Y_bar : (..., n) array
        Cotangent of the result.
    Y : (..., n) array or None
        The result; not needed.
    X : (..., n) array or None
        The argument; not needed.
    axis : int
        Along which axis the sum runs.

    Returns
    -------
    X_bar : (..., n) array
        Cotangent of X.

    Raises
    ------
    ShapeError
        If the shapes differ, or there is no such axis.

    Notes
    -----
    Nothing need be kept from the forward pass.

    Examples
    --------
    >>> cumsum_vjp([1.0, 10.0, 100.0], None, None)[0]
    array([111., 110., 100.])
    """
    check_shapes("cumsum_vjp(Y_bar[...], Y[...], X[...])", Y_bar, Y, X)
    (along,) = check_axes("cumsum_vjp(Y_bar, Y, X)", Y_bar, axis)
    return (np.flip(np.cumsum(np.flip(Y_bar, along), axis=along), along).copy(),)


@takes_arrays
def cumsum_jvp(X_dot: Array, Y: Array | None, X: Array | None, *, axis: int = -1) -> Array:
    r"""$\dot Y_{ij} = \sum_{q=1}^{j} \dot X_{iq}$.

    A running sum is linear: it is its own derivative.

    Parameters
    ----------
    X_dot : (..., n) array
        Tangent of X.
    Y : (..., n) array or None
        The result; not needed.
    X : (..., n) array or None
        The argument; not needed.
    axis : int
        Along which axis the sum runs.

    Returns
    -------
    Y_dot : (..., n) array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If the shapes differ, or there is no such axis.
    """
    check_shapes("cumsum_jvp(X_dot[...], Y[...], X[...])", X_dot, Y, X)
    (along,) = check_axes("cumsum_jvp(X_dot, Y, X)", X_dot, axis)
    Y_dot: Array = np.cumsum(X_dot, axis=along)
    return Y_dot


def below_largest(signature: str, Z: Array, axis: int = -1) -> Array:
    """Subtract from each row, or along the axis, the largest entry; raise ValueError if a row is empty or has an infinite one."""
    (axis,) = check_axes(signature, Z, axis)
    last = axis == np.ndim(Z) - 1
    if Z.shape[axis] == 0:
        which = "a row" if last else f"axis {axis}"
        raise ShapeError(f"{signature}: {which} of Z needs at least one entry; got Z {Z.shape}")
    largest = np.max(Z, axis=axis, keepdims=True)
    if isinstance(Z, np.ndarray) and Z.dtype.kind in "fc" and np.isinf(largest).any():
        place = np.argwhere(np.isinf(largest))[0].tolist()
        row = f"row {place[:-1]} of Z" if place[:-1] else "Z"
        if not last:
            row = f"Z[{', '.join(':' if at == axis else str(number) for at, number in enumerate(place))}]"
        raise ValueError(
            f"{signature}: the largest entry of {row} is {largest[*place]}, where softmax is not defined; "
            "write np.clip(Z, -1000, 1000)"
        )
    below: Array = Z - largest
    return below


def check_axes(
    signature: str, X: Array, axis: Axes = None, keepdims: bool = False, **of_result: Array | None
) -> tuple[int, ...]:
    """Return the axes, counted from 0; raise ShapeError if X has them not, or an array has not the shape of the result."""
    count, given = np.ndim(X), axis if isinstance(axis, tuple) else () if axis is None else (axis,)
    for one in given:
        if not -count <= index(one) < count:
            has = f"{count} {'axis' if count == 1 else 'axes'}"
            raise ShapeError(f"{signature}: there is no axis {one} among {has}; got {np.shape(X)}")
    axes = tuple(range(count)) if axis is None else tuple(index(one) % count for one in given)
    if len(set(axes)) < len(axes):
        raise ShapeError(f"{signature}: axis={axis} names an axis twice")
    kept = [1 if at in axes else size for at, size in enumerate(np.shape(X)) if keepdims or at not in axes]
    for name, Y in of_result.items():
        if Y is not None and np.shape(Y) != tuple(kept):
            raise ShapeError(
                f"{signature}: {name} must have the shape {tuple(kept)} of the result, but has {np.shape(Y)}; "
                f"got an argument {np.shape(X)}, axis={axis}, keepdims={keepdims}"
            )
    return axes


def shares_of_the_largest(signature: str, X: Array, axes: tuple[int, ...]) -> Array:
    """Return 1 at the largest entry along the axes, equal shares of 1 at a tie, and 0 elsewhere."""
    number_of(signature, X, axes)
    largest = np.equal(X, np.max(X, axis=axes, keepdims=True)).astype(X.dtype)
    share: Array = largest / np.sum(largest, axis=axes, keepdims=True)
    return share


def product_of_the_others(X: Array, axes: tuple[int, ...]) -> Array:
    """Return for each entry the product of all others along the axes: those before it times those after it."""
    last = tuple(range(-len(axes), 0))
    moved = np.moveaxis(X, axes, last)
    rows = np.reshape(moved, (*moved.shape[: np.ndim(X) - len(axes)], entries_along(X, axes)))
    first = np.arange(rows.shape[-1]) == 0
    before = np.cumprod(np.where(first, 1, np.roll(rows, 1, axis=-1)), axis=-1)
    after = np.flip(np.cumprod(np.where(first, 1, np.roll(np.flip(rows, -1), 1, axis=-1)), axis=-1), -1)
    others: Array = np.moveaxis(np.reshape(before * after, moved.shape), last, axes)
    return others


def entries_along(X: Array, axes: tuple[int, ...]) -> int:
    """Return how many entries become one."""
    return math.prod(np.shape(X)[axis] for axis in axes)


def number_of(signature: str, X: Array, axes: tuple[int, ...]) -> int:
    """Return how many entries become one; raise ShapeError if there are no entries."""
    number = entries_along(X, axes)
    if number == 0:
        raise ShapeError(f"{signature}: needs at least one entry along the axes {axes}; got {np.shape(X)}")
    return number


def deviations(X: Array, axes: tuple[int, ...], signature: str = "mean(X)") -> Array:
    """Subtract the mean along the axes."""
    D: Array = X - np.sum(X, axis=axes, keepdims=True) / number_of(signature, X, axes)
    return D


def divisor_of(signature: str, X: Array, axes: tuple[int, ...], correction: float) -> float:
    """Return the number of entries that become one, less the correction; raise ValueError if nothing is left."""
    number = number_of(signature, X, axes)
    if number - correction <= 0:
        raise ValueError(
            f"{signature}: correction={correction} leaves nothing to divide by; got {number} along the axes {axes}"
        )
    return number - correction


def with_axes(Y: Array, axes: tuple[int, ...], keepdims: bool) -> Array:
    """Give the result of a reduction its axes back, with size 1, so that it broadcasts against the argument."""
    return Y if keepdims else np.expand_dims(Y, axes)
