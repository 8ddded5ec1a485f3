r"""Four products, four functions.

Backpropagation uses four different products, and they are confused as long as all of them are called
"multiply". Here each has a name, and checks the shapes of its operands.

| product | formula | shapes | NumPy |
|---|---|---|---|
| matrix | $[AB]_{ij} = \sum_k A_{ik} B_{kj}$ | (n, k), (k, m) → (n, m) | `A @ B` |
| dot | $a \cdot b = \sum_i a_i b_i$ | (n,), (n,) → scalar | `np.sum(a * b)` |
| Hadamard | $[A \odot B]_{ij} = A_{ij} B_{ij}$ | (n, m), (n, m) → (n, m) | `A * B` |
| outer | $[a \otimes b]_{ij} = a_i b_j$ | (n,), (m,) → (n, m) | `np.outer(a, b)` |

Below each product is its rule, the vector-Jacobian product (vjp): given the cotangent
$\bar Y = \partial J / \partial Y$ of the result, it returns the cotangents of the operands.

A sum over nothing is 0. Infinity and NaN follow IEEE 754: ∞ · 0 is NaN, with NumPy's warning.
"""

import numpy as np

from mathnet.arguments import takes_arrays
from mathnet.shapes import Array, check_shapes


@takes_arrays
def matmul(A: Array, B: Array) -> Array:
    r"""$[AB]_{ij} = \sum_k A_{ik} B_{kj}$.

    The matrix product: entry (i, j) is row i of A times column j of B, summed over the inner axis k.

    Not the Hadamard product `A * B`, which needs equal shapes and sums nothing.

    Parameters
    ----------
    A : (..., n, k) array
        Left factor; leading axes are a batch.
    B : (..., k, m) or (k, m) array
        Right factor: one matrix for each member of A's batch, or one that all of them share.

    Returns
    -------
    Y : (..., n, m) array
        The product. In NumPy: `A @ B`, `np.matmul(A, B)`, `np.einsum("...ik,...kj->...ij", A, B)`.

    Raises
    ------
    ShapeError
        If the inner axes differ, or the batches do.

    Notes
    -----
    n · k · m multiplications for each member of the batch.

    Examples
    --------
    >>> matmul(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]))
    array([[11.]])
    >>> matmul(np.ones((2, 3)), np.ones((2, 3)))
    Traceback (most recent call last):
    mathnet.shapes.ShapeError: matmul(A[... n k], B[k m]): axis k is 3 in A but 2 in B; got A (2, 3), B (2, 3)
    """
    check_shapes(f"matmul(A[... n k], {_right_factor(B)})", A, B)
    Y: Array = np.matmul(A, B)
    return Y


@takes_arrays
def matmul_vjp(Y_bar: Array, Y: Array | None, A: Array, B: Array) -> tuple[Array, Array]:
    r"""$\bar A = \bar Y B^{\mathsf T}$, $\bar B = A^{\mathsf T} \bar Y$.

    Each factor's cotangent is again a matrix product: $\bar Y$ takes the place of the factor that
    is asked for, and the other factor is transposed. The transpose comes from the index that the
    two share: in $\sum_q \bar Y_{iq} B_{jq}$ the sum runs over the second index of B, and a matrix
    product sums over the first index of its right factor.

    Derivation
    ----------
    Write the product in indices. $A_{ij}$ enters every result of row i, each time with its own factor $B_{jq}$:

    ```derivation matmul-vjp
    where  A \in \mathbb{R}^{n \times k},  B \in \mathbb{R}^{k \times m}
           Y = A B
    \bar A_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial A_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial}{\partial A_{ij}}\, \sum_r A_{pr} B_{rq}  && \text{matrix product in indices} \\
      &= \sum_{pq} \bar Y_{pq} \sum_r \delta_{pi}\, \delta_{rj}\, B_{rq}  && A_{pr} \text{ is } A_{ij} \text{ only for } p = i,\ r = j \\
      &= \sum_q \bar Y_{iq} B_{jq}  && \text{the deltas keep } p = i,\ r = j \\
      &= \left[\bar Y B^{\mathsf T}\right]_{ij}  && \text{matrix product, with } B^{\mathsf T}_{qj} = B_{jq}

    \bar B_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial B_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq} \sum_r A_{pr}\, \delta_{ri}\, \delta_{qj}  && B_{rq} \text{ is } B_{ij} \text{ only for } r = i,\ q = j \\
      &= \sum_p A_{pi}\, \bar Y_{pj}  && \text{the deltas keep } r = i,\ q = j \\
      &= \left[A^{\mathsf T} \bar Y\right]_{ij}  && \text{matrix product, with } A^{\mathsf T}_{ip} = A_{pi}
    ```

    Parameters
    ----------
    Y_bar : (..., n, m) array
        Cotangent of the product.
    Y : (..., n, m) array or None
        The product; not needed.
    A : (..., n, k) array
        Left factor.
    B : (..., k, m) or (k, m) array
        Right factor.

    Returns
    -------
    A_bar : (..., n, k) array
        Cotangent of A.
    B_bar : (..., k, m) or (k, m) array
        Cotangent of B; a B that the whole batch shares collects from all of it.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    Notes
    -----
    Two matrix products, so twice the cost of the product itself. Both factors must be kept from the forward pass.

    References
    ----------
    Giles (2008), section 2.

    Examples
    --------
    >>> A, B = np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])
    >>> matmul_vjp(np.array([[1.0]]), matmul(A, B), A, B)
    (array([[3., 4.]]), array([[1.],
           [2.]]))
    """
    check_shapes(f"matmul_vjp(Y_bar[... n m], Y[... n m], A[... n k], {_right_factor(B)})", Y_bar, Y, A, B)
    A_bar = Y_bar @ np.swapaxes(B, -1, -2)
    if np.ndim(B) == np.ndim(A):
        B_bar = np.swapaxes(A, -1, -2) @ Y_bar
    else:  # one B for the whole batch: the sum runs over the rows of all its members
        rows = tuple(range(np.ndim(A) - 1))
        B_bar = np.tensordot(A, Y_bar, (rows, rows))
    return A_bar, B_bar


@takes_arrays
def matmul_jvp(A_dot: Array, B_dot: Array, Y: Array | None, A: Array, B: Array) -> Array:
    r"""$\dot Y = \dot A B + A \dot B$.

    The product rule: move one factor, keep the other, add. The factors keep their order; there is no transpose.

    Parameters
    ----------
    A_dot : (..., n, k) array
        Tangent of A.
    B_dot : (..., k, m) or (k, m) array
        Tangent of B, in its shape.
    Y : (..., n, m) array or None
        The product; not needed.
    A : (..., n, k) array
        Left factor.
    B : (..., k, m) or (k, m) array
        Right factor.

    Returns
    -------
    Y_dot : (..., n, m) array
        Tangent of the product.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    Notes
    -----
    Two matrix products, so twice the cost of the product itself.

    Examples
    --------
    >>> A, B = np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])
    >>> matmul_jvp([[1.0, 0.0]], [[0.0], [10.0]], None, A, B)
    array([[23.]])
    """
    check_shapes(
        f"matmul_jvp(A_dot[... n k], {_right_factor(B, 'B_dot')}, Y[... n m], A[... n k], {_right_factor(B)})",
        A_dot,
        B_dot,
        Y,
        A,
        B,
    )
    Y_dot: Array = np.matmul(A_dot, B) + np.matmul(A, B_dot)
    return Y_dot


def _right_factor(B: Array, name: str = "B") -> str:
    return f"{name}[k m]" if np.ndim(B) == 2 else f"{name}[... k m]"


@takes_arrays
def dot(a: Array, b: Array) -> float:
    r"""$a \cdot b = \sum_i a_i b_i$.

    The dot (or scalar) product of two vectors of equal length: multiply entry by entry, then add
    up. The result is one number. For rows it is the matrix product $a\, b^{\mathsf T}$.

    Not `np.dot`, which is the matrix product as soon as an operand has two axes.

    Parameters
    ----------
    a, b : (n,), (1, n) or (n, 1) arrays
        Two vectors, two rows or two columns.

    Returns
    -------
    y : scalar
        The sum. In NumPy: `np.sum(a * b)`, if the shapes are the same; for (n,) also `a @ b`.

    Raises
    ------
    ShapeError
        If the lengths differ, if one is a row and the other a column, or if an operand is not a vector.

    Examples
    --------
    >>> float(dot(np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0])))
    32.0
    """
    check_shapes(f"dot(a[{_vector(a)}], b[{_vector(a)}])", a, b)
    y: float = np.sum(np.multiply(a, b))
    return y


@takes_arrays
def dot_vjp(y_bar: float, y: float | None, a: Array, b: Array) -> tuple[Array, Array]:
    r"""$\bar a = \bar y\, b$, $\bar b = \bar y\, a$.

    The cotangent $\bar y$ is one number, so it scales a vector: this product with a scalar is all
    that is left of the chain rule here.

    Derivation
    ----------
    ```derivation dot-vjp
    where  a, b \in \mathbb{R}^{n}
           y = \sum_i a_i b_i
    \bar a_l
      &= \bar y\, \frac{\partial y}{\partial a_l}  && \text{chain rule; } y \text{ is one number} \\
      &= \bar y \sum_i \delta_{il}\, b_i  && a_i \text{ is } a_l \text{ only for } i = l \\
      &= \bar y\, b_l  && \delta_{il} \text{ keeps } i = l

    \bar b_l
      &= \bar y\, \frac{\partial y}{\partial b_l}  && \text{chain rule} \\
      &= \bar y \sum_i a_i\, \delta_{il}  && b_i \text{ is } b_l \text{ only for } i = l \\
      &= \bar y\, a_l  && \delta_{il} \text{ keeps } i = l
    ```

    Parameters
    ----------
    y_bar : scalar
        Cotangent of the result.
    y : scalar or None
        The result; not needed.
    a, b : (n,), (1, n) or (n, 1) arrays
        The operands.

    Returns
    -------
    a_bar : array
        Cotangent of a, in its shape.
    b_bar : array
        Cotangent of b, in its shape.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    References
    ----------
    Magnus and Neudecker (2019), chapter 9.

    Examples
    --------
    >>> dot_vjp(2.0, 11.0, np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    (array([6., 8.]), array([2., 4.]))
    """
    check_shapes(f"dot_vjp(y_bar[], y[], a[{_vector(a)}], b[{_vector(a)}])", y_bar, y, a, b)
    return np.multiply(y_bar, b), np.multiply(y_bar, a)


@takes_arrays
def dot_jvp(a_dot: Array, b_dot: Array, y: float | None, a: Array, b: Array) -> float:
    r"""$\dot y = \sum_i \dot a_i b_i + \sum_i a_i \dot b_i$.

    The product rule, entry by entry, then the sum: two dot products.

    Parameters
    ----------
    a_dot, b_dot : (n,), (1, n) or (n, 1) arrays
        Tangents of the operands, in their shape.
    y : scalar or None
        The result; not needed.
    a, b : (n,), (1, n) or (n, 1) arrays
        The operands.

    Returns
    -------
    y_dot : scalar
        Tangent of the result.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    Examples
    --------
    >>> float(dot_jvp([1.0, 0.0], [0.0, 10.0], None, [1.0, 2.0], [3.0, 4.0]))
    23.0
    """
    axes = _vector(a)
    check_shapes(f"dot_jvp(a_dot[{axes}], b_dot[{axes}], y[], a[{axes}], b[{axes}])", a_dot, b_dot, y, a, b)
    y_dot: float = np.sum(np.multiply(a_dot, b) + np.multiply(a, b_dot))
    return y_dot


@takes_arrays
def hadamard(A: Array, B: Array) -> Array:
    r"""$[A \odot B]_{ij} = A_{ij} B_{ij}$.

    The Hadamard (or entrywise) product: every entry meets the entry in the same place, and nothing
    is summed. The shapes must be identical; that is the point of this function, since `A * B`
    silently broadcasts (n,) against (n, 1) to (n, n).

    Not the matrix product `A @ B`.

    Parameters
    ----------
    A, B : arrays of the same shape
        The operands.

    Returns
    -------
    Y : array of that shape
        The product. In NumPy: `A * B`, `np.multiply(A, B)`, `np.einsum("ij,ij->ij", A, B)`.

    Raises
    ------
    ShapeError
        If the shapes are not identical.

    Examples
    --------
    >>> hadamard(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]))
    array([[3., 8.]])
    >>> hadamard(np.ones(3), np.ones((3, 1)))
    Traceback (most recent call last):
    mathnet.shapes.ShapeError: hadamard(A[...], B[...]): the shape is (3,) in A but (3, 1) in B; got A (3,), B (3, 1)
    """
    check_shapes("hadamard(A[...], B[...])", A, B)
    return np.multiply(A, B)


@takes_arrays
def hadamard_vjp(Y_bar: Array, Y: Array | None, A: Array, B: Array) -> tuple[Array, Array]:
    r"""$\bar A = \bar Y \odot B$, $\bar B = \bar Y \odot A$.

    No entry of Y depends on more than one entry of A, so no sum survives: the cotangent of each
    factor is a Hadamard product of $\bar Y$ and the other factor.

    Derivation
    ----------
    ```derivation hadamard-vjp
    where  A, B \in \mathbb{R}^{n \times m}
           Y = A \odot B
    \bar A_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial A_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, \delta_{pi}\, \delta_{qj}\, B_{pq}  && A_{pq} \text{ is } A_{ij} \text{ only for } p = i,\ q = j \\
      &= \bar Y_{ij}\, B_{ij}  && \text{both sums collapse} \\
      &= \left[\bar Y \odot B\right]_{ij}  && \text{Hadamard product}

    \bar B_{ij}
      &= \sum_{pq} \bar Y_{pq}\, \frac{\partial Y_{pq}}{\partial B_{ij}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{pq} \bar Y_{pq}\, A_{pq}\, \delta_{pi}\, \delta_{qj}  && B_{pq} \text{ is } B_{ij} \text{ only for } p = i,\ q = j \\
      &= \left[\bar Y \odot A\right]_{ij}  && \text{both sums collapse}
    ```

    Parameters
    ----------
    Y_bar : array of the shape of A and B
        Cotangent of the product.
    Y : array of that shape, or None
        The product; not needed.
    A, B : arrays of that shape
        The operands.

    Returns
    -------
    A_bar : array of that shape
        Cotangent of A.
    B_bar : array of that shape
        Cotangent of B.

    Raises
    ------
    ShapeError
        If the shapes are not identical.

    References
    ----------
    Magnus and Neudecker (2019), chapter 3.

    Examples
    --------
    >>> A, B = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    >>> hadamard_vjp(np.array([1.0, 10.0]), hadamard(A, B), A, B)
    (array([ 3., 40.]), array([ 1., 20.]))
    """
    check_shapes("hadamard_vjp(Y_bar[...], Y[...], A[...], B[...])", Y_bar, Y, A, B)
    return np.multiply(Y_bar, B), np.multiply(Y_bar, A)


@takes_arrays
def hadamard_jvp(A_dot: Array, B_dot: Array, Y: Array | None, A: Array, B: Array) -> Array:
    r"""$\dot Y = \dot A \odot B + A \odot \dot B$.

    The product rule of numbers, in every place.

    Parameters
    ----------
    A_dot, B_dot : arrays of the shape of A and B
        Tangents of the operands.
    Y : array of that shape, or None
        The product; not needed.
    A, B : arrays of that shape
        The operands.

    Returns
    -------
    Y_dot : array of that shape
        Tangent of the product.

    Raises
    ------
    ShapeError
        If the shapes are not identical.

    Examples
    --------
    >>> hadamard_jvp([1.0, 0.0], [0.0, 10.0], None, [1.0, 2.0], [3.0, 4.0])
    array([ 3., 20.])
    """
    check_shapes("hadamard_jvp(A_dot[...], B_dot[...], Y[...], A[...], B[...])", A_dot, B_dot, Y, A, B)
    return np.multiply(A_dot, B) + np.multiply(A, B_dot)


@takes_arrays
def outer(a: Array, b: Array) -> Array:
    r"""$[a \otimes b]_{ij} = a_i b_j$.

    The outer product: every entry of a meets every entry of b, and nothing is summed. The lengths
    may differ. For rows it is the matrix product $a^{\mathsf T} b$ of a column and a row.

    Not the dot product $a\, b^{\mathsf T}$ of two rows, which is one number.

    Parameters
    ----------
    a : (n,), (1, n) or (n, 1) array
        Its entries number the rows of the result.
    b : (m,), (1, m) or (m, 1) array
        Its entries number the columns of the result.

    Returns
    -------
    Y : (n, m) array
        The product. In NumPy: `np.outer(a, b)`, `np.einsum("i,j->ij", a, b)`, `a[:, None] * b` for (n,).

    Raises
    ------
    ShapeError
        If an operand is not a vector.

    Examples
    --------
    >>> outer(np.array([1.0, 2.0, 3.0]), np.array([10.0, 20.0]))
    array([[10., 20.],
           [20., 40.],
           [30., 60.]])
    """
    check_shapes(f"outer(a[{_vector(a)}], b[{_vector(b, 'm')}])", a, b)
    return np.outer(a, b)


@takes_arrays
def outer_vjp(Y_bar: Array, Y: Array | None, a: Array, b: Array) -> tuple[Array, Array]:
    r"""$\bar a = \bar Y b$, $\bar b = \bar Y^{\mathsf T} a$.

    Entry $a_i$ is a factor of every entry in row i of Y, so its cotangent sums over that row: two products of a
    matrix and a vector.

    Derivation
    ----------
    ```derivation outer-vjp
    where  a \in \mathbb{R}^{n},  b \in \mathbb{R}^{m}
           Y_{ij} = a_i b_j
    \bar a_l
      &= \sum_{ij} \bar Y_{ij}\, \frac{\partial Y_{ij}}{\partial a_l}  && \text{chain rule over all entries of } Y \\
      &= \sum_{ij} \bar Y_{ij}\, \delta_{il}\, b_j  && a_i \text{ is } a_l \text{ only for } i = l \\
      &= \sum_j \bar Y_{lj}\, b_j  && \delta_{il} \text{ keeps } i = l \\
      &= \left[\bar Y b\right]_l  && \text{matrix times column}

    \bar b_l
      &= \sum_{ij} \bar Y_{ij}\, \frac{\partial Y_{ij}}{\partial b_l}  && \text{chain rule over all entries of } Y \\
      &= \sum_{ij} \bar Y_{ij}\, a_i\, \delta_{jl}  && b_j \text{ is } b_l \text{ only for } j = l \\
      &= \sum_i \bar Y_{il}\, a_i  && \delta_{jl} \text{ keeps } j = l \\
      &= \left[\bar Y^{\mathsf T} a\right]_l  && \text{matrix times column}
    ```

    Parameters
    ----------
    Y_bar : (n, m) array
        Cotangent of the product.
    Y : (n, m) array or None
        The product; not needed.
    a : (n,), (1, n) or (n, 1) array
        Left operand.
    b : (m,), (1, m) or (m, 1) array
        Right operand.

    Returns
    -------
    a_bar : array
        Cotangent of a, in its shape.
    b_bar : array
        Cotangent of b, in its shape.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    References
    ----------
    Magnus and Neudecker (2019), chapter 9.

    Examples
    --------
    >>> a, b = np.array([1.0, 2.0]), np.array([10.0, 20.0])
    >>> outer_vjp(np.ones((2, 2)), outer(a, b), a, b)
    (array([30., 30.]), array([3., 3.]))
    """
    check_shapes(f"outer_vjp(Y_bar[n m], Y[n m], a[{_vector(a)}], b[{_vector(b, 'm')}])", Y_bar, Y, a, b)
    a_bar = Y_bar @ np.ravel(b)
    b_bar = np.transpose(Y_bar) @ np.ravel(a)
    return a_bar.reshape(np.shape(a)), b_bar.reshape(np.shape(b))


@takes_arrays
def outer_jvp(a_dot: Array, b_dot: Array, Y: Array | None, a: Array, b: Array) -> Array:
    r"""$\dot Y = \dot a \otimes b + a \otimes \dot b$.

    The product rule: two outer products.

    Parameters
    ----------
    a_dot : array
        Tangent of a, in its shape.
    b_dot : array
        Tangent of b, in its shape.
    Y : (n, m) array or None
        The product; not needed.
    a : (n,), (1, n) or (n, 1) array
        Left operand.
    b : (m,), (1, m) or (m, 1) array
        Right operand.

    Returns
    -------
    Y_dot : (n, m) array
        Tangent of the product.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.

    Examples
    --------
    >>> outer_jvp([1.0, 0.0], [0.0, 1.0], None, [1.0, 2.0], [10.0, 20.0])
    array([[10., 21.],
           [ 0.,  2.]])
    """
    left, right = _vector(a), _vector(b, "m")
    check_shapes(
        f"outer_jvp(a_dot[{left}], b_dot[{right}], Y[n m], a[{left}], b[{right}])", a_dot, b_dot, Y, a, b
    )
    return np.outer(a_dot, b) + np.outer(a, b_dot)


def _vector(a: Array, letter: str = "n") -> str:
    """Axes of a vector: (n,), a row (1, n), else a column (n, 1)."""
    shape = np.shape(a)
    return letter if len(shape) != 2 else f"1 {letter}" if shape[0] == 1 else f"{letter} 1"
