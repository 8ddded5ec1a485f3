r"""Entries that are looked up by their places: the rows of a table, or along an axis.

Places are whole numbers: they have no derivative, their cotangent and their tangent are `None`. Going back, a cotangent is added to the entry that
it came from. An entry that was taken twice gets both; `A_bar[places] += Y_bar` would keep only the last of them.

A lookup is a product with a matrix of zeros and ones, which the derivations write out and nobody makes:

| function | result | with T, 1 at the places and else 0 |
|---|---|---|
| embedding | `E[ids]`: the same table for all | $Y = T E$ |
| take_along_axis | each row takes its own places | $Y_{ij} = \sum_q T_{ijq} A_{iq}$ |

Places count from 0. A negative one is refused: it is more often a label for padding than meant to count from the end. To look places up takes their values,
so all arrays of this chapter must be NumPy's own.
"""

import numpy as np

from mathnet.arguments import takes_arrays
from mathnet.reductions import check_axes
from mathnet.shapes import Array, Integers, ShapeError, check_shapes


@takes_arrays
def embedding(E: Array, ids: Integers, *, padding_index: int | None = None) -> Array:
    r"""$Y_{ik} = E_{w k}$ for the id $w$ at place $i$.

    Row for row, the vectors of the words that the ids stand for.

    Parameters
    ----------
    E : (v, d) array
        The table: one row for each id.
    ids : (...) array of integers
        From 0 to v − 1.
    padding_index : int, optional
        An id whose row is a constant: it is looked up as all others, but gets no cotangent.

    Returns
    -------
    Y : (..., d) array
        One row for each id. In NumPy: `E[ids]`; in PyTorch: `F.embedding(ids, E, padding_idx)`.

    Raises
    ------
    ShapeError
        If E has not two axes.
    ValueError
        If E has no row for one of the ids.

    Examples
    --------
    >>> embedding([[0.0, 1.0], [2.0, 3.0]], [1, 0, 1])
    array([[2., 3.],
           [0., 1.],
           [2., 3.]])
    """
    signature = "embedding(E[v d], ids[...])"
    check_shapes(signature, E, ids)
    check_values_are_known(signature, E, ids)
    check_places(signature, "ids", ids, "row", len(E))
    Y: Array = np.take(E, ids, axis=0)
    return Y


@takes_arrays
def embedding_vjp(
    Y_bar: Array, Y: Array | None, E: Array, ids: Integers, *, padding_index: int | None = None
) -> tuple[Array, None]:
    r"""$\bar E_{wk} = \sum_i T_{iw} \bar Y_{ik}$.

    The cotangents of all places of a word are added up; a word that does not occur gets 0. T marks the id of each place: $T_{iw}$ is 1 if w stands at place i.

    Derivation
    ----------
    ```derivation embedding-vjp
    where  E \in \mathbb{R}^{v \times d},  T \in \mathbb{R}^{n \times v} \text{ rows are one-hot}
           Y = T E
    \bar E_{wk}
      &= \sum_{ij} \bar Y_{ij}\, \frac{\partial Y_{ij}}{\partial E_{wk}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{ij} \bar Y_{ij} \sum_q T_{iq}\, \delta_{qw}\, \delta_{jk}  && E_{qj} \text{ is } E_{wk} \text{ only for } q = w,\ j = k \\
      &= \sum_i T_{iw} \bar Y_{ik}  && \text{the deltas keep } q = w,\ j = k
    ```

    Parameters
    ----------
    Y_bar : (..., d) array
        Cotangent of the result.
    Y : (..., d) array or None
        The result; not needed.
    E : (v, d) array
        The table.
    ids : (...) array of integers
        The ids.
    padding_index : int, optional
        An id whose row gets no cotangent.

    Returns
    -------
    E_bar : (v, d) array
        Cotangent of the table.
    None
        Ids have no cotangent.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If E has no row for one of the ids.

    Notes
    -----
    Of E only the shape is used. One addition for each entry of $\bar Y$, and v · d zeros.

    Examples
    --------
    >>> embedding_vjp([[1.0], [10.0], [100.0]], None, np.zeros((3, 1)), [2, 0, 2])[0]
    array([[ 10.],
           [  0.],
           [101.]])
    """
    signature = "embedding_vjp(Y_bar[... d], Y[... d], E[v d], ids[...])"
    check_shapes(signature, Y_bar, Y, E, ids)
    check_values_are_known(signature, Y_bar, ids)
    check_places(signature, "ids", ids, "row", np.shape(E)[0])
    E_bar = np.zeros(np.shape(E), Y_bar.dtype)
    np.add.at(E_bar, ids, without_padding(Y_bar, ids, padding_index))
    return E_bar, None


@takes_arrays
def embedding_jvp(
    E_dot: Array,
    ids_dot: None,
    Y: Array | None,
    E: Array | None,
    ids: Integers,
    *,
    padding_index: int | None = None,
) -> Array:
    r"""$\dot Y_{ik} = \sum_w T_{iw} \dot E_{wk}$.

    A lookup is linear in its table: the rows of the tangent are looked up.

    Parameters
    ----------
    E_dot : (v, d) array
        Tangent of the table.
    ids_dot : None
        `None`: integers do not move, so a tangent is not needed.
    Y : (..., d) array or None
        The result; not needed.
    E : (v, d) array or None
        The table; not needed.
    ids : (...) array of integers
        The ids.
    padding_index : int, optional
        An id whose row does not move.

    Returns
    -------
    Y_dot : (..., d) array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If the shapes do not fit together.
    ValueError
        If E has no row for one of the ids.
    """
    signature = "embedding_jvp(E_dot[v d], Y[... d], E[v d], ids[...])"
    check_shapes(signature, E_dot, Y, E, ids)
    check_values_are_known(signature, E_dot, ids)
    check_places(signature, "ids", ids, "row", len(E_dot))
    return without_padding(np.take(E_dot, ids, axis=0), ids, padding_index)


@takes_arrays
def take_along_axis(A: Array, places: Integers, *, axis: int = -1) -> Array:
    r"""$Y_{ij} = A_{iq}$ for the place $q$ at $(i, j)$.

    Every row takes entries from places of its own; with another axis, every column.

    Parameters
    ----------
    A : (..., p) array
        What is taken from.
    places : (..., m) array of integers
        From 0 to p − 1. Of the shape of A, but for the axis.
    axis : int
        Along which axis the places count: the last one, unless told otherwise.

    Returns
    -------
    Y : (..., m) array
        Of the shape of the places. In NumPy: `np.take_along_axis(A, places, axis)`; in PyTorch: `A.gather(axis, places)`.

    Raises
    ------
    ShapeError
        If A has no such axis, or the shapes differ elsewhere.
    ValueError
        If A has no such place along the axis.

    Examples
    --------
    >>> take_along_axis([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [[2, 0], [1, 1]])
    array([[3., 1.],
           [5., 5.]])
    """
    signature = "take_along_axis(A, places)"
    check_values_are_known(signature, A, places)
    at = places_along(signature, places, axis, A)
    check_places(signature, "places", places, f"place along axis {axis}", np.shape(A)[axis])
    Y: Array = A[at]
    return Y


@takes_arrays
def take_along_axis_vjp(
    Y_bar: Array, Y: Array | None, A: Array, places: Integers, *, axis: int = -1
) -> tuple[Array, None]:
    r"""$\bar A_{iq} = \sum_j T_{ijq} \bar Y_{ij}$.

    The cotangents of all places that took an entry are added up; $T_{ijq}$ is 1 if q is the place at (i, j).

    Derivation
    ----------
    ```derivation take-along-axis-vjp
    where  A \in \mathbb{R}^{n \times p},  T \in \mathbb{R}^{n \times m \times p} \text{ rows are one-hot}
           Y_{ij} = \sum_q T_{ijq} A_{iq}
    \bar A_{iq}
      &= \sum_{kj} \bar Y_{kj}\, \frac{\partial Y_{kj}}{\partial A_{iq}}  && \text{chain rule over all entries of } Y \\
      &= \sum_{kj} \bar Y_{kj}\, T_{kjq}\, \delta_{ki}  && \text{row } i \text{ of } Y \text{ alone has } A_{iq} \\
      &= \sum_j T_{ijq} \bar Y_{ij}  && \delta_{ki} \text{ keeps } k = i
    ```

    Parameters
    ----------
    Y_bar : (..., m) array
        Cotangent of the result.
    Y : (..., m) array or None
        The result; not needed.
    A : (..., p) array
        What was taken from.
    places : (..., m) array of integers
        The places.
    axis : int
        Along which axis the places count.

    Returns
    -------
    A_bar : (..., p) array
        Cotangent of A; 0 where nothing was taken.
    None
        Places have no cotangent.

    Raises
    ------
    ShapeError
        If A has no such axis, or the shapes do not fit together.
    ValueError
        If A has no such place along the axis.

    Notes
    -----
    Of A only the shape is used.

    Examples
    --------
    >>> take_along_axis_vjp([[1.0, 10.0, 100.0]], None, np.zeros((1, 2)), [[1, 0, 1]])[0]
    array([[ 10., 101.]])
    """
    signature = "take_along_axis_vjp(Y_bar, Y, A, places)"
    check_values_are_known(signature, Y_bar, places)
    at = places_along(signature, places, axis, A, Y_bar=Y_bar, Y=Y)
    check_places(signature, "places", places, f"place along axis {axis}", np.shape(A)[axis])
    A_bar = np.zeros(np.shape(A), Y_bar.dtype)
    np.add.at(A_bar, at, Y_bar)
    return A_bar, None


@takes_arrays
def take_along_axis_jvp(
    A_dot: Array,
    places_dot: None,
    Y: Array | None,
    A: Array | None,
    places: Integers,
    *,
    axis: int = -1,
) -> Array:
    r"""$\dot Y_{ij} = \sum_q T_{ijq} \dot A_{iq}$.

    To take is linear: the same places of the tangent are taken.

    Parameters
    ----------
    A_dot : (..., p) array
        Tangent of A.
    places_dot : None
        `None`: integers do not move, so a tangent is not needed.
    Y : (..., m) array or None
        The result; not needed.
    A : (..., p) array or None
        What was taken from; not needed.
    places : (..., m) array of integers
        The places.
    axis : int
        Along which axis the places count.

    Returns
    -------
    Y_dot : (..., m) array
        Tangent of the result.

    Raises
    ------
    ShapeError
        If A has no such axis, or the shapes do not fit together.
    ValueError
        If A has no such place along the axis.
    """
    check_shapes("take_along_axis_jvp(A_dot[...], A[...])", A_dot, A)
    signature = "take_along_axis_jvp(A_dot, places_dot, Y, A, places)"
    check_values_are_known(signature, A_dot, places)
    at = places_along(signature, places, axis, A_dot, Y=Y)
    check_places(signature, "places", places, f"place along axis {axis}", np.shape(A_dot)[axis])
    Y_dot: Array = A_dot[at]
    return Y_dot


def check_places(
    signature: str, name: str, places: Integers, what: str, count: int, but: int | None = None
) -> None:
    """Raise ValueError unless all places are from 0 to below the count, but for one that may be ignored; those that may be lazy pass."""
    if isinstance(places, np.ndarray | np.generic):
        wrong = np.asarray(((places < 0) | (places >= count)) & (places != but))
        if wrong.any():
            place = tuple(map(int, np.argwhere(wrong)[0]))
            at = f" at {list(place)}" if place else ""
            known = f"numbers from 0 to {count - 1}" if count else "none"
            raise ValueError(
                f"{signature}: {name} holds {places[place]}{at}, which is no {what}; there are {known}"
            )


def check_values_are_known(signature: str, *arrays: Array | Integers) -> None:
    """Raise ValueError unless the arrays are NumPy's own, in which places can be looked up."""
    for X in arrays:
        if not isinstance(X, np.ndarray | np.generic):
            raise ValueError(
                f"{signature}: places can be looked up in arrays of NumPy only, but one is of type {type(X).__name__}; "
                "write np.asarray(X) for it"
            )


def places_along(
    signature: str, places: Integers, axis: int, A: Array, **of_result: Array | None
) -> tuple[Integers, ...]:
    """Return the places as an index of A; raise ShapeError unless they and the result have the shape of A but for the axis."""
    (along,) = check_axes(signature, A, axis)
    taken = list(np.shape(A))
    if places.ndim == A.ndim:
        taken[along] = np.shape(places)[along]
    for name, X in {"places": places, **of_result}.items():
        if X is not None and np.shape(X) != tuple(taken):
            raise ShapeError(
                f"{signature}: {name} must have the shape {tuple(taken)}, along axis {axis} that of the places and else that of A, "
                f"but has {np.shape(X)}"
            )
    at: list[Integers] = list(np.indices(np.shape(places), sparse=True))
    at[along] = places
    return tuple(at)


def without_padding(Y: Array, ids: Integers, padding_index: int | None) -> Array:
    """Return Y with zeros where the id is that of the padding."""
    return Y if padding_index is None else np.where(np.expand_dims(ids == padding_index, -1), 0, Y)
