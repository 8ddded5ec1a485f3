"""mathnet: the mathematics behind backpropagation, one product at a time.

Read the chapters in this order. *Shapes* gives every axis a name. *Products* keeps the matrix, dot,
Hadamard and outer product apart. *Arithmetic* broadcasts. *Elementwise*, *dense*, *reductions*, *indexing*,
*normalisation*, *attention* and *losses* are what a layer is made of. *Network* puts them together and trains; *optimisers* take other steps than the plain one.
*Rules* lists every derivative of the book in one table, *gradcheck* tests each of them by independent differentiation, *backward* does
so for a kernel of your own and names the likely cause of a mistake, and *tape* turns the table
into reverse-mode differentiation: a list that is read backwards.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

# Each chapter is imported when one of its names is asked for: derivations are checked without NumPy, in a browser too.
_CHAPTERS = {
    "shapes": ["Array", "ShapeError", "check_shapes"],
    "products": [
        "matmul", "matmul_vjp", "matmul_jvp",
        "dot", "dot_vjp", "dot_jvp",
        "hadamard", "hadamard_vjp", "hadamard_jvp",
        "outer", "outer_vjp", "outer_jvp",
    ],
    "arithmetic": [
        "unbroadcast",
        "add", "add_vjp", "add_jvp",
        "subtract", "subtract_vjp", "subtract_jvp",
        "multiply", "multiply_vjp", "multiply_jvp",
        "divide", "divide_vjp", "divide_jvp",
        "maximum", "maximum_vjp", "maximum_jvp",
        "minimum", "minimum_vjp", "minimum_jvp",
        "power", "power_vjp", "power_jvp",
    ],
    "elementwise": [
        "identity", "identity_prime", "identity_vjp", "identity_jvp",
        "sigmoid", "sigmoid_prime", "sigmoid_vjp", "sigmoid_jvp",
        "tanh", "tanh_prime", "tanh_vjp", "tanh_jvp",
        "relu", "relu_prime", "relu_vjp", "relu_jvp",
        "softplus", "softplus_prime", "softplus_vjp", "softplus_jvp",
        "silu", "silu_prime", "silu_vjp", "silu_jvp",
        "leaky_relu", "leaky_relu_prime", "leaky_relu_vjp", "leaky_relu_jvp",
        "elu", "elu_prime", "elu_vjp", "elu_jvp",
        "exp", "exp_vjp", "exp_jvp",
        "expm1", "expm1_vjp", "expm1_jvp",
        "log", "log_vjp", "log_jvp",
        "log1p", "log1p_vjp", "log1p_jvp",
        "sqrt", "sqrt_vjp", "sqrt_jvp",
        "square", "square_vjp", "square_jvp",
        "clip", "clip_vjp", "clip_jvp",
        "dropout", "dropout_vjp", "dropout_jvp",
        "mish", "mish_prime", "mish_vjp", "mish_jvp",
        "hard_sigmoid", "hard_sigmoid_prime", "hard_sigmoid_vjp", "hard_sigmoid_jvp",
        "hardswish", "hardswish_prime", "hardswish_vjp", "hardswish_jvp",
        "gelu_tanh", "gelu_tanh_prime", "gelu_tanh_vjp", "gelu_tanh_jvp",
    ],
    "dense": [
        "affine", "affine_vjp", "affine_jvp",
        "swiglu", "swiglu_vjp", "swiglu_jvp",
    ],
    "reductions": [
        "softmax", "softmax_vjp", "softmax_jvp",
        "log_softmax", "log_softmax_vjp", "log_softmax_jvp",
        "logsumexp", "logsumexp_vjp", "logsumexp_jvp",
        "sum", "sum_vjp", "sum_jvp",
        "mean", "mean_vjp", "mean_jvp",
        "var", "var_vjp", "var_jvp",
        "max", "max_vjp", "max_jvp",
        "min", "min_vjp", "min_jvp",
        "prod", "prod_vjp", "prod_jvp",
        "std", "std_vjp", "std_jvp",
        "norm", "norm_vjp", "norm_jvp",
        "cumsum", "cumsum_vjp", "cumsum_jvp",
    ],
    "indexing": [
        "embedding", "embedding_vjp", "embedding_jvp",
        "take_along_axis", "take_along_axis_vjp", "take_along_axis_jvp",
    ],
    "normalisation": [
        "layer_norm", "layer_norm_vjp", "layer_norm_jvp",
        "rms_norm", "rms_norm_vjp", "rms_norm_jvp",
        "batch_norm", "batch_norm_vjp", "batch_norm_jvp",
        "batch_norm_inference", "batch_norm_inference_vjp", "batch_norm_inference_jvp",
        "group_norm", "group_norm_vjp", "group_norm_jvp",
    ],
    "attention": [
        "scaled_dot_product_attention", "scaled_dot_product_attention_vjp", "scaled_dot_product_attention_jvp",
    ],
    "losses": [
        "half_squared_error", "half_squared_error_vjp", "half_squared_error_jvp",
        "cross_entropy", "cross_entropy_vjp", "cross_entropy_jvp",
        "binary_cross_entropy_with_logits", "binary_cross_entropy_with_logits_vjp", "binary_cross_entropy_with_logits_jvp",
        "cross_entropy_with_labels", "cross_entropy_with_labels_vjp", "cross_entropy_with_labels_jvp",
        "huber", "huber_vjp", "huber_jvp",
        "hinge", "hinge_vjp", "hinge_jvp",
        "gaussian_nll", "gaussian_nll_vjp", "gaussian_nll_jvp",
        "info_nce", "info_nce_vjp", "info_nce_jvp",
    ],
    "network": ["Network"],
    "optimisers": ["sgd", "adam", "clipped", "cosine", "warmup"],
    "rules": ["Rule", "RULES"],
    "gradcheck": [
        "GradientCheckError", "Measured", "vjp_error",
        "exact_jacobians", "complex_step_jacobians", "central_difference_jacobians",
    ],
    "backward": ["check_vjp", "Report"],
    "tape": ["Tape", "Variable"],
}  # fmt: skip
__all__ = [name for names in _CHAPTERS.values() for name in names]

if TYPE_CHECKING:  # the same, for tools that read the code without running it
    from mathnet.shapes import Array, ShapeError, check_shapes
    from mathnet.products import (
        matmul, matmul_vjp, matmul_jvp,
        dot, dot_vjp, dot_jvp,
        hadamard, hadamard_vjp, hadamard_jvp,
        outer, outer_vjp, outer_jvp,
    )  # fmt: skip
    from mathnet.arithmetic import (
        unbroadcast,
        add, add_vjp, add_jvp,
        subtract, subtract_vjp, subtract_jvp,
        multiply, multiply_vjp, multiply_jvp,
        divide, divide_vjp, divide_jvp,
        maximum, maximum_vjp, maximum_jvp,
        minimum, minimum_vjp, minimum_jvp,
        power, power_vjp, power_jvp,
    )  # fmt: skip
    from mathnet.elementwise import (
        identity, identity_prime, identity_vjp, identity_jvp,
        sigmoid, sigmoid_prime, sigmoid_vjp, sigmoid_jvp,
        tanh, tanh_prime, tanh_vjp, tanh_jvp,
        relu, relu_prime, relu_vjp, relu_jvp,
        softplus, softplus_prime, softplus_vjp, softplus_jvp,
        silu, silu_prime, silu_vjp, silu_jvp,
        leaky_relu, leaky_relu_prime, leaky_relu_vjp, leaky_relu_jvp,
        elu, elu_prime, elu_vjp, elu_jvp,
        exp, exp_vjp, exp_jvp,
        expm1, expm1_vjp, expm1_jvp,
        log, log_vjp, log_jvp,
        log1p, log1p_vjp, log1p_jvp,
        sqrt, sqrt_vjp, sqrt_jvp,
        square, square_vjp, square_jvp,
        clip, clip_vjp, clip_jvp,
        dropout, dropout_vjp, dropout_jvp,
        mish, mish_prime, mish_vjp, mish_jvp,
        hard_sigmoid, hard_sigmoid_prime, hard_sigmoid_vjp, hard_sigmoid_jvp,
        hardswish, hardswish_prime, hardswish_vjp, hardswish_jvp,
        gelu_tanh, gelu_tanh_prime, gelu_tanh_vjp, gelu_tanh_jvp,
    )  # fmt: skip
    from mathnet.dense import (
        affine, affine_vjp, affine_jvp,
        swiglu, swiglu_vjp, swiglu_jvp,
    )  # fmt: skip
    from mathnet.reductions import (
        softmax, softmax_vjp, softmax_jvp,
        log_softmax, log_softmax_vjp, log_softmax_jvp,
        logsumexp, logsumexp_vjp, logsumexp_jvp,
        sum, sum_vjp, sum_jvp,
        mean, mean_vjp, mean_jvp,
        var, var_vjp, var_jvp,
        max, max_vjp, max_jvp,
        min, min_vjp, min_jvp,
        prod, prod_vjp, prod_jvp,
        std, std_vjp, std_jvp,
        norm, norm_vjp, norm_jvp,
        cumsum, cumsum_vjp, cumsum_jvp,
    )  # fmt: skip
    from mathnet.indexing import (
        embedding, embedding_vjp, embedding_jvp,
        take_along_axis, take_along_axis_vjp, take_along_axis_jvp,
    )  # fmt: skip
    from mathnet.normalisation import (
        layer_norm, layer_norm_vjp, layer_norm_jvp,
        rms_norm, rms_norm_vjp, rms_norm_jvp,
        batch_norm, batch_norm_vjp, batch_norm_jvp,
        batch_norm_inference, batch_norm_inference_vjp, batch_norm_inference_jvp,
        group_norm, group_norm_vjp, group_norm_jvp,
    )  # fmt: skip
    from mathnet.attention import (
        scaled_dot_product_attention, scaled_dot_product_attention_vjp, scaled_dot_product_attention_jvp,
    )  # fmt: skip
    from mathnet.losses import (
        half_squared_error, half_squared_error_vjp, half_squared_error_jvp,
        cross_entropy, cross_entropy_vjp, cross_entropy_jvp,
        binary_cross_entropy_with_logits, binary_cross_entropy_with_logits_vjp, binary_cross_entropy_with_logits_jvp,
        cross_entropy_with_labels, cross_entropy_with_labels_vjp, cross_entropy_with_labels_jvp,
        huber, huber_vjp, huber_jvp,
        hinge, hinge_vjp, hinge_jvp,
        gaussian_nll, gaussian_nll_vjp, gaussian_nll_jvp,
        info_nce, info_nce_vjp, info_nce_jvp,
    )  # fmt: skip
    from mathnet.network import Network
    from mathnet.optimisers import sgd, adam, clipped, cosine, warmup
    from mathnet.rules import Rule, RULES
    from mathnet.gradcheck import (
        GradientCheckError, Measured, vjp_error,
        exact_jacobians, complex_step_jacobians, central_difference_jacobians,
    )  # fmt: skip
    from mathnet.backward import check_vjp, Report
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
