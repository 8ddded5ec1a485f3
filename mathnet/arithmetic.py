r"""Sum, difference, product, quotient, power and the larger or smaller of arrays whose shapes need not be the same.

NumPy repeats the smaller array until the shapes agree: it *broadcasts*. Shapes are compared from their last axis on; two
sizes fit if they are equal or one of them is 1, and axes that are missing on the left count as 1.

| A | B | A + B | what is repeated |
|---|---|---|---|
| (2, 3) | (2, 3) | (2, 3) | nothing |
| (2, 3) | (3,) | (2, 3) | B as every row |
| (2, 3) | (2, 1) | (2, 3) | B as every column |
| (2, 1) | (3,) | (2, 3) | A as every column, B as every row |
| (2, 3) | () | (2, 3) | one number everywhere |

All these rules need one idea more than those of numbers. An entry that was repeated is in several entries of the result, so
its cotangent is the sum of what they send back. That sum is [`unbroadcast`][mathnet.unbroadcast]: written once, used by every rule here.
"""

from typing import NoReturn

import numpy as np

from mathnet.arguments import takes_arrays
from mathnet.shapes import Array, Shape, ShapeError


@takes_arrays
def unbroadcast(Y_bar: Array, *, shape: Shape) -> Array:
    r"""$\bar B_j = \sum_i \bar Y_{ij}$: sum over the axes along which an array was repeated.

    Broadcasting gives every copy of an entry the same value. Going back, the copies' cotangents add up.

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of what came out of broadcasting.
    shape : tuple of int
        The shape before: what the result gets.

    Returns
    -------
    B_bar : array of that shape
        A new array, even if nothing was repeated.

    Raises
    ------
    ShapeError
        If an array of that shape does not broadcast to the shape of Y_bar.

    Examples
    --------
    >>> unbroadcast([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]], shape=(3,))
    array([11., 22., 33.])
    >>> unbroadcast([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]], shape=(2, 1))
    array([[ 6.],
           [60.]])
    """
    large = np.shape(Y_bar)
    added = len(large) - len(shape)
    padded = (1,) * added + tuple(shape)
    if added < 0 or any(size not in (1, whole) for size, whole in zip(padded, large, strict=True)):
        raise ShapeError(
            f"unbroadcast(Y_bar, shape): {tuple(shape)} does not broadcast to {large}, the shape of Y_bar"
        )
    repeated = tuple(axis for axis, size in enumerate(padded) if size != large[axis] or axis < added)
    if not repeated:
        return Y_bar.copy()
    B_bar: Array = np.sum(Y_bar, axis=repeated, keepdims=True).reshape(shape)
    return B_bar


@takes_arrays
def add(A: Array, B: Array) -> Array:
    r"""$Y_{ij} = A_{ij} + B_j$, where B is repeated as every row; and for all other shapes that broadcast.

    The sum, entry by entry, of two arrays that broadcast.

    Parameters
    ----------
    A, B : arrays
        The summands, of shapes that broadcast: see the head of this chapter.

    Returns
    -------
    Y : (...) array
        The sum, in the shape of both together. In NumPy: `A + B`, `np.add(A, B)`.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Examples
    --------
    >>> add([[1.0, 2.0], [3.0, 4.0]], [10.0, 20.0])
    array([[11., 22.],
           [13., 24.]])
    """
    check_broadcast("add", A=A, B=B)
    return np.add(A, B)


@takes_arrays
def add_vjp(Y_bar: Array, Y: Array | None, A: Array, B: Array) -> tuple[Array, Array]:
    r"""$\bar A_{ij} = \bar Y_{ij}$, $\bar B_j = \sum_i \bar Y_{ij}$.

    A sum passes the cotangent on to both summands, unchanged; the one that was repeated collects from all its copies.

    Derivation
    ----------
    B is one row, repeated as every row of Y:

    ```derivation add-vjp
    where  A \in \mathbb{R}^{n \times m},  B \in \mathbb{R}^{1 \times m}
           Y_{ij} = A_{ij} + B_j
    \bar A_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial A_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, \delta_{pi}\, \delta_{qj}  && A_{pq} \text{ is } A_{ij} \text{ only for } p = i,\ q = j \\
      &= \bar Y_{ij}  && \text{both sums collapse}

    \bar B_{j}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial B_{j}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, \delta_{qj}  && B_j \text{ is added in column } j \text{ of every row} \\
      &= \sum_p \bar Y_{pj}  && \delta_{qj} \text{ keeps } q = j
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the sum.
    Y : (...) array or None
        The sum; not needed.
    A, B : arrays
        The summands.

    Returns
    -------
    A_bar : array
        Cotangent of A, in its shape.
    B_bar : array
        Cotangent of B, in its shape.

    Raises
    ------
    ShapeError
        If the shapes of A and B do not broadcast, or Y_bar or Y has not the shape of both together.

    Notes
    -----
    Only the shapes of A and B are used: no entry need be kept from the forward pass.

    Examples
    --------
    >>> add_vjp(np.ones((2, 3)), None, np.ones((2, 3)), np.ones(3))[1]
    array([2., 2., 2.])
    """
    check_broadcast("add_vjp", Y_bar=Y_bar, Y=Y, A=A, B=B)
    return unbroadcast(Y_bar, shape=np.shape(A)), unbroadcast(Y_bar, shape=np.shape(B))


@takes_arrays
def add_jvp(A_dot: Array, B_dot: Array, Y: Array | None, A: Array | None, B: Array | None) -> Array:
    r"""$\dot Y_{ij} = \dot A_{ij} + \dot B_j$.

    The tangents add, and broadcast as the summands do.

    Parameters
    ----------
    A_dot : array
        Tangent of A, in its shape.
    B_dot : array
        Tangent of B, in its shape.
    Y : (...) array or None
        The sum; not needed.
    A : array or None
        Left summand; not needed.
    B : array or None
        Right summand; not needed.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the sum.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast, or a tangent has not the shape of its argument.
    """
    check_broadcast("add_jvp", A_dot=A_dot, B_dot=B_dot, Y=Y, A=A, B=B)
    return A_dot + B_dot


@takes_arrays
def subtract(A: Array, B: Array) -> Array:
    r"""$Y_{ij} = A_{ij} - B_j$, where B is repeated as every row; and for all other shapes that broadcast.

    The difference, entry by entry, of two arrays that broadcast.

    Parameters
    ----------
    A, B : arrays
        The operands, of shapes that broadcast: see the head of this chapter.

    Returns
    -------
    Y : (...) array
        The difference, in the shape of both together. In NumPy: `A - B`, `np.subtract(A, B)`.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Examples
    --------
    >>> subtract([[1.0, 2.0], [3.0, 4.0]], [[1.0], [2.0]])
    array([[0., 1.],
           [1., 2.]])
    """
    check_broadcast("subtract", A=A, B=B)
    return np.subtract(A, B)


@takes_arrays
def subtract_vjp(Y_bar: Array, Y: Array | None, A: Array, B: Array) -> tuple[Array, Array]:
    r"""$\bar A_{ij} = \bar Y_{ij}$, $\bar B_j = -\sum_i \bar Y_{ij}$.

    As for a sum; what is subtracted gets the sign.

    Derivation
    ----------
    B is one row, repeated as every row of Y:

    ```derivation subtract-vjp
    where  A \in \mathbb{R}^{n \times m},  B \in \mathbb{R}^{1 \times m}
           Y_{ij} = A_{ij} - B_j
    \bar A_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial A_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, \delta_{pi}\, \delta_{qj}  && A_{pq} \text{ is } A_{ij} \text{ only for } p = i,\ q = j \\
      &= \bar Y_{ij}  && \text{both sums collapse}

    \bar B_{j}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial B_{j}}  && \text{chain rule over all entries of } Y \\
      &= -\sum_{pq} \bar Y_{pq}\, \delta_{qj}  && B_j \text{ is subtracted in column } j \text{ of every row} \\
      &= -\sum_p \bar Y_{pj}  && \delta_{qj} \text{ keeps } q = j
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the difference.
    Y : (...) array or None
        The difference; not needed.
    A, B : arrays
        The operands.

    Returns
    -------
    A_bar : array
        Cotangent of A, in its shape.
    B_bar : array
        Cotangent of B, in its shape.

    Raises
    ------
    ShapeError
        If the shapes of A and B do not broadcast, or Y_bar or Y has not the shape of both together.

    Notes
    -----
    Only the shapes of A and B are used: no entry need be kept from the forward pass.

    Examples
    --------
    >>> subtract_vjp(np.ones((2, 3)), None, np.ones((2, 3)), np.ones(3))[1]
    array([-2., -2., -2.])
    """
    check_broadcast("subtract_vjp", Y_bar=Y_bar, Y=Y, A=A, B=B)
    return unbroadcast(Y_bar, shape=np.shape(A)), unbroadcast(-Y_bar, shape=np.shape(B))


@takes_arrays
def subtract_jvp(A_dot: Array, B_dot: Array, Y: Array | None, A: Array | None, B: Array | None) -> Array:
    r"""$\dot Y_{ij} = \dot A_{ij} - \dot B_j$.

    The tangents are subtracted, and broadcast as the operands do.

    Parameters
    ----------
    A_dot : array
        Tangent of A, in its shape.
    B_dot : array
        Tangent of B, in its shape.
    Y : (...) array or None
        The difference; not needed.
    A : array or None
        Left operand; not needed.
    B : array or None
        Right operand; not needed.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the difference.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast, or a tangent has not the shape of its argument.
    """
    check_broadcast("subtract_jvp", A_dot=A_dot, B_dot=B_dot, Y=Y, A=A, B=B)
    return A_dot - B_dot


@takes_arrays
def multiply(A: Array, B: Array) -> Array:
    r"""$Y_{ij} = A_{ij} B_j$, where B is repeated as every row; and for all other shapes that broadcast.

    The product, entry by entry, of two arrays that broadcast. For equal shapes it is the Hadamard product;
    [`hadamard`][mathnet.hadamard] refuses all others.

    Parameters
    ----------
    A, B : arrays
        The factors, of shapes that broadcast: see the head of this chapter.

    Returns
    -------
    Y : (...) array
        The product, in the shape of both together. In NumPy: `A * B`, `np.multiply(A, B)`.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Examples
    --------
    >>> multiply([[1.0, 2.0], [3.0, 4.0]], [10.0, 20.0])
    array([[10., 40.],
           [30., 80.]])
    """
    check_broadcast("multiply", A=A, B=B)
    return np.multiply(A, B)


@takes_arrays
def multiply_vjp(Y_bar: Array, Y: Array | None, A: Array, B: Array) -> tuple[Array, Array]:
    r"""$\bar A_{ij} = \bar Y_{ij}\, B_j$, $\bar B_j = \sum_i \bar Y_{ij}\, A_{ij}$.

    Each factor's cotangent is $\bar Y$ times the other factor, entry by entry; then the one that was repeated is summed
    over its copies. For the repeated B that is a dot product of each column of $\bar Y$ with the column of A.

    Derivation
    ----------
    B is one row, repeated as every row of Y:

    ```derivation multiply-vjp
    where  A \in \mathbb{R}^{n \times m},  B \in \mathbb{R}^{1 \times m}
           Y_{ij} = A_{ij} B_j
    \bar A_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial A_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, \delta_{pi}\, \delta_{qj}\, B_q  && A_{pq} \text{ is } A_{ij} \text{ only for } p = i,\ q = j \\
      &= \bar Y_{ij}\, B_j  && \text{both sums collapse}

    \bar B_{j}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial B_{j}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, A_{pq}\, \delta_{qj}  && B_j \text{ is a factor in column } j \text{ of every row} \\
      &= \sum_p \bar Y_{pj}\, A_{pj}  && \delta_{qj} \text{ keeps } q = j
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the product.
    Y : (...) array or None
        The product; not needed.
    A, B : arrays
        The factors.

    Returns
    -------
    A_bar : array
        Cotangent of A, in its shape.
    B_bar : array
        Cotangent of B, in its shape.

    Raises
    ------
    ShapeError
        If the shapes of A and B do not broadcast, or Y_bar or Y has not the shape of both together.

    Notes
    -----
    Both factors must be kept from the forward pass.

    Examples
    --------
    >>> multiply_vjp(np.ones((2, 2)), None, [[1.0, 2.0], [3.0, 4.0]], [10.0, 20.0])
    (array([[10., 20.],
           [10., 20.]]), array([4., 6.]))
    """
    check_broadcast("multiply_vjp", Y_bar=Y_bar, Y=Y, A=A, B=B)
    return unbroadcast(Y_bar * B, shape=np.shape(A)), unbroadcast(Y_bar * A, shape=np.shape(B))


@takes_arrays
def multiply_jvp(A_dot: Array, B_dot: Array, Y: Array | None, A: Array, B: Array) -> Array:
    r"""$\dot Y_{ij} = \dot A_{ij} B_j + A_{ij} \dot B_j$.

    The product rule, in every place.

    Parameters
    ----------
    A_dot : array
        Tangent of A, in its shape.
    B_dot : array
        Tangent of B, in its shape.
    Y : (...) array or None
        The product; not needed.
    A : array
        Left factor.
    B : array
        Right factor.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the product.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast, or a tangent has not the shape of its argument.
    """
    check_broadcast("multiply_jvp", A_dot=A_dot, B_dot=B_dot, Y=Y, A=A, B=B)
    return A_dot * B + A * B_dot


@takes_arrays
def divide(A: Array, B: Array) -> Array:
    r"""$Y_{ij} = A_{ij} / B_j$, where B is repeated as every row; and for all other shapes that broadcast.

    The quotient, entry by entry, of two arrays that broadcast.

    Parameters
    ----------
    A, B : arrays
        The operands, of shapes that broadcast: see the head of this chapter.

    Returns
    -------
    Y : (...) array
        The quotient, in the shape of both together. In NumPy: `A / B`, `np.divide(A, B)`.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Notes
    -----
    Division by 0 follows IEEE 754: ±∞, and NaN for 0 / 0, with NumPy's warning.

    Examples
    --------
    >>> divide([[1.0, 2.0], [3.0, 4.0]], [2.0, 4.0])
    array([[0.5, 0.5],
           [1.5, 1. ]])
    """
    check_broadcast("divide", A=A, B=B)
    return np.divide(A, B)


@takes_arrays
def divide_vjp(Y_bar: Array, Y: Array, A: Array, B: Array) -> tuple[Array, Array]:
    r"""$\bar A_{ij} = \bar Y_{ij} / B_j$, $\bar B_j = -\sum_i \bar Y_{ij}\, Y_{ij} / B_j$.

    The quotient Y is at hand, so the denominator's rule needs no square: $-A / B^2$ is $-Y / B$.

    Derivation
    ----------
    B is one row, repeated as every row of Y:

    ```derivation divide-vjp
    where  A \in \mathbb{R}^{n \times m}
           B \in \mathbb{R}^{1 \times m} \text{ nonzero}
           Y_{ij} = \frac{A_{ij}}{B_j}
    \bar A_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial A_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, \frac{\delta_{pi}\, \delta_{qj}}{B_q}  && A_{pq} \text{ is } A_{ij} \text{ only for } p = i,\ q = j \\
      &= \frac{\bar Y_{ij}}{B_j}  && \text{both sums collapse}

    \bar B_{j}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial B_{j}}  && \text{chain rule over all entries of } Y \\
      &= -\sum_{pq} \bar Y_{pq}\, \frac{A_{pq}}{B_q^2}\, \delta_{qj}  && \text{the derivative of } 1/x \text{ is } -1/x^2 \\
      &= -\sum_p \bar Y_{pj}\, \frac{A_{pj}}{B_j^2}  && \delta_{qj} \text{ keeps } q = j \\
      &= -\sum_p \frac{\bar Y_{pj}\, Y_{pj}}{B_j}  && \text{definition of } Y
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the quotient.
    Y : (...) array
        The quotient.
    A, B : arrays
        The operands.

    Returns
    -------
    A_bar : array
        Cotangent of A, in its shape.
    B_bar : array
        Cotangent of B, in its shape.

    Raises
    ------
    ShapeError
        If the shapes of A and B do not broadcast, or Y_bar or Y has not the shape of both together.

    Notes
    -----
    Y and B must be kept from the forward pass; of A, only the shape.

    Examples
    --------
    >>> A, B = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([2.0, 4.0])
    >>> divide_vjp(np.ones((2, 2)), divide(A, B), A, B)[1]
    array([-1.   , -0.375])
    """
    check_broadcast("divide_vjp", Y_bar=Y_bar, Y=Y, A=A, B=B)
    return unbroadcast(Y_bar / B, shape=np.shape(A)), unbroadcast(-Y_bar * Y / B, shape=np.shape(B))


@takes_arrays
def divide_jvp(A_dot: Array, B_dot: Array, Y: Array, A: Array | None, B: Array) -> Array:
    r"""$\dot Y_{ij} = (\dot A_{ij} - Y_{ij} \dot B_j) / B_j$.

    What the numerator gains, less the share of it that the denominator takes.

    Parameters
    ----------
    A_dot : array
        Tangent of A, in its shape.
    B_dot : array
        Tangent of B, in its shape.
    Y : (...) array
        The quotient.
    A : array or None
        Left operand; not needed.
    B : array
        Right operand.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the quotient.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast, or a tangent has not the shape of its argument.
    """
    check_broadcast("divide_jvp", A_dot=A_dot, B_dot=B_dot, Y=Y, A=A, B=B)
    return (A_dot - Y * B_dot) / B


@takes_arrays
def maximum(A: Array, B: Array) -> Array:
    r"""$Y_{ij} = \max(A_{ij}, B_j)$, where B is repeated as every row; and for all other shapes that broadcast.

    The larger of two, entry by entry.

    Parameters
    ----------
    A, B : arrays
        What is compared, of shapes that broadcast: see the head of this chapter.

    Returns
    -------
    Y : (...) array
        The larger entries, in the shape of both: `np.maximum(A, B)`.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Examples
    --------
    >>> maximum([[1.0, 5.0], [3.0, 4.0]], [2.0, 4.0])
    array([[2., 5.],
           [3., 4.]])
    """
    check_broadcast("maximum", A=A, B=B)
    return np.maximum(A, B)


@takes_arrays
def maximum_vjp(Y_bar: Array, Y: Array | None, A: Array, B: Array) -> tuple[Array, Array]:
    r"""$\bar A_{ij} = \bar Y_{ij}\, [A_{ij} > B_j]$, $\bar B_j = \sum_i \bar Y_{ij}\, [A_{ij} < B_j]$.

    The cotangent goes to the larger one. Where both are equal there is no derivative; here each gets half of it, so that nothing is lost or doubled.

    Derivation
    ----------
    B is one row, repeated as every row of Y:

    ```derivation maximum-vjp
    where  A \in \mathbb{R}^{n \times m},  B \in \mathbb{R}^{1 \times m}
           Y_{ij} = \max(A_{ij}, B_j)
    \bar A_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial A_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \bar Y_{ij}\, [A_{ij} > B_j]  && \text{slope 1 where } A \text{ is the larger, else 0}

    \bar B_j
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial B_j}  && \text{chain rule over all entries of } Y \\
      &= \sum_i \bar Y_{ij}\, [A_{ij} < B_j]  && \text{every row is compared with } B_j
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the result.
    Y : (...) array or None
        The result; not needed.
    A, B : arrays
        What is compared.

    Returns
    -------
    A_bar : array
        Cotangent of A, in its shape.
    B_bar : array
        Cotangent of B, in its shape.

    Raises
    ------
    ShapeError
        If the shapes of A and B do not broadcast, or Y_bar or Y has not the shape of both together.

    Notes
    -----
    A and B must be kept from the forward pass, or the shares of A, one number for each entry. A NaN counts as a tie.

    Examples
    --------
    >>> maximum_vjp(np.ones(3), None, [1.0, 5.0, 2.0], [2.0, 4.0, 2.0])
    (array([0. , 1. , 0.5]), array([1. , 0. , 0.5]))
    """
    check_broadcast("maximum_vjp", Y_bar=Y_bar, Y=Y, A=A, B=B)
    share = share_of_the_larger(A, B)
    A_bar, B_bar = Y_bar * share, Y_bar * (1 - share)
    return unbroadcast(A_bar, shape=np.shape(A)), unbroadcast(B_bar, shape=np.shape(B))


@takes_arrays
def maximum_jvp(A_dot: Array, B_dot: Array, Y: Array | None, A: Array, B: Array) -> Array:
    r"""$\dot Y_{ij} = [A_{ij} > B_j]\, \dot A_{ij} + [A_{ij} < B_j]\, \dot B_j$.

    The tangent of the larger one; at a tie the mean of both.

    Parameters
    ----------
    A_dot : array
        Tangent of A, in its shape.
    B_dot : array
        Tangent of B, in its shape.
    Y : (...) array or None
        The result; not needed.
    A, B : arrays
        What is compared.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast, or a tangent has not the shape of its argument.
    """
    check_broadcast("maximum_jvp", A_dot=A_dot, B_dot=B_dot, Y=Y, A=A, B=B)
    share = share_of_the_larger(A, B)
    return A_dot * share + B_dot * (1 - share)


@takes_arrays
def minimum(A: Array, B: Array) -> Array:
    r"""$Y_{ij} = \min(A_{ij}, B_j)$, where B is repeated as every row; and for all other shapes that broadcast.

    The smaller of two, entry by entry.

    Parameters
    ----------
    A, B : arrays
        What is compared, of shapes that broadcast: see the head of this chapter.

    Returns
    -------
    Y : (...) array
        The smaller entries, in the shape of both: `np.minimum(A, B)`.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Examples
    --------
    >>> minimum([[1.0, 5.0], [3.0, 4.0]], [2.0, 4.0])
    array([[1., 4.],
           [2., 4.]])
    """
    check_broadcast("minimum", A=A, B=B)
    return np.minimum(A, B)


@takes_arrays
def minimum_vjp(Y_bar: Array, Y: Array | None, A: Array, B: Array) -> tuple[Array, Array]:
    r"""$\bar A_{ij} = \bar Y_{ij}\, [A_{ij} < B_j]$, $\bar B_j = \sum_i \bar Y_{ij}\, [A_{ij} > B_j]$.

    The cotangent goes to the smaller one. Where both are equal there is no derivative; here each gets half of it, so that nothing is lost or doubled.

    Derivation
    ----------
    B is one row, repeated as every row of Y:

    ```derivation minimum-vjp
    where  A \in \mathbb{R}^{n \times m},  B \in \mathbb{R}^{1 \times m}
           Y_{ij} = \min(A_{ij}, B_j)
    \bar A_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial A_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \bar Y_{ij}\, [A_{ij} < B_j]  && \text{slope 1 where } A \text{ is the smaller, else 0}

    \bar B_j
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial B_j}  && \text{chain rule over all entries of } Y \\
      &= \sum_i \bar Y_{ij}\, [A_{ij} > B_j]  && \text{every row is compared with } B_j
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the result.
    Y : (...) array or None
        The result; not needed.
    A, B : arrays
        What is compared.

    Returns
    -------
    A_bar : array
        Cotangent of A, in its shape.
    B_bar : array
        Cotangent of B, in its shape.

    Raises
    ------
    ShapeError
        If the shapes of A and B do not broadcast, or Y_bar or Y has not the shape of both together.

    Notes
    -----
    A and B must be kept from the forward pass, or the shares of A, one number for each entry. A NaN counts as a tie.

    Examples
    --------
    >>> minimum_vjp(np.ones(3), None, [1.0, 5.0, 2.0], [2.0, 4.0, 2.0])
    (array([1. , 0. , 0.5]), array([0. , 1. , 0.5]))
    """
    check_broadcast("minimum_vjp", Y_bar=Y_bar, Y=Y, A=A, B=B)
    share = share_of_the_larger(B, A)
    A_bar, B_bar = Y_bar * share, Y_bar * (1 - share)
    return unbroadcast(A_bar, shape=np.shape(A)), unbroadcast(B_bar, shape=np.shape(B))


@takes_arrays
def minimum_jvp(A_dot: Array, B_dot: Array, Y: Array | None, A: Array, B: Array) -> Array:
    r"""$\dot Y_{ij} = [A_{ij} < B_j]\, \dot A_{ij} + [A_{ij} > B_j]\, \dot B_j$.

    The tangent of the smaller one; at a tie the mean of both.

    Parameters
    ----------
    A_dot : array
        Tangent of A, in its shape.
    B_dot : array
        Tangent of B, in its shape.
    Y : (...) array or None
        The result; not needed.
    A, B : arrays
        What is compared.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast, or a tangent has not the shape of its argument.
    """
    check_broadcast("minimum_jvp", A_dot=A_dot, B_dot=B_dot, Y=Y, A=A, B=B)
    share = share_of_the_larger(B, A)
    return A_dot * share + B_dot * (1 - share)


@takes_arrays
def power(A: Array, B: Array) -> Array:
    r"""$Y_{ij} = A_{ij}^{B_j}$, where B is repeated as every row; and for all other shapes that broadcast.

    Base to the exponent, entry by entry.

    Parameters
    ----------
    A, B : arrays
        Bases and exponents, of shapes that broadcast: see the head of this chapter.

    Returns
    -------
    Y : (...) array
        The powers, in the shape of both together. In NumPy: `A**B`, `np.power(A, B)`.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.

    Notes
    -----
    A negative base has a power only if the exponent is whole; elsewhere it is NaN, with NumPy's warning. 0 to a negative exponent is ∞; 0 to the 0 is 1.

    Examples
    --------
    >>> power([[4.0, 2.0], [9.0, 3.0]], [0.5, 2.0])
    array([[2., 4.],
           [3., 9.]])
    """
    check_broadcast("power", A=A, B=B)
    return np.power(A, B)


@takes_arrays
def power_vjp(Y_bar: Array, Y: Array, A: Array, B: Array) -> tuple[Array, Array]:
    r"""$\bar A_{ij} = \bar Y_{ij}\, B_j A_{ij}^{B_j - 1}$, $\bar B_j = \sum_i \bar Y_{ij}\, Y_{ij} \log A_{ij}$.

    The power rule for the base. For the exponent, $a^b = e^{b \log a}$, whose derivative by b is itself times the logarithm.

    Derivation
    ----------
    B is one row, repeated as every row of Y:

    ```derivation power-vjp
    where  A \in \mathbb{R}^{n \times m} \text{ positive},  B \in \mathbb{R}^{1 \times m}
           Y_{ij} = A_{ij}^{B_j}
    \bar A_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial A_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \bar Y_{ij}\, B_j A_{ij}^{B_j - 1}  && \text{power rule}

    \bar B_j
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial B_j}  && \text{chain rule over all entries of } Y \\
      &= \sum_i \bar Y_{ij}\, A_{ij}^{B_j} \log A_{ij}  && A_{ij}^{B_j} \text{ is } e^{B_j \log A_{ij}} \\
      &= \sum_i \bar Y_{ij}\, Y_{ij} \log A_{ij}  && \text{definition of } Y
    ```

    Parameters
    ----------
    Y_bar : (...) array
        Cotangent of the result.
    Y : (...) array
        The result.
    A, B : arrays
        Bases and exponents.

    Returns
    -------
    A_bar : array
        Cotangent of A, in its shape.
    B_bar : array
        Cotangent of B, in its shape.

    Raises
    ------
    ShapeError
        If the shapes of A and B do not broadcast, or Y_bar or Y has not the shape of both together.

    Notes
    -----
    The derivation holds for positive bases. Where the exponent is 0, $\bar A$ is 0, also at a = 0, where $0 \cdot 0^{-1}$ would be NaN. Where the base
    is 0 or negative, $\bar B$ is 0: $y \log a$ falls to 0 with a if the exponent is positive, and a negative base has no neighbouring exponents. A, B and Y must be kept
    from the forward pass.

    Examples
    --------
    >>> A, B = np.array([2.0, -2.0, 0.0]), np.array([3.0, 3.0, 0.0])
    >>> power_vjp(np.ones(3), power(A, B), A, B)[0]
    array([12., 12.,  0.])
    """
    check_broadcast("power_vjp", Y_bar=Y_bar, Y=Y, A=A, B=B)
    A_bar, B_bar = Y_bar * slope_of_base(A, B), Y_bar * Y * log_of_base(A)
    return unbroadcast(A_bar, shape=np.shape(A)), unbroadcast(B_bar, shape=np.shape(B))


@takes_arrays
def power_jvp(A_dot: Array, B_dot: Array, Y: Array, A: Array, B: Array) -> Array:
    r"""$\dot Y_{ij} = B_j A_{ij}^{B_j - 1}\, \dot A_{ij} + Y_{ij} \log(A_{ij})\, \dot B_j$.

    What the base gains, and what the exponent gains.

    Parameters
    ----------
    A_dot : array
        Tangent of A, in its shape.
    B_dot : array
        Tangent of B, in its shape.
    Y : (...) array
        The result.
    A, B : arrays
        Bases and exponents.

    Returns
    -------
    Y_dot : (...) array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast, or a tangent has not the shape of its argument.
    """
    check_broadcast("power_jvp", A_dot=A_dot, B_dot=B_dot, Y=Y, A=A, B=B)
    Y_dot: Array = slope_of_base(A, B) * A_dot + Y * log_of_base(A) * B_dot
    return Y_dot


def share_of_the_larger(A: Array, B: Array) -> Array:
    """Return 1 where A is larger, 0 where B is, and a half elsewhere."""
    half = np.ones_like(A) / 2
    return np.where(np.greater(A, B), 2 * half, np.where(np.less(A, B), 0 * half, half))


def slope_of_base(A: Array, B: Array) -> Array:
    """Return the derivative of a power by its base; 0 where the exponent is 0."""
    slope: Array = B * np.power(np.where(B == 0, np.ones_like(A), A), B - 1)
    return slope


def log_of_base(A: Array) -> Array:
    """Return the logarithm of a base; 0 where it is not positive."""
    return np.log(np.where(np.greater(A, 0), A, np.ones_like(A)))


def check_broadcast(operation: str, **arguments: Array | None) -> None:
    """Raise ShapeError unless A and B broadcast to the shape of Y; A_dot has the shape of A, Y_bar that of Y, and so on."""
    shapes = {name: np.shape(X) for name, X in arguments.items() if X is not None}
    got = ", ".join(f"{name} {shapes.get(name)}" for name in arguments)

    def refuse(problem: str) -> NoReturn:
        raise ShapeError(f"{operation}({', '.join(arguments)}): {problem}; got {got}")

    first: dict[str, tuple[str, Shape]] = {}  # the letter -> the argument that sets its shape
    for name, shape in shapes.items():
        setter, expected = first.setdefault(name[0], (name, shape))
        if shape != expected:
            refuse(f"the shape is {expected} in {setter} but {shape} in {name}")
    (A, a), (B, b) = first["A"], first["B"]
    for place, (size, other) in enumerate(zip(a[::-1], b[::-1], strict=False), start=1):
        if size != other and 1 not in (size, other):
            refuse(
                f"axis -{place} is {size} in {A} but {other} in {B}; sizes must be equal, or one of them 1"
            )
    Y, y = first.get("Y", ("Y", np.broadcast_shapes(a, b)))
    if y != np.broadcast_shapes(a, b):
        refuse(f"{Y} must have the shape {np.broadcast_shapes(a, b)} of the result, but has {y}")
