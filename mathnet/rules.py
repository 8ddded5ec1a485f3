r"""The table of rules: every function of the library that can be differentiated, and its rule.

One literal tuple holds them all. The tests, the page "Table of rules" and
[`Tape`][mathnet.Tape] read it; nothing is registered by hand anywhere else.

Every rule has the same signature, `f_vjp(Y_bar, Y, *args, **settings)`, and returns one cotangent
per positional argument: an array of the argument's shape, or `None` for an argument of integers.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from mathnet.dense import affine, affine_vjp
from mathnet.elementwise import (
    identity,
    identity_vjp,
    relu,
    relu_vjp,
    sigmoid,
    sigmoid_vjp,
    softplus,
    softplus_vjp,
    tanh,
    tanh_vjp,
)
from mathnet.losses import cross_entropy, cross_entropy_vjp, half_squared_error, half_squared_error_vjp
from mathnet.products import dot, dot_vjp, hadamard, hadamard_vjp, matmul, matmul_vjp, outer, outer_vjp
from mathnet.reductions import softmax, softmax_vjp
from mathnet.shapes import Array

Result = ArrayLike | tuple[ArrayLike, ...]
"""What a function may return: an array, a number, or a tuple of several."""


class Rule(NamedTuple):
    r"""A function, its vector-Jacobian product, and arguments to try both on.

    Attributes
    ----------
    forward : function
        $Y = F(X_1, X_2, \dots)$; a tuple of arrays if there are several results.
    vjp : function
        $\bar Y \mapsto (\bar X_1, \bar X_2, \dots)$, called as `vjp(Y_bar, Y, *args)`; `Y_bar` and `Y` are
        tuples if `forward` returns one.
    example : function
        Takes a NumPy random generator and returns a tuple of arguments on which the rule holds. Every
        rule of `RULES` has one.

    Examples
    --------
    >>> RULES[0].name, RULES[0].formula
    ('matmul', '$\\bar A = \\bar Y B^{\\mathsf T}$, $\\bar B = A^{\\mathsf T} \\bar Y$')
    """

    forward: Callable[..., Result]
    vjp: Callable[..., tuple[ArrayLike | None, ...]]
    example: Callable[[np.random.Generator], tuple[Array, ...]] | None = None

    @property
    def name(self) -> str:
        """The name of the forward function."""
        return self.forward.__name__

    @property
    def formula(self) -> str:
        """The rule in one line of LaTeX: the first line of its docstring."""
        return (self.vjp.__doc__ or "").partition("\n")[0].removesuffix(".")


def sixteenths(rng: np.random.Generator, *shape: int) -> Array:
    """Draw odd multiples of 1/16 between -2 and 2, of both signs if there are two.

    Fractions, float64 and float32 hold such numbers exactly, so every arithmetic can be given the
    same example; none of them is 0, where relu has its kink; and a rule that takes absolute values
    shows.
    """
    X = np.asarray(rng.integers(-16, 16, size=shape) / 8 + 1 / 16)
    if X.size > 1 and abs(np.sum(np.sign(X))) == X.size:
        X.flat[0] *= -1
    return X


def draws(*shapes: tuple[int, ...]) -> Callable[[np.random.Generator], tuple[Array, ...]]:
    """Return an example: one array of `sixteenths` per shape."""
    return lambda rng: tuple(sixteenths(rng, *shape) for shape in shapes)


def logits_and_targets(rng: np.random.Generator) -> tuple[Array, Array]:
    """Return an example for a loss whose targets must sum to one in each row."""
    T = sixteenths(rng, 2, 3)
    T[:, 0] = 1 - np.sum(T[:, 1:], axis=1)
    return sixteenths(rng, 2, 3), T


# All axes of an example differ in size, so that a lost transpose or a sum over the wrong axis shows.
RULES = (
    Rule(matmul, matmul_vjp, draws((2, 3), (3, 4))),
    Rule(dot, dot_vjp, draws((3,), (3,))),
    Rule(hadamard, hadamard_vjp, draws((2, 3), (2, 3))),
    Rule(outer, outer_vjp, draws((2,), (3,))),
    Rule(identity, identity_vjp, draws((2, 3))),
    Rule(sigmoid, sigmoid_vjp, draws((2, 3))),
    Rule(tanh, tanh_vjp, draws((2, 3))),
    Rule(relu, relu_vjp, draws((2, 3))),
    Rule(softplus, softplus_vjp, draws((2, 3))),
    Rule(affine, affine_vjp, draws((2, 3), (3, 4), (1, 4))),
    Rule(softmax, softmax_vjp, draws((2, 3))),
    Rule(half_squared_error, half_squared_error_vjp, draws((2, 3), (2, 3))),
    Rule(cross_entropy, cross_entropy_vjp, logits_and_targets),
)
"""Every rule of the library."""
