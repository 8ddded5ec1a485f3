r"""Differentiate a second time, in a way that shares nothing with the rule.

A derivative asks what happens to $Y$ when one entry of $X$ moves by a tiny $\varepsilon$. The three
methods here move the entry, run the function's own code, and read the answer; they differ in what
$\varepsilon$ is.

| method | $\varepsilon$ | derivative | error |
|---|---|---|---|
| exact | a dual unit, $\varepsilon^2 = 0$ | coefficient of $\varepsilon$ in $f(x + \varepsilon)$ | none |
| complex step | $h \mathrm i$, $h$ near $10^{-20}$ | $\operatorname{Im} f(x + h \mathrm i) / h$ | rounding of $f$ |
| central difference | a small real number $h$ | $(f(x + h) - f(x - h)) / 2h$ | $h^2 f''' / 6$ and rounding divided by $h$ |

The exact method runs on arrays of fractions, so a rational function has an error of exactly 0; a
function with an exponential in it runs on numbers of 60 digits, and of as many more as it takes
until 50 are right. The complex step runs on floats and finds what their rounding does. The central
difference is here because everybody uses it, and because it needs nothing of the function: it
serves as a second opinion on the other two.

A function may return a tuple of arrays. Code that a method cannot follow is refused, and the
message names the call and another method.
"""

import linecache
import warnings
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache, partial
from itertools import islice, pairwise
from numbers import Real
from types import TracebackType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mathnet.dual import DIGITS, Dual, exact, high_precision, mp
from mathnet.rules import Result, Rule

Numbers = NDArray[Any]  # floats, complex numbers, or objects that calculate: fractions and dual numbers

PRECISIONS = [DIGITS * 2**doublings for doublings in range(5)]  # digits, tried in turn until 50 agree
GUARD_DIGITS = 10
AGREEMENT = 10.0**-DIGITS
STEP = 2.0**-17
OTHER_METHODS = {
    "exact": "'complex step' or 'central difference'",
    "complex step": "'central difference'",
    "central difference": "arguments farther from the border of the domain",
}
DROPPED = "np.abs, np.conj, np.real, np.var, norm"
NOT_THE_AUTHORS = {"numpy", "scipy", "mpmath", "fractions", "torch", "jax", "jaxlib"}


class GradientCheckError(ValueError):
    """A gradient could not be checked, or a rule breaks its contract."""


class Measured(NamedTuple):
    """How far a rule is from the derivative, and in which arithmetic that was found out."""

    error: float
    arithmetic: str


def exact_jacobians(f: Callable[..., Result], *args: Numbers) -> tuple[Any, ...]:
    r"""$f(x + \varepsilon) = f(x) + f'(x)\, \varepsilon$ with $\varepsilon^2 = 0$.

    The function runs on object arrays of dual numbers. Its tangent is a Fraction as long as it only
    adds, multiplies and divides, and a number of at least 60 digits after an exponential, logarithm
    or root.

    Parameters
    ----------
    f : function
        Of arrays, returning an array or a tuple of arrays.
    *args : arrays
        Floats, taken over exactly, or Fractions. Integer arrays are indices: they are not moved.

    Returns
    -------
    jacobians : tuple of object arrays
        $\partial Y / \partial X$ for each argument, of shape Y.shape + X.shape; `None` for integers.
        If f returns a tuple, a tuple with one such tuple per result: `jacobians[result][argument]`.

    Raises
    ------
    GradientCheckError
        If f calls what dual numbers cannot follow (`np.arctan`, `np.linalg.inv`, `np.fft`, casts),
        gives another result each time, changes its arguments, or is not finite there; or if the
        central difference disagrees.

    Notes
    -----
    Where digits cancel, 60 may be too few. So what is not rational is computed again with 110 digits,
    with 210, 410 and 810, until two results agree in 50 digits of the largest entry.

    One run of f per entry and precision, each some hundred times slower than on floats.

    Examples
    --------
    >>> (J,) = exact_jacobians(lambda x: x**3, np.array([0.5]))
    >>> J
    array([[Fraction(3, 4)]], dtype=object)
    """
    return _jacobians("exact", f, args)


def complex_step_jacobians(f: Callable[..., Result], *args: Numbers) -> tuple[Any, ...]:
    r"""$f'(x) = \operatorname{Im} f(x + h \mathrm i) / h + O(h^2)$.

    Nothing is subtracted, so h can be so small (near $10^{-20}$) that its square is beyond all
    rounding: the result is as accurate as the function itself.

    Parameters
    ----------
    f : function
        Analytic: of sums, products, `exp` and the like. Comparing, `np.max` and `np.where` are fine.
    *args : arrays
        As for [`exact_jacobians`][mathnet.exact_jacobians], and so is the result.

    Returns
    -------
    jacobians : tuple of float arrays
        $\partial Y / \partial X$ for each argument.

    Raises
    ------
    GradientCheckError
        If complex numbers are cast to real ones, meet a function that refuses them (`np.floor`), or
        give a real result; or if the central difference disagrees: `np.abs`, `np.conj`, `np.var` and
        `np.linalg.norm` drop the imaginary part, and with it the derivative.

    Notes
    -----
    Three runs of f per entry, two of them for the second opinion, and two more where that is not
    sharp enough.

    References
    ----------
    Lyness and Moler (1967); Squire and Trapp (1998).

    Examples
    --------
    >>> complex_step_jacobians(np.exp, np.array([0.0]))
    (array([[1.]]),)
    """
    return _jacobians("complex step", f, args)


def central_difference_jacobians(
    f: Callable[..., Result], *args: Numbers, h: float = STEP
) -> tuple[Any, ...]:
    r"""$f'(x) = (f(x + h) - f(x - h)) / 2h + O(h^2)$.

    A large h misses the derivative by $h^2 f''' / 6$; a small one subtracts two nearly equal numbers
    and divides what rounding has left of them. The best h is near the cube root of the rounding
    unit, and even there six of sixteen digits are lost.

    Parameters
    ----------
    f : function
        Of float arrays, returning a float array or a tuple of them.
    *args : arrays
        Floats. Integer arrays are indices: they are not moved.
    h : float
        Step.

    Returns
    -------
    jacobians : tuple of arrays
        As for [`exact_jacobians`][mathnet.exact_jacobians].

    Raises
    ------
    GradientCheckError
        If f gives another result each time, changes its arguments, or is not finite there or a step away.

    Notes
    -----
    Two runs of f per entry.

    Examples
    --------
    >>> (J,) = central_difference_jacobians(np.exp, np.array([0.0]))
    >>> float(abs(J - 1).max()) < 1e-9
    True
    """
    point = _Point(f, args)
    return point.packed(_central_difference(point, h))


def vjp_error(rule: Rule, *args: Numbers, method: str = "exact", **settings: Any) -> Measured:
    r"""$\max_i \lvert \bar X_i - \sum_j \bar Y_j\, \partial Y_j / \partial X_i \rvert$, over all entries.

    The rule is tried on every basis cotangent, which reads off each row of its Jacobian: no entry of
    any Jacobian escapes. A rule must be linear in $\bar Y$; then that is enough. Whether it is linear
    is tried on more cotangents, whose results must be the sums of rows that they stand for:

    - 0;
    - numbers of different sizes with signs such that each pair of entries takes each pair of signs
      (a scalar takes both);
    - such numbers times $2^{40}$ and $2^{-40}$, and a mixture of 1, $2^{-10}$ and $2^{-20}$.

    So $\max(\bar Y, 0)$, $\lvert \bar Y \rvert$, $\bar Y^2$, and cotangents that are clipped, normalised
    or dropped when small are found, as is a rule that takes $\bar Y$ for 1.

    Parameters
    ----------
    rule : Rule
        Function and vector-Jacobian product.
    *args : arrays
        Arguments; if there are none, the rule's own example.
    method : str
        The independent differentiation: "exact", "complex step" or "central difference". With
        "exact" the rule's own code runs in exact arithmetic too, so rounding plays no part.
    **settings
        Passed on to both functions of the rule.

    Returns
    -------
    measured : Measured
        `error`, relative to the largest entry of the argument's Jacobian and the sum of all
        $\lvert \bar Y_j \rvert$, worst of all arguments and cotangents; and `arithmetic`, in words.

    Raises
    ------
    GradientCheckError
        If the rule is not linear in $\bar Y$; returns anything but a tuple with one finite array of the
        argument's shape for each argument, `None` for integers; changes what it was given, or what it
        returned before; or differs from call to call. If there is nothing to compare, or if the
        function or the rule cannot be followed: see [`exact_jacobians`][mathnet.exact_jacobians].

    Notes
    -----
    If f returns a tuple, `Y_bar` and `Y` are tuples. A cotangent may be `Y_bar` itself, or share its memory.

    Where exact values differ, the rule runs again with twice the digits, up to 810, until they agree
    or until its own values stay the same in 50 digits. A rule that differs from a Jacobian below
    $10^{-800}$ is not judged: it is refused.

    An entry far smaller than the largest of its Jacobian is measured by that one: try a point where
    a function saturates on an argument of its own.

    The rule runs once for each entry of the result and some ten times more; the function, as often as
    for its Jacobians.

    Examples
    --------
    >>> from mathnet.rules import RULES
    >>> vjp_error(RULES[0])
    Measured(error=0.0, arithmetic='fractions')
    >>> vjp_error(RULES[0], method="complex step").error < 1e-14
    True
    """
    if method not in METHODS:
        raise GradientCheckError(f"unknown method {method!r}; known are {', '.join(METHODS)}")
    if not args:
        if rule.example is None:
            raise GradientCheckError(f"the rule of {rule.name} has no example; give vjp_error its arguments")
        args = rule.example(np.random.default_rng(0))
    point = _Point(partial(rule.forward, **settings), args)
    jacobians = METHODS[method](point)
    if not any(J.size for J in jacobians):
        raise GradientCheckError(
            f"{point.name}: nothing can be compared; give it floats, and no empty arrays"
        )
    vjp = partial(rule.vjp, **settings)
    Y_bars = _cotangents(point.size, method)
    before: list[Numbers] = []
    for digits in PRECISIONS if method == "exact" else PRECISIONS[:1]:
        with mp.workdps(digits + GUARD_DIGITS):
            X_bars = _pulled_back(vjp, Y_bars, point, method)
            rows = [X_bar[: point.size] for X_bar in X_bars]  # what the rule gives for the basis
            errors = list(map(partial(_distances, Y_bars), X_bars, jacobians, jacobians))
            bends = list(map(partial(_distances, Y_bars), X_bars, rows, jacobians))
            flat = [0 < _largest([J]) < mp.mpf(10) ** -digits for J in jacobians]
            rational = all(map(_rational, [*X_bars, *jacobians]))
            if rational or _largest([*errors, *bends]) <= AGREEMENT:
                break
            if before and not any(flat) and all(map(_settled, before, X_bars, jacobians)):
                break
            before = X_bars
    if method != "exact":
        _refuse_bends(_name(vjp), point, Y_bars, X_bars, bends, tolerance=1e-6, rounding=1e-12)
        return Measured(float(_largest(errors)), f"{method}, float64")
    _refuse_flatness(point, jacobians, errors, flat, digits)
    _refuse_bends(_name(vjp), point, Y_bars, X_bars, bends, tolerance=AGREEMENT)
    return Measured(float(_largest(errors)), "fractions" if rational else f"{digits} digits")


def _jacobians(method: str, f: Callable[..., Result], args: Sequence[Numbers]) -> tuple[Any, ...]:
    point = _Point(f, args)
    return point.packed(METHODS[method](point))


# --- the function ---------------------------------------------------------------------------------------


class _Point:
    """A function at a point: it runs in any arithmetic, and all its results make one vector."""

    def __init__(self, f: Callable[..., Result], args: Sequence[Numbers]) -> None:
        self.f, self.name = f, _name(f)
        self.args = [_checked_argument(f"{self.name}: argument {i}", X) for i, X in enumerate(args)]
        Y, again = self._on_floats(), self._on_floats()
        self.several = isinstance(Y, tuple)
        results = self.results(Y)
        for k, result in enumerate(results):
            _check_result(f"{self.name}: {self.label(k)}", result)
        if not all(map(_alike, results, self.results(again))):
            raise GradientCheckError(
                f"{self.name} gives different results for the same arguments; "
                "draw random numbers outside, and give them to it as an argument"
            )
        self.shapes = [result.shape for result in results]
        self.ends = [0, *np.cumsum([result.size for result in results]).tolist()]
        self.size = self.ends[-1]
        self.largest = float(_largest(results))

    def _on_floats(self) -> Result:
        args = self.lifted(float)
        Y = self.f(*args)
        _check_unchanged(self.name, [f"argument {i}" for i in range(len(args))], args, self.lifted(float))
        return Y

    def label(self, k: int) -> str:
        """Name a result in a message."""
        return f"result {k}" if self.several else "the result"

    def lifted(self, number: type) -> list[Numbers]:
        """Return new arguments in which floats and fractions are float, complex or Dual; integers stay."""
        return [np.copy(X) if _integer(X) else _lifted(X, number) for X in self.args]

    def results(self, Y: Result) -> list[Numbers]:
        """Return the results as a list, even if there is only one."""
        several = Y if isinstance(Y, tuple) else (Y,)
        wrong = [f"a {type(result).__name__}" for result in several if isinstance(result, list | tuple)]
        if wrong or not several:
            what = "an empty tuple" if not several else wrong[0] + " in a tuple" * isinstance(Y, tuple)
            raise GradientCheckError(
                f"{self.name} returns {what}; it must return an array, or a tuple of arrays"
            )
        return [np.asarray(result) for result in several]

    def split(self, vector: Numbers) -> list[Numbers]:
        """Cut a vector into the results."""
        pieces = [vector[start:end] for start, end in pairwise(self.ends)]
        return [np.array(piece.reshape(shape)) for piece, shape in zip(pieces, self.shapes, strict=True)]

    def joined(self, results: Sequence[Any]) -> Any:
        """Give one result or a tuple, as f does."""
        return tuple(results) if self.several else results[0]

    def packed(self, jacobians: list[Numbers]) -> tuple[Any, ...]:
        """Give the Jacobians the axes of results and arguments."""
        packed = tuple(
            tuple(
                None if _integer(X) else J[start:end].reshape(shape + X.shape)
                for J, X in zip(jacobians, self.args, strict=True)
            )
            for (start, end), shape in zip(pairwise(self.ends), self.shapes, strict=True)
        )
        return packed if self.several else packed[0]

    def place(self, position: int, row: int, column: int) -> str:
        """Say in words where an entry of a Jacobian stands."""
        k = int(np.searchsorted(self.ends, row, side="right")) - 1
        indices = (
            *np.unravel_index(row - self.ends[k], self.shapes[k]),
            *np.unravel_index(column, self.args[position].shape),
        )
        of = f"result {k} by argument {position}" if self.several else f"argument {position}"
        return f"entry {tuple(map(int, indices))} of the Jacobian of {of}"

    def run(self, method: str, args: Sequence[Numbers]) -> Numbers:
        """Return the entries of all results, in the arithmetic of the arguments."""
        results = self.results(_followed(self.name, method, self.f, args, self.lifted(float)))
        shapes = [result.shape for result in results]
        if shapes != self.shapes:
            raise GradientCheckError(
                f"{self.name} returns the shapes {shapes} by {method}, but {self.shapes} for floats; "
                "shapes must not depend on numbers"
            )
        flat: Numbers = np.concatenate([np.ravel(result) for result in results])
        return flat

    def moved(self, method: str, number: type, step: Any) -> list[Numbers]:
        """Move one entry after the other; return the results as columns, one matrix per argument."""
        args = self.lifted(number)
        matrices = []
        for position, X in enumerate(self.args):
            columns = []
            for index in np.ndindex(X.shape) if not _integer(X) else ():
                moved = [np.copy(arg) for arg in args]
                moved[position][index] += step
                columns.append(self.run(method, moved))
            matrices.append(np.stack(columns, axis=-1) if columns else np.zeros((self.size, 0)))
        return matrices


def _checked_argument(label: str, argument: Any) -> Numbers:
    """Return an array of finite floats or fractions, or of integers."""
    X: Numbers = np.asarray(argument)
    if X.dtype.kind not in "biufO" or (X.dtype.kind == "O" and not all(isinstance(x, Real) for x in X.flat)):
        raise GradientCheckError(
            f"{label} has dtype {X.dtype}; give it floats or fractions, or integers if it is an index"
        )
    _check_finite(label, X)
    return X


def _check_result(label: str, Y: Numbers) -> None:
    """Raise unless floats have given finite floats."""
    if Y.dtype.kind != "f":
        advice = {
            "c": "return its real and its imaginary part as two results",
            "O": "return an array of floats",
        }
        raise GradientCheckError(
            f"{label} has dtype {Y.dtype}; {advice.get(Y.dtype.kind, 'leave out what has no derivative')}"
        )
    _check_finite(label, Y)


def _check_finite(label: str, X: Numbers) -> None:
    is_finite = np.isfinite if X.dtype.kind != "O" else np.frompyfunc(lambda x: x - x == 0, 1, 1)
    for place in np.argwhere(~np.asarray(is_finite(X), dtype=bool)):
        index = tuple(map(int, place))
        raise GradientCheckError(f"{label} is {X[index]} at {index}; choose a point where all is finite")


def _check_unchanged(
    name: str, labels: Sequence[str], arrays: Sequence[Numbers], before: Sequence[Numbers]
) -> None:
    for label, X, copy in zip(labels, arrays, before, strict=True):
        if not np.array_equal(X, copy):
            raise GradientCheckError(f"{name} changes {label} in place; let it work on a copy")


# --- the three methods ----------------------------------------------------------------------------------


def _exact(point: _Point) -> list[Numbers]:
    tangents = np.frompyfunc(lambda y: y.tangent if isinstance(y, Dual) else 0, 1, 1)
    found: list[Numbers] = []
    for digits in PRECISIONS:
        with mp.workdps(digits + GUARD_DIGITS):
            before, found = found, [tangents(Y) for Y in point.moved("exact", Dual, Dual(0, 1))]
            if all(map(_rational, found)):
                break
            all_cancelled = any(not _rational(J) and not np.any(J) for J in found)
            if before and not all_cancelled and all(map(_settled, before, found, found)):
                return _confirmed("exact", before, point)
    return _confirmed("exact", found, point)


def _complex_step(point: _Point) -> list[Numbers]:
    h = 2.0**-66  # a power of two: dividing by it rounds nothing
    with warnings.catch_warnings():
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        moved = point.moved("complex step", complex, h * 1j)
        results = point.results(point.f(*point.lifted(complex)))
    lost = [k for k, result in enumerate(results) if result.dtype.kind != "c"]
    if lost and any(
        np.any(D[point.ends[k] : point.ends[k + 1]]) for D in _central_difference(point) for k in lost
    ):
        raise GradientCheckError(
            f"{point.name}: {point.label(lost[0])} is real for complex arguments: the code drops the imaginary "
            f"part, and with it the derivative ({DROPPED}); use 'central difference'"
        )
    return _confirmed("complex step", [np.imag(Y) / h for Y in moved], point)


def _central_difference(point: _Point, h: float = STEP) -> list[Numbers]:
    with np.errstate(all="ignore"):
        above, below = (point.moved("central difference", float, step) for step in (h, -h))
        found = [(A - B) / (2 * h) for A, B in zip(above, below, strict=True)]
    for position, D in enumerate(found):
        for row, column in np.argwhere(~np.isfinite(D)):
            place = point.place(position, row, column)
            raise GradientCheckError(
                f"{point.name}: {place} is {D[row, column]} by central difference; within {h:.2g} of the "
                "argument floats overflow, or the function ends; choose another argument"
            )
    return found


METHODS: dict[str, Callable[[_Point], list[Numbers]]] = {
    "exact": _exact,
    "complex step": _complex_step,
    "central difference": _central_difference,
}


def _settled(before: Numbers, now: Numbers, J: Numbers) -> bool:
    """Say whether 50 digits, counted from the largest entry of J, stayed when their number was doubled."""
    return bool(_largest([now - before]) <= AGREEMENT * (_largest([J]) or 1))


def _confirmed(method: str, jacobians: list[Numbers], point: _Point) -> list[Numbers]:
    """Return the Jacobians, unless the central difference is farther off than its own error."""
    noise = 1e-9 * max(1.0, point.largest)  # what rounding can do to a difference
    floats = [J.astype(float) for J in jacobians]
    small = _central_difference(point)
    if all(np.all(np.abs(J - D) <= noise) for J, D in zip(floats, small, strict=True)):
        return jacobians
    large = _central_difference(point, 2 * STEP)  # its error is about four times as large
    for position, (J, D, E) in enumerate(zip(floats, small, large, strict=True)):
        for row, column in np.argwhere(~(np.abs(J - D) <= 10 * np.abs(D - E) + noise)):
            raise GradientCheckError(
                f"{point.name}: {point.place(position, row, column)} is {J[row, column]:.10g} by {method}, but "
                f"{D[row, column]:.10g} by central difference; there is a kink, floats lose their digits, or the code "
                f"drops what carries the derivative ({DROPPED})"
            )
    return jacobians


# --- what a method cannot follow ------------------------------------------------------------------------


def _followed(
    name: str, method: str, function: Callable[..., Any], args: Sequence[Any], floats: Sequence[Any]
) -> Any:
    """Call the function; if it fails here, but not on floats, the method cannot follow it."""
    try:
        return function(*args)
    except GradientCheckError:
        raise
    except Exception as caught:
        error = caught
    function(*floats)
    raise GradientCheckError(
        f"{name}: method {method!r} cannot follow {_call_that_failed(error) or name} "
        f"({type(error).__name__}: {error}); use {OTHER_METHODS[method]}"
    ) from error


def _call_that_failed(error: Exception) -> str:
    """Quote the last piece of code before NumPy's own; nothing if its source cannot be read."""
    inner: TracebackType | None = error.__traceback__
    code = ""
    while inner := inner.tb_next if inner else None:
        module = inner.tb_frame.f_globals.get("__name__", "")
        if module.partition(".")[0] in NOT_THE_AUTHORS or module == "mathnet.dual":
            break
        if module != __name__:
            code = _source(inner)
    return code


def _source(traceback: TracebackType) -> str:
    """Return the expression at which a frame stands."""
    code = traceback.tb_frame.f_code
    first, last, start, end = next(islice(code.co_positions(), traceback.tb_lasti // 2, None))
    lines = linecache.getlines(code.co_filename, traceback.tb_frame.f_globals)[(first or 1) - 1 : last]
    if first is None or start is None or not lines:
        return ""
    encoded = [line.encode() for line in lines]  # columns count bytes
    encoded[-1] = encoded[-1][:end]
    encoded[0] = encoded[0][start:]
    return " ".join(b"".join(encoded).decode().split())


# --- the rule -------------------------------------------------------------------------------------------


def _cotangents(size: int, method: str) -> Numbers:
    """Return the cotangents that `vjp_error` tries, one per row; the first rows are the basis."""
    j = np.arange(size)
    signs = [np.ones(size), *((-1.0) ** (j >> bit) for bit in range((size - 1).bit_length()))]
    dense = [sign * (j + 2) / 4 for sign in signs]
    dense += [dense[-1] * 2.0**40, dense[-1] * 2.0**-40, signs[-1] * 2.0 ** (-10 * (j % 3))]
    Y_bars = np.array([*np.eye(size), np.zeros(size), *dense, *np.negative(dense)])
    return _exactly(Y_bars) if method == "exact" else Y_bars


def _pulled_back(vjp: Callable[..., Any], Y_bars: Numbers, point: _Point, method: str) -> list[Numbers]:
    """Return the cotangents of each argument, one row for each cotangent of the results."""
    name, number = _name(vjp), Dual if method == "exact" else float
    returned, rows = [], []
    results = cache(lambda number: point.results(point.f(*point.lifted(number))))

    def apply(Y_bar: Numbers, number: type) -> Any:
        return _applied(
            vjp, point, point.split(_lifted(Y_bar, number)), results(number), point.lifted(number)
        )

    for Y_bar in [*Y_bars, Y_bars[0]]:
        returned.append(_followed(name, method, apply, [Y_bar, number], [Y_bar, float]))
        rows.append(_entries(name, returned[-1], point, method))
    for X_bars, row in zip(returned, rows, strict=True):
        if not all(map(np.array_equal, _entries(name, X_bars, point, method), row)):
            raise GradientCheckError(
                f"{name} overwrites what it returned before; let it return a new array each time"
            )
    if not all(map(_alike, rows[0], rows[-1])):
        raise GradientCheckError(
            f"{name} gives different cotangents for the same arguments; "
            "draw random numbers outside, and give them to it as an argument"
        )
    return [np.stack(of_one_argument) for of_one_argument in zip(*rows[:-1], strict=True)]


def _applied(
    vjp: Callable[..., Any], point: _Point, Y_bar: list[Numbers], Y: list[Numbers], args: list[Numbers]
) -> Any:
    """Call the rule, and see that it leaves alone what it is given."""
    given = [*Y_bar, *Y, *args]
    before = [np.copy(X) for X in given]
    X_bars = vjp(point.joined(Y_bar), point.joined(Y), *args)
    labels = [f"{name}[{k}]" if point.several else name for name in ("Y_bar", "Y") for k in range(len(Y))]
    labels += [f"argument {position}" for position in range(len(args))]
    _check_unchanged(_name(vjp), labels, given, before)
    return X_bars


def _entries(name: str, X_bars: Any, point: _Point, method: str) -> list[Numbers]:
    """Return the entries of each cotangent: one per argument, in its shape; None for integers, and only there."""
    count = len(point.args)
    if not isinstance(X_bars, tuple) or len(X_bars) != count:
        what = (
            f"a tuple of {len(X_bars)}" if isinstance(X_bars, tuple) else f"{type(X_bars).__name__}, no tuple"
        )
        expected = ", ".join(f"X{position}_bar" for position in range(count)) + "," * (count == 1)
        raise GradientCheckError(
            f"{name} returns {what}; it must return ({expected}), one cotangent for each argument"
        )
    entries = []
    for position, (X_bar, X) in enumerate(zip(X_bars, point.args, strict=True)):
        label = f"{name}: the cotangent of argument {position}"
        if X_bar is None and not _integer(X):
            raise GradientCheckError(f"{label} is None, which is for integers only")
        if X_bar is not None and _integer(X):
            raise GradientCheckError(
                f"{name}: argument {position} is an array of integers, so its cotangent must be None; "
                "if it is not an index, give it as floats"
            )
        entries.append(np.zeros(0) if _integer(X) else _checked_cotangent(label, X_bar, X.shape, method))
    return entries


def _checked_cotangent(label: str, X_bar: Any, shape: tuple[int, ...], method: str) -> Numbers:
    """Return the entries of a cotangent of this shape."""
    X_bar = np.asarray(X_bar)
    if X_bar.shape != shape:
        raise GradientCheckError(f"{label} has shape {X_bar.shape}, not {shape}")
    if X_bar.dtype.kind not in ("biufO" if method == "exact" else "biuf"):
        raise GradientCheckError(f"{label} has dtype {X_bar.dtype}; it must hold real numbers")
    values = np.array([x.value if isinstance(x, Dual) else x for x in X_bar.flat], dtype=X_bar.dtype)
    for value in values if values.dtype == object else ():
        if not isinstance(value, Real):
            raise GradientCheckError(f"{label} holds {value}; it must hold real numbers")
    _check_finite(label, values.reshape(shape))
    return _exactly(values) if method == "exact" else values


def _distances(Y_bars: Numbers, X_bars: Numbers, rows: Numbers, J: Numbers) -> Numbers:
    """Return |X_bar - Y_bar rows| for each cotangent and entry, relative to the sum of |Y_bar| and the largest entry."""
    sums = np.sum(np.abs(Y_bars), axis=1, keepdims=True)
    sums[sums == 0] = 1
    expected = np.concatenate([rows, Y_bars[len(rows) :] @ rows])  # the first cotangents are the basis
    return np.asarray(np.abs(X_bars - expected) / (sums * (_largest([rows, J]) or 1)))


def _refuse_flatness(
    point: _Point,
    jacobians: Sequence[Numbers],
    errors: Sequence[Numbers],
    flat: Sequence[bool],
    digits: int,
) -> None:
    """Raise where a rule differs from a Jacobian that is too small to tell it from 0."""
    for position, (J, error, is_flat) in enumerate(zip(jacobians, errors, flat, strict=True)):
        if is_flat and _largest([error]) > AGREEMENT:
            raise GradientCheckError(
                f"{point.name}: the largest entry of the Jacobian of argument {position} is "
                f"{mp.nstr(high_precision(_largest([J])), 1)}, and {digits} digits cannot tell a rule from it; "
                "choose a point where the function is less flat"
            )


def _refuse_bends(
    name: str,
    point: _Point,
    Y_bars: Numbers,
    X_bars: Sequence[Numbers],
    bends: Sequence[Numbers],
    tolerance: float,
    rounding: float = 0,
) -> None:
    """Raise where the rule is not the sum of what it is on the basis, by more than lost digits explain."""
    for position, (X_bar, bend) in enumerate(zip(X_bars, bends, strict=True)):
        scale = _largest([X_bar[: point.size]]) or 1
        for row, column in np.argwhere((bend > tolerance) & (bend * scale > rounding)):
            index = tuple(map(int, np.unravel_index(column, point.args[position].shape)))
            entries = [f"{float(y):g}" for y in Y_bars[row][:4]] + ["…"] * (point.size > 4)
            total = float(Y_bars[row] @ X_bar[: point.size, column])
            raise GradientCheckError(
                f"{name} is not linear in Y_bar: if Y_bar is {', '.join(entries)}, entry {index} of the "
                f"cotangent of argument {position} is {float(X_bar[row, column]):.6g}, but added up over the entries "
                f"of Y_bar, one at a time, it is {total:.6g}; multiply Y_bar by what does not depend on it, and add"
            )


# --- small things ---------------------------------------------------------------------------------------


def _name(f: Any) -> str:
    while isinstance(f, partial):
        f = f.func
    return getattr(f, "__name__", type(f).__name__)


def _integer(X: Numbers) -> bool:
    return X.dtype.kind in "biu"


def _lifted(X: Numbers, number: type) -> Numbers:
    return np.asarray(np.frompyfunc(Dual, 1, 1)(X), dtype=object) if number is Dual else X.astype(number)


def _exactly(X: Numbers) -> Numbers:
    return np.asarray(np.frompyfunc(exact, 1, 1)(X), dtype=object)


def _rational(X: Numbers) -> bool:
    return all(isinstance(entry, int | Fraction) for entry in X.flat)


def _largest(arrays: Sequence[Numbers]) -> Any:
    return max(np.max(np.abs(X), initial=0) for X in arrays)


def _alike(X: Numbers, again: Numbers) -> bool:
    return X.shape == again.shape and bool(_largest([X - again]) <= 1e-9 * _largest([X]))
