"""What users hand over: checked once, at the door, with messages that name the argument."""

import operator
from collections.abc import Collection

import numpy as np

from mathnet.shapes import Array


def whole_number(name: str, value: int, smallest: int = 1) -> int:
    """Return the value as an int, or raise ValueError."""
    try:
        number = operator.index(value)
    except TypeError:
        number = smallest - 1
    if number < smallest:
        raise ValueError(f"{name} must be a whole number, {smallest} or more; got {value!r}")
    return number


def one_of(kind: str, name: str, known: Collection[str]) -> str:
    """Return the name, or raise ValueError with the names that exist."""
    if name not in known:
        raise ValueError(f"unknown {kind} {name!r}; known are {', '.join(known)}")
    return name


def finite_numbers(method: str, name: str, values: Array, dtype: np.dtype) -> Array:
    """Return the values as an array of the dtype; raise ValueError for anything but finite numbers."""
    try:
        given = np.asarray(values)
        if given.dtype.kind == "c" and dtype.kind == "f":
            raise TypeError("they are complex")
        with np.errstate(
            over="ignore"
        ):  # a float64 too large for float32 becomes inf, and is reported as such
            array = given.astype(dtype, copy=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{method}: the entries of {name} must be real numbers ({error})") from error
    if array.size == 0:
        raise ValueError(f"{method}: {name} is empty, its shape is {array.shape}")
    if dtype.kind != "O" and not np.isfinite(array).all():
        place = tuple(int(index) for index in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(
            f"{method}: the entries of {name} must be finite, but {name}{list(place)} is {array[place]}"
        )
    return array
