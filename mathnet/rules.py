r"""The table of rules: every function of the library that can be differentiated, and its rule.

One literal tuple holds them all. The tests, the page "Table of rules" and
[`Tape`][mathnet.Tape] read it; nothing is registered by hand anywhere else.

Every rule has the same signature, `f_vjp(Y_bar, Y, *args, **settings)`, and returns one cotangent
per positional argument: an array of the argument's shape, or `None` for an argument of integers.

The rule that goes forward, `f_jvp(*dots, Y, *args, **settings)`, takes one tangent per argument, `None` for one of integers,
and returns the tangent of the result: `matmul_jvp(A_dot, B_dot, Y, A, B)`.
"""

import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mathnet.arithmetic import add, divide, maximum, minimum, multiply, power, subtract
from mathnet.attention import scaled_dot_product_attention
from mathnet.dense import affine, swiglu
from mathnet.elementwise import (
    clip,
    dropout,
    elu,
    exp,
    expm1,
    gelu_tanh,
    hard_sigmoid,
    hardswish,
    identity,
    leaky_relu,
    log,
    log1p,
    mish,
    relu,
    sigmoid,
    silu,
    softplus,
    sqrt,
    square,
    tanh,
)
from mathnet.indexing import embedding, take_along_axis
from mathnet.losses import (
    binary_cross_entropy_with_logits,
    cross_entropy,
    cross_entropy_with_labels,
    gaussian_nll,
    half_squared_error,
    hinge,
    huber,
    info_nce,
)
from mathnet.normalisation import batch_norm, batch_norm_inference, group_norm, layer_norm, rms_norm
from mathnet.products import dot, hadamard, matmul, outer
from mathnet.reductions import (
    cumsum,
    log_softmax,
    logsumexp,
    max,
    mean,
    min,
    norm,
    prod,
    softmax,
    std,
    sum,
    var,
)
from mathnet.shapes import Array, Integers

Result = ArrayLike | tuple[ArrayLike, ...]
"""What a function may return: an array, a number, or a tuple of several."""


Example = Callable[[np.random.Generator], tuple[NDArray[Any], ...]]
"""What draws the arguments that a rule is tried on."""


class Rule(NamedTuple):
    r"""A function, its vector-Jacobian product, arguments to try both on, and its Jacobian-vector product.

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
    jvp : function
        $(\dot X_1, \dot X_2, \dots) \mapsto \dot Y$, called as `jvp(*dots, Y, *args)`. May be left out: nothing that
        goes backwards needs it.

    Examples
    --------
    >>> RULES[0].name, RULES[0].formula
    ('matmul', '$\\bar A = \\bar Y B^{\\mathsf T}$, $\\bar B = A^{\\mathsf T} \\bar Y$')
    """

    forward: Callable[..., Result]
    vjp: Callable[..., tuple[ArrayLike | None, ...]]
    example: Example | None = None
    jvp: Callable[..., Result] | None = None

    @property
    def name(self) -> str:
        """The name of the forward function."""
        return self.forward.__name__

    @property
    def formula(self) -> str:
        """The rule in one line of LaTeX: the first line of its docstring."""
        return (self.vjp.__doc__ or "").partition("\n")[0].removesuffix(".")


def rule(forward: Callable[..., Result], example: Example) -> Rule:
    """Return the rule of a function whose vjp and jvp stand below it, in its module."""
    module = sys.modules[forward.__module__]
    name = forward.__name__
    return Rule(forward, getattr(module, f"{name}_vjp"), example, getattr(module, f"{name}_jvp"))


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


def draws(*shapes: tuple[int, ...]) -> Example:
    """Return an example: one array of `sixteenths` per shape."""
    return lambda rng: tuple(sixteenths(rng, *shape) for shape in shapes)


def without_ties(rng: np.random.Generator) -> tuple[Array]:
    """Return an example for a maximum: odd multiples of 1/16, all of them different."""
    return ((rng.permutation(6).reshape(2, 3) - 4) / 8 + 1 / 16,)


def unequal(first: tuple[int, ...], second: tuple[int, ...]) -> Example:
    """Return an example for the larger of two: odd multiples of 1/16 beside odd multiples of 1/32, which are never equal."""
    return lambda rng: (sixteenths(rng, *first), sixteenths(rng, *second) / 2)


def positive(rng: np.random.Generator) -> tuple[Array]:
    """Return an example for a function of positive numbers: odd multiples of 1/16."""
    return (np.abs(sixteenths(rng, 2, 3)),)


def above_minus_one(rng: np.random.Generator) -> tuple[Array]:
    """Return an example for a function of numbers above -1: odd multiples of 1/32."""
    return (sixteenths(rng, 2, 3) / 2,)


def positive_bases(rng: np.random.Generator) -> tuple[Array, Array]:
    """Return an example for powers: the bases are positive, and not so small that the power is steep."""
    A, B = draws((2, 3), (3,))(rng)
    return np.abs(A) + 0.5, B


def across_three(rng: np.random.Generator) -> tuple[Array]:
    """Return an example for a function with kinks at -3 and 3: at least one entry on each side of both."""
    return (rng.permutation(np.append([-3.5, 0.25, 3.5], sixteenths(rng, 3))).reshape(2, 3),)


def fixed_statistics(rng: np.random.Generator) -> tuple[Array, ...]:
    """Return an example for batch normalisation in use: the variance is positive."""
    *others, variance = draws((4, 3), (3,), (1, 3), (3,), (3,))(rng)
    return *others, np.abs(variance)


def logits_and_targets(rng: np.random.Generator) -> tuple[Array, Array]:
    """Return an example for a loss whose targets must sum to one in each row."""
    T = sixteenths(rng, 2, 3)
    T[:, 0] = 1 - np.sum(T[:, 1:], axis=1)
    return sixteenths(rng, 2, 3), T


def logits_and_labels(rng: np.random.Generator) -> tuple[Array, Integers]:
    """Return an example for a loss whose targets are the numbers of four classes."""
    return sixteenths(rng, 2, 4), rng.integers(0, 4, 2)


def vectors_and_temperature(rng: np.random.Generator) -> tuple[Array, ...]:
    """Return an example for a contrastive loss: three vectors beside three, and a temperature that is not small."""
    X, Y, tau = draws((3, 2), (3, 2), ())(rng)
    return X, Y, np.abs(tau) + 0.5


def table_and_ids(rng: np.random.Generator) -> tuple[Array, Integers]:
    """Return an example for a lookup of rows: five of four, so one of them twice."""
    return sixteenths(rng, 4, 3), rng.integers(0, 4, 5)


def array_and_places(rng: np.random.Generator) -> tuple[Array, Integers]:
    """Return an example for a lookup along an axis: four places of three, so one of them twice."""
    return sixteenths(rng, 2, 3), rng.integers(0, 3, (2, 4))


# All axes of an example differ in size, so that a lost transpose or a sum over the wrong axis shows.
RULES = (
    rule(matmul, draws((2, 3), (3, 4))),
    rule(dot, draws((3,), (3,))),
    rule(hadamard, draws((2, 3), (2, 3))),
    rule(outer, draws((2,), (3,))),
    rule(add, draws((2, 3), (3,))),
    rule(subtract, draws((2, 3), (3,))),
    rule(multiply, draws((2, 3), (3,))),
    rule(divide, draws((2, 3), (3,))),
    rule(power, positive_bases),
    rule(maximum, unequal((2, 3), (3,))),
    rule(minimum, unequal((2, 3), (3,))),
    rule(identity, draws((2, 3))),
    rule(sigmoid, draws((2, 3))),
    rule(tanh, draws((2, 3))),
    rule(relu, draws((2, 3))),
    rule(softplus, draws((2, 3))),
    rule(silu, draws((2, 3))),
    rule(leaky_relu, draws((2, 3))),
    rule(elu, draws((2, 3))),
    rule(mish, draws((2, 3))),
    rule(hard_sigmoid, across_three),
    rule(hardswish, across_three),
    rule(gelu_tanh, draws((2, 3))),
    rule(exp, draws((2, 3))),
    rule(expm1, draws((2, 3))),
    rule(log, positive),
    rule(log1p, above_minus_one),
    rule(sqrt, positive),
    rule(square, draws((2, 3))),
    rule(clip, draws((2, 3))),
    rule(dropout, draws((2, 3))),
    rule(affine, draws((2, 3), (3, 4), (1, 4))),
    rule(swiglu, draws((5, 2), (2, 3), (2, 3), (3, 4))),
    rule(softmax, draws((2, 3))),
    rule(log_softmax, draws((2, 3))),
    rule(logsumexp, draws((2, 3))),
    rule(sum, draws((2, 3))),
    rule(mean, draws((2, 3))),
    rule(var, draws((2, 3))),
    rule(max, without_ties),
    rule(min, without_ties),
    rule(std, without_ties),
    rule(norm, draws((2, 3))),
    rule(prod, draws((2, 3))),
    rule(cumsum, draws((2, 3))),
    rule(layer_norm, draws((4, 3), (3,), (3,))),
    rule(rms_norm, draws((2, 3), (3,))),
    rule(batch_norm, draws((5, 4), (4,), (4,))),
    rule(batch_norm_inference, fixed_statistics),
    rule(group_norm, draws((5, 6), (6,), (6,))),
    rule(scaled_dot_product_attention, draws((2, 3), (4, 3), (4, 5))),
    rule(half_squared_error, draws((2, 3), (2, 3))),
    rule(cross_entropy, logits_and_targets),
    rule(binary_cross_entropy_with_logits, draws((2, 3), (2, 3))),
    rule(cross_entropy_with_labels, logits_and_labels),
    rule(huber, draws((4, 3), (4, 3))),
    rule(hinge, draws((2, 3), (2, 3))),
    rule(gaussian_nll, draws((2, 3), (2, 3), (2, 3))),
    rule(info_nce, vectors_and_temperature),
    rule(embedding, table_and_ids),
    rule(take_along_axis, array_and_places),
)
"""Every rule of the library."""
