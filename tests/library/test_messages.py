"""Every function of the library, given shapes that do not fit: the message, word for word."""

import inspect
import re

import numpy as np
import pytest

import mathnet
from mathnet import RULES, ShapeError, check_shapes, cross_entropy, cross_entropy_vjp
from mathnet.shapes import Integers

ARITHMETIC = ["add", "subtract", "multiply", "divide", "power", "maximum", "minimum"]
ELEMENTWISE = [
    *("identity", "sigmoid", "tanh", "relu", "softplus", "silu", "leaky_relu", "elu"),
    *("mish", "hard_sigmoid", "hardswish", "gelu_tanh"),
    *("exp", "expm1", "log", "log1p", "sqrt", "square", "clip", "dropout"),
]
ALL_ENTRIES = ["sum", "mean", "var", "std", "max", "min", "prod", "norm"]
REDUCED = [("logsumexp", "Z", (2,), -1), *((name, "X", (), None) for name in ALL_ENTRIES)]
NORMALISED = [  # function, names and shapes of its parameters
    ("layer_norm", ["gamma", "beta"]),
    ("rms_norm", ["gamma"]),
    ("batch_norm", ["gamma", "beta"]),
    ("batch_norm_inference", ["gamma", "beta", "mean", "variance"]),
]
MESSAGES = [  # function, shapes of its arguments, message
    (
        "matmul",
        [(2, 3), (2, 3)],
        "matmul(A[... n k], B[k m]): axis k is 3 in A but 2 in B; got A (2, 3), B (2, 3)",
    ),
    (
        "matmul",
        [(3,), (3, 2)],
        "matmul(A[... n k], B[k m]): A needs at least 2 axes, but has 1; got A (3,), B (3, 2)",
    ),
    (
        "matmul",
        [(2, 3), (3,)],
        "matmul(A[... n k], B[... k m]): B needs at least 2 axes, but has 1; got A (2, 3), B (3,)",
    ),
    (
        "matmul",
        [(5, 2, 3), (4, 3, 2)],
        "matmul(A[... n k], B[... k m]): the batch is (5,) in A but (4,) in B; got A (5, 2, 3), B (4, 3, 2)",
    ),
    (
        "matmul_vjp",
        [(2, 5), (2, 4), (2, 3), (3, 4)],
        "matmul_vjp(Y_bar[... n m], Y[... n m], A[... n k], B[k m]): axis m is 5 in Y_bar but 4 in Y; "
        "got Y_bar (2, 5), Y (2, 4), A (2, 3), B (3, 4)",
    ),
    ("dot", [(3,), (4,)], "dot(a[n], b[n]): axis n is 3 in a but 4 in b; got a (3,), b (4,)"),
    ("dot", [(1, 3), (3, 1)], "dot(a[1 n], b[1 n]): axis 0 of b must be 1, but is 3; got a (1, 3), b (3, 1)"),
    ("dot", [(3, 1), (1, 3)], "dot(a[n 1], b[n 1]): axis n is 3 in a but 1 in b; got a (3, 1), b (1, 3)"),
    ("dot", [(2, 3), (2, 3)], "dot(a[n 1], b[n 1]): axis 1 of a must be 1, but is 3; got a (2, 3), b (2, 3)"),
    ("dot", [(1, 3), (3,)], "dot(a[1 n], b[1 n]): b needs 2 axes, but has 1; got a (1, 3), b (3,)"),
    ("dot", [(), (3,)], "dot(a[n], b[n]): a needs 1 axis, but has 0; got a (), b (3,)"),
    (
        "dot_vjp",
        [(1,), (), (3,), (3,)],
        "dot_vjp(y_bar[], y[], a[n], b[n]): y_bar needs 0 axes, but has 1; got y_bar (1,), y (), a (3,), b (3,)",
    ),
    (
        "hadamard",
        [(3,), (3, 1)],
        "hadamard(A[...], B[...]): the shape is (3,) in A but (3, 1) in B; got A (3,), B (3, 1)",
    ),
    (
        "hadamard_vjp",
        [(3,), (3,), (3,), (1,)],
        "hadamard_vjp(Y_bar[...], Y[...], A[...], B[...]): the shape is (3,) in Y_bar but (1,) in B; "
        "got Y_bar (3,), Y (3,), A (3,), B (1,)",
    ),
    (
        "outer",
        [(2, 3), (2,)],
        "outer(a[n 1], b[m]): axis 1 of a must be 1, but is 3; got a (2, 3), b (2,)",
    ),
    ("outer", [(2,), ()], "outer(a[n], b[m]): b needs 1 axis, but has 0; got a (2,), b ()"),
    (
        "outer_vjp",
        [(3, 2), (2, 3), (2,), (3,)],
        "outer_vjp(Y_bar[n m], Y[n m], a[n], b[m]): axis n is 3 in Y_bar but 2 in Y; "
        "got Y_bar (3, 2), Y (2, 3), a (2,), b (3,)",
    ),
    *(
        (
            f"{name}_vjp",
            [(2,), (2,), (2, 1)],
            f"{name}_vjp(Y_bar[...], Y[...], Z[...]): the shape is (2,) in Y_bar but (2, 1) in Z; "
            "got Y_bar (2,), Y (2,), Z (2, 1)",
        )
        for name in ELEMENTWISE
    ),
    *(
        (
            f"{name}_jvp",
            [(2,), (2,), (2, 1)],
            f"{name}_jvp(Z_dot[...], Y[...], Z[...]): the shape is (2,) in Z_dot but (2, 1) in Z; "
            "got Z_dot (2,), Y (2,), Z (2, 1)",
        )
        for name in ELEMENTWISE
    ),
    (
        "matmul_jvp",
        [(2, 3), (3, 5), (2, 4), (2, 3), (3, 4)],
        "matmul_jvp(A_dot[... n k], B_dot[k m], Y[... n m], A[... n k], B[k m]): axis m is 5 in B_dot but 4 in Y; "
        "got A_dot (2, 3), B_dot (3, 5), Y (2, 4), A (2, 3), B (3, 4)",
    ),
    (
        "dot_jvp",
        [(3,), (1, 3), (), (3,), (3,)],
        "dot_jvp(a_dot[n], b_dot[n], y[], a[n], b[n]): b_dot needs 1 axis, but has 2; "
        "got a_dot (3,), b_dot (1, 3), y (), a (3,), b (3,)",
    ),
    (
        "hadamard_jvp",
        [(3,), (1,), (3,), (3,), (3,)],
        "hadamard_jvp(A_dot[...], B_dot[...], Y[...], A[...], B[...]): the shape is (3,) in A_dot but (1,) in B_dot; "
        "got A_dot (3,), B_dot (1,), Y (3,), A (3,), B (3,)",
    ),
    (
        "outer_jvp",
        [(3,), (2,), (2, 3), (2,), (3,)],
        "outer_jvp(a_dot[n], b_dot[m], Y[n m], a[n], b[m]): axis n is 3 in a_dot but 2 in Y; "
        "got a_dot (3,), b_dot (2,), Y (2, 3), a (2,), b (3,)",
    ),
    (
        "affine_jvp",
        [(2, 3), (3, 5), (5,), (2, 5), (2, 3), (3, 5), (1, 5)],
        "affine_jvp(H_dot[n h], W_dot[h y], B_dot[1 y], Z[n y], H[n h], W[h y], B[1 y]): B_dot needs 2 axes, but has 1; "
        "got H_dot (2, 3), W_dot (3, 5), B_dot (5,), Z (2, 5), H (2, 3), W (3, 5), B (1, 5)",
    ),
    (
        "softmax_jvp",
        [(2, 3), (3, 3), (3, 3)],
        "softmax_jvp(Z_dot[... k], Y[... k], Z[... k]): the batch is (2,) in Z_dot but (3,) in Y; "
        "got Z_dot (2, 3), Y (3, 3), Z (3, 3)",
    ),
    (
        "half_squared_error_jvp",
        [(3, 1), (3,), (), (3, 1), (3, 1)],
        "half_squared_error_jvp(Y_dot[n y], T_dot[n y], J[], Y[n y], T[n y]): T_dot needs 2 axes, but has 1; "
        "got Y_dot (3, 1), T_dot (3,), J (), Y (3, 1), T (3, 1)",
    ),
    (
        "cross_entropy_jvp",
        [(4, 2), (4, 3), (), (4, 3), (4, 3)],
        "cross_entropy_jvp(Z_dot[n y], T_dot[n y], J[], Z[n y], T[n y]): axis y is 2 in Z_dot but 3 in T_dot; "
        "got Z_dot (4, 2), T_dot (4, 3), J (), Z (4, 3), T (4, 3)",
    ),
    *(
        (
            name,
            [(2, 3), (2,)],
            f"{name}(A, B): axis -1 is 3 in A but 2 in B; sizes must be equal, or one of them 1; got A (2, 3), B (2,)",
        )
        for name in ARITHMETIC
    ),
    *(
        (
            f"{name}_vjp",
            [(3,), (3,), (2, 3), (3,)],
            f"{name}_vjp(Y_bar, Y, A, B): Y_bar must have the shape (2, 3) of the result, but has (3,); "
            "got Y_bar (3,), Y (3,), A (2, 3), B (3,)",
        )
        for name in ARITHMETIC
    ),
    *(
        (
            f"{name}_jvp",
            [(2, 3), (1, 3), (2, 3), (2, 3), (3,)],
            f"{name}_jvp(A_dot, B_dot, Y, A, B): the shape is (1, 3) in B_dot but (3,) in B; "
            "got A_dot (2, 3), B_dot (1, 3), Y (2, 3), A (2, 3), B (3,)",
        )
        for name in ARITHMETIC
    ),
    (
        "affine",
        [(2, 3), (4, 5), (1, 5)],
        "affine(H[n h], W[h y], B[1 y]): axis h is 3 in H but 4 in W; got H (2, 3), W (4, 5), B (1, 5)",
    ),
    (
        "affine",
        [(2, 3), (3, 5), (5,)],
        "affine(H[n h], W[h y], B[1 y]): B needs 2 axes, but has 1; got H (2, 3), W (3, 5), B (5,)",
    ),
    (
        "affine",
        [(2, 3), (3, 5), (2, 5)],
        "affine(H[n h], W[h y], B[1 y]): axis 0 of B must be 1, but is 2; got H (2, 3), W (3, 5), B (2, 5)",
    ),
    (
        "affine_vjp",
        [(1, 5), (2, 5), (2, 3), (3, 5), (1, 5)],
        "affine_vjp(Z_bar[n y], Z[n y], H[n h], W[h y], B[1 y]): axis n is 1 in Z_bar but 2 in Z; "
        "got Z_bar (1, 5), Z (2, 5), H (2, 3), W (3, 5), B (1, 5)",
    ),
    ("softmax", [()], "softmax(Z[... k]): Z needs at least 1 axis, but has 0; got Z ()"),
    (
        "softmax_vjp",
        [(2, 3), (2, 3), (3, 3)],
        "softmax_vjp(Y_bar[... k], Y[... k], Z[... k]): the batch is (2,) in Y_bar but (3,) in Z; "
        "got Y_bar (2, 3), Y (2, 3), Z (3, 3)",
    ),
    ("logsumexp", [()], "logsumexp(Z[... k]): Z needs at least 1 axis, but has 0; got Z ()"),
    ("log_softmax", [()], "log_softmax(Z[... k]): Z needs at least 1 axis, but has 0; got Z ()"),
    (
        "log_softmax_vjp",
        [(2, 3), (2, 3), (3, 3)],
        "log_softmax_vjp(Y_bar[... k], Y[... k], Z[... k]): the batch is (2,) in Y_bar but (3,) in Z; "
        "got Y_bar (2, 3), Y (2, 3), Z (3, 3)",
    ),
    (
        "log_softmax_jvp",
        [(2, 3), (3, 3), (3, 3)],
        "log_softmax_jvp(Z_dot[... k], Y[... k], Z[... k]): the batch is (2,) in Z_dot but (3,) in Y; "
        "got Z_dot (2, 3), Y (3, 3), Z (3, 3)",
    ),
    *(
        (
            f"{name}_vjp",
            [(5,), (5,), (2, 3)],
            f"{name}_vjp(Y_bar, Y, {X}): Y_bar must have the shape {shape} of the result, but has (5,); "
            f"got an argument (2, 3), axis={axis}, keepdims=False",
        )
        for name, X, shape, axis in REDUCED
    ),
    *(
        (
            f"{name}_jvp",
            [(2, 3), shape, (3, 3)],
            f"{name}_jvp({X}_dot[...], {X}[...]): the shape is (2, 3) in {X}_dot but (3, 3) in {X}; "
            f"got {X}_dot (2, 3), {X} (3, 3)",
        )
        for name, X, shape, _ in REDUCED
    ),
    ("cumsum", [()], "cumsum(X): there is no axis -1 among 0 axes; got ()"),
    (
        "cumsum_vjp",
        [(2,), (2,), (2, 1)],
        "cumsum_vjp(Y_bar[...], Y[...], X[...]): the shape is (2,) in Y_bar but (2, 1) in X; "
        "got Y_bar (2,), Y (2,), X (2, 1)",
    ),
    (
        "cumsum_jvp",
        [(2,), (2,), (3,)],
        "cumsum_jvp(X_dot[...], Y[...], X[...]): the shape is (2,) in X_dot but (3,) in X; got X_dot (2,), Y (2,), X (3,)",
    ),
    *(
        (name, [(0, 3)], f"{name}(X): needs at least one entry along the axes (0, 1); got (0, 3)")
        for name in ["mean", "var", "std", "max", "min"]
    ),
    *(
        (
            name,
            [(2, 3), (2, 1, 3), *[(3,)] * (len(others) - 1)],
            f"{name}(X, {', '.join(others)}): gamma must broadcast to the shape (2, 3) of X, but has (2, 1, 3); "
            f"got X (2, 3), gamma (2, 1, 3){''.join(f', {other} (3,)' for other in others[1:])}",
        )
        for name, others in NORMALISED
    ),
    *(
        (
            f"{name}_vjp",
            [(3,), (2, 3), (2, 3), *[(3,)] * len(others)],
            f"{name}_vjp(Y_bar, Y, X, {', '.join(others)}): Y_bar must have the shape (2, 3) of X, but has (3,); "
            f"got Y_bar (3,), Y (2, 3), X (2, 3){''.join(f', {other} (3,)' for other in others)}",
        )
        for name, others in NORMALISED
    ),
    *(
        (
            f"{name}_jvp",
            [(2, 3), (1, 3), *[(3,)] * (len(others) - 1), (2, 3), (2, 3), *[(3,)] * len(others)],
            f"{name}_jvp(X_dot, {', '.join(f'{other}_dot' for other in others)}, Y, X, {', '.join(others)}): "
            "gamma_dot must have the shape (3,) of gamma, but has (1, 3); got X_dot (2, 3), gamma_dot (1, 3), "
            + "".join(f"{other}_dot (3,), " for other in others[1:])
            + "Y (2, 3), X (2, 3)"
            + "".join(f", {other} (3,)" for other in others),
        )
        for name, others in NORMALISED
    ),
    *(
        (name, [shape, (), *[()] * (len(others) - 1)], f"{name}(X, {', '.join(others)}): {problem}")
        for name, others in NORMALISED[:3]
        for shape, problem in [
            ((), f"there is no axis {0 if name == 'batch_norm' else -1} among 0 axes; got ()"),
            (
                (0, 0),
                f"needs at least one entry along the axes ({0 if name == 'batch_norm' else 1},); got (0, 0)",
            ),
        ]
    ),
    (
        "scaled_dot_product_attention",
        [(2, 3), (4, 3), (3, 5)],
        "scaled_dot_product_attention(Q[... n d], K[... m d], V[... m v]): axis m is 4 in K but 3 in V; "
        "got Q (2, 3), K (4, 3), V (3, 5)",
    ),
    (
        "scaled_dot_product_attention",
        [(2, 3), (0, 3), (0, 5)],
        "scaled_dot_product_attention(Q[... n d], K[... m d], V[... m v]): needs at least one key with one entry; got K (0, 3)",
    ),
    (
        "scaled_dot_product_attention_vjp",
        [(2, 4), (2, 5), (2, 3), (4, 3), (4, 5)],
        "scaled_dot_product_attention_vjp(Y_bar[... n v], Y[... n v], Q[... n d], K[... m d], V[... m v]): "
        "axis v is 4 in Y_bar but 5 in Y; got Y_bar (2, 4), Y (2, 5), Q (2, 3), K (4, 3), V (4, 5)",
    ),
    (
        "scaled_dot_product_attention_jvp",
        [(2, 3), (4, 2), (4, 5), (2, 5), (2, 3), (4, 3), (4, 5)],
        "scaled_dot_product_attention_jvp(Q_dot[... n d], K_dot[... m d], V_dot[... m v], Y[... n v], Q[... n d], K[... m d], V[... m v]): "
        "axis d is 3 in Q_dot but 2 in K_dot; "
        "got Q_dot (2, 3), K_dot (4, 2), V_dot (4, 5), Y (2, 5), Q (2, 3), K (4, 3), V (4, 5)",
    ),
    (
        "half_squared_error",
        [(3, 1), (3,)],
        "half_squared_error(Y[n y], T[n y]): T needs 2 axes, but has 1; got Y (3, 1), T (3,)",
    ),
    (
        "half_squared_error_vjp",
        [(3,), (), (3, 1), (3, 1)],
        "half_squared_error_vjp(J_bar[], J[], Y[n y], T[n y]): J_bar needs 0 axes, but has 1; "
        "got J_bar (3,), J (), Y (3, 1), T (3, 1)",
    ),
    (
        "cross_entropy",
        [(4, 3), (4,)],
        "cross_entropy(Z[n y], T[n y]): T needs 2 axes, but has 1; got Z (4, 3), T (4,)",
    ),
    (
        "cross_entropy_vjp",
        [(), (), (4, 3), (4, 2)],
        "cross_entropy_vjp(J_bar[], J[], Z[n y], T[n y]): axis y is 3 in Z but 2 in T; "
        "got J_bar (), J (), Z (4, 3), T (4, 2)",
    ),
    (
        "cross_entropy_with_labels",
        [(4, 3), (4, 3)],
        "cross_entropy_with_labels(Z[... y], labels[...]): the shape is (4,) in Z but (4, 3) in labels; "
        "got Z (4, 3), labels (4, 3)",
    ),
    (
        "cross_entropy_with_labels_vjp",
        [(), (), (4, 3), (3,)],
        "cross_entropy_with_labels_vjp(J_bar[], J[], Z[... y], labels[...]): the shape is (4,) in Z but (3,) in labels; "
        "got J_bar (), J (), Z (4, 3), labels (3,)",
    ),
    (
        "cross_entropy_with_labels_jvp",
        [(4, 2), None, (), (4, 3), (4,)],
        "cross_entropy_with_labels_jvp(Z_dot[... y], J[], Z[... y], labels[...]): axis y is 2 in Z_dot but 3 in Z; "
        "got Z_dot (4, 2), J (), Z (4, 3), labels (4,)",
    ),
    (
        "group_norm",
        [(2, 6, 5), (6,), (3,)],
        "group_norm(X[n c ...], gamma[c], beta[c]): axis c is 6 in X but 3 in beta; got X (2, 6, 5), gamma (6,), beta (3,)",
    ),
    (
        "group_norm_vjp",
        [(2, 6), (2, 6, 5), (2, 6, 5), (6,), (6,)],
        "group_norm_vjp(Y_bar[n c ...], Y[n c ...], X[n c ...], gamma[c], beta[c]): the batch is () in Y_bar but (5,) in Y; "
        "got Y_bar (2, 6), Y (2, 6, 5), X (2, 6, 5), gamma (6,), beta (6,)",
    ),
    (
        "group_norm_jvp",
        [(2, 6), (5,), (6,), (2, 6), (2, 6), (6,), (6,)],
        "group_norm_jvp(X_dot[n c ...], gamma_dot[c], beta_dot[c], Y[n c ...], X[n c ...], gamma[c], beta[c]): "
        "axis c is 6 in X_dot but 5 in gamma_dot; got X_dot (2, 6), gamma_dot (5,), beta_dot (6,), Y (2, 6), X (2, 6), "
        "gamma (6,), beta (6,)",
    ),
    (
        "swiglu",
        [(2, 3), (3, 4), (3, 5), (4, 2)],
        "swiglu(X[... d], W[d h], V[d h], U[h y]): axis h is 4 in W but 5 in V; "
        "got X (2, 3), W (3, 4), V (3, 5), U (4, 2)",
    ),
    (
        "swiglu_vjp",
        [(2, 5), (2, 2), (2, 3), (3, 4), (3, 4), (4, 2)],
        "swiglu_vjp(Y_bar[... y], Y[... y], X[... d], W[d h], V[d h], U[h y]): axis y is 5 in Y_bar but 2 in Y; "
        "got Y_bar (2, 5), Y (2, 2), X (2, 3), W (3, 4), V (3, 4), U (4, 2)",
    ),
    (
        "swiglu_jvp",
        [(2, 3), (3, 4), (3, 4), (4, 2), (2, 2), (1, 3), (3, 4), (3, 4), (4, 2)],
        "swiglu_jvp(X_dot[... d], W_dot[d h], V_dot[d h], U_dot[h y], Y[... y], X[... d], W[d h], V[d h], U[h y]): "
        "the batch is (2,) in X_dot but (1,) in X; got X_dot (2, 3), W_dot (3, 4), V_dot (3, 4), U_dot (4, 2), Y (2, 2), "
        "X (1, 3), W (3, 4), V (3, 4), U (4, 2)",
    ),
    *(
        (
            name,
            [(4, 3), *[(3,)] * count],
            f"{signature}: the shape is (4, 3) in {first} but (3,) in {second}; got {first} (4, 3), {got}",
        )
        for name, signature, first, second, count, got in [
            ("huber", "huber(Y[...], T[...])", "Y", "T", 1, "T (3,)"),
            ("hinge", "hinge(Z[...], T[...])", "Z", "T", 1, "T (3,)"),
            ("gaussian_nll", "gaussian_nll(M[...], S[...], T[...])", "M", "S", 2, "S (3,), T (3,)"),
        ]
    ),
    *(
        (
            f"{name}_vjp",
            [(2,), (), *[(3,)] * count],
            f"{name}_vjp(J_bar[], J[], {rest}): J_bar needs 0 axes, but has 1; got J_bar (2,), J (), {got}",
        )
        for name, rest, count, got in [
            ("huber", "Y[...], T[...]", 2, "Y (3,), T (3,)"),
            ("hinge", "Z[...], T[...]", 2, "Z (3,), T (3,)"),
            ("gaussian_nll", "M[...], S[...], T[...]", 3, "M (3,), S (3,), T (3,)"),
        ]
    ),
    *(
        (
            f"{name}_jvp",
            [(2,), (3,), (), (3,), (3,)],
            f"{name}_jvp({X}_dot[...], T_dot[...], J[], {X}[...], T[...]): the shape is (2,) in {X}_dot but (3,) in T_dot; "
            f"got {X}_dot (2,), T_dot (3,), J (), {X} (3,), T (3,)",
        )
        for name, X in [("huber", "Y"), ("hinge", "Z")]
    ),
    (
        "gaussian_nll_jvp",
        [(3,), (2,), (3,), (), (3,), (3,), (3,)],
        "gaussian_nll_jvp(M_dot[...], S_dot[...], T_dot[...], J[], M[...], S[...], T[...]): the shape is (3,) in M_dot "
        "but (2,) in S_dot; got M_dot (3,), S_dot (2,), T_dot (3,), J (), M (3,), S (3,), T (3,)",
    ),
    (
        "info_nce",
        [(2, 3), (3, 3), ()],
        "info_nce(X[n d], Y[n d], tau[]): axis n is 2 in X but 3 in Y; got X (2, 3), Y (3, 3), tau ()",
    ),
    (
        "info_nce_vjp",
        [(), (), (2, 3), (2, 3), (1,)],
        "info_nce_vjp(J_bar[], J[], X[n d], Y[n d], tau[]): tau needs 0 axes, but has 1; "
        "got J_bar (), J (), X (2, 3), Y (2, 3), tau (1,)",
    ),
    (
        "info_nce_jvp",
        [(2, 3), (2, 4), (), (), (2, 3), (2, 3), ()],
        "info_nce_jvp(X_dot[n d], Y_dot[n d], tau_dot[], J[], X[n d], Y[n d], tau[]): axis d is 3 in X_dot but 4 in Y_dot; "
        "got X_dot (2, 3), Y_dot (2, 4), tau_dot (), J (), X (2, 3), Y (2, 3), tau ()",
    ),
    (
        "embedding",
        [(4,), (3,)],
        "embedding(E[v d], ids[...]): E needs 2 axes, but has 1; got E (4,), ids (3,)",
    ),
    (
        "embedding_vjp",
        [(3, 2), (3, 2), (5, 4), (3,)],
        "embedding_vjp(Y_bar[... d], Y[... d], E[v d], ids[...]): axis d is 2 in Y_bar but 4 in E; "
        "got Y_bar (3, 2), Y (3, 2), E (5, 4), ids (3,)",
    ),
    (
        "embedding_jvp",
        [(5, 4), None, (3, 4), (6, 4), (3,)],
        "embedding_jvp(E_dot[v d], Y[... d], E[v d], ids[...]): axis v is 5 in E_dot but 6 in E; "
        "got E_dot (5, 4), Y (3, 4), E (6, 4), ids (3,)",
    ),
    (
        "take_along_axis",
        [(2, 3), (4,)],
        "take_along_axis(A, places): places must have the shape (2, 3), along axis -1 that of the places and else that of A, "
        "but has (4,)",
    ),
    (
        "take_along_axis_vjp",
        [(2, 3), (2, 4), (2, 3), (2, 4)],
        "take_along_axis_vjp(Y_bar, Y, A, places): Y_bar must have the shape (2, 4), along axis -1 that of the places and else "
        "that of A, but has (2, 3)",
    ),
    (
        "take_along_axis_jvp",
        [(3, 3), None, (2, 4), (2, 3), (2, 4)],
        "take_along_axis_jvp(A_dot[...], A[...]): the shape is (3, 3) in A_dot but (2, 3) in A; got A_dot (3, 3), A (2, 3)",
    ),
    (
        "binary_cross_entropy_with_logits",
        [(4, 3), (3,)],
        "binary_cross_entropy_with_logits(Z[...], T[...]): the shape is (4, 3) in Z but (3,) in T; "
        "got Z (4, 3), T (3,)",
    ),
    (
        "binary_cross_entropy_with_logits_vjp",
        [(1,), (), (4, 3), (4, 3)],
        "binary_cross_entropy_with_logits_vjp(J_bar[], J[], Z[...], T[...]): J_bar needs 0 axes, but has 1; "
        "got J_bar (1,), J (), Z (4, 3), T (4, 3)",
    ),
    (
        "binary_cross_entropy_with_logits_jvp",
        [(4, 3), (4, 1), (), (4, 3), (4, 3)],
        "binary_cross_entropy_with_logits_jvp(Z_dot[...], T_dot[...], J[], Z[...], T[...]): "
        "the shape is (4, 3) in Z_dot but (4, 1) in T_dot; "
        "got Z_dot (4, 3), T_dot (4, 1), J (), Z (4, 3), T (4, 3)",
    ),
]


@pytest.mark.parametrize(("name", "shapes", "message"), MESSAGES)
def test_shapes_that_do_not_fit(name, shapes, message):
    parameters = inspect.signature(getattr(mathnet, name), eval_str=True).parameters.values()
    kinds = [int if parameter.annotation == Integers else float for parameter in parameters]
    args = [
        None if shape is None else np.ones(shape, kind) for shape, kind in zip(shapes, kinds, strict=False)
    ]
    with pytest.raises(ShapeError, match=f"^{re.escape(message)}$"):
        getattr(mathnet, name)(*args)


LABELS = "cross_entropy_with_labels(Z[... y], labels[...]): "
GROUPED = "group_norm(X[n c ...], gamma[c], beta[c]): "
WRONG_VALUES = [
    (
        lambda: mathnet.group_norm(np.ones((2, 6)), np.ones(6), np.ones(6), groups=4),
        GROUPED + "4 groups do not divide 6 channels; got X (2, 6)",
    ),
    (
        lambda: mathnet.group_norm(np.ones((2, 6)), np.ones(6), np.ones(6), groups=0),
        GROUPED + "groups must be a whole number, 1 or more; got 0",
    ),
    (
        lambda: mathnet.huber([1.0], [2.0], delta=0),
        "huber(Y[...], T[...]): delta must be a positive number, got 0",
    ),
    (
        lambda: mathnet.cross_entropy_with_labels(np.ones((2, 3)), [0, 3]),
        LABELS + "labels holds 3 at [1], which is no class; there are numbers from 0 to 2",
    ),
    (
        lambda: mathnet.cross_entropy_with_labels(np.ones(3), -1),
        LABELS + "labels holds -1, which is no class; there are numbers from 0 to 2",
    ),
    (
        lambda: mathnet.cross_entropy_with_labels(np.ones((2, 3)), [0, 1], weight=[1, 2]),
        LABELS + "weight must have one number for each of 3 classes, but has the shape (2,)",
    ),
    (
        lambda: mathnet.cross_entropy_with_labels(np.ones((2, 3)), [0, 1], reduction="none"),
        "unknown reduction 'none'; known are sum, mean",
    ),
    (
        lambda: mathnet.cross_entropy_with_labels(np.ones((2, 3)), [0, 1], label_smoothing=1),
        LABELS + "label_smoothing must be a number, at least 0 and below 1; got 1",
    ),
    (
        lambda: mathnet.embedding(np.ones((4, 2)), [[0, 1], [-1, 2]]),
        "embedding(E[v d], ids[...]): ids holds -1 at [1, 0], which is no row; there are numbers from 0 to 3",
    ),
    (
        lambda: mathnet.embedding(np.ones((0, 2)), [0]),
        "embedding(E[v d], ids[...]): ids holds 0 at [0], which is no row; there are none",
    ),
    (
        lambda: mathnet.take_along_axis(np.ones((2, 3)), [[1], [2]], axis=0),
        "take_along_axis(A, places): places must have the shape (2, 3), along axis 0 that of the places and else that of A, "
        "but has (2, 1)",
    ),
    (
        lambda: mathnet.take_along_axis(np.ones((2, 3)), [[0, 1, 2]], axis=0),
        "take_along_axis(A, places): places holds 2 at [0, 2], which is no place along axis 0; there are numbers from 0 to 1",
    ),
    (
        lambda: mathnet.take_along_axis(np.ones((2, 3)), [[0], [1]], axis=2),
        "take_along_axis(A, places): there is no axis 2 among 2 axes; got (2, 3)",
    ),
]


@pytest.mark.parametrize(("call", "message"), WRONG_VALUES)
def test_values_that_do_not_fit(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()


def test_every_function_that_checks_shapes_has_its_message_tested():
    tested = {name for name, _, _ in MESSAGES}
    for rule in RULES:
        assert {rule.vjp.__name__, rule.jvp.__name__} <= tested
        takes_any_shape = rule.name in {*ELEMENTWISE, "sum", "prod", "norm"}
        assert (rule.name in tested) != takes_any_shape


# --- the grammar of signatures --------------------------------------------------------------------------------------

PLACES = [  # signature, shapes, what does not fit
    ("f(A[... n 1])", [(5, 3, 4)], "axis 2 of A must be 1, but is 4; got A (5, 3, 4)"),
    ("f(A[... n 1])", [(6, 5, 3, 4)], "axis 3 of A must be 1, but is 4; got A (6, 5, 3, 4)"),
    ("f(A[... n 1])", [(3, 4)], "axis 1 of A must be 1, but is 4; got A (3, 4)"),
    ("f(A[1 n ...])", [(4, 3, 5, 6)], "axis 0 of A must be 1, but is 4; got A (4, 3, 5, 6)"),
    ("f(A[n 1 ...])", [(3, 4, 5)], "axis 1 of A must be 1, but is 4; got A (3, 4, 5)"),
    ("f(A[n ... 1])", [(3, 5, 6, 4)], "axis 3 of A must be 1, but is 4; got A (3, 5, 6, 4)"),
    (
        "f(A[n ... k], B[k n])",
        [(3, 5, 6, 4), (2, 3)],
        "axis k is 4 in A but 2 in B; got A (3, 5, 6, 4), B (2, 3)",
    ),
    ("f(A[n ...], B[... n])", [(3, 5), (5, 4)], "axis n is 3 in A but 4 in B; got A (3, 5), B (5, 4)"),
    (
        "f(A[n ...], B[n ...])",
        [(3, 5), (3, 4)],
        "the batch is (5,) in A but (4,) in B; got A (3, 5), B (3, 4)",
    ),
    ("f(A[n ... k])", [(3,)], "A needs at least 2 axes, but has 1; got A (3,)"),
    ("f(A[n n])", [(3, 4)], "axis n is 3 in A but 4 in A; got A (3, 4)"),
    ("f(A[12 n])", [(2, 4)], "axis 0 of A must be 12, but is 2; got A (2, 4)"),
    ("f( A[ n ] ,B[n])", [(2,), (4,)], "axis n is 2 in A but 4 in B; got A (2,), B (4,)"),
    ("layer 1(W[2 n])", [(3, 4)], "axis 0 of W must be 2, but is 3; got W (3, 4)"),
]


@pytest.mark.parametrize(("signature", "shapes", "problem"), PLACES)
def test_an_axis_is_told_by_its_letter_or_its_place_among_all_axes(signature, shapes, problem):
    with pytest.raises(ShapeError, match=f"^{re.escape(f'{signature}: {problem}')}$"):
        check_shapes(signature, *map(np.ones, shapes))


@pytest.mark.parametrize(
    ("signature", "shapes"),
    [
        ("f(A[n ... k], B[...])", [(3, 5, 6, 4), (5, 6)]),
        ("f(A[n ...], B[... n])", [(3, 5), (5, 3)]),
        ("f(A[n ...], B[... n])", [(3,), (3,)]),
        ("f(A[], B[0 n])", [(), (0, 7)]),
        ("f(Ā[größe], x_1[größe])", [(2,), (2,)]),
    ],
)
def test_shapes_that_fit(signature, shapes):
    check_shapes(signature, *map(np.ones, shapes))


SIGNATURES = [  # what cannot be read, the place, the problem
    ("A[n k]", 0, "a signature starts with a name and a bracket, as in f(A[n k], B[k m])"),
    ("", 0, "a signature starts with a name and a bracket, as in f(A[n k], B[k m])"),
    ("(A[n k])", 0, "a signature starts with a name and a bracket, as in f(A[n k], B[k m])"),
    ("f()", 2, "an argument is a name and its axes in square brackets, as in A[n k]"),
    ("f(A)", 2, "an argument is a name and its axes in square brackets, as in A[n k]"),
    ("f(A(n k))", 2, "an argument is a name and its axes in square brackets, as in A[n k]"),
    ("f(A[n k)", 2, "an argument is a name and its axes in square brackets, as in A[n k]"),
    ("f(A[n], 2[n])", 8, "an argument is a name and its axes in square brackets, as in A[n k]"),
    ("f(A[n], )", 8, "an argument is a name and its axes in square brackets, as in A[n k]"),
    ("f(A[n], A[k])", 8, "A stands for two arguments"),
    ("f(A[n, k])", 5, "axes are separated by blanks, as in A[n k]"),
    ("f(B[k], A[n,k])", 11, "axes are separated by blanks, as in A[n k]"),
    ("f(A[n-1])", 4, "an axis is a name, a number or ..., not n-1"),
    ("f(A[-1 n])", 4, "an axis is a name, a number or ..., not -1"),
    ("f(A[n 2k])", 6, "an axis is a name, a number or ..., not 2k"),
    ("f(A[n 1.5])", 6, "an axis is a name, a number or ..., not 1.5"),
    ("f(A[.. n])", 4, "an axis is a name, a number or ..., not .."),
    ("f(A[...n])", 4, "an axis is a name, a number or ..., not ...n"),
    ("f(A[... n ...])", 10, "one bracket has one ... only"),
    (
        "f(A[n] B[n])",
        7,
        "after an argument comes a comma, and after the last one the bracket that ends the signature",
    ),
    (
        "f(A[n]",
        6,
        "after an argument comes a comma, and after the last one the bracket that ends the signature",
    ),
    (
        "f(A[n]) -> B[n]",
        6,
        "after an argument comes a comma, and after the last one the bracket that ends the signature",
    ),
]


@pytest.mark.parametrize(("signature", "place", "problem"), SIGNATURES)
def test_a_signature_that_cannot_be_read_is_refused_at_the_place(signature, place, problem):
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}") as caught:
        check_shapes(signature, np.ones((2, 2)))
    assert str(caught.value) == f"{problem}\n    {signature}\n    {' ' * place}^"


@pytest.mark.parametrize(("count", "given"), [(0, "0 were given"), (1, "1 was given"), (3, "3 were given")])
def test_a_number_of_arrays_that_the_signature_does_not_have(count, given):
    message = f"f(A[n], B[n]) takes 2 arguments, but {given}"
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        check_shapes("f(A[n], B[n])", *[np.ones(2)] * count)


def test_an_argument_that_was_left_out_is_not_checked_but_told():
    check_shapes("f(A[n], B[k], C[n])", np.ones(3), None, np.ones(3))
    message = "f(A[n], B[k], C[n]): axis n is 3 in A but 4 in C; got A (3,), B None, C (4,)"
    with pytest.raises(ShapeError, match=f"^{re.escape(message)}$"):
        check_shapes("f(A[n], B[k], C[n])", np.ones(3), None, np.ones(4))


# --- targets --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("T", "row", "total"),
    [
        ([[1.0, 0.0, 0.0], [1.0, 1.0, 0.0]], 1, "2"),
        ([[0.5, 0.25, 0.0], [0.0, 0.0, 1.0]], 0, "0.75"),
        ([[0.0, 0.0, 1.0], [np.nan, 0.0, 0.0]], 1, "nan"),
    ],
)
def test_targets_that_are_no_distribution(T, row, total):
    Z, T = np.zeros((2, 3)), np.array(T)
    end = f": each row of T must sum to 1, but row {row} sums to {total}"
    with pytest.raises(ValueError, match="^" + re.escape("cross_entropy(Z[n y], T[n y])" + end) + "$"):
        cross_entropy(Z, T)
    with pytest.raises(
        ValueError, match="^" + re.escape("cross_entropy_vjp(J_bar[], J[], Z[n y], T[n y])" + end) + "$"
    ):
        cross_entropy_vjp(1.0, 0.0, Z, T)


# --- settings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("alpha", [0, -1.0, np.nan, "1"])
@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("elu", "elu(Z)"),
        ("elu_prime", "elu_prime(Z)"),
        ("elu_vjp", "elu_vjp(Y_bar, Y, Z)"),
        ("elu_jvp", "elu_jvp(Z_dot, Y, Z)"),
    ],
)
def test_an_alpha_from_which_elu_could_not_find_back(name, signature, alpha):
    arguments = [np.ones(2)] * (signature.count(",") + 1)
    message = f"{signature}: alpha must be a positive number, got {alpha!r}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        getattr(mathnet, name)(*arguments, alpha=alpha)


@pytest.mark.parametrize(
    ("mask", "problem"),
    [
        (np.ones((4, 2), bool), "mask must broadcast to the shape (2, 4) of the scores, but has (4, 2)"),
        (np.zeros((2, 4)), "mask must hold bools, True where a query may look; got float64"),
    ],
)
def test_a_mask_that_does_not_fit(mask, problem):
    message = f"scaled_dot_product_attention(Q[... n d], K[... m d], V[... m v]): {problem}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        mathnet.scaled_dot_product_attention(np.ones((2, 3)), np.ones((4, 3)), np.ones((4, 5)), mask=mask)


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"mask": np.ones((3, 2), bool)}, "mask must broadcast to the shape (2, 3), but has (3, 2)"),
        ({"mask": [0, 1, 1]}, "mask must hold bools, True where an entry stays; got int64"),
        ({"rate": 1}, "rate must be a number, at least 0 and below 1; got 1"),
    ],
)
@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("dropout", "dropout(Z)"),
        ("dropout_vjp", "dropout_vjp(Y_bar[...], Y[...], Z[...])"),
        ("dropout_jvp", "dropout_jvp(Z_dot[...], Y[...], Z[...])"),
    ],
)
def test_a_mask_or_a_rate_that_dropout_does_not_take(name, signature, settings, problem):
    arguments = [np.ones((2, 3))] * (signature.count(",") + 1)
    with pytest.raises(ValueError, match=f"^{re.escape(f'{signature}: {problem}')}$"):
        getattr(mathnet, name)(*arguments, **settings)


def test_a_weight_of_the_positives_that_does_not_fit():
    message = (
        "binary_cross_entropy_with_logits(Z[...], T[...]): pos_weight must broadcast to the shape (4, 3) of Z, "
        "but has (4,)"
    )
    with pytest.raises(ShapeError, match=f"^{re.escape(message)}$"):
        mathnet.binary_cross_entropy_with_logits(np.ones((4, 3)), np.ones((4, 3)), pos_weight=np.ones(4))


@pytest.mark.parametrize("eps", [-1e-5, np.inf, None])
@pytest.mark.parametrize(("name", "others"), NORMALISED)
def test_an_eps_that_is_no_number_from_0(name, others, eps):
    signature = f"{name}(X, {', '.join(others)})"
    message = f"{signature}: eps must be a number, 0 or more; got {eps!r}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        getattr(mathnet, name)(np.ones((2, 3)), *[1.0] * len(others), eps=eps)
