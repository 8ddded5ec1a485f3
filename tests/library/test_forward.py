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
from mathnet.dual import mp

NAN, INF = math.nan, math.inf


def matmul_loop(A, B):
    return [[sum(A[i][k] * B[k][j] for k in range(len(B))) for j in range(len(B[0]))] for i in range(len(A))]


def dot_loop(a, b):
    return sum(a[i] * b[i] for i in range(len(a)))


def hadamard_loop(A, B):
    return [[A[i][j] * B[i][j] for j in range(len(A[0]))] for i in range(len(A))]


def outer_loop(a, b):
    return [[a[i] * b[j] for j in range(len(b))] for i in range(len(a))]


def with_every_row(operation):
    return lambda A, b: [[operation(x, y) for x, y in zip(row, b, strict=True)] for row in A]


def entry_by_entry(f):
    return lambda Z: [[f(z) for z in row] for row in Z]


def affine_loop(H, W, B):
    return [[z + b for z, b in zip(row, B[0], strict=True)] for row in matmul_loop(H, W)]


def softmax_loop(Z):
    return [[math.exp(z) / sum(math.exp(other) for other in row) for z in row] for row in Z]


def log_softmax_loop(Z):
    return [[math.log(y) for y in row] for row in softmax_loop(Z)]


def var_loop(X):
    entries = [x for row in X for x in row]
    mean = sum(entries) / len(entries)
    return sum((x - mean) ** 2 for x in entries) / len(entries)


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


def standardised_loop(row, eps=1e-5):
    mean = sum(row) / len(row)
    deviation = math.sqrt(sum((x - mean) ** 2 for x in row) / len(row) + eps)
    return [(x - mean) / deviation for x in row]


def layer_norm_loop(X, gamma, beta):
    return [[g * z + b for z, g, b in zip(standardised_loop(row), gamma, beta, strict=True)] for row in X]


def rms_norm_loop(X, gamma):
    rms = [math.sqrt(sum(x**2 for x in row) / len(row) + 1e-6) for row in X]
    return [[g * x / r for x, g in zip(row, gamma, strict=True)] for row, r in zip(X, rms, strict=True)]


def batch_norm_loop(X, gamma, beta):
    columns = [standardised_loop(column) for column in zip(*X, strict=True)]
    return [
        [g * z + b for z, g, b in zip(row, gamma, beta, strict=True)] for row in zip(*columns, strict=True)
    ]


def batch_norm_inference_loop(X, gamma, beta, mean, variance):
    return [
        [
            g * (x - m) / math.sqrt(v + 1e-5) + b
            for x, g, b, m, v in zip(row, gamma, beta[0], mean, variance, strict=True)
        ]
        for row in X
    ]


def binary_cross_entropy_loop(Z, T):
    return -sum(
        t * math.log(1 / (1 + math.exp(-z))) + (1 - t) * math.log(1 - 1 / (1 + math.exp(-z)))
        for row, target in zip(Z, T, strict=True)
        for z, t in zip(row, target, strict=True)
    )


def attention_loop(Q, K, V):
    scores = [[dot_loop(q, k) / math.sqrt(len(k)) for k in K] for q in Q]
    return matmul_loop(softmax_loop(scores), V)


def pairs(A, B):
    return [(a, b) for row, other in zip(A, B, strict=True) for a, b in zip(row, other, strict=True)]


def info_nce_loop(X, Y, tau):
    P = softmax_loop([[dot_loop(x, y) / tau for y in Y] for x in X])
    return -sum(math.log(P[i][i]) for i in range(len(X)))


def swiglu_loop(X, W, V, U):
    A, B = matmul_loop(X, W), matmul_loop(X, V)
    return matmul_loop(
        [
            [a / (1 + math.exp(-a)) * b for a, b in zip(row, other, strict=True)]
            for row, other in zip(A, B, strict=True)
        ],
        U,
    )


DEFINITIONS = {
    "matmul": matmul_loop,
    "dot": dot_loop,
    "hadamard": hadamard_loop,
    "outer": outer_loop,
    "add": with_every_row(lambda x, y: x + y),
    "subtract": with_every_row(lambda x, y: x - y),
    "multiply": with_every_row(lambda x, y: x * y),
    "divide": with_every_row(lambda x, y: x / y),
    "power": with_every_row(lambda x, y: x**y),
    "maximum": with_every_row(max),
    "minimum": with_every_row(min),
    "identity": entry_by_entry(lambda z: z),
    "sigmoid": entry_by_entry(lambda z: 1 / (1 + math.exp(-z))),
    "tanh": entry_by_entry(lambda z: (math.exp(z) - math.exp(-z)) / (math.exp(z) + math.exp(-z))),
    "relu": entry_by_entry(lambda z: max(0, z)),
    "softplus": entry_by_entry(lambda z: math.log(1 + math.exp(z))),
    "silu": entry_by_entry(lambda z: z / (1 + math.exp(-z))),
    "leaky_relu": entry_by_entry(lambda z: z if z > 0 else z / 100),
    "elu": entry_by_entry(lambda z: z if z > 0 else math.exp(z) - 1),
    "mish": entry_by_entry(lambda z: z * math.tanh(math.log(1 + math.exp(z)))),
    "hard_sigmoid": entry_by_entry(lambda z: max(0, min(z / 6 + 0.5, 1))),
    "hardswish": entry_by_entry(lambda z: z * max(0, min(z / 6 + 0.5, 1))),
    "gelu_tanh": entry_by_entry(
        lambda z: z / 2 * (1 + math.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)))
    ),
    "exp": entry_by_entry(math.exp),
    "expm1": entry_by_entry(lambda z: math.exp(z) - 1),
    "log": entry_by_entry(math.log),
    "log1p": entry_by_entry(lambda z: math.log(1 + z)),
    "sqrt": entry_by_entry(math.sqrt),
    "square": entry_by_entry(lambda z: z**2),
    "clip": entry_by_entry(lambda z: -1 if z < -1 else 1 if z > 1 else z),
    "dropout": entry_by_entry(lambda z: z),
    "affine": affine_loop,
    "softmax": softmax_loop,
    "log_softmax": log_softmax_loop,
    "logsumexp": lambda Z: [math.log(sum(math.exp(z) for z in row)) for row in Z],
    "sum": lambda X: sum(x for row in X for x in row),
    "mean": lambda X: sum(x for row in X for x in row) / 6,
    "var": var_loop,
    "max": lambda X: max(x for row in X for x in row),
    "min": lambda X: min(x for row in X for x in row),
    "std": lambda X: math.sqrt(var_loop(X)),
    "norm": lambda X: math.sqrt(sum(x * x for row in X for x in row)),
    "prod": lambda X: math.prod(x for row in X for x in row),
    "cumsum": lambda X: [[sum(row[: j + 1]) for j in range(len(row))] for row in X],
    "layer_norm": layer_norm_loop,
    "group_norm": layer_norm_loop,
    "swiglu": swiglu_loop,
    "rms_norm": rms_norm_loop,
    "batch_norm": batch_norm_loop,
    "batch_norm_inference": batch_norm_inference_loop,
    "scaled_dot_product_attention": attention_loop,
    "half_squared_error": half_squared_error_loop,
    "cross_entropy": cross_entropy_loop,
    "binary_cross_entropy_with_logits": binary_cross_entropy_loop,
    "cross_entropy_with_labels": lambda Z, labels: (
        -sum(math.log(row[label]) for row, label in zip(softmax_loop(Z), labels, strict=True))
    ),
    "huber": lambda Y, T: sum(
        (y - t) ** 2 / 2 if abs(y - t) < 1 else abs(y - t) - 0.5 for y, t in pairs(Y, T)
    ),
    "hinge": lambda Z, T: sum(max(0, 1 - t * z) for z, t in pairs(Z, T)),
    "gaussian_nll": lambda M, S, T: (
        sum(s + (m - t) ** 2 / math.exp(s) for (m, t), (s, _) in zip(pairs(M, T), pairs(S, S), strict=True))
        / 2
    ),
    "info_nce": info_nce_loop,
    "embedding": lambda E, ids: [E[w] for w in ids],
    "take_along_axis": lambda A, places: [
        [row[q] for q in taken] for row, taken in zip(A, places, strict=True)
    ],
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_function_computes_its_definition(rule):
    for seed in range(5):
        args = rule.example(np.random.default_rng(seed))
        expected = DEFINITIONS[rule.name](*(X.tolist() for X in args))
        near_zero = 1e-15 if rule.name == "logsumexp" else 1e-16  # its two terms may cancel
        np.testing.assert_allclose(rule.forward(*args), expected, rtol=2e-14, atol=near_zero)


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
SMALL = np.longdouble(0.01)  # the slope of the leaky relu
SIXTH, THREE_FIFTHS = np.longdouble(1) / 6, np.longdouble(3) / 5
FAR_OUT = [-INF, -1000, -0.0, 0, 1000, INF, NAN]
ELEMENTWISE = {  # f and f' at the numbers of FAR_OUT
    "identity": (FAR_OUT, [1, 1, 1, 1, 1, 1, 1]),
    "sigmoid": ([0, 0, 0.5, 0.5, 1, 1, NAN], [0, 0, 0.25, 0.25, 0, 0, NAN]),
    "tanh": ([-1, -1, 0, 0, 1, 1, NAN], [0, 0, 1, 1, 0, 0, NAN]),
    "relu": ([0, 0, 0, 0, 1000, INF, NAN], [0, 0, 0, 0, 1, 1, 0]),  # [NaN > 0] is 0: the comparison is false
    "softplus": ([0, 0, LOG2, LOG2, 1000, INF, NAN], [0, 0, 0.5, 0.5, 1, 1, NAN]),
    "silu": ([0, 0, 0, 0, 1000, INF, NAN], [0, 0, 0.5, 0.5, 1, 1, NAN]),
    "leaky_relu": ([-INF, -1000 * SMALL, 0, 0, 1000, INF, NAN], [SMALL, SMALL, SMALL, SMALL, 1, 1, SMALL]),
    "elu": ([-1, -1, 0, 0, 1000, INF, NAN], [0, 0, 1, 1, 1, 1, NAN]),
    "mish": ([0, 0, 0, 0, 1000, INF, NAN], [0, 0, THREE_FIFTHS, THREE_FIFTHS, 1, 1, NAN]),
    "hard_sigmoid": ([0, 0, 0.5, 0.5, 1, 1, NAN], [0, 0, SIXTH, SIXTH, 0, 0, 0]),  # NaN is not inside
    "hardswish": ([0, 0, 0, 0, 1000, INF, NAN], [0, 0, 0.5, 0.5, 1, 1, NAN]),
    "gelu_tanh": ([0, 0, 0, 0, 1000, INF, NAN], [0, 0, 0.5, 0.5, 1, 1, NAN]),
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


def test_the_slope_at_a_kink_a_limit_and_the_root_of_zero_is_what_the_docstring_says():
    Z = np.array([-0.0, 0.0])
    Y_bar = np.array([6.0, 8.0])
    assert mathnet.leaky_relu_vjp(Y_bar, None, Z, alpha=0.5)[0].tolist() == [3, 4]
    assert mathnet.elu_vjp(Y_bar, mathnet.elu(Z, alpha=0.5), None, alpha=0.5)[0].tolist() == [3, 4]
    assert mathnet.sqrt_vjp(Y_bar, mathnet.sqrt(Z), None)[0].tolist() == [0, 0]
    assert mathnet.sqrt_jvp(Y_bar, mathnet.sqrt(Z), None).tolist() == [0, 0]
    limits = np.array([-1.0, 1.0])
    assert mathnet.clip_vjp(Y_bar, None, limits)[0].tolist() == [6, 8]
    assert mathnet.clip_vjp(Y_bar, None, 2 * limits)[0].tolist() == [0, 0]
    assert mathnet.clip([-2.0, 0.0, 2.0], low=1, high=-1).tolist() == [1, 1, 1]


def test_attention_with_a_mask_is_attention_without_the_keys_that_it_forbids():
    rng = np.random.default_rng(0)
    Q, K, V, Y_bar = (rng.normal(size=size) for size in [(2, 3), (4, 3), (4, 5), (2, 5)])
    seen = np.array([True, False, True, False])
    Y, expected = (
        mathnet.scaled_dot_product_attention(Q, K, V, mask=seen),
        mathnet.scaled_dot_product_attention(Q, K[seen], V[seen]),
    )
    np.testing.assert_allclose(Y, expected, rtol=1e-13)
    Q_bar, K_bar, V_bar = mathnet.scaled_dot_product_attention_vjp(Y_bar, Y, Q, K, V, mask=seen)
    cotangents = mathnet.scaled_dot_product_attention_vjp(Y_bar, expected, Q, K[seen], V[seen])
    for found, other in zip((Q_bar, K_bar[seen], V_bar[seen]), cotangents, strict=True):
        np.testing.assert_allclose(found, other, rtol=1e-12, atol=1e-15)
    assert not K_bar[~seen].any()
    assert not V_bar[~seen].any()


def test_a_query_that_may_look_nowhere_gets_zeros():
    Q, K, V = np.ones((2, 3)), np.ones((4, 3)), np.ones((4, 5))
    mask = np.array([[False], [True]])
    Y = mathnet.scaled_dot_product_attention(Q, K, V, mask=mask)
    assert Y.tolist() == [[0] * 5, [1] * 5]
    Q_bar, _, V_bar = mathnet.scaled_dot_product_attention_vjp(np.ones((2, 5)), Y, Q, K, V, mask=mask)
    assert not Q_bar[0].any()
    assert V_bar.tolist() == [[0.25] * 5] * 4
    assert mathnet.scaled_dot_product_attention(Q, K[:1], V[:1], causal=True).tolist() == [
        [0] * 5,
        [1] * 5,
    ]  # position −1 comes before all


def test_attention_of_huge_scores_neither_overflows_nor_lets_forbidden_ones_count():
    Q, K, V = [[1000.0]], [[1000.0], [0.0], [-1000.0]], [[1.0], [2.0], [3.0]]
    assert mathnet.scaled_dot_product_attention(Q, K, V).tolist() == [[1]]
    assert mathnet.scaled_dot_product_attention(Q, K, V, mask=[False, False, True]).tolist() == [[3]]


def test_dropout_drops_even_what_is_not_finite_and_scales_the_rest():
    Z, mask = np.array([[INF, 2.0, NAN], [4.0, -INF, 6.0]]), [[False, True, False], [True, False, True]]
    assert mathnet.dropout(Z, mask=mask, rate=0.75).tolist() == [[0, 8, 0], [16, 0, 24]]
    assert mathnet.dropout_vjp(Z, None, None, mask=mask, rate=0.75)[0].tolist() == [[0, 8, 0], [16, 0, 24]]
    assert mathnet.dropout(Z[1], rate=0.75).tolist() == Z[1].tolist()  # in use


def test_a_weight_of_two_is_the_positives_counted_twice():
    Z, T = np.array([0.5, -1.0, 3.0]), np.array([1.0, 0.0, 1.0])
    twice = Z[[0, 0, 1, 2, 2]], T[[0, 0, 1, 2, 2]]
    found = mathnet.binary_cross_entropy_with_logits(Z, T, pos_weight=2)
    assert found == pytest.approx(mathnet.binary_cross_entropy_with_logits(*twice), rel=1e-15)


def test_labels_cost_what_a_one_hot_target_costs_and_what_is_ignored_costs_nothing():
    Z, labels = np.random.default_rng(0).normal(size=(2, 3, 4)), np.array([[0, 3, 1], [2, 9, 2]])
    counts = labels != 9
    T = np.eye(4)[np.where(counts, labels, 0)][counts]
    Z[~counts] = NAN  # whatever stands there
    found = mathnet.cross_entropy_with_labels(Z, labels, ignore_index=9)
    assert found == pytest.approx(cross_entropy(Z[counts], T), rel=1e-15)
    (Z_bar, _) = mathnet.cross_entropy_with_labels_vjp(2.0, None, Z, labels, ignore_index=9, reduction="mean")
    np.testing.assert_allclose(Z_bar[counts], cross_entropy_vjp(2 / 5, None, Z[counts], T)[0], rtol=1e-14)
    assert Z_bar[~counts].tolist() == [[0, 0, 0, 0]]


def test_a_smoothed_label_is_a_smoothed_target_and_a_weight_of_two_counts_twice():
    Z, labels = np.random.default_rng(0).normal(size=(3, 4)), [1, 1, 3]
    smoothed = 0.9 * np.eye(4)[labels] + 0.025
    found = mathnet.cross_entropy_with_labels(Z, labels, label_smoothing=0.1)
    assert found == pytest.approx(cross_entropy(Z, smoothed), rel=1e-14)
    twice = mathnet.cross_entropy_with_labels(Z, labels, weight=[1, 2, 1, 1], reduction="mean")
    rows = [0, 0, 1, 1, 2]
    assert twice == pytest.approx(cross_entropy(Z[rows], np.eye(4)[[1, 1, 1, 1, 3]]) / 5, rel=1e-14)


def test_if_no_label_counts_the_mean_is_0_and_so_is_its_gradient():
    Z = np.ones((2, 3), np.float32)
    settings = {"reduction": "mean", "weight": [1, 2, 3], "label_smoothing": 0.1}
    assert mathnet.cross_entropy_with_labels(Z, [-100, -100], **settings) == 0
    (Z_bar, labels_bar) = mathnet.cross_entropy_with_labels_vjp(1.0, None, Z, [-100, -100], **settings)
    assert Z_bar.tolist() == [[0] * 3] * 2
    assert Z_bar.dtype == np.float32
    assert labels_bar is None


def test_a_class_that_was_held_for_impossible_costs_nothing_where_it_is_not_the_label():
    Z = np.array([[0.0, 0.0, -INF]])
    assert mathnet.cross_entropy_with_labels(Z, [1]) == pytest.approx(np.log(2))
    assert mathnet.cross_entropy_with_labels_vjp(1.0, None, Z, [1])[0].tolist() == [[0.5, -0.5, 0]]
    assert mathnet.cross_entropy_with_labels(Z, [2]) == INF


def test_the_row_of_the_padding_is_looked_up_but_does_not_learn():
    E, ids = np.arange(6.0).reshape(3, 2), np.array([[1, 0], [2, 1]])
    assert mathnet.embedding(E, ids, padding_index=1).tolist() == E[ids].tolist()
    E_bar, _ = mathnet.embedding_vjp(np.ones((2, 2, 2)), None, E, ids, padding_index=1)
    assert E_bar.tolist() == [[1, 1], [0, 0], [1, 1]]
    Y_dot = mathnet.embedding_jvp(E + 1, None, None, E, ids, padding_index=1)
    assert Y_dot.tolist() == [[[0, 0], [1, 2]], [[5, 6], [0, 0]]]


def test_binary_cross_entropy_of_confident_predictions():
    Z, T = np.array([1000.0, -1000.0, 1000.0, -1000.0]), np.array([1.0, 0.0, 0.0, 1.0])
    assert mathnet.binary_cross_entropy_with_logits(Z, T) == 2000
    assert mathnet.binary_cross_entropy_with_logits_vjp(1.0, None, Z, T)[0].tolist() == [0, 0, 1, -1]
    assert mathnet.binary_cross_entropy_with_logits(np.float32(-100), np.float32(1)).dtype == np.float32


def test_normalising_images_is_normalising_the_columns_of_their_pixels():
    rng = np.random.default_rng(0)
    images, gradient = rng.normal(size=(2, 2, 5, 4, 3))
    gamma, beta = rng.normal(size=(2, 5))

    def columns(A):
        return np.moveaxis(A, 1, -1).reshape(-1, 5)

    parameters = [P.reshape(5, 1, 1) for P in (gamma, beta)]
    found = mathnet.batch_norm_vjp(gradient, None, images, *parameters, axis=(0, 2, 3))
    expected = mathnet.batch_norm_vjp(columns(gradient), None, columns(images), gamma, beta)
    np.testing.assert_allclose(columns(found[0]), expected[0], rtol=1e-12, atol=1e-14)
    for one, other in zip(found[1:], expected[1:], strict=True):
        np.testing.assert_allclose(one.ravel(), other, rtol=1e-12)


def test_groups_of_channels_are_rows_of_a_layer_norm_and_a_group_of_one_is_an_instance():
    rng = np.random.default_rng(0)
    X, Y_bar = rng.normal(size=(2, 2, 6, 2, 2))
    gamma, beta = rng.normal(size=(2, 6))
    for groups in (1, 3, 6):
        shape = (2, groups, 6 // groups, 2, 2)
        parameters = [P.reshape(groups, 6 // groups, 1, 1) for P in (gamma, beta)]
        rows = X.reshape(shape), *parameters
        Y = mathnet.group_norm(X, gamma, beta, groups=groups)
        np.testing.assert_allclose(
            Y.reshape(shape), mathnet.layer_norm(*rows, axis=(2, 3, 4)), rtol=1e-12, atol=1e-14
        )
        found = mathnet.group_norm_vjp(Y_bar, Y, X, gamma, beta, groups=groups)
        expected = mathnet.layer_norm_vjp(Y_bar.reshape(shape), None, *rows, axis=(2, 3, 4))
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(one.ravel(), other.ravel(), rtol=1e-11, atol=1e-13)


def test_a_large_mean_costs_no_digits_in_a_normalisation():
    X = np.array([[0.0, 1.0, 2.0, 5.0]])
    for shift in (2.0**20, 2.0**40):
        assert mathnet.layer_norm(X + shift, 1.0, 0.0).tolist() == mathnet.layer_norm(X, 1.0, 0.0).tolist()


def test_rows_without_spread_and_batches_without_rows():
    assert mathnet.layer_norm([[7.0, 7.0]], 3.0, [1.0, 2.0]).tolist() == [[1, 2]]
    assert mathnet.batch_norm([[7.0, 9.0]], 3.0, [1.0, 2.0]).tolist() == [[1, 2]]
    assert mathnet.rms_norm([[0.0, 0.0]], 3.0).tolist() == [[0, 0]]
    assert mathnet.rms_norm([[5.0], [-7.0]], 3.0, eps=0).tolist() == [[3], [-3]]
    assert mathnet.rms_norm_vjp([[1.0], [1.0]], None, [[5.0], [-7.0]], 3.0, eps=0)[0].tolist() == [[0], [0]]
    empty = np.ones((0, 3))
    for name, parameters in [("layer_norm", [np.ones(3)] * 2), ("rms_norm", [np.ones(3)])]:
        X_bar, *others = getattr(mathnet, f"{name}_vjp")(empty, None, empty, *parameters)
        assert X_bar.shape == (0, 3)
        assert all(P_bar.tolist() == [0, 0, 0] for P_bar in others)


def test_small_values_keep_their_digits():
    np.testing.assert_allclose(mathnet.silu(np.array([-700.0])), -700 * math.exp(-700), rtol=1e-15)
    np.testing.assert_allclose(mathnet.elu(np.array([-1e-10])), -1e-10 + 0.5e-20, rtol=1e-15)
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


def test_a_target_that_stays_adds_nothing_to_the_tangent_where_its_logit_is_minus_infinity():
    Z, T = np.array([[0.0, -INF]]), np.array([[1.0, 0.0]])
    assert mathnet.cross_entropy_jvp([[3.0, 5.0]], [[0.0, 0.0]], None, Z, T) == 0


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


def test_the_largest_entries_share_the_cotangent_at_a_tie():
    X = np.array([[7.0, 3.0, 7.0], [1.0, 9.0, 2.0]])
    assert mathnet.max_vjp([6.0, 8.0], None, X, axis=1)[0].tolist() == [[3, 0, 3], [0, 8, 0]]
    assert mathnet.max_jvp([[2.0, 5.0, 4.0], [1.0, 6.0, 0.0]], None, X, axis=1).tolist() == [3, 6]
    assert mathnet.max_vjp(8.0, None, np.zeros((2, 2)))[0].tolist() == [[2, 2], [2, 2]]


def test_the_smallest_entries_share_the_cotangent_at_a_tie():
    X = np.array([[7.0, 3.0, 3.0], [1.0, 9.0, 2.0]])
    assert mathnet.min_vjp([6.0, 8.0], None, X, axis=1)[0].tolist() == [[0, 3, 3], [8, 0, 0]]
    assert mathnet.min_jvp([[2.0, 5.0, 4.0], [1.0, 6.0, 0.0]], None, X, axis=1).tolist() == [4.5, 1]


@pytest.mark.parametrize(("name", "larger"), [("maximum", 0), ("minimum", 1)])
def test_at_a_tie_of_two_each_gets_half(name, larger):
    A, B = np.array([2.0, 5.0, NAN]), np.array([2.0, 4.0, 1.0])
    bars = getattr(mathnet, f"{name}_vjp")(np.array([6.0, 8.0, 2.0]), None, A, B)
    assert bars[larger].tolist() == [3, 8, 1]
    assert bars[1 - larger].tolist() == [3, 0, 1]
    assert getattr(mathnet, f"{name}_jvp")([2.0, 3.0, 0.0], [4.0, 5.0, 0.0], None, A, B).tolist() == [
        3,
        [3, 5][larger],
        0,
    ]


def test_a_product_at_zeros_has_the_product_of_the_others():
    X = np.array([[3.0, 0, 2, 4], [0, 5, 0, 1], [1, 2, 3, 4]])
    expected = [[0, 24, 0, 0], [0, 0, 0, 0], [24, 12, 8, 6]]
    assert mathnet.prod_vjp(np.ones(3), None, X, axis=1)[0].tolist() == expected
    assert mathnet.prod_jvp(np.ones((3, 4)), None, X, axis=1).tolist() == [24, 0, 50]
    assert mathnet.prod(X[:0]) == 1
    assert mathnet.prod_vjp(1.0, None, X[:0])[0].shape == (0, 4)
    assert mathnet.prod_vjp(np.ones((0, 1)), None, X[:0], axis=1, keepdims=True)[0].shape == (0, 4)


def test_a_norm_and_a_deviation_of_zero_have_the_slope_zero():
    X = np.full((2, 3), 4.0)
    assert mathnet.std_vjp([6.0, 8.0], mathnet.std(X, axis=1), X, axis=1)[0].tolist() == [[0] * 3] * 2
    assert mathnet.std_jvp(X, mathnet.std(X, axis=1), X, axis=1).tolist() == [0, 0]
    assert mathnet.norm_vjp(6.0, 0.0, 0 * X)[0].tolist() == [[0] * 3] * 2
    assert mathnet.norm_jvp(X, 0.0, 0 * X) == 0


def test_powers_at_the_border_of_their_domain():
    A, B = np.array([-2.0, 0.0, 0.0, 0.0]), np.array([3.0, 0.0, 2.0, 1.0])
    Y = mathnet.power(A, B)
    assert Y.tolist() == [-8, 1, 0, 0]
    A_bar, B_bar = mathnet.power_vjp(np.ones(4), Y, A, B)
    assert A_bar.tolist() == [12, 0, 0, 1]
    assert B_bar.tolist() == [0, 0, 0, 0]
    assert mathnet.power_jvp(np.ones(4), np.ones(4), Y, A, B).tolist() == [12, 0, 0, 1]
    with pytest.warns(RuntimeWarning, match="invalid value"):
        assert np.isnan(mathnet.power([-2.0], [0.5])).all()


def test_the_kink_of_the_hinge_and_the_straight_line_of_huber():
    assert [X_bar.tolist() for X_bar in mathnet.hinge_vjp(2.0, None, [1.0, 0.5], [1.0, 1.0])] == [
        [0, -2],
        [0, -1],
    ]
    E = np.array([-3.0, -0.5, 0.5, 3.0])
    assert mathnet.huber(E, 0 * E, delta=0.5) == 2 * (0.5 * 3 - 0.125) + 2 * 0.125
    assert mathnet.huber_vjp(2.0, None, E, 0 * E, delta=0.5)[0].tolist() == [-1, -1, 1, 1]


def test_the_contrastive_loss_of_similarities_that_overflow_and_of_one_row():
    X = 1000 * np.eye(2)
    assert mathnet.info_nce(X, X, 0.5) == 0
    assert mathnet.info_nce(X, X[::-1], 0.5) == 4e6
    assert mathnet.info_nce([[1.0]], [[3.0]], 0.5) == 0


def test_the_kinks_of_the_hard_functions():
    Z = np.array([-3.0, 3.0])
    assert mathnet.hard_sigmoid_vjp(np.ones(2), None, Z)[0].tolist() == [0, 0]
    assert mathnet.hardswish_vjp(np.ones(2), None, Z)[0].tolist() == [0, 1]


def test_a_small_gate_keeps_its_digits():
    expected = mp.mpf(-5) * (1 + mp.tanh(mp.sqrt(2 / mp.pi) * (mp.mpf(-5) - mp.mpf("0.044715") * 125))) / 2
    np.testing.assert_allclose(float(mathnet.gelu_tanh(-5.0)), float(expected), rtol=1e-14)
    np.testing.assert_allclose(mathnet.mish(np.array([-700.0])), -700 * math.exp(-700), rtol=1e-15)


def test_logsumexp_and_log_softmax_of_huge_logits():
    Z = np.array([[1000.0, 1000.0], [-1000.0, -1000.0]])
    np.testing.assert_allclose(mathnet.logsumexp(Z), [1000 + LOG2, LOG2 - 1000], rtol=1e-15)
    assert mathnet.logsumexp_vjp([1.0, 2.0], mathnet.logsumexp(Z), Z)[0] == pytest.approx(
        np.array([[0.5, 0.5], [1, 1]]), rel=1e-12
    )
    assert mathnet.log_softmax([0.0, -1000.0, -INF]).tolist() == [0, -1000, -INF]


AXES = [
    (lambda X: mathnet.sum(X, axis=2), "sum(X): there is no axis 2 among 2 axes; got (2, 3)"),
    (lambda X: mathnet.sum(X, axis=(0, -2)), "sum(X): axis=(0, -2) names an axis twice"),
    (lambda X: mathnet.max(X[:0]), "max(X): needs at least one entry along the axes (0, 1); got (0, 3)"),
    (
        lambda X: mathnet.mean(X[:0], axis=0),
        "mean(X): needs at least one entry along the axes (0,); got (0, 3)",
    ),
    (lambda X: softmax(X, axis=-3), "softmax(Z[... k]): there is no axis -3 among 2 axes; got (2, 3)"),
    (
        lambda X: softmax(X[:0], axis=0),
        "softmax(Z[... k]): axis 0 of Z needs at least one entry; got Z (0, 3)",
    ),
    (
        lambda X: softmax_vjp(X, X, None, axis=2),
        "softmax_vjp(Y_bar[... k], Y[... k], Z[... k]): there is no axis 2 among 2 axes; got (2, 3)",
    ),
    (
        lambda X: mathnet.sum_vjp(X[0], None, X, axis=1, keepdims=True),
        "sum_vjp(Y_bar, Y, X): Y_bar must have the shape (2, 1) of the result, but has (3,); "
        "got an argument (2, 3), axis=1, keepdims=True",
    ),
]


@pytest.mark.parametrize(("call", "message"), AXES)
def test_axes_that_do_not_fit(call, message):
    with pytest.raises(mathnet.ShapeError, match=f"^{re.escape(message)}$"):
        call(np.ones((2, 3)))


def test_a_variance_with_a_correction_is_that_of_numpy():
    X = np.arange(6.0).reshape(2, 3) ** 2
    for axis, correction in [(None, 1), (0, 1), (1, 0.5), ((0, 1), 2)]:
        expected = np.var(X, axis=axis, ddof=correction)
        np.testing.assert_allclose(mathnet.var(X, axis=axis, correction=correction), expected, rtol=1e-15)
    message = "var_vjp(Y_bar, Y, X): correction=2 leaves nothing to divide by; got 2 along the axes (0,)"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        mathnet.var_vjp(np.ones(3), None, X, axis=0, correction=2)


def test_the_refused_column_is_named_along_another_axis():
    with pytest.raises(ValueError, match=re.escape("the largest entry of Z[:, 1] is inf,")):
        softmax([[0, 1], [0, INF]], axis=0)


# --- nothing, and one ---------------------------------------------------------------------------------------------

ARITHMETIC = ["add", "subtract", "multiply", "divide"]
BROADCAST = [*ARITHMETIC, "power", "maximum", "minimum"]
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
    *((name, [(0, 3), (0, 3)], (0, 3)) for name in BROADCAST),
    *((name, [(0, 3), (3,)], (0, 3)) for name in BROADCAST),
    *((name, [(0, 1), (1, 3)], (0, 3)) for name in BROADCAST),
    *((name, [(0, 3)], (0, 3)) for name in ELEMENTWISE),
    *(
        (name, [(0, 3)], (0, 3))
        for name in ["exp", "expm1", "log", "log1p", "sqrt", "square", "clip", "dropout"]
    ),
    ("affine", [(0, 3), (3, 4), (1, 4)], (0, 4)),
    ("affine", [(2, 0), (0, 4), (1, 4)], (2, 4)),
    ("affine", [(2, 3), (3, 0), (1, 0)], (2, 0)),
    ("softmax", [(0, 3)], (0, 3)),
    ("softmax", [(2, 0, 3)], (2, 0, 3)),
    ("log_softmax", [(0, 3)], (0, 3)),
    ("logsumexp", [(0, 3)], (0,)),
    ("sum", [(0, 3)], ()),
    ("norm", [(0, 3)], ()),
    ("cumsum", [(0, 3)], (0, 3)),
    ("half_squared_error", [(0, 2), (0, 2)], ()),
    ("half_squared_error", [(2, 0), (2, 0)], ()),
    ("cross_entropy", [(0, 3), (0, 3)], ()),
    ("binary_cross_entropy_with_logits", [(0, 3), (0, 3)], ()),
    ("cross_entropy_with_labels", [(0, 3), (0,)], ()),
    ("huber", [(0, 3), (0, 3)], ()),
    ("hinge", [(0, 3), (0, 3)], ()),
    ("gaussian_nll", [(0, 3), (0, 3), (0, 3)], ()),
    ("embedding", [(4, 3), (0,)], (0, 3)),
    ("embedding", [(0, 3), (0,)], (0, 3)),
    ("take_along_axis", [(2, 3), (2, 0)], (2, 0)),
    ("take_along_axis", [(2, 0), (2, 0)], (2, 0)),
    ("layer_norm", [(0, 3), (3,), (3,)], (0, 3)),
    ("rms_norm", [(0, 3), (3,)], (0, 3)),
    ("batch_norm", [(2, 0), (0,), (0,)], (2, 0)),
    ("group_norm", [(0, 3), (3,), (3,)], (0, 3)),
    ("swiglu", [(0, 3), (3, 2), (3, 2), (2, 4)], (0, 4)),
    ("swiglu", [(5, 3), (3, 0), (3, 0), (0, 4)], (5, 4)),
    ("batch_norm_inference", [(0, 3), (3,), (1, 3), (3,), ()], (0, 3)),
    ("scaled_dot_product_attention", [(0, 3), (4, 3), (4, 5)], (0, 5)),
    ("scaled_dot_product_attention", [(2, 3), (4, 3), (4, 0)], (2, 0)),
]


WITH_INTEGERS = ["cross_entropy_with_labels", "embedding", "take_along_axis"]


@pytest.mark.parametrize(("name", "shapes", "shape"), EMPTY)
def test_sums_over_nothing_are_zero(name, shapes, shape):
    args = [np.ones(size) for size in shapes]
    if name in WITH_INTEGERS:
        args[-1] = args[-1].astype(int)
    Y = getattr(mathnet, name)(*args)
    assert Y.shape == shape
    bias = 1 if name == "affine" else 0
    np.testing.assert_array_equal(Y, np.full(shape, bias))
    for X, X_bar in zip(args, getattr(mathnet, f"{name}_vjp")(np.ones_like(Y), Y, *args), strict=True):
        if X.dtype.kind == "i":
            assert X_bar is None
            continue
        assert X_bar.shape == X.shape
        assert np.all(X_bar == (len(Y) if X.shape[:1] == (1,) and bias else 0))


def test_every_rule_has_been_tried_on_nothing():
    not_zero_or_refused = {"mean", "var", "std", "max", "min", "prod", "info_nce"}
    assert {name for name, _, _ in EMPTY} | not_zero_or_refused == {rule.name for rule in RULES}


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


def test_no_pairs_have_no_contrast():
    message = "info_nce(X[n d], Y[n d], tau[]): a row of Z needs at least one entry; got Z (0, 0)"
    with pytest.raises(mathnet.ShapeError, match=f"^{re.escape(message)}$"):
        mathnet.info_nce(np.ones((0, 3)), np.ones((0, 3)), 1.0)


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


@given(
    a=st.lists(st.integers(0, 3), max_size=3).map(tuple), b=st.lists(st.integers(0, 3), max_size=3).map(tuple)
)
def test_arithmetic_broadcasts_what_numpy_broadcasts_and_refuses_the_rest(a, b):
    A, B = np.ones(a), np.ones(b)
    try:
        shape = np.broadcast_shapes(a, b)
    except ValueError:
        assert not any(accepts(getattr(mathnet, name), A, B) for name in ARITHMETIC)
        return
    copies = np.broadcast_to(A, shape).size / max(A.size, 1)
    for name in ARITHMETIC:
        Y = getattr(mathnet, name)(A, B)
        A_bar, B_bar = getattr(mathnet, f"{name}_vjp")(np.ones(shape), Y, A, B)
        assert (np.shape(Y), A_bar.shape, B_bar.shape) == (shape, a, b)
        np.testing.assert_array_equal(A_bar, np.full(a, copies))


@pytest.mark.parametrize(
    ("shape", "problem"),
    [
        ((2,), "(2,) does not broadcast to (2, 3), the shape of Y_bar"),
        ((4, 2, 3), "(4, 2, 3) does not broadcast to (2, 3), the shape of Y_bar"),
    ],
)
def test_unbroadcast_refuses_a_shape_that_was_not_broadcast(shape, problem):
    with pytest.raises(mathnet.ShapeError, match=f"^{re.escape('unbroadcast(Y_bar, shape): ' + problem)}$"):
        mathnet.unbroadcast(np.ones((2, 3)), shape=shape)


def test_division_by_zero_is_that_of_ieee_754():
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert mathnet.divide([1.0, -1.0], [0.0]).tolist() == [INF, -INF]


def accepts(function, *args):
    try:
        function(*args)
    except mathnet.ShapeError:
        return False
    return True
