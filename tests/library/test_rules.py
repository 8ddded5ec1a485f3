"""What must be true of every rule of the book, read from the one table of rules."""

import inspect

import numpy as np
import pytest

import mathnet
from mathnet import RULES, exact_jacobians, vjp_error
from mathnet.dual import Dual
from mathnet.rules import draws, logits_and_targets, sixteenths

dual = np.frompyfunc(Dual, 1, 1)
moving = np.frompyfunc(Dual, 2, 1)
tangent = np.frompyfunc(lambda y: y.tangent if isinstance(y, Dual) else 0, 1, 1)

BY_NAME = {rule.name: rule for rule in RULES}

MORE_SHAPES = [  # besides each rule's own example: other numbers of axes, and axes of size 1
    ("matmul", draws((4, 2, 3), (4, 3, 1))),
    ("matmul", draws((4, 1, 3), (3, 2))),
    ("matmul", draws((2, 1, 2, 3), (3, 1))),
    ("matmul", draws((1, 3), (3, 1))),
    ("matmul", draws((3, 1), (1, 2))),
    ("matmul", draws((1, 1), (1, 1))),
    ("dot", draws((1,), (1,))),
    ("dot", draws((1, 3), (1, 3))),
    ("dot", draws((3, 1), (3, 1))),
    ("hadamard", draws((), ())),
    ("hadamard", draws((3,), (3,))),
    ("hadamard", draws((1, 3), (1, 3))),
    ("hadamard", draws((2, 1, 3), (2, 1, 3))),
    ("outer", draws((1, 2), (1, 3))),
    ("outer", draws((2, 1), (3,))),
    ("outer", draws((2, 1), (1, 3))),
    ("outer", draws((1,), (1,))),
    *(
        (name, draws(shape))
        for name in ["identity", "sigmoid", "tanh", "relu", "softplus"]
        for shape in [(), (1, 4)]
    ),
    ("affine", draws((1, 3), (3, 4), (1, 4))),
    ("affine", draws((2, 1), (1, 4), (1, 4))),
    ("affine", draws((2, 3), (3, 1), (1, 1))),
    ("softmax", draws((3,))),
    ("softmax", draws((1, 4))),
    ("softmax", draws((3, 1))),
    ("softmax", draws((2, 1, 3))),
    ("half_squared_error", draws((1, 3), (1, 3))),
    ("half_squared_error", draws((3, 1), (3, 1))),
    ("cross_entropy", lambda rng: tuple(X[:1] for X in logits_and_targets(rng))),
]

CASES = [pytest.param(rule, rule.example, id=rule.name) for rule in RULES] + [
    pytest.param(
        BY_NAME[name],
        example,
        id=f"{name}-{'-'.join(str(np.shape(X)) for X in example(np.random.default_rng(0)))}",
    )
    for name, example in MORE_SHAPES
]


def each(argument_names="rule", values=RULES):
    return pytest.mark.parametrize(argument_names, values, ids=lambda rule: rule.name)


def test_every_public_vjp_is_registered_exactly_once():
    public = sorted(name for name in mathnet.__all__ if name.endswith("_vjp"))
    assert sorted(rule.vjp.__name__ for rule in RULES) == public


@each()
def test_names_and_signatures_agree(rule):
    assert rule.vjp.__name__ == rule.name + "_vjp"
    arguments = list(inspect.signature(rule.forward).parameters)
    assert list(inspect.signature(rule.vjp).parameters)[2:] == arguments


@each()
def test_the_first_line_of_a_rule_is_its_formula(rule):
    formulas = rule.formula.split(", $")
    assert len(formulas) == len(inspect.signature(rule.forward).parameters)
    for formula in formulas:
        assert formula.removeprefix("$").startswith((r"\bar ", r"\bar{"))
        assert formula.endswith("$")
        assert " = " in formula


@each()
def test_the_axes_of_an_example_have_different_sizes(rule):
    for X in rule.example(np.random.default_rng(0)):
        sizes = [size for size in X.shape if size > 1]
        assert len(set(sizes)) == len(sizes)


@pytest.mark.parametrize("shape", [(2,), (3,), (1, 2), (2, 3)])
def test_examples_have_both_signs_and_no_zero(shape):
    for seed in range(20):
        X = sixteenths(np.random.default_rng(seed), *shape)
        assert np.min(X) < 0 < np.max(X)
        assert np.all(X * 16 % 2 == 1)


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_a_single_number_takes_both_signs(shape):
    assert {np.sign(sixteenths(np.random.default_rng(seed), *shape)).item() for seed in range(20)} == {-1, 1}


# --- the derivatives ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_every_jacobian_entry_is_right_in_exact_arithmetic(rule, example):
    for seed in range(3):
        measured = vjp_error(rule, *example(np.random.default_rng(seed)))
        assert measured.error == 0 or (measured.error < 1e-50 and measured.arithmetic == "50 digits")


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_every_jacobian_entry_is_right_in_float64(rule, example):
    for seed in range(5):
        assert vjp_error(rule, *example(np.random.default_rng(seed)), method="complex step").error < 1e-14


TRANSCENDENTAL = {"sigmoid", "tanh", "softplus", "softmax", "cross_entropy"}


@each()
def test_only_transcendental_rules_need_digits(rule):
    assert vjp_error(rule).arithmetic == ("50 digits" if rule.name in TRANSCENDENTAL else "fractions")


@each()
def test_the_adjoint_identity_holds_exactly(rule):
    """<Y_bar, Y_dot> = sum of <X_bar, X_dot>, for directions that move all arguments at once."""
    rng = np.random.default_rng(7)
    args = rule.example(rng)
    directions = [sixteenths(rng, *X.shape) for X in args]
    Y_dot = tangent(rule.forward(*map(moving, args, directions)))
    Y_bar = np.asarray(dual(sixteenths(rng, *np.shape(Y_dot))))
    cotangents = rule.vjp(Y_bar, rule.forward(*map(dual, args)), *map(dual, args))
    left = np.sum(Y_bar * Y_dot)
    right = sum(np.sum(X_bar * dual(X_dot)) for X_bar, X_dot in zip(cotangents, directions, strict=True))
    if rule.name in TRANSCENDENTAL:
        assert abs(left - right) < 1e-50
    else:
        assert left == right
    assert left != 0


PRIMES = [name.removesuffix("_prime") for name in mathnet.__all__ if name.endswith("_prime")]


@pytest.mark.parametrize("name", PRIMES)
def test_a_prime_is_the_diagonal_of_the_jacobian(name):
    f, f_prime = getattr(mathnet, name), getattr(mathnet, f"{name}_prime")
    (Z,) = BY_NAME[name].example(np.random.default_rng(3))
    (J,) = exact_jacobians(f, Z)
    J = J.reshape(Z.size, Z.size).astype(float)
    np.testing.assert_allclose(J, np.diag(f_prime(Z).ravel()), rtol=1e-14, atol=0)


# --- how the functions treat their arguments ------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("rule", "example"), CASES)
def test_dtype_is_kept(rule, example, dtype):
    args = [X.astype(dtype) for X in example(np.random.default_rng(0))]
    Y = rule.forward(*args)
    assert Y.dtype == dtype
    for X_bar in rule.vjp(np.ones_like(Y), Y, *args):
        assert X_bar.dtype == dtype


LAYOUTS = {
    "column by column": lambda X: np.array(X, order="F"),
    "backwards": lambda X: np.flip(np.flip(X).copy()),
    "every other entry": lambda X: np.repeat(X, 2, axis=-1)[..., ::2] if X.ndim else X,
    "read only": lambda X: np.lib.stride_tricks.as_strided(X, writeable=False),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@each()
def test_the_layout_in_memory_does_not_matter(rule, layout):
    args = rule.example(np.random.default_rng(0))
    Y = rule.forward(*args)
    laid_out = [layout(X) for X in args]
    np.testing.assert_allclose(rule.forward(*laid_out), Y, rtol=1e-15)
    Y_bar = np.asarray(np.arange(1.0, Y.size + 1).reshape(Y.shape))
    expected = rule.vjp(Y_bar, Y, *args)
    for X_bar, again in zip(expected, rule.vjp(layout(Y_bar), Y, *laid_out), strict=True):
        np.testing.assert_allclose(again, X_bar, rtol=1e-15)


@each()
def test_no_result_shares_memory_with_an_argument(rule):
    args = rule.example(np.random.default_rng(0))
    Y = rule.forward(*args)
    Y_bar = np.ones_like(Y)
    for result in (Y, *rule.vjp(Y_bar, Y, *args)):
        assert not any(np.shares_memory(result, X) for X in (Y_bar, *args))


@each()
def test_the_forward_function_leaves_its_arguments_alone(rule):
    args = rule.example(np.random.default_rng(0))
    copies = [X.copy() for X in args]
    rule.forward(*args)
    for X, copy in zip(args, copies, strict=True):
        np.testing.assert_array_equal(X, copy)
