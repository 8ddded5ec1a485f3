"""The product explorer: what each product, and each call of NumPy, makes of every pair of shapes.

Nothing here is written by hand: the build runs mathnet and NumPy on all pairs of small shapes, and says what a result is
by comparing its values with the definitions.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from book.hands_on import custom_element
from mathnet.figures import figure, matrix, row
from mathnet.mathml import to_mathml
from mathnet.products import dot, hadamard, matmul, outer
from mathnet.shapes import Array, ShapeError

Function = Callable[[Array, Array], Array | float]


@dataclass(frozen=True)
class Product:
    """One of the four products, as the explorer shows it."""

    function: Function
    title: str
    sign: str
    result: str
    entry: str
    needs: str
    spelling: str


PRODUCTS = (
    Product(
        matmul, "matrix product", "@", "AB", r"[AB]_{ij} = \sum_k A_{ik} B_{kj}",
        "Needs two matrices, and as many columns in A as rows in B.", "A @ B",
    ),
    Product(
        dot, "dot product", "·", r"A \cdot B", r"A \cdot B = \sum_i A_i B_i",
        "Needs two vectors of one kind (arrays with one axis, rows, or columns) and of one length.", "np.sum(A * B)",
    ),
    Product(
        hadamard, "Hadamard product", "⊙", r"A \odot B", r"[A \odot B]_{ij} = A_{ij} B_{ij}",
        "Needs two equal shapes.", "A * B",
    ),
    Product(
        outer, "outer product", "⊗", r"A \otimes B", r"[A \otimes B]_{ij} = A_i B_j",
        "Needs two vectors (arrays with one axis, rows, or columns), of any lengths.", "np.outer(A, B)",
    ),
)  # fmt: skip

# What a call is taken for.
CALLS: dict[str, Function] = {
    "A * B": hadamard,
    "A @ B": matmul,
    "np.dot(A, B)": dot,
    "np.outer(A, B)": outer,
}

SHAPES = [(), *((n,) for n in range(1, 5)), *((n, m) for n in range(1, 5) for m in range(1, 5))]


def product_explorer() -> str:
    """Return the figure in which a reader chooses two shapes and sees what each product makes of them."""
    A = np.array([[1, 2, 3, 1], [0, 1, 2, -1], [2, 0, 1, 3], [1, -2, 0, 2]])
    B = np.array([[4, 1, 0, 2], [5, 0, 1, -1], [6, 2, -3, 1], [1, 3, 2, 0]])
    texts: dict[tuple[str, str, str], int] = {}
    outcomes = []
    for shape_A in SHAPES:
        for shape_B in SHAPES:
            found = outcomes_of(shape_A, shape_B)
            outcomes.append([texts.setdefault(outcome, len(texts)) for outcome in found])
    data = {
        "A": A.tolist(),
        "B": B.tolist(),
        "names": {name: to_mathml(name) for name in "AB"},
        "shapes": SHAPES,
        "products": [
            {
                "name": product.function.__name__,
                "title": product.title,
                "sign": product.sign,
                "result": to_mathml(product.result),
                "entry": to_mathml(product.entry),
                "needs": product.needs,
                "spelling": product.spelling,
            }
            for product in PRODUCTS
        ],
        "calls": list(CALLS),
        "texts": list(texts),
        "outcomes": outcomes,
        "examples": [[(2, 3), (3, 2)], [(1, 3), (1, 3)], [(3, 1), (1, 2)], [(3,), (3, 1)], [(), (2, 3)], [(3, 3), (3, 3)]],
    }  # fmt: skip
    A, B = A[:2, :3], B[:3, :2]
    static = figure(
        row(matrix("A", A, rows=[0], colour="H"), "@", matrix("B", B, columns=[0], colour="W"), "=",
            matrix("AB", matmul(A, B), entries=[(0, 0)], colour="Z")),
        alt="A, 2 by 3, times B, 3 by 2, is AB, 2 by 2. Marked: the first row of A, the first column of B, and the entry "
        f"{matmul(A, B)[0, 0]:g} in which they meet.",
        caption="With shapes 2 × 3 and 3 × 2 the matrix product exists. Choosing other shapes needs JavaScript.",
    )  # fmt: skip
    return custom_element("product-explorer", static, data)


def outcomes_of(shape_A: tuple[int, ...], shape_B: tuple[int, ...]) -> list[tuple[str, str, str]]:
    """Run each product and each call on operands of two shapes.

    Returns
    -------
    outcomes : list of (kind, shape, words)
        First the four of PRODUCTS, then the four of CALLS. The kind is "yes"; "no" for an error; or "trap" where NumPy
        goes on with another product than the call is taken for. `{A}` and `{B}` stand for the shapes in a message.
    """
    random = np.random.default_rng(0)
    A, B = (np.asarray(random.integers(2, 99, shape), float) for shape in (shape_A, shape_B))
    outcomes = []
    for product in PRODUCTS:
        try:
            result = product.function(A, B)
        except ShapeError as error:
            message = str(error).partition("; got ")[0]
            outcomes.append(("no", "", _without_shapes(f"ShapeError: {message}", str(A.shape), str(B.shape))))
        else:
            assert np.array_equal(result, _call(product.spelling, A, B))
            outcomes.append(("yes", str(np.shape(result)), ""))
    for spelling, expected in CALLS.items():
        try:
            result = _call(spelling, A, B)
        except ValueError as error:
            shapes = [str(M.shape).replace(" ", "") for M in (A, B)]
            outcomes.append(("no", "", _without_shapes(f"ValueError: {error}", *shapes)))
            continue
        kind, words = "yes", f"the {_title(expected)}"
        if not _equals(result, expected, A, B):
            broadcast = expected is hadamard and 1 not in (A.size, B.size)
            found = _broadcasting(result, A, B) if broadcast else _meaning(result, A, B)
            kind, words = "trap", f"not {words}, but {found}"
        outcomes.append((kind, str(result.shape), words))
    return outcomes


def _meaning(result: Array, A: Array, B: Array) -> str:
    """Say in words what NumPy has made of A and B, found by comparing values."""
    if 1 in (A.size, B.size) and np.array_equal(result, A * B):
        return f"scaling by the one number in {'A' if A.size == 1 else 'B'}"
    for product in PRODUCTS:
        if _equals(result, product.function, A, B):
            return f"the {product.title}"
    if A.ndim == 2 and B.ndim == 1 and _equals(result, lambda A, B: matmul(A, B[:, None])[:, 0], A, B):
        return "a matrix product with B taken for a column, and the second axis dropped"
    if A.ndim == 1 and B.ndim == 2 and _equals(result, lambda A, B: matmul(A[None, :], B)[0], A, B):
        return "a matrix product with A taken for a row, and the first axis dropped"
    assert np.array_equal(result, outer(np.ravel(A), np.ravel(B))), "an unknown result"
    return "both are flattened first: every entry of A meets every entry of B"


def _broadcasting(result: Array, A: Array, B: Array) -> str:
    """Say which operand NumPy repeats (a repeated axis has stride 0), and whether that makes an outer product."""
    repeated = [
        f"{name} is repeated in every {axis}"
        for name, M in zip("AB", np.broadcast_arrays(A, B), strict=True)
        for axis, stride in zip(("row", "column"), M.strides, strict=True)
        if stride == 0
    ]
    pairs = [(A, B, ": the outer product"), (B, A, ": the outer product of B and A")]
    product = next((words for a, b, words in pairs if _equals(result, outer, a, b)), "")
    return "broadcasting: " + " and ".join(repeated) + product


def _without_shapes(message: str, shape_A: str, shape_B: str) -> str:
    return message.replace(shape_A, "{A}", 1).replace(shape_B, "{B}", 1).strip()


def _call(spelling: str, A: Array, B: Array) -> Array:
    return np.asarray(eval(spelling, {"np": np, "A": A, "B": B}))


def _equals(result: Array, product: Function, A: Array, B: Array) -> bool:
    try:
        return np.array_equal(result, product(A, B))
    except ShapeError:
        return False


def _title(function: Function) -> str:
    return next(product.title for product in PRODUCTS if product.function is function)
