r"""Reverse mode is a list, read backwards.

While a computation runs, a tape writes down every step: which function, which arguments, which
result. The chain rule then walks the list from its end to its beginning. At each step the cotangent
of the result is known, and the rule turns it into cotangents of the arguments; a value that was used
twice receives two of them, and they add. That is all of backpropagation, for any computation made of
functions that have a rule.

There is no recursion, so a chain of any length works; and nothing is stored on the values, so asking
twice gives the same answer twice.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from mathnet.rules import RULES, Rule
from mathnet.shapes import Array


class Variable(NamedTuple):
    """A value on a tape, made by [`Tape.variable`][mathnet.tape.Tape.variable] or [`Tape.apply`][mathnet.tape.Tape.apply].

    Two variables are the same variable if they have the same place on the same tape.
    """

    value: Array
    place: int
    tape: "Tape"


class Step(NamedTuple):
    """One application of a function: its rule, what it was given, and what came out."""

    rule: Rule
    arguments: tuple["Variable | Array", ...]
    settings: dict
    result: Variable


class Tape:
    r"""A list of the steps of a computation.

    Parameters
    ----------
    rules : sequence of Rule
        The functions that the tape can record: those of the book, unless told otherwise.

    Examples
    --------
    The layer and the loss of the [seed question][backpropagation-is-four-products], and the two
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
        self._steps: list[Step] = []
        self._length = 0

    def variable(self, value: Array) -> Variable:
        """Put a value on the tape, to differentiate with respect to it."""
        self._length += 1
        return Variable(np.asarray(value), self._length - 1, self)

    def apply(self, function: Callable, *arguments: "Variable | Array", **settings) -> Variable:
        """Call a function on variables and constants, and write the step down.

        Raises
        ------
        ValueError
            If the function has no rule, or a variable is from another tape.
        """
        if function not in self._rules:
            name = getattr(function, "__name__", repr(function))
            known = ", ".join(rule.name for rule in self._rules.values())
            raise ValueError(f"no rule for {name}; the tape knows {known}")
        if any(isinstance(X, Variable) and X.tape is not self for X in arguments):
            raise ValueError(f"{function.__name__}: an argument is a variable of another tape")
        result = self.variable(function(*map(_value, arguments), **settings))
        self._steps.append(Step(self._rules[function], arguments, settings, result))
        return result

    def gradients(self, J: Variable, variables: Sequence[Variable]) -> list[Array]:
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
            If J is not a scalar, or one of the variables is not a variable of this tape.
        """
        if not all(isinstance(X, Variable) and X.tape is self for X in (J, *variables)):
            raise ValueError("gradients(J, variables): J and all variables must be variables of this tape")
        if np.shape(J.value) != ():
            raise ValueError(f"gradients(J, variables): J must be one number, but has shape {J.value.shape}")
        bars = {J.place: np.ones_like(J.value)}
        for step in reversed(self._steps):
            if step.result.place not in bars:
                continue  # J does not depend on this step
            Y_bar, Y = bars[step.result.place], step.result.value
            cotangents = step.rule.vjp(Y_bar, Y, *map(_value, step.arguments), **step.settings)
            for X, X_bar in zip(step.arguments, cotangents, strict=True):
                if isinstance(X, Variable) and X_bar is not None:
                    bars[X.place] = bars[X.place] + X_bar if X.place in bars else X_bar
        return [np.array(bars.get(X.place, np.zeros_like(X.value))) for X in variables]


def _value(X: "Variable | Array") -> Array:
    return X.value if isinstance(X, Variable) else X
