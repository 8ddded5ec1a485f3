"""mathnet: the mathematics behind backpropagation, one product at a time.

Read the chapters in this order. *Shapes* gives every axis a name. *Products* keeps the matrix, dot,
Hadamard and outer product apart. *Elementwise*, *dense*, *reductions* and *losses* are what a layer
is made of. *Network* puts them together and trains. *Rules* lists every derivative of the book in
one table, *gradcheck* tests each of them by independent differentiation, and *tape* turns the table
into reverse-mode differentiation: a list that is read backwards.
"""

from typing import TYPE_CHECKING

from mathnet.shapes import Array, ShapeError, check_shapes
from mathnet.products import matmul, matmul_vjp, dot, dot_vjp, hadamard, hadamard_vjp, outer, outer_vjp
from mathnet.elementwise import (
    identity, identity_prime, identity_vjp,
    sigmoid, sigmoid_prime, sigmoid_vjp,
    tanh, tanh_prime, tanh_vjp,
    relu, relu_prime, relu_vjp,
    softplus, softplus_prime, softplus_vjp,
)  # fmt: skip
from mathnet.dense import affine, affine_vjp
from mathnet.reductions import softmax, softmax_vjp
from mathnet.losses import half_squared_error, half_squared_error_vjp, cross_entropy, cross_entropy_vjp
from mathnet.network import Network
from mathnet.rules import Rule, RULES

if TYPE_CHECKING:  # see __getattr__
    from mathnet.gradcheck import (
        GradientCheckError, Measured, vjp_error,
        exact_jacobians, complex_step_jacobians, central_difference_jacobians,
    )  # fmt: skip
from mathnet.tape import Tape, Variable

__version__ = "0.1.0"

__all__ = [
    "Array", "ShapeError", "check_shapes",
    "matmul", "matmul_vjp", "dot", "dot_vjp", "hadamard", "hadamard_vjp", "outer", "outer_vjp",
    "identity", "identity_prime", "identity_vjp",
    "sigmoid", "sigmoid_prime", "sigmoid_vjp",
    "tanh", "tanh_prime", "tanh_vjp",
    "relu", "relu_prime", "relu_vjp",
    "softplus", "softplus_prime", "softplus_vjp",
    "affine", "affine_vjp",
    "softmax", "softmax_vjp",
    "half_squared_error", "half_squared_error_vjp", "cross_entropy", "cross_entropy_vjp",
    "Network",
    "Rule", "RULES",
    "GradientCheckError", "Measured", "vjp_error",
    "exact_jacobians", "complex_step_jacobians", "central_difference_jacobians",
    "Tape", "Variable",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """Import gradcheck when it is asked for: its exact arithmetic takes longer to import than NumPy."""
    if name in __all__:
        from mathnet import gradcheck

        return getattr(gradcheck, name)
    raise AttributeError(f"module 'mathnet' has no attribute {name!r}")
