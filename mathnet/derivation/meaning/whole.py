"""Functions of a whole matrix, such as trace and determinant: what each takes and gives; `numbers/whole.py` computes them."""

from collections.abc import Callable
from typing import NamedTuple

from .shapes import Shape, together

VECTOR_OR_SQUARE, SQUARE, ANY = "a vector or a square matrix", "a square matrix", "a matrix or vector"
VECTOR = r"a vector (the 2-norm of a matrix is its largest singular value; the root of the sum of squares is \|A\|_F)"


class Function(NamedTuple):
    """What it is a function of, and its shape from the matrix's."""

    domain: str
    shape: Callable[[Shape], Shape] = lambda shape: ()
    smooth: bool = False  # it is made of exp or a root
    counted: bool = False  # it counts entries
    kinked: bool = False  # it compares entries
    power: int = 1  # of the number of entries: about how many multiplications it takes
    by_rows: bool = False  # of each row of a matrix by itself, and of a column as a whole

    def takes(self, shape: Shape) -> bool:
        """Say whether the function is defined for this shape."""
        square, vector = not shape or shape[0] == shape[-1], not shape or "1" in shape
        takes = {ANY: True, VECTOR: vector, SQUARE: square, VECTOR_OR_SQUARE: vector or square}
        return len(shape) < 3 and takes[self.domain]


def _same(shape: Shape) -> Shape:
    return shape


def _diagonal(shape: Shape) -> Shape:
    if "1" not in shape:
        return shape and (shape[0], "1")
    size = shape[0] if shape[1] == "1" else shape[1]
    return (size, size)


def _column(shape: Shape) -> Shape:
    return (together(*shape), "1") if shape else ()


def _of_rows(shape: Shape) -> Shape:
    return (shape[0], "1") if "1" not in shape and shape else ()


WHOLE = {
    r"\operatorname{tr}": Function(SQUARE),
    r"\det": Function(SQUARE, power=2),
    "^{-1}": Function(SQUARE, _same, power=2),
    r"\operatorname{diag}": Function(VECTOR_OR_SQUARE, _diagonal),
    r"\operatorname{sum}": Function(ANY),
    r"\operatorname{mean}": Function(ANY, counted=True),
    r"\operatorname{var}": Function(ANY, counted=True),
    r"\operatorname{std}": Function(ANY, smooth=True, counted=True),
    r"\operatorname{vec}": Function(ANY, _column),
    r"\max": Function(ANY, kinked=True),
    r"\min": Function(ANY, kinked=True),
    r"\operatorname{logsumexp}": Function(ANY, _of_rows, smooth=True, by_rows=True),
    r"\operatorname{softmax}": Function(ANY, _same, smooth=True, by_rows=True),
    r"\|": Function(ANY, smooth=True),
    r"\|_2": Function(VECTOR, smooth=True),
    r"\|^2": Function(ANY),
    r"\|_2^2": Function(VECTOR),
}
