r"""Check a backward pass of your own: which argument is wrong, at which entry, and what was likely done.

[`vjp_error`][mathnet.vjp_error] says how far a rule is from the derivative. Here the same derivative is the judge of a kernel as it
runs, in float32 or bfloat16 too, and the verdict is for the one who wrote it. It is right if

- what it returns is $\sum_j \bar Y_j\, \partial Y_j / \partial X_i$, for every $\bar Y$ with a single 1, and for others of all signs
  and sizes, which show whether it is linear;
- it leaves alone what it is given, and what it returned before;
- where its code runs in exact arithmetic: the formula is right without any tolerance.

How far rounding may move an entry follows from the unit roundoff $u$ of the arithmetic (half the gap between 1 and the next number). A sum of $n$ terms,
each rounded, is off by about $\sqrt n\, u$ of its largest terms, and numbers that are rounded on the way move the derivative by $\kappa u$, where $\kappa$ says how much
it moves with its arguments; this is measured. So the tolerance is $4 \sqrt n\, (1 + \kappa)\, u$ plus the error of the judge, as a share of
the largest entry that $\lvert \bar Y \rvert$ and $\lvert \partial Y / \partial X \rvert$ can give. The judge computes in float64 or exactly, on the same numbers that
the kernel got, so its error counts only where there is no way but differences.
"""

import inspect
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from textwrap import shorten
from typing import Any

import numpy as np

from mathnet.causes import Found, Numbers, cause_of_a_bend, likely_cause, same
from mathnet.gradcheck import (
    GradientCheckError,
    central_difference_jacobians,
    complex_step_jacobians,
    exact_jacobians,
    vjp_error,
)
from mathnet.rules import Rule

ROUNDOFF = {"float64": 2.0**-53, "float32": 2.0**-24, "float16": 2.0**-11, "bfloat16": 2.0**-8}
DTYPES = ["float64", "float32", "bfloat16"]
METHODS = ["exact", "complex", "differences"]
FORMULA = 1e-45  # of 50 digits that are right
SLOW, LARGE = 40_000, 2_000_000  # entries of a Jacobian: too many for exact arithmetic, and for anything
MARGIN, LOST = (
    4,
    64,
)  # roundoffs: a kernel that is right may use the first, one that computes in few digits the second


@dataclass
class Argument:
    """What was found for one argument.

    Attributes
    ----------
    name : str
        As the function calls it.
    shape : tuple of int
        Of the argument.
    ok : bool or None
        Unknown if there was nothing to compare: it is an array of integers, or its cotangent is `None`.
    error : float
        The largest difference, as a share of the largest entry that could be.
    place : tuple of int or None
        The worst entry, if the argument is wrong.
    found, expected : float
        What stands there, and what should.
    cause : str
        The likely cause, or nothing.
    """

    name: str
    shape: tuple[int, ...]
    ok: bool | None = None
    error: float = 0.0
    place: tuple[int, ...] | None = None
    found: float = 0.0
    expected: float = 0.0
    cause: str = ""
    said: str = ""

    def __str__(self) -> str:
        """Say it in one line, or in three."""
        shape = " × ".join(map(str, self.shape)) or "a number"
        if self.ok is None:
            return f"- {self.name} ({shape}): {self.said}"
        if self.ok:
            return f"✓ {self.name} ({shape})"  # its error is rounding, which differs from machine to machine
        lines = [f"✗ {self.name} ({shape}): {self.said}"]
        if self.place is not None:
            found, expected = _distinct(self.found, self.expected)
            at = f"at {self.place} " if self.place else ""
            lines[0] += f"{at}it is {found}, right is {expected}; off by {self.error:.1g}"
        return "\n    ".join([*lines, f"Likely cause: {self.cause}"] if self.cause else lines)


@dataclass
class Report:
    """The verdict on a backward pass; `print` shows it.

    Attributes
    ----------
    name : str
        Of the backward pass.
    arguments : list of Argument
        One for each argument of the function.
    problems : list of str
        What is wrong with the pass as a whole: it writes into what it is given, or returns too few cotangents.
    method : str
        How the derivative was found: "exact", "complex" or "differences".
    refused : dict of str to str
        The stronger methods that could not be used, and why.
    dtype : str
        In which the backward pass ran.
    formula : str
        The arithmetic, if its code ran in exact arithmetic, too, and its formula is right; or nothing.
    tolerance : float
        The largest error that counts as right.
    """

    name: str
    arguments: list[Argument] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    method: str = ""
    refused: dict[str, str] = field(default_factory=dict)
    dtype: str = "float64"
    formula: str = ""
    tolerance: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems and all(argument.ok is not False for argument in self.arguments)

    def __str__(self) -> str:
        """Return the verdict, in lines."""
        wrong = sum(argument.ok is False for argument in self.arguments)
        verdict = (
            "right" if self.ok else f"{wrong} of {len(self.arguments)} arguments wrong" if wrong else "wrong"
        )
        lines = [f"{'✓' if self.ok else '✗'} {self.name}: {verdict}"]
        lines += [f"  ✗ {problem}" for problem in self.problems]
        lines += [f"  {argument}".replace("\n", "\n  ") for argument in self.arguments]
        lines += [f"  {line}" for line in self.how()]
        return "\n".join(lines)

    def how(self) -> list[str]:
        """Say how it was found out."""
        by = {
            "exact": "exact, by dual numbers",
            "complex": "by complex step",
            "differences": "by central differences",
        }
        lines = [
            f"derivative: {by.get(self.method, 'none')}; backward pass in {self.dtype}, tolerance {self.tolerance:.1g}"
        ]
        if self.formula:
            lines.append(f"formula: right in exact arithmetic, too ({self.formula})")
        lines += [f"not {method}: {why}" for method, why in self.refused.items()]
        return lines


def check_vjp(
    f: Callable[..., Any],
    f_vjp: Callable[..., Any],
    *args: Any,
    method: str = "auto",
    dtype: str = "float64",
    tolerance: float | None = None,
    **settings: Any,
) -> Report:
    r"""Compare a backward pass with the derivative, entry by entry, and name the likely cause of what is wrong.

    Parameters
    ----------
    f : function
        Of arrays, returning an array or a tuple of arrays.
    f_vjp : function
        Called as `f_vjp(Y_bar, Y, *args)`, with the arrays of `dtype`; it returns a cotangent for each argument, `None` for one that has none.
    *args : arrays
        Floats; integers are indices and are not moved. Take small arrays, of sizes that all differ, away from kinks.
    method : str
        How `f` is differentiated: "exact", "complex", "differences", or "auto", the first of these that can follow it.
    dtype : str
        "float64", "float32" or, where ml_dtypes is installed, "bfloat16": what the backward pass gets. The arguments are rounded to it first; the
        derivative is taken at these numbers, in float64 or exactly.
    tolerance : float, optional
        Of the error of an entry, as a share of the largest one. Without it, it is derived from `dtype`: see the head of this chapter.
    **settings
        Passed on to both functions.

    Returns
    -------
    report : Report
        Its `ok` is the verdict.

    Raises
    ------
    GradientCheckError
        If `f` cannot be differentiated there by the method (by none of them, if it is "auto"): it is not finite, changes its arguments, differs from call to call; if there is nothing to compare; or if the Jacobians
        would be too large.

    Notes
    -----
    A function that computes in float32 whatever it is given is noticed: all digits of its results are those of float32. Then steps and tolerances are those of float32.

    Examples
    --------
    >>> import numpy as np
    >>> def double_vjp(Y_bar, Y, X):
    ...     return (Y_bar,)
    >>> print(check_vjp(lambda X: 2 * X, double_vjp, np.array([0.5, 1.5, -1.0])))
    ✗ double_vjp: 1 of 1 arguments wrong
      ✗ X (3): at (2,) it is 1, right is 2; off by 0.5
          Likely cause: a constant factor: everywhere 1/2 times what is right
      derivative: exact, by dual numbers; backward pass in float64, tolerance 8e-16
    """
    if method not in (*METHODS, "auto"):
        raise GradientCheckError(f"unknown method {method!r}; known are {', '.join([*METHODS, 'auto'])}")
    f, f_vjp = partial(f, **settings), partial(f_vjp, **settings)
    point = _rounded(args, dtype)
    names = _names(f, len(point))
    forward = _Forward(f, point)
    report = Report(_name(f_vjp), dtype=dtype)
    right = _differentiated(forward, point, method, report)
    if not any(J is not None and J.size for J in right):
        raise GradientCheckError(
            f"{forward.name}: nothing can be compared; give it floats, and no empty arrays"
        )
    if tolerance is None:
        terms = max(forward.size, *(X.size for X in point))
        roundoff = max(ROUNDOFF[dtype], ROUNDOFF[forward.precision])
        report.tolerance = float(MARGIN * np.sqrt(terms) * (1 + forward.condition()) * roundoff)
        if report.method == "differences":
            report.tolerance += forward.error_of_differences()
    else:
        report.tolerance = tolerance
    ran = _Ran(f_vjp, forward, point, dtype)
    report.problems += ran.problems
    report.arguments = _judged(ran, right, names, report.tolerance)
    if not report.problems:
        _judge_the_formula(report, f, f_vjp, point, ran)
    if not report.ok and ran.X_bars:
        _explain(report, ran, right, names, f_vjp)
    if not any(argument.ok is not None for argument in report.arguments) and not report.problems:
        raise GradientCheckError(f"{report.name} returns no cotangent at all; nothing was compared")
    return report


# --- the function, and its derivative --------------------------------------------------------------------


class _Forward:
    """A function at a point, as the judge sees it: all its results make one vector."""

    def __init__(self, f: Callable[..., Any], args: Sequence[Numbers]) -> None:
        self.f, self.args, self.name = f, args, _name(f)
        Y = f(*map(np.copy, args))
        self.several = isinstance(Y, tuple)
        self.results = [np.asarray(result) for result in (Y if self.several else (Y,))]
        self.size = sum(result.size for result in self.results)
        entries = self.size * sum(X.size for X in args if _is_float(X))
        if entries > LARGE:
            raise GradientCheckError(
                f"{self.name}: the Jacobians would have {entries:.0e} entries, and each method moves one entry at a time; "
                "take smaller shapes, all different"
            )
        self.slow = entries > SLOW
        self.precision = self._precision()
        self.step = 2.0 ** round(np.log2(np.cbrt(3 * ROUNDOFF[self.precision])))

    def _precision(self) -> str:
        """Say in which floats the function computes, whatever it is given."""
        moved = [X * (1 + 2.0**-30) if _is_float(X) else np.copy(X) for X in self.args]
        try:
            Y = self.f(*moved)
            flat = np.concatenate([_floats(result).ravel() for result in (Y if self.several else (Y,))])
        except Exception:  # the judge will say what is wrong with it
            return "float64"
        if not np.any(flat) or not np.all(np.isfinite(flat)):
            return "float64"
        return next((dtype for dtype in reversed(ROUNDOFF) if holds(dtype, flat)), "float64")

    def differences(self, args: Sequence[Numbers], h: float) -> list[Numbers | None]:
        """Return the Jacobians by central differences; what is returned in few digits becomes float64."""

        def in_floats(*args: Numbers) -> Any:
            Y = self.f(*args)
            return tuple(map(_floats, Y)) if isinstance(Y, tuple) else _floats(Y)

        in_floats.__name__ = self.name  # for the messages
        return self.flat(central_difference_jacobians(in_floats, *args, h=h))

    def flat(self, jacobians: Any) -> list[Numbers | None]:
        """Return a Jacobian for each argument, in float64, with one row for each entry of all results."""
        pairs = [*zip(self.results, jacobians if self.several else (jacobians,), strict=True)]
        found: list[Numbers | None] = []
        for i, X in enumerate(self.args):
            if not _is_float(X):
                found.append(None)
                continue
            rows = [np.asarray(J[i], dtype=float).reshape(Y.size, *X.shape) for Y, J in pairs]
            found.append(np.concatenate(rows))
        return found

    def condition(self) -> float:
        """Return how much the derivative moves, relative to how much the arguments do: the median of three draws, since one may cross a kink."""
        delta, rng = 2.0**-12, np.random.default_rng(0)
        moves = []
        try:
            with np.errstate(all="ignore"):
                here = self.differences(self.args, self.step)
                for _ in range(3):
                    shares = [rng.uniform(-1, 1, size=X.shape) for X in self.args]
                    moved = [
                        X * (1 + delta * share) if _is_float(X) else X
                        for X, share in zip(self.args, shares, strict=True)
                    ]
                    moves.append(max(map(_moved, here, self.differences(moved, self.step))))
        except Exception:  # a neighbouring point is outside of the domain
            return 1.0
        return float(np.median(moves)) / delta

    def error_of_differences(self) -> float:
        """Return how far differences may be off: twice what half the step changes, and rounding over the step."""
        here, there = (self.differences(self.args, h) for h in (self.step, self.step / 2))
        largest = max(float(np.max(np.abs(_floats(Y)), initial=0)) for Y in self.results)
        rounding = 2 * np.sqrt(self.size) * ROUNDOFF[self.precision] * largest / self.step
        scale = min(float(np.max(np.abs(J), initial=0)) or 1.0 for J in here if J is not None)
        return 2 * max(map(_moved, here, there)) + float(rounding) / scale


def _differentiated(
    forward: _Forward, args: Sequence[Numbers], method: str, report: Report
) -> list[Numbers | None]:
    """Return the Jacobians by the strongest method that can follow the function, and say why by no stronger one."""
    jacobians: dict[str, Callable[[], Any]] = {
        "exact": lambda: forward.flat(exact_jacobians(forward.f, *args)),
        "complex": lambda: forward.flat(complex_step_jacobians(forward.f, *args)),
        "differences": lambda: forward.differences(args, forward.step),
    }
    tried = METHODS if method == "auto" else [method]
    for name in tried:
        try:
            if name == "exact" and forward.slow and method == "auto":
                raise GradientCheckError("too many entries; smaller shapes would do")
            found: list[Numbers | None] = jacobians[name]()
        except GradientCheckError as error:
            if name == tried[-1]:
                raise
            report.refused[name] = _reason(str(error), forward.name)
        else:
            report.method = name
            return found
    raise AssertionError("the last method raises or returns")


def _reason(message: str, name: str) -> str:
    """Shorten what a method says that cannot be used."""
    said = message.removeprefix(f"{name}: ")
    start, cannot, rest = said.partition("cannot follow ")
    short = (cannot + rest if cannot and start.startswith("method") else said).partition("; use ")[0]
    return shorten(short, 140, placeholder=" …")


# --- the backward pass ----------------------------------------------------------------------------------


class _Ran:
    """What a backward pass returned for many cotangents."""

    def __init__(
        self, vjp: Callable[..., Any], forward: _Forward, point: Sequence[Numbers], dtype: str
    ) -> None:
        self.forward, self.point, self.dtype = forward, point, dtype
        self.problems: list[str] = []
        args = [_as(X, dtype) for X in point]
        Y = forward.f(*map(np.copy, args))
        self.results = [np.asarray(result) for result in (Y if forward.several else (Y,))]
        self.Y_bars = _floats(_as(_cotangents(forward.size), dtype))
        returned = [self._apply(vjp, Y_bar, args) for Y_bar in [*self.Y_bars, self.Y_bars[0]]]
        complete = [row for row in returned if row is not None]
        self.X_bars: list[Numbers | None] = self._stacked(complete) if len(complete) == len(returned) else []

    def _apply(self, vjp: Callable[..., Any], Y_bar: Numbers, args: Sequence[Numbers]) -> list[Any] | None:
        """Call it once; return what it gave and a copy, or say what is wrong."""
        pieces, start = [], 0
        for result in self.results:
            pieces.append(_as(Y_bar[start : start + result.size].reshape(result.shape), result.dtype))
            start += result.size
        groups = {
            "Y_bar": pieces,
            "Y": [np.copy(Y) for Y in self.results],
            "argument": [np.copy(X) for X in args],
        }
        before = {label: [np.copy(X) for X in group] for label, group in groups.items()}
        join = tuple if self.forward.several else lambda group: group[0]
        try:
            given = vjp(join(groups["Y_bar"]), join(groups["Y"]), *groups["argument"])
        except GradientCheckError as error:
            self._say(str(error))
            return None
        for label, group in groups.items():
            for k, (X, copy) in enumerate(zip(group, before[label], strict=True)):
                if not np.array_equal(X, copy, equal_nan=X.dtype.kind == "f"):
                    which = label if label != "argument" else _names(self.forward.f, len(args))[k]
                    which += f"[{k}]" * (self.forward.several and label != "argument")
                    self._say(f"writes into {which}, which it was given; let it work on a copy")
        return self._cotangents_of(given)

    def _say(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def _cotangents_of(self, given: Any) -> list[Any] | None:
        count = len(self.point)
        bars = given if isinstance(given, tuple | list) else (given,)
        if len(bars) != count:
            expected = ", ".join(f"{name}_bar" for name in _names(self.forward.f, count))
            what = f"{len(bars)} cotangents" if len(bars) != 1 else "one cotangent"
            self._say(f"returns {what}, expected {count}: ({expected}{',' * (count == 1)})")
            return None
        pairs: list[Any] = []
        for bar in bars:
            pairs.append(None if bar is None else (bar, np.array(bar)))
        return pairs

    def _stacked(self, returned: list[list[Any]]) -> list[Numbers | None]:
        """Return the cotangents of each argument in rows, and look for buffers that are used twice."""
        stacked: list[Numbers | None] = []
        for i in range(len(self.point)):
            pairs = [
                row[i] for row in returned
            ]  # the array itself, which a later call may write into, and a copy
            if any(pair is None for pair in pairs) or not _is_float(self.point[i]):
                stacked.append(None)
                continue
            shapes = {copy.shape for _, copy in pairs}
            if len(shapes) > 1:
                self._say(f"returns cotangents of the shapes {sorted(shapes)} for one argument")
                return []
            if pairs[0][1].dtype.kind in "cOUSm" or pairs[0][1].dtype.kind == "b":
                self._say(f"returns an array of {pairs[0][1].dtype}; it must hold real numbers")
                return []
            values = np.stack([_floats(copy) for _, copy in pairs])
            if not all(
                np.array_equal(bar, copy, equal_nan=True) for bar, copy in pairs if copy.dtype.kind == "f"
            ):
                self._say("overwrites what it returned before; let it return a new array each time")
            if not same(values[0], values[-1], 1e-6) and np.all(np.isfinite(values)):
                self._again(values, i)
                return []
            stacked.append(values[:-1])
        return stacked

    def _again(self, values: Numbers, i: int) -> None:
        """Say why the last call differs from the first, which had the same arguments: it adds to what is there, or it draws."""
        name = _names(self.forward.f, len(self.point))[i]
        if same(values[-1] - values[-2], values[0], 1e-6):
            self._say(f"adds the cotangent of {name} to that of the call before: set the buffer to 0 first")
        else:
            self._say(f"gives another cotangent of {name} when it is called again with the same arguments")


def _cotangents(size: int) -> Numbers:
    """Return the cotangents to try, one per row: the basis, 0, and others in which every pair of entries has every pair of signs."""
    j = np.arange(size)
    signs = [np.ones(size), *((-1.0) ** (j >> bit) for bit in range((size - 1).bit_length()))]
    dense = [sign * (j % 60 + 2) / 4 for sign in signs]
    scaled = [dense[-1] * 2.0**20, dense[-1] * 2.0**-20]
    return np.array([*np.eye(size), np.zeros(size), *dense, *np.negative(dense), *scaled])


# --- the verdict ----------------------------------------------------------------------------------------


def _judged(
    ran: _Ran, right: Sequence[Numbers | None], names: Sequence[str], tolerance: float
) -> list[Argument]:
    arguments = []
    for i, (name, X, J) in enumerate(zip(names, ran.point, right, strict=True)):
        argument = Argument(name, X.shape)
        arguments.append(argument)
        if J is None:
            argument.said = "integers are not differentiated"
        elif not ran.X_bars:
            argument.said = "not compared"
        elif (X_bars := ran.X_bars[i]) is None:
            argument.said = "None is returned, so nothing is compared"
        elif X_bars.shape[1:] != X.shape:
            argument.ok, argument.error = False, np.inf
            argument.said = f"the cotangent has the shape {X_bars.shape[1:]}, not {X.shape}"
        else:
            _compare(argument, ran.Y_bars, X_bars, J, tolerance)
    return arguments


def _compare(argument: Argument, Y_bars: Numbers, X_bars: Numbers, J: Numbers, tolerance: float) -> None:
    """Find the worst entry for all cotangents; it is shown for one that is full of numbers, if it can be."""
    flat, found = J.reshape(len(J), -1), X_bars.reshape(len(X_bars), -1)
    expected = Y_bars @ flat
    with np.errstate(invalid="ignore", over="ignore"):
        sums = np.max(np.abs(Y_bars) @ np.abs(flat), axis=1, keepdims=True, initial=0)
        largest = np.max(np.abs(Y_bars), axis=1, keepdims=True) * (np.max(np.abs(flat), initial=0) or 1)
        scale = np.maximum(sums, largest)
        errors = np.abs(found - expected) / np.where(scale > 0, scale, 1)
    errors[~np.isfinite(errors)] = np.inf
    argument.error = float(np.max(errors, initial=0))
    argument.ok = bool(argument.error <= tolerance)
    if not argument.ok:
        size = len(J)
        dense = errors[size + 1 : -2]
        rows = dense if np.max(dense, initial=0) > tolerance else errors
        row, column = map(int, np.unravel_index(int(np.argmax(rows)), rows.shape))
        row += size + 1 if rows is dense else 0
        argument.error = float(errors[row, column])
        argument.place = tuple(map(int, np.unravel_index(column, argument.shape)))
        argument.found, argument.expected = float(found[row, column]), float(expected[row, column])


def _judge_the_formula(
    report: Report, f: Callable[..., Any], f_vjp: Callable[..., Any], point: Sequence[Numbers], ran: _Ran
) -> None:
    """Run the backward pass in exact arithmetic, too, if the function runs there."""
    if report.method != "exact" or ran.forward.slow:
        return
    free = [i for i, argument in enumerate(report.arguments) if argument.ok is not None]
    if not free:
        return

    def whole(some: Sequence[Any]) -> list[Any]:
        args = [np.copy(X) for X in point]
        for i, X in zip(free, some, strict=True):
            args[i] = X
        return args

    def forward(*some: Any) -> Any:
        return f(*whole(some))

    def backward(Y_bar: Any, Y: Any, *some: Any) -> Any:
        bars = f_vjp(Y_bar, Y, *whole(some))
        bars = bars if isinstance(bars, tuple | list) else (bars,)
        return tuple(bars[i] for i in free)

    try:
        error, arithmetic = vjp_error(Rule(forward, backward), *(point[i] for i in free))
    except Exception:  # its code runs on floats only, or is wrong in a way that floats have shown
        return
    if error <= FORMULA:
        report.formula = arithmetic
    elif report.ok:
        report.problems.append(
            f"the formula is off by {error:.1g} in exact arithmetic ({arithmetic}), which rounding hides in {report.dtype}"
        )


def _explain(
    report: Report,
    ran: _Ran,
    right: Sequence[Numbers | None],
    names: Sequence[str],
    f_vjp: Callable[..., Any],
) -> None:
    """Look for the cause of each wrong argument, in float64 if the backward pass can run there."""
    forward = ran.forward
    tolerance = report.tolerance
    if report.dtype != "float64":
        sharper = _Ran(f_vjp, forward, ran.point, "float64")
        if sharper.X_bars and len(sharper.X_bars) == len(ran.X_bars):
            judged = _judged(sharper, right, names, 1e-7)
            if all(argument.ok is not False for argument in judged):
                for argument in report.arguments:
                    if argument.ok is False:
                        argument.cause = (
                            f"digits are lost in {report.dtype}: the same code is right in float64"
                        )
                return
            ran, tolerance = sharper, 1e-9 if forward.precision == "float64" else tolerance
    tolerance = max(tolerance, 1e-12)
    size = forward.size

    def jacobians(args: Sequence[Numbers]) -> list[Numbers | None]:
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                point = [np.array(X, dtype=float) if _is_float(X) else X for X in args]
                if report.method == "differences":
                    return forward.differences(point, forward.step)
                by = exact_jacobians if report.method == "exact" else complex_step_jacobians
                return forward.flat(by(forward.f, *point))
        except Exception:  # the function does not take such arguments
            return [None] * len(args)

    found = [None if X_bars is None else X_bars[:size] for X_bars in ran.X_bars]
    results = [_floats(Y) for Y in forward.results]
    all_bars = np.concatenate([np.ravel(X_bars) for X_bars in ran.X_bars if X_bars is not None])
    if holds("float32", all_bars):
        tolerance = max(tolerance, LOST * ROUNDOFF["float32"])
    evidence = Found(list(names), list(ran.point), results, list(right), found, jacobians, tolerance)
    for i, argument in enumerate(report.arguments):
        J, X_bars = right[i], ran.X_bars[i]
        if argument.ok is not False or J is None or X_bars is None:
            continue
        places = np.argwhere(~np.isfinite(X_bars))
        if places.size:
            place = tuple(map(int, places[0][1:]))
            argument.cause = (
                f"{X_bars[tuple(places[0])]} at {place}: it divides by 0, overflows or is never written"
            )
        elif cause := _fewer_digits(X_bars, argument, report):
            argument.cause = cause
        elif not same(
            X_bars[:size].reshape(size, -1).T @ ran.Y_bars.T, X_bars.reshape(len(X_bars), -1).T, tolerance
        ):
            if X_bars.shape[1:] == J.shape[1:]:
                some = slice(size, -2)
                rows = X_bars[some].reshape(len(X_bars[some]), -1)
                argument.cause = cause_of_a_bend(ran.Y_bars[some], rows, J, tolerance)
            argument.cause = (
                argument.cause
                or "it is not linear in Y_bar: multiply Y_bar by what does not depend on it, and add"
            )
        elif report.formula:
            argument.cause = (
                f"rounding: the formula is right in exact arithmetic, but {report.dtype} loses digits here"
            )
        elif X_bars.shape[1:] == J.shape[1:] and same(J, X_bars[:size], tolerance):
            argument.cause = f"digits are lost in {report.dtype}: a wrong formula would be farther off"
        else:
            argument.cause = likely_cause(evidence, i)


def _fewer_digits(X_bars: Numbers, argument: Argument, report: Report) -> str:
    if (
        report.dtype == "float64"
        and holds("float32", X_bars)
        and argument.error <= LOST * ROUNDOFF["float32"]
    ):
        return "it computes in float32, whatever it is given: check it with dtype float32"
    return ""


# --- small things ---------------------------------------------------------------------------------------


def holds(dtype: str, X: Numbers) -> bool:
    """Say whether each number of float64 is one of this type.

    Examples
    --------
    >>> holds("float32", np.array([0.5])), holds("float32", np.array([0.1])), holds("bfloat16", np.array([1 + 2.0**-9]))
    (True, False, False)
    """
    with np.errstate(over="ignore"):
        if dtype != "bfloat16":
            return bool(np.all(X.astype(dtype).astype(float) == X))
        return holds("float32", X) and not np.any(X.astype(np.float32).view(np.uint32) & 0xFFFF)


def _as(X: Numbers, dtype: Any) -> Numbers:
    """Return a copy of the type; integers stay what they are."""
    return np.array(X) if X.dtype.kind in "biu" else np.array(X).astype(_type(dtype))


def _type(dtype: Any) -> Any:
    if dtype != "bfloat16" or not isinstance(dtype, str):
        return dtype
    try:
        return import_module("ml_dtypes").bfloat16
    except ImportError:
        raise GradientCheckError(
            "bfloat16 needs the package ml_dtypes, which is not installed; float32 needs nothing"
        ) from None


def _rounded(args: Sequence[Any], dtype: str) -> list[Numbers]:
    """Return the arguments in float64, with the numbers that the type has."""
    if dtype not in DTYPES:
        raise GradientCheckError(f"unknown dtype {dtype!r}; known are {', '.join(DTYPES)}")
    arrays: list[Numbers] = []
    for i, X in enumerate(args):
        try:
            arrays.append(np.asarray(X))
        except ValueError:
            raise GradientCheckError(
                f"argument {i} is no array; give each array as an argument of its own"
            ) from None
    for i, X in enumerate(arrays):
        if X.dtype.kind not in "biufV":
            raise GradientCheckError(
                f"argument {i} has dtype {X.dtype}; give it floats, or integers if it is an index"
            )
    return [_floats(_as(X, dtype)) if X.dtype.kind not in "biu" else X for X in arrays]


def _floats(X: Any) -> Numbers:
    """Return float64; what is not float32 or less stays what it is."""
    array: Numbers = np.asarray(X)
    return array if array.dtype.kind in "cObiu" else array.astype(float)


def _is_float(X: Numbers) -> bool:
    return X.dtype.kind not in "biu"


def _moved(J: Numbers | None, there: Numbers | None) -> float:
    if J is None or there is None or not J.size:
        return 0.0
    return float(np.max(np.abs(there - J)) / (np.max(np.abs(J)) or 1.0))


def _names(f: Any, count: int) -> list[str]:
    """Return the names of the first arguments."""
    while isinstance(f, partial):
        f = f.func
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    try:
        names = [name for name, one in inspect.signature(f).parameters.items() if one.kind in kinds]
    except (TypeError, ValueError):
        names = []
    return names[:count] if len(names) >= count else [f"argument {i}" for i in range(count)]


def _name(f: Any) -> str:
    while isinstance(f, partial):
        f = f.func
    return getattr(f, "__name__", type(f).__name__)


def _distinct(a: float, b: float) -> tuple[str, str]:
    """Write two numbers with as many digits as it takes to tell them apart."""
    for digits in (6, 9, 12, 17):
        written = f"{a:.{digits}g}", f"{b:.{digits}g}"
        if written[0] != written[1]:
            break
    return written
