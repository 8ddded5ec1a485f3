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
    result: (
        str  # {A} and {B} are the operands, {ik} and {kj} their letters, in the order that a transpose leaves
    )
    entry: str
    needs: str
    spelling: str


PRODUCTS = (
    Product(
        matmul, "matrix", "@", "{A} {B}", r"[{A} {B}]_{{ij}} = \sum_k A_{{{ik}}} B_{{{kj}}}",
        "Needs two matrices, and as many columns on the left as rows on the right.", "A @ B",
    ),
    Product(
        dot, "dot", "·", r"{A} \cdot {B}", r"{A} \cdot {B} = \sum_i A_i B_i",
        "Needs two vectors of one kind (arrays with one axis, rows, or columns) and of one length.", "np.sum(A * B)",
    ),
    Product(
        hadamard, "Hadamard", "⊙", r"{A} \odot {B}", r"[{A} \odot {B}]_{{ij}} = A_{{{ij}}} B_{{{ji}}}",
        "Needs two equal shapes.", "A * B",
    ),
    Product(
        outer, "outer", "⊗", r"{A} \otimes {B}", r"[{A} \otimes {B}]_{{ij}} = A_i B_j",
        "Needs two vectors (arrays with one axis, rows, or columns), of any lengths.", "np.outer(A, B)",
    ),
)  # fmt: skip

# What the name of a call suggests.
CALLS: dict[str, Function] = {
    "A * B": hadamard,
    "A @ B": matmul,
    "np.dot(A, B)": dot,
    "np.inner(A, B)": dot,
    "np.outer(A, B)": outer,
    "np.sum(A * B)": dot,
    'np.einsum("ik,kj->ij", A, B)': matmul,
}

SHAPES = [(), *((n,) for n in range(1, 5)), *((n, m) for n in range(1, 5) for m in range(1, 5))]

# A, B, and whether each is transposed; the third is the gradient of the weights.
EXAMPLES = (
    ((2, 3), (3, 2), False, False),
    ((1, 3), (1, 3), False, False),
    ((1, 3), (1, 2), True, False),
    ((3,), (3, 1), False, False),
    ((), (2, 3), False, False),
    ((3, 3), (3, 3), False, False),
)


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
        "names": {name: [to_mathml(name), to_mathml(rf"{name}^{{\mathsf T}}")] for name in "AB"},
        "shapes": SHAPES,
        "products": [
            {
                "name": product.function.__name__,
                "title": product.title,
                "sign": product.sign,
                "formulas": [[_formulas(product, a, b) for b in (False, True)] for a in (False, True)],
                "needs": product.needs,
                "spelling": product.spelling,
            }
            for product in PRODUCTS
        ],
        "calls": list(CALLS),
        "texts": list(texts),
        "outcomes": outcomes,
        "examples": EXAMPLES,
    }
    A, B = A[:2, :3], B[:3, :2]
    static = figure(
        row(matrix("A", A, rows=[0], colour="H"), "@", matrix("B", B, columns=[0], colour="W"), "=",
            matrix("AB", matmul(A, B), entries=[(0, 0)], colour="Z")),
        alt="A, 2 by 3, times B, 3 by 2, is AB, 2 by 2. Marked: the first row of A, the first column of B, and the entry "
        f"{matmul(A, B)[0, 0]:g} that they make.",
        caption="With shapes 2 × 3 and 3 × 2 the matrix product exists. Choosing other shapes needs JavaScript.",
    )  # fmt: skip
    return custom_element("product-explorer", static, data)


def _formulas(product: Product, transposed_A: bool, transposed_B: bool) -> list[str]:
    """Return the result and its entry, where a transpose has swapped the two letters of its factor."""
    names = {"A": r"A^{\mathsf T}" if transposed_A else "A", "B": r"B^{\mathsf T}" if transposed_B else "B"}
    names |= {"ik": "ki" if transposed_A else "ik", "kj": "jk" if transposed_B else "kj"}
    names |= {"ij": "ji" if transposed_A else "ij", "ji": "ji" if transposed_B else "ij"}
    return [to_mathml(text.format(**names)) for text in (product.result, product.entry)]


def outcomes_of(shape_A: tuple[int, ...], shape_B: tuple[int, ...]) -> list[tuple[str, str, str]]:
    """Run each product and each call on operands of two shapes.

    Returns
    -------
    outcomes : list of (kind, shape, words)
        First those of PRODUCTS, then those of CALLS. The kind is "yes"; "no" for an error; or "trap" where NumPy
        goes on with something else than the call's name suggests. `{A}` and `{B}` stand for the shapes in a message,
        `{a}` and `{b}` for the operands.
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
        else:
            kind, words = _meaning(result, spelling, expected, A, B)
            outcomes.append((kind, str(result.shape), words))
    return outcomes


def _meaning(result: Array, spelling: str, expected: Function, A: Array, B: Array) -> tuple[str, str]:
    """Say what NumPy has made of A and B, found by comparing values, and whether the call's name suggests it."""
    if _equals(result, expected, A, B):
        return "yes", f"the {_title(expected)} product"
    for number, name, other, others in ((A, "{a}", B, "{b}"), (B, "{b}", A, "{a}")):
        if (
            number.size == 1
            and result.shape == other.shape
            and np.array_equal(result, number.reshape(()) * other)
        ):
            return "yes", f"scaling: the number {name} times every entry of {others}"
    if "*" in spelling:
        return _entries(result, A, B)
    for words, function in MEANINGS.items():
        if _equals(result, function, A, B):
            return "yes" if spelling == "A @ B" and "counts as" in words else "trap", words
    raise AssertionError(f"{spelling} computes something unknown from {A.shape} and {B.shape}")


# What a call can compute besides what its name suggests; the first that fits is said.
MEANINGS: dict[str, Function] = {
    "the matrix product": matmul,
    "the dot product": dot,
    "a matrix product: {b} counts as a column, and the result has one axis": lambda A, B: (
        matmul(A, B[:, None])[:, 0] if (A.ndim, B.ndim) == (2, 1) else np.nan
    ),
    "a matrix product: {a} counts as a row, and the result has one axis": lambda A, B: (
        matmul(A[None, :], B)[0] if (A.ndim, B.ndim) == (1, 2) else np.nan
    ),
    "the dot product of each row of {a} with each row of {b}": lambda A, B: (
        matmul(A, B.T) if (A.ndim, B.ndim) == (2, 2) else np.nan
    ),
    "the dot product of {a} with each row of {b}": lambda A, B: (
        matmul(B, A[:, None])[:, 0] if (A.ndim, B.ndim) == (1, 2) else np.nan
    ),
    "the one column of {a} is repeated until it fits": lambda A, B: (
        matmul(np.repeat(A, len(B), axis=1), B) if A.shape[1:] == (1,) and B.ndim == 2 else np.nan
    ),
    "the one row of {b} is repeated until it fits": lambda A, B: (
        matmul(A, np.repeat(B, A.shape[1], axis=0)) if B.ndim == A.ndim == 2 and len(B) == 1 else np.nan
    ),
    "both are flattened: every entry of {a} times every entry of {b}": lambda A, B: outer(
        A.ravel(), B.ravel()
    ),
}


def _entries(result: Array, A: Array, B: Array) -> tuple[str, str]:
    """Say what A * B, or its sum, is where the shapes are not those of two vectors: which operand is repeated (such an axis has stride 0)."""
    added = result.ndim == 0
    assert np.array_equal(result, np.sum(A * B) if added else A * B)
    if A.shape == B.shape:
        return "yes", "the dot product of two matrices: partners multiplied, and all added up"
    if 1 in (A.size, B.size):
        words = "one number times every entry of the other"
        return (
            "trap",
            f"{words}, and all added up" if added else f"{words}, in the shape that broadcasting makes",
        )
    repeated = [
        f"{name} is repeated in every {axis}"
        for name, M in zip(("{a}", "{b}"), np.broadcast_arrays(A, B), strict=True)
        for axis, stride, size in zip(("row", "column"), M.strides, M.shape, strict=True)
        if stride == 0 and size > 1
    ]
    words = "broadcasting: " + (" and ".join(repeated) or "the operand with one axis counts as a row")
    if added:
        return "trap", f"{words}; then everything is added up"
    pairs = [(A, B, ": the outer product"), (B, A, ": the outer product of {b} and {a}")]
    return "trap", words + next((text for a, b, text in pairs if _equals(result, outer, a, b)), "")


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
