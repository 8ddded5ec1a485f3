r"""Every argument of every operation has a name, and so has each of its axes.

The signature of an operation is written the way this book writes shapes in prose:

    affine(H[n h], W[h y], B[1 y])

reads "H has n rows and h columns, W has h rows and y columns, B is a single row of y entries".
The whole grammar:

| written | read |
|---|---|
| `affine(…, …)` | the operation's name, then its arguments, with commas between them |
| `H[n h]` | an argument's name, then its axes from first to last, with blanks between them |
| `n` | a name: the same size wherever it stands |
| `1` | a number: that size |
| `...` | any axes, none too: the same in every argument. Once in each bracket, wherever the batch stands |
| `[]` | no axis: a scalar |

NumPy would often go on with wrong shapes: it broadcasts (n,) against (n, 1) to (n, n) without a
word. mathnet stops instead, and says which axis is wrong.
"""

import re
from functools import lru_cache
from typing import NamedTuple, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.floating]
"""A NumPy array of floats; its shape is told by the docstring, since types cannot hold it."""

Integers = NDArray[np.integer]
"""A NumPy array of whole numbers that tell classes or places; it has no derivative."""

Shape = tuple[int, ...]


class ShapeError(ValueError):
    """The shapes of an operation's arguments do not fit together."""


def check_shapes(signature: str, *arguments: ArrayLike | None) -> None:
    r"""Raise `ShapeError` unless the shapes of the arguments fit the signature.

    Parameters
    ----------
    signature : str
        Such as `"affine(H[n h], W[h y], B[1 y])"`: see the head of this chapter.
    *arguments : array or None
        One per name in the signature, in its order. `None` stands for an argument that is not needed and was
        left out: there is nothing to check.

    Raises
    ------
    ShapeError
        Naming the signature, the first axis that does not fit with both sizes and both
        arguments, and the shape of every argument. An axis of a fixed size is told by its place among
        all axes of the argument, counted from 0.
    ValueError
        If the signature cannot be read; the message points at the place.
    TypeError
        If there are more or fewer arguments than names.

    Notes
    -----
    Answers are remembered: shapes that were seen before cost one look into a dictionary.

    Examples
    --------
    >>> H, W, B = np.ones((2, 3)), np.ones((3, 4)), np.ones((1, 4))
    >>> check_shapes("affine(H[n h], W[h y], B[1 y])", H, W, B)

    >>> check_shapes("hadamard(A[n], B[n])", np.ones(3), np.ones(4))
    Traceback (most recent call last):
    mathnet.shapes.ShapeError: hadamard(A[n], B[n]): axis n is 3 in A but 4 in B; got A (3,), B (4,)

    >>> check_shapes("trace(A[n, n])", np.ones((3, 3)))
    Traceback (most recent call last):
    ValueError: axes are separated by blanks, as in A[n k]
        trace(A[n, n])
                 ^
    """
    problem = _problem(signature, tuple(None if X is None else np.shape(X) for X in arguments))
    if problem:
        raise ShapeError(problem)


def broadcasts(shape: Shape, large: Shape) -> bool:
    """Say whether an array of the shape broadcasts to the larger one, and not beyond it."""
    return len(shape) <= len(large) and all(
        size in (1, whole) for size, whole in zip(shape[::-1], large[::-1], strict=False)
    )


def check_broadcasts(signature: str, name: str, A: Array, large: Shape, of: str = "") -> None:
    """Raise ShapeError unless an argument broadcasts to the shape, which is that `of` something, and not beyond it."""
    if not broadcasts(np.shape(A), large):
        raise ShapeError(
            f"{signature}: {name} must broadcast to the shape {large}{of}, but has {np.shape(A)}"
        )


def mask_of(signature: str, mask: ArrayLike, large: Shape, true: str, of: str = "") -> Array:
    """Return a mask as an array; raise ValueError unless it holds bools, whose `true` is said, and ShapeError unless it broadcasts."""
    bools = np.asarray(mask)
    if bools.dtype != bool:
        raise ValueError(f"{signature}: mask must hold bools, True where {true}; got {bools.dtype}")
    check_broadcasts(signature, "mask", bools, large, of)
    return bools


class _Argument(NamedTuple):
    """An argument as the signature declares it."""

    name: str
    axes: tuple[str | int, ...]  # names and sizes
    before: int | None  # how many of the axes stand before "..."; None without "..."


@lru_cache(4096)
def _problem(signature: str, shapes: tuple[Shape | None, ...]) -> str | None:
    """Say in words what does not fit, or return None."""
    arguments = _parse(signature)
    if len(arguments) != len(shapes):
        given = f"{len(shapes)} {'was' if len(shapes) == 1 else 'were'} given"
        raise TypeError(f"{signature} takes {len(arguments)} arguments, but {given}")
    seen: dict[str, tuple[object, str]] = {}  # axis, or "..." -> (its size, the argument that set it)
    for argument, shape in zip(arguments, shapes, strict=True):
        problem = None if shape is None else _misfit(argument, shape, seen)
        if problem:
            got = ", ".join(f"{name} {shape}" for (name, _, _), shape in zip(arguments, shapes, strict=True))
            return f"{signature}: {problem}; got {got}"
    return None


def _misfit(argument: _Argument, shape: Shape, seen: dict[str, tuple[object, str]]) -> str | None:
    """Compare one shape with its declaration and with the sizes seen before, to which it adds its own."""
    name, axes, before = argument
    extra = len(shape) - len(axes)
    if extra < 0 or (extra > 0 and before is None):
        at_least = "" if before is None else "at least "
        needs = f"{at_least}{len(axes)} {'axis' if len(axes) == 1 else 'axes'}"
        return f"{name} needs {needs}, but has {len(shape)}"
    if before is None:
        before = len(axes)
    else:
        batch = shape[before : before + extra]
        expected, setter = seen.setdefault("...", (batch, name))
        if batch != expected:
            return f"{'the batch' if axes else 'the shape'} is {expected} in {setter} but {batch} in {name}"
    for number, axis in enumerate(axes):
        place = number if number < before else number + extra
        size = shape[place]
        if isinstance(axis, int):
            if size != axis:
                return f"axis {place} of {name} must be {axis}, but is {size}"
            continue
        expected, setter = seen.setdefault(axis, (size, name))
        if size != expected:
            return f"axis {axis} is {expected} in {setter} but {size} in {name}"
    return None


_OPERATION = re.compile(r"\s*\w[^()\[\],]*\(")
_BRACKET = re.compile(r"\s*(?P<name>[^\W\d]\w*)\[(?P<axes>[^()\[\]]*)\]\s*")
_AXIS = re.compile(r"(?P<size>[0-9]+)|(?P<name>[^\W\d]\w*)|(?P<batch>\.\.\.)")


def _parse(signature: str) -> list[_Argument]:
    """Read a signature, or raise ValueError that points at what cannot be read."""
    operation = _OPERATION.match(signature)
    if not operation:
        _refuse(signature, 0, "a signature starts with a name and a bracket, as in f(A[n k], B[k m])")
    arguments: list[_Argument] = []
    end = operation.start()
    while not arguments or signature[end : end + 1] == ",":
        start = end + 1 if arguments else operation.end()
        bracket = _BRACKET.match(signature, start)
        if not bracket:
            start = len(signature) - len(signature[start:].lstrip())
            _refuse(signature, start, "an argument is a name and its axes in square brackets, as in A[n k]")
        if bracket["name"] in (argument.name for argument in arguments):
            _refuse(signature, bracket.start("name"), f"{bracket['name']} stands for two arguments")
        arguments.append(_argument(signature, bracket))
        end = bracket.end()
    if signature[end:].rstrip() != ")":
        _refuse(
            signature,
            end,
            "after an argument comes a comma, and after the last one the bracket that ends the signature",
        )
    return arguments


def _argument(signature: str, bracket: re.Match[str]) -> _Argument:
    """Read the axes of one argument."""
    axes: list[str | int] = []
    before = None
    for word in re.finditer(r"\S+", bracket["axes"]):
        place = bracket.start("axes") + word.start()
        axis = _AXIS.match(word[0])
        end = axis.end() if axis else 0
        if word[0][end : end + 1] == ",":
            _refuse(signature, place + end, "axes are separated by blanks, as in A[n k]")
        if not axis or end < len(word[0]):
            _refuse(signature, place, f"an axis is a name, a number or ..., not {word[0]}")
        if axis["name"]:
            axes.append(axis["name"])
        elif axis["size"]:
            axes.append(int(axis["size"]))
        elif before is None:
            before = len(axes)
        else:
            _refuse(signature, place, "one bracket has one ... only")
    return _Argument(bracket["name"], tuple(axes), before)


def _refuse(signature: str, place: int, problem: str) -> NoReturn:
    raise ValueError(f"{problem}\n    {signature}\n    {' ' * place}^")
