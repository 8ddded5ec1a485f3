"""One of the four products as a picture: which entries meet in one entry of the result."""

from collections.abc import Iterable
from typing import TypedDict

import numpy as np

from mathnet.products import dot, hadamard, matmul, outer
from mathnet.shapes import Array

from .drawing import matrix, number, row
from .page import Panel

_PRODUCTS = {"matrix": ("@", matmul), "dot": ("·", dot), "Hadamard": ("⊙", hadamard), "outer": ("⊗", outer)}


class _Marks(TypedDict, total=False):
    rows: Iterable[int]
    columns: Iterable[int]
    entries: Iterable[tuple[int, int]]


def product(
    kind: str,
    left: tuple[str, Array],
    right: tuple[str, Array],
    result: str,
    entry: tuple[int, int] = (0, 0),
    *,
    title: str | None = None,
    colours: tuple[str | None, str | None, str | None] = ("H", "W", "Z"),
) -> Panel:
    """Draw a product, mark what meets in one entry of its result, and write the entry as a sum below.

    Parameters
    ----------
    kind : str
        `matrix`, `dot`, `Hadamard` or `outer`. The result is computed by the function of this library.
    left, right : (str, array)
        The name and the values of each factor, of the shapes that the function takes. The left factor of an outer product is
        drawn as a column.
    result : str
        The name of the result.
    entry : (int, int)
        Row and column in the result, from 0.
    title : str, optional
        Instead of "matrix product", "dot product" and so on; may be empty.
    colours : (str, str, str)
        Of both factors and the result, as `colour` of [`matrix`][mathnet.figures.matrix]; None takes that of the name.

    Returns
    -------
    panel : Panel
        The product, with its name above and the sum below.

    Raises
    ------
    ValueError
        If there is no such product or no such entry.
    ShapeError
        If the shapes do not fit.

    Examples
    --------
    >>> H, W = [[1, 2, 3]], [[1, 0], [0, 1], [-1, 1]]
    >>> product("matrix", ("H", H), ("W", W), "HW", (0, 1)).words
    '1·0 + 2·1 + 3·1 = 5'
    >>> product("outer", ("a", [1, 2]), ("b", [3, -4]), "a ⊗ b", (1, 1)).words
    '2·(−4) = −8'
    """
    if kind not in _PRODUCTS:
        raise ValueError(f"there is no product {kind!r}; there are {', '.join(_PRODUCTS)}")
    sign, multiply = _PRODUCTS[kind]
    (a, A), (b, B) = ((name, np.asarray(values)) for name, values in (left, right))
    Y = np.asarray(multiply(A, B))
    drawn = matrix(result, Y, entries=[entry], colour=colours[2])  # refuses an entry that is not there
    i, j = entry
    shape = None
    meet: tuple[Array, Array]
    marks: tuple[_Marks, _Marks]
    match kind:
        case "matrix":
            meet, marks = (A[i], B[:, j]), ({"rows": [i]}, {"columns": [j]})
        case "dot":
            meet = A.ravel(), B.ravel()
            marks = {"rows": range(len(np.atleast_2d(A)))}, {"rows": range(len(np.atleast_2d(B)))}
        case "Hadamard":
            meet = np.atleast_2d(A)[i, j : j + 1], np.atleast_2d(B)[i, j : j + 1]
            marks = {"entries": [entry]}, {"entries": [entry]}
        case "outer":
            column = A.ndim == 2 and A.shape[1] == 1
            if column and B.ndim == 2:
                sign = "@"  # a column times a row is a matrix product
            shape = None if column else f"{A.size} entries"
            A, B = A.reshape(-1, 1), B.reshape(1, -1) if B.ndim == 2 else B
            meet, marks = (A[i], B.ravel()[j : j + 1]), ({"rows": [i]}, {"columns": [j]})
    factors = (
        matrix(a, A, colour=colours[0], shape=shape, **marks[0]),
        sign,
        matrix(b, B, colour=colours[1], **marks[1]),
    )
    terms = " + ".join(f"{_factor(x)}·{_factor(y)}" for x, y in zip(*meet, strict=True))
    total = number(np.atleast_2d(Y)[entry])
    name = f"{kind} product" if title is None else title
    return Panel(name, row(*factors, "=", drawn), f"{terms} = {total}")


def _factor(value: object) -> str:
    text = number(value)
    return f"({text})" if text.startswith("\N{MINUS SIGN}") else text
