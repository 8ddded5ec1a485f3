r"""Operations that couple the entries of a row: so far, softmax.

An elementwise function has a diagonal Jacobian, so its rule is a Hadamard product. Softmax divides
by a sum over the row: every output depends on every input of its row, and its rule subtracts a dot
product.
"""

import numpy as np

from mathnet.shapes import Array, check_shapes


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
        If Z is a scalar.

    Notes
    -----
    The largest logit of a row is subtracted first: the quotient stays the same, and `exp` cannot overflow.

    Examples
    --------
    >>> softmax(np.log([[1.0, 2.0, 5.0]]))
    array([[0.125, 0.25 , 0.625]])
    """
    check_shapes("softmax(Z[... k])", Z)
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    return E / np.sum(E, axis=-1, keepdims=True)


def softmax_vjp(Y_bar: Array, Y: Array, Z: Array) -> tuple[Array]:
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
    Z : (..., k) array
        Logits; not needed, because Y carries all that matters.

    Returns
    -------
    Z_bar : (..., k) array
        Cotangent of the logits. Each row sums to zero.

    Raises
    ------
    ShapeError
        If the shapes differ.

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
