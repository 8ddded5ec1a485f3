"""The tape against gradients known otherwise: by formula, by complex step, by hand."""

import copy
import operator
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
    variables = [tape.variable(X) if X.dtype.kind == "f" else X for X in args]
    Y = tape.apply(rule.forward, *variables)
    J = tape.apply(dot, tape.apply(flatten.forward, Y), weights)
    jacobians = [J for J in exact_jacobians(rule.forward, *args) if J is not None]
    moving = [X for X in variables if hasattr(X, "tape")]
    for gradient, jacobian in zip(tape.gradients(J, moving), jacobians, strict=True):
        expected = np.tensordot(weights.reshape(Y.value.shape), jacobian.astype(float), Y.value.ndim)
        np.testing.assert_allclose(gradient, expected, rtol=1e-12, atol=1e-14)


def scaled(X, *, factor):
    return factor * X


def scaled_vjp(Y_bar, Y, X, *, factor):
    return (factor * Y_bar,)


def test_settings_are_kept_with_the_step():
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


def test_what_is_written_down_is_a_copy():
    w, h, factor = np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([1.0, 10.0])
    tape = Tape([*RULES, Rule(scaled, scaled_vjp, None)])
    W = tape.variable(w)
    J = tape.apply(dot, tape.apply(scaled, W, factor=factor), h)
    w -= 100
    h -= 100  # a constant is on the tape as well
    factor -= 100
    assert W.value.tolist() == [1, 2]
    assert tape.gradients(J, [W])[0].tolist() == [3, 40]


def test_a_function_that_returns_a_view_or_one_array_again_and_again():
    buffer = np.zeros(2)

    def doubled(X):
        return np.multiply(2, X, out=buffer)

    tape = Tape([*RULES, Rule(doubled, lambda Y_bar, Y, X: (2 * Y_bar,), None)])
    a = tape.variable(np.array([1.0, 2.0]))
    once, twice = (tape.apply(doubled, X) for X in (a, tape.apply(doubled, a)))
    assert [once.value.tolist(), twice.value.tolist()] == [[2, 4], [4, 8]]


def spoiling(X, *, factor):
    X *= factor
    return X


def spoiling_vjp(Y_bar, Y, X, *, factor):
    Y_bar *= factor
    return (Y_bar,)


@pytest.mark.parametrize("rule", [Rule(spoiling, scaled_vjp, None), Rule(scaled, spoiling_vjp, None)])
def test_a_function_cannot_change_what_it_is_given(rule):
    tape = Tape([*RULES, rule])
    a = tape.variable(np.ones(2))
    with pytest.raises(ValueError, match="read-only"):
        tape.gradients(tape.apply(dot, tape.apply(rule.forward, a, factor=3.0), np.ones(2)), [a])
    assert a.value.tolist() == [1, 1]


def test_a_variable_is_equal_to_itself_and_to_no_other():
    tape = Tape()
    W, B = tape.variable(np.ones(2)), tape.variable(np.ones(2))
    assert W == W
    assert W != B
    assert [B, W].index(W) == 1
    assert {W: "W", B: "B"}[B] == "B"
    assert copy.copy(W) is W
    with pytest.raises(AttributeError, match="cannot assign to field 'value'"):
        W.value = np.zeros(2)


KNOWN = ", ".join(rule.name for rule in RULES)
REFUSED = {  # what is written: what is quoted, what to write instead
    "W + B": (lambda W, B: W + B, "X + Y", "add, X, Y"),
    "1 + W": (lambda W, B: 1 + W, "X + Y", "add, X, Y"),
    "W += 1": (lambda W, B: operator.iadd(W, 1), "X + Y", "add, X, Y"),
    "W - 1": (lambda W, B: W - 1, "X - Y", "subtract, X, Y"),
    "W * 2": (lambda W, B: W * 2, "X * Y", "multiply, X, Y"),
    "2 * W": (lambda W, B: 2 * W, "X * Y", "multiply, X, Y"),
    "W @ B": (lambda W, B: W @ B, "X @ Y", "matmul, X, Y"),
    "W / 2": (lambda W, B: W / 2, "X / Y", "divide, X, Y"),
    "W // 2": (lambda W, B: W // 2, "X // Y", "f, X, Y"),
    "W % 2": (lambda W, B: W % 2, "X % Y", "f, X, Y"),
    "divmod(W, 2)": (lambda W, B: divmod(W, 2), "divmod(X, Y)", "f, X, Y"),
    "W ** 2": (lambda W, B: W**2, "X ** Y", "f, X, Y"),
    "W & B": (lambda W, B: W & B, "X & Y", "f, X, Y"),
    "W | B": (lambda W, B: W | B, "X | Y", "f, X, Y"),
    "W ^ B": (lambda W, B: W ^ B, "X ^ Y", "f, X, Y"),
    "W << 1": (lambda W, B: W << 1, "X << Y", "f, X, Y"),
    "W >> 1": (lambda W, B: W >> 1, "X >> Y", "f, X, Y"),
    "W < B": (lambda W, B: W < B, "X < Y", "f, X, Y"),
    "W <= B": (lambda W, B: W <= B, "X <= Y", "f, X, Y"),
    "W > B": (lambda W, B: W > B, "X > Y", "f, X, Y"),
    "W >= B": (lambda W, B: W >= B, "X >= Y", "f, X, Y"),
    "-W": (lambda W, B: -W, "-X", "f, X"),
    "+W": (lambda W, B: +W, "+X", "f, X"),
    "~W": (lambda W, B: ~W, "~X", "f, X"),
    "abs(W)": (lambda W, B: abs(W), "abs(X)", "f, X"),
    "round(W)": (lambda W, B: round(W), "round(X)", "f, X"),
    "if W": (lambda W, B: bool(W), "bool(X)", "f, X"),
    "float(W)": (lambda W, B: float(W), "float(X)", "f, X"),
    "int(W)": (lambda W, B: int(W), "int(X)", "f, X"),
    "complex(W)": (lambda W, B: complex(W), "complex(X)", "f, X"),
    "range(W)": (lambda W, B: range(W), "index(X)", "f, X"),
    "len(W)": (lambda W, B: len(W), "len(X)", "f, X"),
    "for w in W": (lambda W, B: list(W), "iter(X)", "f, X"),
    "W[0]": (lambda W, B: W[0], "X[i]", "f, X"),
    "W[0] = 1": (lambda W, B: operator.setitem(W, 0, 1), "X[i] = Y", "f, X, Y"),
    "1 in W": (lambda W, B: 1 in W, "Y in X", "f, X, Y"),
    "array + W": (lambda W, B: np.ones(2) + W, "np.add(X, Y)", "add, X, Y"),
    "array @ W": (lambda W, B: np.ones(2) @ W, "np.matmul(X, Y)", "matmul, X, Y"),
    "array * W": (lambda W, B: np.ones(2) * W, "np.multiply(X, Y)", "multiply, X, Y"),
    "W == array": (lambda W, B: np.ones(2) == W, "np.equal(X, Y)", "f, X, Y"),
    "np.tanh(W)": (lambda W, B: np.tanh(W), "np.tanh(X)", "tanh, X"),
    "np.add.reduce(W)": (lambda W, B: np.add.reduce(W), "np.add.reduce(X)", "f, X"),
    "np.sum(W)": (lambda W, B: np.sum(W), "np.sum(X)", "sum, X"),
    "np.linalg.inv(W)": (lambda W, B: np.linalg.inv(W), "np.linalg.inv(X)", "f, X"),
    "np.asarray(W)": (lambda W, B: np.asarray(W), "np.asarray(X)", "f, X"),
    "np.array([W, 1])": (lambda W, B: np.array([W, 1]), "np.asarray(X)", "f, X"),
    "tape.variable(W)": (lambda W, B: W.tape.variable(W), "np.asarray(X)", "f, X"),
    "W.T": (lambda W, B: W.T, "X.T", "f, X"),
    "W.shape": (lambda W, B: W.shape, "X.shape", "f, X"),
}


@pytest.mark.parametrize(("wrong", "quoted", "instead"), REFUSED.values(), ids=REFUSED)
def test_what_the_tape_would_not_see_is_refused(wrong, quoted, instead):
    tape = Tape()
    W, B = tape.variable(np.ones(2)), tape.variable(np.ones(2))
    message = (
        f"{quoted}: X is a variable, and its tape records nothing but tape.apply(f, X, ...). Write "
        f"tape.apply({instead}); this tape has rules for {KNOWN}. X.value is a plain array: what is done with it "
        "is not recorded"
    )
    with pytest.raises((TypeError, AttributeError), match=f"^{re.escape(message)}$"):
        wrong(W, B)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_function_of_the_library_without_the_tape_says_tape_apply(rule, rng):
    tape = Tape()
    variables = [tape.variable(X) for X in rule.example(rng)]
    says = re.escape("records nothing but tape.apply(f, X, ...). Write tape.apply(")
    with pytest.raises((TypeError, AttributeError, ValueError), match=says):
        rule.forward(*variables)


def test_a_tape_without_matmul_does_not_tell_to_write_it():
    with pytest.raises(
        TypeError, match=re.escape("Write tape.apply(f, X, Y); this tape has rules for scaled.")
    ):
        operator.matmul(Tape([Rule(scaled, scaled_vjp, None)]).variable(np.ones(2)), 1)


def test_a_function_of_the_same_name_from_elsewhere_is_told_apart():
    with pytest.raises(
        ValueError, match=f"^{re.escape(f'no rule for builtins.sum; the tape knows {KNOWN}')}$"
    ):
        Tape().apply(sum, np.ones(2))


def other_tape():
    return Tape().variable(np.ones(2))


def with_rule(vjp):
    """A tape that has one rule more, for `scaled`, and a number that depends on its result."""

    def call(tape, a):
        tape = Tape([*RULES, Rule(scaled, vjp, None)])
        a = tape.variable(np.ones(2))
        tape.gradients(tape.apply(dot, tape.apply(scaled, a, factor=1.0), np.ones(2)), [a])

    return call


def bare_vjp(Y_bar, Y, X, *, factor):
    return factor * Y_bar


def long_vjp(Y_bar, Y, X, *, factor):
    return factor * Y_bar, None


def summed_vjp(Y_bar, Y, X, *, factor):
    return (np.sum(Y_bar),)


def two_results(X):
    return X, X


NOT_THIS_TAPE = "gradients(J, variables): all must be variables of this tape, but "
ERRORS = {
    "a function without rule": (
        lambda tape, a: tape.apply(np.cos, a),
        f"no rule for cos; the tape knows {KNOWN}",
    ),
    "a variable of another tape": (
        lambda tape, a: tape.apply(dot, a, other_tape()),
        "dot: argument 2 is a variable of another tape, and one tape must record the whole computation. "
        "Write tape.variable(X.value) to start anew from its value",
    ),
    "a list of variables": (
        lambda tape, a: tape.apply(dot, a, [1.0, [a]]),
        "dot: argument 2 is a list with a variable in it; give each variable as an argument of its own",
    ),
    "a variable as a setting": (
        lambda tape, a: tape.apply(softmax, a, axis=a),
        "softmax: the setting axis is a variable, but a rule has derivatives for positional arguments only. "
        "Give it as one of these, or write axis=X.value for a constant",
    ),
    "two results": (
        lambda tape, a: (
            tape := Tape([Rule(two_results, None, None)]),
            tape.apply(two_results, tape.variable(np.ones(2))),
        ),
        "two_results returned 2 results, but a tape records functions with one result",
    ),
    "a J of another tape": (
        lambda tape, a: tape.gradients(other_tape(), [a]),
        f"{NOT_THIS_TAPE}J is a variable of another tape",
    ),
    "a plain array to differentiate by": (
        lambda tape, a: tape.gradients(tape.apply(dot, a, a), [a, a.value]),
        f"{NOT_THIS_TAPE}variables[1] is of type ndarray",
    ),
    "a variable in the place of a list": (
        lambda tape, a: tape.gradients(tape.apply(dot, a, a), a),
        "gradients(J, X): write a list also for one variable, gradients(J, [X])",
    ),
    "a J that is no number": (
        lambda tape, a: tape.gradients(a, [a]),
        "gradients(J, variables): J must be one number, but has shape (2,)",
    ),
    "a rule that returns an array": (
        with_rule(bare_vjp),
        "bare_vjp must return a tuple with one cotangent per argument of scaled, 1 in all; got ndarray",
    ),
    "a rule that returns too much": (
        with_rule(long_vjp),
        "long_vjp must return a tuple with one cotangent per argument of scaled, 1 in all; got 2 entries",
    ),
    "a cotangent that would broadcast": (
        with_rule(summed_vjp),
        "summed_vjp: cotangent 1 must have the shape of its argument, (2,), but has ()",
    ),
}


@pytest.mark.parametrize(("call", "message"), ERRORS.values(), ids=ERRORS)
def test_errors(call, message):
    tape = Tape()
    a = tape.variable(np.ones(2))
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call(tape, a)
    assert tape.gradients(tape.apply(dot, a, a), [a])[0].tolist() == [2, 2]
