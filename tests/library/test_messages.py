"""Every function of the library, given shapes that do not fit: the message, word for word."""

import re

import numpy as np
import pytest

import mathnet
from mathnet import RULES, ShapeError, check_shapes, cross_entropy, cross_entropy_vjp

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
        for name in ["identity", "sigmoid", "tanh", "relu", "softplus"]
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
        "cross_entropy(Z[n k], T[n k]): T needs 2 axes, but has 1; got Z (4, 3), T (4,)",
    ),
    (
        "cross_entropy_vjp",
        [(), (), (4, 3), (4, 2)],
        "cross_entropy_vjp(J_bar[], J[], Z[n k], T[n k]): axis k is 3 in Z but 2 in T; "
        "got J_bar (), J (), Z (4, 3), T (4, 2)",
    ),
]


@pytest.mark.parametrize(("name", "shapes", "message"), MESSAGES)
def test_shapes_that_do_not_fit(name, shapes, message):
    with pytest.raises(ShapeError, match=f"^{re.escape(message)}$"):
        getattr(mathnet, name)(*map(np.ones, shapes))


def test_every_function_that_checks_shapes_has_its_message_tested():
    tested = {name for name, _, _ in MESSAGES}
    for rule in RULES:
        assert rule.vjp.__name__ in tested
        takes_any_shape = rule.name in {"identity", "sigmoid", "tanh", "relu", "softplus"}
        assert (rule.name in tested) != takes_any_shape


def test_a_nameless_size_is_told_by_its_position_among_all_axes():
    message = "f(A[... n 1]): axis 1 of A must be 1, but is 4; got A (5, 3, 4)"
    with pytest.raises(ShapeError, match=f"^{re.escape(message)}$"):
        check_shapes("f(A[... n 1])", np.ones((5, 3, 4)))


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
    with pytest.raises(ValueError, match="^" + re.escape("cross_entropy(Z[n k], T[n k])" + end) + "$"):
        cross_entropy(Z, T)
    with pytest.raises(
        ValueError, match="^" + re.escape("cross_entropy_vjp(J_bar[], J[], Z[n k], T[n k])" + end) + "$"
    ):
        cross_entropy_vjp(1.0, 0.0, Z, T)
