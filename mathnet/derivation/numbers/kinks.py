"""Functions with kinks: they compare numbers, and at equal ones they have no derivative."""

from collections.abc import Callable

from mathnet.dual import Number


def larger(a: Number, b: Number) -> Number:
    """Return the larger of two numbers, which are not equal."""
    if a == b:
        raise ValueError("numbers that are compared were equal")
    return a if a > b else b


def smaller(a: Number, b: Number) -> Number:
    """Return the smaller of two numbers, which are not equal."""
    return -larger(-a, -b)


def sign(x: Number) -> int:
    """Return 1 for a positive number and -1 for a negative one."""
    return 1 if larger(x, -x) is x else -1


KINKED: dict[str, Callable[..., Number]] = {
    "max": larger,
    "min": smaller,
    "abs": lambda x: larger(x, -x),
    "|": lambda x: larger(x, -x),
    "relu": lambda x: larger(x, 0),
    "sign": sign,
}
