r"""Scaled dot-product attention: every query takes a mean of the values, weighted by how well their keys match it.

It is a matrix product of queries and keys, a softmax, and a matrix product of its weights with the values. Leading axes are batches: those of texts and of heads.

A mask forbids pairs of a query and a key. It acts in the softmax: a forbidden pair has the weight 0, so no cotangent passes there, and the rule is the same
with a mask as without. A query that may look nowhere gets 0, not NaN, and so do its cotangents.

| setting | query i may look at key j |
|---|---|
| none | always |
| `causal=True` | where $j \le i + m - n$: the n queries are the last of m positions |
| `mask` | where it is true |
| both | where both allow it |

The rules compute the weights again from Q and K, one number for each pair, and take the result Y from the forward pass. Forward, a head costs n · m · (d + v)
multiplications and n · m exponentials; the vjp costs n · m · d more than twice that.
"""

import numpy as np
from numpy.typing import ArrayLike

from mathnet.arguments import takes_arrays
from mathnet.shapes import Array, ShapeError, check_shapes, mask_of


@takes_arrays
def scaled_dot_product_attention(
    Q: Array,
    K: Array,
    V: Array,
    *,
    mask: ArrayLike | None = None,
    causal: bool = False,
    scale: float | None = None,
) -> Array:
    r"""$Y = A V$, $A = \operatorname{softmax}(c\, Q K^{\mathsf T})$.

    Each row of Y is a weighted mean of the rows of V.

    Parameters
    ----------
    Q : (..., n, d) array
        Queries, one per row.
    K : (..., m, d) array
        Keys.
    V : (..., m, v) array
        Values, one for each key.
    mask : array of bools, optional
        True where a query may look; of a shape that broadcasts to (..., n, m).
    causal : bool
        Whether a query may look at its own position and earlier ones only.
    scale : number, optional
        c: what the scores are multiplied by, a constant; $1 / \sqrt d$, unless told otherwise.

    Returns
    -------
    Y : (..., n, v) array
        One row for each query; 0 for a query that may look nowhere.

    Raises
    ------
    ShapeError
        If the shapes do not fit together, there is no key, or the mask does not broadcast to the scores.
    ValueError
        If the mask does not hold bools.

    Notes
    -----
    The largest score that a query may look at is subtracted before the exponential, so it cannot overflow.

    Examples
    --------
    Equal scores give the mean of the values that may be seen:

    >>> Q, K, V = np.zeros((3, 1)), np.zeros((3, 1)), np.array([[1.0], [3.0], [8.0]])
    >>> scaled_dot_product_attention(Q, K, V, causal=True)
    array([[1.],
           [2.],
           [4.]])
    """
    signature = "scaled_dot_product_attention(Q[... n d], K[... m d], V[... m v])"
    check_shapes(signature, Q, K, V)
    A, _ = attention_weights(signature, Q, K, mask, causal, scale)
    return A @ V


@takes_arrays
def scaled_dot_product_attention_vjp(
    Y_bar: Array,
    Y: Array,
    Q: Array,
    K: Array,
    V: Array,
    *,
    mask: ArrayLike | None = None,
    causal: bool = False,
    scale: float | None = None,
) -> tuple[Array, Array, Array]:
    r"""$\bar Q_{ir} = c \sum_{jl} \bar Y_{il} A_{ij} (V_{jl} - Y_{il}) K_{jr}$, $\bar K_{jr} = c \sum_{il} \bar Y_{il} A_{ij} (V_{jl} - Y_{il}) Q_{ir}$, $\bar V_{jl} = \sum_i A_{ij} \bar Y_{il}$.

    A score pulls its row of Y towards its own value: $\bar S_{ij} = A_{ij} \sum_l \bar Y_{il} (V_{jl} - Y_{il})$. Then $\bar Q = c\, \bar S K$, $\bar K = c\, \bar S^{\mathsf T} Q$ and
    $\bar V = A^{\mathsf T} \bar Y$.

    Derivation
    ----------
    ```derivation scaled-dot-product-attention-vjp
    where  Q \in \mathbb{R}^{n \times d},  K \in \mathbb{R}^{m \times d},  V \in \mathbb{R}^{m \times v},  c \in \mathbb{R} \text{ constant}
           S = c\, Q K^{\mathsf T}
           A = \operatorname{softmax}(S)
           Y = A V
    \frac{\partial Y_{il}}{\partial S_{ij}}
      &= \sum_q A_{iq} (\delta_{qj} - A_{ij})\, V_{ql}  && \text{softmax, row } i \\
      &= A_{ij} (V_{jl} - Y_{il})  && \delta_{qj} \text{ keeps } q = j

    \bar Q_{ir}
      &= \sum_{pl} \bar Y_{pl}\, \frac{\partial Y_{pl}}{\partial Q_{ir}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{jl} \bar Y_{il} A_{ij} (V_{jl} - Y_{il})\, c\, K_{jr}  && \text{query } i \text{ is in row } i \text{ of } S \\
      &= c \sum_{jl} \bar Y_{il} A_{ij} (V_{jl} - Y_{il}) K_{jr}  && \text{matrix product}

    \bar K_{jr}
      &= \sum_{pl} \bar Y_{pl}\, \frac{\partial Y_{pl}}{\partial K_{jr}}  && \text{chain rule over all entries of } Y \\
      &= c \sum_{il} \bar Y_{il} A_{ij} (V_{jl} - Y_{il}) Q_{ir}  && \text{key } j \text{ is in column } j \text{ of } S

    \bar V_{jl}
      &= \sum_{iq} \bar Y_{iq}\, \frac{\partial Y_{iq}}{\partial V_{jl}}  && \text{chain rule over all entries of } Y \\
      &= \sum_i A_{ij} \bar Y_{il}  && Y \text{ is linear in } V
    ```

    Parameters
    ----------
    Y_bar : (..., n, v) array
        Cotangent of the result.
    Y : (..., n, v) array
        Output of [`scaled_dot_product_attention`][mathnet.scaled_dot_product_attention].
    Q : (..., n, d) array
        Queries.
    K : (..., m, d) array
        Keys.
    V : (..., m, v) array
        Values.
    mask : array of bools, optional
        True where a query may look.
    causal : bool
        Whether a query may look at its own position and earlier ones only.
    scale : number, optional
        What the scores are multiplied by.

    Returns
    -------
    Q_bar : (..., n, d) array
        Cotangent of the queries.
    K_bar : (..., m, d) array
        Cotangent of the keys.
    V_bar : (..., m, v) array
        Cotangent of the values.

    Raises
    ------
    ShapeError
        If the shapes do not fit together, there is no key, or the mask does not broadcast to the scores.
    ValueError
        If the mask does not hold bools.

    References
    ----------
    Vaswani et al. (2017).
    """
    signature = (
        "scaled_dot_product_attention_vjp(Y_bar[... n v], Y[... n v], Q[... n d], K[... m d], V[... m v])"
    )
    check_shapes(signature, Y_bar, Y, Q, K, V)
    A, c = attention_weights(signature, Q, K, mask, causal, scale)
    S_bar = A * (Y_bar @ transposed(V) - np.sum(Y_bar * Y, axis=-1, keepdims=True))
    return c * (S_bar @ K), c * (transposed(S_bar) @ Q), transposed(A) @ Y_bar


@takes_arrays
def scaled_dot_product_attention_jvp(
    Q_dot: Array,
    K_dot: Array,
    V_dot: Array,
    Y: Array,
    Q: Array,
    K: Array,
    V: Array,
    *,
    mask: ArrayLike | None = None,
    causal: bool = False,
    scale: float | None = None,
) -> Array:
    r"""$\dot Y_{il} = \sum_j A_{ij} (\dot S_{ij} (V_{jl} - Y_{il}) + \dot V_{jl})$.

    The scores move with $\dot S = c\, (\dot Q K^{\mathsf T} + Q \dot K^{\mathsf T})$.

    Parameters
    ----------
    Q_dot : (..., n, d) array
        Tangent of the queries.
    K_dot : (..., m, d) array
        Tangent of the keys.
    V_dot : (..., m, v) array
        Tangent of the values.
    Y : (..., n, v) array
        Output of [`scaled_dot_product_attention`][mathnet.scaled_dot_product_attention].
    Q : (..., n, d) array
        Queries.
    K : (..., m, d) array
        Keys.
    V : (..., m, v) array
        Values.
    mask : array of bools, optional
        True where a query may look.
    causal : bool
        Whether a query may look at its own position and earlier ones only.
    scale : number, optional
        What the scores are multiplied by.

    Returns
    -------
    Y_dot : (..., n, v) array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If the shapes do not fit together, there is no key, or the mask does not broadcast to the scores.
    ValueError
        If the mask does not hold bools.
    """
    signature = "scaled_dot_product_attention_jvp(Q_dot[... n d], K_dot[... m d], V_dot[... m v], Y[... n v], Q[... n d], K[... m d], V[... m v])"
    check_shapes(signature, Q_dot, K_dot, V_dot, Y, Q, K, V)
    A, c = attention_weights(signature, Q, K, mask, causal, scale)
    A_S_dot = A * c * (Q_dot @ transposed(K) + Q @ transposed(K_dot))
    Y_dot: Array = A_S_dot @ V - np.sum(A_S_dot, axis=-1, keepdims=True) * Y + A @ V_dot
    return Y_dot


def attention_weights(
    signature: str, Q: Array, K: Array, mask: ArrayLike | None, causal: bool, scale: float | None
) -> tuple[Array, float]:
    """Return the softmax of the scores over the keys that each query may look at, and the scale."""
    n, m, d = Q.shape[-2], K.shape[-2], K.shape[-1]
    if m == 0 or d == 0:
        raise ShapeError(f"{signature}: needs at least one key with one entry; got K {K.shape}")
    c = d**-0.5 if scale is None else scale
    S = c * (Q @ transposed(K))
    allowed = np.ones((n, m), bool)
    if mask is not None:
        allowed = mask_of(signature, mask, S.shape, "a query may look", " of the scores")
    if causal:
        allowed = allowed & (np.arange(m) <= np.arange(n)[:, None] + m - n)
    # no −∞ for what is forbidden: −∞ − (−∞) in a row without a key would be NaN
    largest = np.max(np.where(allowed, S, np.min(S, axis=-1, keepdims=True)), axis=-1, keepdims=True)
    E = np.where(allowed, np.exp(np.where(allowed, S, largest) - largest), 0)
    total = np.sum(E, axis=-1, keepdims=True)
    return E / np.where(total == 0, 1, total), c


def transposed(A: Array) -> Array:
    """Swap rows and columns of each member of the batch."""
    return np.swapaxes(A, -1, -2)
