"""Functions of a whole matrix, such as trace and determinant, on exact or dual numbers."""

from collections.abc import Callable
from functools import reduce

from mathnet.dual import Number, elementary, reciprocal

from .kinks import larger, smaller
from .matrices import Entries, Rows, determinant, flat, inverse, trace


def _diagonal(rows: Rows) -> Entries:
    if 1 not in (len(rows), len(rows[0])):
        return tuple(rows[i][i] for i in range(len(rows)))
    values = flat(rows)
    return tuple(value if i == j else 0 for i, value in enumerate(values) for j in range(len(values)))


def _powers(rows: Rows) -> Rows:
    return [[elementary("exp", value) for value in row] for row in rows]


def _softmax(rows: Rows) -> Entries:
    return tuple(power * reciprocal(sum(line)) for line in _powers(rows) for power in line)


def _logsumexp(rows: Rows) -> Entries:
    return tuple(elementary("log", sum(line)) for line in _powers(rows))


def _squares(rows: Rows) -> Number:
    return sum(value * value for value in flat(rows))


def _norm(rows: Rows) -> Entries:
    return (elementary("sqrt", _squares(rows)),)


def _mean(rows: Rows) -> Number:
    values = flat(rows)
    return sum(values) * reciprocal(len(values))


def _variance(rows: Rows) -> Number:
    mean = _mean(rows)
    return _mean([[(value - mean) * (value - mean) for value in row] for row in rows])


ENTRIES: dict[str, Callable[[Rows], Entries]] = {  # of the names in `meaning.whole.WHOLE`
    r"\operatorname{tr}": lambda rows: (trace(rows),),
    r"\det": lambda rows: (determinant(rows),),
    "^{-1}": inverse,
    r"\operatorname{diag}": _diagonal,
    r"\operatorname{sum}": lambda rows: (sum(flat(rows)),),
    r"\operatorname{mean}": lambda rows: (_mean(rows),),
    r"\operatorname{var}": lambda rows: (_variance(rows),),
    r"\operatorname{std}": lambda rows: (elementary("sqrt", _variance(rows)),),
    r"\operatorname{vec}": lambda rows: flat(zip(*rows, strict=True)),
    r"\max": lambda rows: (reduce(larger, flat(rows)),),
    r"\min": lambda rows: (reduce(smaller, flat(rows)),),
    r"\operatorname{logsumexp}": _logsumexp,
    r"\operatorname{softmax}": _softmax,
    r"\|": _norm,
    r"\|_2": _norm,
    r"\|^2": lambda rows: (_squares(rows),),
    r"\|_2^2": lambda rows: (_squares(rows),),
}
