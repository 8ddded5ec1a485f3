r"""What went wrong in a backward pass: common mistakes, each of which says what it would have returned.

A backward pass that is linear in $\bar Y$ is a matrix for each argument, with a row for each entry of
$Y$: $K$, read off with cotangents that have a single 1. It is right if $K$ is the Jacobian $J$. A mistake
claims that two arrays are equal which need not be: that $K^{\mathsf T}$ is $J$, or that $K$ is the Jacobian
at other arguments. It is named only if they are equal in every entry, up to the rounding of the run.

The order matters: what explains more with less comes first.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, permutations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[Any]
Claim = tuple[str, Numbers, Numbers]
"""A mistake in words, and two arrays that are equal if it was made: one made of the Jacobian, one of what was returned."""


class Found(NamedTuple):
    """A backward pass beside the derivative, for all arguments.

    Attributes
    ----------
    names : list of str
        Names of the arguments.
    args : list of arrays
        Their values.
    results : list of arrays
        What the function returns there.
    right : list of arrays or None
        The Jacobian by each argument, as an array of one row for each entry of the results and then the axes of the argument.
    found : list of arrays or None
        What the backward pass returns for each of these rows; the axes after the first are those that it returned.
    jacobians : function
        Differentiates the function at other arguments.
    tolerance : float
        How far apart two equal arrays may be, relative to the largest entry.
    """

    names: list[str]
    args: list[Numbers]
    results: list[Numbers]
    right: list[Numbers | None]
    found: list[Numbers | None]
    jacobians: Callable[[Sequence[Numbers]], list[Numbers | None]]
    tolerance: float

    def compared(self) -> list[int]:
        """Return the places of the arguments of which there is something to compare."""
        return [
            i
            for i, (J, K) in enumerate(zip(self.right, self.found, strict=True))
            if J is not None and K is not None
        ]


def same(A: Numbers, B: Numbers, tolerance: float) -> bool:
    """Say whether two arrays are equal, up to a share of the largest entry."""
    return A.shape == B.shape and distance(A, B) <= tolerance * max(
        np.max(np.abs(A), initial=0), np.max(np.abs(B), initial=0)
    )


def distance(A: Numbers, B: Numbers) -> float:
    """Return the largest difference between two entries."""
    with np.errstate(invalid="ignore", over="ignore"):
        worst = np.max(np.abs(A - B), initial=0)
    return float(worst) if np.isfinite(worst) else np.inf


def likely_cause(found: Found, i: int) -> str:
    """Name the mistake that gives exactly what was returned for an argument; an empty string if no known one does.

    Examples
    --------
    >>> J = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> wrong = Found(["X"], [np.ones(2)], [np.ones(2)], [J], [-J], lambda args: [J], 1e-12)
    >>> likely_cause(wrong, 0)
    'the sign is wrong'
    """
    J, K = _pair(found, i)
    if not np.any(K):
        return "all is 0: nothing is written there, or the argument was cut off from the result"
    tried: list[Claim] = []
    several = np.count_nonzero(np.abs(J) > 1e-6 * np.max(np.abs(J), initial=0)) > 1
    for mistake in (*MISTAKES, *TERMS) if several else SIMPLE:  # one number is soon explained
        for words, A, B in mistake(found, i):
            if np.any(A) and same(A, B, found.tolerance):
                return words
            if mistake in MISTAKES and A.shape == B.shape and np.count_nonzero(A) > 1:
                tried.append((words, A, B))
    for words, A, B in tried:  # two at once: one of these, and a factor
        factor = float(np.vdot(A, B) / np.vdot(A, A))
        if factor and same(factor * A, B, found.tolerance):
            return f"{words}; besides, {factor_in_words(found, factor)}"
    return ""


def _pair(found: Found, i: int) -> tuple[Numbers, Numbers]:
    J, K = found.right[i], found.found[i]
    if J is None or K is None:
        raise ValueError(f"there is nothing to compare for {found.names[i]}")
    return J, K


# --- arrays of other shapes -----------------------------------------------------------------------------


def _sums(found: Found, i: int) -> Iterator[Claim]:
    """Summed over too few axes."""
    J, K = _pair(found, i)
    name, shape, got = found.names[i], J.shape[1:], K.shape[1:]
    lead = len(got) - len(shape)
    if got != shape and lead >= 0:
        wide = [a for a in range(len(got)) if a < lead or (shape[a - lead] == 1 and got[a] > 1)]
        axes = tuple(a + 1 for a in wide)
        if wide and tuple(1 if a in wide else got[a] for a in range(lead, len(got))) == shape:
            places = " and ".join(str(a) for a in wide)
            sizes = " × ".join(str(got[a]) for a in wide)
            what = f"the sum over axis {places} is missing ({sizes} terms): {name} is used in each of them"
            yield what, J, np.sum(K, axis=axes).reshape(J.shape)


def _sums_too_many(found: Found, i: int) -> Iterator[Claim]:
    """Summed over too many axes."""
    J, K = _pair(found, i)
    name, shape, got = found.names[i], J.shape[1:], K.shape[1:]
    long = [a for a, count in enumerate(shape) if count > 1]
    for count in range(1, len(long) + 1):
        for some in combinations(long, count):
            summed = np.sum(J, axis=tuple(a + 1 for a in some), keepdims=True)
            places = " and ".join(map(str, some))
            what = f"summed over axis {places} of {name}, which must stay"
            if got != shape:
                yield what, np.squeeze(summed, axis=tuple(a + 1 for a in some)), K
                yield what, summed, K
            else:
                yield what, np.broadcast_to(summed, J.shape), K


def _moved(found: Found, i: int) -> Iterator[Claim]:
    """The right numbers at other places."""
    J, K = _pair(found, i)
    shape, got = J.shape[1:], K.shape[1:]
    axes = range(1, K.ndim)
    for order in permutations(axes):
        if list(order) != list(axes) and tuple(K.shape[a] for a in order) == shape:
            words = "transposed"
            if K.ndim > 3:
                words = f"the axes are in another order: np.transpose(…, {tuple(a - 1 for a in order)}) puts them right"
            yield words, J, np.transpose(K, (0, *order))
    if got != shape and K.size == J.size:
        yield f"the numbers are right, the shape is not: reshape them to {shape}", J, K.reshape(J.shape)
    if got == shape:
        for a in axes:
            yield f"reversed along axis {a - 1}", J, np.flip(K, a)
        for a in axes:
            for step in (1, -1) if K.shape[a] > 2 else ():
                yield f"shifted by one along axis {a - 1}", J, np.roll(K, step, a)


def _swapped(found: Found, i: int) -> Iterator[Claim]:
    J, _ = _pair(found, i)
    for k in found.compared():
        other = found.found[k]
        if k != i and other is not None:
            what = f"the cotangents of {found.names[i]} and {found.names[k]} are swapped"
            yield what, J, other


# --- factors --------------------------------------------------------------------------------------------


def _factor(found: Found, i: int) -> Iterator[Claim]:
    """The same number too often in every entry."""
    J, K = _pair(found, i)
    if J.shape == K.shape and np.any(J):
        factor = float(np.vdot(J, K) / np.vdot(J, J))
        if factor and abs(factor - 1) > found.tolerance:
            yield factor_in_words(found, factor), factor * J, K


def factor_in_words(found: Found, factor: float) -> str:
    """Say where a factor may come from."""
    if abs(factor + 1) <= 2 * found.tolerance:
        return "the sign is wrong"
    sign = "the sign is wrong, and " if factor < 0 else ""
    size = abs(factor)
    arrays = [*zip(found.names, found.args, strict=True)]
    many = len(found.results) > 1
    arrays += [(f"result {k}" if many else "the result", Y) for k, Y in enumerate(found.results)]
    counts: dict[int, str] = {}
    for name, X in arrays:
        for axis, count in enumerate(X.shape):
            counts.setdefault(count, f"n = {count}, axis {axis} of {name}")
    for name, X in arrays:
        counts.setdefault(X.size, f"n = {X.size}, all entries of {name}")
    for count, which in counts.items():
        if count > 1 and abs(size * count - 1) <= 2 * found.tolerance:
            return f"{sign}a mean stands where the sum belongs: 1/n of what is right, {which}"
        if count > 1 and abs(size / count - 1) <= 2 * found.tolerance:
            return f"{sign}a sum stands where the mean belongs: it is n times what is right, {which}"
    near = Fraction(size).limit_denominator(64)
    written = f"{near}" if abs(float(near) - size) <= found.tolerance * size else f"{size:.10g}"
    return f"{sign}a constant factor: everywhere {written} times what is right"


# --- cotangents of the result that do not count -----------------------------------------------------------


def _dropped(found: Found, i: int) -> Iterator[Claim]:
    """Entries of the cotangent that are not used, all others being right."""
    J, K = _pair(found, i)
    if J.shape != K.shape:
        return
    zero = ~np.any(K.reshape(len(K), -1), axis=1)
    needed = np.any(J.reshape(len(J), -1), axis=1)
    if not np.any(zero & needed) or np.all(zero):
        return
    left = np.where(zero.reshape(-1, *[1] * (J.ndim - 1)), 0, J)
    start = 0
    for k, Y in enumerate(found.results):
        used, wanted = ~zero[start : start + Y.size], needed[start : start + Y.size]
        start += Y.size
        of = f" of result {k}" if len(found.results) > 1 else ""
        if of and np.any(wanted) and not np.any(used):
            yield f"the cotangent{of} is not used; its share must be added", left, K
        for axis in range(Y.ndim):
            others = tuple(a for a in range(Y.ndim) if a != axis)
            rows = np.any(used.reshape(Y.shape), axis=others)
            if np.any(rows) and not np.all(rows):
                kept = ", ".join(str(int(row)) for row in np.flatnonzero(rows))
                yield f"of Y_bar{of} only {kept} along axis {axis} is used; the rest must be added", left, K
    yield "some entries of Y_bar are not used", left, K


def _of_the_cotangent(found: Found, i: int) -> Iterator[Claim]:
    """The cotangent itself is transposed, or reversed."""
    J, K = _pair(found, i)
    if len(found.results) > 1 or J.shape != K.shape:
        return
    (Y,) = found.results
    places = np.arange(Y.size).reshape(Y.shape)
    if Y.ndim >= 2 and Y.shape[-1] == Y.shape[-2]:
        yield "Y_bar is used where its transpose belongs", J[np.swapaxes(places, -1, -2).ravel()], K
    for axis in [axis for axis, count in enumerate(Y.shape) if count > 1]:
        yield f"Y_bar is read in reverse along axis {axis}", J[np.flip(places, axis).ravel()], K


# --- another array in the place of the right one ----------------------------------------------------------


def _elsewhere(found: Found, i: int) -> Iterator[Claim]:
    """The derivative is right, but at other arguments."""
    _, K = _pair(found, i)

    def at(words: str, changed: dict[int, Numbers]) -> Iterator[Claim]:
        args = [changed.get(k, X) for k, X in enumerate(found.args)]
        J = found.jacobians(args)[i]
        if J is not None:
            yield words, J, K

    floats = [k for k, X in enumerate(found.args) if X.dtype.kind == "f"]
    for k in floats:
        X = found.args[k]
        if X.ndim >= 2 and X.shape[-1] == X.shape[-2]:
            yield from at(
                f"{found.names[k]} is used where its transpose belongs", {k: np.swapaxes(X, -1, -2)}
            )
        for Y in found.results:
            if X.shape == Y.shape:
                yield from at(f"the result is used where {found.names[k]} belongs", {k: Y})
    for k, m in combinations(floats, 2):
        X, Z = found.args[k], found.args[m]
        if X.shape == Z.shape:
            yield from at(f"{found.names[k]} and {found.names[m]} stand in each other's place", {k: Z, m: X})


SLOPES: list[
    tuple[str, str, Callable[[Numbers], Numbers]]
] = [  # the function, its slope as code, and the slope
    ("sigmoid", "Y * (1 - Y)", lambda Y: Y * (1 - Y)),
    ("tanh", "1 - Y**2", lambda Y: 1 - Y**2),
    ("relu", "Y > 0", lambda Y: (Y > 0) * 1.0),
    ("exp", "Y", lambda Y: Y),
    ("softplus", "1 - exp(-Y)", lambda Y: -np.expm1(-Y)),
    ("the square root", "1 / (2 * Y)", lambda Y: 1 / (2 * Y)),
    ("sigmoid", "sigmoid({X}) * sigmoid(-{X})", lambda X: 1 / (1 + np.exp(-X)) / (1 + np.exp(X))),
    ("tanh", "1 - tanh({X})**2", lambda X: 1 - np.tanh(X) ** 2),
    ("relu", "{X} > 0", lambda X: (X > 0) * 1.0),
    ("softplus", "sigmoid({X})", lambda X: 1 / (1 + np.exp(-X))),
    ("exp", "exp({X})", np.exp),
    ("sin", "cos({X})", np.cos),
    ("cos", "-sin({X})", lambda X: -np.sin(X)),
    ("the square", "2 * {X}", lambda X: 2 * X),
    ("log", "1 / {X}", lambda X: 1 / X),
]


def _slopes(found: Found, i: int) -> Iterator[Claim]:
    """A factor that differs from entry to entry: the slope of a function, or another argument."""
    J, K = _pair(found, i)
    if J.shape != K.shape:
        return
    name, X = found.names[i], found.args[i]
    Y = np.concatenate([np.ravel(result) for result in found.results]).reshape(-1, *[1] * (J.ndim - 1))
    factors: list[tuple[str, Numbers]] = []
    diagonal = np.eye(len(J)).reshape(J.shape) if J.size == len(J) ** 2 else np.zeros(J.shape)
    with np.errstate(all="ignore"):
        for function, code, slope in SLOPES:
            factor = slope(X) if "{X}" in code else slope(Y)
            factors.append((f"the slope of {function}, {code.replace('{X}', name)},", factor))
            if "{X}" not in code and same(J, diagonal * factor, found.tolerance):
                at_X = diagonal * slope(X.reshape(Y.shape))
                yield f"{name} stands where the result Y belongs, in {code}, the slope of {function}", at_X, K
    for k, other in enumerate(found.args):
        if k != i and other.dtype.kind == "f" and other.ndim:
            if _fits(other.shape, X.shape):
                factors.append((f"the factor {found.names[k]}", np.broadcast_to(other, X.shape)))
            if other.size == len(J):
                factors.append((f"the factor {found.names[k]}", other.reshape(Y.shape)))
    for words, factor in factors:
        if np.all(np.isfinite(factor)) and not np.all(factor == factor.flat[0]):
            yield f"{words} is lost", J, K * factor
            yield f"{words} is there once too often", J * factor, K


def _fits(shape: tuple[int, ...], into: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(shape, into) == into
    except ValueError:
        return False


# --- a term that is missing -------------------------------------------------------------------------------


def _terms(found: Found, i: int) -> Iterator[Claim]:
    """One of several terms is missing."""
    J, K = _pair(found, i)
    if J.shape != K.shape:
        return
    X = found.args[i]
    size = len(J)
    if len(found.results) == 1:
        (Y,) = found.results
        if Y.shape == X.shape:
            straight = np.eye(size).reshape(J.shape)
            yield "the term Y_bar is missing: the way past the layer, X + f(X)", J, K + straight
            yield "the term Y_bar is there, and must not be", J, K - straight
            diagonal = np.where(straight == 1, J, 0)
            yield (
                "only the diagonal is there: an entry of the result depends on other entries, too",
                diagonal,
                K,
            )
            for axis in range(X.ndim):
                weighted = np.sum(K, axis=axis + 1, keepdims=True)
                what = "the second term of softmax is missing: subtract Y times the sum"
                yield f"{what} over axis {axis}", J, K - weighted * Y
        if Y.ndim >= 2 and Y.shape[-1] == Y.shape[-2]:
            turned = np.swapaxes(np.arange(size).reshape(Y.shape), -1, -2).ravel()
            yield (
                "a term is missing, the same with Y_bar transposed: the argument is used twice",
                J,
                K + K[turned],
            )
    for axis in range(X.ndim):
        mean = np.mean(K, axis=axis + 1, keepdims=True)
        if X.shape[axis] > 1:
            yield f"the term of the mean is missing: subtract the mean over axis {axis}", J, K - mean


SIMPLE = (_sums, _moved, _factor, _swapped, _sums_too_many)
MISTAKES = (*SIMPLE, _dropped, _of_the_cotangent, _elsewhere, _slopes)
TERMS = (_terms,)  # these are not proportional to what was returned, so no factor is looked for beside them


# --- a backward pass that is not linear -------------------------------------------------------------------


BENDS: dict[str, Callable[[Numbers], Numbers]] = {
    "Y_bar is ignored, as if it were all ones: multiply by it": np.ones_like,
    "negative entries of Y_bar are cut off: max(Y_bar, 0)": lambda Y_bar: np.maximum(Y_bar, 0),
    "the sign of Y_bar is lost: abs(Y_bar)": np.abs,
    "Y_bar is squared": np.square,
    "only the sign of Y_bar is used": np.sign,
    "Y_bar is clipped to -1 … 1": lambda Y_bar: np.clip(Y_bar, -1, 1),
    "Y_bar is divided by its norm": lambda Y_bar: Y_bar / (np.linalg.norm(Y_bar) or 1),
}


def cause_of_a_bend(Y_bars: Numbers, X_bars: Numbers, J: Numbers, tolerance: float) -> str:
    """Name what was done to the cotangents, one in each row; nothing if no known bend gives what was returned."""
    flat = J.reshape(len(J), -1)
    scale = np.max(np.abs(Y_bars), initial=0) * np.max(np.abs(flat), initial=0)
    for words, bend in BENDS.items():
        if distance(X_bars, np.array([bend(Y_bar) for Y_bar in Y_bars]) @ flat) <= tolerance * scale:
            return words
    added = X_bars - Y_bars @ flat
    if np.any(added) and same(added, np.broadcast_to(added[:1], added.shape), tolerance):
        return "something is added that does not depend on Y_bar"
    return ""
