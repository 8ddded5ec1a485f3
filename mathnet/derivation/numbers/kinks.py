"""Functions with kinks: they compare numbers, and have no derivative where two that are equal part ways."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mathnet.dual import DIGITS, Dual, Number, Slopes, high_precision, mp

_notes: list[list[Number]] = []


@contextmanager
def noted() -> Iterator[list[Number]]:
    """Give a list of the differences of the numbers that are compared meanwhile, in order."""
    _notes.append([])
    try:
        yield _notes[-1]
    finally:
        _notes.pop()


def larger(a: Number, b: Number) -> Number:
    """Return the larger of two numbers; of equal ones either, if they stay equal."""
    return a if tied(a, b) or a > b else b


def smaller(a: Number, b: Number) -> Number:
    """Return the smaller of two numbers."""
    return -larger(-a, -b)


def sign(x: Number) -> int:
    """Return 1 for a positive number, -1 for a negative one, and 0 for zero."""
    return 0 if tied(x, 0, jump=True) else 1 if x > 0 else -1


def tied(a: Number, b: Number, jump: bool = False) -> bool:
    """Say whether two numbers are equal; they have to stay equal where a derivative is taken.

    What has been rounded is equal up to its digits, and too close for a function that jumps.
    """
    plain, other = _plain(a), _plain(b)
    for notes in _notes:
        notes.append(plain - other)
    rounded = isinstance(plain, mp.mpf) or isinstance(other, mp.mpf)
    if rounded:
        plain, other = high_precision(plain), high_precision(other)
        if abs(plain - other) > mp.mpf(10) ** -DIGITS * max(abs(plain), abs(other)):
            return False
    elif plain != other:
        return False
    if (jump and rounded) or not _is_zero(a - b, rounded):
        raise ValueError("numbers that are compared were equal")
    return True


def _plain(x: Number) -> Number:
    return _plain(x.value) if isinstance(x, Dual) else x


def _is_zero(x: Number, rounded: bool = False) -> bool:
    """Say whether a difference has no value and no derivatives; then the larger one has those that both have."""
    if isinstance(x, Slopes):
        return all(map(_is_zero, x.values()))
    if isinstance(x, Dual):
        return _is_zero(x.value, rounded) and _is_zero(x.tangent)
    return rounded or bool(x == 0)


KINKED: dict[str, Callable[..., Number]] = {
    "max": larger,
    "min": smaller,
    "abs": lambda x: larger(x, -x),
    "|": lambda x: larger(x, -x),
    "relu": lambda x: larger(x, 0),
    "sign": sign,
}
