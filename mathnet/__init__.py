"""mathnet: the mathematics behind backpropagation, one product at a time.

Read the chapters in this order. *Shapes* gives every axis a name. *Products* keeps the matrix, dot,
Hadamard and outer product apart. *Elementwise*, *dense*, *reductions* and *losses* are what a layer
is made of. *Network* puts them together and trains. *Rules* lists every derivative of the book in
one table, *gradcheck* tests each of them by independent differentiation, and *tape* turns the table
into reverse-mode differentiation: a list that is read backwards.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

# Each chapter is imported when one of its names is asked for: derivations are checked without NumPy, in a browser too.
_CHAPTERS = {
    "shapes": ["Array", "ShapeError", "check_shapes"],
    "products": ["matmul", "matmul_vjp", "dot", "dot_vjp", "hadamard", "hadamard_vjp", "outer", "outer_vjp"],
    "elementwise": [
        "identity", "identity_prime", "identity_vjp",
        "sigmoid", "sigmoid_prime", "sigmoid_vjp",
        "tanh", "tanh_prime", "tanh_vjp",
        "relu", "relu_prime", "relu_vjp",
        "softplus", "softplus_prime", "softplus_vjp",
    ],
    "dense": ["affine", "affine_vjp"],
    "reductions": ["softmax", "softmax_vjp"],
    "losses": ["half_squared_error", "half_squared_error_vjp", "cross_entropy", "cross_entropy_vjp"],
    "network": ["Network"],
    "rules": ["Rule", "RULES"],
    "gradcheck": [
        "GradientCheckError", "Measured", "vjp_error",
        "exact_jacobians", "complex_step_jacobians", "central_difference_jacobians",
    ],
    "tape": ["Tape", "Variable"],
}  # fmt: skip
__all__ = [name for names in _CHAPTERS.values() for name in names]

if TYPE_CHECKING:  # the same, for tools that read the code without running it
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
    from mathnet.gradcheck import (
        GradientCheckError, Measured, vjp_error,
        exact_jacobians, complex_step_jacobians, central_difference_jacobians,
    )  # fmt: skip
    from mathnet.tape import Tape, Variable


def __getattr__(name: str) -> object:
    for chapter, names in _CHAPTERS.items():
        if name == chapter or name in names:
            module = import_module(f"mathnet.{chapter}")
            found: object = module if name == chapter else getattr(module, name)
            globals()[name] = found  # the next time Python finds it without asking here
            return found
    raise AttributeError(f"module 'mathnet' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_CHAPTERS, *__all__})
