"""The tape against gradients known otherwise: by formula, by complex step, by hand."""

import re

import numpy as np
import pytest

from mathnet import (
    RULES,
    Rule,
    Tape,
    affine,
    complex_step_jacobians,
    dot,
    exact_jacobians,
    hadamard,
    half_squared_error,
    matmul,
    sigmoid,
    softmax,
    tanh,
)
from mathnet.rules import sixteenths


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def network(H, W_1, B_1, W_2, B_2, T):
    return half_squared_error(sigmoid(affine(sigmoid(affine(H, W_1, B_1)), W_2, B_2)), T)


def test_the_seeds_network(rng):
    values = [sixteenths(rng, *shape) for shape in [(5, 4), (4, 3), (1, 3), (3, 2), (1, 2), (5, 2)]]
    tape = Tape()
    X, W_1, B_1, W_2, B_2, T = variables = [tape.variable(value) for value in values]
    H = tape.apply(sigmoid, tape.apply(affine, X, W_1, B_1))
    Y = tape.apply(sigmoid, tape.apply(affine, H, W_2, B_2))
    J = tape.apply(half_squared_error, Y, T)
    assert J.value == network(*values)
    expected = complex_step_jacobians(network, *values)
    for gradient, jacobian in zip(tape.gradients(J, variables), expected, strict=True):
        np.testing.assert_allclose(gradient, jacobian, rtol=1e-13, atol=1e-15)


def test_gradients_add_where_a_value_is_used_twice():
    tape = Tape()
    a = tape.variable(np.array([1.0, 2.0, 3.0]))
    (a_bar,) = tape.gradients(tape.apply(dot, a, a), [a])
    assert a_bar.tolist() == [2, 4, 6]


def test_gradients_add_along_paths_of_different_length(rng):
    def forked(A):
        B = tanh(A)
        return dot(hadamard(B, hadamard(A, B)), softmax(B))

    a = sixteenths(rng, 4)
    tape = Tape()
    A = tape.variable(a)
    B = tape.apply(tanh, A)
    J = tape.apply(dot, tape.apply(hadamard, B, tape.apply(hadamard, A, B)), tape.apply(softmax, B))
    np.testing.assert_allclose(tape.gradients(J, [A])[0], complex_step_jacobians(forked, a)[0], rtol=1e-13)


def test_a_graph_with_very_many_paths():
    tape = Tape()
    first = X = tape.variable(np.array([1.0]))
    for _ in range(60):  # 2^60 paths: only a walk step by step is fast enough
        X = tape.apply(hadamard, X, X)
    (gradient,) = tape.gradients(tape.apply(dot, X, np.array([1.0])), [first])
    assert gradient.tolist() == [2.0**60]


def test_a_chain_of_5000_steps():
    tape = Tape()
    first = X = tape.variable(np.array([[0.5]]))
    for _ in range(5000):
        X = tape.apply(matmul, X, np.array([[-1.0]]))
    J = tape.apply(half_squared_error, X, np.zeros((1, 1)))
    assert tape.gradients(J, [first])[0].tolist() == [[0.5]]


def test_asking_twice_gives_the_same_answer_twice(rng):
    tape = Tape()
    a, b = (tape.variable(sixteenths(rng, 3)) for _ in range(2))
    J = tape.apply(dot, tape.apply(hadamard, a, b), a)
    first = [gradient.copy() for gradient in tape.gradients(J, [a, b])]
    for gradient in tape.gradients(J, [a, b]):
        gradient += 100  # what the caller does with the answer is the caller's business
    for once, again in zip(first, tape.gradients(J, [a, b]), strict=True):
        np.testing.assert_array_equal(once, again)


def test_several_questions_to_one_tape():
    tape = Tape()
    a = tape.variable(np.array([2.0]))
    b = tape.apply(hadamard, a, a)
    J = tape.apply(dot, b, a)
    K = tape.apply(dot, b, b)
    assert [g.item() for g in tape.gradients(J, [a, b])] == [12, 2]  # a^3, and b a
    assert [g.item() for g in tape.gradients(K, [a, b])] == [32, 8]  # a^4, and b^2


def test_what_j_does_not_depend_on_has_gradient_zero():
    tape = Tape()
    a, unused = tape.variable(np.ones(3)), tape.variable(np.ones((2, 4)))
    J = tape.apply(dot, a, np.ones(3))
    later = tape.apply(hadamard, a, a)
    for gradient, shape in zip(tape.gradients(J, [unused, later]), [(2, 4), (3,)], strict=True):
        np.testing.assert_array_equal(gradient, np.zeros(shape))


def test_j_by_itself_is_one():
    tape = Tape()
    J = tape.apply(dot, tape.variable(np.ones(2)), np.ones(2))
    assert tape.gradients(J, [J]) == [1.0]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_of_the_book_can_be_recorded(rule, rng):
    args = rule.example(rng)
    weights = np.ravel(sixteenths(rng, *np.shape(rule.forward(*args))))
    flatten = Rule(lambda Y: np.ravel(Y), lambda y_bar, y, Y: (y_bar.reshape(np.shape(Y)),), None)
    tape = Tape([*RULES, flatten])
    variables = [tape.variable(X) for X in args]
    Y = tape.apply(rule.forward, *variables)
    J = tape.apply(dot, tape.apply(flatten.forward, Y), weights)
    for gradient, jacobian in zip(
        tape.gradients(J, variables), exact_jacobians(rule.forward, *args), strict=True
    ):
        expected = np.tensordot(weights.reshape(Y.value.shape), jacobian.astype(float), Y.value.ndim)
        np.testing.assert_allclose(gradient, expected, rtol=1e-12, atol=1e-14)


def test_settings_are_kept_with_the_step():
    def scaled(X, *, factor):
        return factor * X

    def scaled_vjp(Y_bar, Y, X, *, factor):
        return (factor * Y_bar,)

    tape = Tape([*RULES, Rule(scaled, scaled_vjp, None)])
    a = tape.variable(np.array([1.0]))
    J = tape.apply(dot, tape.apply(scaled, a, factor=3.0), np.array([1.0]))
    assert tape.gradients(J, [a])[0].tolist() == [3]


def test_an_argument_without_derivative_is_passed_over():
    def rows(X, index):
        return X[index]

    def rows_vjp(Y_bar, Y, X, index):
        X_bar = np.zeros_like(X)
        np.add.at(X_bar, index, Y_bar)
        return X_bar, None

    tape = Tape([*RULES, Rule(rows, rows_vjp, None)])
    X, index = tape.variable(np.array([1.0, 2.0])), tape.variable(np.array([1, 1, 0]))
    J = tape.apply(dot, tape.apply(rows, X, index), np.array([1.0, 10.0, 100.0]))
    gradients = tape.gradients(J, [X, index])
    assert [gradient.tolist() for gradient in gradients] == [[100, 11], [0, 0, 0]]


def test_float32_stays_float32(rng):
    tape = Tape()
    a = tape.variable(sixteenths(rng, 3).astype(np.float32))
    assert tape.gradients(tape.apply(dot, a, a), [a])[0].dtype == np.float32


def other_tape():
    return Tape().variable(np.ones(2))


ERRORS = {
    "a function without rule": (
        lambda tape, a: tape.apply(np.exp, a),
        "no rule for exp; the tape knows " + ", ".join(rule.name for rule in RULES),
    ),
    "a variable of another tape": (
        lambda tape, a: tape.apply(dot, a, other_tape()),
        "dot: an argument is a variable of another tape",
    ),
    "a J of another tape": (
        lambda tape, a: tape.gradients(other_tape(), [a]),
        "gradients(J, variables): J and all variables must be variables of this tape",
    ),
    "a plain array to differentiate by": (
        lambda tape, a: tape.gradients(tape.apply(dot, a, a), [a.value]),
        "gradients(J, variables): J and all variables must be variables of this tape",
    ),
    "a J that is no number": (
        lambda tape, a: tape.gradients(a, [a]),
        "gradients(J, variables): J must be one number, but has shape (2,)",
    ),
}


@pytest.mark.parametrize(("call", "message"), ERRORS.values(), ids=ERRORS)
def test_errors(call, message):
    tape = Tape()
    a = tape.variable(np.ones(2))
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call(tape, a)
    assert tape.gradients(tape.apply(dot, a, a), [a])[0].tolist() == [2, 2]
