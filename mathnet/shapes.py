r"""Every argument of every operation has a name, and so has each of its axes.

The signature of an operation is written the way this book writes shapes in prose:

    affine(H[n h], W[h y], B[1 y])

reads "H has n rows and h columns, W has h rows and y columns, B is a single row of y entries".
The same letter must have the same size wherever it stands; a number is that size; `...` at the
left stands for any leading axes (a batch), the same in every argument; `[]` is a scalar.

NumPy would often go on with wrong shapes: it broadcasts (n,) against (n, 1) to (n, n) without a
word. mathnet stops instead, and says which axis is wrong.
"""

import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
"""A NumPy array of floats; its shape is told by the docstring, since types cannot hold it."""


class ShapeError(ValueError):
    """The shapes of an operation's arguments do not fit together."""


def check_shapes(signature: str, *arguments: Array) -> None:
    r"""Raise `ShapeError` unless the shapes of the arguments fit the signature.

    Parameters
    ----------
    signature : str
        Such as `"affine(H[n h], W[h y], B[1 y])"`: see the head of this chapter.
    *arguments : array
        One per name in the signature, in its order.

    Raises
    ------
    ShapeError
        Naming the signature, the first axis that does not fit with both sizes and both
        arguments, and the shape of every argument.

    Examples
    --------
    >>> H, W, B = np.ones((2, 3)), np.ones((3, 4)), np.ones((1, 4))
    >>> check_shapes("affine(H[n h], W[h y], B[1 y])", H, W, B)

    >>> check_shapes("hadamard(A[n], B[n])", np.ones(3), np.ones(4))
    Traceback (most recent call last):
    mathnet.shapes.ShapeError: hadamard(A[n], B[n]): axis n is 3 in A but 4 in B; got A (3,), B (4,)
    """
    names, axes = _parse(signature)
    shapes = [np.shape(argument) for argument in arguments]
    problem = _first_problem(names, axes, shapes)
    if problem:
        got = ", ".join(f"{name} {shape}" for name, shape in zip(names, shapes, strict=True))
        raise ShapeError(f"{signature}: {problem}; got {got}")


@lru_cache
def _parse(signature: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Split "f(A[n k], B[k])" into its names (A, B) and its axes ((n, k), (k,))."""
    arguments = re.findall(r"(\w+)\[([^\]]*)\]", signature)
    return tuple(name for name, _ in arguments), tuple(tuple(axes.split()) for _, axes in arguments)


def _first_problem(
    names: tuple[str, ...], axes: tuple[tuple[str, ...], ...], shapes: list[tuple[int, ...]]
) -> str | None:
    """Say in words what does not fit, or return None."""
    seen = {}  # axis letter, or "..." -> (its size, the argument that set it)
    for name, letters, shape in zip(names, axes, shapes, strict=True):
        batched = letters[:1] == ("...",)
        letters = letters[batched:]
        if len(shape) < len(letters) or (len(shape) > len(letters) and not batched):
            needs = ("at least " if batched else "") + str(len(letters))
            return f"{name} needs {needs} {'axis' if len(letters) == 1 else 'axes'}, but has {len(shape)}"
        split = len(shape) - len(letters)
        sizes = [("...", shape[:split])] if batched else []
        sizes += zip(letters, shape[split:], strict=True)
        for position, (axis, size) in enumerate(sizes, start=-batched):
            if axis.isdigit():
                if size != int(axis):
                    return f"axis {position} of {name} must be {axis}, but is {size}"
                continue
            expected, setter = seen.setdefault(axis, (size, name))
            if size != expected:
                what = f"axis {axis}" if axis != "..." else "the batch" if letters else "the shape"
                return f"{what} is {expected} in {setter} but {size} in {name}"
    return None
