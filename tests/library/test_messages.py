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
        "cross_entropy(Z[n y], T[n y]): T needs 2 axes, but has 1; got Z (4, 3), T (4,)",
    ),
    (
        "cross_entropy_vjp",
        [(), (), (4, 3), (4, 2)],
        "cross_entropy_vjp(J_bar[], J[], Z[n y], T[n y]): axis y is 3 in Z but 2 in T; "
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
