"""Forward functions against their definitions, written out as loops over numbers."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mathnet
from mathnet import (
    RULES,
    check_shapes,
    cross_entropy,
    cross_entropy_vjp,
    relu,
    relu_prime,
    relu_vjp,
    sigmoid,
    softmax,
    softmax_vjp,
    softplus,
)

NAN, INF = math.nan, math.inf


def matmul_loop(A, B):
    return [[sum(A[i][k] * B[k][j] for k in range(len(B))) for j in range(len(B[0]))] for i in range(len(A))]


def dot_loop(a, b):
    return sum(a[i] * b[i] for i in range(len(a)))


def hadamard_loop(A, B):
    return [[A[i][j] * B[i][j] for j in range(len(A[0]))] for i in range(len(A))]


def outer_loop(a, b):
    return [[a[i] * b[j] for j in range(len(b))] for i in range(len(a))]


def entry_by_entry(f):
    return lambda Z: [[f(z) for z in row] for row in Z]


def affine_loop(H, W, B):
    return [[z + b for z, b in zip(row, B[0], strict=True)] for row in matmul_loop(H, W)]


def softmax_loop(Z):
    return [[math.exp(z) / sum(math.exp(other) for other in row) for z in row] for row in Z]


def half_squared_error_loop(Y, T):
    return (
        sum((y - t) ** 2 for row, target in zip(Y, T, strict=True) for y, t in zip(row, target, strict=True))
        / 2
    )


def cross_entropy_loop(Z, T):
    Y = softmax_loop(Z)
    return -sum(
        t * math.log(y) for row, target in zip(Y, T, strict=True) for y, t in zip(row, target, strict=True)
    )


DEFINITIONS = {
    "matmul": matmul_loop,
    "dot": dot_loop,
    "hadamard": hadamard_loop,
    "outer": outer_loop,
    "identity": entry_by_entry(lambda z: z),
    "sigmoid": entry_by_entry(lambda z: 1 / (1 + math.exp(-z))),
    "tanh": entry_by_entry(lambda z: (math.exp(z) - math.exp(-z)) / (math.exp(z) + math.exp(-z))),
    "relu": entry_by_entry(lambda z: max(0, z)),
    "softplus": entry_by_entry(lambda z: math.log(1 + math.exp(z))),
    "affine": affine_loop,
    "softmax": softmax_loop,
    "half_squared_error": half_squared_error_loop,
    "cross_entropy": cross_entropy_loop,
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_function_computes_its_definition(rule):
    for seed in range(5):
        args = rule.example(np.random.default_rng(seed))
        expected = DEFINITIONS[rule.name](*(X.tolist() for X in args))
        np.testing.assert_allclose(rule.forward(*args), expected, rtol=2e-14, atol=1e-16)


def test_matmul_of_batches_is_one_product_per_member():
    rng = np.random.default_rng(0)
    A, B, C = rng.normal(size=(5, 2, 3)), rng.normal(size=(5, 3, 4)), rng.normal(size=(3, 4))
    for i in range(5):
        np.testing.assert_allclose(mathnet.matmul(A, B)[i], matmul_loop(A[i], B[i]), rtol=1e-13)
        np.testing.assert_allclose(mathnet.matmul(A, C)[i], matmul_loop(A[i], C), rtol=1e-13)


def test_rows_and_columns_are_vectors_too():
    a, b = np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0])
    assert mathnet.dot(a[None], b[None]) == mathnet.dot(a[:, None], b[:, None]) == 32
    for left in (a, a[None], a[:, None]):
        for right in (b[:2], b[None, :2], b[:2, None]):
            assert mathnet.outer(left, right).tolist() == [[4, 5], [8, 10], [12, 15]]


# --- special values, without a warning (pytest turns every warning into an error) -------------------------------


LOG2 = np.log(np.longdouble(2))
FAR_OUT = [-INF, -1000, -0.0, 0, 1000, INF, NAN]
ELEMENTWISE = {  # f and f' at the numbers of FAR_OUT
    "identity": (FAR_OUT, [1, 1, 1, 1, 1, 1, 1]),
    "sigmoid": ([0, 0, 0.5, 0.5, 1, 1, NAN], [0, 0, 0.25, 0.25, 0, 0, NAN]),
    "tanh": ([-1, -1, 0, 0, 1, 1, NAN], [0, 0, 1, 1, 0, 0, NAN]),
    "relu": ([0, 0, 0, 0, 1000, INF, NAN], [0, 0, 0, 0, 1, 1, 0]),  # [NaN > 0] is 0: the comparison is false
    "softplus": ([0, 0, LOG2, LOG2, 1000, INF, NAN], [0, 0, 0.5, 0.5, 1, 1, NAN]),
}


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize(
    "name", [name.removesuffix("_prime") for name in mathnet.__all__ if "_prime" in name]
)
def test_elementwise_functions_far_out(name, dtype):
    f, f_prime, f_vjp = (getattr(mathnet, name + ending) for ending in ("", "_prime", "_vjp"))
    values, slopes = (np.array(numbers, dtype) for numbers in ELEMENTWISE[name])
    Z = np.array(FAR_OUT, dtype)
    (Z_bar,) = f_vjp(np.full_like(Z, -2), f(Z), Z)
    for found, expected in [(f(Z), values), (f_prime(Z), slopes), (Z_bar, -2 * slopes)]:
        assert found.dtype == dtype
        np.testing.assert_allclose(found, expected, rtol=2 * np.finfo(dtype).eps, atol=1e-300)
        assert [float(f(z)) for z in Z] == pytest.approx([float(y) for y in f(Z)], nan_ok=True, abs=0)


def test_small_values_keep_their_digits():
    np.testing.assert_allclose(sigmoid(np.array([-700.0])), math.exp(-700), rtol=1e-15)
    np.testing.assert_allclose(softplus(np.array([-700.0])), math.exp(-700), rtol=1e-15)
    np.testing.assert_allclose(softplus(np.array([-40.0])), math.log1p(math.exp(-40)), rtol=1e-15)


def test_softmax_of_huge_logits():
    Z = np.array([[1000.0, 1000.0, -1000.0], [-1000.0, -1000.0, -1000.0], [1000.0, 0.0, -1000.0]])
    third = 1 / 3
    assert softmax(Z).tolist() == [[0.5, 0.5, 0], [third, third, third], [1, 0, 0]]
    (Z_bar,) = softmax_vjp(np.arange(9.0).reshape(3, 3), softmax(Z), Z)
    np.testing.assert_allclose(Z_bar, [[-0.25, 0.25, 0], [-third, 0, third], [0, 0, 0]], rtol=0, atol=1e-15)


def test_cross_entropy_of_confident_predictions():
    right, wrong = np.array([[1000.0, -1000.0]]), np.array([[-1000.0, 1000.0]])
    T = np.array([[1.0, 0.0]])
    assert cross_entropy(right, T) == 0
    assert cross_entropy(wrong, T) == 2000
    assert cross_entropy_vjp(1.0, 0.0, right, T)[0].tolist() == [[0, 0]]
    assert cross_entropy_vjp(1.0, 2000.0, wrong, T)[0].tolist() == [[-1, 1]]


def test_cross_entropy_of_a_nearly_certain_prediction_keeps_its_digits():
    Z, T = np.array([[0.0, -30.0]]), np.array([[1.0, 0.0]])
    np.testing.assert_allclose(cross_entropy(Z, T), math.log1p(math.exp(-30)), rtol=1e-2)


def test_a_logit_of_minus_infinity_is_a_probability_of_zero():
    Z = np.array([[0.0, -INF, 0.0], [-INF, -1e300, -INF]])
    assert softmax(Z).tolist() == [[0.5, 0, 0.5], [0, 1, 0]]
    assert softmax_vjp([[1, 2, 3], [4, 5, 6]], softmax(Z), Z)[0].tolist() == [[-0.5, 0, 0.5], [0, 0, 0]]


@pytest.mark.parametrize("logit", [-INF, -1e30])
def test_cross_entropy_where_probability_and_target_are_zero_is_the_limit(logit):
    Z, T = np.array([[0.0, logit]]), np.array([[1.0, 0.0]])
    assert cross_entropy(Z, T) == 0
    Z_bar, T_bar = cross_entropy_vjp(2.0, None, Z, T)
    assert Z_bar.tolist() == [[0, 0]]
    assert T_bar.tolist() == [[0, -2 * logit]]


def test_cross_entropy_of_a_target_that_was_held_for_impossible_is_infinite():
    Z, T = np.array([[0.0, -INF]]), np.array([[0.25, 0.75]])
    assert cross_entropy(Z, T) == INF
    assert cross_entropy_vjp(1.0, None, Z, T)[0].tolist() == [[0.75, -0.75]]


INFINITE_ROWS = [  # logits, where the row is, its largest entry
    ([[0.0, 1.0], [-INF, -INF]], "row [1] of Z", "-inf"),
    ([[0.0, INF], [0.0, 1.0]], "row [0] of Z", "inf"),
    ([[INF, -INF], [INF, INF]], "row [0] of Z", "inf"),
    ([[-INF]], "row [0] of Z", "-inf"),
]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, complex])
@pytest.mark.parametrize(("Z", "row", "largest"), INFINITE_ROWS)
def test_a_row_with_an_infinite_largest_logit_is_refused(Z, row, largest, dtype):
    Z, T = np.array(Z, dtype), np.ones_like(Z) / len(Z[0])
    largest = largest if dtype is not complex else f"({largest}+0j)"
    end = f"the largest entry of {row} is {largest}, where softmax is not defined; write np.clip(Z, -1000, 1000)"
    for signature, call in [
        ("softmax(Z[... k])", lambda: softmax(Z)),
        ("cross_entropy(Z[n y], T[n y])", lambda: cross_entropy(Z, T)),
        ("cross_entropy_vjp(J_bar[], J[], Z[n y], T[n y])", lambda: cross_entropy_vjp(1.0, None, Z, T)),
    ]:
        with pytest.raises(ValueError, match=f"^{re.escape(f'{signature}: {end}')}$"):
            call()


def test_the_refused_row_is_named_in_a_batch_and_without_one():
    with pytest.raises(ValueError, match=re.escape("the largest entry of row [1, 0] of Z is inf,")):
        softmax([[[0, 1]], [[INF, 0]]])
    with pytest.raises(ValueError, match=re.escape("the largest entry of Z is -inf,")):
        softmax([-INF, -INF])


def test_a_nan_makes_its_own_row_nan():
    Z, T = np.array([[0.0, NAN, -INF], [0.0, 0.0, -INF]]), np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0]])
    np.testing.assert_array_equal(softmax(Z), [[NAN, NAN, NAN], [0.5, 0.5, 0]])
    assert np.isnan(cross_entropy(Z, T))
    np.testing.assert_array_equal(cross_entropy_vjp(1.0, None, Z, T)[0], [[NAN, NAN, NAN], [0, 0, 0]])


def test_elsewhere_infinity_is_that_of_ieee_754():
    assert mathnet.half_squared_error([[INF, 0]], [[0, 1]]) == INF
    assert mathnet.matmul([[INF, 1.0]], [[2.0], [3.0]]).tolist() == [[INF]]
    for product in (mathnet.hadamard, mathnet.dot):
        with pytest.warns(RuntimeWarning, match="invalid value"):
            assert np.isnan(product([INF], [0.0]))
    with pytest.warns(RuntimeWarning, match="invalid value"):
        assert np.isnan(mathnet.half_squared_error([[INF]], [[INF]]))


def test_adding_a_number_to_all_logits_changes_nothing():
    rng = np.random.default_rng(0)
    Z, T = rng.integers(-8, 8, size=(4, 3)) / 4, np.eye(3)[[0, 2, 1, 1]]
    np.testing.assert_array_equal(softmax(Z + 512), softmax(Z))
    assert cross_entropy(Z + 512, T) == cross_entropy(Z, T)


def test_relu_has_slope_0_at_0():
    Z = np.array([-1.0, -0.0, 0.0, 1.0])
    assert relu(Z).tolist() == [0, 0, 0, 1]
    assert relu_prime(Z).tolist() == [0, 0, 0, 1]
    assert relu_vjp(np.full(4, 7.0), relu(Z), Z)[0].tolist() == [0, 0, 0, 7]


# --- nothing, and one ---------------------------------------------------------------------------------------------

EMPTY = [  # name, shapes of the arguments, shape of the result
    ("matmul", [(0, 3), (3, 4)], (0, 4)),
    ("matmul", [(2, 3), (3, 0)], (2, 0)),
    ("matmul", [(2, 0), (0, 4)], (2, 4)),
    ("matmul", [(0, 2, 3), (0, 3, 4)], (0, 2, 4)),
    ("matmul", [(0, 2, 3), (3, 4)], (0, 2, 4)),
    ("matmul", [(5, 2, 0), (0, 4)], (5, 2, 4)),
    ("matmul", [(5, 2, 3), (3, 0)], (5, 2, 0)),
    ("matmul", [(5, 0, 3), (3, 4)], (5, 0, 4)),
    ("dot", [(0,), (0,)], ()),
    ("dot", [(1, 0), (1, 0)], ()),
    ("hadamard", [(0, 3), (0, 3)], (0, 3)),
    ("outer", [(0,), (3,)], (0, 3)),
    ("outer", [(2, 1), (1, 0)], (2, 0)),
    *((name, [(0, 3)], (0, 3)) for name in ELEMENTWISE),
    ("affine", [(0, 3), (3, 4), (1, 4)], (0, 4)),
    ("affine", [(2, 0), (0, 4), (1, 4)], (2, 4)),
    ("affine", [(2, 3), (3, 0), (1, 0)], (2, 0)),
    ("softmax", [(0, 3)], (0, 3)),
    ("softmax", [(2, 0, 3)], (2, 0, 3)),
    ("half_squared_error", [(0, 2), (0, 2)], ()),
    ("half_squared_error", [(2, 0), (2, 0)], ()),
    ("cross_entropy", [(0, 3), (0, 3)], ()),
]


@pytest.mark.parametrize(("name", "shapes", "shape"), EMPTY)
def test_sums_over_nothing_are_zero(name, shapes, shape):
    args = [np.ones(size) for size in shapes]
    Y = getattr(mathnet, name)(*args)
    assert Y.shape == shape
    bias = 1 if name == "affine" else 0
    np.testing.assert_array_equal(Y, np.full(shape, bias))
    for X, X_bar in zip(args, getattr(mathnet, f"{name}_vjp")(np.ones_like(Y), Y, *args), strict=True):
        assert X_bar.shape == X.shape
        assert np.all(X_bar == (len(Y) if X.shape[:1] == (1,) and bias else 0))


def test_every_rule_has_been_tried_on_nothing():
    assert {name for name, _, _ in EMPTY} == {rule.name for rule in RULES}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: softmax(np.ones((2, 0))),
            "softmax(Z[... k]): a row of Z needs at least one entry; got Z (2, 0)",
        ),
        (
            lambda: cross_entropy(np.ones((0, 0)), np.ones((0, 0))),
            "cross_entropy(Z[n y], T[n y]): a row of Z needs at least one entry; got Z (0, 0)",
        ),
        (
            lambda: cross_entropy_vjp(1, None, np.ones((0, 0)), np.ones((0, 0))),
            "cross_entropy_vjp(J_bar[], J[], Z[n y], T[n y]): a row of Z needs at least one entry; got Z (0, 0)",
        ),
    ],
)
def test_a_row_without_entries_has_no_softmax(call, message):
    with pytest.raises(mathnet.ShapeError, match=f"^{re.escape(message)}$"):
        call()


def test_one_class_is_certain():
    Z, T = np.array([[3.0], [-1000.0]]), np.ones((2, 1))
    assert softmax(Z).tolist() == [[1], [1]]
    assert cross_entropy(Z, T) == 0
    assert [X_bar.tolist() for X_bar in cross_entropy_vjp(1.0, None, Z, T)] == [[[0], [0]], [[0], [0]]]


# --- shapes: every accepted combination gives the declared shape, every other one is refused ----------------------

sizes = st.integers(1, 4)
shapes = st.lists(sizes, min_size=0, max_size=3).map(tuple)


@given(n=sizes, h=sizes, y=sizes, batch=st.lists(sizes, max_size=2))
def test_shapes_of_results(n, h, y, batch):
    assert mathnet.matmul(np.ones((*batch, n, h)), np.ones((*batch, h, y))).shape == (*batch, n, y)
    assert mathnet.matmul(np.ones((*batch, n, h)), np.ones((h, y))).shape == (*batch, n, y)
    assert mathnet.outer(np.ones(n), np.ones(y)).shape == (n, y)
    assert mathnet.affine(np.ones((n, h)), np.ones((h, y)), np.ones((1, y))).shape == (n, y)
    assert softmax(np.ones((*batch, n, y))).shape == (*batch, n, y)


@given(a=shapes, b=shapes)
def test_hadamard_accepts_identical_shapes_only(a, b):
    assert accepts(mathnet.hadamard, np.ones(a), np.ones(b)) == (a == b)


@given(a=shapes, b=shapes)
def test_matmul_accepts_what_its_signature_says(a, b):
    shared_matrix = len(a) >= 2 and len(b) == 2 and a[-1] == b[0]
    batch = len(a) >= 2 and len(b) >= 2 and a[-1] == b[-2] and a[:-2] == b[:-2]
    assert accepts(mathnet.matmul, np.ones(a), np.ones(b)) == (shared_matrix or batch)


@given(a=shapes, b=shapes)
def test_check_shapes_binds_each_letter_once(a, b):
    fits = len(a) == 2 and len(b) == 2 and a[1] == b[0] and b[1] == 1
    assert accepts(lambda A, B: check_shapes("f(A[n k], B[k 1])", A, B), np.ones(a), np.ones(b)) == fits


def accepts(function, *args):
    try:
        function(*args)
    except mathnet.ShapeError:
        return False
    return True
