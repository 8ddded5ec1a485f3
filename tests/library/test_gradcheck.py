"""The checker is checked: it must reject every wrong rule, and say what it cannot judge."""

import math
import re
from fractions import Fraction
from functools import partial

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
from mathnet.rules import draws

METHODS = {
    "exact": exact_jacobians,
    "complex step": complex_step_jacobians,
    "central difference": central_difference_jacobians,
}
SHARP = ["exact", "complex step"]
SQUARES = draws((3, 3), (3, 3))


def rule_named(name):
    return next(rule for rule in RULES if rule.name == name)


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
    """Return every rule of the book with its cotangents changed by the function; integers have none."""

    def vjp(*args, rule):
        bars = rule.vjp(*args)
        changed = iter(function([X_bar for X_bar in bars if X_bar is not None]))
        return tuple(X_bar if X_bar is None else next(changed) for X_bar in bars)

    return [
        pytest.param(Rule(rule.forward, partial(vjp, rule=rule), rule.example), id=rule.name)
        for rule in RULES
    ]


@pytest.mark.parametrize("method", SHARP)
@pytest.mark.parametrize("rule", spoiled(lambda bars: tuple(1.0000001 * X_bar for X_bar in bars)))
def test_a_factor_of_1_0000001_is_rejected(rule, method):
    error = vjp_error(rule, method=method).error
    assert error == pytest.approx(1e-7, rel=1e-3)


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


def one_entry_wrong(Y_bar, Y, A, B):
    A_bar, B_bar = hadamard_vjp(Y_bar, Y, A, B)
    A_bar[0, 1] = 0
    return A_bar, B_bar


WRONG_VALUES = [  # equal sizes where unequal ones would already give a wrong shape
    Rule(hadamard, swapped_hadamard, SQUARES),
    Rule(matmul, matmul_without_transpose, SQUARES),
    Rule(outer, outer_without_transpose, draws((3,), (3,))),
    Rule(affine, affine_with_first_row_as_bias_gradient, draws((2, 3), (3, 4), (1, 4))),
    Rule(affine, affine_with_mean_over_samples, draws((2, 3), (3, 4), (1, 4))),
    Rule(hadamard, one_entry_wrong, SQUARES),
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("rule", WRONG_VALUES, ids=lambda rule: rule.vjp.__name__)
def test_wrong_values_are_rejected(rule, method):
    assert vjp_error(rule, method=method).error > 0.01


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


def not_a_number(Y_bar, Y, X):
    X_bar = 3 * Y_bar * X * X
    X_bar[0, 1] = np.nan
    return (X_bar,)


def complex_cotangent(Y_bar, Y, X):
    return (np.ones(X.shape) * 1j,)


def words(Y_bar, Y, X):
    return (np.full(X.shape, "word"),)


BUFFER = {}


def one_buffer(Y_bar, Y, X):
    buffer = BUFFER.setdefault(X.dtype, np.empty_like(X))
    buffer[...] = 3 * Y_bar * X * X
    return (buffer,)


def another_every_time(Y_bar, Y, X):
    return (3 * Y_bar * X * X + np.random.default_rng().integers(2**60),)


def changes_result(Y_bar, Y, X):
    Y *= 2
    return cube_vjp(Y_bar, Y, X)


def changes_argument(Y_bar, Y, X):
    X[...] = 3 * X * X
    return (Y_bar * X,)


ONE = draws((2, 3))
BROKEN = [
    (
        Rule(affine, affine_without_sum, draws((2, 3), (3, 4), (1, 4))),
        "affine_without_sum: the cotangent of argument 2 has shape (2, 4), not (1, 4)",
    ),
    (
        Rule(cube, no_tuple, ONE),
        "no_tuple returns ndarray, no tuple; it must return (X0_bar,), one cotangent for each argument",
    ),
    (
        Rule(cube, two_cotangents, ONE),
        "two_cotangents returns a tuple of 2; it must return (X0_bar,), one cotangent for each argument",
    ),
    (
        Rule(hadamard, lambda Y_bar, Y, A, B: hadamard_vjp(Y_bar, Y, A, B)[:1], SQUARES),
        "<lambda> returns a tuple of 1; it must return (X0_bar, X1_bar), one cotangent for each argument",
    ),
    (
        Rule(cube, missing_cotangent, ONE),
        "missing_cotangent: the cotangent of argument 0 is None, which is for integers only",
    ),
    (Rule(cube, in_place, ONE), "in_place changes Y_bar in place; let it work on a copy"),
    (Rule(cube, changes_result, ONE), "changes_result changes Y in place; let it work on a copy"),
    (
        Rule(cube, changes_argument, ONE),
        "changes_argument changes argument 0 in place; let it work on a copy",
    ),
    (
        Rule(cube, not_a_number, ONE),
        "not_a_number: the cotangent of argument 0 is nan at (0, 1); choose a point where all is finite",
    ),
    (
        Rule(cube, complex_cotangent, ONE),
        "complex_cotangent: the cotangent of argument 0 has dtype complex128; it must hold real numbers",
    ),
    (Rule(cube, words, ONE), "words: the cotangent of argument 0 has dtype <U4; it must hold real numbers"),
    (
        Rule(cube, one_buffer, ONE),
        "one_buffer overwrites what it returned before; let it return a new array each time",
    ),
    (
        Rule(cube, another_every_time, ONE),
        "another_every_time gives different cotangents for the same arguments; "
        "draw random numbers outside, and give them to it as an argument",
    ),
    (
        Rule(rows, rows_vjp_with_cotangent_of_integers, lambda rng: (np.ones((3, 2)), np.array([0, 2, 2]))),
        "rows_vjp_with_cotangent_of_integers: argument 1 is an array of integers, so its cotangent must be None; "
        "if it is not an index, give it as floats",
    ),
]


@pytest.mark.parametrize("method", SHARP)
@pytest.mark.parametrize(("rule", "message"), BROKEN, ids=[rule.vjp.__name__ for rule, _ in BROKEN])
def test_a_broken_contract_is_named(rule, message, method):
    with pytest.raises(GradientCheckError, match=f"^{re.escape(message)}$"):
        vjp_error(rule, method=method)


@pytest.mark.parametrize("method", METHODS)
def test_a_cotangent_may_share_the_memory_of_what_the_rule_was_given(method):
    rule = Rule(lambda X, C: X[:, 0] + C, lambda Y_bar, Y, X, C: (np.stack([Y_bar, 0 * Y_bar], 1), Y_bar))
    assert vjp_error(rule, *draws((3, 2), (3,))(np.random.default_rng(0)), method=method).error < 1e-9


@pytest.mark.parametrize("method", METHODS)
def test_a_cotangent_may_be_a_view_without_memory_of_its_own(method):
    def broadcast_vjp(Y_bar, Y, X):
        return (np.broadcast_to(Y_bar, X.shape),)

    rule = Rule(lambda X: np.sum(X, axis=0), broadcast_vjp, draws((2, 3)))
    assert vjp_error(rule, method=method).error < 1e-9


def test_objects_are_no_cotangent_where_floats_were_given():
    rule = Rule(cube, lambda *args: (cube_vjp(*args)[0].astype(object),), ONE)
    message = "<lambda>: the cotangent of argument 0 has dtype object; it must hold real numbers"
    with pytest.raises(GradientCheckError, match=f"^{re.escape(message)}$"):
        vjp_error(rule, method="complex step")
    assert vjp_error(rule).error == 0  # there, numbers are objects


def test_an_object_that_is_no_number_is_named():
    rule = Rule(cube, lambda Y_bar, Y, X: (np.full(X.shape, None),), ONE)
    message = "<lambda>: the cotangent of argument 0 holds None; it must hold real numbers"
    with pytest.raises(GradientCheckError, match=f"^{re.escape(message)}$"):
        vjp_error(rule)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("X", [np.ones((0, 3)), np.arange(3)], ids=["empty", "integers"])
def test_no_comparison_is_no_success(X, method):
    def whole_cube(X):
        return 1.0 * cube(X)

    message = "whole_cube: nothing can be compared; give it floats, and no empty arrays"
    with pytest.raises(GradientCheckError, match=f"^{message}$"):
        vjp_error(Rule(whole_cube, cube_vjp), X, method=method)


def test_an_empty_result_is_no_success():
    with pytest.raises(GradientCheckError, match=r"^<lambda>: nothing can be compared"):
        vjp_error(Rule(lambda X: X[:0], lambda Y_bar, Y, X: (7 * X,), ONE))


def test_jacobians_of_empty_arrays_have_their_shape():
    for jacobians in METHODS.values():
        J, K = jacobians(matmul, np.ones((0, 3)), np.ones((3, 2)))
        assert (J.shape, K.shape) == ((0, 2, 0, 3), (0, 2, 3, 2))


def test_without_an_example_there_must_be_arguments():
    message = "the rule of cube has no example; give vjp_error its arguments"
    with pytest.raises(GradientCheckError, match=f"^{message}$"):
        vjp_error(Rule(cube, cube_vjp))


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
    said = r"by complex step, but .* by central difference|the code drops the imaginary part"
    with pytest.raises(GradientCheckError, match=said):
        complex_step_jacobians(f, np.array([0.5, -1.25, 2.0]))


@pytest.mark.parametrize("scale", [1, 1e-12])
def test_the_size_of_a_lost_derivative_does_not_matter(scale):
    message = (
        "<lambda>: the result is real for complex arguments: the code drops the imaginary part, and with it the "
        "derivative (np.abs, np.conj, np.real, np.var, norm); use 'central difference'"
    )
    with pytest.raises(GradientCheckError, match=f"^{re.escape(message)}$"):
        complex_step_jacobians(lambda x: scale * np.linalg.norm(x), np.array([0.5, -1.25, 2.0]))
    with pytest.raises(GradientCheckError, match=r"^<lambda>: result 1 is real for complex arguments"):
        complex_step_jacobians(lambda x: (x, scale * np.abs(x)), np.array([0.5, -1.25, 2.0]))


def test_a_real_result_that_does_not_move_is_no_alarm():
    for (J,) in complex_step_jacobians(lambda x: (x * x, np.ones(2)), np.array([0.5, -1.25])):
        assert J.shape == (2, 2)


def test_the_message_says_where_and_what():
    message = (
        "<lambda>: entry (0, 0) of the Jacobian of argument 0 is 1 by complex step, but 2 by central difference; "
        "there is a kink, floats lose their digits, or the code drops what carries the derivative "
        "(np.abs, np.conj, np.real, np.var, norm)"
    )
    with pytest.raises(GradientCheckError, match=f"^{re.escape(message)}$"):
        complex_step_jacobians(lambda x: x + np.abs(x), np.array([0.5]))


def test_a_small_part_that_is_lost_is_noticed_too():
    with pytest.raises(
        GradientCheckError, match=r"is 1000000 by complex step, but 1000001(\.0\d*)? by central"
    ):
        complex_step_jacobians(lambda x: 1e6 * x + np.abs(x), np.array([0.5]))


@pytest.mark.parametrize("method", SHARP)
@pytest.mark.parametrize(
    "f", [lambda x: np.exp(30 * x), lambda x: 1e6 * np.sin(300 * x), lambda x: 1 / (x - 0.499)]
)
def test_a_difference_that_is_far_off_by_its_own_error_is_no_alarm(f, method):
    METHODS[method](f, np.array([0.5, 1.0]))


@pytest.mark.parametrize("method", SHARP)
def test_a_kink_is_noticed(method):
    with pytest.raises(GradientCheckError, match="there is a kink"):
        METHODS[method](lambda x: np.maximum(x, 0), np.array([0.0, 1.0]))


@pytest.mark.parametrize("method", METHODS)
def test_a_step_out_of_the_domain_is_noticed(method):
    message = (
        "sqrt: entry (1, 1) of the Jacobian of argument 0 is nan by central difference; within 7.6e-06 of the "
        "argument floats overflow, or the function ends; choose another argument"
    )
    with pytest.raises(GradientCheckError, match=f"^{re.escape(message)}$"):
        METHODS[method](np.sqrt, np.array([1.0, 1e-6]))


def test_a_derivative_below_the_noise_of_differences_is_no_alarm():
    (J,) = exact_jacobians(lambda x: 1 + np.exp(x), np.array([-40.0]))
    assert abs(J[0, 0] - mp.exp(-40)) < mp.mpf(10) ** -60


def test_exact_arithmetic_finds_wrong_formulas_and_floats_find_lost_digits():
    def careless_sigmoid(Z):
        return 1 - 1 / (1 + np.exp(Z))

    rule, Z = Rule(careless_sigmoid, sigmoid_vjp), np.array([-40.0])
    assert vjp_error(rule, Z).error < 1e-40
    assert vjp_error(rule, Z, method="complex step").error == 1


def test_a_lost_tangent_is_noticed():
    def constant_in_part(x):
        return x * np.array([entry.value if hasattr(entry, "value") else entry for entry in x])

    with pytest.raises(GradientCheckError, match="by exact, but"):
        exact_jacobians(constant_in_part, np.array([0.5]))


# --- rules that are not linear in the cotangent ------------------------------------------------------------


def of_the_cotangent(rule, function):
    """Return the rule with a function of its cotangent, and its own name."""

    def vjp(Y_bar, Y, *args):
        return rule.vjp(function(Y_bar), Y, *args)

    return Rule(rule.forward, vjp, rule.example)


NOT_LINEAR = {
    "guided": lambda Y_bar: np.maximum(Y_bar, 0),
    "negative part": lambda Y_bar: np.minimum(Y_bar, 0),
    "absolute": np.abs,
    "sign": np.sign,
    "square": np.square,
    "cube": lambda Y_bar: Y_bar**3,
    "plus": lambda Y_bar: Y_bar + Fraction(1, 1000) if Y_bar.dtype == object else Y_bar + 0.001,
    "taken for one": np.ones_like,
    "clipped": lambda Y_bar: np.clip(Y_bar, -100, 100),
    "clipped above": lambda Y_bar: np.minimum(Y_bar, 10**6),
    "clipped below": lambda Y_bar: np.maximum(Y_bar, -(10**6)),
    "dropped when small": lambda Y_bar: np.where(np.abs(Y_bar) > 1e-9, Y_bar, 0 * Y_bar),
    "normalised": lambda Y_bar: Y_bar / (np.max(np.abs(Y_bar)) or 1),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("function", NOT_LINEAR.values(), ids=NOT_LINEAR)
@pytest.mark.parametrize("name", ["relu", "hadamard", "half_squared_error"])
def test_a_rule_that_is_not_linear_is_named(name, function, method):
    rule = of_the_cotangent(rule_named(name), function)
    with pytest.raises(GradientCheckError, match=r"^vjp is not linear in Y_bar: if Y_bar is "):
        vjp_error(rule, method=method)


@pytest.mark.parametrize("method", METHODS)
def test_entries_that_are_dropped_when_small_beside_others_are_named(method):
    def largest(Y_bar):
        return np.where(np.abs(Y_bar) * 900 > np.max(np.abs(Y_bar)), Y_bar, 0 * Y_bar)

    with pytest.raises(
        GradientCheckError, match=r"^vjp is not linear in Y_bar: if Y_bar is 1, 0.000976562, "
    ):
        vjp_error(of_the_cotangent(RULES[0], largest), method=method)


PAIRS = [(i, j) for i in range(5) for j in range(5) if i != j]


@pytest.mark.parametrize(("i", "j"), PAIRS)
def test_any_two_entries_of_the_cotangent_meet_with_all_signs(i, j):
    for sign in (1, -1):

        def vjp(Y_bar, Y, X, sign=sign):
            X_bar = np.array(Y_bar)
            X_bar[0] += np.maximum(sign * Y_bar[i], 0) * np.maximum(-Y_bar[j], 0)
            return (X_bar,)

        with pytest.raises(GradientCheckError, match=r"^vjp is not linear in Y_bar"):
            vjp_error(Rule(lambda X: 1 * X, vjp, draws((5,))))


def test_the_message_about_a_rule_that_is_not_linear():
    rule = Rule(cube, lambda Y_bar, Y, X: cube_vjp(np.maximum(Y_bar, 0), Y, X))
    message = (
        "<lambda> is not linear in Y_bar: if Y_bar is 0.5, -0.75, 1, -1.25, …, entry (1,) of the cotangent of "
        "argument 0 is 0, but added up over the entries of Y_bar, one at a time, it is -9; multiply Y_bar by "
        "what does not depend on it, and add"
    )
    for method in METHODS:
        with pytest.raises(GradientCheckError, match=f"^{re.escape(message)}$"):
            vjp_error(rule, np.array([1.0, 2.0, 0.5, 0.25, 3.0]), method=method)


# --- where 60 digits cancel --------------------------------------------------------------------------------


SATURATED = {
    "sigmoid at 150": ("sigmoid", np.array([150.0])),
    "sigmoid at both ends": ("sigmoid", np.array([150.0, -150.0])),
    "tanh at 90": ("tanh", np.array([90.0])),
    "softplus at -200": ("softplus", np.array([-200.0])),
    "softmax at 0 and 200": ("softmax", np.array([[0.0, 200.0]])),
    "softmax at 0 and 700": ("softmax", np.array([[0.0, 700.0]])),
    "softmax of one entry": ("softmax", np.array([[0.0], [200.0]])),
}


@pytest.mark.parametrize(("name", "X"), SATURATED.values(), ids=SATURATED)
def test_digits_that_cancel_are_no_alarm(name, X):
    assert vjp_error(rule_named(name), X).error < 1e-50


@pytest.mark.parametrize(("name", "X"), list(SATURATED.values())[:-1], ids=list(SATURATED)[:-1])
def test_digits_that_cancel_hide_no_fault(name, X):
    rule = rule_named(name)
    wrong = Rule(rule.forward, lambda *args: tuple(1.0000001 * X_bar for X_bar in rule.vjp(*args)))
    assert vjp_error(wrong, X).error == pytest.approx(1e-7, rel=1e-3)


def test_lost_digits_of_floats_are_an_error_and_not_taken_for_a_bend():
    measured = vjp_error(rule_named("softmax"), np.array([[0.0, 200.0]]), method="complex step")
    assert measured == (pytest.approx(1), "complex step, float64")


def careless_tanh(Z):
    up, down = np.exp(Z), np.exp(-Z)
    return (up - down) / (up + down)


def test_a_fault_shows_where_function_and_rule_both_cancel_to_0():
    Z = np.array([150.0])
    assert vjp_error(Rule(careless_tanh, lambda Y_bar, Y, Z: (Y_bar * (1 - Y * Y),)), Z).error < 1e-50
    assert vjp_error(Rule(careless_tanh, lambda Y_bar, Y, Z: (2 * Y_bar * (1 - Y * Y),)), Z).error == 1


def test_the_arithmetic_says_how_many_digits_it_took():
    assert vjp_error(rule_named("sigmoid"), np.array([1.5])).arithmetic == "50 digits"
    assert vjp_error(rule_named("softmax"), np.array([[0.0, 200.0]])).arithmetic == "200 digits"
    assert vjp_error(rule_named("softmax"), np.array([[0.0, 700.0]])).arithmetic == "400 digits"


def test_what_no_number_of_digits_can_tell_is_said():
    message = (
        "softmax: the largest entry of the Jacobian of argument 0 is 1.0e-1303, and 800 digits cannot tell a rule "
        "from it; choose a point where the function is less flat"
    )
    with pytest.raises(GradientCheckError, match=f"^{re.escape(message)}$"):
        vjp_error(rule_named("softmax"), np.array([[0.0, 3000.0]]))


def test_exact_jacobians_are_right_in_50_digits_where_60_cancel():
    (J,) = exact_jacobians(rule_named("softmax").forward, np.array([[0.0, 200.0]]))
    with mp.workdps(300):
        a = mp.exp(-200)
        true = a / (1 + a) ** 2
        for sign, entry in zip([1, -1, -1, 1], J.flat, strict=True):
            assert abs(entry - sign * true) < true * mp.mpf(10) ** -50


def test_the_precision_of_everybody_else_is_left_alone():
    before = mp.dps
    vjp_error(rule_named("softmax"), np.array([[0.0, 200.0]]))
    assert mp.dps == before


# --- several results ---------------------------------------------------------------------------------------


def polar(r, phi):
    return r * np.cos(phi), r * np.sin(phi)


def polar_vjp(Y_bar, Y, r, phi):
    (x_bar, y_bar), (x, y) = Y_bar, Y
    return x_bar * np.cos(phi) + y_bar * np.sin(phi), y_bar * x - x_bar * y


def means(X):
    return np.sum(X, axis=0) / len(X), np.sum(X * X) / 2


def means_vjp(Y_bar, Y, X):
    row_bar, square_bar = Y_bar
    return (row_bar / len(X) + square_bar * X,)


POLAR, MEANS = Rule(polar, polar_vjp, draws((3,), (3,))), Rule(means, means_vjp, draws((2, 3)))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("rule", [POLAR, MEANS], ids=["same shapes", "different shapes"])
def test_several_results_are_tuples(rule, method):
    assert vjp_error(rule, method=method).error < 1e-9


def test_several_results_are_exact_too():
    assert vjp_error(MEANS) == (0, "fractions")
    assert vjp_error(POLAR).error < 1e-50


@pytest.mark.parametrize("method", METHODS)
def test_the_jacobians_of_several_results(method):
    X = np.array([[1.0, 2.0], [3.0, 5.0]])
    (of_row,), (of_square,) = METHODS[method](means, X)
    np.testing.assert_allclose(of_row.astype(float), np.einsum("jl,i->jil", np.eye(2), [0.5, 0.5]), atol=1e-9)
    np.testing.assert_allclose(of_square.astype(float), X, atol=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_a_fault_in_one_of_several_results_is_found(method):
    def forgets_the_second(Y_bar, Y, X):
        return (Y_bar[0] / len(X) + 0 * X,)

    def swaps(Y_bar, Y, r, phi):
        return polar_vjp(Y_bar[::-1], Y, r, phi)

    assert vjp_error(Rule(means, forgets_the_second, draws((2, 3))), method=method).error > 0.1
    assert vjp_error(Rule(polar, swaps, draws((3,), (3,))), method=method).error > 0.1


def test_messages_name_one_of_several_results():
    def in_place(Y_bar, Y, X):
        Y_bar[1][...] = 0
        return means_vjp(Y_bar, Y, X)

    with pytest.raises(
        GradientCheckError, match=r"^in_place changes Y_bar\[1\] in place; let it work on a copy$"
    ):
        vjp_error(Rule(means, in_place, draws((2, 3))))
    with pytest.raises(
        GradientCheckError, match=r"^<lambda>: entry \(0, 0\) of the Jacobian of result 1 by argument 0 is 0"
    ):
        complex_step_jacobians(lambda x: (x, np.abs(x) + 0 * x), np.array([-0.5, 1.0]))


# --- what cannot be followed, and what cannot be differentiated -----------------------------------------------

OTHERS = {"exact": "'complex step' or 'central difference'", "complex step": "'central difference'"}
NOT_FOLLOWED = {  # how each method that cannot follow it quotes the code
    "a ufunc": (lambda x: 2 * np.arcsinh(x), {"exact": "np.arcsinh(x)"}),
    "linear algebra": (lambda x: np.linalg.inv(np.diag(x)), {"exact": "np.linalg.inv(np.diag(x))"}),
    "a transform": (lambda x: np.abs(np.fft.fft(x)), {"exact": "np.fft.fft(x)"}),
    "a test": (lambda x: np.where(np.isnan(x), 0, x), {"exact": "np.isnan(x)"}),
    "rounding": (lambda x: x * np.floor(x), {"exact": "np.floor(x)", "complex step": "np.floor(x)"}),
    "a cast to integers": (
        lambda x: x * x.astype(int),
        {"exact": "x.astype(int)", "complex step": "x.astype(int)"},
    ),
    "a cast to floats": (
        lambda x: x * x.astype(float),
        {"exact": "x.astype(float)", "complex step": "x.astype(float)"},
    ),
    "the standard library": (
        lambda x: np.array([math.atan(entry) for entry in x]),
        {"exact": "math.atan(entry)", "complex step": "math.atan(entry)"},
    ),
    "a comparison": (lambda x: x if x[0] != "" else 2 * x, {"exact": 'x[0] != ""'}),
    "code on several lines": (
        lambda x: np.sum(
            np.arcsinh(
                x + 1,
            )
        ),
        {"exact": "np.arcsinh( x + 1, )"},
    ),
}


@pytest.mark.parametrize(
    ("f", "method", "code"),
    [
        pytest.param(f, method, code, id=f"{name}, {method}")
        for name, (f, quotes) in NOT_FOLLOWED.items()
        for method, code in quotes.items()
    ],
)
def test_what_a_method_cannot_follow_is_quoted_and_another_method_named(f, method, code):
    with pytest.raises(GradientCheckError) as caught:
        METHODS[method](f, np.array([0.5, 1.25]))
    cause = caught.value.__cause__  # its words are those of NumPy or Python, and change with them
    assert str(caught.value) == (
        f"<lambda>: method {method!r} cannot follow {code} ({type(cause).__name__}: {cause}); use {OTHERS[method]}"
    )


@pytest.mark.parametrize("f", [f for f, _ in NOT_FOLLOWED.values()], ids=NOT_FOLLOWED)
def test_the_central_difference_follows_everything(f):
    central_difference_jacobians(f, np.array([0.5, 1.25]))


def test_a_rule_that_cannot_be_followed_is_named_too():
    def arcsinh_vjp(Y_bar, Y, X):
        return (Y_bar * np.cos(np.arcsinh(X)) ** 2,)

    rule = Rule(lambda X: 1 / X, arcsinh_vjp, ONE)
    with pytest.raises(
        GradientCheckError, match=r"^arcsinh_vjp: method 'exact' cannot follow np.arcsinh\(X\) "
    ):
        vjp_error(rule)


def test_without_the_source_the_function_is_named():
    namespace = {"np": np}
    exec("def f(x): return np.arcsinh(x)", namespace)
    for f, name in ((namespace["f"], "f"), (np.arcsinh, "arcsinh")):
        with pytest.raises(
            GradientCheckError, match=f"^{name}: method 'exact' cannot follow {name} .*arcsinh"
        ):
            exact_jacobians(f, np.array([0.5]))


@pytest.mark.parametrize("method", METHODS)
def test_a_step_out_of_the_domain_of_the_standard_library_is_noticed(method):
    def log(x):
        return np.array([math.log(entry.real) for entry in x]) if x.dtype != object else np.log(x)

    words = "method 'central difference' cannot follow math.log(entry.real) (ValueError: "
    with pytest.raises(
        GradientCheckError, match=rf"^log: {re.escape(words)}.*; use arguments farther from the border"
    ):
        METHODS[method](log, np.array([1e-6]))


@pytest.mark.parametrize("method", METHODS)
def test_mistakes_that_floats_show_as_well_are_the_authors(method):
    with pytest.raises(AttributeError, match=r"'numpy\.ndarray' object has no attribute 'arctan'"):
        METHODS[method](lambda x: x.arctan(), np.array([0.5]))
    with pytest.raises(ZeroDivisionError):
        vjp_error(Rule(cube, lambda *_: 1 / 0, ONE), method=method)


def in_place_forward(x):
    x *= 2
    return x


REFUSED = {
    "complex result": (
        np.fft.fft,
        "fft: the result has dtype complex128; return its real and its imaginary part as two results",
    ),
    "integer result": (
        lambda x: np.sum(x > 0),
        "<lambda>: the result has dtype int64; leave out what has no derivative",
    ),
    "one integer of two results": (
        lambda x: (x, np.argmax(x)),
        "<lambda>: result 1 has dtype int64; leave out what has no derivative",
    ),
    "no result": (lambda x: None, "<lambda>: the result has dtype object; return an array of floats"),
    "list": (lambda x: [x, x], "<lambda> returns a list; it must return an array, or a tuple of arrays"),
    "nested": (
        lambda x: (x, (x, x)),
        "<lambda> returns a tuple in a tuple; it must return an array, or a tuple of arrays",
    ),
    "not finite": (
        lambda x: np.where(x > 1, np.nan, x),
        "<lambda>: the result is nan at (1,); choose a point where all is finite",
    ),
    "random": (
        lambda x: x * np.random.default_rng().random(),
        "<lambda> gives different results for the same arguments; "
        "draw random numbers outside, and give them to it as an argument",
    ),
    "nothing": (
        lambda x: (),
        "<lambda> returns an empty tuple; it must return an array, or a tuple of arrays",
    ),
    "in place": (in_place_forward, "in_place_forward changes argument 0 in place; let it work on a copy"),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("f", "message"), REFUSED.values(), ids=REFUSED)
def test_functions_that_cannot_be_differentiated_are_refused(f, message, method):
    with pytest.raises(GradientCheckError, match=f"^{re.escape(message)}$"):
        METHODS[method](f, np.array([0.5, 1.25]))


def test_a_shape_that_depends_on_numbers_is_refused():
    message = (
        "<lambda> returns the shapes [(2,)] by central difference, but [(1,)] for floats; "
        "shapes must not depend on numbers"
    )
    with pytest.raises(GradientCheckError, match=f"^{re.escape(message)}$"):
        central_difference_jacobians(lambda x: x[x > 0.5], np.array([0.5, 1.25]))


REFUSED_ARGUMENTS = {
    "complex": (
        np.array([1j]),
        "has dtype complex128; give it floats or fractions, or integers if it is an index",
    ),
    "text": (np.array(["a"]), "has dtype <U1; give it floats or fractions, or integers if it is an index"),
    "objects": (
        np.array([None]),
        "has dtype object; give it floats or fractions, or integers if it is an index",
    ),
    "infinite": (np.array([[0.0, np.inf]]), "is inf at (0, 1); choose a point where all is finite"),
    "nan among fractions": (
        np.array([Fraction(1), float("nan")]),
        "is nan at (1,); choose a point where all is finite",
    ),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("X", "message"), REFUSED_ARGUMENTS.values(), ids=REFUSED_ARGUMENTS)
def test_arguments_that_cannot_be_moved_are_refused(X, message, method):
    with pytest.raises(GradientCheckError, match=f"^cube: argument 0 {re.escape(message)}$"):
        METHODS[method](cube, X)
