r"""Normalisation: every row, or every column, brought to one scale, then scaled and shifted anew.

The layers differ in what they average over, which is their `axis`, and in whether they subtract the mean:

| layer | statistics over | subtracts the mean | depends on the other samples |
|---|---|---|---|
| layer_norm | the features of one sample: `axis=-1` | yes | no |
| rms_norm | the features of one sample: `axis=-1` | no | no |
| group_norm | the channels of a group of one sample, and their pixels | yes | no |
| batch_norm | the samples, feature by feature: `axis=0` | yes | yes |

For images of shape (n, channels, height, width), batch normalisation has `axis=(0, 2, 3)` and a gamma of shape (channels, 1, 1);
instance normalisation has `axis=(2, 3)`. Gamma and beta may have any shape that broadcasts to that of X, and their rules sum over the copies.

With the statistics μ and s, N = (X − μ) / s moves in three ways when an entry of X moves: directly, through μ, and through s. The matrix that takes $\dot X$ to
$\dot N$ is symmetric, so the same product takes $\bar N$ to $\bar X$: what is left of an array when its mean, and its part along N, are taken out.

The rules compute the statistics again from X, in two sweeps, so that a large mean costs no digits. The cost is a few passes over the entries,
and one root for each row.
"""

import math
from typing import Any

import numpy as np

from mathnet.arguments import number_from_0, takes_arrays, whole_number
from mathnet.arithmetic import unbroadcast
from mathnet.reductions import Axes, check_axes, deviations, number_of
from mathnet.shapes import Array, ShapeError, broadcasts, check_shapes


@takes_arrays
def layer_norm(X: Array, gamma: Array, beta: Array, *, axis: Axes = -1, eps: float = 1e-5) -> Array:
    r"""$Y_{ij} = \gamma_j N_{ij} + \beta_j$, $N_{ij} = (X_{ij} - \mu_i) / s_i$, $s_i = \sqrt{v_i + \epsilon}$.

    Every row has its mean μ taken out, and is divided by its standard deviation; v is the variance, with divisor k.

    Parameters
    ----------
    X : (..., k) array
        Any shape with the axes.
    gamma : array
        The scale: one number for each feature, (k,), or any shape that broadcasts to that of X.
    beta : array
        The shift, as gamma.
    axis : int or tuple of int
        The axes of one mean: the last one, unless told otherwise.
    eps : number
        Added to the variance, under the root.

    Returns
    -------
    Y : (..., k) array
        Of the shape of X.

    Raises
    ------
    ShapeError
        If X has no such axis or no entry along it, or gamma or beta does not broadcast to the shape of X.
    ValueError
        If eps is not a number, 0 or more.

    Notes
    -----
    A row of equal entries becomes beta. With eps = 0 such a row is 0 / 0: NaN, with a warning of NumPy's.

    Examples
    --------
    >>> layer_norm([[0.0, 4.0, 0.0, 4.0]], 1.0, 0.0, eps=0)
    array([[-1.,  1., -1.,  1.]])
    """
    signature = check_normalised("layer_norm", X=X, gamma=gamma, beta=beta)
    N, _, _ = standardised(signature, X, axis, eps)
    return gamma * N + beta


@takes_arrays
def layer_norm_vjp(
    Y_bar: Array,
    Y: Array | None,
    X: Array,
    gamma: Array,
    beta: Array,
    *,
    axis: Axes = -1,
    eps: float = 1e-5,
) -> tuple[Array, Array, Array]:
    r"""$\bar X_{ij} = \frac{1}{s_i} (\bar Y_{ij} \gamma_j - \frac1k \sum_q \bar Y_{iq} \gamma_q - N_{ij} \frac1k \sum_q \bar Y_{iq} \gamma_q N_{iq})$, $\bar \gamma_j = \sum_i \bar Y_{ij} N_{ij}$, $\bar \beta_j = \sum_i \bar Y_{ij}$.

    The cotangent of N is $\bar Y_{ij} \gamma_j$: its mean and its part along N are taken out, and s divides what is left.

    Derivation
    ----------
    ```derivation layer-norm-vjp
    where  X \in \mathbb{R}^{n \times k},  \gamma, \beta \in \mathbb{R}^{1 \times k},  \epsilon \in \mathbb{R} \text{ positive, constant}
           \mu_i = \frac1k \sum_j X_{ij}
           s_i = \sqrt{\frac1k \sum_j (X_{ij} - \mu_i)^2 + \epsilon}
           N_{ij} = \frac{X_{ij} - \mu_i}{s_i}
           Y_{ij} = \gamma_j N_{ij} + \beta_j
    \frac{\partial s_i}{\partial X_{ij}}
      &= \frac{1}{k s_i} \sum_q (X_{iq} - \mu_i) \left(\delta_{qj} - \frac1k\right)  && \text{root, then square} \\
      &= \frac1k N_{ij}  && \text{the deviations of a row add up to 0}

    \frac{\partial N_{iq}}{\partial X_{ij}}
      &= \frac{1}{s_i} \left(\delta_{qj} - \frac1k\right) - \frac{X_{iq} - \mu_i}{s_i^2} \frac{\partial s_i}{\partial X_{ij}}  && \text{quotient rule} \\
      &= \frac{1}{s_i} \left(\delta_{qj} - \frac1k - \frac1k N_{iq} N_{ij}\right)  && \text{directly, through } \mu \text{, through } s

    \bar X_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial X_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_q \bar Y_{iq} \gamma_q \frac{1}{s_i} \left(\delta_{qj} - \frac1k - \frac1k N_{iq} N_{ij}\right)  && \text{row } i \text{ alone has } X_{ij} \\
      &= \frac{1}{s_i} \left(\bar Y_{ij} \gamma_j - \frac1k \sum_q \bar Y_{iq} \gamma_q - N_{ij} \frac1k \sum_q \bar Y_{iq} \gamma_q N_{iq}\right)  && \delta_{qj} \text{ keeps } q = j

    \bar \gamma_j
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial \gamma_j}  && \text{chain rule over all entries of } Y \\
      &= \sum_i \bar Y_{ij} N_{ij}  && \text{every sample uses } \gamma_j

    \bar \beta_j
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial \beta_j}  && \text{chain rule over all entries of } Y \\
      &= \sum_i \bar Y_{ij}  && \text{every sample uses } \beta_j
    ```

    Parameters
    ----------
    Y_bar : (..., k) array
        Cotangent of the result.
    Y : (..., k) array or None
        The result; not needed.
    X : (..., k) array
        The argument.
    gamma, beta : arrays
        Scale and shift.
    axis : int or tuple of int
        The axes of one mean.
    eps : number
        Added to the variance.

    Returns
    -------
    X_bar : (..., k) array
        Cotangent of X. Each row sums to zero: what moves all its entries alike moves no result.
    gamma_bar, beta_bar : arrays
        Cotangents of gamma and beta, in their shapes.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If eps is not a number, 0 or more.

    References
    ----------
    Ba, Kiros and Hinton (2016).

    Examples
    --------
    >>> X, Y_bar = np.array([[0.0, 4.0, 0.0, 4.0]]), np.array([[4.0, 2.0, 0.0, 6.0]])
    >>> layer_norm_vjp(Y_bar, None, X, 1.0, 0.0, eps=0)[0]
    array([[ 1., -1., -1.,  1.]])
    """
    signature = check_normalised("layer_norm_vjp", Y_bar=Y_bar, Y=Y, X=X, gamma=gamma, beta=beta)
    N, s, axes = standardised(signature, X, axis, eps)
    X_bar = without_mean_and_part_along(N, Y_bar * gamma, axes) / s
    return X_bar, unbroadcast(Y_bar * N, shape=np.shape(gamma)), unbroadcast(Y_bar, shape=np.shape(beta))


@takes_arrays
def layer_norm_jvp(
    X_dot: Array,
    gamma_dot: Array,
    beta_dot: Array,
    Y: Array | None,
    X: Array,
    gamma: Array,
    beta: Array,
    *,
    axis: Axes = -1,
    eps: float = 1e-5,
) -> Array:
    r"""$\dot Y_{ij} = \frac{\gamma_j}{s_i} (\dot X_{ij} - \frac1k \sum_q \dot X_{iq} - N_{ij} \frac1k \sum_q N_{iq} \dot X_{iq}) + \dot \gamma_j N_{ij} + \dot \beta_j$.

    The tangent of X goes through the same symmetric matrix as the cotangent of N.

    Parameters
    ----------
    X_dot : (..., k) array
        Tangent of X.
    gamma_dot, beta_dot : arrays
        Tangents of gamma and beta; zeros where they stay.
    Y : (..., k) array or None
        The result; not needed.
    X : (..., k) array
        The argument.
    gamma, beta : arrays
        Scale and shift.
    axis : int or tuple of int
        The axes of one mean.
    eps : number
        Added to the variance.

    Returns
    -------
    Y_dot : (..., k) array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If eps is not a number, 0 or more.
    """
    signature = check_normalised(
        "layer_norm_jvp",
        X_dot=X_dot,
        gamma_dot=gamma_dot,
        beta_dot=beta_dot,
        Y=Y,
        X=X,
        gamma=gamma,
        beta=beta,
    )
    N, s, axes = standardised(signature, X, axis, eps)
    N_dot = without_mean_and_part_along(N, X_dot, axes) / s
    return gamma_dot * N + gamma * N_dot + beta_dot


@takes_arrays
def rms_norm(X: Array, gamma: Array, *, axis: Axes = -1, eps: float = 1e-6) -> Array:
    r"""$Y_{ij} = \gamma_j N_{ij}$, $N_{ij} = X_{ij} / s_i$, $s_i = \sqrt{\frac1k \sum_j X_{ij}^2 + \epsilon}$.

    Every row is divided by the root of its mean square; no mean is taken out, and nothing is added.

    Parameters
    ----------
    X : (..., k) array
        Any shape with the axes.
    gamma : array
        The scale: one number for each feature, (k,), or any shape that broadcasts to that of X.
    axis : int or tuple of int
        The axes of one mean: the last one, unless told otherwise.
    eps : number
        Added to the mean square, under the root.

    Returns
    -------
    Y : (..., k) array
        Of the shape of X.

    Raises
    ------
    ShapeError
        If X has no such axis or no entry along it, or gamma does not broadcast to the shape of X.
    ValueError
        If eps is not a number, 0 or more.

    Notes
    -----
    A row of zeros stays. With eps = 0 such a row is 0 / 0: NaN, with a warning of NumPy's.

    Examples
    --------
    >>> rms_norm([[1.0, 7.0]], [1.0, 10.0], eps=0)
    array([[ 0.2, 14. ]])
    """
    signature = check_normalised("rms_norm", X=X, gamma=gamma)
    N, _, _ = scaled(signature, X, axis, eps)
    return gamma * N


@takes_arrays
def rms_norm_vjp(
    Y_bar: Array, Y: Array | None, X: Array, gamma: Array, *, axis: Axes = -1, eps: float = 1e-6
) -> tuple[Array, Array]:
    r"""$\bar X_{ij} = \frac{1}{s_i} (\bar Y_{ij} \gamma_j - N_{ij} \frac1k \sum_q \bar Y_{iq} \gamma_q N_{iq})$, $\bar \gamma_j = \sum_i \bar Y_{ij} N_{ij}$.

    The way forward takes no mean out, so neither does the way back: only the part along N goes.

    Derivation
    ----------
    ```derivation rms-norm-vjp
    where  X \in \mathbb{R}^{n \times k},  \gamma \in \mathbb{R}^{1 \times k},  \epsilon \in \mathbb{R} \text{ positive, constant}
           s_i = \sqrt{\frac1k \sum_j X_{ij}^2 + \epsilon}
           N_{ij} = \frac{X_{ij}}{s_i}
           Y_{ij} = \gamma_j N_{ij}
    \frac{\partial s_i}{\partial X_{ij}}
      &= \frac{1}{2 s_i} \frac2k X_{ij}  && \text{root, then square} \\
      &= \frac1k N_{ij}  && \text{definition of } N

    \bar X_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial X_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_q \bar Y_{iq} \gamma_q \left(\frac{\delta_{qj}}{s_i} - \frac{X_{iq}}{s_i^2} \frac{\partial s_i}{\partial X_{ij}}\right)  && \text{quotient rule, in row } i \\
      &= \frac{1}{s_i} \left(\bar Y_{ij} \gamma_j - N_{ij} \frac1k \sum_q \bar Y_{iq} \gamma_q N_{iq}\right)  && \delta_{qj} \text{ keeps } q = j

    \bar \gamma_j
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial \gamma_j}  && \text{chain rule over all entries of } Y \\
      &= \sum_i \bar Y_{ij} N_{ij}  && \text{every sample uses } \gamma_j
    ```

    Parameters
    ----------
    Y_bar : (..., k) array
        Cotangent of the result.
    Y : (..., k) array or None
        The result; not needed.
    X : (..., k) array
        The argument.
    gamma : array
        The scale.
    axis : int or tuple of int
        The axes of one mean.
    eps : number
        Added to the mean square.

    Returns
    -------
    X_bar : (..., k) array
        Cotangent of X.
    gamma_bar : array
        Cotangent of gamma, in its shape.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If eps is not a number, 0 or more.

    References
    ----------
    Zhang and Sennrich (2019).

    Examples
    --------
    >>> X, Y_bar = np.array([[1.0, 7.0]]), np.array([[7.0, -1.0]])
    >>> rms_norm_vjp(Y_bar, None, X, 1.0, eps=0)[0]
    array([[ 1.4, -0.2]])
    """
    signature = check_normalised("rms_norm_vjp", Y_bar=Y_bar, Y=Y, X=X, gamma=gamma)
    N, s, axes = scaled(signature, X, axis, eps)
    X_bar = without_part_along(N, Y_bar * gamma, axes) / s
    return X_bar, unbroadcast(Y_bar * N, shape=np.shape(gamma))


@takes_arrays
def rms_norm_jvp(
    X_dot: Array,
    gamma_dot: Array,
    Y: Array | None,
    X: Array,
    gamma: Array,
    *,
    axis: Axes = -1,
    eps: float = 1e-6,
) -> Array:
    r"""$\dot Y_{ij} = \frac{\gamma_j}{s_i} (\dot X_{ij} - N_{ij} \frac1k \sum_q N_{iq} \dot X_{iq}) + \dot \gamma_j N_{ij}$.

    A row that grows along N itself, as a whole, leaves the result almost where it was; eps alone makes a difference.

    Parameters
    ----------
    X_dot : (..., k) array
        Tangent of X.
    gamma_dot : array
        Tangent of gamma; zeros where it stays.
    Y : (..., k) array or None
        The result; not needed.
    X : (..., k) array
        The argument.
    gamma : array
        The scale.
    axis : int or tuple of int
        The axes of one mean.
    eps : number
        Added to the mean square.

    Returns
    -------
    Y_dot : (..., k) array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If eps is not a number, 0 or more.
    """
    signature = check_normalised("rms_norm_jvp", X_dot=X_dot, gamma_dot=gamma_dot, Y=Y, X=X, gamma=gamma)
    N, s, axes = scaled(signature, X, axis, eps)
    return gamma_dot * N + gamma * without_part_along(N, X_dot, axes) / s


@takes_arrays
def batch_norm(X: Array, gamma: Array, beta: Array, *, axis: Axes = 0, eps: float = 1e-5) -> Array:
    r"""$Y_{ij} = \gamma_j N_{ij} + \beta_j$, $N_{ij} = (X_{ij} - \mu_j) / s_j$, $s_j = \sqrt{v_j + \epsilon}$.

    In training: every column has its mean over the samples taken out, and is divided by its standard deviation; v is the variance, with divisor n.
    In use, with fixed statistics, the layer is [`batch_norm_inference`][mathnet.batch_norm_inference].

    Parameters
    ----------
    X : (n, k) array
        One sample per row, or any shape with the axes.
    gamma : array
        The scale: one number for each feature, (k,), or any shape that broadcasts to that of X.
    beta : array
        The shift, as gamma.
    axis : int or tuple of int
        The axes of one mean: the first one, unless told otherwise; of images, (0, 2, 3).
    eps : number
        Added to the variance, under the root.

    Returns
    -------
    Y : (n, k) array
        Of the shape of X.

    Raises
    ------
    ShapeError
        If X has no such axis or no entry along it, or gamma or beta does not broadcast to the shape of X.
    ValueError
        If eps is not a number, 0 or more.

    Notes
    -----
    For a single sample, every variance is 0 and the result is beta. The averages that are stored for later use come from
    [`mean`][mathnet.mean] and [`var`][mathnet.var] of the same X; no gradient goes through them.

    Examples
    --------
    >>> batch_norm([[0.0, 1.0], [4.0, 3.0]], [1.0, 10.0], 0.0, eps=0)
    array([[ -1., -10.],
           [  1.,  10.]])
    """
    signature = check_normalised("batch_norm", X=X, gamma=gamma, beta=beta)
    N, _, _ = standardised(signature, X, axis, eps)
    return gamma * N + beta


@takes_arrays
def batch_norm_vjp(
    Y_bar: Array,
    Y: Array | None,
    X: Array,
    gamma: Array,
    beta: Array,
    *,
    axis: Axes = 0,
    eps: float = 1e-5,
) -> tuple[Array, Array, Array]:
    r"""$\bar X_{ij} = \frac{\gamma_j}{s_j} (\bar Y_{ij} - \frac1n \sum_p \bar Y_{pj} - N_{ij} \frac1n \sum_p \bar Y_{pj} N_{pj})$, $\bar \gamma_j = \sum_i \bar Y_{ij} N_{ij}$, $\bar \beta_j = \sum_i \bar Y_{ij}$.

    The rule of [`layer_norm`][mathnet.layer_norm_vjp], down the columns: the gradient of each sample depends on all others.

    Derivation
    ----------
    ```derivation batch-norm-vjp
    where  X \in \mathbb{R}^{n \times k},  \gamma, \beta \in \mathbb{R}^{1 \times k},  \epsilon \in \mathbb{R} \text{ positive, constant}
           \mu_j = \frac1n \sum_i X_{ij}
           s_j = \sqrt{\frac1n \sum_i (X_{ij} - \mu_j)^2 + \epsilon}
           N_{ij} = \frac{X_{ij} - \mu_j}{s_j}
           Y_{ij} = \gamma_j N_{ij} + \beta_j
    \frac{\partial s_j}{\partial X_{ij}}
      &= \frac{1}{n s_j} \sum_p (X_{pj} - \mu_j) \left(\delta_{pi} - \frac1n\right)  && \text{root, then square} \\
      &= \frac1n N_{ij}  && \text{the deviations of a column add up to 0}

    \frac{\partial N_{pj}}{\partial X_{ij}}
      &= \frac{1}{s_j} \left(\delta_{pi} - \frac1n\right) - \frac{X_{pj} - \mu_j}{s_j^2} \frac{\partial s_j}{\partial X_{ij}}  && \text{quotient rule} \\
      &= \frac{1}{s_j} \left(\delta_{pi} - \frac1n - \frac1n N_{pj} N_{ij}\right)  && \text{directly, through } \mu \text{, through } s

    \bar X_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial X_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_p \bar Y_{pj} \gamma_j \frac{1}{s_j} \left(\delta_{pi} - \frac1n - \frac1n N_{pj} N_{ij}\right)  && \text{column } j \text{ alone has } X_{ij} \\
      &= \frac{\gamma_j}{s_j} \left(\bar Y_{ij} - \frac1n \sum_p \bar Y_{pj} - N_{ij} \frac1n \sum_p \bar Y_{pj} N_{pj}\right)  && \delta_{pi} \text{ keeps } p = i

    \bar \gamma_j
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial \gamma_j}  && \text{chain rule over all entries of } Y \\
      &= \sum_i \bar Y_{ij} N_{ij}  && \text{every sample uses } \gamma_j

    \bar \beta_j
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial \beta_j}  && \text{chain rule over all entries of } Y \\
      &= \sum_i \bar Y_{ij}  && \text{every sample uses } \beta_j
    ```

    Parameters
    ----------
    Y_bar : (n, k) array
        Cotangent of the result.
    Y : (n, k) array or None
        The result; not needed.
    X : (n, k) array
        The argument.
    gamma, beta : arrays
        Scale and shift.
    axis : int or tuple of int
        The axes of one mean.
    eps : number
        Added to the variance.

    Returns
    -------
    X_bar : (n, k) array
        Cotangent of X. Each column sums to zero.
    gamma_bar, beta_bar : arrays
        Cotangents of gamma and beta, in their shapes.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If eps is not a number, 0 or more.

    References
    ----------
    Ioffe and Szegedy (2015).
    """
    signature = check_normalised("batch_norm_vjp", Y_bar=Y_bar, Y=Y, X=X, gamma=gamma, beta=beta)
    N, s, axes = standardised(signature, X, axis, eps)
    X_bar = without_mean_and_part_along(N, Y_bar * gamma, axes) / s
    return X_bar, unbroadcast(Y_bar * N, shape=np.shape(gamma)), unbroadcast(Y_bar, shape=np.shape(beta))


@takes_arrays
def batch_norm_jvp(
    X_dot: Array,
    gamma_dot: Array,
    beta_dot: Array,
    Y: Array | None,
    X: Array,
    gamma: Array,
    beta: Array,
    *,
    axis: Axes = 0,
    eps: float = 1e-5,
) -> Array:
    r"""$\dot Y_{ij} = \frac{\gamma_j}{s_j} (\dot X_{ij} - \frac1n \sum_p \dot X_{pj} - N_{ij} \frac1n \sum_p N_{pj} \dot X_{pj}) + \dot \gamma_j N_{ij} + \dot \beta_j$.

    The tangent of one sample moves the mean, and so the results of all.

    Parameters
    ----------
    X_dot : (n, k) array
        Tangent of X.
    gamma_dot, beta_dot : arrays
        Tangents of gamma and beta; zeros where they stay.
    Y : (n, k) array or None
        The result; not needed.
    X : (n, k) array
        The argument.
    gamma, beta : arrays
        Scale and shift.
    axis : int or tuple of int
        The axes of one mean.
    eps : number
        Added to the variance.

    Returns
    -------
    Y_dot : (n, k) array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If eps is not a number, 0 or more.
    """
    signature = check_normalised(
        "batch_norm_jvp",
        X_dot=X_dot,
        gamma_dot=gamma_dot,
        beta_dot=beta_dot,
        Y=Y,
        X=X,
        gamma=gamma,
        beta=beta,
    )
    N, s, axes = standardised(signature, X, axis, eps)
    N_dot = without_mean_and_part_along(N, X_dot, axes) / s
    return gamma_dot * N + gamma * N_dot + beta_dot


@takes_arrays
def batch_norm_inference(
    X: Array, gamma: Array, beta: Array, mean: Array, variance: Array, *, eps: float = 1e-5
) -> Array:
    r"""$Y_{ij} = \gamma_j (X_{ij} - m_j) / \sqrt{v_j + \epsilon} + \beta_j$.

    Batch normalisation in use: mean and variance are those of the training, so every sample is scaled and shifted by itself.

    Parameters
    ----------
    X : (n, k) array
        One sample per row, or any shape.
    gamma, beta : arrays
        Scale and shift: (k,), or any shape that broadcasts to that of X.
    mean, variance : arrays
        m and v, stored in training; shapes as those of gamma and beta.
    eps : number
        Added to the variance, under the root.

    Returns
    -------
    Y : (n, k) array
        Of the shape of X.

    Raises
    ------
    ShapeError
        If one of the others does not broadcast to the shape of X.
    ValueError
        If eps is not a number, 0 or more.

    Examples
    --------
    >>> batch_norm_inference([[3.0, 3.0]], [1.0, 10.0], 0.0, 1.0, [4.0, 1.0], eps=0)
    array([[ 1., 20.]])
    """
    signature = check_normalised(
        "batch_norm_inference", X=X, gamma=gamma, beta=beta, mean=mean, variance=variance
    )
    number_from_0(f"{signature}: eps", eps)
    Y: Array = gamma * (X - mean) / np.sqrt(variance + eps) + beta
    return Y


@takes_arrays
def batch_norm_inference_vjp(
    Y_bar: Array,
    Y: Array | None,
    X: Array,
    gamma: Array,
    beta: Array,
    mean: Array,
    variance: Array,
    *,
    eps: float = 1e-5,
) -> tuple[Array, Array, Array, Array, Array]:
    r"""$\bar X_{ij} = \bar Y_{ij} \gamma_j / s_j$, $\bar \gamma_j = \sum_i \bar Y_{ij} N_{ij}$, $\bar \beta_j = \sum_i \bar Y_{ij}$, $\bar m_j = -\sum_i \bar Y_{ij} \gamma_j / s_j$, $\bar v_j = -\sum_i \bar Y_{ij} \gamma_j N_{ij} / (2 s_j^2)$.

    With fixed statistics no sample depends on another, and nothing is taken out of the cotangent. The statistics are arguments here, so they get cotangents too;
    leave those aside where they are constants.

    Derivation
    ----------
    ```derivation batch-norm-inference-vjp
    where  X \in \mathbb{R}^{n \times k},  \gamma, \beta, m \in \mathbb{R}^{1 \times k},  v \in \mathbb{R}^{1 \times k} \text{ positive}
           \epsilon \in \mathbb{R} \text{ positive, constant}
           s_j = \sqrt{v_j + \epsilon}
           N_{ij} = \frac{X_{ij} - m_j}{s_j}
           Y_{ij} = \gamma_j N_{ij} + \beta_j
    \bar X_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial X_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \frac{\bar Y_{ij} \gamma_j}{s_j}  && \text{only } Y_{ij} \text{ has } X_{ij}

    \bar \gamma_j
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial \gamma_j}  && \text{chain rule over all entries of } Y \\
      &= \sum_i \bar Y_{ij} N_{ij}  && \text{every sample uses } \gamma_j

    \bar \beta_j
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial \beta_j}  && \text{chain rule over all entries of } Y \\
      &= \sum_i \bar Y_{ij}  && \text{every sample uses } \beta_j

    \bar m_j
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial m_j}  && \text{chain rule over all entries of } Y \\
      &= -\sum_i \frac{\bar Y_{ij} \gamma_j}{s_j}  && m_j \text{ is subtracted in every sample}

    \bar v_j
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial v_j}  && \text{chain rule over all entries of } Y \\
      &= -\sum_i \bar Y_{ij} \gamma_j \frac{X_{ij} - m_j}{s_j^2} \frac{1}{2 s_j}  && \text{quotient, then root} \\
      &= -\sum_i \frac{\bar Y_{ij} \gamma_j N_{ij}}{2 s_j^2}  && \text{definition of } N
    ```

    Parameters
    ----------
    Y_bar : (n, k) array
        Cotangent of the result.
    Y : (n, k) array or None
        The result; not needed.
    X : (n, k) array
        The argument.
    gamma, beta : arrays
        Scale and shift.
    mean, variance : arrays
        The stored statistics.
    eps : number
        Added to the variance.

    Returns
    -------
    X_bar : (n, k) array
        Cotangent of X.
    gamma_bar, beta_bar, mean_bar, variance_bar : arrays
        Cotangents of the others, in their shapes.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If eps is not a number, 0 or more.
    """
    signature = check_normalised(
        "batch_norm_inference_vjp",
        Y_bar=Y_bar,
        Y=Y,
        X=X,
        gamma=gamma,
        beta=beta,
        mean=mean,
        variance=variance,
    )
    number_from_0(f"{signature}: eps", eps)
    square = variance + eps
    N = (X - mean) / np.sqrt(square)
    X_bar = Y_bar * gamma / np.sqrt(square)
    return (
        X_bar,
        unbroadcast(Y_bar * N, shape=np.shape(gamma)),
        unbroadcast(Y_bar, shape=np.shape(beta)),
        unbroadcast(-X_bar, shape=np.shape(mean)),
        unbroadcast(-Y_bar * gamma * N / (2 * square), shape=np.shape(variance)),
    )


@takes_arrays
def batch_norm_inference_jvp(
    X_dot: Array,
    gamma_dot: Array,
    beta_dot: Array,
    mean_dot: Array,
    variance_dot: Array,
    Y: Array | None,
    X: Array,
    gamma: Array,
    beta: Array,
    mean: Array,
    variance: Array,
    *,
    eps: float = 1e-5,
) -> Array:
    r"""$\dot Y_{ij} = \gamma_j (\dot X_{ij} - \dot m_j) / s_j - \gamma_j N_{ij} \dot v_j / (2 s_j^2) + \dot \gamma_j N_{ij} + \dot \beta_j$.

    An affine map of X, whose scale also follows the variance.

    Parameters
    ----------
    X_dot : (n, k) array
        Tangent of X.
    gamma_dot, beta_dot, mean_dot, variance_dot : arrays
        Tangents of the others; zeros where they stay.
    Y : (n, k) array or None
        The result; not needed.
    X : (n, k) array
        The argument.
    gamma, beta : arrays
        Scale and shift.
    mean, variance : arrays
        The stored statistics.
    eps : number
        Added to the variance.

    Returns
    -------
    Y_dot : (n, k) array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If eps is not a number, 0 or more.
    """
    signature = check_normalised(
        "batch_norm_inference_jvp",
        X_dot=X_dot, gamma_dot=gamma_dot, beta_dot=beta_dot, mean_dot=mean_dot, variance_dot=variance_dot,
        Y=Y, X=X, gamma=gamma, beta=beta, mean=mean, variance=variance,
    )  # fmt: skip
    number_from_0(f"{signature}: eps", eps)
    square = variance + eps
    N = (X - mean) / np.sqrt(square)
    N_dot = (X_dot - mean_dot) / np.sqrt(square) - N * variance_dot / (2 * square)
    Y_dot: Array = gamma_dot * N + gamma * N_dot + beta_dot
    return Y_dot


@takes_arrays
def group_norm(X: Array, gamma: Array, beta: Array, *, groups: int = 1, eps: float = 1e-5) -> Array:
    r"""$Y_{ij} = \gamma_j N_{ij} + \beta_j$, $N_{ij} = (X_{ij} - \mu_i) / s_i$, $s_i = \sqrt{v_i + \epsilon}$.

    As [`layer_norm`][mathnet.layer_norm], but the channels of a sample are split into groups, and every group with all its pixels is normalised by itself.

    Parameters
    ----------
    X : (n, c, ...) array
        Samples, channels, and any further axes, such as those of pixels.
    gamma, beta : (c,) arrays
        Scale and shift of each channel.
    groups : int
        Into how many groups of neighbours the channels are split; it divides c.
    eps : number
        Added to the variance, under the root.

    Returns
    -------
    Y : (n, c, ...) array
        Of the shape of X.

    Raises
    ------
    ShapeError
        If the shapes do not fit together, the groups do not divide the channels, or a group has no entry.
    ValueError
        If groups is not a whole number, 1 or more, or eps not a number, 0 or more.

    Notes
    -----
    With one channel in each group it is instance normalisation. In PyTorch: `F.group_norm(X, groups, gamma, beta)`.

    Examples
    --------
    >>> group_norm([[0.0, 4.0, 5.0, 7.0]], np.ones(4), np.zeros(4), groups=2, eps=0)
    array([[-1.,  1., -1.,  1.]])
    """
    signature = check_grouped("group_norm", groups, X=X, gamma=gamma, beta=beta)
    N, _, _ = standardised(signature, in_groups(X, groups), -1, eps)
    return of_channels(gamma, np.ndim(X)) * np.reshape(N, np.shape(X)) + of_channels(beta, np.ndim(X))


@takes_arrays
def group_norm_vjp(
    Y_bar: Array,
    Y: Array | None,
    X: Array,
    gamma: Array,
    beta: Array,
    *,
    groups: int = 1,
    eps: float = 1e-5,
) -> tuple[Array, Array, Array]:
    r"""$\bar X_{ij} = \frac{1}{s_i} (\bar Y_{ij} \gamma_j - \frac1k \sum_q \bar Y_{iq} \gamma_q - N_{ij} \frac1k \sum_q \bar Y_{iq} \gamma_q N_{iq})$, $\bar \gamma_j = \sum_i \bar Y_{ij} N_{ij}$, $\bar \beta_j = \sum_i \bar Y_{ij}$.

    In each group the mean of the cotangent of N and its part along N are taken out. Gamma comes first, because it differs between the channels of a group.

    Derivation
    ----------
    For one group of k channels, each of one pixel. Several groups are several such rows; the pixels of a channel share its γ and β, which add them up.

    ```derivation group-norm-vjp
    where  X \in \mathbb{R}^{n \times k},  \gamma, \beta \in \mathbb{R}^{k},  \epsilon \in \mathbb{R} \text{ positive, constant}
           \mu_i = \frac1k \sum_j X_{ij}
           s_i = \sqrt{\frac1k \sum_j (X_{ij} - \mu_i)^2 + \epsilon}
           N_{ij} = \frac{X_{ij} - \mu_i}{s_i}
           Y_{ij} = \gamma_j N_{ij} + \beta_j
    \frac{\partial N_{iq}}{\partial X_{ij}}
      &= \frac{1}{s_i} \left(\delta_{qj} - \frac1k - \frac1k N_{iq} N_{ij}\right)  && \text{directly, through } \mu \text{, through } s

    \bar X_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial X_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_q \bar Y_{iq} \gamma_q \frac{1}{s_i} \left(\delta_{qj} - \frac1k - \frac1k N_{iq} N_{ij}\right)  && \text{group } i \text{ alone has } X_{ij} \\
      &= \frac{1}{s_i} \left(\bar Y_{ij} \gamma_j - \frac1k \sum_q \bar Y_{iq} \gamma_q - N_{ij} \frac1k \sum_q \bar Y_{iq} \gamma_q N_{iq}\right)  && \delta_{qj} \text{ keeps } q = j

    \bar \gamma_j
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial \gamma_j}  && \text{chain rule over all entries of } Y \\
      &= \sum_i \bar Y_{ij} N_{ij}  && \text{every sample uses } \gamma_j

    \bar \beta_j
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial \beta_j}  && \text{chain rule over all entries of } Y \\
      &= \sum_i \bar Y_{ij}  && \text{every sample uses } \beta_j
    ```

    Parameters
    ----------
    Y_bar : (n, c, ...) array
        Cotangent of the result.
    Y : (n, c, ...) array or None
        The result; not needed.
    X : (n, c, ...) array
        Samples, channels, and any further axes, such as those of pixels.
    gamma, beta : (c,) arrays
        Scale and shift of each channel.
    groups : int
        Into how many groups of neighbours the channels are split; it divides c.
    eps : number
        Added to the variance, under the root.

    Returns
    -------
    X_bar : (n, c, ...) array
        Cotangent of X. In each group it sums to zero.
    gamma_bar, beta_bar : (c,) arrays
        Cotangents of gamma and beta: sums over the samples and pixels.

    Raises
    ------
    ShapeError
        If the shapes do not fit together, the groups do not divide the channels, or a group has no entry.
    ValueError
        If groups is not a whole number, 1 or more, or eps not a number, 0 or more.

    References
    ----------
    Wu and He (2018).

    Examples
    --------
    >>> X, Y_bar = np.array([[0.0, 4.0, 0.0, 4.0]]), np.array([[4.0, 2.0, 0.0, 6.0]])
    >>> group_norm_vjp(Y_bar, None, X, np.ones(4), np.zeros(4), eps=0)[0]
    array([[ 1., -1., -1.,  1.]])
    """
    signature = check_grouped("group_norm_vjp", groups, Y_bar=Y_bar, Y=Y, X=X, gamma=gamma, beta=beta)
    N, s, axes = standardised(signature, in_groups(X, groups), -1, eps)
    N_bar = in_groups(Y_bar * of_channels(gamma, np.ndim(X)), groups)
    X_bar = np.reshape(without_mean_and_part_along(N, N_bar, axes) / s, np.shape(X))
    others = (0, *range(2, np.ndim(X)))
    gamma_bar: Array = np.sum(Y_bar * np.reshape(N, np.shape(X)), axis=others)
    return X_bar, gamma_bar, np.sum(Y_bar, axis=others)


@takes_arrays
def group_norm_jvp(
    X_dot: Array,
    gamma_dot: Array,
    beta_dot: Array,
    Y: Array | None,
    X: Array,
    gamma: Array,
    beta: Array,
    *,
    groups: int = 1,
    eps: float = 1e-5,
) -> Array:
    r"""$\dot Y_{ij} = \dot \gamma_j N_{ij} + \gamma_j \dot N_{ij} + \dot \beta_j$.

    The tangent of N is what is left of that of X without its mean and its part along N, over s, group by group.

    Parameters
    ----------
    X_dot : (n, c, ...) array
        Tangent of X.
    gamma_dot, beta_dot : (c,) arrays
        Tangents of gamma and beta.
    Y : (n, c, ...) array or None
        The result; not needed.
    X : (n, c, ...) array
        Samples, channels, and any further axes, such as those of pixels.
    gamma, beta : (c,) arrays
        Scale and shift of each channel.
    groups : int
        Into how many groups of neighbours the channels are split; it divides c.
    eps : number
        Added to the variance, under the root.

    Returns
    -------
    Y_dot : (n, c, ...) array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If the shapes do not fit together, the groups do not divide the channels, or a group has no entry.
    ValueError
        If groups is not a whole number, 1 or more, or eps not a number, 0 or more.
    """
    signature = check_grouped(
        "group_norm_jvp",
        groups,
        X_dot=X_dot,
        gamma_dot=gamma_dot,
        beta_dot=beta_dot,
        Y=Y,
        X=X,
        gamma=gamma,
        beta=beta,
    )
    N, s, axes = standardised(signature, in_groups(X, groups), -1, eps)
    N_dot = np.reshape(without_mean_and_part_along(N, in_groups(X_dot, groups), axes) / s, np.shape(X))
    by_scale = of_channels(gamma_dot, np.ndim(X)) * np.reshape(N, np.shape(X))
    Y_dot: Array = by_scale + of_channels(gamma, np.ndim(X)) * N_dot + of_channels(beta_dot, np.ndim(X))
    return Y_dot


def standardised(signature: str, X: Array, axis: Axes, eps: float) -> tuple[Array, Array, tuple[int, ...]]:
    """Return X less its mean, over its standard deviation; that deviation; and the axes, counted from 0."""
    axes = check_axes(signature, X, axis)
    return scaled(signature, deviations(X, axes, signature), axes, eps)


def scaled(signature: str, X: Array, axis: Axes, eps: float) -> tuple[Array, Array, tuple[int, ...]]:
    """Return X over the root of its mean square; that root; and the axes, counted from 0."""
    number_from_0(f"{signature}: eps", eps)
    axes = check_axes(signature, X, axis)
    s = np.sqrt(np.sum(X * X, axis=axes, keepdims=True) / number_of(signature, X, axes) + eps)
    return X / s, s, axes


def without_mean_and_part_along(N: Array, G: Array, axes: tuple[int, ...]) -> Array:
    """Take out of G its mean along the axes and its part along N."""
    mean: Array = np.sum(G, axis=axes, keepdims=True) / number_of("mean(X)", N, axes)
    return without_part_along(N, G, axes) - mean


def without_part_along(N: Array, G: Array, axes: tuple[int, ...]) -> Array:
    """Take out of G the multiple of N that has the same mean product with N, for a mean square of 1."""
    along: Array = N * np.sum(N * G, axis=axes, keepdims=True) / number_of("mean(X)", N, axes)
    return G - along


def check_normalised(operation: str, **arguments: Array | None) -> str:
    """Return the signature; raise ShapeError unless Y has the shape of X, a parameter broadcasts to it, and X_dot has that of X."""
    shapes = {name: np.shape(X) for name, X in arguments.items() if X is not None}
    signature = f"{operation}({', '.join(arguments)})"
    for name, shape in shapes.items():
        other = "X" if name in ("Y", "Y_bar") else name.removesuffix("_dot")
        problem = None
        if other != name:
            if shape != shapes[other]:
                problem = f"must have the shape {shapes[other]} of {other}"
        elif name != "X" and not broadcasts(shape, shapes["X"]):
            problem = f"must broadcast to the shape {shapes['X']} of X"
        if problem:
            got = ", ".join(f"{each} {shapes.get(each)}" for each in arguments)
            raise ShapeError(f"{signature}: {name} {problem}, but has {shape}; got {got}")
    return signature


def check_grouped(operation: str, groups: int, **arguments: Any) -> str:
    """Return the signature; raise ShapeError unless the arrays have the shape of X, the parameters one number per channel, and the groups divide the channels."""
    axes = {"gamma": "c", "beta": "c"}
    named = [f"{name}[{axes.get(name.removesuffix('_dot'), 'n c ...')}]" for name in arguments]
    signature = f"{operation}({', '.join(named)})"
    check_shapes(signature, *arguments.values())
    whole_number(f"{signature}: groups", groups)
    X = arguments["X"]
    channels = np.shape(X)[1]
    if channels % groups:
        raise ShapeError(
            f"{signature}: {groups} groups do not divide {channels} channels; got X {np.shape(X)}"
        )
    return signature


def in_groups(X: Array, groups: int) -> Array:
    """Return an array with one row for each group of each sample."""
    samples, *rest = np.shape(X)
    return np.reshape(X, (samples, groups, math.prod(rest) // groups))


def of_channels(parameter: Array, count: int) -> Array:
    """Give the parameter of the channels further axes, with size 1, so that it broadcasts to samples with so many axes."""
    return np.reshape(parameter, (-1, *[1] * (count - 2)))
