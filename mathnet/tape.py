r"""Reverse mode is a list, read backwards.

While a computation runs, a tape writes down every step: which function, which arguments, which
result. The chain rule then walks the list from its end to its beginning. At each step the cotangent
of the result is known, and the rule turns it into cotangents of the arguments; a value that was used
twice receives two of them, and they add. That is all of backpropagation, for any computation made of
functions that have a rule.

There is no recursion, so a chain of any length works. What is written down stays as it was: the tape
keeps copies that nobody can change. So asking twice gives the same answer twice, whatever happened to
the arrays in between.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn, TypeVar

import numpy as np

from mathnet.rules import RULES, Rule
from mathnet.shapes import Array

Kept = TypeVar("Kept")


def _refuses(expression: str, function: str = "f") -> Callable[..., NoReturn]:
    """Return a method of `Variable` for what Python would do to it behind the tape's back."""

    def method(X: "Variable", *_: object) -> NoReturn:
        raise TypeError(X._refusal(expression, function))

    return method


@dataclass(frozen=True, eq=False)
class Variable:
    """A value on a tape, made by [`Tape.variable`][mathnet.tape.Tape.variable] or [`Tape.apply`][mathnet.tape.Tape.apply].

    A variable is equal to itself and to no other, so it can be a key of a dictionary.

    It goes into `tape.apply` and `tape.gradients`, and nowhere else. Operators, NumPy's functions and conversions
    refuse it with a `TypeError`: a step that the tape does not see would silently be missing from the gradients.
    Operators could record a step, but only `+`, `-`, `*`, `/` and `@` stand for a function that has a rule, and
    `tape.apply(matmul, A, B)` says the same by the name under which the rule is found.

    Attributes
    ----------
    value : array
        A copy that cannot be written to. What is done with it is not recorded.
    tape : Tape
        The tape on which it is.

    Examples
    --------
    >>> W = Tape().variable([[1.0, 2.0], [3.0, 4.0]])
    >>> W @ W  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    TypeError: X @ Y: X is a variable, and its tape records nothing but tape.apply(f, X, ...). Write tape.apply(matmul, X, Y); ...
    """

    value: Array
    tape: "Tape" = field(repr=False)

    def _refusal(self, expression: str, function: str) -> str:
        known = self.tape._known
        call = f"{function if function in known else 'f'}, {'X, Y' if 'Y' in expression else 'X'}"
        return (
            f"{expression}: X is a variable, and its tape records nothing but tape.apply(f, X, ...). "
            f"Write tape.apply({call}); this tape has rules for {', '.join(known)}. "
            "X.value is a plain array: what is done with it is not recorded"
        )

    __add__ = __radd__ = _refuses("X + Y", "add")
    __sub__ = __rsub__ = _refuses("X - Y", "subtract")
    __mul__ = __rmul__ = _refuses("X * Y", "multiply")
    __matmul__ = __rmatmul__ = _refuses("X @ Y", "matmul")
    __truediv__ = __rtruediv__ = _refuses("X / Y", "divide")
    __floordiv__ = __rfloordiv__ = _refuses("X // Y")
    __mod__ = __rmod__ = _refuses("X % Y")
    __divmod__ = __rdivmod__ = _refuses("divmod(X, Y)")
    __pow__ = __rpow__ = _refuses("X ** Y")
    __and__ = __rand__ = _refuses("X & Y")
    __or__ = __ror__ = _refuses("X | Y")
    __xor__ = __rxor__ = _refuses("X ^ Y")
    __lshift__ = __rlshift__ = _refuses("X << Y")
    __rshift__ = __rrshift__ = _refuses("X >> Y")
    __lt__, __le__ = _refuses("X < Y"), _refuses("X <= Y")
    __gt__, __ge__ = _refuses("X > Y"), _refuses("X >= Y")
    __neg__, __pos__ = _refuses("-X"), _refuses("+X")
    __invert__, __abs__ = _refuses("~X"), _refuses("abs(X)")
    __round__, __bool__ = _refuses("round(X)"), _refuses("bool(X)")
    __float__, __int__ = _refuses("float(X)"), _refuses("int(X)")
    __complex__, __index__ = _refuses("complex(X)"), _refuses("index(X)")
    __len__, __iter__ = _refuses("len(X)"), _refuses("iter(X)")
    __getitem__, __setitem__ = _refuses("X[i]"), _refuses("X[i] = Y")
    __contains__ = _refuses("Y in X")

    def __array__(self, dtype: object = None, copy: object = None) -> NoReturn:
        raise TypeError(self._refusal("np.asarray(X)", "f"))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *_: object, **__: object) -> NoReturn:
        name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        arguments = "X, Y" if ufunc.nin == 2 and method == "__call__" else "X"
        raise TypeError(self._refusal(f"np.{name}({arguments})", name))

    def __array_function__(self, function: Callable[..., object], *_: object) -> NoReturn:
        module = function.__module__.replace("numpy", "np", 1)
        raise TypeError(self._refusal(f"{module}.{function.__name__}(X)", function.__name__))

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_"):  # asked for by Python itself, which goes on without it
            raise AttributeError(name)
        raise AttributeError(self._refusal(f"X.{name}", name))

    def __copy__(self) -> "Variable":
        return self


class Step(NamedTuple):
    """One application of a function: its rule, what it was given, and what came out."""

    rule: Rule
    arguments: tuple[object, ...]
    settings: Mapping[str, object]
    result: Variable


class Tape:
    r"""A list of the steps of a computation.

    Parameters
    ----------
    rules : sequence of Rule
        The functions that the tape can record: those of the book, unless told otherwise.

    Notes
    -----
    Every value is copied once when it is written down, also a constant: a later `W -= ...` changes the caller's array and
    not what the tape answers. So a tape holds all values of a computation until it is dropped. For the next step of a
    training loop, make a new one.

    Examples
    --------
    The layer and the loss of the [question][backpropagation-is-four-products], and the two
    gradients that it asks for:

    >>> from mathnet import affine, sigmoid, half_squared_error
    >>> tape = Tape()
    >>> W = tape.variable(np.zeros((2, 1)))
    >>> B = tape.variable(np.zeros((1, 1)))
    >>> Z = tape.apply(affine, np.array([[1.0, 2.0]]), W, B)
    >>> Y = tape.apply(sigmoid, Z)
    >>> J = tape.apply(half_squared_error, Y, np.array([[1.0]]))
    >>> W_bar, B_bar = tape.gradients(J, [W, B])
    >>> W_bar
    array([[-0.125],
           [-0.25 ]])
    >>> B_bar
    array([[-0.125]])
    """

    def __init__(self, rules: Sequence[Rule] = RULES) -> None:
        self._rules = {rule.forward: rule for rule in rules}
        self._known = [rule.name for rule in rules]
        self._steps: list[Step] = []

    def variable(self, value: object) -> Variable:
        """Put a copy of a value on the tape, to differentiate with respect to it.

        Parameters
        ----------
        value : array
            Numbers of any shape.

        Returns
        -------
        X : Variable
            To be given to `apply` and `gradients`.
        """
        return Variable(_kept(np.asanyarray(value)), self)

    def apply(self, function: Callable[..., Any], *arguments: object, **settings: object) -> Variable:
        """Call a function on variables and constants, and write the step down.

        Parameters
        ----------
        function : function
            One that the tape has a rule for.
        *arguments : Variable or array
            What it is called with. An array is a constant.
        **settings
            Its settings; constants, too.

        Returns
        -------
        Y : Variable
            Its result, to be given to further functions.

        Raises
        ------
        ValueError
            If the function has no rule or more than one result; if a variable is from another tape, stands inside a
            list, or is given as a setting, for which no rule has a derivative.
        """
        name = getattr(function, "__name__", repr(function))
        if function not in self._rules:
            if name in self._known:  # Python's own sum, say, is not the sum that has a rule
                name = f"{function.__module__}.{name}"
            raise ValueError(f"no rule for {name}; the tape knows {', '.join(self._known)}")
        for place, X in enumerate(arguments, start=1):
            if isinstance(X, Variable):
                if X.tape is not self:
                    raise ValueError(
                        f"{name}: argument {place} is a variable of another tape, and one tape must record the whole "
                        "computation. Write tape.variable(X.value) to start anew from its value"
                    )
            elif _holds_a_variable(X):
                raise ValueError(
                    f"{name}: argument {place} is a {type(X).__name__} with a variable in it; "
                    "give each variable as an argument of its own"
                )
        for setting, X in settings.items():
            if _holds_a_variable(X):
                raise ValueError(
                    f"{name}: the setting {setting} is a variable, but a rule has derivatives for positional arguments "
                    f"only. Give it as one of these, or write {setting}=X.value for a constant"
                )
        arguments = tuple(X if isinstance(X, Variable) else _kept(X) for X in arguments)
        settings = {setting: _kept(X) for setting, X in settings.items()}
        Y = function(*map(_value, arguments), **settings)
        if isinstance(Y, tuple):
            raise ValueError(
                f"{name} returned {len(Y)} results, but a tape records functions with one result"
            )
        result = self.variable(Y)
        self._steps.append(Step(self._rules[function], arguments, settings, result))
        return result

    def gradients(self, J: Variable, variables: Iterable[Variable]) -> list[Array]:
        r"""Read the tape backwards: $\partial J / \partial X$ for each of the variables.

        Parameters
        ----------
        J : Variable
            One number.
        variables : sequence of Variable
            What to differentiate with respect to.

        Returns
        -------
        gradients : list of arrays
            Each of its variable's shape; zeros where J does not depend on it.

        Raises
        ------
        ValueError
            If J is not a scalar, or one of the variables is not a variable of this tape; if a rule returns
            anything but a tuple with one cotangent per argument, each of its argument's shape.
        """
        if isinstance(variables, Variable):
            raise ValueError("gradients(J, X): write a list also for one variable, gradients(J, [X])")
        variables = list(variables)
        named = [("J", J), *((f"variables[{i}]", X) for i, X in enumerate(variables))]
        for name, X in named:
            if not (isinstance(X, Variable) and X.tape is self):
                what = (
                    "a variable of another tape" if isinstance(X, Variable) else f"of type {type(X).__name__}"
                )
                raise ValueError(
                    f"gradients(J, variables): all must be variables of this tape, but {name} is {what}"
                )
        if J.value.shape != ():
            raise ValueError(f"gradients(J, variables): J must be one number, but has shape {J.value.shape}")
        bars: dict[Variable, Array] = {J: _kept(np.ones_like(J.value))}
        for step in reversed(self._steps):
            if step.result not in bars:
                continue  # J does not depend on this step
            Y_bar, Y = bars[step.result], step.result.value
            cotangents = step.rule.vjp(Y_bar, Y, *map(_value, step.arguments), **step.settings)
            _check_cotangents(step, cotangents)
            for X, X_bar in zip(step.arguments, cotangents, strict=True):
                if isinstance(X, Variable) and X_bar is not None:
                    bars[X] = _kept(np.asarray(bars[X] + X_bar if X in bars else X_bar))
        return [np.array(bars.get(X, np.zeros_like(X.value))) for X in variables]


def _check_cotangents(step: Step, cotangents: object) -> None:
    """Raise ValueError if what a rule returned would be paired with the wrong arguments, or would broadcast."""
    name, count = step.rule.vjp.__name__, len(step.arguments)
    if not isinstance(cotangents, tuple) or len(cotangents) != count:
        got = f"{len(cotangents)} entries" if isinstance(cotangents, tuple) else type(cotangents).__name__
        raise ValueError(
            f"{name} must return a tuple with one cotangent per argument of {step.rule.name}, {count} in all; got {got}"
        )
    for place, (X, X_bar) in enumerate(zip(step.arguments, cotangents, strict=True), start=1):
        if isinstance(X, Variable) and X_bar is not None and np.shape(X_bar) != X.value.shape:
            raise ValueError(
                f"{name}: cotangent {place} must have the shape of its argument, {X.value.shape}, "
                f"but has {np.shape(X_bar)}"
            )


def _kept(value: Kept) -> Kept:
    """Return a copy; that of an array cannot be written to."""
    kept = deepcopy(value)
    if isinstance(kept, np.ndarray):
        kept.flags.writeable = False
    return kept


def _value(X: object) -> object:
    return X.value if isinstance(X, Variable) else X


def _holds_a_variable(X: object) -> bool:
    if isinstance(X, list | tuple):
        return any(map(_holds_a_variable, X))
    return isinstance(X, Variable)
