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
function with an exponential in it runs on numbers of 60 digits. The complex step runs on floats and
finds what their rounding does. The central difference is here because everybody uses it, and
because it needs nothing of the function: it serves as a second opinion on the other two.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import NamedTuple

import numpy as np

from mathnet.dual import DIGITS, Dual
from mathnet.rules import Rule
from mathnet.shapes import Array


class GradientCheckError(ValueError):
    """A gradient could not be checked, or a rule breaks its contract."""


class Measured(NamedTuple):
    """How far a rule is from the derivative, and in which arithmetic that was found out."""

    error: float
    arithmetic: str


def exact_jacobians(f: Callable, *args: Array) -> tuple[Array, ...]:
    r"""$f(x + \varepsilon) = f(x) + f'(x)\, \varepsilon$ with $\varepsilon^2 = 0$.

    The function runs on object arrays of dual numbers. Its tangent is a Fraction as long as it only
    adds, multiplies and divides, and a number of 60 digits after an exponential, logarithm or root.

    Parameters
    ----------
    f : function
        Of arrays, returning an array.
    *args : arrays
        Floats, taken over exactly, or Fractions. Integer arrays are indices: they are not moved.

    Returns
    -------
    jacobians : tuple of object arrays
        $\partial Y / \partial X$ for each argument, of shape Y.shape + X.shape; `None` for integers.

    Raises
    ------
    GradientCheckError
        If the central difference disagrees.

    Examples
    --------
    >>> (J,) = exact_jacobians(lambda x: x**3, np.array([0.5]))
    >>> J
    array([[Fraction(3, 4)]], dtype=object)
    """
    duals = _lifted(args, Dual)
    tangent = np.frompyfunc(lambda y: y.tangent if isinstance(y, Dual) else 0, 1, 1)

    def derivative(position, index):
        return np.asarray(tangent(f(*_moved(duals, position, index, Dual(0, 1)))), dtype=object)

    return _confirmed("exact", _jacobians(duals, derivative), f, args)


def complex_step_jacobians(f: Callable, *args: Array) -> tuple[Array, ...]:
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
        If the central difference disagrees: `np.abs`, `np.conj`, `np.var` and `np.linalg.norm` drop
        the imaginary part, and with it the derivative.

    References
    ----------
    Squire and Trapp (1998).

    Examples
    --------
    >>> complex_step_jacobians(np.exp, np.array([0.0]))
    (array([[1.]]),)
    """
    h = 2.0**-66  # a power of two: dividing by it rounds nothing
    complexes = _lifted(args, complex)

    def derivative(position, index):
        return np.imag(f(*_moved(complexes, position, index, h * 1j))) / h

    return _confirmed("complex step", _jacobians(complexes, derivative), f, args)


def central_difference_jacobians(f: Callable, *args: Array, h: float = 2.0**-17) -> tuple[Array, ...]:
    r"""$f'(x) = (f(x + h) - f(x - h)) / 2h + O(h^2)$.

    A large h misses the derivative by $h^2 f''' / 6$; a small one subtracts two nearly equal numbers
    and divides what rounding has left of them. The best h is near the cube root of the rounding
    unit, and even there six of sixteen digits are lost.

    Parameters
    ----------
    f : function
        Of float arrays, returning a float array.
    *args : arrays
        Floats. Integer arrays are indices: they are not moved.
    h : float
        Step.

    Returns
    -------
    jacobians : tuple of arrays
        As for [`exact_jacobians`][mathnet.exact_jacobians].

    Examples
    --------
    >>> (J,) = central_difference_jacobians(np.exp, np.array([0.0]))
    >>> float(abs(J - 1).max()) < 1e-9
    True
    """
    floats = _lifted(args, float)

    def derivative(position, index):
        above, below = (f(*_moved(floats, position, index, step)) for step in (h, -h))
        return (np.asarray(above) - below) / (2 * h)

    return _jacobians(floats, derivative)


METHODS = {
    "exact": exact_jacobians,
    "complex step": complex_step_jacobians,
    "central difference": central_difference_jacobians,
}


def vjp_error(rule: Rule, *args: Array, method: str = "exact", **settings) -> Measured:
    r"""$\max_i \lvert \bar X_i - \sum_j \bar Y_j\, \partial Y_j / \partial X_i \rvert$, over all entries.

    The rule is tried on every basis cotangent, which reads off each row of its Jacobian, and on one
    dense cotangent, since a wrong rule need not be linear. No entry of any Jacobian escapes.

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
        Handed on to both functions of the rule.

    Returns
    -------
    measured : Measured
        `error`, relative to the largest entry of the argument's Jacobian, worst of all arguments; and
        `arithmetic`, in words.

    Raises
    ------
    GradientCheckError
        If the rule returns the wrong number of cotangents or one of a wrong shape, changes its
        arguments, or returns `None` for anything but an integer argument.

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
    forward, vjp = (partial(function, **settings) for function in (rule.forward, rule.vjp))
    args = args or rule.example(np.random.default_rng(0))
    jacobians = METHODS[method](forward, *args)
    number = Dual if method == "exact" else float
    args = _lifted(args, number)
    Y = np.asarray(forward(*args))
    basis = np.eye(Y.size, dtype=int) * number(1)
    dense = np.arange(2, Y.size + 2) * number(1) / 4
    errors, entries = [0.0], []
    for Y_bar in [*basis, dense]:
        before = [np.copy(arg) for arg in (Y_bar, Y, *args)]
        cotangents = vjp(Y_bar.reshape(Y.shape), Y, *args)
        if not all(map(np.array_equal, before, (Y_bar, Y, *args))):
            raise GradientCheckError(f"{rule.vjp.__name__} changes its arguments")
        _check_contract(rule.vjp.__name__, cotangents, args)
        for X_bar, J in zip(cotangents, jacobians, strict=True):
            if J is not None:
                X_bar, J = _values(X_bar), J.reshape(Y.size, -1)
                scale = np.max(np.abs(J)) or 1
                errors.append(np.max(np.abs(X_bar - _values(Y_bar) @ J) / scale))
                entries += [*X_bar, *J.flat]
    rational = all(isinstance(entry, int | Fraction) for entry in entries)
    exact = "fractions" if rational else f"{DIGITS} digits"
    return Measured(float(np.max(errors)), exact if method == "exact" else f"{method}, float64")


def _moved(args: Sequence[Array], position: int, index: tuple[int, ...], step) -> list[Array]:
    """Copy the arguments, with one entry of one of them moved."""
    args = [np.copy(arg) for arg in args]
    args[position][index] += step
    return args


def _jacobians(args: Sequence[Array], derivative: Callable) -> tuple[Array, ...]:
    """Collect derivative(position, index), which has the shape of Y, over all entries of all arguments."""
    jacobians = []
    for position, X in enumerate(args):
        columns = [] if _integer(X) else [derivative(position, index) for index in np.ndindex(X.shape)]
        jacobians.append(np.reshape(np.stack(columns, -1), columns[0].shape + X.shape) if columns else None)
    return tuple(jacobians)


def _confirmed(method: str, jacobians: tuple[Array, ...], f: Callable, args: Sequence[Array]) -> tuple:
    """Return the Jacobians, unless the central difference finds quite different ones."""
    noise = 1e-9 * np.max(np.abs(f(*_lifted(args, float))), initial=1)  # what rounding can do to a difference
    for position, (J, D) in enumerate(zip(jacobians, central_difference_jacobians(f, *args), strict=True)):
        if J is None:
            continue
        J = J.astype(float)
        for place in np.argwhere(~(np.abs(J - D) <= 1e-4 * np.max(np.abs([J, D])) + noise)):
            place = tuple(map(int, place))
            raise GradientCheckError(
                f"argument {position}: entry {place} of the Jacobian is {J[place]:.6g} by {method}, but "
                f"{D[place]:.6g} by central difference; there is a kink, floats overflow, or the code drops "
                "what carries the derivative (np.abs, np.conj, np.var, norm, .astype)"
            )
    return jacobians


def _check_contract(name: str, cotangents: tuple[Array, ...], args: Sequence[Array]) -> None:
    """One cotangent per argument, in its shape; None for integers, and only for those."""
    if not isinstance(cotangents, tuple) or len(cotangents) != len(args):
        raise GradientCheckError(f"{name} must return a tuple of {len(args)}, one cotangent per argument")
    for position, (X_bar, X) in enumerate(zip(cotangents, args, strict=True)):
        if (X_bar is None) != _integer(X):
            what = "has no cotangent" if X_bar is None else "is an integer array: its cotangent must be None"
            raise GradientCheckError(f"{name}: argument {position} {what}")
        if X_bar is not None and np.shape(X_bar) != X.shape:
            raise GradientCheckError(
                f"{name}: the cotangent of argument {position} has shape {np.shape(X_bar)}, not {X.shape}"
            )


def _lifted(args: Sequence[Array], arithmetic: type) -> list[Array]:
    """Turn floats and Fractions into float, complex or Dual; leave integer arrays alone."""
    dual = np.frompyfunc(Dual, 1, 1)
    arrays = map(np.asarray, args)
    if arithmetic is Dual:
        return [X if _integer(X) else np.asarray(dual(X), dtype=object) for X in arrays]
    return [X if _integer(X) else X.astype(arithmetic) for X in arrays]


def _integer(X: Array) -> bool:
    return X.dtype.kind in "biu"


def _values(X: Array) -> Array:
    """Flatten an array, taking the values of dual numbers and floats as they are."""
    X = np.ravel(X)
    return np.array([x.value if isinstance(x, Dual) else x for x in X], dtype=X.dtype)
