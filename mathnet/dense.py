r"""The dense layer's affine map, which holds the parameters of a layer, and the gated block that three of them make.

$Z = HW + B$ is a matrix product and a sum. With one sample (n = 1) it is the formula of the
[question][backpropagation-is-four-products] to the letter. With a batch, every row of H is a sample and every row of Z receives the same B.
"""

import numpy as np

from mathnet.arguments import takes_arrays
from mathnet.elementwise import silu, silu_prime
from mathnet.shapes import Array, check_shapes


@takes_arrays
def affine(H: Array, W: Array, B: Array) -> Array:
    r"""$[HW + B]_{ij} = \sum_k H_{ik} W_{kj} + B_{1j}$.

    The matrix product of the inputs and the weights, plus the bias row for every sample. This is the
    one place where mathnet adds a row to every row of a matrix, and the signature says so.

    Parameters
    ----------
    H : (n, h) array
        Inputs, one sample per row.
    W : (h, y) array
        Weights, inputs × outputs.
    B : (1, y) array
        Bias, one row.

    Returns
    -------
    Z : (n, y) array
        One row per sample. In NumPy: `H @ W + B`.

    Raises
    ------
    ShapeError
        If the shapes do not fit together; a bias of shape (y,) does not.

    Notes
    -----
    n · h · y multiplications.

    Examples
    --------
    >>> H, W, B = np.array([[1.0, 2.0]]), np.eye(2), np.array([[10.0, 20.0]])
    >>> affine(H, W, B)
    array([[11., 22.]])
    """
    check_shapes("affine(H[n h], W[h y], B[1 y])", H, W, B)
    Z: Array = np.matmul(H, W) + B
    return Z


@takes_arrays
def affine_vjp(
    Z_bar: Array, Z: Array | None, H: Array, W: Array, B: Array | None
) -> tuple[Array, Array, Array]:
    r"""$\bar H = \bar Z W^{\mathsf T}$, $\bar W = H^{\mathsf T} \bar Z$, $\bar B = \mathbf 1^{\mathsf T} \bar Z$.

    This answers the second half of the [question][backpropagation-is-four-products]. $\bar W$ is a matrix product of $H^{\mathsf T}$ (h × n)
    and $\bar Z$ (n × y): for one sample the outer product of the input and the cotangent, for a
    batch the sum of those outer products. $\bar B$ sums the rows of $\bar Z$, because one B served
    every row.

    Derivation
    ----------
    The column $\mathbf 1$ of n ones writes "the same row for every sample" as a matrix product:

    ```derivation affine-vjp
    where  H \in \mathbb{R}^{n \times h},  W \in \mathbb{R}^{h \times y},  B \in \mathbb{R}^{1 \times y}
           \mathbf 1 \in \mathbb{R}^{n \times 1} \text{ ones}
           Z = HW + \mathbf 1 B
    \bar H_{kl}
      &= \sum_{ij} \bar Z_{ij}\, \frac{\partial Z_{ij}}{\partial H_{kl}}  && \text{chain rule over all entries of } Z \\
      &= \sum_{ij} \bar Z_{ij}\, \delta_{ik}\, W_{lj}  && H_{kl} \text{ stands in row } k \text{ of } Z \text{, with factor } W_{lj} \\
      &= \sum_j \bar Z_{kj} W_{lj}  && \delta_{ik} \text{ keeps } i = k \\
      &= \left[\bar Z W^{\mathsf T}\right]_{kl}  && \text{matrix product}

    \bar W_{kl}
      &= \sum_{ij} \bar Z_{ij}\, \frac{\partial Z_{ij}}{\partial W_{kl}}  && \text{chain rule over all entries of } Z \\
      &= \sum_{ij} \bar Z_{ij}\, H_{ik}\, \delta_{jl}  && W_{kl} \text{ stands in column } l \text{ of } Z \text{, with factor } H_{ik} \\
      &= \sum_i H_{ik}\, \bar Z_{il}  && \delta_{jl} \text{ keeps } j = l \\
      &= \left[H^{\mathsf T} \bar Z\right]_{kl}  && \text{matrix product: the sum runs over the samples}

    \bar B_l
      &= \sum_{ij} \bar Z_{ij}\, \frac{\partial Z_{ij}}{\partial B_l}  && \text{chain rule over all entries of } Z \\
      &= \sum_{ij} \bar Z_{ij}\, \delta_{jl}  && B_l \text{ is added in column } l \text{ of every row} \\
      &= \sum_i \bar Z_{il}  && \delta_{jl} \text{ keeps } j = l \\
      &= \left[\mathbf 1^{\mathsf T} \bar Z\right]_l  && \text{sum of the rows, as a matrix product}
    ```

    Parameters
    ----------
    Z_bar : (n, y) array
        Cotangent of the result.
    Z : (n, y) array or None
        The result; not needed.
    H : (n, h) array
        Inputs.
    W : (h, y) array
        Weights.
    B : (1, y) array or None
        Bias; not needed.

    Returns
    -------
    H_bar : (n, h) array
        Cotangent of the inputs: what the layer below receives.
    W_bar : (h, y) array
        Cotangent of the weights.
    B_bar : (1, y) array
        Cotangent of the bias.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    Notes
    -----
    Two matrix products and a sum, so twice the cost of the layer itself. H and W must be kept from the forward pass.

    References
    ----------
    Mathematics Stack Exchange 3250718; Rumelhart, Hinton and Williams (1986); Giles (2008).

    Examples
    --------
    >>> Z_bar, H = np.array([[0.5, -1.0]]), np.array([[1.0, 2.0, 3.0]])
    >>> H_bar, W_bar, B_bar = affine_vjp(Z_bar, Z_bar, H, np.ones((3, 2)), np.ones((1, 2)))
    >>> W_bar
    array([[ 0.5, -1. ],
           [ 1. , -2. ],
           [ 1.5, -3. ]])
    """
    check_shapes("affine_vjp(Z_bar[n y], Z[n y], H[n h], W[h y], B[1 y])", Z_bar, Z, H, W, B)
    H_bar = Z_bar @ np.transpose(W)
    W_bar = np.transpose(H) @ Z_bar
    B_bar = np.sum(Z_bar, axis=0, keepdims=True)
    return H_bar, W_bar, B_bar


@takes_arrays
def affine_jvp(
    H_dot: Array, W_dot: Array, B_dot: Array, Z: Array | None, H: Array, W: Array, B: Array | None
) -> Array:
    r"""$\dot Z = \dot H W + H \dot W + \mathbf 1 \dot B$.

    The product rule for HW; the bias passes its tangent on to every row.

    Parameters
    ----------
    H_dot : (n, h) array
        Tangent of the inputs.
    W_dot : (h, y) array
        Tangent of the weights.
    B_dot : (1, y) array
        Tangent of the bias.
    Z : (n, y) array or None
        The result; not needed.
    H : (n, h) array
        Inputs.
    W : (h, y) array
        Weights.
    B : (1, y) array or None
        Bias; not needed.

    Returns
    -------
    Z_dot : (n, y) array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    Examples
    --------
    >>> H, W = np.array([[1.0, 2.0]]), np.eye(2)
    >>> affine_jvp([[0.0, 0.0]], [[0.0, 1.0], [0.0, 0.0]], [[10.0, 10.0]], None, H, W, None)
    array([[10., 11.]])
    """
    signature = "affine_jvp(H_dot[n h], W_dot[h y], B_dot[1 y], Z[n y], H[n h], W[h y], B[1 y])"
    check_shapes(signature, H_dot, W_dot, B_dot, Z, H, W, B)
    Z_dot: Array = np.matmul(H_dot, W) + np.matmul(H, W_dot) + B_dot
    return Z_dot


@takes_arrays
def swiglu(X: Array, W: Array, V: Array, U: Array) -> Array:
    r"""$Y = H U$, $H = s(A) \odot B$, $A = X W$, $B = X V$.

    The feed-forward block of today's transformers: a Hadamard product of two dense layers, one of which goes through the [`silu`][mathnet.silu] s and
    is the gate of the other.

    Parameters
    ----------
    X : (..., d) array
        One token per row.
    W, V : (d, h) arrays
        The weights of the gate and of what it lets through.
    U : (h, y) array
        The weights of the way out.

    Returns
    -------
    Y : (..., y) array
        One row for each token.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    Notes
    -----
    3 · d · h multiplications for each token if y = d, and h exponentials.

    Examples
    --------
    >>> swiglu([[0.0, 2.0]], [[1.0], [0.0]], [[0.0], [1.0]], [[3.0]])
    array([[0.]])
    """
    check_shapes("swiglu(X[... d], W[d h], V[d h], U[h y])", X, W, V, U)
    Y: Array = (silu(X @ W) * (X @ V)) @ U
    return Y


@takes_arrays
def swiglu_vjp(
    Y_bar: Array, Y: Array | None, X: Array, W: Array, V: Array, U: Array
) -> tuple[Array, Array, Array, Array]:
    r"""$\bar X_{ij} = \sum_k G_{ik} (s'(A_{ik}) B_{ik} W_{jk} + s(A_{ik}) V_{jk})$, $\bar W_{jk} = \sum_i X_{ij} G_{ik}\, s'(A_{ik}) B_{ik}$, $\bar V_{jk} = \sum_i X_{ij} G_{ik}\, s(A_{ik})$, $\bar U_{kl} = \sum_i s(A_{ik}) B_{ik} \bar Y_{il}$.

    $G = \bar Y U^{\mathsf T}$ is the cotangent of H. Each factor of H takes it times the other factor, and the gate takes its slope; the rest are the matrix
    products of three dense layers. X is used twice, so its two cotangents add up.

    Derivation
    ----------
    ```derivation swiglu-vjp
    where  X \in \mathbb{R}^{n \times d},  W, V \in \mathbb{R}^{d \times h},  U \in \mathbb{R}^{h \times y}
           s(x) = \frac{x}{1 + e^{-x}}
           A = X W
           B = X V
           H = s(A) \odot B
           Y = H U
           G = \bar Y U^{\mathsf T}
    \bar U_{kl}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial U_{kl}}  && \text{chain rule over all entries of } Y \\
      &= \sum_i H_{ik} \bar Y_{il}  && Y_{il} = \sum_k H_{ik} U_{kl} \\
      &= \sum_i s(A_{ik}) B_{ik} \bar Y_{il}  && \text{definition of } H

    \bar W_{jk}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial W_{jk}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{iq} \bar Y_{iq} U_{kq}\, s'(A_{ik}) B_{ik} X_{ij}  && W_{jk} \text{ is in column } k \text{ of } A \\
      &= \sum_i X_{ij} G_{ik}\, s'(A_{ik}) B_{ik}  && \text{definition of } G

    \bar V_{jk}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial V_{jk}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{iq} \bar Y_{iq} U_{kq}\, s(A_{ik}) X_{ij}  && V_{jk} \text{ is in column } k \text{ of } B \\
      &= \sum_i X_{ij} G_{ik}\, s(A_{ik})  && \text{definition of } G

    \bar X_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial X_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{kq} \bar Y_{iq} U_{kq} (s'(A_{ik}) B_{ik} W_{jk} + s(A_{ik}) V_{jk})  && X_{ij} \text{ is in row } i \text{ of } A \text{ and of } B \\
      &= \sum_k G_{ik} (s'(A_{ik}) B_{ik} W_{jk} + s(A_{ik}) V_{jk})  && \text{definition of } G
    ```

    Parameters
    ----------
    Y_bar : (..., y) array
        Cotangent of the result.
    Y : (..., y) array or None
        The result; not needed.
    X : (..., d) array
        One token per row.
    W, V : (d, h) arrays
        The weights of the gate and of what it lets through.
    U : (h, y) array
        The weights of the way out.

    Returns
    -------
    X_bar : (..., d) array
        Cotangent of X.
    W_bar, V_bar : (d, h) arrays
        Cotangents of the weights of the gate and of what it lets through; they collect from all tokens.
    U_bar : (h, y) array
        Cotangent of the weights of the way out.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    Notes
    -----
    A and B are computed again, two matrix products; kept from the forward pass, they would cost 2 · h numbers for each token.

    References
    ----------
    Shazeer (2020).
    """
    signature = "swiglu_vjp(Y_bar[... y], Y[... y], X[... d], W[d h], V[d h], U[h y])"
    check_shapes(signature, Y_bar, Y, X, W, V, U)
    A, B = X @ W, X @ V
    H_bar = Y_bar @ np.transpose(U)
    A_bar, B_bar = H_bar * silu_prime(A) * B, H_bar * silu(A)
    rows = tuple(range(np.ndim(X) - 1))
    return (
        A_bar @ np.transpose(W) + B_bar @ np.transpose(V),
        np.tensordot(X, A_bar, (rows, rows)),
        np.tensordot(X, B_bar, (rows, rows)),
        np.tensordot(silu(A) * B, Y_bar, (rows, rows)),
    )


@takes_arrays
def swiglu_jvp(
    X_dot: Array,
    W_dot: Array,
    V_dot: Array,
    U_dot: Array,
    Y: Array | None,
    X: Array,
    W: Array,
    V: Array,
    U: Array,
) -> Array:
    r"""$\dot Y = \dot H U + H \dot U$.

    The product rule, four times: $\dot H = s'(A) \odot \dot A \odot B + s(A) \odot \dot B$, with $\dot A = \dot X W + X \dot W$ and $\dot B = \dot X V + X \dot V$.

    Parameters
    ----------
    X_dot : (..., d) array
        Tangent of X.
    W_dot, V_dot : (d, h) arrays
        Tangents of the weights of the gate and of what it lets through.
    U_dot : (h, y) array
        Tangent of the weights of the way out.
    Y : (..., y) array or None
        The result; not needed.
    X : (..., d) array
        One token per row.
    W, V : (d, h) arrays
        The weights of the gate and of what it lets through.
    U : (h, y) array
        The weights of the way out.

    Returns
    -------
    Y_dot : (..., y) array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    """
    signature = "swiglu_jvp(X_dot[... d], W_dot[d h], V_dot[d h], U_dot[h y], Y[... y], X[... d], W[d h], V[d h], U[h y])"
    check_shapes(signature, X_dot, W_dot, V_dot, U_dot, Y, X, W, V, U)
    A, B = X @ W, X @ V
    A_dot, B_dot = X_dot @ W + X @ W_dot, X_dot @ V + X @ V_dot
    H_dot = silu_prime(A) * A_dot * B + silu(A) * B_dot
    Y_dot: Array = H_dot @ U + (silu(A) * B) @ U_dot
    return Y_dot
