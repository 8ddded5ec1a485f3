r"""Operations that couple the entries of a row: so far, softmax.

An elementwise function has a diagonal Jacobian, so its rule is a Hadamard product. Softmax divides
by a sum over the row: every output depends on every input of its row, and its rule subtracts a dot
product.
"""

import numpy as np

from mathnet.arguments import takes_arrays
from mathnet.shapes import Array, ShapeError, check_shapes


@takes_arrays
def softmax(Z: Array) -> Array:
    r"""$Y_{ij} = e^{Z_{ij}} / \sum_k e^{Z_{ik}}$.

    Turns each row of logits into positive numbers that sum to one.

    Not an elementwise function: adding to one logit lowers the other outputs of its row.

    Parameters
    ----------
    Z : (..., k) array
        Logits; the last axis is normalised.

    Returns
    -------
    Y : (..., k) array
        Probabilities along the last axis.

    Raises
    ------
    ShapeError
        If Z is a scalar, or its rows have no entry.
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
    E = np.exp(below_largest("softmax(Z[... k])", Z))
    Y: Array = E / np.sum(E, axis=-1, keepdims=True)
    return Y


@takes_arrays
def softmax_vjp(Y_bar: Array, Y: Array, Z: Array | None) -> tuple[Array]:
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
    Z_bar = Y * (Y_bar - np.sum(Y_bar * Y, axis=-1, keepdims=True))
    return (Z_bar,)


def below_largest(signature: str, Z: Array) -> Array:
    """Subtract from each row its largest entry; raise ValueError if a row has none, or an infinite one."""
    if Z.shape[-1] == 0:
        raise ShapeError(f"{signature}: a row of Z needs at least one entry; got Z {Z.shape}")
    largest = np.max(Z, axis=-1, keepdims=True)
    if isinstance(Z, np.ndarray) and Z.dtype.kind in "fc" and np.isinf(largest).any():
        place = np.argwhere(np.isinf(largest))[0].tolist()
        row = f"row {place[:-1]} of Z" if place[:-1] else "Z"
        raise ValueError(
            f"{signature}: the largest entry of {row} is {largest[*place]}, where softmax is not defined; "
            "write np.clip(Z, -1000, 1000)"
        )
    below: Array = Z - largest
    return below
