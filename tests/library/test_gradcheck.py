"""The checker is checked: it must reject every wrong rule, and say what it cannot judge."""

import re
from fractions import Fraction

import numpy as np
import pytest

from mathnet import (
    RULES,
    GradientCheckError,
    Rule,
    affine,
    affine_vjp,
    central_difference_jacobians,
    complex_step_jacobians,
    exact_jacobians,
    hadamard,
    hadamard_vjp,
    matmul,
    outer,
    sigmoid_vjp,
    vjp_error,
)
from mathnet.dual import mp
from mathnet.gradcheck import METHODS
from mathnet.rules import draws

SHARP = ["exact", "complex step"]
SQUARES = draws((3, 3), (3, 3))


def cube(X):
    return X * X * X


def cube_vjp(Y_bar, Y, X):
    return (3 * Y_bar * X * X,)


def test_the_three_methods_find_a_known_jacobian():
    A, B = RULES[0].example(np.random.default_rng(1))
    expected = np.einsum("ip,jq->ijpq", np.eye(2), B.T)  # dY_ij / dA_pq = delta_ip B_qj
    for method in METHODS.values():
        J, _ = method(matmul, A, B)
        assert J.shape == (2, 4, 2, 3)
        np.testing.assert_allclose(J.astype(float), expected, rtol=0, atol=1e-9)


def test_exact_jacobians_are_exact():
    X = np.array([Fraction(1, 3), Fraction(-2, 7)], dtype=object)
    (J,) = exact_jacobians(lambda x: 1 / (1 + x * x), X)
    expected = [-2 * x / (1 + x * x) ** 2 for x in X]
    assert J.tolist() == [[expected[0], 0], [0, expected[1]]]


def test_exact_jacobians_have_fifty_digits_after_an_exponential():
    (J,) = exact_jacobians(lambda x: np.exp(np.sqrt(x)), np.array([2.0]))
    root = mp.sqrt(2)
    assert abs(J[0, 0] - mp.exp(root) / (2 * root)) < mp.mpf(10) ** -50


def test_complex_step_is_accurate_to_rounding_where_the_central_difference_is_not():
    x = np.array([1.5])
    true = np.exp(1.5) * (np.sin(1.5) + np.cos(1.5))
    (by_complex,) = complex_step_jacobians(lambda x: np.exp(x) * np.sin(x), x)
    (by_difference,) = central_difference_jacobians(lambda x: np.exp(x) * np.sin(x), x)
    assert abs(by_complex[0, 0] - true) <= 4e-16 * true
    assert 1e-13 * true < abs(by_difference[0, 0] - true) < 1e-9 * true


def test_central_difference_of_a_square_has_no_truncation_error():
    (J,) = central_difference_jacobians(np.square, np.array([3.0]), h=0.5)
    assert J.tolist() == [[6.0]]


# --- wrong rules -------------------------------------------------------------------------------------


def spoiled(function):
    """Return every rule of the book with its cotangents changed by the function."""
    return [
        pytest.param(
            Rule(rule.forward, lambda *args, rule=rule: function(rule.vjp(*args)), rule.example), id=rule.name
        )
        for rule in RULES
    ]


@pytest.mark.parametrize("method", SHARP)
@pytest.mark.parametrize("rule", spoiled(lambda bars: tuple(1.0000001 * X_bar for X_bar in bars)))
def test_a_factor_of_1_0000001_is_rejected(rule, method):
    error = vjp_error(rule, method=method).error
    assert 0.9e-7 < error < 2e-6  # the dense cotangent adds up some entries of the Jacobian


@pytest.mark.parametrize("rule", spoiled(lambda bars: tuple(1.0000001 * X_bar for X_bar in bars)))
def test_the_usual_finite_difference_check_accepts_a_factor_of_1_0000001(rule):
    assert vjp_error(rule, method="central difference").error < 1e-5


@pytest.mark.parametrize("rule", spoiled(lambda bars: (*bars[:-1], -bars[-1])))
def test_a_wrong_sign_is_rejected(rule):
    assert vjp_error(rule).error > 1


def swapped_hadamard(Y_bar, Y, A, B):
    return hadamard_vjp(Y_bar, Y, A, B)[::-1]


def matmul_without_transpose(Y_bar, Y, A, B):
    return Y_bar @ B, A.T @ Y_bar


def outer_without_transpose(Y_bar, Y, a, b):
    return Y_bar @ b, Y_bar @ a


def affine_with_first_row_as_bias_gradient(Z_bar, Z, H, W, B):
    H_bar, W_bar, _ = affine_vjp(Z_bar, Z, H, W, B)
    return H_bar, W_bar, Z_bar[:1]


def affine_with_mean_over_samples(Z_bar, Z, H, W, B):
    H_bar, W_bar, B_bar = affine_vjp(Z_bar, Z, H, W, B)
    return H_bar, W_bar, B_bar / len(H)


def quadratic_in_the_cotangent(Y_bar, Y, A, B):
    A_bar, B_bar = hadamard_vjp(Y_bar, Y, A, B)
    return Y_bar * A_bar, B_bar


def one_entry_wrong(Y_bar, Y, A, B):
    A_bar, B_bar = hadamard_vjp(Y_bar, Y, A, B)
    A_bar[0, 1] = 0
    return A_bar, B_bar


def not_a_number(Y_bar, Y, A, B):
    return tuple(X_bar * np.nan for X_bar in hadamard_vjp(Y_bar, Y, A, B))


WRONG_VALUES = [  # equal sizes where unequal ones would already give a wrong shape
    Rule(hadamard, swapped_hadamard, SQUARES),
    Rule(matmul, matmul_without_transpose, SQUARES),
    Rule(outer, outer_without_transpose, draws((3,), (3,))),
    Rule(affine, affine_with_first_row_as_bias_gradient, draws((2, 3), (3, 4), (1, 4))),
    Rule(affine, affine_with_mean_over_samples, draws((2, 3), (3, 4), (1, 4))),
    Rule(hadamard, quadratic_in_the_cotangent, SQUARES),
    Rule(hadamard, one_entry_wrong, SQUARES),
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("rule", WRONG_VALUES, ids=lambda rule: rule.vjp.__name__)
def test_wrong_values_are_rejected(rule, method):
    assert vjp_error(rule, method=method).error > 0.01


def test_not_a_number_is_no_success():
    error = vjp_error(Rule(hadamard, not_a_number, SQUARES), method="complex step").error
    assert np.isnan(error)


# --- broken contracts ----------------------------------------------------------------------------------


def affine_without_sum(Z_bar, Z, H, W, B):
    H_bar, W_bar, _ = affine_vjp(Z_bar, Z, H, W, B)
    return H_bar, W_bar, Z_bar


def no_tuple(Y_bar, Y, X):
    return 3 * Y_bar * X * X


def two_cotangents(Y_bar, Y, X):
    return (*cube_vjp(Y_bar, Y, X), Y_bar)


def missing_cotangent(Y_bar, Y, X):
    return (None,)


def in_place(Y_bar, Y, X):
    Y_bar *= 3 * X * X
    return (Y_bar,)


def rows(X, index):
    return X[index]


def rows_vjp(Y_bar, Y, X, index):
    X_bar = np.zeros_like(X)
    np.add.at(X_bar, index, Y_bar)
    return X_bar, None


def rows_vjp_with_cotangent_of_integers(Y_bar, Y, X, index):
    return (*rows_vjp(Y_bar, Y, X, index)[:1], index)


ONE = draws((2, 3))
BROKEN = [
    (
        Rule(affine, affine_without_sum, draws((2, 3), (3, 4), (1, 4))),
        "affine_without_sum: the cotangent of argument 2 has shape (2, 4), not (1, 4)",
    ),
    (Rule(cube, no_tuple, ONE), "no_tuple must return a tuple of 1, one cotangent per argument"),
    (Rule(cube, two_cotangents, ONE), "two_cotangents must return a tuple of 1, one cotangent per argument"),
    (Rule(cube, missing_cotangent, ONE), "missing_cotangent: argument 0 has no cotangent"),
    (Rule(cube, in_place, ONE), "in_place changes its arguments"),
    (
        Rule(rows, rows_vjp_with_cotangent_of_integers, lambda rng: (np.ones((3, 2)), np.array([0, 2, 2]))),
        "rows_vjp_with_cotangent_of_integers: argument 1 is an integer array: its cotangent must be None",
    ),
]


@pytest.mark.parametrize("method", SHARP)
@pytest.mark.parametrize(("rule", "message"), BROKEN, ids=[rule.vjp.__name__ for rule, _ in BROKEN])
def test_a_broken_contract_is_named(rule, message, method):
    with pytest.raises(GradientCheckError, match=f"^{re.escape(message)}$"):
        vjp_error(rule, method=method)


def test_unknown_method():
    message = "unknown method 'guess'; known are exact, complex step, central difference"
    with pytest.raises(GradientCheckError, match=f"^{message}$"):
        vjp_error(RULES[0], method="guess")


@pytest.mark.parametrize("method", METHODS)
def test_integer_arguments_are_indices_and_have_no_cotangent(method):
    X, index = draws((4, 2))(np.random.default_rng(0))[0], np.array([0, 3, 3])
    assert vjp_error(Rule(rows, rows_vjp, None), X, index, method=method).error < 1e-9


@pytest.mark.parametrize("method", METHODS)
def test_settings_reach_both_functions(method):
    def scaled(X, *, factor):
        return factor * X

    def scaled_vjp(Y_bar, Y, X, *, factor):
        return (factor * Y_bar,)

    assert vjp_error(Rule(scaled, scaled_vjp, ONE), method=method, factor=3).error < 1e-9


# --- what a method cannot see, it must not pass over in silence ------------------------------------------


def norm(x):
    return np.asarray(np.linalg.norm(x))


LOSE_THE_IMAGINARY_PART = {
    "abs": lambda x: np.abs(x),
    "abs in part": lambda x: x * np.abs(x),
    "var": lambda x: np.asarray(np.var(x)),
    "norm": norm,
    "norm in part": lambda x: x / np.linalg.norm(x),
    "conj": lambda x: x * np.conj(x),
    "real": lambda x: x + np.real(x),
}


@pytest.mark.parametrize("f", LOSE_THE_IMAGINARY_PART.values(), ids=LOSE_THE_IMAGINARY_PART)
def test_complex_step_notices_a_lost_imaginary_part(f):
    with pytest.raises(GradientCheckError, match=r"by complex step, but .* by central difference"):
        complex_step_jacobians(f, np.array([0.5, -1.25, 2.0]))


def test_the_message_says_where_and_what():
    message = (
        "argument 0: entry (0, 0) of the Jacobian is 0 by complex step, but 1 by central difference; there is "
        "a kink, floats overflow, or the code drops what carries the derivative (np.abs, np.conj, np.var, norm, .astype)"
    )
    with pytest.raises(GradientCheckError, match=f"^{re.escape(message)}$"):
        complex_step_jacobians(np.abs, np.array([0.5]))


@pytest.mark.parametrize("method", SHARP)
def test_a_kink_is_noticed(method):
    with pytest.raises(GradientCheckError, match="there is a kink"):
        METHODS[method](lambda x: np.maximum(x, 0), np.array([0.0, 1.0]))


def test_overflow_is_noticed():
    def exp_twice(x):
        with np.errstate(over="ignore", invalid="ignore"):
            return np.exp(x) / np.exp(x)

    with pytest.raises(GradientCheckError, match="is 0 by exact, but nan by central difference"):
        exact_jacobians(exp_twice, np.array([1000.0]))


def test_a_derivative_below_the_noise_of_differences_is_no_alarm():
    (J,) = exact_jacobians(lambda x: 1 + np.exp(x), np.array([-40.0]))
    assert abs(J[0, 0] - mp.exp(-40)) < mp.mpf(10) ** -60


def test_exact_arithmetic_finds_wrong_formulas_and_floats_find_lost_digits():
    def careless_sigmoid(Z):
        return 1 - 1 / (1 + np.exp(Z))

    rule, Z = Rule(careless_sigmoid, sigmoid_vjp, None), np.array([-40.0])
    assert vjp_error(rule, Z).error < 1e-40
    assert vjp_error(rule, Z, method="complex step").error == 1


def test_exact_arithmetic_is_not_left_unnoticed():
    with pytest.raises(TypeError, match="float"):
        exact_jacobians(lambda x: x * x.astype(float), np.array([0.5]))


def test_a_lost_tangent_is_noticed():
    def constant_in_part(x):
        return x * np.array([entry.value if hasattr(entry, "value") else entry for entry in x])

    with pytest.raises(GradientCheckError, match="by exact, but"):
        exact_jacobians(constant_in_part, np.array([0.5]))
